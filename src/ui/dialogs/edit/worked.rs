//! What the edits would do, put together by field and by asset: worked out when the form changes.

use std::{fmt::Write, rc::Rc, sync::Arc};

use roaring::RoaringBitmap;

use crate::{
    domain::{
        Edit, EditError, FieldKey, Row, Workbench,
        arrange::narrowed,
        workbench::{Asked, Judged, Previewing},
    },
    ui::{dialogs::behind, widgets::text},
};

/// Which assets of the preview are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shown {
    #[default]
    All,
    Changed,
    Refused,
    Equal,
}

impl Shown {
    pub(super) const ALL: [Self; 4] = [Self::All, Self::Changed, Self::Refused, Self::Equal];
}

/// One field of the preview: from what the draft has now to the end result of all its edits.
#[derive(Clone, Debug)]
pub(super) struct FieldEffect {
    pub(super) field: FieldKey,
    /// The edits asked for, before refused assets were taken out.
    edits: Vec<Edit>,
    /// What was judged so far.
    judged: Previewing,
    locked: RoaringBitmap,
    wrong: RoaringBitmap,
}

impl FieldEffect {
    fn new(field: &FieldKey, edits: &[Edit], rows: &RoaringBitmap) -> Self {
        let asked = edits.iter().map(|edit| (edit.clone(), rows.clone()));
        Self {
            field: field.clone(),
            edits: edits.to_vec(),
            judged: Previewing::new(field, asked.collect()),
            locked: RoaringBitmap::new(),
            wrong: RoaringBitmap::new(),
        }
    }

    /// Judges these assets, or all.
    fn go_on(&mut self, how: How<'_>, workbench: &Workbench) -> Result<(), EditError> {
        match how {
            How::These(rows) => self.judged.judge(rows, workbench)?,
            How::All => self.judged.finish(workbench)?,
        }
        self.tell_apart(workbench);
        Ok(())
    }

    /// Takes what was judged elsewhere.
    fn take(&mut self, judged: Previewing, workbench: &Workbench) {
        self.judged = judged;
        self.tell_apart(workbench);
    }

    /// Tells what is refused on locked assets from other refusals.
    fn tell_apart(&mut self, workbench: &Workbench) {
        let mut refused = RoaringBitmap::new();
        for (_, rows) in &self.judged.whole().refused {
            refused |= rows;
        }
        self.locked.clear();
        for (_, rows) in workbench.listing.locked_among(&refused) {
            self.locked |= rows;
        }
        self.wrong = refused - &self.locked;
    }

    /// How many values change, are so already, can't be given.
    pub(super) fn counts(&self) -> [u64; 3] {
        self.judged.whole().counts()
    }

    /// What becomes of an asset.
    pub(super) fn of_row(&self, row: Row, workbench: &Workbench) -> Option<Judged> {
        self.judged.of(row, workbench).ok().flatten()
    }

    /// The first reason anything is refused here.
    pub(super) fn refusal(&self) -> Option<&str> {
        let first = self.judged.whole().refused.first();
        first.map(|(why, _)| why.as_str())
    }
}

/// How much of a preview is worked out.
#[derive(Clone, Copy, Debug)]
pub(super) enum How<'a> {
    /// These assets.
    These(&'a RoaringBitmap),
    /// All.
    All,
}

/// What a preview was worked out from, beside the form: another basis makes another preview.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Basis {
    pub(super) rows: RoaringBitmap,
    pub(super) state: behind::Basis,
}

/// What the edits would do.
#[derive(Clone, Debug, Default)]
pub(super) struct Worked {
    pub(super) basis: Basis,
    /// Field by field; a field whose edits did not change is not worked out again.
    pub(super) fields: Vec<Rc<FieldEffect>>,
    /// Values that change, those that are so already, those that can't be given.
    pub(super) changes: u64,
    pub(super) equal: u64,
    pub(super) refused: u64,
    pub(super) changed: RoaringBitmap,
    pub(super) locked: RoaringBitmap,
    pub(super) wrong: RoaringBitmap,
    pub(super) unchanged: RoaringBitmap,
    /// Assets that are not worked out yet.
    pub(super) rest: RoaringBitmap,
}

