//! The edits of one field, judged piece by piece: what was judged so far can be shown at any time.
//!
//! Work is done once for each value and type, and row by row only where values hardly repeat.

use roaring::RoaringBitmap;

use super::{
    Asked, FieldPreview, Judged, Workbench,
    found::Found,
    judge::{At, Judge},
};
use crate::domain::{Edit, EditError, FieldKey, Row, draft::split::Split};

/// So many assets are judged in one piece.
const PIECE: u32 = 1 << 14;
/// Assets with equal values cost so many times less than others.
const CHEAP: u64 = 64;

/// Edits of one field that are being judged.
#[derive(Clone, Debug)]
pub struct Previewing {
    field: FieldKey,
    /// What to do, and where, in order.
    edits: Vec<(Edit, RoaringBitmap)>,
    rest: RoaringBitmap,
    each: Vec<FieldPreview>,
    whole: FieldPreview,
}

impl Previewing {
    /// Nothing is judged yet.
    pub fn new(field: &FieldKey, edits: Vec<(Edit, RoaringBitmap)>) -> Self {
        let mut rest = RoaringBitmap::new();
        for (_, rows) in &edits {
            rest |= rows;
        }
        let empty = FieldPreview::new(field);
        Self {
            field: field.clone(),
            each: vec![empty.clone(); edits.len()],
            whole: empty,
            edits,
            rest,
        }
    }

    /// The field.
    pub fn field(&self) -> &FieldKey {
        &self.field
    }

    /// The edits, with the assets each was asked of.
    pub fn edits(&self) -> &[(Edit, RoaringBitmap)] {
        &self.edits
    }

    /// What each edit does, of the assets judged so far.
    pub fn each(&self) -> &[FieldPreview] {
        &self.each
    }

    /// What all of them together do, of the assets judged so far.
    pub fn whole(&self) -> &FieldPreview {
        &self.whole
    }

    /// The assets that are not judged yet.
    pub fn rest(&self) -> &RoaringBitmap {
        &self.rest
    }

    /// Judges these assets, if they are not judged yet.
    ///
    /// # Errors
    ///
    /// If an edit makes no sense for the field (a pattern that does not parse, a locked field).
    pub fn judge(&mut self, rows: &RoaringBitmap, bench: &Workbench) -> Result<(), EditError> {
        let rows = rows & &self.rest;
        self.rest -= &rows;
        let judge = Judge::new(&self.field, &self.edits, bench)?;
        let mut found = Found::new(&self.field, self.edits.len());
        for (asked, rows) in self.patterns(rows) {
            judge.rows(&rows, &asked, &mut found);
        }
        found.add_to(&mut self.each, &mut self.whole);
        Ok(())
    }

    /// Judges some of the rest: as many assets as `budget` different values take. Says whether
    /// all are judged.
    ///
    /// # Errors
    ///
    /// As [`Previewing::judge`].
    pub fn step(&mut self, budget: u64, bench: &Workbench) -> Result<bool, EditError> {
        let mut spent = 0;
        while spent < budget && !self.rest.is_empty() {
            let mut rows = self.rest.clone();
            if let Some(end) = self.rest.select(PIECE) {
                rows.remove_range(end..);
            }
            let scattered = bench
                .listing
                .values(&self.field)
                .map_or(0, |column| Split::of(column, &rows).scattered.len());
            spent += scattered + rows.len() / CHEAP;
            self.judge(&rows, bench)?;
        }
        Ok(self.rest.is_empty())
    }

    /// Judges all the rest.
    ///
    /// # Errors
    ///
    /// As [`Previewing::judge`].
    pub fn finish(&mut self, bench: &Workbench) -> Result<(), EditError> {
        self.judge(&self.rest.clone(), bench)
    }

    /// What becomes of one asset.
    ///
    /// # Errors
    ///
    /// As [`Previewing::judge`].
    pub fn of(&self, row: Row, bench: &Workbench) -> Result<Option<Judged>, EditError> {
        let judge = Judge::new(&self.field, &self.edits, bench)?;
        let asked: Vec<bool> = self
            .edits
            .iter()
            .map(|(_, rows)| rows.contains(row))
            .collect();
        if !asked.contains(&true) {
            return Ok(None);
        }
        let standing = bench.standing(row, &self.field);
        let (kind, locked) = (bench.listing.kind(row), bench.listing.locked(row));
        let at = At {
            row,
            kind: &kind,
            locked,
        };
        Ok(Some(judge.whole(at, &standing, &asked)))
    }

    /// What would be staged of the assets judged so far: a refused value is not, and neither is half
    /// of what was asked of it.
    pub fn asked(&self) -> Vec<Asked> {
        let mut out = self.rest.clone();
        for (_, rows) in &self.whole.refused {
            out |= rows;
        }
        let asked = self.edits.iter().map(|(edit, rows)| Asked {
            field: self.field.clone(),
            edit: edit.clone(),
            rows: rows - &out,
        });
        asked.filter(|one| !one.rows.is_empty()).collect()
    }

    /// Rows by which edits are asked of them.
    fn patterns(&self, rows: RoaringBitmap) -> Vec<(Vec<bool>, RoaringBitmap)> {
        let mut patterns = vec![(Vec::new(), rows)];
        for (_, asked) in &self.edits {
            let mut more = Vec::with_capacity(patterns.len());
            for (pattern, rows) in patterns {
                let inside = &rows & asked;
                let outside = rows - asked;
                for (is_asked, rows) in [(true, inside), (false, outside)] {
                    if !rows.is_empty() {
                        let pattern: &Vec<bool> = &pattern;
                        let pattern = pattern.iter().copied().chain([is_asked]);
                        more.push((pattern.collect(), rows));
                    }
                }
            }
            patterns = more;
        }
        patterns
    }
}
