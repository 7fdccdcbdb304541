//! Rows taken apart by their values: values that repeat, each with its rows, and the rows whose
//! values hardly do.

use std::slice::from_mut;

use roaring::RoaringBitmap;

use crate::domain::{Listing, Row, listing::Column};

/// So many different values are each kept with their rows, however few those are.
pub const FEW: usize = 256;
/// Where there are more, a value is kept with its rows if it has at least so many.
const OFTEN: u32 = 64;
/// So many values are sorted out by bits, the rest row by row.
const BY_BITS: usize = 32;
/// So many rows of 65,536 and fewer are put into a set one by one.
const DENSE: usize = 1 << 12;
/// The bytes of a set of 65,536 rows.
const BLOCK: usize = 1 << 13;

/// Rows by the place of their value in a column.
#[derive(Clone, Debug, Default)]
pub struct Split {
    /// Values that repeat, in the order of the first row of each.
    pub repeated: Vec<(u32, RoaringBitmap)>,
    /// The rows of all others.
    pub scattered: RoaringBitmap,
}

impl Split {
    /// Takes rows apart by what a column has there. Cost grows with the rows, whatever the values.
    pub fn of(column: &Column, rows: &RoaringBitmap) -> Self {
        if column.distinct() <= FEW && rows.len() >= BLOCK as u64 {
            return Self {
                repeated: by_place(column, rows),
                scattered: RoaringBitmap::new(),
            };
        }
        let mut places = Vec::with_capacity(usize::try_from(rows.len()).unwrap_or(0));
        column.each(rows, |_, place| places.push(place));
        let mut slots = Slots::of(&places);
        let mut split = Self::default();
        if let [one] = slots.kept.as_slice()
            && slots.are_all
        {
            split.repeated.push((*one, rows.clone()));
            return split;
        }
        let sets = if slots.kept.len() < BY_BITS {
            by_bits(rows, &places, &slots)
        } else {
            by_rows(rows, &places, &slots)
        };
        let mut sets = sets.into_iter();
        split.scattered = sets.next().unwrap_or_default();
        split.repeated = slots.kept.drain(..).zip(sets).collect();
        split
    }
}

/// These rows by whether something holds for their value in a column, which is asked once for each
/// value: those for which it does, and the others.
pub fn halves(
    column: &Column,
    rows: &RoaringBitmap,
    holds: impl Fn(u32) -> bool,
) -> (RoaringBitmap, RoaringBitmap) {
    let mut known = vec![None; column.distinct()];
    let mut held = Vec::new();
    column.each(rows, |row, place| {
        if *known[place as usize].get_or_insert_with(|| holds(place)) {
            held.push(row);
        }
    });
    let set = sorted(held);
    let others = rows - &set;
    (set, others)
}

impl Listing {
    /// Those of these rows that can't be edited, by reason.
    pub fn locked_among(&self, rows: &RoaringBitmap) -> Vec<(String, RoaringBitmap)> {
        let locks = self.locks();
        if locks.distinct() <= 1 {
            return Vec::new();
        }
        let split = Split::of(locks, rows);
        let single = |row: Row| (locks.place(row), [row].into());
        let all = split
            .repeated
            .into_iter()
            .chain(split.scattered.iter().map(single));
        let locked = all.filter(|(place, _)| *place != 0);
        locked
            .map(|(place, rows)| (locks.text_at(place).to_owned(), rows))
            .collect()
    }
}

/// Which place goes where: 0 is the scattered ones.
struct Slots {
    of: Vec<u32>,
    /// The places that repeat; the first has slot 1.
    kept: Vec<u32>,
    are_all: bool,
}

impl Slots {
    fn of(places: &[u32]) -> Self {
        let highest = places.iter().copied().max().unwrap_or(0);
        let mut of = vec![0u32; highest as usize + 1];
        let mut kept = Vec::new();
        for &place in places {
            let count = &mut of[place as usize];
            if *count == 0 {
                kept.push(place);
            }
            *count += 1;
        }
        let are_all = kept.len() <= FEW;
        if !are_all {
            kept.retain(|&place| of[place as usize] >= OFTEN);
            of.fill(0);
        }
        for (slot, &place) in (1..).zip(&kept) {
            of[place as usize] = slot;
        }
        Self { of, kept, are_all }
    }
}

fn by_rows(rows: &RoaringBitmap, places: &[u32], slots: &Slots) -> Vec<RoaringBitmap> {
    let mut found: Vec<Vec<Row>> = vec![Vec::new(); slots.kept.len() + 1];
    for (row, &place) in rows.iter().zip(places) {
        found[slots.of[place as usize] as usize].push(row);
    }
    found.into_iter().map(sorted).collect()
}

/// The set of rows that come in order.
pub fn sorted(rows: impl IntoIterator<Item = Row>) -> RoaringBitmap {
    let rows: Vec<Row> = rows.into_iter().collect();
    let mut set = RoaringBitmap::new();
    let mut bits = Vec::new();
    for block in rows.chunk_by(|one, two| one >> 16 == two >> 16) {
        if block.len() > DENSE {
            bits.resize(BLOCK, 0);
            for &row in block {
                note(&mut bits, row);
            }
            flush(Some(block[0] >> 16), &mut bits, from_mut(&mut set));
            continue;
        }
        // They do come in order; a row that did not would be inserted all the same.
        for &row in block {
            if set.try_push(row).is_err() {
                set.insert(row);
            }
        }
    }
    set
}

