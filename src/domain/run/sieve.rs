//! Which changes of a run are meant, said in words: by outcome, reason, field and asset.

use std::collections::BTreeSet;

use roaring::RoaringBitmap;

use super::{Item, Outcome, Run, Settlement};
use crate::domain::{FieldKey, text::fold};

/// What is meant. What is empty lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sieve {
    /// Ended so.
    pub outcomes: BTreeSet<Outcome>,
    /// Code, reason or meaning has one of these in it, in any case.
    pub reasons: Vec<String>,
    /// Of these fields, in any case.
    pub fields: Vec<String>,
    /// Of these assets, by id or by name.
    pub assets: Vec<String>,
    /// Only what still asks for somebody: neither written as wanted nor accepted.
    pub problems: bool,
}

impl Sieve {
    /// The changes let through, as places in the run, worst first. A change without an outcome
    /// comes last, and only where no outcome is asked for.
    pub fn places(&self, run: &Run, accepted: &RoaringBitmap) -> Vec<u32> {
        let all = (0u32..).zip(run.items.iter().zip(&run.settled));
        let mut places: Vec<(usize, u32)> = all
            .filter(|(place, (item, settled))| {
                let is_open = !accepted.contains(*place);
                self.passes(item, settled.as_ref(), is_open)
            })
            .map(|(place, (_, settled))| (rank(settled.as_ref()), place))
            .collect();
        places.sort_unstable();
        places.into_iter().map(|(_, place)| place).collect()
    }

    fn passes(&self, item: &Item, settled: Option<&Settlement>, is_open: bool) -> bool {
        let outcome = settled.map(|one| one.outcome);
        let has = |words: &[String], test: &dyn Fn(&String) -> bool| {
            words.is_empty() || words.iter().any(test)
        };
        (!self.problems || is_open && outcome != Some(Outcome::Applied))
            && (self.outcomes.is_empty()
                || outcome.is_some_and(|outcome| self.outcomes.contains(&outcome)))
            && has(&self.fields, &|word| is_named(&item.field, word))
            && has(&self.assets, &|word| {
                item.asset.as_str() == word || item.name == *word
            })
            && has(&self.reasons, &|word| {
                settled.is_some_and(|one| says(one, word))
            })
    }
}

fn is_named(field: &FieldKey, word: &str) -> bool {
    fold(field.as_str()) == fold(word)
}

fn says(settled: &Settlement, word: &str) -> bool {
    let word = fold(word);
    let said = [&settled.code, &settled.reason, &settled.meaning];
    said.iter().any(|text| fold(text).contains(&word))
}

/// Worst first; without an outcome last.
fn rank(settled: Option<&Settlement>) -> usize {
    let place = |one: &Settlement| {
        Outcome::ALL
            .iter()
            .position(|outcome| *outcome == one.outcome)
    };
    settled.and_then(place).unwrap_or(Outcome::ALL.len())
}
