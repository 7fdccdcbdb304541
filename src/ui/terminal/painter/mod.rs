//! Turns what changed between two frames into few bytes.
//!
//! It remembers what the terminal shows. So it can tell blanks that look alike from those that
//! don't, write over a short gap instead of jumping it, and erase instead of writing blanks. A frame
//! is gathered whole; a frame in which nothing changed has no bytes at all.

use std::{convert::Infallible, io::Write};

use ratatui::{
    backend::{Backend, ClearType, WindowSize},
    buffer::{Buffer, Cell},
    layout::{Position, Rect, Size},
};
use unicode_width::UnicodeWidthStr;

use super::pen::Pen;

/// How many cells between two that changed are rather written again than jumped.
const GAP: u16 = 4;
/// From how many blanks on erasing is shorter than writing them.
const BLANKS: u16 = 10;
/// The same where nothing else follows in the line.
const END: u16 = 4;
/// Stands for what nobody knows the look of: the other half of a wide character.
const UNKNOWN: &str = "\0";

/// What frames are drawn on.
#[derive(Debug)]
pub(super) struct Painter {
    /// What the terminal shows.
    shown: Buffer,
    /// The cells of the frame being made that look different, line by line.
    changed: Vec<(u16, u16)>,
    bytes: Vec<u8>,
    coloured: bool,
    pen: Pen,
    /// Where the terminal's cursor is, if that is known.
    at: Option<Position>,
    /// Whether its column is certain: characters beyond ASCII may be wider than we think.
    sure: bool,
    shows_cursor: Option<bool>,
    /// Where it belongs, if it is to be seen.
    cursor: Option<Position>,
    /// A picture was drawn: what lies under it is not what was written there.
    pictured: bool,
}

impl Painter {
    /// For a terminal that shows nothing yet.
    pub(super) fn new(size: Size, coloured: bool) -> Self {
        Self {
            shown: Buffer::empty(Rect::from((Position::ORIGIN, size))),
            changed: Vec::new(),
            bytes: Vec::new(),
            coloured,
            pen: Pen::PLAIN,
            at: None,
            sure: false,
            shows_cursor: None,
            cursor: None,
            pictured: false,
        }
    }

    /// The terminal has another size now.
    pub(super) fn resize(&mut self, size: Size) {
        self.shown.resize(Rect::from((Position::ORIGIN, size)));
    }

    /// Somebody else may have written to the terminal.
    pub(super) fn forget(&mut self) {
        (self.at, self.shows_cursor) = (None, None);
    }

    /// The bytes of the frame that was drawn; none if it looks like the one before.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes are on their way: the next frame begins.
    pub(super) fn sent(&mut self) {
        self.bytes.clear();
    }

    fn look(&self, (x, y): (u16, u16)) -> Pen {
        Pen::of(&self.shown[(x, y)], self.coloured)
    }

    /// Takes a cell over; says whether it looks different from what is shown there.
    fn take(&mut self, (x, y): (u16, u16), cell: &Cell) -> bool {
        let (new, known) = (Pen::of(cell, self.coloured), self.look((x, y)));
        let shown = &mut self.shown[(x, y)];
        let same = shown.symbol() == cell.symbol();
        let blank = same && cell.symbol() == " ";
        let alike = same && (new == known || blank && new.blank_like(known));
        shown.clone_from(cell);
        let symbol = cell.symbol();
        if symbol.len() > 1 {
            self.pictured |= symbol.contains('\x1b');
            let width = u16::try_from(symbol.width()).unwrap_or(u16::MAX);
            let end = x.saturating_add(width).min(self.shown.area.width);
            for covered in x + 1..end {
                self.shown[(covered, y)].set_symbol(UNKNOWN);
            }
        }
        !alike || self.pictured
    }

    /// What a wide character covered and a narrower one does not: blank again, and told only where
    /// it is not, so it is written whatever is told. Terminals clear it in the colour of the pen.
    fn uncover(&mut self, (x, y): (u16, u16)) {
        let width = self.shown[(x, y)].symbol().width().max(1);
        let after = x.saturating_add(u16::try_from(width).unwrap_or(u16::MAX));
        for bared in after..self.shown.area.width {
            let cell = &mut self.shown[(bared, y)];
            if cell.symbol() != UNKNOWN {
                return;
            }
            cell.reset();
            self.changed.push((bared, y));
        }
    }

    fn write(&mut self, (x, y): (u16, u16)) {
        let pen = self.look((x, y));
        let symbol = self.shown[(x, y)].symbol();
        if symbol != " " || !self.pen.blank_like(pen) {
            self.pen.change(pen, &mut self.bytes);
        }
        self.bytes.extend_from_slice(symbol.as_bytes());
        let width = if symbol.len() == 1 { 1 } else { symbol.width() };
        let next = x + u16::try_from(width)
            .unwrap_or(u16::MAX)
            .min(self.shown.area.width);
        self.sure &= symbol.len() == 1;
        // At the end of a line terminals differ in where the cursor is.
        let known = width == 1 && next < self.shown.area.width;
        self.at = known.then_some(Position { x: next, y });
    }

