//! The edit dialog on just the assets whose changes did not go through, with what was wanted
//! filled in.

use indexmap::IndexMap;
use roaring::RoaringBitmap;

use super::Results;
use crate::{
    domain::{FieldKey, Item, Row, Run, Value},
    ui::{
        action::Edit,
        component::{Reaction, Scene, Step},
        dialogs::Wanted,
        widgets::text,
    },
};

/// Assets that want the same of the same fields: what one dialog can correct at once.
struct Sheet {
    rows: RoaringBitmap,
    wanted: Vec<Wanted>,
    /// How many assets of those asked for want something else.
    others: u64,
}

/// Which dialog corrects a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Thumbnail,
    Certificate,
}

impl Kind {
    fn of(field: &FieldKey) -> Self {
        if *field == FieldKey::thumbnail() {
            Self::Thumbnail
        } else if *field == FieldKey::certificate() {
            Self::Certificate
        } else {
            Self::Plain
        }
    }
}

impl Results {
    /// The dialog for the picked changes, or the one under the cursor.
    pub(super) fn edit(&self, scene: &Scene<'_>) -> Reaction {
        let Some(run) = self.run(scene) else {
            return Reaction::Passed;
        };
        if scene.workbench.read_only.is_some() {
            return Reaction::Passed;
        }
        let Some(sheet) = self.sheet(run, scene) else {
            return Reaction::say("There is no asset to edit here.");
        };
        let others = match sheet.others {
            0 => String::new(),
            others => format!(
                " {} something else; e on one of them opens it.",
                match others {
                    1 => "1 other asset wants".to_owned(),
                    others => format!("{} other assets want", text::number(others)),
                }
            ),
        };
        let assets = text::counted(sheet.rows.len(), "asset");
        let say = format!("Correcting {assets} of {}.{others}", run.id);
        let rows = sheet.rows;
        let of = |edit, argument, rows| Step::EditOf {
            edit,
            argument,
            rows,
        };
        let open = match sheet.wanted.first() {
            Some(one) if one.field == FieldKey::thumbnail() => {
                let argument = if let Value::Asset { id, .. } = &one.value {
                    id.as_str().to_owned()
                } else {
                    String::new()
                };
                of(Edit::Thumbnail, argument, rows)
            }
            Some(one) if one.field == FieldKey::certificate() => {
                let argument = if let Value::Certificate(certificate) = &one.value {
                    let word = certificate.status.word();
                    format!("{word} {}", certificate.message)
                } else {
                    "none".to_owned()
                };
                of(Edit::Certificate, argument, rows)
            }
            _ => Step::Correct {
                wanted: sheet.wanted,
                rows,
            },
        };
        Reaction::Taken(vec![open, Step::Say(say)])
    }

    /// The assets that want what the one under the cursor wants.
    fn sheet(&self, run: &Run, scene: &Scene<'_>) -> Option<Sheet> {
        let places = self.targets();
        let item = |place: &u32| run.items.get(*place as usize);
        let under = self.place().filter(|place| places.contains(place));
        let lead = item(&under.or(places.first().copied())?)?;
        let kind = Kind::of(&lead.field);
        let mut wants: IndexMap<Row, Vec<Wanted>> = IndexMap::new();
        let mut other_kinds = RoaringBitmap::new();
        for item in places.iter().filter_map(item) {
            let Some(row) = scene.workbench.listing.row(&item.asset) else {
                continue;
            };
            if Kind::of(&item.field) == kind {
                wants.entry(row).or_default().push(wanted(item, scene));
            } else {
                other_kinds.insert(row);
            }
        }
        for all in wants.values_mut() {
            all.sort_by(|left, right| left.field.cmp(&right.field));
        }
        let lead = scene.workbench.listing.row(&lead.asset)?;
        let wanted = wants.get(&lead)?.clone();
        let alike = wants.iter().filter(|(_, all)| **all == wanted);
        let rows: RoaringBitmap = alike.map(|(row, _)| *row).collect();
        other_kinds.extend(wants.keys().copied());
        Some(Sheet {
            others: (&other_kinds - &rows).len(),
            rows,
            wanted,
        })
    }
}

/// What is staged now in place of a change, or what the run asked for.
fn wanted(item: &Item, scene: &Scene<'_>) -> Wanted {
    let staged = scene.workbench.staged_of(item);
    let (value, delta) = match staged {
        Some((_, pair)) => (pair.after, pair.delta),
        None => (item.wanted.clone(), item.delta.clone()),
    };
    Wanted {
        field: item.field.clone(),
        value,
        delta,
    }
}
