//! The note of a call: durable before it leaves, and fresh when it does.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    lane::Job,
    road::{Road, kind},
};
use crate::domain::{Failure, failure::FailureKind, run::CallNote};

/// How old a note may be when its call leaves.
pub(super) const PROMPT: Duration = Duration::from_secs(1);
/// How often a note is made again before the run waits for a quicker disk.
const NOTES: u32 = 3;

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

    /// Notes a call, durably: it may leave only after that, and at once.
    ///
    /// After a kill the note is all there is to say until when the call may be carried out, so a
    /// note that took long to keep is made again.
    pub(super) async fn noted_now(&self, number: u32, job: &Job) -> Result<CallNote, Failure> {
        for _ in 0..NOTES {
            let start = Instant::now();
            let note = CallNote {
                noted_ms: self.now_ms(),
                ..self.note(number, job)
            };
            let (journal, run) = self.journal();
            journal.note_call(run, &note).await?;
            if start.elapsed() < PROMPT {
                self.tell_call(&note);
                return Ok(note);
            }
        }
        Err(Failure {
            what: "could not keep a note of the run, so nothing more is sent".into(),
            why: format!("the disk takes longer than {} s for it", PROMPT.as_secs()),
            hint: "go on when the disk is less busy".into(),
            kind: FailureKind::Local,
        })
    }
}
