//! Each outcome, beside the truth.
//!
//! | outcome | the truth it must agree with |
//! |---|---|
//! | applied | after it was sent (or read, if it was there already) the server had the wanted value; only where reading back is off or impossible is the server's word enough |
//! | warned | we wrote it, or somebody else did after our call |
//! | refused, conflict, skipped | no write of ours is what the server has in the end, unless the server denied it and nobody read back |
//! | unknown | it was sent, and then a third value was read, or it could not be read, or what was answered did not show in time, or the run was stopped |
//!
//! What is told as the server's value, the server has told.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each question concerns a few kinds of lines of the log"
)]

use armarius::domain::{
    Outcome, Value,
    run::{RunState, Settlement, StopRule, same},
};

use super::{
    facts::{Facts, Sent},
    log::{Entry, Kept, Seen},
};

pub(super) fn problems(facts: &Facts<'_>, found: &mut Vec<String>) {
    for settlement in facts.story.run.settled.iter().flatten() {
        let wrong = called(facts, settlement)
            .or_else(|| told(facts, settlement))
            .or_else(|| wrong(facts, settlement));
        if let Some(wrong) = wrong {
            found.push(format!("{wrong}: {settlement:?}"));
        }
    }
}

/// The call it names is noted, holds it, and was sent.
fn called(facts: &Facts<'_>, one: &Settlement) -> Option<String> {
    if one.call == 0 {
        return None;
    }
    let named = facts
        .story
        .run
        .calls
        .iter()
        .find(|call| call.number == one.call);
    let Some(note) = named else {
        return Some("there is no such call".into());
    };
    if !note.items.contains(&one.item) {
        return Some("the call does not hold it".into());
    }
    let is_alone = note.noted_ms == 0;
    is_alone.then(|| "the call was never sent".into())
}

fn told(facts: &Facts<'_>, one: &Settlement) -> Option<String> {
    let server = one.server.as_ref()?;
    let reads = &facts.reads[one.item as usize];
    let was_told = reads
        .iter()
        .any(|read| read.seen == Seen::Value(server.clone()));
    (!was_told).then(|| "the server never told that value".into())
}

fn wrong(facts: &Facts<'_>, one: &Settlement) -> Option<String> {
    let place = one.item;
    let item = &facts.story.run.items[place as usize];
    let sent: Vec<&Sent> = facts.sent_with(place).collect();
    let settings = &facts.story.scene.settings;
    let reads = &facts.reads[place as usize];
    // Read back, or the reason says that it could not be.
    let is_blind = one.server.is_none()
        && (!settings.read_back
            || one.outcome == Outcome::Refused
            || one.reason.contains("could not be read back")
            || one.meaning.contains("could not be read back"));
    match one.outcome {
        Outcome::Applied if one.call == 0 => {
            let met = |now: &Value| item.is_met_by(now);
            let there = reads
                .iter()
                .any(|read| matches!(&read.seen, Seen::Value(now) if met(now)));
            (!there).then(|| "it was never there".into())
        }
        Outcome::Applied => {
            let since = sent.first()?.line;
            let had = facts
                .values_since(place, since)
                .iter()
                .any(|now| item.is_met_by(now));
            if had || is_blind {
                None
            } else {
                Some("it was never written".into())
            }
        }
        Outcome::Warned => {
            let touched = !facts.touches[place as usize].is_empty()
                || !same(&item.before, &facts.first(place));
            (!touched && !is_blind).then(|| "nobody wrote it".into())
        }
        Outcome::Refused => {
            let ours = facts.still_ours(place)?;
            // A part of the tags, and it says so.
            let is_part = item.delta.is_some() && one.reason.contains("not all as they were");
            let is_excused = is_part
                || (item.before == Value::Unknown && !item.is_met_by(&ours.value))
                || (is_blind && !one.code.is_empty());
            (!is_excused).then(|| "it is written".into())
        }
        Outcome::Conflict | Outcome::Skipped => {
            let ours = facts.still_ours(place)?;
            // A part of the tags was written, and the rest not sent again.
            let is_part = item.delta.is_some() && !item.is_met_by(&ours.value);
            (!is_part).then(|| "it is written".into())
        }
        Outcome::Unknown => unknown(facts, one, &sent),
    }
}

fn unknown(facts: &Facts<'_>, one: &Settlement, sent: &[&Sent]) -> Option<String> {
    let item = &facts.story.run.items[one.item as usize];
    if sent.is_empty() && !was_noted(facts, one.item) {
        return Some("it was never sent".into());
    }
    if let Some(server) = &one.server {
        let known =
            item.before != Value::Unknown && item.delta.is_none() && same(&item.before, server);
        if known && is_unseen(facts, one) {
            return None;
        }
        return (item.is_met_by(server) || known).then(|| "what was read settles it".into());
    }
    let wished = Entry::Wish("stop");
    // By a person, by its rule, or because everything was refused.
    let is_stopped = facts.story.run.state == RunState::Stopped
        || facts.story.run.rules.stop != StopRule::default()
        || facts.lines.iter().any(|line| line.entry == wished);
    let unread = facts.lines.iter().any(|line| match &line.entry {
        Entry::Untold { why, .. } => why.contains("not allowed"),
        Entry::Told { seen, .. } => seen
            .iter()
            .any(|(place, seen)| *place == one.item && !matches!(seen, Seen::Value(_))),
        _ => false,
    });
    let permission = !facts.story.scene.rules.forbidden.is_empty();
    (!is_stopped && !unread && !permission).then(|| "it could have been read".into())
}

/// Whether a change was answered, and does not show: the wait for it is over, or the run was
/// stopped.
fn is_unseen(facts: &Facts<'_>, one: &Settlement) -> bool {
    let answered = facts
        .sent_with(one.item)
        .filter_map(|sent| sent.settled)
        .max();
    let is_stopped = facts
        .lines
        .iter()
        .any(|line| line.entry == Entry::Wish("stop"))
        || facts.story.run.state == RunState::Stopped
        || facts.story.run.rules.stop != StopRule::default();
    let reads = &facts.reads[one.item as usize];
    let last = reads.last().map(|read| facts.lines[read.line].at);
    let wait = facts.story.scene.settings.read_back_wait;
    answered.is_some_and(|answered| is_stopped || last.is_some_and(|last| last >= answered + wait))
}

fn was_noted(facts: &Facts<'_>, place: u32) -> bool {
    facts.lines.iter().any(|line| {
        matches!(&line.entry, Entry::Durable { kept: Kept::Call(note), .. }
            if note.noted_ms != 0 && note.items.contains(&place))
    })
}
