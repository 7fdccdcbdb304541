//! How Browse looks: filter line, list, what is shown where there are no rows.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
};

use super::{Browse, Pane, detail, panes::Panes};
use crate::{
    domain::{FieldKey, Query, Row, SortDirection, Value},
    ui::{
        component::Scene,
        connection::{Link, Loading},
        layout::line,
        theme::Role,
        view::{Column, KEPT},
        widgets::{Table, TableRow, boxed, diff, table, text},
    },
};

/// How wide the place for cursor, range, mark and state is.
pub(super) const GUTTER: u16 = 6;
/// How much room the key to the state letters takes.
const KEY: u16 = 24;

/// Whether a row has a problem somebody should look at.
pub(super) fn is_problem(scene: &Scene<'_>, row: Row) -> bool {
    matches!(state(scene, row).0, 'E' | 'U' | '?' | 'W')
}

/// The letter of a row's state, the highest first, and how it looks.
fn state(scene: &Scene<'_>, row: Row) -> (char, Role) {
    let sets = scene.view.sets();
    if sets.error.contains(row) {
        ('E', Role::Error)
    } else if sets.unknown.contains(row) {
        ('U', Role::Unknown)
    } else if sets.conflict.contains(row) {
        ('?', Role::Conflict)
    } else if sets.warning.contains(row) {
        ('W', Role::Warning)
    } else if sets.staged.contains(row) {
        let equal = scene
            .workbench
            .draft()
            .on(row)
            .all(|(_, group)| group.is_equal());
        if equal {
            ('=', Role::Quiet)
        } else {
            ('~', Role::Staged)
        }
    } else {
        (' ', Role::Text)
    }
}

/// The term without which there would be rows, and how many: asked only when there are none.
pub(super) fn blame(scene: &Scene<'_>) -> Option<(String, u64)> {
    let query: &Query = scene.view.query();
    if query.is_empty() || !scene.view.rows().is_empty() {
        return None;
    }
    let workbench = scene.workbench;
    let terms = query.terms();
    let without = |place| {
        let fewer = query.without(place);
        fewer
            .rows(&workbench.listing, &workbench.schema, scene.view.sets())
            .len()
    };
    terms
        .into_iter()
        .enumerate()
        .map(|(place, term)| (term, without(place)))
        .filter(|(_, count)| *count > 0)
        .max_by_key(|(_, count)| *count)
}

impl Browse {
    pub(super) fn draw_all(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let detail = self.pane != Pane::Hidden;
        let panes = Panes::within(area, scene, detail);
        draw_filter(frame, panes.filter, scene);
        if panes.is_wide() {
            boxed(frame, panes.list, &self.title(scene), scene.theme);
        }
        self.draw_list(frame, panes.inside, scene);
        let Some(pane) = panes.detail(detail) else {
            return;
        };
        let row = self.row(scene.view);
        let name = row.map_or_else(String::new, |row| {
            scene.workbench.listing.name(row).into_owned()
        });
        let inside = boxed(frame, pane, &name, scene.theme);
        if let Some(row) = row {
            detail::draw(frame, inside, (row, 0, self.pane == Pane::Raw), scene);
        }
    }

    fn title(&self, scene: &Scene<'_>) -> String {
        if self.range.is_some() {
            return format!("Assets   {}", self.range_sentence(scene));
        }
        let marked = scene.workbench.marks().len();
        if marked == 0 {
            return "Assets".into();
        }
        let hidden = scene.hidden_marks();
        format!(
            "Assets  marked {} ({} shown, {} hidden by filter)",
            text::number(marked),
            text::number(marked - hidden),
            text::number(hidden)
        )
    }

    fn draw_list(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        if scene.view.rows().is_empty() {
            self.draw_nothing(frame, area, scene);
            return;
        }
        let key = (76..90).contains(&scene.size.width) && scene.size.height >= 24;
        let mut list = area;
        if key {
            list.width -= KEY;
            draw_key(
                frame,
                Rect {
                    x: list.right(),
                    width: KEY,
                    ..area
                },
                scene,
            );
        }
        let table = self.table(list.width, scene);
        let (table, places) = table;
        let len = scene.view.rows().len();
        let shown = self
            .cursor
            .shown(len, usize::from(area.height.saturating_sub(1)));
        let row = |place| self.table_row(place, &places, scene);
        table.draw(frame.buffer_mut(), list, scene.theme, (shown, &row));
        let line = u16::try_from(self.cursor.at.saturating_sub(self.cursor.top)).unwrap_or(0);
        frame.set_cursor_position(Position::new(
            list.x,
            (list.y + 1 + line).min(list.bottom().saturating_sub(1)),
        ));
    }

