//! Values of custom metadata: texts in the library, typed JSON on the wire.

use serde_json::{Value, json};

use crate::catalogue::schema::{FieldDefinition, FieldType};
use crate::catalogue::values::{date_millis, date_text};

/// What a field that holds `texts` shows; null when it holds none.
pub(super) fn to_json(field: &FieldDefinition, texts: &[String]) -> Value {
    if field.kind.is_multi() && !texts.is_empty() {
        return json!(texts);
    }
    texts
        .first()
        .map_or(Value::Null, |text| one_to_json(field.kind, text))
}

fn one_to_json(kind: FieldType, text: &str) -> Value {
    let typed = match kind {
        FieldType::Int => text.parse::<i64>().ok().map(Value::from),
        // A whole number is one in JSON, too, if it is kept as one.
        FieldType::Float => match text.parse::<i64>() {
            Ok(whole) => Some(Value::from(whole)),
            Err(_) => text.parse::<f64>().ok().map(Value::from),
        },
        FieldType::Boolean => match text {
            "true" => Some(json!(true)),
            "false" => Some(json!(false)),
            _ => None,
        },
        FieldType::Date => date_millis(text).map(Value::from),
        FieldType::String
        | FieldType::Untyped
        | FieldType::Color
        | FieldType::Dimension
        | FieldType::FileName
        | FieldType::SingleTag
        | FieldType::SingleFixedTag
        | FieldType::MultiTag
        | FieldType::MultiFixedTag
        | FieldType::BooleanTag => None,
    };
    // A stored text that is not of its type is shown as it is rather than hidden.
    typed.unwrap_or_else(|| json!(text))
}

/// The texts to store for `value`; none for null. `Err` when it is not a value of this field.
pub(super) fn from_json(field: &FieldDefinition, value: &Value) -> Result<Vec<String>, ()> {
    if value.is_null() {
        return Ok(Vec::new());
    }
    let Some(list) = value.as_array().filter(|_| field.kind.is_multi()) else {
        return Ok(vec![one_from_json(field, value)?]);
    };
    let mut texts: Vec<String> = Vec::new();
    for value in list {
        let text = one_from_json(field, value)?;
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    Ok(texts)
}

fn one_from_json(field: &FieldDefinition, value: &Value) -> Result<String, ()> {
    match (field.kind, value) {
        (FieldType::Int, Value::Number(number)) => {
            let whole = number.as_i64().or_else(|| as_whole(number.as_f64()?));
            whole.map(|number| number.to_string()).ok_or(())
        }
        (FieldType::Float, Value::Number(number)) => Ok(number.to_string()),
        (FieldType::Boolean, Value::Bool(flag)) => Ok(flag.to_string()),
        (FieldType::Date, Value::Number(number)) => number.as_i64().map(date_text).ok_or(()),
        (FieldType::Int, Value::String(text)) => {
            text.parse::<i64>().map(|n| n.to_string()).map_err(|_| ())
        }
        (FieldType::Float, Value::String(text)) => {
            text.parse::<f64>().map(|n| n.to_string()).map_err(|_| ())
        }
        (FieldType::Date | FieldType::Boolean | FieldType::Int | FieldType::Float, _)
        | (_, Value::Null | Value::Array(_) | Value::Object(_)) => Err(()),
        (
            FieldType::SingleFixedTag | FieldType::MultiFixedTag | FieldType::BooleanTag,
            Value::String(text),
        ) => {
            let known = field
                .dictionary
                .iter()
                .find(|value| value.eq_ignore_ascii_case(text));
            known.cloned().ok_or(())
        }
        (_, Value::String(text)) => Ok(text.clone()),
        (_, Value::Number(_) | Value::Bool(_)) => Ok(value.to_string()),
    }
}

/// `number` as an integer where it is one.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the bounds are checked just before"
)]
fn as_whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: FieldType) -> FieldDefinition {
        FieldDefinition::custom("Field", "Asset", kind)
    }

    fn round(kind: FieldType, value: &Value) -> Value {
        let field = field(kind);
        to_json(&field, &from_json(&field, value).unwrap())
    }

    #[test]
    fn typed_values_come_back_as_they_were_sent() {
        assert_eq!(round(FieldType::Int, &json!(7)), json!(7));
        assert_eq!(round(FieldType::Float, &json!(1.5)), json!(1.5));
        assert_eq!(round(FieldType::Boolean, &json!(false)), json!(false));
        let at = json!(1_767_225_600_000_i64);
        assert_eq!(round(FieldType::Date, &at), at);
        assert_eq!(
            round(FieldType::MultiTag, &json!(["a", "b", "a"])),
            json!(["a", "b"])
        );
        assert_eq!(round(FieldType::String, &Value::Null), Value::Null);
    }

    #[test]
    fn a_date_without_a_zone_is_read_as_utc() {
        let texts = ["2026-01-01".to_owned()];
        assert_eq!(
            to_json(&field(FieldType::Date), &texts),
            json!(1_767_225_600_000_i64)
        );
    }

    #[test]
    fn a_value_of_another_type_or_outside_a_closed_dictionary_is_refused() {
        assert!(from_json(&field(FieldType::Int), &json!("many")).is_err());
        assert!(from_json(&field(FieldType::Date), &json!("soon")).is_err());
        let tier = field(FieldType::SingleFixedTag).with_dictionary(&["Gold"]);
        assert!(from_json(&tier, &json!("Lead")).is_err());
        assert_eq!(
            from_json(&tier, &json!("gold")),
            Ok(vec!["Gold".to_owned()])
        );
    }
}
