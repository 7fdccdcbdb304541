//! What is done about the changes of a run: sent again, taken out of the draft, accepted.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use indexmap::IndexMap;
use roaring::RoaringBitmap;

use super::{Refusal, Workbench, drift::drifted};
use crate::domain::{
    FieldKey, Item, Row, Run, RunId, Stamp,
    draft::Pair,
    oplog::{Deed, Picked},
    run::{Accepted, RetrySafe, Standing, acceptable, retry_safe},
};

/// What of some changes of a run can be sent again, and why the rest stays behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Again {
    /// What can be sent as it is staged.
    pub changes: HashSet<(Row, FieldKey)>,
    /// What stays behind: how many, and why; written ones are not counted.
    pub left: Vec<(u64, &'static str)>,
}

impl Again {
    fn leave(&mut self, why: &'static str) {
        match self.left.iter_mut().find(|(_, known)| *known == why) {
            Some((count, _)) => *count += 1,
            None => self.left.push((1, why)),
        }
    }

    /// `2 no longer staged, 1 changed on the server since`; empty if nothing stays behind.
    pub fn words(&self) -> String {
        let words = self
            .left
            .iter()
            .map(|(count, why)| format!("{count} {why}"));
        words.collect::<Vec<_>>().join(", ")
    }
}

impl Workbench {
    /// The accepted changes of a run, as places in it.
    pub fn accepted(&self, run: &RunId) -> RoaringBitmap {
        self.accepted.get(run).cloned().unwrap_or_default()
    }

    /// Whether a change of a run was accepted.
    pub fn is_accepted(&self, run: &RunId, place: u32) -> bool {
        let accepted = self.accepted.get(run);
        accepted.is_some_and(|items| items.contains(place))
    }

    /// What of a run was accepted, by whom and when.
    pub fn acceptances(&self, run: &RunId) -> Accepted {
        let log = self.log().iter();
        Accepted::of(log.filter(|operation| !self.is_undone(operation.id)), run)
    }

    /// Who accepted a change of a run, and when.
    pub fn accepted_by(&self, run: &RunId, place: u32) -> Option<Stamp> {
        self.acceptances(run).by(place).cloned()
    }

    /// How many changes of a run stand where.
    pub fn standing_of(&self, run: &Run) -> Standing {
        if let Some(items) = self.accepted.get(&run.id).filter(|items| !items.is_empty()) {
            return Standing::of(run, items);
        }
        let (tally, all) = (self.tally(run), run.settled.len());
        Standing {
            tally,
            accepted: 0,
            open: u32::try_from(all).unwrap_or(u32::MAX) - tally.total(),
        }
    }

    /// What is staged now where a change of a run was asked for, and on which row.
    pub fn staged_of(&self, item: &Item) -> Option<(Row, Pair)> {
        let row = self.listing.row(&item.asset)?;
        Some((row, self.draft().of(row, &item.field)?))
    }

    /// Whether what is staged is still exactly what the run asked for.
    fn is_as_asked(item: &Item, group: &Pair) -> bool {
        item.value_kind.is_equal(&group.after, &item.wanted) && group.delta == item.delta
    }

    /// What of these changes can be sent again without harm. What was staged anew since the run
    /// is a change of its own and may go, as long as the server has the value it rests on.
    pub fn again(&self, run: &Run, places: impl IntoIterator<Item = u32>) -> Again {
        let mut again = Again::default();
        for place in places {
            let at = place as usize;
            let Some((item, settled)) = run.items.get(at).zip(run.settled.get(at)) else {
                continue;
            };
            let safe = settled.as_ref().map(|settled| retry_safe(item, settled));
            let is_written = settled
                .as_ref()
                .is_some_and(|settled| settled.outcome.is_written());
            let Some((row, group)) = self.staged_of(item) else {
                if !is_written {
                    again.leave("no longer staged");
                }
                continue;
            };
            let is_anew = !Self::is_as_asked(item, &group)
                || !item.value_kind.is_alike(&group.before, &item.before);
            let why = match safe {
                _ if group.delta.is_none()
                    && drifted(
                        item.value_kind,
                        &self.listing.value(row, &item.field),
                        &group.before,
                    )
                    && !item
                        .value_kind
                        .is_equal(&self.listing.value(row, &item.field), &group.after) =>
                {
                    Some("changed on the server since; edit them again")
                }
                _ if is_anew => None,
                Some(RetrySafe::Yes(_)) | None => None,
                Some(RetrySafe::NotNeeded(_)) if is_written => continue,
                Some(RetrySafe::NotNeeded(_)) => Some("already on the server"),
                Some(RetrySafe::No(_)) => Some("not safe to send again"),
                Some(RetrySafe::NotKnown(_)) => Some("unknown; read them back first"),
            };
            match why {
                None => drop(again.changes.insert((row, item.field.clone()))),
                Some(why) => again.leave(why),
            }
        }
        again
    }

    /// These changes of a run as far as they are still staged and not written, to be taken out of
    /// the draft.
    pub fn staged_of_run(&self, run: &Run, places: impl IntoIterator<Item = u32>) -> Vec<Picked> {
        self.picked(run, places, |_, _| true)
    }

    fn picked(
        &self,
        run: &Run,
        places: impl IntoIterator<Item = u32>,
        meant: impl Fn(&Item, &Pair) -> bool,
    ) -> Vec<Picked> {
        let mut fields: IndexMap<FieldKey, RoaringBitmap> = IndexMap::new();
        for place in places {
            let at = place as usize;
            let settled = run.settled.get(at).and_then(Option::as_ref);
            if settled.is_some_and(|settled| settled.outcome.is_written()) {
                continue;
            }
            let Some(item) = run.items.get(at) else {
                continue;
            };
            if let Some((row, group)) = self.staged_of(item)
                && meant(item, &group)
            {
                fields.entry(item.field.clone()).or_default().insert(row);
            }
        }
        fields
            .into_iter()
            .map(|(field, rows)| Picked { field, rows })
            .collect()
    }

    pub(super) fn accept(
        &self,
        id: &RunId,
        items: &RoaringBitmap,
    ) -> Result<(String, Deed), Refusal> {
        let run = self
            .run(id)
            .ok_or_else(|| Refusal::NothingToAccept(format!("there is no run {id}")))?;
        let mut accepted = RoaringBitmap::new();
        let mut why = "it is accepted already";
        for place in items {
            let settled = run.settled.get(place as usize).and_then(Option::as_ref);
            match settled.map_or(Err("it has no outcome yet"), acceptable) {
                Ok(()) if self.is_accepted(id, place) => {}
                Ok(()) => drop(accepted.insert(place)),
                Err(reason) => why = reason,
            }
        }
        if accepted.is_empty() {
            return Err(Refusal::NothingToAccept(why.to_owned()));
        }
        let deed = Deed::Accept {
            run: id.clone(),
            staged: self.picked(run, &accepted, Self::is_as_asked),
            items: accepted.clone(),
        };
        Ok((format!("accept {} of {id}", accepted.len()), deed))
    }
}
