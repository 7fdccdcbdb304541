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

/// What an answer and one reading say together, with nothing else to go by.
fn after(item: &Item, said: &Said, reading: &Reading) -> Settlement {
    after_answer(0, item, (said, 3), Some(reading), Others::default())
}

#[test]
fn a_word_of_success_that_does_not_show_is_unknown_and_never_a_refusal() {
    let change = item("Acme", "Ours");
    let applied = said(Outcome::Applied);
    assert!(may_be_behind(
        &change,
        &applied,
        &is("Acme"),
        Others::default()
    ));
    let told = after(&change, &applied, &is("Acme"));
    assert_eq!(
        (told.outcome, told.code.as_str()),
        (Outcome::Unknown, READ_BACK)
    );
    assert_eq!((told.call, told.server), (3, Some(Value::text("Acme"))));
}

#[test]
fn a_value_stored_differently_is_warned_and_shown_at_once() {
    let change = item("", "coat \"Alpine\"");
    let (applied, stored) = (said(Outcome::Applied), is("coat Alpine"));
    assert!(!may_be_behind(
        &change,
        &applied,
        &stored,
        Others::default()
    ));
    let told = after(&change, &applied, &stored);
    assert_eq!(told.outcome, Outcome::Warned);
    assert!(told.reason.contains("`coat Alpine`"));
}

/// Every word with a code and a text, beside every reading.
#[test]
fn the_servers_code_and_text_stay_whatever_is_read() {
    let change = item("Acme", "Ours");
    let readings = [
        is("Acme"),
        is("Ours"),
        is("Theirs"),
        Reading::Missing,
        Reading::Unread("503".into()),
    ];
    for outcome in [Outcome::Warned, Outcome::Refused, Outcome::Unknown] {
        let word = Said {
            code: "30001".into(),
            reason: "Stored with straight quotes.".into(),
            meaning: "field not named (one of 2)".into(),
            ..said(outcome)
        };
        for reading in &readings {
            for (written, unwritten) in [(false, true), (true, true), (true, false)] {
                let others = Others { written, unwritten };
                let told = after_answer(0, &change, (&word, 3), Some(reading), others);
                // The one that is written after all, of several the word may be about, has none.
                if told.outcome == Outcome::Applied {
                    assert_eq!((outcome, reading), (Outcome::Unknown, &is("Ours")));
                    assert!(unwritten);
                    continue;
                }
                let words = (told.code.as_str(), told.reason.as_str());
                assert_eq!(
                    words,
                    ("30001", "Stored with straight quotes."),
                    "{reading:?}"
                );
                assert!(!told.meaning.is_empty());
            }
        }
    }
}

#[test]
fn a_field_that_is_not_named_is_found_by_reading_back() {
    let change = item("Acme", "Ours");
    let word = Said {
        code: "20009".into(),
        reason: "No permission.".into(),
        meaning: "field not named (one of 2)".into(),
        ..said(Outcome::Unknown)
    };
    let both = Others {
        written: true,
        unwritten: true,
    };
    let told = |reading: &Reading, others| {
        let told = after_answer(0, &change, (&word, 1), Some(reading), others);
        (told.outcome, told.meaning)
    };
    let (outcome, meaning) = told(&is("Acme"), both);
    assert_eq!(outcome, Outcome::Refused);
    assert!(meaning.starts_with("field not named (one of 2); read back: this is the one"));
    assert_eq!(told(&is("Ours"), both).0, Outcome::Applied);
    let none = Others {
        written: false,
        unwritten: true,
    };
    assert!(may_be_behind(&change, &word, &is("Acme"), none));
    assert!(!may_be_behind(&change, &word, &is("Acme"), both));
    assert_eq!(told(&is("Acme"), none).0, Outcome::Refused);
    let all = Others {
        written: true,
        unwritten: false,
    };
    assert_eq!(told(&is("Ours"), all).0, Outcome::Warned);
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
