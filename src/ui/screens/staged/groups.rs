//! The draft in groups: by edit, by asset, by field.

use indexmap::IndexMap;
use roaring::RoaringBitmap;

use super::problems::Problems;
use crate::{
    domain::{FieldKey, OperationId, draft::Contribution, oplog::Picked},
    ui::{component::Scene, widgets::text},
};

/// By what the draft is grouped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Grouping {
    /// One group a step.
    #[default]
    Edit,
    /// One group an asset.
    Asset,
    /// One group a field.
    Field,
}

impl Grouping {
    const ALL: [Self; 3] = [Self::Edit, Self::Asset, Self::Field];

    /// The word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Edit => "by edit",
            Self::Asset => "by asset",
            Self::Field => "by field",
        }
    }

    /// The one so many places further, in a ring.
    pub(super) fn turned(self, places: usize) -> Self {
        let at = Self::ALL.iter().position(|one| *one == self).unwrap_or(0);
        Self::ALL[(at + places) % Self::ALL.len()]
    }
}

/// One group: what it is called, and which changes are in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    /// What stands in the list.
    pub(super) title: String,
    /// The step, where it is one.
    pub(super) step: Option<OperationId>,
    /// Its changes: of a step, those it makes the last stroke of.
    pub(super) parts: Vec<Picked>,
    /// What became of the rest of a step: `overridden in 8 changes by 3`; empty if there is none.
    pub(super) rest: String,
}

impl Group {
    /// What is said above its diff, if a part of a step is not sent as it made it.
    pub(super) fn note(&self) -> String {
        match (self.rest.is_empty(), self.parts.is_empty()) {
            (true, _) => String::new(),
            (false, true) => format!("Nothing of this step is sent by itself: {}.", self.rest),
            (false, false) => format!("Also {}; those are counted there.", self.rest),
        }
    }

    /// How many changes that change something.
    pub(super) fn changes(&self, scene: &Scene<'_>) -> u64 {
        self.each_changed(scene).map(|rows| rows.len()).sum()
    }

    /// How many assets they are on.
    pub(super) fn assets(&self, scene: &Scene<'_>) -> u64 {
        let mut assets = RoaringBitmap::new();
        self.each_changed(scene).for_each(|rows| assets |= rows);
        assets.len()
    }

    fn each_changed<'a>(
        &'a self,
        scene: &'a Scene<'_>,
    ) -> impl Iterator<Item = RoaringBitmap> + 'a {
        self.parts.iter().map(|part| {
            let groups = scene.workbench.draft().field(&part.field);
            groups.map_or_else(RoaringBitmap::new, |groups| {
                &part.rows - groups.equal_rows()
            })
        })
    }

    /// The assets.
    pub(super) fn rows(&self) -> RoaringBitmap {
        let mut rows = RoaringBitmap::new();
        for part in &self.parts {
            rows |= &part.rows;
        }
        rows
    }

    /// `? 1  E 2`: what of it somebody should look at; empty if nothing.
    pub(super) fn flags(&self, problems: &Problems) -> String {
        let (mut drifted, mut refused) = (0, 0);
        for part in &self.parts {
            drifted += problems.drifted(&part.field, &part.rows).len();
            let parts = problems.refused(&part.field, &part.rows);
            refused += parts.iter().map(|(_, rows)| rows.len()).sum::<u64>();
        }
        let flag = |sign: &str, count: u64| match count {
            0 => String::new(),
            count => format!("{sign}{} ", text::number(count)),
        };
        format!("{}{}", flag("?", drifted), flag("E", refused))
            .trim_end()
            .to_owned()
    }
}

/// The groups of the draft. Those by asset are made only when they are asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    listed: Vec<Group>,
    /// By asset: those to look at first, and the others.
    assets: Option<[RoaringBitmap; 2]>,
}

impl Groups {
    /// Of the whole draft.
    pub(super) fn of(grouping: Grouping, problems: &Problems, scene: &Scene<'_>) -> Self {
        match grouping {
            Grouping::Edit => Self {
                listed: by_edit(scene),
                assets: None,
            },
            Grouping::Field => Self {
                listed: by_field(scene),
                assets: None,
            },
            Grouping::Asset => {
                let rows = scene.workbench.draft().rows();
                let odd = rows & problems.rows();
                let rest = rows - &odd;
                Self {
                    listed: Vec::new(),
                    assets: Some([odd, rest]),
                }
            }
        }
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        let count = |rows: &RoaringBitmap| usize::try_from(rows.len()).unwrap_or(usize::MAX);
        self.assets
            .as_ref()
            .map_or(self.listed.len(), |[odd, rest]| count(odd) + count(rest))
    }

