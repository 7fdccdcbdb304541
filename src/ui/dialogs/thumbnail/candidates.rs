//! The assets a thumbnail may be chosen from: those a search lets through, the same set first.

use roaring::RoaringBitmap;

use super::targets::stem;
use crate::{
    domain::{Row, listing::NAME, text::fold},
    ui::component::Scene,
};

/// How many found assets are put in order; more stay in the order they were listed.
const ORDERED: u64 = 20_000;

/// How many of the target's own set stand first.
const SAME_SET: usize = 500;

/// The candidates: a few in order, and the rest as a set.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidates {
    head: Vec<Row>,
    rest: RoaringBitmap,
    /// Whether a rule found them, and a person has to pick.
    tied: bool,
}

impl Candidates {
    /// Those a search found.
    pub(super) fn found(rows: &RoaringBitmap, scene: &Scene<'_>) -> Self {
        let (head, rest) = if rows.len() > ORDERED {
            (RoaringBitmap::new(), rows.clone())
        } else {
            (rows.clone(), RoaringBitmap::new())
        };
        Self {
            head: by_name(&head, scene),
            rest,
            tied: false,
        }
    }

    /// Everything, the target's own set first.
    pub(super) fn all(target: Option<Row>, scene: &Scene<'_>) -> Self {
        let listing = &scene.workbench.listing;
        let set = target
            .map(|row| stem(&listing.name(row)))
            .unwrap_or_default();
        let alike = listing
            .values(&NAME.into())
            .filter(|_| !set.is_empty())
            .map(|column| column.matching(listing.present(), |_, name| name.starts_with(&set)))
            .unwrap_or_default();
        let alike: RoaringBitmap = alike.iter().take(SAME_SET).collect();
        let rest = listing.present() - &alike;
        Self {
            head: by_name(&alike, scene),
            rest,
            tied: false,
        }
    }

    /// Exactly these, which a rule found for one target.
    pub(super) fn tied(rows: &[Row]) -> Self {
        Self {
            head: rows.to_vec(),
            rest: RoaringBitmap::new(),
            tied: true,
        }
    }

    /// Whether a rule found them, and a person has to pick.
    pub(super) fn is_of_the_rule(&self) -> bool {
        self.tied
    }

    pub(super) fn len(&self) -> usize {
        self.head.len() + usize::try_from(self.rest.len()).unwrap_or(usize::MAX)
    }

    pub(super) fn get(&self, place: usize) -> Option<Row> {
        match self.head.get(place) {
            Some(row) => Some(*row),
            None => self
                .rest
                .select(u32::try_from(place - self.head.len()).ok()?),
        }
    }
}

fn by_name(rows: &RoaringBitmap, scene: &Scene<'_>) -> Vec<Row> {
    let mut rows: Vec<Row> = rows.iter().collect();
    rows.sort_by_cached_key(|row| fold(&scene.workbench.listing.name(*row)));
    rows
}
