//! 5: the steps of the draft and the runs, in one log. Looking at a line never changes anything.

mod detail;
mod entries;
#[cfg(test)]
mod tests;

use ratatui::{Frame, layout::Rect};

use self::entries::{Entry, Subject, Tab, entries, when};
use crate::{
    domain::{OperationId, workbench::Command},
    flow::Effect,
    ui::{
        action::{Action, Context, Copy, Go, Move, Work},
        component::{Component, Hint, Reaction, Scene, ScreenId, Step},
        layout::{Chrome, line},
        theme::Role,
        widgets::{Cursor, Table, TableRow, boxed, text},
    },
};

/// From this width on the panes stand side by side.
const WIDE: u16 = 100;
/// Below this height only the pane with the keys is shown.
const LOW: u16 = 13;

/// The screen's own view state.
#[derive(Debug, Default)]
pub struct History {
    tab: Tab,
    cursor: Cursor,
    /// Whether the keys scroll the detail.
    in_detail: bool,
    scroll: usize,
    basis: Option<(usize, u64, Tab)>,
    entries: Vec<Entry>,
}

/// Where the panes are; one without room has no height.
#[derive(Clone, Copy, Debug)]
struct Panes {
    log: Rect,
    detail: Rect,
    log_inside: Rect,
    detail_inside: Rect,
}

impl Panes {
    fn of(scene: &Scene<'_>, in_detail: bool) -> Self {
        let body = Chrome::of(scene.size).map_or(Rect::ZERO, |chrome| chrome.body);
        let none = Rect { height: 0, ..body };
        let (log, detail) = if body.width >= WIDE {
            let left = body.width * 11 / 20;
            let right = Rect {
                x: body.x + left,
                width: body.width - left,
                ..body
            };
            (
                Rect {
                    width: left,
                    ..body
                },
                right,
            )
        } else if body.height < LOW {
            if in_detail {
                (none, body)
            } else {
                (body, none)
            }
        } else {
            let top = body.height * 11 / 20;
            let below = Rect {
                y: body.y + top,
                height: body.height - top,
                ..body
            };
            (
                Rect {
                    height: top,
                    ..body
                },
                below,
            )
        };
        Self {
            log,
            detail,
            log_inside: boxed::inside(log, scene.theme),
            detail_inside: boxed::inside(detail, scene.theme),
        }
    }

    fn rows(&self) -> usize {
        usize::from(self.log_inside.height.saturating_sub(1))
    }
}

impl History {
    fn update(&mut self, scene: &Scene<'_>) {
        let bench = scene.workbench;
        let basis = (bench.log().len(), bench.run_news(), self.tab);
        if self.basis != Some(basis) {
            let subject = self.entry().map(|entry| entry.subject.clone());
            self.entries = entries(self.tab, scene);
            let place = self
                .entries
                .iter()
                .position(|entry| Some(&entry.subject) == subject.as_ref());
            self.cursor.at = place.unwrap_or(self.cursor.at);
            self.basis = Some(basis);
        }
        self.cursor
            .keep(self.entries.len(), Panes::of(scene, self.in_detail).rows());
    }

    fn entry(&self) -> Option<&Entry> {
        self.entries.get(self.cursor.at)
    }

    fn go(&mut self, movement: Move, scene: &Scene<'_>) -> Reaction {
        let panes = Panes::of(scene, self.in_detail);
        match movement {
            Move::NextTab | Move::PreviousTab => {
                self.tab = self
                    .tab
                    .turned(if movement == Move::NextTab { 1 } else { 2 });
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
                self.cursor.go(movement, self.entries.len(), panes.rows());
                self.scroll = 0;
            }
            Move::Left
            | Move::Right
            | Move::NextMarked
            | Move::PreviousMarked
            | Move::NextProblem
            | Move::PreviousProblem => {}
        }
        Reaction::nothing()
    }

    /// Shows what the line is about where it is at home.
    fn open(&self) -> Reaction {
        let Some(entry) = self.entry() else {
            return Reaction::nothing();
        };
        match &entry.subject {
            Subject::Run(id) => Reaction::Taken(vec![
                Step::Show(ScreenId::Results),
                Step::Do(Action::Go(Go::Results), id.to_string()),
            ]),
            Subject::Step(_) if entry.state == "undone" || entry.state == "written" => {
                Reaction::say(format!(
                    "Nothing of this step is staged now: it is {}.",
                    entry.state
                ))
            }
            Subject::Step(id) => Reaction::Taken(vec![
                Step::Show(ScreenId::Staged),
                Step::Do(Action::Go(Go::Staged), id.0.to_string()),
            ]),
        }
    }

    fn undo_step(&self, argument: &str) -> Reaction {
        let id = match (argument.trim(), self.entry().map(|entry| &entry.subject)) {
            ("", Some(Subject::Step(id))) => *id,
            ("", Some(Subject::Run(id))) => {
                return Reaction::say(format!(
                    "{id} is a run: what it wrote is on the server and is not undone here."
                ));
            }
            ("", None) => return Reaction::say("There is no step here."),
            (number, _) => match number.parse() {
                Ok(number) => OperationId(number),
                Err(_) => return Reaction::say(format!("`{number}` is no number of a step.")),
            },
        };
        Reaction::step(Step::Apply(Command::UndoStep(id)))
    }

