//! Rows by state, and what changed on the server since it was staged.

use roaring::RoaringBitmap;

use super::Workbench;
use crate::domain::{FieldKey, FieldKind, Value, query::Sets};

impl Workbench {
    /// The rows `is:` asks for.
    pub fn sets(&self) -> Sets {
        let mut sets = Sets {
            marked: self.marks.clone(),
            staged: self.draft().rows().clone(),
            conflict: self.drifted(),
            ..Sets::default()
        };
        if let Some(run) = self.runs.last() {
            sets.add_run(run);
        }
        sets
    }

    /// The rows in conflict: somebody changed a value on the server since it was staged, and to
    /// something else than what is asked for.
    pub fn drifted(&self) -> RoaringBitmap {
        let mut rows = RoaringBitmap::new();
        for (field, _) in self.draft().fields() {
            rows |= self.drifted_in(field);
        }
        rows
    }

    /// The same for one field. It is what the plan leaves out. Nothing is known of assets that are
    /// not listed, so none are told while the listing is still to come.
    pub fn drifted_in(&self, field: &FieldKey) -> RoaringBitmap {
        let groups = self.draft().field(field);
        let column = self.listing.values(field);
        groups.map_or_else(RoaringBitmap::new, |groups| {
            let listed = groups.rows() & self.listing.present();
            groups.conflicts(column, &listed).0 - self.written_by_us(field)
        })
    }
}

impl Workbench {
    /// The rows whose value of a field a run that is not over wrote, or may have written: what the
    /// server has there now is our own doing, also where it stored it in its own way.
    fn written_by_us(&self, field: &FieldKey) -> RoaringBitmap {
        let unfinished = self.runs.iter().filter(|run| run.is_unfinished());
        let written = unfinished.flat_map(|run| {
            let ended = run.items.iter().zip(&run.settled);
            ended.filter(|(item, settled)| {
                let is_written = settled.as_ref().is_some_and(|one| one.outcome.is_written());
                is_written && item.field == *field
            })
        });
        written
            .filter_map(|(item, settled)| {
                let row = self.listing.row(&item.asset)?;
                let now = self.listing.value(row, field);
                let stored = settled.as_ref().and_then(|one| one.server.as_ref());
                let is_ours = item.is_met_by(&now)
                    || stored.is_some_and(|stored| item.value_kind.is_alike(stored, &now));
                is_ours.then_some(row)
            })
            .collect()
    }
}

/// Whether a value read now is another than the one a draft rests on. A value nobody had read is
/// no base to differ from.
pub(super) fn drifted(kind: FieldKind, now: &Value, base: &Value) -> bool {
    *now != Value::Unknown && *base != Value::Unknown && !kind.is_alike(now, base)
}
