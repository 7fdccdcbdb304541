//! The journal of a schedule: it has exactly what became durable, it is slow at times, its disk is
//! full at times, and at times it says that it failed and has it all the same: then, like the
//! workspace, it takes nothing more until the next start.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use armarius::{
    domain::{
        Failure, Run, RunId,
        failure::FailureKind,
        run::{CallNote, RunState, Settlement},
    },
    store::Workspace,
    submit::{self, Journal},
};
use tokio::time::sleep;

use super::{
    dice::Dice,
    fuse::{Fuse, Moment},
    log::{Entry, Kept, Log},
};

/// Where the journal keeps it.
pub(super) enum Shelf {
    /// In memory.
    Memory(Box<Run>),
    /// In a real workspace.
    Workspace(Box<Workspace>, RunId),
}

impl Shelf {
    fn keep(&mut self, kept: &Kept) {
        match self {
            Self::Memory(run) => match kept {
                Kept::Call(note) => {
                    run.calls.retain(|known| known.number != note.number);
                    run.calls.push(note.clone());
                    run.calls.sort_by_key(|call| call.number);
                }
                Kept::Settled(settled) => settled.iter().cloned().for_each(|one| run.settle(one)),
                Kept::State(state) => run.state = *state,
            },
            Self::Workspace(workspace, run) => match kept {
                Kept::Call(note) => workspace.note_call(run, note).unwrap(),
                Kept::Settled(settled) => workspace.settle(run, settled).unwrap(),
                Kept::State(state) => workspace.set_run_state(run, *state, 1).unwrap(),
            },
        }
    }

    /// The run as the next start of the program finds it.
    pub(super) fn found(&self) -> Run {
        match self {
            Self::Memory(run) => (**run).clone(),
            Self::Workspace(workspace, run) => workspace.load_run(run).unwrap(),
        }
    }
}

/// What the journal is up to, one after the other.
pub(super) struct Paper {
    pub(super) shelf: Shelf,
    pub(super) dice: Dice,
    /// So many in a thousand fail.
    pub(super) failing: usize,
    /// So many more fail at once, because the disk is full.
    full: usize,
}

impl Paper {
    pub(super) fn new(shelf: Shelf, dice: Dice, failing: usize) -> Self {
        Self {
            shelf,
            dice,
            failing,
            full: 0,
        }
    }

    /// How long it takes, whether it is kept, and whether it says so.
    fn fate(&mut self) -> (Duration, bool, bool) {
        if self.full > 0 {
            self.full -= 1;
            return (Duration::ZERO, false, false);
        }
        let takes = match self.dice.below(40) {
            0 => self.dice.millis(100, 6_000),
            1..10 => self.dice.millis(1, 20),
            _ => Duration::ZERO,
        };
        if !self.dice.permille(self.failing) {
            return (takes, true, true);
        }
        if self.dice.permille(300) {
            return (takes, true, false);
        }
        self.full = self.dice.below(4);
        (takes, false, false)
    }
}

/// The journal in one life of the engine.
pub(super) struct Ledger {
    /// Whether it failed without anybody knowing what it has: it takes nothing more in this life.
    pub(super) in_doubt: Arc<AtomicBool>,
    pub(super) paper: Arc<Mutex<Paper>>,
    pub(super) fuse: Arc<Fuse>,
    pub(super) log: Log,
}

impl Ledger {
    async fn put(&self, kept: Kept) -> Result<(), Failure> {
        self.put_together(vec![kept]).await
    }

    /// All of it, or nothing.
    async fn put_together(&self, entries: Vec<Kept>) -> Result<(), Failure> {
        self.fuse.pass(Moment::Noting).await;
        let (takes, is_kept, said) = self.paper.lock().unwrap().fate();
        if !takes.is_zero() {
            sleep(takes).await;
            // Killed while the disk was busy.
            self.fuse.pass(Moment::Polled).await;
        }
        if self.in_doubt.load(Ordering::SeqCst) {
            for kept in entries {
                self.log.put(Entry::NotKept(format!("{kept:?}")));
            }
            return Err(doubted());
        }
        for kept in entries {
            if is_kept {
                self.paper.lock().unwrap().shelf.keep(&kept);
                self.log.put(Entry::Durable { kept, said });
            } else {
                self.log.put(Entry::NotKept(format!("{kept:?}")));
            }
        }
        self.fuse.pass(Moment::Noted).await;
        match (is_kept, said) {
            (_, true) => Ok(()),
            (true, false) => {
                self.in_doubt.store(true, Ordering::SeqCst);
                Err(doubted())
            }
            (false, false) => Err(full()),
        }
    }
}

/// As the workspace has it: what failed may be kept all the same, so nothing more is taken.
fn doubted() -> Failure {
    Failure {
        what: "could not keep a note".into(),
        why: "the disk failed; what it has is not known".into(),
        hint: "start again".into(),
        kind: FailureKind::Local,
    }
}

fn full() -> Failure {
    Failure {
        what: "could not keep a note".into(),
        why: "the disk is full".into(),
        hint: "make room".into(),
        kind: FailureKind::Local,
    }
}

impl Journal for Ledger {
    fn note_call<'a>(&'a self, _: &'a RunId, call: &'a CallNote) -> submit::Kept<'a> {
        Box::pin(self.put(Kept::Call(call.clone())))
    }

    fn answered<'a>(&'a self, _: &'a RunId, call: &'a CallNote) -> submit::Kept<'a> {
        Box::pin(self.put(Kept::Call(call.clone())))
    }

    fn settle<'a>(&'a self, _: &'a RunId, settled: &'a [Settlement]) -> submit::Kept<'a> {
        Box::pin(self.put(Kept::Settled(settled.to_vec())))
    }

    fn concluded<'a>(
        &'a self,
        _: &'a RunId,
        (call, settled): (&'a CallNote, &'a [Settlement]),
    ) -> submit::Kept<'a> {
        let entries = vec![Kept::Call(call.clone()), Kept::Settled(settled.to_vec())];
        Box::pin(self.put_together(entries))
    }

    fn state<'a>(&'a self, _: &'a RunId, state: RunState, _: i64) -> submit::Kept<'a> {
        Box::pin(self.put(Kept::State(state)))
    }
}
