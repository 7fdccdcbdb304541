//! The history of a library as one list: steps of the draft, runs, and what others changed.

mod filter;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use roaring::RoaringBitmap;

use super::{
    FieldEdit, FieldKey, Operation, OperationId, RunId, Workbench,
    oplog::{Deed, Picked},
    outside::Outside,
    run::{RunSummary, reverted_by},
};

pub use filter::{Filter, day};

/// What is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    /// Steps of the draft, runs, and what others changed.
    #[default]
    All,
    /// Steps of the draft.
    Draft,
    /// Runs.
    Runs,
}

impl Grouping {
    /// All, in the order they turn.
    pub const ALL: [Self; 3] = [Self::All, Self::Draft, Self::Runs];

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "everything",
            Self::Draft => "draft steps",
            Self::Runs => "runs",
        }
    }
}

/// Where an entry belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Steps that are still in the draft.
    Draft,
    /// Steps that were taken back; they are kept.
    Undone,
    /// Runs.
    Runs,
    /// What others changed.
    Outside,
    /// Steps of which nothing is left in the draft.
    Earlier,
}

impl Section {
    /// The line above its entries.
    pub fn title(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT (not sent)",
            Self::Undone => "-- undone: still here, later edits start a branch --",
            Self::Runs => "RUNS",
            Self::Outside => "OUTSIDE (seen when values were read again)",
            Self::Earlier => "EARLIER STEPS (sent, or taken out)",
        }
    }
}

/// What an entry is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A step of the draft.
    Step(OperationId),
    /// A run.
    Run(RunId),
    /// What others changed, by when it was seen.
    Outside(i64),
}

/// One line of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is about.
    pub subject: Subject,
    /// Where it belongs.
    pub section: Section,
    /// When, milliseconds since 1970.
    pub at_ms: i64,
    /// Who; empty if nobody knows.
    pub who: String,
    /// What, in words.
    pub what: String,
    /// How many changes it was about.
    pub count: u64,
    /// `staged`, `undone`, `written`, `partly`, `done`, `reverted`, `seen` ..
    pub state: &'static str,
    /// The fields it was about; empty if that is not known.
    pub fields: Vec<FieldKey>,
}

/// The entries of a grouping, newest first. Undone steps are among them, and say so.
pub fn entries(bench: &Workbench, grouping: Grouping) -> Vec<Entry> {
    let mut entries = Vec::new();
    if grouping != Grouping::Runs {
        let log = Log::of(bench);
        let told = bench
            .log()
            .iter()
            .filter(|operation| operation.is_undoable());
        entries.extend(told.map(|operation| log.entry(operation, bench)));
    }
    if grouping != Grouping::Draft {
        let runs = bench.summaries();
        entries.extend(runs.iter().map(|run| of_run(run, &runs)));
    }
    if grouping == Grouping::All {
        entries.extend(bench.outside().iter().map(of_outside));
    }
    entries.sort_by_key(|entry| entry.at_ms);
    entries.reverse();
    entries
}

/// What became of the steps, counted once for all of them.
struct Log {
    /// Changes still staged, by step: those it makes the last stroke of.
    staged: HashMap<OperationId, u64>,
    /// Steps that are overridden by later ones, or carried on by them, wherever they are staged.
    overridden: HashMap<OperationId, &'static str>,
    /// What runs wrote, with the place in the log.
    written: Vec<(OperationId, FieldKey, RoaringBitmap)>,
}

impl Log {
    fn of(bench: &Workbench) -> Self {
        let mut staged: HashMap<OperationId, u64> = HashMap::new();
        let mut overridden = HashMap::new();
        for one in bench.draft().contributions() {
            *staged.entry(one.step).or_default() += one.own.len();
            if !one.continued.is_empty() {
                overridden.insert(one.step, "carried on");
            } else if !one.overridden.is_empty() {
                overridden.entry(one.step).or_insert("overridden");
            }
        }
        let mut written = Vec::new();
        for operation in bench.log() {
            if let Deed::Settle {
                written: picked, ..
            } = &operation.deed
            {
                let one = |one: &Picked| (operation.id, one.field.clone(), one.rows.clone());
                written.extend(picked.iter().map(one));
            }
        }
        Self {
            staged,
            overridden,
            written,
        }
    }

