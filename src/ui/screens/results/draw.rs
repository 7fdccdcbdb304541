//! Draws a run that has ended: headline, facets, changes, and one of them in full.

use ratatui::{Frame, layout::Rect};

use super::{
    Focus, Results, again,
    facets::{Facet, reason},
    headline::Headline,
    panes::Panes,
    progress::word,
};
use crate::{
    domain::{Outcome, Run},
    ui::{
        action::{Action, Go, Work},
        component::Scene,
        layout::line,
        theme::Role,
        widgets::{Table, TableRow, boxed, diff, text},
    },
};

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

impl Results {
    pub(super) fn draw_outcomes(
        &self,
        frame: &mut Frame<'_>,
        _area: Rect,
        run: &Run,
        scene: &Scene<'_>,
    ) {
        let panes = self.panes(scene);
        self.draw_head(frame, panes.head, scene);
        if panes.facets.height > 0 {
            self.draw_facets(frame, &panes, scene);
        }
        if panes.server.height > 0 {
            self.draw_server(frame, &panes, scene);
        }
        if panes.items.height > 0 {
            self.draw_items(frame, &panes, run, scene);
        }
        if panes.steps.height > 0 {
            self.draw_steps(frame, &panes, scene);
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

    fn draw_head(&self, frame: &mut Frame<'_>, head: Rect, scene: &Scene<'_>) {
        let Headline {
            long,
            short,
            read,
            reconciled,
            is_good,
            ..
        } = &self.headline;
        let first = line(head, 0);
        let quiet = scene.theme.style(Role::Quiet);
        let room = usize::from(head.width).saturating_sub(text::width(read) + 3);
        let fits = text::width(long) < usize::from(head.width);
        let told = if fits { long } else { short };
        let used = if text::width(told) <= room {
            text::put_right(frame.buffer_mut(), first, &format!("  {read} "), quiet)
        } else {
            0
        };
        let left = Rect {
            width: first.width.saturating_sub(used),
            ..first
        };
        let headline = format!(" {told}");
        let title = scene.theme.style(Role::Title);
        text::put(frame.buffer_mut(), left, &headline, title);
        let role = if *is_good { Role::Quiet } else { Role::Warning };
        let sign = if *is_good { " " } else { "!" };
        let words = text::wrapped(reconciled, head.width.saturating_sub(1));
        for (number, words) in (1..head.height).zip(words) {
            let words = format!("{sign}{words}");
            let place = line(head, number);
            text::put(frame.buffer_mut(), place, &words, scene.theme.style(role));
        }
    }

    fn draw_server(&self, frame: &mut Frame<'_>, panes: &Panes, scene: &Scene<'_>) {
        let inside = boxed(frame, panes.server, "Server said", scene.theme);
        let role = if self.headline.is_good {
            Role::Text
        } else {
            Role::Warning
        };
        let lines = (0..inside.height).zip(&self.headline.server);
        for (number, words) in lines {
            let style = scene.theme.style(role);
            text::put(
                frame.buffer_mut(),
                line(inside, number),
                &format!(" {words}"),
                style,
            );
        }
    }

    /// The next steps of the changes listed, below them.
    fn draw_steps(&self, frame: &mut Frame<'_>, panes: &Panes, scene: &Scene<'_>) {
        let title = scene.theme.style(Role::Title);
        text::put(
            frame.buffer_mut(),
            line(panes.steps, 0),
            " Next step",
            title,
        );
        let lines = (1..panes.steps.height).zip(&self.steps);
        for (number, (outcome, step, count)) in lines {
            let place = line(panes.steps, number);
            let keys = format!(" {} ", again::keys(*step, *outcome));
            let speaking = scene.theme.style(Role::Speaking);
            let used = text::put_right(frame.buffer_mut(), place, &keys, speaking);
            let left = Rect {
                width: place.width.saturating_sub(used),
                ..place
            };
            let count = text::number(*count);
            let pieces = [
                (
                    format!(" {} {count:>4}  ", outcome.letter()),
                    scene.theme.style(role(*outcome)),
                ),
                (step.words().to_owned(), scene.theme.style(Role::Text)),
            ];
            text::put_all(frame.buffer_mut(), left, &pieces);
        }
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
                Facet::Accepted(count) => {
                    (format!("  {tick}   accepted"), Some(*count), Role::Applied)
                }
                Facet::Open(count) => ("      no outcome yet".to_owned(), Some(*count), Role::Text),
                Facet::Total(count) => (
                    "      total (Space: all)".to_owned(),
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
        boxed(frame, panes.items, &title, scene.theme);
        let inside = panes.inside[1];
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
        let roomy = inside.width >= 80;
        let value = if inside.width >= 100 { 20 } else { 15 };
        let mut columns = vec![("Asset".to_owned(), 17), ("Field".to_owned(), 12)];
        if roomy {
            columns.push(("Wanted".to_owned(), value));
            columns.push(("Server has".to_owned(), value));
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
        let letter = format!("{} ", settled.outcome.letter());
        // A blank has no colour of its own.
        let blank = |words: &str, style| {
            if words.trim().is_empty() {
                plain
            } else {
                style
            }
        };
        let mut cells = vec![(item.name.clone(), plain), (item.field.to_string(), plain)];
        if roomy {
            let now = settled
                .server
                .as_ref()
                .map_or("(not read)".to_owned(), diff::shown);
            cells.extend([(diff::shown(&item.wanted), plain), (now, plain)]);
        }
        let said = match reason(settled) {
            _ if self.is_accepted(place, run, scene) => "accepted",
            "" => word(settled.outcome),
            reason => reason,
        };
        cells.push((said.to_owned(), told));
        TableRow {
            gutter: vec![
                ((if cursor { ">" } else { " " }).to_owned(), plain),
                (mark.to_owned(), blank(mark, theme.style(Role::Mark))),
                (letter.clone(), blank(&letter, told)),
            ],
            cells,
            cursor,
        }
    }

    fn is_accepted(&self, place: u32, run: &Run, scene: &Scene<'_>) -> bool {
        self.standing.accepted > 0 && scene.workbench.is_accepted(&run.id, place)
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
        let lines = lines.iter().skip(from);
        let lines = lines.map(|(words, style)| (words, *style));
        text::put_lines(frame.buffer_mut(), inside, lines);
    }
}
