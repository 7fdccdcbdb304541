//! A query made ready for one listing.

use roaring::RoaringBitmap;

use super::probe::Search;
use crate::domain::{
    Listing, Row,
    listing::{ROWS, Words},
};

/// What is searched in less than a thread takes to begin, bytes.
const LIGHT: usize = 1 << 19;

/// A query made ready for one listing as it is now. It holds all it needs, so it can be worked
/// elsewhere, a block of rows at a time, in any order, by several threads at once; whoever works it
/// may stop between two blocks.
#[derive(Clone, Debug)]
pub struct Prepared {
    present: RoaringBitmap,
    made: Row,
    /// Whether it must not hold, and the test; the cheapest first.
    terms: Vec<(bool, Ready)>,
}

/// A term made ready.
#[derive(Clone, Debug)]
pub(super) enum Ready {
    /// Passed by these rows.
    Rows(RoaringBitmap),
    /// Passed by what any of these finds.
    Searches(Vec<Search>),
}

impl Prepared {
    /// Rows in a block.
    pub const BLOCK: Row = 1 << 16;

    pub(super) fn new(listing: &Listing, mut terms: Vec<(bool, Ready)>) -> Self {
        terms.sort_by_cached_key(|(_, ready)| ready.cost());
        Self {
            present: listing.present().clone(),
            made: listing.rows_made(),
            terms,
        }
    }

    /// How many blocks there are; the last one may be short.
    pub fn blocks(&self) -> u32 {
        self.made.div_ceil(Self::BLOCK)
    }

    /// The rows of a block that pass.
    pub fn block(&self, block: u32) -> RoaringBitmap {
        let block = block as usize;
        self.words(block).bitmap(block)
    }

    /// The same as bits.
    pub(in crate::domain) fn words(&self, block: usize) -> Words {
        debug_assert_eq!(Self::BLOCK as usize, ROWS);
        let mut rows = Words::of(&self.present, block);
        for (negated, ready) in &self.terms {
            if rows.is_empty() {
                break;
            }
            let hits = ready.rows(block, &rows);
            if *negated {
                rows.remove(&hits);
            } else {
                rows.keep(&hits);
            }
        }
        rows
    }

    /// Whether little has to be looked at: a few short columns.
    pub(in crate::domain) fn is_light(&self) -> bool {
        let costs = self.terms.iter().map(|(_, ready)| ready.cost());
        costs.sum::<usize>() <= LIGHT
    }

    /// All rows that pass, block after block.
    pub fn rows(&self) -> RoaringBitmap {
        let mut rows = RoaringBitmap::new();
        for block in 0..self.blocks() {
            rows |= self.block(block);
        }
        rows
    }
}

impl Ready {
    /// What it takes, roughly: the bytes to look at.
    fn cost(&self) -> usize {
        match self {
            Self::Rows(_) => 0,
            Self::Searches(searches) => searches.iter().map(Search::cost).sum(),
        }
    }

    /// Its rows of a block; of those outside of `within` it may leave some out.
    fn rows(&self, block: usize, within: &Words) -> Words {
        match self {
            Self::Rows(rows) => Words::of(rows, block),
            Self::Searches(searches) => {
                let mut rows = Words::none();
                for search in searches {
                    search.find(block, &mut rows);
                    if rows.covers(within) {
                        break;
                    }
                }
                rows
            }
        }
    }
}
