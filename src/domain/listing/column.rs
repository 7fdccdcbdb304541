//! One field of all assets: distinct values once, and a number a row.

use std::collections::HashMap;

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

    /// The value at a place that [`Column::set`] told.
    pub(super) fn at(&self, place: u32) -> &Value {
        self.values.get(place as usize).unwrap_or(&Value::Absent)
    }

    pub(super) fn place(&self, row: Row) -> usize {
        self.places
            .get(row as usize)
            .map_or(0, |&place| place as usize)
    }

    /// The value of a row.
    pub fn value(&self, row: Row) -> &Value {
        self.values.get(self.place(row)).unwrap_or(&Value::Absent)
    }

    /// The folded text of a row.
    pub fn folded(&self, row: Row) -> &str {
        self.folded.get(self.place(row)).map_or("", |text| text)
    }

    /// The rows among `within` whose value passes. Each distinct value is asked once.
    pub fn matching(
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
            .filter(|&row| hits.get(self.place(row)).copied().unwrap_or(false))
            .collect()
    }

    /// The distinct values among `within`, with how many rows have each; most used first.
    pub fn facet(&self, within: &RoaringBitmap) -> Vec<(Value, u64)> {
        let mut counts = vec![0u64; self.values.len()];
        for row in within {
            counts[self.place(row)] += 1;
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