    /// Moves the terminal's cursor.
    fn go(&mut self, (x, y): (u16, u16)) {
        let from = self.at.replace(Position { x, y });
        // Nothing fails that is written to memory.
        let _ = match from {
            Some(from) if (from.x, from.y) == (x, y) => return,
            Some(from) if from.y == y && from.x < x && self.sure => {
                if x - from.x <= GAP && self.write_over(from.x..x, y) {
                    return;
                }
                match x - from.x {
                    1 => write!(self.bytes, "\x1b[C"),
                    gap => write!(self.bytes, "\x1b[{gap}C"),
                }
            }
            Some(from) if from.y == y => write!(self.bytes, "\x1b[{}G", x + 1),
            _ => write!(self.bytes, "\x1b[{};{}H", y + 1, x + 1),
        };
        self.sure = true;
    }

    /// Writes over cells that did not change, if that needs no other pen.
    fn write_over(&mut self, gap: std::ops::Range<u16>, y: u16) -> bool {
        let fits = |x: u16| {
            let (symbol, look) = (self.shown[(x, y)].symbol(), self.look((x, y)));
            symbol == " " && self.pen.blank_like(look)
                || self.pen == look && matches!(symbol.as_bytes(), [b'!'..=b'~'])
        };
        if self.pictured || !gap.clone().all(fits) {
            return false;
        }
        for x in gap {
            let symbol = self.shown[(x, y)].symbol();
            self.bytes.extend_from_slice(symbol.as_bytes());
        }
        true
    }

    /// The blanks from a place of the changed cells on, as far as some of them changed: how many, how
    /// many of them changed, and whether the line holds nothing else.
    fn blanks(&self, from: usize) -> (u16, usize, bool) {
        let (first, y) = self.changed[from];
        let is_blank = |x| self.shown[(x, y)].symbol() == " " && self.look((x, y)).is_erased();
        let (mut x, mut end, mut next) = (first, first, from);
        while x < self.shown.area.width && is_blank(x) {
            x += 1;
            if self.changed.get(next) == Some(&(x - 1, y)) {
                next += 1;
                end = x;
            }
        }
        (end - first, next - from, x == self.shown.area.width)
    }

    fn write_changed(&mut self) {
        let mut next = 0;
        while let Some(&place) = self.changed.get(next) {
            let (blanks, changed, to_end) = if self.pictured {
                (0, 0, false)
            } else {
                self.blanks(next)
            };
            self.go(place);
            if blanks < if to_end { END } else { BLANKS } {
                self.write(place);
                next += 1;
                continue;
            }
            if !self.pen.is_erased() {
                self.pen.change(Pen::PLAIN, &mut self.bytes);
            }
            // Nothing fails that is written to memory.
            let _ = if to_end {
                self.bytes.write_all(b"\x1b[K")
            } else {
                write!(self.bytes, "\x1b[{blanks}X")
            };
            next += changed;
        }
    }
}

impl Backend for Painter {
    type Error = Infallible;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        self.changed.clear();
        for (x, y, cell) in content {
            if !self.shown.area.contains(Position { x, y }) {
                continue;
            }
            let is_new = self.changed.last() != Some(&(x, y));
            if self.take((x, y), cell) && is_new {
                self.changed.push((x, y));
            }
            self.uncover((x, y));
        }
        self.write_changed();
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.cursor = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.cursor.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.cursor = Some(position.into());
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.pen.change(Pen::PLAIN, &mut self.bytes);
        self.bytes.extend_from_slice(b"\x1b[2J");
        self.shown.reset();
        self.pictured = false;
        self.forget();
        Ok(())
    }

    fn clear_region(&mut self, _: ClearType) -> Result<(), Infallible> {
        self.clear()
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.shown.area.as_size())
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize {
            columns_rows: self.shown.area.as_size(),
            pixels: Size::ZERO,
        })
    }

    /// Ends the frame: plain characters from here on, and the cursor where it belongs.
    fn flush(&mut self) -> Result<(), Infallible> {
        self.pen.change(Pen::PLAIN, &mut self.bytes);
        if let Some(Position { x, y }) = self.cursor
            && (self.at != self.cursor || !self.sure)
        {
            self.at = self.at.filter(|_| self.sure);
            self.go((x, y));
        }
        if self.shows_cursor != Some(self.cursor.is_some()) {
            let sequence = if self.cursor.is_some() {
                b"\x1b[?25h"
            } else {
                b"\x1b[?25l"
            };
            self.bytes.extend_from_slice(sequence);
            self.shows_cursor = Some(self.cursor.is_some());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
