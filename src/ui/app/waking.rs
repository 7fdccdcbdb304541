//! When something is due by itself.

use super::{App, PIECE_MS, REST_MS};

impl App {
    /// When something is due without an input or an event, milliseconds since 1970.
    pub fn wake_at(&self) -> Option<i64> {
        let now = self.world.now_ms;
        let menu = (!self.pending.is_empty())
            .then_some(self.menu_delay_ms)
            .flatten()
            .map(|delay| self.pending_ms + delay);
        let rest = self.wants_to_ask().then_some(self.moved_ms + REST_MS);
        let behind = !self.screens.browse.looks_at(self.world.cursor);
        let details = behind.then_some(self.moved_ms + self.details_rest_ms);
        let waits = self
            .world
            .connection
            .waits()
            .map(|_| now - now.rem_euclid(1000) + 1000);
        let run = self
            .world
            .workbench
            .current_run()
            .map(|_| now - now.rem_euclid(1000) + 1000);
        let rows = self.world.view.due_ms(&self.world.workbench);
        let layer = self.top().is_unfinished().then_some(now + PIECE_MS);
        let menu = menu.filter(|at| *at > now);
        [menu, rest, details, waits, run, rows, layer]
            .into_iter()
            .flatten()
            .min()
    }
}
