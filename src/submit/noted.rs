//! The note of a call: durable before it leaves, and fresh when it does.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    call::Ended,
    lane::Job,
    road::{Road, kind},
    slots::Slot,
};
use crate::domain::{Failure, failure::FailureKind, run::CallNote};

/// How old a note may be when its call leaves.
pub(super) const PROMPT: Duration = Duration::from_secs(1);
/// How often a note is made again before the run waits for a quicker disk.
const NOTES: usize = 3;

impl Road {
    pub(super) async fn answered(&self, note: &CallNote) -> Result<(), Failure> {
        let (journal, run) = self.journal();
        journal.answered(run, note).await?;
        self.tell_call(note);
        Ok(())
    }

    pub(super) fn note(&self, number: u32, job: &Job) -> CallNote {
        CallNote {
            number,
            operation: self.endpoint().operation(kind(job.thumbnails)).to_owned(),
            items: job.places.clone(),
            noted_ms: 0,
            took_ms: None,
            counts: None,
            trace: String::new(),
            found: job.found.clone(),
        }
    }

    /// Notes a call, durably: it may leave only after that, and at once. Without a slot it waits for
    /// one then; there is none if the run is to pause or stop first.
    ///
    /// After a kill the note is all there is to say until when the call may be carried out, so a
    /// note that took long to keep, or waited long for its slot, is made again.
    pub(super) async fn noted(
        &self,
        number: u32,
        job: &Job,
        mut slot: Option<Slot>,
    ) -> Result<(CallNote, Option<Slot>), Failure> {
        let times = NOTES + usize::from(slot.is_none());
        for _ in 0..times {
            let start = Instant::now();
            let note = CallNote {
                noted_ms: self.now_ms(),
                ..self.note(number, job)
            };
            let (journal, run) = self.journal();
            journal.note_call(run, &note).await?;
            slot = self.slot_to_begin(slot).await;
            if slot.is_none() || start.elapsed() < PROMPT {
                return Ok((note, slot));
            }
        }
        Err(Failure {
            what: "could not keep a note of the run, so nothing more is sent".into(),
            why: format!("the disk takes longer than {} s for it", PROMPT.as_secs()),
            hint: "go on when the disk is less busy".into(),
            kind: FailureKind::Local,
        })
    }

    /// A noted call that did not leave, or of which nothing was done: it waits again, in its place.
    pub(super) async fn wait_again(&self, job: Job, note: CallNote, ended: &mut Ended) {
        let job = job.waiting(note.number);
        let waits = CallNote {
            noted_ms: 0,
            took_ms: None,
            ..note
        };
        match self.answered(&waits).await {
            Ok(()) => ended.again.push(job),
            Err(failure) => ended.hold(job, failure),
        }
    }
}
