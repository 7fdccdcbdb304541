//! 2: the draft, as a diff: what is staged and not sent. Review shows the same, read-only.

mod blocks;
mod draw;
mod folds;
mod groups;
mod moves;
mod problems;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use ratatui::{
    Frame,
    layout::{Rect, Size},
};
use roaring::RoaringBitmap;

use self::{
    draw::Panes,
    folds::{Diff, Key, Place},
    groups::{Group, Grouping, Groups},
    problems::Problems,
};
use crate::{
    domain::{OperationId, Row, Value, plan::Summary, workbench::Command},
    flow::Effect,
    ui::{
        action::{Action, Context, Copy, Edit, Go, Mark, Move, View, Work},
        component::{Component, Hint, Reaction, Scene, ScreenId, Step},
        widgets::{Cursor, text},
    },
};

/// So many staged assets are read again one by one; more of them by listing the library.
const READ_AGAIN: u64 = 2000;

/// Which pane the keys go to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Focus {
    #[default]
    Groups,
    Diff,
}

/// What the view state was worked out from: as long as it is the same, nothing is done again.
#[derive(Clone, Debug, PartialEq)]
struct Basis {
    steps: usize,
    opening: bool,
    drifted: RoaringBitmap,
    listing: (u64, u64, bool),
    fields: usize,
    signed_in: bool,
    grouping: Grouping,
    size: Size,
    wrap: bool,
}

/// The screen's own view state.
#[derive(Debug, Default)]
pub struct Staged {
    /// Whether it is the Review screen: the same, and nothing can be taken out.
    review: bool,
    grouping: Grouping,
    focus: Focus,
    group: Cursor,
    line: Cursor,
    /// The folds that list all their assets.
    open: HashSet<Key>,
    /// Whether equal changes are shown.
    equal: bool,
    /// A step to go to as soon as it is known where it stands.
    wanted: Option<OperationId>,
    basis: Option<Basis>,
    problems: Problems,
    groups: Groups,
    summary: Summary,
    /// What the draft amounts to, in words.
    sentence: String,
    /// The group the diff is of.
    chosen: Option<Group>,
    diff: Diff,
}

impl Staged {
    /// The Review screen: the draft as the one who approves sees it.
    pub fn review() -> Self {
        Self {
            review: true,
            ..Self::default()
        }
    }

    fn update(&mut self, scene: &Scene<'_>) {
        let listing = &scene.workbench.listing;
        let basis = Basis {
            steps: scene.workbench.log().len(),
            opening: scene.workbench.is_opening(),
            drifted: scene.view.sets().conflict.clone(),
            listing: (listing.generation, listing.len(), listing.complete),
            fields: scene.workbench.schema.fields.len(),
            signed_in: scene.workbench.capabilities.is_some(),
            grouping: self.grouping,
            size: scene.size,
            wrap: scene.wrap,
        };
        if self.basis.as_ref() == Some(&basis) {
            if !self.problems.is_unfinished() {
                return;
            }
            self.problems.go_on(scene);
        } else {
            self.basis = Some(basis);
            self.problems = Problems::of(scene);
        }
        self.groups = Groups::of(self.grouping, &self.problems, scene);
        self.summary = summary(scene);
        self.sentence = self.sentence(scene);
        if let Some(place) = self
            .wanted
            .take()
            .and_then(|step| self.groups.place_of(step))
        {
            self.group.at = place;
        }
        self.choose(scene);
    }

    fn panes(&self, scene: &Scene<'_>) -> Panes {
        Panes::of(
            scene,
            self.focus == Focus::Diff,
            (&self.sentence, &self.note()),
        )
    }

    /// What is said above the diff.
    fn note(&self) -> String {
        self.chosen.as_ref().map(Group::note).unwrap_or_default()
    }

