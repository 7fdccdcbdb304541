//! What judging found, piece by piece.

use roaring::RoaringBitmap;

use super::{FieldPreview, Verdict};
use crate::domain::{FieldKey, Row, draft::split::sorted};

/// What was found in one piece, before it is put to the rest.
pub(super) struct Found {
    each: Vec<FieldPreview>,
    whole: FieldPreview,
    /// Rows judged one by one: those that change, those that don't, those refused.
    singles: Vec<Singles>,
}

#[derive(Clone, Default)]
struct Singles {
    changed: Vec<Row>,
    equal: Vec<Row>,
    refused: Vec<(String, Vec<Row>)>,
}

impl Found {
    pub(super) fn new(field: &FieldKey, edits: usize) -> Self {
        let empty = FieldPreview::new(field);
        Self {
            each: vec![empty.clone(); edits],
            whole: empty,
            singles: vec![Singles::default(); edits + 1],
        }
    }

    pub(super) fn add(&mut self, place: Option<usize>, verdict: Verdict, rows: &RoaringBitmap) {
        let slot = match place {
            Some(place) => &mut self.each[place],
            None => &mut self.whole,
        };
        slot.add(verdict, rows);
    }

    pub(super) fn push(&mut self, place: Option<usize>, verdict: Verdict, row: Row) {
        let singles = &mut self.singles[place.unwrap_or(self.each.len())];
        match verdict {
            Verdict::Change => singles.changed.push(row),
            Verdict::Equal => singles.equal.push(row),
            Verdict::Refused(why) => {
                let known = singles.refused.iter_mut().find(|(known, _)| *known == why);
                match known {
                    Some((_, rows)) => rows.push(row),
                    None => singles.refused.push((why, vec![row])),
                }
            }
        }
    }

    pub(super) fn add_to(self, each: &mut [FieldPreview], whole: &mut FieldPreview) {
        let all = self.each.into_iter().chain([self.whole]);
        let slots = each.iter_mut().chain([whole]);
        for ((slot, found), singles) in slots.zip(all).zip(self.singles) {
            slot.join(found);
            slot.add(Verdict::Change, &sorted(singles.changed));
            slot.add(Verdict::Equal, &sorted(singles.equal));
            for (why, rows) in singles.refused {
                slot.add(Verdict::Refused(why), &sorted(rows));
            }
        }
    }
}
