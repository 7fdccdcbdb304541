//! The index that runs behind the graph: what was written shows in searches only later.
//!
//! Counted in requests, not in seconds, so that a test sees the same every time. Off unless
//! [`RestSwitches::index_lag_requests`](super::RestSwitches::index_lag_requests) is set.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::catalogue::database::{DatabaseError, Library};
use crate::catalogue::evaluate::{matches, prepared};
use crate::catalogue::model::AssetRecord;
use crate::catalogue::query::{Condition, Found, Operand, Search, Test};
use crate::catalogue::schema::Schema;

/// How far the index is behind, and with what.
#[derive(Clone, Debug, Default)]
pub(super) struct Lag {
    requests: u32,
    behind: Arc<Mutex<Behind>>,
}

#[derive(Debug, Default)]
struct Behind {
    searches: u64,
    /// Guid → when it shows, and how the index has it until then; `None` where not at all.
    stale: HashMap<String, (u64, Option<AssetRecord>)>,
}

impl Lag {
    /// An index that is so many requests behind.
    pub(super) fn of(requests: u32) -> Self {
        Self {
            requests,
            behind: Arc::default(),
        }
    }

    /// Whether the index is behind at all.
    pub(super) const fn is_on(&self) -> bool {
        self.requests > 0
    }

    /// Remembers how the index has the assets that were written: `before` as they were found,
    /// and `names` as the caller spelled them, of which the new ones were not found.
    pub(super) fn note(
        &self,
        library: &Library,
        names: &[String],
        before: &[AssetRecord],
    ) -> Result<(), DatabaseError> {
        let now = find(library, names)?;
        let mut behind = self.behind.lock().unwrap_or_else(PoisonError::into_inner);
        let due = behind.searches + u64::from(self.requests);
        for asset in now {
            let old = before.iter().find(|old| old.guid == asset.guid);
            if old != Some(&asset) {
                let old = (due, old.cloned());
                behind.stale.entry(asset.guid).or_insert(old);
            }
        }
        Ok(())
    }

    /// One search: what the index does not know yet, as it still has it.
    pub(super) fn search(&self) -> Stale {
        if !self.is_on() {
            return Stale::default();
        }
        let mut behind = self.behind.lock().unwrap_or_else(PoisonError::into_inner);
        behind.searches += 1;
        let now = behind.searches;
        behind.stale.retain(|_, (due, _)| *due >= now);
        let old = behind
            .stale
            .iter()
            .map(|(guid, (_, old))| (guid.clone(), old.clone()));
        Stale(old.collect())
    }
}

/// Assets the index has in an older form, or not at all.
#[derive(Debug, Default)]
pub(super) struct Stale(HashMap<String, Option<AssetRecord>>);

impl Stale {
    /// `condition` without the assets that did not fulfil it in their older form. One that only
    /// did so then is missing on both sides until the index has caught up.
    pub(super) fn narrow(&self, condition: Condition, schema: &Schema) -> Condition {
        let wanted = prepared(&condition);
        let hidden: Vec<String> = self
            .0
            .iter()
            .filter(|(_, old)| {
                !old.as_ref()
                    .is_some_and(|old| matches(&wanted, old, schema))
            })
            .map(|(guid, _)| guid.clone())
            .collect();
        if hidden.is_empty() {
            return condition;
        }
        let hidden = Condition::exact(Operand::Guid, Test::Is(hidden)).negated();
        Condition::And(vec![condition, hidden])
    }

    /// Puts the older forms into a page.
    pub(super) fn restore(mut self, found: &mut Found) {
        for asset in &mut found.records {
            if let Some(old) = self.0.remove(&asset.guid).flatten() {
                *asset = old;
            }
        }
    }
}

/// The assets of these guids or qualified names.
pub(super) fn find(library: &Library, names: &[String]) -> Result<Vec<AssetRecord>, DatabaseError> {
    let mut found = library.by_guids(names)?;
    let mut others: Vec<String> = names.to_vec();
    others.retain(|name| found.iter().all(|asset| asset.guid != *name));
    for name in others {
        let search = Search::first(Condition::equals(Operand::QualifiedName, &name), 10);
        for asset in library.search(&search)?.records {
            if found.iter().all(|known| known.guid != asset.guid) {
                found.push(asset);
            }
        }
    }
    Ok(found)
}
