//! The assets known, in columns.
//!
//! Every distinct value of a field is kept once, folded once on arrival; a column is a number a
//! row. Rows are never reused, so sets of assets are bitmaps over them.

mod bits;
mod coding;
mod column;
mod dictionary;
mod difference;
mod index;
mod order;
mod parts;
mod places;
mod pool;
mod ranks;
mod search;
mod taking;
mod words;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use indexmap::IndexMap;
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::{Asset, AssetId, FieldKey, Row, Value, text};
use coding::Coded;
use dictionary::Dictionary;
use order::Orders;

pub use bits::Bits;
pub use column::Column;
pub use difference::Difference;
pub use order::among;
pub use parts::{Heading, Part, Section, SectionKey, Unfit};
pub use words::Words;

pub(super) use coding::Kind;
pub(super) use places::{ROWS, RowBlock, Wanted};
pub(super) use pool::{Pool, TEXTS, TextBlock};
pub(super) use search::{Hits, Lines, matches_all};

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
///
/// A copy is a picture of this moment for somebody who reads: it shares all values with the
/// original, costs next to nothing, and begins without differences. Writing to either copies the
/// few blocks that are written.
#[derive(Debug)]
pub struct Listing {
    ids: Dictionary,
    columns: IndexMap<FieldKey, Column>,
    locked: Column,
    present: RoaringBitmap,
    seen: RoaringBitmap,
    differences: Vec<Difference>,
    orders: Orders,
    /// Whether `orders` are those of another, too.
    copied: bool,
    /// Which listing these pages belong to; news of an older one is dropped.
    pub generation: u64,
    /// How many assets the endpoint says it has; 0 while unknown.
    pub total: u64,
    /// Whether every page of this generation has come.
    pub complete: bool,
    /// Assets that the endpoint counted and the last listing that came to its end did not bring,
    /// apart from entries that can't be read at all.
    missing: u64,
}

impl Default for Listing {
    fn default() -> Self {
        Self::new()
    }
}

impl Clone for Listing {
    fn clone(&self) -> Self {
        Self {
            ids: self.ids.clone(),
            columns: self.columns.clone(),
            locked: self.locked.clone(),
            present: self.present.clone(),
            seen: self.seen.clone(),
            differences: Vec::new(),
            orders: self.orders.clone(),
            copied: true,
            ..*self
        }
    }
}

impl Listing {
    /// An empty listing.
    pub fn new() -> Self {
        let columns = [NAME, TYPE].map(|key| (FieldKey::new(key), Column::default()));
        Self {
            ids: Dictionary::default(),
            columns: columns.into_iter().collect(),
            locked: Column::default(),
            present: RoaringBitmap::new(),
            seen: RoaringBitmap::new(),
            differences: Vec::new(),
            orders: Orders::default(),
            copied: false,
            generation: 0,
            total: 0,
            complete: false,
            missing: 0,
        }
    }

    /// Works out what the first search and the next page need, if it is not known: worth doing on a
    /// copy, elsewhere, after [`Listing::restored`]. The original has it too then.
    pub fn warm(&self) {
        self.ids.warm();
        self.columns.values().for_each(Column::warm);
    }

    /// A copy that is written keeps its orders for itself.
    fn part(&mut self) {
        if self.copied {
            (self.orders, self.copied) = (Orders::default(), false);
        }
    }

    /// The row of an asset, made if it is new. A made row is not present until it is listed.
    pub fn allocate(&mut self, id: &AssetId) -> Row {
        self.ids.number(&id_text(id))
    }

    /// Starts another listing; what is known stays until [`Listing::finish`].
    pub fn begin(&mut self, generation: u64) {
        self.generation = generation;
        self.seen.clear();
        self.complete = false;
    }

    /// Ends a listing that the endpoint told to its end: assets it did not see are gone, and what was
    /// counted and did not come is lacking. `unread` are the counted entries that can't be read.
    pub fn end(&mut self, unread: u64) {
        let counted = self.total;
        self.finish();
        self.missing = counted.saturating_sub(self.len() + unread);
    }

    /// Takes over what was known of a listing that was kept; see [`Listing::missing`].
    pub fn set_missing(&mut self, missing: u64) {
        self.missing = missing;
    }

