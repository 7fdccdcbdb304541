//! One field of all assets: distinct values once, and a number a row.

use std::borrow::Cow;

use roaring::RoaringBitmap;

use super::{
    coding::{Coded, Kind, decoded},
    dictionary::Dictionary,
    places::{Places, ROWS, RowBlock, Wanted},
    pool::Pool,
    words::{Words, blocks},
};
use crate::domain::{Row, Value};

/// The place of no value.
pub(super) const ABSENT: u32 = 0;

/// One field of all assets.
///
/// Each distinct value has a place; equal places are equal values. A copy
/// shares what it can with the original, so it costs next to nothing.
#[derive(Clone, Debug)]
pub struct Column {
    values: Dictionary,
    places: Places,
}

impl Default for Column {
    fn default() -> Self {
        let mut values = Dictionary::default();
        values.number(&Coded::of(&Value::Absent));
        Self {
            values,
            places: Places::default(),
        }
    }
}

/// As few rows as this are looked at one by one.
const FEW: u64 = 1 << 12;

impl Column {
    /// A column of what was kept; `None` if it does not fit together.
    pub(super) fn restored(texts: Pool, places: Vec<RowBlock>) -> Option<Self> {
        let fits = places
            .iter()
            .all(|block| (block.most() as usize) < texts.len());
        let absent = texts.kind(ABSENT) == Kind::Absent && texts.text(ABSENT).is_empty();
        (fits && absent).then(|| Self {
            values: Dictionary::restored(texts),
            places: Places::restored(places),
        })
    }

    pub(in crate::domain) fn texts(&self) -> &Pool {
        self.values.texts()
    }

    pub(in crate::domain) fn places(&self) -> &Places {
        &self.places
    }

    pub(super) fn warm(&self) {
        self.values.warm();
    }

    /// Gives a row a value; the places of the value before and of this one, if they differ.
    pub(super) fn set(&mut self, row: Row, value: &Value) -> Option<(u32, u32)> {
        let place = self.number(value);
        self.set_place(row, place)
    }

    /// The same with a text; an empty one is a value like any other.
    pub(super) fn set_text(&mut self, row: Row, text: &str) -> Option<(u32, u32)> {
        let place = self.values.number(&Coded::text(text));
        self.set_place(row, place)
    }

    /// The same with the place of the value.
    pub(super) fn set_place(&mut self, row: Row, place: u32) -> Option<(u32, u32)> {
        self.places.set(row, place).map(|before| (before, place))
    }

    /// The place of a value, made if it is new.
    pub(super) fn number(&mut self, value: &Value) -> u32 {
        // Most values of most fields are absent.
        if *value == Value::Absent {
            return ABSENT;
        }
        self.values.number(&Coded::of(value))
    }

    /// Makes ready for so many values, if most of `rows` have one of their own.
    pub(super) fn expect(&mut self, many: usize, rows: usize) {
        if self.distinct() > rows / 2 {
            self.values.expect(many);
        }
    }

    /// The places of several values, made where they are new.
    pub(super) fn numbers(&mut self, coded: &[Coded<'_>]) -> Vec<u32> {
        self.values.numbers(coded)
    }

    pub(super) fn kind(&self, place: u32) -> Kind {
        self.texts().kind(place)
    }

    /// How many places there are. Not every one is in use.
    pub fn distinct(&self) -> usize {
        self.texts().len()
    }

    /// The value at a place; absent at 0 and where there is no such place.
    pub fn at(&self, place: u32) -> Cow<'_, Value> {
        let texts = self.texts();
        let extra = if texts.kind(place).has_extra() {
            texts.text(place + 1)
        } else {
            ""
        };
        let kind = texts.kind(place);
        if kind == Kind::Absent {
            return Cow::Borrowed(&Value::Absent);
        }
        Cow::Owned(decoded(kind, texts.text(place), extra))
    }

    /// The text at a place, as [`Value::display`] tells it.
    pub fn text_at(&self, place: u32) -> &str {
        self.texts().text(place)
    }

    /// The place of a row's value.
    pub fn place(&self, row: Row) -> u32 {
        self.places.get(row)
    }

    /// The place of a value, if any row has or had it.
    pub fn place_of_known(&self, value: &Value) -> Option<u32> {
        if *value == Value::Absent {
            return Some(0);
        }
        self.values.find(&Coded::of(value))
    }

