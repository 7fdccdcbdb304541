//! The rows shown, in order: filter and sort worked out once, when one of them or the listing
//! changed, and never while drawing.

use std::collections::HashSet;

use roaring::RoaringBitmap;

use super::widgets::text;
use crate::domain::{
    FieldKey, FieldKind, Listing, Query, Row, Sort, Workbench,
    listing::{NAME, TYPE},
    query::Sets,
};

/// A column of the list, with the width it would like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The field.
    pub key: FieldKey,
    /// Its header.
    pub title: String,
    /// The columns of the screen it would like.
    pub width: u16,
    /// What it is worth where there is not room for all: the least goes first. Columns somebody
    /// chose never go.
    pub worth: u8,
    /// Whether its values are dates, of which the day is enough.
    pub date: bool,
}

/// The worth of a column that never goes.
pub const KEPT: u8 = u8::MAX;

/// What is shown of the listing.
#[derive(Clone, Debug, Default)]
pub struct View {
    query: Query,
    sort: Sort,
    chosen: Vec<FieldKey>,
    columns: Vec<Column>,
    order: Vec<Row>,
    rows: Vec<Row>,
    set: RoaringBitmap,
    sets: Sets,
    worked_ms: i64,
    generation_stale: bool,
}

impl View {
    /// The rows, in order.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The same, as a set.
    pub fn set(&self) -> &RoaringBitmap {
        &self.set
    }

    /// Rows by state: staged, errors, conflicts.
    pub fn sets(&self) -> &Sets {
        &self.sets
    }

    /// The filter.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// The order.
    pub fn sort(&self) -> &Sort {
        &self.sort
    }

    /// The columns, the name first.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The columns the person chose; empty for the usual ones.
    pub fn chosen(&self) -> &[FieldKey] {
        &self.chosen
    }

    /// The place of a row among those shown.
    pub fn place(&self, row: Row) -> Option<usize> {
        if !self.set.contains(row) {
            return None;
        }
        self.rows.iter().position(|&shown| shown == row)
    }

    /// Whether the pages that came since the last work should be worked in now: at once for small
    /// listings, at most once a second for a million rows.
    pub(super) fn is_due(&self, workbench: &Workbench, now_ms: i64) -> bool {
        let pause = i64::try_from(workbench.listing.len() / 1000).unwrap_or(i64::MAX);
        now_ms - self.worked_ms >= pause
    }

    /// When the pages that were not worked in yet are due; `None` if all are.
    pub(super) fn due_ms(&self, workbench: &Workbench) -> Option<i64> {
        let pause = i64::try_from(workbench.listing.len() / 1000).unwrap_or(i64::MAX);
        self.generation_stale.then(|| self.worked_ms + pause)
    }

    pub(super) fn postpone(&mut self) {
        self.generation_stale = true;
    }

    /// Works everything out: the listing changed.
    pub(super) fn rebuild(&mut self, workbench: &Workbench, now_ms: i64) {
        self.generation_stale = false;
        self.worked_ms = now_ms;
        let listing = &workbench.listing;
        self.order = listing.ordered(listing.present(), &self.sort);
        self.columns = columns(&self.chosen, workbench, &self.order);
        self.refresh(workbench);
    }

    /// Works out what depends on draft, runs and filter: the order is as it was.
    pub(super) fn refresh(&mut self, workbench: &Workbench) {
        self.sets = workbench.sets();
        self.narrow(workbench);
    }

    fn narrow(&mut self, workbench: &Workbench) {
        let set = self
            .query
            .rows(&workbench.listing, &workbench.schema, &self.sets);
        self.rows = if self.query.is_empty() {
            self.order.clone()
        } else {
            self.order
                .iter()
                .copied()
                .filter(|&row| set.contains(row))
                .collect()
        };
        self.set = set;
    }

    /// The marks changed.
    pub(super) fn remark(&mut self, workbench: &Workbench) {
        self.sets.marked.clone_from(workbench.marks());
        if self.query.text().contains("is:marked") {
            self.narrow(workbench);
        }
    }

    pub(super) fn filter(&mut self, query: Query, workbench: &Workbench) {
        self.query = query;
        self.narrow(workbench);
    }

    pub(super) fn order_by(&mut self, sort: Sort, workbench: &Workbench, now_ms: i64) {
        self.sort = sort;
        self.rebuild(workbench, now_ms);
    }

    pub(super) fn choose(&mut self, chosen: Vec<FieldKey>, workbench: &Workbench) {
        self.chosen = chosen;
        self.columns = columns(&self.chosen, workbench, &self.order);
    }
}

