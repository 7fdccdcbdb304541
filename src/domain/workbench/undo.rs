//! Taking steps back and bringing them back, also in the middle, where nothing later rests on
//! them.

use std::collections::HashMap;

use roaring::RoaringBitmap;

use super::{Refusal, Workbench};
use crate::domain::{
    Edit, FieldEdit, FieldKey, FieldKind, Operation, OperationId, Step,
    oplog::{Deed, Picked},
};

/// A later step that works on the result of another one.
#[derive(Clone, Debug, PartialEq)]
pub struct Dependant {
    /// The later step.
    pub step: OperationId,
    /// What it says in History.
    pub label: String,
    /// The rows on which it works on the other one's result.
    pub rows: RoaringBitmap,
}

/// Rows of a field that still have the result of a step. `tags` are the ones it named one by one;
/// `None` if it replaced the value.
#[derive(Debug, Default)]
struct Decided {
    rows: RoaringBitmap,
    tags: Option<Vec<String>>,
}

type Results = HashMap<FieldKey, Decided>;

impl Workbench {
    pub(super) fn last_standing(&self) -> Result<OperationId, Refusal> {
        self.log
            .iter()
            .rev()
            .find(|operation| self.can_be_undone(operation))
            .map(|operation| operation.id)
            .ok_or(Refusal::NothingToUndo)
    }

    /// Whether taking an operation back would change anything.
    fn can_be_undone(&self, operation: &Operation) -> bool {
        operation.is_undoable() && !self.undone.contains(&operation.id) && !self.is_spent(operation)
    }

    /// Whether nothing of a step is staged any more: it was sent, or taken out.
    fn is_spent(&self, operation: &Operation) -> bool {
        matches!(operation.deed, Deed::Stage(_)) && !self.draft().holds(operation.id)
    }

    pub(super) fn undo(&self, id: OperationId) -> Result<(String, Deed), Refusal> {
        let operation = self.operation(id).ok_or(Refusal::NothingToUndo)?;
        if self.undone.contains(&id) {
            let why = format!("`{}` is taken back already", operation.label);
            return Err(Refusal::NotUndoable(why));
        }
        if !operation.is_undoable() {
            let why = format!("`{}` can't be taken back", operation.label);
            return Err(Refusal::NotUndoable(why));
        }
        if self.is_spent(operation) {
            let why = format!(
                "nothing of `{}` is staged any more: it was sent, or taken out",
                operation.label
            );
            return Err(Refusal::NotUndoable(why));
        }
        Ok((format!("undo: {}", operation.label), Deed::Undo(id)))
    }

    pub(super) fn undo_step(&self, id: OperationId) -> Result<(String, Deed), Refusal> {
        let done = self.undo(id)?;
        self.free(id, "taken back")?;
        Ok(done)
    }

    pub(super) fn redo(&self) -> Result<(String, Deed), Refusal> {
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
        Ok(self.bring_back(last.ok_or(Refusal::NothingToRedo)?))
    }

    pub(super) fn redo_step(&self, id: OperationId) -> Result<(String, Deed), Refusal> {
        if !self.undone.contains(&id) {
            return Err(Refusal::NothingToRedo);
        }
        self.free(id, "brought back")?;
        Ok(self.bring_back(id))
    }

    fn bring_back(&self, id: OperationId) -> (String, Deed) {
        let label = self
            .operation(id)
            .map_or("", |operation| operation.label.as_str());
        (format!("redo: {label}"), Deed::Redo(id))
    }

    /// Refuses if later steps rest on this one, naming them.
    fn free(&self, id: OperationId, done: &str) -> Result<(), Refusal> {
        let later = self.dependants(id);
        if later.is_empty() {
            return Ok(());
        }
        let label = self
            .operation(id)
            .map_or("", |operation| operation.label.as_str());
        let named: Vec<String> = later.iter().map(Dependant::words).collect();
        let named = named.join("; ");
        let it = if later.len() == 1 {
            "that step"
        } else {
            "those steps"
        };
        Err(Refusal::NotUndoable(format!(
            "`{label}` can't be {done}: {named}; take {it} back first"
        )))
    }

    /// The later steps that stand and work on the result of this one, or would if it were
    /// brought back, oldest first.
    pub fn dependants(&self, id: OperationId) -> Vec<Dependant> {
        let Some(operation) = self.operation(id) else {
            return Vec::new();
        };
        let mut results = self.results(operation);
        let mut found: Vec<Dependant> = Vec::new();
        let later = self
            .log
            .iter()
            .filter(|later| later.id > id && !self.is_undone(later.id));
        for later in later {
            match &later.deed {
                Deed::Stage(step) => {
                    let rows = self.resting(&mut results, step);
                    if !rows.is_empty() {
                        found.push(Dependant {
                            step: later.id,
                            label: later.label.clone(),
                            rows,
                        });
                    }
                }
                Deed::Exclude(picked)
                | Deed::Accept { staged: picked, .. }
                | Deed::Settle {
                    written: picked, ..
                } => {
                    forget(&mut results, picked);
                }
                Deed::Drop => results.clear(),
                Deed::Undo(_) | Deed::Redo(_) => {}
            }
        }
        found
    }