    /// How many assets of the library are not listed: the endpoint counted them and they did not come,
    /// or the listing did not come to its end. 0 if this is the whole library, as far as anybody knows;
    /// otherwise what acts on everything acts on less than there is.
    pub fn missing(&self) -> u64 {
        if self.complete {
            self.missing
        } else {
            self.total.saturating_sub(self.len())
        }
    }

    /// Ends a listing of the whole library: assets it did not see are gone.
    pub fn finish(&mut self) {
        self.part();
        self.missing = 0;
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
        self.part();
        let place = self.place_of(field);
        self.columns[place].set(row, value);
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
        Row::try_from(self.ids.texts().len()).unwrap_or(Row::MAX)
    }

    /// The rows that are listed.
    pub fn present(&self) -> &RoaringBitmap {
        &self.present
    }

    /// The row of an asset.
    pub fn row(&self, id: &AssetId) -> Option<Row> {
        self.ids.find(&id_text(id))
    }

    /// The asset of a row; an empty identifier if the row was never made.
    pub fn id(&self, row: Row) -> AssetId {
        self.id_text(row).into()
    }

    /// The identifier of a row's asset, as text; empty if the row was never made.
    pub fn id_text(&self, row: Row) -> &str {
        self.ids.texts().text(row)
    }

    pub(super) fn ids(&self) -> &Pool {
        self.ids.texts()
    }

    pub(in crate::domain) fn locks(&self) -> &Column {
        &self.locked
    }

    /// The name of a row's asset; empty if it was never listed.
    pub fn name(&self, row: Row) -> Cow<'_, str> {
        Cow::Borrowed(self.columns[NAME_PLACE].text(row))
    }

    /// The type of a row's asset.
    pub fn kind(&self, row: Row) -> Cow<'_, str> {
        Cow::Borrowed(self.columns[TYPE_PLACE].text(row))
    }

    /// Why an asset can't be edited, if it can't.
    pub fn locked(&self, row: Row) -> Option<&str> {
        (self.locked.place(row) != 0).then(|| self.locked.text(row))
    }

    /// The value of a field.
    pub fn value(&self, row: Row, field: &FieldKey) -> Cow<'_, Value> {
        let column = self.columns.get(field);
        column.map_or(Cow::Borrowed(&Value::Absent), |column| column.value(row))
    }

    /// The text of a field, as [`Value::display`] tells it: cheaper than its value.
    pub fn text(&self, row: Row, field: &FieldKey) -> Cow<'_, str> {
        let column = self.columns.get(field);
        Cow::Borrowed(column.map_or("", |column| column.text(row)))
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

    /// The rows whose value of a field nobody has read: it is neither there nor missing.
    pub fn unread(&self, field: &FieldKey) -> RoaringBitmap {
        let column = self.columns.get(field);
        column.map_or_else(RoaringBitmap::new, |column| {
            column.equal(&self.present, &Value::Unknown)
        })
    }

    /// The asset of a row with everything known about it, a value of this field told even where it
    /// is known that there is none.
    pub fn asset_knowing(&self, row: Row, field: &FieldKey) -> Asset {
        let mut asset = self.asset(row);
        let value = self.value(row, field).into_owned();
        asset.fields.retain(|(key, _)| key != field);
        asset.fields.push((field.clone(), value));
        asset
    }

    /// The row of an id, however its accents and blanks are written.
    pub fn row_alike(&self, id: &AssetId) -> Option<Row> {
        self.row(id).or_else(|| {
            let wanted = text::canonical(id.as_str());
            let is_it = |row: &Row| text::canonical(self.id_text(*row)) == wanted;
            let mut rows = self.present.iter();
            if id.as_str().is_ascii() {
                None
            } else {
                rows.find(is_it)
            }
        })
    }

    /// The rows named so, however accents and blanks are written. Names are not unique on every
    /// endpoint.
    pub fn named(&self, name: &str) -> RoaringBitmap {
        let column = &self.columns[NAME_PLACE];
        let same = column.equal(&self.present, &Value::text(name));
        if !same.is_empty() || name.is_ascii() {
            return same;
        }
        // However accents and blanks are written.
        let wanted = text::canonical(name);
        column.matching(&self.present, |one, _| text::canonical(one) == wanted)
    }
}

const NAME_PLACE: usize = 0;
const TYPE_PLACE: usize = 1;

/// How the id of an asset is found.
fn id_text(id: &AssetId) -> Coded<'_> {
    Coded::text(id.as_str())
}
