//! The assets known, in columns.
//!
//! Every distinct value of a field is kept once, folded once on arrival; a column is a number a
//! row. Rows are never reused, so sets of assets are bitmaps over them.

mod column;
mod difference;

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use indexmap::IndexMap;
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::{Asset, AssetId, FieldKey, Row, Value};

pub use column::Column;
pub use difference::Difference;

/// The key under which the name of an asset is listed.
pub const NAME: &str = "name";
/// The key under which the type of an asset is listed.
pub const TYPE: &str = "type";

/// How rows are ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// By which field.
    pub field: FieldKey,
    /// Which way.
    pub direction: SortDirection,
}

impl Default for Sort {
    fn default() -> Self {
        Self {
            field: NAME.into(),
            direction: SortDirection::Ascending,
        }
    }
}

/// Which way rows are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SortDirection {
    /// Smallest first; absent values last.
    Ascending,
    /// Largest first; absent values last.
    Descending,
}

/// All assets known, of the current generation or an earlier one.
#[derive(Clone, Debug)]
pub struct Listing {
    ids: Vec<AssetId>,
    rows: HashMap<AssetId, Row>,
    columns: IndexMap<FieldKey, Column>,
    locked: HashMap<Row, String>,
    present: RoaringBitmap,
    seen: RoaringBitmap,
    differences: Vec<Difference>,
    /// Which listing these pages belong to; news of an older one is dropped.
    pub generation: u64,
    /// How many assets the endpoint says it has; 0 while unknown.
    pub total: u64,
    /// Whether every page of this generation has come.
    pub complete: bool,
}

impl Default for Listing {
    fn default() -> Self {
        Self::new()
    }
}

impl Listing {
    /// An empty listing.
    pub fn new() -> Self {
        let columns = [NAME, TYPE].map(|key| (FieldKey::new(key), Column::default()));
        Self {
            ids: Vec::new(),
            rows: HashMap::new(),
            columns: columns.into_iter().collect(),
            locked: HashMap::new(),
            present: RoaringBitmap::new(),
            seen: RoaringBitmap::new(),
            differences: Vec::new(),
            generation: 0,
            total: 0,
            complete: false,
        }
    }

    /// The row of an asset, made if it is new. A made row is not present until it is listed.
    pub fn allocate(&mut self, id: &AssetId) -> Row {
        if let Some(&row) = self.rows.get(id) {
            return row;
        }
        let row = Row::try_from(self.ids.len()).unwrap_or(Row::MAX);
        self.ids.push(id.clone());
        self.rows.insert(id.clone(), row);
        row
    }

    /// Starts another listing; what is known stays until [`Listing::finish`].
    pub fn begin(&mut self, generation: u64) {
        self.generation = generation;
        self.seen.clear();
        self.complete = false;
    }

    /// Takes a page of the current generation in; returns the rows it wrote.
    pub fn take(&mut self, assets: &[Asset]) -> Vec<Row> {
        assets.iter().map(|asset| self.take_one(asset)).collect()
    }

    fn take_one(&mut self, asset: &Asset) -> Row {
        let row = self.allocate(&asset.id);
        let known = self.present.contains(row);
        let (name, kind) = (
            Value::text(asset.name.as_str()),
            Value::text(asset.kind.as_str()),
        );
        self.put(row, NAME_PLACE, &name, known);
        self.put(row, TYPE_PLACE, &kind, known);
        let mut told = vec![false; self.columns.len()];
        for (key, value) in &asset.fields {
            let place = self.place_of(key);
            if let Some(told) = told.get_mut(place) {
                *told = true;
            }
            if *value == Value::Unknown && self.value(row, key).is_present() {
                continue;
            }
            self.put(row, place, value, known);
        }
        // A thumbnail once read is not forgotten because the page does not tell it.
        let thumbnail = self.columns.get_index_of(&FieldKey::thumbnail());
        for (place, told) in told.into_iter().enumerate().skip(TYPE_PLACE + 1) {
            if !told && Some(place) != thumbnail {
                self.put(row, place, &Value::Absent, known);
            }
        }
        match &asset.locked {
            Some(reason) => drop(self.locked.insert(row, reason.clone())),
            None => drop(self.locked.remove(&row)),
        }
        self.present.insert(row);
        self.seen.insert(row);
        row
    }

    /// Ends a listing: assets it did not see are gone.
    pub fn finish(&mut self) {
        self.present.clone_from(&self.seen);
        self.total = self.present.len();
        self.complete = true;
    }

    /// Takes assets off the listing that the endpoint names as gone. They keep their rows.
    pub fn leave(&mut self, ids: &[AssetId]) {
        for row in ids.iter().filter_map(|id| self.row(id)).collect::<Vec<_>>() {
            self.present.remove(row);
            self.seen.remove(row);
        }
    }

    /// Changes one value, because it was read or written.
    pub fn set(&mut self, row: Row, field: &FieldKey, value: &Value) {
        self.columns
            .entry(field.clone())
            .or_default()
            .set(row, value);
    }

    /// How many assets are listed.
    pub fn len(&self) -> u64 {
        self.present.len()
    }

    /// Whether nothing is listed.
    pub fn is_empty(&self) -> bool {
        self.present.is_empty()
    }

    /// How many rows were ever made; the next new asset gets this number.
    pub fn rows_made(&self) -> Row {
        Row::try_from(self.ids.len()).unwrap_or(Row::MAX)
    }

    /// The rows that are listed.
    pub fn present(&self) -> &RoaringBitmap {
        &self.present
    }

    /// The row of an asset.
    pub fn row(&self, id: &AssetId) -> Option<Row> {
        self.rows.get(id).copied()
    }

