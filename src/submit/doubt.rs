//! Calls that left and were not answered: read back, and settled or sent again.

use std::sync::Mutex;

use tokio::time::Instant;

use super::{
    Wish,
    call::Ended,
    compare::{self, NO_ANSWER, Reading},
    lane::{Job, Stage, UNPLANNED},
    narrow,
    pace::Ticket,
    road::{Hold, NoReading, Purpose, Road, lock},
};
use crate::{
    domain::{Outcome, Run, run::Settlement},
    endpoint::EndpointError,
};

/// How often an asset that stands alone is sent and lost before it is left for a person, while
/// others may go through.
pub(super) const LOST_AT_MOST: u32 = 3;
/// How often a batch is lost before it is taken apart: it may be too large, or one of it to blame.
const LOST_TOGETHER: u32 = 2;

/// The call each change of a run went out in last.
pub(super) struct SentIn(Mutex<Vec<u32>>);

impl SentIn {
    pub(super) fn of(run: &Run) -> Self {
        let sent = Self(Mutex::new(vec![0; run.items.len()]));
        for call in run.calls.iter().filter(|call| call.noted_ms != 0) {
            sent.put(&call.items, call.number);
        }
        sent
    }

    /// These changes go out in this call.
    pub(super) fn put(&self, places: &[u32], call: u32) {
        let mut sent = lock(&self.0);
        for &place in places {
            sent[place as usize] = call;
        }
    }

    /// The call a change went out in; 0 if in none.
    fn call(&self, place: u32) -> u32 {
        lock(&self.0)[place as usize]
    }
}

impl Road {
    /// The call left and nothing came back that settles it: it is in doubt.
    pub(super) async fn was_lost(
        &self,
        job: Job,
        (error, ticket, until): (EndpointError, Ticket, Instant),
        ended: &mut Ended,
    ) {
        let counted = self.gate().call_failed(ticket, &error);
        let until = if error.is_over() {
            Instant::now()
        } else {
            until
        };
        let job = Job {
            number: None,
            stage: Stage::Doubt {
                why: error.to_string(),
                until,
            },
            lost: job.lost + 1,
            ..job
        };
        match counted {
            Err(why) => ended.hold(job, Hold::of(&error, Some(why))),
            // At once: most lost replies were carried out.
            Ok(()) => self.resolve(job, ended).await,
        }
    }

    /// Reads back what was sent and not answered; what is known not to be written is sent again.
    pub(super) async fn resolve(&self, job: Job, ended: &mut Ended) {
        let Stage::Doubt { why, until } = job.stage.clone() else {
            return;
        };
        let Some(readings) = self.in_doubt(&job, ended).await else {
            return;
        };
        let too_early = Instant::now() < until;
        let (settled, open) = self.told_apart(&job, (&why, too_early), &readings);
        if settled.iter().any(|one| one.outcome.is_written()) {
            self.gate().fruitful();
        }
        if !self.keep(settled, &job, ended).await || open.is_empty() {
            return;
        }
        if too_early {
            let not_before = Some(until);
            let places = open;
            return ended.again.push(Job {
                places,
                not_before,
                ..job
            });
        }
        let stage = self.clear();
        let assets = narrow::assets(self.items(), &open);
        if job.lost >= LOST_TOGETHER && assets > 1 {
            self.cap().lost(assets);
        }
        let part = |places, lost| Job {
            stage: stage.clone(),
            lost,
            ..job.part(places)
        };
        match narrow::halves(self.items(), &open) {
            Some((left, right)) if assets > 1 && job.lost >= LOST_TOGETHER => {
                ended.again.extend([part(left, 0), part(right, 0)]);
            }
            Some(_) | None if assets == 1 && job.lost >= LOST_AT_MOST => {
                let alone = Job {
                    stage: Stage::Fresh,
                    ..job.part(open)
                };
                let name = &self.item(alone.places[0]).name;
                let why = format!(
                    "sent {} times, `{name}` came to nothing each time: {why}; it is not sent now \
                     and still staged",
                    job.lost
                );
                ended.aside.push((Job { lost: 0, ..alone }, Some(why)));
            }
            Some(_) | None => ended.again.push(part(open, job.lost)),
        }
    }

    /// The stage of what was read a moment ago, unless the brake holds it back.
    pub(super) fn clear(&self) -> Stage {
        if self.gate().is_braked() {
            return Stage::Fresh;
        }
        Stage::Clear {
            holds: self.gate().holds(),
            since: Instant::now(),
        }
    }

    /// What is there of changes in doubt; `None` if the job is to be taken up again.
    async fn in_doubt(&self, job: &Job, ended: &mut Ended) -> Option<Vec<Reading>> {
        let failed = match self.read(&job.places, Purpose::End).await {
            Ok(readings) => return Some(readings),
            Err(failed) => failed,
        };
        let is_stopping = self.wish() == Wish::Stop;
        match failed {
            NoReading::NotNow if is_stopping => return Some(unread(job, "")),
            NoReading::NotNow => ended.again.push(job.clone()),
            NoReading::Halt(hold) if is_stopping => return Some(unread(job, &hold.why)),
            NoReading::Halt(hold) => ended.hold(job.clone(), hold),
            NoReading::Refused(_) if job.places.len() > UNPLANNED => {
                // One of them may keep the others from being read.
                let parts = job.places.chunks(UNPLANNED).map(<[u32]>::to_vec);
                ended.again.extend(parts.map(|places| Job {
                    places,
                    ..job.clone()
                }));
            }
            NoReading::Refused(error) => return Some(unread(job, &error.to_string())),
        }
        None
    }

    /// What the readings settle, and what stays open.
    fn told_apart(
        &self,
        job: &Job,
        (why, too_early): (&str, bool),
        readings: &[Reading],
    ) -> (Vec<Settlement>, Vec<u32>) {
        let is_stopping = self.wish() == Wish::Stop;
        let (mut settled, mut open) = (Vec::new(), Vec::new());
        for (&place, reading) in job.places.iter().zip(readings) {
            let item = &self.as_sent(job, place);
            let call = self.sent_in().call(place);
            let told = compare::silence(place, item, (call, why), reading);
            if told.outcome == Outcome::Unknown && too_early && !is_stopping {
                // It may yet be written, or be there to be read.
                open.push(place);
            } else if told.code != NO_ANSWER {
                settled.push(told);
            } else if is_stopping && too_early {
                let late = Reading::Unread("it may still be carried out".into());
                settled.push(compare::silence(place, item, (call, why), &late));
            } else if is_stopping {
                settled.push(compare::not_sent_again(told));
            } else {
                open.push(place);
            }
        }
        (settled, open)
    }
}

pub(super) fn unread(job: &Job, why: &str) -> Vec<Reading> {
    vec![Reading::Unread(why.to_owned()); job.places.len()]
}
