//! How one attribute's JSON reads as a value, and how a value is written as JSON.
//!
//! Source: Atlan custom metadata value encodings; dates are whole milliseconds since 1970 in UTC.

use jiff::{Timestamp, civil, tz::TimeZone};
use serde_json::{Number, Value as Json};

use crate::domain::{FieldKind, Value};

const DAY_MS: i64 = 86_400_000;

/// What one entry of an attribute is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grain {
    /// Text, an enum word, a user, a group, an address.
    Text,
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A date; the time is shown only where it is not midnight.
    Day,
    /// A date with its time, always shown.
    Instant,
}

/// One entry or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Coding {
    /// What an entry is.
    pub(super) grain: Grain,
    /// Whether the attribute is an array.
    pub(super) many: bool,
}

impl Coding {
    /// One entry.
    pub(super) const fn one(grain: Grain) -> Self {
        Self { grain, many: false }
    }

    /// Any number of entries.
    pub(super) const fn many(grain: Grain) -> Self {
        Self { grain, many: true }
    }

    /// How people read it.
    pub(super) fn kind(self) -> FieldKind {
        match self.grain {
            _ if self.many => FieldKind::Tags,
            Grain::Text => FieldKind::Text,
            Grain::Integer => FieldKind::Integer,
            Grain::Number => FieldKind::Number,
            Grain::Boolean => FieldKind::Boolean,
            Grain::Day | Grain::Instant => FieldKind::Date,
        }
    }

