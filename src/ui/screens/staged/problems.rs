//! What stands in the way of staged changes: values changed on the server since, and refusals.

use indexmap::IndexMap;
use roaring::RoaringBitmap;

use crate::{
    domain::{FieldKey, Value, draft::Group, listing::TYPE, plan, run::same},
    ui::component::Scene,
};

/// Staged changes somebody should look at before they are sent, by field.
#[derive(Clone, Debug, Default)]
pub(super) struct Problems {
    drifted: IndexMap<FieldKey, RoaringBitmap>,
    refused: IndexMap<FieldKey, Vec<(String, RoaringBitmap)>>,
    rows: RoaringBitmap,
}

impl Problems {
    /// Of the whole draft. Cost grows with the groups and with the distinct types in them.
    pub(super) fn of(scene: &Scene<'_>) -> Self {
        let mut problems = Self::default();
        let bench = scene.workbench;
        let suspects = &scene.view.sets().conflict;
        for (field, groups) in bench.draft().fields() {
            for group in groups.groups() {
                let suspect = &group.rows & suspects;
                let moved = |row: &u32| {
                    let now = bench.listing.value(*row, field);
                    *now != Value::Unknown && !same(&now, &group.before)
                };
                let drifted: RoaringBitmap = suspect.iter().filter(moved).collect();
                problems.rows |= &drifted;
                if !drifted.is_empty() {
                    *problems.drifted.entry(field.clone()).or_default() |= drifted;
                }
                for (why, rows) in refusals(scene, field, group) {
                    problems.rows |= &rows;
                    let known = problems.refused.entry(field.clone()).or_default();
                    match known.iter_mut().find(|(reason, _)| *reason == why) {
                        Some((_, all)) => *all |= rows,
                        None => known.push((why, rows)),
                    }
                }
            }
        }
        problems
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

/// Why the plan would leave changes of a group out, and where.
fn refusals(scene: &Scene<'_>, field: &FieldKey, group: &Group) -> Vec<(String, RoaringBitmap)> {
    let bench = scene.workbench;
    let Some(capabilities) = bench.capabilities.as_ref().filter(|_| !group.is_equal()) else {
        return Vec::new();
    };
    if let Some(why) = capabilities.refusal(field) {
        return vec![(why.to_owned(), group.rows.clone())];
    }
    let listing = &bench.listing;
    let mut found: Vec<(String, RoaringBitmap)> = Vec::new();
    let mut refuse = |why: String, rows: RoaringBitmap| {
        if !rows.is_empty() {
            found.push((why, rows));
        }
    };
    let gone = &group.rows - listing.present();
    let mut rest = &group.rows - &gone;
    refuse("the asset is gone from the library".into(), gone);
    let mut locked: IndexMap<String, RoaringBitmap> = IndexMap::new();
    for row in &rest {
        if let Some(why) = listing.locked(row) {
            locked
                .entry(format!("not editable: {why}"))
                .or_default()
                .insert(row);
        }
    }
    for (why, rows) in locked {
        rest -= &rows;
        refuse(why, rows);
    }
    let types = listing.values(&FieldKey::new(TYPE));
    let kinds = types.map_or_else(Vec::new, |types| types.facet(&rest));
    for (kind, _) in &kinds {
        let alike = match types {
            Some(types) if kinds.len() > 1 => types.equal(&rest, kind),
            _ => rest.clone(),
        };
        let Some(row) = alike.min() else { continue };
        let rules = (&bench.schema, capabilities);
        if let Some(why) = plan::refusal(listing, rules, (row, field), &group.after) {
            refuse(why, alike);
        }
    }
    found
}
