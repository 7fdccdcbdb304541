//! News from the world: pages, values read, runs and their outcomes.

use indexmap::IndexMap;
use roaring::RoaringBitmap;

use super::Workbench;
use crate::domain::{
    Asset, AssetId, Capabilities, FieldKey, Operation, Outcome, Run, RunId, Schema, Stamp, Value,
    oplog::{Deed, Picked},
    query::Sets,
    run::{CallNote, RunState, ServerCounts, Settlement},
};

impl Workbench {
    /// Who does something: the one who is signed in, or was when the endpoint was asked last, with the
    /// author's name beside it.
    pub fn person(&self, author: &str) -> String {
        let known = self.capabilities.as_ref();
        known.map_or_else(|| author.to_owned(), |known| known.person(author))
    }

    /// What signing in told. The draft is worked out again with the rules of the fields.
    pub fn absorb_connection(&mut self, capabilities: Capabilities, schema: Schema) {
        self.capabilities = Some(capabilities);
        self.schema = schema;
        self.derive();
    }

    /// A page of the listing; returns whether it was news (a page of an older generation is not).
    pub fn absorb_page(&mut self, generation: u64, assets: &[Asset], total: u64) -> bool {
        if generation != self.listing.generation {
            // Its values are stale, but rows are numbered as pages come, here and in the store.
            for asset in assets {
                self.listing.allocate(&asset.id);
            }
            return false;
        }
        self.listing.take(assets);
        self.listing.total = total;
        true
    }

    /// Assets that are gone; returns whether it was news.
    pub fn absorb_gone(&mut self, generation: u64, ids: &[AssetId]) -> bool {
        let is_news = generation == self.listing.generation;
        if is_news {
            self.listing.leave(ids);
        }
        is_news
    }

    /// The end of a listing, and how many entries of the library can't be read; returns whether it
    /// was news.
    pub fn absorb_end(&mut self, generation: u64, unread: u64) -> bool {
        if generation != self.listing.generation {
            return false;
        }
        self.listing.end(unread);
        true
    }

    /// Values that were read for single assets: a thumbnail, a refresh, a read-back.
    pub fn absorb_values(&mut self, values: &[(AssetId, FieldKey, Value)]) {
        for (id, field, value) in values {
            if let Some(row) = self.listing.row(id) {
                self.listing.reread(row, field, value);
            }
        }
    }

    /// A call that was noted or answered.
    pub fn absorb_call(&mut self, id: &RunId, call: CallNote) {
        self.run_news += 1;
        let Some(run) = self.runs.iter_mut().find(|run| run.id == *id) else {
            return;
        };
        if let Some(counts) = call.counts {
            run.counted = true;
            run.counts = add(run.counts, counts);
        }
        // Planned calls stand at their numbers; those that came later are behind them.
        let planned = (call.number as usize).saturating_sub(1);
        let is_it = |known: &CallNote| known.number == call.number;
        let place = if run.calls.get(planned).is_some_and(is_it) {
            Some(planned)
        } else {
            run.calls.iter().rposition(is_it)
        };
        match place {
            Some(place) => run.calls[place] = call,
            None => run.calls.push(call),
        }
    }

    /// How changes of a run ended. What the server has now is taken into the listing.
    pub fn absorb_settled(&mut self, id: &RunId, settled: Vec<Settlement>) {
        self.run_news += 1;
        let Some(run) = self.runs.iter_mut().find(|run| run.id == *id) else {
            return;
        };
        super::failed::note(&mut self.failed, run, &settled);
        for settlement in settled {
            if let (Some(item), Some(value)) =
                (run.items.get(settlement.item as usize), &settlement.server)
                && let Some(row) = self.listing.row(&item.asset)
            {
                // What kept us from writing was somebody else's doing.
                if settlement.outcome == Outcome::Conflict {
                    self.listing.reread(row, &item.field, value);
                } else {
                    self.listing.set(row, &item.field, value);
                }
            }
            let earlier = run.settled.get(settlement.item as usize);
            if let (Some(tally), Some(earlier)) = (self.tallies.get_mut(id), earlier) {
                if let Some(earlier) = earlier {
                    tally.take(earlier.outcome);
                }
                tally.add(settlement.outcome);
            }
            run.settle(settlement);
        }
    }

    /// A run's new state.
    pub fn absorb_run_state(&mut self, id: &RunId, state: RunState, at_ms: i64) {
        self.run_news += 1;
        let Some(run) = self.runs.iter_mut().find(|run| run.id == *id) else {
            return;
        };
        run.state = state;
        if state.is_over() {
            run.finished_ms = Some(at_ms);
        }
    }

    /// Takes what a run wrote out of the draft, as an operation to be kept; `None` if it wrote
    /// nothing that is still staged. Failed changes stay.
    pub fn settle_draft(&mut self, id: &RunId, stamp: Stamp) -> Option<Operation> {
        let run = self.run(id)?;
        let mut written: IndexMap<FieldKey, RoaringBitmap> = IndexMap::new();
        for settlement in run
            .settled
            .iter()
            .flatten()
            .filter(|one| one.outcome.is_written())
        {
            let item = &run.items[settlement.item as usize];
            let Some(row) = self.listing.row(&item.asset) else {
                continue;
            };
            let staged = self.draft().of(row, &item.field);
            if staged.is_some_and(|pair| pair.after == item.wanted) {
                written.entry(item.field.clone()).or_default().insert(row);
            }
        }
        if written.is_empty() {
            return None;
        }
        let label = format!(
            "{id} wrote {}",
            written.values().map(RoaringBitmap::len).sum::<u64>()
        );
        let written = written
            .into_iter()
            .map(|(field, rows)| Picked { field, rows })
            .collect();
        let deed = Deed::Settle {
            run: id.clone(),
            written,
        };
        let operation = Operation {
            id: self.next_id(),
            stamp,
            label,
            deed,
        };
        self.replay(operation.clone());
        Some(operation)
    }
}

impl Sets {
    /// Adds the problems of a run.
    pub(super) fn add_run(&mut self, run: &Run) {
        for settlement in run.settled.iter().flatten() {
            let set = match settlement.outcome {
                Outcome::Warned => &mut self.warning,
                Outcome::Refused => &mut self.error,
                Outcome::Unknown => &mut self.unknown,
                Outcome::Conflict => &mut self.conflict,
                Outcome::Applied | Outcome::Skipped => continue,
            };
            set.insert(run.items[settlement.item as usize].row);
        }
    }
}

fn add(left: ServerCounts, right: ServerCounts) -> ServerCounts {
    ServerCounts {
        success: left.success + right.success,
        warning: left.warning + right.warning,
        error: left.error + right.error,
    }
}
