//! From sets of rows to rows in order, and back.

use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::domain::{Row, listing::Bits};

/// The rows of an order that are in a set.
pub fn narrowed(order: &Arc<[Row]>, set: &RoaringBitmap) -> Arc<[Row]> {
    if set.is_empty() {
        return Arc::default();
    }
    let bits = Bits::of(set);
    if set.len() == order.len() as u64 && order.iter().all(|&row| bits.has(row)) {
        return Arc::clone(order);
    }
    picked(order, &bits, set.len())
}

/// The rows of an order that are among others; there are at most so many.
pub(super) fn picked(order: &[Row], rows: &Bits, most: u64) -> Arc<[Row]> {
    let most = usize::try_from(most).map_or(order.len(), |most| most.min(order.len()));
    // Shared from the beginning: nothing is copied once it is whole.
    let mut shared: Arc<[Row]> = std::iter::repeat_n(0, most).collect();
    let mut many = 0;
    if let Some(room) = Arc::get_mut(&mut shared) {
        rows.pick(order, |some| {
            room[many..many + some.len()].copy_from_slice(some);
            many += some.len();
        });
    }
    if many < most {
        return shared[..many].into();
    }
    shared
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
