//! 1: the library. Filter, mark, look; every edit begins here.

mod detail;
mod draw;
mod front;
mod look;
mod marks;
pub use marks::mark_query;
mod nothing;
mod panes;

pub use detail::Detail;

use ratatui::{
    Frame,
    layout::{Rect, Size},
};

use self::panes::Panes;
use crate::{
    domain::{AssetId, FieldKey, Row, Value},
    ui::{
        action::{Action, Answer, Context, Edit, Go, MENUS, Mark, Move, View as Look, Work},
        component::{Component, Hint, Reaction, Scene, Step},
        connection::Loading,
        dialogs,
        input::{Mouse, MouseDeed},
        view::{Progress, View},
        widgets::{Cursor, text},
    },
};

/// A range being marked, from here to the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    anchor: usize,
    /// Whether it takes marks away.
    off: bool,
}

/// What the detail pane shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Pane {
    #[default]
    Fields,
    Raw,
    Hidden,
}

/// The screen's own view state.
#[derive(Debug, Default)]
pub struct Browse {
    cursor: Cursor,
    /// The asset the cursor is on: it stays there when the list is sorted or narrowed.
    row: Option<Row>,
    /// The asset whose details are shown: that of the cursor, once it rests.
    detailed: Option<Row>,
    /// The column of the cell `,` and `y v` take.
    column: usize,
    range: Option<Range>,
    /// How many rows are in the range, and how many of them are marked.
    ranged: (u64, u64),
    pane: Pane,
}

impl Browse {
    /// The row under the cursor.
    pub fn row(&self, view: &View) -> Option<Row> {
        view.rows().get(self.cursor.at).copied()
    }

    /// Shows the details of an asset.
    pub fn look_at(&mut self, row: Option<Row>) {
        self.detailed = row;
    }

    /// Whether the details of this asset are shown.
    pub fn looks_at(&self, row: Option<Row>) -> bool {
        self.detailed == row
    }

    /// Leaves the cursor at the top of a list that is ordered anew, if it is there; whether it is.
    pub fn stays_at_top(&mut self) -> bool {
        let is_at_top = self.cursor.at == 0;
        if is_at_top {
            self.row = None;
        }
        is_at_top
    }

    fn page(scene: &Scene<'_>) -> usize {
        Panes::of(scene).rows()
    }

    /// `5/412  marked 37 (5 hidden)  staged 118 on 40`, for the status line of every screen.
    pub fn place(&self, scene: &Scene<'_>) -> String {
        let shown = scene.view.rows().len();
        let at = if shown == 0 { 0 } else { self.cursor.at + 1 };
        let mut place = format!("{}/{}", text::number(at as u64), text::number(shown as u64));
        let marked = scene.workbench.marks().len();
        if marked > 0 {
            place.extend([format!("  marked {}", text::number(marked))]);
            match scene.hidden_marks() {
                0 => {}
                hidden => place.extend([format!(" ({} hidden)", text::number(hidden))]),
            }
        }
        if self.range.is_some() {
            let (rows, marked) = self.ranged;
            place.extend([format!("  range {rows} ({} new)", rows - marked)]);
        }
        let draft = scene.workbench.draft();
        if !draft.is_empty() {
            let changes = text::number(draft.changes());
            place.extend([format!(
                "  staged {changes} on {}",
                text::number(draft.changed_rows().len())
            )]);
        }
        place
    }

    /// The assets on the screen whose thumbnail nobody asked for yet.
    pub fn thumbnails_unknown(&self, scene: &Scene<'_>) -> Vec<AssetId> {
        let key = FieldKey::thumbnail();
        if !scene.view.columns().iter().any(|column| column.key == key) {
            return Vec::new();
        }
        let rows = scene.view.rows();
        let listing = &scene.workbench.listing;
        rows[self.cursor.shown(rows.len(), Self::page(scene))]
            .iter()
            .filter(|row| *listing.value(**row, &key) == Value::Unknown)
            .map(|row| listing.id(*row))
            .collect()
    }

