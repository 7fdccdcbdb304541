//! Works the preview of the edit dialog out, as much of it as a key press has time for.

use super::{
    EditDialog,
    worked::{Basis, Shown, Worked},
};
use crate::{
    domain::{Edit, EditError, FieldKey},
    ui::component::Scene,
};

/// Assets above which a key works out the first ones only; the others follow when the keys rest.
pub(super) const MANY: u64 = 5000;
/// How many the first ones are.
const FIRST: usize = 1000;

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
        let first = self
            .order
            .iter()
            .filter(|row| rows.contains(**row))
            .take(FIRST);
        let basis = Basis {
            rows: first.copied().collect(),
            state: state(scene),
        };
        self.partial = true;
        let worked = self.worked.again(&self.edits().0, basis, scene.workbench);
        self.take(worked);
    }

    /// Works out the preview of all assets.
    pub(super) fn finish(&mut self, scene: &Scene<'_>) {
        let rows = &self.content.rows - &self.content.left_out;
        let basis = Basis {
            rows,
            state: state(scene),
        };
        self.partial = false;
        let worked = self.whole.again(&self.edits().0, basis, scene.workbench);
        if let Ok(worked) = &worked {
            self.whole = worked.clone();
        }
        self.take(worked);
    }

    pub(super) fn take(&mut self, worked: Result<Worked, (FieldKey, EditError)>) {
        match worked {
            Ok(worked) => {
                self.worked = worked;
                self.problem = None;
            }
            Err(problem) => {
                self.partial = false;
                self.problem = Some(problem);
            }
        }
        self.relist();
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
