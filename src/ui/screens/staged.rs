//! 2: what is staged and not sent.

use ratatui::{Frame, layout::Rect};

use crate::ui::{
    action::{Action, Context, Go},
    component::{Component, Hint, Reaction, Scene},
};

/// The screen's own view state.
#[derive(Debug, Default)]
pub struct Staged {}

impl Component for Staged {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Staged, Context::List, Context::Anywhere]
    }

    fn mode(&self) -> &'static str {
        "STAGED"
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![Hint::Key(Action::Go(Go::Browse))]
    }

    fn on_action(&mut self, _action: Action, _argument: &str, _scene: &Scene<'_>) -> Reaction {
        Reaction::Passed
    }

    fn draw(&self, _frame: &mut Frame<'_>, _area: Rect, _scene: &Scene<'_>) {}
}
