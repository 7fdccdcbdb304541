//! Where the parts of the thumbnail dialog are, as a function of size and focus.

use ratatui::layout::Rect;

use super::Focus;
use crate::ui::{layout::line, theme::Theme, widgets::boxed::inside};

/// The places of the dialog; empty where there is no room.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Panes {
    pub(super) title: Rect,
    pub(super) targets: Rect,
    /// How the thumbnails are chosen, and the rule.
    pub(super) how: Rect,
    pub(super) target_list: Rect,
    pub(super) counts: Rect,
    pub(super) candidates: Rect,
    pub(super) search: Rect,
    pub(super) candidate_list: Rect,
    pub(super) allowed: Rect,
    pub(super) preview: Rect,
    pub(super) words: Rect,
    pub(super) picture: Rect,
    pub(super) sentence: Rect,
}

impl Panes {
    pub(super) fn of(area: Rect, focus: Focus, theme: &Theme) -> Self {
        let mut panes = Self {
            title: line(area, 0),
            sentence: line(area, area.height.saturating_sub(1)),
            ..Self::default()
        };
        let room = Rect {
            y: area.y + 1,
            height: area.height.saturating_sub(2),
            ..area
        };
        let (first, second) = if area.width >= 110 {
            (area.width * 36 / 100, area.width * 34 / 100)
        } else if matches!(focus, Focus::Candidates | Focus::Search) {
            (0, area.width * 56 / 100)
        } else {
            (area.width * 60 / 100, 0)
        };
        panes.targets = Rect {
            width: first,
            ..room
        };
        panes.candidates = Rect {
            x: room.x + first,
            width: second,
            ..room
        };
        let used = first + second;
        panes.preview = Rect {
            x: room.x + used,
            width: room.width - used,
            ..room
        };
        panes.inside(theme);
        panes
    }

    fn inside(&mut self, theme: &Theme) {
        if self.targets.width > 0 {
            let inner = inside(self.targets, theme);
            let how = if inner.height >= 14 { 5 } else { 3 };
            self.how = Rect {
                height: how.min(inner.height),
                ..inner
            };
            self.counts = line(inner, inner.height.saturating_sub(1));
            self.target_list = Rect {
                y: inner.y + self.how.height,
                height: inner.height.saturating_sub(how + 1),
                ..inner
            };
        }
        if self.candidates.width > 0 {
            let inner = inside(self.candidates, theme);
            self.search = Rect {
                height: 2.min(inner.height),
                ..inner
            };
            self.allowed = line(inner, inner.height.saturating_sub(1));
            self.candidate_list = Rect {
                y: inner.y + 2,
                height: inner.height.saturating_sub(3),
                ..inner
            };
        }
        let inner = inside(self.preview, theme);
        let words = 4.min(inner.height);
        self.words = Rect {
            height: words,
            ..inner
        };
        self.picture = Rect {
            y: inner.y + words,
            height: inner.height - words,
            ..inner
        };
    }
}
