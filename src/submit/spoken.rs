//! An answer taken at its word, or compared with what was read back.

use std::borrow::Cow;

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

impl Road {
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
