//! Draws a run that has ended: headline, facets, changes, and one of them in full.

use ratatui::{Frame, layout::Rect};

use super::{
    Focus, Results,
    facets::{Facet, reason},
    progress::word,
};
use crate::{
    domain::{Outcome, Run, run::RunState},
    ui::{
        action::{Action, Go, Work},
        component::Scene,
        layout::{Chrome, line},
        theme::Role,
        widgets::{Table, TableRow, boxed, diff, text},
    },
};

/// From this width on the facets stand beside the changes.
const WIDE: u16 = 100;
/// Below this height only the pane with the keys is shown.
const LOW: u16 = 13;
/// How wide the facets are.
const FACETS: u16 = 34;

/// Where the panes are; one without room has no height.
#[derive(Clone, Copy, Debug)]
pub(super) struct Panes {
    head: Rect,
    facets: Rect,
    items: Rect,
    detail: Rect,
    inside: [Rect; 3],
}

impl Panes {
    /// A function of the size, and of the pane that has the keys where there is no room for all.
    pub(super) fn of(scene: &Scene<'_>, focus: Focus) -> Self {
        let body = Chrome::of(scene.size).map_or(Rect::ZERO, |chrome| chrome.body);
        let head = Rect {
            height: body.height.min(2),
            ..body
        };
        let rest = Rect {
            y: body.y + head.height,
            height: body.height - head.height,
            ..body
        };
        let none = Rect { height: 0, ..rest };
        let wide = rest.width >= WIDE;
        let beside = if wide { FACETS } else { 0 };
        let main = Rect {
            x: rest.x + beside,
            width: rest.width - beside,
            ..rest
        };
        let (items, detail) = if main.height < LOW {
            if focus == Focus::Detail {
                (none, main)
            } else {
                (main, none)
            }
        } else {
            let top = main.height * 9 / 20;
            let below = Rect {
                y: main.y + top,
                height: main.height - top,
                ..main
            };
            (
                Rect {
                    height: top,
                    ..main
                },
                below,
            )
        };
        let (facets, items) = match (wide, focus) {
            (true, _) => (
                Rect {
                    width: FACETS,
                    ..rest
                },
                items,
            ),
            (false, Focus::Facets) => (items, none),
            (false, Focus::Items | Focus::Detail) => (none, items),
        };
        let inside = [facets, items, detail].map(|area| boxed::inside(area, scene.theme));
        Self {
            head,
            facets,
            items,
            detail,
            inside,
        }
    }

    pub(super) fn facet_rows(&self) -> usize {
        usize::from(self.inside[0].height)
    }

    pub(super) fn item_rows(&self) -> usize {
        usize::from(self.inside[1].height.saturating_sub(1))
    }

    pub(super) fn detail_rows(&self) -> usize {
        usize::from(self.inside[2].height)
    }

    pub(super) fn detail_width(&self) -> u16 {
        self.inside[2].width.saturating_sub(2)
    }
}

/// The role of an outcome.
pub(super) fn role(outcome: Outcome) -> Role {
    match outcome {
        Outcome::Applied => Role::Applied,
        Outcome::Warned => Role::Warning,
        Outcome::Refused => Role::Error,
        Outcome::Conflict => Role::Conflict,
        Outcome::Skipped => Role::Quiet,
        Outcome::Unknown => Role::Unknown,
    }
}

pub(super) fn draw_empty(frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
    let submit = scene
        .keymap
        .keys(Action::Work(Work::Submit))
        .unwrap_or_default();
    let staged = scene
        .keymap
        .keys(Action::Go(Go::Staged))
        .unwrap_or_default();
    let lines = [
        format!("No runs yet. A run starts from Submit ({submit})."),
        format!("What is staged is in Staged ({staged})."),
    ];
    for (number, words) in (1..).zip(&lines) {
        let place = line(area, number);
        let place = Rect {
            x: place.x + 2,
            width: place.width.saturating_sub(2),
            ..place
        };
        text::put(
            frame.buffer_mut(),
            place,
            words,
            scene.theme.style(Role::Text),
        );
    }
    frame.set_cursor_position((area.x, area.y));
}

