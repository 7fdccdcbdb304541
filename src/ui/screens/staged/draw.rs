//! Draws the draft: what it amounts to, its groups, and the diff of one of them.

use ratatui::{Frame, layout::Rect, style::Style};

use super::{Focus, Staged};
use crate::ui::{
    action::{Action, Edit, Mark},
    component::Scene,
    layout::{Chrome, line},
    theme::Role,
    widgets::{Table, TableRow, boxed, text},
};

/// From this width on the panes stand side by side.
const WIDE: u16 = 100;
/// Below this height only the pane with the keys is shown.
const LOW: u16 = 14;

/// The most lines of the sentence about the whole draft.
const SENTENCE: usize = 2;

/// Where the panes are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Panes {
    summary: Rect,
    /// Boxes; one of them has no height where there is room for one only.
    groups: Rect,
    diff: Rect,
    /// The places inside the boxes.
    group_inside: Rect,
    diff_inside: Rect,
}

impl Panes {
    /// A function of the size, of the sentence above the panes, of the note above the diff, and of
    /// the pane that has the keys where there is room for one only.
    pub(super) fn of(scene: &Scene<'_>, in_diff: bool, (sentence, above): (&str, &str)) -> Self {
        let body = Chrome::of(scene.size).map_or(Rect::ZERO, |chrome| chrome.body);
        let lines = text::wrapped(sentence, body.width.saturating_sub(1))
            .len()
            .min(SENTENCE);
        let lines = u16::try_from(lines).unwrap_or(1);
        let summary = Rect {
            height: body.height.min(lines),
            ..body
        };
        let rest = Rect {
            y: body.y + summary.height,
            height: body.height - summary.height,
            ..body
        };
        let none = Rect { height: 0, ..rest };
        let (groups, diff) = if rest.width >= WIDE {
            let left = rest.width * 9 / 20;
            let right = Rect {
                x: rest.x + left,
                width: rest.width - left,
                ..rest
            };
            (
                Rect {
                    width: left,
                    ..rest
                },
                right,
            )
        } else if rest.height < LOW {
            if in_diff { (none, rest) } else { (rest, none) }
        } else {
            let top = rest.height * 2 / 5;
            let below = Rect {
                y: rest.y + top,
                height: rest.height - top,
                ..rest
            };
            (
                Rect {
                    height: top,
                    ..rest
                },
                below,
            )
        };
        let mut diff_inside = boxed::inside(diff, scene.theme);
        if !above.is_empty() {
            let lines = text::wrapped(above, diff_inside.width).len();
            let lines = u16::try_from(lines)
                .unwrap_or(1)
                .min(diff_inside.height / 2);
            diff_inside.y += lines;
            diff_inside.height -= lines;
        }
        Self {
            summary,
            groups,
            diff,
            group_inside: boxed::inside(groups, scene.theme),
            diff_inside,
        }
    }

    pub(super) fn group_rows(&self) -> usize {
        usize::from(self.group_inside.height.saturating_sub(1))
    }

    pub(super) fn diff_rows(&self) -> usize {
        usize::from(self.diff_inside.height)
    }

    pub(super) fn diff_width(&self) -> u16 {
        self.diff_inside.width.saturating_sub(2)
    }
}

impl Staged {
    pub(super) fn draw_all(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        if scene.workbench.draft().is_empty() {
            self.draw_empty(frame, area, scene);
            return;
        }
        let panes = self.panes(scene);
        let style = scene.theme.style(Role::Text);
        let width = panes.summary.width.saturating_sub(1);
        for (number, words) in (0..).zip(text::wrapped(&self.sentence, width)) {
            let place = line(panes.summary, number);
            text::put(frame.buffer_mut(), place, &format!(" {words}"), style);
        }
        if panes.groups.height > 0 {
            self.draw_groups(frame, &panes, scene);
        }
        if panes.diff.height > 0 {
            self.draw_diff(frame, &panes, scene);
        }
        self.place_cursor(frame, &panes);
    }

    fn draw_empty(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let keys = |action| scene.keymap.keys(action).unwrap_or_default();
        let (mark, edit) = (
            keys(Action::Mark(Mark::Toggle)),
            keys(Action::Edit(Edit::Open)),
        );
        let mut lines = Vec::new();
        if self.review {
            lines.push("Nothing to review: the draft is empty.".to_owned());
            lines.push("Staged changes show here as the one who approves sees them.".to_owned());
        } else {
            lines.push(format!(
                "Nothing staged. Mark assets ({mark}), then {edit}."
            ));
            if scene.workbench.undo_depth().1 > 0 {
                lines.push("U brings the last step back.".to_owned());
            }
        }
        let style = scene.theme.style(Role::Text);
        for (number, words) in (1..).zip(&lines) {
            let place = line(area, number);
            let place = Rect {
                x: place.x + 2,
                width: place.width.saturating_sub(2),
                ..place
            };
            text::put(frame.buffer_mut(), place, words, style);
        }
        frame.set_cursor_position((area.x, area.y));
    }

