//! From sets of rows to rows in order, and back.

use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::domain::Row;

/// Rows as bits, one behind the other: asked for a million rows, that is much faster than asking
/// a compressed set.
struct Bits(Vec<u64>);

impl Bits {
    fn of(set: &RoaringBitmap) -> Self {
        let len = set.max().map_or(0, |most| most as usize / 64 + 1);
        let mut bits = vec![0; len];
        for row in set {
            bits[row as usize / 64] |= 1u64 << (row % 64);
        }
        Self(bits)
    }

    fn contains(&self, row: Row) -> bool {
        let word = self.0.get(row as usize / 64).copied().unwrap_or(0);
        word >> (row % 64) & 1 == 1
    }
}

/// The rows of an order that are in a set.
pub fn narrowed(order: &Arc<[Row]>, set: &RoaringBitmap) -> Arc<[Row]> {
    if set.is_empty() {
        return Arc::default();
    }
    let bits = Bits::of(set);
    if set.len() == order.len() as u64 && order.iter().all(|&row| bits.contains(row)) {
        return Arc::clone(order);
    }
    let mut rows = Vec::with_capacity(usize::try_from(set.len()).unwrap_or(0));
    rows.extend(order.iter().copied().filter(|&row| bits.contains(row)));
    rows.into()
}

/// Rows in any order, as a set.
pub fn set_of(rows: &[Row]) -> RoaringBitmap {
    const FEW: usize = 1000;
    let most = rows.iter().max().map_or(0, |&most| most as usize);
    if rows.len() < FEW {
        return rows.iter().copied().collect();
    }
    let mut bytes = vec![0u8; most / 8 + 1];
    for &row in rows {
        bytes[row as usize / 8] |= 1 << (row % 8);
    }
    RoaringBitmap::from_lsb0_bytes(0, &bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_in_any_order_and_their_set_are_the_same_rows() {
        let mut rows: Vec<Row> = (0..5_000).map(|row| row * 37 % 70_001).collect();
        let set = set_of(&rows);
        assert_eq!(set, rows.iter().copied().collect());
        assert_eq!(set_of(&rows[..9]), rows[..9].iter().copied().collect());
        assert_eq!(set_of(&[]), RoaringBitmap::new());
        rows.reverse();
        let order: Arc<[Row]> = rows.into();
        assert_eq!(narrowed(&order, &set), order);
        let some: RoaringBitmap = set.iter().filter(|row| row % 3 == 0).collect();
        let narrow = narrowed(&order, &some);
        assert_eq!(narrow.len() as u64, some.len());
        assert!(narrow.windows(2).all(|pair| {
            let place = |row| order.iter().position(|one| *one == row);
            place(pair[0]) < place(pair[1])
        }));
    }
}
