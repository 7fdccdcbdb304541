//! The one yes/no dialog. It holds the steps, so it needs no callback.

use ratatui::{Frame, layout::Rect};

use crate::ui::{
    action::{Action, Answer, Context, Go},
    component::{Component, Hint, Reaction, Scene, Step},
    layout::{centered, line},
    theme::Role,
    widgets::{boxed, text},
};

/// A question with the steps of its yes.
#[derive(Debug)]
pub struct Confirm {
    title: String,
    question: String,
    yes: &'static str,
    steps: Vec<Step>,
}

impl Confirm {
    /// A question; `yes` is the word for what Enter does.
    pub fn new(
        title: impl Into<String>,
        question: impl Into<String>,
        yes: &'static str,
        steps: Vec<Step>,
    ) -> Self {
        Self {
            title: title.into(),
            question: question.into(),
            yes,
            steps,
        }
    }
}

impl Component for Confirm {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Dialog]
    }

    fn mode(&self) -> &'static str {
        "QUESTION"
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![
            Hint::Named(Action::Answer(Answer::Accept), self.yes),
            Hint::Key(Action::Go(Go::Back)),
        ]
    }

    fn on_action(&mut self, action: Action, _argument: &str, _scene: &Scene<'_>) -> Reaction {
        match action {
            Action::Answer(Answer::Accept) => {
                let mut steps = vec![Step::Close];
                steps.append(&mut self.steps);
                Reaction::Taken(steps)
            }
            Action::Go(Go::Back | Go::Interrupt | Go::Quit) => {
                Reaction::Taken(vec![Step::Close, Step::Say("Nothing was done.".into())])
            }
            Action::Go(_)
            | Action::Move(_)
            | Action::Mark(_)
            | Action::View(_)
            | Action::Edit(_)
            | Action::Work(_)
            | Action::Copy(_)
            | Action::Answer(_) => Reaction::Passed,
        }
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let width = area.width.saturating_sub(4).min(64);
        let lines = text::wrapped(&self.question, width.saturating_sub(4));
        let height = u16::try_from(lines.len())
            .unwrap_or(u16::MAX)
            .saturating_add(4);
        let inside = boxed(
            frame,
            centered(area, width, height),
            &self.title,
            scene.theme,
        );
        let style = scene.theme.style(Role::Text);
        let lines = lines.iter().map(|words| (words, style));
        text::put_lines(frame.buffer_mut(), inside, lines);
        let keys = |action| scene.keymap.keys(action).unwrap_or_default();
        let answer = [
            (
                format!(" {}", keys(Action::Answer(Answer::Accept))),
                scene.theme.style(Role::Key),
            ),
            (format!(" {}   ", self.yes), scene.theme.style(Role::Text)),
            (keys(Action::Go(Go::Back)), scene.theme.style(Role::Key)),
            (" cancel".to_owned(), scene.theme.style(Role::Text)),
        ];
        let last = line(inside, inside.height.saturating_sub(1));
        text::put_all(frame.buffer_mut(), last, &answer);
        frame.set_cursor_position((last.x, last.y.min(area.bottom().saturating_sub(1))));
    }
}
