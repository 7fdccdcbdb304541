//! How clauses are written: one key and a value, short or long, with options beside it.

use serde_json::{Map, Value};

use super::error::{ApiError, BAD_QUERY};
use crate::catalogue::query::{Bound, Test};
use crate::catalogue::values::number_of;

/// What is wrong with a query, in the words Elasticsearch would use.
pub(super) fn refuse(reason: &str) -> ApiError {
    BAD_QUERY.with(&[reason])
}

/// The only key of `value` and what it holds.
pub(super) fn single<'a>(value: &'a Value, what: &str) -> Result<(&'a str, &'a Value), ApiError> {
    let map = value
        .as_object()
        .ok_or_else(|| refuse(&format!("[{what}] is not an object")))?;
    let mut pairs = map
        .iter()
        .filter(|(key, _)| *key != "boost" && *key != "_name");
    match (pairs.next(), pairs.next()) {
        (Some((key, body)), None) => Ok((key, body)),
        (None, _) => Err(refuse(&format!("[{what}] malformed, empty clause found"))),
        (Some(_), Some(_)) => Err(refuse(&format!("[{what}] malformed, more than one clause"))),
    }
}

/// What stands beside the value of a clause.
pub(super) type Options<'a> = Option<&'a Map<String, Value>>;

/// A name with its value, written `{name: value}` or `{name: {value: …, option: …}}`.
pub(super) fn field_value<'a>(
    operator: &str,
    body: &'a Value,
) -> Result<(&'a str, &'a Value, Options<'a>), ApiError> {
    let (name, value) = single(body, operator)?;
    let Some(options) = value.as_object() else {
        return Ok((name, value, None));
    };
    let value = ["value", "query", operator]
        .iter()
        .find_map(|key| options.get(*key))
        .ok_or_else(|| refuse(&format!("[{operator}] query has no value for [{name}]")))?;
    Ok((name, value, Some(options)))
}

/// Whether the options say that case does not matter.
pub(super) fn folds(options: Options<'_>) -> bool {
    options
        .and_then(|options| options.get("case_insensitive"))
        .is_some_and(|flag| flag == true)
}

/// A single value as text.
pub(super) fn text(value: &Value) -> Result<String, ApiError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Null => Err(refuse("value cannot be null")),
        Value::Array(_) | Value::Object(_) => Err(refuse("value must be a single one")),
    }
}

/// A number, or a date in words as milliseconds.
pub(super) fn instant(value: &Value) -> Result<f64, ApiError> {
    value
        .as_f64()
        .or_else(|| number_of(value.as_str()?))
        .ok_or_else(|| refuse(&format!("failed to parse [{value}] as a number or a date")))
}

/// How many of `count` clauses: a number, a negative one (that many may miss), or a percentage.
pub(super) fn minimum_of(value: &Value, count: usize) -> Result<usize, ApiError> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Null => return Ok(0),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
    };
    let bad = || refuse("[minimum_should_match] is neither a number nor a percentage");
    let count_of = i64::try_from(count).unwrap_or(i64::MAX);
    let text = text.trim();
    let share = text.strip_suffix('%');
    let number: i64 = share.unwrap_or(text).parse().map_err(|_| bad())?;
    let number = if share.is_some() {
        number.saturating_mul(count_of) / 100
    } else {
        number
    };
    let distance = usize::try_from(number.unsigned_abs()).unwrap_or(usize::MAX);
    Ok(if text.starts_with('-') {
        count.saturating_sub(distance)
    } else {
        distance
    })
}
/// The ends of a range of numbers or times.
pub(super) fn within(ends: &Map<String, Value>) -> Result<Test, ApiError> {
    let (mut min, mut max) = (None, None);
    for (key, value) in ends.iter().filter(|(_, value)| !value.is_null()) {
        let (end, inclusive) = match key.as_str() {
            "gte" => (&mut min, true),
            "gt" => (&mut min, false),
            "lte" => (&mut max, true),
            "lt" => (&mut max, false),
            "format" | "time_zone" | "relation" | "boost" => continue,
            unknown => {
                return Err(refuse(&format!(
                    "[range] query does not support [{unknown}]"
                )));
            }
        };
        *end = Some(Bound {
            value: instant(value)?,
            inclusive,
        });
    }
    Ok(Test::Range { min, max })
}

/// The ends of a range of texts.
pub(super) fn among(ends: &Map<String, Value>) -> Result<Test, ApiError> {
    let (mut from, mut to) = (None, None);
    for (key, value) in ends {
        let end = match key.as_str() {
            "gte" => &mut from,
            "lt" => &mut to,
            unknown => {
                return Err(refuse(&format!(
                    "[range] query does not support [{unknown}] of a text"
                )));
            }
        };
        let text = value.as_str();
        *end = Some(
            text.ok_or_else(|| refuse("[range] of a text has no text"))?
                .to_owned(),
        );
    }
    Ok(Test::Among(from, to))
}
