//! What differs between two restore points.

use super::*;
use crate::domain::run::{RunState, ServerCounts};

fn item(asset: &str, before: &str, wanted: &str) -> Item {
    Item {
        row: 0,
        asset: asset.into(),
        name: asset.to_owned(),
        kind: "Image".into(),
        field: "Rights".into(),
        value_kind: crate::domain::FieldKind::Text,
        before: Value::text(before),
        wanted: Value::text(wanted),
        delta: None,
        facts: Vec::new(),
    }
}

fn run(number: u32, changes: &[(&str, &str, &str)]) -> Run {
    let items: Vec<Item> = changes.iter().map(|(a, b, w)| item(a, b, w)).collect();
    let settled = (0..).zip(&items).map(|(place, _)| {
        Some(Settlement {
            item: place,
            outcome: Outcome::Applied,
            code: String::new(),
            reason: String::new(),
            meaning: String::new(),
            server: None,
            call: 1,
        })
    });
    Run {
        id: RunId::numbered(number),
        label: String::new(),
        author: String::new(),
        profile: String::new(),
        started_ms: 0,
        finished_ms: Some(1),
        digest: String::new(),
        state: RunState::Finished,
        settled: settled.collect(),
        items,
        calls: Vec::new(),
        counts: ServerCounts::default(),
        counted: false,
        rules: crate::domain::run::RunRules::default(),
        reverts: Vec::new(),
    }
}

fn before(number: u32) -> Point {
    Point::Before(RunId::numbered(number))
}

fn told(comparison: &Comparison) -> Vec<(String, String, String)> {
    let differences = comparison.differences.iter();
    differences
        .map(|one| {
            let (from, to) = (
                one.from.display().into_owned(),
                one.to.display().into_owned(),
            );
            (one.name.clone(), from, to)
        })
        .collect()
}

fn row(name: &str, from: &str, to: &str) -> (String, String, String) {
    (name.into(), from.into(), to.into())
}

#[test]
fn between_two_runs_only_what_the_first_one_wrote_differs() {
    let runs = [
        run(1, &[("pier", "Acme", "Ours"), ("gull", "", "Ours")]),
        run(2, &[("pier", "Ours", "Final")]),
    ];
    let two = compare(&runs, (before(1), before(2)), |_| Value::Unknown);
    assert_eq!(
        told(&two),
        [row("pier", "Acme", "Ours"), row("gull", "", "Ours")]
    );
    let turned = compare(&runs, (before(2), before(1)), |_| Value::Unknown);
    assert_eq!(turned, two, "the order they are named in does not matter");
}

#[test]
fn a_point_and_now_differ_by_everything_since_also_by_what_others_did() {
    let runs = [
        run(1, &[("pier", "Acme", "Ours"), ("gull", "Acme", "Ours")]),
        run(2, &[("pier", "Ours", "Acme")]),
    ];
    let now = |item: &Item| {
        Value::text(if item.name == "pier" {
            "Acme"
        } else {
            "Theirs"
        })
    };
    let compared = compare(&runs, (before(1), Point::Now), now);
    assert_eq!(told(&compared), [row("gull", "Acme", "Theirs")]);
    assert_eq!(compared.same, 1, "the revert brought pier back");
    assert_eq!(compared.differences[0].runs, [RunId::numbered(1)]);
}

#[test]
fn what_somebody_changed_between_two_runs_is_part_of_the_later_point() {
    let runs = [
        run(1, &[("pier", "Acme", "Ours")]),
        run(2, &[("gull", "", "x")]),
        run(3, &[("pier", "Theirs", "Ours")]),
    ];
    let compared = compare(&runs, (before(1), before(2)), |_| Value::Unknown);
    assert_eq!(told(&compared), [row("pier", "Acme", "Theirs")]);
}

#[test]
fn a_value_nobody_ever_read_is_counted_apart() {
    let mut first = run(1, &[("pier", "", "Ours")]);
    first.items[0].before = Value::Unknown;
    let compared = compare(&[first], (before(1), Point::Now), |_| Value::text("Ours"));
    assert_eq!((compared.differences.len(), compared.unread), (0, 1));
}

#[test]
fn a_point_is_named_by_its_run_or_by_now() {
    assert_eq!("r-0003".parse(), Ok(before(3)));
    assert_eq!("NOW".parse(), Ok(Point::Now));
    assert!("yesterday".parse::<Point>().is_err());
}
