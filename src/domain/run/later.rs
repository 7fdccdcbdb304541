//! What a value read after a run says of how a change ended. Pure.

use super::{
    Item, Outcome, Settlement,
    codes::{COUNTS, NO_ANSWER, READ_BACK},
};
use crate::domain::Value;

/// How a change ended, once the server shows this value: whatever was sent and shows as wanted is
/// written. A change that was never sent stays what it is.
///
/// The server's own words on it stay. What it refused in so many words and has all the same is
/// written with a remark: somebody else may have written it.
pub fn corrected(item: &Item, known: &Settlement, now: &Value) -> Settlement {
    let read = Settlement {
        server: Some(now.clone()),
        ..known.clone()
    };
    if known.call == 0 {
        return read;
    }
    let is_ours = ["", READ_BACK, NO_ANSWER, COUNTS].contains(&known.code.as_str());
    match (known.outcome, item.is_met_by(now)) {
        (Outcome::Unknown, true) => written(read, is_ours),
        (Outcome::Refused, true) if is_ours => written(read, is_ours),
        (Outcome::Refused, true) if !item.is_before(now) => Settlement {
            outcome: Outcome::Warned,
            meaning: "the server refused it, and yet it has the wanted value now".into(),
            ..read
        },
        (Outcome::Unknown, false) if is_ours => {
            let is_old = item.is_before(now);
            let (reason, meaning) = if is_old {
                let advice = "nothing was written as far as the server shows; it is safe to retry, \
                              for it is compared with the server first";
                ("read back: it is not written", advice)
            } else {
                let advice = "look at what the server has; then accept it, or stage the change \
                              again";
                ("read back: the server has another value", advice)
            };
            Settlement {
                code: READ_BACK.into(),
                reason: reason.into(),
                meaning: meaning.into(),
                ..read
            }
        }
        _ => read,
    }
}

fn written(read: Settlement, is_ours: bool) -> Settlement {
    let meaning = if is_ours {
        String::new()
    } else {
        // What the server had said on it is not lost.
        format!("the server had said: {} {}", read.code, read.reason)
    };
    Settlement {
        outcome: Outcome::Applied,
        code: READ_BACK.into(),
        reason: "read back: it is written".into(),
        meaning,
        ..read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item() -> Item {
        Item {
            row: 0,
            asset: "a".into(),
            name: "pier".into(),
            kind: "Image".into(),
            field: "Rights".into(),
            before: Value::text("old"),
            wanted: Value::text("new"),
            delta: None,
            value_kind: crate::domain::FieldKind::Text,
            facts: Vec::new(),
        }
    }

    fn ended(outcome: Outcome, code: &str, call: u32) -> Settlement {
        Settlement {
            item: 0,
            outcome,
            code: code.into(),
            reason: "its words".into(),
            meaning: String::new(),
            server: None,
            call,
        }
    }

    #[test]
    fn whatever_was_sent_and_shows_as_wanted_is_written() {
        use Outcome::{Applied, Conflict, Refused, Skipped, Unknown, Warned};
        let table = [
            ((Unknown, READ_BACK, 1), "new", Applied),
            ((Unknown, READ_BACK, 1), "old", Unknown),
            ((Unknown, READ_BACK, 1), "theirs", Unknown),
            ((Unknown, "20009", 1), "new", Applied),
            ((Refused, READ_BACK, 1), "new", Applied),
            ((Refused, NO_ANSWER, 1), "new", Applied),
            ((Refused, COUNTS, 1), "new", Applied),
            ((Refused, "30001", 1), "new", Warned),
            ((Refused, "30001", 1), "old", Refused),
            ((Refused, NO_ANSWER, 1), "old", Refused),
            ((Applied, "", 1), "theirs", Applied),
            ((Warned, "30001", 1), "new", Warned),
            ((Conflict, "changed", 0), "new", Conflict),
            ((Skipped, "not-sent", 0), "new", Skipped),
        ];
        for ((outcome, code, call), now, wanted) in table {
            let known = ended(outcome, code, call);
            let now = Value::text(now);
            let told = corrected(&item(), &known, &now);
            assert_eq!(told.outcome, wanted, "{outcome} {code} {now:?}");
            assert_eq!(told.server, Some(now));
            if code == "20009" || code == "30001" {
                let words = format!("{} {} {}", told.code, told.reason, told.meaning);
                assert!(
                    words.contains(code) && words.contains("its words"),
                    "{words}"
                );
            }
        }
    }
}
