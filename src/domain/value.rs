//! What one field of one asset holds.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{AssetId, Certificate};

/// The content of a field.
///
/// Numbers, dates and truth values are kept as the text the endpoint answered; the
/// [`FieldKind`](super::FieldKind) says how to read them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Value {
    /// The endpoint has no value here.
    #[default]
    Absent,
    /// Nobody has asked the endpoint yet (a thumbnail costs a call for each asset).
    Unknown,
    /// Unicode text, exactly as received. Never empty: empty text reads as absent.
    Text(String),
    /// Ordered, without duplicates. Never empty: no tags reads as absent.
    List(Vec<String>),
    /// A certificate with its message.
    Certificate(Certificate),
    /// Another asset: a thumbnail, an anchor.
    Asset {
        /// Its identity.
        id: AssetId,
        /// Its name when it was read; empty if the endpoint did not say.
        name: String,
    },
}

impl Value {
    /// Text, or absent if it is empty.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() {
            Self::Absent
        } else {
            Self::Text(text)
        }
    }

    /// A list without duplicates and empty entries, or absent if nothing is left.
    pub fn list<T: Into<String>>(entries: impl IntoIterator<Item = T>) -> Self {
        let mut seen = Vec::new();
        for entry in entries {
            let entry = entry.into();
            if !entry.is_empty() && !seen.contains(&entry) {
                seen.push(entry);
            }
        }
        if seen.is_empty() {
            Self::Absent
        } else {
            Self::List(seen)
        }
    }

    /// Whether there is something here (`has:field` in a query).
    pub fn is_present(&self) -> bool {
        !matches!(self, Self::Absent | Self::Unknown)
    }

    /// The entries of a list, or the one text; empty for everything else.
    pub fn entries(&self) -> &[String] {
        match self {
            Self::List(entries) => entries,
            Self::Text(text) => std::slice::from_ref(text),
            Self::Absent | Self::Unknown | Self::Certificate(_) | Self::Asset { .. } => &[],
        }
    }

    /// One line for people and for matching: lists joined by `; `, a certificate as
    /// `verified "message"`, an asset by its name. Not yet safe for a terminal: see
    /// [`text::visible`](super::text::visible).
    pub fn display(&self) -> Cow<'_, str> {
        match self {
            Self::Absent => Cow::Borrowed(""),
            Self::Unknown => Cow::Borrowed("…"),
            Self::Text(text) => Cow::Borrowed(text),
            Self::List(entries) => Cow::Owned(entries.join("; ")),
            Self::Certificate(certificate) => Cow::Owned(certificate.to_string()),
            Self::Asset { id, name } if name.is_empty() => Cow::Borrowed(id.as_str()),
            Self::Asset { name, .. } => Cow::Borrowed(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_text_and_no_tags_read_as_absent() {
        assert_eq!(Value::text(""), Value::Absent);
        assert_eq!(Value::list(["", ""]), Value::Absent);
        assert_eq!(
            Value::list(["a", "b", "a"]),
            Value::List(vec!["a".into(), "b".into()])
        );
    }
}
