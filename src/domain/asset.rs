//! A remote thing, as one answer of an endpoint describes it.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{FieldKey, Value};

/// The row number of an asset in the listing: stable for the life of a workspace.
///
/// Sets of assets (marks, filters, steps of the draft) are bitmaps over it.
pub type Row = u32;

/// The endpoint's own name for an asset. Opaque; compared byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct AssetId(Arc<str>);

impl AssetId {
    /// Takes the endpoint's identifier as it is.
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Self(id.into())
    }

    /// The identifier as the endpoint spells it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AssetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&str> for AssetId {
    fn from(id: &str) -> Self {
        Self::new(id)
    }
}

/// One asset with the values an endpoint answered for it.
///
/// The certificate and the thumbnail are fields like any other, under
/// [`FieldKey::certificate`] and [`FieldKey::thumbnail`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// Identity on the endpoint.
    pub id: AssetId,
    /// What people call it. Not unique on every endpoint.
    pub name: String,
    /// The endpoint's asset type (`Image`, `Table`, …).
    pub kind: String,
    /// Values by field; a field that is missing here is absent.
    pub fields: Vec<(FieldKey, Value)>,
    /// Why nobody may edit it (a scrubbed hit, a read-only folder); `None` if it may be edited.
    pub locked: Option<String>,
}

impl Asset {
    /// The value of a field; [`Value::Absent`] where the answer had none.
    pub fn value(&self, field: &FieldKey) -> &Value {
        self.fields
            .iter()
            .find_map(|(key, value)| (key == field).then_some(value))
            .unwrap_or(&Value::Absent)
    }
}

/// The keys of several assets' fields, each once, in the order they come.
#[derive(Clone, Debug, Default)]
pub struct Keys<'a> {
    known: Vec<&'a FieldKey>,
    next: usize,
}

impl<'a> Keys<'a> {
    /// From here on come the fields of another asset.
    pub fn begin(&mut self) {
        self.next = 0;
    }

    /// The place of the next field's key among those known, made if it is new.
    pub fn place(&mut self, key: &'a FieldKey) -> usize {
        // Fields mostly come in one order; what is empty is left out.
        let (before, behind) = self.known.split_at(self.next);
        let behind = behind.iter().position(|known| *known == key);
        let found = behind
            .map(|place| self.next + place)
            .or_else(|| before.iter().position(|known| *known == key));
        let place = found.unwrap_or_else(|| {
            self.known.push(key);
            self.known.len() - 1
        });
        self.next = place + 1;
        place
    }

    /// The keys so far.
    pub fn known(&self) -> &[&'a FieldKey] {
        &self.known
    }
}

impl From<String> for AssetId {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<AssetId> for String {
    fn from(name: AssetId) -> Self {
        name.0.as_ref().to_owned()
    }
}
