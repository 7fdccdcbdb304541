//! Facets: the values of fields with their counts, written into the same query as the filter.

mod terms;

use ratatui::{Frame, layout::Rect};

use self::terms::Facet;
use crate::{
    domain::{FieldKey, Query, arrange::Wish},
    ui::{
        action::{Action, Answer, Context, Go, Mark, View, Work},
        chord::{Chord, Key},
        component::{Component, Hint, Reaction, Scene, Step},
        layout::line,
        theme::Role,
        widgets::{Cursor, TextField, bar, boxed, text},
    },
};

/// How many values of a field are shown before the rest is a number.
const SHOWN: usize = 12;

/// A line: the head of a field, one of its values, or how many more there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Head(usize),
    Value(usize, usize),
    More(usize, usize),
}

/// The facets above the list.
#[derive(Debug)]
pub struct Facets {
    fields: Vec<FieldKey>,
    found: Vec<Facet>,
    lines: Vec<Line>,
    cursor: Cursor,
    find: Option<TextField>,
    before: Query,
}

impl Facets {
    /// Of the rows the filter leaves.
    pub fn new(scene: &Scene<'_>) -> Self {
        Self {
            fields: terms::fields(scene),
            found: Vec::new(),
            lines: Vec::new(),
            cursor: Cursor { at: 1, top: 0 },
            find: None,
            before: scene.view.query().clone(),
        }
    }

    fn arrange(&mut self, scene: &Scene<'_>) {
        let wanted = self
            .find
            .as_ref()
            .map(|find| crate::domain::text::fold(find.text()));
        let wanted = wanted.unwrap_or_default();
        self.lines.clear();
        for (number, facet) in self.found.iter().enumerate() {
            let hits: Vec<usize> = (0..facet.values.len())
                .filter(|&place| facet.values[place].matches(&wanted))
                .collect();
            if hits.is_empty() {
                continue;
            }
            self.lines.push(Line::Head(number));
            let shown = if wanted.is_empty() { SHOWN } else { usize::MAX };
            self.lines.extend(
                hits.iter()
                    .take(shown)
                    .map(|&place| Line::Value(number, place)),
            );
            if hits.len() > shown {
                self.lines.push(Line::More(number, hits.len() - shown));
            }
        }
        self.cursor.keep(self.lines.len(), Self::page(scene));
    }

    fn page(scene: &Scene<'_>) -> usize {
        usize::from(scene.size.height.saturating_sub(9))
    }

    fn choose(&mut self, exclude: bool, scene: &Scene<'_>) -> Reaction {
        let Some(Line::Value(facet, value)) = self.lines.get(self.cursor.at).copied() else {
            return Reaction::nothing();
        };
        let text = self.found[facet].chosen(value, exclude, scene.view.query());
        match super::parsed(&text, scene) {
            Ok(query) => Reaction::step(Step::Filter { query, keep: false }),
            Err(error) => Reaction::say(format!("That value can't be asked for: {error}.")),
        }
    }

    fn close(&mut self, scene: &Scene<'_>) -> Reaction {
        if self.find.take().is_some() {
            self.arrange(scene);
            return Reaction::nothing();
        }
        let query = scene.view.query().clone();
        Reaction::Taken(vec![Step::Close, Step::Filter { query, keep: true }])
    }

    fn draw_line(&self, frame: &mut Frame<'_>, area: Rect, place: usize, scene: &Scene<'_>) {
        let theme = scene.theme;
        let at = place == self.cursor.at;
        let style = theme.style(if at { Role::Cursor } else { Role::Text });
        let buffer = frame.buffer_mut();
        text::fill(buffer, area, style);
        match self.lines[place] {
            Line::Head(facet) => {
                let facet = &self.found[facet];
                let values = text::counted(facet.values.len() as u64, "value");
                let unread = match facet.unread {
                    0 => String::new(),
                    unread => format!(", {} not read", text::number(unread)),
                };
                let head = format!(" {}  {values}{unread}", facet.field);
                text::put(
                    buffer,
                    area,
                    &head,
                    if at { style } else { theme.style(Role::Title) },
                );
            }
            Line::More(_, count) => {
                text::put(
                    buffer,
                    area,
                    &format!("       {count} more ..  / finds"),
                    style,
                );
            }
            Line::Value(facet, value) => {
                let facet = &self.found[facet];
                let value = &facet.values[value];
                let sign = if at { ">" } else { " " };
                let count = format!("{} ", text::number(value.count));
                let left = format!(" {sign} [{}] {}", value.sign, value.shown);
                let used = text::put_right(buffer, area, &count, style);
                let room = area.width.saturating_sub(used + 1);
                let label = (room / 2).max(20).min(room);
                text::put(
                    buffer,
                    Rect {
                        width: label,
                        ..area
                    },
                    &left,
                    style,
                );
                let rest = room.saturating_sub(label + 8);
                if rest >= 8 && value.sign != '-' {
                    let bar = bar(value.count, facet.most, rest.min(26));
                    let bar = bar
                        .trim_matches(['[', ']'])
                        .trim_end_matches('-')
                        .to_owned();
                    let place = Rect {
                        x: area.x + label + 1,
                        width: rest,
                        ..area
                    };
                    text::put(buffer, place, &bar, style);
                }
            }
        }
    }
}

