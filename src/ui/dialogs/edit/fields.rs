//! The fields of an edit, with what the marked assets have in them now.

use std::collections::HashMap;

use roaring::RoaringBitmap;

use super::form::{Form, Operation};
use crate::{
    domain::{Field, FieldKind, Value, Workbench, listing::TYPE},
    ui::widgets::text,
};

/// How many values are offered of those the assets have now.
const OFFERED: usize = 50;

/// One field.
#[derive(Clone, Debug)]
pub(super) struct FieldLine {
    pub(super) field: Field,
    /// Whether it is meant: only ticked fields are staged.
    pub(super) ticked: bool,
    pub(super) form: Form,
    /// What the assets have now, in a few words.
    pub(super) now: String,
    /// The values they have now, most used first.
    pub(super) values: Vec<String>,
    /// Why it can't be edited, if so.
    pub(super) locked: Option<String>,
}

impl FieldLine {
    /// The operation column of the list.
    pub(super) fn operation(&self) -> String {
        match (&self.locked, self.ticked) {
            (Some(_), _) => "(locked)".into(),
            (None, false) => "-".into(),
            (None, true) => self.form.operation.word().into(),
        }
    }

    /// The values offered for what is being written: the endpoint's, or those there are now.
    pub(super) fn offered(&self) -> &[String] {
        if self.field.allowed.is_empty() {
            &self.values
        } else {
            &self.field.allowed
        }
    }
}

/// The fields any of these assets has, in the endpoint's order.
pub(super) fn lines(rows: &RoaringBitmap, workbench: &Workbench) -> Vec<FieldLine> {
    let kinds: Vec<String> = workbench
        .listing
        .values(&TYPE.into())
        .map(|column| column.facet(rows))
        .unwrap_or_default()
        .into_iter()
        .map(|(kind, _)| kind.display().into_owned())
        .collect();
    let applies = |field: &&Field| kinds.iter().any(|kind| field.applies_to(kind));
    let line = |field: &Field| line(field, rows, workbench);
    workbench
        .schema
        .fields
        .iter()
        .filter(applies)
        .map(line)
        .collect()
}

fn line(field: &Field, rows: &RoaringBitmap, workbench: &Workbench) -> FieldLine {
    let locked = match (&field.locked, field.kind) {
        (Some(why), _) => Some(why.clone()),
        (None, FieldKind::Certificate) => Some("certificates have a dialog of their own".into()),
        (None, FieldKind::Asset) => Some("it holds another asset".into()),
        (None, _) => None,
    };
    let facet = facet(field, rows, workbench);
    let now = match (&locked, &field.locked) {
        (Some(why), Some(_)) => format!("read-only: {why}"),
        (Some(why), None) => why.clone(),
        (None, _) => now(&facet, rows.len(), field.kind.is_multiple()),
    };
    let values = facet.iter().filter(|(value, _)| value.is_present());
    let mut entries: Vec<String> = Vec::new();
    for entry in values.take(OFFERED).flat_map(|(value, _)| value.entries()) {
        if !entries.contains(entry) {
            entries.push(entry.clone());
        }
    }
    FieldLine {
        ticked: false,
        form: Form::new(field.kind),
        now,
        values: entries,
        locked,
        field: field.clone(),
    }
}

/// The values with their counts, as the draft has them; most used first.
fn facet(field: &Field, rows: &RoaringBitmap, workbench: &Workbench) -> Vec<(Value, u64)> {
    let mut staged: HashMap<Value, u64> = HashMap::new();
    let mut rest = rows.clone();
    let groups = workbench
        .draft()
        .fields()
        .find(|(key, _)| **key == field.key);
    for group in groups
        .map(|(_, groups)| groups.groups())
        .unwrap_or_default()
    {
        let here = &group.rows & rows;
        if !here.is_empty() {
            *staged.entry(group.after.clone()).or_default() += here.len();
            rest -= here;
        }
    }
    let listed = match workbench.listing.values(&field.key) {
        Some(column) => column.facet(&rest),
        None if rest.is_empty() => Vec::new(),
        None => vec![(Value::Absent, rest.len())],
    };
    for (value, count) in listed {
        *staged.entry(value).or_default() += count;
    }
    let mut facet: Vec<(Value, u64)> = staged.into_iter().collect();
    facet.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    facet
}

/// `AW26 (all)`, `3 values, 31 empty`, `29 different`.
fn now(facet: &[(Value, u64)], all: u64, tags: bool) -> String {
    let present = facet.iter().filter(|(value, _)| value.is_present());
    let (values, filled) = present
        .clone()
        .fold((0u64, 0), |(values, filled), (_, count)| {
            (values + 1, filled + count)
        });
    let empty = all - filled;
    match (present.clone().next(), values, empty) {
        (None, ..) => "empty (all)".into(),
        (Some((value, _)), 1, 0) => format!("{} (all)", text::cut(&value.display(), 24)),
        (_, _, empty) if tags => {
            let entries = present.flat_map(|(value, _)| value.entries());
            let entries: std::collections::HashSet<&String> = entries.collect();
            let tags = text::counted(entries.len() as u64, "tag");
            match empty {
                0 => format!("{tags}, mixed"),
                empty => format!("{tags}, mixed, {} empty", text::number(empty)),
            }
        }
        (_, values, 0) => format!("{} different", text::number(values)),
        (_, values, empty) => {
            format!(
                "{}, {} empty",
                text::counted(values, "value"),
                text::number(empty)
            )
        }
    }
}

impl FieldLine {
    /// Ticks it with an operation, as a command asks.
    pub(super) fn asked(&mut self, operation: Operation) {
        self.ticked = true;
        self.form.operation = operation;
    }
}
