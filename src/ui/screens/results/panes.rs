//! Where the panes of a run are: a function of the size, the pane with the keys, and how many
//! lines the head needs.

use ratatui::layout::Rect;

use super::Focus;
use crate::ui::{
    component::Scene,
    layout::Chrome,
    widgets::{boxed, text},
};

/// From this width on the facets stand beside the changes.
const WIDE: u16 = 100;
/// Below this height only the pane with the keys is shown.
const LOW: u16 = 13;
/// How wide the facets are.
const FACETS: u16 = 34;
/// The most lines of the sentence below the headline.
const SENTENCE: usize = 3;

/// Where the panes are; one without room has no height.
#[derive(Clone, Copy, Debug)]
pub(super) struct Panes {
    pub(super) head: Rect,
    pub(super) facets: Rect,
    pub(super) items: Rect,
    pub(super) detail: Rect,
    /// The places inside the boxes, in the same order.
    pub(super) inside: [Rect; 3],
}

impl Panes {
    pub(super) fn of(scene: &Scene<'_>, focus: Focus, sentence: &str) -> Self {
        let body = Chrome::of(scene.size).map_or(Rect::ZERO, |chrome| chrome.body);
        let lines = text::wrapped(sentence, body.width.saturating_sub(1))
            .len()
            .min(SENTENCE);
        let lines = 1 + u16::try_from(lines).unwrap_or(1);
        let head = Rect {
            height: body.height.min(lines),
            ..body
        };
        let rest = Rect {
            y: body.y + head.height,
            height: body.height - head.height,
            ..body
        };
        let none = Rect { height: 0, ..rest };
        let wide = rest.width >= WIDE;
        let beside = if wide { FACETS } else { 0 };
        let main = Rect {
            x: rest.x + beside,
            width: rest.width - beside,
            ..rest
        };
        let (items, detail) = match focus {
            Focus::Facets if !wide => (none, none),
            Focus::Detail if main.height < LOW => (none, main),
            Focus::Facets | Focus::Items if main.height < LOW => (main, none),
            Focus::Facets | Focus::Items | Focus::Detail => {
                let top = main.height * 9 / 20;
                let below = Rect {
                    y: main.y + top,
                    height: main.height - top,
                    ..main
                };
                (
                    Rect {
                        height: top,
                        ..main
                    },
                    below,
                )
            }
        };
        let facets = match focus {
            _ if wide => Rect {
                width: FACETS,
                ..rest
            },
            Focus::Facets => main,
            Focus::Items | Focus::Detail => none,
        };
        let inside = [facets, items, detail].map(|area| boxed::inside(area, scene.theme));
        Self {
            head,
            facets,
            items,
            detail,
            inside,
        }
    }

    pub(super) fn facet_rows(&self) -> usize {
        usize::from(self.inside[0].height)
    }

    pub(super) fn item_rows(&self) -> usize {
        usize::from(self.inside[1].height.saturating_sub(1))
    }

    pub(super) fn detail_rows(&self) -> usize {
        usize::from(self.inside[2].height)
    }

    pub(super) fn detail_width(&self) -> u16 {
        self.inside[2].width.saturating_sub(2)
    }
}
