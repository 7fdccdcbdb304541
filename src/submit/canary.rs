//! The first assets of a run, sent alone: who they are, and what came of them. Pure.

use std::collections::HashSet;

use crate::domain::{
    Outcome, Row, Run,
    run::{CanaryThen, Tally},
    text::number,
};

/// The rows that go first; empty without a canary, or if it is through already: whoever takes such
/// a run up has seen it.
pub(super) fn rows(run: &Run) -> HashSet<Row> {
    let rows = run.rules.canary_rows(&run.items);
    let is_open = run
        .open()
        .any(|place| rows.contains(&run.items[place as usize].row));
    if is_open { rows } else { HashSet::new() }
}

/// What a person is asked before the rest goes; `None` if it goes by itself.
pub(super) fn question(run: &Run) -> Option<String> {
    let rows = run.rules.canary_rows(&run.items);
    let mut tally = Tally::default();
    for (item, settled) in run.items.iter().zip(&run.settled) {
        if let Some(settled) = settled.as_ref().filter(|_| rows.contains(&item.row)) {
            tally.add(settled.outcome);
        }
    }
    let failed = tally.refused + tally.unknown > 0;
    if !failed && run.rules.canary_then == CanaryThen::GoOn {
        return None;
    }
    let counts: Vec<String> = Outcome::ALL
        .into_iter()
        .rev()
        .filter(|outcome| tally.of(*outcome) > 0)
        .map(|outcome| format!("{} {outcome}", tally.of(outcome)))
        .collect();
    let assets = match rows.len() {
        1 => "first asset was".to_owned(),
        many => format!("first {} assets were", number(many as u64)),
    };
    let verdict = if failed { "look at them, then " } else { "" };
    Some(format!(
        "canary: the {assets} sent and read back: {}; {verdict}resume to send the rest, or stop",
        counts.join(", ")
    ))
}
