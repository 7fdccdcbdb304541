//! 4: a run. How far it is while it goes on, and the outcome of every change of it afterwards.

mod again;
mod alike;
mod draw;
mod facets;
mod fix;
mod headline;
mod item;
mod moves;
mod panes;
mod progress;
#[cfg(test)]
mod tests;
mod work;

use ratatui::{Frame, layout::Rect};
use roaring::RoaringBitmap;

use self::{
    alike::Alike,
    facets::{Facet, Filter},
    headline::Headline,
    panes::{Needs, Panes},
    progress::Pace,
};
use crate::{
    domain::{
        Outcome, Run, RunId,
        run::{NextStep, Standing, acceptable, next_step},
    },
    flow::Effect,
    ui::{
        action::{Action, Context, Copy, Edit, Go, Mark, Move, View, Work},
        component::{Component, Hint, Reaction, Scene, ScreenId, Step},
        widgets::{Cursor, text},
    },
};

/// How many picked changes are looked at for whether a key can do something with them.
const LOOKED_AT: usize = 100;

/// Which pane the keys go to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Focus {
    #[default]
    Items,
    Detail,
    Facets,
}

/// The screen's own view state.
#[derive(Debug, Default)]
pub struct Results {
    /// The run chosen; the last one if none.
    chosen: Option<RunId>,
    focus: Focus,
    item: Cursor,
    facet: Cursor,
    /// How far the detail, or the list of calls, is scrolled.
    scroll: usize,
    filter: Filter,
    /// Changes picked for retry and edit, as places in the run.
    marks: RoaringBitmap,
    /// What was worked out, and from what.
    basis: Option<(RunId, u64, usize)>,
    items: Vec<u32>,
    facets: Vec<Facet>,
    headline: Headline,
    /// How many changes stand where.
    standing: Standing,
    /// How often each reason was met.
    alike: Alike,
    /// The next steps of the changes listed, with how they ended and how many take them.
    steps: Vec<(Outcome, NextStep, u64)>,
    assets: usize,
    /// Whether the run shown goes on.
    going: bool,
    pace: Pace,
}

