//! A bit for every row, one block behind the other: asked for a million rows in any order, that is
//! much faster than asking a compressed set.

use roaring::RoaringBitmap;

use super::{
    places::ROWS,
    words::{Words, blocks},
};
use crate::domain::Row;

/// Words in a block.
const WIDTH: usize = ROWS / 64;

/// Rows are picked so many at a time.
const STRETCH: usize = 1024;

/// Rows, as bits.
#[derive(Clone, Debug, Default)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// The rows of a set.
    pub fn of(rows: &RoaringBitmap) -> Self {
        let mut bits = Self::default();
        for block in blocks(rows) {
            bits.put(block, &Words::of(rows, block));
        }
        bits
    }

    /// Puts the rows of a block, in place of those known of it.
    pub fn put(&mut self, block: usize, words: &Words) {
        let from = block * WIDTH;
        if words.is_empty() && from >= self.0.len() {
            return;
        }
        if from + WIDTH > self.0.len() {
            self.0.resize(from + WIDTH, 0);
        }
        self.0[from..from + WIDTH].copy_from_slice(words.words());
    }

    /// Whether a row is in it.
    pub fn has(&self, row: Row) -> bool {
        self.bit(row) == 1
    }

    fn bit(&self, row: Row) -> u64 {
        let word = self.0.get(row as usize / 64).copied().unwrap_or(0);
        word >> (row % 64) & 1
    }

    /// The same as a set.
    pub fn set(&self) -> RoaringBitmap {
        let bytes: Vec<u8> = self.0.iter().flat_map(|word| word.to_le_bytes()).collect();
        RoaringBitmap::from_lsb0_bytes(0, &bytes)
    }

    /// Calls for those of these rows that are in it, some at a time, in their order.
    pub(in crate::domain) fn pick(&self, rows: &[Row], mut take: impl FnMut(&[Row])) {
        let mut picked = [0; STRETCH];
        for stretch in rows.chunks(STRETCH) {
            let mut many = 0;
            // Written whether it is in or not: nobody could guess it.
            for &row in stretch {
                picked[many % STRETCH] = row;
                many += usize::from(self.has(row));
            }
            take(&picked[..many]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_asked_for_in_any_order_are_those_of_the_set() {
        let set: RoaringBitmap = (0..300_000).filter(|row| row * 7 % 11 < 4).collect();
        let bits = Bits::of(&set);
        assert_eq!(bits.set(), set);
        let order: Vec<Row> = (0..310_000u32).map(|row| row * 37 % 310_001).collect();
        let mut picked = Vec::new();
        bits.pick(&order, |some| picked.extend_from_slice(some));
        let plainly: Vec<Row> = order
            .iter()
            .copied()
            .filter(|&row| set.contains(row))
            .collect();
        assert_eq!(picked, plainly);
        assert!(!bits.has(Row::MAX));
    }

    #[test]
    fn blocks_come_in_any_order_and_the_last_word_on_one_holds() {
        let (rows, others) = (RoaringBitmap::from([3, 70_000, 140_000]), [70_001].into());
        let mut bits = Bits::default();
        for block in [2, 0, 1, 9] {
            bits.put(block, &Words::of(&rows, block));
        }
        assert_eq!(bits.set(), rows);
        bits.put(1, &Words::of(&others, 1));
        assert_eq!(bits.set(), [3, 70_001, 140_000].into());
    }
}
