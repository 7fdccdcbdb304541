//! What an edit would do, before it is staged.

use std::{borrow::Cow, collections::HashMap};

use indexmap::IndexMap;
use roaring::RoaringBitmap;

use super::{Asked, Workbench};
use crate::domain::{
    Edit, EditError, Field, FieldKey, FieldKind, Row, Value, edit::Prepared, plan, run::same,
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

/// Rows with the same value now and the same value then.
#[derive(Clone, Debug, PartialEq)]
pub struct PreviewGroup {
    /// The value the draft has now: what the server has, or what is staged already.
    pub before: Value,
    /// The value it would have.
    pub after: Value,
    /// What becomes of it.
    pub verdict: Verdict,
    /// Where.
    pub rows: RoaringBitmap,
}

/// What one edit would do.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldPreview {
    /// The field.
    pub field: FieldKey,
    /// Problems first, then changes, then equal ones.
    pub groups: Vec<PreviewGroup>,
}

impl FieldPreview {
    /// The rows with such a verdict.
    pub fn rows(&self, wanted: impl Fn(&Verdict) -> bool) -> RoaringBitmap {
        let mut rows = RoaringBitmap::new();
        for group in self.groups.iter().filter(|group| wanted(&group.verdict)) {
            rows |= &group.rows;
        }
        rows
    }

    /// The group a row is in.
    pub fn of(&self, row: Row) -> Option<&PreviewGroup> {
        self.groups.iter().find(|group| group.rows.contains(row))
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
    /// `31 change, 4 equal, 2 refused`.
    pub fn sentence(&self) -> String {
        let Self {
            changes,
            equal,
            refused,
            ..
        } = self;
        let why = self
            .fields
            .iter()
            .flat_map(|field| &field.groups)
            .find_map(|group| match &group.verdict {
                Verdict::Refused(why) => Some(format!(" ({why})")),
                Verdict::Change | Verdict::Equal => None,
            })
            .unwrap_or_default();
        format!("{changes} change, {equal} equal, {refused} refused{why}")
    }

    /// `set Rights "Acme Retail" on 31`.
    pub(super) fn label(&self, asked: &[Asked]) -> String {
        let edits: Vec<String> = asked
            .iter()
            .zip(&self.fields)
            .filter(|(_, field)| !field.rows(Verdict::is_staged).is_empty())
            .map(|(one, _)| format!("{} {}", one.field, one.edit))
            .collect();
        format!("{} on {}", edits.join(", "), self.assets.len())
    }
}

impl Workbench {
    /// What these edits would do, each on the result of the one before it.
    ///
    /// # Errors
    ///
    /// If an edit makes no sense for its field (a pattern that does not parse, a locked field).
    pub fn preview(&self, asked: &[Asked]) -> Result<Preview, EditError> {
        let mut preview = Preview::default();
        for one in asked {
            let field = self.field_for(&one.field)?;
            let prepared = one.edit.prepare(&field)?;
            let earlier = preview
                .fields
                .iter()
                .rev()
                .find(|done| done.field == one.field);
            let befores = self.befores(one, earlier);
            let mut groups: IndexMap<(Value, Value, Verdict), RoaringBitmap> = IndexMap::new();
            let mut memo = Memo::default();
            for ((before, _, _), rows) in befores {
                if let Edit::Assign(_) = one.edit {
                    for row in rows {
                        let key = self.judged(row, (&field, &prepared), &before, &mut memo);
                        groups.entry(key).or_default().insert(row);
                    }
                } else if let Some(row) = rows.min() {
                    let key = self.judged(row, (&field, &prepared), &before, &mut memo);
                    *groups.entry(key).or_default() |= rows;
                }
            }
            preview.add(one.field.clone(), groups);
        }
        Ok(preview)
    }

    /// The rows of an edit by what decides its effect: the value now, the asset's type, and
    /// whether the asset may be edited. Work is done once for each, not once for each row.
    fn befores<'a>(
        &'a self,
        one: &Asked,
        earlier: Option<&'a FieldPreview>,
    ) -> IndexMap<(Cow<'a, Value>, Cow<'a, str>, Option<&'a str>), RoaringBitmap> {
        let place = |(place, group): (usize, &'a PreviewGroup)| {
            group.rows.iter().map(move |row| (row, place))
        };
        let known: HashMap<Row, usize> = earlier
            .map(|done| done.groups.iter().enumerate().flat_map(place).collect())
            .unwrap_or_default();
        let mut befores: IndexMap<_, RoaringBitmap> = IndexMap::new();
        for row in &one.rows {
            let group = earlier.and_then(|done| known.get(&row).map(|place| &done.groups[*place]));
            let before = match group {
                Some(group) if group.verdict.is_staged() => Cow::Borrowed(&group.after),
                _ => self.standing(row, &one.field),
            };
            let key = (before, self.listing.kind(row), self.listing.locked(row));
            befores.entry(key).or_default().insert(row);
        }
        befores
    }

    fn field_for(&self, key: &FieldKey) -> Result<Field, EditError> {
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

    fn judged(
        &self,
        row: Row,
        (field, prepared): (&Field, &Prepared<'_>),
        before: &Value,
        memo: &mut Memo,
    ) -> (Value, Value, Verdict) {
        let after = prepared.apply(row, before);
        if same(before, &after) {
            return (before.clone(), after, Verdict::Equal);
        }
        if let Some(why) = self.listing.locked(row) {
            return (
                before.clone(),
                after,
                Verdict::Refused(format!("not editable: {why}")),
            );
        }
        let kind = self.listing.kind(row).into_owned();
        let known = (kind, after.clone());
        let refusal = memo.0.entry(known).or_insert_with(|| {
            let capabilities = self.capabilities.as_ref()?;
            plan::refusal(
                &self.listing,
                (&self.schema, capabilities),
                (row, &field.key),
                &after,
            )
        });
        let verdict = refusal.clone().map_or(Verdict::Change, Verdict::Refused);
        (before.clone(), after, verdict)
    }
}

/// Rules depend on the asset's type and the value only; each pair is checked once.
#[derive(Default)]
struct Memo(HashMap<(String, Value), Option<String>>);

impl Preview {
    fn add(&mut self, field: FieldKey, groups: IndexMap<(Value, Value, Verdict), RoaringBitmap>) {
        let mut groups: Vec<PreviewGroup> = groups
            .into_iter()
            .map(|((before, after, verdict), rows)| PreviewGroup {
                before,
                after,
                verdict,
                rows,
            })
            .collect();
        for group in &groups {
            let count = group.rows.len();
            match group.verdict {
                Verdict::Change => {
                    self.changes += count;
                    self.assets |= &group.rows;
                }
                Verdict::Equal => self.equal += count,
                Verdict::Refused(_) => {
                    self.refused += count;
                    self.problems |= &group.rows;
                }
            }
        }
        groups.sort_by_key(|group| match group.verdict {
            Verdict::Refused(_) => 0,
            Verdict::Change => 1,
            Verdict::Equal => 2,
        });
        self.fields.push(FieldPreview { field, groups });
    }
}
