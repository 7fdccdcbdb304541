//! The certificate dialog as a component: keys to reactions.

use std::fmt::Write;

use ratatui::{Frame, layout::Rect};

use super::{CertificateDialog, Focus};
use crate::{
    domain::judging::{Judgement, Judging},
    ui::{
        action::{Action, Answer, Context, Go, Mark, Move},
        chord::Chord,
        component::{Component, Hint, Reaction, Scene},
        dialogs::{self, behind::AT_ONCE},
        widgets::{TextField, text},
    },
};

impl Component for CertificateDialog {
    fn contexts(&self) -> &'static [Context] {
        match self.focus {
            Focus::Message => &[Context::Certificate, Context::Input],
            Focus::Status | Focus::Keep | Focus::OnlyNone | Focus::Preview => {
                &[Context::Certificate, Context::Dialog]
            }
        }
    }

    fn mode(&self) -> &'static str {
        "CERT"
    }

    fn takes_text(&self) -> bool {
        self.focus == Focus::Message
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        let mut hints = vec![Hint::Named(Action::Move(Move::NextPane), "next")];
        match self.focus {
            Focus::Status => hints.push(Hint::Named(Action::Move(Move::Down), "option")),
            Focus::Keep | Focus::OnlyNone => {
                hints.push(Hint::Named(Action::Mark(Mark::Toggle), "switch"));
            }
            Focus::Preview => hints.push(Hint::Key(Action::Move(Move::Down))),
            Focus::Message => {}
        }
        if self.focus != Focus::Message && self.effects.as_ref().is_some_and(|e| e.asks() > 0) {
            hints.push(Hint::Key(Action::Answer(Answer::Yes)));
            hints.push(Hint::Key(Action::Answer(Answer::No)));
        }
        hints.push(Hint::Named(Action::Answer(Answer::Stage), "stage"));
        hints.push(Hint::Named(Action::Go(Go::Back), "close (kept)"));
        hints
    }

    fn on_action(&mut self, action: Action, argument: &str, scene: &Scene<'_>) -> Reaction {
        match action {
            Action::Answer(answer) => self.answer(answer, scene),
            Action::Move(movement) => self.go(movement, scene),
            Action::Mark(Mark::Toggle) => {
                self.flip(scene);
                Reaction::nothing()
            }
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

    fn names_key(&self, chord: Chord) -> bool {
        self.option_of(chord).is_some()
    }

    fn on_key(&mut self, chord: Chord, scene: &Scene<'_>) -> Reaction {
        if self.focus == Focus::Message {
            if self.content.message.press(chord) {
                self.work(scene);
            } else if !TextField::edits(chord) {
                return Reaction::Passed;
            }
            return Reaction::nothing();
        }
        let Some(at) = self.option_of(chord) else {
            return Reaction::Passed;
        };
        self.content.option = Some(at);
        self.work(scene);
        Reaction::nothing()
    }

    fn on_paste(&mut self, text: &str, scene: &Scene<'_>) -> Reaction {
        if self.focus != Focus::Message {
            return Reaction::say("Pasted text goes into the message only; nothing was done.");
        }
        self.content.message.paste(text);
        self.work(scene);
        Reaction::nothing()
    }

    fn on_change(&mut self, scene: &Scene<'_>) {
        if self.content.rows.len() <= AT_ONCE {
            self.work(scene);
        } else if self.effects.is_some() {
            self.behind.renew(scene);
        } else {
            self.work(scene);
        }
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
        let mut words = text::counted(self.content.rows.len(), "asset");
        if let Some(effects) = &self.effects {
            let _ = write!(
                words,
                "  {} change  {} kept  {} to answer",
                text::number(effects.changes()),
                text::number(effects.kept()),
                text::number(effects.asks())
            );
        }
        Some(words)
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        self.draw_all(frame, area, scene);
    }
}
