//! The promises, judged by the log of a schedule.
//!
//! | promise | how it is judged |
//! |---|---|
//! | it ends | every change has its outcome, in a bounded number of requests, starts and hours |
//! | told = kept | the run the engine returns is the run in the journal; news tells only what is durable |
//! | noted before sent | at the arrival of a call, a note of just these changes is durable and unanswered |
//! | nothing twice | between two writes of ours to a field somebody else wrote it, and we had read that it was not as wanted before we sent the second (tags added one by one: only the reading) |
//! | nothing overwritten | with the check on, the last reading before a call, in the same life, showed the value the draft rested on, and nothing but the pace came between |
//! | settled is settled | a change that was settled is never sent again |
//! | one call an asset | no call arrives while an earlier one of one of its assets may still be carried out |
//! | thumbnails last | no metadata after the first thumbnail (with a canary: asset by asset) |
//! | the pace | no minute of a life has more requests than the budget |
//! | `Retry-After` | once heard, nobody sends before it is over |
//! | a reason | a run that paused by itself says why |

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each question concerns a few kinds of lines of the log"
)]

use std::time::Duration;

use armarius::domain::{
    FieldKey, Value,
    run::{RunState, Settlement, same},
};

use super::{
    facts::{Facts, Read, Sent},
    log::{Entry, Kept, Seen},
    outcomes,
    play::Story,
};

/// Requests a change may cost at most, all faults included.
const REQUESTS: usize = 1_200;
/// What lies between reading and sending if nothing holds the call back: a slow disk.
const WINDOW: Duration = Duration::from_secs(7);

/// What is wrong with a story; nothing, if all promises were kept.
pub(super) fn problems(story: &Story) -> Vec<String> {
    let facts = Facts::of(story);
    let mut found = Vec::new();
    ended(&facts, &mut found);
    noted(&facts, &mut found);
    once(&facts, &mut found);
    compared(&facts, &mut found);
    settled(&facts, &mut found);
    apart(&facts, &mut found);
    paced(&facts, &mut found);
    reasons(&facts, &mut found);
    outcomes::problems(&facts, &mut found);
    found
}

fn ended(facts: &Facts<'_>, found: &mut Vec<String>) {
    let story = facts.story;
    found.extend(story.stuck.clone());
    let open = story.run.open().count();
    if open > 0 {
        found.push(format!("{open} changes have no outcome"));
    }
    if story.requests > REQUESTS {
        found.push(format!("{} requests", story.requests));
    }
    if let Some(returned) = &story.returned
        && returned.settled != story.run.settled
        && !facts.settled.iter().any(|(_, said, _)| !said)
    {
        found.push("what the engine returned is not what the journal has".into());
    }
    let mut durable = Vec::new();
    for line in facts.lines {
        match &line.entry {
            Entry::Durable {
                kept: Kept::Settled(settled),
                ..
            } => durable.extend(settled),
            Entry::ToldSettled(told) if told.iter().any(|one| !durable.contains(&one)) => {
                found.push("told before it was kept".into());
            }
            _ => {}
        }
    }
}

fn noted(facts: &Facts<'_>, found: &mut Vec<String>) {
    for sent in facts.sent.values() {
        let is_noted = facts.lines[..sent.line]
            .iter()
            .any(|line| match &line.entry {
                Entry::Durable {
                    kept: Kept::Call(note),
                    said: true,
                } => {
                    let is_last = !facts.lines[..sent.line].iter().any(|later| {
                        later.at > line.at
                            && matches!(&later.entry, Entry::Durable { kept: Kept::Call(other), .. }
                            if other.number == note.number && other.noted_ms == 0)
                    });
                    is_last
                        && line.life == sent.life
                        && note.items == sent.places
                        && note.noted_ms != 0
                        && note.took_ms.is_none()
                }
                _ => false,
            });
        if !is_noted {
            found.push(format!("line {}: sent without a note", sent.line));
        }
    }
}

fn once(facts: &Facts<'_>, found: &mut Vec<String>) {
    for (place, touches) in (0u32..).zip(&facts.touches) {
        let item = &facts.story.run.items[place as usize];
        let ours: Vec<_> = touches
            .iter()
            .filter_map(|touch| Some((touch, facts.sent.get(&touch.request?)?)))
            .collect();
        for pair in ours.windows(2) {
            let ((first, _), (second, sent)) = (&pair[0], &pair[1]);
            let outside = touches
                .iter()
                .filter(|touch| touch.request.is_none())
                // What comes when the call has left can't be seen by looking before it.
                .find(|touch| first.line < touch.line && touch.line < sent.line);
            let since = match outside {
                Some(outside) => outside.line,
                None if item.delta.is_some() => first.line,
                None => {
                    found.push(format!(
                        "change {place}: written twice, line {}",
                        second.line
                    ));
                    continue;
                }
            };
            let proof = facts.reads[place as usize].iter().any(|read| {
                let unmet = matches!(&read.seen, Seen::Value(now) if !item.is_met_by(now));
                unmet && read.sampled > since && read.line < sent.line
            });
            if !proof {
                found.push(format!(
                    "change {place}: written again without looking, line {}",
                    second.line
                ));
            }
        }
    }
}

fn compared(facts: &Facts<'_>, found: &mut Vec<String>) {
    if !facts.story.scene.settings.check_before {
        return;
    }
    for sent in facts.sent.values() {
        for &place in &sent.places {
            if let Some(why) = not_compared(facts, sent, place) {
                found.push(format!("line {}: change {place}: {why}", sent.line));
            }
        }
    }
}

