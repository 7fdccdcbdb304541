//! 5: the steps of the draft, the runs, and what others changed, in one log. Looking at a line
//! never changes anything.

mod detail;
mod entries;
mod filtering;
mod log;
mod panes;
#[cfg(test)]
mod tests;
mod work;

use ratatui::{Frame, layout::Rect};

use self::{
    entries::{Row, rows, turned},
    filtering::Filtering,
    panes::{Panes, is_wide},
};
use crate::{
    domain::{
        history::{Entry, Grouping, Subject},
        points::Point,
        run::RunSummary,
    },
    flow::Effect,
    ui::{
        action::{Action, Answer, Context, Copy, Go, Move, View, Work},
        chord::Chord,
        component::{Component, Hint, Reaction, Scene, Step},
        widgets::{Cursor, boxed, text},
    },
};

/// What the rows were worked out from: operations, news of runs, what others did, the view.
type Basis = (usize, u64, u64, Grouping, bool, String);

/// The screen's own view state.
#[derive(Debug, Default)]
pub struct History {
    grouping: Grouping,
    filtering: Filtering,
    cursor: Cursor,
    /// Whether the keys scroll the detail.
    in_detail: bool,
    scroll: usize,
    basis: Option<Basis>,
    rows: Vec<Row>,
    /// All runs in short, as the rows were worked out.
    runs: Vec<RunSummary>,
    /// The restore point another one is to be compared with.
    kept: Option<Point>,
}

impl History {
    fn panes(&self, scene: &Scene<'_>) -> Panes {
        Panes::of(scene, self.in_detail, self.filtering.is_shown())
    }

    fn update(&mut self, scene: &Scene<'_>) {
        let bench = scene.workbench;
        let outside = bench
            .outside()
            .iter()
            .map(crate::domain::outside::Outside::count)
            .sum();
        let (wide, text) = (is_wide(scene), self.filtering.text().to_owned());
        let basis = (
            bench.log().len(),
            bench.run_news(),
            outside,
            self.grouping,
            wide,
            text,
        );
        if self.basis.as_ref() != Some(&basis) {
            let subject = self.entry().map(|entry| entry.subject.clone());
            let titled = wide && self.grouping != Grouping::Runs;
            self.rows = rows(self.grouping, self.filtering.filter(), titled, scene);
            self.runs = bench.summaries();
            let is_it = |row: &Row| row.entry().map(|entry| &entry.subject) == subject.as_ref();
            let place = subject
                .as_ref()
                .and_then(|_| self.rows.iter().position(is_it));
            self.cursor.at = place.unwrap_or(self.cursor.at);
            self.basis = Some(basis);
        }
        self.keep(true, scene);
    }

    /// Keeps the cursor in the list, in sight, and on an entry.
    fn keep(&mut self, down: bool, scene: &Scene<'_>) {
        let page = self.panes(scene).rows();
        let at = self.cursor.at.min(self.rows.len().saturating_sub(1));
        let is_entry = |place: &usize| self.rows[*place].entry().is_some();
        let below = || (at..self.rows.len()).find(is_entry);
        let above = || {
            (0..=at).rev().find(|place| {
                self.rows
                    .get(*place)
                    .is_some_and(|row| row.entry().is_some())
            })
        };
        let found = if down {
            below().or_else(above)
        } else {
            above().or_else(below)
        };
        self.cursor.at = found.unwrap_or(0);
        self.cursor.keep(self.rows.len(), page);
        // A title above the first entry stays in sight.
        let first = self
            .rows
            .iter()
            .take(self.cursor.at)
            .all(|row| row.entry().is_none());
        if first {
            self.cursor.top = 0;
        }
    }

    fn entry(&self) -> Option<&Entry> {
        self.rows.get(self.cursor.at)?.entry()
    }

