//! How Browse looks: filter line, list, what is shown where there are no rows.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
};

use super::{Browse, Pane, detail, front, panes::Panes};
use crate::{
    domain::{FieldKey, Row, SortDirection, Value},
    ui::{
        component::Scene,
        connection::Loading,
        layout::line,
        theme::Role,
        view::{Column, KEPT, Progress},
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

/// How the letter of a state looks.
pub(super) fn letter_role(letter: char) -> Role {
    match letter {
        'E' => Role::Error,
        'U' => Role::Unknown,
        '?' => Role::Conflict,
        'W' => Role::Warning,
        '~' => Role::Staged,
        '=' => Role::Quiet,
        _ => Role::Text,
    }
}

/// The letter of a row's state, the highest first, and how it looks.
pub(super) fn state(scene: &Scene<'_>, row: Row) -> (char, Role) {
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
        let row = self.detailed;
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
            return format!("Assets   {}", self.range_sentence());
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
        let shown_last = scene.front.filter(|_| scene.workbench.is_opening());
        if scene.view.rows().is_empty() && shown_last.is_none() {
            Self::draw_nothing(frame, area, scene);
            return;
        }
        let key = (76..90).contains(&scene.size.width)
            && scene.size.height >= 24
            && scene.view.chosen().is_empty();
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
        if let Some(front) = shown_last {
            return self.draw_front(frame, list, (front, scene));
        }
        let (table, places) = self.table(list.width, scene.view.columns());
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
    pub(super) fn table(&self, width: u16, columns: &[Column]) -> (Table, Vec<usize>) {
        let room = width.saturating_sub(GUTTER);
        let wanted: Vec<((usize, String), u16)> = kept(columns, room, self.column)
            .into_iter()
            .map(|(place, width)| {
                let sign = if place == self.column && place > 0 {
                    ">"
                } else {
                    ""
                };
                ((place, format!("{sign}{}", columns[place].title)), width)
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
}

/// The columns that fit, with their widths: the least worth go first, then wide ones give way, then
/// the next go. Columns somebody chose stay as they are; so does the one the cursor is in.
fn kept(columns: &[Column], room: u16, cursor: usize) -> Vec<(usize, u16)> {
    let mut kept: Vec<(usize, u16)> = columns
        .iter()
        .map(|column| column.width)
        .enumerate()
        .collect();
    let least = |place: usize| columns[place].width.min(if place == 0 { 15 } else { 9 });
    let usual = columns.iter().any(|column| column.worth < KEPT);
    while usual && kept.iter().map(|(_, width)| width + 1).sum::<u16>() > room + 1 {
        let cheapest = kept
            .iter()
            .map(|(place, _)| *place)
            .filter(|place| columns[*place].worth < KEPT && *place != cursor)
            .min_by_key(|place| columns[*place].worth);
        let wide = kept
            .iter_mut()
            .filter(|(place, width)| *width > least(*place))
            .max_by_key(|(_, width)| *width);
        match (cheapest, wide) {
            (Some(place), wide) if columns[place].worth <= 2 || wide.is_none() => {
                kept.retain(|(one, _)| *one != place);
            }
            (_, Some((_, width))) => *width -= 1,
            (_, None) => break,
        }
    }
    // Names are worth the room nobody else takes.
    let used = kept.iter().map(|(_, width)| width + 1).sum::<u16>();
    if let (true, Some((_, width))) = (usual, kept.first_mut()) {
        *width += (room + 1)
            .saturating_sub(used)
            .min(32u16.saturating_sub(*width));
    }
    kept
}

pub(super) fn cell(row: Row, column: &Column, scene: &Scene<'_>) -> (String, Style) {
    let (plain, quiet) = (
        scene.theme.style(Role::Text),
        scene.theme.style(Role::Quiet),
    );
    let value = scene.workbench.listing.value(row, &column.key);
    let letter = column.key == FieldKey::certificate() || column.key == FieldKey::thumbnail();
    match &*value {
        Value::Certificate(certificate) if letter => {
            (certificate.status.letter().to_string(), plain)
        }
        Value::Asset { .. } if letter => ("y".into(), plain),
        Value::Unknown => ("..".into(), quiet),
        Value::Absent if letter => ("-".into(), quiet),
        Value::Absent => ("(empty)".into(), quiet),
        Value::Text(text) if column.date => (day(text, scene), plain),
        Value::Text(_) | Value::List(_) | Value::Certificate(_) | Value::Asset { .. } => {
            (value.display().into_owned(), plain)
        }
    }
}

/// A date in a narrow column: month and day in this year (`11-02`), year and month in others.
fn day(text: &str, scene: &Scene<'_>) -> String {
    let year = crate::ui::app::year(scene.now_ms, scene.identity.utc_offset_s);
    let same = text.strip_prefix(&format!("{year}-"));
    match same {
        Some(rest) => rest.chars().take(5).collect(),
        None => text.chars().take(7).collect(),
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
    if scene.workbench.is_opening() {
        return front::opening(scene);
    }
    let listing = &scene.workbench.listing;
    let shown = match scene.view.progress() {
        Progress::Behind if scene.view.is_filtering() => "..".to_owned(),
        Progress::SoFar if scene.view.is_filtering() => {
            format!("{} so far", text::number(scene.view.rows().len() as u64))
        }
        Progress::Behind | Progress::SoFar | Progress::Complete => {
            text::number(scene.view.rows().len() as u64)
        }
    };
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
    let open = open_words(scene, wide);
    if !open.is_empty() {
        counts = format!("{shown}  {open}");
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
    let sorted = if scene.view.is_sorting() {
        "sorting"
    } else {
        "sort"
    };
    if wide {
        format!(
            "Showing {counts}{old}   {sorted}: {} {direction}",
            sort.field
        )
    } else if scene.view.is_sorting() {
        format!("{counts}{old}  sorting: {} {direction}", sort.field)
    } else {
        format!("{counts}{old}  {} {direction}", sort.field)
    }
}

/// `known for 412 of 12,480, about 2 min left (Esc stops)`: how far a filter is that asks for what
/// was not read; empty if all of it is known.
fn open_words(scene: &Scene<'_>, wide: bool) -> String {
    let open = scene.view.open_rows().len();
    if open == 0 || scene.view.is_filtering() {
        return String::new();
    }
    let known = crate::ui::app::known_words(scene.workbench.listing.len(), open);
    let Some(reading) = scene.connection.reading.as_ref().filter(|_| wide) else {
        return known;
    };
    let left = match reading.seconds_left(open, scene.now_ms) {
        None => "reading".to_owned(),
        Some(seconds) if seconds < 90 => format!("about {seconds} s left"),
        Some(seconds) => format!("about {} min left", text::number(seconds.div_ceil(60))),
    };
    format!("{known}, {left} (Esc stops)")
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
