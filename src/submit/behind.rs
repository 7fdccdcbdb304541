//! Changes the server says it has written and does not show yet: a server that reads from a copy
//! may be behind by seconds. They are read again later, many at a time, before anything is made of
//! what was read.

use std::{collections::HashSet, time::Duration};

use tokio::time::Instant;

use super::{
    call::Ended,
    is_thumbnail,
    lane::{Job, Stage},
    road::Road,
};
use crate::{
    domain::{Item, Row, Value},
    endpoint::Said,
};

/// How long after an answer it is read again at first; the last reading is at the end of
/// [`Settings::read_back_wait`](super::Settings::read_back_wait).
const PAUSES: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(10)];
/// What comes due so soon after is read along.
const ALONG: Duration = Duration::from_secs(1);
/// How many changes are read again at a time.
const TOGETHER: usize = 100;
/// Why nothing goes on while nothing else is to do.
pub(super) const WAITS: &str = "the server says it has written changes that it does not show yet; \
                                they are read back again";

/// A change that was answered.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    /// Its place in the run.
    pub(super) place: u32,
    /// The call it went out in.
    pub(super) call: u32,
    /// The server's word on it.
    pub(super) said: Said,
    /// When its call was answered.
    at: Instant,
    /// How often it was read again.
    round: usize,
}

impl Answered {
    /// The changes of a call, in the order of `places`, answered just now.
    pub(super) fn now(places: &[u32], call: u32, said: Vec<Said>) -> Vec<Self> {
        let at = Instant::now();
        let answered = said.into_iter().map(|said| Self {
            place: places[said.item],
            call,
            said,
            at,
            round: 0,
        });
        answered.collect()
    }

    /// Whether no later reading is waited for.
    pub(super) fn is_last(&self, wait: Duration) -> bool {
        self.at.elapsed() >= wait
    }

    /// When it is to be read next.
    fn due(&self, wait: Duration) -> Instant {
        let pause = PAUSES.get(self.round).copied().unwrap_or(wait);
        self.at + pause.min(wait)
    }
}

/// The changes of a run that wait to be read again.
#[derive(Default)]
pub(super) struct Behind {
    waiting: Vec<(Instant, Answered, Option<Value>)>,
}

impl Behind {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Puts changes off until they are due, with what was there before they were sent where the
    /// draft did not know.
    pub(super) fn put_off(&mut self, answered: PutOff, wait: Duration) {
        for one in answered.answers {
            let found = answered.found.iter().find(|(at, _)| *at == one.place);
            let found = found.map(|(_, value)| value.clone());
            let due = one.due(wait);
            let round = one.round + 1;
            self.waiting.push((due, Answered { round, ..one }, found));
        }
    }

    /// When the next of them comes due. What is due already waits for its asset to be free.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        let later = self.waiting.iter().map(|(due, ..)| *due);
        later.filter(|due| *due > now).min()
    }

    /// Nothing more is waited for.
    pub(super) fn at_once(&mut self) {
        let now = Instant::now();
        for (due, ..) in &mut self.waiting {
            *due = now;
        }
    }

    /// What is due, as one job, if something is: all that set thumbnails, or none, and none of an
    /// asset in another call.
    pub(super) fn next(
        &mut self,
        items: &[Item],
        now: Instant,
        busy: &HashSet<Row>,
    ) -> Option<Job> {
        let item = |one: &Answered| &items[one.place as usize];
        let is_free = |one: &Answered| !busy.contains(&item(one).row);
        let first = self
            .waiting
            .iter()
            .find(|(due, one, _)| *due <= now && is_free(one))?;
        let thumbnails = is_thumbnail(item(&first.1));
        let (mut answers, mut found) = (Vec::new(), Vec::new());
        self.waiting.retain(|(due, one, value)| {
            let goes = *due <= now + ALONG
                && answers.len() < TOGETHER
                && is_thumbnail(item(one)) == thumbnails
                && is_free(one);
            if goes {
                found.extend(value.clone().map(|value| (one.place, value)));
                answers.push(one.clone());
            }
            !goes
        });
        let places = answers.iter().map(|one| one.place).collect();
        Some(Job {
            stage: Stage::Answered(answers),
            found,
            ..Job::fresh(thumbnails, places, None)
        })
    }
}

/// Changes to be read again, and what was there before they were sent.
pub(super) struct PutOff {
    answers: Vec<Answered>,
    found: Vec<(u32, Value)>,
}

impl Road {
    /// Settles what was answered and read; what may only be behind is read again later.
    pub(super) async fn settle_answered(
        &self,
        job: &Job,
        answers: Vec<Answered>,
        (readings, ended): (Option<&[super::compare::Reading]>, &mut Ended),
    ) {
        let (settled, behind) = self.spoken(job, answers, readings);
        if self.keep(settled, job, ended).await && !behind.is_empty() {
            ended.behind.push(PutOff {
                answers: behind,
                found: job.found.clone(),
            });
        }
    }
}
