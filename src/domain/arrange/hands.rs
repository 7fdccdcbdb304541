//! How a question is worked out: by whom, in which pieces, and what is told meanwhile.

use std::sync::Arc;

use super::Answer;
use crate::domain::{
    Listing, Row, Sort,
    listing::{Bits, Words},
};

/// Work that can be done in any order and on several cores.
pub struct Pieces<'a> {
    /// How many pieces, each about a block of rows.
    pub count: u32,
    /// Does one.
    pub piece: &'a (dyn Fn(u32) -> Words + Sync),
    /// Whether there is so little to do that calling for help takes longer.
    pub is_light: bool,
}

/// What can be told of the rows found so far.
pub type SoFar<'a> = &'a dyn Fn(&Bits) -> Answer;

/// How a question is worked out.
pub trait Hands {
    /// Does all pieces of some work and brings the rows together; `None` if nobody waits for it any
    /// more. Where it takes long, what is known so far is told now and then, if it can be.
    fn all(&mut self, work: &Pieces<'_>, so_far: Option<SoFar<'_>>) -> Option<Bits>;

    /// Whether somebody still waits for the answer.
    fn is_wanted(&self) -> bool;

    /// All rows of a listing in order; `None` if nobody waits for that any more.
    fn order(&mut self, listing: &Listing, sort: &Sort) -> Option<Arc<[Row]>>;

    /// Whether what is known so far is told at all.
    fn tells(&self) -> bool;

    /// Tells what is known so far.
    fn tell(&mut self, answer: Answer);
}

/// Works everything out in a row and tells nothing before the end.
#[derive(Clone, Copy, Debug)]
pub struct AtOnce;

impl Hands for AtOnce {
    fn all(&mut self, work: &Pieces<'_>, _so_far: Option<SoFar<'_>>) -> Option<Bits> {
        let mut all = Bits::default();
        for number in 0..work.count {
            all.put(number as usize, &(work.piece)(number));
        }
        Some(all)
    }

    fn is_wanted(&self) -> bool {
        true
    }

    fn order(&mut self, listing: &Listing, sort: &Sort) -> Option<Arc<[Row]>> {
        Some(listing.order(sort))
    }

    fn tells(&self) -> bool {
        false
    }

    fn tell(&mut self, _answer: Answer) {}
}
