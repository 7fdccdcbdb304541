//! Stories of careful runs: canaries, stop rules, batches that shrink, waits, and signing in again.

use std::time::Duration;

use super::stage::{
    Play, end, id, library, one_at_a_time, outcomes, play, retitling, sent, times_sent,
};
use crate::{
    domain::{
        Capabilities, Outcome, Run, Value,
        run::{CanaryThen, RunRules, RunState, StopRule},
    },
    endpoint::{
        EndpointError,
        memory::{Happening, Memory, Operation, Treatment, plain_capabilities},
    },
    submit::{News, Settings},
};

fn refused(number: usize, memory: &Memory) {
    memory.treat(&id(number), Treatment::Refuse("30001".into(), "no".into()));
}

fn with_rules(assets: usize, batch: usize, rules: RunRules) -> Run {
    Run {
        rules,
        ..retitling(assets, batch)
    }
}

fn canary(assets: u32, then: CanaryThen) -> RunRules {
    RunRules {
        canary: assets,
        canary_then: then,
        ..RunRules::default()
    }
}

async fn waits(play: &mut Play) -> Vec<(u64, String)> {
    let mut waits = Vec::new();
    while let Some(news) = play.news.recv().await {
        if let News::Waits { seconds, why, .. } = news {
            waits.push((seconds, why));
        }
    }
    waits
}

#[tokio::test(start_paused = true)]
async fn a_canary_goes_alone_and_the_rest_follows_by_itself() {
    let memory = library(10);
    let run = sent(&memory, with_rules(10, 5, canary(3, CanaryThen::GoOn))).await;
    assert_eq!(run.tally().applied, 10);
    let sizes: Vec<usize> = memory.calls().iter().map(|call| call.items.len()).collect();
    assert_eq!((sizes[0], sizes.iter().sum::<usize>()), (3, 10));
}

#[tokio::test(start_paused = true)]
async fn a_canary_that_asks_waits_for_a_person_after_it_was_read_back() {
    let memory = library(6);
    let mut play = play(
        &memory,
        with_rules(6, 6, canary(2, CanaryThen::Ask)),
        Settings::default(),
    );
    let note = play.reaches(RunState::Paused).await;
    assert!(
        note.contains("first 2 assets") && note.contains("2 applied"),
        "{note}"
    );
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert_eq!(memory.calls().len(), 1);
    play.control.go_on();
    let run = play.task.await.unwrap();
    assert_eq!(outcomes(&run), [Outcome::Applied; 6]);
    assert!((0..6).all(|number| times_sent(&memory, number) == 1));
}

