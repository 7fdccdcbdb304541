//! Where the changes of a run stand once people have looked at them.

use roaring::RoaringBitmap;

use super::{Outcome, Run, Tally};
use crate::domain::{Operation, RunId, Stamp, oplog::Deed};

/// How many changes of a run stand where. The parts add up to the whole: each change is in
/// exactly one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// By outcome, without the accepted ones.
    pub tally: Tally,
    /// Those somebody accepted as the server has them.
    pub accepted: u32,
    /// Those without an outcome yet.
    pub open: u32,
}

impl Standing {
    /// Counts a run.
    pub fn of(run: &Run, accepted: &RoaringBitmap) -> Self {
        let mut standing = Self::default();
        for settled in &run.settled {
            match settled {
                None => standing.open += 1,
                Some(one) if one.outcome != Outcome::Applied && accepted.contains(one.item) => {
                    standing.accepted += 1;
                }
                Some(one) => standing.tally.add(one.outcome),
            }
        }
        standing
    }

    /// All of them.
    pub fn total(&self) -> u32 {
        self.tally.total() + self.accepted + self.open
    }

    /// Those that still ask for somebody.
    pub fn problems(&self) -> u32 {
        self.tally.total() - self.tally.applied
    }
}

/// What of a run was accepted, by whom and when.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Accepted(Vec<(Stamp, RoaringBitmap)>);

impl Accepted {
    /// Of a run, from the operations that stand.
    pub fn of<'a>(standing: impl IntoIterator<Item = &'a Operation>, run: &RunId) -> Self {
        let accepted = standing.into_iter().filter_map(|operation| {
            let Deed::Accept { run: of, items, .. } = &operation.deed else {
                return None;
            };
            (of == run).then(|| (operation.stamp.clone(), items.clone()))
        });
        Self(accepted.collect())
    }

    /// The changes, as places in the run.
    pub fn places(&self) -> RoaringBitmap {
        self.0
            .iter()
            .fold(RoaringBitmap::new(), |all, (_, items)| all | items)
    }

    /// Who accepted a change, and when.
    pub fn by(&self, place: u32) -> Option<&Stamp> {
        let found = self.0.iter().find(|(_, items)| items.contains(place));
        found.map(|(stamp, _)| stamp)
    }
}
