//! The plan of a submission: what goes, what does not and why. Typing the number of assets sends
//! it; nothing else on this screen does.

mod basis;
mod draw;
mod lines;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use ratatui::{Frame, layout::Rect};

use self::basis::{basis, batch_size, label, obstacle, planned, planning};
use crate::{
    domain::{
        FieldKey, Row, Stamp,
        plan::{Confirmation, Plan, Planned},
        run::{CANARY, RunRules, StopRule},
    },
    flow::{Effect, Submission},
    ui::{
        action::{Action, Answer, Context, Go, Move},
        chord::{Chord, Key},
        component::{Component, Hint, Reaction, Scene, ScreenId, Step},
        keymap::Lookup,
        widgets::{Cursor, TextField, text},
    },
};

/// So many assets are planned while the dialog opens; more of them meanwhile.
const AT_ONCE: u64 = 20_000;

/// The dialog.
#[derive(Debug)]
pub(super) struct SubmitDialog {
    plan: Plan,
    assets: u64,
    lines: Vec<lines::Line>,
    typed: TextField,
    /// What must be typed.
    asked: Confirmation,
    /// How carefully it will be sent.
    rules: RunRules,
    /// Whether a dry run is under way.
    is_trying: bool,
    scroll: Cursor,
    /// What the plan was made from; another basis makes another plan.
    basis: (usize, u64, u64),
    /// What of the draft is sent; all of it if `None`.
    portion: Option<Portion>,
    /// The number of the plan that is being made elsewhere.
    making: Option<u64>,
    /// What that takes, as long as nobody was asked for it.
    wanted: Option<Effect>,
}

/// A portion of the draft that is sent alone.
#[derive(Clone, Debug, Default)]
pub struct Portion {
    /// What the run is about.
    pub label: String,
    /// What stays behind, and why; empty if nothing does.
    pub left: String,
    /// The changes.
    pub changes: HashSet<(Row, FieldKey)>,
}

/// Opens the plan, or says why nothing can be sent.
pub(super) fn open(scene: &Scene<'_>) -> Step {
    match obstacle(scene) {
        Some(why) => Step::Say(format!("Nothing can be sent: {why}.")),
        None => Step::Open(Box::new(SubmitDialog::new(None, scene))),
    }
}

/// Opens the plan of a portion of the draft, or says why nothing can be sent.
pub(super) fn open_portion(portion: Portion, scene: &Scene<'_>) -> Step {
    match obstacle(scene) {
        Some(why) => Step::Say(format!("Nothing can be sent: {why}.")),
        None => Step::Open(Box::new(SubmitDialog::new(Some(portion), scene))),
    }
}

impl SubmitDialog {
    fn new(portion: Option<Portion>, scene: &Scene<'_>) -> Self {
        let mut dialog = Self {
            plan: Plan::default(),
            assets: 0,
            lines: Vec::new(),
            typed: TextField::default(),
            asked: Confirmation::default(),
            rules: scene.identity.rules,
            is_trying: false,
            scroll: Cursor::default(),
            basis: basis(scene),
            portion,
            making: None,
            wanted: None,
        };
        dialog.make(scene);
        dialog
    }

    /// Makes the plan: at once where there is little in it, elsewhere if that takes long.
    fn make(&mut self, scene: &Scene<'_>) {
        let (portion, rules) = (self.portion.as_ref(), &self.rules);
        let staged = scene.workbench.draft().rows().len();
        if staged <= AT_ONCE {
            let plan = planned(portion, rules, scene);
            return self.renew(plan, scene);
        }
        let planning = planning(portion, rules, scene);
        self.making = planning.as_ref().map(|planning| planning.number);
        self.wanted = planning.map(|planning| Effect::Plan(Box::new(planning)));
    }

    /// A plan in place of another: what was typed for that one does not count for this one.
    fn renew(&mut self, plan: Plan, scene: &Scene<'_>) {
        if plan.digest != self.plan.digest {
            self.typed.set("");
        }
        self.take(plan, scene);
    }

    fn take(&mut self, plan: Plan, scene: &Scene<'_>) {
        self.assets = plan.assets() as u64;
        self.asked = plan.confirmation(&scene.identity.environment, scene.identity.always_count);
        self.plan = plan;
        self.tell(scene);
    }

    /// Writes the plan down in lines again.
    fn tell(&mut self, scene: &Scene<'_>) {
        let found = scene
            .dry_run
            .filter(|found| found.digest == self.plan.digest);
        self.is_trying &= found.is_none();
        let apart = self.portion.as_ref().map_or("", |portion| &portion.left);
        self.lines = lines::of((&self.plan, apart, found), &self.rules, scene);
    }

    /// Tries the plan without sending it.
    fn try_out(&mut self) -> Reaction {
        if self.plan.items.is_empty() {
            return Reaction::say("There is nothing to try; the plan says why.");
        }
        self.is_trying = true;
        let effect = Effect::DryRun {
            items: self.plan.items.clone(),
            digest: self.plan.digest.clone(),
        };
        let assets = text::counted(self.assets, "asset");
        Reaction::Taken(vec![
            Step::Effect(effect),
            Step::Say(format!("Dry run: reading {assets} again; nothing is sent.")),
        ])
    }

    /// Turns the canary, or the stop rule, on or off for this run.
    fn switch(&mut self, canary: bool, scene: &Scene<'_>) {
        let stated = scene.identity.rules;
        if canary {
            self.rules.canary = match self.rules.canary {
                0 if stated.canary > 0 => stated.canary,
                0 => CANARY,
                _ => 0,
            };
            let calls = std::mem::take(&mut self.plan);
            self.plan = calls.with_canary(&self.rules, batch_size(scene));
        } else {
            self.rules.stop = if self.rules.stop.is_some() {
                StopRule::default()
            } else if stated.stop.is_some() {
                stated.stop
            } else {
                StopRule::careful()
            };
        }
        self.tell(scene);
    }

