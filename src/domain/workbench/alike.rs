//! Rows taken apart by what decides over them, so that it is worked out once for those alike.

use std::borrow::Cow;

use roaring::RoaringBitmap;

use super::Workbench;
use crate::domain::{
    FieldKey, Row,
    draft::split::Split,
    listing::{Column, TYPE},
};

/// From so many rows a type on, rows are taken apart by the sets of all types: with fewer, by the
/// type of each row.
const MANY: u64 = 64;

/// Rows by what decides beside the value: their type, and whether they may be edited.
pub(super) struct Alike<'a> {
    types: Option<&'a Column>,
    kinds: Vec<(String, RoaringBitmap)>,
    pub(super) locked: Vec<(String, RoaringBitmap)>,
}

impl<'a> Alike<'a> {
    pub(super) fn of(rows: &RoaringBitmap, bench: &'a Workbench) -> Self {
        let listing = &bench.listing;
        let types = listing.values(&FieldKey::new(TYPE));
        Self {
            types,
            kinds: types.map_or_else(Vec::new, |types| split(types, rows)),
            locked: listing.locked_among(rows),
        }
    }

    /// Some of these rows by their type.
    pub(super) fn by_kind(&self, rows: &RoaringBitmap) -> Vec<(Cow<'_, str>, RoaringBitmap)> {
        let is_many = rows.len() / MANY >= self.kinds.len() as u64;
        if let Some(types) = self.types.filter(|_| !is_many) {
            let kinds = split(types, rows).into_iter();
            return kinds.map(|(kind, rows)| (Cow::Owned(kind), rows)).collect();
        }
        let kinds = self.kinds.iter();
        let kinds = kinds.map(|(kind, of_kind)| (Cow::Borrowed(kind.as_str()), rows & of_kind));
        kinds.filter(|(_, rows)| !rows.is_empty()).collect()
    }
}

/// Rows by their type.
fn split(types: &Column, rows: &RoaringBitmap) -> Vec<(String, RoaringBitmap)> {
    let Split {
        repeated,
        scattered,
    } = Split::of(types, rows);
    let kind = |place: u32| types.at(place).display().into_owned();
    let single = |row: Row| (kind(types.place(row)), [row].into());
    let repeated = repeated
        .into_iter()
        .map(|(place, rows)| (kind(place), rows));
    repeated.chain(scattered.iter().map(single)).collect()
}

/// Rows in parts of which all rows are alike.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// The parts; none is empty, and no row is in two.
    pub alike: Vec<RoaringBitmap>,
    /// The rows that are hardly like any other, or were not compared.
    pub scattered: RoaringBitmap,
}

impl Workbench {
    /// Takes rows apart: those of a part have one type and one lock, and in each of these fields
    /// one standing value, staged on all of them or on none.
    pub fn parts(&self, rows: &RoaringBitmap, fields: &[FieldKey]) -> Parts {
        let Alike { kinds, locked, .. } = Alike::of(rows, self);
        let mut parts = Parts {
            alike: vec![rows.clone()],
            scattered: RoaringBitmap::new(),
        };
        parts.divide(|part, _| kinds.iter().map(|(_, rows)| part & rows).collect());
        parts.divide(|part, _| locked.iter().map(|(_, rows)| part & rows).collect());
        for field in fields {
            parts.divide(|part, scattered| self.standing_parts(part, field, scattered));
        }
        parts
    }

    /// The rows of a part by their standing value in a field; those that are scattered are added to
    /// the others.
    fn standing_parts(
        &self,
        part: &RoaringBitmap,
        field: &FieldKey,
        scattered: &mut RoaringBitmap,
    ) -> Vec<RoaringBitmap> {
        let mut found = Vec::new();
        let mut fresh = part.clone();
        if let Some(groups) = self.draft().field(field) {
            let staged = groups.rows() & part;
            let (equal, single) = groups.results(&staged);
            found.extend(equal.into_iter().map(|(_, rows)| rows));
            *scattered |= single;
            fresh -= staged;
        }
        if let Some(column) = self.listing.values(field) {
            let split = Split::of(column, &fresh);
            found.extend(split.repeated.into_iter().map(|(_, rows)| rows));
            *scattered |= split.scattered;
        }
        found
    }
}

impl Parts {
    /// Divides each part into those found in it, and what is in none of them.
    fn divide(
        &mut self,
        mut find: impl FnMut(&RoaringBitmap, &mut RoaringBitmap) -> Vec<RoaringBitmap>,
    ) {
        let mut parts = Vec::with_capacity(self.alike.len());
        for mut rest in std::mem::take(&mut self.alike) {
            let found = find(&rest, &mut self.scattered);
            for rows in found {
                rest -= &rows;
                if !rows.is_empty() {
                    parts.push(rows);
                }
            }
            rest -= &self.scattered;
            if !rest.is_empty() {
                parts.push(rest);
            }
        }
        self.alike = parts;
    }
}
