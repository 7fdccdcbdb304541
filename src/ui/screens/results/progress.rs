//! A run while it goes on: how far, how fast, which calls, and the problems so far.

use ratatui::{Frame, layout::Rect, style::Style};

use super::{Results, facets::reason, headline::TOLD};
use crate::{
    domain::{
        Outcome, Run, RunId,
        run::{CallNote, RunState, SoFar},
    },
    ui::{
        component::Scene,
        layout::line,
        theme::Role,
        widgets::{bar, boxed, text},
    },
};

/// From when the pace of a run is measured: since it (again) began to go.
#[derive(Clone, Debug, Default)]
pub(super) struct Pace {
    run: Option<RunId>,
    since_ms: i64,
    settled: u64,
}

impl Pace {
    /// Takes the state of a run in.
    pub(super) fn take(&mut self, run: &Run, scene: &Scene<'_>) {
        if run.state != RunState::Running {
            self.run = None;
        } else if self.run.as_ref() != Some(&run.id) {
            let settled = settled(run, scene);
            let since_ms = if settled == 0 {
                run.started_ms
            } else {
                scene.now_ms
            };
            *self = Self {
                run: Some(run.id.clone()),
                since_ms,
                settled,
            };
        }
    }

    /// Changes settled in a thousand seconds; `None` while that can't be told.
    fn rate(&self, run: &Run, scene: &Scene<'_>) -> Option<u64> {
        let elapsed = u64::try_from(scene.now_ms - self.since_ms)
            .ok()
            .filter(|ms| *ms > 0)?;
        let done = settled(run, scene)
            .checked_sub(self.settled)
            .filter(|done| *done > 0)?;
        (self.run.as_ref() == Some(&run.id)).then_some(done * 1_000_000 / elapsed)
    }

    /// `7.1 changes/s, about 4 s left`, or why there is no estimate.
    pub(super) fn words(&self, run: &Run, scene: &Scene<'_>) -> String {
        if run.state != RunState::Running {
            return run.state.word().to_owned();
        }
        let Some(rate) = self.rate(run, scene).filter(|rate| *rate > 0) else {
            return "time left: not known yet".into();
        };
        let open = (run.items.len() as u64).saturating_sub(settled(run, scene));
        let left = (open * 1000).div_ceil(rate);
        let speed = if rate < 10_000 {
            format!("{}.{} changes/s", rate / 1000, rate % 1000 / 100)
        } else {
            format!("{} changes/s", text::number(rate / 1000))
        };
        format!("{speed}, about {} left", span(left))
    }
}

fn settled(run: &Run, scene: &Scene<'_>) -> u64 {
    scene.workbench.tally(run).total().into()
}

/// `100/113  ok 97  W 2  E 1`.
pub(super) fn status(run: &Run, scene: &Scene<'_>) -> String {
    let tally = scene.workbench.tally(run);
    let mut words = format!(
        "{}/{}  ok {}",
        text::number(settled(run, scene)),
        text::number(run.items.len() as u64),
        text::number(tally.applied.into())
    );
    for outcome in Outcome::ALL {
        let count = tally.of(outcome);
        if outcome != Outcome::Applied && count > 0 {
            words.push_str("  ");
            words.push(outcome.letter());
            words.push(' ');
            words.push_str(&text::number(count.into()));
        }
    }
    words
}

/// `4 s`, `2 min 5 s`, `1 h 12 min`.
fn span(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// The word for an outcome in counts.
pub(super) fn word(outcome: Outcome) -> &'static str {
    if outcome == Outcome::Applied {
        "ok"
    } else {
        outcome.word()
    }
}

type Line = (String, Style);