#[tokio::test(start_paused = true)]
async fn a_canary_that_is_refused_always_asks_and_a_stop_leaves_the_rest_staged() {
    let memory = library(6);
    refused(1, &memory);
    let mut play = play(
        &memory,
        with_rules(6, 6, canary(2, CanaryThen::GoOn)),
        Settings::default(),
    );
    let note = play.reaches(RunState::Paused).await;
    assert!(note.contains("1 refused"), "{note}");
    play.control.stop();
    let run = play.task.await.unwrap();
    assert_eq!((run.state, run.tally().skipped), (RunState::Stopped, 4));
    assert_eq!(memory.calls().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_run_taken_up_after_its_canary_sends_the_rest() {
    let memory = library(4);
    let run = with_rules(4, 4, canary(2, CanaryThen::Ask));
    let mut first = play(&memory, run.clone(), Settings::default());
    first.reaches(RunState::Paused).await;
    let found = first.book.recovered(&run);
    drop(first.control);
    let run = play(&memory, found, Settings::default())
        .task
        .await
        .unwrap();
    assert_eq!(outcomes(&run), [Outcome::Applied; 4]);
    assert!((0..4).all(|number| times_sent(&memory, number) == 1));
}

#[tokio::test(start_paused = true)]
async fn a_run_stops_after_so_many_errors_and_says_so() {
    let memory = library(40);
    (10..14).for_each(|number| refused(number, &memory));
    let stop = StopRule {
        errors: Some(3),
        percent: None,
    };
    let rules = RunRules {
        stop,
        ..RunRules::default()
    };
    let run = with_rules(40, 2, rules);
    let run = play(&memory, run, one_at_a_time()).task.await.unwrap();
    assert_eq!(run.state, RunState::Stopped);
    assert_eq!((run.tally().refused, run.tally().applied), (4, 10));
    let why = end(&run, 39).reason;
    assert!(
        why.contains("3 errors") && why.contains("14 answered"),
        "{why}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_share_of_errors_stops_a_run_only_when_enough_was_answered() {
    let memory = library(60);
    (0..60)
        .step_by(2)
        .for_each(|number| refused(number, &memory));
    let stop = StopRule {
        errors: None,
        percent: Some(20),
    };
    let rules = RunRules {
        stop,
        ..RunRules::default()
    };
    let run = with_rules(60, 4, rules);
    let run = play(&memory, run, one_at_a_time()).task.await.unwrap();
    assert_eq!(run.state, RunState::Stopped);
    assert_eq!(run.tally().refused + run.tally().applied, 20);
}

#[tokio::test(start_paused = true)]
async fn a_rule_that_was_met_before_a_crash_holds_when_the_run_is_taken_up() {
    let memory = library(6);
    (0..2).for_each(|number| refused(number, &memory));
    let rules = RunRules {
        stop: StopRule {
            errors: Some(2),
            percent: None,
        },
        ..RunRules::default()
    };
    let mut run = with_rules(6, 1, rules);
    let gone = play(&memory, run.clone(), one_at_a_time())
        .task
        .await
        .unwrap();
    // All that was kept are the two refusals.
    run.settled[..2].clone_from_slice(&gone.settled[..2]);
    let run = play(&memory, run, one_at_a_time()).task.await.unwrap();
    assert_eq!((run.state, run.tally().skipped), (RunState::Stopped, 4));
}

#[tokio::test(start_paused = true)]
async fn a_call_lost_twice_makes_the_next_ones_smaller_and_good_ones_larger_again() {
    let memory = library(99);
    for nth in [1, 2] {
        memory.on(Operation::Submit, nth, Happening::Hang);
    }
    let run = play(&memory, retitling(99, 20), one_at_a_time())
        .task
        .await
        .unwrap();
    assert_eq!(run.tally().applied, 99);
    let sizes: Vec<usize> = memory.calls().iter().map(|call| call.items.len()).collect();
    assert_eq!(sizes, [10, 10, 10, 10, 20, 20, 19]);
    assert_eq!(sizes.iter().sum::<usize>(), 99, "each asset arrived once");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_too_large_is_halved_and_the_size_is_remembered() {
    let memory = library(40);
    let large = || EndpointError::Refused {
        code: "413".into(),
        why: "the call is too large".into(),
    };
    memory.on(Operation::Submit, 1, Happening::Fail(large()));
    memory.on(Operation::Submit, 2, Happening::Fail(large()));
    let run = play(&memory, retitling(40, 20), one_at_a_time())
        .task
        .await
        .unwrap();
    assert_eq!(run.tally().applied, 40);
    let sizes: Vec<usize> = memory.calls().iter().map(|call| call.items.len()).collect();
    assert_eq!(sizes, [5; 8]);
}

#[tokio::test(start_paused = true)]
async fn a_culprit_of_a_call_refused_whole_is_read_back() {
    let memory = library(20).with_capabilities(Capabilities {
        all_or_nothing: true,
        ..plain_capabilities()
    });
    refused(7, &memory);
    let run = sent(&memory, retitling(20, 20)).await;
    assert_eq!(end(&run, 7).outcome, Outcome::Refused);
    assert_eq!(end(&run, 7).server, Some(Value::text("old")));
    assert_eq!(memory.calls().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_wait_the_endpoint_asks_for_is_told_once_with_its_length() {
    let memory = library(4);
    let slow = EndpointError::Throttled {
        retry_after_ms: Some(12_000),
    };
    memory.on(Operation::Submit, 1, Happening::Fail(slow));
    let mut play = play(&memory, retitling(4, 1), Settings::default());
    let told = waits(&mut play).await;
    assert_eq!(told, [(12, "the endpoint asks to slow down".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_pace_and_a_lost_call_are_told_too() {
    let memory = library(2);
    let settings = Settings {
        requests_per_minute: Some(6),
        ..one_at_a_time()
    };
    let mut paced = play(&memory, retitling(2, 2), settings);
    let told = waits(&mut paced).await;
    assert!(told[0].1.contains("6 requests a minute"), "{told:?}");
    let memory = library(1);
    let lost = EndpointError::NoAnswer {
        why: "closed".into(),
    };
    memory.on(Operation::Submit, 1, Happening::Fail(lost));
    let mut play = play(&memory, retitling(1, 1), Settings::default());
    let told = waits(&mut play).await;
    assert!(told[0].0 >= 29 && told[0].1.contains("lost"), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn an_expired_sign_in_pauses_with_one_sentence_and_no_storm_of_requests() {
    let memory = library(40);
    let mut play = play(
        &memory,
        retitling(40, 1),
        Settings {
            concurrency: 4,
            requests_per_minute: Some(600),
            ..Settings::default()
        },
    );
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(!memory.calls().is_empty());
    memory.sign_out(true);
    let asked = || memory.asked(Operation::Submit) + memory.asked(Operation::Fetch);
    let before = asked();
    let note = play.reaches(RunState::Paused).await;
    assert!(note.contains("sign-in refused"), "{note}");
    assert!(asked() - before <= 4, "{}", asked() - before);
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert!(asked() - before <= 4);
    memory.sign_out(false);
    play.control.go_on();
    let run = play.task.await.unwrap();
    assert_eq!(outcomes(&run), [Outcome::Applied; 40]);
    assert!((0..40).all(|number| times_sent(&memory, number) == 1));
}
