//! Changes somebody else made, seen when values that were known are read again.
//!
//! The listing notes where a value that comes differs from the one it had, as two numbers; here
//! those notes become sentences, without what our own runs wrote and what the server writes by
//! itself.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{
    AssetId, FieldKey, Item, Listing, Outcome, Row, Run, Value, Workbench, listing::Difference,
    run::Settlement, text::counted,
};

/// The setting under which they are kept.
pub const KEPT: &str = "outside";
/// Changes told one by one for each time of looking; the rest is counted.
const A_LOOK: usize = 500;
/// Changes kept in all; the oldest looks go first.
const IN_ALL: usize = 2_000;
/// News that comes so close together was seen in one look.
const ONE_LOOK_MS: i64 = 60_000;
/// So long after a run a listing may still tell the values before it.
const LAG_MS: i64 = 120_000;
/// So long after its end a run may explain a value that was not read back.
const RECENT_MS: i64 = 86_400_000;
/// The fields under which endpoints tell who changed an asset last, and when.
const BY: [&str; 2] = ["modified by", "updatedBy"];
const AT: [&str; 2] = ["modified", "updateTime"];

/// Who changed an asset last, and when, in the server's own words; empty where it does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touch {
    /// Who.
    pub by: String,
    /// When.
    pub at: String,
}

impl Touch {
    /// `last changed by mlee at 2026-11-19`; empty if the server does not say.
    pub fn words(&self) -> String {
        let Self { by, at } = self;
        match (by.is_empty(), at.is_empty()) {
            (true, true) => String::new(),
            (false, true) => format!("last changed by {by}"),
            (true, false) => format!("last changed at {at}"),
            (false, false) => format!("last changed by {by} at {at}"),
        }
    }
}

/// One value somebody else changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutsideChange {
    /// The asset.
    pub asset: AssetId,
    /// Its name.
    pub name: String,
    /// The field.
    pub field: FieldKey,
    /// The value we knew.
    pub before: Value,
    /// The value it has.
    pub now: Value,
    /// Who changed the asset last, and when, if the server tells.
    pub touch: Touch,
}

/// What others changed, as it was seen in one look at the library.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outside {
    /// When it was seen, milliseconds since 1970.
    pub at_ms: i64,
    /// The changes.
    pub changes: Vec<OutsideChange>,
    /// How many more there were.
    #[serde(default)]
    pub more: u64,
}

impl Outside {
    /// How many changes were seen.
    pub fn count(&self) -> u64 {
        self.changes.len() as u64 + self.more
    }

    /// Who changed them, if it was one and the same.
    pub fn by(&self) -> &str {
        let mut all = self.changes.iter().map(|change| change.touch.by.as_str());
        let first = all.next().unwrap_or("");
        if all.all(|by| by == first) { first } else { "" }
    }

    /// `Rights on JKT_2202_FRONT`, or `3 values on 2 assets`.
    pub fn sentence(&self) -> String {
        if let ([one], 0) = (self.changes.as_slice(), self.more) {
            return format!("{} on {}", one.field, one.name);
        }
        let first = self.changes.first().map(|change| &change.field);
        let alike = self.more == 0 && self.changes.iter().all(|one| Some(&one.field) == first);
        let mut assets: Vec<&AssetId> = self.changes.iter().map(|one| &one.asset).collect();
        assets.sort_unstable();
        assets.dedup();
        match first.filter(|_| alike) {
            Some(field) => format!("{field} on {}", counted(assets.len() as u64, "asset")),
            None => counted(self.count(), "value"),
        }
    }
}

/// Who changed an asset last, and when, if the endpoint tells.
pub fn last_touch(listing: &Listing, row: Row) -> Touch {
    let told = |keys: [&str; 2]| {
        let values = keys.map(|key| listing.value(row, &key.into()));
        let some = values.into_iter().find(|value| value.is_present());
        some.map(|value| value.display().into_owned())
            .unwrap_or_default()
    };
    Touch {
        by: told(BY),
        at: told(AT),
    }
}

impl Workbench {
    /// What others changed, one entry for each look at the library, oldest first.
    pub fn outside(&self) -> &[Outside] {
        &self.outside
    }

    /// What was kept of it.
    pub fn restore_outside(&mut self, kept: Vec<Outside>) {
        self.outside = kept;
        self.listing.forget_differences();
    }

