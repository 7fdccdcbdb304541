//! Gathers the judgements of a run's changes into edits that can be staged as one step.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use indexmap::IndexMap;
use roaring::RoaringBitmap;

use super::{Fate, Inverse, Now, Reread, Stay, Why, fate};
use crate::domain::{
    Asset, AssetId, Edit, FieldKey, FieldKind, Item, Row, Run, RunId, TagDelta, Value, Workbench,
    outside::{Touch, last_touch},
    run::same,
    workbench::Asked,
};

/// From so many different values on, a field is given back row by row in one edit.
const VALUES: usize = 48;

/// A run taken back, worked out and not yet staged.
#[derive(Clone, Debug, PartialEq)]
pub struct Reversal {
    /// The run.
    pub run: RunId,
    /// What it was about.
    pub label: String,
    /// The edits to be staged as one step.
    pub asked: Vec<Asked>,
    /// How many changes they are.
    pub changes: u64,
    /// The rows they are on.
    pub rows: RoaringBitmap,
    /// Changes whose earlier value the server has already.
    pub already: u64,
    /// Changes the draft takes back already.
    pub staged: u64,
    /// Changes the run did not write.
    pub not_written: u64,
    /// What stays, in the order of the run.
    pub stays: Vec<Stay>,
}

impl Reversal {
    /// `revert of R-0003`.
    pub fn step_label(&self) -> String {
        format!("revert of {}", self.run)
    }

    /// How many changes somebody changed since, or whose assets are gone.
    pub fn conflicts(&self) -> usize {
        let conflict = |stay: &&Stay| matches!(stay.why, Why::Changed | Why::Gone | Why::Unsure);
        self.stays.iter().filter(conflict).count()
    }

    /// `14 changes on 9 assets, 2 left out, 1 has its earlier value already`.
    pub fn sentence(&self) -> String {
        let plural =
            |count: u64, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        let (changes, assets) = (
            plural(self.changes, "change"),
            plural(self.rows.len(), "asset"),
        );
        let mut words = vec![format!("{changes} on {assets}")];
        let mut add = |count: u64, of: &str| {
            if count > 0 {
                words.push(format!("{count} {of}"));
            }
        };
        add(self.stays.len() as u64, "left out");
        add(self.already, "with the earlier value already");
        add(self.staged, "in the draft already");
        add(self.not_written, "never written by the run");
        words.join(", ")
    }
}

/// Rows of one field, by how they are taken back.
type Inverses = IndexMap<FieldKey, IndexMap<Inverse, RoaringBitmap>>;

impl Workbench {
    /// What was read to take a run back is what the server has.
    pub fn absorb_reread(&mut self, read: &Reread) {
        self.listing.take(&read.assets);
        let key = FieldKey::thumbnail();
        for (id, value) in &read.thumbnails {
            if let Some(row) = self.listing.row(id) {
                self.listing.reread(row, &key, value);
            }
        }
    }

    /// Works out how a run is taken back, after its assets were read again and taken in. Nothing
    /// is staged yet.
    pub fn reversal(&self, run: &Run, read: &Reread) -> Reversal {
        let assets: HashMap<&AssetId, &Asset> =
            read.assets.iter().map(|asset| (&asset.id, asset)).collect();
        let thumbnails: HashMap<&AssetId, &Value> = read
            .thumbnails
            .iter()
            .map(|(id, value)| (id, value))
            .collect();
        let mut reversal = Reversal {
            run: run.id.clone(),
            label: run.label.clone(),
            asked: Vec::new(),
            changes: 0,
            rows: RoaringBitmap::new(),
            already: 0,
            staged: 0,
            not_written: 0,
            stays: Vec::new(),
        };
        let mut inverses = Inverses::new();
        let mut places: HashMap<(Row, FieldKey), u32> = HashMap::new();
        let found = run.found();
        for ((place, item), settled) in (0u32..).zip(&run.items).zip(&run.settled) {
            let item = &sent(item, found.get(&place).copied());
            let now = now(item, &assets, &thumbnails);
            let tagged = self.is_tagged(&item.field);
            match (
                fate(item, settled.as_ref(), now, tagged),
                self.listing.row(&item.asset),
            ) {
                (Fate::Already, _) => reversal.already += 1,
                (Fate::NotWritten, _) => reversal.not_written += 1,
                (Fate::Stays(why), _) => {
                    reversal.stays.push(self.stay(run, place, why, now.value()));
                }
                (Fate::Inverse(_), None) => {
                    reversal.stays.push(self.stay(run, place, Why::Gone, None));
                }
                (Fate::Inverse(inverse), Some(row)) => match self.in_draft(row, item, &inverse) {
                    Some(Ok(())) => reversal.staged += 1,
                    Some(Err(why)) => {
                        reversal.stays.push(self.stay(run, place, why, now.value()));
                    }
                    None => {
                        places.insert((row, item.field.clone()), place);
                        let field = inverses.entry(item.field.clone()).or_default();
                        field.entry(inverse).or_default().insert(row);
                    }
                },
            }
        }
        for (field, by_inverse) in inverses {
            self.admit(run, &mut reversal, (field, by_inverse), &places);
        }
        reversal.stays.sort_by_key(|stay| stay.item);
        reversal
    }

    fn is_tagged(&self, field: &FieldKey) -> bool {
        let rules = self.schema.field(field.as_str());
        rules.is_none_or(|rules| rules.kind == FieldKind::Tags)
    }

    /// What the draft holds of a field already: the same, or something else that must not be lost.
    fn in_draft(&self, row: Row, item: &Item, inverse: &Inverse) -> Option<Result<(), Why>> {
        let group = self.draft().of(row, &item.field)?;
        if group.is_equal() {
            return None;
        }
        let is_same = match (inverse, &group.delta) {
            (Inverse::Value(value), _) => same(value, &group.after),
            (Inverse::Tags(wanted), Some(delta)) => wanted == delta,
            (Inverse::Tags(_), None) => false,
        };
        Some(if is_same {
            Ok(())
        } else {
            Err(Why::Staged(group.after.clone()))
        })
    }

