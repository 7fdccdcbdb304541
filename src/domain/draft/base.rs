//! What the server had where an edit was asked: values with their rows, and, where values hardly
//! repeat, one for each row.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use indexmap::IndexMap;
use roaring::RoaringBitmap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    rows,
    split::{Split, sorted},
    values::Values,
};
use crate::domain::{FieldKind, Row, Value, listing::Column};

/// A value, and the rows that had it when the step was staged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pin {
    /// The value.
    pub value: Value,
    /// The rows.
    #[serde(with = "rows")]
    pub rows: RoaringBitmap,
}

/// The values an edit rests on. Clones share them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Base {
    pins: Arc<Vec<Pin>>,
    each: Arc<Each>,
}

/// A value for each of some rows.
#[derive(Clone, Debug, Default, PartialEq)]
struct Each {
    rows: RoaringBitmap,
    values: Values,
}

impl Each {
    fn get(&self, row: Row) -> Option<Cow<'_, Value>> {
        Some(self.values.get(self.place(row)?))
    }

    fn place(&self, row: Row) -> Option<usize> {
        let is_here = self.rows.contains(row);
        let rank = is_here.then(|| self.rows.rank(row).saturating_sub(1))?;
        usize::try_from(rank).ok()
    }

    /// The places of these rows, in order, with the rows.
    fn places<'a>(&'a self, within: &'a RoaringBitmap) -> impl Iterator<Item = (Row, usize)> + 'a {
        let here = self.rows.iter().zip(0..);
        here.filter(|(row, _)| within.contains(*row))
    }
}

impl From<Vec<Pin>> for Base {
    fn from(pins: Vec<Pin>) -> Self {
        Self {
            pins: Arc::new(pins),
            each: Arc::default(),
        }
    }
}

impl Base {
    /// What a column has in these rows; absent where there is no column.
    pub fn listed(column: Option<&Column>, rows: &RoaringBitmap) -> Self {
        let mut gathered = Gathered::default();
        gathered.listed(column, rows);
        gathered.done()
    }

    /// Values that repeat, each with its rows.
    pub fn pins(&self) -> &[Pin] {
        &self.pins
    }

    /// The rows that have a value of their own.
    pub fn scattered(&self) -> &RoaringBitmap {
        &self.each.rows
    }

    /// The value of a row, if it is known here.
    pub fn value(&self, row: Row) -> Option<Cow<'_, Value>> {
        self.each.get(row).or_else(|| {
            let pin = self.pins.iter().find(|pin| pin.rows.contains(row));
            pin.map(|pin| Cow::Borrowed(&pin.value))
        })
    }

    /// The rows that have a value of their own, among these, with the values; in order.
    pub fn each<'a>(
        &'a self,
        within: &'a RoaringBitmap,
    ) -> impl Iterator<Item = (Row, Cow<'a, Value>)> + 'a {
        let each = &self.each;
        each.places(within)
            .map(|(row, place)| (row, each.values.get(place)))
    }

    /// How many of these rows had no value.
    pub(super) fn without_value(&self, within: &RoaringBitmap) -> u64 {
        let pins = self.pins.iter().filter(|pin| !pin.value.is_present());
        let pinned: u64 = pins.map(|pin| pin.rows.intersection_len(within)).sum();
        let values = &self.each.values;
        let each = self
            .each
            .places(within)
            .filter(|(_, place)| values.text(*place).is_none() && !values.get(*place).is_present());
        pinned + each.count() as u64
    }

    /// Every row a value is known of.
    pub fn rows(&self) -> RoaringBitmap {
        let mut rows = self.each.rows.clone();
        self.pins.iter().for_each(|pin| rows |= &pin.rows);
        rows
    }

    /// Those of these rows where both know a value and it is not the same.
    pub(super) fn differing(&self, other: &Self, within: &RoaringBitmap) -> RoaringBitmap {
        let mut found = RoaringBitmap::new();
        if self.is_shared_with(other) {
            return found;
        }
        let pinned = other.by_value();
        for pin in self.pins.iter() {
            let mut rows = &pin.rows & within;
            if let Some(same) = pinned.get(&pin.value) {
                rows -= *same;
            }
            let apart = rows.iter().filter(|row| {
                let known = other.value(*row);
                known.is_some_and(|known| *known != pin.value)
            });
            found |= sorted(apart);
        }
        let apart = self.each.places(within).filter(|(row, place)| {
            if let Some(text) = self.each.values.text(*place)
                && let Some(there) = other.each.place(*row)
            {
                return other.each.values.text(there) != Some(text);
            }
            let known = other.value(*row);
            known.is_some_and(|known| known != self.each.values.get(*place))
        });
        found | sorted(apart.map(|(row, _)| row))
    }

    fn by_value(&self) -> HashMap<&Value, &RoaringBitmap> {
        let pins = self.pins.iter();
        pins.map(|pin| (&pin.value, &pin.rows)).collect()
    }

    /// Whether both are one and the same.
    fn is_shared_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.pins, &other.pins) && Arc::ptr_eq(&self.each, &other.each)
    }

    /// Those of these rows where a column of a field of this kind has another value now. What
    /// nobody has read is told by
    /// `unknown`: whether it differs from what is known here.
    pub(super) fn moved(
        &self,
        (column, kind): (Option<&Column>, FieldKind),
        within: &RoaringBitmap,
        unknown: bool,
    ) -> RoaringBitmap {
        let moved = |now: &Value, base: &Value| {
            let base_counts = unknown || *base != Value::Unknown;
            *now != Value::Unknown && base_counts && !kind.is_alike(now, base)
        };
        let mut found = RoaringBitmap::new();
        let pinned = within - &self.each.rows;
        if let Some(column) = column.filter(|_| !pinned.is_empty()) {
            let split = Split::of(column, &pinned);
            let pins = self.by_value();
            for (place, rows) in split.repeated {
                let now = column.at(place);
                // Nearly always everything is as it was.
                let rows = match pins.get(now.as_ref()) {
                    Some(still) => rows - *still,
                    None => rows,
                };
                if rows.is_empty() {
                    continue;
                }
                for pin in self.pins.iter().filter(|pin| moved(&now, &pin.value)) {
                    found |= &rows & &pin.rows;
                }
            }
            for pin in self.pins.iter() {
                let rows = &split.scattered & &pin.rows;
                let apart = |row: &Row| moved(&column.value(*row), &pin.value);
                found |= sorted(rows.iter().filter(apart));
            }
        } else {
            for pin in self
                .pins
                .iter()
                .filter(|pin| moved(&Value::Absent, &pin.value))
            {
                found |= &pin.rows & within;
            }
        }
        let apart = self.each.places(within).filter(|(row, place)| {
            let values = &self.each.values;
            let Some(column) = column else {
                return moved(&Value::Absent, &values.get(*place));
            };
            // Text by text first: nearly always it is as it was.
            let text = values.text(*place);
            if text.is_some_and(|text| *column.text(*row) == *text) {
                return false;
            }
            moved(&column.value(*row), &values.get(*place))
        });
        found | sorted(apart.map(|(row, _)| row))
    }
}