    /// Makes the diff of the group under the cursor.
    fn choose(&mut self, scene: &Scene<'_>) {
        let panes = self.panes(scene);
        self.group.keep(self.groups.len(), panes.group_rows());
        self.chosen = self.groups.get(self.group.at, scene);
        let panes = self.panes(scene);
        let shown = (&self.open, self.equal);
        self.diff = self.chosen.as_ref().map_or_else(Diff::default, |group| {
            Diff::of(group, &self.problems, shown, panes.diff_width(), scene)
        });
        self.line.keep(self.diff.len(), panes.diff_rows());
        if self.diff.len() == 0 {
            self.focus = Focus::Groups;
        }
    }

    fn place(&self) -> Option<Place> {
        self.diff.place(self.line.at, &self.open)
    }

    /// The rows the keys act on: an asset, a fold, or a whole group.
    fn rows(&self, scene: &Scene<'_>) -> RoaringBitmap {
        match (self.focus, self.place()) {
            (Focus::Diff, Some(Place { row: Some(row), .. })) => [row].into(),
            (Focus::Diff, Some(place)) => self.diff.fold(place, scene).rows,
            _ => self.chosen.as_ref().map(Group::rows).unwrap_or_default(),
        }
    }

    fn row(&self, scene: &Scene<'_>) -> Option<Row> {
        self.rows(scene).min()
    }

    fn exclude(&self, scene: &Scene<'_>) -> Reaction {
        if self.review {
            return Reaction::say("Review takes nothing out; the author does, in Staged (2).");
        }
        let picked = match (self.focus, self.place()) {
            (Focus::Diff, Some(place)) => {
                let mut picked = self.diff.fold(place, scene).picked();
                if let Some(row) = place.row {
                    picked.rows = [row].into();
                }
                vec![picked]
            }
            _ => self
                .chosen
                .as_ref()
                .map(|group| group.parts.clone())
                .unwrap_or_default(),
        };
        if picked.is_empty() {
            let chosen = self.chosen.as_ref();
            return Reaction::say(match chosen.filter(|group| !group.rest.is_empty()) {
                Some(group) => {
                    format!("There is nothing to take out: this step is {}.", group.rest)
                }
                None => "There is nothing to take out here.".to_owned(),
            });
        }
        Reaction::step(Step::Apply(Command::Exclude(picked)))
    }

    /// The edit dialog on the assets of what the cursor is on.
    fn edit(&self, scene: &Scene<'_>) -> Reaction {
        let rows = self.rows(scene);
        if self.review || rows.is_empty() || scene.workbench.read_only.is_some() {
            return Reaction::Passed;
        }
        Reaction::step(Step::EditOf {
            edit: Edit::Open,
            argument: String::new(),
            rows,
        })
    }

    /// Reads what is staged again, so that what changed on the server is seen.
    fn refresh(scene: &Scene<'_>) -> Reaction {
        let rows = scene.workbench.draft().rows();
        if rows.is_empty() || rows.len() > READ_AGAIN {
            return Reaction::Passed;
        }
        let ids = rows
            .iter()
            .map(|row| scene.workbench.listing.id(row))
            .collect();
        let say = format!(
            "Reading {} again.",
            text::counted(rows.len(), "staged asset")
        );
        Reaction::Taken(vec![Step::Effect(Effect::Refresh(ids)), Step::Say(say)])
    }

    fn copy(&self, copy: Copy, scene: &Scene<'_>) -> Reaction {
        let listing = &scene.workbench.listing;
        let fold = self.place().map(|place| self.diff.fold(place, scene));
        let text = match (copy, self.row(scene), fold) {
            (Copy::Id, Some(row), _) => listing.id_text(row).to_owned(),
            (Copy::Name, Some(row), _) => listing.name(row).into_owned(),
            (Copy::Value, _, Some(fold)) => fold.after.display().into_owned(),
            (Copy::Query, ..) => "is:staged".to_owned(),
            _ => return Reaction::say("There is nothing to copy here."),
        };
        Reaction::step(Step::Effect(Effect::Copy(text)))
    }
}