    /// Turns what differed since the last look into an entry. Returns everything to be kept, as
    /// JSON text under [`KEPT`]; `None` if there is nothing new.
    pub fn note_outside(&mut self, at_ms: i64) -> Option<String> {
        let mut seen = self.listing.take_differences();
        if seen.is_empty() {
            return None;
        }
        let editable: Vec<bool> = self
            .listing
            .fields()
            .map(|key| self.is_editable(key))
            .collect();
        seen.retain(|one| editable.get(one.column).copied().unwrap_or(false));
        self.drop_ours(&mut seen, at_ms);
        if seen.is_empty() {
            return None;
        }
        let more = seen.len().saturating_sub(A_LOOK) as u64;
        seen.truncate(A_LOOK);
        let changes = seen.iter().map(|one| self.told(one)).collect();
        self.keep_outside(Outside {
            at_ms,
            changes,
            more,
        });
        serde_json::to_string(&self.outside).ok()
    }

    fn is_editable(&self, key: &FieldKey) -> bool {
        let rules = self.schema.field(key.as_str());
        rules.is_none_or(|field| field.locked.is_none())
    }

    fn told(&self, one: &Difference) -> OutsideChange {
        let listing = &self.listing;
        let (field, before, now) = listing.differing(one);
        OutsideChange {
            asset: listing.id(one.row),
            name: listing.name(one.row).into_owned(),
            field,
            before,
            now,
            touch: last_touch(listing, one.row),
        }
    }

    fn keep_outside(&mut self, seen: Outside) {
        match self.outside.last_mut() {
            Some(last) if seen.at_ms - last.at_ms < ONE_LOOK_MS && last.changes.len() < A_LOOK => {
                last.changes.extend(seen.changes);
                last.more += seen.more;
            }
            Some(_) | None => self.outside.push(seen),
        }
        let mut all: usize = self.outside.iter().map(|look| look.changes.len()).sum();
        while all > IN_ALL && self.outside.len() > 1 {
            all -= self.outside.remove(0).changes.len();
        }
    }

    /// Leaves out what our own runs wrote.
    fn drop_ours(&self, seen: &mut Vec<Difference>, at_ms: i64) {
        let columns: HashMap<&FieldKey, usize> = self.listing.fields().zip(0..).collect();
        let places: HashMap<(Row, usize), usize> = seen
            .iter()
            .zip(0..)
            .map(|(one, place)| ((one.row, one.column), place))
            .collect();
        let mut ours = vec![false; seen.len()];
        let recent = |run: &&Run| run.finished_ms.is_none_or(|end| at_ms - end < RECENT_MS);
        for run in self.runs().iter().filter(recent) {
            let lags = run.finished_ms.is_none_or(|end| at_ms - end < LAG_MS);
            for (item, settled) in run.items.iter().zip(&run.settled) {
                let Some(&column) = columns.get(&item.field) else {
                    continue;
                };
                if let Some(&place) = places.get(&(item.row, column)) {
                    let (_, before, now) = self.listing.differing(&seen[place]);
                    ours[place] |= is_ours((item, settled.as_ref()), (&before, &now), lags);
                }
            }
        }
        let mut ours = ours.into_iter();
        seen.retain(|_| !ours.next().unwrap_or(false));
    }
}

