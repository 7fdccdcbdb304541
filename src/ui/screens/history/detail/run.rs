//! A run in full: how it ended, what took it back, and what can be done with it.

use super::{Line, moment};
use crate::{
    domain::{
        Outcome, RunId,
        run::{RunSummary, reverted_by},
    },
    ui::{
        action::{Action, Move, Work},
        component::Scene,
        theme::Role,
        widgets::text,
    },
};

/// The lines about a run, loaded or not.
pub(super) fn lines(id: &RunId, runs: &[RunSummary], scene: &Scene<'_>) -> Vec<Line> {
    let Some(run) = runs.iter().find(|run| run.id == *id) else {
        return Vec::new();
    };
    let loaded = scene.workbench.run(id);
    let counts: Vec<String> = Outcome::ALL
        .into_iter()
        .rev()
        .map(|outcome| format!("{outcome} {}", text::number(run.tally.of(outcome).into())))
        .collect();
    let ended = run
        .finished_ms
        .map_or("not ended".to_owned(), |at| moment(at, scene));
    let headline = loaded.map_or_else(
        || run.word().to_uppercase(),
        |run| run.headline().to_owned(),
    );
    let mut changes = text::counted(u64::from(run.items), "change");
    if let Some(run) = loaded {
        changes = format!(
            "{changes} in {}",
            text::counted(run.calls.len() as u64, "call")
        );
    }
    let mut lines = vec![
        (format!("{} {}", run.id, run.label), Role::Title),
        (
            format!("{headline} by {} to {}", run.author, run.profile),
            Role::Text,
        ),
        (
            format!("began {}", moment(run.started_ms, scene)),
            Role::Text,
        ),
        (format!("ended {ended}"), Role::Text),
        (changes, Role::Text),
        (counts.join("   "), Role::Text),
    ];
    match loaded.and_then(crate::domain::Run::reconciliation) {
        Some(Ok(words)) => lines.push((words, Role::Text)),
        Some(Err(words)) => lines.push((words, Role::Warning)),
        None => {}
    }
    lines.push((
        format!("digest {}", text::cut(&run.digest, 18)),
        Role::Quiet,
    ));
    lines.extend(taken_back(run, runs));
    lines.push((String::new(), Role::Text));
    lines.extend(can_be_done(scene));
    lines
}

fn taken_back(run: &RunSummary, runs: &[RunSummary]) -> Vec<Line> {
    let mut lines = Vec::new();
    for of in &run.reverts {
        lines.push((format!("It takes {of} back."), Role::Text));
    }
    let by: Vec<&RunSummary> = runs
        .iter()
        .filter(|one| one.reverts.contains(&run.id))
        .collect();
    for one in by {
        let again = reverted_by(runs, &one.id);
        let words = match again {
            Some(again) => format!("{} took it back, and {again} took that back.", one.id),
            None if one.written() == 0 => {
                format!("{} was to take it back; nothing was written.", one.id)
            }
            None => {
                let written = text::counted(u64::from(one.written()), "change");
                format!("Reverted by {} ({written}).", one.id)
            }
        };
        lines.push((words, Role::Staged));
    }
    lines
}

fn can_be_done(scene: &Scene<'_>) -> Vec<Line> {
    let key = |action| scene.keymap.keys(action).unwrap_or_default();
    let (open, revert) = (
        key(Action::Move(Move::Open)),
        key(Action::Work(Work::Revert)),
    );
    let (point, compare) = (
        key(Action::Work(Work::ComparePoint)),
        key(Action::Work(Work::Compare)),
    );
    let export = key(Action::Work(Work::Export));
    vec![
        (format!("{open} opens it in Results."), Role::Text),
        (String::new(), Role::Text),
        (format!("Revert this run ({revert})"), Role::Title),
        (
            "  reads its assets again and stages the earlier values as one step of the draft. \
             What somebody changed since is left out and named."
                .into(),
            Role::Text,
        ),
        (format!("Restore point ({point})"), Role::Title),
        (
            format!(
                "  every run is one: {point} compares what was there before it with now, \
                 {compare} on two runs compares both, {export} writes the table."
            ),
            Role::Text,
        ),
    ]
}
