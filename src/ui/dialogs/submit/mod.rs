//! The plan of a submission: what goes, what does not and why. Typing the number of assets sends
//! it; nothing else on this screen does.

mod draw;
mod lines;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use ratatui::{Frame, layout::Rect};

use crate::{
    domain::{FieldKey, Row, Stamp, plan::Plan},
    flow::{Effect, Submission},
    ui::{
        action::{Action, Answer, Context, Go, Move},
        chord::{Chord, Key},
        component::{Component, Hint, Reaction, Scene, ScreenId, Step},
        connection::Link,
        theme::Role,
        widgets::{Cursor, TextField, text},
    },
};

/// The dialog.
#[derive(Debug)]
pub(super) struct SubmitDialog {
    plan: Plan,
    assets: u64,
    lines: Vec<lines::Line>,
    number: TextField,
    scroll: Cursor,
    /// What the plan was made from; another basis makes another plan.
    basis: (usize, u64, u64),
    /// What of the draft is sent; all of it if `None`.
    portion: Option<Portion>,
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

/// Why nothing can be sent now.
fn obstacle(scene: &Scene<'_>) -> Option<String> {
    let workbench = scene.workbench;
    if let Some(why) = &workbench.read_only {
        return Some(format!("this draft is read-only: {why}"));
    }
    if workbench.draft().is_empty() {
        return Some("nothing is staged; mark assets, then edit them".into());
    }
    if let Some(run) = workbench.unfinished_run() {
        return Some(format!(
            "{} is {}; one run at a time",
            run.id,
            run.state.word()
        ));
    }
    let link = match &scene.connection.link {
        Link::Online => None,
        Link::Offline(_, failure) => {
            Some(format!("offline: {}; what is staged stays", failure.why))
        }
        Link::SignIn(failure) => Some(format!("not signed in: {}", failure.why)),
        Link::Broken(failure) => Some(failure.why.clone()),
        Link::Connecting => Some("signing in is still under way".into()),
        Link::Idle => Some("not signed in".into()),
    };
    link.or_else(|| match &workbench.capabilities {
        None => Some("not signed in".into()),
        Some(offers) => offers
            .writing
            .refusal()
            .map(|why| why.trim_end_matches('.').to_owned()),
    })
}

fn basis(scene: &Scene<'_>) -> (usize, u64, u64) {
    let listing = &scene.workbench.listing;
    (
        scene.workbench.log().len(),
        listing.len(),
        listing.generation,
    )
}

fn planned(portion: Option<&Portion>, scene: &Scene<'_>) -> Plan {
    let workbench = scene.workbench;
    let Some(capabilities) = &workbench.capabilities else {
        return Plan::default();
    };
    let batch = scene.identity.batch_size.unwrap_or(capabilities.batch_size);
    let mut plan = Plan::of(
        workbench.draft(),
        &workbench.listing,
        &workbench.schema,
        capabilities,
        batch,
    );
    let Some(portion) = portion else {
        return plan;
    };
    for left in &mut plan.left_out {
        left.changes
            .retain(|change| portion.changes.contains(change));
    }
    plan.left_out.retain(|left| !left.changes.is_empty());
    plan.only(batch.min(capabilities.max_batch).max(1), |item| {
        portion.changes.contains(&(item.row, item.field.clone()))
    })
}

impl SubmitDialog {
    fn new(portion: Option<Portion>, scene: &Scene<'_>) -> Self {
        let plan = planned(portion.as_ref(), scene);
        let mut dialog = Self {
            plan: Plan::default(),
            assets: 0,
            lines: Vec::new(),
            number: TextField::default(),
            scroll: Cursor::default(),
            basis: basis(scene),
            portion,
        };
        dialog.take(plan, scene);
        dialog
    }

    fn take(&mut self, plan: Plan, scene: &Scene<'_>) {
        self.assets = plan.assets() as u64;
        self.lines = lines::of(&plan, scene);
        if let Some(portion) = self
            .portion
            .as_ref()
            .filter(|portion| !portion.left.is_empty())
        {
            let left = format!("left out: {}", portion.left);
            self.lines.insert(0, (left, Role::Warning));
        }
        self.plan = plan;
    }

    fn accept(&mut self, scene: &Scene<'_>) -> Reaction {
        if self.plan.items.is_empty() {
            return Reaction::say("There is nothing to send; the plan says why.");
        }
        let assets = text::number(self.assets);
        let typed: String = self.number.text().chars().filter(|c| *c != ',').collect();
        if typed.trim() != self.assets.to_string() {
            let said = if typed.trim().is_empty() {
                ""
            } else {
                " That is another number."
            };
            return Reaction::say(format!(
                "Nothing was sent.{said} Type {assets}, the number of assets, then Enter."
            ));
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
                None => label(scene),
            },
            stamp: Stamp {
                at_ms: scene.now_ms,
                by: scene.identity.author.clone(),
            },
            calls: calls.collect(),
            reverts: scene.workbench.reverts_of(&self.plan.items),
            items: std::mem::take(&mut self.plan.items),
            digest: self.plan.digest.clone(),
            rules: scene.identity.rules,
        };
        let sent = text::counted(submission.items.len() as u64, "change");
        Reaction::Taken(vec![
            Step::Effect(Effect::Submit(Box::new(submission))),
            Step::Show(ScreenId::Results),
            Step::Say(format!("Submitting {sent} on {assets} assets.")),
        ])
    }

    fn scroll_by(&mut self, movement: Move, scene: &Scene<'_>) {
        let page = draw::page(scene);
        let len = (self.lines.len() + 1).saturating_sub(page).max(1);
        self.scroll.go(movement, len, page);
        self.scroll.top = self.scroll.at;
    }
}

/// What the run is about: the draft's name, or its last step.
fn label(scene: &Scene<'_>) -> String {
    if !scene.identity.draft.is_empty() {
        return scene.identity.draft.clone();
    }
    let workbench = scene.workbench;
    let last = workbench
        .draft()
        .steps()
        .last()
        .and_then(|id| workbench.operation(*id));
    last.map_or_else(|| "draft".into(), |operation| operation.label.clone())
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
            Hint::Named(Action::Answer(Answer::Down), "more"),
            Hint::Named(Action::Go(Go::Back), "back"),
        ]
    }

    fn on_action(&mut self, action: Action, _argument: &str, scene: &Scene<'_>) -> Reaction {
        match action {
            Action::Answer(Answer::Accept) => return self.accept(scene),
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
            | Action::Copy(_) => {}
        }
        Reaction::nothing()
    }

    fn on_key(&mut self, chord: Chord, scene: &Scene<'_>) -> Reaction {
        if chord.key == Key::PageUp {
            self.scroll_by(Move::HalfUp, scene);
        } else if chord.key == Key::PageDown {
            self.scroll_by(Move::HalfDown, scene);
        } else {
            self.number.press(chord);
        }
        Reaction::nothing()
    }

    fn on_paste(&mut self, _text: &str, _scene: &Scene<'_>) -> Reaction {
        Reaction::say("The number is typed, not pasted; nothing was sent.")
    }

    fn on_change(&mut self, scene: &Scene<'_>) {
        if self.basis == basis(scene) {
            return;
        }
        self.basis = basis(scene);
        let plan = planned(self.portion.as_ref(), scene);
        if plan.digest != self.plan.digest {
            self.number.set("");
        }
        self.take(plan, scene);
    }

    fn status(&self, _scene: &Scene<'_>) -> Option<String> {
        Some("nothing has been sent".into())
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        self.draw_all(frame, area, scene);
    }
}