/// `PARTLY DONE  109 ok, 2 warnings, 1 error, 1 unknown of 113 changes (39 assets)`.
fn headline(run: &Run, assets: usize) -> String {
    let tally = run.tally();
    let many = |count: u32, one: &str| {
        let ending = if count == 1 { "" } else { "s" };
        format!("{} {one}{ending}", text::number(count.into()))
    };
    let parts = [
        (
            tally.applied,
            format!("{} ok", text::number(tally.applied.into())),
        ),
        (tally.warned, many(tally.warned, "warning")),
        (tally.refused, many(tally.refused, "error")),
        (
            tally.unknown,
            format!("{} unknown", text::number(tally.unknown.into())),
        ),
        (tally.conflict, many(tally.conflict, "conflict")),
        (
            tally.skipped,
            format!("{} skipped", text::number(tally.skipped.into())),
        ),
    ];
    let parts = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(_, words)| words);
    let parts: Vec<String> = parts.collect();
    let counts = if parts.is_empty() {
        "0 settled".to_owned()
    } else {
        parts.join(", ")
    };
    let stopped = if run.state == RunState::Stopped {
        " (stopped)"
    } else {
        ""
    };
    format!(
        "{}: {}{stopped}  {counts} of {} ({})",
        run.id,
        run.headline(),
        text::counted(run.items.len() as u64, "change"),
        text::counted(assets as u64, "asset")
    )
}

/// Whether the server's counts agree with ours, in words, and whether that is good news.
fn reconciled(run: &Run) -> (String, bool) {
    let read = run
        .settled
        .iter()
        .flatten()
        .filter(|settled| settled.server.is_some())
        .count();
    let read = format!(
        "read back {} of {}",
        text::number(read as u64),
        text::number(run.items.len() as u64)
    );
    match run.reconciliation() {
        None => (
            format!("{read}; this server sends no counts to compare with"),
            true,
        ),
        Some(Ok(words)) => (format!("{words}; {read}"), true),
        Some(Err(words)) => (format!("{words}; {read}"), false),
    }
}

impl Results {
    pub(super) fn draw_outcomes(
        &self,
        frame: &mut Frame<'_>,
        _area: Rect,
        run: &Run,
        scene: &Scene<'_>,
    ) {
        let panes = Panes::of(scene, self.focus);
        let theme = scene.theme;
        let head = format!(" {}", headline(run, self.assets));
        text::put(
            frame.buffer_mut(),
            line(panes.head, 0),
            &head,
            theme.style(Role::Title),
        );
        let (words, good) = reconciled(run);
        let role = if good { Role::Quiet } else { Role::Warning };
        let sign = if good { " " } else { "!" };
        text::put(
            frame.buffer_mut(),
            line(panes.head, 1),
            &format!("{sign}{words}"),
            theme.style(role),
        );
        if panes.facets.height > 0 {
            self.draw_facets(frame, &panes, scene);
        }
        if panes.items.height > 0 {
            self.draw_items(frame, &panes, run, scene);
        }
        if panes.detail.height > 0 {
            self.draw_detail(frame, &panes, run, scene);
        }
        let (inside, at) = match self.focus {
            Focus::Facets => (
                panes.inside[0],
                self.facet.at - self.facet.top.min(self.facet.at),
            ),
            Focus::Items => (
                panes.inside[1],
                self.item.at - self.item.top.min(self.item.at) + 1,
            ),
            Focus::Detail => (panes.inside[2], 0),
        };
        let at = u16::try_from(at)
            .unwrap_or(0)
            .min(inside.height.saturating_sub(1));
        frame.set_cursor_position((inside.x, inside.y + at));
    }

    fn draw_facets(&self, frame: &mut Frame<'_>, panes: &Panes, scene: &Scene<'_>) {
        let inside = boxed(frame, panes.facets, "Outcome  (Space filters)", scene.theme);
        let shown = self.facet.shown(self.facets.len(), panes.facet_rows());
        for (number, at) in (0..).zip(shown) {
            let facet = &self.facets[at];
            let cursor = self.focus == Focus::Facets && at == self.facet.at;
            let tick = if self.filter.is_ticked(facet) {
                "[x]"
            } else {
                "[ ]"
            };
            let (words, count, look) = match facet {
                Facet::Title(title) => ((*title).to_owned(), None, Role::Title),
                Facet::Outcome(outcome, count) => {
                    let words = format!("  {tick} {} {}", outcome.letter(), word(*outcome));
                    (words, Some(*count), role(*outcome))
                }
                Facet::Open(count) => ("      no outcome yet".to_owned(), Some(*count), Role::Text),
                Facet::Total(count) => (
                    "      total, Space shows all".to_owned(),
                    Some(*count),
                    Role::Text,
                ),
                Facet::Reason(reason, count) => {
                    (format!("  {tick} {reason}"), Some(*count), Role::Text)
                }
                Facet::Field(field, count) => {
                    (format!("  {tick} {field}"), Some(*count), Role::Text)
                }
            };
            let style = scene.theme.style(if cursor { Role::Cursor } else { look });
            let place = line(inside, number);
            text::fill(frame.buffer_mut(), place, style);
            let count = count.map_or_else(String::new, |count| {
                format!(" {} ", text::number(count.into()))
            });
            let used = text::put_right(frame.buffer_mut(), place, &count, style);
            let left = Rect {
                width: place.width.saturating_sub(used),
                ..place
            };
            let sign = if cursor { ">" } else { " " };
            let words = words.strip_prefix(' ').unwrap_or(&words);
            text::put(frame.buffer_mut(), left, &format!("{sign}{words}"), style);
        }
    }

