//! Conditions and sort keys worked out on a record in memory.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::{Value, json};

use crate::catalogue::attributes::texts_of;
use crate::catalogue::model::AssetRecord;
use crate::catalogue::query::{Bound, Condition, Operand, Test};
use crate::catalogue::schema::{FieldType, Schema};
use crate::catalogue::values::{date_millis, number_of};

/// The values of an operand; none where it is unset.
pub fn values_of<'record>(
    operand: &Operand,
    record: &'record AssetRecord,
    schema: &Schema,
) -> Vec<Cow<'record, str>> {
    let one = |text: &'record str| vec![Cow::Borrowed(text)];
    let number = |value: i64| vec![Cow::Owned(value.to_string())];
    match operand {
        Operand::Row => number(record.row),
        Operand::Id => one(&record.id),
        Operand::Guid => one(&record.guid),
        Operand::QualifiedName => one(&record.qualified_name),
        Operand::Name => one(&record.name),
        Operand::Kind => one(&record.kind),
        Operand::TypeName => one(&record.type_name),
        Operand::SuperTypes => super_types(&record.type_name, schema)
            .into_iter()
            .map(Cow::Owned)
            .collect(),
        Operand::Folder => one(&record.folder),
        Operand::FileName => one(&record.details.file_name),
        Operand::Created => number(record.created),
        Operand::CreatedBy => one(&record.details.created_by),
        Operand::Modified => number(record.modified),
        Operand::ModifiedBy => one(&record.details.modified_by),
        Operand::Published => vec![Cow::Borrowed(truth(record.published))],
        Operand::TrashState => vec![Cow::Borrowed(record.trash.name())],
        Operand::Status => vec![Cow::Borrowed(record.trash.status())],
        Operand::FileSize => record.file_size.map(number).unwrap_or_default(),
        Operand::Tags => record
            .details
            .tags
            .iter()
            .map(|tag| Cow::Borrowed(tag.as_str()))
            .collect(),
        Operand::Glossary => record
            .details
            .anchor
            .iter()
            .map(|guid| Cow::Borrowed(guid.as_str()))
            .collect(),
        Operand::Media => vec![Cow::Borrowed(truth(record.is_media()))],
        Operand::Field(name) => field_values(name, record, schema),
        Operand::Attribute(name) => texts(record.attribute(name)),
    }
}

const fn truth(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}

fn texts<'any>(value: Option<Value>) -> Vec<Cow<'any, str>> {
    value
        .map(|value| texts_of(&value).into_iter().map(Cow::Owned).collect())
        .unwrap_or_default()
}

fn field_values<'record>(
    name: &str,
    record: &'record AssetRecord,
    schema: &Schema,
) -> Vec<Cow<'record, str>> {
    if let Some(values) = record.details.values.get(name) {
        return values
            .iter()
            .map(|value| Cow::Borrowed(value.as_str()))
            .collect();
    }
    schema
        .field(name)
        .map(|field| record.field(field).into_iter().map(Cow::Owned).collect())
        .unwrap_or_default()
}

/// The super types of a REST type.
pub fn super_types(type_name: &str, schema: &Schema) -> Vec<String> {
    schema.type_named(type_name).map_or_else(
        || vec!["Asset".to_owned(), "Referenceable".to_owned()],
        |kind| kind.super_types.clone(),
    )
}

/// Whether a record is what a condition looks for. Run the condition through [`prepared`] first.
pub fn matches(condition: &Condition, record: &AssetRecord, schema: &Schema) -> bool {
    let holds = |each: &Condition| matches(each, record, schema);
    match condition {
        Condition::Always => true,
        Condition::Never => false,
        Condition::And(all) => all.iter().all(holds),
        Condition::Or(any) => any.iter().any(holds),
        Condition::AtLeast(least, any) => any.iter().filter(|each| holds(each)).count() >= *least,
        Condition::Not(not) => !holds(not),
        Condition::Is { on, test, fold } => values_of(on, record, schema)
            .iter()
            .any(|value| passes(test, value, *fold)),
        Condition::InFolder { path, deep } => {
            record.folder == *path || (*deep && record.folder.starts_with(path.as_str()))
        }
    }
}

/// A condition with the texts of its folded tests in lower case.
pub fn prepared(condition: &Condition) -> Condition {
    let all = |conditions: &[Condition]| conditions.iter().map(prepared).collect();
    match condition {
        Condition::And(conditions) => Condition::And(all(conditions)),
        Condition::Or(conditions) => Condition::Or(all(conditions)),
        Condition::AtLeast(least, conditions) => Condition::AtLeast(*least, all(conditions)),
        Condition::Not(not) => Condition::Not(Box::new(prepared(not))),
        Condition::Is {
            on,
            test,
            fold: true,
        } => Condition::folded(on.clone(), lower(test)),
        Condition::Always
        | Condition::Never
        | Condition::Is { .. }
        | Condition::InFolder { .. } => condition.clone(),
    }
}

fn lower(test: &Test) -> Test {
    match test {
        Test::Is(texts) => Test::Is(texts.iter().map(|text| text.to_lowercase()).collect()),
        Test::StartsWith(part) => Test::StartsWith(part.to_lowercase()),
        Test::EndsWith(part) => Test::EndsWith(part.to_lowercase()),
        Test::Contains(part) => Test::Contains(part.to_lowercase()),
        Test::Wildcard(part) => Test::Wildcard(part.to_lowercase()),
        Test::Words { words, all } => Test::Words {
            words: words.iter().map(|word| word.to_lowercase()).collect(),
            all: *all,
        },
        Test::Among(from, to) => {
            let folded = |end: &Option<String>| end.as_ref().map(|end| end.to_lowercase());
            Test::Among(folded(from), folded(to))
        }
        Test::Exists | Test::Range { .. } => test.clone(),
    }
}

