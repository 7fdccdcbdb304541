//! 4: a run. How far it is while it goes on, and the outcome of every change of it afterwards.

mod again;
mod draw;
mod facets;
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
    facets::{Facet, Filter},
    panes::Panes,
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
    /// How it ended in a sentence, in full and short.
    headline: [String; 2],
    /// Whether the server's counts agree with ours, in words, and whether that is good news.
    reconciled: (String, bool),
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
        let going = run.is_unfinished();
        let basis = (run.id.clone(), scene.workbench.run_news());
        let other = self.basis.as_ref().is_none_or(|(id, _)| *id != run.id);
        let ended = self.going && !going;
        if other || ended || self.basis.as_ref() != Some(&basis) {
            if other {
                (self.pace, self.scroll) = (Pace::default(), 0);
                self.marks.clear();
                self.assets = assets(run);
            }
            if other || ended {
                self.filter = Filter::of(run);
                (self.item, self.facet, self.focus) = Default::default();
            }
            self.pace.take(run, scene.now_ms);
            // What is not shown while the run goes on is worked out when it has ended.
            if !going {
                self.list(run);
                self.headline = headline::of(run, self.assets);
                self.reconciled = headline::reconciled(run);
            }
            (self.basis, self.going) = (Some(basis), going);
        }
        self.keep(scene);
    }

    fn list(&mut self, run: &Run) {
        self.facets = self.filter.facets(run);
        self.items = self.filter.items(run);
    }

    fn panes(&self, scene: &Scene<'_>) -> Panes {
        Panes::of(scene, self.focus, &self.reconciled.0)
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

/// How many different assets a run is about.
fn assets(run: &Run) -> usize {
    let mut rows: Vec<_> = run.items.iter().map(|item| item.row).collect();
    rows.sort_unstable();
    rows.dedup();
    rows.len()
}

fn at_of(runs: &[Run], id: &RunId) -> usize {
    runs.iter()
        .position(|run| run.id == *id)
        .map_or(0, |at| at + 1)
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
        if self.going {
            return Some(progress::status(run));
        }
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
            place.push_str("  picked ");
            place.push_str(&text::number(self.marks.len()));
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
