//! The road of one call: compare, note, send, answer, read back, settle.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::{
    Wish,
    behind::{Answered, PutOff},
    compare,
    doubt::unread,
    lane::{Job, Stage},
    narrow,
    pace::Ticket,
    road::{Hold, NoReading, Purpose, Road, kind, lock},
    slots::Slot,
};
use crate::{
    domain::{
        Outcome,
        run::{CallNote, Settlement},
    },
    endpoint::{Answer, Asking, Call, EndpointError, Verdict},
};

/// How old a reading may be that a call rests on when its turn comes.
const STALE: Duration = Duration::from_secs(2);

/// A batch the endpoint refused as a whole.
pub(super) struct RefusedWhole {
    /// With which code.
    pub(super) code: String,
    /// In which words.
    pub(super) why: String,
    /// How many assets it had.
    pub(super) assets: usize,
}

/// What became of a job.
#[derive(Default)]
pub(super) struct Ended {
    /// Which kind it was.
    pub(super) thumbnails: bool,
    /// The changes it held.
    pub(super) places: Vec<u32>,
    /// What is settled, and kept.
    pub(super) settled: Vec<Settlement>,
    /// What is still to do, in order.
    pub(super) again: Vec<Job>,
    /// What is to be read again later.
    pub(super) behind: Vec<PutOff>,
    /// What is still to do once whole batches had their turn.
    pub(super) later: Vec<Job>,
    /// What waits until there is nothing else to do, and then for a person if it says why.
    pub(super) aside: Vec<(Job, Option<String>)>,
    /// A whole batch was refused.
    pub(super) refused: Option<RefusedWhole>,
    /// Why the run must wait for a person, if so.
    pub(super) halt: Option<Hold>,
}

impl Road {
    /// Takes a job as far as it goes; without a slot it waits for one before it asks anything.
    pub(super) async fn carry(&self, job: Job, slot: Option<Slot>) -> Ended {
        let mut ended = Ended {
            thumbnails: job.thumbnails,
            places: job.places.clone(),
            ..Ended::default()
        };
        match job.stage.clone() {
            Stage::Clear { holds, since } if since.elapsed() < STALE => {
                self.send(job, (Some(holds), slot), &mut ended).await;
            }
            Stage::Fresh | Stage::Clear { .. } if self.settings().check_before => {
                let slot = self.slot(slot).await;
                self.compare_and_send(job, slot, &mut ended).await;
            }
            Stage::Fresh | Stage::Clear { .. } => self.send(job, (None, slot), &mut ended).await,
            Stage::Doubt { .. } => {
                let _held = self.slot(slot).await;
                self.resolve(job, &mut ended).await;
            }
            Stage::Answered(answers) => {
                let _held = self.slot(slot).await;
                self.verify(job, answers, &mut ended).await;
            }
        }
        ended
    }

    /// Re-reads and compares; what may go is sent.
    async fn compare_and_send(&self, mut job: Job, slot: Slot, ended: &mut Ended) {
        let readings = match self.read(&job.places, Purpose::Begin).await {
            Ok(readings) => readings,
            Err(NoReading::NotNow) => return ended.again.push(job),
            Err(NoReading::Halt(why)) => return ended.hold(job, why),
            Err(NoReading::Refused(error)) => {
                let not_compared = |&place: &u32| compare::not_compared(place, &error);
                let settled = job.places.iter().map(not_compared).collect();
                self.keep(settled, &job, ended).await;
                return;
            }
        };
        let holds = self.gate().holds();
        job.found = self.found(&job.places, &readings);
        let mut settled = Vec::new();
        let mut going = Vec::new();
        for (&place, reading) in job.places.iter().zip(&readings) {
            match compare::before_sending(place, self.item(place), reading) {
                Some(settlement) => settled.push(settlement),
                None => going.push(place),
            }
        }
        if !self.keep(settled, &job, ended).await {
            return;
        }
        if going.is_empty() {
            self.nothing_to_send(&job, ended).await;
        } else {
            let places = going;
            let seen = (Some(holds), Some(slot));
            self.send(Job { places, ..job }, seen, ended).await;
        }
    }

    /// A planned call that turned out to be needless: it no longer waits.
    async fn nothing_to_send(&self, job: &Job, ended: &mut Ended) {
        let Some(number) = job.number else { return };
        let note = CallNote {
            took_ms: Some(0),
            ..self.note(number, job)
        };
        match self.answered(&note).await {
            Ok(()) => {}
            Err(failure) => ended.halt = Some(failure.into()),
        }
    }

    /// Notes the call, then sends it once. `seen` is how often the brake had been pulled when its
    /// values were read: if anything but the pace came between, they are read again.
    async fn send(&self, job: Job, (seen, slot): (Option<u64>, Option<Slot>), ended: &mut Ended) {
        let was_held = seen.is_some() && self.gate().is_braked();
        let ticket = self.turn(Purpose::Begin, Asking::Submit).await;
        let holds = self.gate().holds();
        let is_stale = was_held || seen.is_some_and(|seen| seen != holds);
        let Some(ticket) = ticket.filter(|_| !is_stale) else {
            // By the time it goes on, the values may have changed.
            let stage = Stage::Fresh;
            return ended.again.push(Job { stage, ..job });
        };
        let number = job.number.unwrap_or_else(|| self.new_number());
        let (mut note, slot) = match self.noted(number, &job, slot).await {
            Ok((note, Some(slot))) if self.is_still_to_go(&job, holds) => (note, slot),
            // It is to wait, or to be cut smaller.
            Ok((note, _)) => return self.wait_again(job, note, ended).await,
            Err(failure) => return ended.hold(job.waiting(number), failure),
        };
        self.sent_in().put(&job.places, number);
        self.tell_call(&note);
        let call = Call {
            kind: kind(job.thumbnails),
            items: job.places.iter().map(|&p| self.item(p).clone()).collect(),
        };
        let sent = Instant::now();
        let until = sent + self.settings().timeout;
        let answer = timeout(self.settings().timeout, self.endpoint().submit(&call)).await;
        let answer = answer.unwrap_or_else(|_| Err(self.no_answer()));
        note.took_ms = Some(u32::try_from(sent.elapsed().as_millis()).unwrap_or(u32::MAX));
        match answer {
            Ok(answer) => self.heard(job, (note, answer, slot), ended).await,
            Err(error) => {
                self.failed(job, (note, error, ticket, until), ended).await;
                drop(slot);
            }
        }
    }