/// Whether a change of a run explains why a value became another one: we wrote it and it was not
/// read back, or the listing (`lags`) does not tell yet what we wrote.
fn is_ours(
    (item, settled): (&Item, Option<&Settlement>),
    (before, now): (&Value, &Value),
    lags: bool,
) -> bool {
    let sent =
        settled.is_none_or(|one| one.outcome.is_written() || one.outcome == Outcome::Unknown);
    if !sent {
        return false;
    }
    let stored = settled.and_then(|one| one.server.as_ref());
    let wrote = |value: &Value| {
        item.is_met_by(value)
            || stored.is_some_and(|stored| item.value_kind.is_alike(stored, value))
    };
    (item.is_before(before) && wrote(now)) || (lags && wrote(before) && item.is_before(now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Asset, Field, FieldKind, RunId, Schema, run::RunState};

    fn asset(id: &str, rights: &str, by: &str) -> Asset {
        let fields = [("Rights", rights), ("modified by", by)];
        Asset {
            id: id.into(),
            name: format!("pier {id}"),
            kind: "Image".into(),
            fields: fields
                .map(|(key, text)| (key.into(), Value::text(text)))
                .into(),
            locked: None,
        }
    }

    fn bench(assets: &[Asset]) -> Workbench {
        let mut bench = Workbench::new();
        let fields = vec![
            Field::plain("Rights", FieldKind::Text),
            Field::locked("modified by", FieldKind::Text, "the server writes it"),
        ];
        bench.schema = Schema { fields };
        bench.absorb_page(0, assets, assets.len() as u64);
        bench.absorb_end(0, 0);
        bench
    }

    fn listed_again(bench: &mut Workbench, assets: &[Asset]) {
        let generation = bench.listing.generation + 1;
        bench.listing.begin(generation);
        bench.absorb_page(generation, assets, assets.len() as u64);
        bench.absorb_end(generation, 0);
    }

    fn run(before: &str, wanted: &str) -> Run {
        let item = Item {
            row: 0,
            asset: "a".into(),
            name: "pier a".into(),
            kind: "Image".into(),
            field: "Rights".into(),
            value_kind: FieldKind::Text,
            before: Value::text(before),
            wanted: Value::text(wanted),
            delta: None,
            facts: Vec::new(),
        };
        let settled = Settlement {
            item: 0,
            outcome: Outcome::Applied,
            code: String::new(),
            reason: String::new(),
            meaning: String::new(),
            server: None,
            call: 1,
        };
        Run {
            id: RunId::numbered(1),
            label: String::new(),
            author: String::new(),
            profile: String::new(),
            started_ms: 0,
            finished_ms: Some(1_000),
            digest: String::new(),
            state: RunState::Finished,
            items: vec![item],
            settled: vec![Some(settled)],
            calls: Vec::new(),
            counts: crate::domain::run::ServerCounts::default(),
            counted: false,
            rules: crate::domain::run::RunRules::default(),
            reverts: Vec::new(),
        }
    }

    #[test]
    fn a_value_somebody_changed_is_seen_when_the_library_is_listed_again() {
        let mut bench = bench(&[asset("a", "Acme", "akim"), asset("b", "Acme", "akim")]);
        assert_eq!(bench.note_outside(1), None, "a first listing is no news");
        listed_again(
            &mut bench,
            &[asset("a", "Theirs", "mlee"), asset("b", "Acme", "akim")],
        );
        let kept = bench.note_outside(2).unwrap();
        let [look] = bench.outside() else {
            panic!("{:?}", bench.outside())
        };
        assert_eq!(look.sentence(), "Rights on pier a");
        assert_eq!((look.by(), look.at_ms), ("mlee", 2));
        assert_eq!(look.changes[0].before, Value::text("Acme"));
        assert_eq!(look.changes[0].now, Value::text("Theirs"));
        let mut again = Workbench::new();
        again.restore_outside(serde_json::from_str(&kept).unwrap());
        assert_eq!(again.outside(), bench.outside());
        assert_eq!(bench.note_outside(3), None, "it is told once");
    }

    #[test]
    fn what_our_own_run_wrote_is_not_somebody_elses() {
        let mut bench = bench(&[asset("a", "Acme", "akim")]);
        bench.absorb_run(run("Acme", "Ours"));
        listed_again(&mut bench, &[asset("a", "Ours", "akim")]);
        assert_eq!(bench.note_outside(2_000), None);
        listed_again(&mut bench, &[asset("a", "Theirs", "mlee")]);
        assert!(bench.note_outside(3_000).is_some(), "this one is");
    }

    #[test]
    fn a_listing_that_lags_behind_a_run_tells_nothing_but_later_it_does() {
        for (at_ms, told) in [(2_000, false), (2_000 + LAG_MS, true)] {
            let mut bench = bench(&[asset("a", "Ours", "akim")]);
            bench.absorb_run(run("Acme", "Ours"));
            listed_again(&mut bench, &[asset("a", "Acme", "akim")]);
            assert_eq!(bench.note_outside(at_ms).is_some(), told, "at {at_ms}");
        }
    }

    #[test]
    fn many_changes_are_told_in_part_and_counted_whole() {
        let ids: Vec<String> = (0..600).map(|number| format!("a{number}")).collect();
        let all = |rights: &str| -> Vec<Asset> {
            ids.iter().map(|id| asset(id, rights, "mlee")).collect()
        };
        let mut bench = bench(&all("Acme"));
        listed_again(&mut bench, &all("Theirs"));
        bench.note_outside(1);
        let look = &bench.outside()[0];
        assert_eq!((look.changes.len(), look.count()), (A_LOOK, 600));
        assert_eq!(look.sentence(), "600 values");
        for round in 1..8 {
            listed_again(&mut bench, &all(&format!("Round {round}")));
            bench.note_outside(1 + round * ONE_LOOK_MS);
        }
        let kept: usize = bench.outside().iter().map(|look| look.changes.len()).sum();
        assert!(kept <= IN_ALL, "{kept}");
    }
}