    fn draw_items(&self, frame: &mut Frame<'_>, panes: &Panes, run: &Run, scene: &Scene<'_>) {
        let title = format!(
            "Items  {} of {} shown, worst first",
            text::number(self.items.len() as u64),
            text::number(run.items.len() as u64)
        );
        let inside = boxed(frame, panes.items, &title, scene.theme);
        if self.items.is_empty() {
            let words = " No change of this run passes the filter; Tab shows it.";
            text::put(
                frame.buffer_mut(),
                line(inside, 0),
                words,
                scene.theme.style(Role::Quiet),
            );
            return;
        }
        let roomy = inside.width >= 90;
        let mut columns = vec![("Asset".to_owned(), 20), ("Field".to_owned(), 14)];
        if roomy {
            columns.push(("Wanted".to_owned(), 18));
            columns.push(("Server has".to_owned(), 18));
        }
        let used: u16 = columns.iter().map(|(_, wide)| wide + 1).sum();
        columns.push(("Outcome".to_owned(), inside.width.saturating_sub(used + 5)));
        let table = Table {
            gutter_title: String::new(),
            gutter: 5,
            columns,
        };
        let row = |at: usize| self.row_of(run, at, roomy, scene);
        let shown = self.item.shown(self.items.len(), panes.item_rows());
        table.draw(frame.buffer_mut(), inside, scene.theme, (shown, &row));
    }

    fn row_of(&self, run: &Run, at: usize, roomy: bool, scene: &Scene<'_>) -> TableRow {
        let place = self.items[at];
        let item = &run.items[place as usize];
        let Some(settled) = &run.settled[place as usize] else {
            return TableRow::default();
        };
        let theme = scene.theme;
        let (plain, told) = (theme.style(Role::Text), theme.style(role(settled.outcome)));
        let cursor = at == self.item.at;
        let mark = if self.marks.contains(place) { "*" } else { " " };
        let mut cells = vec![(item.name.clone(), plain), (item.field.to_string(), plain)];
        if roomy {
            let now = settled
                .server
                .as_ref()
                .map_or("(not read)".to_owned(), diff::shown);
            cells.extend([(diff::shown(&item.wanted), plain), (now, plain)]);
        }
        let said = match reason(settled) {
            "" => word(settled.outcome),
            reason => reason,
        };
        cells.push((said.to_owned(), told));
        TableRow {
            gutter: vec![
                ((if cursor { ">" } else { " " }).to_owned(), plain),
                (mark.to_owned(), theme.style(Role::Mark)),
                (format!("{} ", settled.outcome.letter()), told),
            ],
            cells,
            cursor,
        }
    }

    fn draw_detail(&self, frame: &mut Frame<'_>, panes: &Panes, run: &Run, scene: &Scene<'_>) {
        let item = self.place().and_then(|place| run.items.get(place as usize));
        let title = item.map_or_else(String::new, |item| {
            format!("Detail  {} / {}", text::cut(&item.name, 40), item.field)
        });
        let inside = boxed(frame, panes.detail, &title, scene.theme);
        let lines = self.detail_lines(panes.detail_width(), scene);
        let from = self
            .scroll
            .min(lines.len().saturating_sub(panes.detail_rows()));
        for (number, (words, style)) in (0..inside.height).zip(lines.iter().skip(from)) {
            let place = line(inside, number);
            let place = Rect {
                x: place.x + 1,
                width: place.width.saturating_sub(2),
                ..place
            };
            text::put(frame.buffer_mut(), place, words, *style);
        }
    }
}
