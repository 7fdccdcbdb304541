//! Which type each key of a file has, and the field it becomes.

use indexmap::{IndexMap, IndexSet};
use serde_json::{Map, Value};

use crate::catalogue::schema::{FieldDefinition, FieldType, Schema};
use crate::catalogue::values::{date_millis, date_text, float_text};

/// Whether a key becomes a field. `id` and `name` are the asset's own.
pub(super) fn is_field(key: &str) -> bool {
    !matches!(key, "id" | "name") && !key.is_empty()
}

/// What was seen of the keys of a file.
#[derive(Default)]
pub(super) struct Inferred {
    keys: IndexMap<String, Seen>,
}

#[derive(Default)]
struct Seen {
    kind: Option<FieldType>,
    values: IndexSet<String>,
}

impl Inferred {
    /// See one row.
    pub(super) fn see(&mut self, fields: &Map<String, Value>) {
        for (key, value) in fields.iter().filter(|(key, _)| is_field(key)) {
            if !self.keys.contains_key(key) {
                self.keys.insert(key.clone(), Seen::default());
            }
            let (Some(seen), Some(kind)) = (self.keys.get_mut(key), kind_of(value)) else {
                continue;
            };
            seen.kind = Some(seen.kind.map_or(kind, |known| merged(known, kind)));
            if kind == FieldType::MultiTag {
                seen.values.extend(texts_as(kind, value));
            }
        }
    }

    /// The keys that become fields, in the order of the file.
    pub(super) fn names(&self) -> Vec<String> {
        self.keys.keys().cloned().collect()
    }

    /// Enter the fields into the schema. A field that is there keeps its place and takes the type
    /// both agree on.
    pub(super) fn enter(self, schema: &mut Schema) {
        // The certificate stays last.
        let mut at = schema
            .fields
            .iter()
            .position(|field| field.name.starts_with("Certificate"))
            .unwrap_or(schema.fields.len());
        for (name, seen) in self.keys {
            let kind = seen.kind.unwrap_or(FieldType::String);
            if schema.field_for("Image", &name).is_none() {
                schema
                    .fields
                    .insert(at, FieldDefinition::custom(&name, "Asset", kind));
                at += 1;
            }
            let Some(field) = schema.fields.iter_mut().find(|field| field.name == name) else {
                continue;
            };
            if !field.kind.is_fixed() && seen.kind.is_some() {
                let both = merged(field.kind, kind);
                if both != field.kind {
                    field.kind = both;
                    field.enforced = false;
                }
            }
            if field.kind == FieldType::MultiTag {
                let known: IndexSet<String> = field.dictionary.drain(..).collect();
                field.dictionary = known
                    .into_iter()
                    .chain(seen.values)
                    .collect::<IndexSet<_>>()
                    .into_iter()
                    .collect();
            }
        }
    }
}

/// The type of one value; `None` where it says nothing.
fn kind_of(value: &Value) -> Option<FieldType> {
    match value {
        Value::Null => None,
        Value::Bool(_) => Some(FieldType::Boolean),
        Value::Number(number) if number.is_i64() => Some(FieldType::Int),
        Value::Number(_) => Some(FieldType::Float),
        Value::Array(_) => Some(FieldType::MultiTag),
        Value::Object(_) => Some(FieldType::String),
        Value::String(text) => kind_of_text(text),
    }
}

fn kind_of_text(text: &str) -> Option<FieldType> {
    if text.is_empty() {
        return None;
    }
    // A leading zero or sign is part of a number that is a name, such as an inventory number.
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.starts_with(|first: char| first.is_ascii_digit())
        && (digits.len() == 1 || !digits.starts_with('0') || digits.starts_with("0."));
    Some(match text {
        "true" | "false" => FieldType::Boolean,
        _ if is_iso_date(text) => FieldType::Date,
        _ if plain && text.parse::<i64>().is_ok() => FieldType::Int,
        _ if plain
            && text
                .parse::<f64>()
                .is_ok_and(|number| float_text(number) == text) =>
        {
            FieldType::Float
        }
        _ => FieldType::String,
    })
}

fn is_iso_date(text: &str) -> bool {
    // Only in the spelling that is kept: both faces give it back as the file has it.
    date_millis(text).is_some_and(|millis| date_text(millis) == text)
}

/// The type that holds values of both.
fn merged(one: FieldType, other: FieldType) -> FieldType {
    match (one, other) {
        _ if one == other => one,
        (FieldType::Int, FieldType::Float) | (FieldType::Float, FieldType::Int) => FieldType::Float,
        // A lone text among lists is a list of one.
        (FieldType::MultiTag, _) | (_, FieldType::MultiTag) => FieldType::MultiTag,
        _ => FieldType::String,
    }
}

/// The texts of a value for a field of this type.
pub(super) fn texts_as(kind: FieldType, value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(values) if kind.is_multi() => values
            .iter()
            .flat_map(|each| texts_as(FieldType::String, each))
            .collect(),
        Value::String(text) => vec![text.clone()],
        Value::Number(number) if kind == FieldType::Float => {
            number.as_f64().map(float_text).into_iter().collect()
        }
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            vec![value.to_string()]
        }
    }
}
