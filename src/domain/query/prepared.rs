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
    terms: All,
}

/// Terms that must all hold: whether one must not, and its test; the cheapest first.
#[derive(Clone, Debug)]
pub(super) struct All(Vec<(bool, Ready)>);

/// A term made ready.
#[derive(Clone, Debug)]
pub(super) enum Ready {
    /// Passed by these rows.
    Rows(RoaringBitmap),
    /// Passed by what any of these finds.
    Searches(Vec<Search>),
    /// Passed by what passes any of these.
    Any(Vec<All>),
}

impl Prepared {
    /// Rows in a block.
    pub const BLOCK: Row = 1 << 16;

    pub(super) fn new(listing: &Listing, terms: All) -> Self {
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
        self.terms.rows(block, Words::of(&self.present, block))
    }

    /// Whether little has to be looked at: a few short columns.
    pub(in crate::domain) fn is_light(&self) -> bool {
        self.terms.cost() <= LIGHT
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

impl All {
    pub(super) fn of(mut terms: Vec<(bool, Ready)>) -> Self {
        terms.sort_by_cached_key(|(_, ready)| ready.cost());
        Self(terms)
    }

    fn cost(&self) -> usize {
        self.0.iter().map(|(_, ready)| ready.cost()).sum()
    }

    /// Which of these rows of a block pass.
    fn rows(&self, block: usize, mut rows: Words) -> Words {
        for (negated, ready) in &self.0 {
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
}

impl Ready {
    /// What it takes, roughly: the bytes to look at.
    fn cost(&self) -> usize {
        match self {
            Self::Rows(_) => 0,
            Self::Searches(searches) => searches.iter().map(Search::cost).sum(),
            Self::Any(sides) => sides.iter().map(All::cost).sum(),
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
            Self::Any(sides) => {
                let mut rows = Words::none();
                let mut left = within.clone();
                for side in sides {
                    if left.is_empty() {
                        break;
                    }
                    let hits = side.rows(block, left.clone());
                    left.remove(&hits);
                    rows.add(&hits);
                }
                rows
            }
        }
    }
}