    /// The value of a row.
    pub fn value(&self, row: Row) -> Cow<'_, Value> {
        self.at(self.place(row))
    }

    /// The text of a row, as [`Value::display`] tells it.
    pub fn text(&self, row: Row) -> &str {
        self.text_at(self.place(row))
    }

    /// The folded text of a row.
    pub fn folded(&self, row: Row) -> &str {
        self.texts().folded(self.place(row))
    }

    /// The rows among `within` with this value.
    pub fn equal(&self, within: &RoaringBitmap, value: &Value) -> RoaringBitmap {
        match self.place_of_known(value) {
            Some(place) => self.rows(within, &Wanted::one(place), place == 0),
            None => RoaringBitmap::new(),
        }
    }

    /// The rows among `within` whose text, or folded text, passes. Each distinct value is asked
    /// once.
    pub fn matching(
        &self,
        within: &RoaringBitmap,
        passes: impl Fn(&str, &str) -> bool,
    ) -> RoaringBitmap {
        let mut wanted = Wanted {
            first: 0,
            bits: vec![0; self.distinct().div_ceil(64)],
        };
        let mut number = 0;
        for block in self.texts().blocks() {
            for place in 0..block.len() {
                if block.kind(place) != Kind::Extra
                    && passes(block.text(place), block.folded(place))
                {
                    wanted.bits[number / 64] |= 1 << (number % 64);
                }
                number += 1;
            }
        }
        let absent = wanted.bits.first().is_some_and(|word| word & 1 == 1);
        self.rows(within, &wanted, absent)
    }

    /// The rows among `within` whose place is wanted.
    fn rows(&self, within: &RoaringBitmap, wanted: &Wanted, absent: bool) -> RoaringBitmap {
        if within.len() <= FEW {
            let passes = |row: &Row| wanted.has(self.place(*row));
            return RoaringBitmap::from_sorted_iter(within.iter().filter(passes))
                .unwrap_or_default();
        }
        let mut rows = RoaringBitmap::new();
        for block in blocks(within) {
            let mut found = Words::none();
            let numbers = self.places.block(block);
            if let Some(numbers) = numbers {
                numbers.find(wanted, &mut found);
            }
            if absent {
                found.fill_from(numbers.map_or(0, RowBlock::len));
            }
            if !found.is_empty() {
                found.keep(&Words::of(within, block));
                rows |= found.bitmap(block);
            }
        }
        rows
    }

    /// `rows` split by the place of their value, in the order of the first row of each.
    pub fn groups(&self, rows: &RoaringBitmap) -> Vec<(u32, RoaringBitmap)> {
        let mut groups: Vec<(u32, u32)> = Vec::new();
        let mut group_of = vec![u32::MAX; self.distinct()];
        let mut member_of: Vec<u32> = Vec::with_capacity(usize::try_from(rows.len()).unwrap_or(0));
        self.each(rows, |_, place| {
            let group = &mut group_of[place as usize];
            if *group == u32::MAX {
                *group = u32::try_from(groups.len()).unwrap_or(u32::MAX);
                groups.push((place, 0));
            }
            groups[*group as usize].1 += 1;
            member_of.push(*group);
        });
        if let [(place, _)] = groups[..] {
            return vec![(place, rows.clone())];
        }
        let mut end = 0;
        let mut next: Vec<u32> = groups
            .iter()
            .map(|(_, many)| {
                end += many;
                end - many
            })
            .collect();
        let mut split = vec![0; member_of.len()];
        for (row, group) in rows.iter().zip(member_of) {
            let next = &mut next[group as usize];
            split[*next as usize] = row;
            *next += 1;
        }
        let mut rest = split.as_slice();
        let whole = groups.into_iter().map(|(place, many)| {
            let (group, after) = rest.split_at(many as usize);
            rest = after;
            let group = RoaringBitmap::from_sorted_iter(group.iter().copied());
            (place, group.unwrap_or_default())
        });
        whole.collect()
    }

    /// Calls for each of these rows with its place, smallest row first.
    pub fn each(&self, rows: &RoaringBitmap, mut work: impl FnMut(Row, u32)) {
        if rows.len() <= FEW {
            return rows.iter().for_each(|row| work(row, self.place(row)));
        }
        let none = RowBlock::default();
        for block in blocks(rows) {
            let numbers = self.places.block(block).unwrap_or(&none);
            numbers.each(&Words::of(rows, block), |at, place| {
                work(Row::try_from(block * ROWS + at).unwrap_or(Row::MAX), place);
            });
        }
    }

    /// The places in use among `within`, with how many rows have each; most used first.
    pub fn tally(&self, within: &RoaringBitmap) -> Vec<(u32, u64)> {
        let mut counts = vec![0u32; self.distinct()];
        self.each(within, |_, place| counts[place as usize] += 1);
        let used = (0u32..).zip(counts).filter(|(_, count)| *count > 0);
        let mut tally: Vec<_> = used
            .map(|(place, count)| (place, u64::from(count)))
            .collect();
        tally.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        tally
    }

    /// The distinct values among `within`, with how many rows have each; most used first.
    pub fn facet(&self, within: &RoaringBitmap) -> Vec<(Value, u64)> {
        let tally = self.tally(within).into_iter();
        let mut facet: Vec<_> = tally
            .map(|(place, count)| (self.at(place).into_owned(), count))
            .collect();
        facet.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        facet
    }
}
