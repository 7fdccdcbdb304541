//! The filter line: narrows while you type, keeps the last good result when it can't be read.

use ratatui::{Frame, buffer::Buffer, layout::Rect};

use super::parsed;
use crate::{
    domain::{Query, arrange::Wish, query::QueryError},
    ui::{
        action::{Action, Answer, Context, Go, Move},
        chord::Chord,
        component::{Component, Hint, Reaction, Scene, Step},
        layout::line,
        screens::browse::mark_query,
        theme::Role,
        view::Progress,
        widgets::{TextField, text},
    },
};

/// What becomes of the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// It narrows the list while it is typed.
    Filter,
    /// It marks when it is taken.
    Mark,
}

/// A line of text above the list.
#[derive(Debug)]
pub struct FilterLine {
    purpose: Purpose,
    field: TextField,
    /// The filter to go back to.
    before: Query,
    error: Option<QueryError>,
    /// The place in the history; its length is the line being typed.
    place: usize,
    typed: String,
    /// The query that would mark.
    wanted: Option<Query>,
}

impl FilterLine {
    /// Narrows the list, beginning with the filter there is.
    pub fn filter(scene: &Scene<'_>) -> Self {
        Self::new(Purpose::Filter, scene)
    }

    /// Marks what it lets through.
    pub fn mark(scene: &Scene<'_>) -> Self {
        Self::new(Purpose::Mark, scene)
    }

    /// Narrows the list, beginning with this text.
    pub fn with(text: &str, scene: &Scene<'_>) -> Self {
        let mut line = Self::new(Purpose::Filter, scene);
        line.field = TextField::new(text);
        line
    }

    fn new(purpose: Purpose, scene: &Scene<'_>) -> Self {
        let before = scene.view.query().clone();
        let text = match purpose {
            Purpose::Filter => match before.text() {
                "" => String::new(),
                text => format!("{text} "),
            },
            Purpose::Mark => String::new(),
        };
        Self {
            purpose,
            field: TextField::new(&text),
            before,
            error: None,
            place: scene.filters.len(),
            typed: text,
            wanted: None,
        }
    }

    /// The text was changed: narrows at once if it can be read.
    fn changed(&mut self, scene: &Scene<'_>) -> Reaction {
        match parsed(self.field.text().trim(), scene) {
            Ok(query) => {
                self.error = None;
                if self.purpose == Purpose::Filter {
                    return Reaction::step(Step::Filter { query, keep: false });
                }
                self.wanted = Some(query);
            }
            Err(error) => self.error = Some(error),
        }
        Reaction::nothing()
    }

    /// `live: 196 of 12,480 match`, with `..` while nothing is known and `so far` until all is.
    fn counts(&self, scene: &Scene<'_>) -> String {
        if self.error.is_some() {
            // Any number would be one of the filter before.
            return match self.purpose {
                Purpose::Filter => "not read; the rows are as before".to_owned(),
                Purpose::Mark => "not read; marks nothing".to_owned(),
            };
        }
        if self.purpose == Purpose::Mark {
            let found = self.wanted.as_ref().and(scene.view.found());
            return match found {
                None => "marks what matches".to_owned(),
                Some((rows, true)) => format!("would mark {}", text::number(rows.len())),
                Some((rows, false)) => {
                    format!("would mark {} so far", text::number(rows.len()))
                }
            };
        }
        let shown = text::number(scene.view.rows().len() as u64);
        let all = text::number(scene.workbench.listing.len());
        match scene.view.progress() {
            Progress::Behind if scene.view.is_filtering() => format!("live: .. of {all} match"),
            Progress::SoFar if scene.view.is_filtering() => {
                format!("live: {shown} so far of {all} match")
            }
            Progress::Behind | Progress::SoFar | Progress::Complete => {
                format!("live: {shown} of {all} match")
            }
        }
    }

    fn accept(&mut self, scene: &Scene<'_>) -> Reaction {
        let query = match parsed(self.field.text().trim(), scene) {
            Ok(query) => query,
            Err(error) => {
                let say = format!("The filter does not parse: {error}.");
                self.error = Some(error);
                return Reaction::say(say);
            }
        };
        match self.purpose {
            Purpose::Filter => {
                Reaction::Taken(vec![Step::Filter { query, keep: true }, Step::Close])
            }
            Purpose::Mark => match mark_query(&query, scene) {
                Reaction::Taken(mut steps) => {
                    steps.insert(0, Step::Close);
                    Reaction::Taken(steps)
                }
                Reaction::Passed => Reaction::Passed,
            },
        }
    }

    fn remembered(&mut self, earlier: bool, scene: &Scene<'_>) -> Reaction {
        let len = scene.filters.len();
        if self.place >= len {
            self.typed = self.field.text().to_owned();
        }
        self.place = if earlier {
            self.place.saturating_sub(1)
        } else {
            (self.place + 1).min(len)
        };
        let text = scene.filters.get(self.place).unwrap_or(&self.typed).clone();
        self.field.set(&text);
        self.changed(scene)
    }

