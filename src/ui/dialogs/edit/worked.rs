//! What the edits would do, put together by field and by asset: worked out when the form changes.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write,
    rc::Rc,
};

use roaring::RoaringBitmap;

use crate::{
    domain::{
        Edit, EditError, FieldKey, Row, Workbench,
        run::same,
        workbench::{Asked, PreviewGroup, Verdict},
    },
    ui::widgets::text,
};

/// Which assets of the preview are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shown {
    #[default]
    All,
    Changed,
    Locked,
    Errors,
    Equal,
}

impl Shown {
    pub(super) const ALL: [Self; 5] = [
        Self::All,
        Self::Changed,
        Self::Locked,
        Self::Errors,
        Self::Equal,
    ];
}

/// One field of the preview: from what the draft has now to the end result of all its edits.
#[derive(Debug)]
pub(super) struct FieldEffect {
    pub(super) field: FieldKey,
    pub(super) groups: Vec<PreviewGroup>,
    by_row: HashMap<Row, u32>,
    /// What would be staged.
    asked: Vec<Asked>,
    /// The edits asked for, before refused assets were taken out.
    edits: Vec<Edit>,
    /// How many values change, are so already, can't be given.
    pub(super) counts: [u64; 3],
    changed: RoaringBitmap,
    locked: RoaringBitmap,
    wrong: RoaringBitmap,
}

impl FieldEffect {
    fn of(
        field: &FieldKey,
        edits: &[Edit],
        rows: &RoaringBitmap,
        workbench: &Workbench,
    ) -> Result<Self, EditError> {
        let one = |edit: &Edit| Asked {
            field: field.clone(),
            edit: edit.clone(),
            rows: rows.clone(),
        };
        let asked: Vec<Asked> = edits.iter().map(one).collect();
        let preview = workbench.preview(&asked)?;
        let steps = preview.fields.into_iter().map(|step| step.groups);
        let groups = steps
            .reduce(|one, two| combined(&one, &two))
            .unwrap_or_default();
        let mut effect = Self {
            field: field.clone(),
            by_row: if groups.len() > 64 {
                index(&groups)
            } else {
                HashMap::new()
            },
            groups: Vec::new(),
            asked,
            edits: edits.to_vec(),
            counts: [0; 3],
            changed: RoaringBitmap::new(),
            locked: RoaringBitmap::new(),
            wrong: RoaringBitmap::new(),
        };
        for group in &groups {
            effect.count(group, workbench);
        }
        effect.groups = groups;
        Ok(effect)
    }

    /// A refused value is not staged, and neither is half of what was asked of it.
    fn count(&mut self, group: &PreviewGroup, workbench: &Workbench) {
        let (slot, set) = match group.verdict {
            Verdict::Change => (0, Some(&mut self.changed)),
            Verdict::Equal => (1, None),
            Verdict::Refused(_) => {
                for one in &mut self.asked {
                    one.rows -= &group.rows;
                }
                let locked = |row: &Row| workbench.listing.locked(*row).is_some();
                let locked: RoaringBitmap = group.rows.iter().filter(locked).collect();
                self.wrong |= &group.rows - &locked;
                self.locked |= locked;
                (2, None)
            }
        };
        self.counts[slot] += group.rows.len();
        if let Some(set) = set {
            *set |= &group.rows;
        }
    }

    /// What becomes of an asset.
    pub(super) fn of_row(&self, row: Row) -> Option<&PreviewGroup> {
        if self.by_row.is_empty() {
            return self.groups.iter().find(|group| group.rows.contains(row));
        }
        self.by_row
            .get(&row)
            .map(|&place| &self.groups[place as usize])
    }

    /// The first reason anything is refused here.
    pub(super) fn refusal(&self) -> Option<&str> {
        self.groups.iter().find_map(|group| match &group.verdict {
            Verdict::Refused(why) => Some(why.as_str()),
            Verdict::Change | Verdict::Equal => None,
        })
    }
}

/// What a preview was worked out from, beside the form: another basis makes another preview.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Basis {
    pub(super) rows: RoaringBitmap,
    /// Assets listed, steps of the log, number of the listing.
    pub(super) state: (u64, usize, u64),
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
    /// Refused values on assets that may be edited.
    pub(super) errors: u64,
    pub(super) changed: RoaringBitmap,
    pub(super) locked: RoaringBitmap,
    pub(super) wrong: RoaringBitmap,
    pub(super) unchanged: RoaringBitmap,
}

