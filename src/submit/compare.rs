//! What values read before and after a call mean. Pure.

use crate::{
    domain::{
        Item, Outcome, Value,
        run::{Settlement, same},
    },
    endpoint::Said,
};

pub use crate::domain::run::codes::{ALREADY, CHANGED, GONE, NO_ANSWER, NOT_SENT, READ_BACK};

/// What reading one field of one asset gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Its value.
    Is(Value),
    /// The asset is not there, or may not be read.
    Missing,
    /// Nobody could tell: a thumbnail that can't be read, or reading did not work (why).
    Unread(String),
}

impl Reading {
    fn value(&self) -> Option<&Value> {
        match self {
            Self::Is(value) => Some(value),
            Self::Missing | Self::Unread(_) => None,
        }
    }
}

/// Whether the server still has what the draft rested on, as far as this change is concerned.
///
/// Tags asked for one by one rest on nothing: other people's tags stay whatever they are.
fn is_untouched(item: &Item, now: &Value) -> bool {
    item.delta.is_some() || item.before == Value::Unknown || same(&item.before, now)
}

/// How much of a change is on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    All,
    Nothing,
    /// A third value, or a part of the tags.
    Else,
}

fn written(item: &Item, now: &Value) -> Written {
    if item.is_met_by(now) {
        return Written::All;
    }
    let nothing = match &item.delta {
        Some(delta) => {
            let has = |tag: &String| now.entries().contains(tag);
            let had = |tag: &String| item.before.entries().contains(tag);
            let mut asked = delta.add.iter().chain(&delta.remove);
            asked.all(|tag| has(tag) == had(tag))
        }
        None => same(&item.before, now),
    };
    if nothing {
        Written::Nothing
    } else {
        Written::Else
    }
}

/// What re-reading before a call says of a change: `None` if it may go.
pub fn before_sending(place: u32, item: &Item, reading: &Reading) -> Option<Settlement> {
    let said = match reading {
        Reading::Unread(_) => return None,
        Reading::Missing => Verdict {
            outcome: Outcome::Conflict,
            code: GONE,
            reason: "the asset is gone from the library, or may no longer be read".into(),
            meaning: "it was not sent; list the library again, then take the change out",
        },
        Reading::Is(now) if item.is_met_by(now) => Verdict {
            outcome: Outcome::Applied,
            code: ALREADY,
            reason: "the server had it already".into(),
            meaning: "",
        },
        Reading::Is(now) if is_untouched(item, now) => return None,
        Reading::Is(now) => Verdict {
            outcome: Outcome::Conflict,
            code: CHANGED,
            reason: format!(
                "changed meanwhile: it was {} when this was staged, it is {} now",
                quoted(&item.before),
                quoted(now)
            ),
            meaning: "it was not sent; look at both values, then stage it again or drop it",
        },
    };
    Some(said.settlement(place, 0, reading))
}

/// What the server's word and reading back say together. `reading` is `None` where reading back
/// is switched off.
pub fn after_answer(
    place: u32,
    item: &Item,
    (said, call): (&Said, u32),
    reading: Option<&Reading>,
) -> Settlement {
    let spoken = Settlement {
        item: place,
        outcome: said.outcome,
        code: said.code.clone(),
        reason: said.reason.clone(),
        meaning: said.meaning.clone(),
        server: reading.and_then(Reading::value).cloned(),
        call,
    };
    let Some(reading) = reading else {
        return spoken;
    };
    match (said.outcome, reading) {
        (Outcome::Unknown, _) => silence(place, item, (call, &said.reason), reading),
        (Outcome::Applied | Outcome::Warned, Reading::Is(now)) => {
            believed(item, now).map_or(spoken, |told| told.settlement(place, call, reading))
        }
        (Outcome::Applied, Reading::Missing | Reading::Unread(_)) => Settlement {
            reason: "the server says so; it could not be read back".into(),
            ..spoken
        },
        (Outcome::Refused, Reading::Is(now))
            if written(item, now) == Written::All && !same(&item.before, now) =>
        {
            Settlement {
                outcome: Outcome::Warned,
                meaning: "the server refused it, and yet it has the wanted value".into(),
                ..spoken
            }
        }
        (Outcome::Refused, _) => Settlement {
            meaning: meaning_of_refusal(&spoken.meaning),
            ..spoken
        },
        (Outcome::Warned | Outcome::Conflict | Outcome::Skipped, _) => spoken,
    }
}

/// What reading back makes of a word of success; `None` if it bears it out.
fn believed(item: &Item, now: &Value) -> Option<Verdict> {
    match written(item, now) {
        Written::All => None,
        Written::Nothing => Some(Verdict {
            outcome: Outcome::Refused,
            code: READ_BACK,
            reason: "the server said it was written, but it has the old value".into(),
            meaning: "nothing was written; retry it, and tell the server's people if it happens \
                      again",
        }),
        Written::Else if item.before == Value::Unknown => Some(Verdict {
            outcome: Outcome::Refused,
            code: READ_BACK,
            reason: format!("the server said it was written, but it has {}", quoted(now)),
            meaning: "retry it, and tell the server's people if it happens again",
        }),
        Written::Else => Some(Verdict {
            outcome: Outcome::Warned,
            code: READ_BACK,
            reason: format!("the server stored it differently: {}", quoted(now)),
            meaning: "accept what the server has, or stage a correction",
        }),
    }
}

