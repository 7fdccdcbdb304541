//! The rules of a field, asked of a value.

use super::EditError;
use crate::domain::{Field, FieldKind, Value, equality, text};

/// Checks a value against the rules of its field.
///
/// # Errors
///
/// The rule it breaks, in words, with the nearest allowed value where there is one.
pub fn check(field: &Field, value: &Value) -> Result<(), EditError> {
    let key = &field.key;
    let refuse = |words: String| Err(EditError::Value(words));
    if !value.is_present() {
        if field.required && *value == Value::Absent {
            return refuse(format!("{key} is required and can't be empty"));
        }
        return Ok(());
    }
    let message = match value {
        Value::Certificate(certificate) => std::slice::from_ref(&certificate.message),
        Value::Absent | Value::Unknown | Value::Text(_) | Value::List(_) | Value::Asset { .. } => {
            &[]
        }
    };
    let texts = value.entries().iter().chain(message);
    if let Some(control) = texts.flat_map(|text| text.chars()).find(|c| is_control(*c)) {
        return refuse(format!(
            "{key} would hold the control character U+{:04X}; take it out",
            u32::from(control)
        ));
    }
    for entry in value.entries() {
        if let Some(limit) = field.max_length {
            let length = entry.chars().count();
            if length > limit {
                return refuse(format!(
                    "{key} is {length} characters long, the limit is {limit}"
                ));
            }
        }
        if field.closed && !field.allowed.contains(entry) {
            let near = text::nearest(entry, &field.allowed, String::as_str);
            let hint = near
                .map(|near| format!("; nearest is `{near}`"))
                .unwrap_or_default();
            return refuse(format!("`{entry}` is no value of {key}{hint}"));
        }
        if let Some(wrong) = misfit(field.kind, entry) {
            return refuse(format!("`{entry}` is {wrong}, as {key} needs"));
        }
    }
    Ok(())
}

/// Whether a field takes some values and refuses others.
pub fn depends_on_value(field: &Field) -> bool {
    let is_free = match field.kind {
        FieldKind::Text
        | FieldKind::Tag
        | FieldKind::Tags
        | FieldKind::Certificate
        | FieldKind::Asset => true,
        FieldKind::Integer | FieldKind::Number | FieldKind::Boolean | FieldKind::Date => false,
    };
    !is_free || field.required || field.closed || field.max_length.is_some()
}

fn misfit(kind: FieldKind, entry: &str) -> Option<&'static str> {
    let entry = entry.trim();
    let (fits, wrong) = match kind {
        FieldKind::Integer => (entry.parse::<i64>().is_ok(), "not a whole number"),
        FieldKind::Number => (equality::number(entry).is_some(), "not a number"),
        FieldKind::Boolean => (equality::truth(entry).is_some(), "not `true` or `false`"),
        FieldKind::Date => (is_date(entry), "not a date like 2026-11-22"),
        FieldKind::Text
        | FieldKind::Tag
        | FieldKind::Tags
        | FieldKind::Certificate
        | FieldKind::Asset => (true, ""),
    };
    (!fits).then_some(wrong)
}

/// The C0 controls, which no XML may carry; a tab and the ends of lines are text. Others are shown
/// made visible and sent as they are, so that a value that holds one can still be edited.
fn is_control(character: char) -> bool {
    matches!(character, '\0'..='\u{1f}') && !matches!(character, '\t' | '\n' | '\r')
}

/// Dates: `2026-11-22`, or that with a time and a zone.
fn is_date(entry: &str) -> bool {
    entry.parse::<jiff::civil::Date>().is_ok() || entry.parse::<jiff::Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_outside_the_dictionary_is_refused_with_its_neighbour() {
        let field = Field {
            allowed: vec!["Spring".into(), "Summer".into()],
            closed: true,
            ..Field::plain("Season", FieldKind::Tag)
        };
        let error = check(&field, &Value::text("Sumer")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`Sumer` is no value of Season; nearest is `Summer`"
        );
    }
}
