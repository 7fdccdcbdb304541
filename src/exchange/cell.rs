//! Values as cells and as JSON.

use std::borrow::Cow;

use serde_json::{Value as Json, json};

use crate::domain::Value;

/// In a cell: take the value away. A cell that really says so is written with a `\` before it.
pub(super) const CLEAR: &str = "[clear]";

/// Whether cells that a spreadsheet would run as a formula get a `'` before them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Guard {
    /// No: cells are exact.
    #[default]
    Exact,
    /// Yes: `=`, `+`, `-`, `@`, tab and carriage return at the start.
    Formulas,
}

impl Guard {
    /// The cell as it is written.
    pub(super) fn cell<'a>(self, text: impl Into<Cow<'a, str>>) -> Cow<'a, str> {
        let text = text.into();
        if self == Self::Formulas && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            return Cow::Owned(format!("'{text}"));
        }
        text
    }
}

/// A value as a cell that a change file understands: entries of a list between `; `.
pub(super) fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Unknown => Cow::Borrowed(""),
        Value::Text(text) if text.trim_start_matches('\\') == CLEAR => {
            Cow::Owned(format!("\\{text}"))
        }
        Value::Absent
        | Value::Text(_)
        | Value::List(_)
        | Value::Certificate(_)
        | Value::Asset { .. } => value.display(),
    }
}

/// A value as JSON, with nothing left out.
pub fn json(value: &Value) -> Json {
    match value {
        Value::Absent | Value::Unknown => Json::Null,
        Value::Text(text) => json!(text),
        Value::List(entries) => json!(entries),
        Value::Certificate(certificate) => json!({
            "status": certificate.status.word(),
            "message": certificate.message,
        }),
        Value::Asset { id, name } => json!({ "id": id.as_str(), "name": name }),
    }
}