    fn go(&mut self, movement: Move, scene: &Scene<'_>) -> Reaction {
        let panes = self.panes(scene);
        match movement {
            Move::NextTab | Move::PreviousTab => {
                let places = if movement == Move::NextTab { 1 } else { 2 };
                self.grouping = turned(self.grouping, places);
                (self.cursor, self.scroll, self.in_detail) = (Cursor::default(), 0, false);
                self.update(scene);
            }
            Move::NextPane | Move::PreviousPane => self.in_detail = !self.in_detail,
            Move::Open => return self.open(),
            _ if self.in_detail => {
                let lines = self.lines(&panes, scene).len();
                let page = usize::from(panes.detail_inside.height);
                self.scroll = Cursor::scrolled(self.scroll, movement, lines, page);
            }
            Move::Up
            | Move::Down
            | Move::Top
            | Move::Bottom
            | Move::HalfUp
            | Move::HalfDown
            | Move::PageUp
            | Move::PageDown => {
                self.cursor.go(movement, self.rows.len(), panes.rows());
                let up = matches!(
                    movement,
                    Move::Up | Move::HalfUp | Move::PageUp | Move::Bottom
                );
                self.keep(!up, scene);
                self.scroll = 0;
            }
            Move::Left
            | Move::Right
            | Move::NextMarked
            | Move::PreviousMarked
            | Move::NextProblem
            | Move::PreviousProblem => return Reaction::Passed,
        }
        Reaction::nothing()
    }

    /// The lines of the detail pane, broken to its width.
    fn lines(&self, panes: &Panes, scene: &Scene<'_>) -> Vec<detail::Line> {
        let Some(entry) = self.entry() else {
            return Vec::new();
        };
        let width = panes.detail_inside.width.saturating_sub(2);
        let mut lines = Vec::new();
        for (words, role) in detail::lines(entry, &self.runs, scene) {
            let indent = words.len() - words.trim_start().len();
            let pieces = text::wrapped(words.trim_start(), width.saturating_sub(4));
            let pieces = pieces.into_iter().enumerate();
            lines.extend(pieces.map(|(number, piece)| {
                let indent = if number == 0 { indent } else { indent + 2 };
                (format!("{}{piece}", " ".repeat(indent)), role)
            }));
        }
        lines
    }

    fn draw_detail(&self, frame: &mut Frame<'_>, panes: &Panes, scene: &Scene<'_>) {
        let title = match self.entry().map(|entry| &entry.subject) {
            Some(Subject::Step(_)) => "Step",
            Some(Subject::Run(_)) => "Run",
            Some(Subject::Outside(_)) => "Changed by others",
            None => "",
        };
        let inside = boxed(frame, panes.detail, title, scene.theme);
        let lines = self.lines(panes, scene);
        let from = self
            .scroll
            .min(lines.len().saturating_sub(usize::from(inside.height)));
        let lines = lines.iter().skip(from);
        let lines = lines.map(|(words, role)| (words, scene.theme.style(*role)));
        text::put_lines(frame.buffer_mut(), inside, lines);
    }

    fn copy(&self, copy: Copy) -> Reaction {
        let Some(entry) = self.entry() else {
            return Reaction::say("There is nothing to copy here.");
        };
        let text = match (copy, &entry.subject) {
            (Copy::Id, Subject::Run(id)) => id.to_string(),
            (Copy::Id, Subject::Step(id)) => id.0.to_string(),
            (Copy::Query, _) => self.filtering.text().to_owned(),
            (Copy::Id | Copy::Name | Copy::Value, _) => entry.what.clone(),
        };
        Reaction::step(Step::Effect(Effect::Copy(text)))
    }

    /// While the filter is typed: Enter keeps it, Esc goes back.
    fn typing(&mut self, action: Action, scene: &Scene<'_>) -> Reaction {
        match action {
            Action::Answer(Answer::Accept) => self.filtering.typing = false,
            Action::Go(Go::Back | Go::Interrupt) => self.filtering.cancel(scene),
            Action::Go(_)
            | Action::Move(_)
            | Action::Mark(_)
            | Action::View(_)
            | Action::Edit(_)
            | Action::Work(_)
            | Action::Copy(_)
            | Action::Answer(_) => return Reaction::Passed,
        }
        self.update(scene);
        Reaction::nothing()
    }
}