    /// The table that fits a width, and which columns are in it.
    fn table(&self, width: u16, scene: &Scene<'_>) -> (Table, Vec<usize>) {
        let room = width.saturating_sub(GUTTER);
        let columns = scene.view.columns();
        let mut kept: Vec<usize> = (0..columns.len()).collect();
        loop {
            let used: u16 = kept.iter().map(|&place| columns[place].width + 1).sum();
            let worth = |place: &usize| columns[*place].worth;
            let least = kept.iter().copied().min_by_key(worth);
            match least.filter(|place| columns[*place].worth < KEPT && *place != self.column) {
                Some(least) if used > room + 1 => kept.retain(|&place| place != least),
                _ => break,
            }
        }
        let wanted: Vec<((usize, String), u16)> = kept
            .into_iter()
            .map(|place| {
                let sign = if place == self.column && place > 0 {
                    ">"
                } else {
                    ""
                };
                let title = format!("{sign}{}", columns[place].title);
                ((place, title), columns[place].width)
            })
            .collect();
        let mut first = 1;
        let mut fitted = table::fitted(&wanted, room, first);
        while first < wanted.len() && !fitted.iter().any(|((place, _), _)| *place == self.column) {
            first += 1;
            fitted = table::fitted(&wanted, room, first);
        }
        let places = fitted.iter().map(|((place, _), _)| *place).collect();
        let columns = fitted
            .into_iter()
            .map(|((_, title), width)| (title, width))
            .collect();
        (
            Table {
                gutter_title: "  mst".into(),
                gutter: GUTTER,
                columns,
            },
            places,
        )
    }

    fn table_row(&self, place: usize, columns: &[usize], scene: &Scene<'_>) -> TableRow {
        let theme = scene.theme;
        let Some(&row) = scene.view.rows().get(place) else {
            return TableRow::default();
        };
        let at = place == self.cursor.at;
        let sign = |on: bool, sign: &str| if on { sign.to_owned() } else { " ".to_owned() };
        let in_range = self.range.is_some_and(|range| {
            (range.anchor.min(self.cursor.at)..=range.anchor.max(self.cursor.at)).contains(&place)
        });
        let marked = scene.workbench.marks().contains(row);
        let (letter, role) = state(scene, row);
        let gutter = vec![
            (sign(at, ">"), theme.style(Role::Text)),
            (sign(in_range, "|"), theme.style(Role::Range)),
            (sign(marked, "*"), theme.style(Role::Mark)),
            (letter.to_string(), theme.style(role)),
        ];
        let cells = columns
            .iter()
            .filter_map(|place| scene.view.columns().get(*place))
            .map(|column| cell(row, column, scene))
            .collect();
        TableRow {
            gutter,
            cells,
            cursor: at,
        }
    }

    fn draw_nothing(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let style = scene.theme.style(Role::Text);
        let mut number = 1;
        for sentence in self.nothing(scene) {
            for wrapped in text::wrapped(&sentence, area.width.saturating_sub(4)) {
                let place = line(area, number);
                let place = Rect {
                    x: place.x + 2,
                    width: place.width.saturating_sub(2),
                    ..place
                };
                text::put(frame.buffer_mut(), place, &wrapped, style);
                number += 1;
            }
        }
    }

