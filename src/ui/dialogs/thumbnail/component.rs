//! The thumbnail dialog as a component: keys to reactions.

use ratatui::{
    Frame,
    layout::{Rect, Size},
};

use super::{Focus, Mode, ThumbnailDialog, body, panes::Panes};
use crate::{
    domain::{
        AssetId,
        arrange::Wish,
        judging::{Judgement, Judging},
    },
    ui::{
        action::{Action, Answer, Context, Go, Move},
        chord::Chord,
        component::{Component, Hint, Reaction, Scene},
        dialogs::{self, behind::AT_ONCE},
        keymap::Lookup,
        widgets::{TextField, text},
    },
};

impl Component for ThumbnailDialog {
    fn contexts(&self) -> &'static [Context] {
        match self.focus {
            Focus::Rule | Focus::Search => &[Context::Thumbnail, Context::Input],
            Focus::Targets | Focus::Candidates => &[Context::Thumbnail, Context::Dialog],
        }
    }

    fn mode(&self) -> &'static str {
        "THUMB"
    }

    fn takes_text(&self) -> bool {
        matches!(self.focus, Focus::Rule | Focus::Search)
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        let enter = match (self.focus, self.content.mode) {
            (Focus::Targets, _) => "pick",
            (Focus::Candidates, Mode::One) => "choose for all",
            (Focus::Candidates, _) => "choose",
            (Focus::Rule | Focus::Search, _) => "keep",
        };
        let mut hints = vec![
            Hint::Named(Action::Move(Move::NextPane), "next"),
            Hint::Named(Action::Answer(Answer::Accept), enter),
        ];
        if !self.takes_text() {
            hints.push(Hint::Key(Action::Answer(Answer::Search)));
        }
        if !self.takes_text() || self.turns_mode_in_text() {
            hints.push(Hint::Key(Action::Answer(Answer::Mode)));
        }
        hints.push(Hint::Named(Action::Answer(Answer::Stage), "stage"));
        hints.push(Hint::Named(Action::Go(Go::Back), "close (kept)"));
        hints
    }

    fn on_action(&mut self, action: Action, argument: &str, scene: &Scene<'_>) -> Reaction {
        let reaction = match action {
            Action::Answer(answer) => self.answer(answer, scene),
            Action::Move(movement) => self.go(movement, scene),
            Action::Go(Go::Back | Go::Interrupt) if self.focus == Focus::Search => {
                self.focus = Focus::Candidates;
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
        };
        self.look(scene);
        reaction
    }

    fn on_key(&mut self, chord: Chord, scene: &Scene<'_>) -> Reaction {
        let named = scene.keymap.lookup(&[chord], &[Context::Thumbnail]);
        if self.turns_mode_in_text() && named == Lookup::Action(Action::Answer(Answer::Mode)) {
            return self.turn_mode(scene);
        }
        match self.focus {
            Focus::Rule if self.content.rule.press(chord) => self.work(scene),
            Focus::Search if self.search.press(chord) => self.find(scene),
            Focus::Rule | Focus::Search if TextField::edits(chord) => {}
            Focus::Rule | Focus::Search | Focus::Targets | Focus::Candidates => {
                return Reaction::Passed;
            }
        }
        Reaction::nothing()
    }

    fn on_paste(&mut self, text: &str, scene: &Scene<'_>) -> Reaction {
        match self.focus {
            Focus::Rule => {
                self.content.rule.paste(text);
                self.work(scene);
            }
            Focus::Search => {
                self.search.paste(text);
                self.find(scene);
            }
            Focus::Targets | Focus::Candidates => {
                return Reaction::say("Pasted text goes into text fields only; nothing was done.");
            }
        }
        Reaction::nothing()
    }

    fn on_change(&mut self, scene: &Scene<'_>) {
        if self.content.rows.len() <= AT_ONCE || self.targets.judged.is_none() {
            self.work(scene);
        } else {
            self.behind.renew(scene);
        }
        if self.candidates.len() == 0 && self.search.text().is_empty() {
            self.find(scene);
        }
        self.take_found(scene);
        let (targets, candidates) = self.pages(scene);
        self.target.keep(self.targets.rows.len(), targets);
        self.candidate.keep(self.candidates.len(), candidates);
        self.look(scene);
    }

    fn wish(&self, _scene: &Scene<'_>) -> Option<Wish> {
        self.wanted.clone().map(Wish::Found)
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

    fn pictures(&self, scene: &Scene<'_>) -> Vec<(AssetId, Size)> {
        let place = Panes::of(body(scene), self.focus, scene.theme).picture;
        let looked = self.looked_at().filter(|_| !place.is_empty());
        let picture = |row| (scene.workbench.listing.id(row), place.as_size());
        looked.map(picture).into_iter().collect()
    }

    fn status(&self, scene: &Scene<'_>) -> Option<String> {
        let counts = self.targets.counts();
        Some(format!(
            "target {}/{}  ready {}  images: {}",
            text::number(self.target.at as u64 + 1),
            text::number(self.targets.rows.len() as u64),
            text::number(counts.ready),
            scene.pictures.means()
        ))
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        self.draw_all(frame, area, scene);
    }
}