/// What kinds of change are staged, counted without looking at single assets.
fn summary(scene: &Scene<'_>) -> Summary {
    let mut summary = Summary::default();
    let small = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    for (field, groups) in scene.workbench.draft().fields() {
        for group in groups.groups().filter(|group| !group.is_equal()) {
            let values = (&group.before, &group.after);
            *summary.slot(field, values, group.delta.is_some()) += small(group.rows.len());
        }
        let something = Value::text("something");
        for chain in groups.chains() {
            let kinds = chain.scattered_kinds();
            let tagged = chain.is_tagged();
            for (values, count) in [
                ((&Value::Absent, &something), kinds.fill),
                ((&something, &something), kinds.replace),
                ((&something, &Value::Absent), kinds.clear),
            ] {
                *summary.slot(field, values, tagged) += small(count);
            }
        }
    }
    summary
}

impl Component for Staged {
    fn contexts(&self) -> &'static [Context] {
        if self.review {
            &[Context::Review, Context::List, Context::Anywhere]
        } else {
            &[Context::Staged, Context::List, Context::Anywhere]
        }
    }

    fn mode(&self) -> &'static str {
        if self.review { "REVIEW" } else { "STAGED" }
    }

    fn hints(&self, scene: &Scene<'_>) -> Vec<Hint> {
        if scene.workbench.draft().is_empty() {
            return vec![
                Hint::Key(Action::Go(Go::Browse)),
                Hint::Key(Action::Work(Work::Redo)),
            ];
        }
        let open = if self.focus == Focus::Diff {
            "list all"
        } else {
            "diff"
        };
        let mut hints = vec![Hint::Named(Action::Move(Move::Open), open)];
        if !self.review {
            hints.push(Hint::Key(Action::Work(Work::Exclude)));
            hints.push(Hint::Key(Action::Work(Work::Undo)));
            hints.push(Hint::Key(Action::Work(Work::Redo)));
        }
        hints.extend([
            Hint::Key(Action::Work(Work::Submit)),
            Hint::Named(Action::Move(Move::NextTab), "grouping"),
            Hint::Named(Action::Move(Move::NextProblem), "problem"),
            Hint::Named(Action::View(View::Details), "unchanged"),
            Hint::Key(Action::Move(Move::NextPane)),
            Hint::Named(Action::View(View::Refresh), "compare"),
        ]);
        hints
    }

    fn on_action(&mut self, action: Action, argument: &str, scene: &Scene<'_>) -> Reaction {
        self.update(scene);
        match action {
            Action::Move(movement) => self.go(movement, scene),
            Action::Mark(Mark::Toggle) | Action::Work(Work::Exclude) => self.exclude(scene),
            Action::View(View::Details) => {
                self.equal = !self.equal;
                self.choose(scene);
                Reaction::say(if self.equal {
                    "Equal changes are shown, with =; they are left out at submit."
                } else {
                    "Equal changes are hidden."
                })
            }
            Action::View(View::Refresh) => Self::refresh(scene),
            Action::Edit(Edit::Open) if argument.is_empty() => self.edit(scene),
            Action::Copy(copy) => self.copy(copy, scene),
            Action::Go(Go::Staged) if !self.review => {
                let step = argument.trim().parse().ok().map(OperationId);
                self.grouping = Grouping::Edit;
                (self.wanted, self.basis) = (step, None);
                self.update(scene);
                Reaction::step(Step::Show(ScreenId::Staged))
            }
            Action::Go(Go::Back) if self.focus == Focus::Diff => {
                self.turn(scene);
                Reaction::nothing()
            }
            Action::Go(_)
            | Action::Mark(_)
            | Action::View(_)
            | Action::Edit(_)
            | Action::Work(_)
            | Action::Answer(_) => Reaction::Passed,
        }
    }

    fn on_change(&mut self, scene: &Scene<'_>) {
        self.update(scene);
    }

    fn is_unfinished(&self) -> bool {
        self.problems.is_unfinished()
    }

    fn status(&self, scene: &Scene<'_>) -> Option<String> {
        let groups = self.groups.len();
        let at = if groups == 0 { 0 } else { self.group.at + 1 };
        let (undo, redo) = scene.workbench.undo_depth();
        Some(format!(
            "group {}/{}  undo {undo}  redo {redo}",
            text::number(at as u64),
            text::number(groups as u64)
        ))
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        self.draw_all(frame, area, scene);
    }
}
