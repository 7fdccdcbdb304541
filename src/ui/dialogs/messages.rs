//! Everything that was said, newest last.

use ratatui::{Frame, layout::Rect};

use crate::ui::{
    action::{Action, Answer, Context, Go},
    component::{Component, Hint, Reaction, Scene, Step},
    layout::line,
    theme::Role,
    widgets::{Cursor, boxed, text},
};

/// The sentences, with a place to scroll to.
#[derive(Debug)]
pub struct Messages {
    cursor: Cursor,
}

impl Messages {
    /// At the newest sentence.
    pub fn new(said: &[String]) -> Self {
        let at = said.len().saturating_sub(1);
        Self {
            cursor: Cursor { at, top: at },
        }
    }

    fn page(scene: &Scene<'_>) -> usize {
        usize::from(scene.size.height.saturating_sub(7))
    }
}

impl Component for Messages {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Dialog]
    }

    fn mode(&self) -> &'static str {
        "MESSAGES"
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![Hint::Named(Action::Go(Go::Back), "close")]
    }

    fn on_action(&mut self, action: Action, _argument: &str, scene: &Scene<'_>) -> Reaction {
        match action {
            Action::Move(movement) => {
                self.cursor
                    .go(movement, scene.said.len(), Self::page(scene));
                Reaction::nothing()
            }
            Action::Go(Go::Back | Go::Interrupt | Go::Quit) | Action::Answer(Answer::Accept) => {
                Reaction::step(Step::Close)
            }
            Action::Go(_)
            | Action::Mark(_)
            | Action::View(_)
            | Action::Edit(_)
            | Action::Work(_)
            | Action::Copy(_)
            | Action::Answer(_) => Reaction::Passed,
        }
    }

    fn on_change(&mut self, scene: &Scene<'_>) {
        self.cursor.keep(scene.said.len(), Self::page(scene));
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let inside = boxed(frame, area, "Messages", scene.theme);
        let shown = self.cursor.shown(scene.said.len(), Self::page(scene));
        for (number, place) in (0..).zip(shown) {
            let line = line(inside, number);
            let line = Rect {
                x: line.x + 1,
                width: line.width.saturating_sub(1),
                ..line
            };
            let role = if place == self.cursor.at {
                Role::Cursor
            } else {
                Role::Text
            };
            text::put(
                frame.buffer_mut(),
                line,
                &scene.said[place],
                scene.theme.style(role),
            );
        }
    }
}
