//! The edit dialog as a component: keys to reactions.

use ratatui::{Frame, layout::Rect};

use super::{EditDialog, Focus, worked::Shown};
use crate::domain::judging::{Judgement, Judging};
use crate::ui::{
    action::{Action, Answer, Context, Go, Mark, Move},
    chord::Chord,
    component::{Component, Hint, Reaction, Scene},
    dialogs::{self, behind::AT_ONCE},
    widgets::{TextField, text},
};

impl Component for EditDialog {
    fn contexts(&self) -> &'static [Context] {
        match self.focus {
            Focus::Input(_) => &[Context::Edit, Context::Input],
            Focus::Preview => &[Context::Preview, Context::Edit, Context::Dialog],
            Focus::Fields | Focus::Operation | Focus::Switch(_) => {
                &[Context::Edit, Context::Dialog]
            }
        }
    }

    fn mode(&self) -> &'static str {
        "EDIT"
    }

    fn takes_text(&self) -> bool {
        matches!(self.focus, Focus::Input(_))
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        let named = Hint::Named;
        let mut hints = vec![named(Action::Move(Move::NextPane), "next")];
        match self.focus {
            Focus::Fields => hints.extend([
                named(Action::Mark(Mark::Toggle), "tick"),
                named(Action::Answer(Answer::Accept), "edit"),
            ]),
            Focus::Operation => hints.push(named(Action::Move(Move::Right), "operation")),
            Focus::Input(place) => {
                hints.push(named(Action::Answer(Answer::Accept), "keep"));
                if place == 0 {
                    hints.push(named(Action::Move(Move::PreviousPane), "operation"));
                }
                if self.line().is_some_and(|line| line.form.takes_values()) {
                    hints.push(named(Action::Answer(Answer::Down), "values"));
                }
            }
            Focus::Switch(_) => hints.push(named(Action::Mark(Mark::Toggle), "switch")),
            Focus::Preview => hints.extend([
                named(Action::Mark(Mark::Toggle), "leave out"),
                Hint::Key(Action::Answer(Answer::ShowChanged)),
                Hint::Key(Action::Answer(Answer::ShowRefused)),
            ]),
        }
        hints.extend([
            named(Action::Answer(Answer::Stage), "stage"),
            named(Action::Go(Go::Back), "close (kept)"),
            Hint::Key(Action::Answer(Answer::NextAsset)),
        ]);
        hints
    }

    fn on_action(&mut self, action: Action, argument: &str, scene: &Scene<'_>) -> Reaction {
        match action {
            Action::Answer(answer) => self.answer(answer, scene),
            Action::Move(movement) => self.go(movement, scene),
            Action::Mark(Mark::Toggle) => match self.focus {
                Focus::Fields => self.tick(scene),
                Focus::Switch(place) => self.flip(place, scene),
                Focus::Operation => {
                    self.turn(true, scene);
                    Reaction::nothing()
                }
                Focus::Preview => {
                    self.leave_out(scene);
                    Reaction::nothing()
                }
                Focus::Input(_) => Reaction::Passed,
            },
            Action::Go(Go::Back | Go::Interrupt | Go::Quit) => self.close(scene),
            Action::Go(Go::Help) => Reaction::step(dialogs::help(argument, scene)),
            Action::Go(_)
            | Action::Mark(_)
            | Action::View(_)
            | Action::Edit(_)
            | Action::Work(_)
            | Action::Copy(_) => Reaction::Passed,
        }
    }

    fn on_key(&mut self, chord: Chord, scene: &Scene<'_>) -> Reaction {
        let (Focus::Input(place), Some(line)) = (self.focus, self.line_mut()) else {
            return Reaction::Passed;
        };
        let before = line.form.input(place).text().to_owned();
        if !line.form.input_mut(place).press(chord) && !TextField::edits(chord) {
            return Reaction::Passed;
        }
        if line.form.input(place).text() != before && line.ticked {
            self.work(scene);
        }
        Reaction::nothing()
    }

    fn on_paste(&mut self, text: &str, scene: &Scene<'_>) -> Reaction {
        let Focus::Input(place) = self.focus else {
            return Reaction::say("Pasted text goes into text fields only; nothing was done.");
        };
        if let Some(line) = self.line_mut() {
            line.form.input_mut(place).paste(text);
        }
        self.work(scene);
        Reaction::nothing()
    }

    fn on_change(&mut self, scene: &Scene<'_>) {
        if self.worked.basis.rows.len() <= AT_ONCE {
            self.work(scene);
        } else {
            self.behind.renew(scene);
        }
        let page = self.page(scene);
        self.content.cursor.keep(self.content.lines.len(), page);
    }

    fn judging(&mut self, number: u64, scene: &Scene<'_>) -> Option<Judging> {
        self.ask(number, scene)
    }

    fn take_judgement(&mut self, judgement: &mut Judgement, scene: &Scene<'_>) -> Reaction {
        self.take(judgement, scene)
    }

    fn awaits(&self, _scene: &Scene<'_>) -> bool {
        self.behind.stages()
    }

    fn status(&self, _scene: &Scene<'_>) -> Option<String> {
        let worked = &self.worked;
        Some(format!(
            "{}  {} change  {} refused",
            text::counted(self.content.rows.len(), "asset"),
            text::number(worked.changed.len()),
            text::number(worked.count(Shown::Refused, 0)),
        ))
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        self.draw_all(frame, area, scene);
    }
}