impl Results {
    fn run<'a>(&self, scene: &Scene<'a>) -> Option<&'a Run> {
        let bench = scene.workbench;
        self.chosen
            .as_ref()
            .and_then(|id| bench.run(id))
            .or_else(|| bench.runs().last())
    }

    fn update(&mut self, scene: &Scene<'_>) {
        let Some(run) = self.run(scene) else {
            *self = Self::default();
            return;
        };
        let bench = scene.workbench;
        let going = run.is_unfinished();
        let basis = (run.id.clone(), bench.run_news(), bench.log().len());
        let other = self.basis.as_ref().is_none_or(|(id, ..)| *id != run.id);
        let ended = self.going && !going;
        if other || ended || self.basis.as_ref() != Some(&basis) {
            if other {
                (self.pace, self.scroll) = (Pace::default(), 0);
                self.marks.clear();
                self.assets = assets(run);
            }
            self.standing = bench.standing_of(run);
            if other || ended {
                self.filter = Filter::of(&self.standing);
                (self.item, self.facet, self.focus) = Default::default();
            }
            self.pace.take(run, scene);
            // What is not shown while the run goes on is worked out when it has ended.
            if !going {
                self.list(run, scene);
                self.alike.count(run);
                if other || ended {
                    self.alike.look_back(bench, run, scene.now_ms);
                }
                self.headline = Headline::of(run, &self.standing, self.assets);
            }
            (self.basis, self.going) = (Some(basis), going);
        }
        self.keep(scene);
    }

    fn list(&mut self, run: &Run, scene: &Scene<'_>) {
        let accepted = scene.workbench.accepted(&run.id);
        self.facets = self.filter.facets(run, (&accepted, &self.standing));
        self.items = self.filter.items(run, &accepted);
        self.steps.clear();
        for &place in &self.items {
            let (step, outcome) = step_of(run, place, scene);
            if step == NextStep::Nothing {
                continue;
            }
            let alike =
                |(known, of, _): &&mut (Outcome, NextStep, u64)| (*known, *of) == (outcome, step);
            match self.steps.iter_mut().find(alike) {
                Some((.., count)) => *count += 1,
                None => self.steps.push((outcome, step, 1)),
            }
        }
    }

    fn panes(&self, scene: &Scene<'_>) -> Panes {
        let needs = Needs {
            sentence: &self.headline.reconciled,
            is_urgent: !self.headline.is_good,
            server: self.headline.server.len(),
            steps: self.steps.len(),
        };
        Panes::of(scene, self.focus, needs)
    }

    fn keep(&mut self, scene: &Scene<'_>) {
        let panes = self.panes(scene);
        self.item.keep(self.items.len(), panes.item_rows());
        self.facet.keep(self.facets.len(), panes.facet_rows());
        if matches!(self.facets.get(self.facet.at), Some(Facet::Title(_))) {
            self.facet
                .put(self.facet.at + 1, self.facets.len(), panes.facet_rows());
        }
    }

    /// The change under the cursor.
    fn place(&self) -> Option<u32> {
        self.items.get(self.item.at).copied()
    }

    /// The changes the keys act on: the picked ones, or the one under the cursor.
    fn targets(&self) -> Vec<u32> {
        if self.marks.is_empty() {
            return self.place().into_iter().collect();
        }
        self.marks.iter().collect()
    }

    /// What the keys act on, in words, said before they act.
    fn scope(&self) -> String {
        match self.marks.len() {
            0 => "keys act on this change".to_owned(),
            1 => "keys act on the 1 picked".to_owned(),
            many => format!("keys act on the {} picked", text::number(many)),
        }
    }

    /// Whether one of the changes the keys act on can be treated so; of many only the first ones
    /// are looked at.
    fn can(&self, work: Work, scene: &Scene<'_>) -> bool {
        let Some(run) = self.run(scene) else {
            return false;
        };
        let targets = match self.place().filter(|_| self.marks.is_empty()) {
            Some(place) => vec![place],
            None => self.marks.iter().take(LOOKED_AT).collect(),
        };
        let settled = |place: &u32| run.settled.get(*place as usize)?.as_ref();
        let can = match work {
            Work::Retry => !scene
                .workbench
                .again(run, targets.iter().copied())
                .changes
                .is_empty(),
            Work::Exclude => !scene.workbench.staged_of_run(run, targets).is_empty(),
            Work::Accept => {
                let accepted = scene.workbench.accepted(&run.id);
                let open = targets.iter().filter(|place| !accepted.contains(**place));
                open.filter_map(settled).any(|one| acceptable(one).is_ok())
            }
            Work::HandOver => {
                let mut open = targets.iter().filter_map(settled);
                open.any(|one| one.outcome != Outcome::Applied)
            }
            Work::Undo
            | Work::Redo
            | Work::UndoStep
            | Work::RedoStep
            | Work::Revert
            | Work::Compare
            | Work::ComparePoint
            | Work::Export
            | Work::Drop
            | Work::Submit
            | Work::Pause
            | Work::Stop
            | Work::Background
            | Work::Resume
            | Work::ReadBack
            | Work::Report => true,
        };
        can || self.marks.len() > LOOKED_AT as u64
    }

    fn copy(&self, copy: Copy, scene: &Scene<'_>) -> Reaction {
        let (Some(run), Some(place)) = (self.run(scene), self.place()) else {
            return Reaction::say("There is nothing to copy here.");
        };
        let item = &run.items[place as usize];
        let settled = run.settled[place as usize].as_ref();
        let text = match copy {
            Copy::Id => item.asset.as_str().to_owned(),
            Copy::Name => item.name.clone(),
            Copy::Value => settled.map_or_else(String::new, |settled| {
                [settled.code.as_str(), facets::reason(settled)]
                    .join(" ")
                    .trim()
                    .to_owned()
            }),
            Copy::Query => item::trace(run, settled, scene),
        };
        Reaction::step(Step::Effect(Effect::Copy(text)))
    }

    fn jump(&mut self, argument: &str, scene: &Scene<'_>) -> Reaction {
        let id = RunId(argument.trim().to_uppercase());
        if scene.workbench.run(&id).is_none() {
            let then = Action::Go(Go::Results);
            return Reaction::step(Step::OpenRun { run: id, then });
        }
        self.chosen = Some(id);
        self.update(scene);
        Reaction::step(Step::Show(ScreenId::Results))
    }
}

