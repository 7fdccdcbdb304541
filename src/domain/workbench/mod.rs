//! The state of the work: listing, marks, draft and runs, and the one way to change it.
//!
//! People change it by [`Workbench::apply`], whole or not at all; the world by the `absorb_*`
//! doors. The live path ends in the same derivation as a replay, so recovery can't drift from it.

mod absorb;
mod marks;
mod preview;
mod results;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use roaring::RoaringBitmap;

use super::{
    Capabilities, Draft, Edit, FieldEdit, FieldKey, Listing, Operation, OperationId, Row, Run,
    RunId, Schema, Stamp, Step, Value,
    draft::Pin,
    oplog::{Deed, Picked},
    query::Sets,
    run::same,
};

pub use preview::{FieldPreview, Preview, PreviewGroup, Verdict};
pub use results::Again;

/// An edit somebody asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The field.
    pub field: FieldKey,
    /// What to do with it.
    pub edit: Edit,
    /// The rows to do it on.
    pub rows: RoaringBitmap,
}

/// A wish to change the draft.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Stage edits. Refused values are left out; nothing left is a refusal.
    Stage {
        /// What History shall say; made from the edits if empty.
        label: String,
        /// The edits, in order.
        asked: Vec<Asked>,
    },
    /// Take changes out of the draft.
    Exclude(Vec<Picked>),
    /// Accept what the server has for these changes of a run, as places in it. Those that can't be
    /// accepted are left out; nothing left is a refusal.
    Accept {
        /// The run.
        run: RunId,
        /// The changes.
        items: RoaringBitmap,
    },
    /// Take back the last operation that stands.
    Undo,
    /// Take back this operation, wherever it stands.
    UndoStep(OperationId),
    /// Bring back the last operation taken back.
    Redo,
    /// Throw the whole draft away.
    Drop,
}

/// Why a command was refused; nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No row is left to work on.
    #[error("nothing to stage: {0}")]
    NothingToStage(String),
    /// Nothing is left to accept.
    #[error("nothing to accept: {0}")]
    NothingToAccept(String),
    /// Nothing stands that could be taken back.
    #[error("nothing to undo")]
    NothingToUndo,
    /// Nothing was taken back.
    #[error("nothing to redo")]
    NothingToRedo,
    /// The operation can't be taken back.
    #[error("{0}")]
    NotUndoable(String),
    /// Another program holds the workspace, or it can't be written.
    #[error("the draft is read-only: {0}")]
    ReadOnly(String),
    /// The edit makes no sense for the field.
    #[error(transparent)]
    Edit(#[from] super::EditError),
}

/// Everything the screens look at.
#[derive(Clone, Debug)]
pub struct Workbench {
    /// The assets known.
    pub listing: Listing,
    /// The fields of the endpoint.
    pub schema: Schema,
    /// What the endpoint can do; `None` until signed in.
    pub capabilities: Option<Capabilities>,
    /// Why nothing may be staged, if so.
    pub read_only: Option<String>,
    log: Vec<Operation>,
    undone: Vec<OperationId>,
    draft: Draft,
    marks: RoaringBitmap,
    earlier_marks: Vec<RoaringBitmap>,
    runs: Vec<Run>,
    run_news: u64,
    accepted: HashMap<RunId, RoaringBitmap>,
}

impl Default for Workbench {
    fn default() -> Self {
        Self::new()
    }
}

impl Workbench {
    /// With nothing in it.
    pub fn new() -> Self {
        Self {
            listing: Listing::new(),
            schema: Schema::default(),
            capabilities: None,
            read_only: None,
            log: Vec::new(),
            undone: Vec::new(),
            draft: Draft::default(),
            marks: RoaringBitmap::new(),
            earlier_marks: Vec::new(),
            runs: Vec::new(),
            run_news: 0,
            accepted: HashMap::new(),
        }
    }

