//! From the fates of pairs to what is said of each change.

use crate::{
    domain::{Outcome, run::ServerCounts},
    endpoint::{Answer, Said},
};

use super::{
    batch::{BatchAnswer, Fate},
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
    let counts = if agrees { ours(&said) } else { theirs(counted) };
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
    let written = parts
        .iter()
        .find(|(_, fate)| matches!(fate, Fate::Applied | Fate::Warned(..)))
        .map(|(part, _)| *part);
    let worst = parts
        .into_iter()
        .max_by_key(|(_, fate)| weight(fate))
        .unwrap_or((Part::Whole, Fate::Applied));
    let (part, fate) = worst;
    let mut said = of_fate(item, fate);
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
        Fate::Warned(..) => 1,
        Fate::Refused(..) => 2,
        Fate::Open(..) => 3,
    }
}

fn of_fate(item: usize, fate: Fate) -> Said {
    let said = |outcome, code: String, reason: String, meaning: &str| Said {
        item,
        outcome,
        code,
        reason,
        meaning: meaning.to_owned(),
    };
    match fate {
        Fate::Applied => said(Outcome::Applied, String::new(), String::new(), ""),
        Fate::Warned(code, reason) => said(Outcome::Warned, code, reason, meaning::WARNING),
        Fate::Refused(code, reason) => {
            let means = meaning::of_refusal(&code);
            said(Outcome::Refused, code, reason, means)
        }
        Fate::Open(code, reason) if code.is_empty() => said(
            Outcome::Unknown,
            meaning::COUNTS.to_owned(),
            reason,
            meaning::OPEN,
        ),
        Fate::Open(code, reason) => said(Outcome::Unknown, code, reason, meaning::OPEN),
    }
}
