//! What stands in the way of staged changes: values changed on the server since, and refusals.

use indexmap::IndexMap;
use roaring::RoaringBitmap;

use crate::{
    domain::{
        FieldKey, Row,
        draft::{Chain, split::Split},
        listing::TYPE,
        plan::{Admission, Admits},
    },
    ui::component::Scene,
};

/// So many changes whose values hardly repeat are checked at once; the others when the keys rest.
const AT_ONCE: u32 = 20_000;

/// Staged changes somebody should look at before they are sent, by field.
#[derive(Clone, Debug, Default)]
pub(super) struct Problems {
    drifted: IndexMap<FieldKey, RoaringBitmap>,
    refused: IndexMap<FieldKey, Vec<(String, RoaringBitmap)>>,
    rows: RoaringBitmap,
    /// Changes that must be looked at one by one, and were not yet.
    open: Vec<(FieldKey, RoaringBitmap)>,
}

impl Problems {
    /// Of the whole draft; nothing is known before the listing is there. Cost grows with the groups
    /// and with the distinct types in them; what has to be looked at one by one is begun with.
    pub(super) fn of(scene: &Scene<'_>) -> Self {
        let mut problems = Self::default();
        let bench = scene.workbench;
        if bench.is_opening() {
            return problems;
        }
        let suspects = &scene.view.sets().conflict;
        for (field, groups) in bench.draft().fields() {
            if !suspects.is_disjoint(groups.rows()) {
                let drifted = bench.drifted_in(field);
                problems.rows |= &drifted;
                if !drifted.is_empty() {
                    problems.drifted.insert(field.clone(), drifted);
                }
            }
            let Some(refusing) = Refusing::of(field, scene) else {
                continue;
            };
            for chain in groups.chains() {
                problems.check(&refusing, chain, field);
            }
        }
        problems.go_on(scene);
        problems
    }

    /// Whether changes are left to be looked at.
    pub(super) fn is_unfinished(&self) -> bool {
        !self.open.is_empty()
    }

    /// Looks at some more changes one by one.
    pub(super) fn go_on(&mut self, scene: &Scene<'_>) {
        let Some((field, mut rows)) = self.open.pop() else {
            return;
        };
        let later = rows.select(AT_ONCE).map(|end| {
            let mut later = rows.clone();
            later.remove_range(..end);
            rows.remove_range(end..);
            later
        });
        let groups = scene.workbench.draft().field(&field);
        let refusing = Refusing::of(&field, scene);
        if let Some((groups, refusing)) = groups.zip(refusing) {
            for chain in groups.chains() {
                let here = chain.rows() & &rows;
                for (row, pair) in chain.each(&here) {
                    if let Some(why) = refusing.value(row, &pair.after) {
                        self.refuse(&field, why, &[row].into());
                    }
                }
            }
        }
        self.open.extend(later.map(|rows| (field, rows)));
    }

    fn check(&mut self, refusing: &Refusing<'_>, chain: &Chain, field: &FieldKey) {
        for group in chain.groups().iter().filter(|group| !group.is_equal()) {
            for (why, rows) in refusing.places(&group.rows) {
                self.refuse(field, why, &rows);
            }
            for (kind, rows) in refusing.kinds(&group.rows) {
                if let Some(why) = refusing.admission.refusal(&kind, &group.after) {
                    self.refuse(field, why, &rows);
                }
            }
        }
        let each = chain.scattered() - chain.scattered_equal();
        for (why, rows) in refusing.places(&each) {
            self.refuse(field, why, &rows);
        }
        let rest = refusing.open(&each);
        for (kind, rows) in refusing.kinds(&rest) {
            match refusing.admission.admits(&kind) {
                Admits::All => {}
                Admits::Nothing(why) => self.refuse(field, why, &rows),
                Admits::Some if rows.is_empty() => {}
                Admits::Some => self.open.push((field.clone(), rows)),
            }
        }
    }

