//! A cursor in a list that is longer than its place: moved by actions, never by drawing.

use std::ops::Range;

use crate::ui::action::Move;

/// Where the cursor is, and which row is the first one shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The place of the cursor.
    pub at: usize,
    /// The first place shown.
    pub top: usize,
}

impl Cursor {
    /// Moves in a list of `len` rows of which `page` are shown. Whether the movement is one for
    /// rows: the others are the caller's.
    pub fn go(&mut self, movement: Move, len: usize, page: usize) -> bool {
        let half = (page / 2).max(1);
        let last = len.saturating_sub(1);
        self.at = match movement {
            Move::Up => self.at.saturating_sub(1),
            Move::Down => self.at.saturating_add(1),
            Move::Top => 0,
            Move::Bottom => last,
            Move::HalfUp => self.at.saturating_sub(half),
            Move::HalfDown => self.at.saturating_add(half),
            Move::PageUp => self.at.saturating_sub(page.max(1)),
            Move::PageDown => self.at.saturating_add(page.max(1)),
            Move::Left
            | Move::Right
            | Move::NextPane
            | Move::PreviousPane
            | Move::NextMarked
            | Move::PreviousMarked
            | Move::NextProblem
            | Move::PreviousProblem
            | Move::NextTab
            | Move::PreviousTab
            | Move::Open => return false,
        };
        self.keep(len, page);
        true
    }

    /// The first line shown of `len` lines, of which `page` are shown, after a movement.
    pub fn scrolled(from: usize, movement: Move, len: usize, page: usize) -> usize {
        let mut cursor = Self { at: from, top: 0 };
        cursor.go(movement, len.saturating_sub(page) + 1, page);
        cursor.at
    }

    /// Puts the cursor on a place.
    pub fn put(&mut self, at: usize, len: usize, page: usize) {
        self.at = at;
        self.keep(len, page);
    }

    /// Keeps the cursor inside the list and in sight.
    pub fn keep(&mut self, len: usize, page: usize) {
        let page = page.max(1);
        self.at = self.at.min(len.saturating_sub(1));
        self.top = self.top.min(self.at).min(len.saturating_sub(page));
        if self.at >= self.top + page {
            self.top = self.at + 1 - page;
        }
    }

    /// The places shown.
    pub fn shown(&self, len: usize, page: usize) -> Range<usize> {
        let top = self.top.min(len);
        top..(top + page).min(len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_stays_in_the_list_and_in_sight() {
        let mut cursor = Cursor::default();
        cursor.go(Move::Bottom, 100, 10);
        assert_eq!((cursor.at, cursor.shown(100, 10)), (99, 90..100));
        cursor.go(Move::HalfUp, 100, 10);
        assert_eq!((cursor.at, cursor.top), (94, 90));
        cursor.keep(3, 10);
        assert_eq!((cursor.at, cursor.shown(3, 10)), (2, 0..3));
        cursor.keep(0, 0);
        assert_eq!((cursor.at, cursor.shown(0, 0)), (0, 0..0));
    }
}
