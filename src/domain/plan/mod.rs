//! The plan: what would be sent, and what not and why. Pure: changes × capabilities → calls.

mod admission;
mod calls;
mod confirm;
mod dry;
mod planning;
mod title;

use std::{borrow::Cow, collections::HashSet, fmt::Write};

use indexmap::IndexMap;
use roaring::RoaringBitmap;
use sha2::{Digest, Sha256};

use super::{
    Capabilities, Draft, FieldKey, Item, Listing, Row, Schema, Value, draft::Pair, run::RunRules,
};

pub use admission::{Admission, Admits};
pub use confirm::{Confirmation, LARGE, is_production};
pub use dry::{DryRun, Fate};
pub use planning::{Planned, Planning};
pub use title::title;

/// What would be sent, and what not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The changes that would go, in the order they go.
    pub items: Vec<Item>,
    /// The calls, as places in `items`. Metadata before thumbnails; all changes of an asset share
    /// a call, so no two calls are ever under way for one asset.
    pub calls: Vec<PlannedCall>,
    /// What stays, by reason.
    pub left_out: Vec<LeftOut>,
    /// What kinds of change go.
    pub summary: Summary,
    /// The digest over (asset, field, before, after) of `items`, as hex.
    pub digest: String,
}

/// One call of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedCall {
    /// Whether it sets thumbnails; metadata otherwise.
    pub thumbnails: bool,
    /// Its changes, as places in [`Plan::items`].
    pub items: Vec<u32>,
}

/// Changes that stay in the draft, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The reason, in words.
    pub reason: String,
    /// Whether it is a mistake somebody should correct, rather than nothing to do.
    pub is_error: bool,
    /// Whether somebody changed the values meanwhile, as far as is known.
    pub is_conflict: bool,
    /// The changes: rows and fields.
    pub changes: Vec<(Row, FieldKey)>,
}

/// How many changes of each kind go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Values where there was none.
    pub fill: u32,
    /// Values in place of others.
    pub replace: u32,
    /// Tags added or removed one by one.
    pub tags: u32,
    /// Values taken away.
    pub clear: u32,
    /// Certificates given, changed or taken away.
    pub certificates: u32,
    /// Thumbnails given, changed or taken away.
    pub thumbnails: u32,
}

impl Plan {
    /// Works out the plan of a draft. `batch_size` counts assets a call and is capped by what the
    /// endpoint takes.
    pub fn of(
        draft: &Draft,
        listing: &Listing,
        schema: &Schema,
        capabilities: &Capabilities,
        batch_size: usize,
    ) -> Self {
        let mut plan = Self::default();
        let mut left: IndexMap<(String, Stays), Vec<(Row, FieldKey)>> = IndexMap::new();
        for (field, groups) in draft.fields() {
            let mut sorting = Sorting::new(listing, (schema, capabilities), field);
            let listed = groups.rows() & listing.present();
            (sorting.conflicts, sorting.reached) = groups.conflicts(listing.values(field), &listed);
            let mut sort = |row: Row, pair: Cow<'_, Pair>, is_equal: bool| match sorting
                .reason(row, &pair, is_equal)
            {
                Some(reason) => left.entry(reason).or_default().push((row, field.clone())),
                None => plan.items.push(sorting.item(row, pair.into_owned())),
            };
            for chain in groups.chains() {
                for group in chain.groups() {
                    let (pair, is_equal) = (group.pair(), group.is_equal());
                    for row in &group.rows {
                        sort(row, Cow::Borrowed(&pair), is_equal);
                    }
                }
                for (row, pair) in chain.each(chain.scattered()) {
                    let is_equal = chain.scattered_equal().contains(row);
                    sort(row, Cow::Owned(pair), is_equal);
                }
            }
        }
        plan.left_out = left
            .into_iter()
            .map(|((reason, stays), changes)| LeftOut {
                reason,
                is_error: stays == Stays::Mistake,
                is_conflict: stays == Stays::Conflict,
                changes,
            })
            .collect();
        plan.group(batch_size.clamp(1, capabilities.max_batch.max(1)));
        plan
    }

    /// The part of the plan that passes, in calls of its own.
    #[must_use]
    pub fn only(mut self, batch_size: usize, passes: impl Fn(&Item) -> bool) -> Self {
        self.items.retain(passes);
        self.group(batch_size.max(1));
        self
    }

    /// The same plan with its first assets in calls of their own, ahead of all others.
    #[must_use]
    pub fn with_canary(mut self, rules: &RunRules, batch_size: usize) -> Self {
        let first = rules.canary_rows(&self.items);
        self.calls = calls::of(&self.items, batch_size.max(1), &first);
        self
    }

    fn group(&mut self, batch_size: usize) {
        self.calls = calls::of(&self.items, batch_size, &HashSet::new());
        self.summary = Summary::default();
        for item in &self.items {
            self.summary.count(item);
        }
        self.digest = digest(&self.items);
    }

