//! The draft: rules over sets.
//!
//! A step records the edit and the set of rows it was asked of, and the base values it rests on;
//! changes (before → after) are worked out only where somebody looks at them. Staging one value on
//! a million assets is one small record, undo drops a step, and a middle step can be taken out.

pub mod base;
mod chain;
mod field;
pub mod rows;
pub mod split;
mod values;

use std::{borrow::Cow, sync::Arc};

use indexmap::IndexMap;
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::{
    Change, Edit, Field, FieldKey, FieldKind, Listing, Operation, OperationId, Row, RunId, Schema,
    Value,
    oplog::{Deed, Picked},
};

pub use base::{Base, Pin};
pub use chain::{Chain, Group, Kinds, Pair};
pub use field::FieldGroups;

pub(in crate::domain) use base::Gathered;
use chain::Link;

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
    /// What the server had there; it knows every row.
    pub base: Base,
}

/// A step of the draft: one or more edits staged together. Clones share them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// Its edits, in the order they work.
    pub edits: Vec<Arc<FieldEdit>>,
    /// The run it takes back, if it is a revert.
    pub reverts: Option<RunId>,
}

/// An edit of a step, and where something is still staged that it was asked of.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The step.
    pub step: OperationId,
    /// The field.
    pub field: FieldKey,
    /// The rows that are still staged by it.
    pub rows: Arc<RoaringBitmap>,
}

/// What a step contributes to the draft in one field. Every staged change is `own` of exactly one
/// step, so the steps add up to the draft.
#[derive(Clone, Debug, PartialEq)]
pub struct Contribution {
    /// The step.
    pub step: OperationId,
    /// The field.
    pub field: FieldKey,
    /// Where it works last: its outcome is the value that would be sent.
    pub own: RoaringBitmap,
    /// Where a later step goes on from what it made; the change is counted there.
    pub continued: RoaringBitmap,
    /// Where a later step takes no notice of it: nothing of it is left.
    pub overridden: RoaringBitmap,
}

/// The change set being worked on, as the log of operations leads to it. Clones share what they
/// have in common.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    fields: IndexMap<FieldKey, Arc<FieldGroups>>,
    parts: Vec<Part>,
    rows: RoaringBitmap,
}

