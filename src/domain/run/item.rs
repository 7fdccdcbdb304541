//! One change of a run, and whether a value is the one it asked for.

use serde::{Deserialize, Serialize};

use crate::domain::{AssetId, Certificate, FieldKey, Row, TagDelta, Value};

/// One change of a run, frozen when it was submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The asset's row in the listing.
    pub row: Row,
    /// The asset.
    pub asset: AssetId,
    /// Its name when it was submitted.
    pub name: String,
    /// Its asset type.
    pub kind: String,
    /// The field.
    pub field: FieldKey,
    /// The value the draft rested on.
    pub before: Value,
    /// The value asked for.
    pub wanted: Value,
    /// See [`Change::delta`](crate::domain::Change::delta).
    pub delta: Option<TagDelta>,
    /// What a write needs beside the change itself (see `Capabilities::address_fields`).
    pub facts: Vec<(FieldKey, Value)>,
}

impl Item {
    /// Whether a value read back is what this change asked for.
    pub fn is_met_by(&self, server: &Value) -> bool {
        match &self.delta {
            Some(delta) => {
                let has = |tag: &String| server.entries().contains(tag);
                delta.add.iter().all(has) && !delta.remove.iter().any(has)
            }
            None => same(&self.wanted, server),
        }
    }
}

/// Equality as an endpoint means it: order of tags does not matter, nor does an asset's name.
pub fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().all(|tag| right.contains(tag))
        }
        (Value::Asset { id: left, .. }, Value::Asset { id: right, .. }) => left == right,
        (Value::Text(one), Value::List(many)) | (Value::List(many), Value::Text(one)) => {
            many.as_slice() == [one.as_str()]
        }
        (
            Value::Certificate(Certificate {
                status: s1,
                message: m1,
            }),
            Value::Certificate(Certificate {
                status: s2,
                message: m2,
            }),
        ) => s1 == s2 && m1 == m2,
        _ => left == right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_asked_one_by_one_are_met_when_other_tags_are_there_too() {
        let item = Item {
            row: 0,
            asset: "a".into(),
            name: String::new(),
            kind: String::new(),
            field: "Keywords".into(),
            before: Value::list(["outer"]),
            wanted: Value::list(["outerwear"]),
            delta: Some(TagDelta {
                add: vec!["outerwear".into()],
                remove: vec!["outer".into()],
            }),
            facts: Vec::new(),
        };
        assert!(item.is_met_by(&Value::list(["someone else's", "outerwear"])));
        assert!(!item.is_met_by(&Value::list(["outer", "outerwear"])));
    }
}
