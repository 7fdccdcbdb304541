//! What a seed draws before anything happens: the library, the changes, the server's rules, the
//! settings, and how much goes wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use armarius::{
    domain::{
        AssetId, FieldKey, Item, Run, RunId, TagDelta, Value,
        run::{CanaryThen, RunRules, RunState, ServerCounts, StopRule},
    },
    submit::{Settings, waiting_calls},
};

use super::{dice::Dice, fuse::End, log::Key};

/// When a schedule begins: milliseconds since 1970.
pub(super) const NOON: i64 = 1_700_000_000_000;

/// What the server never takes, and how it says so.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    /// Refuses a call as a whole (as Atlan does), or change by change (as Dynamic Media does).
    pub(super) all_or_nothing: bool,
    /// Names the asset it refuses a call for.
    pub(super) names: bool,
    /// Assets whose changes are refused for what is in them.
    pub(super) poisoned: BTreeSet<AssetId>,
    /// Assets we have no right to.
    pub(super) forbidden: BTreeSet<AssetId>,
    /// Changes that can't be put in a request at all.
    pub(super) unsendable: BTreeSet<AssetId>,
    /// Changes a call may have.
    pub(super) longest: Option<usize>,
}

/// How much goes wrong, in a thousand requests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mix {
    pub(super) faults: usize,
    pub(super) outside: usize,
    pub(super) removals: usize,
    /// After so many requests nothing goes wrong by chance any more.
    pub(super) calm_after: usize,
}

pub(super) struct Scene {
    pub(super) run: Run,
    pub(super) values: BTreeMap<Key, Value>,
    pub(super) rules: Rules,
    pub(super) mix: Mix,
    pub(super) settings: Settings,
    /// How the first life ends, if that is not left to chance.
    pub(super) end: Option<End>,
    /// Kills, at most.
    pub(super) kills: usize,
    /// Journal entries that fail, in a thousand.
    pub(super) failing: usize,
    /// Pauses and the like, at most, in each life.
    pub(super) wishes: usize,
}

pub(super) fn asset(number: usize) -> AssetId {
    AssetId::new(format!("a{number:03}"))
}

impl Scene {
    pub(super) fn drawn(seed: u64) -> Self {
        let mut dice = Dice::new(seed, 1);
        let assets = dice.between(1, 14);
        let (items, mut values) = changes(&mut dice, assets);
        let batch = dice.between(1, 6);
        let some = |dice: &mut Dice, share: usize| {
            let drawn = (0..assets).filter(|_| dice.permille(share)).map(asset);
            drawn.collect::<BTreeSet<_>>()
        };
        let (poison, no_right) = (
            dice.of(&[0, 0, 100, 300, 1000]),
            dice.of(&[0, 0, 0, 100, 1000]),
        );
        let rules = Rules {
            all_or_nothing: dice.permille(500),
            names: dice.permille(500),
            poisoned: some(&mut dice, poison),
            forbidden: some(&mut dice, no_right),
            unsendable: some(&mut dice, if poison > 0 { 50 } else { 0 }),
            longest: dice.permille(150).then(|| dice.between(1, 4)),
        };
        // Somebody was there between the staging and the run.
        for item in &items {
            if dice.permille(40) {
                values.insert(key(item), Value::text("theirs before"));
            } else if dice.permille(40) && item.delta.is_none() {
                values.insert(key(item), item.wanted.clone());
            }
        }
        let mix = Mix {
            faults: dice.of(&[0, 50, 150, 300, 500, 700]),
            outside: dice.of(&[0, 0, 30, 100, 250]),
            removals: dice.of(&[0, 0, 5]),
            calm_after: dice.between(20, 120),
        };
        Self {
            run: Run {
                rules: rules_of_run(&mut dice),
                ..run_of(items, batch)
            },
            values,
            rules,
            mix,
            settings: settings(&mut dice),
            end: None,
            kills: dice.of(&[0, 1, 2, 4, 8]),
            failing: dice.of(&[0, 0, 20, 100]),
            wishes: dice.of(&[0, 0, 1, 3]),
        }
    }
}

/// New titles for so many assets, twenty a call, and nothing goes wrong by chance.
pub(super) fn titles(assets: usize, rules: Rules) -> Scene {
    let before = Value::text("old");
    let items: Vec<Item> = (0..assets)
        .map(|number| Item {
            wanted: Value::text("new"),
            ..change(&mut Dice::new(0, 0), number, ("Title", before.clone()))
        })
        .collect();
    Scene {
        values: items
            .iter()
            .map(|item| (key(item), before.clone()))
            .collect(),
        run: run_of(items, 20),
        rules,
        mix: Mix {
            faults: 0,
            outside: 0,
            removals: 0,
            calm_after: 1,
        },
        settings: Settings {
            concurrency: 1,
            ..Settings::default()
        },
        end: None,
        kills: 0,
        failing: 0,
        wishes: 0,
    }
}

