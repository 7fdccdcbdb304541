//! Text pasted into a list is never run as keys: it is offered as a filter or as ids and names.

use std::collections::HashMap;

use ratatui::{Frame, layout::Rect};
use roaring::RoaringBitmap;

use super::FilterLine;
use crate::{
    domain::AssetId,
    ui::{
        action::{Action, Answer, Context, Go},
        chord::{Chord, Key},
        component::{Component, Hint, Reaction, Scene, Step},
        layout::{centered, line},
        theme::Role,
        widgets::{TextField, boxed, text},
    },
};

/// What was found of a list of ids and names.
#[derive(Debug, Default)]
struct Found {
    rows: RoaringBitmap,
    missing: Vec<String>,
    double: u64,
}

/// Asks what pasted text is.
#[derive(Debug)]
pub struct Pasted {
    /// Nothing was pasted yet: the ids are typed or pasted here.
    field: Option<TextField>,
    text: String,
    found: Found,
}

impl Pasted {
    /// This text; empty to ask for it.
    pub fn new(text: &str, scene: &Scene<'_>) -> Self {
        Self {
            field: text.is_empty().then(TextField::default),
            text: text.to_owned(),
            found: find(text, scene),
        }
    }

    /// What was pasted, as a query: several ids or names are each what is looked for.
    fn as_filter(&self) -> String {
        let lines: Vec<&str> = self.text.lines().map(str::trim).collect();
        let lines: Vec<&str> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        let names: Vec<&str> = match lines.as_slice() {
            [line] if self.found.rows.len() > 1 && self.found.missing.is_empty() => line
                .split([',', ';', '\t', ' '])
                .filter(|word| !word.is_empty())
                .collect(),
            lines => lines.to_vec(),
        };
        match names.as_slice() {
            [one] => (*one).to_owned(),
            several => {
                let quoted = several
                    .iter()
                    .map(|name| format!("\"{}\"", name.replace('"', "")));
                quoted.collect::<Vec<_>>().join(" or ")
            }
        }
    }

    fn mark(&self, scene: &Scene<'_>) -> Reaction {
        Reaction::Taken(vec![Step::Close, marked(&self.found, scene)])
    }
}

/// Marks the ids or names of a text, one a line or with blanks or commas between them.
pub fn mark_named(text: &str, scene: &Scene<'_>) -> Reaction {
    Reaction::step(marked(&find(text, scene), scene))
}

fn marked(found: &Found, scene: &Scene<'_>) -> Step {
    let rows = scene.workbench.marks() | &found.rows;
    let mut say = format!("Found {}", text::number(found.rows.len()));
    if found.double > 0 {
        say.extend([format!(", {} twice", found.double)]);
    }
    if let Some(first) = found.missing.first() {
        let missing = found.missing.len() as u64;
        say.extend([format!(
            ", {} not found (first: {first})",
            text::number(missing)
        )]);
    }
    say.extend([format!("; marked {}.", text::number(rows.len()))]);
    Step::Mark { rows, say }
}

/// Reads lines; a line that is no id or name is read as cells with commas, tabs or blanks between.
fn find(text: &str, scene: &Scene<'_>) -> Found {
    let listing = &scene.workbench.listing;
    let mut found = Found::default();
    let mut names: HashMap<String, Vec<u32>> = HashMap::new();
    for row in listing.present().iter().filter(|_| !text.is_empty()) {
        let name = listing.name(row).into_owned();
        names.entry(name).or_default().push(row);
    }
    let rows_of = |word: &str| -> Vec<u32> {
        let id = listing
            .row(&AssetId::from(word))
            .filter(|row| listing.present().contains(*row));
        id.map_or_else(
            || names.get(word).cloned().unwrap_or_default(),
            |row| vec![row],
        )
    };
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let whole = rows_of(line);
        let words: Vec<&str> = if whole.is_empty() {
            line.split([',', ';', '\t', ' '])
                .map(|word| word.trim_matches('"'))
                .collect()
        } else {
            vec![line]
        };
        for word in words.into_iter().filter(|word| !word.is_empty()) {
            let rows = rows_of(word);
            if rows.is_empty() {
                found.missing.push(word.to_owned());
            }
            for row in rows {
                found.double += u64::from(!found.rows.insert(row));
            }
        }
    }
    found
}

impl Component for Pasted {
    fn contexts(&self) -> &'static [Context] {
        if self.field.is_some() {
            &[Context::Input]
        } else {
            &[Context::Dialog]
        }
    }

    fn mode(&self) -> &'static str {
        "PASTE"
    }

    fn takes_text(&self) -> bool {
        self.field.is_some()
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![
            Hint::Named(Action::Answer(Answer::Accept), "mark"),
            Hint::Key(Action::Go(Go::Back)),
        ]
    }

    fn on_action(&mut self, action: Action, _argument: &str, scene: &Scene<'_>) -> Reaction {
        match action {
            Action::Answer(Answer::Accept) => self.mark(scene),
            Action::Go(Go::Back | Go::Interrupt | Go::Quit) => {
                Reaction::Taken(vec![Step::Close, Step::Say("Nothing was done.".into())])
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

    fn names_key(&self, chord: Chord) -> bool {
        self.field.is_none() && chord.typed() == Some('/')
    }

    fn on_key(&mut self, chord: Chord, scene: &Scene<'_>) -> Reaction {
        if let Some(field) = &mut self.field {
            if !field.press(chord) && !TextField::edits(chord) {
                return Reaction::Passed;
            }
            self.text = field.text().to_owned();
            self.found = find(&self.text, scene);
        } else if chord.key == Key::Char('/') {
            let text = self.as_filter();
            let filter = FilterLine::with(&text, scene);
            let mut steps = vec![Step::Close, Step::Open(Box::new(filter))];
            if let Ok(query) = super::parsed(&text, scene) {
                steps.push(Step::Filter { query, keep: false });
            }
            return Reaction::Taken(steps);
        } else {
            return Reaction::Passed;
        }
        Reaction::nothing()
    }

    fn on_paste(&mut self, text: &str, scene: &Scene<'_>) -> Reaction {
        *self = Self::new(text, scene);
        Reaction::nothing()
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let inside = boxed(frame, centered(area, 60, 9), "Ids or names", scene.theme);
        let style = scene.theme.style(Role::Text);
        let inner = |number| {
            let place = line(inside, number);
            Rect {
                x: place.x + 1,
                width: place.width.saturating_sub(2),
                ..place
            }
        };
        if let Some(field) = &self.field {
            text::put(
                frame.buffer_mut(),
                inner(0),
                "Type or paste ids or names:",
                style,
            );
            field.draw(frame, inner(1), scene.theme, true);
        } else {
            let lines = text::counted(self.text.lines().count() as u64, "line");
            let shown = format!("{lines} pasted: {}", self.text.trim());
            text::put(frame.buffer_mut(), inner(0), &shown, style);
            frame.set_cursor_position((inside.x, inside.y));
        }
        let found = format!(
            "found {}   not found {}   twice {}",
            text::number(self.found.rows.len()),
            text::number(self.found.missing.len() as u64),
            text::number(self.found.double)
        );
        text::put(frame.buffer_mut(), inner(3), &found, style);
        let choice = if self.field.is_some() {
            "Enter marks those found   Esc nothing"
        } else {
            "Enter marks those found   / uses it as filter   Esc nothing"
        };
        text::put(
            frame.buffer_mut(),
            inner(5),
            choice,
            scene.theme.style(Role::Key),
        );
    }
}
