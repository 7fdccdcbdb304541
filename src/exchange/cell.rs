//! Values as cells and as JSON.

use std::borrow::Cow;

use serde_json::{Value as Json, json};

use crate::domain::{
    FieldKind, Value,
    text::{needs_showing, visible},
};

/// In a cell: take the value away. A cell that really says so is written with a `\` before it.
pub(super) const CLEAR: &str = "[clear]";

/// Whether cells that a spreadsheet would run as a formula get a `'` before them.
///
/// It is one rule for every table that is written, and `unguarded` takes it back: a cell that has
/// such marks of its own before a formula gets one more, guarded or not, so that reading never takes
/// a mark for ours that is the library's.
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
        let is_marked = text.starts_with('\'');
        if (self == Self::Formulas || is_marked) && is_formula(text.trim_start_matches('\'')) {
            return Cow::Owned(format!("'{text}"));
        }
        text
    }

    /// The cell of a table that is read and never goes back in: no control character is in it raw,
    /// but for the line breaks of its text.
    pub(super) fn report_cell<'a>(self, text: impl Into<Cow<'a, str>>) -> Cow<'a, str> {
        let text = text.into();
        if !text.chars().any(needs_showing) {
            return self.cell(text);
        }
        let lines: Vec<Cow<'_, str>> = text.split('\n').map(visible).collect();
        Cow::Owned(self.cell(lines.join("\n")).into_owned())
    }
}

/// The cell without the mark that a [`Guard`] put before it.
pub(super) fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest,
        _ => text,
    }
}

/// Whether a spreadsheet would run it.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A value as a cell that a change file understands: entries of a list between `; `.
pub(super) fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Unknown => Cow::Borrowed(""),
        Value::Absent
        | Value::Text(_)
        | Value::List(_)
        | Value::Certificate(_)
        | Value::Asset { .. } => {
            let shown = value.display();
            if shown.trim_start_matches('\\') == CLEAR {
                Cow::Owned(format!("\\{shown}"))
            } else {
                shown
            }
        }
    }
}

/// A value of a field as JSON with its type: numbers and truth values as such where JSON says them
/// with the same characters, so that going out and in again changes nothing; text otherwise.
pub fn typed_json(value: &Value, kind: FieldKind) -> Json {
    let typed = match (kind, value) {
        (FieldKind::Integer | FieldKind::Number, Value::Text(text)) => {
            serde_json::from_str::<serde_json::Number>(text)
                .ok()
                .filter(|number| number.to_string() == *text)
                .map(Json::Number)
        }
        (FieldKind::Boolean, Value::Text(text)) => text.parse().ok().map(Json::Bool),
        _ => None,
    };
    typed.unwrap_or_else(|| json(value))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn json_has_numbers_and_truth_values_where_it_says_them_the_same_way() {
        for (text, kind, wanted) in [
            ("1999", FieldKind::Integer, "1999"),
            ("-7", FieldKind::Integer, "-7"),
            ("10.0", FieldKind::Number, "10.0"),
            ("true", FieldKind::Boolean, "true"),
            ("TRUE", FieldKind::Boolean, "\"TRUE\""),
            ("10.00", FieldKind::Number, "\"10.00\""),
            ("007", FieldKind::Integer, "\"007\""),
            (
                "12345678901234567890123",
                FieldKind::Integer,
                "\"12345678901234567890123\"",
            ),
            ("NaN", FieldKind::Number, "\"NaN\""),
            ("1999", FieldKind::Text, "\"1999\""),
        ] {
            let value = Value::text(text);
            assert_eq!(typed_json(&value, kind).to_string(), wanted, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_guarded_cell_runs_and_reading_takes_back_what_writing_put(text in "'{0,3}[=+@\t\r\\-]?.{0,4}") {
            for guard in [Guard::Exact, Guard::Formulas] {
                let written = guard.cell(text.as_str());
                prop_assert_eq!(unguarded(&written), &text);
            }
            prop_assert!(!is_formula(&Guard::Formulas.cell(text.as_str())));
            let kept = Guard::Formulas.report_cell(text.as_str()).into_owned();
            prop_assert!(!kept.replace('\n', "").chars().any(needs_showing), "{:?}", kept);
        }
    }
}
