//! The query language of the filter line, of recipes and of the headless commands.
//!
//! ```text
//! field:value        contains, any case       rights:acme   title:"two words"
//! field=value        exact                    season=AW26   season!=AW26
//! field:~"regex"     regular expression       name:~"_FRONT$"
//! field:(a b)        any of                   type:(image video)
//! field:(empty)      no value                 rights:(empty)
//! field:100..500     range, dates too         width:1200..   modified:2026-01-01..2026-03-31
//! field>100          also >=, <, <=           width>=1200
//! has:field          not empty                has:thumb
//! is:marked          also staged, warning, error, unknown, conflict, locked
//! word  "two words"  free text in any field (but not in thumbnails)   ~"regex"
//! -term              not                      -has:rights   not rights:acme
//! a b                both, also `a and b`
//! a or b             either; brackets group   type:image (season:AW26 or season:SS24)
//! ```
//!
//! Terms stand side by side and must all hold; `or` binds less. Upper and lower case, composed and
//! decomposed accents and blanks of every kind are the same (`=` tells case apart). Syntax of other
//! query languages is an error that shows what to write here: it never quietly finds nothing.

mod check;
mod evaluate;
mod parse;
mod prepared;
mod probe;
#[cfg(test)]
mod tests;

pub use evaluate::Sets;
pub use parse::quoted;
pub use prepared::Prepared;

use regex::Regex;

/// A parsed filter: all terms must hold.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// The text it came from.
    text: String,
    /// Its terms.
    terms: Vec<Term>,
}

/// One term, or its opposite.
#[derive(Clone, Debug)]
struct Term {
    /// Whether it must not hold.
    negated: bool,
    /// Where it stands in the text, in characters.
    span: (usize, usize),
    /// Where its test begins, behind `-` and `not`.
    head: usize,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    /// A field against a pattern.
    Field { name: String, pattern: Pattern },
    /// Whether a field has a value.
    Has(String),
    /// Whether an asset is in one of the sets of the screen.
    Is(State),
    /// Any field against a pattern; the word as it was written, if it stands without quotes.
    Anywhere {
        pattern: Pattern,
        word: Option<String>,
    },
    /// Any of these, each of which asks for all of its terms.
    AnyOf {
        sides: Vec<Vec<Term>>,
        /// Whether no brackets stand around it.
        bare: bool,
    },
}

#[derive(Clone, Debug)]
enum Pattern {
    /// Contains this folded text.
    Contains(String),
    /// Is exactly this.
    Exactly(String),
    /// Matches.
    Matches(Regex),
    /// Contains any of these folded texts.
    AnyOf(Vec<String>),
    /// Lies between.
    Between {
        low: Option<Bound>,
        high: Option<Bound>,
    },
    /// Has no value.
    Empty,
}

/// An end of a range.
#[derive(Clone, Debug)]
struct Bound {
    text: String,
    /// Whether the end itself is in the range.
    included: bool,
}

/// The states `is:` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Marked,
    Staged,
    Warning,
    Error,
    Unknown,
    Conflict,
    Locked,
}

const STATES: [(&str, State); 7] = [
    ("marked", State::Marked),
    ("staged", State::Staged),
    ("warning", State::Warning),
    ("error", State::Error),
    ("unknown", State::Unknown),
    ("conflict", State::Conflict),
    ("locked", State::Locked),
];

/// A query that can't be understood, with the place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why} (at character {})", position + 1)]
pub struct QueryError {
    /// Characters before the mistake.
    pub position: usize,
    /// What is wrong, and what would be right.
    pub why: String,
}

impl Query {
    /// The text it was made of.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether it asks for the same terms as another one.
    pub fn is_like(&self, other: &Self) -> bool {
        self.terms() == other.terms()
    }

    /// Whether it asks for rows that are marked.
    pub fn asks_for_marks(&self) -> bool {
        let asks = |test: &Test| matches!(test, Test::Is(State::Marked));
        self.terms.iter().any(|term| term.asks(&asks))
    }

    /// The query without its n-th term, to say which part removed the last rows.
    #[must_use]
    pub fn without(&self, place: usize) -> Self {
        let mut fewer = self.clone();
        if place < fewer.terms.len() {
            fewer.terms.remove(place);
        }
        fewer
    }

    /// The text of each term that must hold. Put side by side they are the query again: an `or`
    /// outside of brackets is one term, in brackets.
    pub fn terms(&self) -> Vec<String> {
        let text: Vec<char> = self.text.chars().collect();
        let written = |term: &Term| {
            let words: String = text[term.span.0..term.span.1].iter().collect();
            if matches!(term.test, Test::AnyOf { bare: true, .. }) {
                format!("({words})")
            } else {
                words
            }
        };
        self.terms.iter().map(written).collect()
    }
}

impl Term {
    /// Whether it or a term within it has a test that asks for something.
    fn asks(&self, asks: &impl Fn(&Test) -> bool) -> bool {
        if let Test::AnyOf { sides, .. } = &self.test {
            return sides.iter().flatten().any(|term| term.asks(asks));
        }
        asks(&self.test)
    }
}
