//! The draft: rules over sets.
//!
//! A step records the edit and the set of rows it was asked of, and pins the base values it
//! rests on; changes (before → after) are derived. Staging one value on a million assets is one
//! small record, undo drops a step, and a middle step can be taken out.

pub mod rows;

use std::{borrow::Cow, collections::HashMap};

use indexmap::IndexMap;
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::{
    Change, Edit, Field, FieldKey, FieldKind, Listing, Operation, OperationId, Row, RunId, Schema,
    TagDelta, Value,
    oplog::{Deed, Picked},
};

/// A value, and the rows that had it when the step was staged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pin {
    /// The value.
    pub value: Value,
    /// The rows.
    #[serde(with = "rows")]
    pub rows: RoaringBitmap,
}

/// One edit of one field, asked of a set of rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldEdit {
    /// The field.
    pub field: FieldKey,
    /// What to do with it.
    pub edit: Edit,
    /// The rows it is asked of.
    #[serde(with = "rows")]
    pub rows: RoaringBitmap,
    /// What the server had there; every row is in one pin.
    pub base: Vec<Pin>,
}

/// A step of the draft: one or more edits staged together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Its edits, in the order they work.
    pub edits: Vec<FieldEdit>,
    /// The run it takes back, if it is a revert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverts: Option<RunId>,
}

/// Changes that are the same: equal field, before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The value on the server.
    pub before: Value,
    /// The value asked for.
    pub after: Value,
    /// Set when tags were asked for one by one.
    pub delta: Option<TagDelta>,
    /// Where.
    pub rows: RoaringBitmap,
}

impl Group {
    /// Whether nothing would change there.
    pub fn is_equal(&self) -> bool {
        super::run::same(&self.before, &self.after)
    }
}

/// The groups of one field, each row in at most one.
#[derive(Clone, Debug, Default)]
pub struct FieldGroups {
    groups: Vec<Group>,
    by_row: HashMap<Row, u32>,
}

impl FieldGroups {
    fn new(groups: Vec<Group>) -> Self {
        let mut by_row = HashMap::new();
        if groups.len() > 64 {
            for (place, group) in (0u32..).zip(&groups) {
                by_row.extend(group.rows.iter().map(|row| (row, place)));
            }
        }
        Self { groups, by_row }
    }

    /// The groups, in the order their rows were first staged.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The group a row is in.
    pub fn of(&self, row: Row) -> Option<&Group> {
        if self.by_row.is_empty() {
            self.groups.iter().find(|group| group.rows.contains(row))
        } else {
            self.by_row
                .get(&row)
                .map(|&place| &self.groups[place as usize])
        }
    }
}

/// What one edit of a step still contributes to the draft.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The step.
    pub step: OperationId,
    /// The field.
    pub field: FieldKey,
    /// The rows that are still staged by it.
    pub rows: RoaringBitmap,
}

/// The change set being worked on, derived from the log of operations.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    fields: IndexMap<FieldKey, FieldGroups>,
    steps: Vec<OperationId>,
    parts: Vec<Part>,
    rows: RoaringBitmap,
    changes: u64,
    equal: u64,
}

impl Draft {
    /// Works the draft out from the operations that still stand, in order.
    pub fn derive<'a>(
        operations: impl IntoIterator<Item = &'a Operation>,
        schema: &Schema,
    ) -> Self {
        let mut live: Vec<(OperationId, FieldEdit)> = Vec::new();
        for operation in operations {
            apply(&mut live, operation);
        }
        let mut by_field: IndexMap<FieldKey, Vec<&FieldEdit>> = IndexMap::new();
        for (_, edit) in live.iter().filter(|(_, edit)| !edit.rows.is_empty()) {
            by_field.entry(edit.field.clone()).or_default().push(edit);
        }
        let steps = live.iter().map(|(id, _)| *id).collect();
        let mut draft = Self {
            steps,
            ..Self::default()
        };
        draft.steps.dedup();
        draft.parts = live
            .iter()
            .filter(|(_, edit)| !edit.rows.is_empty())
            .map(|(step, edit)| Part {
                step: *step,
                field: edit.field.clone(),
                rows: edit.rows.clone(),
            })
            .collect();
        for (field, edits) in by_field {
            let groups = partition(&edits, schema.field(field.as_str()));
            for group in &groups {
                let count = group.rows.len();
                *(if group.is_equal() {
                    &mut draft.equal
                } else {
                    &mut draft.changes
                }) += count;
                draft.rows |= &group.rows;
            }
            draft.fields.insert(field, FieldGroups::new(groups));
        }
        draft
    }

    /// Whether nothing is staged.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows anything is staged on.
    pub fn rows(&self) -> &RoaringBitmap {
        &self.rows
    }

    /// How many changes differ from what the server has.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// How many staged changes are equal to what the server has.
    pub fn equal(&self) -> u64 {
        self.equal
    }

    /// The operations that still contribute.
    pub fn steps(&self) -> &[OperationId] {
        &self.steps
    }

    /// What each edit still contributes, in the order the edits work.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The fields something is staged on, with their groups of equal changes.
    pub fn fields(&self) -> impl Iterator<Item = (&FieldKey, &FieldGroups)> {
        self.fields.iter()
    }

    /// What is staged on a field of an asset.
    pub fn of(&self, row: Row, field: &FieldKey) -> Option<&Group> {
        self.fields.get(field)?.of(row)
    }

    /// What is staged on an asset, by field.
    pub fn on(&self, row: Row) -> impl Iterator<Item = (&FieldKey, &Group)> {
        self.fields
            .iter()
            .filter_map(move |(field, groups)| Some((field, groups.of(row)?)))
    }

    /// The value an asset would have: the staged one, or what the server has.
    pub fn value<'a>(&'a self, listing: &'a Listing, row: Row, field: &FieldKey) -> Cow<'a, Value> {
        match self.of(row, field) {
            Some(group) => Cow::Borrowed(&group.after),
            None => listing.value(row, field),
        }
    }

    /// Every change, field by field, group by group.
    pub fn all<'a>(&'a self, listing: &'a Listing) -> impl Iterator<Item = Change> + 'a {
        self.fields.iter().flat_map(move |(field, groups)| {
            groups.groups.iter().flat_map(move |group| {
                group.rows.iter().map(move |row| Change {
                    row,
                    asset: listing.id(row),
                    field: field.clone(),
                    before: group.before.clone(),
                    after: group.after.clone(),
                    delta: group.delta.clone(),
                })
            })
        })
    }
}

