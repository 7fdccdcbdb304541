//! A table of any length that draws only the rows in sight.

use std::ops::Range;

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::text;
use crate::ui::theme::{Role, Theme};

/// One row: what stands in front of it, and its cells.
#[derive(Clone, Debug, Default)]
pub struct TableRow {
    /// Pieces before the first cell.
    pub gutter: Vec<(String, Style)>,
    /// The cells, one a column.
    pub cells: Vec<(String, Style)>,
    /// Whether the keys act on it.
    pub cursor: bool,
}

/// The columns of a table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// What stands above the gutter.
    pub gutter_title: String,
    /// The gutter's width.
    pub gutter: u16,
    /// Titles and widths.
    pub columns: Vec<(String, u16)>,
}

impl Table {
    /// Draws the header and the rows of a range, each made only when it is drawn.
    pub fn draw(
        &self,
        buffer: &mut Buffer,
        area: Rect,
        theme: &Theme,
        (shown, row): (Range<usize>, &dyn Fn(usize) -> TableRow),
    ) {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return;
        }
        let title = theme.style(Role::Title);
        let header = Rect { height: 1, ..area };
        text::put(
            buffer,
            Rect {
                width: self.gutter.min(area.width),
                ..header
            },
            &self.gutter_title,
            title,
        );
        for ((name, _), place) in self.columns.iter().zip(self.places(header)) {
            text::put(buffer, place, name, title);
        }
        for (place, line) in shown.zip(area.top() + 1..area.bottom()) {
            let line = Rect {
                y: line,
                height: 1,
                ..area
            };
            self.draw_row(buffer, line, theme, &row(place));
        }
    }

    fn draw_row(&self, buffer: &mut Buffer, line: Rect, theme: &Theme, row: &TableRow) {
        // What the row begins with is enough to see it, and few bytes when the cursor moves.
        text::fill(buffer, line, theme.style(Role::Text));
        let cursor = theme.style(Role::Cursor);
        if row.cursor {
            let width = self.gutter.min(line.width);
            text::fill(buffer, Rect { width, ..line }, cursor);
        }
        let over = |style: Style, first: bool| {
            if row.cursor && first {
                style.patch(cursor)
            } else {
                style
            }
        };
        let gutter: Vec<_> = row
            .gutter
            .iter()
            .map(|(piece, style)| {
                // A sign that is not there has no colour either.
                let is_there = !piece.trim().is_empty();
                let style = if is_there {
                    *style
                } else {
                    theme.style(Role::Text)
                };
                (piece, over(style, true))
            })
            .collect();
        text::put_all(
            buffer,
            Rect {
                width: self.gutter.min(line.width),
                ..line
            },
            &gutter,
        );
        for (number, ((cell, style), place)) in row.cells.iter().zip(self.places(line)).enumerate()
        {
            text::put(buffer, place, cell, over(*style, number == 0));
        }
    }

    fn places(&self, line: Rect) -> impl Iterator<Item = Rect> {
        let mut x = line.x + self.gutter;
        self.columns.iter().map(move |(_, width)| {
            let place = Rect {
                x: x.min(line.right()),
                width: (*width).min(line.right().saturating_sub(x)),
                ..line
            };
            x = x.saturating_add(width + 1);
            place
        })
    }
}

/// Divides a width among columns: each gets what it would like, as long as there is room; the
/// first always, those behind it from `first` on.
pub fn fitted<T: Clone>(columns: &[(T, u16)], width: u16, first: usize) -> Vec<(T, u16)> {
    let mut fitted: Vec<(T, u16)> = Vec::new();
    let mut used = 0u16;
    for (place, (title, wanted)) in columns.iter().enumerate() {
        if place > 0 && place < first {
            continue;
        }
        let room = width.saturating_sub(used);
        if room < (*wanted).min(6) {
            break;
        }
        let given = (*wanted).min(room);
        fitted.push((title.clone(), given));
        used = used.saturating_add(given + 1);
    }
    fitted
}