    fn go(&mut self, movement: Move, scene: &Scene<'_>) -> Reaction {
        let (len, page) = (scene.view.rows().len(), Self::page(scene));
        if self.cursor.go(movement, len, page) {
            self.row = self.row(scene.view);
            self.count_range(scene);
            return Reaction::nothing();
        }
        match movement {
            Move::Left => self.column = self.column.saturating_sub(1),
            Move::Right => {
                let last = scene.view.columns().len().saturating_sub(1);
                self.column = (self.column + 1).min(last);
            }
            Move::NextMarked | Move::PreviousMarked => {
                let is_marked = |scene: &Scene<'_>, row| scene.workbench.marks().contains(row);
                return self.seek(scene, (movement == Move::NextMarked, "marked"), is_marked);
            }
            Move::NextProblem | Move::PreviousProblem => {
                let down = movement == Move::NextProblem;
                return self.seek(scene, (down, "with a problem"), draw::is_problem);
            }
            Move::Open => return self.open(scene),
            Move::NextPane
            | Move::PreviousPane
            | Move::NextTab
            | Move::PreviousTab
            | Move::Up
            | Move::Down
            | Move::Top
            | Move::Bottom
            | Move::HalfUp
            | Move::HalfDown
            | Move::PageUp
            | Move::PageDown => return Reaction::Passed,
        }
        Reaction::nothing()
    }

    /// Goes to the next row of a kind, or says that there is none.
    fn seek(
        &mut self,
        scene: &Scene<'_>,
        (down, kind): (bool, &str),
        wanted: fn(&Scene<'_>, Row) -> bool,
    ) -> Reaction {
        let rows = scene.view.rows();
        let found = if down {
            (self.cursor.at + 1..rows.len()).find(|&place| wanted(scene, rows[place]))
        } else {
            (0..self.cursor.at.min(rows.len()))
                .rev()
                .find(|&place| wanted(scene, rows[place]))
        };
        if let Some(place) = found {
            self.cursor.put(place, rows.len(), Self::page(scene));
            self.row = rows.get(place).copied();
            self.count_range(scene);
            return Reaction::nothing();
        }
        let side = if down { "below" } else { "above" };
        Reaction::say(format!("No row {kind} {side} this one."))
    }

    fn open(&self, scene: &Scene<'_>) -> Reaction {
        match self.row(scene.view) {
            Some(row) => Reaction::step(Step::Open(Box::new(Detail::new(row)))),
            None => Reaction::say("There is no row to open."),
        }
    }

    /// What a menu says of an action here: with counts and values.
    pub fn menu_label(&self, action: Action, scene: &Scene<'_>) -> String {
        let Action::Mark(mark) = action else {
            return action.row().label.to_owned();
        };
        self.mark_label(mark, scene)
            .unwrap_or_else(|| action.row().label.to_owned())
    }
}

impl Component for Browse {
    fn contexts(&self) -> &'static [Context] {
        if self.range.is_some() {
            &[
                Context::Range,
                Context::Browse,
                Context::List,
                Context::Anywhere,
            ]
        } else {
            &[Context::Browse, Context::List, Context::Anywhere]
        }
    }