/// What reading back says of a change that was sent and never answered (`why`).
///
/// Refused with [`NO_ANSWER`] means: known not to be written, so it may be sent again.
pub fn silence(place: u32, item: &Item, (call, why): (u32, &str), reading: &Reading) -> Settlement {
    let lost = if why.is_empty() {
        "no answer came back".to_owned()
    } else {
        format!("no answer came back ({why})")
    };
    let told = match reading {
        Reading::Is(now) => match written(item, now) {
            Written::All => Verdict {
                outcome: Outcome::Applied,
                code: READ_BACK,
                reason: format!("{lost}; read back: it is written"),
                meaning: "",
            },
            // Adding or removing tags again can't harm, so a part of them counts as not written.
            Written::Nothing => not_written(&lost),
            Written::Else if item.delta.is_some() => not_written(&lost),
            Written::Else => Verdict {
                outcome: Outcome::Unknown,
                code: READ_BACK,
                reason: format!(
                    "{lost}; the server now has {}, neither the old value nor the wanted one",
                    quoted(now)
                ),
                meaning: "look at what the server has; then accept it, or stage the change again",
            },
        },
        Reading::Missing => Verdict {
            outcome: Outcome::Unknown,
            code: GONE,
            reason: format!("{lost}; the asset is gone, or may no longer be read"),
            meaning: "read it again later, or list the library again",
        },
        Reading::Unread(cause) => Verdict {
            outcome: Outcome::Unknown,
            code: READ_BACK,
            reason: if cause.is_empty() {
                format!("{lost}; it could not be read back")
            } else {
                format!("{lost}; it could not be read back: {cause}")
            },
            meaning: "ask the server again; then it is applied, or safe to retry",
        },
    };
    told.settlement(place, call, reading)
}

fn not_written(lost: &str) -> Verdict {
    Verdict {
        outcome: Outcome::Refused,
        code: NO_ANSWER,
        reason: format!("{lost}; read back: it is not written"),
        meaning: "nothing was written; it is safe to retry",
    }
}

/// A change that was not sent because the run was stopped.
pub fn skipped(place: u32, reason: &str) -> Settlement {
    let told = Verdict {
        outcome: Outcome::Skipped,
        code: NOT_SENT,
        reason: reason.to_owned(),
        meaning: "it is still staged; submit it again when you like",
    };
    told.settlement(place, 0, &Reading::Unread(String::new()))
}

/// A change the server refused as a part of a call, or which we could not send.
pub fn refused(place: u32, call: u32, (code, reason): (&str, &str), meaning: &str) -> Settlement {
    Settlement {
        item: place,
        outcome: Outcome::Refused,
        code: code.to_owned(),
        reason: reason.to_owned(),
        meaning: meaning_of_refusal(meaning),
        server: None,
        call,
    }
}

fn meaning_of_refusal(meaning: &str) -> String {
    if meaning.is_empty() {
        "nothing was written; correct the value, then retry".into()
    } else {
        meaning.to_owned()
    }
}

struct Verdict {
    outcome: Outcome,
    code: &'static str,
    reason: String,
    meaning: &'static str,
}

impl Verdict {
    fn settlement(self, item: u32, call: u32, reading: &Reading) -> Settlement {
        Settlement {
            item,
            outcome: self.outcome,
            code: self.code.to_owned(),
            reason: self.reason,
            meaning: self.meaning.to_owned(),
            server: reading.value().cloned(),
            call,
        }
    }
}

/// The server's word on every change once; what it left out is unknown.
pub fn complete(said: Vec<Said>, count: usize) -> Vec<Said> {
    let mut words: Vec<Option<Said>> = (0..count).map(|_| None).collect();
    for one in said {
        if let Some(slot) = words.get_mut(one.item) {
            *slot = Some(one);
        }
    }
    let silent = |item| Said {
        item,
        outcome: Outcome::Unknown,
        code: String::new(),
        reason: "the answer does not mention it".into(),
        meaning: String::new(),
    };
    (0..)
        .zip(words)
        .map(|(item, word)| word.unwrap_or_else(|| silent(item)))
        .collect()
}

/// A value in a sentence, cut to a length people read.
fn quoted(value: &Value) -> String {
    const LONGEST: usize = 60;
    let shown = value.display();
    match value {
        Value::Absent => "empty".into(),
        Value::Unknown => "not known".into(),
        Value::Text(_) | Value::List(_) | Value::Certificate(_) | Value::Asset { .. } => {
            if shown.chars().count() > LONGEST {
                let start: String = shown.chars().take(LONGEST).collect();
                format!("`{start}…`")
            } else {
                format!("`{shown}`")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::TagDelta;

    fn item(before: &str, wanted: &str) -> Item {
        Item {
            row: 0,
            asset: "a".into(),
            name: "pier".into(),
            kind: "Image".into(),
            field: "Rights".into(),
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
}
