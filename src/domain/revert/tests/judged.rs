//! What becomes of one change when its run is taken back.

use super::*;

fn item(before: &str, wanted: &str) -> Item {
    Item {
        row: 0,
        asset: "a".into(),
        name: "pier".into(),
        kind: "Image".into(),
        field: "Rights".into(),
        value_kind: crate::domain::FieldKind::Text,
        before: Value::text(before),
        wanted: Value::text(wanted),
        delta: None,
        facts: Vec::new(),
    }
}

fn settled(outcome: Outcome, code: &str, server: Option<&str>) -> Settlement {
    Settlement {
        item: 0,
        outcome,
        code: code.into(),
        reason: String::new(),
        meaning: String::new(),
        server: server.map(Value::text),
        call: 1,
    }
}

/// How a change ended, what was read back then, what the server has now, and what becomes of it.
type Case = (
    Outcome,
    &'static str,
    Option<&'static str>,
    &'static str,
    Fate,
);

fn cases() -> Vec<Case> {
    use Outcome::{Applied, Conflict, Refused, Skipped, Unknown, Warned};
    let back = || Fate::Inverse(Inverse::Value(Value::text("Acme")));
    let (not, changed) = (Fate::NotWritten, Fate::Stays(Why::Changed));
    vec![
        (Applied, "", Some("Ours"), "Ours", back()),
        (Applied, "", None, "Ours", back()),
        (Applied, ALREADY, Some("Ours"), "Ours", not.clone()),
        (Warned, "read-back", Some("OURS"), "OURS", back()),
        (Warned, "read-back", Some("OURS"), "Other", changed),
        (Refused, "20003", Some("Acme"), "Ours", not.clone()),
        (Conflict, "changed", Some("Ours"), "Ours", not.clone()),
        (Skipped, "not-sent", None, "Ours", not.clone()),
        // What was never answered is judged by what the server has now.
        (Unknown, "read-back", None, "Ours", back()),
        (Unknown, "read-back", None, "Acme", not),
        (
            Unknown,
            "read-back",
            None,
            "Other",
            Fate::Stays(Why::Unsure),
        ),
    ]
}

#[test]
fn only_what_the_run_wrote_is_taken_back() {
    for (outcome, code, server, now, expected) in cases() {
        let settled = settled(outcome, code, server);
        let now = Value::text(now);
        let told = fate(&item("Acme", "Ours"), Some(&settled), Now::Is(&now), false);
        assert_eq!(told, expected, "{outcome} {code} {now:?}");
    }
    let open = fate(&item("Acme", "Ours"), None, Now::Gone, false);
    assert_eq!(
        open,
        Fate::NotWritten,
        "a change without an outcome was not written"
    );
}

#[test]
fn a_tag_field_of_one_value_comes_back_whole() {
    let change = Item {
        before: Value::text("AW26"),
        wanted: Value::text("SS26"),
        delta: Some(TagDelta {
            add: vec!["SS26".into()],
            remove: Vec::new(),
        }),
        ..item("", "")
    };
    let written = settled(Outcome::Applied, "", Some("SS26"));
    let told = fate(
        &change,
        Some(&written),
        Now::Is(&Value::text("SS26")),
        false,
    );
    assert_eq!(told, Fate::Inverse(Inverse::Value(Value::text("AW26"))));
}
