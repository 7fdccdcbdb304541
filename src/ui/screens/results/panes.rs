//! Where the panes of a run are: a function of the size, the pane with the keys, and how many
//! lines there are to say.

use ratatui::layout::Rect;

use super::Focus;
use crate::ui::{
    component::Scene,
    layout::{Chrome, abreast, stacked},
    widgets::{boxed, text},
};

/// From this width on the facets stand beside the changes.
const WIDE: u16 = 100;
/// Below this height only the pane with the keys is shown.
const LOW: u16 = 13;
/// How wide the facets are.
const FACETS: u16 = 32;
/// The most lines of the sentence below the headline.
const SENTENCE: usize = 3;
/// The fewest lines of changes that leave room for next steps below them.
const ROWS: u16 = 6;
/// The most next steps shown.
const STEPS: u16 = 4;
/// The fewest lines of facets that leave room for what the server counted.
const FACET_LINES: u16 = 12;

/// What there is to say around the changes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Needs<'a> {
    /// Whether the server's counts agree with ours, in words.
    pub(super) sentence: &'a str,
    /// Whether that must be said even where the counts are shown.
    pub(super) is_urgent: bool,
    /// How many lines the server's counts take.
    pub(super) server: usize,
    /// How many next steps there are.
    pub(super) steps: usize,
}

/// Where the panes are; one without room has no height.
#[derive(Clone, Copy, Debug)]
pub(super) struct Panes {
    pub(super) head: Rect,
    pub(super) facets: Rect,
    pub(super) server: Rect,
    pub(super) items: Rect,
    /// The next steps, inside the box of the changes, with their heading.
    pub(super) steps: Rect,
    pub(super) detail: Rect,
    /// The places inside the boxes of facets, changes and detail.
    pub(super) inside: [Rect; 3],
}

impl Panes {
    pub(super) fn of(scene: &Scene<'_>, focus: Focus, needs: Needs<'_>) -> Self {
        let body = Chrome::of(scene.size).map_or(Rect::ZERO, |chrome| chrome.body);
        let wide = body.width >= WIDE;
        let is_boxed = wide && body.height > FACET_LINES + height_of(needs.server + 2);
        let lines = if is_boxed && !needs.is_urgent {
            0
        } else {
            sentence(needs.sentence, body.width)
        };
        let [head, rest] = stacked(body, 1 + lines);
        let none = Rect { height: 0, ..rest };
        let [beside, main] = abreast(rest, if wide { FACETS } else { 0 });
        let (items, detail) = match focus {
            Focus::Facets if !wide => (none, none),
            Focus::Detail if main.height < LOW => (none, main),
            Focus::Facets | Focus::Items if main.height < LOW => (main, none),
            Focus::Facets | Focus::Items | Focus::Detail => {
                let [items, detail] = stacked(main, main.height * 9 / 20);
                (items, detail)
            }
        };
        let facets = match focus {
            _ if wide => beside,
            Focus::Facets => main,
            Focus::Items | Focus::Detail => none,
        };
        let (facets, server) = if is_boxed {
            let [facets, server] = stacked(facets, facets.height - height_of(needs.server + 2));
            (facets, server)
        } else {
            (facets, none)
        };
        let inside = [facets, items, detail].map(|area| boxed::inside(area, scene.theme));
        let (inside, steps) = with_steps(inside, needs.steps);
        Self {
            head,
            facets,
            server,
            items,
            steps,
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

fn height_of(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX / 2)
}

fn sentence(words: &str, width: u16) -> u16 {
    let wrapped = text::wrapped(words, width.saturating_sub(1)).len();
    height_of(wrapped.min(SENTENCE))
}

/// Takes the lines of the next steps, with their heading, from the end of the changes.
fn with_steps([facets, items, detail]: [Rect; 3], steps: usize) -> ([Rect; 3], Rect) {
    let wanted = height_of(steps).min(STEPS) + 1;
    if steps == 0 || items.height < ROWS + wanted {
        return ([facets, items, detail], Rect { height: 0, ..items });
    }
    let [items, steps] = stacked(items, items.height - wanted);
    ([facets, items, detail], steps)
}