/// What to do now about a change, and how it ended.
fn step_of(run: &Run, place: u32, scene: &Scene<'_>) -> (NextStep, Outcome) {
    let bench = scene.workbench;
    let at = place as usize;
    let Some((item, Some(settled))) = run.items.get(at).zip(run.settled.get(at)) else {
        return (NextStep::Nothing, Outcome::Skipped);
    };
    if settled.outcome == Outcome::Applied {
        return (NextStep::Nothing, Outcome::Applied);
    }
    let is_accepted = bench.is_accepted(&run.id, place);
    let is_staged = bench.staged_of(item).is_some();
    let step = next_step(item, settled, is_staged, is_accepted)
        .once_more(bench.failed_so_before(run, item, settled));
    (step, settled.outcome)
}

/// Whether an action is about the changes listed, which are worked out when a run is over.
fn is_of_the_list(action: Action) -> bool {
    match action {
        Action::Work(work) => matches!(
            work,
            Work::Retry | Work::Accept | Work::HandOver | Work::Exclude | Work::ReadBack
        ),
        Action::Mark(mark) => matches!(mark, Mark::Toggle | Mark::Listed | Mark::Pick),
        Action::View(view) => matches!(view, View::Facets | View::Details),
        Action::Edit(_) | Action::Copy(_) => true,
        Action::Go(_) | Action::Move(_) | Action::Answer(_) => false,
    }
}

/// How many different assets a run is about.
fn assets(run: &Run) -> usize {
    let mut rows: Vec<_> = run.items.iter().map(|item| item.row).collect();
    rows.sort_unstable();
    rows.dedup();
    rows.len()
}

fn at_of(runs: &[RunId], id: &RunId) -> usize {
    runs.iter().position(|run| run == id).map_or(0, |at| at + 1)
}

