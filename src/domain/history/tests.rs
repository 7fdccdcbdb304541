//! Stories of the history as a list, and of its filter.

use super::*;
use crate::domain::Value;

fn entry(what: &str, who: &str, at_ms: i64) -> Entry {
    Entry {
        subject: Subject::Step(OperationId(1)),
        section: Section::Draft,
        at_ms,
        who: who.into(),
        what: what.into(),
        count: 1,
        state: "staged",
        fields: vec!["Credit line".into()],
    }
}

fn run(id: &str) -> Entry {
    Entry {
        subject: Subject::Run(RunId(id.into())),
        section: Section::Runs,
        state: "reverted",
        fields: Vec::new(),
        ..entry("R-0041 rights bulk", "jruiz", 0)
    }
}

/// 2026-11-22 00:30 UTC.
const NIGHT: i64 = 1_795_307_400_000;

fn passes(filter: &str, entry: &Entry) -> bool {
    let filter = Filter::parse(filter, "2026-11-22").unwrap();
    filter.passes(entry, 0)
}

#[test]
fn a_filter_asks_who_which_field_which_run_and_when() {
    let step = entry("set Credit line \"Acme\" on 12", "akim", NIGHT);
    assert!(passes("who:AKIM field:credit_line acme", &step));
    assert!(!passes("who:jruiz", &step) && !passes("field:rights", &step));
    assert!(!passes("run:R-00", &step) && passes("run:r-00 state:rev", &run("R-0041")));
    assert!(
        passes("field:rights", &run("R-0041")),
        "fields of old runs are not known"
    );
    assert!(passes("after:11-22", &step) && !passes("after:11-23", &step));
    assert!(passes("before:2026-11-23", &step) && !passes("before:11-22", &step));
    assert!(passes("", &step));
}

#[test]
fn a_day_begins_at_midnight_here() {
    let filter = Filter::parse("after:11-22", "2026-11-22").unwrap();
    let step = entry("x", "akim", NIGHT);
    assert!(filter.passes(&step, 3_600) && !filter.passes(&step, -3_600));
}

#[test]
fn what_a_filter_cannot_mean_is_said() {
    for (text, part) in [
        ("when:now", "`when:`"),
        ("after:soon", "`soon`"),
        ("who:", "`who:`"),
    ] {
        let why = Filter::parse(text, "2026-11-22").unwrap_err();
        assert!(why.contains(part), "{why}");
    }
}

#[test]
fn steps_runs_and_what_others_did_are_told_apart() {
    let mut bench = Workbench::new();
    let look = crate::domain::outside::Outside {
        at_ms: 5,
        changes: vec![crate::domain::outside::OutsideChange {
            asset: "a".into(),
            name: "pier".into(),
            field: "Rights".into(),
            before: Value::text("Acme"),
            now: Value::text("Theirs"),
            touch: crate::domain::outside::Touch::default(),
        }],
        more: 0,
    };
    bench.restore_outside(vec![look]);
    let told = entries(&bench, Grouping::All);
    assert_eq!(told[0].what, "Rights on pier");
    assert_eq!((told[0].state, told[0].section), ("seen", Section::Outside));
    assert!(entries(&bench, Grouping::Draft).is_empty());
    assert!(entries(&bench, Grouping::Runs).is_empty());
}
