//! Rows in order. Orders are kept, shared with copies, and kept up to date by what changed.

use std::{
    cmp::Ordering,
    sync::{Arc, Mutex, PoisonError},
};

use roaring::RoaringBitmap;

use super::{
    Column, Listing, NAME, NAME_PLACE, Sort, SortDirection,
    words::{Words, blocks},
};
use crate::domain::Row;

/// Orders kept, the one by name apart.
const KEPT: usize = 4;

/// The orders known. Copies of a listing share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Orders(Arc<Mutex<Vec<Arc<Known>>>>);

/// An order, and what it was worked out from.
#[derive(Debug)]
struct Known {
    sort: Sort,
    field: Column,
    names: Column,
    numeric: bool,
    present: RoaringBitmap,
    rows: Arc<[Row]>,
}

impl Orders {
    fn find(&self, sort: &Sort) -> Option<Arc<Known>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().find(|one| one.sort == *sort).map(Arc::clone)
    }

    fn keep(&self, one: Known) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|other| other.sort != one.sort);
        if known.len() > KEPT {
            let by_name = |one: &Arc<Known>| one.sort == Sort::default();
            if let Some(oldest) = known.iter().position(|one| !by_name(one)) {
                known.remove(oldest);
            }
        }
        known.push(Arc::new(one));
    }
}

impl Known {
    fn is_of(&self, listing: &Listing, field: &Column) -> bool {
        self.field.places().is_same(field.places())
            && self.names.places().is_same(listing.names().places())
            && self.present == *listing.present()
    }

    /// The rows that stand elsewhere now, or may; `None` if the order must be worked out anew.
    fn moved(&self, listing: &Listing, ruler: &Ruler<'_>) -> Option<RoaringBitmap> {
        let mut moved = &self.present ^ listing.present();
        moved |= self.field.places().differing(ruler.field.places());
        moved |= self.names.places().differing(ruler.names.places());
        let few = moved.len() * 8 <= self.present.len();
        (few && self.numeric == ruler.numeric).then_some(moved)
    }
}

/// The rows of an order that are in a set.
pub fn among(order: &[Row], rows: &RoaringBitmap) -> Vec<Row> {
    let set = Set::of(rows);
    let passes = |row: &Row| set.has(*row);
    let mut among = Vec::with_capacity(usize::try_from(rows.len()).unwrap_or(0));
    among.extend(order.iter().copied().filter(passes));
    among
}

/// A bit for every row.
struct Set(Vec<Words>);

impl Set {
    fn of(rows: &RoaringBitmap) -> Self {
        let last = blocks(rows).last().map_or(0, |last| last + 1);
        Self((0..last).map(|block| Words::of(rows, block)).collect())
    }

    fn has(&self, row: Row) -> bool {
        let block = self.0.get((row >> 16) as usize);
        block.is_some_and(|words| words.has((row & 0xffff) as usize))
    }
}

impl Listing {
    /// All listed rows in order; rows with equal values keep the order of their names, then rows.
    /// Worked out once, and kept up to date by what changed.
    pub fn order(&self, sort: &Sort) -> Arc<[Row]> {
        let Some(field) = self.columns.get(&sort.field) else {
            return self.present.iter().collect();
        };
        let known = self.orders.find(sort);
        if let Some(known) = known.as_ref().filter(|known| known.is_of(self, field)) {
            return Arc::clone(&known.rows);
        }
        let ruler = Ruler::new(self, field, sort.direction);
        let moved = known
            .as_ref()
            .and_then(|known| Some((known, known.moved(self, &ruler)?)));
        let rows: Arc<[Row]> = match moved {
            Some((known, moved)) => {
                let fresh = ruler.sorted(&(&moved & &self.present));
                ruler.merged(&known.rows, &Set::of(&moved), &fresh).into()
            }
            None if sort.field.as_str() == NAME => self.arranged(&self.present, sort).into(),
            None => {
                let by_name = self.order(&Sort::default());
                by_value(field, sort.direction, &by_name).into()
            }
        };
        self.orders.keep(Known {
            sort: sort.clone(),
            field: field.clone(),
            names: self.names().clone(),
            numeric: ruler.numeric,
            present: self.present.clone(),
            rows: Arc::clone(&rows),
        });
        rows
    }

    /// The order of all listed rows, if it is known and nothing changed since.
    pub fn known_order(&self, sort: &Sort) -> Option<Arc<[Row]>> {
        let known = self.orders.find(sort)?;
        let field = self.columns.get(&sort.field)?;
        known.is_of(self, field).then(|| Arc::clone(&known.rows))
    }

