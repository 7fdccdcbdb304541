//! The live preview: before → after for every marked asset, of which only those in sight are drawn.

use std::fmt::Write;

use ratatui::{Frame, layout::Rect, style::Style};

use crate::{
    domain::{
        Row, Value,
        workbench::{Judged, Verdict},
    },
    ui::{
        action::{Action, Answer},
        component::Scene,
        dialogs::edit::{
            EditDialog, Focus,
            worked::{FieldEffect, Shown},
        },
        layout::line,
        theme::Role,
        widgets::{boxed, diff, text},
    },
};

/// Columns before a changed value.
const SIGN: u16 = 2;

impl EditDialog {
    pub(super) fn draw_preview(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        if area.is_empty() {
            return;
        }
        let title = format!("Live preview   {}", self.worked.counts());
        let inside = boxed(frame, area, &title, scene.theme);
        let mut next = 0;
        if inside.height >= 4 {
            self.draw_views(frame, line(inside, 0), scene);
            next = 1;
        }
        let first = next;
        for (place, row) in self.list.iter().enumerate().skip(self.asset.at) {
            if next >= inside.height {
                break;
            }
            let rest = Rect {
                y: inside.y + next,
                height: inside.height - next,
                ..inside
            };
            next += self.draw_asset(frame, rest, (place, *row), scene);
        }
        if self.list.is_empty() {
            let quiet = scene.theme.style(Role::Quiet);
            text::put(
                frame.buffer_mut(),
                line(inside, first),
                " no asset here",
                quiet,
            );
        }
        if self.focus == Focus::Preview {
            let y = (inside.y + first).min(inside.bottom().saturating_sub(1));
            frame.set_cursor_position((inside.x, y));
        }
    }

    /// The views of the preview with their counts; the one that is shown stands in brackets.
    fn draw_views(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let all = self.content.rows.len();
        let views: Vec<(Shown, String, String)> = Shown::ALL
            .into_iter()
            .map(|shown| {
                let (answer, word) = named(shown);
                let count = text::number(self.worked.count(shown, all));
                let key = scene
                    .keymap
                    .keys(Action::Answer(answer))
                    .unwrap_or_default();
                (shown, key, format!("{word} {count}"))
            })
            .collect();
        let wide = views
            .iter()
            .map(|(_, key, words)| text::width(key) + text::width(words) + 3);
        let with_keys = wide.sum::<usize>() <= usize::from(area.width);
        let mut pieces: Vec<(String, Style)> = Vec::new();
        for (shown, key, words) in views {
            let words = if with_keys {
                format!("{key}:{words}")
            } else {
                words
            };
            let here = shown == self.shown;
            let role = if here { Role::Title } else { Role::Text };
            let words = if here {
                format!("[{words}]")
            } else {
                format!(" {words} ")
            };
            pieces.push((words, scene.theme.style(role)));
        }
        text::put_all(frame.buffer_mut(), area, &pieces);
    }

    /// What becomes of an asset, field by field: what is refused first, right behind it the field
    /// that is being written.
    fn effects(&self, row: Row, scene: &Scene<'_>) -> Vec<(&FieldEffect, Judged)> {
        let here = self.worked.fields.iter();
        let mut effects: Vec<_> = here
            .filter_map(|effect| Some((effect.as_ref(), effect.of_row(row, scene.workbench)?)))
            .collect();
        let written = self.line().filter(|_| self.focus != Focus::Preview);
        let written = written.map(|line| &line.field.key);
        effects.sort_by_key(|(effect, group)| {
            let refused = matches!(group.verdict, Verdict::Refused(_));
            (!refused, Some(&effect.field) != written)
        });
        effects
    }