    /// What an operation decides: the values it stages, or those it took out of the draft.
    fn results(&self, operation: &Operation) -> Results {
        let mut results = Results::new();
        match &operation.deed {
            Deed::Stage(step) => step.edits.iter().for_each(|edit| {
                let tags = self.tags(edit);
                match results.entry(edit.field.clone()) {
                    std::collections::hash_map::Entry::Vacant(place) => {
                        place.insert(Decided {
                            rows: edit.rows.clone(),
                            tags,
                        });
                    }
                    std::collections::hash_map::Entry::Occupied(mut known) => {
                        let known = known.get_mut();
                        known.rows |= &edit.rows;
                        known.tags = match (known.tags.take(), tags) {
                            (Some(mut some), Some(more)) => {
                                some.extend(more);
                                Some(some)
                            }
                            _ => None,
                        };
                    }
                }
            }),
            Deed::Exclude(picked) | Deed::Accept { staged: picked, .. } => {
                for one in picked {
                    results.entry(one.field.clone()).or_default().rows |= &one.rows;
                }
            }
            Deed::Drop => {
                let before = self.log.iter().filter(|one| one.id < operation.id);
                for one in before.filter(|one| !self.is_undone(one.id)) {
                    if let Deed::Stage(step) = &one.deed {
                        for edit in &step.edits {
                            results.entry(edit.field.clone()).or_default().rows |= &edit.rows;
                        }
                    }
                }
            }
            Deed::Undo(_) | Deed::Redo(_) | Deed::Settle { .. } => {}
        }
        results
    }

    /// The rows on which a step works on these results. A value it gives whatever was there rests
    /// on nothing, and ends the result.
    fn resting(&self, results: &mut Results, step: &Step) -> RoaringBitmap {
        let mut resting = RoaringBitmap::new();
        for edit in &step.edits {
            let Some(result) = results.get_mut(&edit.field) else {
                continue;
            };
            let shared = &result.rows & &edit.rows;
            if self.is_absolute(edit) {
                result.rows -= shared;
                continue;
            }
            // Tags asked one by one get along, unless they are the same ones.
            let apart = match (&result.tags, self.tags(edit)) {
                (Some(first), Some(second)) => !second.iter().any(|tag| first.contains(tag)),
                _ => false,
            };
            if !apart {
                resting |= shared;
            }
        }
        resting
    }

    fn is_multiple(&self, field: &FieldKey) -> bool {
        let rules = self.schema.field(field.as_str());
        rules.is_some_and(|rules| rules.kind == FieldKind::Tags)
    }

    fn is_absolute(&self, edit: &FieldEdit) -> bool {
        match edit.edit {
            Edit::Set(_) | Edit::Clear | Edit::Assign(_) => true,
            Edit::AddTags(_) => !self.is_multiple(&edit.field),
            Edit::Append(_) | Edit::Prepend(_) | Edit::Replace { .. } | Edit::RemoveTags(_) => {
                false
            }
        }
    }

    /// The tags an edit adds or removes, if it leaves the others.
    fn tags(&self, edit: &FieldEdit) -> Option<Vec<String>> {
        if !self.is_multiple(&edit.field) {
            return None;
        }
        match &edit.edit {
            Edit::AddTags(tags) | Edit::RemoveTags(tags) => Some(tags.clone()),
            Edit::Append(tag) | Edit::Prepend(tag) => Some(vec![tag.clone()]),
            Edit::Set(_) | Edit::Clear | Edit::Assign(_) | Edit::Replace { .. } => None,
        }
    }

    /// Whether an operation was taken back.
    pub fn is_undone(&self, id: OperationId) -> bool {
        self.undone.contains(&id)
    }

    /// How many operations `u` could take back, and how many `U` could bring back.
    pub fn undo_depth(&self) -> (usize, usize) {
        let standing = self.log.iter().filter(|one| self.can_be_undone(one));
        (standing.count(), self.undone.len())
    }
}

impl Dependant {
    /// ``step 4 `append "x"` on 12 of these assets rests on it``.
    pub fn words(&self) -> String {
        let (step, label, count) = (self.step.0, &self.label, self.rows.len());
        let assets = if count == 1 { "asset" } else { "assets" };
        format!("step {step} `{label}` rests on it on {count} {assets}")
    }
}

fn forget(results: &mut Results, picked: &[Picked]) {
    for one in picked {
        if let Some(result) = results.get_mut(&one.field) {
            result.rows -= &one.rows;
        }
    }
}
