//! The log of operations: the history of a draft, one fact after another.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{FieldKey, RunId, Step};

/// An operation's place in the log, counted from 1.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct OperationId(pub u64);

/// Who accepted a command, and when: given from outside, so that a replay is exact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Milliseconds since 1970.
    pub at_ms: i64,
    /// The author's name.
    pub by: String,
}

/// A set of changes by field and rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picked {
    /// The field.
    pub field: FieldKey,
    /// Its rows.
    #[serde(with = "super::draft::rows")]
    pub rows: roaring::RoaringBitmap,
}

/// What an operation did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Staged edits.
    Stage(Step),
    /// Took changes out of the draft.
    Exclude(Vec<Picked>),
    /// Took back an earlier operation.
    Undo(OperationId),
    /// Took back an undo of this operation.
    Redo(OperationId),
    /// Threw the whole draft away. Can be undone.
    Drop,
    /// Accepted changes of a run as the server has them.
    Accept {
        /// The run.
        run: RunId,
        /// The changes, as places in the run.
        #[serde(with = "super::draft::rows")]
        items: roaring::RoaringBitmap,
        /// Those of them that were staged still: they leave the draft.
        staged: Vec<Picked>,
    },
    /// A run wrote these: they leave the draft, and their base is what the server has now.
    Settle {
        /// The run.
        run: RunId,
        /// What it wrote.
        written: Vec<Picked>,
    },
}

/// An accepted command: a fact in the log, with its own inverse.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// Its place.
    pub id: OperationId,
    /// Who and when.
    pub stamp: Stamp,
    /// What it says in History (`set Rights "Acme Retail" on 37`).
    pub label: String,
    /// What it did.
    pub deed: Deed,
}

impl Operation {
    /// Whether `u` takes it back.
    pub fn is_undoable(&self) -> bool {
        matches!(
            self.deed,
            Deed::Stage(_) | Deed::Exclude(_) | Deed::Accept { .. } | Deed::Drop
        )
    }

    /// The run it takes back, if it is a revert.
    pub fn reverts(&self) -> Option<&RunId> {
        match &self.deed {
            Deed::Stage(step) => step.reverts.as_ref(),
            Deed::Exclude(_)
            | Deed::Accept { .. }
            | Deed::Undo(_)
            | Deed::Redo(_)
            | Deed::Drop
            | Deed::Settle { .. } => None,
        }
    }
}

/// The operations of a whole log that were not taken back, in order.
pub fn standing(log: &[Operation]) -> impl Iterator<Item = &Operation> {
    let mut undone = HashSet::new();
    for operation in log {
        match &operation.deed {
            Deed::Undo(target) => drop(undone.insert(*target)),
            Deed::Redo(target) => drop(undone.remove(target)),
            Deed::Stage(_)
            | Deed::Exclude(_)
            | Deed::Accept { .. }
            | Deed::Settle { .. }
            | Deed::Drop => {}
        }
    }
    log.iter()
        .filter(move |operation| !undone.contains(&operation.id))
}
