//! One change of a run, and whether a value is the one it asked for.

use serde::{Deserialize, Serialize};

use crate::domain::{AssetId, Difference, FieldKey, FieldKind, Row, TagDelta, Value};

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
    /// What its text means, which says when two values are the same. Runs of earlier versions do
    /// not know it and take every text for text.
    #[serde(default)]
    pub value_kind: FieldKind,
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
            // Servers and protocols spell the end of a line in their own way. Where that is all
            // that was asked for, it counts.
            None => match self.value_kind.difference(&self.wanted, server) {
                Difference::None => true,
                Difference::LineEnds => !self.value_kind.is_alike(&self.before, &self.wanted),
                Difference::Real => false,
            },
        }
    }

    /// Whether a value is still the one the draft rested on.
    pub fn is_before(&self, server: &Value) -> bool {
        match self.value_kind.difference(&self.before, server) {
            Difference::None => true,
            Difference::LineEnds => !self.is_met_by(server),
            Difference::Real => false,
        }
    }
}

/// Whether two values are the same in a field whose kind is not known: no spelling is taken for
/// another one.
pub fn same(left: &Value, right: &Value) -> bool {
    FieldKind::Tags.is_equal(left, right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanting(value_kind: FieldKind, before: &str, wanted: &str) -> Item {
        Item {
            row: 0,
            asset: "a".into(),
            name: String::new(),
            kind: String::new(),
            field: "width".into(),
            value_kind,
            before: Value::text(before),
            wanted: Value::text(wanted),
            delta: None,
            facts: Vec::new(),
        }
    }

    #[test]
    fn a_server_may_spell_a_number_in_its_own_way_and_a_text_not() {
        let server = Value::text("10.0");
        assert!(wanting(FieldKind::Number, "9", "10").is_met_by(&server));
        assert!(!wanting(FieldKind::Text, "9", "10").is_met_by(&server));
        assert!(wanting(FieldKind::Number, "10.00", "11").is_before(&server));
    }

    #[test]
    fn line_ends_count_only_where_nothing_else_was_asked_for() {
        let (returns, feeds) = (Value::text("a\r\nb"), Value::text("a\nb"));
        let text = FieldKind::Text;
        assert!(wanting(text, "x", "a\nb").is_met_by(&returns));
        let feeds_only = wanting(text, "a\r\nb", "a\nb");
        assert!(!feeds_only.is_met_by(&returns) && feeds_only.is_before(&returns));
        assert!(feeds_only.is_met_by(&feeds) && !feeds_only.is_before(&feeds));
    }

    #[test]
    fn tags_asked_one_by_one_are_met_when_other_tags_are_there_too() {
        let item = Item {
            row: 0,
            asset: "a".into(),
            name: String::new(),
            kind: String::new(),
            field: "Keywords".into(),
            value_kind: FieldKind::Text,
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
