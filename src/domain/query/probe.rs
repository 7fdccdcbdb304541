//! One pattern searched in one column.

use std::{cmp::Ordering, sync::OnceLock};

use memchr::memmem::Finder;

use super::{Bound, Pattern};
use crate::domain::{
    listing::{
        Column, Hits, Lines, Pool, ROWS, RowBlock, TEXTS, TextBlock, Wanted, Words, matches_all,
    },
    text,
};

/// Where to search.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// The values of a field.
    Column(Column),
    /// The ids: the number of each is its row.
    Ids(Pool),
}

/// A pattern made ready for searching.
#[derive(Clone, Debug)]
pub(super) enum Probe {
    /// Any value.
    Present,
    /// A value that nobody has read.
    Unread,
    /// Folded text that contains one of these.
    Contains(Vec<Finder<'static>>),
    /// Exactly this canonical text, or an entry that is, or a certificate of this status.
    Exactly(Box<Finder<'static>>, String),
    /// Text that matches.
    Matches(Box<Lines>),
    /// What lies between.
    Between(End, End),
}

/// An end of a range: open, or a text with the number it may be.
#[derive(Clone, Debug)]
pub(super) struct End(Option<Edge>);

#[derive(Clone, Debug)]
struct Edge {
    /// Folded.
    text: String,
    number: Option<f64>,
    included: bool,
}

/// A pattern, a column, and what was found so far.
#[derive(Clone, Debug)]
pub(super) struct Search {
    source: Source,
    probe: Probe,
    /// For each block of texts, once somebody needed it.
    found: Vec<OnceLock<Option<Hits>>>,
}

/// Of so few blocks of texts it is not asked which are used.
const FEW: usize = 8;

impl From<&Pattern> for Probe {
    fn from(pattern: &Pattern) -> Self {
        let finder = |text: &String| Finder::new(text.as_bytes()).into_owned();
        match pattern {
            Pattern::Contains(text) if text.is_empty() => Self::Present,
            Pattern::Contains(text) => Self::Contains(vec![finder(text)]),
            Pattern::AnyOf(texts) if texts.iter().any(String::is_empty) => Self::Present,
            Pattern::AnyOf(texts) => Self::Contains(texts.iter().map(finder).collect()),
            Pattern::Exactly(text) => {
                let text = text::canonical(text).into_owned();
                Self::Exactly(Box::new(finder(&text)), text)
            }
            Pattern::Matches(regex) if matches_all(regex) => Self::Present,
            Pattern::Matches(regex) => Self::Matches(Box::new(Lines::of(regex))),
            Pattern::Between { low, high } => {
                Self::Between(End::of(low.as_ref()), End::of(high.as_ref()))
            }
            // Asked the other way round, so this is never searched for.
            Pattern::Empty => Self::Contains(Vec::new()),
        }
    }
}

impl Search {
    pub(super) fn of(source: Source, probe: Probe) -> Self {
        let found = vec![OnceLock::new(); source.texts().blocks().len()];
        Self {
            source,
            probe,
            found,
        }
    }

    /// The bytes to look at.
    pub(super) fn cost(&self) -> usize {
        let blocks = self.source.texts().blocks().iter();
        blocks.map(|block| block.arena().0.len()).sum()
    }

    /// Adds the rows of a block that it finds.
    pub(super) fn find(&self, block: usize, rows: &mut Words) {
        match &self.source {
            Source::Ids(_) => {
                let many = ROWS / TEXTS;
                let parts = rows.words_mut().chunks_mut(TEXTS / 64);
                for (number, part) in (block * many..).zip(parts) {
                    if let Some(hits) = self.hits(number) {
                        let pairs = part.iter_mut().zip(hits.words());
                        pairs.for_each(|(word, hits)| *word |= hits);
                    }
                }
            }
            Source::Column(column) => {
                let Some(numbers) = column.places().block(block) else {
                    return;
                };
                if let Some(wanted) = self.wanted(block, numbers) {
                    numbers.find(&wanted, rows);
                }
            }
        }
    }

    /// The numbers of hits among the texts that a block of rows uses; `None` if there are none.
    fn wanted(&self, block: usize, numbers: &RowBlock) -> Option<Wanted> {
        let mut used = vec![self.found.len() <= FEW; self.found.len()];
        if self.found.len() > FEW {
            numbers.used(TEXTS.trailing_zeros(), &mut used);
        }
        let used = used.into_iter().enumerate().filter(|(_, used)| *used);
        let mut used: Vec<usize> = used.map(|(number, _)| number).collect();
        // Who works on the next block goes the other way, so that they don't wait for one another.
        if block % 2 == 1 {
            used.reverse();
        }
        used.retain(|&number| self.hits(number).is_some());
        used.sort_unstable();
        let first = *used.first()?;
        let mut bits = Vec::new();
        for number in used {
            bits.resize((number - first) * (TEXTS / 64), 0);
            bits.extend_from_slice(self.hits(number)?.words());
        }
        let first = u32::try_from(first * TEXTS).unwrap_or(u32::MAX);
        Some(Wanted { first, bits })
    }

    /// The texts of a block that are hits.
    fn hits(&self, number: usize) -> Option<&Hits> {
        let block = self.source.texts().blocks().get(number)?;
        let search = || self.probe.hits(block, number * TEXTS, &self.source);
        self.found.get(number)?.get_or_init(search).as_ref()
    }
}

impl Source {
    fn texts(&self) -> &Pool {
        match self {
            Self::Column(column) => column.texts(),
            Self::Ids(ids) => ids,
        }
    }

    /// Whether a value is exactly a text, has it as an entry, or is a certificate of this status.
    fn is_exactly(&self, block: &TextBlock, (first, place): (usize, usize), text: &str) -> bool {
        use crate::domain::listing::Kind;
        let shown = block.text(place);
        let is_it = |one: &str| text::canonical(one) == text;
        match block.kind(place) {
            Kind::List => shown.split("; ").any(is_it),
            Kind::OddList => {
                let number = u32::try_from(first + place).unwrap_or(0);
                let Self::Column(column) = self else {
                    return false;
                };
                column.at(number).entries().iter().any(|entry| is_it(entry))
            }
            Kind::Certificate => shown.split(' ').next() == Some(text),
            Kind::Text | Kind::Asset | Kind::NamedAsset => is_it(shown),
            Kind::Absent | Kind::Unknown | Kind::Extra => false,
        }
    }
}

impl Probe {
    fn hits(&self, block: &TextBlock, first: usize, source: &Source) -> Option<Hits> {
        match self {
            Self::Present => block.present(),
            Self::Unread => block.unread(),
            Self::Contains(needles) => {
                let found = needles.iter().filter_map(|needle| block.containing(needle));
                found.reduce(|mut all, one| {
                    all.merge(&one);
                    all
                })
            }
            Self::Exactly(needle, text) => {
                let exactly = |place| source.is_exactly(block, (first, place), text);
                if text.is_empty() || !block.is_ascii() {
                    block.passing(exactly)
                } else {
                    block.exactly(needle, exactly)
                }
            }
            Self::Matches(pattern) => block.matching(pattern),
            Self::Between(low, high) => {
                block.passing(|place| between(block.folded(place), low, high))
            }
        }
    }
}

impl End {
    fn of(end: Option<&Bound>) -> Self {
        Self(end.map(|bound| Edge {
            text: text::fold(&bound.text),
            number: number(&bound.text),
            included: bound.included,
        }))
    }

    /// Whether the end is open, or passes.
    fn passes(&self, passes: impl Fn(&Edge) -> bool) -> bool {
        self.0.as_ref().is_none_or(passes)
    }
}

/// Numbers by size; everything else (dates first of all) by its text, where what begins with an end
/// is at that end: `2026-01` is all of January. No number lies at an end that is none, and only a
/// date at one that is a year.
fn between(value: &str, low: &End, high: &End) -> bool {
    if let Some(value) = number(value) {
        let lies = |edge: &Edge, wanted: Ordering| {
            let order = edge.number.and_then(|end| value.partial_cmp(&end));
            order == Some(wanted) || (edge.included && order == Some(Ordering::Equal))
        };
        return low.passes(|low| lies(low, Ordering::Greater))
            && high.passes(|high| lies(high, Ordering::Less));
    }
    let comparable =
        |edge: &Edge| edge.number.is_none() || (is_year(&edge.text) && is_dated(value));
    let above = |low: &Edge| {
        if low.included {
            value >= low.text.as_str()
        } else {
            value > low.text.as_str() && !value.starts_with(&low.text)
        }
    };
    let below = |high: &Edge| {
        value < high.text.as_str() || (high.included && value.starts_with(&high.text))
    };
    low.passes(|low| comparable(low) && above(low))
        && high.passes(|high| comparable(high) && below(high))
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text begins with a year, as dates do.
fn is_dated(text: &str) -> bool {
    let bytes = text.as_bytes();
    let year = bytes.get(..4);
    year.is_some_and(|year| year.iter().all(u8::is_ascii_digit))
        && bytes
            .get(4)
            .is_some_and(|byte| !byte.is_ascii_alphanumeric())
}

/// A number in digits.
pub(super) fn number(text: &str) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    number.is_finite().then_some(number)
}
