//! The columns of the list: which are worth their room, and how wide they would like to be.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        FieldKey, FieldKind, Listing, Row, Workbench,
        listing::{NAME, TYPE},
    },
    ui::widgets::text,
};

/// A column of the list, with the width it would like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// How many rows tell how wide a column should be, and whether it is worth showing.
const SAMPLE: usize = 200;

/// Some rows of all, from the first to the last.
pub(in crate::ui) fn sampled(rows: impl Iterator<Item = Row>, len: usize) -> Vec<Row> {
    rows.step_by(len.div_ceil(SAMPLE).max(1)).collect()
}

pub(super) fn columns(chosen: &[FieldKey], workbench: &Workbench, order: &[Row]) -> Vec<Column> {
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
pub(in crate::ui) fn telling(workbench: &Workbench, rows: &[Row]) -> Vec<FieldKey> {
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