impl Component for Results {
    fn contexts(&self) -> &'static [Context] {
        if self.going {
            &[
                Context::Run,
                Context::Results,
                Context::List,
                Context::Anywhere,
            ]
        } else {
            &[Context::Results, Context::List, Context::Anywhere]
        }
    }

    fn mode(&self) -> &'static str {
        if self.going { "RUN" } else { "RESULTS" }
    }

    fn hints(&self, scene: &Scene<'_>) -> Vec<Hint> {
        if self.run(scene).is_none() {
            return vec![
                Hint::Key(Action::Go(Go::Browse)),
                Hint::Key(Action::Go(Go::Staged)),
            ];
        }
        if self.going {
            let paused = self.run(scene).is_some_and(work::is_paused);
            return vec![
                Hint::Named(
                    Action::Work(Work::Pause),
                    if paused { "go on" } else { "pause" },
                ),
                Hint::Named(Action::Work(Work::Stop), "stop.."),
                Hint::Key(Action::Work(Work::Background)),
                Hint::Named(Action::Move(Move::Down), "calls"),
                Hint::Key(Action::Go(Go::Help)),
            ];
        }
        let space = if self.focus == Focus::Facets {
            "filter"
        } else {
            "pick"
        };
        let works = [
            (Work::Retry, "retry"),
            (Work::Accept, "accept"),
            (Work::Exclude, "drop"),
            (Work::HandOver, "hand over"),
        ];
        let works = works.into_iter().filter(|(work, _)| self.can(*work, scene));
        let mut hints: Vec<Hint> = works
            .map(|(work, word)| Hint::Named(Action::Work(work), word))
            .collect();
        hints.extend([
            Hint::Named(Action::Edit(Edit::Open), "fix"),
            Hint::Named(Action::Work(Work::ReadBack), "re-read run"),
            Hint::Named(Action::Mark(Mark::Toggle), space),
            Hint::Named(Action::View(View::Facets), "facets"),
            Hint::Named(Action::Mark(Mark::Listed), "select"),
            Hint::Key(Action::Work(Work::Report)),
            Hint::Key(Action::Mark(Mark::Pick)),
        ]);
        if scene.workbench.run_ids().len() > 1 {
            hints.push(Hint::Named(Action::Move(Move::PreviousTab), "other runs"));
        }
        hints.push(Hint::Key(Action::Move(Move::NextPane)));
        hints
    }

    fn on_action(&mut self, action: Action, argument: &str, scene: &Scene<'_>) -> Reaction {
        self.update(scene);
        let is_here = self.going && argument.is_empty() && is_of_the_list(action);
        if let Some(run) = self.run(scene).filter(|_| is_here) {
            return Reaction::say(format!(
                "{} is still under way: what became of its changes can be worked on when it is over.",
                run.id
            ));
        }
        let needs_a_run = matches!(
            action,
            Action::Mark(Mark::Toggle | Mark::Listed)
                | Action::View(View::Facets | View::Details)
                | Action::Work(Work::Exclude)
        );
        if needs_a_run && self.run(scene).is_none() {
            return Reaction::say("No runs yet.");
        }
        match action {
            Action::Go(Go::Results) if !argument.is_empty() => self.jump(argument, scene),
            Action::Work(work) => self.work(work, argument, scene),
            Action::Go(Go::Interrupt) if self.going => self.work(Work::Stop, "", scene),
            Action::Go(Go::Back) if self.focus != Focus::Items => {
                self.focus = Focus::Items;
                self.keep(scene);
                Reaction::nothing()
            }
            Action::Move(movement) => self.go(movement, scene),
            Action::Mark(Mark::Toggle) => self.toggle(scene),
            Action::Mark(Mark::Listed) => self.mark_listed(scene),
            Action::Mark(Mark::Pick) => self.pick_listed(),
            Action::View(View::Details) => {
                let there = self.focus == Focus::Detail;
                self.focus = if there { Focus::Items } else { Focus::Detail };
                self.keep(scene);
                Reaction::nothing()
            }
            Action::View(View::Facets) => {
                let there = self.focus == Focus::Facets;
                self.focus = if there { Focus::Items } else { Focus::Facets };
                self.keep(scene);
                Reaction::nothing()
            }
            Action::Edit(Edit::Open) if argument.is_empty() => self.edit(scene),
            Action::Copy(copy) => self.copy(copy, scene),
            Action::Go(_)
            | Action::Mark(_)
            | Action::View(_)
            | Action::Edit(_)
            | Action::Answer(_) => Reaction::Passed,
        }
    }

    fn on_change(&mut self, scene: &Scene<'_>) {
        self.update(scene);
    }

    fn status(&self, scene: &Scene<'_>) -> Option<String> {
        let run = self.run(scene)?;
        if self.going {
            return Some(progress::status(run, scene));
        }
        let runs = scene.workbench.run_ids();
        let at = if self.items.is_empty() {
            0
        } else {
            self.item.at + 1
        };
        let mut place = format!(
            "run {}/{}  {}/{} shown",
            at_of(&runs, &run.id),
            runs.len(),
            text::number(at as u64),
            text::number(self.items.len() as u64)
        );
        if !self.items.is_empty() {
            place.push_str("  ");
            place.push_str(&self.scope());
        }
        Some(place)
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        match self.run(scene) {
            None => draw::draw_empty(frame, area, scene),
            Some(run) if self.going => self.draw_progress(frame, area, run, scene),
            Some(run) => self.draw_outcomes(frame, area, run, scene),
        }
    }
}
