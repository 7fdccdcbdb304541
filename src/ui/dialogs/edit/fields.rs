//! The fields of an edit, with what the marked assets have in them now.

use roaring::RoaringBitmap;

use super::{
    form::{Form, Operation},
    tally::Tally,
};
use crate::{
    domain::{Field, FieldKind, Value, Workbench, listing::TYPE},
    ui::widgets::text,
};

/// One field.
#[derive(Clone, Debug)]
pub(super) struct FieldLine {
    pub(super) field: Field,
    /// Whether it is meant: only ticked fields are staged.
    pub(super) ticked: bool,
    pub(super) form: Form,
    /// What the assets have in the library now, in a few words.
    pub(super) now: String,
    /// What is staged on them instead, in a few words; `None` if nothing is.
    pub(super) staged: Option<String>,
    /// The values they have now, staged ones first, then most used first.
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
    let tally = Tally::of(field, rows, workbench);
    let now = match (&locked, &field.locked) {
        (Some(why), Some(_)) => format!("read-only: {why}"),
        (Some(why), None) => why.clone(),
        (None, _) => now_of(&tally, field.kind.is_multiple()),
    };
    let staged = Tally::staged(field, rows, workbench).filter(|_| locked.is_none());
    let mut entries: Vec<String> = Vec::new();
    let offered = staged.iter().flat_map(|(staged, _)| &staged.most);
    let offered = offered.chain(&tally.most);
    for entry in offered.flat_map(Value::entries) {
        if !entries.contains(entry) {
            entries.push(entry.clone());
        }
    }
    FieldLine {
        ticked: false,
        form: Form::new(field.kind),
        now,
        staged: staged.map(|(staged, count)| {
            let words = now_of(&staged, field.kind.is_multiple());
            if count == rows.len() {
                words
            } else {
                format!(
                    "{} on {}",
                    words.trim_end_matches(" (all)"),
                    text::number(count)
                )
            }
        }),
        values: entries,
        locked,
        field: field.clone(),
    }
}

/// `AW26 (all)`, `3 values, 31 empty`, `29 different`.
fn now_of(tally: &Tally, tags: bool) -> String {
    let empty = match tally.empty {
        0 => String::new(),
        empty => format!(", {} empty", text::number(empty)),
    };
    match (tally.values, tally.empty, tally.most.first()) {
        (0, ..) => "empty (all)".into(),
        (1, 0, Some(value)) => format!("{} (all)", text::cut(&value.display(), 24)),
        _ if tags => {
            let tags = text::counted(tally.entries, "tag");
            format!("{tags}, mixed{empty}")
        }
        (values, 0, _) => format!("{} different", text::number(values)),
        (values, ..) => format!("{}{empty}", text::counted(values, "value")),
    }
}

impl FieldLine {
    /// Ticks it with an operation, as a command asks.
    pub(super) fn asked(&mut self, operation: Operation) {
        self.ticked = true;
        self.form.operation = operation;
    }
}
