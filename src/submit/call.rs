//! The road of one call: compare, note, send, answer, read back, settle.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::{
    Wish,
    compare::{self, NO_ANSWER, Reading},
    lane::{Job, Stage},
    narrow,
    pace::Ticket,
    road::{NoReading, Purpose, Road, kind, lock},
};
use crate::{
    domain::{
        Outcome,
        run::{CallNote, Settlement},
    },
    endpoint::{Answer, Call, EndpointError, Said, Verdict},
};

/// How often the same changes are sent and lost before they are given up.
const LOST_AT_MOST: u32 = 3;
/// How old a reading may be that a call rests on when its turn comes.
const STALE: Duration = Duration::from_secs(2);
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
    /// Why the run must wait for a person, if so.
    pub(super) halt: Option<String>,
}

impl Road {
    /// Takes a job as far as it goes.
    pub(super) async fn carry(&self, job: Job) -> Ended {
        let mut ended = Ended {
            thumbnails: job.thumbnails,
            places: job.places.clone(),
            ..Ended::default()
        };
        match job.stage.clone() {
            Stage::Fresh => self.compare_and_send(job, &mut ended).await,
            Stage::Clear { holds, since } if since.elapsed() < STALE => {
                self.send(job, Some(holds), &mut ended).await;
            }
            Stage::Clear { .. } => self.compare_and_send(job, &mut ended).await,
            Stage::Doubt { .. } => self.resolve(job, &mut ended).await,
            Stage::Said { call, said } => self.verify(job, (call, said), &mut ended).await,
        }
        ended
    }

