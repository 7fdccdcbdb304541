//! One asset in full: its picture, all fields, and what is staged on it.

use ratatui::{
    Frame,
    layout::{Rect, Size},
    style::Style,
};

use super::draw::words;
use crate::{
    domain::{AssetId, FieldKey, Row, text::needs_showing},
    ui::{
        action::{Action, Answer, Context, Go, Move, View},
        component::{Component, Hint, Reaction, Scene, Step},
        layout::{Chrome, line},
        theme::Role,
        widgets::{boxed, diff, text},
    },
};

/// From this width on the picture stands beside the fields.
const BESIDE: u16 = 60;

/// The place of the picture in a pane: beside the fields where there is room, else above them.
pub(super) fn picture_area(inside: Rect) -> Rect {
    if inside.width >= BESIDE {
        let width = (inside.width * 2 / 5).min(48);
        return Rect {
            x: inside.right() - width,
            y: inside.y + 1,
            width: width.saturating_sub(1),
            height: inside.height.saturating_sub(2).min(16),
        };
    }
    let height = (inside.height / 3).min(14);
    if height < 4 {
        return Rect {
            height: 0,
            ..inside
        };
    }
    Rect {
        y: inside.y + 2,
        height,
        x: inside.x + 1,
        width: inside.width.saturating_sub(2),
    }
}

/// The place of the fields: what the picture leaves.
fn fields_area(inside: Rect) -> Rect {
    let picture = picture_area(inside);
    let beside = inside.width >= BESIDE;
    let above = if beside || picture.height == 0 {
        2
    } else {
        picture.height + 3
    };
    Rect {
        y: inside.y + above.min(inside.height),
        height: inside.height.saturating_sub(above),
        width: if beside {
            inside.width.saturating_sub(picture.width + 3)
        } else {
            inside.width
        },
        ..inside
    }
}

/// Draws an asset into a pane, from a line on; raw shows every hidden character.
pub(super) fn draw(
    frame: &mut Frame<'_>,
    inside: Rect,
    (row, from, raw): (Row, usize, bool),
    scene: &Scene<'_>,
) {
    let listing = &scene.workbench.listing;
    let theme = scene.theme;
    let picture = picture_area(inside);
    let facts = [
        (
            format!(" {}  ", listing.kind(row)),
            theme.style(Role::Title),
        ),
        (listing.id_text(row).to_owned(), theme.style(Role::Quiet)),
    ];
    text::put_all(frame.buffer_mut(), line(inside, 0), &facts);
    if let Some(why) = listing.locked(row) {
        let place = line(inside, 1);
        text::put(
            frame.buffer_mut(),
            place,
            &format!(" not editable: {why}"),
            theme.style(Role::Warning),
        );
    }
    if picture.height > 0 {
        scene.pictures.draw(&listing.id(row), frame, picture, theme);
    }
    let rest = fields_area(inside);
    let lines = lines(row, raw, rest.width, scene);
    let from = from.min(lines.len().saturating_sub(usize::from(rest.height)));
    for (number, pieces) in (0..rest.height).zip(lines.iter().skip(from)) {
        text::put_all(frame.buffer_mut(), line(rest, number), pieces);
    }
}

type Pieces = Vec<(String, Style)>;

/// Every line about an asset: its fields, then what is staged.
fn lines(row: Row, raw: bool, width: u16, scene: &Scene<'_>) -> Vec<Pieces> {
    let listing = &scene.workbench.listing;
    let theme = scene.theme;
    let (quiet, plain) = (theme.style(Role::Quiet), theme.style(Role::Text));
    let mut lines: Vec<Pieces> = Vec::new();
    let label = usize::from(width / 3).clamp(8, 18);
    for key in fields(row, scene) {
        let value = listing.value(row, &key);
        let shown = if raw {
            code_points(&value.display())
        } else {
            words(&value)
        };
        let style = if value.is_present() { plain } else { quiet };
        let name = text::cut(key.as_str(), u16::try_from(label).unwrap_or(8));
        let name = format!(
            " {name}{}",
            " ".repeat(label.saturating_sub(text::width(&name)) + 1)
        );
        let room = width.saturating_sub(u16::try_from(label + 2).unwrap_or(width));
        let pieces = if raw || scene.wrap {
            text::wrapped(&shown, room)
        } else {
            vec![text::cut(&shown, room)]
        };
        for (number, piece) in pieces.into_iter().enumerate() {
            let head = if number == 0 {
                name.clone()
            } else {
                " ".repeat(label + 2)
            };
            lines.push(vec![(head, quiet), (piece, style)]);
        }
    }
    lines.extend(staged(row, scene));
    lines
}

