//! Where the panes of History are.

use ratatui::layout::Rect;

use crate::ui::{
    component::Scene,
    layout::{Chrome, abreast, stacked},
    widgets::boxed,
};

/// From this width on the panes stand side by side.
const WIDE: u16 = 100;
/// Below this height only the pane with the keys is shown.
const LOW: u16 = 13;

/// Where the panes are; one without room has no height.
#[derive(Clone, Copy, Debug)]
pub(super) struct Panes {
    pub(super) log: Rect,
    pub(super) detail: Rect,
    pub(super) log_inside: Rect,
    pub(super) detail_inside: Rect,
    /// Whether the filter line stands below the log.
    filter: bool,
}

/// Whether the panes stand side by side.
pub(super) fn is_wide(scene: &Scene<'_>) -> bool {
    scene.size.width >= WIDE
}

impl Panes {
    pub(super) fn of(scene: &Scene<'_>, in_detail: bool, filtered: bool) -> Self {
        let body = Chrome::of(scene.size).map_or(Rect::ZERO, |chrome| chrome.body);
        let none = Rect { height: 0, ..body };
        let [log, detail] = if is_wide(scene) {
            abreast(body, body.width * 11 / 20)
        } else if body.height >= LOW {
            stacked(body, body.height * 11 / 20)
        } else if in_detail {
            [none, body]
        } else {
            [body, none]
        };
        Self {
            log,
            detail,
            log_inside: boxed::inside(log, scene.theme),
            detail_inside: boxed::inside(detail, scene.theme),
            filter: filtered || is_wide(scene),
        }
    }

    /// How many rows of the log are shown.
    pub(super) fn rows(&self) -> usize {
        let taken = 1 + u16::from(self.filter);
        usize::from(self.log_inside.height.saturating_sub(taken))
    }

    /// Where the filter line stands, if it does.
    pub(super) fn filter(&self) -> Option<Rect> {
        let inside = self.log_inside;
        (self.filter && inside.height > 2).then(|| Rect {
            x: inside.x + 1,
            y: inside.bottom() - 1,
            width: inside.width.saturating_sub(1),
            height: 1,
        })
    }
}
