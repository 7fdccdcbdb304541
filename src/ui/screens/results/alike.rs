//! How often the same reason was met: in this run, and in the runs of the last days.

use std::collections::HashMap;

use crate::domain::{
    Outcome, Run, Workbench,
    run::{Settlement, Tally},
};

/// How far back runs are looked at.
const DAYS: i64 = 30;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A reason: where it ended, with which code and words.
type Reason = (Outcome, String, String);

/// Reasons with their counts.
#[derive(Debug, Default)]
pub(super) struct Alike {
    here: HashMap<Reason, u64>,
    before: HashMap<Reason, u64>,
    /// How the changes of runs of these days ended whose reasons are not at hand.
    unread: Vec<Tally>,
}

/// How often one reason was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Met {
    /// By other changes of the run.
    pub(super) here: u64,
    /// By changes of other runs in the last 30 days.
    pub(super) before: u64,
    /// There may be more of those, in runs that are not loaded.
    pub(super) at_least: bool,
}

impl Alike {
    /// Counts a run's reasons.
    pub(super) fn count(&mut self, run: &Run) {
        self.here = counts([run]);
    }

    /// Counts the reasons of the other runs that began in the 30 days before now.
    pub(super) fn look_back(&mut self, bench: &Workbench, run: &Run, now_ms: i64) {
        let since = now_ms - DAYS * DAY_MS;
        let unloaded = bench.unloaded().filter(|one| one.started_ms >= since);
        self.unread = unloaded.map(|one| one.tally).collect();
        let others = bench.runs().iter().filter(|one| one.id != run.id);
        self.before = counts(others.filter(|one| one.started_ms >= since));
    }

    /// How often the reason of a change was met elsewhere.
    pub(super) fn of(&self, settled: &Settlement) -> Met {
        let reason = reason(settled);
        let here = self.here.get(&reason).copied().unwrap_or(0);
        let before = self.before.get(&reason).copied().unwrap_or(0);
        Met {
            here: here.saturating_sub(1),
            before,
            at_least: self
                .unread
                .iter()
                .any(|tally| tally.of(settled.outcome) > 0),
        }
    }
}

fn counts<'a>(runs: impl IntoIterator<Item = &'a Run>) -> HashMap<Reason, u64> {
    let mut counts: HashMap<Reason, u64> = HashMap::new();
    let settled = runs
        .into_iter()
        .flat_map(|run| run.settled.iter().flatten());
    for one in settled.filter(|one| one.outcome != Outcome::Applied) {
        *counts.entry(reason(one)).or_default() += 1;
    }
    counts
}

fn reason(settled: &Settlement) -> Reason {
    (
        settled.outcome,
        settled.code.clone(),
        settled.reason.clone(),
    )
}