    fn entry(&self, operation: &Operation, bench: &Workbench) -> Entry {
        let (section, state) = if bench.is_undone(operation.id) {
            (Section::Undone, "undone")
        } else {
            self.state(operation)
        };
        Entry {
            subject: Subject::Step(operation.id),
            section,
            at_ms: operation.stamp.at_ms,
            who: operation.stamp.by.clone(),
            what: operation.label.clone(),
            count: count(operation),
            state,
            fields: fields(operation),
        }
    }

    fn state(&self, operation: &Operation) -> (Section, &'static str) {
        let Deed::Stage(step) = &operation.deed else {
            return (Section::Earlier, "done");
        };
        let all: u64 = step.edits.iter().map(|edit| edit.rows.len()).sum();
        match self.staged.get(&operation.id).copied().unwrap_or(0) {
            left if left == all => (Section::Draft, "staged"),
            0 if let Some(state) = self.overridden.get(&operation.id) => (Section::Draft, state),
            0 => {
                let wrote = |edit: &std::sync::Arc<FieldEdit>| {
                    self.written.iter().any(|(at, field, rows)| {
                        *at > operation.id && *field == edit.field && !rows.is_disjoint(&edit.rows)
                    })
                };
                let state = if step.edits.iter().any(wrote) {
                    "written"
                } else {
                    "taken out"
                };
                (Section::Earlier, state)
            }
            _ => (Section::Draft, "partly"),
        }
    }
}

/// How many changes an operation was about.
pub fn count(operation: &Operation) -> u64 {
    match &operation.deed {
        Deed::Stage(step) => {
            // Several edits of one field make one change of an asset.
            let mut fields: HashMap<&FieldKey, RoaringBitmap> = HashMap::new();
            for edit in &step.edits {
                *fields.entry(&edit.field).or_default() |= &edit.rows;
            }
            fields.values().map(RoaringBitmap::len).sum()
        }
        Deed::Exclude(picked)
        | Deed::Settle {
            written: picked, ..
        } => picked.iter().map(|one| one.rows.len()).sum(),
        Deed::Accept { items, .. } => items.len(),
        Deed::Undo(_) | Deed::Redo(_) | Deed::Drop => 0,
    }
}

fn fields(operation: &Operation) -> Vec<FieldKey> {
    match &operation.deed {
        Deed::Stage(step) => step.edits.iter().map(|edit| edit.field.clone()).collect(),
        Deed::Exclude(picked)
        | Deed::Settle {
            written: picked, ..
        } => picked.iter().map(|one| one.field.clone()).collect(),
        Deed::Accept { staged, .. } => staged.iter().map(|one| one.field.clone()).collect(),
        Deed::Undo(_) | Deed::Redo(_) | Deed::Drop => Vec::new(),
    }
}

fn of_run(run: &RunSummary, all: &[RunSummary]) -> Entry {
    let state = match reverted_by(all, &run.id) {
        Some(_) if run.written() > 0 => "reverted",
        Some(_) | None => run.word(),
    };
    Entry {
        subject: Subject::Run(run.id.clone()),
        section: Section::Runs,
        at_ms: run.started_ms,
        who: run.author.clone(),
        what: format!("{} {}", run.id, run.label),
        count: u64::from(run.items),
        state,
        fields: run.fields.clone(),
    }
}

fn of_outside(look: &Outside) -> Entry {
    let mut fields: Vec<FieldKey> = look.changes.iter().map(|one| one.field.clone()).collect();
    fields.sort_unstable();
    fields.dedup();
    Entry {
        subject: Subject::Outside(look.at_ms),
        section: Section::Outside,
        at_ms: look.at_ms,
        who: look.by().to_owned(),
        what: look.sentence(),
        count: look.count(),
        state: "seen",
        fields,
    }
}
