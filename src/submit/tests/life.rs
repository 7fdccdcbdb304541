//! Stories of pausing, stopping, crashing and going on.

use std::{collections::HashSet, time::Duration};

use super::stage::{
    Entry, Play, end, id, library, noon, one_at_a_time, outcomes, play, play_with, retitling,
    times_sent, title,
};
use crate::{
    domain::{Outcome, Run, Value, run::RunState},
    endpoint::{
        EndpointError,
        memory::{Happening, Operation},
    },
    submit::{Settings, compare, read_again},
};

#[tokio::test(start_paused = true)]
async fn a_paused_run_waits_and_goes_on_where_it_was() {
    let memory = library(4);
    let mut play = play(&memory, retitling(4, 1), one_at_a_time());
    play.control.pause();
    play.reaches(RunState::Paused).await;
    let sent = memory.calls().len();
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert_eq!(memory.calls().len(), sent);
    play.control.go_on();
    play.reaches(RunState::Running).await;
    let run = play.task.await.unwrap();
    assert_eq!(outcomes(&run), [Outcome::Applied; 4]);
    assert!((0..4).all(|number| times_sent(&memory, number) == 1));
}

#[tokio::test(start_paused = true)]
async fn a_stopped_run_skips_the_rest_and_says_so() {
    let memory = library(4);
    memory.on(Operation::Submit, 2, Happening::Hang);
    let mut play = play(&memory, retitling(4, 1), one_at_a_time());
    play.reaches(RunState::Running).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    play.control.stop();
    let run = play.task.await.unwrap();
    assert_eq!(run.state, RunState::Stopped);
    assert_eq!(outcomes(&run)[..1], [Outcome::Applied]);
    assert_eq!(outcomes(&run)[2..], [Outcome::Skipped; 2]);
    assert_eq!(end(&run, 3).code, compare::NOT_SENT);
    assert!(!outcomes(&run)[1].is_written());
}

