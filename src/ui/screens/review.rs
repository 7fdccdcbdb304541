//! 3: the draft as the one who approves sees it: the staged diff, read-only.

use ratatui::{Frame, layout::Rect};

use super::staged::Staged;
use crate::ui::{
    action::{Action, Context},
    component::{Component, Hint, Reaction, Scene},
};

/// The screen's own view state.
#[derive(Debug)]
pub struct Review {
    diff: Staged,
}

impl Default for Review {
    fn default() -> Self {
        Self {
            diff: Staged::review(),
        }
    }
}

impl Component for Review {
    fn contexts(&self) -> &'static [Context] {
        self.diff.contexts()
    }

    fn mode(&self) -> &'static str {
        self.diff.mode()
    }

    fn hints(&self, scene: &Scene<'_>) -> Vec<Hint> {
        self.diff.hints(scene)
    }

    fn on_action(&mut self, action: Action, argument: &str, scene: &Scene<'_>) -> Reaction {
        self.diff.on_action(action, argument, scene)
    }

    fn on_change(&mut self, scene: &Scene<'_>) {
        self.diff.on_change(scene);
    }

    fn status(&self, scene: &Scene<'_>) -> Option<String> {
        self.diff.status(scene)
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        self.diff.draw(frame, area, scene);
    }
}
