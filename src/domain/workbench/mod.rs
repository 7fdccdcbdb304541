//! The state of the work: listing, marks, draft and runs, and the one way to change it.
//!
//! People change it by [`Workbench::apply`], whole or not at all; the world by the `absorb_*`
//! doors. The live path ends in the same derivation as a replay, so recovery can't drift from it.

mod absorb;
mod alike;
mod drafts;
mod drift;
mod failed;
mod found;
mod judge;
mod marks;
mod opening;
mod preview;
mod previewing;
mod results;
mod runs;
#[cfg(test)]
mod tests;
mod undo;

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use roaring::RoaringBitmap;

use super::{
    Capabilities, Draft, Edit, FieldEdit, FieldKey, FieldKind, Listing, Operation, OperationId,
    Row, Run, RunId, Schema, Stamp, Step, Value,
    draft::{Base, Gathered},
    oplog::{Deed, Picked},
    outside::Outside,
    plan,
    run::{Item, RunSummary, Tally},
    text,
};

pub use alike::Parts;
pub use opening::Rest;
pub use preview::{FieldPreview, Judged, Preview, Verdict};
pub use previewing::Previewing;
pub use results::Again;
pub use undo::Dependant;

use drafts::Drafts;

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
    /// Bring back this operation, wherever it stands.
    RedoStep(OperationId),
    /// Stage the inverse of a run, as worked out by [`Workbench::reversal`], as one step.
    Revert {
        /// The run.
        run: RunId,
        /// The edits that take it back.
        asked: Vec<Asked>,
    },
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
    /// The rows of the assets are not known yet.
    #[error("the listing is being opened; it takes a moment")]
    Opening,
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
    undone: HashSet<OperationId>,
    drafts: Drafts,
    marks: RoaringBitmap,
    earlier_marks: Vec<RoaringBitmap>,
    runs: Vec<Run>,
    summaries: Vec<RunSummary>,
    run_news: u64,
    /// How many changes of each loaded run ended where.
    tallies: HashMap<RunId, Tally>,
    /// What failed in the runs that are loaded.
    failed: failed::Failed,
    pub(super) outside: Vec<Outside>,
    accepted: HashMap<RunId, RoaringBitmap>,
    opening: bool,
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
            undone: HashSet::new(),
            drafts: Drafts::default(),
            marks: RoaringBitmap::new(),
            earlier_marks: Vec::new(),
            runs: Vec::new(),
            summaries: Vec::new(),
            run_news: 0,
            tallies: HashMap::new(),
            failed: failed::Failed::new(),
            outside: Vec::new(),
            accepted: HashMap::new(),
            opening: false,
        }
    }

    /// A picture of this moment for somebody who judges elsewhere: assets, fields, draft and what
    /// the endpoint can do, without log and runs. It shares what it shows with the original.
    #[must_use]
    pub fn picture(&self) -> Self {
        Self {
            listing: self.listing.clone(),
            schema: self.schema.clone(),
            capabilities: self.capabilities.clone(),
            drafts: self.drafts.picture(),
            ..Self::new()
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
        if self.opening {
            return Err(Refusal::Opening);
        }
        let (label, deed) = match command {
            Command::Stage { label, asked } => self.staged(label, asked)?,
            Command::Exclude(picked) => {
                let count: u64 = picked.iter().map(|one| one.rows.len()).sum();
                (format!("take out {count}"), Deed::Exclude(picked.clone()))
            }
            Command::Accept { run, items } => self.accept(run, items)?,
            Command::Undo => self.undo(self.last_standing()?)?,
            Command::UndoStep(id) => self.undo_step(*id)?,
            Command::Redo => self.redo()?,
            Command::RedoStep(id) => self.redo_step(*id)?,
            Command::Revert { run, asked } => self.reverted(run, asked)?,
            Command::Drop if self.draft().is_empty() => {
                return Err(Refusal::NothingToStage("the draft is empty".into()));
            }
            Command::Drop => (
                format!(
                    "drop the draft ({})",
                    text::counted(self.draft().changes(), "change")
                ),
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
    /// recovery. What the operations before it led to is not worked out again.
    pub fn replay(&mut self, operation: Operation) {
        let again = self.remember(operation);
        let Some(last) = self.log.last() else {
            return;
        };
        if let Some(from) = again {
            let log = (self.log.as_slice(), &self.undone);
            self.drafts.again(from, log, &self.schema);
            self.accept_again();
            return;
        }
        self.drafts.take(last, &self.schema);
        if let Deed::Accept { run, items, .. } = &last.deed {
            *self.accepted.entry(run.clone()).or_default() |= items;
        }
    }

    /// Takes in a whole log, as a start does.
    pub fn replay_all(&mut self, log: impl IntoIterator<Item = Operation>) {
        for operation in log {
            self.remember(operation);
        }
        self.derive();
    }

    /// Puts an operation into the log; from where on the draft is another one, if not from there.
    fn remember(&mut self, operation: Operation) -> Option<OperationId> {
        let again = match &operation.deed {
            Deed::Undo(target) => {
                self.undone.insert(*target);
                Some(*target)
            }
            Deed::Redo(target) => {
                self.undone.remove(target);
                Some(*target)
            }
            Deed::Stage(_)
            | Deed::Exclude(_)
            | Deed::Accept { .. }
            | Deed::Settle { .. }
            | Deed::Drop => None,
        };
        self.log.push(operation);
        again
    }

    /// Works the draft out again, after the schema changed or a log was taken in.
    pub fn derive(&mut self) {
        let log = (self.log.as_slice(), &self.undone);
        self.drafts.again(OperationId::default(), log, &self.schema);
        self.accept_again();
    }

    fn accept_again(&mut self) {
        self.accepted.clear();
        let log = self.log.iter();
        for operation in log.filter(|operation| !self.undone.contains(&operation.id)) {
            if let Deed::Accept { run, items, .. } = &operation.deed {
                *self.accepted.entry(run.clone()).or_default() |= items;
            }
        }
    }

    fn next_id(&self) -> OperationId {
        OperationId(self.log.last().map_or(0, |operation| operation.id.0) + 1)
    }

    fn reverted(&self, run: &RunId, asked: &[Asked]) -> Result<(String, Deed), Refusal> {
        let (label, deed) = self.staged(&format!("revert of {run}"), asked)?;
        let Deed::Stage(step) = deed else {
            return Ok((label, deed));
        };
        let reverts = Some(run.clone());
        Ok((label, Deed::Stage(Step { reverts, ..step })))
    }

    fn staged(&self, label: &str, asked: &[Asked]) -> Result<(String, Deed), Refusal> {
        let preview = self.preview(asked)?;
        let mut step = Step::default();
        for (one, field) in asked.iter().zip(&preview.fields) {
            if field.changed.is_empty() {
                continue;
            }
            let mut rows = field.changed.clone();
            rows.optimize();
            step.edits.push(Arc::new(FieldEdit {
                field: one.field.clone(),
                edit: one.edit.clone(),
                base: self.base(&one.field, &rows),
                rows,
            }));
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
    fn base(&self, field: &FieldKey, rows: &RoaringBitmap) -> Base {
        let column = self.listing.values(field);
        let mut gathered = Gathered::default();
        let mut fresh = rows.clone();
        if let Some(groups) = self.draft().field(field) {
            let staged = groups.rows() & rows;
            let kept = &staged - groups.moved(column, &staged, true);
            fresh -= &kept;
            groups.bases(&mut gathered, &kept);
        }
        gathered.listed(column, &fresh);
        gathered.done()
    }

    /// The value an edit starts from: the staged one, or what the server has where nothing is
    /// staged or the server's value changed since.
    fn standing(&self, row: Row, field: &FieldKey) -> Cow<'_, Value> {
        let now = self.listing.value(row, field);
        let known = self.schema.field(field.as_str());
        let kind = known.map_or(FieldKind::Tags, |field| field.kind);
        match self.draft().of(row, field) {
            Some(pair) if !drift::drifted(kind, &now, &pair.before) => Cow::Owned(pair.after),
            Some(_) | None => now,
        }
    }

    /// The draft.
    pub fn draft(&self) -> &Draft {
        self.drafts.now()
    }

    /// The log of operations, oldest first.
    pub fn log(&self) -> &[Operation] {
        &self.log
    }

    /// What a run of these changes of the draft is called: like its only step where that is what all
    /// of it came from, and after all the fields it writes otherwise.
    pub fn run_title(&self, items: &[Item]) -> String {
        let parts = self.draft().parts();
        let step = parts.first().map(|part| part.step);
        let only = step.filter(|step| parts.iter().all(|part| part.step == *step));
        let label = only.and_then(|step| self.operation(step));
        let label = label.map(|operation| operation.label.as_str());
        let assets: RoaringBitmap = items.iter().map(|item| item.row).collect();
        // A step from which assets were taken out since, or that goes in part, counts too many.
        let fits = |label: &&str| match label.rsplit_once(" on ") {
            Some((_, count)) => *count == *text::number(assets.len()),
            None => true,
        };
        let label = label.filter(fits).map(str::to_owned);
        label.unwrap_or_else(|| plan::title(items))
    }

    /// An operation of the log.
    pub fn operation(&self, id: OperationId) -> Option<&Operation> {
        let place = self.log.binary_search_by_key(&id, |operation| operation.id);
        place.ok().map(|place| &self.log[place])
    }
}
