//! Draws the edit dialog: fields, form, preview, and the sentence about what would be staged.

use std::fmt::Write;

mod form;
mod preview;

use ratatui::{Frame, layout::Rect};

use super::{EditDialog, Focus, fields::FieldLine, panes::Panes};
use crate::ui::{
    component::Scene,
    dialogs::behind::told,
    theme::Role,
    widgets::{boxed, text},
};

impl EditDialog {
    pub(super) fn draw_all(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let theme = scene.theme;
        text::fill(frame.buffer_mut(), area, theme.style(Role::Text));
        let panes = Panes::of(area, self.focus, theme);
        self.draw_title(frame, panes.title, scene);
        if !panes.what.is_empty() {
            boxed(frame, panes.what, "What to change", theme);
            self.draw_fields(frame, &panes, scene);
            self.draw_form(frame, panes.form, scene);
        }
        self.draw_preview(frame, panes.preview, scene);
        self.draw_sentence(frame, panes.sentence, scene);
    }

    fn draw_title(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let mut title = format!(" Edit {}", text::counted(self.content.rows.len(), "asset"));
        if self.hidden > 0 {
            let _ = write!(
                title,
                " ({} hidden by the filter: listed last)",
                self.hidden
            );
        }
        let right = if area.width >= 100 {
            "nothing is sent until Submit "
        } else {
            "nothing is sent yet "
        };
        let buffer = frame.buffer_mut();
        let used = text::put_right(buffer, area, right, scene.theme.style(Role::Quiet));
        let left = Rect {
            width: area.width.saturating_sub(used + 1),
            ..area
        };
        text::put(buffer, left, &title, scene.theme.style(Role::Title));
    }

    fn draw_sentence(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let (edits, missing) = self.edits();
        let out = self.content.left_out.len();
        let (sentence, role) = if let Some((field, error)) = &self.problem {
            let words = format!("E {field}: {error}. The preview is the last good one.");
            (words, Role::Error)
        } else if edits.is_empty() && missing.is_none() {
            let words = "Tick the fields to change (Space); only ticked fields are staged.";
            (words.into(), Role::Text)
        } else {
            let will = self.worked.sentence(out, area.width);
            let rest = self.worked.rest.len();
            let judged = self.worked.basis.rows.len() - rest;
            let will = told((judged, rest), will);
            match missing {
                Some(missing) => (format!("{missing}.  {will}"), Role::Warning),
                None => (will, Role::Text),
            }
        };
        let area = Rect {
            x: area.x + 1,
            width: area.width.saturating_sub(1),
            ..area
        };
        text::put(frame.buffer_mut(), area, &sentence, scene.theme.style(role));
    }

    fn draw_fields(&self, frame: &mut Frame<'_>, panes: &Panes, scene: &Scene<'_>) {
        let names = self
            .content
            .lines
            .iter()
            .map(|line| text::width(line.field.key.as_str()));
        let columns = Columns::of(panes.list.width, names.max().unwrap_or(0));
        let title = scene.theme.style(Role::Title);
        let now = format!("Now ({})", text::number(self.content.rows.len()));
        let heads = ["Field", now.as_str(), "Operation", "Value"];
        for (head, place) in heads.iter().zip(columns.places(panes.header)) {
            text::put(frame.buffer_mut(), place, head, title);
        }
        let lines = &self.content.lines;
        if lines.is_empty() {
            let words = "The endpoint tells no field of these assets.";
            text::put(
                frame.buffer_mut(),
                panes.list,
                words,
                scene.theme.style(Role::Quiet),
            );
        }
        let cursor = self.content.cursor;
        let shown = cursor.shown(lines.len(), usize::from(panes.list.height));
        for (y, place) in (panes.list.y..panes.list.bottom()).zip(shown) {
            let area = Rect {
                y,
                height: 1,
                ..panes.list
            };
            let here = place == cursor.at;
            self.draw_field(frame, area, (&lines[place], here), (&columns, scene));
            if here && self.focus == Focus::Fields {
                frame.set_cursor_position((area.x + 1, area.y));
            }
        }
    }

    fn draw_field(
        &self,
        frame: &mut Frame<'_>,
        area: Rect,
        (line, here): (&FieldLine, bool),
        (columns, scene): (&Columns, &Scene<'_>),
    ) {
        let theme = scene.theme;
        let focused = here && self.focus == Focus::Fields;
        let style = theme.style(match (focused, line.locked.is_some()) {
            (true, _) => Role::Cursor,
            (false, true) => Role::Quiet,
            (false, false) => Role::Text,
        });
        text::fill(frame.buffer_mut(), area, style);
        let tick = if line.ticked { "[x]" } else { "[ ]" };
        let sign = if here { ">" } else { " " };
        let gutter = Rect { width: 5, ..area };
        text::put(frame.buffer_mut(), gutter, &format!("{tick}{sign}"), style);
        let brief = if line.ticked {
            line.form.brief()
        } else {
            String::new()
        };
        let name = match self
            .worked
            .fields
            .iter()
            .find(|one| one.field == line.field.key)
        {
            Some(effect) if line.ticked && effect.counts()[2] > 0 => {
                format!("{} !", line.field.key)
            }
            Some(_) | None => line.field.key.to_string(),
        };
        let now = match &line.staged {
            Some(staged) => format!("{} ~ {staged}", line.now),
            None => line.now.clone(),
        };
        let cells = [name.as_str(), &now, &line.operation(), &brief];
        for (cell, place) in cells.iter().zip(columns.places(area)) {
            text::put(frame.buffer_mut(), place, cell, style);
        }
    }
}

/// The columns of the list of fields: name, now, operation, value.
struct Columns([u16; 4]);

impl Columns {
    fn of(width: u16, longest: usize) -> Self {
        let room = width.saturating_sub(4 + 11 + 3);
        let name = u16::try_from(longest + 2).unwrap_or(u16::MAX);
        let name = name.clamp(8, (room * 2 / 5).max(8));
        let value = room.saturating_sub(name) * 45 / 100;
        Self([name, room.saturating_sub(name + value), 11, value])
    }

    fn places(&self, area: Rect) -> Vec<Rect> {
        let mut x = area.x + 4;
        let place = |&width: &u16| {
            let here = Rect {
                x: x.min(area.right()),
                width: width.min(area.right().saturating_sub(x)),
                height: area.height.min(1),
                ..area
            };
            x += width + 1;
            here
        };
        self.0.iter().map(place).collect()
    }
}