    /// How many different assets it touches.
    pub fn assets(&self) -> usize {
        let rows: RoaringBitmap = self.items.iter().map(|item| item.row).collect();
        usize::try_from(rows.len()).unwrap_or(usize::MAX)
    }

    /// How many changes stay because of a mistake.
    pub fn errors(&self) -> usize {
        self.left(|left| left.is_error)
    }

    /// How many changes stay because somebody changed their values meanwhile.
    pub fn conflicts(&self) -> usize {
        self.left(|left| left.is_conflict)
    }

    fn left(&self, why: impl Fn(&LeftOut) -> bool) -> usize {
        let left = self.left_out.iter().filter(|left| why(left));
        left.map(|left| left.changes.len()).sum()
    }
}

impl Summary {
    fn count(&mut self, item: &Item) {
        let tagged = item.delta.is_some();
        *self.slot(&item.field, (&item.before, &item.wanted), tagged) += 1;
    }

    /// The count a change from one value to another belongs to; `tagged` if tags were asked for
    /// one by one.
    pub fn slot(
        &mut self,
        field: &FieldKey,
        (before, wanted): (&Value, &Value),
        tagged: bool,
    ) -> &mut u32 {
        if *field == FieldKey::thumbnail() {
            &mut self.thumbnails
        } else if *field == FieldKey::certificate() {
            &mut self.certificates
        } else if tagged {
            &mut self.tags
        } else if !wanted.is_present() {
            &mut self.clear
        } else if before.is_present() {
            &mut self.replace
        } else {
            &mut self.fill
        }
    }
}

/// What it means that a change stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Stays {
    /// There is nothing to do.
    Nothing,
    /// Somebody should look at it.
    Conflict,
    /// Somebody should correct it.
    Mistake,
}

/// Sorts the changes of a field: what goes, and what stays.
struct Sorting<'a> {
    listing: &'a Listing,
    capabilities: &'a Capabilities,
    field: &'a FieldKey,
    /// Why nothing of the field goes, if so.
    closed: Option<&'a str>,
    admission: Admission<'a>,
    /// The rows whose value somebody changed meanwhile.
    conflicts: RoaringBitmap,
    /// Those that have got the value asked for meanwhile.
    reached: RoaringBitmap,
}

impl<'a> Sorting<'a> {
    fn new(
        listing: &'a Listing,
        (schema, capabilities): (&'a Schema, &'a Capabilities),
        field: &'a FieldKey,
    ) -> Self {
        Self {
            listing,
            capabilities,
            field,
            closed: capabilities.refusal(field),
            admission: Admission::new(listing, (schema, capabilities), field),
            conflicts: RoaringBitmap::new(),
            reached: RoaringBitmap::new(),
        }
    }

    /// Why a change stays, and what that means.
    fn reason(&self, row: Row, pair: &Pair, is_equal: bool) -> Option<(String, Stays)> {
        if is_equal || self.reached.contains(row) {
            return Some(("already equal".into(), Stays::Nothing));
        }
        if !self.listing.present().contains(row) {
            return Some(("the asset is gone from the library".into(), Stays::Mistake));
        }
        if let Some(why) = self.closed {
            return Some((why.to_owned(), Stays::Mistake));
        }
        if let Some(why) = self.listing.locked(row) {
            return Some((format!("not editable: {why}"), Stays::Mistake));
        }
        let kind = self.listing.kind(row);
        let refusal = self.admission.refusal(&kind, &pair.after);
        if let Some(why) = refusal {
            return Some((why, Stays::Mistake));
        }
        let is_conflict = self.conflicts.contains(row);
        is_conflict.then(|| ("conflict (changed meanwhile)".into(), Stays::Conflict))
    }

    fn item(&self, row: Row, pair: Pair) -> Item {
        let listing = self.listing;
        let facts = self.capabilities.address_fields.iter();
        Item {
            row,
            asset: listing.id(row),
            name: listing.name(row).into_owned(),
            kind: listing.kind(row).into_owned(),
            field: self.field.clone(),
            value_kind: self.admission.kind(),
            before: pair.before,
            wanted: pair.after,
            delta: pair.delta,
            facts: facts
                .map(|key| (key.clone(), listing.value(row, key).into_owned()))
                .collect(),
        }
    }
}

/// Why a value can't be given to a field of an asset, by the rules of schema and endpoint.
pub fn refusal(
    listing: &Listing,
    (schema, capabilities): (&Schema, &Capabilities),
    (row, field): (Row, &FieldKey),
    value: &Value,
) -> Option<String> {
    let admission = Admission::new(listing, (schema, capabilities), field);
    admission.refusal(&listing.kind(row), value)
}

/// The digest that ties an approval or a run to exact values.
pub fn digest(items: &[Item]) -> String {
    let mut hash = Sha256::new();
    let mut lines: Vec<String> = items
        .iter()
        .map(|item| {
            serde_json::json!([item.asset, item.field, item.before, item.wanted]).to_string()
        })
        .collect();
    lines.sort_unstable();
    for line in lines {
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
    hash.finalize().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
