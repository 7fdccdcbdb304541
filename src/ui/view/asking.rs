//! The questions a view asks, and what came of those that are not about the rows shown.

use std::sync::Arc;

use roaring::RoaringBitmap;

use super::AT_ONCE;
use crate::domain::{
    FieldKey, Value, Workbench,
    arrange::{Answer, Arrangement, AtOnce, FieldCounts, Found, Ground, Kind, Question, Wish},
    query::Sets,
};

/// What was asked, and what of it is known.
#[derive(Debug)]
pub(super) struct Asking {
    /// Up to so many assets questions are answered at once.
    at_once: u64,
    number: u64,
    /// The newest question of each kind that is not wholly answered.
    newest: [Option<u64>; Kind::ALL.len()],
    /// Those nobody was asked yet.
    waiting: Vec<Question>,
    given_up: bool,
    /// What was wished for beside the rows, as long as that is still right.
    counts: Option<Wish>,
    counted: Vec<FieldCounts>,
    find: Option<Wish>,
    found: Option<(RoaringBitmap, bool)>,
}

impl Default for Asking {
    fn default() -> Self {
        Self::at_once_up_to(AT_ONCE)
    }
}

impl Asking {
    pub(super) fn at_once_up_to(most: u64) -> Self {
        Self {
            at_once: most,
            number: 0,
            newest: [None; Kind::ALL.len()],
            waiting: Vec::new(),
            given_up: false,
            counts: None,
            counted: Vec::new(),
            find: None,
            found: None,
        }
    }

    /// Asks; the answer if it is worked out at once.
    pub(super) fn ask(
        &mut self,
        wish: Wish,
        workbench: &Workbench,
        sets: &Arc<Sets>,
    ) -> Option<Answer> {
        self.number += 1;
        match &wish {
            Wish::Rows(_) => self.given_up = false,
            Wish::Counts(_) => self.counts = Some(wish.clone()),
            Wish::Found(_) => {
                self.found = None;
                self.find = Some(wish.clone());
            }
        }
        let question = Question {
            number: self.number,
            ground: Ground {
                listing: workbench.listing.clone(),
                schema: workbench.schema.clone(),
                sets: Arc::clone(sets),
            },
            wish,
        };
        let kind = question.kind();
        self.newest[kind as usize] = Some(self.number);
        self.waiting.retain(|waiting| waiting.kind() != kind);
        if workbench.listing.len() <= self.at_once {
            return question.answer(&mut AtOnce);
        }
        self.waiting.push(question);
        None
    }

    /// Whether this was asked and is still right.
    pub(super) fn knows(&self, wish: &Wish) -> bool {
        match wish {
            Wish::Rows(_) => false,
            Wish::Counts(_) => self
                .counts
                .as_ref()
                .is_some_and(|known| known.is_like(wish)),
            Wish::Found(_) => self.find.as_ref().is_some_and(|known| known.is_like(wish)),
        }
    }

    /// Nothing is right any more; what was found stays until there is something newer.
    pub(super) fn forget(&mut self) {
        self.counts = None;
        self.find = None;
    }

    pub(super) fn give_up(&mut self, kind: Kind) {
        let asked = self.newest[kind as usize].take().is_some();
        self.waiting.retain(|waiting| waiting.kind() != kind);
        self.given_up |= asked;
    }

    pub(super) fn is_asked(&self, kind: Kind) -> bool {
        self.newest[kind as usize].is_some()
    }

    pub(super) fn is_newest(&self, answer: &Answer) -> bool {
        self.newest[answer.kind() as usize] == Some(answer.number)
    }

    /// Takes an answer; gives back the rows to be shown, if it is about them.
    pub(super) fn take(&mut self, answer: Answer) -> Option<Arrangement> {
        if answer.is_complete {
            self.newest[answer.kind() as usize] = None;
        }
        match answer.found {
            Found::Rows(arrangement) => return Some(arrangement),
            Found::Counts(counted) => self.counted = counted,
            Found::Set(set) => self.found = Some((set, answer.is_complete)),
        }
        None
    }

    pub(super) fn counts(&self, field: &FieldKey) -> Option<&[(Value, u64)]> {
        let (_, counts) = self.counted.iter().find(|(key, _)| key == field)?;
        Some(counts)
    }

    pub(super) fn found(&self) -> Option<(&RoaringBitmap, bool)> {
        self.found.as_ref().map(|(set, complete)| (set, *complete))
    }

    pub(super) fn take_questions(&mut self) -> Vec<Question> {
        std::mem::take(&mut self.waiting)
    }

    pub(super) fn take_given_up(&mut self) -> bool {
        std::mem::take(&mut self.given_up)
    }
}
