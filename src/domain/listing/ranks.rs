//! The rank of every distinct value of a column, and rows put in order by counting ranks.

use std::cmp::Ordering;

use super::{Column, SortDirection};
use crate::domain::Row;

/// Rows by the rank of their value; rows of one rank stay as they stand.
pub(super) fn by_value(column: &Column, direction: SortDirection, rows: &[Row]) -> Vec<Row> {
    let (ranks, many) = ranks(column, direction);
    let mut next = vec![0u32; many as usize + 1];
    for &row in rows {
        next[ranks[column.place(row) as usize] as usize] += 1;
    }
    let mut end = 0;
    for count in &mut next {
        end += *count;
        *count = end - *count;
    }
    let mut ordered = vec![0; rows.len()];
    for &row in rows {
        let next = &mut next[ranks[column.place(row) as usize] as usize];
        ordered[*next as usize] = row;
        *next += 1;
    }
    ordered
}

/// The rank of each place, and how many ranks there are. Values that are told apart by case only
/// share one; absent values have the last.
fn ranks(column: &Column, direction: SortDirection) -> (Vec<u32>, u32) {
    let numeric = is_numeric(column);
    let mut keys = keys(column, numeric);
    let texts = column.texts();
    let compare = |left: &(u128, u32), right: &(u128, u32)| {
        let text = |place| if numeric { "" } else { texts.folded(place) };
        (left.0.cmp(&right.0)).then_with(|| text(left.1).cmp(text(right.1)))
    };
    keys.sort_unstable_by(compare);
    let mut ranks = vec![u32::MAX; column.distinct()];
    let mut rank = 0;
    for (at, key) in keys.iter().enumerate() {
        if at > 0 && compare(&keys[at - 1], key) != Ordering::Equal {
            rank += 1;
        }
        ranks[key.1 as usize] = rank;
    }
    let many = if keys.is_empty() { 0 } else { rank + 1 };
    for one in &mut ranks {
        *one = match direction {
            _ if *one == u32::MAX => many,
            SortDirection::Ascending => *one,
            SortDirection::Descending => many - 1 - *one,
        };
    }
    (ranks, many)
}

/// Every place with a value, with a number that mostly tells its rank.
fn keys(column: &Column, numeric: bool) -> Vec<(u128, u32)> {
    let texts = column.texts();
    let present = |place: &u32| column.kind(*place).is_present();
    let places = (0..u32::try_from(column.distinct()).unwrap_or(u32::MAX)).filter(present);
    if numeric {
        let key = |place| (u128::from(size(number(texts.folded(place)))), place);
        return places.map(key).collect();
    }
    let mut common: Option<&str> = None;
    for place in places.clone() {
        let text = texts.folded(place);
        let known = common.unwrap_or(text);
        let same = known
            .bytes()
            .zip(text.bytes())
            .take_while(|(left, right)| left == right);
        // Bytes, not characters: it is only ever used to leave bytes out.
        let same = same.count();
        common = Some(
            known
                .get(..same)
                .unwrap_or(&known[..known.floor_char_boundary(same)]),
        );
    }
    let skip = common.map_or(0, str::len);
    let key = |place| (prefix(&texts.folded(place).as_bytes()[skip..]), place);
    places.map(key).collect()
}

/// The first bytes of a text, as a number that grows as the text does.
fn prefix(bytes: &[u8]) -> u128 {
    let mut first = [0; 16];
    let len = bytes.len().min(16);
    first[..len].copy_from_slice(&bytes[..len]);
    u128::from_be_bytes(first)
}

pub(super) fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}

/// Numbers as [`f64::total_cmp`] orders them.
pub(super) fn size(number: Option<f64>) -> u64 {
    let bits = number.unwrap_or_default().to_bits();
    if bits >> 63 == 1 {
        !bits
    } else {
        bits | 1 << 63
    }
}

/// Whether all values of a column are numbers.
pub(super) fn is_numeric(column: &Column) -> bool {
    let texts = column.texts();
    (0..u32::try_from(column.distinct()).unwrap_or(u32::MAX))
        .filter(|&place| column.kind(place).is_present())
        .all(|place| number(texts.folded(place)).is_some())
}