    /// One asset. Returns how many lines it took.
    fn draw_asset(
        &self,
        frame: &mut Frame<'_>,
        area: Rect,
        (place, row): (usize, Row),
        scene: &Scene<'_>,
    ) -> u16 {
        let theme = scene.theme;
        let listing = &scene.workbench.listing;
        let current = place == self.asset.at;
        let role = match (current, self.focus) {
            (true, Focus::Preview) => Role::Cursor,
            (true, _) => Role::Title,
            (false, _) => Role::Text,
        };
        let head = line(area, 0);
        let left_out = self.content.left_out.contains(row);
        let locked = listing
            .locked(row)
            .filter(|_| self.worked.locked.contains(row));
        let sign = match (left_out, locked.is_some(), self.worked.wrong.contains(row)) {
            (true, ..) => "x",
            (_, true, _) => "L",
            (_, _, true) => "E",
            (false, false, false) => " ",
        };
        let mut words = format!("{sign} {}", listing.name(row));
        if left_out {
            words.push_str("   left out of this edit");
        } else if let Some(why) = locked {
            let _ = write!(words, "   not editable: {why}");
        }
        if !scene.view.set().contains(row) {
            words.push_str("   (hidden by the filter)");
        }
        let style = theme.style(role);
        let count = format!(
            "{}/{}",
            text::number(place as u64 + 1),
            text::number(self.list.len() as u64)
        );
        if current && self.focus == Focus::Preview {
            text::fill(frame.buffer_mut(), head, style);
        }
        let used = text::put_right(frame.buffer_mut(), head, &count, style);
        let left = Rect {
            width: head.width.saturating_sub(used + 1),
            ..head
        };
        text::put(frame.buffer_mut(), left, &words, style);
        if left_out || locked.is_some() {
            return 1;
        }
        let mut next = 1;
        for (effect, judged) in self.effects(row, scene) {
            let rest = Rect {
                y: area.y + next,
                height: area.height.saturating_sub(next),
                ..area
            };
            next += draw_effect(frame, rest, (row, effect, &judged), scene);
        }
        next
    }
}

fn named(shown: Shown) -> (Answer, &'static str) {
    match shown {
        Shown::All => (Answer::ShowAll, "all"),
        Shown::Changed => (Answer::ShowChanged, "change"),
        Shown::Refused => (Answer::ShowRefused, "refused"),
        Shown::Equal => (Answer::ShowEqual, "equal"),
    }
}

/// One field of an asset: sign, name, what goes and what comes, and why it is refused.
fn draw_effect(
    frame: &mut Frame<'_>,
    area: Rect,
    (row, effect, group): (Row, &FieldEffect, &Judged),
    scene: &Scene<'_>,
) -> u16 {
    let theme = scene.theme;
    let names = (area.width / 4).clamp(8, 14);
    let values = area.width.saturating_sub(SIGN + names);
    // What is taken away is what the library has; what is staged in its place stands beside it.
    let library = scene.workbench.listing.value(row, &effect.field);
    let is_staged = *library != group.before && *library != Value::Unknown;
    let now = if is_staged { &*library } else { &group.before };
    let (before, after) = windowed(now, &group.after, values.saturating_sub(2));
    let mut lines = diff::lines(&before, &after, None, theme);
    if is_staged && group.before == group.after {
        lines.push(("= staged so".to_owned(), theme.style(Role::Quiet)));
    } else if is_staged {
        let staged = format!("~ staged: {}", diff::shown(&group.before));
        let at = lines.len().min(1);
        lines.insert(at, (staged, theme.style(Role::Quiet)));
    }
    let mut sign = " ";
    if let Verdict::Refused(why) = &group.verdict {
        sign = "E";
        lines.insert(0, (format!("not staged: {why}"), theme.style(Role::Error)));
    }
    let quiet = theme.style(Role::Quiet);
    let head = line(area, 0);
    let name = format!("{sign} {}", effect.field);
    text::put(
        frame.buffer_mut(),
        Rect {
            width: (SIGN + names - 1).min(head.width),
            ..head
        },
        &name,
        quiet,
    );
    for (number, (words, style)) in (0..).zip(&lines) {
        let place = line(area, number);
        let x = (place.x + SIGN + names).min(place.right());
        let place = Rect {
            x,
            width: place.right().saturating_sub(x),
            ..place
        };
        text::put(frame.buffer_mut(), place, words, *style);
    }
    u16::try_from(lines.len()).unwrap_or(u16::MAX)
}

/// Long texts from where they begin to differ, so that the difference is in sight.
fn windowed(before: &Value, after: &Value, width: u16) -> (Value, Value) {
    let (Value::Text(old), Value::Text(new)) = (before, after) else {
        return (before.clone(), after.clone());
    };
    let width = usize::from(width);
    let alike = old
        .chars()
        .zip(new.chars())
        .take_while(|(one, two)| one == two)
        .count();
    let longest = old.chars().count().max(new.chars().count());
    if longest <= width || alike <= width / 2 {
        return (before.clone(), after.clone());
    }
    let from = |text: &str| {
        let shown: String = text.chars().skip(alike - width / 4).collect();
        Value::text(format!("..{shown}"))
    };
    (from(old), from(new))
}