    /// `118 changes on 40 assets   +30 ~45 tags 33 -0 T 5 cert 0   =24 left out   ?1 E2`.
    pub(super) fn sentence(&self, scene: &Scene<'_>) -> String {
        let draft = scene.workbench.draft();
        let fields = draft.fields().count() as u64;
        let (drifted, refused) = self.problems.counts();
        let mut words = vec![format!(
            "{} on {}, {}",
            text::counted(draft.changes(), "change"),
            text::counted(draft.changed_rows().len(), "asset"),
            text::counted(fields, "field")
        )];
        let one = &self.summary;
        let kinds = [
            ("+ fill", one.fill),
            ("~ replace", one.replace),
            ("tags", one.tags),
            ("- clear", one.clear),
            ("T", one.thumbnails),
            ("certificate", one.certificates),
        ];
        let kinds: Vec<String> = kinds
            .iter()
            .filter(|(word, count)| *count > 0 || *word == "- clear")
            .map(|(word, count)| format!("{word} {}", text::number(u64::from(*count))))
            .collect();
        let problems = [("? drifted", drifted), ("E refused", refused)];
        let problems = problems.iter().filter(|(_, count)| *count > 0);
        words.extend(problems.map(|(word, count)| format!("{word} {}", text::number(*count))));
        if scene.workbench.is_opening() && draft.changes() > 0 {
            // Nobody can tell before the listing is there.
            words.push("? drifted ..   E refused ..".to_owned());
        }
        words.push(kinds.join("  "));
        if draft.equal() > 0 {
            words.push(format!("= equal {}", text::number(draft.equal())));
        }
        if self.review {
            words.insert(0, "Read-only".to_owned());
        }
        words.join("   ")
    }

    fn draw_groups(&self, frame: &mut Frame<'_>, panes: &Panes, scene: &Scene<'_>) {
        let title = format!(
            "Groups {}  ([ ] edit / asset / field)",
            self.grouping.word()
        );
        let inside = boxed(frame, panes.groups, &title, scene.theme);
        let flags = if self.problems.rows().is_empty() {
            0
        } else {
            9
        };
        let name = inside.width.saturating_sub(2 + 7 + 7 + flags + 3);
        let table = Table {
            gutter_title: String::new(),
            gutter: 2,
            columns: vec![
                (self.grouping.word().to_owned(), name),
                (format!("{:>7}", "changes"), 7),
                (format!("{:>7}", "assets"), 7),
                (String::new(), flags),
            ],
        };
        let plain = scene.theme.style(Role::Text);
        let row = |place: usize| {
            let group = self.groups.get(place, scene).unwrap_or_default();
            let cursor = place == self.group.at;
            let number = |count: u64| format!("{:>7}", text::number(count));
            TableRow {
                gutter: vec![((if cursor { "> " } else { "  " }).to_owned(), plain)],
                cells: vec![
                    (group.title.clone(), plain),
                    (number(group.changes(scene)), plain),
                    (number(group.assets(scene)), plain),
                    (
                        group.flags(&self.problems),
                        scene.theme.style(Role::Conflict),
                    ),
                ],
                cursor,
            }
        };
        let shown = self.group.shown(self.groups.len(), panes.group_rows());
        table.draw(frame.buffer_mut(), inside, scene.theme, (shown, &row));
    }

    fn draw_diff(&self, frame: &mut Frame<'_>, panes: &Panes, scene: &Scene<'_>) {
        let name = self
            .chosen
            .as_ref()
            .map_or("", |group| group.title.as_str());
        let hidden = match self.diff.hidden {
            0 => String::new(),
            count => format!("  ({} equal hidden: d)", text::number(count)),
        };
        let title = text::cut(&format!("Diff {name}"), panes.diff.width.saturating_sub(28));
        let inside = boxed(frame, panes.diff, &format!("{title}{hidden}"), scene.theme);
        let theme = scene.theme;
        for (number, words) in (0..).zip(text::wrapped(&self.note(), inside.width)) {
            let place = line(inside, number);
            if place.y < panes.diff_inside.y {
                text::put(
                    frame.buffer_mut(),
                    place,
                    &words,
                    theme.style(Role::Warning),
                );
            }
        }
        if self.diff.len() == 0 {
            let is_empty = self
                .chosen
                .as_ref()
                .is_none_or(|group| group.parts.is_empty());
            let words = if is_empty {
                ""
            } else {
                "Every change here is equal to what the server has; d shows them."
            };
            let style = theme.style(Role::Quiet);
            text::put(frame.buffer_mut(), line(panes.diff_inside, 0), words, style);
        }
        let shown = self.line.shown(self.diff.len(), panes.diff_rows());
        for (number, at) in (0..).zip(shown) {
            let Some(place) = self.diff.place(at, &self.open) else {
                continue;
            };
            let (words, style) = self.diff.line(place, panes.diff_width(), scene);
            let area = line(panes.diff_inside, number);
            let cursor = self.focus == Focus::Diff && at == self.line.at;
            let base: Style = theme.style(if cursor { Role::Cursor } else { Role::Text });
            text::fill(frame.buffer_mut(), area, base);
            let style = if cursor { style.patch(base) } else { style };
            let sign = if cursor { "> " } else { "  " };
            text::put_all(
                frame.buffer_mut(),
                area,
                &[(sign, base), (words.as_str(), style)],
            );
        }
    }

    fn place_cursor(&self, frame: &mut Frame<'_>, panes: &Panes) {
        let (inside, line) = match self.focus {
            Focus::Groups => (
                panes.group_inside,
                self.group.at - self.group.top.min(self.group.at) + 1,
            ),
            Focus::Diff => (
                panes.diff_inside,
                self.line.at - self.line.top.min(self.line.at),
            ),
        };
        let line = u16::try_from(line)
            .unwrap_or(0)
            .min(inside.height.saturating_sub(1));
        frame.set_cursor_position((inside.x, inside.y + line));
    }
}
