//! Two restore points beside each other: what differs, value by value.

use ratatui::{Frame, layout::Rect};

use super::{Line, draw, rows};
use crate::{
    domain::{
        AssetId, RunId,
        points::{Comparison, Point},
    },
    flow::Effect,
    ui::{
        action::{Action, Answer, Context, Go, Move, View, Work},
        component::{Component, Hint, Reaction, Scene, Step},
        theme::Role,
        widgets::{Cursor, diff, text},
    },
};

/// The lines of one value: what it is, then what it was and became.
const LINES: usize = 3;

/// A comparison, worked out again when a run is loaded or something is read again.
#[derive(Debug)]
pub struct Compare {
    points: (Point, Point),
    comparison: Comparison,
    basis: (u64, usize),
    scroll: usize,
}

impl Compare {
    /// Of two points.
    pub fn new(points: (Point, Point), scene: &Scene<'_>) -> Self {
        Self {
            comparison: scene.workbench.compare(points.clone()),
            points,
            basis: basis(scene),
            scroll: 0,
        }
    }

    /// The runs that have to be loaded first.
    pub fn missing(&self) -> &[RunId] {
        &self.comparison.missing
    }

    fn above(&self, scene: &Scene<'_>) -> Vec<Line> {
        let comparison = &self.comparison;
        let mut lines = vec![(comparison.sentence(), Role::Title)];
        let missing = comparison.missing.len() as u64;
        if missing > 0 {
            let runs = text::counted(missing, "run");
            lines.push((
                format!("Loading {runs} ..; this is not all yet."),
                Role::Warning,
            ));
        }
        if comparison.to == Point::Now {
            let key = scene.keymap.keys(Action::View(View::Refresh));
            let words = "Now is what was read last; {} reads these assets again.";
            let key = key.unwrap_or_default();
            lines.push((words.replace("{}", &key), Role::Quiet));
        }
        lines.push((String::new(), Role::Text));
        lines
    }

    /// A part of the list: three lines a value.
    fn list(&self, from: usize, page: usize) -> Vec<Line> {
        let values = self.comparison.differences.iter().skip(from / LINES);
        let lines = values.take(page / LINES + 2).flat_map(|one| {
            let runs: Vec<&str> = one.runs.iter().map(|run| run.0.as_str()).collect();
            let by = if runs.is_empty() {
                "not by a run".to_owned()
            } else {
                format!("by {}", runs.join(", "))
            };
            let (from, to) = (diff::shown(&one.from), diff::shown(&one.to));
            [
                (format!("{}  {}   {by}", one.name, one.field), Role::Text),
                (format!("  - {from}"), Role::Removed),
                (format!("  + {to}"), Role::Added),
            ]
        });
        lines.skip(from % LINES).take(page).collect()
    }

    fn len(&self) -> usize {
        self.comparison.differences.len() * LINES
    }

    fn page(&self, scene: &Scene<'_>) -> usize {
        rows(scene, self.above(scene).len())
    }

    fn read_again(&self, scene: &Scene<'_>) -> Reaction {
        let first = [&self.points.0, &self.points.1].into_iter();
        let first = first.filter_map(Point::run).map(RunId::number).min();
        let runs = scene.workbench.runs().iter();
        let runs = runs.filter(|run| first.is_some_and(|first| run.id.number() >= first));
        let ids: indexmap::IndexSet<AssetId> = runs
            .flat_map(|run| &run.items)
            .map(|item| item.asset.clone())
            .collect();
        let ids: Vec<AssetId> = ids.into_iter().collect();
        let say = format!(
            "Reading {} again.",
            text::counted(ids.len() as u64, "asset")
        );
        Reaction::Taken(vec![Step::Effect(Effect::Refresh(ids)), Step::Say(say)])
    }
}

/// What a comparison was worked out from: runs, and what was said of things read again.
fn basis(scene: &Scene<'_>) -> (u64, usize) {
    (scene.workbench.run_news(), scene.said.len())
}

impl Component for Compare {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Dialog, Context::History]
    }

    fn mode(&self) -> &'static str {
        "COMPARE"
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![
            Hint::Named(Action::Move(Move::Down), "scroll"),
            Hint::Named(Action::Work(Work::Export), "export"),
            Hint::Named(Action::View(View::Refresh), "read again"),
            Hint::Named(Action::Go(Go::Back), "close"),
        ]
    }

    fn on_action(&mut self, action: Action, _argument: &str, scene: &Scene<'_>) -> Reaction {
        match action {
            Action::Answer(Answer::Accept) | Action::Go(Go::Back | Go::Interrupt | Go::Quit) => {
                Reaction::step(Step::Close)
            }
            Action::Move(movement) => {
                self.scroll = Cursor::scrolled(self.scroll, movement, self.len(), self.page(scene));
                Reaction::nothing()
            }
            Action::Work(Work::Export) => Reaction::step(Step::Effect(Effect::Export(Box::new(
                self.comparison.clone(),
            )))),
            Action::View(View::Refresh) => self.read_again(scene),
            Action::Go(_)
            | Action::Mark(_)
            | Action::View(_)
            | Action::Edit(_)
            | Action::Work(_)
            | Action::Copy(_)
            | Action::Answer(_) => Reaction::Passed,
        }
    }

    fn on_change(&mut self, scene: &Scene<'_>) {
        if self.basis != basis(scene) {
            self.basis = basis(scene);
            self.comparison = scene.workbench.compare(self.points.clone());
        }
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let (above, page, len) = (self.above(scene), self.page(scene), self.len());
        let from = self.scroll.min(len.saturating_sub(page));
        let shown = self.list(from, page);
        let title = format!(
            "Compare {} with {}",
            self.comparison.from, self.comparison.to
        );
        let key = |action| scene.keymap.keys(action).unwrap_or_default();
        let mut keys = vec![
            (format!(" {}", key(Action::Work(Work::Export))), Role::Key),
            (" export as a table   ".to_owned(), Role::Text),
            (key(Action::Go(Go::Back)), Role::Key),
            (" close".to_owned(), Role::Text),
        ];
        if len > page {
            let (first, last) = (from / LINES + 1, (from + shown.len()).div_ceil(LINES));
            let of = self.comparison.differences.len();
            keys.push((format!("   {first}-{last} of {of}"), Role::Quiet));
        }
        draw(frame, area, (&title, &above, &shown), &keys, scene);
    }
}
