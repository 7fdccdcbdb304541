//! The judge, judged: what is planted in a log, it finds.

use super::{
    check::problems,
    in_memory,
    log::{Entry, Kept, Line},
    play::Story,
};

/// A schedule in which the run wrote something, and nobody else did.
fn quiet() -> Story {
    let is_quiet = |story: &Story| {
        let mut lines = story.lines.iter();
        !lines.any(|line| matches!(line.entry, Entry::Outside(..) | Entry::Removed(_)))
            && story.run.items.iter().all(|item| item.delta.is_none())
            && story.scene.settings.check_before
            && story.run.tally().applied > 1
            && wrote(story).is_some()
    };
    (0..).map(in_memory).find(is_quiet).unwrap()
}

fn wrote(story: &Story) -> Option<usize> {
    let mut lines = story.lines.iter();
    lines.position(|line| matches!(line.entry, Entry::Wrote { .. }))
}

fn finds(words: &str, plant: impl FnOnce(&mut Vec<Line>)) {
    let mut story = quiet();
    assert_eq!(problems(&story), Vec::<String>::new());
    plant(&mut story.lines);
    let found = problems(&story);
    assert!(found.iter().any(|one| one.contains(words)), "{found:#?}");
}

#[test]
fn a_second_write_is_found() {
    finds("written twice", |lines| {
        let is_write = |line: &Line| matches!(line.entry, Entry::Wrote { .. });
        let at = lines.iter().position(is_write).unwrap();
        lines.push(lines[at].clone());
    });
}

#[test]
fn a_call_without_a_note_is_found() {
    finds("sent without a note", |lines| {
        for line in lines {
            if let Entry::Durable {
                kept: Kept::Call(note),
                ..
            } = &mut line.entry
            {
                note.items.clear();
            }
        }
    });
}

#[test]
fn a_lost_write_is_found() {
    finds("it was never written", |lines| {
        let theirs = |line: &Line| matches!(line.entry, Entry::Wrote { .. });
        for line in lines.iter_mut().filter(|line| theirs(line)) {
            line.entry = Entry::Calm;
        }
    });
}

#[test]
fn a_call_over_what_somebody_else_wrote_is_found() {
    finds("nobody", |lines| {
        let is_calm = |line: &Line| matches!(line.entry, Entry::State(..));
        let at = lines.iter().position(is_calm).unwrap();
        let paused = armarius::domain::run::RunState::Paused;
        lines[at].entry = Entry::State(paused, String::new());
    });
    finds("sent without reading", |lines| {
        for line in lines {
            if let Entry::Told { seen, .. } = &mut line.entry {
                seen.clear();
            }
        }
    });
}

#[test]
fn a_request_too_early_is_found() {
    finds("asked to wait longer", |lines| {
        let is_start = |line: &Line| matches!(line.entry, Entry::Life);
        let at = lines.iter().position(is_start).unwrap();
        let minutes = std::time::Duration::from_mins(4);
        let mut named = lines[at].clone();
        named.entry = Entry::Named(minutes);
        lines.insert(at + 1, named);
        for (nth, line) in lines.iter_mut().enumerate().skip(at + 2) {
            line.at += std::time::Duration::from_millis(nth as u64);
            if let Entry::Told { sampled, .. } = &mut line.entry {
                *sampled += 1;
            }
        }
    });
}