fn apply(live: &mut Vec<(OperationId, FieldEdit)>, operation: &Operation) {
    match &operation.deed {
        Deed::Stage(step) => {
            live.extend(step.edits.iter().map(|edit| (operation.id, edit.clone())));
        }
        Deed::Exclude(picked)
        | Deed::Accept { staged: picked, .. }
        | Deed::Settle {
            written: picked, ..
        } => {
            for one in picked {
                take_out(live, one);
            }
        }
        Deed::Drop => live.clear(),
        Deed::Undo(_) | Deed::Redo(_) => {}
    }
}

fn take_out(live: &mut [(OperationId, FieldEdit)], picked: &Picked) {
    for (_, edit) in live
        .iter_mut()
        .filter(|(_, edit)| edit.field == picked.field)
    {
        edit.rows -= &picked.rows;
    }
}

/// Splits rows into groups of equal before and after. Each edit works on the result of the one
/// before it; cost grows with distinct values, not with rows.
fn partition(edits: &[&FieldEdit], field: Option<&Field>) -> Vec<Group> {
    let stand_in;
    let field = if let Some(field) = field {
        field
    } else {
        let key = edits.first().map_or("", |edit| edit.field.as_str());
        stand_in = Field::plain(key, FieldKind::Text);
        &stand_in
    };
    let mut groups: Vec<Group> = Vec::new();
    for edit in edits {
        rebase(&mut groups, edit);
        let mut fresh = edit.rows.clone();
        for group in &groups {
            fresh -= &group.rows;
        }
        for pin in &edit.base {
            let rows = &pin.rows & &fresh;
            if !rows.is_empty() {
                let (before, after) = (pin.value.clone(), pin.value.clone());
                groups.push(Group {
                    before,
                    after,
                    delta: Some(TagDelta::default()),
                    rows,
                });
            }
        }
        groups = worked(groups, edit, field);
    }
    for group in &mut groups {
        if group
            .delta
            .as_ref()
            .is_some_and(|delta| *delta == TagDelta::default())
        {
            group.delta = None;
        }
    }
    groups
}

/// Forgets what was staged on rows whose base changed on the server before this edit.
fn rebase(groups: &mut Vec<Group>, edit: &FieldEdit) {
    for group in groups.iter_mut() {
        for pin in edit.base.iter().filter(|pin| pin.value != group.before) {
            group.rows -= &pin.rows & &edit.rows;
        }
    }
    groups.retain(|group| !group.rows.is_empty());
}

fn worked(groups: Vec<Group>, edit: &FieldEdit, field: &Field) -> Vec<Group> {
    let Ok(prepared) = edit.edit.prepare(&Field {
        locked: None,
        ..field.clone()
    }) else {
        return groups;
    };
    let step = prepared.delta();
    let mut done: Vec<Group> = Vec::with_capacity(groups.len());
    for group in groups {
        let touched = &group.rows & &edit.rows;
        let rest = &group.rows - &touched;
        if !rest.is_empty() {
            done.push(Group {
                rows: rest,
                ..group.clone()
            });
        }
        let delta = merged(group.delta.as_ref(), step.as_ref());
        let mut by_value: IndexMap<Value, RoaringBitmap> = IndexMap::new();
        if let Edit::Assign(_) = edit.edit {
            for row in &touched {
                by_value
                    .entry(prepared.apply(row, &group.after))
                    .or_default()
                    .insert(row);
            }
        } else if let Some(row) = touched.min() {
            by_value.insert(prepared.apply(row, &group.after), touched);
        }
        done.extend(by_value.into_iter().map(|(after, rows)| Group {
            before: group.before.clone(),
            after,
            delta: delta.clone(),
            rows,
        }));
    }
    done
}

/// Two tag edits in a row; `None` as soon as one of them replaces the whole value.
fn merged(first: Option<&TagDelta>, second: Option<&TagDelta>) -> Option<TagDelta> {
    let mut delta = first?.clone();
    let second = second?;
    for tag in &second.add {
        delta.remove.retain(|removed| removed != tag);
        if !delta.add.contains(tag) {
            delta.add.push(tag.clone());
        }
    }
    for tag in &second.remove {
        delta.add.retain(|added| added != tag);
        if !delta.remove.contains(tag) {
            delta.remove.push(tag.clone());
        }
    }
    Some(delta)
}