impl Component for History {
    fn contexts(&self) -> &'static [Context] {
        if self.filtering.typing {
            &[Context::Input]
        } else {
            &[Context::History, Context::List, Context::Anywhere]
        }
    }

    fn mode(&self) -> &'static str {
        if self.filtering.typing {
            "FILTER"
        } else {
            "HISTORY"
        }
    }

    fn takes_text(&self) -> bool {
        self.filtering.typing
    }

    fn on_key(&mut self, chord: Chord, scene: &Scene<'_>) -> Reaction {
        if !self.filtering.typing {
            return Reaction::Passed;
        }
        self.filtering.press(chord, scene);
        self.update(scene);
        Reaction::nothing()
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        if self.filtering.typing {
            return vec![
                Hint::Named(Action::Answer(Answer::Accept), "keep"),
                Hint::Key(Action::Go(Go::Back)),
            ];
        }
        let mut hints = vec![Hint::Named(Action::Move(Move::Open), "show")];
        match self.entry().map(|entry| (&entry.subject, entry.state)) {
            Some((Subject::Run(_), _)) => hints.extend([
                Hint::Key(Action::Work(Work::Revert)),
                Hint::Key(Action::Work(Work::ComparePoint)),
                Hint::Key(Action::Work(Work::Compare)),
                Hint::Key(Action::Work(Work::Export)),
            ]),
            Some((Subject::Step(_), "undone")) => {
                hints.push(Hint::Named(Action::Work(Work::UndoStep), "bring it back"));
            }
            Some((Subject::Step(_), _)) => hints.push(Hint::Key(Action::Work(Work::UndoStep))),
            Some((Subject::Outside(_), _)) | None => {}
        }
        hints.extend([
            Hint::Key(Action::Work(Work::Undo)),
            Hint::Key(Action::Work(Work::Redo)),
            Hint::Named(Action::Move(Move::NextTab), "steps or runs"),
            Hint::Key(Action::View(View::Filter)),
            Hint::Key(Action::Move(Move::NextPane)),
        ]);
        hints
    }

    fn on_action(&mut self, action: Action, argument: &str, scene: &Scene<'_>) -> Reaction {
        self.update(scene);
        if self.filtering.typing {
            return self.typing(action, scene);
        }
        match action {
            Action::Move(movement) => self.go(movement, scene),
            Action::Work(work) => self.work(work, argument, scene),
            Action::Copy(copy) => self.copy(copy),
            Action::View(View::Filter) => {
                self.in_detail = false;
                if argument.is_empty() {
                    self.filtering.begin();
                } else {
                    self.filtering.put(argument, scene);
                }
                self.update(scene);
                Reaction::nothing()
            }
            Action::Go(Go::Back) if self.in_detail => {
                self.in_detail = false;
                Reaction::nothing()
            }
            Action::Go(Go::Back) if self.filtering.is_shown() => {
                self.filtering.put("", scene);
                self.update(scene);
                Reaction::say("Everything is shown again.")
            }
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
        let (undo, redo) = scene.workbench.undo_depth();
        let entries = self.rows.iter().filter(|row| row.entry().is_some()).count();
        let before = self.rows.iter().take(self.cursor.at + 1);
        let at = before.filter(|row| row.entry().is_some()).count();
        Some(format!("{at}/{entries}  undo {undo}  redo {redo}"))
    }

    fn draw(&self, frame: &mut Frame<'_>, _area: Rect, scene: &Scene<'_>) {
        let panes = self.panes(scene);
        let (inside, at) = if self.in_detail {
            (panes.detail_inside, 0)
        } else {
            (
                panes.log_inside,
                self.cursor.at - self.cursor.top.min(self.cursor.at) + 1,
            )
        };
        let at = u16::try_from(at)
            .unwrap_or(0)
            .min(inside.height.saturating_sub(1));
        frame.set_cursor_position((inside.x, inside.y + at));
        if panes.log.height > 0 {
            self.draw_log(frame, &panes, scene);
        }
        if panes.detail.height > 0 {
            self.draw_detail(frame, &panes, scene);
        }
    }
}
