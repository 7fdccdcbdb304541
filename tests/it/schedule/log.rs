//! What happened in a schedule, in order: the server's own log, the journal's, and the nemesis's.

use std::{
    fmt::Write,
    sync::{Arc, Mutex},
    time::Duration,
};

use armarius::domain::{
    AssetId, FieldKey, Value,
    run::{CallNote, RunState, Settlement},
};
use tokio::time::Instant;

/// A field of an asset.
pub(super) type Key = (AssetId, FieldKey);

/// What reading one change's field gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Value(Value),
    Missing,
    Unreadable,
}

/// What the journal was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    Call(CallNote),
    Settled(Vec<Settlement>),
    State(RunState),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// An engine takes the run up.
    Life,
    /// And is killed.
    Killed(String),
    /// Nobody holds its control any more.
    Closed,
    /// A read arrives at the server.
    Asked { request: usize, places: Vec<u32> },
    /// It is answered; the values were taken at `sampled`, a place in the log.
    Told {
        request: usize,
        sampled: usize,
        seen: Vec<(u32, Seen)>,
    },
    /// It is not.
    Untold { request: usize, why: String },
    /// The values of a read are taken.
    Sampled { request: usize },
    /// A call arrives at the server, and what fate has for it.
    Sent {
        request: usize,
        thumbnails: bool,
        places: Vec<u32>,
        fate: String,
    },
    /// Something of a call is written.
    Wrote {
        request: usize,
        place: u32,
        value: Value,
    },
    /// The call is answered; `settles` unless it may still be carried out after that.
    Answered {
        request: usize,
        how: String,
        settles: bool,
    },
    /// Whoever is asked to slow down has heard it.
    Named(Duration),
    /// Somebody else writes.
    Outside(Key, Value),
    /// Somebody else removes an asset.
    Removed(AssetId),
    /// The journal has it; `said` unless it told that it failed.
    Durable { kept: Kept, said: bool },
    /// The journal does not have it.
    NotKept(String),
    /// The person's wish.
    Wish(&'static str),
    /// The run's own news.
    State(RunState, String),
    /// Outcomes were told.
    ToldSettled(Vec<Settlement>),
    /// The credentials are refused from now on, or taken again.
    SignedOut(bool),
    /// From now on nothing goes wrong by chance.
    Calm,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) at: Duration,
    pub(super) life: usize,
    pub(super) entry: Entry,
}

/// The log; clones share it.
#[derive(Clone)]
pub(super) struct Log {
    start: Instant,
    lines: Arc<Mutex<(usize, Vec<Line>)>>,
}

impl Log {
    pub(super) fn new() -> Self {
        Self {
            start: Instant::now(),
            lines: Arc::default(),
        }
    }

    /// Writes a line; returns its place.
    pub(super) fn put(&self, entry: Entry) -> usize {
        let mut lines = self.lines.lock().unwrap();
        if entry == Entry::Life {
            lines.0 += 1;
        }
        let (at, life) = (self.start.elapsed(), lines.0);
        lines.1.push(Line { at, life, entry });
        lines.1.len() - 1
    }

    pub(super) fn lines(&self) -> Vec<Line> {
        self.lines.lock().unwrap().1.clone()
    }
}

/// The log for a person who has to find out what went wrong.
pub(super) fn shown(lines: &[Line]) -> String {
    let mut text = String::new();
    for (place, line) in lines.iter().enumerate() {
        let seconds = line.at.as_secs_f64();
        let _ = writeln!(
            text,
            "{place:>5} {seconds:>9.3} life {} {:?}",
            line.life, line.entry
        );
    }
    text
}