    /// Accepts a command whole, or refuses it whole.
    ///
    /// # Errors
    ///
    /// A [`Refusal`]; the workbench is then exactly as before.
    pub fn apply(&mut self, command: &Command, stamp: Stamp) -> Result<Operation, Refusal> {
        if let Some(reason) = &self.read_only {
            return Err(Refusal::ReadOnly(reason.clone()));
        }
        let (label, deed) = match command {
            Command::Stage { label, asked } => self.staged(label, asked)?,
            Command::Exclude(picked) => {
                let count: u64 = picked.iter().map(|one| one.rows.len()).sum();
                (format!("take out {count}"), Deed::Exclude(picked.clone()))
            }
            Command::Accept { run, items } => self.accept(run, items)?,
            Command::Undo => self.undo(self.last_standing()?)?,
            Command::UndoStep(id) => self.undo(*id)?,
            Command::Redo => self.redo()?,
            Command::Drop if self.draft.is_empty() => {
                return Err(Refusal::NothingToStage("the draft is empty".into()));
            }
            Command::Drop => (
                format!("drop the draft ({} changes)", self.draft.changes()),
                Deed::Drop,
            ),
        };
        let operation = Operation {
            id: self.next_id(),
            stamp,
            label,
            deed,
        };
        self.replay(operation.clone());
        Ok(operation)
    }

    /// Takes in an operation that was accepted before: the last step of `apply`, and all of a
    /// recovery.
    pub fn replay(&mut self, operation: Operation) {
        self.remember(operation);
        self.derive();
    }

    /// Takes in a whole log, as a start does.
    pub fn replay_all(&mut self, log: impl IntoIterator<Item = Operation>) {
        log.into_iter()
            .for_each(|operation| self.remember(operation));
        self.derive();
    }

    fn remember(&mut self, operation: Operation) {
        match &operation.deed {
            Deed::Undo(target) => self.undone.push(*target),
            Deed::Redo(target) => self.undone.retain(|id| id != target),
            Deed::Stage(_)
            | Deed::Exclude(_)
            | Deed::Accept { .. }
            | Deed::Settle { .. }
            | Deed::Drop => {}
        }
        self.log.push(operation);
    }

    /// Works the draft out again, after the schema or the log changed.
    pub fn derive(&mut self) {
        let undone: HashSet<_> = self.undone.iter().copied().collect();
        let standing = self
            .log
            .iter()
            .filter(|operation| !undone.contains(&operation.id));
        self.draft = Draft::derive(standing.clone(), &self.schema);
        self.accepted.clear();
        for operation in standing {
            if let Deed::Accept { run, items, .. } = &operation.deed {
                *self.accepted.entry(run.clone()).or_default() |= items;
            }
        }
    }

    fn next_id(&self) -> OperationId {
        OperationId(self.log.last().map_or(0, |operation| operation.id.0) + 1)
    }

    fn staged(&self, label: &str, asked: &[Asked]) -> Result<(String, Deed), Refusal> {
        let preview = self.preview(asked)?;
        let mut step = Step::default();
        for (one, field) in asked.iter().zip(&preview.fields) {
            let rows = field.rows(Verdict::is_staged);
            if rows.is_empty() {
                continue;
            }
            step.edits.push(FieldEdit {
                field: one.field.clone(),
                edit: one.edit.clone(),
                base: self.pins(&one.field, &rows),
                rows,
            });
        }
        if step.edits.is_empty() {
            return Err(Refusal::NothingToStage(preview.sentence()));
        }
        let label = if label.is_empty() {
            preview.label(asked)
        } else {
            label.to_owned()
        };
        Ok((label, Deed::Stage(step)))
    }

    /// What the server has in these rows. A row that changed there since it was staged starts
    /// from what is there now: staging it again is how a conflict is settled.
    fn pins(&self, field: &FieldKey, rows: &RoaringBitmap) -> Vec<Pin> {
        let mut pins: indexmap::IndexMap<Value, RoaringBitmap> = indexmap::IndexMap::new();
        for row in rows {
            let now = self.listing.value(row, field);
            let base = match self.draft.of(row, field) {
                Some(group) if *now == Value::Unknown || same(now, &group.before) => &group.before,
                Some(_) | None => now,
            };
            pins.entry(base.clone()).or_default().insert(row);
        }
        let pin = |(value, rows)| Pin { value, rows };
        pins.into_iter().map(pin).collect()
    }