impl Results {
    pub(super) fn draw_progress(
        &self,
        frame: &mut Frame<'_>,
        area: Rect,
        run: &Run,
        scene: &Scene<'_>,
    ) {
        let elapsed = u64::try_from((scene.now_ms - run.started_ms) / 1000).unwrap_or(0);
        let head = format!(
            " {}: {}   {} on {}, {}   {} since it began",
            run.id,
            run.headline(),
            text::counted(run.items.len() as u64, "change"),
            text::counted(self.assets as u64, "asset"),
            text::counted(run.calls.len() as u64, "call"),
            span(elapsed),
        );
        let title = scene.theme.style(Role::Title);
        text::put(frame.buffer_mut(), line(area, 0), &head, title);
        let rest = Rect {
            y: area.y + 1,
            height: area.height.saturating_sub(1),
            ..area
        };
        let inside = boxed(
            frame,
            rest,
            &format!("{}  {}", run.id, run.label),
            scene.theme,
        );
        let inner = Rect {
            x: inside.x + 1,
            width: inside.width.saturating_sub(2),
            ..inside
        };
        self.draw_bar(frame, inner, run, scene);
        let problems = problems(run, usize::from(inner.height.saturating_sub(4)) / 2, scene);
        let room = inner
            .height
            .saturating_sub(4 + u16::try_from(problems.len()).unwrap_or(0));
        let calls = self.calls(run, room, scene);
        for (number, (words, style)) in (3..).zip(calls.iter().chain(&problems)) {
            text::put(frame.buffer_mut(), line(inner, number), words, *style);
        }
        frame.set_cursor_position((inner.x, inner.y));
    }

    fn draw_bar(&self, frame: &mut Frame<'_>, inner: Rect, run: &Run, scene: &Scene<'_>) {
        let theme = scene.theme;
        let (done, all) = (settled(run, scene), run.items.len() as u64);
        let percent = (done * 100).checked_div(all).unwrap_or(100);
        let count = format!(
            " {} / {}  {percent}%  {}",
            text::number(done),
            text::number(all),
            self.pace.words(run, scene)
        );
        let wide = u16::try_from(text::width(&count)).unwrap_or(u16::MAX);
        let room = inner.width.saturating_sub(wide).max(12);
        let progress = theme.style(Role::Progress);
        let pieces = [
            (bar(done, all, room), progress),
            (count, theme.style(Role::Text)),
        ];
        text::put_all(frame.buffer_mut(), line(inner, 0), &pieces);
        let tally = scene.workbench.tally(run);
        let mut counts: Vec<String> = TOLD
            .iter()
            .map(|outcome| {
                let count = text::number(tally.of(*outcome).into());
                format!("{} {count}", word(*outcome))
            })
            .collect();
        counts.push(format!(
            "waiting {}",
            text::number(all.saturating_sub(done))
        ));
        text::put(
            frame.buffer_mut(),
            line(inner, 1),
            &counts.join("   "),
            theme.style(Role::Text),
        );
        let (words, role) = news(run, scene);
        text::put(
            frame.buffer_mut(),
            line(inner, 2),
            &words,
            theme.style(role),
        );
    }

    /// The calls, the one under way in sight.
    fn calls(&self, run: &Run, room: u16, scene: &Scene<'_>) -> Vec<Line> {
        let (title, plain) = (
            scene.theme.style(Role::Title),
            scene.theme.style(Role::Text),
        );
        let head = format!(
            "{:<5} {:<24} {:>6} {:>6}  {:<16} {:>8}",
            "Call", "operation", "assets", "chg", "state", "time"
        );
        let mut lines = vec![(head, title)];
        let rows = usize::from(room.saturating_sub(1));
        let under_way = run.calls.iter().position(|call| call.took_ms.is_none());
        let last = run.calls.len().saturating_sub(rows);
        let first = under_way.map_or(last, |at| at.saturating_sub(rows.saturating_sub(2)));
        let first = (first + self.scroll).min(last);
        let calls = run.calls.iter().skip(first).take(rows);
        lines.extend(calls.map(|call| (call_line(run, call, scene.now_ms), plain)));
        lines
    }
}

