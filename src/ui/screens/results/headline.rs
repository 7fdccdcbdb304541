//! How a run ended, in a sentence, and what the server counted beside it.

use super::progress::word;
use crate::{
    domain::{
        Outcome, Run,
        run::{ServerCounts, Standing},
    },
    ui::widgets::text,
};

/// How many calls without an answer are worth a line each.
const LOST: usize = 3;

/// The order in which outcomes are told.
pub(super) const TOLD: [Outcome; 6] = [
    Outcome::Applied,
    Outcome::Warned,
    Outcome::Refused,
    Outcome::Unknown,
    Outcome::Conflict,
    Outcome::Skipped,
];

/// What stands above the changes: the headline, long and short, and how many were read back.
#[derive(Debug, Default)]
pub(super) struct Headline {
    pub(super) long: String,
    /// With letters, for narrow screens.
    pub(super) short: String,
    pub(super) read: String,
    /// Whether the server's counts agree with ours, in words.
    pub(super) reconciled: String,
    /// The same as a few short lines.
    pub(super) server: Vec<String>,
    /// Whether all that is good news.
    pub(super) is_good: bool,
}

impl Headline {
    /// `R-0413: PARTLY DONE  109 ok, 2 warnings, 1 error, 1 unknown of 113 changes (39 assets)`
    pub(super) fn of(run: &Run, standing: &Standing, assets: usize) -> Self {
        let mut told: Vec<(String, String)> = TOLD
            .into_iter()
            .map(|outcome| (outcome, standing.tally.of(outcome)))
            .filter(|(outcome, count)| *count > 0 || *outcome == Outcome::Applied)
            .map(|(outcome, count)| (counted(outcome, count), lettered(outcome, count)))
            .collect();
        for (count, word) in [(standing.accepted, "accepted"), (standing.open, "open")] {
            if count > 0 {
                let words = format!("{} {word}", text::number(count.into()));
                told.push((words.clone(), words));
            }
        }
        let (long, short): (Vec<String>, Vec<String>) = told.into_iter().unzip();
        let head = format!("{}: {}", run.id, run.headline());
        let all = run.items.len() as u64;
        let settled = run.settled.iter().flatten();
        let read = settled.filter(|settled| settled.server.is_some()).count() as u64;
        let read = format!("read back {} of {}", text::number(read), text::number(all));
        let (reconciled, is_good) = match run.reconciliation() {
            None => (
                "this server sends no counts to compare with".to_owned(),
                true,
            ),
            Some(Ok(words)) => (words, true),
            Some(Err(words)) => (words, false),
        };
        Self {
            long: format!(
                "{head}  {} of {} ({})",
                long.join(", "),
                text::counted(all, "change"),
                text::counted(assets as u64, "asset")
            ),
            short: format!("{head}  {} of {}", short.join("  "), text::number(all)),
            reconciled,
            server: server(run, is_good, &read),
            is_good,
            read,
        }
    }
}

/// What the server counted, what we count, and what became of calls that were never answered.
fn server(run: &Run, is_good: bool, read: &str) -> Vec<String> {
    let sent = run.calls.iter().filter(|call| call.noted_ms != 0);
    let answered = run.calls.iter().filter(|call| call.counts.is_some());
    let mut lines = Vec::new();
    if run.counted {
        let (answered, sent) = (answered.count() as u64, sent.clone().count() as u64);
        lines.push(format!(
            "Counted in {} of {}",
            text::number(answered),
            text::counted(sent, "call")
        ));
        let row = |who: &str, counts: ServerCounts| {
            let [ok, warning, error] = [counts.success, counts.warning, counts.error]
                .map(|count| text::number(count.into()));
            format!("  {who:<6} ok {ok}  W {warning}  E {error}")
        };
        lines.push(row("server", run.counts));
        lines.push(row("ours", run.counted_by_us()));
        let word = if is_good { "yes" } else { "NO, see above" };
        lines.push(format!("  reconciled: {word}"));
    } else {
        lines.push("This server sends no counts.".to_owned());
    }
    lines.push(read.replacen("read", "Read", 1));
    let lost: Vec<_> = sent.filter(|call| call.took_ms.is_none()).collect();
    for call in lost.iter().take(LOST) {
        let written = call.items.iter().filter(|&&place| {
            let settled = run.settled.get(place as usize).and_then(Option::as_ref);
            settled.is_some_and(|settled| settled.outcome.is_written())
        });
        let (written, all) = (written.count() as u64, call.items.len() as u64);
        lines.push(format!("Call {}: no reply.", call.number));
        lines.push(format!(
            "  read back: {} of {} set",
            text::number(written),
            text::number(all)
        ));
    }
    if lost.len() > LOST {
        let more = (lost.len() - LOST) as u64;
        lines.push(format!("{} more without reply", text::number(more)));
    }
    lines
}

fn lettered(outcome: Outcome, count: u32) -> String {
    let count = text::number(count.into());
    match outcome.letter() {
        ' ' => format!("{} {count}", word(outcome)),
        letter => format!("{letter} {count}"),
    }
}

fn counted(outcome: Outcome, count: u32) -> String {
    let count = u64::from(count);
    match outcome {
        Outcome::Warned => text::counted(count, "warning"),
        Outcome::Refused => text::counted(count, "error"),
        Outcome::Conflict => text::counted(count, "conflict"),
        Outcome::Applied | Outcome::Unknown | Outcome::Skipped => {
            format!("{} {}", text::number(count), word(outcome))
        }
    }
}