    /// The value an edit starts from: the staged one, or what the server has where nothing is
    /// staged or the server's value changed since.
    fn standing(&self, row: Row, field: &FieldKey) -> &Value {
        let now = self.listing.value(row, field);
        match self.draft.of(row, field) {
            Some(group) if !drifted(now, &group.before) => &group.after,
            Some(_) | None => now,
        }
    }

    fn last_standing(&self) -> Result<OperationId, Refusal> {
        self.log
            .iter()
            .rev()
            .find(|operation| operation.is_undoable() && !self.undone.contains(&operation.id))
            .map(|operation| operation.id)
            .ok_or(Refusal::NothingToUndo)
    }

    fn undo(&self, id: OperationId) -> Result<(String, Deed), Refusal> {
        let operation = self.log.iter().find(|operation| operation.id == id);
        let operation = operation.ok_or(Refusal::NothingToUndo)?;
        if !operation.is_undoable() || self.undone.contains(&id) {
            let why = format!("`{}` can't be taken back", operation.label);
            return Err(Refusal::NotUndoable(why));
        }
        Ok((format!("undo: {}", operation.label), Deed::Undo(id)))
    }

    fn redo(&self) -> Result<(String, Deed), Refusal> {
        // A step staged after an undo starts a branch: what was undone before it stays undone.
        let last = self
            .log
            .iter()
            .rev()
            .take_while(|operation| !matches!(operation.deed, Deed::Stage(_)))
            .find_map(|operation| {
                let Deed::Undo(target) = operation.deed else {
                    return None;
                };
                self.undone.contains(&target).then_some(target)
            });
        let target = last.ok_or(Refusal::NothingToRedo)?;
        let label = self
            .operation(target)
            .map_or("", |operation| operation.label.as_str());
        Ok((format!("redo: {label}"), Deed::Redo(target)))
    }

    /// The draft.
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    /// The log of operations, oldest first.
    pub fn log(&self) -> &[Operation] {
        &self.log
    }

    /// An operation of the log.
    pub fn operation(&self, id: OperationId) -> Option<&Operation> {
        self.log.iter().find(|operation| operation.id == id)
    }

    /// Whether an operation was taken back.
    pub fn is_undone(&self, id: OperationId) -> bool {
        self.undone.contains(&id)
    }

    /// How many operations `u` could take back, and how many `U` could bring back.
    pub fn undo_depth(&self) -> (usize, usize) {
        let standing = self.log.iter().filter(|operation| operation.is_undoable());
        let undone = standing
            .clone()
            .filter(|operation| self.is_undone(operation.id))
            .count();
        (standing.count() - undone, undone)
    }

    /// The rows `is:` asks for.
    pub fn sets(&self) -> Sets {
        let mut sets = Sets {
            marked: self.marks.clone(),
            staged: self.draft.rows().clone(),
            conflict: self.drifted(),
            ..Sets::default()
        };
        if let Some(run) = self.runs.last() {
            sets.add_run(run);
        }
        sets
    }

    /// The rows whose value on the server is no longer the one their draft rests on.
    pub fn drifted(&self) -> RoaringBitmap {
        let mut rows = RoaringBitmap::new();
        for (field, groups) in self.draft.fields() {
            for group in groups.groups() {
                let changed = |row: &u32| drifted(self.listing.value(*row, field), &group.before);
                rows.extend(group.rows.iter().filter(changed));
            }
        }
        rows
    }

    /// The run that goes on now, if one does.
    pub fn current_run(&self) -> Option<&Run> {
        use super::run::RunState::{Paused, Running};
        self.runs
            .last()
            .filter(|run| matches!(run.state, Running | Paused))
    }

    /// The last run that goes on, or waits for somebody to go on with it.
    pub fn unfinished_run(&self) -> Option<&Run> {
        self.runs.iter().rev().find(|run| run.is_unfinished())
    }
}

/// Whether a value read now is another than the one a draft rests on. A value nobody had read is
/// no base to differ from.
fn drifted(now: &Value, base: &Value) -> bool {
    *now != Value::Unknown && *base != Value::Unknown && !same(now, base)
}
