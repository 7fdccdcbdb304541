//! Whether a field takes a value, by the rules of schema and endpoint.

use crate::domain::{Capabilities, Field, FieldKey, FieldKind, Listing, Schema, Value, edit};

/// The rules of one field, looked up once for many values.
#[derive(Clone, Copy, Debug)]
pub struct Admission<'a> {
    listing: &'a Listing,
    capabilities: &'a Capabilities,
    field: &'a FieldKey,
    rules: Option<&'a Field>,
    thumbnail: bool,
}

/// What of the values a field takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admits {
    /// Every value.
    All,
    /// Some of them.
    Some,
    /// None (why).
    Nothing(String),
}

impl<'a> Admission<'a> {
    /// Of a field.
    pub fn new(
        listing: &'a Listing,
        (schema, capabilities): (&'a Schema, &'a Capabilities),
        field: &'a FieldKey,
    ) -> Self {
        Self {
            listing,
            capabilities,
            field,
            rules: schema.field(field.as_str()),
            thumbnail: *field == FieldKey::thumbnail(),
        }
    }

    /// What the field holds; text if the endpoint does not have it.
    pub fn kind(&self) -> FieldKind {
        self.rules.map_or(FieldKind::Text, |field| field.kind)
    }

    /// Why a value can't be given to the field of an asset of this type.
    pub fn refusal(&self, kind: &str, value: &Value) -> Option<String> {
        if self.thumbnail {
            return self.thumbnail(kind, value);
        }
        let field = self.field;
        let Some(rules) = self.rules else {
            return Some(format!("the endpoint has no field {field}"));
        };
        if let Some(why) = &rules.locked {
            return Some(format!("{field} can't be edited: {why}"));
        }
        if !rules.applies_to(kind) {
            return Some(format!("{kind} assets have no field {field}"));
        }
        let checked = edit::check(rules, value);
        checked.err().map(|error| error.to_string())
    }

    /// What of the values the field of an asset of this type takes.
    pub fn admits(&self, kind: &str) -> Admits {
        if self.thumbnail {
            return Admits::Some;
        }
        match self.rules {
            Some(rules) if rules.locked.is_none() && rules.applies_to(kind) => {
                if edit::depends_on_value(rules) {
                    Admits::Some
                } else {
                    Admits::All
                }
            }
            Some(_) | None => {
                let why = self.refusal(kind, &Value::Absent);
                why.map_or(Admits::Some, Admits::Nothing)
            }
        }
    }

    fn thumbnail(&self, kind: &str, value: &Value) -> Option<String> {
        let one_of =
            |kinds: &[String], kind: &str| kinds.is_empty() || kinds.iter().any(|one| one == kind);
        if !one_of(&self.capabilities.thumbnail_targets, kind) {
            return Some(format!("{kind} assets take no thumbnail"));
        }
        let Value::Asset { id, .. } = value else {
            return None;
        };
        let used = self.listing.row(id).map(|row| self.listing.kind(row))?;
        if one_of(&self.capabilities.thumbnail_types, &used) {
            return None;
        }
        let allowed = self.capabilities.thumbnail_types.join(", ");
        Some(format!(
            "a {used} can't be a thumbnail; allowed are {allowed}"
        ))
    }
}
