//! Sending a run: every change ends in exactly one outcome, and nothing is written twice.
//!
//! The road of a call: re-read and compare, note it durably, wait for the pace, send once, take
//! the answer, read back and compare. What was sent and not answered is never resent blindly: it
//! is read back first. [`pace`] says when a request may go, [`batch`] how many assets share a
//! call, [`compare`] what values read mean, [`narrow`] how a refused batch is taken apart; all four
//! are pure. [`gate`] shares the pace with everybody who asks the endpoint, and [`engine`] drives
//! a run through it.

mod apart;
pub mod batch;
mod behind;
mod broken;
mod call;
mod canary;
pub mod compare;
mod doubt;
pub mod dry;
pub mod engine;
pub mod gate;
mod lane;
pub mod narrow;
mod noted;
pub mod pace;
mod reads;
mod road;
mod slots;
mod spoken;
#[cfg(test)]
mod tests;

use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::watch;

use crate::domain::{
    Asset, Failure, Item, RunId,
    run::{CallNote, RunState, Settlement},
};

pub use engine::{Engine, Parts};
pub use gate::Gate;
pub use reads::read_again;

/// Shorter waits are not worth a word.
pub const NOTICED: Duration = Duration::from_secs(2);

/// Where a run is written down. Each promise is kept once its future is done: durable.
///
/// A journal that fails either does not have it, or knows no longer what it has: then it takes
/// nothing more until the program starts again and reads what is there. Otherwise a change whose
/// outcome it has although it said that it failed could be sent once more, and after a kill the
/// older outcome would be believed.
pub trait Journal: Send + Sync {
    /// A call is about to leave. It leaves only if this succeeds. The same number again replaces
    /// the note.
    fn note_call<'a>(&'a self, run: &'a RunId, call: &'a CallNote) -> Kept<'a>;

    /// A call was answered, or refused whole; the same note with the answer filled in.
    fn answered<'a>(&'a self, run: &'a RunId, call: &'a CallNote) -> Kept<'a>;

    /// How changes ended. A later settlement of the same change corrects the earlier.
    fn settle<'a>(&'a self, run: &'a RunId, settled: &'a [Settlement]) -> Kept<'a>;

    /// A call was answered, and with that every change of it has ended: both or neither. A
    /// journal that can keep them at once does.
    fn concluded<'a>(
        &'a self,
        run: &'a RunId,
        (call, settled): (&'a CallNote, &'a [Settlement]),
    ) -> Kept<'a> {
        Box::pin(async move {
            self.answered(run, call).await?;
            self.settle(run, settled).await
        })
    }

    /// A run's new state.
    fn state<'a>(&'a self, run: &'a RunId, state: RunState, at_ms: i64) -> Kept<'a>;
}

/// A promise to keep something.
pub type Kept<'a> = BoxFuture<'a, Result<(), Failure>>;

/// How a run is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Calls in flight at most.
    pub concurrency: usize,
    /// Requests a minute at most, reads included; `None` without a limit.
    pub requests_per_minute: Option<u32>,
    /// Whether each call is preceded by re-reading its assets: what changed meanwhile is a
    /// conflict and is not sent.
    pub check_before: bool,
    /// Whether each call is followed by reading its assets back.
    pub read_back: bool,
    /// How long the server may take to show what it says it has written, before the outcome is
    /// unknown.
    pub read_back_wait: Duration,
    /// How long an answer may take, and how long a lost request may still be carried out.
    pub timeout: Duration,
    /// How often in a row the brake may be pulled before the run pauses.
    pub retry_budget: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            concurrency: 2,
            requests_per_minute: None,
            check_before: true,
            read_back: true,
            read_back_wait: Duration::from_secs(30),
            timeout: Duration::from_secs(30),
            retry_budget: 8,
        }
    }
}

impl Settings {
    /// What they allow at the gate.
    pub fn limits(&self) -> pace::Limits {
        pace::Limits {
            concurrency: self.concurrency,
            requests_per_minute: self.requests_per_minute,
            retry_budget: self.retry_budget,
        }
    }
}

/// What the person wants of a run that goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Send.
    Go,
    /// Finish what is under way, then wait.
    Pause,
    /// Finish what is under way, then end; the rest is skipped.
    Stop,
}

/// The handle of a run that goes on.
#[derive(Clone, Debug)]
pub struct Control(watch::Sender<Wish>);

impl Control {
    /// A handle, and what the engine listens to.
    pub fn new() -> (Self, watch::Receiver<Wish>) {
        let (sender, receiver) = watch::channel(Wish::Go);
        (Self(sender), receiver)
    }

    /// Finish the calls under way, then wait.
    pub fn pause(&self) {
        self.0.send_replace(Wish::Pause);
    }

    /// Go on, after a pause of any cause.
    pub fn go_on(&self) {
        self.0.send_replace(Wish::Go);
    }

    /// Finish the calls under way, then end.
    pub fn stop(&self) {
        self.0.send_replace(Wish::Stop);
    }

    /// Whether the run has ended.
    pub fn is_over(&self) -> bool {
        self.0.is_closed()
    }
}

/// What an engine tells, in bundles, at most twenty a second. All of it is durable already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A call was noted, or answered.
    Call(CallNote),
    /// How changes ended.
    Settled(Vec<Settlement>),
    /// Assets as they were read back, for whoever keeps the listing.
    Read(Vec<Asset>),
    /// Nothing can be sent for a while that a person would notice.
    Waits {
        /// Until then, milliseconds since 1970.
        until_ms: i64,
        /// For so long from now.
        seconds: u64,
        /// Why, in words.
        why: String,
    },
    /// The endpoint no longer takes the credentials: the run pauses until somebody signs in.
    SignedOut,
    /// A new state of the run.
    State {
        /// Which.
        state: RunState,
        /// When, milliseconds since 1970.
        at_ms: i64,
        /// What it waits for or why it stopped; empty if there is nothing to say.
        note: String,
    },
}

/// The calls of a run at its start: numbered from 1, waiting. `true` where they set thumbnails.
pub fn waiting_calls(
    planned: impl IntoIterator<Item = (bool, Vec<u32>)>,
    operation: impl Fn(bool) -> String,
) -> Vec<CallNote> {
    (1..)
        .zip(planned)
        .map(|(number, (thumbnails, items))| CallNote {
            number,
            operation: operation(thumbnails),
            items,
            noted_ms: 0,
            took_ms: None,
            counts: None,
            trace: String::new(),
            found: Vec::new(),
        })
        .collect()
}

/// Whether a change goes in the calls that set thumbnails.
fn is_thumbnail(item: &Item) -> bool {
    item.field == crate::domain::FieldKey::thumbnail()
}
