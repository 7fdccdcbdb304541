//! Fields of an endpoint, and the rules it keeps for them.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// The human name of a field, unique within a [`Schema`]; case is kept, matching ignores it.
///
/// Adapters translate it to a handle or a hashed id; nothing else ever sees those.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct FieldKey(Arc<str>);

impl FieldKey {
    /// Takes the name as the endpoint spells it.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// The certificate: a [`Value::Certificate`](super::Value::Certificate).
    pub fn certificate() -> Self {
        Self::new("certificate")
    }

    /// The thumbnail: a [`Value::Asset`](super::Value::Asset).
    pub fn thumbnail() -> Self {
        Self::new("thumbnail")
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FieldKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&str> for FieldKey {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

/// What a field's text means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FieldKind {
    /// Any text.
    #[default]
    Text,
    /// A whole number, signed, 64 bits.
    Integer,
    /// A number with a fraction.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A date or a date with time, ISO 8601.
    Date,
    /// One tag.
    Tag,
    /// Any number of tags.
    Tags,
    /// A certificate.
    Certificate,
    /// Another asset.
    Asset,
}

impl FieldKind {
    /// Whether a value of this kind holds several entries.
    pub fn is_multiple(self) -> bool {
        self == Self::Tags
    }

    /// The word screens show for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "whole number",
            Self::Number => "number",
            Self::Boolean => "yes or no",
            Self::Date => "date",
            Self::Tag => "tag",
            Self::Tags => "tags",
            Self::Certificate => "certificate",
            Self::Asset => "asset",
        }
    }
}

/// One named slot of an endpoint's assets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub key: FieldKey,
    /// How to read its text.
    pub kind: FieldKind,
    /// The asset types that have it; empty means all.
    pub applies_to: Vec<String>,
    /// The values the endpoint knows, in its order; empty if it names none.
    pub allowed: Vec<String>,
    /// Whether only `allowed` values are taken (a fixed dictionary).
    pub closed: bool,
    /// Whether the endpoint wants a value.
    pub required: bool,
    /// The longest text in characters; `None` without a limit.
    pub max_length: Option<usize>,
    /// Why it can't be edited; `None` if it can.
    pub locked: Option<String>,
    /// A remark for people (a name used twice, a type shown raw); empty if there is none.
    pub remark: String,
}

impl Field {
    /// A field anybody may edit, of every asset type, with no rules.
    pub fn plain(name: &str, kind: FieldKind) -> Self {
        Self {
            key: FieldKey::new(name),
            kind,
            applies_to: Vec::new(),
            allowed: Vec::new(),
            closed: false,
            required: false,
            max_length: None,
            locked: None,
            remark: String::new(),
        }
    }

    /// The same, but shown only, with the reason.
    pub fn locked(name: &str, kind: FieldKind, reason: &str) -> Self {
        Self {
            locked: Some(reason.to_owned()),
            ..Self::plain(name, kind)
        }
    }

    /// Whether assets of this type have the field.
    pub fn applies_to(&self, kind: &str) -> bool {
        self.applies_to.is_empty() || self.applies_to.iter().any(|one| one == kind)
    }
}

/// The fields of an endpoint, in the order screens show them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// The fields; names are unique, ignoring case.
    pub fields: Vec<Field>,
}

impl Schema {
    /// The field of this name: exact first, then ignoring case.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields
            .iter()
            .find(|field| field.key.as_str() == name)
            .or_else(|| {
                self.fields
                    .iter()
                    .find(|field| same_word(field.key.as_str(), name))
            })
    }

    /// The nearest field name to a mistyped one, if any is near.
    pub fn nearest(&self, name: &str) -> Option<&FieldKey> {
        super::text::nearest(
            name,
            self.fields.iter().map(|field| &field.key),
            FieldKey::as_str,
        )
    }
}

/// Ignores case, and takes `_` and `-` for a space: `credit_line` finds `Credit line`.
fn same_word(left: &str, right: &str) -> bool {
    let plain = |text: &str| super::text::fold(text).replace(['_', '-'], " ");
    plain(left) == plain(right)
}

impl From<String> for FieldKey {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<FieldKey> for String {
    fn from(name: FieldKey) -> Self {
        name.0.as_ref().to_owned()
    }
}
