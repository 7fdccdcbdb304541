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
            groups.conflicts(column, &listed).0
        })
    }
}

/// Whether a value read now is another than the one a draft rests on. A value nobody had read is
/// no base to differ from.
pub(super) fn drifted(kind: FieldKind, now: &Value, base: &Value) -> bool {
    *now != Value::Unknown && *base != Value::Unknown && !kind.is_alike(now, base)
}
