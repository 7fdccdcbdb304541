//! The edit dialog: tick fields, say what to do with them, watch every marked asset change.
//!
//! A tick is the intent: a field without one is never touched, and empty text never clears.

mod command;
mod component;
mod content;
mod correct;
mod draw;
mod fields;
mod form;
mod panes;
mod tally;
#[cfg(test)]
mod tests;
mod worked;
mod working;

use std::sync::Arc;

use roaring::RoaringBitmap;

pub use self::correct::Wanted;
pub(super) use self::{command::open, content::Content, correct::correct};
use self::{
    fields::{FieldLine, lines},
    panes::Panes,
    worked::{Shown, Worked},
};
use super::{
    behind::{AT_ONCE, Behind},
    kept::Kept,
};
use crate::{
    domain::{EditError, FieldKey, Row, workbench::Asked},
    ui::{
        action::{Answer, Move},
        component::{Reaction, Scene, Step},
        layout::Chrome,
        widgets::Cursor,
    },
};

/// What the keys go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    Fields,
    Operation,
    Input(usize),
    Switch(usize),
    Preview,
}

/// The dialog.
#[derive(Debug)]
pub(super) struct EditDialog {
    content: Content,
    /// The assets: those shown in their order, then those the filter hides.
    order: Arc<[Row]>,
    hidden: u64,
    focus: Focus,
    worked: Worked,
    /// What of the preview is judged elsewhere.
    behind: Behind,
    /// The edit that makes no sense as it stands; the preview is then the last one that did.
    problem: Option<(FieldKey, EditError)>,
    shown: Shown,
    list: Vec<Row>,
    asset: Cursor,
}

impl EditDialog {
    fn new(scene: &Scene<'_>) -> Self {
        let rows = scene.targets();
        let fresh = lines(&rows, scene.workbench);
        let content = match &scene.kept.edit {
            Some(kept) if kept.rows == rows => kept.again(fresh),
            Some(_) | None => Content {
                rows: rows.clone(),
                lines: fresh,
                cursor: Cursor::default(),
                left_out: RoaringBitmap::new(),
            },
        };
        let order = scene.view.in_order(&rows);
        let hidden = &rows - scene.view.set();
        Self {
            content,
            order: order.into(),
            hidden: hidden.len(),
            focus: Focus::Fields,
            worked: Worked::default(),
            behind: Behind::default(),
            problem: None,
            shown: Shown::All,
            list: Vec::new(),
            asset: Cursor::default(),
        }
    }

    fn line(&self) -> Option<&FieldLine> {
        self.content.lines.get(self.content.cursor.at)
    }

    fn line_mut(&mut self) -> Option<&mut FieldLine> {
        self.content.lines.get_mut(self.content.cursor.at)
    }

    /// What the keys can go to, in order.
    fn ring(&self) -> Vec<Focus> {
        let mut ring = vec![Focus::Fields];
        if let Some(line) = self.line().filter(|line| line.locked.is_none()) {
            let operation = line.form.operation;
            ring.push(Focus::Operation);
            ring.extend((0..operation.inputs().len()).map(Focus::Input));
            ring.extend((0..operation.switches().len()).map(Focus::Switch));
        }
        ring.push(Focus::Preview);
        ring
    }

    fn pass(&mut self, forward: bool) {
        let ring = self.ring();
        let at = ring
            .iter()
            .position(|focus| *focus == self.focus)
            .unwrap_or(0);
        let step = if forward { 1 } else { ring.len() - 1 };
        self.focus = ring[(at + step) % ring.len()];
    }

    fn tick(&mut self, scene: &Scene<'_>) -> Reaction {
        let Some(line) = self.line_mut() else {
            return Reaction::nothing();
        };
        if let Some(why) = &line.locked {
            return Reaction::say(format!("{} can't be edited: {why}.", line.field.key));
        }
        line.ticked = !line.ticked;
        let bare = line.ticked && line.form.is_bare();
        self.work(scene);
        if bare {
            self.focus = self.first_input().unwrap_or(self.focus);
        }
        Reaction::nothing()
    }

    /// The first text of the form: where somebody who ticked a field wants to write.
    fn first_input(&self) -> Option<Focus> {
        self.ring()
            .into_iter()
            .find(|focus| matches!(focus, Focus::Input(_)))
    }

    /// Enter: into the form of the field, from text to text, and back to the list.
    fn accept(&mut self, scene: &Scene<'_>) -> Reaction {
        match self.focus {
            Focus::Fields => {
                if self.line().is_some_and(|line| !line.ticked) {
                    let reaction = self.tick(scene);
                    if self.line().is_some_and(|line| !line.ticked) {
                        return reaction;
                    }
                }
                self.focus = self.first_input().unwrap_or(Focus::Operation);
            }
            Focus::Operation => self.pass(true),
            Focus::Input(_) => {
                self.pass(true);
                if !matches!(self.focus, Focus::Input(_)) {
                    self.focus = Focus::Fields;
                }
            }
            Focus::Switch(place) => return self.flip(place, scene),
            Focus::Preview => {}
        }
        Reaction::nothing()
    }

    fn flip(&mut self, place: usize, scene: &Scene<'_>) -> Reaction {
        if let Some(line) = self.line_mut() {
            line.form.flip(place);
        }
        self.work(scene);
        Reaction::nothing()
    }

    fn turn(&mut self, forward: bool, scene: &Scene<'_>) {
        if let Some(line) = self.line_mut() {
            line.form.turn(line.field.kind, forward);
        }
        self.work(scene);
    }

    fn show(&mut self, shown: Shown) {
        self.shown = shown;
        self.asset = Cursor::default();
        self.relist();
    }

