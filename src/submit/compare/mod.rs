//! What values read before and after a call mean. Pure.
//!
//! `before` looks at an asset that is about to be written, `after` at one that was.

mod after;
mod before;
#[cfg(test)]
mod tests;

use crate::{
    domain::{Item, Outcome, Value, run::Settlement},
    endpoint::EndpointError,
};

pub use after::{Others, after_answer, complete, may_be_behind, silence};
pub use before::before_sending;

pub use crate::domain::run::codes::{
    ALREADY, CHANGED, COUNTS, GONE, NO_ANSWER, NOT_SENT, READ_BACK,
};

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
    pub(super) fn value(&self) -> Option<&Value> {
        match self {
            Self::Is(value) => Some(value),
            Self::Missing | Self::Unread(_) => None,
        }
    }
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
        None => item.is_before(now),
    };
    if nothing {
        Written::Nothing
    } else {
        Written::Else
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

/// A change that was lost, is known not to be written, and is not sent again because the run was
/// stopped.
pub fn not_sent_again(lost: Settlement) -> Settlement {
    Settlement {
        reason: format!("not sent again: the run was stopped; {}", lost.reason),
        ..Settlement {
            call: lost.call,
            server: lost.server,
            ..skipped(lost.item, "")
        }
    }
}

/// A change that was not sent because the server did not let it be compared first.
pub fn not_compared(place: u32, error: &EndpointError) -> Settlement {
    Settlement {
        item: place,
        outcome: Outcome::Skipped,
        code: error.code().to_owned(),
        reason: error.to_string(),
        meaning: "it could not be compared with the library, so it was not sent; it is still \
                  staged"
            .to_owned(),
        server: None,
        call: 0,
    }
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
