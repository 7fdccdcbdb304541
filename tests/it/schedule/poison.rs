//! What it costs to find a poisoned asset, and to take up a run that was killed: calls, counted.

use std::collections::BTreeSet;

use armarius::{
    domain::{Outcome, run::RunState},
    submit::Settings,
};

use super::{
    check::problems,
    dice::Dice,
    fuse::{End, Moment},
    ledger::Shelf,
    log::Entry,
    play::{Story, play},
    scene::{Rules, Scene, asset, titles},
};

fn strict(poisoned: impl IntoIterator<Item = usize>, names: bool) -> Rules {
    Rules {
        all_or_nothing: true,
        names,
        poisoned: poisoned.into_iter().map(asset).collect(),
        ..Rules::default()
    }
}

fn told(scene: Scene) -> Story {
    let story = play(1, scene, |run| Shelf::Memory(Box::new(run.clone())));
    assert_eq!(problems(&story), Vec::<String>::new());
    story
}

fn calls(story: &Story) -> usize {
    let mut lines = story.lines.iter();
    let sent = lines.by_ref();
    sent.filter(|line| matches!(line.entry, Entry::Sent { .. }))
        .count()
}

/// Calls beyond those planned; the good ones went through, the bad ones did not.
fn extra(assets: usize, poisoned: &BTreeSet<usize>, names: bool) -> usize {
    let story = told(titles(assets, strict(poisoned.iter().copied(), names)));
    for (number, settled) in story.run.settled.iter().enumerate() {
        let outcome = settled.as_ref().unwrap().outcome;
        let wanted = if poisoned.contains(&number) {
            Outcome::Refused
        } else {
            Outcome::Applied
        };
        assert_eq!(outcome, wanted, "asset {number}");
    }
    calls(&story) - assets.div_ceil(20)
}

#[test]
fn a_culprit_the_server_names_costs_one_more_call() {
    for culprit in 0..20 {
        assert_eq!(extra(20, &BTreeSet::from([culprit]), true), 1);
    }
}

#[test]
fn a_culprit_nobody_names_costs_at_most_ten_more_calls_in_twenty() {
    let costs: Vec<usize> = (0..20)
        .map(|culprit| extra(20, &BTreeSet::from([culprit]), false))
        .collect();
    assert!(costs.iter().all(|cost| *cost <= 10), "{costs:?}");
}

#[test]
fn seven_culprits_in_a_thousand_cost_at_most_seventy_more_calls_and_seven_if_they_are_named() {
    for seed in 0..5 {
        let mut dice = Dice::new(seed, 9);
        let mut poisoned = BTreeSet::new();
        while poisoned.len() < 7 {
            poisoned.insert(dice.below(1_000));
        }
        let (named, unnamed) = (
            extra(1_000, &poisoned, true),
            extra(1_000, &poisoned, false),
        );
        assert!(named <= 7, "{named} for {poisoned:?}");
        assert!(unnamed <= 70, "{unnamed} for {poisoned:?}");
    }
}

#[test]
fn where_everything_is_poisoned_each_is_refused_by_itself_and_tried_once() {
    for (names, most) in [(true, 20), (false, 41)] {
        let story = told(titles(20, strict(0..20, names)));
        assert_eq!(story.run.tally().refused, 20);
        assert!(calls(&story) <= most, "{} calls", calls(&story));
    }
}

#[test]
fn no_right_to_anything_ends_the_run_in_the_first_batch() {
    for (all_or_nothing, names) in [(true, true), (true, false), (false, false)] {
        let rules = Rules {
            all_or_nothing,
            names,
            forbidden: (0..200).map(asset).collect(),
            ..Rules::default()
        };
        let story = told(titles(200, rules));
        let tally = story.run.tally();
        assert_eq!(story.run.state, RunState::Stopped);
        assert_eq!((tally.refused, tally.skipped), (20, 180));
        assert!(calls(&story) <= 53, "{} calls", calls(&story));
    }
}

/// Killed with four calls in flight, two hundred assets to go.
fn killed(at: Moment) -> Story {
    told(Scene {
        end: Some(End::At(at, 4)),
        settings: Settings {
            concurrency: 4,
            check_before: false,
            ..Settings::default()
        },
        ..titles(200, Rules::default())
    })
}

/// The reads after the start until something is sent, and how often each change was sent.
fn taken_up(story: &Story) -> (usize, Vec<usize>) {
    let second = story.lines.iter().filter(|line| line.life == 2);
    let before = second.take_while(|line| !matches!(line.entry, Entry::Sent { .. }));
    let reads = before
        .filter(|line| matches!(line.entry, Entry::Asked { .. }))
        .count();
    let mut sent = vec![0; story.run.items.len()];
    for line in &story.lines {
        if let Entry::Sent { places, .. } = &line.entry {
            for place in places {
                sent[*place as usize] += 1;
            }
        }
    }
    (reads, sent)
}

#[test]
fn what_was_in_flight_at_a_kill_is_read_again_once_a_call_and_nothing_else_is() {
    let story = killed(Moment::Arrived);
    let (reads, sent) = taken_up(&story);
    assert!(reads <= 4, "{reads}");
    assert!(sent.iter().all(|times| *times == 1), "{sent:?}");
    assert_eq!(story.run.tally().applied, 200);
}

#[test]
fn what_was_noted_at_a_kill_and_never_left_is_read_again_before_it_is_sent() {
    let story = killed(Moment::Leaving);
    let (reads, sent) = taken_up(&story);
    assert!(reads <= 4, "{reads}");
    assert!(sent.iter().all(|times| *times == 1), "{sent:?}");
    assert_eq!(story.run.tally().applied, 200);
}