    /// The lines of the detail pane, broken to its width.
    fn lines(&self, panes: &Panes, scene: &Scene<'_>) -> Vec<detail::Line> {
        let Some(entry) = self.entry() else {
            return Vec::new();
        };
        let width = panes.detail_inside.width.saturating_sub(2);
        let mut lines = Vec::new();
        for (words, role) in detail::lines(entry, scene) {
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

    fn draw_log(&self, frame: &mut Frame<'_>, panes: &Panes, scene: &Scene<'_>) {
        let title = format!("Log {}  ([ ]: everything / draft / runs)", self.tab.word());
        let inside = boxed(frame, panes.log, &title, scene.theme);
        let theme = scene.theme;
        if self.entries.is_empty() {
            let words = " Nothing here yet: each step of the draft and each run is kept.";
            text::put(
                frame.buffer_mut(),
                line(inside, 0),
                words,
                theme.style(Role::Quiet),
            );
            return;
        }
        let what = inside.width.saturating_sub(2 + 8 + 9 + 9 + 12);
        let columns = [
            ("when", 7),
            ("who", 8),
            ("what", what),
            ("      n", 8),
            ("state", 11),
        ];
        let table = Table {
            gutter_title: String::new(),
            gutter: 2,
            columns: columns
                .map(|(title, width)| (title.to_owned(), width))
                .into(),
        };
        let plain = theme.style(Role::Text);
        let row = |place: usize| {
            let entry = &self.entries[place];
            let cursor = place == self.cursor.at;
            let role = match entry.state {
                "undone" | "taken out" => Role::Quiet,
                "staged" => Role::Staged,
                "partly" | "nothing" => Role::Warning,
                _ => Role::Text,
            };
            let count = if entry.count == 0 {
                String::new()
            } else {
                text::number(entry.count)
            };
            TableRow {
                gutter: vec![((if cursor { "> " } else { "  " }).to_owned(), plain)],
                cells: vec![
                    (when(entry.at_ms, scene), plain),
                    (entry.who.clone(), plain),
                    (entry.what.clone(), plain),
                    (format!("{count:>7}"), plain),
                    (entry.state.to_owned(), theme.style(role)),
                ],
                cursor,
            }
        };
        let shown = self.cursor.shown(self.entries.len(), panes.rows());
        table.draw(frame.buffer_mut(), inside, theme, (shown, &row));
    }

    fn draw_detail(&self, frame: &mut Frame<'_>, panes: &Panes, scene: &Scene<'_>) {
        let title = match self.entry().map(|entry| &entry.subject) {
            Some(Subject::Step(_)) => "Step",
            Some(Subject::Run(_)) => "Run",
            None => "",
        };
        let inside = boxed(frame, panes.detail, title, scene.theme);
        let lines = self.lines(panes, scene);
        let from = self
            .scroll
            .min(lines.len().saturating_sub(usize::from(inside.height)));
        for (number, (words, role)) in (0..inside.height).zip(lines.iter().skip(from)) {
            let place = line(inside, number);
            let place = Rect {
                x: place.x + 1,
                width: place.width.saturating_sub(1),
                ..place
            };
            text::put(frame.buffer_mut(), place, words, scene.theme.style(*role));
        }
    }
}

impl Component for History {
    fn contexts(&self) -> &'static [Context] {
        &[Context::History, Context::List, Context::Anywhere]
    }

    fn mode(&self) -> &'static str {
        "HISTORY"
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![
            Hint::Named(Action::Move(Move::Open), "show"),
            Hint::Key(Action::Work(Work::Undo)),
            Hint::Key(Action::Work(Work::Redo)),
            Hint::Key(Action::Work(Work::UndoStep)),
            Hint::Named(Action::Move(Move::NextTab), "steps or runs"),
            Hint::Key(Action::Move(Move::NextPane)),
            Hint::Key(Action::Go(Go::Quit)),
        ]
    }

    fn on_action(&mut self, action: Action, argument: &str, scene: &Scene<'_>) -> Reaction {
        self.update(scene);
        match action {
            Action::Move(movement) => self.go(movement, scene),
            Action::Work(Work::UndoStep) => self.undo_step(argument),
            Action::Copy(copy) => {
                let Some(entry) = self.entry() else {
                    return Reaction::say("There is nothing to copy here.");
                };
                let text = match (copy, &entry.subject) {
                    (Copy::Id, Subject::Run(id)) => id.to_string(),
                    (Copy::Id, Subject::Step(id)) => id.0.to_string(),
                    (Copy::Name | Copy::Value | Copy::Query, _) => entry.what.clone(),
                };
                Reaction::step(Step::Effect(Effect::Copy(text)))
            }
            Action::Go(Go::Back) if self.in_detail => {
                self.in_detail = false;
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

    fn status(&self, scene: &Scene<'_>) -> Option<String> {
        let (undo, redo) = scene.workbench.undo_depth();
        let at = if self.entries.is_empty() {
            0
        } else {
            self.cursor.at + 1
        };
        Some(format!(
            "{at}/{}  undo {undo}  redo {redo}",
            self.entries.len()
        ))
    }

    fn draw(&self, frame: &mut Frame<'_>, _area: Rect, scene: &Scene<'_>) {
        let panes = Panes::of(scene, self.in_detail);
        if panes.log.height > 0 {
            self.draw_log(frame, &panes, scene);
        }
        if panes.detail.height > 0 {
            self.draw_detail(frame, &panes, scene);
        }
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
    }
}
