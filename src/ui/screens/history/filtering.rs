//! The filter line of the log: narrows while you type, keeps the last good filter.

use ratatui::{Frame, layout::Rect};

use crate::{
    domain::history::{Filter, day},
    ui::{
        component::Scene,
        theme::Role,
        widgets::{TextField, text},
    },
};

/// The filter of the log, and the line it is typed in.
#[derive(Debug, Default)]
pub(super) struct Filtering {
    field: TextField,
    filter: Filter,
    error: Option<String>,
    /// Whether the keys are text.
    pub(super) typing: bool,
    /// The text to go back to.
    before: String,
}

impl Filtering {
    /// The filter in force.
    pub(super) fn filter(&self) -> &Filter {
        &self.filter
    }

    /// The text of the line.
    pub(super) fn text(&self) -> &str {
        self.field.text()
    }

    /// Whether the line has something to show.
    pub(super) fn is_shown(&self) -> bool {
        self.typing || !self.field.text().is_empty()
    }

    /// Begins to type.
    pub(super) fn begin(&mut self) {
        self.before = self.field.text().to_owned();
        self.typing = true;
    }

    /// Takes a text in as if it had been typed.
    pub(super) fn put(&mut self, words: &str, scene: &Scene<'_>) {
        self.field.set(words);
        self.read(scene);
    }

    /// Goes back to what it was.
    pub(super) fn cancel(&mut self, scene: &Scene<'_>) {
        self.typing = false;
        let before = std::mem::take(&mut self.before);
        self.put(&before, scene);
    }

    /// Takes a key.
    pub(super) fn press(&mut self, chord: crate::ui::chord::Chord, scene: &Scene<'_>) -> bool {
        let taken = self.field.press(chord);
        self.read(scene);
        taken
    }

    fn read(&mut self, scene: &Scene<'_>) {
        let today = day(scene.now_ms, scene.identity.utc_offset_s);
        match Filter::parse(self.field.text(), &today) {
            Ok(filter) => (self.filter, self.error) = (filter, None),
            Err(why) => self.error = Some(why),
        }
    }

    /// Draws the line: what is typed, what is wrong with it, or what can be typed.
    pub(super) fn draw(&self, frame: &mut Frame<'_>, place: Rect, scene: &Scene<'_>) {
        let theme = scene.theme;
        let quiet = theme.style(Role::Quiet);
        if !self.is_shown() {
            let words = "/ filter: who:akim field:rights after:11-01 run:R-04 state:undone";
            text::put(frame.buffer_mut(), place, words, quiet);
            return;
        }
        text::put(frame.buffer_mut(), place, "/ ", theme.style(Role::Key));
        let half = place.width.saturating_sub(2);
        let shown = if self.error.is_some() { half / 2 } else { half };
        let input = Rect {
            x: place.x + 2,
            width: shown,
            ..place
        };
        self.field.draw(frame, input, theme, self.typing);
        if let Some(why) = &self.error {
            let rest = Rect {
                x: input.x + shown + 1,
                width: half.saturating_sub(shown + 1),
                ..place
            };
            text::put(frame.buffer_mut(), rest, why, theme.style(Role::Error));
        }
    }
}
