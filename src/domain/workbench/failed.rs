//! What failed in earlier runs: the same advice is not given twice.

use std::collections::HashMap;

use super::Workbench;
use crate::domain::{AssetId, FieldKey, Item, Outcome, Run, run::Settlement};

/// The changes that are not on the server, by asset and field: the number of their run, and their
/// place in it.
pub(super) type Failed = HashMap<(AssetId, FieldKey), Vec<(u32, u32)>>;

/// Remembers how changes of a run ended, as far as they failed.
pub(super) fn note<'a>(
    failed: &mut Failed,
    run: &Run,
    settled: impl IntoIterator<Item = &'a Settlement>,
) {
    for one in settled {
        let is_failure = matches!(one.outcome, Outcome::Refused | Outcome::Unknown);
        let Some(item) = run.items.get(one.item as usize).filter(|_| is_failure) else {
            continue;
        };
        let known = failed
            .entry((item.asset.clone(), item.field.clone()))
            .or_default();
        let place = (run.id.number(), one.item);
        if !known.contains(&place) {
            known.push(place);
        }
    }
}

impl Workbench {
    /// Whether the same change was sent in an earlier run that is loaded, and ended in the same way.
    pub fn failed_so_before(&self, run: &Run, item: &Item, settled: &Settlement) -> bool {
        let key = (item.asset.clone(), item.field.clone());
        let Some(places) = self.failed.get(&key) else {
            return false;
        };
        places.iter().any(|&(number, place)| {
            if number >= run.id.number() {
                return false;
            }
            let Some(earlier) = self.runs.iter().find(|one| one.id.number() == number) else {
                return false;
            };
            let at = place as usize;
            let (Some(one), Some(Some(ended))) = (earlier.items.get(at), earlier.settled.get(at))
            else {
                return false;
            };
            one.wanted == item.wanted
                && one.delta == item.delta
                && ended.outcome == settled.outcome
                && ended.code == settled.code
        })
    }
}
