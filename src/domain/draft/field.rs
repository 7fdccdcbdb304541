//! What is staged on one field: its rows, by the edits they went through.

use std::sync::Arc;

use roaring::RoaringBitmap;

use super::{
    base::Gathered,
    chain::{Chain, Group, Link, Pair},
};
use crate::domain::{Row, listing::Column};

/// What is staged on one field, each row in one chain of edits. Clones share what they have.
#[derive(Clone, Debug, Default)]
pub struct FieldGroups {
    chains: Vec<Arc<Chain>>,
    rows: RoaringBitmap,
}

impl FieldGroups {
    /// Rows that went through the same edits, in the order they were first staged.
    pub fn chains(&self) -> impl Iterator<Item = &Chain> {
        self.chains.iter().map(Arc::as_ref)
    }

    /// Equal changes with their rows, as far as values repeat.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.chains().flat_map(Chain::groups)
    }

    /// How many different changes there are: every scattered one is counted as one.
    pub fn ways(&self) -> u64 {
        let ways = |chain: &Chain| chain.groups().len() as u64 + chain.scattered().len();
        self.chains().map(ways).sum()
    }

    /// The rows something is staged on.
    pub fn rows(&self) -> &RoaringBitmap {
        &self.rows
    }

    /// What is staged on a row.
    pub fn of(&self, row: Row) -> Option<Pair> {
        if !self.rows.contains(row) {
            return None;
        }
        self.chains().find_map(|chain| chain.get(row))
    }

    /// The rows where nothing would change.
    pub fn equal_rows(&self) -> RoaringBitmap {
        let mut equal = RoaringBitmap::new();
        for chain in self.chains() {
            equal |= chain.equal();
        }
        equal
    }

    /// The staged rows among these that are in conflict: somebody changed the value on the server
    /// meanwhile; and those where it was changed to just what is asked for.
    pub(in crate::domain) fn conflicts(
        &self,
        column: Option<&Column>,
        within: &RoaringBitmap,
    ) -> (RoaringBitmap, RoaringBitmap) {
        let (mut conflicts, mut reached) = (RoaringBitmap::new(), RoaringBitmap::new());
        for chain in self.chains() {
            let (apart, there) = chain.moved_meanwhile(column, within);
            conflicts |= apart;
            reached |= there;
        }
        (conflicts, reached)
    }

    /// How many changes there are, and how many where nothing would change.
    pub(super) fn counts(&self) -> (u64, u64) {
        self.chains().fold((0, 0), |(changes, equal), chain| {
            let (more, same) = chain.counts();
            (changes + more, equal + same)
        })
    }

    /// One edit more: each row goes on from what came of those before, or begins with what the
    /// server had if that is another value than the earlier ones rested on.
    pub(super) fn add(&mut self, link: &Arc<Link>, rows: &RoaringBitmap) {
        let mut fresh = rows - &self.rows;
        let mut chains = Vec::with_capacity(self.chains.len() + 1);
        for chain in self.chains.drain(..) {
            let touched = chain.rows() & rows;
            if touched.is_empty() {
                chains.push(chain);
                continue;
            }
            let rest = chain.rows() - &touched;
            if !rest.is_empty() {
                chains.push(Arc::new(chain.of(rest)));
            }
            let based_anew = link.base().differing(chain.base(), &touched);
            let touched = touched - &based_anew;
            fresh |= based_anew;
            if !touched.is_empty() {
                chains.push(Arc::new(chain.of(touched).with(link)));
            }
        }
        fresh &= link.base().rows();
        if !fresh.is_empty() {
            self.rows |= &fresh;
            chains.push(Arc::new(Chain::new(link.base().clone(), fresh).with(link)));
        }
        self.chains = chains;
    }

    /// Takes rows out.
    pub(super) fn remove(&mut self, rows: &RoaringBitmap) {
        if self.rows.is_disjoint(rows) {
            return;
        }
        self.rows -= rows;
        self.chains.retain_mut(|chain| {
            if !chain.rows().is_disjoint(rows) {
                *chain = Arc::new(chain.of(chain.rows() - rows));
            }
            !chain.rows().is_empty()
        });
    }

    /// The staged rows among these whose value on the server is another one than they rest on.
    /// `unknown` tells whether it counts that nobody had read the value.
    pub(in crate::domain) fn moved(
        &self,
        column: Option<&Column>,
        within: &RoaringBitmap,
        unknown: bool,
    ) -> RoaringBitmap {
        let mut moved = RoaringBitmap::new();
        for chain in self.chains() {
            let rows = chain.rows() & within;
            if !rows.is_empty() {
                moved |= chain.moved(column, &rows, unknown);
            }
        }
        moved
    }

    /// What these staged rows rest on.
    pub(in crate::domain) fn bases<'a>(
        &'a self,
        gathered: &mut Gathered<'a>,
        rows: &RoaringBitmap,
    ) {
        for chain in &self.chains {
            let rows = chain.rows() & rows;
            if !rows.is_empty() {
                gathered.kept(chain.base(), &rows);
            }
        }
    }

    /// What would come of these staged rows: equal results with their rows, and the rows of all
    /// others.
    pub fn results(&self, rows: &RoaringBitmap) -> (Vec<(&Group, RoaringBitmap)>, RoaringBitmap) {
        let mut scattered = RoaringBitmap::new();
        let mut groups = Vec::new();
        for chain in self.chains() {
            if chain.rows().is_disjoint(rows) {
                continue;
            }
            scattered |= chain.scattered() & rows;
            let here = chain.groups().iter();
            let here = here.map(|group| (group, &group.rows & rows));
            groups.extend(here.filter(|(_, rows)| !rows.is_empty()));
        }
        (groups, scattered)
    }
}
