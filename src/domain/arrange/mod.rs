//! What is shown of a listing: which rows a query lets through, in which order, and how many have
//! which value.
//!
//! A [`Question`] is plain data with a snapshot of the listing; [`Question::answer`] works it out.
//! Who answers lends [`Hands`]: in place, all of it in a row ([`AtOnce`]); elsewhere piece by
//! piece, on several cores, telling what is known so far and giving up when nobody waits any more.

mod hands;
mod narrow;
#[cfg(test)]
pub(crate) mod tests;

use std::{fmt, sync::Arc};

use roaring::RoaringBitmap;

use super::{
    FieldKey, Listing, Query, Row, Schema, Sort, Value,
    listing::Bits,
    query::{Prepared, Sets},
};

pub use hands::{AtOnce, Hands, Pieces, SoFar};
use narrow::picked;
pub use narrow::{narrowed, set_of};

/// What a question rests on, as it was when it was asked.
#[derive(Clone)]
pub struct Ground {
    /// The assets.
    pub listing: Listing,
    /// The fields.
    pub schema: Schema,
    /// The rows by state.
    pub sets: Arc<Sets>,
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Wish {
    /// The rows a query lets through, in order.
    Rows(Wanted),
    /// For each of these fields, how many of the rows that a query leaves have which value.
    Counts(Vec<(FieldKey, Query)>),
    /// The rows a query lets through, in no order.
    Found(Query),
}

/// Which rows, in which order.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// What lets them through.
    pub query: Query,
    /// How they are ordered.
    pub sort: Sort,
    /// What is known of that order.
    pub known: Known,
    /// How many rows at the top are told before the rest is in order.
    pub first: usize,
}

/// What is known of an order that is asked for.
#[derive(Clone, Debug, Default)]
pub enum Known {
    /// Nothing.
    #[default]
    Nothing,
    /// How it was; assets came and went since.
    Before(Ordered),
    /// All of it; assets that came since are left out.
    Order(Ordered),
}

/// Rows in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ordered {
    /// In order.
    pub order: Arc<[Row]>,
    /// The same, as a set.
    pub set: Arc<RoaringBitmap>,
}

/// The kinds of questions: a newer one of a kind takes the place of an older one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The rows shown.
    Rows,
    /// Counts of values.
    Counts,
    /// Rows to be marked.
    Found,
}

impl Kind {
    /// All, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Rows, Self::Counts, Self::Found];
}

/// A question about a listing.
#[derive(Clone)]
pub struct Question {
    /// Tells the answers of questions of a kind apart: the highest is the newest.
    pub number: u64,
    /// What it rests on.
    pub ground: Ground,
    /// What is asked.
    pub wish: Wish,
}

/// The answer to a question, or what is known of it so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The question's number.
    pub number: u64,
    /// What was found.
    pub found: Found,
    /// Whether that is all; otherwise it is what is known so far.
    pub is_complete: bool,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// Rows in order.
    Rows(Arrangement),
    /// The values of fields with their counts.
    Counts(Vec<FieldCounts>),
    /// Rows in no order.
    Set(RoaringBitmap),
}

/// The distinct values of a field, with how many rows have each; most used first.
pub type FieldCounts = (FieldKey, Vec<(Value, u64)>);

/// The rows shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arrangement {
    /// All rows of the listing.
    pub all: Ordered,
    /// Those let through, in order.
    pub rows: Arc<[Row]>,
    /// The same, as a set.
    pub set: Arc<RoaringBitmap>,
    /// Those of which nobody knows whether they are let through: that rests on a value that was not
    /// read. They are not among the rows.
    pub open: Arc<RoaringBitmap>,
    /// If there are none: the term of the query without which there would be some, and how many.
    pub blame: Option<(String, u64)>,
}

impl Arrangement {
    /// All rows.
    fn whole(all: &Ordered) -> Self {
        Self {
            rows: Arc::clone(&all.order),
            set: Arc::clone(&all.set),
            all: all.clone(),
            open: Arc::default(),
            blame: None,
        }
    }