    fn mode(&self) -> &'static str {
        if self.range.is_some() {
            "VISUAL"
        } else {
            "NORMAL"
        }
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        if let Some(range) = self.range {
            let word = if range.off { "remove" } else { "add" };
            return vec![
                Hint::Named(Action::Move(Move::Down), "extend"),
                Hint::Named(Action::Answer(Answer::Accept), word),
                Hint::Named(Action::Work(Work::Exclude), "remove"),
                Hint::Key(Action::Go(Go::Back)),
                Hint::Menu(MENUS[0]),
            ];
        }
        let mut hints = vec![
            Hint::Key(Action::Mark(Mark::Toggle)),
            Hint::Key(Action::Mark(Mark::Range)),
            Hint::Menu(MENUS[0]),
            Hint::Key(Action::View(Look::Filter)),
            Hint::Key(Action::Edit(Edit::Open)),
            Hint::Key(Action::Edit(Edit::Thumbnail)),
            Hint::Key(Action::Edit(Edit::Certificate)),
            Hint::Named(Action::Work(Work::Submit), "submit.."),
            Hint::Key(Action::View(Look::Details)),
            Hint::Menu(MENUS[3]),
            Hint::Menu(MENUS[2]),
        ];
        hints.extend([
            Hint::Key(Action::View(Look::Facets)),
            Hint::Key(Action::Work(Work::Undo)),
            Hint::Key(Action::View(Look::Refresh)),
            Hint::Key(Action::Go(Go::Quit)),
        ]);
        hints
    }

    fn on_action(&mut self, action: Action, argument: &str, scene: &Scene<'_>) -> Reaction {
        match action {
            Action::Move(movement) => self.go(movement, scene),
            Action::Mark(mark) => self.mark(mark, argument, scene),
            Action::View(look) => self.look(look, argument, scene),
            Action::Copy(copy) => self.copy(copy, scene),
            Action::Answer(Answer::Accept) if self.range.is_some() => {
                self.finish_range(scene, None)
            }
            Action::Work(Work::Exclude) if self.range.is_some() => {
                self.finish_range(scene, Some(true))
            }
            Action::Go(Go::Back | Go::Interrupt) if self.range.is_some() => {
                self.range = None;
                Reaction::say("The range is given up; marks are as they were.")
            }
            Action::Go(_) | Action::Edit(_) | Action::Work(_) | Action::Answer(_) => {
                Reaction::Passed
            }
        }
    }

    fn on_paste(&mut self, text: &str, scene: &Scene<'_>) -> Reaction {
        Reaction::step(Step::Open(Box::new(dialogs::Pasted::new(text, scene))))
    }

    fn on_mouse(&mut self, mouse: Mouse, _area: Rect, scene: &Scene<'_>) -> Reaction {
        let panes = Panes::of(scene);
        let (len, page) = (scene.view.rows().len(), panes.rows());
        match mouse.deed {
            MouseDeed::WheelUp | MouseDeed::WheelDown => {
                for _ in 0..3 {
                    let movement = if mouse.deed == MouseDeed::WheelUp {
                        Move::Up
                    } else {
                        Move::Down
                    };
                    self.cursor.go(movement, len, page);
                }
            }
            MouseDeed::Click | MouseDeed::Drag => {
                let list = panes.inside;
                let inside = (list.x..list.right()).contains(&mouse.column);
                let line = usize::from(mouse.row.saturating_sub(list.y + 1));
                let place = self.cursor.top + line;
                if mouse.row <= list.y || !inside || line >= page || place >= len {
                    return Reaction::nothing();
                }
                let moved = self.cursor.at != place;
                self.cursor.put(place, len, page);
                self.row = self.row(scene.view);
                let gutter = mouse.column < list.x + draw::GUTTER;
                let click = mouse.deed == MouseDeed::Click;
                if gutter && (click || moved) {
                    return self.toggle(scene, !click);
                }
            }
            MouseDeed::Release => {}
        }
        self.row = self.row(scene.view);
        self.count_range(scene);
        Reaction::nothing()
    }

    fn on_change(&mut self, scene: &Scene<'_>) {
        let (len, page) = (scene.view.rows().len(), Self::page(scene));
        match self.row.and_then(|row| scene.view.place(row)) {
            Some(place) => self.cursor.put(place, len, page),
            // The row it was on is hidden: it goes back there when the row comes back, unless
            // somebody moves.
            None => self.cursor.keep(len, page),
        }
        // While a library comes and nobody has moved, it stays at the top, whatever comes before.
        let comes = matches!(scene.connection.loading, Loading::Under { .. });
        let is_placed = self.cursor.at > 0 || !comes;
        if self.row.is_none() && is_placed && scene.view.progress() == Progress::Complete {
            self.row = self.row(scene.view);
        }
        self.column = self
            .column
            .min(scene.view.columns().len().saturating_sub(1));
        if self.range.is_some_and(|range| range.anchor >= len) {
            self.range = None;
        }
        self.count_range(scene);
    }

    fn pictures(&self, scene: &Scene<'_>) -> Vec<(AssetId, Size)> {
        let place = Panes::of(scene).detail(self.pane != Pane::Hidden);
        let (Some(row), Some(pane)) = (self.detailed, place) else {
            return Vec::new();
        };
        let area = detail::picture_area(crate::ui::widgets::boxed::inside(pane, scene.theme));
        vec![(scene.workbench.listing.id(row), area.as_size())]
    }

    fn speaking(&self, _scene: &Scene<'_>) -> Option<String> {
        self.range.map(|_| self.range_sentence())
    }

    fn status(&self, scene: &Scene<'_>) -> Option<String> {
        Some(self.place(scene))
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        self.draw_all(frame, area, scene);
    }
}
