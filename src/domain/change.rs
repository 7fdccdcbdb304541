//! One change: before → after of one field of one asset.

use serde::{Deserialize, Serialize};

use super::{AssetId, FieldKey, Row, Value};

/// What happens to one field of one asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The asset's row in the listing.
    pub row: Row,
    /// The asset.
    pub asset: AssetId,
    /// The field.
    pub field: FieldKey,
    /// The value the draft rests on.
    pub before: Value,
    /// The value asked for.
    pub after: Value,
    /// For tags asked for one by one: which to add and which to remove, so that other people's
    /// tags survive. `None` replaces the whole value.
    pub delta: Option<TagDelta>,
}

impl Change {
    /// Whether nothing would change.
    pub fn is_equal(&self) -> bool {
        self.before == self.after
    }

    /// The sign of the diff: `+` fill, `-` clear, `~` replace, `=` equal.
    pub fn sign(&self) -> char {
        match (self.before.is_present(), self.after.is_present()) {
            _ if self.is_equal() => '=',
            (_, false) => '-',
            (false, true) => '+',
            (true, true) => '~',
        }
    }
}

/// Tags to add and to remove.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TagDelta {
    /// To add, in order.
    pub add: Vec<String>,
    /// To remove.
    pub remove: Vec<String>,
}