    /// The rows of an order that are let through.
    fn of(all: &Ordered, rows: &Bits) -> Self {
        let set = rows.set();
        let set = if set.is_subset(&all.set) {
            set
        } else {
            set & &*all.set
        };
        if set.len() == all.set.len() {
            return Self::whole(all);
        }
        Self {
            rows: picked(&all.order, rows, set.len()),
            set: Arc::new(set),
            all: all.clone(),
            open: Arc::default(),
            blame: None,
        }
    }
}

impl Ground {
    /// The rows a query lets through.
    fn rows(
        &self,
        query: &Query,
        hands: &mut impl Hands,
        so_far: Option<SoFar<'_>>,
    ) -> Option<Bits> {
        if query.is_empty() {
            return Some(Bits::of(self.listing.present()));
        }
        let prepared = query.prepare(&self.listing, &self.schema, &self.sets);
        Self::found(&prepared, hands, so_far)
    }

    /// The rows of which nobody knows whether a query lets them through.
    fn open(&self, query: &Query, hands: &mut impl Hands) -> Option<RoaringBitmap> {
        if !query.rests_on_unread(&self.listing, &self.schema) {
            return Some(RoaringBitmap::new());
        }
        let possible = query.prepare_possible(&self.listing, &self.schema, &self.sets);
        let possible = Self::found(&possible, hands, None)?.set();
        Some(possible - self.rows(query, hands, None)?.set())
    }

    fn found(
        prepared: &Prepared,
        hands: &mut impl Hands,
        so_far: Option<SoFar<'_>>,
    ) -> Option<Bits> {
        let pieces = Pieces {
            count: prepared.blocks(),
            piece: &|block| prepared.words(block as usize),
            is_light: prepared.is_light(),
        };
        hands.all(&pieces, so_far)
    }

    /// The term of a query without which there would be rows, and how many.
    fn blame(&self, query: &Query, hands: &mut impl Hands) -> Option<(String, u64)> {
        let mut blame: Option<(String, u64)> = None;
        for (place, term) in query.terms().into_iter().enumerate() {
            let count = self.rows(&query.without(place), hands, None)?.set().len();
            if count > blame.as_ref().map_or(0, |(_, most)| *most) {
                blame = Some((term, count));
            }
        }
        blame
    }
}

impl Wish {
    /// Whether the same is asked beside the rows shown.
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Counts(left), Self::Counts(right)) => {
                let like =
                    |((field, query), (other, their)): (&(FieldKey, Query), &(FieldKey, Query))| {
                        field == other && query.is_like(their)
                    };
                left.len() == right.len() && left.iter().zip(right).all(like)
            }
            (Self::Found(this), Self::Found(that)) => this.is_like(that),
            (Self::Rows(_) | Self::Counts(_) | Self::Found(_), _) => false,
        }
    }
}

impl Answer {
    /// Which kind of question it answers.
    pub fn kind(&self) -> Kind {
        match &self.found {
            Found::Rows(_) => Kind::Rows,
            Found::Counts(_) => Kind::Counts,
            Found::Set(_) => Kind::Found,
        }
    }
}

impl Question {
    /// Which kind of question it is.
    pub fn kind(&self) -> Kind {
        match &self.wish {
            Wish::Rows(_) => Kind::Rows,
            Wish::Counts(_) => Kind::Counts,
            Wish::Found(_) => Kind::Found,
        }
    }

    /// Works it out; `None` if nobody waits for it any more.
    pub fn answer(&self, hands: &mut impl Hands) -> Option<Answer> {
        let found = match &self.wish {
            Wish::Rows(wanted) => Found::Rows(self.arranged(wanted, hands)?),
            Wish::Counts(fields) => Found::Counts(self.counted(fields, hands)?),
            Wish::Found(query) => {
                let so_far = |rows: &Bits| Answer {
                    number: self.number,
                    found: Found::Set(rows.set()),
                    is_complete: false,
                };
                Found::Set(self.ground.rows(query, hands, Some(&so_far))?.set())
            }
        };
        Some(Answer {
            number: self.number,
            found,
            is_complete: true,
        })
    }