impl Worked {
    /// Works out what these edits would do.
    ///
    /// # Errors
    ///
    /// If one makes no sense, as a pattern that does not parse: of which field, and why.
    pub(super) fn again(
        &self,
        edits: &[(FieldKey, Vec<Edit>)],
        basis: Basis,
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
            let effect = match known {
                Some(known) => Rc::clone(known),
                None => Rc::new(
                    FieldEffect::of(field, edits, &worked.basis.rows, workbench)
                        .map_err(|error| (field.clone(), error))?,
                ),
            };
            worked.add(effect);
        }
        let touched = &worked.changed | &worked.locked | &worked.wrong;
        worked.unchanged = &worked.basis.rows - touched;
        Ok(worked)
    }

    fn add(&mut self, effect: Rc<FieldEffect>) {
        let [changes, equal, refused] = effect.counts;
        self.changes += changes;
        self.equal += equal;
        self.refused += refused;
        self.errors += effect.wrong.len();
        self.changed |= &effect.changed;
        self.locked |= &effect.locked;
        self.wrong |= &effect.wrong;
        self.fields.push(effect);
    }

    /// What would be staged.
    pub(super) fn asked(&self) -> Vec<Asked> {
        let asked = self.fields.iter().flat_map(|effect| &effect.asked);
        asked.filter(|one| !one.rows.is_empty()).cloned().collect()
    }

    /// The rows shown, out of all in their order: problems first, then what changes.
    pub(super) fn shown(&self, order: &[Row], shown: Shown) -> Vec<Row> {
        let pick = |set: &RoaringBitmap, not: &[&RoaringBitmap]| -> Vec<Row> {
            let hit = |row: &&Row| {
                set.contains(**row) && !not.iter().any(|earlier| earlier.contains(**row))
            };
            order.iter().filter(hit).copied().collect()
        };
        match shown {
            Shown::Changed => pick(&self.changed, &[]),
            Shown::Locked => pick(&self.locked, &[]),
            Shown::Errors => pick(&self.wrong, &[]),
            Shown::Equal => pick(&self.unchanged, &[]),
            Shown::All => {
                let mut rows = pick(&self.wrong, &[]);
                rows.extend(pick(&self.locked, &[&self.wrong]));
                rows.extend(pick(&self.changed, &[&self.wrong, &self.locked]));
                rows.extend(pick(&self.unchanged, &[]));
                rows
            }
        }
    }

    /// How many assets each of the views shows.
    pub(super) fn count(&self, shown: Shown, all: u64) -> u64 {
        match shown {
            Shown::All => all,
            Shown::Changed => self.changed.len(),
            Shown::Locked => self.locked.len(),
            Shown::Errors => self.errors,
            Shown::Equal => self.unchanged.len(),
        }
    }

    /// `94 change, 12 equal, 7 refused`.
    pub(super) fn counts(&self) -> String {
        let [changes, equal, refused] = [self.changes, self.equal, self.refused].map(text::number);
        format!("{changes} change, {equal} equal, {refused} refused")
    }

    /// `Will stage 94 changes on 35 assets; leaves out 1 error and 2 locked assets.`
    pub(super) fn sentence(&self, left_out: u64, width: u16) -> String {
        let changes = text::counted(self.changes, "change");
        let assets = text::counted(self.changed.len(), "asset");
        let (locked, short) = (self.locked.len(), width < 78);
        if short {
            let mut sentence = format!("Stages {changes} on {assets}");
            let parts = [
                (self.errors, "error"),
                (locked, "locked"),
                (left_out, "left out"),
            ];
            for (count, word) in parts.iter().filter(|(count, _)| *count > 0) {
                let _ = write!(sentence, "; {} {word}", text::number(*count));
            }
            return sentence;
        }
        let mut sentence = format!("Will stage {changes} on {assets}");
        let mut left = Vec::new();
        if self.errors > 0 {
            left.push(text::counted(self.errors, "error"));
        }
        if locked > 0 {
            left.push(text::counted(locked, "locked asset"));
        }
        if left_out > 0 {
            left.push(format!("{} you left out", text::number(left_out)));
        }
        if !left.is_empty() {
            sentence.push_str("; leaves out ");
            sentence.push_str(&left.join(" and "));
        }
        sentence.push('.');
        sentence
    }
}

fn index(groups: &[PreviewGroup]) -> HashMap<Row, u32> {
    let rows = (0u32..)
        .zip(groups)
        .flat_map(|(place, group)| group.rows.iter().map(move |row| (row, place)));
    rows.collect()
}

/// Two edits of one field as one: from before the first to after the second.
fn combined(first: &[PreviewGroup], second: &[PreviewGroup]) -> Vec<PreviewGroup> {
    let then = index(second);
    let mut pairs: BTreeMap<(usize, u32), RoaringBitmap> = BTreeMap::new();
    for (place, group) in first.iter().enumerate() {
        for row in &group.rows {
            if let Some(&after) = then.get(&row) {
                pairs.entry((place, after)).or_default().insert(row);
            }
        }
    }
    let mut groups: Vec<PreviewGroup> = pairs
        .into_iter()
        .map(|((one, two), rows)| {
            let (one, two) = (&first[one], &second[two as usize]);
            let verdict = match (&one.verdict, &two.verdict) {
                (Verdict::Refused(why), _) | (_, Verdict::Refused(why)) => {
                    Verdict::Refused(why.clone())
                }
                _ if same(&one.before, &two.after) => Verdict::Equal,
                _ => Verdict::Change,
            };
            let after = match one.verdict {
                Verdict::Refused(_) => one.after.clone(),
                Verdict::Change | Verdict::Equal => two.after.clone(),
            };
            PreviewGroup {
                before: one.before.clone(),
                after,
                verdict,
                rows,
            }
        })
        .collect();
    groups.sort_by_key(|group| match group.verdict {
        Verdict::Refused(_) => 0,
        Verdict::Change => 1,
        Verdict::Equal => 2,
    });
    groups
}
