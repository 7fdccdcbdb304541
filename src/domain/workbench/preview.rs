//! What an edit would do, before it is staged.

use indexmap::IndexMap;
use roaring::RoaringBitmap;

use super::{Asked, Previewing, Workbench};
use crate::domain::{
    EditError, Field, FieldKey, FieldKind, Value,
    text::{counted, number},
};

/// What becomes of one value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It changes.
    Change,
    /// It has that value already.
    Equal,
    /// It can't be given that value: it would not be staged.
    Refused(String),
}

impl Verdict {
    /// Whether it would be staged.
    pub fn is_staged(&self) -> bool {
        *self == Self::Change
    }
}

/// What becomes of one asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The value the draft has now: what the server has, or what is staged already.
    pub before: Value,
    /// The value it would have.
    pub after: Value,
    /// What becomes of it.
    pub verdict: Verdict,
}

/// What one edit would do, or several of one field together.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldPreview {
    /// The field.
    pub field: FieldKey,
    /// Where it changes the value.
    pub changed: RoaringBitmap,
    /// Where the value is so already.
    pub equal: RoaringBitmap,
    /// Where it can't be done, by reason.
    pub refused: Vec<(String, RoaringBitmap)>,
}

impl FieldPreview {
    /// Nothing so far.
    pub(super) fn new(field: &FieldKey) -> Self {
        Self {
            field: field.clone(),
            changed: RoaringBitmap::new(),
            equal: RoaringBitmap::new(),
            refused: Vec::new(),
        }
    }

    /// How many values change, are so already, can't be given.
    pub fn counts(&self) -> [u64; 3] {
        let refused = self.refused.iter().map(|(_, rows)| rows.len()).sum();
        [self.changed.len(), self.equal.len(), refused]
    }

    pub(super) fn add(&mut self, verdict: Verdict, rows: &RoaringBitmap) {
        if rows.is_empty() {
            return;
        }
        match verdict {
            Verdict::Change => self.changed |= rows,
            Verdict::Equal => self.equal |= rows,
            Verdict::Refused(why) => {
                let known = self.refused.iter_mut().find(|(known, _)| *known == why);
                match known {
                    Some((_, all)) => *all |= rows,
                    None => self.refused.push((why, rows.clone())),
                }
            }
        }
    }

    pub(super) fn join(&mut self, other: Self) {
        self.changed |= other.changed;
        self.equal |= other.equal;
        for (why, rows) in other.refused {
            self.add(Verdict::Refused(why), &rows);
        }
    }
}

/// What a set of edits would do, counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// One for each edit asked, in the same order.
    pub fields: Vec<FieldPreview>,
    /// Changes that would be staged.
    pub changes: u64,
    /// Values that are so already.
    pub equal: u64,
    /// Values that can't be.
    pub refused: u64,
    /// Assets with at least one change.
    pub assets: RoaringBitmap,
    /// Assets with at least one refusal.
    pub problems: RoaringBitmap,
}

impl Preview {
    /// `31 changes, 4 equal, 2 refused`.
    pub fn sentence(&self) -> String {
        let Self {
            changes,
            equal,
            refused,
            ..
        } = self;
        let why = self.fields.iter().flat_map(|field| &field.refused).next();
        let why = why.map_or(String::new(), |(why, _)| format!(" ({why})"));
        let changes = counted(*changes, "change");
        let [equal, refused] = [*equal, *refused].map(number);
        format!("{changes}, {equal} equal, {refused} refused{why}")
    }

    /// `set Rights "Acme Retail" on 31`.
    pub(super) fn label(&self, asked: &[Asked]) -> String {
        let edits: Vec<String> = asked
            .iter()
            .zip(&self.fields)
            .filter(|(_, field)| !field.changed.is_empty())
            .map(|(one, _)| format!("{} {}", one.field, one.edit))
            .collect();
        format!("{} on {}", edits.join(", "), number(self.assets.len()))
    }

    fn add(&mut self, field: FieldPreview) {
        let [changes, equal, refused] = field.counts();
        self.changes += changes;
        self.equal += equal;
        self.refused += refused;
        self.assets |= &field.changed;
        for (_, rows) in &field.refused {
            self.problems |= rows;
        }
        self.fields.push(field);
    }
}

impl Workbench {
    /// What these edits would do, each on the result of the one before it.
    ///
    /// # Errors
    ///
    /// If an edit makes no sense for its field (a pattern that does not parse, a locked field).
    pub fn preview(&self, asked: &[Asked]) -> Result<Preview, EditError> {
        let mut by_field: IndexMap<&FieldKey, Vec<usize>> = IndexMap::new();
        for (place, one) in asked.iter().enumerate() {
            by_field.entry(&one.field).or_default().push(place);
        }
        let mut found: Vec<Option<FieldPreview>> = vec![None; asked.len()];
        for (field, places) in by_field {
            let edits = places.iter().map(|&place| &asked[place]);
            let edits = edits.map(|one| (one.edit.clone(), one.rows.clone()));
            let mut previewing = Previewing::new(field, edits.collect());
            previewing.finish(self)?;
            for (place, preview) in places.into_iter().zip(previewing.each()) {
                found[place] = Some(preview.clone());
            }
        }
        let mut preview = Preview::default();
        for field in found.into_iter().flatten() {
            preview.add(field);
        }
        Ok(preview)
    }

    pub(super) fn field_for(&self, key: &FieldKey) -> Result<Field, EditError> {
        let special = if *key == FieldKey::certificate() {
            Some((
                FieldKind::Certificate,
                self.capabilities.as_ref().map(|c| &c.certificates),
            ))
        } else if *key == FieldKey::thumbnail() {
            Some((
                FieldKind::Asset,
                self.capabilities.as_ref().map(|c| &c.thumbnails),
            ))
        } else {
            None
        };
        if let Some((kind, offer)) = special {
            let refusal = offer.and_then(|offer| offer.refusal());
            let known = self.schema.field(key.as_str()).cloned();
            let field = known.unwrap_or_else(|| Field::plain(key.as_str(), kind));
            return match refusal {
                Some(why) => Err(EditError::Unsuited(why.to_owned())),
                None => Ok(field),
            };
        }
        self.schema.field(key.as_str()).cloned().ok_or_else(|| {
            let near = self.schema.nearest(key.as_str());
            let hint = near
                .map(|key| format!("; did you mean {key}?"))
                .unwrap_or_default();
            EditError::Unsuited(format!("there is no field `{key}`{hint}"))
        })
    }
}
