//! 4: a run. How far it is while it goes on, and the outcome of every change of it afterwards.

mod again;
mod draw;
mod facets;
mod item;
mod progress;
#[cfg(test)]
mod tests;
mod work;

use ratatui::{Frame, layout::Rect};
use roaring::RoaringBitmap;

use self::{
    draw::Panes,
    facets::{Facet, Filter},
    progress::Pace,
};
use crate::{
    domain::{Run, RunId},
    flow::Effect,
    ui::{
        action::{Action, Context, Copy, Edit, Go, Mark, Move, View, Work},
        component::{Component, Hint, Reaction, Scene, ScreenId, Step},
        widgets::{Cursor, text},
    },
};

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
    basis: Option<(RunId, u64)>,
    items: Vec<u32>,
    facets: Vec<Facet>,
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
        let going = scene
            .workbench
            .current_run()
            .is_some_and(|current| current.id == run.id);
        let basis = (run.id.clone(), scene.workbench.run_news());
        let other = self.basis.as_ref().is_none_or(|(id, _)| *id != run.id);
        let ended = self.going && !going;
        if other || ended || self.basis.as_ref() != Some(&basis) {
            if other {
                (self.pace, self.scroll) = (Pace::default(), 0);
                self.marks.clear();
            }
            if other || ended {
                self.filter = Filter::of(run);
                (self.item, self.facet, self.focus) = Default::default();
            }
            self.pace.take(run, scene.now_ms);
            self.list(run);
            let mut rows: Vec<_> = run.items.iter().map(|item| item.row).collect();
            rows.sort_unstable();
            rows.dedup();
            self.assets = rows.len();
            (self.basis, self.going) = (Some(basis), going);
        }
        self.keep(scene);
    }

    fn list(&mut self, run: &Run) {
        self.facets = self.filter.facets(run);
        self.items = self.filter.items(run);
    }

    fn keep(&mut self, scene: &Scene<'_>) {
        let panes = Panes::of(scene, self.focus);
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

    fn go(&mut self, movement: Move, scene: &Scene<'_>) -> Reaction {
        let panes = Panes::of(scene, self.focus);
        if matches!(movement, Move::NextTab | Move::PreviousTab) {
            return self.other_run(movement == Move::NextTab, scene);
        }
        if self.going {
            let calls = self.run(scene).map_or(0, |run| run.calls.len());
            let mut cursor = Cursor {
                at: self.scroll,
                top: 0,
            };
            cursor.go(movement, calls, 4);
            self.scroll = cursor.at;
            return Reaction::nothing();
        }
        match self.focus {
            Focus::Items => {
                let at = self.item.at;
                self.item.go(movement, self.items.len(), panes.item_rows());
                self.scroll = if at == self.item.at { self.scroll } else { 0 };
            }
            Focus::Facets => self.go_facets(movement, panes.facet_rows()),
            Focus::Detail => {
                let lines = self.detail_lines(panes.detail_width(), scene).len();
                let mut cursor = Cursor {
                    at: self.scroll,
                    top: 0,
                };
                cursor.go(
                    movement,
                    lines.saturating_sub(panes.detail_rows()) + 1,
                    panes.detail_rows(),
                );
                self.scroll = cursor.at;
            }
        }
        match movement {
            Move::NextPane | Move::Right => self.turn(true, scene),
            Move::PreviousPane | Move::Left => self.turn(false, scene),
            Move::Open if self.focus == Focus::Items => self.focus = Focus::Detail,
            Move::Open if self.focus == Focus::Facets => return self.toggle(scene),
            Move::NextMarked => self.seek(scene, true, |results, _, place| {
                results.marks.contains(place)
            }),
            Move::PreviousMarked => {
                self.seek(scene, false, |results, _, place| {
                    results.marks.contains(place)
                });
            }
            Move::NextProblem => self.seek(scene, true, is_problem),
            Move::PreviousProblem => self.seek(scene, false, is_problem),
            Move::Open
            | Move::Up
            | Move::Down
            | Move::Top
            | Move::Bottom
            | Move::HalfUp
            | Move::HalfDown
            | Move::PageUp
            | Move::PageDown
            | Move::NextTab
            | Move::PreviousTab => {}
        }
        self.keep(scene);
        Reaction::nothing()
    }

    /// Headings are stepped over.
    fn go_facets(&mut self, movement: Move, page: usize) {
        self.facet.go(movement, self.facets.len(), page);
        let title = |at: usize| matches!(self.facets.get(at), Some(Facet::Title(_)));
        if title(self.facet.at) {
            let up = movement == Move::Up && self.facet.at > 0;
            let at = if up {
                self.facet.at - 1
            } else {
                self.facet.at + 1
            };
            self.facet.put(at, self.facets.len(), page);
        }
    }

    fn turn(&mut self, forth: bool, scene: &Scene<'_>) {
        let ring = [Focus::Items, Focus::Detail, Focus::Facets];
        let at = ring.iter().position(|one| *one == self.focus).unwrap_or(0);
        self.focus = ring[(at + if forth { 1 } else { 2 }) % 3];
        self.keep(scene);
    }

    fn seek(&mut self, scene: &Scene<'_>, down: bool, wanted: fn(&Self, &Run, u32) -> bool) {
        let Some(run) = self.run(scene) else { return };
        let hit = |at: &usize| wanted(self, run, self.items[*at]);
        let found = if down {
            (self.item.at + 1..self.items.len()).find(hit)
        } else {
            (0..self.item.at.min(self.items.len())).rev().find(hit)
        };
        if let Some(at) = found {
            (self.item.at, self.scroll) = (at, 0);
        }
    }

    fn other_run(&mut self, newer: bool, scene: &Scene<'_>) -> Reaction {
        let runs = scene.workbench.runs();
        let Some(at) = self
            .run(scene)
            .and_then(|run| runs.iter().position(|one| one.id == run.id))
        else {
            return Reaction::nothing();
        };
        let other = if newer {
            at.checked_add(1)
        } else {
            at.checked_sub(1)
        };
        let Some(run) = other.and_then(|at| runs.get(at)) else {
            return Reaction::say(if newer {
                "That is the last run."
            } else {
                "That is the first run."
            });
        };
        self.chosen = Some(run.id.clone());
        self.update(scene);
        Reaction::say(format!(
            "Run {} of {}: {}.",
            at_of(runs, &run.id),
            runs.len(),
            run.label
        ))
    }

    /// Space: picks the change, or lets a facet through.
    fn toggle(&mut self, scene: &Scene<'_>) -> Reaction {
        match self.focus {
            Focus::Facets => {
                let facet = self.facets.get(self.facet.at).cloned();
                let Some((facet, run)) = facet.zip(self.run(scene)) else {
                    return Reaction::nothing();
                };
                self.filter.toggle(&facet);
                self.list(run);
                (self.item, self.scroll) = (Cursor::default(), 0);
                self.keep(scene);
                let (shown, all) = (self.items.len() as u64, run.items.len() as u64);
                Reaction::say(format!(
                    "{} of {} shown.",
                    text::number(shown),
                    text::number(all)
                ))
            }
            Focus::Items | Focus::Detail => {
                let Some(place) = self.place() else {
                    return Reaction::nothing();
                };
                if !self.marks.remove(place) {
                    self.marks.insert(place);
                }
                self.go(Move::Down, scene)
            }
        }
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
            Copy::Query => run.id.to_string(),
        };
        Reaction::step(Step::Effect(Effect::Copy(text)))
    }

    fn jump(&mut self, argument: &str, scene: &Scene<'_>) -> Reaction {
        let id = RunId(argument.trim().to_uppercase());
        if scene.workbench.run(&id).is_none() {
            return Reaction::say(format!("There is no run {id}."));
        }
        self.chosen = Some(id);
        self.update(scene);
        Reaction::step(Step::Show(ScreenId::Results))
    }
}

