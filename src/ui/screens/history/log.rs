//! Draws the log: rows of entries, titles of sections, the filter line.

use ratatui::Frame;

use super::{
    History,
    entries::{Row, when},
    panes::{Panes, is_wide},
};
use crate::{
    domain::history::{Entry, Section, Subject},
    ui::{
        action::{Action, Move},
        component::Scene,
        layout::line,
        theme::Role,
        widgets::{Table, TableRow, boxed, text},
    },
};

impl History {
    pub(super) fn draw_log(&self, frame: &mut Frame<'_>, panes: &Panes, scene: &Scene<'_>) {
        let keys = |movement| {
            scene
                .keymap
                .keys(Action::Move(movement))
                .unwrap_or_default()
        };
        let title = format!(
            "Log {}  ({} {}: everything / draft steps / runs)",
            self.grouping.word(),
            keys(Move::PreviousTab),
            keys(Move::NextTab)
        );
        let inside = boxed(frame, panes.log, &title, scene.theme);
        let theme = scene.theme;
        if let Some(place) = panes.filter() {
            self.filtering.draw(frame, place, scene);
        }
        if self.rows.is_empty() {
            let words = if self.filtering.filter().is_empty() {
                " Nothing here yet: each step of the draft and each run is kept."
            } else {
                " Nothing passes the filter; Esc in it brings the last one back."
            };
            let style = theme.style(Role::Quiet);
            text::put(frame.buffer_mut(), line(inside, 0), words, style);
            return;
        }
        let what = inside.width.saturating_sub(2 + 8 + 9 + 8 + 12);
        let columns = [
            ("when", 7),
            ("who", 8),
            ("what", what),
            ("     n", 7),
            ("state", 11),
        ];
        let table = Table {
            gutter_title: String::new(),
            gutter: 2,
            columns: columns
                .map(|(title, width)| (title.to_owned(), width))
                .into(),
        };
        let row = |place: usize| self.table_row(place, scene);
        let shown = self.cursor.shown(self.rows.len(), panes.rows());
        table.draw(frame.buffer_mut(), inside, theme, (shown.clone(), &row));
        // Titles run over all columns.
        for (number, place) in (1u16..inside.height).zip(shown) {
            if let Row::Title(section) = &self.rows[place] {
                let place = line(inside, number);
                let style = theme.style(Role::Title);
                text::put(
                    frame.buffer_mut(),
                    place,
                    &format!("  {}", section.title()),
                    style,
                );
            }
        }
    }

    fn table_row(&self, place: usize, scene: &Scene<'_>) -> TableRow {
        let theme = scene.theme;
        let plain = theme.style(Role::Text);
        let cursor = place == self.cursor.at;
        let entry = match &self.rows[place] {
            Row::Entry(entry) => entry,
            Row::Title(_) => {
                return TableRow {
                    gutter: Vec::new(),
                    cells: Vec::new(),
                    cursor: false,
                };
            }
        };
        let count = if entry.count == 0 {
            String::new()
        } else {
            text::number(entry.count)
        };
        let quiet = if entry.section == Section::Undone {
            Role::Quiet
        } else {
            Role::Text
        };
        let kept = match (
            &entry.subject,
            self.kept.as_ref().and_then(|point| point.run()),
        ) {
            (Subject::Run(id), Some(kept)) if id == kept => "=",
            _ if cursor => ">",
            _ => " ",
        };
        // Where no title says it, the line does.
        let outside = entry.section == Section::Outside && !is_wide(scene);
        let what = if outside {
            format!("(outside) {}", entry.what)
        } else {
            entry.what.clone()
        };
        TableRow {
            gutter: vec![(format!("{kept} "), plain)],
            cells: vec![
                (when(entry.at_ms, scene), plain),
                (name(&entry.who).to_owned(), plain),
                (what, theme.style(quiet)),
                (format!("{count:>6}"), plain),
                (entry.state.to_owned(), theme.style(role(entry))),
            ],
            cursor,
        }
    }
}

fn role(entry: &Entry) -> Role {
    match entry.state {
        "undone" | "taken out" | "reverted" => Role::Quiet,
        "staged" => Role::Staged,
        "partly" | "nothing" => Role::Warning,
        "seen" => Role::Conflict,
        _ => Role::Text,
    }
}

/// The name alone, without role and author: the column is narrow, and the detail has all of it.
fn name(who: &str) -> &str {
    who.split(", ").next().unwrap_or(who)
}
