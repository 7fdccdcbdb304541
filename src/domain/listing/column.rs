//! One field of all assets: distinct values once, and a number a row.

use std::{borrow::Cow, collections::HashMap};

use roaring::RoaringBitmap;

use super::SortDirection;
use crate::domain::{Row, Value, text};

/// One field of all assets.
#[derive(Clone, Debug)]
pub struct Column {
    /// Each distinct value once; place 0 is absent.
    values: Vec<Value>,
    /// The same, as folded text.
    folded: Vec<Box<str>>,
    /// The place of each row's value; rows beyond the end are absent.
    places: Vec<u32>,
    known: HashMap<Value, u32>,
}

impl Default for Column {
    fn default() -> Self {
        let mut column = Self {
            values: Vec::new(),
            folded: Vec::new(),
            places: Vec::new(),
            known: HashMap::new(),
        };
        column.place_of(&Value::Absent);
        column
    }
}

impl Column {
    fn place_of(&mut self, value: &Value) -> u32 {
        // Most values of most fields are absent.
        if *value == Value::Absent && !self.values.is_empty() {
            return 0;
        }
        if let Some(&place) = self.known.get(value) {
            return place;
        }
        let place = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.folded.push(text::fold(&value.display()).into());
        self.values.push(value.clone());
        self.known.insert(value.clone(), place);
        place
    }

    /// Gives a row a value; the places of the value before and of this one, if they differ.
    pub(super) fn set(&mut self, row: Row, value: &Value) -> Option<(u32, u32)> {
        let place = self.place_of(value);
        let row = row as usize;
        if row >= self.places.len() {
            if place == 0 {
                return None;
            }
            self.places.resize(row + 1, 0);
        }
        let before = std::mem::replace(&mut self.places[row], place);
        (before != place).then_some((before, place))
    }

    /// The value at a place; absent at 0 and where there is no such place.
    pub fn at(&self, place: u32) -> Cow<'_, Value> {
        let value = self.values.get(place as usize);
        Cow::Borrowed(value.unwrap_or(&Value::Absent))
    }

    /// The place of a row's value among the distinct ones: equal places are equal values.
    pub fn place(&self, row: Row) -> u32 {
        self.places.get(row as usize).copied().unwrap_or(0)
    }

    /// The place of a value, if any row has or had it.
    pub fn place_of_known(&self, value: &Value) -> Option<u32> {
        self.known.get(value).copied()
    }

    /// The value of a row.
    pub fn value(&self, row: Row) -> Cow<'_, Value> {
        self.at(self.place(row))
    }

    /// The text of a row, as [`Value::display`] tells it.
    pub fn text(&self, row: Row) -> Cow<'_, str> {
        let value = self.values.get(self.place(row) as usize);
        value.map_or(Cow::Borrowed(""), Value::display)
    }

    /// The folded text of a row.
    pub fn folded(&self, row: Row) -> Cow<'_, str> {
        let folded = self.folded.get(self.place(row) as usize);
        Cow::Borrowed(folded.map_or("", |text| text))
    }

    /// The rows among `within` with this value.
    pub fn equal(&self, within: &RoaringBitmap, value: &Value) -> RoaringBitmap {
        match self.place_of_known(value) {
            Some(wanted) => within
                .iter()
                .filter(|&row| self.place(row) == wanted)
                .collect(),
            None => RoaringBitmap::new(),
        }
    }

    /// `rows` split by the place of their value, in the order of the first row of each.
    pub fn groups(&self, rows: &RoaringBitmap) -> Vec<(u32, RoaringBitmap)> {
        let mut groups: indexmap::IndexMap<u32, RoaringBitmap> = indexmap::IndexMap::new();
        for row in rows {
            groups.entry(self.place(row)).or_default().insert(row);
        }
        groups.into_iter().collect()
    }

    /// The rows among `within` whose text, or folded text, passes. Each distinct value is asked
    /// once.
    pub fn matching(
        &self,
        within: &RoaringBitmap,
        passes: impl Fn(&str, &str) -> bool,
    ) -> RoaringBitmap {
        self.passing(within, |value, folded| passes(&value.display(), folded))
    }

    /// The rows among `within` whose value passes.
    pub(in crate::domain) fn passing(
        &self,
        within: &RoaringBitmap,
        passes: impl Fn(&Value, &str) -> bool,
    ) -> RoaringBitmap {
        let hits: Vec<bool> = self
            .values
            .iter()
            .zip(&self.folded)
            .map(|(value, text)| passes(value, text))
            .collect();
        if !hits.contains(&true) {
            return RoaringBitmap::new();
        }
        within
            .iter()
            .filter(|&row| hits.get(self.place(row) as usize).copied().unwrap_or(false))
            .collect()
    }

    /// The distinct values among `within`, with how many rows have each; most used first.
    pub fn facet(&self, within: &RoaringBitmap) -> Vec<(Value, u64)> {
        let mut counts = vec![0u64; self.values.len()];
        for row in within {
            counts[self.place(row) as usize] += 1;
        }
        let mut facet: Vec<_> = self
            .values
            .iter()
            .zip(counts)
            .filter(|(_, count)| *count > 0)
            .map(|(value, count)| (value.clone(), count))
            .collect();
        facet.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        facet
    }

    /// The rank of each distinct value of a column: numbers by size, text ignoring case.
    pub(super) fn ranks(&self, direction: SortDirection) -> Vec<u32> {
        let number = |place: usize| self.folded[place].parse::<f64>().ok();
        let mut places: Vec<usize> = (0..self.values.len()).collect();
        let all_numbers = places
            .iter()
            .all(|&place| !self.values[place].is_present() || number(place).is_some());
        places.sort_by(|&left, &right| {
            let order = match (all_numbers, number(left), number(right)) {
                (true, Some(left), Some(right)) => left.total_cmp(&right),
                _ => self.folded[left].cmp(&self.folded[right]),
            };
            let order = if direction == SortDirection::Descending {
                order.reverse()
            } else {
                order
            };
            let absent = |place: usize| !self.values[place].is_present();
            absent(left).cmp(&absent(right)).then(order)
        });
        let mut ranks = vec![0; places.len()];
        for (rank, place) in (0u32..).zip(places) {
            ranks[place] = rank;
        }
        ranks
    }
}