fn at_of(runs: &[Run], id: &RunId) -> usize {
    runs.iter()
        .position(|run| run.id == *id)
        .map_or(0, |at| at + 1)
}

fn is_problem(_: &Results, run: &Run, place: u32) -> bool {
    let settled = run.settled.get(place as usize).and_then(Option::as_ref);
    settled.is_some_and(|settled| settled.outcome.letter() != ' ')
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
            let paused = scene.workbench.current_run().is_some_and(work::is_paused);
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
        vec![
            Hint::Key(Action::Work(Work::Retry)),
            Hint::Named(Action::Edit(Edit::Open), "fix"),
            Hint::Named(Action::Work(Work::ReadBack), "re-read"),
            Hint::Named(Action::Mark(Mark::Toggle), space),
            Hint::Named(Action::View(View::Facets), "facets"),
            Hint::Named(Action::Mark(Mark::Listed), "select"),
            Hint::Key(Action::Work(Work::Report)),
            Hint::Key(Action::Work(Work::Exclude)),
            Hint::Named(Action::Move(Move::PreviousTab), "other runs"),
            Hint::Key(Action::Move(Move::NextPane)),
        ]
    }

    fn on_action(&mut self, action: Action, argument: &str, scene: &Scene<'_>) -> Reaction {
        self.update(scene);
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
        let runs = scene.workbench.runs();
        let at = if self.items.is_empty() {
            0
        } else {
            self.item.at + 1
        };
        let mut place = format!(
            "run {}/{}  {}/{} shown",
            at_of(runs, &run.id),
            runs.len(),
            text::number(at as u64),
            text::number(self.items.len() as u64)
        );
        if !self.marks.is_empty() {
            place.push_str(&format!("  picked {}", text::number(self.marks.len())));
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
