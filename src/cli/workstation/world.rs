//! The world around the screens: the runtime, the clock, and what only the terminal can do.

use std::time::Duration;

use futures_util::Stream;
use tokio::sync::mpsc;

use crate::{
    flow::{Effect, Event},
    runtime::{Runtime, now_ms},
    ui::{
        shell::{Nudge, World},
        terminal,
    },
};

/// What the screens' loop asks things of.
pub(super) struct Outside {
    /// Performs most effects.
    pub(super) runtime: Runtime,
    /// News that don't come from the runtime.
    pub(super) told: mpsc::UnboundedSender<Event>,
    /// On which thread copying panics: lets tests see that a panic leaves the terminal as it was.
    #[cfg(debug_assertions)]
    pub(super) breaks: String,
}

#[cfg(debug_assertions)]
impl Outside {
    /// Panics on the thread that was asked for: `screen`, `task`, `disk` or `keys`.
    fn break_where_asked(&self) {
        match self.breaks.as_str() {
            "screen" => panic!("asked to break on the screen"),
            "task" => drop(tokio::spawn(async { panic!("asked to break in a task") })),
            "values" => drop(tokio::spawn(async {
                let (value, none) = (format!("a secret value {}", now_ms()), None::<()>);
                none.expect(&value);
            })),
            "disk" => self.runtime.break_disk(),
            "keys" => terminal::break_keys(),
            _ => {}
        }
    }
}

/// What the system asks of a program that has a terminal, as it comes.
///
/// # Errors
///
/// If the system gives no signals.
pub(super) fn nudges() -> std::io::Result<impl Stream<Item = Nudge>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        // SIGTSTP and SIGCONT have no numbers that are the same everywhere.
        let number = |signal: rustix::process::Signal| SignalKind::from_raw(signal.as_raw());
        let mut stop = signal(number(rustix::process::Signal::TSTP))?;
        let mut go = signal(number(rustix::process::Signal::CONT))?;
        let mut size = signal(SignalKind::window_change())?;
        Ok(futures_util::stream::poll_fn(move |context| {
            if stop.poll_recv(context).is_ready() {
                return std::task::Poll::Ready(Some(Nudge::Suspend));
            }
            if size.poll_recv(context).is_ready() {
                return std::task::Poll::Ready(Some(Nudge::Resized));
            }
            go.poll_recv(context).map(|_| Some(Nudge::Continued))
        }))
    }
    #[cfg(not(unix))]
    Ok(futures_util::stream::pending())
}

impl World for Outside {
    fn perform(&mut self, effect: Effect) {
        if let Some(Effect::Copy(text)) = self.runtime.perform(effect) {
            #[cfg(debug_assertions)]
            self.break_where_asked();
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