/// Why a change should not have been sent, if so.
fn not_compared(facts: &Facts<'_>, sent: &Sent, place: u32) -> Option<String> {
    let reads = facts.reads[place as usize].iter().rev();
    let mut before = reads.filter(|read| read.line < sent.line && read.life == sent.life);
    let Some(last) = before.next() else {
        return Some("sent without reading".into());
    };
    let wrong = not_proven(facts, sent, (place, last))?;
    // Where the changes of an asset were told apart, the last reading may have been for another.
    let items = &facts.story.run.items;
    let is_apart = (0u32..).zip(items).any(|(other, item)| {
        item.row == items[place as usize].row
            && (item.field == FieldKey::thumbnail()) == sent.thumbnails
            && !sent.places.contains(&other)
    });
    let proven = |read| not_proven(facts, sent, (place, read)).is_none();
    (!(is_apart && before.any(proven))).then_some(wrong)
}

/// Why this reading does not allow a change to be sent, if so.
fn not_proven(facts: &Facts<'_>, sent: &Sent, (place, read): (u32, &Read)) -> Option<String> {
    let item = &facts.story.run.items[place as usize];
    match &read.seen {
        Seen::Unreadable => return None,
        Seen::Missing => return Some("sent to an asset that is gone".into()),
        Seen::Value(now) if item.is_met_by(now) => {
            return Some("sent though it was there already".into());
        }
        Seen::Value(now) => {
            let rests = item.delta.is_some() || item.before == Value::Unknown;
            if !rests && !same(&item.before, now) {
                return Some("sent over what somebody else wrote".into());
            }
        }
    }
    let between = &facts.lines[read.line..sent.line];
    let paused = Entry::Durable {
        kept: Kept::State(RunState::Paused),
        said: true,
    };
    if between.iter().any(|line| line.entry == paused) {
        return Some("a pause lies between reading and sending".into());
    }
    let window = sent.at.saturating_sub(facts.lines[read.sampled].at);
    let settings = &facts.story.scene.settings;
    let slots = settings.requests_per_minute.map_or(Duration::ZERO, |rpm| {
        let workers = u32::try_from(settings.concurrency).unwrap();
        Duration::from_mins(1) / rpm * 16 * 2 * workers
    });
    let limit = WINDOW + settings.timeout + slots;
    (window > limit).then(|| format!("{window:?} lie between reading and sending"))
}

fn settled(facts: &Facts<'_>, found: &mut Vec<String>) {
    for (line, said, one) in &facts.settled {
        if *said && let Some(again) = facts.sent_with(one.item).find(|sent| sent.line > *line) {
            found.push(format!(
                "line {}: change {} was settled at line {line}",
                again.line, one.item
            ));
        }
    }
}

fn apart(facts: &Facts<'_>, found: &mut Vec<String>) {
    let items = &facts.story.run.items;
    let rows = |sent: &Sent| -> Vec<u32> {
        let rows = sent.places.iter().map(|&place| items[place as usize].row);
        rows.collect()
    };
    let sent: Vec<&Sent> = facts.sent.values().collect();
    for (nth, later) in sent.iter().enumerate() {
        let mine = rows(later);
        for earlier in &sent[..nth] {
            // The journal has an end for it that the engine never heard of.
            let is_unheard = |(line, said, one): &(usize, bool, Settlement)| {
                !said && *line < earlier.line && earlier.places.contains(&one.item)
            };
            if facts.settled.iter().any(is_unheard) {
                continue;
            }
            let shares = rows(earlier).iter().any(|row| mine.contains(row));
            if shares && later.at < facts.over(earlier) {
                found.push(format!(
                    "line {}: the call of line {} may still be carried out",
                    later.line, earlier.line
                ));
            }
            // A canary goes first with all it has.
            let is_late = facts.story.run.rules.canary == 0 || shares;
            if earlier.thumbnails && !later.thumbnails && is_late {
                found.push(format!("line {}: metadata after thumbnails", later.line));
            }
        }
    }
}

fn paced(facts: &Facts<'_>, found: &mut Vec<String>) {
    let minute = Duration::from_mins(1);
    let mut asked: Vec<(usize, usize, Duration)> = Vec::new();
    let mut quiet = (0, Duration::ZERO, Duration::ZERO);
    for (place, line) in facts.lines.iter().enumerate() {
        match line.entry {
            Entry::Named(wait) if wait <= Duration::from_mins(5) => {
                let until = line.at + wait;
                if quiet.0 != line.life || until > quiet.2 {
                    quiet = (line.life, line.at, until);
                }
            }
            Entry::Asked { .. } | Entry::Sent { .. } => {
                if quiet.0 == line.life && quiet.1 < line.at && line.at < quiet.2 {
                    found.push(format!("line {place}: the server asked to wait longer"));
                }
                asked.push((place, line.life, line.at));
            }
            _ => {}
        }
    }
    let Some(budget) = facts.story.scene.settings.requests_per_minute else {
        return;
    };
    for (nth, (place, life, at)) in asked.iter().enumerate() {
        let in_it =
            |(_, other, when): &&(usize, usize, Duration)| other == life && *when + minute > *at;
        let count = asked[..=nth].iter().filter(in_it).count();
        // A slow disk may push one into the next minute.
        if count > budget as usize + 1 {
            found.push(format!(
                "line {place}: {count} requests in a minute of {budget}"
            ));
        }
    }
}

fn reasons(facts: &Facts<'_>, found: &mut Vec<String>) {
    let mut wished = 0;
    for (place, line) in facts.lines.iter().enumerate() {
        match &line.entry {
            Entry::Wish("pause") | Entry::Closed => wished += 1,
            Entry::Life => wished = 0,
            Entry::State(RunState::Paused, note) if note.is_empty() && wished == 0 => {
                found.push(format!("line {place}: paused, and nobody knows why"));
            }
            Entry::State(RunState::Paused, note) if note.is_empty() => wished -= 1,
            _ => {}
        }
    }
}
