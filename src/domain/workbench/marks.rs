//! Marks: the rows chosen for the next edit, and the ones chosen before.

use roaring::RoaringBitmap;

use super::Workbench;

/// How many earlier sets of marks can be brought back.
const KEPT_MARKS: usize = 20;

impl Workbench {
    /// The marked rows.
    pub fn marks(&self) -> &RoaringBitmap {
        &self.marks
    }

    /// Marks exactly these rows; the marks before can be brought back.
    pub fn mark(&mut self, rows: RoaringBitmap) {
        if rows != self.marks {
            let before = std::mem::replace(&mut self.marks, rows);
            self.earlier_marks.push(before);
            if self.earlier_marks.len() > KEPT_MARKS {
                self.earlier_marks.remove(0);
            }
        }
    }

    /// Restores marks at a start, without a step back.
    pub fn restore_marks(&mut self, rows: RoaringBitmap) {
        self.marks = rows;
    }

    /// The marks before the last change of more than one row, to be brought back by `s r`.
    pub fn earlier_marks(&self) -> Option<&RoaringBitmap> {
        self.earlier_marks
            .iter()
            .rev()
            .find(|rows| !rows.is_empty())
    }
}
