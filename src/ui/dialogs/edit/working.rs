//! Works the preview of the edit dialog out, as much of it as a key press has time for.

use roaring::RoaringBitmap;

use super::{
    EditDialog,
    worked::{Basis, How, Shown, Worked},
};
use crate::{
    domain::{Edit, EditError, FieldKey},
    ui::component::Scene,
};

/// Assets above which a key works out the first ones only; the others follow piece by piece.
pub(super) const MANY: u64 = 5000;
/// How many the first ones are.
const FIRST: usize = 1000;
/// So many different values are judged in one piece.
const PIECE: u64 = 12_000;

impl EditDialog {
    /// The edits of the ticked fields, top to bottom, and what is still missing.
    pub(super) fn edits(&self) -> (Vec<(FieldKey, Vec<Edit>)>, Option<String>) {
        let mut edits = Vec::new();
        let mut missing = None;
        for line in self.content.lines.iter().filter(|line| line.ticked) {
            let key = &line.field.key;
            match line.form.edits(&line.field) {
                Ok(some) => edits.push((key.clone(), some)),
                Err(why) => missing = missing.or(Some(format!("{key}: {why}"))),
            }
        }
        (edits, missing)
    }

    /// Works the preview out again, after the form changed: of all assets, or of the first ones
    /// where there are many.
    pub(super) fn work(&mut self, scene: &Scene<'_>) {
        let rows = &self.content.rows - &self.content.left_out;
        if rows.len() <= MANY {
            self.finish(scene);
            return;
        }
        let order = self.order.iter();
        let first = order.filter(|row| rows.contains(**row)).take(FIRST);
        let first: RoaringBitmap = first.copied().collect();
        self.work_out(How::These(&first), scene);
    }

    /// Works out some more of the preview.
    pub(super) fn go_on(&mut self, scene: &Scene<'_>) {
        self.work_out(How::Some(PIECE), scene);
    }

    /// Works out the preview of all assets.
    pub(super) fn finish(&mut self, scene: &Scene<'_>) {
        self.work_out(How::All, scene);
    }

    fn work_out(&mut self, how: How<'_>, scene: &Scene<'_>) {
        let basis = Basis {
            rows: &self.content.rows - &self.content.left_out,
            state: state(scene),
        };
        let edits = self.edits().0;
        let worked = self.worked.again(&edits, (basis, how), scene.workbench);
        self.take(worked);
        // Between the first piece and the last the list stays as it is.
        if !(self.partial && matches!(how, How::Some(_))) {
            self.relist();
        }
    }

    pub(super) fn take(&mut self, worked: Result<Worked, (FieldKey, EditError)>) {
        match worked {
            Ok(worked) => {
                self.partial = !worked.is_whole();
                self.worked = worked;
                self.problem = None;
            }
            Err(problem) => {
                self.partial = false;
                self.problem = Some(problem);
            }
        }
    }

    pub(super) fn relist(&mut self) {
        let mut list = self.worked.shown(&self.order, self.shown);
        if self.shown == Shown::All {
            let out = &self.content.left_out;
            list.extend(self.order.iter().filter(|row| out.contains(**row)));
        }
        self.list = list;
        self.asset.keep(self.list.len(), 1);
    }
}

/// What the preview depends on beside the form.
pub(super) fn state(scene: &Scene<'_>) -> (u64, usize, u64) {
    let workbench = scene.workbench;
    (
        workbench.listing.len(),
        workbench.log().len(),
        workbench.listing.generation,
    )
}