    /// Takes the edits of a field into the reversal, without what the field does not take.
    fn admit(
        &self,
        run: &Run,
        reversal: &mut Reversal,
        (field, inverses): (FieldKey, IndexMap<Inverse, RoaringBitmap>),
        places: &HashMap<(Row, FieldKey), u32>,
    ) {
        let mut all = RoaringBitmap::new();
        inverses.values().for_each(|rows| all |= rows);
        let mut asked = edits(&field, inverses);
        let mut refused: Vec<(RoaringBitmap, String)> = Vec::new();
        match self.preview(&asked) {
            Err(error) => refused.push((all.clone(), error.to_string())),
            Ok(preview) => {
                for field in preview.fields {
                    refused.extend(field.refused.into_iter().map(|(why, rows)| (rows, why)));
                }
            }
        }
        let mut named = HashSet::new();
        for (rows, why) in refused {
            for row in &rows {
                let place = places.get(&(row, field.clone()));
                if let Some(&place) = place.filter(|_| named.insert(row)) {
                    let now = self.listing.value(row, &field);
                    let stay = self.stay(run, place, Why::Refused(why.clone()), Some(&now));
                    reversal.stays.push(stay);
                }
            }
            for one in &mut asked {
                one.rows -= &rows;
            }
            all -= &rows;
        }
        asked.retain(|one| !one.rows.is_empty());
        reversal.changes += all.len();
        reversal.rows |= all;
        reversal.asked.extend(asked);
    }

    fn stay(&self, run: &Run, place: u32, why: Why, now: Option<&Value>) -> Stay {
        let item = &run.items[place as usize];
        let settled = run.settled[place as usize].as_ref();
        let stored = settled.filter(|one| one.outcome.is_written());
        let stored = stored.and_then(|one| one.server.as_ref());
        let row = self.listing.row(&item.asset);
        let touch = match (&why, row) {
            (Why::Changed | Why::Unsure, Some(row)) => last_touch(&self.listing, row),
            _ => Touch::default(),
        };
        Stay {
            item: place,
            asset: item.asset.clone(),
            name: item.name.clone(),
            field: item.field.clone(),
            why,
            wrote: stored.unwrap_or(&item.wanted).clone(),
            now: now.cloned(),
            touch,
        }
    }

    /// The runs that some of these changes take back: those of steps that are still staged.
    pub fn reverts_of(&self, items: &[Item]) -> Vec<RunId> {
        let mut rows: HashMap<&FieldKey, RoaringBitmap> = HashMap::new();
        for item in items {
            rows.entry(&item.field).or_default().insert(item.row);
        }
        let mut reverts = Vec::new();
        for part in self.draft().parts() {
            let of = self
                .operation(part.step)
                .and_then(|operation| operation.reverts());
            let goes = rows
                .get(&part.field)
                .is_some_and(|rows| !rows.is_disjoint(&part.rows));
            if let Some(run) = of.filter(|run| goes && !reverts.contains(*run)) {
                reverts.push(run.clone());
            }
        }
        reverts
    }
}

/// A change as it was sent: with the value found just before, where the draft had known none.
fn sent<'a>(item: &'a Item, found: Option<&Value>) -> Cow<'a, Item> {
    match found {
        Some(value) if item.before == Value::Unknown => Cow::Owned(Item {
            before: value.clone(),
            ..item.clone()
        }),
        Some(_) | None => Cow::Borrowed(item),
    }
}

fn now<'a>(
    item: &Item,
    assets: &HashMap<&AssetId, &'a Asset>,
    thumbnails: &HashMap<&AssetId, &'a Value>,
) -> Now<'a> {
    let Some(asset) = assets.get(&item.asset) else {
        return Now::Gone;
    };
    let value = if item.field == FieldKey::thumbnail() {
        thumbnails.get(&item.asset).copied()
    } else {
        Some(asset.value(&item.field))
    };
    match value {
        Some(Value::Unknown) | None => Now::Unread,
        Some(value) => Now::Is(value),
    }
}

/// The edits that take a field back. Where values are many, one edit says them all row by row.
fn edits(field: &FieldKey, inverses: IndexMap<Inverse, RoaringBitmap>) -> Vec<Asked> {
    let asked = |edit, rows| Asked {
        field: field.clone(),
        edit,
        rows,
    };
    let mut edits = Vec::new();
    let mut values: Vec<(Value, RoaringBitmap)> = Vec::new();
    for (inverse, rows) in inverses {
        match inverse {
            Inverse::Value(value) => values.push((value, rows)),
            Inverse::Tags(TagDelta { add, remove }) => {
                if !add.is_empty() {
                    edits.push(asked(Edit::AddTags(add), rows.clone()));
                }
                if !remove.is_empty() {
                    edits.push(asked(Edit::RemoveTags(remove), rows));
                }
            }
        }
    }
    if values.len() > VALUES {
        let mut all = RoaringBitmap::new();
        let mut assigned = Vec::new();
        for (value, rows) in values {
            assigned.extend(rows.iter().map(|row| (row, value.clone())));
            all |= rows;
        }
        assigned.sort_unstable_by_key(|(row, _)| *row);
        edits.push(asked(Edit::Assign(assigned), all));
    } else {
        edits.extend(values.into_iter().map(|(value, rows)| {
            let edit = if value == Value::Absent {
                Edit::Clear
            } else {
                Edit::Set(value)
            };
            asked(edit, rows)
        }));
    }
    edits
}
