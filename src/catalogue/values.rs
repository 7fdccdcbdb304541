//! Values of fields: their canonical text, their checks, and dates in both spellings.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, fmt::strtime};

use crate::catalogue::schema::{FieldDefinition, FieldType};
use crate::catalogue::writes::Refused;

const DAY: i64 = 86_400_000;

/// Epoch milliseconds of a date text: ISO dates and times, `MM/DD/YYYY`.
pub fn date_millis(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.len() < 8 {
        return None;
    }
    if let Ok(stamp) = text.parse::<Timestamp>() {
        return Some(stamp.as_millisecond());
    }
    let utc = |moment: DateTime| {
        moment
            .to_zoned(TimeZone::UTC)
            .ok()
            .map(|zoned| zoned.timestamp().as_millisecond())
    };
    if text.as_bytes().get(4) == Some(&b'-') {
        if text.len() == 10 {
            return text.parse::<Date>().ok().and_then(|date| utc(date.into()));
        }
        return text.parse::<DateTime>().ok().and_then(utc);
    }
    let date = strtime::parse("%m/%d/%Y", text).ok()?.to_date().ok()?;
    utc(date.into())
}

/// The canonical text of a moment: a date where it is midnight in UTC, else a time.
pub fn date_text(millis: i64) -> String {
    let Ok(stamp) = Timestamp::from_millisecond(millis) else {
        return millis.to_string();
    };
    let moment = stamp.to_zoned(TimeZone::UTC).datetime();
    if millis.rem_euclid(DAY) == 0 {
        moment.date().to_string()
    } else {
        format!("{}Z", moment.strftime("%Y-%m-%dT%H:%M:%S%.3f"))
    }
}

/// A value as a number: itself, or the milliseconds of a date.
pub fn number_of(text: &str) -> Option<f64> {
    let number = text.trim().parse::<f64>().ok();
    number.or_else(|| date_millis(text).map(millis_as_number))
}

/// Milliseconds as a double; exact for every date that can be written.
#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of any date people write are far below 2^53"
)]
pub const fn millis_as_number(millis: i64) -> f64 {
    millis as f64
}

/// A double in the spelling that is stored.
pub fn float_text(number: f64) -> String {
    format!("{number:?}")
}

/// What a field makes of the values it is given: the canonical texts and perhaps a remark.
///
/// # Errors
///
/// [`Refused`] where the field does not take them.
pub fn normalised(
    field: &FieldDefinition,
    values: Vec<String>,
) -> Result<(Vec<String>, Option<String>), Refused> {
    let mut kept: Vec<String> = Vec::with_capacity(values.len());
    for value in values {
        let value = canonical(field, value)?;
        let double = field.kind.is_multi() && kept.contains(&value);
        if !value.is_empty() && !double {
            kept.push(value);
        }
    }
    if field.required && kept.is_empty() {
        return Err(Refused::Required(field.name.clone()));
    }
    let mut remark = None;
    if !field.kind.is_multi() && kept.len() > 1 {
        kept = kept.split_off(kept.len() - 1);
        remark = Some(format!(
            "Tag field '{}' holds a single value; only '{}' was stored.",
            field.name, kept[0]
        ));
    }
    if field.straight_quotes {
        for value in &mut kept {
            if let Some(straight) = straightened(value) {
                *value = straight;
                remark = Some(format!(
                    "Field '{}' is stored with straight quotes.",
                    field.name
                ));
            }
        }
    }
    Ok((kept, remark))
}

fn straightened(value: &str) -> Option<String> {
    let curly = |any: char| matches!(any, '\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}');
    value.contains(curly).then(|| {
        value
            .replace(['\u{201c}', '\u{201d}'], "\"")
            .replace(['\u{2018}', '\u{2019}'], "'")
    })
}

