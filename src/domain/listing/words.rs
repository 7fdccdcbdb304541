//! A bit for each row of a block: fast to fill and to combine, made from and into bitmaps.

use roaring::RoaringBitmap;

use super::places::ROWS;
use crate::domain::Row;

/// Rows of one block, as bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(Vec<u64>);

impl Words {
    pub(in crate::domain) fn none() -> Self {
        Self(vec![0; ROWS / 64])
    }

    /// Those of a bitmap that are in a block.
    pub(in crate::domain) fn of(rows: &RoaringBitmap, block: usize) -> Self {
        let mut words = Self::none();
        let Some(first) = first(block) else {
            return words;
        };
        let last = first | LAST;
        let mut rest = rows.range(first..=last);
        while let Some(range) = rest.next_range() {
            words.fill(
                (range.start() & LAST) as usize,
                ((*range.end()).min(last) & LAST) as usize,
            );
        }
        words
    }

    /// The same as a bitmap.
    pub(in crate::domain) fn bitmap(&self, block: usize) -> RoaringBitmap {
        let Some(first) = first(block).filter(|_| !self.is_empty()) else {
            return RoaringBitmap::new();
        };
        let bytes: Vec<u8> = self.0.iter().flat_map(|word| word.to_le_bytes()).collect();
        RoaringBitmap::from_lsb0_bytes(first, &bytes)
    }

    pub(in crate::domain) fn is_empty(&self) -> bool {
        self.0.iter().all(|&word| word == 0)
    }

    pub(super) fn words(&self) -> &[u64] {
        &self.0
    }

    pub(in crate::domain) fn words_mut(&mut self) -> &mut [u64] {
        &mut self.0
    }

    pub(in crate::domain) fn insert(&mut self, at: usize) {
        self.0[at / 64] |= 1 << (at % 64);
    }

    pub(in crate::domain) fn keep(&mut self, other: &Self) {
        self.combine(other, |word, other| word & other);
    }

    pub(in crate::domain) fn add(&mut self, other: &Self) {
        self.combine(other, |word, other| word | other);
    }

    pub(in crate::domain) fn remove(&mut self, other: &Self) {
        self.combine(other, |word, other| word & !other);
    }

    /// Whether all rows of another are in it.
    pub(in crate::domain) fn covers(&self, other: &Self) -> bool {
        let mut pairs = self.0.iter().zip(&other.0);
        pairs.all(|(word, other)| other & !word == 0)
    }

    fn combine(&mut self, other: &Self, how: impl Fn(u64, u64) -> u64) {
        for (word, &other) in self.0.iter_mut().zip(&other.0) {
            *word = how(*word, other);
        }
    }

    /// Sets the bits from one to another, both included.
    fn fill(&mut self, first: usize, last: usize) {
        let (from, to) = (first / 64, last / 64);
        let (head, tail) = (u64::MAX << (first % 64), u64::MAX >> (63 - last % 64));
        if from == to {
            self.0[from] |= head & tail;
            return;
        }
        self.0[from] |= head;
        self.0[from + 1..to].fill(u64::MAX);
        self.0[to] |= tail;
    }

    /// Sets all bits from one on.
    pub(super) fn fill_from(&mut self, first: usize) {
        if first < ROWS {
            self.fill(first, ROWS - 1);
        }
    }

    /// Calls for each row, smallest first.
    pub(in crate::domain) fn each(&self, mut work: impl FnMut(usize)) {
        for (at, &word) in self.0.iter().enumerate() {
            let mut rest = word;
            if rest == u64::MAX {
                (at * 64..at * 64 + 64).for_each(&mut work);
                continue;
            }
            while rest != 0 {
                work(at * 64 + rest.trailing_zeros() as usize);
                rest &= rest - 1;
            }
        }
    }
}

const LAST: Row = 0xffff;

fn first(block: usize) -> Option<Row> {
    Row::try_from(block).ok()?.checked_mul(LAST + 1)
}

/// The blocks a bitmap has rows in, smallest first.
pub(in crate::domain) fn blocks(rows: &RoaringBitmap) -> Vec<usize> {
    let mut blocks = Vec::new();
    let mut rest = rows.iter();
    while let Some(row) = rest.next() {
        let block = row >> 16;
        blocks.push(block as usize);
        match (block + 1).checked_mul(LAST + 1) {
            Some(next) => rest.advance_to(next),
            None => break,
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_block_come_back_as_they_were() {
        let mut rows = RoaringBitmap::new();
        for range in [0..1, 63..65, 100..300, 65_535..65_540, 70_000..200_000] {
            rows.insert_range(range);
        }
        rows.insert(u32::MAX);
        assert_eq!(blocks(&rows), [0, 1, 2, 3, 65_535]);
        let mut again = RoaringBitmap::new();
        for block in blocks(&rows) {
            let words = Words::of(&rows, block);
            let mut each = RoaringBitmap::new();
            words.each(|at| {
                each.insert(u32::try_from(block * ROWS + at).unwrap());
            });
            let whole = words.bitmap(block);
            assert_eq!(whole, each);
            again |= whole;
        }
        assert_eq!(again, rows);
        assert!(Words::of(&rows, 7).is_empty());
    }
}