/// Where there are few places at all: at one go, whatever the rows.
fn by_place(column: &Column, rows: &RoaringBitmap) -> Vec<(u32, RoaringBitmap)> {
    let count = column.distinct();
    let mut sets = vec![RoaringBitmap::new(); count];
    let mut bits = vec![0u8; BLOCK * count];
    let mut used = vec![false; count];
    let mut block = None;
    let mut flush = |block: Option<u32>, bits: &mut [u8], used: &mut [bool]| {
        let slots = sets.iter_mut().zip(bits.chunks_exact_mut(BLOCK)).zip(used);
        for ((set, bytes), used) in slots.filter(|(_, used)| **used) {
            *set |= RoaringBitmap::from_lsb0_bytes(block.unwrap_or(0) << 16, bytes);
            bytes.fill(0);
            *used = false;
        }
    };
    column.each(rows, |row, place| {
        if block != Some(row >> 16) {
            flush(block, &mut bits, &mut used);
            block = Some(row >> 16);
        }
        let slot = place as usize;
        note(&mut bits[slot * BLOCK..], row);
        used[slot] = true;
    });
    flush(block, &mut bits, &mut used);
    let found = (0u32..).zip(sets).filter(|(_, rows)| !rows.is_empty());
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|(_, rows)| rows.min());
    found
}

fn by_bits(rows: &RoaringBitmap, places: &[u32], slots: &Slots) -> Vec<RoaringBitmap> {
    let count = slots.kept.len() + 1;
    let mut sets = vec![RoaringBitmap::new(); count];
    let mut bits = vec![0u8; BLOCK * count];
    let mut block = None;
    for (row, &place) in rows.iter().zip(places) {
        if block != Some(row >> 16) {
            flush(block, &mut bits, &mut sets);
            block = Some(row >> 16);
        }
        let slot = slots.of[place as usize] as usize;
        note(&mut bits[slot * BLOCK..], row);
    }
    flush(block, &mut bits, &mut sets);
    sets
}

/// Notes a row among the bits of its block.
fn note(bits: &mut [u8], row: Row) {
    bits[((row & 0xffff) >> 3) as usize] |= 1 << (row & 7);
}

fn flush(block: Option<u32>, bits: &mut [u8], sets: &mut [RoaringBitmap]) {
    let Some(block) = block else {
        return;
    };
    for (set, bytes) in sets.iter_mut().zip(bits.chunks_exact_mut(BLOCK)) {
        *set |= RoaringBitmap::from_lsb0_bytes(block << 16, bytes);
        bytes.fill(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Asset, Value};

    fn column(values: impl Iterator<Item = String>) -> Listing {
        let mut listing = Listing::new();
        let assets = values.enumerate().map(|(number, value)| Asset {
            id: number.to_string().as_str().into(),
            name: String::new(),
            kind: String::new(),
            fields: vec![("Rights".into(), Value::text(value))],
            locked: None,
        });
        listing.take(&assets.collect::<Vec<_>>());
        listing
    }

    fn parts(listing: &Listing, rows: &RoaringBitmap) -> (usize, u64) {
        let column = listing.values(&"Rights".into()).unwrap();
        let split = Split::of(column, rows);
        let mut all = split.scattered.clone();
        for (place, rows) in &split.repeated {
            assert!(all.is_disjoint(rows), "a row is in one part");
            assert!(rows.iter().all(|row| column.place(row) == *place));
            all |= rows;
        }
        assert_eq!(all, *rows, "and in no more than asked");
        (split.repeated.len(), split.scattered.len())
    }

    #[test]
    fn few_values_are_all_kept_with_their_rows() {
        for (different, count) in [(5, 70_000), (200, 70_000)] {
            let listing = column((0..count).map(|row| (row % different).to_string()));
            assert_eq!(
                parts(&listing, &(0..count).collect()),
                (different as usize, 0)
            );
        }
        let listing = column((0..70_000).map(|_| "one".to_owned()));
        assert_eq!(parts(&listing, &(5..69_000).collect()), (1, 0));
        assert_eq!(parts(&listing, &RoaringBitmap::new()), (0, 0));
    }

    #[test]
    fn rows_are_halved_by_what_holds_for_their_values() {
        let listing = column((0..70_000).map(|row| (row % 300).to_string()));
        let column = listing.values(&"Rights".into()).unwrap();
        let rows = (7..69_999).collect();
        let (long, others) = halves(column, &rows, |place| column.text_at(place).len() == 3);
        assert!(long.iter().all(|row| row % 300 >= 100));
        assert!(others.iter().all(|row| row % 300 < 100));
        assert_eq!(long | others, rows);
    }

    #[test]
    fn values_that_hardly_repeat_are_kept_row_by_row() {
        let value = |row: u32| if row.is_multiple_of(2) { 0 } else { row };
        let listing = column((0..70_000).map(|row| value(row).to_string()));
        assert_eq!(parts(&listing, &(0..70_000).collect()), (1, 35_000));
    }
}