    fn so_far(&self, all: &Ordered, rows: &Bits) -> Answer {
        Answer {
            number: self.number,
            found: Found::Rows(Arrangement::of(all, rows)),
            is_complete: false,
        }
    }

    /// The first rows in order, with the others behind them in none.
    fn first(&self, wanted: &Wanted, rows: &Bits) -> Answer {
        let set = rows.set();
        let first = self.ground.listing.first(&set, &wanted.sort, wanted.first);
        let rest = &set - set_of(&first);
        let order: Vec<Row> = first.into_iter().chain(&rest).collect();
        let all = Ordered {
            order: order.into(),
            set: Arc::new(set),
        };
        self.so_far(&all, rows)
    }

    fn arranged(&self, wanted: &Wanted, hands: &mut impl Hands) -> Option<Arrangement> {
        let (query, known) = (&wanted.query, &wanted.known);
        if let (Known::Order(all), true) = (known, query.is_empty()) {
            return Some(Arrangement::whole(all));
        }
        let rows = match known {
            Known::Nothing => self.ground.rows(query, hands, None),
            Known::Before(all) | Known::Order(all) => {
                let so_far = |rows: &Bits| self.so_far(all, rows);
                self.ground.rows(query, hands, Some(&so_far))
            }
        }?;
        let all = match known {
            Known::Order(all) => all.clone(),
            Known::Before(_) | Known::Nothing => {
                if let Known::Before(all) = known {
                    hands.tell(self.so_far(all, &rows));
                }
                self.ordered(wanted, &rows, hands)?
            }
        };
        let mut arrangement = Arrangement::of(&all, &rows);
        arrangement.open = Arc::new(self.ground.open(query, hands)?);
        if arrangement.rows.is_empty() && !query.is_empty() {
            arrangement.blame = self.ground.blame(query, hands);
        }
        Some(arrangement)
    }

    fn ordered(&self, wanted: &Wanted, rows: &Bits, hands: &mut impl Hands) -> Option<Ordered> {
        let listing = &self.ground.listing;
        let is_known = listing.known_order(&wanted.sort).is_some();
        if wanted.first > 0 && !is_known && hands.tells() {
            hands.tell(self.first(wanted, rows));
        }
        let order = hands.order(listing, &wanted.sort)?;
        let set = Arc::new(listing.present().clone());
        hands.is_wanted().then_some(Ordered { order, set })
    }

    fn counted(
        &self,
        fields: &[(FieldKey, Query)],
        hands: &mut impl Hands,
    ) -> Option<Vec<FieldCounts>> {
        let listing = &self.ground.listing;
        let mut counts: Vec<FieldCounts> = Vec::new();
        let mut left: Vec<(&Query, RoaringBitmap)> = Vec::new();
        for (field, query) in fields {
            // Most fields are counted among the same rows.
            let known = left.iter().position(|(known, _)| known.is_like(query));
            let place = if let Some(place) = known {
                place
            } else {
                left.push((query, self.ground.rows(query, hands, None)?.set()));
                left.len() - 1
            };
            if let Some(column) = listing.values(field) {
                counts.push((field.clone(), column.facet(&left[place].1)));
            }
            if !hands.is_wanted() {
                return None;
            }
        }
        Some(counts)
    }
}

// A snapshot of a million assets is neither printed nor compared: questions are told apart by
// their numbers.
impl fmt::Debug for Question {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Question")
            .field("number", &self.number)
            .field("wish", &self.kind())
            .finish_non_exhaustive()
    }
}

impl PartialEq for Question {
    fn eq(&self, other: &Self) -> bool {
        (self.kind(), self.number) == (other.kind(), other.number)
    }
}
