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
}

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

fn columns(chosen: &[FieldKey], workbench: &Workbench, order: &[Row]) -> Vec<Column> {
    let sample: Vec<Row> = order.iter().copied().take(SAMPLE).collect();
    let keys = if chosen.is_empty() {
        usual(workbench, &sample)
    } else {
        chosen.to_vec()
    };
    std::iter::once(FieldKey::new(NAME))
        .chain(keys.into_iter().filter(|key| key.as_str() != NAME))
        .map(|key| column(key, &workbench.listing, &sample))
        .collect()
}

fn column(key: FieldKey, listing: &Listing, sample: &[Row]) -> Column {
    let (title, most) = if key == FieldKey::certificate() {
        return Column {
            key,
            title: "Ct".into(),
            width: 2,
        };
    } else if key == FieldKey::thumbnail() {
        return Column {
            key,
            title: "Th".into(),
            width: 2,
        };
    } else if key.as_str() == NAME {
        ("Name".to_owned(), 32)
    } else if key.as_str() == TYPE {
        ("Type".to_owned(), 14)
    } else {
        (key.as_str().to_owned(), 20)
    };
    let widest = sample
        .iter()
        .map(|&row| text::width(&listing.value(row, &key).display()))
        .max()
        .unwrap_or(0);
    let header = text::width(&title).min(10);
    let empty = if key.as_str() == NAME { 12 } else { 7 };
    let width = widest.max(header).max(empty).min(most);
    Column {
        key,
        title,
        width: u16::try_from(width).unwrap_or(20),
    }
}

/// The columns nobody chose: type, the fields whose values repeat, certificate, thumbnail, and
/// when it was modified.
fn usual(workbench: &Workbench, sample: &[Row]) -> Vec<FieldKey> {
    let listing = &workbench.listing;
    let mut keys = vec![FieldKey::new(TYPE)];
    let telling = |key: &FieldKey| {
        let values: Vec<_> = sample.iter().map(|&row| listing.value(row, key)).collect();
        let present = values.iter().filter(|value| value.is_present()).count();
        let different: HashSet<_> = values.iter().collect();
        let short = values
            .iter()
            .all(|value| text::width(&value.display()) <= 40);
        present > 0 && short && (sample.len() < 8 || different.len() * 2 <= sample.len())
    };
    let fields = workbench.schema.fields.iter().filter(|field| {
        !matches!(
            field.kind,
            FieldKind::Certificate | FieldKind::Asset | FieldKind::Date
        ) && field.locked.is_none()
            && ![NAME, TYPE].contains(&field.key.as_str())
    });
    let mut found: Vec<FieldKey> = fields
        .clone()
        .filter(|field| telling(&field.key))
        .map(|field| field.key.clone())
        .take(3)
        .collect();
    if found.is_empty() {
        found = fields.map(|field| field.key.clone()).take(2).collect();
    }
    keys.extend(found);
    let offers = workbench.capabilities.as_ref();
    if offers.is_none_or(|offers| offers.certificates.refusal().is_none()) {
        keys.push(FieldKey::certificate());
    }
    if offers.is_none_or(|offers| offers.thumbnails.refusal().is_none()) {
        keys.push(FieldKey::thumbnail());
    }
    let dated = workbench.schema.fields.iter().find(|field| {
        let name = crate::domain::text::fold(field.key.as_str());
        field.kind == FieldKind::Date && (name.contains("modif") || name.contains("updat"))
    });
    keys.extend(dated.map(|field| field.key.clone()));
    keys
}