fn rules_of_run(dice: &mut Dice) -> RunRules {
    RunRules {
        canary: dice.of(&[0, 0, 0, 1, 2]),
        canary_then: dice.of(&CanaryThen::ALL),
        stop: StopRule {
            errors: dice.permille(100).then_some(2),
            percent: dice.permille(100).then_some(50),
        },
    }
}

fn settings(dice: &mut Dice) -> Settings {
    Settings {
        concurrency: dice.between(1, 6),
        requests_per_minute: dice
            .permille(400)
            .then(|| u32::try_from(dice.between(20, 600)).unwrap()),
        check_before: dice.permille(850),
        read_back: dice.permille(850),
        read_back_wait: Duration::from_secs(dice.of(&[0, 5, 30])),
        timeout: Duration::from_secs(dice.of(&[2, 5, 30, 60])),
        retry_budget: dice.of(&[0, 2, 4, 8]),
    }
}

pub(super) fn key(item: &Item) -> Key {
    (item.asset.clone(), item.field.clone())
}

/// The changes, and the library they rest on.
fn changes(dice: &mut Dice, assets: usize) -> (Vec<Item>, BTreeMap<Key, Value>) {
    let mut values = BTreeMap::new();
    let mut items = Vec::new();
    for number in 0..assets {
        let id = asset(number);
        for (field, likely) in [("Title", 900), ("Rights", 400), ("Keywords", 500)] {
            let before = match field {
                "Keywords" => Value::list(["coat", "old", "wool"]),
                _ if dice.permille(200) => Value::Absent,
                _ => Value::text("old"),
            };
            values.insert((id.clone(), field.into()), before.clone());
            if dice.permille(likely) {
                items.push(change(dice, number, (field, before)));
            }
        }
        values.insert((id.clone(), FieldKey::thumbnail()), Value::Absent);
        if dice.permille(200) {
            let known = if dice.permille(500) {
                Value::Absent
            } else {
                Value::Unknown
            };
            items.push(change(dice, number, ("thumbnail", known)));
        }
    }
    if items.is_empty() {
        items.push(change(
            dice,
            0,
            ("Title", values[&(asset(0), "Title".into())].clone()),
        ));
    }
    (items, values)
}

fn change(dice: &mut Dice, number: usize, (field, before): (&str, Value)) -> Item {
    let mut delta = None;
    let wanted = match field {
        "thumbnail" => Value::Asset {
            id: "picture".into(),
            name: "picture".into(),
        },
        "Keywords" if dice.permille(600) => {
            delta = Some(TagDelta {
                add: vec!["new".into(), "warm".into()],
                remove: vec!["old".into()],
            });
            Value::list(["coat", "wool", "new", "warm"])
        }
        "Keywords" => Value::list(["new", "warm"]),
        _ if before.is_present() && dice.permille(200) => Value::Absent,
        _ => Value::text(format!("new {number}")),
    };
    Item {
        row: u32::try_from(number).unwrap(),
        asset: asset(number),
        name: format!("pier {number}"),
        kind: "Image".into(),
        field: field.into(),
        value_kind: armarius::domain::FieldKind::Text,
        before,
        wanted,
        delta,
        facts: Vec::new(),
    }
}

/// A run of these changes, so many assets a call, as a plan would make it.
pub(super) fn run_of(items: Vec<Item>, batch: usize) -> Run {
    let mut planned: Vec<(bool, Vec<u32>)> = Vec::new();
    for thumbnails in [false, true] {
        let mut by_asset: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (place, item) in (0u32..).zip(&items) {
            if (item.field == FieldKey::thumbnail()) == thumbnails {
                by_asset.entry(item.row).or_default().push(place);
            }
        }
        let assets: Vec<Vec<u32>> = by_asset.into_values().collect();
        let calls = assets
            .chunks(batch)
            .map(|assets| (thumbnails, assets.concat()));
        planned.extend(calls);
    }
    Run {
        id: RunId::numbered(1),
        label: "a schedule".into(),
        author: "jruiz".into(),
        profile: "gallery".into(),
        started_ms: NOON,
        finished_ms: None,
        digest: String::new(),
        state: RunState::Running,
        settled: vec![None; items.len()],
        calls: waiting_calls(planned, |_| "metadata".into()),
        items,
        counts: ServerCounts::default(),
        counted: false,
        rules: RunRules::default(),
        reverts: Vec::new(),
    }
}