/// The fields worth a line: the schema's that the type has, and others with a value.
fn fields(row: Row, scene: &Scene<'_>) -> Vec<FieldKey> {
    let listing = &scene.workbench.listing;
    let kind = listing.kind(row);
    let mut keys: Vec<FieldKey> = scene
        .workbench
        .schema
        .fields
        .iter()
        .filter(|field| field.applies_to(&kind))
        .map(|field| field.key.clone())
        .collect();
    for key in listing.fields().skip(2) {
        if !keys.contains(key) && listing.value(row, key).is_present() {
            keys.push(key.clone());
        }
    }
    keys
}

fn staged(row: Row, scene: &Scene<'_>) -> Vec<Pieces> {
    let theme = scene.theme;
    let mut lines: Vec<Pieces> = Vec::new();
    for (field, group) in scene.workbench.draft().on(row) {
        if lines.is_empty() {
            lines.push(Vec::new());
            lines.push(vec![(
                " STAGED ON THIS ASSET".into(),
                theme.style(Role::Title),
            )]);
        }
        let sign = if group.is_equal() { "=" } else { "~" };
        lines.push(vec![(
            format!(" {sign} {field}"),
            theme.style(Role::Staged),
        )]);
        let now = scene.workbench.listing.value(row, field);
        if now.is_present() && !crate::domain::run::same(&now, &group.before) {
            let seen = format!("   ? the server has {} now", words(&now));
            lines.push(vec![(seen, theme.style(Role::Conflict))]);
        }
        for (text, style) in diff::lines(&group.before, &group.after, group.delta.as_ref(), theme) {
            lines.push(vec![(format!("   {text}"), style)]);
        }
    }
    let last = scene.workbench.runs().last();
    let problems = last.into_iter().flat_map(|run| {
        run.settled.iter().flatten().filter_map(move |settled| {
            let item = run.items.get(settled.item as usize)?;
            let told = settled.outcome.letter() != ' ' && item.row == row;
            told.then_some((run, item, settled))
        })
    });
    for (run, item, settled) in problems {
        let why = if settled.reason.is_empty() {
            &settled.meaning
        } else {
            &settled.reason
        };
        let text = format!(
            " {} {} {}: {}",
            settled.outcome.letter(),
            run.id,
            item.field,
            why
        );
        lines.push(vec![(text, theme.style(Role::Error))]);
    }
    lines
}

/// The text with every blank and hidden character spelt out.
fn code_points(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        if needs_showing(character) || (character.is_whitespace() && character != ' ') {
            out.extend([format!("<U+{:04X}>", u32::from(character))]);
        } else {
            out.push(character);
        }
    }
    out
}

/// One asset over the whole body.
#[derive(Debug)]
pub struct Detail {
    row: Row,
    from: usize,
    raw: bool,
}

impl Detail {
    /// Of a row.
    pub fn new(row: Row) -> Self {
        Self {
            row,
            from: 0,
            raw: false,
        }
    }

    /// The last line it can begin with: then the end is in sight.
    fn last(&self, scene: &Scene<'_>) -> usize {
        let body = Chrome::of(scene.size).map_or(Rect::ZERO, |chrome| chrome.body);
        let area = fields_area(boxed::inside(body, scene.theme));
        let lines = lines(self.row, self.raw, area.width, scene).len();
        lines.saturating_sub(usize::from(area.height))
    }
}

impl Component for Detail {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Dialog, Context::List]
    }

    fn mode(&self) -> &'static str {
        "DETAIL"
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![
            Hint::Named(Action::Move(Move::Down), "scroll"),
            Hint::Named(Action::View(View::Details), "raw"),
            Hint::Named(Action::Go(Go::Back), "close"),
        ]
    }

    fn on_action(&mut self, action: Action, _argument: &str, scene: &Scene<'_>) -> Reaction {
        let page = usize::from(scene.size.height / 2);
        match action {
            Action::Move(movement) => {
                let mut cursor = crate::ui::widgets::Cursor {
                    at: self.from,
                    top: 0,
                };
                cursor.go(movement, self.last(scene) + 1, page);
                self.from = cursor.at;
                Reaction::nothing()
            }
            Action::View(View::Details) => {
                self.raw = !self.raw;
                Reaction::nothing()
            }
            Action::Go(Go::Back | Go::Interrupt | Go::Quit) | Action::Answer(Answer::Accept) => {
                Reaction::step(Step::Close)
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

    fn on_change(&mut self, scene: &Scene<'_>) {
        self.from = self.from.min(self.last(scene));
    }

    fn pictures(&self, scene: &Scene<'_>) -> Vec<(AssetId, Size)> {
        let body = Chrome::of(scene.size).map_or(Rect::ZERO, |chrome| chrome.body);
        let area = picture_area(boxed::inside(body, scene.theme));
        vec![(scene.workbench.listing.id(self.row), area.as_size())]
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let name = scene.workbench.listing.name(self.row).into_owned();
        let inside = boxed(frame, area, &name, scene.theme);
        draw(frame, inside, (self.row, self.from, self.raw), scene);
    }
}