impl Draft {
    /// Works the draft out from the operations that still stand, in order.
    pub fn derive<'a>(
        operations: impl IntoIterator<Item = &'a Operation>,
        schema: &Schema,
    ) -> Self {
        let mut draft = Self::default();
        for operation in operations {
            draft.take(operation, schema);
        }
        draft
    }

    /// Goes on by one operation that stands. Cost grows with the edits of the field, not with the
    /// assets.
    pub fn take(&mut self, operation: &Operation, schema: &Schema) {
        match &operation.deed {
            Deed::Stage(step) => {
                for edit in step.edits.iter().filter(|edit| !edit.rows.is_empty()) {
                    self.stage(operation.id, edit, schema);
                }
            }
            Deed::Exclude(picked)
            | Deed::Accept { staged: picked, .. }
            | Deed::Settle {
                written: picked, ..
            } => {
                for one in picked {
                    self.take_out(one);
                }
                self.tidy();
            }
            Deed::Drop => *self = Self::default(),
            Deed::Undo(_) | Deed::Redo(_) => {}
        }
    }

    fn stage(&mut self, step: OperationId, edit: &Arc<FieldEdit>, schema: &Schema) {
        let stand_in;
        let rules = if let Some(field) = schema.field(edit.field.as_str()) {
            field
        } else {
            stand_in = Field::plain(edit.field.as_str(), FieldKind::Text);
            &stand_in
        };
        let link = Arc::new(Link::new(step, Arc::clone(edit), rules));
        let groups = self.fields.entry(edit.field.clone()).or_default();
        Arc::make_mut(groups).add(&link, link.rows());
        self.rows |= groups.rows();
        self.parts.push(Part {
            step,
            field: edit.field.clone(),
            rows: Arc::new(edit.rows.clone()),
        });
    }

    fn take_out(&mut self, picked: &Picked) {
        let parts = self.parts.iter_mut();
        for part in parts.filter(|part| part.field == picked.field) {
            if !part.rows.is_disjoint(&picked.rows) {
                part.rows = Arc::new(&*part.rows - &picked.rows);
            }
        }
        if let Some(groups) = self.fields.get_mut(&picked.field) {
            Arc::make_mut(groups).remove(&picked.rows);
        }
    }

    /// After something was taken out: fields stand in the order of what is left.
    fn tidy(&mut self) {
        self.parts.retain(|part| !part.rows.is_empty());
        let mut before = std::mem::take(&mut self.fields);
        for part in &self.parts {
            if let Some(groups) = before.swap_remove(&part.field) {
                self.fields.insert(part.field.clone(), groups);
            }
        }
        self.fields.retain(|_, groups| !groups.rows().is_empty());
        self.rows.clear();
        for groups in self.fields.values() {
            self.rows |= groups.rows();
        }
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
        self.counts().0
    }

    /// How many staged changes are equal to what the server has.
    pub fn equal(&self) -> u64 {
        self.counts().1
    }

    fn counts(&self) -> (u64, u64) {
        let counts = self.fields.values().map(|groups| groups.counts());
        counts.fold((0, 0), |(changes, equal), (more, same)| {
            (changes + more, equal + same)
        })
    }

    /// The last operation that still contributes.
    pub fn last_step(&self) -> Option<OperationId> {
        self.parts.last().map(|part| part.step)
    }

    /// Whether anything of a step is still staged.
    pub fn holds(&self, step: OperationId) -> bool {
        let at = self.parts.partition_point(|part| part.step < step);
        self.parts.get(at).is_some_and(|part| part.step == step)
    }

    /// What each edit still contributes, in the order the edits work.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// What each step contributes to the values that would be sent, field by field, in the order
    /// the steps work.
    pub fn contributions(&self) -> Vec<Contribution> {
        let mut all: IndexMap<(OperationId, &FieldKey), Contribution> = IndexMap::new();
        for part in &self.parts {
            let contribution = Contribution {
                step: part.step,
                field: part.field.clone(),
                own: RoaringBitmap::new(),
                continued: RoaringBitmap::new(),
                overridden: RoaringBitmap::new(),
            };
            let known = all.entry((part.step, &part.field)).or_insert(contribution);
            known.overridden |= &*part.rows;
        }
        for (field, groups) in &self.fields {
            let mut unowned = groups.rows().clone();
            for chain in groups.chains() {
                let mut steps = chain.steps().rev();
                if let Some(last) = steps.next().and_then(|step| all.get_mut(&(step, field))) {
                    last.own |= chain.rows();
                    unowned -= chain.rows();
                }
                for step in steps {
                    if let Some(earlier) = all.get_mut(&(step, field)) {
                        earlier.continued |= chain.rows();
                    }
                }
            }
            // An edit that the field does not take changes nothing, and is staged all the same.
            let of_field = all.values_mut().rev();
            for one in of_field.filter(|one| one.field == *field) {
                let rows = &one.overridden & &unowned;
                unowned -= &rows;
                one.own |= rows;
            }
        }
        let mut all: Vec<Contribution> = all.into_values().collect();
        for one in &mut all {
            one.continued -= &one.own;
            one.overridden -= &one.own;
            one.overridden -= &one.continued;
        }
        all
    }

    /// The rows where something would change.
    pub fn changed_rows(&self) -> RoaringBitmap {
        let mut changed = RoaringBitmap::new();
        for groups in self.fields.values() {
            changed |= groups.rows() - groups.equal_rows();
        }
        changed
    }

    /// The fields something is staged on.
    pub fn fields(&self) -> impl Iterator<Item = (&FieldKey, &FieldGroups)> {
        self.fields
            .iter()
            .map(|(field, groups)| (field, groups.as_ref()))
    }

    /// What is staged on a field.
    pub fn field(&self, field: &FieldKey) -> Option<&FieldGroups> {
        self.fields.get(field).map(Arc::as_ref)
    }

    /// What is staged on a field of an asset.
    pub fn of(&self, row: Row, field: &FieldKey) -> Option<Pair> {
        self.field(field)?.of(row)
    }

    /// What is staged on an asset, by field.
    pub fn on(&self, row: Row) -> impl Iterator<Item = (&FieldKey, Pair)> {
        self.fields()
            .filter_map(move |(field, groups)| Some((field, groups.of(row)?)))
    }

    /// The value an asset would have: the staged one, or what the server has.
    pub fn value<'a>(&self, listing: &'a Listing, row: Row, field: &FieldKey) -> Cow<'a, Value> {
        match self.of(row, field) {
            Some(pair) => Cow::Owned(pair.after),
            None => listing.value(row, field),
        }
    }

    /// Every change, field by field, equal ones together.
    pub fn all<'a>(&'a self, listing: &'a Listing) -> impl Iterator<Item = Change> + 'a {
        self.fields().flat_map(move |(field, groups)| {
            let change = move |row, pair: Pair| Change {
                row,
                asset: listing.id(row),
                field: field.clone(),
                before: pair.before,
                after: pair.after,
                delta: pair.delta,
            };
            let alike = groups.groups().flat_map(move |group| {
                let rows = group.rows.iter();
                rows.map(move |row| change(row, group.pair()))
            });
            let chains = groups.chains();
            let each = chains.flat_map(|chain| chain.each(chain.scattered()));
            alike.chain(each.map(move |(row, pair)| change(row, pair)))
        })
    }
}

/// A step as it is written down.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    edits: Vec<Cow<'a, FieldEdit>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reverts: Option<RunId>,
}

impl Serialize for Step {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let edits = self.edits.iter().map(|edit| Cow::Borrowed(edit.as_ref()));
        let written = Written {
            edits: edits.collect(),
            reverts: self.reverts.clone(),
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(source)?;
        let edits = written.edits.into_iter().map(Cow::into_owned);
        Ok(Self {
            edits: edits.map(Arc::new).collect(),
            reverts: written.reverts,
        })
    }
}