fn canonical(field: &FieldDefinition, value: String) -> Result<String, Refused> {
    if value.is_empty() {
        return Ok(value);
    }
    if let Some(limit) = field.max_length {
        let length = value.chars().count();
        if length > limit {
            return Err(Refused::TooLong {
                field: field.name.clone(),
                length,
                limit,
            });
        }
    }
    if field.kind.is_fixed() {
        return if field.dictionary.contains(&value) {
            Ok(value)
        } else {
            Err(Refused::NotInDictionary {
                value,
                field: field.name.clone(),
            })
        };
    }
    match typed(field.kind, &value) {
        Some(text) => Ok(text),
        None if field.enforced => Err(Refused::BadValue {
            value,
            kind: field.kind.name(),
            field: field.name.clone(),
        }),
        None => Ok(value),
    }
}

/// The canonical text of a value of this type; `None` where it is no such value.
fn typed(kind: FieldType, value: &str) -> Option<String> {
    match kind {
        FieldType::Int => value
            .trim()
            .parse::<i64>()
            .ok()
            .map(|number| number.to_string()),
        FieldType::Float => value.trim().parse::<f64>().ok().map(float_text),
        FieldType::Boolean => boolean(value).map(|yes| yes.to_string()),
        FieldType::Date => date_millis(value).map(date_text),
        FieldType::String
        | FieldType::Untyped
        | FieldType::Color
        | FieldType::Dimension
        | FieldType::FileName
        | FieldType::SingleTag
        | FieldType::SingleFixedTag
        | FieldType::MultiTag
        | FieldType::MultiFixedTag
        | FieldType::BooleanTag => Some(value.to_owned()),
    }
}

/// Read a Boolean in any of the spellings the product takes.
pub fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_reads_back_the_same_from_both_faces() {
        for (given, stored) in [
            ("2026-11-02", "2026-11-02"),
            ("11/02/2026", "2026-11-02"),
            ("2026-11-02T00:00:00Z", "2026-11-02"),
            ("2026-11-02T01:00:00.000+01:00", "2026-11-02"),
            ("2026-11-02T10:30:00Z", "2026-11-02T10:30:00.000Z"),
            ("2026-11-02T10:30:00", "2026-11-02T10:30:00.000Z"),
        ] {
            let millis = date_millis(given).unwrap_or_else(|| panic!("{given} is a date"));
            assert_eq!(date_text(millis), stored, "{given}");
            assert_eq!(date_millis(stored), Some(millis));
        }
        for wrong in ["", "soon", "2026-13-01", "c. 1860", "1883"] {
            assert_eq!(date_millis(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_enforced_field_refuses_what_is_not_of_its_type() {
        let field = FieldDefinition::custom("Priority", "Image", FieldType::Int);
        assert!(normalised(&field, vec!["high".into()]).is_err());
        assert_eq!(normalised(&field, vec![" 12 ".into()]).unwrap().0, ["12"]);
        let mut lax = field;
        lax.enforced = false;
        assert_eq!(normalised(&lax, vec!["high".into()]).unwrap().0, ["high"]);
    }

    #[test]
    fn a_single_tag_keeps_the_last_value_and_says_so() {
        let field = FieldDefinition::custom("Region", "Asset", FieldType::SingleTag);
        let (kept, remark) = normalised(&field, vec!["North".into(), "South".into()]).unwrap();
        assert_eq!(kept, ["South"]);
        assert!(remark.unwrap().contains("only 'South'"));
    }

    #[test]
    fn a_closed_dictionary_and_a_longest_text_are_kept() {
        let field = FieldDefinition::custom("Season", "Asset", FieldType::MultiFixedTag)
            .with_dictionary(&["AW26", "SS26"]);
        assert!(normalised(&field, vec!["aw26".into()]).is_err());
        assert!(normalised(&field, vec!["AW26".into(), "SS26".into()]).is_ok());
        let text = FieldDefinition::custom("Note", "Asset", FieldType::String).with_max_length(3);
        assert!(normalised(&text, vec!["äöü".into()]).is_ok());
        assert!(normalised(&text, vec!["four".into()]).is_err());
    }
}
