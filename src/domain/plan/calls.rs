//! Which changes share a call.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::PlannedCall;
use crate::domain::{FieldKey, Item, Row, TagDelta, Value};

/// What is asked of one asset.
type Wish<'a> = Vec<(&'a FieldKey, &'a Value, &'a Option<TagDelta>)>;

/// The calls: the assets of `first` before all others, metadata before thumbnails in each part,
/// and assets whose changes are the same together, so that equal edits share a call.
pub(super) fn of(items: &[Item], batch_size: usize, first: &HashSet<Row>) -> Vec<PlannedCall> {
    let mut calls = Vec::new();
    let thumbnail = FieldKey::thumbnail();
    let parts: &[bool] = if first.is_empty() {
        &[false]
    } else {
        &[true, false]
    };
    for (&ahead, thumbnails) in parts.iter().flat_map(|part| [(part, false), (part, true)]) {
        let mut by_asset: IndexMap<Row, Vec<u32>> = IndexMap::new();
        for (place, item) in (0u32..).zip(items) {
            let is_ahead = first.contains(&item.row);
            if is_ahead == ahead && (item.field == thumbnail) == thumbnails {
                by_asset.entry(item.row).or_default().push(place);
            }
        }
        let mut alike: IndexMap<Wish<'_>, Vec<u32>> = IndexMap::new();
        for places in by_asset.into_values() {
            let wish = places
                .iter()
                .map(|&place| &items[place as usize])
                .map(|item| (&item.field, &item.wanted, &item.delta))
                .collect();
            alike.entry(wish).or_default().extend(places);
        }
        let mut call = PlannedCall {
            thumbnails,
            items: Vec::new(),
        };
        let mut assets = 0;
        let mut last = None;
        for place in alike.into_values().flatten() {
            let row = items[place as usize].row;
            if last != Some(row) {
                if assets == batch_size {
                    calls.push(std::mem::replace(
                        &mut call,
                        PlannedCall {
                            thumbnails,
                            items: Vec::new(),
                        },
                    ));
                    assets = 0;
                }
                assets += 1;
                last = Some(row);
            }
            call.items.push(place);
        }
        if !call.items.is_empty() {
            calls.push(call);
        }
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(row: Row, field: &str, wanted: &str) -> Item {
        Item {
            row,
            asset: row.to_string().as_str().into(),
            name: String::new(),
            kind: String::new(),
            field: field.into(),
            value_kind: crate::domain::FieldKind::Text,
            before: Value::Absent,
            wanted: Value::text(wanted),
            delta: None,
            facts: Vec::new(),
        }
    }

    fn rows(items: &[Item], calls: &[PlannedCall]) -> Vec<Vec<Row>> {
        let of = |call: &PlannedCall| {
            let rows = call.items.iter().map(|&place| items[place as usize].row);
            rows.collect()
        };
        calls.iter().map(of).collect()
    }

    #[test]
    fn equal_edits_share_a_call() {
        let wishes = ["a", "b", "a", "b"];
        let items: Vec<Item> = (0..)
            .zip(wishes)
            .map(|(row, wish)| item(row, "Rights", wish))
            .collect();
        let calls = of(&items, 2, &HashSet::new());
        assert_eq!(rows(&items, &calls), [[0, 2], [1, 3]]);
    }

    #[test]
    fn the_canary_goes_in_calls_of_its_own_with_its_thumbnails() {
        let mut items: Vec<Item> = (0..5).map(|row| item(row, "Rights", "a")).collect();
        items.push(item(0, FieldKey::thumbnail().as_str(), "t"));
        items.push(item(4, FieldKey::thumbnail().as_str(), "t"));
        let calls = of(&items, 20, &[0, 1].into());
        assert_eq!(
            rows(&items, &calls),
            [vec![0, 1], vec![0], vec![2, 3, 4], vec![4]]
        );
        let thumbnails: Vec<bool> = calls.iter().map(|call| call.thumbnails).collect();
        assert_eq!(thumbnails, [false, true, false, true]);
    }
}
