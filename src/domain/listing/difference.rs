//! Where a value that came differs from the one known before.

use super::{Column, Listing, coding::Kind};
use crate::domain::{FieldKey, Row, Value};

/// As many differences are noted between two looks at them; a library that changes more often
/// than that is told in part.
const MOST: usize = 1 << 20;

/// A value that came and differs from the one known before: numbers only, so that noting it costs
/// next to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The asset.
    pub row: Row,
    /// The field: its place among [`Listing::fields`].
    pub column: usize,
    before: u32,
    now: u32,
}

/// A row that is written, and whether it was known before.
pub(super) type Written = (Row, bool);

/// Gives a row the value at a place of its column; where it was known before and had another one,
/// that is noted. Whether it had another one.
pub(super) fn write(
    differences: &mut Vec<Difference>,
    (column, values): (usize, &mut Column),
    (row, known): Written,
    place: u32,
) -> bool {
    let Some((before, now)) = values.set_place(row, place).filter(|_| known) else {
        return false;
    };
    // What nobody had read before is no change.
    let read = |place| values.kind(place) != Kind::Unknown;
    let differs = read(before) && read(now);
    if differs && differences.len() < MOST {
        differences.push(Difference {
            row,
            column,
            before,
            now,
        });
    }
    differs
}

impl Listing {
    /// The place of a field's column, made if it is new.
    pub(super) fn place_of(&mut self, key: &FieldKey) -> usize {
        match self.columns.get_index_of(key) {
            Some(place) => place,
            None => self.columns.insert_full(key.clone(), Column::default()).0,
        }
    }

    /// Changes one value because it was read again; where it differs, that is noted.
    pub fn reread(&mut self, row: Row, field: &FieldKey, value: &Value) {
        let (column, known) = (self.place_of(field), self.present.contains(row));
        self.part();
        let Some((_, values)) = self.columns.get_index_mut(column) else {
            return;
        };
        let place = values.number(value);
        write(&mut self.differences, (column, values), (row, known), place);
    }

    /// What differed since this was asked last.
    pub fn take_differences(&mut self) -> Vec<Difference> {
        std::mem::take(&mut self.differences)
    }

    /// Forgets what differed: it was no news.
    pub fn forget_differences(&mut self) {
        self.differences = Vec::new();
    }

    /// The field, the value before and the value since.
    pub fn differing(&self, one: &Difference) -> (FieldKey, Value, Value) {
        let Some((key, values)) = self.columns.get_index(one.column) else {
            return (super::NAME.into(), Value::Absent, Value::Absent);
        };
        (
            key.clone(),
            values.at(one.before).into_owned(),
            values.at(one.now).into_owned(),
        )
    }
}