/// How many rows tell how wide a column should be, and whether it is worth showing.
const SAMPLE: usize = 200;

/// Some rows of all, from the first to the last.
pub(super) fn sampled(rows: impl Iterator<Item = Row>, len: usize) -> Vec<Row> {
    rows.step_by(len.div_ceil(SAMPLE).max(1)).collect()
}

fn columns(chosen: &[FieldKey], workbench: &Workbench, order: &[Row]) -> Vec<Column> {
    let sample = sampled(order.iter().copied(), order.len());
    let keys = if chosen.is_empty() {
        usual(workbench, &sample)
    } else {
        chosen.iter().map(|key| (key.clone(), KEPT)).collect()
    };
    std::iter::once((FieldKey::new(NAME), KEPT))
        .chain(keys.into_iter().filter(|(key, _)| key.as_str() != NAME))
        .map(|key| column(key, workbench, &sample))
        .collect()
}

fn column((key, worth): (FieldKey, u8), workbench: &Workbench, sample: &[Row]) -> Column {
    let listing: &Listing = &workbench.listing;
    let kind = workbench.schema.field(key.as_str()).map(|field| field.kind);
    let date = kind == Some(FieldKind::Date);
    let (title, most) = match key.as_str() {
        _ if key == FieldKey::certificate() => ("Ct".to_owned(), 2),
        _ if key == FieldKey::thumbnail() => ("Th".to_owned(), 2),
        NAME => ("Name".to_owned(), 32),
        TYPE => ("Type".to_owned(), 14),
        other => (other.to_owned(), if date { 8 } else { 20 }),
    };
    let widest = sample
        .iter()
        .map(|&row| text::width(&listing.value(row, &key).display()))
        .max()
        .unwrap_or(0);
    let header = text::width(&title).min(10);
    let empty = if key.as_str() == NAME { 12 } else { 7 };
    let width = widest.max(header).max(empty).min(most);
    let width = u16::try_from(width).unwrap_or(20);
    Column {
        key,
        title,
        width,
        worth,
        date,
    }
}

/// The columns nobody chose, with their worth: type, the fields whose values repeat, certificate,
/// thumbnail, and when it was modified.
fn usual(workbench: &Workbench, sample: &[Row]) -> Vec<(FieldKey, u8)> {
    let mut keys = vec![(FieldKey::new(TYPE), 1)];
    let mut found: Vec<FieldKey> = telling(workbench, sample).into_iter().take(3).collect();
    if found.is_empty() {
        found = plain_fields(workbench).take(2).collect();
    }
    keys.extend(found.into_iter().zip([5, 4, 2]));
    let offers = workbench.capabilities.as_ref();
    if offers.is_none_or(|offers| offers.certificates.refusal().is_none()) {
        keys.push((FieldKey::certificate(), 8));
    }
    if offers.is_none_or(|offers| offers.thumbnails.refusal().is_none()) {
        keys.push((FieldKey::thumbnail(), 7));
    }
    let dated = workbench.schema.fields.iter().find(|field| {
        let name = crate::domain::text::fold(field.key.as_str());
        field.kind == FieldKind::Date && (name.contains("modif") || name.contains("updat"))
    });
    keys.extend(dated.map(|field| (field.key.clone(), 3)));
    keys
}

fn plain_fields(workbench: &Workbench) -> impl Iterator<Item = FieldKey> {
    let fields = workbench.schema.fields.iter().filter(|field| {
        let special = matches!(
            field.kind,
            FieldKind::Certificate | FieldKind::Asset | FieldKind::Date | FieldKind::Tags
        );
        !special && field.locked.is_none() && ![NAME, TYPE].contains(&field.key.as_str())
    });
    fields.map(|field| field.key.clone())
}

/// The fields whose values are short and repeat among these rows, in the order of the schema.
pub(super) fn telling(workbench: &Workbench, rows: &[Row]) -> Vec<FieldKey> {
    plain_fields(workbench)
        .filter(|key| is_telling(key, &workbench.listing, rows))
        .collect()
}

/// Whether a field's values are short and repeat, so that a column of them says something.
fn is_telling(key: &FieldKey, listing: &Listing, sample: &[Row]) -> bool {
    let values: Vec<_> = sample.iter().map(|&row| listing.value(row, key)).collect();
    let present = values.iter().any(|value| value.is_present());
    let different: HashSet<_> = values.iter().collect();
    let short = values
        .iter()
        .all(|value| text::width(&value.display()) <= 30);
    present && short && (sample.len() < 8 || different.len() * 4 <= sample.len())
}
