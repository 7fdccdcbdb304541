//! When the screen is painted: at once for whoever sits before it, and now and then for what goes
//! on by itself.

use super::App;
use crate::flow::Event;

/// How long lies between two frames that show nothing but progress, milliseconds.
const PAUSE_MS: i64 = 50;

/// What the next frame waits for.
#[derive(Debug, Default)]
pub(super) struct Paint {
    wanted: Wanted,
    /// When the last one was.
    last_ms: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Wanted {
    Nothing,
    /// Something went on.
    Soon,
    #[default]
    Now,
}

impl Paint {
    pub(super) fn now(&mut self) {
        self.wanted = Wanted::Now;
    }

    pub(super) fn soon(&mut self) {
        self.wanted = self.wanted.max(Wanted::Soon);
    }

    /// When a frame is due that nothing else wakes us for.
    pub(super) fn due_ms(&self) -> Option<i64> {
        (self.wanted == Wanted::Soon).then_some(self.last_ms + PAUSE_MS)
    }
}

/// Whether news is one of very many that only tell how far something is.
pub(super) fn is_progress(event: &Event) -> bool {
    matches!(
        event,
        Event::Page { .. } | Event::Call { .. } | Event::Settled { .. }
    )
}

impl App {
    /// Whether a frame should be painted now: something changed, and if it was only progress, some
    /// time went by since the last one.
    pub fn is_paint_due(&self, now_ms: i64) -> bool {
        match self.paint.wanted {
            Wanted::Nothing => false,
            Wanted::Soon => now_ms - self.paint.last_ms >= PAUSE_MS,
            Wanted::Now => true,
        }
    }

    /// A frame was painted.
    pub fn painted(&mut self, now_ms: i64) {
        self.paint = Paint {
            wanted: Wanted::Nothing,
            last_ms: now_ms,
        };
    }
}
