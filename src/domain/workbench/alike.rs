//! Rows taken apart by what decides over them, so that it is worked out once for those alike.

use roaring::RoaringBitmap;

use super::Workbench;
use crate::domain::{FieldKey, draft::split::Split, listing::TYPE};

/// Rows by what decides beside the value: their type, and whether they may be edited.
pub(super) struct Alike {
    pub(super) kinds: Vec<(String, RoaringBitmap)>,
    pub(super) locked: Vec<(String, RoaringBitmap)>,
}

impl Alike {
    pub(super) fn of(rows: &RoaringBitmap, bench: &Workbench) -> Self {
        let listing = &bench.listing;
        let mut kinds = Vec::new();
        if let Some(column) = listing.values(&FieldKey::new(TYPE)) {
            let split = Split::of(column, rows);
            let kind = |(place, rows): (u32, RoaringBitmap)| {
                (column.at(place).display().into_owned(), rows)
            };
            kinds.extend(split.repeated.into_iter().map(kind));
            let single = |row: u32| (listing.kind(row).into_owned(), [row].into());
            kinds.extend(split.scattered.iter().map(single));
        }
        Self {
            kinds,
            locked: listing.locked_among(rows),
        }
    }
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
        let Alike { kinds, locked } = Alike::of(rows, self);
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
