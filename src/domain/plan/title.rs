//! What a run is called: after all the changes that go, never after the last step of the draft alone.

use indexmap::IndexMap;

use crate::domain::{
    FieldKey, Item, Value,
    text::{counted, number},
};

/// Fields that a title names; the others are counted.
const NAMED: usize = 3;

/// The title of a run that holds these changes: `Rights on 195, Keywords on 205, thumbnail on 8`, most
/// changes first. Empty if there are none.
pub fn title(items: &[Item]) -> String {
    let mut fields: IndexMap<&FieldKey, Vec<&Item>> = IndexMap::new();
    for item in items {
        fields.entry(&item.field).or_default().push(item);
    }
    fields.sort_by(|_, one, _, other| other.len().cmp(&one.len()));
    let named = fields.iter().take(NAMED);
    let mut parts: Vec<String> = named.map(|(field, items)| part(field, items)).collect();
    let others = fields.len().saturating_sub(NAMED);
    if others > 0 {
        let changes: usize = fields.values().skip(NAMED).map(Vec::len).sum();
        let others = counted(others as u64, "more field");
        parts.push(format!("{others} ({})", counted(changes as u64, "change")));
    }
    parts.join(", ")
}

/// What goes of one field; a removal is called one.
fn part(field: &FieldKey, items: &[&Item]) -> String {
    let count = number(items.len() as u64);
    if items.iter().all(|item| item.wanted == Value::Absent) {
        format!("{field} cleared on {count}")
    } else {
        format!("{field} on {count}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::FieldKind;

    fn items(field: &str, count: u32, wanted: &Value) -> Vec<Item> {
        let item = |row| Item {
            row,
            asset: format!("a|{row}").as_str().into(),
            name: format!("pier {row}"),
            kind: "Image".into(),
            field: field.into(),
            value_kind: FieldKind::Text,
            before: Value::Absent,
            wanted: wanted.clone(),
            delta: None,
            facts: Vec::new(),
        };
        (0..count).map(item).collect()
    }

    #[test]
    fn a_run_is_called_after_everything_it_holds() {
        let text = Value::Text("x".into());
        let mut all = items("thumbnail", 8, &text);
        all.extend(items("Rights", 1195, &text));
        all.extend(items("Expiry", 12, &Value::Absent));
        assert_eq!(
            title(&all),
            "Rights on 1,195, Expiry cleared on 12, thumbnail on 8"
        );
        all.extend(items("Season", 2, &text));
        all.extend(items("Ticket", 1, &text));
        assert_eq!(
            title(&all),
            "Rights on 1,195, Expiry cleared on 12, thumbnail on 8, 2 more fields (3 changes)"
        );
        assert_eq!(title(&[]), "");
    }
}