impl Component for Facets {
    fn contexts(&self) -> &'static [Context] {
        if self.find.is_some() {
            &[Context::Input]
        } else {
            &[
                Context::Dialog,
                Context::Staged,
                Context::Browse,
                Context::List,
            ]
        }
    }

    fn mode(&self) -> &'static str {
        "FACETS"
    }

    fn takes_text(&self) -> bool {
        self.find.is_some()
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![
            Hint::Named(Action::Mark(Mark::Toggle), "include"),
            Hint::Named(Action::Work(Work::Exclude), "exclude"),
            Hint::Named(Action::View(View::Filter), "find value"),
            Hint::Named(Action::View(View::FilterReset), "reset all"),
            Hint::Named(Action::Go(Go::Back), "close"),
        ]
    }

    fn on_action(&mut self, action: Action, _argument: &str, scene: &Scene<'_>) -> Reaction {
        match action {
            Action::Move(movement) => {
                self.cursor
                    .go(movement, self.lines.len(), Self::page(scene));
                Reaction::nothing()
            }
            Action::Mark(Mark::Toggle) => self.choose(false, scene),
            Action::Work(Work::Exclude) => self.choose(true, scene),
            Action::View(View::Filter) => {
                self.find = Some(TextField::default());
                Reaction::nothing()
            }
            Action::View(View::FilterReset) => Reaction::step(Step::Filter {
                query: Query::default(),
                keep: false,
            }),
            Action::Answer(Answer::Accept) if self.find.is_some() => {
                let found = self
                    .lines
                    .iter()
                    .position(|line| matches!(line, Line::Value(..)));
                self.cursor
                    .put(found.unwrap_or(0), self.lines.len(), Self::page(scene));
                Reaction::nothing()
            }
            Action::Go(Go::Interrupt) => {
                let query = self.before.clone();
                Reaction::Taken(vec![Step::Close, Step::Filter { query, keep: false }])
            }
            Action::Go(Go::Back | Go::Quit)
            | Action::View(View::Facets)
            | Action::Answer(Answer::Accept) => self.close(scene),
            Action::Answer(Answer::Down) => {
                self.cursor.go(
                    crate::ui::action::Move::Down,
                    self.lines.len(),
                    Self::page(scene),
                );
                Reaction::nothing()
            }
            Action::Answer(Answer::Up) => {
                self.cursor.go(
                    crate::ui::action::Move::Up,
                    self.lines.len(),
                    Self::page(scene),
                );
                Reaction::nothing()
            }
            Action::Go(_)
            | Action::Mark(_)
            | Action::View(_)
            | Action::Edit(_)
            | Action::Work(_)
            | Action::Copy(_)
            | Action::Answer(_) => Reaction::Passed,
        }
    }

    fn on_key(&mut self, chord: Chord, scene: &Scene<'_>) -> Reaction {
        let Some(find) = &mut self.find else {
            return Reaction::Passed;
        };
        if chord.key == Key::Char(' ') && !chord.ctrl {
            return self.choose(false, scene);
        }
        if !find.press(chord) && !TextField::edits(chord) {
            return Reaction::Passed;
        }
        self.arrange(scene);
        let first = self
            .lines
            .iter()
            .position(|line| matches!(line, Line::Value(..)));
        self.cursor
            .put(first.unwrap_or(0), self.lines.len(), Self::page(scene));
        Reaction::nothing()
    }

    fn on_change(&mut self, scene: &Scene<'_>) {
        let facets = self
            .fields
            .iter()
            .filter_map(|field| terms::facet(field, scene));
        self.found = facets.collect();
        if !self.found.is_empty() {
            self.arrange(scene);
        }
    }

    fn wish(&self, scene: &Scene<'_>) -> Option<Wish> {
        let query = scene.view.query();
        let fields = self.fields.iter();
        let wanted = fields.map(|field| (field.clone(), terms::others(field, query)));
        Some(Wish::Counts(wanted.collect()))
    }

    fn awaits(&self, scene: &Scene<'_>) -> bool {
        self.found.is_empty() && scene.view.is_counting()
    }

    fn status(&self, scene: &Scene<'_>) -> Option<String> {
        let chosen = self.found.iter().flat_map(|facet| &facet.values);
        let chosen = chosen.filter(|value| value.sign != ' ').count();
        let shown = text::number(scene.view.rows().len() as u64);
        Some(format!(
            "{shown} match  {}",
            text::counted(chosen as u64, "facet value")
        ))
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let width = if area.width >= 90 {
            area.width / 2
        } else {
            area.width
        };
        let area = Rect {
            y: area.y + 1,
            height: area.height.saturating_sub(1),
            width,
            ..area
        };
        let inside = boxed(frame, area, "Facets", scene.theme);
        let head = line(inside, 0);
        if let Some(find) = &self.find {
            text::put(
                frame.buffer_mut(),
                head,
                " / ",
                scene.theme.style(Role::Key),
            );
            let place = Rect {
                x: head.x + 3,
                width: head.width.saturating_sub(4),
                ..head
            };
            find.draw(frame, place, scene.theme, true);
        } else {
            let help = if scene.view.is_counting() {
                " Counting .."
            } else {
                " Counts are for the rows the other facets leave."
            };
            text::put(
                frame.buffer_mut(),
                head,
                help,
                scene.theme.style(Role::Quiet),
            );
        }
        let shown = self.cursor.shown(self.lines.len(), Self::page(scene));
        for (number, place) in (1..).zip(shown) {
            let area = line(inside, number);
            self.draw_line(frame, area, place, scene);
            if place == self.cursor.at && self.find.is_none() && area.width > 0 {
                frame.set_cursor_position((area.x, area.y));
            }
        }
    }
}