/// Whether one value passes a prepared test.
pub fn passes(test: &Test, value: &str, fold: bool) -> bool {
    let value = if fold {
        Cow::Owned(value.to_lowercase())
    } else {
        Cow::Borrowed(value)
    };
    match test {
        Test::Exists => !value.is_empty(),
        Test::Is(texts) => texts.iter().any(|text| *text == value),
        Test::StartsWith(part) => value.starts_with(part.as_str()),
        Test::EndsWith(part) => value.ends_with(part.as_str()),
        Test::Contains(part) => value.contains(part.as_str()),
        Test::Wildcard(pattern) => wildcard(pattern, &value),
        Test::Words { words, all } => {
            let value = value.to_lowercase();
            let has = |word: &String| {
                value
                    .split(|any: char| !any.is_alphanumeric())
                    .any(|part| part == word)
            };
            if *all {
                words.iter().all(has)
            } else {
                words.iter().any(has)
            }
        }
        Test::Among(from, to) => {
            from.as_deref().is_none_or(|from| from <= value.as_ref())
                && to.as_deref().is_none_or(|to| value.as_ref() < to)
        }
        Test::Range { min, max } => number_of(&value)
            .is_some_and(|number| above(min.as_ref(), number) && below(max.as_ref(), number)),
    }
}

fn above(bound: Option<&Bound>, number: f64) -> bool {
    bound.is_none_or(|bound| number > bound.value || (bound.inclusive && number >= bound.value))
}

fn below(bound: Option<&Bound>, number: f64) -> bool {
    bound.is_none_or(|bound| number < bound.value || (bound.inclusive && number <= bound.value))
}

/// `*` any text, `?` one character; linear in practice, never exponential.
fn wildcard(pattern: &str, value: &str) -> bool {
    let (pattern, value): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), value.chars().collect());
    let (mut at, mut from) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while from < value.len() {
        if at < pattern.len() && pattern[at] == '*' {
            star = Some((at, from));
            at += 1;
        } else if at < pattern.len() && (pattern[at] == '?' || pattern[at] == value[from]) {
            at += 1;
            from += 1;
        } else if let Some((after_star, taken)) = star {
            star = Some((after_star, taken + 1));
            at = after_star + 1;
            from = taken + 1;
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|any| *any == '*')
}

/// A value an order compares by.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// A number or a date.
    Number(f64),
    /// A text without case.
    Text(String),
    /// Nothing: always last.
    Missing,
}

impl Key {
    /// The key of a record.
    pub fn of(operand: &Operand, record: &AssetRecord, schema: &Schema) -> Self {
        let Some(first) = values_of(operand, record, schema).into_iter().next() else {
            return Self::Missing;
        };
        if is_numeric(operand, schema) {
            number_of(&first).map_or(Self::Missing, Self::Number)
        } else {
            Self::Text(first.to_lowercase())
        }
    }

    /// The key a client sent back.
    pub fn from_json(value: &Value) -> Self {
        match value {
            Value::Number(number) => number.as_f64().map_or(Self::Missing, Self::Number),
            Value::String(text) => Self::Text(text.clone()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => Self::Missing,
        }
    }

    /// As a client gets it.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked to be a whole number of a size that fits"
    )]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
                json!(*number as i64)
            }
            Self::Number(number) => json!(number),
            Self::Text(text) => json!(text),
            Self::Missing => Value::Null,
        }
    }

    /// Compare in one direction; missing is last in both.
    pub fn compare(&self, other: &Self, descending: bool) -> Ordering {
        let order = match (self, other) {
            (Self::Missing, Self::Missing) => return Ordering::Equal,
            (Self::Missing, _) => return Ordering::Greater,
            (_, Self::Missing) => return Ordering::Less,
            (Self::Number(one), Self::Number(two)) => one.total_cmp(two),
            (Self::Text(one), Self::Text(two)) => one.cmp(two),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
        };
        if descending { order.reverse() } else { order }
    }
}

fn is_numeric(operand: &Operand, schema: &Schema) -> bool {
    if let Operand::Field(name) = operand {
        return schema.field(name).is_some_and(|field| {
            matches!(
                field.kind,
                FieldType::Int | FieldType::Float | FieldType::Date
            )
        });
    }
    if let Operand::Attribute(name) = operand {
        return name.ends_with("At") || name.ends_with("Count") || name.ends_with("Score");
    }
    matches!(
        operand,
        Operand::Row | Operand::Created | Operand::Modified | Operand::FileSize
    )
}

/// Milliseconds of a text that is a date or a number of milliseconds already.
pub fn millis_of(text: &str) -> Option<i64> {
    text.trim()
        .parse::<i64>()
        .ok()
        .or_else(|| date_millis(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_matches_as_people_expect() {
        for (pattern, value, holds) in [
            ("JKT*", "JKT_1", true),
            ("*FRONT", "JKT_1_FRONT", true),
            ("J?T*_B*K", "JKT_1_BACK", true),
            ("J?T", "JT", false),
            ("*", "", true),
            ("a*b*c", "aXbXbXc", true),
            ("a*b*c", "aXbXb", false),
        ] {
            assert_eq!(wildcard(pattern, value), holds, "{pattern} on {value}");
        }
    }

    #[test]
    fn assets_without_a_value_come_last_in_both_directions() {
        let some = Key::Text("a".into());
        assert_eq!(Key::Missing.compare(&some, false), Ordering::Greater);
        assert_eq!(Key::Missing.compare(&some, true), Ordering::Greater);
    }
}