    /// The asset of a row.
    ///
    /// # Panics
    ///
    /// If the row was never made.
    pub fn id(&self, row: Row) -> AssetId {
        self.ids[row as usize].clone()
    }

    /// The identifier of a row's asset, as text; empty if the row was never made.
    pub fn id_text(&self, row: Row) -> &str {
        self.ids.get(row as usize).map_or("", AssetId::as_str)
    }

    /// The name of a row's asset; empty if it was never listed.
    pub fn name(&self, row: Row) -> Cow<'_, str> {
        self.columns[NAME_PLACE].text(row)
    }

    /// The type of a row's asset.
    pub fn kind(&self, row: Row) -> Cow<'_, str> {
        self.columns[TYPE_PLACE].text(row)
    }

    /// Why an asset can't be edited, if it can't.
    pub fn locked(&self, row: Row) -> Option<&str> {
        self.locked.get(&row).map(String::as_str)
    }

    /// The value of a field.
    pub fn value(&self, row: Row, field: &FieldKey) -> Cow<'_, Value> {
        let column = self.columns.get(field);
        column.map_or(Cow::Borrowed(&Value::Absent), |column| column.value(row))
    }

    /// The text of a field, as [`Value::display`] tells it: cheaper than its value.
    pub fn text(&self, row: Row, field: &FieldKey) -> Cow<'_, str> {
        let column = self.columns.get(field);
        column.map_or(Cow::Borrowed(""), |column| column.text(row))
    }

    /// A field's column, if any asset has a value in it.
    pub fn values(&self, field: &FieldKey) -> Option<&Column> {
        self.columns.get(field)
    }

    /// The fields any asset has a value in, name and type first.
    pub fn fields(&self) -> impl Iterator<Item = &FieldKey> {
        self.columns.keys()
    }

    /// The asset of a row with everything known about it.
    pub fn asset(&self, row: Row) -> Asset {
        let fields = self
            .columns
            .iter()
            .skip(2)
            .map(|(key, column)| (key.clone(), column.value(row).into_owned()))
            .filter(|(_, value)| *value != Value::Absent)
            .collect();
        Asset {
            id: self.id(row),
            name: self.name(row).into_owned(),
            kind: self.kind(row).into_owned(),
            fields,
            locked: self.locked(row).map(str::to_owned),
        }
    }

    /// The rows named so. Names are not unique on every endpoint.
    pub fn named(&self, name: &str) -> RoaringBitmap {
        let wanted = Value::text(name);
        self.columns[NAME_PLACE].equal(&self.present, &wanted)
    }

    /// All listed rows in order: see [`Listing::ordered`].
    pub fn order(&self, sort: &Sort) -> Arc<[Row]> {
        self.ordered(&self.present, sort).into()
    }

    /// The first `most` of these rows in order, without ordering the others.
    pub fn first(&self, rows: &RoaringBitmap, sort: &Sort, most: usize) -> Vec<Row> {
        let mut first = self.ordered(rows, sort);
        first.truncate(most);
        first
    }

    /// These rows in order; rows with equal values keep the order of their names, then rows.
    pub fn ordered(&self, rows: &RoaringBitmap, sort: &Sort) -> Vec<Row> {
        let mut ordered: Vec<Row> = rows.iter().collect();
        let Some(column) = self.columns.get(&sort.field) else {
            return ordered;
        };
        let ranks = column.ranks(sort.direction);
        let names = self.columns[NAME_PLACE].ranks(SortDirection::Ascending);
        let name_column = &self.columns[NAME_PLACE];
        ordered.sort_by_cached_key(|&row| {
            let (place, name) = (column.place(row), name_column.place(row));
            (ranks[place as usize], names[name as usize], row)
        });
        ordered
    }
}

const NAME_PLACE: usize = 0;
const TYPE_PLACE: usize = 1;

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(id: &str, name: &str, fields: &[(&str, &str)]) -> Asset {
        Asset {
            id: id.into(),
            name: name.into(),
            kind: "Image".into(),
            fields: fields
                .iter()
                .map(|(k, v)| (FieldKey::new(*k), Value::text(*v)))
                .collect(),
            locked: None,
        }
    }

    #[test]
    fn an_asset_keeps_its_row_when_it_is_listed_again() {
        let mut listing = Listing::new();
        listing.take(&[
            asset("a", "pier", &[("Rights", "Acme")]),
            asset("b", "gull", &[]),
        ]);
        listing.begin(1);
        listing.take(&[asset("b", "gull", &[]), asset("a", "pier", &[])]);
        listing.finish();
        assert_eq!(listing.row(&"a".into()), Some(0));
        assert_eq!(
            *listing.value(0, &"Rights".into()),
            Value::Absent,
            "it was taken away"
        );
    }

    #[test]
    fn an_asset_that_is_gone_leaves_the_listing_but_keeps_its_row() {
        let mut listing = Listing::new();
        listing.take(&[asset("a", "pier", &[]), asset("b", "gull", &[])]);
        listing.begin(1);
        listing.take(&[asset("b", "gull", &[])]);
        listing.finish();
        assert_eq!((listing.len(), listing.rows_made()), (1, 2));
        assert_eq!(listing.id(0).as_str(), "a");
    }

    #[test]
    fn rows_sort_by_number_where_all_are_numbers_and_absent_values_come_last() {
        let mut listing = Listing::new();
        listing.take(&[
            asset("a", "a", &[("Width", "900")]),
            asset("b", "b", &[("Width", "1200")]),
            asset("c", "c", &[]),
        ]);
        let by = |direction| {
            listing.ordered(
                listing.present(),
                &Sort {
                    field: "Width".into(),
                    direction,
                },
            )
        };
        assert_eq!(by(SortDirection::Ascending), [0, 1, 2]);
        assert_eq!(by(SortDirection::Descending), [1, 0, 2]);
    }
}