impl Worked {
    /// Works out what these edits would do, as far as asked. What was worked out of the same edits
    /// and assets before is not done again.
    ///
    /// # Errors
    ///
    /// If one makes no sense, as a pattern that does not parse: of which field, and why.
    pub(super) fn again(
        &self,
        edits: &[(FieldKey, Vec<Edit>)],
        (basis, how): (Basis, How<'_>),
        workbench: &Workbench,
    ) -> Result<Self, (FieldKey, EditError)> {
        let mut worked = Self {
            basis,
            ..Self::default()
        };
        for (field, edits) in edits {
            let same = |known: &&Rc<FieldEffect>| known.field == *field && known.edits == *edits;
            let known = self
                .fields
                .iter()
                .find(same)
                .filter(|_| self.basis == worked.basis);
            let mut effect = match known {
                Some(known) => Rc::clone(known),
                None => Rc::new(FieldEffect::new(field, edits, &worked.basis.rows)),
            };
            if known.is_none() || !effect.judged.rest().is_empty() {
                let gone_on = Rc::make_mut(&mut effect).go_on(how, workbench);
                gone_on.map_err(|error| (field.clone(), error))?;
            }
            worked.add(effect);
        }
        worked.leave();
        Ok(worked)
    }

    /// The same edits, of which nothing is judged yet.
    pub(super) fn fresh(&self) -> Vec<Previewing> {
        let rows = &self.basis.rows;
        let fresh = |effect: &Rc<FieldEffect>| FieldEffect::new(&effect.field, &effect.edits, rows);
        self.fields
            .iter()
            .map(|effect| fresh(effect).judged)
            .collect()
    }

    /// What was judged of each field.
    pub(super) fn judged(&self) -> Vec<Previewing> {
        let judged = self.fields.iter().map(|effect| effect.judged.clone());
        judged.collect()
    }

    /// Takes what was judged elsewhere of the same edits, on this basis.
    pub(super) fn take(
        &mut self,
        judged: &[Previewing],
        state: behind::Basis,
        workbench: &Workbench,
    ) {
        let rows = std::mem::take(&mut self.basis.rows);
        let mut worked = Self {
            basis: Basis { rows, state },
            ..Self::default()
        };
        for (mut effect, judged) in self.fields.drain(..).zip(judged) {
            Rc::make_mut(&mut effect).take(judged.clone(), workbench);
            worked.add(effect);
        }
        worked.leave();
        *self = worked;
    }

    /// What is left when everything else is told.
    fn leave(&mut self) {
        let touched = &self.changed | &self.locked | &self.wrong;
        self.unchanged = &self.basis.rows - touched - &self.rest;
    }

    fn add(&mut self, effect: Rc<FieldEffect>) {
        let [changes, equal, refused] = effect.counts();
        self.changes += changes;
        self.equal += equal;
        self.refused += refused;
        self.changed |= &effect.judged.whole().changed;
        self.locked |= &effect.locked;
        self.wrong |= &effect.wrong;
        self.rest |= effect.judged.rest();
        self.fields.push(effect);
    }

    /// What would be staged.
    pub(super) fn asked(&self) -> Vec<Asked> {
        let asked = self.fields.iter().flat_map(|effect| effect.judged.asked());
        asked.collect()
    }

    /// The rows shown, out of all in their order: problems first, then what changes.
    pub(super) fn shown(&self, order: &Arc<[Row]>, shown: Shown) -> Vec<Row> {
        let pick = |set: &RoaringBitmap| narrowed(order, set).to_vec();
        match shown {
            Shown::Changed => pick(&self.changed),
            Shown::Refused => {
                let locked = &self.locked - &self.wrong;
                [&self.wrong, &locked]
                    .map(|rows| narrowed(order, rows))
                    .concat()
            }
            Shown::Equal => pick(&self.unchanged),
            Shown::All => {
                let locked = &self.locked - &self.wrong;
                let changed = &self.changed - &self.wrong - &locked;
                let parts = [&self.wrong, &locked, &changed, &self.unchanged, &self.rest];
                let parts = parts.map(|rows| narrowed(order, rows));
                parts.concat()
            }
        }
    }

    /// How many assets each of the views shows.
    pub(super) fn count(&self, shown: Shown, all: u64) -> u64 {
        match shown {
            Shown::All => all,
            Shown::Changed => self.changed.len(),
            Shown::Refused => self.locked.union_len(&self.wrong),
            Shown::Equal => self.unchanged.len(),
        }
    }

    /// `94 changes, 12 equal, 7 refused`.
    pub(super) fn counts(&self) -> String {
        let changes = text::counted(self.changes, "change");
        let [equal, refused] = [self.equal, self.refused].map(text::number);
        format!("{changes}, {equal} equal, {refused} refused")
    }

    /// `Will stage 94 changes on 35 assets; 7 changes are refused.`
    pub(super) fn sentence(&self, left_out: u64, width: u16) -> String {
        let changes = text::counted(self.changes, "change");
        let assets = text::counted(self.changed.len(), "asset");
        let is_short = width < 78;
        let will = if is_short { "Stages" } else { "Will stage" };
        let mut sentence = format!("{will} {changes} on {assets}");
        if self.refused > 0 {
            let _ = match (is_short, self.refused) {
                (true, _) => write!(sentence, "; {} refused", text::number(self.refused)),
                (false, 1) => write!(sentence, "; 1 change is refused"),
                (false, many) => write!(sentence, "; {} changes are refused", text::number(many)),
            };
        }
        if left_out > 0 {
            let taken_out = if is_short {
                format!("; {} taken out", text::number(left_out))
            } else {
                format!("; {} taken out by you", text::counted(left_out, "asset"))
            };
            sentence.push_str(&taken_out);
        }
        if !is_short {
            sentence.push('.');
        }
        sentence
    }
}