/// What a base is put together from.
#[derive(Debug, Default)]
pub(in crate::domain) struct Gathered<'a> {
    pins: IndexMap<Value, RoaringBitmap>,
    scattered: RoaringBitmap,
    columns: Vec<(&'a Column, RoaringBitmap)>,
    bases: Vec<(&'a Base, RoaringBitmap)>,
}

impl<'a> Gathered<'a> {
    /// What a column has in these rows.
    pub(in crate::domain) fn listed(&mut self, column: Option<&'a Column>, rows: &RoaringBitmap) {
        let Some(column) = column else {
            self.pin(&Value::Absent, rows.clone());
            return;
        };
        let split = Split::of(column, rows);
        for (place, rows) in split.repeated {
            self.pin(&column.at(place), rows);
        }
        self.scattered |= &split.scattered;
        if !split.scattered.is_empty() {
            self.columns.push((column, split.scattered));
        }
    }

    /// What another base has in these rows.
    pub(super) fn kept(&mut self, base: &'a Base, rows: &RoaringBitmap) {
        for pin in base.pins.iter() {
            self.pin(&pin.value, &pin.rows & rows);
        }
        let scattered = &base.each.rows & rows;
        self.scattered |= &scattered;
        if !scattered.is_empty() {
            self.bases.push((base, scattered));
        }
    }

    fn pin(&mut self, value: &Value, rows: RoaringBitmap) {
        if rows.is_empty() {
            return;
        }
        match self.pins.get_mut(value) {
            Some(known) => *known |= rows,
            None => drop(self.pins.insert(value.clone(), rows)),
        }
    }

    pub(in crate::domain) fn done(mut self) -> Base {
        let each = match (self.columns.as_slice(), self.bases.as_slice()) {
            ([], [(base, rows)]) if *rows == base.each.rows => Arc::clone(&base.each),
            _ => Arc::new(self.each()),
        };
        let pins = self.pins.drain(..).map(|(value, mut rows)| {
            rows.optimize();
            Pin { value, rows }
        });
        Base {
            pins: Arc::new(pins.collect()),
            each,
        }
    }

    fn each(&self) -> Each {
        let mut each = Each::default();
        let of_column = |row: Row| {
            let found = self.columns.iter().find(|(_, rows)| rows.contains(row));
            found.map(|(column, _)| column.value(row))
        };
        for row in &self.scattered {
            let value = of_column(row).or_else(|| {
                let found = self.bases.iter().find(|(_, rows)| rows.contains(row));
                found.and_then(|(base, _)| base.each.get(row))
            });
            each.values.push(value.unwrap_or_default());
        }
        each.values.shrink();
        each.rows.clone_from(&self.scattered);
        each.rows.optimize();
        each
    }
}

/// As it is written down: a value with its rows, or the values of rows in their order.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    each: Option<Vec<Cow<'a, Value>>>,
    #[serde(with = "rows")]
    rows: &'a RoaringBitmap,
}

/// As it is read.
#[derive(Deserialize)]
struct Read {
    #[serde(default)]
    value: Option<Value>,
    #[serde(default)]
    each: Option<Vec<Value>>,
    #[serde(with = "rows")]
    rows: RoaringBitmap,
}

impl Serialize for Base {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pins = self.pins.iter().map(|pin| Written {
            value: Some(&pin.value),
            each: None,
            rows: &pin.rows,
        });
        let count = usize::try_from(self.each.rows.len()).unwrap_or(0);
        let each = (count > 0).then(|| Written {
            value: None,
            each: Some((0..count).map(|at| self.each.values.get(at)).collect()),
            rows: &self.each.rows,
        });
        serializer.collect_seq(pins.chain(each))
    }
}

impl<'de> Deserialize<'de> for Base {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let mut pins = Vec::new();
        let mut each = Each::default();
        for one in Vec::<Read>::deserialize(source)? {
            if let Some(value) = one.value {
                let rows = one.rows;
                pins.push(Pin { value, rows });
                continue;
            }
            let values = one.each.unwrap_or_default();
            if values.len() as u64 != one.rows.len() || !each.rows.is_empty() {
                return Err(serde::de::Error::custom("values and rows do not fit"));
            }
            for value in values {
                each.values.push(Cow::Owned(value));
            }
            each.values.shrink();
            each.rows = one.rows;
        }
        Ok(Self {
            pins: Arc::new(pins),
            each: Arc::new(each),
        })
    }
}
