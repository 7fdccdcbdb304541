//! A number for each row, in blocks as narrow as the numbers in them.

use std::sync::Arc;

use roaring::RoaringBitmap;

use super::words::Words;
use crate::domain::Row;

/// Rows in a block.
pub(in crate::domain) const ROWS: usize = 1 << 16;

/// The numbers of all rows; rows nobody wrote have 0. A copy shares the blocks.
#[derive(Clone, Debug, Default)]
pub(in crate::domain) struct Places {
    blocks: Vec<Arc<RowBlock>>,
}

/// The numbers of some rows.
#[derive(Clone, Debug)]
pub(in crate::domain) enum RowBlock {
    /// All are below 2⁸.
    Narrow(Vec<u8>),
    /// All are below 2¹⁶.
    Middle(Vec<u16>),
    /// Any.
    Wide(Vec<u32>),
}

impl Default for RowBlock {
    fn default() -> Self {
        Self::Narrow(Vec::new())
    }
}

/// The block of a row, and its place there.
pub(super) fn split(row: Row) -> (usize, usize) {
    (row as usize / ROWS, row as usize % ROWS)
}

impl Places {
    pub(super) fn get(&self, row: Row) -> u32 {
        let (block, at) = split(row);
        self.blocks.get(block).map_or(0, |block| block.get(at))
    }

    /// Gives a row a number and tells the one before, if it was another.
    pub(super) fn set(&mut self, row: Row, number: u32) -> Option<u32> {
        let (block, at) = split(row);
        let before = self.blocks.get(block).map_or(0, |block| block.get(at));
        if before == number {
            return None;
        }
        if block >= self.blocks.len() {
            self.blocks.resize_with(block + 1, Arc::default);
        }
        Arc::make_mut(&mut self.blocks[block]).set(at, number);
        Some(before)
    }

    pub(in crate::domain) fn block(&self, block: usize) -> Option<&RowBlock> {
        self.blocks.get(block).map(|block| &**block)
    }

    pub(super) fn blocks(&self) -> &[Arc<RowBlock>] {
        &self.blocks
    }

    /// Whether both are copies of one another, and neither was written since.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let mut pairs = self.blocks.iter().zip(&other.blocks);
        self.blocks.len() == other.blocks.len() && pairs.all(|(one, two)| Arc::ptr_eq(one, two))
    }

    /// The rows that have another number in another copy.
    pub(super) fn differing(&self, other: &Self) -> RoaringBitmap {
        let mut rows = RoaringBitmap::new();
        let none = Arc::default();
        for number in 0..self.blocks.len().max(other.blocks.len()) {
            let block = |of: &Self| Arc::clone(of.blocks.get(number).unwrap_or(&none));
            let (one, two) = (block(self), block(other));
            if Arc::ptr_eq(&one, &two) {
                continue;
            }
            let mut differing = Words::none();
            for at in (0..one.len().max(two.len())).filter(|&at| one.get(at) != two.get(at)) {
                differing.insert(at);
            }
            rows |= differing.bitmap(number);
        }
        rows
    }

    pub(super) fn restored(blocks: Vec<RowBlock>) -> Self {
        Self {
            blocks: blocks.into_iter().map(Arc::new).collect(),
        }
    }
}

/// Does the same with the numbers of a block, whatever their width.
macro_rules! each_width {
    ($block:expr, $numbers:ident => $work:expr) => {
        match $block {
            RowBlock::Narrow($numbers) => $work,
            RowBlock::Middle($numbers) => $work,
            RowBlock::Wide($numbers) => $work,
        }
    };
}

impl RowBlock {
    pub(super) fn get(&self, at: usize) -> u32 {
        each_width!(self, numbers => number_at(numbers, at))
    }

    /// How many rows were written; those behind them have 0.
    pub(super) fn len(&self) -> usize {
        each_width!(self, numbers => numbers.len())
    }

    fn set(&mut self, at: usize, number: u32) {
        self.widen(number);
        match self {
            Self::Narrow(all) => put(all, at, u8::try_from(number).unwrap_or(0)),
            Self::Middle(all) => put(all, at, u16::try_from(number).unwrap_or(0)),
            Self::Wide(all) => put(all, at, number),
        }
    }

