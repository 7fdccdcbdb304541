//! From the fates of pairs to what is said of each change.

use crate::{
    domain::{Outcome, run::ServerCounts},
    endpoint::{Answer, Said},
};

use super::{
    batch::{BatchAnswer, Fate, Shared},
    meaning,
    update::Part,
};

/// The answer to a call whose pairs ended so.
///
/// The server counts pairs and a certificate is two of them, so counts that agree are turned into
/// counts of changes; counts that don't are handed on as they came.
pub(super) fn answer(
    fates: Vec<(usize, Part, Fate)>,
    counted: &BatchAnswer,
    agrees: bool,
) -> Answer {
    let mut by_item: Vec<(usize, Vec<(Part, Fate)>)> = Vec::new();
    for (item, part, fate) in fates {
        match by_item.last_mut() {
            Some((last, parts)) if *last == item => parts.push((part, fate)),
            _ => by_item.push((item, vec![(part, fate)])),
        }
    }
    let said: Vec<Said> = by_item
        .into_iter()
        .map(|(item, parts)| merged(item, parts))
        .collect();
    // What the values tell apart later is counted as the server did.
    let is_open = said.iter().any(|one| one.outcome == Outcome::Unknown);
    let counts = if agrees && !is_open {
        ours(&said)
    } else {
        theirs(counted)
    };
    Answer {
        said,
        counts: Some(counts),
        trace: String::new(),
    }
}

fn ours(said: &[Said]) -> ServerCounts {
    let mut counts = ServerCounts::default();
    for one in said {
        match one.outcome {
            Outcome::Applied => counts.success += 1,
            Outcome::Warned => counts.warning += 1,
            Outcome::Refused => counts.error += 1,
            Outcome::Conflict | Outcome::Skipped | Outcome::Unknown => {}
        }
    }
    counts
}

fn theirs(counted: &BatchAnswer) -> ServerCounts {
    let number = |count: Option<i64>| count.and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    ServerCounts {
        success: number(counted.success),
        warning: number(counted.warning),
        error: number(counted.error),
    }
}

/// What is said of a change whose parts ended so: the worst of them, and which part it was.
fn merged(item: usize, parts: Vec<(Part, Fate)>) -> Said {
    let words = |fate: &Fate| match fate {
        Fate::Warned(code, reason) | Fate::Refused(code, reason) => {
            Some(format!("{code} {reason}"))
        }
        Fate::Applied | Fate::OneOf(_) | Fate::Open(..) => None,
    };
    let told: Vec<(Part, Option<String>)> = parts
        .iter()
        .map(|(part, fate)| (*part, words(fate)))
        .collect();
    let written = parts
        .iter()
        .find(|(_, fate)| matches!(fate, Fate::Applied | Fate::Warned(..)))
        .map(|(part, _)| *part);
    let worst = parts
        .into_iter()
        .max_by_key(|(_, fate)| weight(fate))
        .unwrap_or((Part::Whole, Fate::Applied));
    let (part, fate) = worst;
    let told_first = words(&fate);
    let mut said = of_fate(item, fate);
    // The other part's words are told, too, where they are others.
    for (other, words) in told {
        if let (true, Some(name), Some(words)) = (other != part, word(other), words)
            && Some(&words) != told_first.as_ref()
        {
            said.meaning = format!(
                "{}; of the certificate's {name} it said: {words}",
                said.meaning
            );
        }
    }
    if said.outcome == Outcome::Refused
        && let (Some(kept), Some(lost)) = (written.and_then(word), word(part))
    {
        said.meaning = format!(
            "the certificate's {kept} is written, its {lost} is not: {}",
            said.meaning
        );
    }
    said
}

fn word(part: Part) -> Option<&'static str> {
    match part {
        Part::Whole => None,
        Part::Status => Some("status"),
        Part::Message => Some("message"),
    }
}

fn weight(fate: &Fate) -> u8 {
    match fate {
        Fate::Applied => 0,
        Fate::Warned(..) | Fate::OneOf(Shared { refuses: false, .. }) => 1,
        Fate::Refused(..) => 2,
        Fate::OneOf(Shared { refuses: true, .. }) => 3,
        Fate::Open(..) => 4,
    }
}

fn of_fate(item: usize, fate: Fate) -> Said {
    let (outcome, code, reason, meaning) = match fate {
        Fate::Applied => (
            Outcome::Applied,
            String::new(),
            String::new(),
            String::new(),
        ),
        Fate::Warned(code, reason) => {
            let meaning = meaning::of_word(meaning::WARNING, &reason);
            (Outcome::Warned, code, reason, meaning)
        }
        Fate::Refused(code, reason) => {
            let meaning = meaning::of_word(meaning::of_refusal(&code), &reason);
            (Outcome::Refused, code, reason, meaning)
        }
        Fate::OneOf(shared) => {
            let Shared {
                code,
                reason,
                of,
                refuses,
            } = shared;
            let (outcome, meaning) = if refuses {
                (Outcome::Unknown, meaning::of_refusal(&code))
            } else {
                (Outcome::Warned, meaning::WARNING)
            };
            let meaning = meaning::of_word(meaning, &reason);
            (
                outcome,
                code,
                reason,
                meaning::field_not_named(of, &meaning),
            )
        }
        Fate::Open(code, reason) if code.is_empty() && reason.is_empty() => (
            Outcome::Unknown,
            meaning::COUNTS.to_owned(),
            meaning::NOT_NAMED.to_owned(),
            meaning::OPEN.to_owned(),
        ),
        Fate::Open(code, reason) => (Outcome::Unknown, code, reason, meaning::OPEN.to_owned()),
    };
    Said {
        item,
        outcome,
        code,
        reason,
        meaning,
    }
}
