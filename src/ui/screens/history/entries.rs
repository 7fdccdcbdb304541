//! The log of the draft and the runs as one list, newest first.

use std::collections::HashMap;

use jiff::Timestamp;
use roaring::RoaringBitmap;

use crate::{
    domain::{FieldKey, Operation, OperationId, Run, RunId, oplog::Deed, run::RunState},
    ui::{app::clock, component::Scene},
};

/// What is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tab {
    /// Steps of the draft and runs.
    #[default]
    All,
    /// Steps of the draft.
    Draft,
    /// Runs.
    Runs,
}

impl Tab {
    const ALL: [Self; 3] = [Self::All, Self::Draft, Self::Runs];

    /// The word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::All => "everything",
            Self::Draft => "draft steps",
            Self::Runs => "runs",
        }
    }

    /// The one so many places further, in a ring.
    pub(super) fn turned(self, places: usize) -> Self {
        let at = Self::ALL.iter().position(|one| *one == self).unwrap_or(0);
        Self::ALL[(at + places) % Self::ALL.len()]
    }
}

/// What an entry is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// A step of the draft.
    Step(OperationId),
    /// A run.
    Run(RunId),
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) subject: Subject,
    pub(super) at_ms: i64,
    pub(super) who: String,
    pub(super) what: String,
    /// How many changes it was about.
    pub(super) count: u64,
    /// `staged`, `undone`, `written`, `partly`, `done`, ..
    pub(super) state: &'static str,
}

/// The entries of a tab, newest first. Undone steps stay where they were, and say so.
pub(super) fn entries(tab: Tab, scene: &Scene<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    if tab != Tab::Runs {
        let log = Log::of(scene);
        let told = scene
            .workbench
            .log()
            .iter()
            .filter(|operation| operation.is_undoable());
        entries.extend(told.map(|operation| log.entry(operation, scene)));
    }
    if tab != Tab::Draft {
        entries.extend(scene.workbench.runs().iter().map(of_run));
    }
    entries.sort_by_key(|entry| entry.at_ms);
    entries.reverse();
    entries
}

/// What became of the steps, counted once for all of them.
struct Log {
    /// Changes still staged, by step.
    staged: HashMap<OperationId, u64>,
    /// What runs wrote, with the place in the log.
    written: Vec<(OperationId, FieldKey, RoaringBitmap)>,
}

impl Log {
    fn of(scene: &Scene<'_>) -> Self {
        let mut staged: HashMap<OperationId, u64> = HashMap::new();
        for part in scene.workbench.draft().parts() {
            *staged.entry(part.step).or_default() += part.rows.len();
        }
        let mut written = Vec::new();
        for operation in scene.workbench.log() {
            if let Deed::Settle {
                written: picked, ..
            } = &operation.deed
            {
                let one = |one: &crate::domain::oplog::Picked| {
                    (operation.id, one.field.clone(), one.rows.clone())
                };
                written.extend(picked.iter().map(one));
            }
        }
        Self { staged, written }
    }

    fn entry(&self, operation: &Operation, scene: &Scene<'_>) -> Entry {
        let undone = scene.workbench.is_undone(operation.id);
        Entry {
            subject: Subject::Step(operation.id),
            at_ms: operation.stamp.at_ms,
            who: operation.stamp.by.clone(),
            what: operation.label.clone(),
            count: count(operation),
            state: if undone {
                "undone"
            } else {
                self.state(operation)
            },
        }
    }

    fn state(&self, operation: &Operation) -> &'static str {
        let Deed::Stage(step) = &operation.deed else {
            return "done";
        };
        let all: u64 = step.edits.iter().map(|edit| edit.rows.len()).sum();
        match self.staged.get(&operation.id).copied().unwrap_or(0) {
            left if left == all => "staged",
            0 => {
                let wrote = |edit: &crate::domain::FieldEdit| {
                    self.written.iter().any(|(at, field, rows)| {
                        *at > operation.id && *field == edit.field && !rows.is_disjoint(&edit.rows)
                    })
                };
                if step.edits.iter().any(wrote) {
                    "written"
                } else {
                    "taken out"
                }
            }
            _ => "partly",
        }
    }
}

/// How many changes an operation was about.
pub(super) fn count(operation: &Operation) -> u64 {
    match &operation.deed {
        Deed::Stage(step) => step.edits.iter().map(|edit| edit.rows.len()).sum(),
        Deed::Exclude(picked)
        | Deed::Settle {
            written: picked, ..
        } => picked.iter().map(|one| one.rows.len()).sum(),
        Deed::Accept { items, .. } => items.len(),
        Deed::Undo(_) | Deed::Redo(_) | Deed::Drop => 0,
    }
}

fn of_run(run: &Run) -> Entry {
    let state = match run.state {
        RunState::Finished | RunState::Stopped => match run.headline() {
            "DONE" => "done",
            "DONE WITH WARNINGS" => "warnings",
            "NOTHING DONE" => "nothing",
            "STOPPED" => "stopped",
            _ => "partly",
        },
        RunState::Running | RunState::Paused | RunState::Interrupted => run.state.word(),
    };
    Entry {
        subject: Subject::Run(run.id.clone()),
        at_ms: run.started_ms,
        who: run.author.clone(),
        what: format!("{} {}", run.id, run.label),
        count: run.items.len() as u64,
        state,
    }
}

/// `12:04` today, `11-19` this year, `2025-11` before.
pub(super) fn when(at_ms: i64, scene: &Scene<'_>) -> String {
    let local =
        |ms: i64| Timestamp::from_millisecond(ms + i64::from(scene.identity.utc_offset_s) * 1000);
    let (Ok(then), Ok(now)) = (local(at_ms), local(scene.now_ms)) else {
        return String::new();
    };
    let same = |format: &str| then.strftime(format).to_string() == now.strftime(format).to_string();
    if same("%Y-%m-%d") {
        clock(at_ms, scene.identity.utc_offset_s, false)
    } else if same("%Y") {
        then.strftime("%m-%d").to_string()
    } else {
        then.strftime("%Y-%m").to_string()
    }
}

/// `2026-11-22 12:04:31`.
pub(super) fn moment(at_ms: i64, scene: &Scene<'_>) -> String {
    let shifted = at_ms + i64::from(scene.identity.utc_offset_s) * 1000;
    let then = Timestamp::from_millisecond(shifted).ok();
    then.map(|then| then.strftime("%Y-%m-%d %H:%M:%S").to_string())
        .unwrap_or_default()
}