    /// Completes the word before the cursor with the name of a field.
    fn complete(&mut self, scene: &Scene<'_>) -> Reaction {
        let text = self.field.text().to_owned();
        let start = text.rfind([' ', '(']).map_or(0, |at| at + 1);
        let word = &text[start..];
        let (sign, word) = match word.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", word),
        };
        let (sign, word) = match word.strip_prefix("has:") {
            Some(rest) => (format!("{sign}has:"), rest),
            None => (sign.to_owned(), word),
        };
        let wanted = crate::domain::text::fold(word);
        let built_in = ["name", "type", "cert", "thumb", "is", "has"].map(str::to_owned);
        let known = scene
            .workbench
            .schema
            .fields
            .iter()
            .map(|field| crate::domain::text::fold(field.key.as_str()).replace(' ', "_"));
        let mut hits = built_in.into_iter().chain(known);
        let Some(name) = hits.find(|name| !word.is_empty() && name.starts_with(&wanted)) else {
            return Reaction::nothing();
        };
        let colon = if sign.ends_with("has:") { "" } else { ":" };
        self.field
            .set(&format!("{}{sign}{name}{colon}", &text[..start]));
        self.changed(scene)
    }
}

impl Component for FilterLine {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Input]
    }

    fn mode(&self) -> &'static str {
        match self.purpose {
            Purpose::Filter => "FILTER",
            Purpose::Mark => "MARK BY QUERY",
        }
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        let take = match self.purpose {
            Purpose::Filter => "keep",
            Purpose::Mark => "mark",
        };
        vec![
            Hint::Named(Action::Answer(Answer::Accept), take),
            Hint::Key(Action::Go(Go::Back)),
            Hint::Key(Action::Answer(Answer::Up)),
            Hint::Named(Action::Move(Move::NextPane), "complete"),
        ]
    }

    fn on_action(&mut self, action: Action, _argument: &str, scene: &Scene<'_>) -> Reaction {
        match action {
            Action::Answer(Answer::Accept) => self.accept(scene),
            Action::Answer(Answer::Up | Answer::Previous) => self.remembered(true, scene),
            Action::Answer(Answer::Down | Answer::Next) => self.remembered(false, scene),
            Action::Move(Move::NextPane) => self.complete(scene),
            Action::Go(Go::Back | Go::Interrupt) => {
                let query = self.before.clone();
                Reaction::Taken(vec![Step::Filter { query, keep: false }, Step::Close])
            }
            Action::Go(_)
            | Action::Move(_)
            | Action::Mark(_)
            | Action::View(_)
            | Action::Edit(_)
            | Action::Work(_)
            | Action::Copy(_)
            | Action::Answer(_) => Reaction::Passed,
        }
    }

    fn on_key(&mut self, chord: Chord, scene: &Scene<'_>) -> Reaction {
        let before = self.field.text().to_owned();
        if !self.field.press(chord) && !TextField::edits(chord) {
            return Reaction::Passed;
        }
        if before == self.field.text() {
            return Reaction::nothing();
        }
        self.changed(scene)
    }

    fn on_paste(&mut self, text: &str, scene: &Scene<'_>) -> Reaction {
        self.field.paste(text);
        self.changed(scene)
    }

    fn wish(&self, _scene: &Scene<'_>) -> Option<Wish> {
        self.wanted.clone().map(Wish::Found)
    }

    fn status(&self, scene: &Scene<'_>) -> Option<String> {
        let marked = scene.workbench.marks().len();
        let hidden = scene.hidden_marks();
        (marked > 0 && self.purpose == Purpose::Filter).then(|| {
            format!(
                "marked {} ({} would be hidden)",
                text::number(marked),
                text::number(hidden)
            )
        })
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let theme = scene.theme;
        let place = line(area, 0);
        text::fill(frame.buffer_mut(), place, theme.style(Role::Text));
        let right = self.counts(scene);
        let used = text::put_right(
            frame.buffer_mut(),
            place,
            &format!("{right} "),
            theme.style(Role::Quiet),
        );
        let sign = match self.purpose {
            Purpose::Filter => " / ",
            Purpose::Mark => " q ",
        };
        text::put(frame.buffer_mut(), place, sign, theme.style(Role::Key));
        let field = Rect {
            x: place.x + 3,
            width: place.width.saturating_sub(used + 5),
            ..place
        };
        self.field.draw(frame, field, theme, true);
        let Some(error) = &self.error else {
            return;
        };
        make_room(frame.buffer_mut(), area);
        let below = line(area, 1);
        text::fill(frame.buffer_mut(), below, theme.style(Role::Text));
        let head: String = self.field.text().chars().take(error.position).collect();
        let at = u16::try_from(text::width(&head))
            .unwrap_or(0)
            .min(field.width / 2);
        let shown = Rect {
            x: field.x + at,
            width: below.width.saturating_sub(at + 3),
            ..below
        };
        text::put(
            frame.buffer_mut(),
            shown,
            &format!("^ {}", error.why),
            theme.style(Role::Error),
        );
    }
}

/// Moves what lies under the first line down by one, so that the second is free and the header of
/// the list stays; the last row falls off, the border at the bottom does not.
fn make_room(buffer: &mut Buffer, area: Rect) {
    let rows = (area.y + 2)..area.bottom().saturating_sub(1);
    for y in rows.rev() {
        for x in area.x..area.right() {
            let above = buffer[(x, y - 1)].clone();
            buffer[(x, y)] = above;
        }
    }
}
