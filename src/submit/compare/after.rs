//! After a call: what the server's word, its silence, and reading back make of a change.

use super::{
    GONE, NO_ANSWER, READ_BACK, Reading, Verdict, Written, meaning_of_refusal, quoted, written,
};
use crate::{
    domain::{Item, Outcome, Value, run::Settlement},
    endpoint::Said,
};

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
            if written(item, now) == Written::All && !item.is_before(now) =>
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
            Written::Nothing => not_written(&lost),
            // Adding or removing tags again can't harm, so a part of them counts as not written.
            Written::Else if item.delta.is_some() => Verdict {
                reason: format!("{lost}; read back: its tags are not all as they were asked for"),
                meaning: "a part of them may be written; it is safe to retry",
                ..not_written(&lost)
            },
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
