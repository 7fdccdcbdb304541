//! After a call: what the server's word, its silence, and reading back make of a change.

use super::{
    COUNTS, GONE, NO_ANSWER, READ_BACK, Reading, Verdict, Written, meaning_of_refusal, quoted,
    written,
};
use crate::{
    domain::{Item, Outcome, Value, run::Settlement},
    endpoint::Said,
};

/// What was read of the other changes that a word of the server may be about as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Others {
    /// Some of them are written.
    pub written: bool,
    /// Some of them are not.
    pub unwritten: bool,
}

impl Others {
    /// Counts what was read of one of them.
    pub fn count(&mut self, item: &Item, reading: &Reading) {
        match reading.value().map(|now| written(item, now)) {
            Some(Written::All) => self.written = true,
            Some(Written::Nothing | Written::Else) => self.unwritten = true,
            None => {}
        }
    }
}

/// Whether a reading may come from a server that is behind: the answer says that the change is
/// written, or that some of the changes it speaks of are, and nothing of it can be seen yet. It is
/// to be read again before anything is made of it.
pub fn may_be_behind(item: &Item, said: &Said, reading: &Reading, others: Others) -> bool {
    let Reading::Is(now) = reading else {
        return false;
    };
    let is_unseen = match written(item, now) {
        Written::Nothing => true,
        // Nobody knows what was there before: this may be it.
        Written::Else => item.before == Value::Unknown,
        Written::All => false,
    };
    is_unseen
        && match said.outcome {
            Outcome::Applied | Outcome::Warned => true,
            Outcome::Unknown => !others.written,
            Outcome::Refused | Outcome::Conflict | Outcome::Skipped => false,
        }
}

/// What the server's word and the last reading say together. `reading` is `None` where reading back
/// is switched off.
///
/// The server's code and text stay as they were sent; what we make of them stands in the meaning.
pub fn after_answer(
    place: u32,
    item: &Item,
    (said, call): (&Said, u32),
    reading: Option<&Reading>,
    others: Others,
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
        (Outcome::Unknown, _) => left_open(item, spoken, reading, others),
        (Outcome::Applied | Outcome::Warned, Reading::Is(now)) => believed(item, spoken, now),
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

/// What reading back makes of a word of success.
fn believed(item: &Item, spoken: Settlement, now: &Value) -> Settlement {
    match written(item, now) {
        Written::All => spoken,
        Written::Else if item.before != Value::Unknown => {
            let stored = format!("the server stored it differently: {}", quoted(now));
            let advice = "accept what the server has, or stage a correction";
            found_out(spoken, Outcome::Warned, (stored, advice))
        }
        Written::Nothing | Written::Else => {
            let has = if item.before == Value::Unknown {
                quoted(now)
            } else {
                "the old value".into()
            };
            let found = format!("the server said it was written, but it still has {has}");
            let advice = "it may show later: ask the server again, then it is applied, or safe to \
                          retry";
            found_out(spoken, Outcome::Unknown, (found, advice))
        }
    }
}

/// What was found by reading a change back that the server had words on: they stay, and what was
/// found stands beside them.
fn found_out(spoken: Settlement, outcome: Outcome, (found, advice): (String, &str)) -> Settlement {
    if spoken.code.is_empty() && spoken.reason.is_empty() {
        return Settlement {
            outcome,
            code: READ_BACK.to_owned(),
            reason: found,
            meaning: advice.to_owned(),
            ..spoken
        };
    }
    let code = if spoken.code.is_empty() {
        READ_BACK.to_owned()
    } else {
        spoken.code.clone()
    };
    let parts = [spoken.meaning.as_str(), &found, advice];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Settlement {
        outcome,
        code,
        meaning: parts.join("; "),
        ..spoken
    }
}

/// What reading back makes of a change that an answer leaves open.
fn left_open(item: &Item, spoken: Settlement, reading: &Reading, others: Others) -> Settlement {
    let is_lost = spoken.code == NO_ANSWER;
    if is_lost {
        return silence(spoken.item, item, (spoken.call, &spoken.reason), reading);
    }
    // A word of the server, not only counts of it or nothing at all.
    let is_refusal = !spoken.code.is_empty() && spoken.code != COUNTS;
    let now = match reading {
        Reading::Is(now) => now,
        Reading::Missing => {
            let gone = "read back: the asset is gone, or may no longer be read".to_owned();
            let advice = "read it again later, or list the library again";
            return found_out(spoken, Outcome::Unknown, (gone, advice));
        }
        Reading::Unread(cause) => {
            let unread = if cause.is_empty() {
                "it could not be read back".to_owned()
            } else {
                format!("it could not be read back: {cause}")
            };
            let advice = "ask the server again; then it is applied, or safe to retry";
            return found_out(spoken, Outcome::Unknown, (unread, advice));
        }
    };
    match written(item, now) {
        Written::All if is_refusal && !others.unwritten => {
            let found = "read back: it is written all the same".to_owned();
            found_out(spoken, Outcome::Warned, (found, "check it, then accept it"))
        }
        Written::All => Settlement {
            outcome: Outcome::Applied,
            code: READ_BACK.to_owned(),
            reason: "read back: this one is written".to_owned(),
            meaning: String::new(),
            ..spoken
        },
        Written::Nothing if is_refusal => {
            let found = if others.written {
                "read back: this is the one that is not written"
            } else {
                "read back: it is not written"
            };
            found_out(spoken, Outcome::Refused, (found.to_owned(), ""))
        }
        Written::Nothing if others.written => {
            let found = "read back: this one is not written".to_owned();
            found_out(spoken, Outcome::Refused, (found, "it is safe to retry"))
        }
        Written::Nothing => {
            let found = "read back: it still has the old value".to_owned();
            let advice = "it may show later: ask the server again, then it is applied, or safe to \
                          retry";
            found_out(spoken, Outcome::Unknown, (found, advice))
        }
        Written::Else => {
            let found = format!(
                "read back: the server has {}, neither the old value nor the wanted one",
                quoted(now)
            );
            let advice = "look at it; then accept it, or stage the change again";
            found_out(spoken, Outcome::Unknown, (found, advice))
        }
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
