//! How a run ended, in a sentence.

use super::progress::word;
use crate::{
    domain::{Outcome, Run, run::RunState},
    ui::widgets::text,
};

/// `PARTLY DONE  109 ok, 2 warnings, 1 error, 1 unknown of 113 changes (39 assets)`, and the same
/// with letters for narrow screens.
pub(super) fn of(run: &Run, assets: usize) -> [String; 2] {
    let tally = run.tally();
    let told = [
        Outcome::Applied,
        Outcome::Warned,
        Outcome::Refused,
        Outcome::Unknown,
        Outcome::Conflict,
        Outcome::Skipped,
    ];
    let told: Vec<(Outcome, u32)> = told
        .into_iter()
        .map(|outcome| (outcome, tally.of(outcome)))
        .filter(|(_, count)| *count > 0)
        .collect();
    let long: Vec<String> = told
        .iter()
        .map(|(outcome, count)| counted(*outcome, *count))
        .collect();
    let short: Vec<String> = told
        .iter()
        .map(|(outcome, count)| {
            let letter = outcome.letter().to_string();
            let letter = if letter == " " {
                word(*outcome)
            } else {
                letter.as_str()
            };
            format!("{letter} {}", text::number(u64::from(*count)))
        })
        .collect();
    let none = |words: String| {
        if words.is_empty() {
            "0 settled".to_owned()
        } else {
            words
        }
    };
    let stopped = if run.state == RunState::Stopped {
        " (stopped)"
    } else {
        ""
    };
    let head = format!("{}: {}{stopped}", run.id, run.headline());
    let all = run.items.len() as u64;
    [
        format!(
            "{head}  {} of {} ({})",
            none(long.join(", ")),
            text::counted(all, "change"),
            text::counted(assets as u64, "asset")
        ),
        format!(
            "{head}  {} of {}",
            none(short.join("  ")),
            text::number(all)
        ),
    ]
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

/// Whether the server's counts agree with ours, in words, and whether that is good news.
pub(super) fn reconciled(run: &Run) -> (String, bool) {
    let settled = run.settled.iter().flatten();
    let read = settled.filter(|settled| settled.server.is_some()).count();
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
