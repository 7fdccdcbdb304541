//! An answer taken at its word, or compared with what was read back.

use std::{
    borrow::Cow,
    sync::atomic::{AtomicUsize, Ordering},
};

use tokio::sync::Notify;

use super::{
    compare::{self, Reading},
    lane::Job,
    road::Road,
};
use crate::{
    domain::{
        Item, Outcome, Value,
        run::{Settlement, as_found},
    },
    endpoint::Said,
};

/// Room for calls beside those that were answered and only wait for the disk.
#[derive(Default)]
pub(super) struct Room {
    concluding: AtomicUsize,
    made: Notify,
}

impl Room {
    /// How many calls may fly beside the allowed ones.
    pub(super) fn beside(&self) -> usize {
        self.concluding.load(Ordering::Relaxed)
    }

    /// Waits until there is more of it.
    pub(super) async fn made(&self) {
        self.made.notified().await;
    }

    /// Makes room while something is kept. Only after a call that went well: what a refusal means
    /// for the rest is to be known before another call starts.
    pub(super) async fn during<T>(&self, well: bool, kept: impl Future<Output = T>) -> T {
        if !well {
            return kept.await;
        }
        self.concluding.fetch_add(1, Ordering::Relaxed);
        self.made.notify_one();
        let kept = kept.await;
        self.concluding.fetch_sub(1, Ordering::Relaxed);
        kept
    }
}

impl Road {
    /// How many calls may fly: so many unanswered, and beside them those that only wait for the
    /// disk.
    pub(super) fn allowed(&self) -> usize {
        let unanswered = self.concurrency();
        unanswered + self.room().beside().min(unanswered)
    }

    /// Whether an answer is to be compared with what the server has. Where it is not, the answer
    /// is the end.
    pub(super) fn is_to_verify(&self, said: &[Said]) -> bool {
        self.settings().read_back || said.iter().any(|one| one.outcome == Outcome::Unknown)
    }

    /// How changes ended by the server's word, and by what was read back if anything was.
    pub(super) fn spoken(
        &self,
        job: &Job,
        (call, said): (u32, &[Said]),
        readings: Option<&[Reading]>,
    ) -> Vec<Settlement> {
        let settled = said.iter().map(|one| {
            let place = job.places[one.item];
            let reading = readings.map(|readings| &readings[one.item]);
            let item = self.as_sent(job, place);
            compare::after_answer(place, &item, (one, call), reading)
        });
        settled.collect()
    }

    /// A change as it was sent: what comes back is judged by what was found just before.
    pub(super) fn as_sent(&self, job: &Job, place: u32) -> Cow<'_, Item> {
        as_found(&job.found, place, self.item(place))
    }

    /// What is there now, where the draft does not know: if no answer comes, this tells whether
    /// it was written.
    pub(super) fn found(&self, places: &[u32], readings: &[Reading]) -> Vec<(u32, Value)> {
        let known = places.iter().zip(readings).filter_map(|(&place, reading)| {
            let value = reading.value()?.clone();
            (self.item(place).before == Value::Unknown).then_some((place, value))
        });
        known.collect()
    }
}