    /// One of them.
    pub(super) fn get(&self, place: usize, scene: &Scene<'_>) -> Option<Group> {
        let Some([odd, rest]) = &self.assets else {
            return self.listed.get(place).cloned();
        };
        let place = u32::try_from(place).ok()?;
        let first = u32::try_from(odd.len()).unwrap_or(u32::MAX);
        let row = if place < first {
            odd.select(place)
        } else {
            rest.select(place - first)
        }?;
        let staged = scene.workbench.draft().on(row);
        let part = |field: &FieldKey| Picked {
            field: field.clone(),
            rows: [row].into(),
        };
        Some(Group {
            title: scene.workbench.listing.name(row).into_owned(),
            step: None,
            parts: staged.map(|(field, _)| part(field)).collect(),
            rest: String::new(),
        })
    }

    /// The place of a step.
    pub(super) fn place_of(&self, step: OperationId) -> Option<usize> {
        self.listed
            .iter()
            .position(|group| group.step == Some(step))
    }
}

fn by_edit(scene: &Scene<'_>) -> Vec<Group> {
    let mut steps: IndexMap<OperationId, Vec<Contribution>> = IndexMap::new();
    for one in scene.workbench.draft().contributions() {
        steps.entry(one.step).or_default().push(one);
    }
    let numbered = steps.iter().enumerate();
    numbered
        .map(|(place, (step, contributions))| {
            let label = scene
                .workbench
                .operation(*step)
                .map_or("", |one| one.label.as_str());
            let rows = label
                .rsplit_once(" on ")
                .filter(|(_, rows)| rows.parse::<u64>().is_ok());
            let label = rows.map_or(label, |(label, _)| label);
            let own = contributions.iter().filter(|one| !one.own.is_empty());
            Group {
                title: format!("{} {label}{}", place + 1, lost(contributions)),
                step: Some(*step),
                parts: own
                    .map(|one| Picked {
                        field: one.field.clone(),
                        rows: one.own.clone(),
                    })
                    .collect(),
                rest: rest(place, &steps),
            }
        })
        .collect()
}

/// ` (8 overridden)`, for the list.
fn lost(contributions: &[Contribution]) -> String {
    let lost = contributions.iter().map(|one| one.overridden.len()).sum();
    match lost {
        0 => String::new(),
        lost => format!(" ({} overridden)", text::number(lost)),
    }
}

/// What became of a step where it is not the last one: `overridden in 8 changes by 3`.
fn rest(place: usize, steps: &IndexMap<OperationId, Vec<Contribution>>) -> String {
    let Some((_, contributions)) = steps.get_index(place) else {
        return String::new();
    };
    let later = |field: &FieldKey, rows: &RoaringBitmap| -> Vec<String> {
        let later = steps.values().enumerate().skip(place + 1);
        let owns = |one: &Contribution| one.field == *field && !one.own.is_disjoint(rows);
        let later = later.filter(|(_, contributions)| contributions.iter().any(owns));
        later.map(|(place, _)| (place + 1).to_string()).collect()
    };
    let told = |words: &str, rows: fn(&Contribution) -> &RoaringBitmap| {
        let some = contributions.iter().filter(|one| !rows(one).is_empty());
        let (mut count, mut by) = (0, Vec::new());
        for one in some {
            count += rows(one).len();
            by.extend(later(&one.field, rows(one)));
        }
        by.sort_by_key(|number| number.parse::<usize>().unwrap_or(0));
        by.dedup();
        (count > 0).then(|| {
            let count = text::counted(count, "change");
            format!("{words} in {count} by {}", by.join(", "))
        })
    };
    let overridden = told("overridden", |one| &one.overridden);
    let continued = told("carried on", |one| &one.continued);
    overridden
        .into_iter()
        .chain(continued)
        .collect::<Vec<_>>()
        .join(", ")
}

fn by_field(scene: &Scene<'_>) -> Vec<Group> {
    let fields = scene.workbench.draft().fields();
    fields
        .map(|(field, groups)| {
            let rows = groups.rows().clone();
            let ways = text::counted(groups.ways(), "different change");
            Group {
                title: format!("{field}   {ways}"),
                step: None,
                parts: vec![Picked {
                    field: field.clone(),
                    rows,
                }],
                rest: String::new(),
            }
        })
        .collect()
}
