//! Rows in order. Orders are kept, shared with copies, and kept up to date by what changed.

use std::{
    cmp::Ordering,
    sync::{Arc, Mutex, PoisonError},
};

use roaring::RoaringBitmap;

use super::{
    Column, Listing, NAME, NAME_PLACE, Sort, SortDirection,
    bits::Bits,
    ranks::{by_value, is_numeric, number, size},
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
        let alike = self.numeric == ruler.numeric && is_numeric(&self.names) == ruler.numbered;
        (few && alike).then_some(moved)
    }
}

/// The rows of an order that are in a set.
pub fn among(order: &[Row], rows: &RoaringBitmap) -> Vec<Row> {
    let mut among = Vec::with_capacity(usize::try_from(rows.len()).unwrap_or(0));
    Bits::of(rows).pick(order, |some| among.extend_from_slice(some));
    among
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
                ruler.merged(&known.rows, &Bits::of(&moved), &fresh).into()
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
            let set = Bits::of(rows);
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

/// Compares rows.
pub(super) struct Ruler<'a> {
    field: &'a Column,
    names: &'a Column,
    numeric: bool,
    /// Whether all names are numbers: then they stand by size.
    numbered: bool,
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
            numbered: is_numeric(listing.names()),
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
    fn name(&self, row: Row) -> (bool, u64, &'a str) {
        let place = self.names.place(row);
        let text = self.names.texts().folded(place);
        if !self.names.kind(place).is_present() {
            (true, 0, "")
        } else if self.numbered {
            (false, size(number(text)), "")
        } else {
            (false, 0, text)
        }
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
    fn merged(&self, order: &[Row], moved: &Bits, fresh: &[Row]) -> Vec<Row> {
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