    /// Re-reads and compares; what may go is sent.
    async fn compare_and_send(&self, job: Job, ended: &mut Ended) {
        if !self.settings().check_before {
            return self.send(job, None, ended).await;
        }
        let readings = match self.read(&job.places, Purpose::Begin).await {
            Ok(readings) => readings,
            Err(NoReading::NotNow) => return ended.again.push(job),
            Err(NoReading::Halt(why)) => return ended.hold(job, why),
            Err(NoReading::Refused(error)) => {
                let meaning = "it could not be compared with the library, so it was not sent";
                return self.refuse(job, (0, &error, meaning), ended).await;
            }
        };
        let holds = self.pace().holds();
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
            self.send(Job { places, ..job }, Some(holds), ended).await;
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
            Err(failure) => ended.halt = Some(failure.sentence()),
        }
    }

    /// Notes the call, then sends it once. `seen` is how often the brake had been pulled when its
    /// values were read: if anything but the pace came between, they are read again.
    async fn send(&self, job: Job, seen: Option<u64>, ended: &mut Ended) {
        let stage = Stage::Fresh;
        let was_held = seen.is_some() && self.is_braked();
        let ticket = self.turn(Purpose::Begin).await;
        let holds = self.pace().holds();
        let is_stale = was_held || seen.is_some_and(|seen| seen != holds);
        let Some(ticket) = ticket.filter(|_| !is_stale) else {
            // By the time it goes on, the values may have changed.
            return ended.again.push(Job { stage, ..job });
        };
        let number = job.number.unwrap_or_else(|| self.new_number());
        let noted = self.noted_now(number, &job).await;
        let waiting = |job| Job {
            number: Some(number),
            stage,
            ..job
        };
        let mut note = match noted {
            // The brake was pulled while the note was kept.
            Ok(_) if self.pace().holds() != holds => return ended.again.push(waiting(job)),
            Ok(note) => note,
            Err(failure) => return ended.hold(waiting(job), failure.sentence()),
        };
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
            Ok(answer) => self.heard(job, (note, answer), ended).await,
            Err(error) => self.failed(job, (note, error, ticket, until), ended).await,
        }
    }

    /// The call was answered.
    async fn heard(&self, job: Job, (mut note, answer): (CallNote, Answer), ended: &mut Ended) {
        self.pace().succeeded();
        note.counts = answer.counts;
        note.trace = answer.trace;
        let said = compare::complete(answer.said, job.places.len());
        if said.iter().any(|one| one.outcome != Outcome::Refused) {
            lock(&job.family).went_through();
        }
        let call = note.number;
        // From here on it is known what became of it, whatever else fails.
        let stage = Stage::Said {
            call,
            said: said.clone(),
        };
        let job = Job { stage, ..job };
        // Where nothing is read back, the answer is the end.
        if !self.is_to_verify(&said) {
            let settled = self.spoken(&job, (call, &said), None);
            return match self.conclude(&note, &settled).await {
                Ok(()) => ended.settled.extend(settled),
                Err(failure) => ended.hold(job, failure.sentence()),
            };
        }
        match self.answered(&note).await {
            Ok(()) => self.verify(job, (call, said), ended).await,
            Err(failure) => ended.hold(job, failure.sentence()),
        }
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
                let exhausted = matches!(error, EndpointError::Unavailable { .. })
                    && self.brake(ticket, &error).is_err();
                let stage = Stage::Doubt {
                    call: number,
                    why: error.to_string(),
                    until,
                };
                let lost = job.lost + 1;
                let job = Job {
                    number: None,
                    stage,
                    lost,
                    ..job
                };
                if exhausted {
                    return ended.hold(job, error.failure("the run waits").sentence());
                }
                // At once: most lost replies were carried out.
                self.resolve(job, ended).await;
            }
            Verdict::RetryLater | Verdict::SignInAgain => {
                let is_over =
                    error.verdict() == Verdict::SignInAgain || self.brake(ticket, &error).is_err();
                // Nothing was done, so the call waits again.
                let waits = CallNote {
                    noted_ms: 0,
                    took_ms: None,
                    ..note
                };
                let kept = self.answered(&waits).await;
                let (number, stage) = (Some(number), Stage::Fresh);
                let job = Job {
                    number,
                    stage,
                    ..job
                };
                match kept {
                    Err(failure) => ended.hold(job, failure.sentence()),
                    Ok(()) if is_over => {
                        ended.hold(job, error.failure("the run waits").sentence());
                    }
                    Ok(()) => ended.again.push(job),
                }
            }
            Verdict::TheseItems | Verdict::SomeItem | Verdict::Never => {
                if let Err(failure) = self.answered(&note).await {
                    return ended.hold(job, failure.sentence());
                }
                self.narrow(job, (number, error), ended).await;
            }
        }
    }

    /// Takes a refused batch apart.
    async fn narrow(&self, job: Job, (call, error): (u32, EndpointError), ended: &mut Ended) {
        if matches!(error, EndpointError::Garbled { .. }) {
            return ended.hold(
                job.part(job.places.clone()),
                error.failure("the run waits").sentence(),
            );
        }
        let named = if let EndpointError::PoisonedBy { items, .. } = &error {
            items.as_slice()
        } else {
            &[]
        };
        let (culprits, rest): (Vec<_>, Vec<_>) =
            (0..job.places.len()).partition(|place| named.contains(place));
        let at = |places: &[usize]| places.iter().map(|&p| job.places[p]).collect::<Vec<_>>();
        let hopeless = {
            let mut family = lock(&job.family);
            let is_one_asset = narrow::assets(self.items(), &job.places) == 1;
            if !culprits.is_empty() || is_one_asset {
                family.culprit(error.code());
            }
            family.is_hopeless()
        };
        let is_whole = matches!(error, EndpointError::Forbidden { .. })
            && narrow::assets(self.items(), &job.places) == 1;
        if hopeless {
            let meaning = "the changes tried one by one were all refused so; the rest of the \
                           batch was not tried alone";
            return self.refuse(job, (call, &error, meaning), ended).await;
        }
        if !culprits.is_empty() {
            let (culprits, rest) = (at(&culprits), at(&rest));
            let blamed = job.part(culprits);
            self.refuse(blamed, (call, &error, error.hint()), ended)
                .await;
            if !rest.is_empty() {
                ended.again.push(job.part(rest));
            }
            return;
        }
        match narrow::halves(self.items(), &job.places).filter(|_| !is_whole) {
            Some((left, right)) => ended.again.extend([job.part(left), job.part(right)]),
            None => self.refuse(job, (call, &error, error.hint()), ended).await,
        }
    }

    /// Reads back what was sent and not answered; what is known not to be written is sent again.
    async fn resolve(&self, job: Job, ended: &mut Ended) {
        let Stage::Doubt { call, why, until } = job.stage.clone() else {
            return;
        };
        let readings = match self.read(&job.places, Purpose::End).await {
            Ok(readings) => readings,
            Err(NoReading::NotNow) if self.wish() != Wish::Stop => return ended.again.push(job),
            Err(NoReading::NotNow) => unread(&job, ""),
            Err(NoReading::Halt(why)) if self.wish() == Wish::Stop => unread(&job, &why),
            Err(NoReading::Halt(why)) => return ended.hold(job, why),
            Err(NoReading::Refused(error)) => unread(&job, &error.to_string()),
        };
        let is_stopping = self.wish() == Wish::Stop;
        let too_early = Instant::now() < until;
        let mut settled = Vec::new();
        let mut open = Vec::new();
        for (&place, reading) in job.places.iter().zip(&readings) {
            let item = self.item(place);
            let told = compare::silence(place, item, (call, &why), reading);
            if told.outcome == Outcome::Unknown && too_early && !is_stopping {
                // It may yet be written, or be there to be read.
                open.push(place);
            } else if told.code != NO_ANSWER {
                settled.push(told);
            } else if is_stopping && too_early {
                let late = Reading::Unread("it may still be carried out".into());
                settled.push(compare::silence(place, item, (call, &why), &late));
            } else if is_stopping || (job.lost >= LOST_AT_MOST && !too_early) {
                settled.push(told);
            } else {
                open.push(place);
            }
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
        let stage = if self.is_braked() {
            Stage::Fresh
        } else {
            let holds = self.pace().holds();
            let since = Instant::now();
            Stage::Clear { holds, since }
        };
        let again = |places| Job {
            stage: stage.clone(),
            ..job.part(places)
        };
        // A batch lost twice may be too large to be answered in time.
        match narrow::halves(self.items(), &open).filter(|_| job.lost >= 2) {
            Some((left, right)) => ended.again.extend([again(left), again(right)]),
            None => ended.again.push(again(open)),
        }
    }

    /// Reads back what was answered, and settles it.
    async fn verify(&self, job: Job, (call, said): (u32, Vec<Said>), ended: &mut Ended) {
        let readings = if self.is_to_verify(&said) {
            match self.read(&job.places, Purpose::End).await {
                Ok(readings) => Some(readings),
                Err(NoReading::NotNow) if self.wish() != Wish::Stop => {
                    let stage = Stage::Said { call, said };
                    return ended.again.push(Job { stage, ..job });
                }
                Err(NoReading::Halt(why)) if self.wish() != Wish::Stop => {
                    let stage = Stage::Said { call, said };
                    return ended.hold(Job { stage, ..job }, why);
                }
                Err(NoReading::Refused(error)) => Some(unread(&job, &error.to_string())),
                Err(NoReading::NotNow | NoReading::Halt(_)) => Some(unread(&job, "")),
            }
        } else {
            None
        };
        let settled = self.spoken(&job, (call, &said), readings.as_deref());
        self.keep(settled, &job, ended).await;
    }

    /// Settles all changes of a job as refused.
    async fn refuse(
        &self,
        job: Job,
        (call, error, meaning): (u32, &EndpointError, &str),
        ended: &mut Ended,
    ) {
        let reason = error.to_string();
        let settled = job
            .places
            .iter()
            .map(|&place| compare::refused(place, call, (error.code(), &reason), meaning));
        self.keep(settled.collect(), &job, ended).await;
    }

    /// Keeps settlements. What can't be kept stays open, and the run waits.
    async fn keep(&self, settled: Vec<Settlement>, job: &Job, ended: &mut Ended) -> bool {
        match self.settle(&settled).await {
            Ok(()) => {
                ended.settled.extend(settled);
                true
            }
            Err(failure) => {
                ended.hold(job.clone(), failure.sentence());
                false
            }
        }
    }
}

impl Ended {
    fn hold(&mut self, job: Job, why: String) {
        self.again.push(job);
        self.halt = Some(why);
    }
}

fn unread(job: &Job, why: &str) -> Vec<Reading> {
    vec![Reading::Unread(why.to_owned()); job.places.len()]
}