    /// These rows in order; rows with equal values keep the order of their names, then rows.
    pub fn ordered(&self, rows: &RoaringBitmap, sort: &Sort) -> Vec<Row> {
        let Some(field) = self.columns.get(&sort.field) else {
            return rows.iter().collect();
        };
        let few = rows.len() * 16 <= self.present.len() || rows.len() < 1000;
        let listed = rows.is_subset(&self.present);
        if let Some(order) = self.known_order(sort).filter(|_| listed && !few) {
            return among(&order, rows);
        }
        if few {
            return Ruler::new(self, field, sort.direction).sorted(rows);
        }
        if listed {
            return among(&self.order(sort), rows);
        }
        self.arranged(rows, sort)
    }

    /// The first `most` of these rows in order, without ordering the others.
    pub fn first(&self, rows: &RoaringBitmap, sort: &Sort, most: usize) -> Vec<Row> {
        let Some(field) = self.columns.get(&sort.field) else {
            return rows.iter().take(most).collect();
        };
        if rows.is_subset(&self.present)
            && let Some(order) = self.known_order(sort)
        {
            let set = Set::of(rows);
            let shown = order.iter().copied().filter(|&row| set.has(row));
            return shown.take(most).collect();
        }
        Ruler::new(self, field, sort.direction).first(rows, most)
    }

    fn names(&self) -> &Column {
        &self.columns[NAME_PLACE]
    }

    /// Any rows in order, worked out by counting.
    pub(super) fn arranged(&self, rows: &RoaringBitmap, sort: &Sort) -> Vec<Row> {
        let all: Vec<Row> = rows.iter().collect();
        if sort.field.as_str() == NAME {
            return by_value(self.names(), sort.direction, &all);
        }
        let by_name = by_value(self.names(), SortDirection::Ascending, &all);
        match self.columns.get(&sort.field) {
            Some(field) => by_value(field, sort.direction, &by_name),
            None => all,
        }
    }
}

/// Rows by the rank of their value; rows of one rank stay as they stand.
fn by_value(column: &Column, direction: SortDirection, rows: &[Row]) -> Vec<Row> {
    let (ranks, many) = ranks(column, direction);
    let mut next = vec![0u32; many as usize + 1];
    for &row in rows {
        next[ranks[column.place(row) as usize] as usize] += 1;
    }
    let mut end = 0;
    for count in &mut next {
        end += *count;
        *count = end - *count;
    }
    let mut ordered = vec![0; rows.len()];
    for &row in rows {
        let next = &mut next[ranks[column.place(row) as usize] as usize];
        ordered[*next as usize] = row;
        *next += 1;
    }
    ordered
}

/// The rank of each place, and how many ranks there are. Values that are told apart by case only
/// share one; absent values have the last.
fn ranks(column: &Column, direction: SortDirection) -> (Vec<u32>, u32) {
    let numeric = is_numeric(column);
    let mut keys = keys(column, numeric);
    let texts = column.texts();
    let compare = |left: &(u128, u32), right: &(u128, u32)| {
        let text = |place| if numeric { "" } else { texts.folded(place) };
        (left.0.cmp(&right.0)).then_with(|| text(left.1).cmp(text(right.1)))
    };
    keys.sort_unstable_by(compare);
    let mut ranks = vec![u32::MAX; column.distinct()];
    let mut rank = 0;
    for (at, key) in keys.iter().enumerate() {
        if at > 0 && compare(&keys[at - 1], key) != Ordering::Equal {
            rank += 1;
        }
        ranks[key.1 as usize] = rank;
    }
    let many = if keys.is_empty() { 0 } else { rank + 1 };
    for one in &mut ranks {
        *one = match direction {
            _ if *one == u32::MAX => many,
            SortDirection::Ascending => *one,
            SortDirection::Descending => many - 1 - *one,
        };
    }
    (ranks, many)
}

/// Every place with a value, with a number that mostly tells its rank.
fn keys(column: &Column, numeric: bool) -> Vec<(u128, u32)> {
    let texts = column.texts();
    let present = |place: &u32| column.kind(*place).is_present();
    let places = (0..u32::try_from(column.distinct()).unwrap_or(u32::MAX)).filter(present);
    if numeric {
        let key = |place| (u128::from(size(number(texts.folded(place)))), place);
        return places.map(key).collect();
    }
    let mut common: Option<&str> = None;
    for place in places.clone() {
        let text = texts.folded(place);
        let known = common.unwrap_or(text);
        let same = known
            .bytes()
            .zip(text.bytes())
            .take_while(|(left, right)| left == right);
        // Bytes, not characters: it is only ever used to leave bytes out.
        let same = same.count();
        common = Some(
            known
                .get(..same)
                .unwrap_or(&known[..known.floor_char_boundary(same)]),
        );
    }
    let skip = common.map_or(0, str::len);
    let key = |place| (prefix(&texts.folded(place).as_bytes()[skip..]), place);
    places.map(key).collect()
}

