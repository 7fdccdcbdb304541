//! Where things are, as a function of the size alone.

use ratatui::layout::{Rect, Size};

/// The narrowest terminal the screens fit.
pub const LEAST: Size = Size {
    width: 60,
    height: 16,
};

/// The areas around a screen, and the screen's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chrome {
    /// Profile, endpoint, role, draft, environment.
    pub header: Rect,
    /// The screens by number.
    pub tabs: Rect,
    /// What the screen may draw on.
    pub body: Rect,
    /// One sentence about the last action.
    pub speaking: Rect,
    /// The keys in force.
    pub hints: Rect,
    /// Places and counts.
    pub status: Rect,
}

impl Chrome {
    /// The areas for a size; `None` if it is too small to show anything but a sentence.
    pub fn of(size: Size) -> Option<Self> {
        if size.width < LEAST.width || size.height < LEAST.height {
            return None;
        }
        let line = |y| Rect::new(0, y, size.width, 1);
        let height = size.height;
        Some(Self {
            header: line(0),
            tabs: line(1),
            body: Rect::new(0, 2, size.width, height - 5),
            speaking: line(height - 3),
            hints: line(height - 2),
            status: line(height - 1),
        })
    }
}

/// A rectangle of at most this size in the middle of another.
pub fn centered(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect::new(
        area.x + (area.width - width) / 2,
        area.y + (area.height - height) / 2,
        width,
        height,
    )
}

/// An area cut below its first lines: those, and what is left.
pub fn stacked(area: Rect, first: u16) -> [Rect; 2] {
    let first = first.min(area.height);
    let (y, height) = (area.y + first, area.height - first);
    [
        Rect {
            height: first,
            ..area
        },
        Rect { y, height, ..area },
    ]
}

/// An area cut behind its first columns: those, and what is left.
pub fn abreast(area: Rect, first: u16) -> [Rect; 2] {
    let first = first.min(area.width);
    let (x, width) = (area.x + first, area.width - first);
    [
        Rect {
            width: first,
            ..area
        },
        Rect { x, width, ..area },
    ]
}

/// The n-th line of an area; empty below its end.
pub fn line(area: Rect, number: u16) -> Rect {
    if number >= area.height {
        return Rect::new(area.x, area.bottom(), 0, 0);
    }
    Rect::new(area.x, area.y + number, area.width, 1)
}