    fn accept(&mut self, scene: &Scene<'_>) -> Reaction {
        if self.making.is_some() {
            return Reaction::say("Nothing was sent: the plan is still being made.");
        }
        if self.plan.items.is_empty() {
            return Reaction::say("There is nothing to send; the plan says why.");
        }
        let assets = text::counted(self.assets, "asset");
        let typed = self.typed.text();
        if !self.asked.is_met_by(typed) {
            let said = match (typed.trim().is_empty(), self.asked.word) {
                (true, _) => "",
                (false, None) => " That is another number.",
                (false, Some(_)) => " That is something else.",
            };
            let mut words = self.asked.words();
            if let Some(first) = words.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            return Reaction::say(format!("Nothing was sent.{said} {words}, then Enter."));
        }
        if let Some(why) = obstacle(scene) {
            return Reaction::say(format!("Nothing can be sent: {why}."));
        }
        let calls = self
            .plan
            .calls
            .iter()
            .map(|call| (call.thumbnails, call.items.clone()));
        let submission = Submission {
            label: match &self.portion {
                Some(portion) => portion.label.clone(),
                None => label(&self.plan.items, scene),
            },
            stamp: Stamp {
                at_ms: scene.now_ms,
                by: scene.identity.author.clone(),
            },
            calls: calls.collect(),
            reverts: scene.workbench.reverts_of(&self.plan.items),
            items: std::mem::take(&mut self.plan.items),
            digest: self.plan.digest.clone(),
            rules: self.rules,
        };
        let sent = text::counted(submission.items.len() as u64, "change");
        Reaction::Taken(vec![
            Step::Effect(Effect::Submit(Box::new(submission))),
            Step::Show(ScreenId::Results),
            Step::Say(format!("Submitting {sent} on {assets}.")),
        ])
    }

    fn scroll_by(&mut self, movement: Move, scene: &Scene<'_>) {
        let page = draw::page(scene);
        let len = (self.lines.len() + 1).saturating_sub(page).max(1);
        self.scroll.go(movement, len, page);
        self.scroll.top = self.scroll.at;
    }
}

impl Component for SubmitDialog {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Plan, Context::Input]
    }

    fn mode(&self) -> &'static str {
        "SUBMIT"
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![
            Hint::Named(Action::Answer(Answer::Accept), "send"),
            Hint::Key(Action::Answer(Answer::DryRun)),
            Hint::Key(Action::Answer(Answer::Canary)),
            Hint::Key(Action::Answer(Answer::StopRule)),
            Hint::Named(Action::Answer(Answer::Down), "more"),
            Hint::Named(Action::Go(Go::Back), "back"),
        ]
    }

    fn on_action(&mut self, action: Action, _argument: &str, scene: &Scene<'_>) -> Reaction {
        match action {
            Action::Answer(Answer::Accept) => return self.accept(scene),
            Action::Answer(Answer::DryRun) => return self.try_out(),
            Action::Answer(Answer::Canary) => self.switch(true, scene),
            Action::Answer(Answer::StopRule) => self.switch(false, scene),
            Action::Go(Go::Help) => return Reaction::step(super::help("", scene)),
            Action::Answer(Answer::Up | Answer::Previous) => self.scroll_by(Move::Up, scene),
            Action::Answer(Answer::Down | Answer::Next) => self.scroll_by(Move::Down, scene),
            Action::Go(Go::Back | Go::Interrupt | Go::Quit) => {
                let said = "Nothing was sent; everything is still staged.".into();
                return Reaction::Taken(vec![Step::Close, Step::Say(said)]);
            }
            Action::Answer(_)
            | Action::Go(_)
            | Action::Move(_)
            | Action::Mark(_)
            | Action::View(_)
            | Action::Edit(_)
            | Action::Work(_)
            | Action::Copy(_) => return Reaction::Passed,
        }
        Reaction::nothing()
    }

    fn on_key(&mut self, chord: Chord, scene: &Scene<'_>) -> Reaction {
        // What is typed has no capitals, so they can be commands.
        if let Lookup::Action(action) = scene.keymap.lookup(&[chord], &[Context::Plan]) {
            return self.on_action(action, "", scene);
        }
        if matches!(chord.key, Key::Char(letter) if letter.is_uppercase()) {
            return Reaction::Passed;
        }
        if chord.key == Key::PageUp {
            self.scroll_by(Move::HalfUp, scene);
        } else if chord.key == Key::PageDown {
            self.scroll_by(Move::HalfDown, scene);
        } else if !self.typed.press(chord) && !TextField::edits(chord) {
            return Reaction::Passed;
        }
        Reaction::nothing()
    }

    fn on_paste(&mut self, _text: &str, _scene: &Scene<'_>) -> Reaction {
        Reaction::say("The number is typed, not pasted; nothing was sent.")
    }

    fn on_change(&mut self, scene: &Scene<'_>) {
        if self.basis == basis(scene) {
            return self.tell(scene);
        }
        self.basis = basis(scene);
        self.make(scene);
    }

    fn wants(&mut self) -> Option<Effect> {
        self.wanted.take()
    }

    fn take_plan(&mut self, planned: Planned, scene: &Scene<'_>) {
        if self.making == Some(planned.number) {
            self.making = None;
            self.renew(planned.plan, scene);
        }
    }

    fn status(&self, _scene: &Scene<'_>) -> Option<String> {
        Some(if self.making.is_some() {
            "making the plan; nothing has been sent".into()
        } else if self.is_trying {
            "dry run: reading; nothing is sent".into()
        } else {
            "nothing has been sent".into()
        })
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        self.draw_all(frame, area, scene);
    }
}