    /// Reads what the server answered. Null, empty and a date of zero are absent.
    pub(super) fn read(self, json: &Json) -> Value {
        match json {
            Json::Array(entries) => {
                let entries = entries.iter().filter_map(|entry| self.grain.text(entry));
                if self.many {
                    Value::list(entries)
                } else {
                    Value::text(entries.collect::<Vec<_>>().join("; "))
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => {
                match self.grain.text(json) {
                    None => Value::Absent,
                    Some(text) if self.many => Value::list([text]),
                    Some(text) => Value::text(text),
                }
            }
        }
    }

    /// Writes a value; absent becomes null, which clears.
    ///
    /// # Errors
    ///
    /// In words, when the value is not of this kind.
    pub(super) fn write(self, value: &Value) -> Result<Json, String> {
        match value {
            Value::Absent => Ok(Json::Null),
            Value::Text(_) | Value::List(_) if self.many => value
                .entries()
                .iter()
                .map(|entry| self.grain.json(entry))
                .collect::<Result<Vec<_>, _>>()
                .map(Json::Array),
            Value::Text(text) => self.grain.json(text),
            Value::List(entries) => match entries.as_slice() {
                [one] => self.grain.json(one),
                _ => Err("the field takes one value, not several".to_owned()),
            },
            Value::Unknown | Value::Certificate(_) | Value::Asset { .. } => Err(format!(
                "`{}` is no {}",
                value.display(),
                self.kind().word()
            )),
        }
    }
}

impl Grain {
    fn text(self, json: &Json) -> Option<String> {
        match json {
            Json::Null => None,
            Json::Bool(truth) => Some(truth.to_string()),
            Json::Number(number) => self.number_text(number),
            Json::String(text) => Some(text.clone()),
            Json::Array(_) | Json::Object(_) => Some(json.to_string()),
        }
    }

    /// A number as people read it; `None` for a date of zero.
    pub(super) fn number_text(self, number: &Number) -> Option<String> {
        match self {
            Self::Day | Self::Instant => match number.as_i64() {
                Some(0) => None,
                Some(ms) => Some(date_text(ms, self == Self::Instant)),
                None => Some(number.to_string()),
            },
            Self::Number => {
                let text = number.to_string();
                Some(text.strip_suffix(".0").map(str::to_owned).unwrap_or(text))
            }
            Self::Text | Self::Integer | Self::Boolean => Some(number.to_string()),
        }
    }

    fn json(self, text: &str) -> Result<Json, String> {
        match self {
            Self::Text => Ok(Json::from(text)),
            Self::Integer => text
                .trim()
                .parse::<i64>()
                .map(Json::from)
                .map_err(|_| format!("`{text}` is no whole number")),
            Self::Number => number_json(text).ok_or_else(|| format!("`{text}` is no number")),
            Self::Boolean => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "yes" => Ok(Json::Bool(true)),
                "false" | "no" => Ok(Json::Bool(false)),
                _ => Err(format!("`{text}` is neither true nor false")),
            },
            Self::Day | Self::Instant => date_ms(text)
                .map(Json::from)
                .ok_or_else(|| format!("`{text}` is no date such as 2026-01-31")),
        }
    }
}

fn number_json(text: &str) -> Option<Json> {
    let text = text.trim();
    if let Ok(whole) = text.parse::<i64>() {
        return Some(Json::from(whole));
    }
    let number = text.parse::<f64>().ok()?;
    Number::from_f64(number).map(Json::Number)
}

/// A date as people read it: `2026-01-31`, or with its time in UTC where it has one.
pub(super) fn date_text(ms: i64, with_time: bool) -> String {
    let Ok(stamp) = Timestamp::from_millisecond(ms) else {
        return ms.to_string();
    };
    if !with_time && ms.rem_euclid(DAY_MS) == 0 {
        return stamp.to_zoned(TimeZone::UTC).date().to_string();
    }
    stamp.to_string()
}

/// Milliseconds since 1970 of a date, a date with time, or the number itself.
fn date_ms(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(stamp) = text.parse::<Timestamp>() {
        return Some(stamp.as_millisecond());
    }
    if text.len() > 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok();
    }
    let moment = text.parse::<civil::DateTime>().ok().or_else(|| {
        let date = text.parse::<civil::Date>().ok()?;
        Some(date.to_datetime(civil::Time::midnight()))
    })?;
    let zoned = moment.to_zoned(TimeZone::UTC).ok()?;
    Some(zoned.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_date_goes_out_as_milliseconds_and_comes_back_as_the_same_text() {
        let day = Coding::one(Grain::Day);
        let sent = day.write(&Value::text("2026-01-01")).unwrap();
        assert_eq!(sent, json!(1_767_225_600_000_i64));
        assert_eq!(day.read(&sent), Value::text("2026-01-01"));

        let instant = Coding::one(Grain::Instant);
        let sent = instant.write(&Value::text("2026-01-01T12:30:00Z")).unwrap();
        assert_eq!(sent, json!(1_767_270_600_000_i64));
        assert_eq!(instant.read(&sent), Value::text("2026-01-01T12:30:00Z"));
    }

    #[test]
    fn a_date_of_zero_is_no_date() {
        assert_eq!(Coding::one(Grain::Day).read(&json!(0)), Value::Absent);
    }

    #[test]
    fn numbers_and_truth_values_keep_their_text() {
        assert_eq!(
            Coding::one(Grain::Number).read(&json!(2.0)),
            Value::text("2")
        );
        assert_eq!(
            Coding::one(Grain::Number).write(&Value::text("2.5")),
            Ok(json!(2.5))
        );
        assert_eq!(
            Coding::one(Grain::Boolean).read(&json!(false)),
            Value::text("false")
        );
        assert_eq!(
            Coding::one(Grain::Integer).write(&Value::text("many")),
            Err("`many` is no whole number".to_owned())
        );
    }

    #[test]
    fn an_array_is_written_whole_and_cleared_by_null() {
        let users = Coding::many(Grain::Text);
        assert_eq!(users.write(&Value::list(["a", "b"])), Ok(json!(["a", "b"])));
        assert_eq!(users.write(&Value::text("a")), Ok(json!(["a"])));
        assert_eq!(users.write(&Value::Absent), Ok(Json::Null));
        assert_eq!(users.read(&json!([])), Value::Absent);
    }
}