    /// What is said where there are no rows.
    fn nothing(&self, scene: &Scene<'_>) -> Vec<String> {
        let query = scene.view.query();
        let listing = &scene.workbench.listing;
        if !query.is_empty() && !listing.is_empty() {
            let mut lines = vec![format!("Nothing matches  {}", query.text())];
            if let Some((term, count)) = &self.blame {
                lines.push(format!("without `{term}`: {}", text::number(*count)));
            }
            let marked = scene.workbench.marks().len();
            if marked > 0 {
                lines.push(format!("{} stay marked.", text::counted(marked, "asset")));
            }
            lines.push("0 shows everything; / changes the filter.".into());
            return lines;
        }
        if let Some(failure) = scene.connection.failure() {
            let mut lines = vec![format!("{}.", capital(&failure.what)), failure.why.clone()];
            lines.extend((!failure.hint.is_empty()).then(|| failure.hint.clone()));
            lines.push(match scene.connection.link {
                Link::SignIn(_) => "R signs in again; marks and staged changes are kept.".into(),
                _ => "R tries again; marks and staged changes are kept.".into(),
            });
            return lines;
        }
        let library = scene.workbench.capabilities.as_ref();
        let library = library.map_or("The library", |found| found.library.as_str());
        match (&scene.connection.link, &scene.connection.loading) {
            (Link::Idle, _) => vec!["Nothing was listed yet.".into()],
            (Link::Connecting, _) => vec![format!("Signing in to {} ..", scene.identity.profile)],
            (_, Loading::Done) => vec![
                format!("{library} answered: 0 assets."),
                "R asks again.".into(),
            ],
            _ => vec!["Listing ..  rows appear as they come; Esc stops and keeps them.".into()],
        }
    }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

fn cell(row: Row, column: &Column, scene: &Scene<'_>) -> (String, Style) {
    let (plain, quiet) = (
        scene.theme.style(Role::Text),
        scene.theme.style(Role::Quiet),
    );
    let value = scene.workbench.listing.value(row, &column.key);
    let letter = column.key == FieldKey::certificate() || column.key == FieldKey::thumbnail();
    match value {
        Value::Certificate(certificate) if letter => {
            (certificate.status.letter().to_string(), plain)
        }
        Value::Asset { .. } if letter => ("y".into(), plain),
        Value::Unknown => ("..".into(), quiet),
        Value::Absent if letter => ("-".into(), quiet),
        Value::Absent => ("(empty)".into(), quiet),
        other if column.date => (other.display().chars().take(10).collect(), plain),
        other => (other.display().into_owned(), plain),
    }
}

fn draw_filter(frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
    let theme = scene.theme;
    let buffer = frame.buffer_mut();
    let right = counts(scene, area.width >= 90);
    let used = text::put_right(buffer, area, &format!("{right} "), theme.style(Role::Quiet));
    let left = Rect {
        width: area.width.saturating_sub(used + 2),
        ..area
    };
    let pieces = [
        (" / ", theme.style(Role::Key)),
        (scene.view.query().text(), theme.style(Role::Text)),
    ];
    text::put_all(buffer, left, &pieces);
}

/// `Showing 412 of 12,480   sort: name asc`.
fn counts(scene: &Scene<'_>, wide: bool) -> String {
    let listing = &scene.workbench.listing;
    let shown = text::number(scene.view.rows().len() as u64);
    let sort = scene.view.sort();
    let direction = match sort.direction {
        SortDirection::Ascending => "asc",
        SortDirection::Descending => "desc",
    };
    let mut counts = if scene.view.query().is_empty() && !wide {
        String::new()
    } else {
        format!("{shown} of ")
    };
    if scene.connection.is_loading() && listing.total > listing.len() {
        counts = format!(
            "{} of {} loading",
            text::number(listing.len()),
            text::number(listing.total)
        );
    } else {
        counts.push_str(&text::number(listing.len()));
    }
    let old = match (&scene.connection.loading, scene.identity.listed_ms) {
        (Loading::Done, _) | (_, None) => String::new(),
        (_, Some(at)) => {
            format!(
                "  as of {}",
                crate::ui::app::clock(at, scene.identity.utc_offset_s, false)
            )
        }
    };
    if wide {
        format!("Showing {counts}{old}   sort: {} {direction}", sort.field)
    } else {
        format!("{counts}{old}  {} {direction}", sort.field)
    }
}

fn draw_key(frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
    const LINES: [&str; 16] = [
        "State key",
        "* marked",
        "~ staged edit",
        "= already equal",
        "W warning  E error",
        "U unknown",
        "? changed on server",
        "",
        "Ct: V verified",
        "    D draft",
        "    X deprecated",
        "Th: y thumbnail set",
        "",
        "d  details",
        "f  facets",
        "z  sort, columns ..",
    ];
    for (number, text) in (0..).zip(LINES) {
        let place = line(area, number);
        let place = Rect {
            x: place.x + 2,
            width: place.width.saturating_sub(2),
            ..place
        };
        text::put(
            frame.buffer_mut(),
            place,
            text,
            scene.theme.style(Role::Quiet),
        );
    }
}

/// A value in words, for titles and sentences.
pub(super) fn words(value: &Value) -> String {
    diff::shown(value)
}