#[tokio::test(start_paused = true)]
async fn a_stop_does_not_wait_for_a_server_that_asked_for_minutes() {
    let memory = library(1);
    let slow = EndpointError::Throttled {
        retry_after_ms: Some(240_000),
    };
    memory.on(Operation::Submit, 1, Happening::Fail(slow));
    let play = play(&memory, retitling(1, 1), one_at_a_time());
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = tokio::time::Instant::now();
    play.control.stop();
    assert_eq!(outcomes(&play.task.await.unwrap()), [Outcome::Skipped]);
    assert!(before.elapsed() < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_run_nobody_holds_any_more_is_left_paused() {
    let memory = library(4);
    memory.on(Operation::Submit, 1, Happening::Hang);
    let Play {
        control,
        task,
        news,
        ..
    } = play(&memory, retitling(4, 1), one_at_a_time());
    drop((control, news));
    let run = task.await.unwrap();
    assert_eq!(run.state, RunState::Paused);
    assert!(run.open().count() >= 3);
}

#[tokio::test(start_paused = true)]
async fn whatever_was_kept_when_the_program_died_is_enough_to_finish_and_nothing_is_written_twice()
{
    let ahead = Settings {
        check_before: false,
        ..one_at_a_time()
    };
    for (room, settings) in (0..40).flat_map(|room| [(room, one_at_a_time()), (room, ahead)]) {
        let fresh = retitling(6, 2);
        let memory = library(6);
        let book = std::sync::Arc::<super::stage::Book>::default();
        book.room(Some(room));
        let died = play_with(&memory, fresh.clone(), settings, book.clone());
        tokio::time::sleep(Duration::from_mins(5)).await;
        died.task.abort();
        let found = book.recovered(&fresh);
        let run = play(&memory, found, settings).task.await.unwrap();
        assert_eq!(run.tally().applied, 6, "with room for {room}");
        for number in 0..6 {
            assert_eq!(times_sent(&memory, number), 1, "with room for {room}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_somebody_made_after_the_crash_is_not_overwritten() {
    let memory = library(2);
    let mut run = retitling(2, 1);
    run.calls[0].noted_ms = noon();
    memory.change(&id(0), &title(), Value::text("theirs"));
    memory.change(&id(1), &title(), Value::text("theirs too"));
    let run = play(&memory, run, Settings::default()).task.await.unwrap();
    assert_eq!(outcomes(&run), [Outcome::Unknown, Outcome::Conflict]);
    assert_eq!(memory.calls(), []);
}

#[tokio::test(start_paused = true)]
async fn news_come_in_at_most_twenty_bundles_a_second() {
    let memory = library(60);
    let settings = Settings {
        requests_per_minute: Some(6_000),
        ..one_at_a_time()
    };
    let start = tokio::time::Instant::now();
    let mut play = play(&memory, retitling(60, 1), settings);
    let mut bundles = 0;
    while let Some(news) = play.news.recv().await {
        bundles += u32::from(matches!(news, crate::submit::News::Settled(_)));
    }
    let seconds = start.elapsed().as_secs_f32();
    assert!(seconds > 1.0, "{seconds}");
    assert!(
        f64::from(bundles) <= f64::from(seconds) * 20.0 + 2.0,
        "{bundles} in {seconds} s"
    );
}

#[tokio::test(start_paused = true)]
async fn no_asset_is_ever_in_two_calls_at_a_time() {
    let memory = library(3);
    let mut items: Vec<_> = (0..3).map(super::stage::retitle).collect();
    for number in 0..3 {
        let again = crate::domain::Item {
            field: "Season".into(),
            value_kind: crate::domain::FieldKind::Text,
            before: Value::Absent,
            wanted: Value::text("AW26"),
            ..super::stage::retitle(number)
        };
        items.push(again);
    }
    let settings = Settings {
        concurrency: 6,
        ..Settings::default()
    };
    let play = play(&memory, super::stage::run_of(items, 1), settings);
    let book = play.book;
    let run: Run = play.task.await.unwrap();
    let mut flying: HashSet<u32> = HashSet::new();
    for entry in book.entries() {
        match entry {
            Entry::Noted(note) => {
                for place in note.items {
                    assert!(flying.insert(run.items[place as usize].row));
                }
            }
            Entry::Settled(settled) => {
                for one in settled {
                    flying.remove(&run.items[one.item as usize].row);
                }
            }
            Entry::Answered(_) | Entry::State(_) => {}
        }
    }
    assert_eq!(run.tally().applied, 6);
}

#[tokio::test(start_paused = true)]
async fn reading_again_settles_what_was_unknown() {
    let memory = library(2);
    let lost = EndpointError::NoAnswer {
        why: "closed".into(),
    };
    memory.on(Operation::Submit, 1, Happening::DoThenFail(lost));
    let refused = EndpointError::Forbidden {
        code: "403".into(),
        why: "not now".into(),
    };
    // Once to compare; then to read back, at once and when the call can no longer be carried out.
    for nth in 2..=3 {
        memory.on(Operation::Fetch, nth, Happening::Fail(refused.clone()));
    }
    let run = super::stage::sent(&memory, retitling(2, 2)).await;
    assert_eq!(outcomes(&run), [Outcome::Unknown; 2]);
    let corrected = read_again(&memory, &run).await.unwrap();
    assert_eq!(corrected.len(), 2);
    assert!(
        corrected
            .iter()
            .all(|one| one.outcome == Outcome::Applied && one.call != 0)
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_on_the_wire_or_noted_ahead_is_read_back_together_before_anything_is_sent() {
    let memory = library(80);
    let mut run = retitling(80, 2);
    for note in &mut run.calls[..32] {
        note.noted_ms = noon() - 600_000;
    }
    let settings = Settings {
        concurrency: 16,
        check_before: false,
        read_back: false,
        ..Settings::default()
    };
    let run = play(&memory, run, settings).task.await.unwrap();
    assert_eq!(run.tally().applied, 80);
    assert_eq!(
        memory.asked(Operation::Fetch),
        1,
        "64 changes in one request"
    );
    for number in 0..80 {
        assert_eq!(times_sent(&memory, number), 1);
    }
}