    /// Whether nothing happened while a call waited for its note and its slot: no brake was pulled,
    /// and no call so large was lost.
    fn is_still_to_go(&self, job: &Job, holds: u64) -> bool {
        self.gate().holds() == holds && self.assets(job) <= self.cap().most()
    }

    /// The call was answered.
    async fn heard(
        &self,
        job: Job,
        (mut note, answer, slot): (CallNote, Answer, Slot),
        ended: &mut Ended,
    ) {
        self.gate().succeeded();
        self.gate().fruitful();
        let took = Duration::from_millis(note.took_ms.unwrap_or_default().into());
        self.cap().answered(self.assets(&job), took);
        note.counts = answer.counts;
        note.trace = answer.trace;
        let said = compare::complete(answer.said, job.places.len());
        if said.iter().any(|one| one.outcome != Outcome::Refused) {
            lock(&job.family).went_through();
        }
        let call = note.number;
        // From here on it is known what became of it, whatever else fails.
        let verify = self.is_to_verify(said.iter());
        let answers = Answered::now(&job.places, call, said);
        let stage = Stage::Answered(answers.clone());
        let job = Job { stage, ..job };
        // Where nothing is read back, the answer is the end.
        if !verify {
            let (settled, _) = self.spoken(&job, answers, None);
            return match self.conclude((&note, slot), &settled).await {
                Ok(()) => ended.settled.extend(settled),
                Err(failure) => ended.hold(job, failure),
            };
        }
        match self.answered(&note).await {
            Ok(()) => self.verify(job, answers, ended).await,
            Err(failure) => ended.hold(job, failure),
        }
        drop(slot);
    }

    /// The call as a whole has no answer that settles its changes.
    async fn failed(
        &self,
        job: Job,
        (note, error, ticket, until): (CallNote, EndpointError, Ticket, Instant),
        ended: &mut Ended,
    ) {
        let number = note.number;
        match error.verdict() {
            Verdict::ReadBack => {
                self.was_lost(job, (error, ticket, until), ended).await;
            }
            Verdict::RetryLater | Verdict::SignInAgain => {
                // Before anything else: nobody may knock meanwhile.
                let over = if error.verdict() == Verdict::SignInAgain {
                    Some(Hold::of(&error, None))
                } else {
                    let braked = self.gate().call_failed(ticket, &error);
                    braked.err().map(|why| Hold::of(&error, Some(why)))
                };
                // Nothing was done, so the call waits again.
                self.wait_again(job, note, ended).await;
                if ended.halt.is_none() {
                    ended.halt = over;
                }
            }
            Verdict::TheseItems | Verdict::SomeItem | Verdict::Never => {
                if let Err(failure) = self.answered(&note).await {
                    return ended.hold(job, failure);
                }
                self.narrow(job, (number, error), ended).await;
            }
        }
    }

    /// Reads back what was answered, and settles it.
    pub(super) async fn verify(&self, job: Job, answers: Vec<Answered>, ended: &mut Ended) {
        let readings = if self.is_to_verify(answers.iter().map(|one| &one.said)) {
            match self.read(&job.places, Purpose::End).await {
                Ok(readings) => Some(readings),
                Err(NoReading::NotNow) if self.wish() != Wish::Stop => {
                    let stage = Stage::Answered(answers);
                    return ended.again.push(Job { stage, ..job });
                }
                Err(NoReading::Halt(why)) if self.wish() != Wish::Stop => {
                    let stage = Stage::Answered(answers);
                    return ended.hold(Job { stage, ..job }, why);
                }
                Err(NoReading::Refused(error)) => Some(unread(&job, &error.to_string())),
                Err(NoReading::NotNow | NoReading::Halt(_)) => Some(unread(&job, "")),
            }
        } else {
            None
        };
        self.settle_answered(&job, answers, (readings.as_deref(), ended))
            .await;
    }

    pub(super) fn assets(&self, job: &Job) -> usize {
        narrow::assets(self.items(), &job.places)
    }

    /// Keeps settlements. What can't be kept stays open, and the run waits.
    pub(super) async fn keep(
        &self,
        settled: Vec<Settlement>,
        job: &Job,
        ended: &mut Ended,
    ) -> bool {
        match self.settle(&settled).await {
            Ok(()) => {
                ended.settled.extend(settled);
                true
            }
            Err(failure) => {
                ended.hold(job.clone(), failure);
                false
            }
        }
    }
}

impl Ended {
    pub(super) fn hold(&mut self, job: Job, why: impl Into<Hold>) {
        self.again.push(job);
        self.halt = Some(why.into());
    }
}