    /// Makes room for a number.
    fn widen(&mut self, number: u32) {
        let wide = number > u32::from(u16::MAX);
        let middle = number > u32::from(u8::MAX);
        match self {
            Self::Narrow(all) if wide => *self = Self::Wide(widened(all)),
            Self::Middle(all) if wide => *self = Self::Wide(widened(all)),
            Self::Narrow(all) if middle => *self = Self::Middle(widened(all)),
            Self::Narrow(_) | Self::Middle(_) | Self::Wide(_) => {}
        }
    }

    /// The rows of the block whose number is in `wanted`, added to `found`.
    pub(in crate::domain) fn find(&self, wanted: &Wanted, found: &mut Words) {
        if let (Self::Narrow(all), Some(table)) = (self, wanted.table()) {
            return mark(all, found, |number| {
                table.get(number as usize).copied().unwrap_or(false)
            });
        }
        each_width!(self, all => mark(all, found, |number| wanted.has(number)));
    }

    /// Calls for each run of 64 rows of `within`, and for the rows in it.
    pub(super) fn each(&self, within: &Words, mut work: impl FnMut(usize, u32)) {
        each_width!(self, all => within.each(|at| work(at, number_at(all, at))));
    }

    /// The largest number.
    pub(super) fn most(&self) -> u32 {
        each_width!(self, all => most(all))
    }

    /// Marks in `blocks` which blocks of `1 << shift` numbers are used.
    pub(in crate::domain) fn used(&self, shift: u32, used: &mut [bool]) {
        each_width!(self, all => mark_used(all, shift, used));
    }
}

fn widened<From: Copy, To: std::convert::From<From>>(all: &[From]) -> Vec<To> {
    all.iter().map(|&one| one.into()).collect()
}

fn put<Number: Copy + Default>(all: &mut Vec<Number>, at: usize, number: Number) {
    if at >= all.len() {
        all.resize(at + 1, Number::default());
    }
    all[at] = number;
}

fn number_at<Number: Copy + Into<u32>>(all: &[Number], at: usize) -> u32 {
    all.get(at).map_or(0, |&number| number.into())
}

fn most<Number: Copy + Into<u32> + Ord>(all: &[Number]) -> u32 {
    all.iter().max().map_or(0, |&number| number.into())
}

fn mark_used<Number: Copy + Into<u32>>(all: &[Number], shift: u32, used: &mut [bool]) {
    for &number in all {
        let number: u32 = number.into();
        if let Some(used) = used.get_mut((number >> shift) as usize) {
            *used = true;
        }
    }
}

fn mark<Number: Copy + Into<u32>>(
    all: &[Number],
    found: &mut Words,
    is_wanted: impl Fn(u32) -> bool,
) {
    for (word, numbers) in found.words_mut().iter_mut().zip(all.chunks(64)) {
        let bits = numbers.iter().zip(0u32..);
        *word |= bits.fold(0, |word, (&number, at)| {
            word | u64::from(is_wanted(number.into())) << at
        });
    }
}

/// A set of numbers; those beyond its end are not in it.
#[derive(Clone, Debug, Default)]
pub(in crate::domain) struct Wanted {
    /// The number of the first bit.
    pub(in crate::domain) first: u32,
    /// A bit for each number.
    pub(in crate::domain) bits: Vec<u64>,
}

impl Wanted {
    pub(in crate::domain) fn one(number: u32) -> Self {
        Self {
            first: number / 64 * 64,
            bits: vec![1 << (number % 64)],
        }
    }

    pub(super) fn has(&self, number: u32) -> bool {
        let at = number.wrapping_sub(self.first);
        self.bits
            .get((at / 64) as usize)
            .is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// The same for numbers below 256, at once.
    fn table(&self) -> Option<[bool; 256]> {
        (self.first == 0).then(|| {
            let mut table = [false; 256];
            for (number, is_in) in (0u32..).zip(&mut table) {
                *is_in = self.has(number);
            }
            table
        })
    }
}
