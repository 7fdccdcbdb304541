//! Stories of values read before and after a call.

use super::*;
use crate::{domain::TagDelta, endpoint::Said};

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

fn tags(before: &[&str], add: &str, remove: &str) -> Item {
    Item {
        before: Value::list(before.iter().copied()),
        delta: Some(TagDelta {
            add: vec![add.into()],
            remove: vec![remove.into()],
        }),
        ..item("", "")
    }
}

fn said(outcome: Outcome) -> Said {
    Said {
        item: 0,
        outcome,
        code: String::new(),
        reason: String::new(),
        meaning: String::new(),
    }
}

fn is(text: &str) -> Reading {
    Reading::Is(Value::text(text))
}

#[test]
fn somebody_elses_tag_is_no_conflict_for_a_tag_that_is_added() {
    let now = Reading::Is(Value::list(["coat", "theirs"]));
    assert_eq!(
        before_sending(0, &tags(&["coat"], "new", "old"), &now),
        None
    );
}

#[test]
fn a_value_changed_meanwhile_is_a_conflict_that_names_both_values() {
    let told = before_sending(0, &item("Acme", "Ours"), &is("Theirs")).unwrap();
    assert_eq!(told.outcome, Outcome::Conflict);
    assert!(told.reason.contains("`Acme`") && told.reason.contains("`Theirs`"));
}

#[test]
fn a_word_of_success_that_did_not_write_is_refused_by_read_back() {
    let change = item("Acme", "Ours");
    let told = after_answer(0, &change, (&said(Outcome::Applied), 3), Some(&is("Acme")));
    assert_eq!(
        (told.outcome, told.code.as_str()),
        (Outcome::Refused, READ_BACK)
    );
    assert_eq!((told.call, told.server), (3, Some(Value::text("Acme"))));
}

#[test]
fn a_value_stored_differently_is_warned_and_shown() {
    let change = item("", "coat \"Alpine\"");
    let told = after_answer(
        0,
        &change,
        (&said(Outcome::Applied), 1),
        Some(&is("coat Alpine")),
    );
    assert_eq!(told.outcome, Outcome::Warned);
    assert!(told.reason.contains("`coat Alpine`"));
}

#[test]
fn silence_is_settled_by_what_the_server_has() {
    let change = item("Acme", "Ours");
    let outcome = |reading| silence(0, &change, (1, "time-out"), &reading).outcome;
    assert_eq!(outcome(is("Ours")), Outcome::Applied);
    assert_eq!(outcome(is("Acme")), Outcome::Refused);
    assert_eq!(outcome(is("Theirs")), Outcome::Unknown);
    assert_eq!(outcome(Reading::Unread("503".into())), Outcome::Unknown);
}

#[test]
fn half_of_the_tags_after_silence_may_be_sent_again() {
    let now = Reading::Is(Value::list(["new", "old"]));
    let told = silence(0, &tags(&["old"], "new", "old"), (1, ""), &now);
    assert_eq!(told.code, NO_ANSWER);
}
