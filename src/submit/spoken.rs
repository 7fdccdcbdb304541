//! An answer taken at its word, or compared with what was read back.

use std::{borrow::Cow, collections::HashMap};

use super::{
    Wish,
    behind::Answered,
    compare::{self, Others, Reading},
    lane::Job,
    road::Road,
};
use crate::{
    domain::{
        Item, Outcome, Row, Value,
        run::{Settlement, as_found},
    },
    endpoint::Said,
};

impl Road {
    /// Whether an answer is to be compared with what the server has. Where it is not, the answer
    /// is the end.
    pub(super) fn is_to_verify<'a>(&self, mut said: impl Iterator<Item = &'a Said>) -> bool {
        self.settings().read_back || said.any(|one| one.outcome == Outcome::Unknown)
    }

    /// How changes ended by the server's word, and by what was read back if anything was. What a
    /// server that is behind may not show yet is given back, to be read again.
    pub(super) fn spoken(
        &self,
        job: &Job,
        answers: Vec<Answered>,
        readings: Option<&[Reading]>,
    ) -> (Vec<Settlement>, Vec<Answered>) {
        let Some(readings) = readings else {
            let settled = answers.iter().map(|one| {
                let item = self.as_sent(job, one.place);
                let said = (&one.said, one.call);
                compare::after_answer(one.place, &item, said, None, Others::default())
            });
            return (settled.collect(), Vec::new());
        };
        let mut others: HashMap<_, Others> = HashMap::new();
        for (one, reading) in answers.iter().zip(readings) {
            let item = self.as_sent(job, one.place);
            others
                .entry(self.about(one))
                .or_default()
                .count(&item, reading);
        }
        let (mut settled, mut behind) = (Vec::new(), Vec::new());
        for (one, reading) in answers.into_iter().zip(readings) {
            let item = self.as_sent(job, one.place);
            let others = others.get(&self.about(&one)).copied().unwrap_or_default();
            let is_last = one.is_last(self.settings().read_back_wait) || self.wish() == Wish::Stop;
            if !is_last && compare::may_be_behind(&item, &one.said, reading, others) {
                behind.push(one);
            } else {
                let said = (&one.said, one.call);
                let reading = Some(reading);
                settled.push(compare::after_answer(
                    one.place, &item, said, reading, others,
                ));
            }
        }
        (settled, behind)
    }

    /// Which changes an answer's word may be about: those of the same asset if it is a word of the
    /// server, those of the call if it only counted.
    fn about(&self, one: &Answered) -> (u32, Option<Row>, String) {
        let code = one.said.code.clone();
        let is_word = !code.is_empty() && code != compare::COUNTS;
        (one.call, is_word.then(|| self.item(one.place).row), code)
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
