//! The world around the screens: the runtime, the clock, and what only the terminal can do.

use std::time::Duration;

use tokio::sync::mpsc;

use crate::{
    flow::{Effect, Event},
    runtime::{Runtime, now_ms},
    ui::{shell::World, terminal},
};

/// What the screens' loop asks things of.
pub(super) struct Outside {
    /// Performs most effects.
    pub(super) runtime: Runtime,
    /// News that don't come from the runtime.
    pub(super) told: mpsc::UnboundedSender<Event>,
    /// Whether copying panics: lets a test see that a panic leaves the terminal as it was.
    pub(super) breaks: bool,
}

impl World for Outside {
    fn perform(&mut self, effect: Effect) {
        if let Some(Effect::Copy(text)) = self.runtime.perform(effect) {
            assert!(!self.breaks, "asked to break on copying");
            if terminal::copy(&text).is_ok() {
                // Nobody listens any more when the program ends.
                let _ = self.told.send(Event::Copied { fallback: None });
            }
        }
    }

    fn now_ms(&self) -> i64 {
        now_ms()
    }

    async fn sleep_ms(&self, ms: u64) {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}