/// The first bytes of a text, as a number that grows as the text does.
fn prefix(bytes: &[u8]) -> u128 {
    let mut first = [0; 16];
    let len = bytes.len().min(16);
    first[..len].copy_from_slice(&bytes[..len]);
    u128::from_be_bytes(first)
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}

/// Numbers as [`f64::total_cmp`] orders them.
fn size(number: Option<f64>) -> u64 {
    let bits = number.unwrap_or_default().to_bits();
    if bits >> 63 == 1 {
        !bits
    } else {
        bits | 1 << 63
    }
}

/// Whether all values of a column are numbers.
fn is_numeric(column: &Column) -> bool {
    let texts = column.texts();
    (0..u32::try_from(column.distinct()).unwrap_or(u32::MAX))
        .filter(|&place| column.kind(place).is_present())
        .all(|place| number(texts.folded(place)).is_some())
}

/// Compares rows.
pub(super) struct Ruler<'a> {
    field: &'a Column,
    names: &'a Column,
    numeric: bool,
    direction: SortDirection,
}

/// A row with what it is compared by; `None` for a value that is absent.
#[derive(Clone, Copy)]
struct Mark<'a> {
    value: Option<(u64, &'a str)>,
    row: Row,
}

impl<'a> Ruler<'a> {
    fn new(listing: &'a Listing, field: &'a Column, direction: SortDirection) -> Self {
        Self {
            field,
            names: listing.names(),
            numeric: is_numeric(field),
            direction,
        }
    }

    #[cfg(test)]
    pub(super) fn of(listing: &'a Listing, sort: &Sort) -> Self {
        Self::new(listing, &listing.columns[&sort.field], sort.direction)
    }

    fn mark(&self, row: Row) -> Mark<'a> {
        let place = self.field.place(row);
        let value = self.field.kind(place).is_present().then(|| {
            let text = self.field.texts().folded(place);
            if self.numeric {
                (size(number(text)), "")
            } else {
                (0, text)
            }
        });
        Mark { value, row }
    }

    fn compare(&self, left: &Mark<'_>, right: &Mark<'_>) -> Ordering {
        let values = match (left.value, right.value) {
            (Some(left), Some(right)) if self.direction == SortDirection::Ascending => {
                left.cmp(&right)
            }
            (Some(left), Some(right)) => right.cmp(&left),
            (left, right) => left.is_none().cmp(&right.is_none()),
        };
        values
            .then_with(|| self.name(left.row).cmp(&self.name(right.row)))
            .then(left.row.cmp(&right.row))
    }

    /// What comes after equal values: the name; those without one come last.
    fn name(&self, row: Row) -> (bool, &'a str) {
        let place = self.names.place(row);
        let absent = !self.names.kind(place).is_present();
        (absent, self.names.texts().folded(place))
    }

    fn sorted(&self, rows: &RoaringBitmap) -> Vec<Row> {
        let mut marks: Vec<Mark<'_>> = rows.iter().map(|row| self.mark(row)).collect();
        marks.sort_unstable_by(|left, right| self.compare(left, right));
        marks.into_iter().map(|mark| mark.row).collect()
    }

    /// The first of these rows.
    pub(super) fn first(&self, rows: &RoaringBitmap, most: usize) -> Vec<Row> {
        if most == 0 {
            return Vec::new();
        }
        let room = (most * 4).max(4096);
        let by = |left: &Mark<'_>, right: &Mark<'_>| self.compare(left, right);
        let mut best: Vec<Mark<'_>> = Vec::with_capacity(room);
        let mut last: Option<Mark<'_>> = None;
        self.field.each(rows, |row, _| {
            let mark = self.mark(row);
            if last.is_some_and(|last| by(&mark, &last).is_gt()) {
                return;
            }
            best.push(mark);
            if best.len() == room {
                best.select_nth_unstable_by(most - 1, by);
                best.truncate(most);
                last = best.last().copied();
            }
        });
        best.sort_unstable_by(by);
        best.truncate(most);
        best.into_iter().map(|mark| mark.row).collect()
    }

    /// An order without the rows that moved, and with these rows, which are in order.
    fn merged(&self, order: &[Row], moved: &Set, fresh: &[Row]) -> Vec<Row> {
        let old: Vec<Row> = order
            .iter()
            .copied()
            .filter(|&row| !moved.has(row))
            .collect();
        let mut merged = Vec::with_capacity(old.len() + fresh.len());
        let mut rest = old.as_slice();
        for &row in fresh {
            let mark = self.mark(row);
            let before = |other: &Row| self.compare(&self.mark(*other), &mark).is_lt();
            let (first, after) = rest.split_at(rest.partition_point(before));
            merged.extend_from_slice(first);
            merged.push(row);
            rest = after;
        }
        merged.extend_from_slice(rest);
        merged
    }
}
