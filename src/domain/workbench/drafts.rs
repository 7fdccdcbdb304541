//! The draft as the log leads to it, and as it was before the last operations, so that taking one
//! back works nothing out again.

use std::collections::HashSet;

use crate::domain::{Draft, Operation, OperationId, Schema};

/// How many earlier drafts are kept. They share what they have in common.
const KEPT: usize = 32;

/// Drafts after the last operations that stand, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Drafts {
    kept: Vec<(OperationId, Draft)>,
    now: Draft,
}

impl Drafts {
    pub(super) fn now(&self) -> &Draft {
        &self.now
    }

    /// The draft as it is now, without those before.
    pub(super) fn picture(&self) -> Self {
        Self {
            kept: Vec::new(),
            now: self.now.clone(),
        }
    }

    /// Goes on by an operation that stands.
    pub(super) fn take(&mut self, operation: &Operation, schema: &Schema) {
        self.now.take(operation, schema);
        if self.kept.len() == KEPT {
            self.kept.remove(0);
        }
        self.kept.push((operation.id, self.now.clone()));
    }

    /// Works out what follows from an operation on: it stands no longer, or stands again.
    pub(super) fn again(
        &mut self,
        from: OperationId,
        (log, undone): (&[Operation], &HashSet<OperationId>),
        schema: &Schema,
    ) {
        self.kept.retain(|(id, _)| *id < from);
        let (last, draft) = self.kept.last().cloned().unwrap_or_default();
        self.now = draft;
        let first = log.partition_point(|operation| operation.id <= last);
        let standing = log[first..].iter();
        let standing: Vec<&Operation> = standing
            .filter(|operation| !undone.contains(&operation.id))
            .collect();
        let early = standing.len().saturating_sub(KEPT);
        for operation in &standing[..early] {
            self.now.take(operation, schema);
        }
        for operation in &standing[early..] {
            self.take(operation, schema);
        }
    }
}
