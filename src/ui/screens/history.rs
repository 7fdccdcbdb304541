//! 5: draft steps and runs.

use ratatui::{Frame, layout::Rect};

use crate::ui::{
    action::{Action, Context, Go},
    component::{Component, Hint, Reaction, Scene},
};

/// The screen's own view state.
#[derive(Debug, Default)]
pub struct History {}

impl Component for History {
    fn contexts(&self) -> &'static [Context] {
        &[Context::History, Context::List, Context::Anywhere]
    }

    fn mode(&self) -> &'static str {
        "HISTORY"
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![Hint::Key(Action::Go(Go::Browse))]
    }

    fn on_action(&mut self, _action: Action, _argument: &str, _scene: &Scene<'_>) -> Reaction {
        Reaction::Passed
    }

    fn draw(&self, _frame: &mut Frame<'_>, _area: Rect, _scene: &Scene<'_>) {}
}
