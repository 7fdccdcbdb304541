//! The kill: at a moment that was drawn, everything stops, and nothing the engine does counts any
//! more.

use std::{
    future::pending,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::Notify;

use super::dice::Dice;

/// A moment in the life of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// It was polled.
    Polled,
    /// A request is about to leave.
    Leaving,
    /// A request has arrived.
    Arrived,
    /// A call was carried out.
    Written,
    /// An answer is on its way.
    Answering,
    /// The journal was asked.
    Noting,
    /// The journal has it, and has not said so.
    Noted,
}

/// When an engine is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Never.
    Natural,
    /// The n-th time it comes to this.
    At(Moment, usize),
    /// After a while.
    After(Duration),
    /// Its control is dropped after a while; two seconds later it is killed.
    Closed(Duration),
}

impl End {
    pub(super) fn drawn(dice: &mut Dice) -> Self {
        let moment = match dice.below(9) {
            0 => return Self::After(dice.millis(0, 90_000)),
            1 => return Self::Closed(dice.millis(0, 60_000)),
            2 => return Self::At(Moment::Polled, dice.between(1, 60)),
            3 => Moment::Leaving,
            4 => Moment::Arrived,
            5 => Moment::Written,
            6 => Moment::Answering,
            7 => Moment::Noting,
            _ => Moment::Noted,
        };
        Self::At(moment, dice.between(1, 14))
    }
}

/// Burns down to the kill.
pub(super) struct Fuse {
    left: Mutex<Option<(Moment, usize)>>,
    blown: AtomicBool,
    told: Notify,
}

impl Fuse {
    pub(super) fn new(end: End) -> Self {
        let left = match end {
            End::At(moment, times) => Some((moment, times)),
            End::Natural | End::After(_) | End::Closed(_) => None,
        };
        Self {
            left: Mutex::new(left),
            blown: AtomicBool::new(false),
            told: Notify::new(),
        }
    }

    /// It has come to this; returns whether it is over.
    pub(super) fn reach(&self, moment: Moment) -> bool {
        let mut left = self.left.lock().unwrap();
        if let Some((at, times)) = left.as_mut()
            && *at == moment
        {
            *times -= 1;
            if *times == 0 {
                *left = None;
                drop(left);
                self.blow();
            }
        }
        self.is_blown()
    }

    /// It has come to this; if that is the end, it never goes on.
    pub(super) async fn pass(&self, moment: Moment) {
        if self.reach(moment) {
            pending::<()>().await;
        }
    }

    pub(super) fn blow(&self) {
        self.blown.store(true, Ordering::SeqCst);
        self.told.notify_one();
    }

    pub(super) fn is_blown(&self) -> bool {
        self.blown.load(Ordering::SeqCst)
    }

    pub(super) async fn blown(&self) {
        while !self.is_blown() {
            self.told.notified().await;
        }
    }
}
