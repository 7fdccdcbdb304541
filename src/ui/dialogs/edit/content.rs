//! What was written in the edit dialog.

use roaring::RoaringBitmap;

use super::fields::FieldLine;
use crate::ui::widgets::Cursor;

/// What is kept when the dialog closes.
#[derive(Clone, Debug)]
pub(in crate::ui::dialogs) struct Content {
    pub(super) rows: RoaringBitmap,
    pub(super) lines: Vec<FieldLine>,
    pub(super) cursor: Cursor,
    pub(super) left_out: RoaringBitmap,
}

impl Content {
    /// The same for assets that may have changed meanwhile.
    pub(super) fn again(&self, mut fresh: Vec<FieldLine>) -> Self {
        for line in &mut fresh {
            if let Some(old) = self
                .lines
                .iter()
                .find(|old| old.field.key == line.field.key)
            {
                line.ticked = old.ticked && line.locked.is_none();
                line.form = old.form.clone();
            }
        }
        Self {
            lines: fresh,
            ..self.clone()
        }
    }
}
