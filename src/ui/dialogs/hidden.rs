//! The stop before an edit of marked assets some of which the filter hides.

use ratatui::{Frame, layout::Rect};
use roaring::RoaringBitmap;

use crate::{
    domain::Query,
    ui::{
        action::{Action, Answer, Context, Edit, Go},
        chord::Chord,
        component::{Component, Hint, Reaction, Scene, Step},
        layout::centered,
        theme::Role,
        widgets::{boxed, text},
    },
};

/// Asks which of the marked assets an edit is for.
#[derive(Debug)]
pub struct HiddenMarks {
    edit: Edit,
    argument: String,
    marked: u64,
    shown: RoaringBitmap,
}

impl HiddenMarks {
    /// Before this edit.
    pub fn new(edit: Edit, argument: &str, scene: &Scene<'_>) -> Self {
        Self {
            edit,
            argument: argument.to_owned(),
            marked: scene.workbench.marks().len(),
            shown: scene.workbench.marks() & scene.view.set(),
        }
    }

    fn go_on(&self) -> Step {
        Step::Edit(self.edit, self.argument.clone())
    }
}

impl Component for HiddenMarks {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Dialog]
    }

    fn mode(&self) -> &'static str {
        "QUESTION"
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![
            Hint::Named(Action::Answer(Answer::Accept), "all"),
            Hint::Key(Action::Go(Go::Back)),
        ]
    }

    fn on_action(&mut self, action: Action, _argument: &str, _scene: &Scene<'_>) -> Reaction {
        match action {
            Action::Answer(Answer::Accept) => Reaction::Taken(vec![Step::Close, self.go_on()]),
            Action::Go(Go::Back | Go::Interrupt | Go::Quit) => Reaction::step(Step::Close),
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

    fn names_key(&self, chord: Chord) -> bool {
        matches!(chord.typed(), Some('o' | 'l'))
    }

    fn on_key(&mut self, chord: Chord, _scene: &Scene<'_>) -> Reaction {
        match chord.typed() {
            Some('o') if self.shown.is_empty() => {
                Reaction::say("None of the marked assets is shown.")
            }
            Some('o') => {
                let rows = self.shown.clone();
                let say = format!("Marked {} (only those shown).  s r restores", rows.len());
                Reaction::Taken(vec![Step::Close, Step::Mark { rows, say }, self.go_on()])
            }
            Some('l') => match Query::parse("is:marked") {
                Ok(query) => Reaction::Taken(vec![Step::Close, Step::Filter { query, keep: true }]),
                Err(_) => Reaction::Passed,
            },
            _ => Reaction::Passed,
        }
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let inside = boxed(frame, centered(area, 60, 7), "Hidden marks", scene.theme);
        let hidden = self.marked - self.shown.len();
        let lines = [
            format!("{} marked, {hidden} hidden by the filter.", self.marked),
            String::new(),
            format!("Enter  all {}", self.marked),
            format!("o      only the {} shown", self.shown.len()),
            "l      list the marked ones first".to_owned(),
        ];
        let style = scene.theme.style(Role::Text);
        let lines = lines.iter().map(|words| (words, style));
        text::put_lines(frame.buffer_mut(), inside, lines);
        frame.set_cursor_position((inside.x, inside.y + 2));
    }
}