    fn refuse(&mut self, field: &FieldKey, why: String, rows: &RoaringBitmap) {
        if rows.is_empty() {
            return;
        }
        self.rows |= rows;
        let known = self.refused.entry(field.clone()).or_default();
        match known.iter_mut().find(|(reason, _)| *reason == why) {
            Some((_, all)) => *all |= rows,
            None => known.push((why, rows.clone())),
        }
    }

    /// The rows with any problem.
    pub(super) fn rows(&self) -> &RoaringBitmap {
        &self.rows
    }

    /// Those of these rows whose value was changed on the server since it was staged.
    pub(super) fn drifted(&self, field: &FieldKey, rows: &RoaringBitmap) -> RoaringBitmap {
        let all = self.drifted.get(field);
        all.map_or_else(RoaringBitmap::new, |all| all & rows)
    }

    /// Those of these rows the plan refuses, by reason.
    pub(super) fn refused(
        &self,
        field: &FieldKey,
        rows: &RoaringBitmap,
    ) -> Vec<(String, RoaringBitmap)> {
        let all = self.refused.get(field).into_iter().flatten();
        all.map(|(why, refused)| (why.clone(), refused & rows))
            .filter(|(_, refused)| !refused.is_empty())
            .collect()
    }

    /// How many changes drifted, and how many are refused.
    pub(super) fn counts(&self) -> (u64, u64) {
        let drifted = self.drifted.values().map(RoaringBitmap::len).sum();
        let refused = self.refused.values().flatten();
        (drifted, refused.map(|(_, rows)| rows.len()).sum())
    }
}

/// Why the plan would leave changes of a field out.
struct Refusing<'a> {
    scene: &'a Scene<'a>,
    /// Why nothing of the field goes, if so.
    closed: Option<&'a str>,
    admission: Admission<'a>,
}

impl<'a> Refusing<'a> {
    /// `None` as long as the endpoint has not said what it takes.
    fn of(field: &'a FieldKey, scene: &'a Scene<'a>) -> Option<Self> {
        let bench = scene.workbench;
        let capabilities = bench.capabilities.as_ref()?;
        let rules = (&bench.schema, capabilities);
        Some(Self {
            scene,
            closed: capabilities.refusal(field),
            admission: Admission::new(&bench.listing, rules, field),
        })
    }

    /// Refusals that depend on the asset only, by reason.
    fn places(&self, rows: &RoaringBitmap) -> Vec<(String, RoaringBitmap)> {
        if let Some(why) = self.closed {
            return vec![(why.to_owned(), rows.clone())];
        }
        let listing = &self.scene.workbench.listing;
        let gone = rows - listing.present();
        let locked = listing.locked_among(&(rows - &gone));
        let mut found = vec![("the asset is gone from the library".to_owned(), gone)];
        let locked = locked.into_iter();
        found.extend(locked.map(|(why, rows)| (format!("not editable: {why}"), rows)));
        found
    }

    /// The rows nothing but the value can stand in the way of.
    fn open(&self, rows: &RoaringBitmap) -> RoaringBitmap {
        let mut open = rows.clone();
        for (_, refused) in self.places(rows) {
            open -= refused;
        }
        open
    }

    /// Rows nothing but the value can stand in the way of, by the type of their asset.
    fn kinds(&self, rows: &RoaringBitmap) -> Vec<(String, RoaringBitmap)> {
        let open = self.open(rows);
        let Some(column) = self.scene.workbench.listing.values(&FieldKey::new(TYPE)) else {
            return vec![(String::new(), open)];
        };
        let split = Split::of(column, &open);
        let kind = |place| column.at(place).display().into_owned();
        let repeated = split.repeated.into_iter();
        let mut kinds: Vec<_> = repeated.map(|(place, rows)| (kind(place), rows)).collect();
        let single = |row: Row| (kind(column.place(row)), [row].into());
        kinds.extend(split.scattered.iter().map(single));
        kinds
    }

    fn value(&self, row: Row, value: &crate::domain::Value) -> Option<String> {
        let kind = self.scene.workbench.listing.kind(row);
        self.admission.refusal(&kind, value)
    }
}
