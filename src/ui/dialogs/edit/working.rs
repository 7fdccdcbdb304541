//! Works the preview of the edit dialog out, as much of it as a key press has time for.

use super::{
    EditDialog,
    worked::{Basis, How, Shown},
};
use crate::{
    domain::{
        Edit, FieldKey,
        arrange::narrowed,
        judging::{Judgement, Judging, Work},
    },
    ui::{
        component::{Reaction, Scene},
        dialogs::behind::{self, AT_ONCE, Behind, Taken},
    },
};

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
        if rows.len() <= AT_ONCE {
            self.work_out(How::All, scene);
            return;
        }
        let first = behind::first(&self.order, &rows);
        self.work_out(How::These(&first), scene);
    }

    fn work_out(&mut self, how: How<'_>, scene: &Scene<'_>) {
        let state = behind::basis(scene);
        let basis = Basis {
            rows: &self.content.rows - &self.content.left_out,
            state,
        };
        let edits = self.edits().0;
        match self.worked.again(&edits, (basis, how), scene.workbench) {
            Ok(worked) => {
                self.behind = if worked.rest.is_empty() {
                    Behind::whole(state)
                } else {
                    Behind::first(state)
                };
                self.worked = worked;
                self.problem = None;
            }
            Err(problem) => {
                self.behind = Behind::whole(state);
                self.problem = Some(problem);
            }
        }
        self.relist();
    }

    /// What is to be judged elsewhere.
    pub(super) fn ask(&mut self, number: u64, scene: &Scene<'_>) -> Option<Judging> {
        let mut behind = self.behind;
        let judging = behind.ask(
            (number, scene),
            || self.worked.judged(),
            || Some(self.worked.fresh()),
            Work::Edits,
        );
        self.behind = behind;
        judging
    }

    /// Takes in what was judged; stages it if that waited for it.
    pub(super) fn take(&mut self, judgement: &mut Judgement, scene: &Scene<'_>) -> Reaction {
        let Work::Edits(judged) = &judgement.work else {
            return Reaction::Passed;
        };
        let taken = self.behind.take(judgement);
        if taken == Taken::Nothing {
            return Reaction::Passed;
        }
        if let Some(problem) = &judgement.problem {
            self.problem = Some(problem.clone());
            let (field, error) = problem;
            if self.behind.give_up() {
                return Reaction::say(format!("Nothing was staged: {field}: {error}."));
            }
            return Reaction::Passed;
        }
        let basis = self.behind.basis();
        self.worked.take(judged, basis, scene.workbench);
        if taken == Taken::SoFar {
            // Between the first piece and the last the list stays as it is.
            return Reaction::Passed;
        }
        self.relist();
        match judgement.asked.take() {
            Some(asked) if self.behind.give_up() => self.staged(asked, scene),
            Some(_) | None => Reaction::Passed,
        }
    }

    pub(super) fn relist(&mut self) {
        let mut list = self.worked.shown(&self.order, self.shown);
        if self.shown == Shown::All {
            list.extend(narrowed(&self.order, &self.content.left_out).iter());
        }
        self.list = list;
        self.asset.keep(self.list.len(), 1);
    }
}