fn call_line(run: &Run, call: &CallNote, now_ms: i64) -> String {
    let items = call
        .items
        .iter()
        .filter_map(|&place| run.items.get(place as usize));
    let mut rows: Vec<_> = items.map(|item| item.row).collect();
    rows.sort_unstable();
    rows.dedup();
    let seconds = |ms: i64| format!("{}.{} s", ms / 1000, ms % 1000 / 100);
    let (state, time) = match call.took_ms {
        Some(took) => (state_of(run, call), seconds(i64::from(took))),
        None if call.noted_ms == 0 => ("waiting".to_owned(), String::new()),
        None => (
            "sending..".to_owned(),
            seconds((now_ms - call.noted_ms).max(0)),
        ),
    };
    let operation = text::cut(&call.operation, 24);
    let (number, changes) = (call.number, call.items.len());
    format!(
        "{number:<5} {operation:<24} {:>6} {changes:>6}  {state:<16} {time:>8}",
        rows.len()
    )
}

/// What the run waits for, or why it stands, or the rules it keeps.
fn news(run: &Run, scene: &Scene<'_>) -> (String, Role) {
    if let Some((until_ms, why)) = scene.run_waits.filter(|_| run.state == RunState::Running) {
        let seconds = u64::try_from(until_ms - scene.now_ms)
            .unwrap_or(0)
            .div_ceil(1000);
        return (format!("waiting {}: {why}", span(seconds)), Role::Warning);
    }
    if !scene.run_note.is_empty() {
        return (scene.run_note.to_owned(), Role::Warning);
    }
    let mut words = Vec::new();
    let canary = run.rules.canary_rows(&run.items);
    let is_canary = |place: u32| canary.contains(&run.items[place as usize].row);
    if run.rules.canary > 0 && run.open().any(is_canary) {
        words.push(format!(
            "Canary: first {}, then read back",
            text::counted(canary.len() as u64, "asset")
        ));
    }
    if run.rules.stop.is_some() {
        let so_far = SoFar::from(scene.workbench.tally(run));
        words.push(format!(
            "Stop rule: {} (now {}, {} %)",
            run.rules.stop,
            text::number(so_far.errors),
            so_far.percent()
        ));
    }
    (words.join("   "), Role::Quiet)
}

/// What a call came to: its problems by letter, or `ok`.
fn state_of(run: &Run, call: &CallNote) -> String {
    let of = |outcome: Outcome| {
        let settled = call
            .items
            .iter()
            .filter_map(|&place| run.settled.get(place as usize)?.as_ref());
        settled.filter(|settled| settled.outcome == outcome).count()
    };
    let told = Outcome::ALL
        .into_iter()
        .filter(|outcome| *outcome != Outcome::Applied);
    let problems: Vec<String> = told
        .map(|outcome| (outcome, of(outcome)))
        .filter(|(_, count)| *count > 0)
        .map(|(outcome, count)| format!("{} {count}", outcome.letter()))
        .collect();
    if problems.is_empty() {
        "ok".into()
    } else {
        problems.join(" ")
    }
}

/// The last problems so far, under a heading.
fn problems(run: &Run, most: usize, scene: &Scene<'_>) -> Vec<Line> {
    let told = |outcome: Outcome| !matches!(outcome, Outcome::Applied | Outcome::Skipped);
    let all = run
        .settled
        .iter()
        .flatten()
        .filter(|settled| told(settled.outcome));
    let count = all.clone().count();
    if count == 0 || most < 2 {
        return Vec::new();
    }
    let head = format!("Problems so far: {}", text::number(count as u64));
    let mut lines = vec![(head, scene.theme.style(Role::Title))];
    for settled in all.skip(count.saturating_sub(most - 1)) {
        let Some(item) = run.items.get(settled.item as usize) else {
            continue;
        };
        let role = super::draw::role(settled.outcome);
        let words = format!(
            "{} {}  {}  {}",
            settled.outcome.letter(),
            text::cut(&item.name, 24),
            item.field,
            reason(settled)
        );
        lines.push((words, scene.theme.style(role)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn time_left_reads_well() {
        assert_eq!(
            [span(4), span(125), span(4320)],
            ["4 s", "2 min 5 s", "1 h 12 min"]
        );
    }
}
