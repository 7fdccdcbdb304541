//! Where Browse's panes are: a function of the size and the theme alone.

use ratatui::layout::Rect;

use crate::ui::{component::Scene, layout::Chrome, widgets::boxed};

/// From this width on the list has a box and a detail pane beside it.
const WIDE: u16 = 90;

/// The places of the panes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Panes {
    /// The filter line.
    pub(super) filter: Rect,
    /// Everything below it.
    pub(super) rest: Rect,
    /// The list, its box included where it has one.
    pub(super) list: Rect,
    /// The list's header and rows.
    pub(super) inside: Rect,
    wide: bool,
}

impl Panes {
    pub(super) fn of(scene: &Scene<'_>) -> Self {
        let body = Chrome::of(scene.size).map_or(Rect::ZERO, |chrome| chrome.body);
        Self::within(body, scene, true)
    }

    /// The panes of an area; without the detail pane the list takes its place.
    pub(super) fn within(body: Rect, scene: &Scene<'_>, detail: bool) -> Self {
        let filter = Rect {
            height: body.height.min(1),
            ..body
        };
        let rest = Rect {
            y: body.y + filter.height,
            height: body.height - filter.height,
            ..body
        };
        let wide = body.width >= WIDE;
        let mut list = rest;
        if wide && detail {
            list.width -= Self::detail_width(body.width);
        }
        let inside = if wide {
            boxed::inside(list, scene.theme)
        } else {
            list
        };
        Self {
            filter,
            rest,
            list,
            inside,
            wide,
        }
    }

    fn detail_width(width: u16) -> u16 {
        (width * 3 / 10).clamp(32, 56)
    }

    /// How many rows the list shows.
    pub(super) fn rows(&self) -> usize {
        usize::from(self.inside.height.saturating_sub(1))
    }

    pub(super) fn is_wide(&self) -> bool {
        self.wide
    }

    /// Whether there is room for a detail pane beside the list.
    pub(super) fn can_show_detail(&self) -> bool {
        self.wide
    }

    /// The detail pane, where it is wanted and there is room.
    pub(super) fn detail(&self, wanted: bool) -> Option<Rect> {
        let width = Self::detail_width(self.rest.width);
        (self.wide && wanted).then(|| Rect {
            x: self.rest.right() - width,
            width,
            ..self.rest
        })
    }
}