    fn turn_shown(&mut self, forward: bool) {
        let at = Shown::ALL
            .iter()
            .position(|one| *one == self.shown)
            .unwrap_or(0);
        let step = if forward { 1 } else { Shown::ALL.len() - 1 };
        self.show(Shown::ALL[(at + step) % Shown::ALL.len()]);
    }

    /// Takes the asset of the preview out of this edit, or in again.
    fn leave_out(&mut self, scene: &Scene<'_>) {
        let Some(&row) = self.list.get(self.asset.at) else {
            return;
        };
        if !self.content.left_out.remove(row) {
            self.content.left_out.insert(row);
        }
        self.work(scene);
    }

    fn go(&mut self, movement: Move, scene: &Scene<'_>) -> Reaction {
        match (movement, self.focus) {
            (Move::NextPane, Focus::Input(place)) => {
                let line = self.line_mut();
                let completed = line.is_some_and(|line| line.form.complete(&line.field, place));
                if completed {
                    self.work(scene);
                } else {
                    self.pass(true);
                }
            }
            (Move::NextPane, _) | (Move::Right, Focus::Fields) | (Move::Down, Focus::Switch(_)) => {
                self.pass(true);
            }
            (Move::PreviousPane, _) | (Move::Up, Focus::Switch(_)) => self.pass(false),
            (Move::NextTab, _) | (Move::Right, Focus::Preview) => self.turn_shown(true),
            (Move::PreviousTab, _) | (Move::Left, Focus::Preview) => self.turn_shown(false),
            (Move::Left | Move::Up, Focus::Operation) => self.turn(false, scene),
            (Move::Right | Move::Down, Focus::Operation) => self.turn(true, scene),
            (Move::Left | Move::Right, Focus::Switch(place)) => return self.flip(place, scene),
            (_, Focus::Preview) if self.asset.go(movement, self.list.len(), 1) => {}
            (_, Focus::Fields) => {
                let page = self.page(scene);
                let lines = self.content.lines.len();
                if !self.content.cursor.go(movement, lines, page) {
                    return Reaction::Passed;
                }
            }
            (_, Focus::Preview | Focus::Operation | Focus::Input(_) | Focus::Switch(_)) => {
                return Reaction::Passed;
            }
        }
        Reaction::nothing()
    }

    /// How many fields are in sight.
    fn page(&self, scene: &Scene<'_>) -> usize {
        let body = Chrome::of(scene.size)
            .map(|chrome| chrome.body)
            .unwrap_or_default();
        usize::from(Panes::of(body, self.focus, scene.theme).list.height).max(1)
    }

    fn answer(&mut self, answer: Answer, scene: &Scene<'_>) -> Reaction {
        let len = self.list.len();
        match answer {
            Answer::Accept => return self.accept(scene),
            Answer::Stage => return self.stage(scene),
            Answer::NextAsset | Answer::Next => drop(self.asset.go(Move::Down, len, 1)),
            Answer::PreviousAsset | Answer::Previous => drop(self.asset.go(Move::Up, len, 1)),
            Answer::Up | Answer::Down => self.cycle(answer == Answer::Down, scene),
            Answer::ShowAll => self.show(Shown::All),
            Answer::ShowChanged => self.show(Shown::Changed),
            Answer::ShowRefused => self.show(Shown::Refused),
            Answer::ShowEqual => self.show(Shown::Equal),
            Answer::Mode
            | Answer::Yes
            | Answer::No
            | Answer::Search
            | Answer::DryRun
            | Answer::Canary
            | Answer::StopRule => return Reaction::Passed,
        }
        Reaction::nothing()
    }

    fn cycle(&mut self, on: bool, scene: &Scene<'_>) {
        let Focus::Input(place) = self.focus else {
            return;
        };
        if let Some(line) = self.line_mut() {
            let values = line.offered().to_vec();
            line.form.cycle(line.field.kind, place, (&values, on));
            self.work(scene);
        }
    }

    fn stage(&mut self, scene: &Scene<'_>) -> Reaction {
        let (edits, missing) = self.edits();
        if let Some((field, error)) = &self.problem {
            return Reaction::say(format!("Nothing was staged: {field}: {error}."));
        }
        if let Some(missing) = missing {
            return Reaction::say(format!("Nothing was staged: {missing}; or untick it."));
        }
        if edits.is_empty() {
            return Reaction::say("Nothing was staged: no field is ticked.");
        }
        let many = self.worked.basis.rows.len();
        if many > AT_ONCE && !self.behind.is_current(scene) {
            self.behind.stage();
            return Reaction::say(Behind::waiting(many));
        }
        self.staged(self.worked.asked(), scene)
    }

    /// Stages what was judged.
    fn staged(&self, asked: Vec<Asked>, scene: &Scene<'_>) -> Reaction {
        if self.worked.changes == 0 {
            return Reaction::say(format!("Nothing to stage: {}.", self.worked.counts()));
        }
        let kept = Kept {
            edit: None,
            ..scene.kept.clone()
        };
        kept.staging(String::new(), asked)
    }

    fn close(&mut self, scene: &Scene<'_>) -> Reaction {
        if self.behind.give_up() {
            return Reaction::say("Given up; nothing was staged.");
        }
        let kept = Kept {
            edit: Some(self.content.clone()),
            ..scene.kept.clone()
        };
        let mut steps = vec![Step::Keep(Box::new(kept)), Step::Close];
        if self.content.lines.iter().any(|line| line.ticked) {
            steps.push(Step::Say(
                "Nothing was staged; what you wrote is kept for these assets.".into(),
            ));
        }
        Reaction::Taken(steps)
    }
}
