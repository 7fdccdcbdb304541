//! How a value is kept as text: its kind, the text people see, and, for the few values that text
//! does not tell whole, an extra text.

use std::borrow::Cow;

use crate::domain::{Certificate, Value};

/// What kind of value a text stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(in crate::domain) enum Kind {
    /// No value.
    Absent,
    /// Nobody has asked yet.
    Unknown,
    /// The text itself.
    #[default]
    Text,
    /// Entries, joined by `; `, that contain no `; ` themselves.
    List,
    /// Any other entries; the extra text has them as JSON.
    OddList,
    /// A certificate as it is shown.
    Certificate,
    /// An asset without a name: its identity.
    Asset,
    /// An asset's name; the extra text is its identity.
    NamedAsset,
    /// The extra text of the value before.
    Extra,
}

const KINDS: [Kind; 9] = [
    Kind::Absent,
    Kind::Unknown,
    Kind::Text,
    Kind::List,
    Kind::OddList,
    Kind::Certificate,
    Kind::Asset,
    Kind::NamedAsset,
    Kind::Extra,
];

const BETWEEN: &str = "; ";

impl Kind {
    /// The kind of a byte that was kept.
    pub(super) fn of(byte: u8) -> Option<Self> {
        KINDS.get(usize::from(byte)).copied()
    }

    /// Whether there is a value.
    pub(in crate::domain) fn is_present(self) -> bool {
        !matches!(self, Self::Absent | Self::Unknown | Self::Extra)
    }

    /// Whether an extra text belongs to it.
    pub(super) fn has_extra(self) -> bool {
        matches!(self, Self::OddList | Self::NamedAsset)
    }
}

/// A value as it is kept.
#[derive(Debug)]
pub(super) struct Coded<'a> {
    pub(super) kind: Kind,
    pub(super) text: Cow<'a, str>,
    pub(super) extra: Option<Cow<'a, str>>,
}

impl<'a> Coded<'a> {
    /// A text, which may be empty.
    pub(super) fn text(text: &'a str) -> Self {
        Self {
            kind: Kind::Text,
            text: text.into(),
            extra: None,
        }
    }

    pub(super) fn of(value: &'a Value) -> Self {
        let text = value.display();
        let plain = |kind, text| Self {
            kind,
            text,
            extra: None,
        };
        match value {
            Value::Absent => plain(Kind::Absent, text),
            Value::Unknown => plain(Kind::Unknown, text),
            Value::Text(_) => plain(Kind::Text, text),
            Value::Certificate(_) => plain(Kind::Certificate, text),
            Value::List(entries) if text.split(BETWEEN).eq(entries.iter().map(String::as_str)) => {
                plain(Kind::List, text)
            }
            Value::List(entries) => Self {
                kind: Kind::OddList,
                text,
                extra: Some(serde_json::json!(entries).to_string().into()),
            },
            Value::Asset { name, .. } if name.is_empty() => plain(Kind::Asset, text),
            Value::Asset { id, .. } => Self {
                kind: Kind::NamedAsset,
                text,
                extra: Some(id.as_str().into()),
            },
        }
    }
}

/// The value that is kept as this.
pub(super) fn decoded(kind: Kind, text: &str, extra: &str) -> Value {
    match kind {
        Kind::Absent | Kind::Extra => Value::Absent,
        Kind::Unknown => Value::Unknown,
        Kind::Text => Value::Text(text.to_owned()),
        Kind::List => Value::List(text.split(BETWEEN).map(str::to_owned).collect()),
        Kind::OddList => Value::List(serde_json::from_str(extra).unwrap_or_default()),
        Kind::Certificate => certificate(text).map_or(Value::Absent, Value::Certificate),
        Kind::Asset => Value::Asset {
            id: text.into(),
            name: String::new(),
        },
        Kind::NamedAsset => Value::Asset {
            id: extra.into(),
            name: text.to_owned(),
        },
    }
}

/// Reads what [`Certificate`]'s display writes.
fn certificate(text: &str) -> Option<Certificate> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let message = rest
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    Some(Certificate {
        status: word.parse().ok()?,
        message: message.unwrap_or_default().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CertificateStatus;

    #[test]
    fn every_value_comes_back_as_it_was() {
        let list =
            |entries: &[&str]| Value::List(entries.iter().map(|one| (*one).into()).collect());
        let certificate = |message: &str| {
            Value::Certificate(Certificate {
                status: CertificateStatus::Draft,
                message: message.into(),
            })
        };
        let asset = |id: &str, name: &str| Value::Asset {
            id: id.into(),
            name: name.into(),
        };
        for value in [
            Value::Absent,
            Value::Unknown,
            Value::Text("a; b".into()),
            Value::Text("…".into()),
            list(&["a"]),
            list(&["a", "b"]),
            list(&["a; b", "c"]),
            list(&["a;", " b"]),
            list(&[]),
            certificate(""),
            certificate("he said \"no\""),
            certificate("\""),
            asset("a|1", ""),
            asset("a|1", "pier"),
        ] {
            let coded = Coded::of(&value);
            assert_eq!(coded.text, value.display());
            assert_eq!(coded.kind.has_extra(), coded.extra.is_some());
            let extra = coded.extra.as_deref().unwrap_or_default();
            assert_eq!(decoded(coded.kind, &coded.text, extra), value);
            assert_eq!(Kind::of(coded.kind as u8), Some(coded.kind));
        }
    }
}
