//! Stories of runs, told against a library in memory.

mod careful;
mod faults;
mod life;
mod pacing;
mod random;
mod stage;

use stage::{Entry, end, id, library, outcomes, retitling, sent, times_sent, title};

use super::{Settings, compare};
use crate::{
    domain::{Outcome, Value, run::RunState},
    endpoint::memory::{Operation, Treatment},
};

#[tokio::test(start_paused = true)]
async fn every_change_is_written_and_read_back() {
    let memory = library(45);
    let run = sent(&memory, retitling(45, 20)).await;
    assert_eq!(run.state, RunState::Finished);
    assert_eq!(run.tally().applied, 45);
    assert_eq!(memory.calls().len(), 3);
    assert_eq!(memory.value(&id(44), &title()), Value::text("new"));
    assert_eq!(end(&run, 44).server, Some(Value::text("new")));
    assert_eq!(end(&run, 44).call, 3);
}

#[tokio::test(start_paused = true)]
async fn a_call_is_noted_before_it_leaves() {
    let memory = library(1);
    let book = std::sync::Arc::new(stage::Book::default());
    // There is room for the run's state, and not for the note.
    book.room(Some(1));
    let mut play = stage::play_with(&memory, retitling(1, 20), Settings::default(), book);
    let note = play.reaches(RunState::Paused).await;
    assert!(note.contains("the disk is full"), "{note}");
    assert_eq!(memory.calls(), []);
    play.book.room(None);
    play.control.go_on();
    let run = play.task.await.unwrap();
    assert_eq!(outcomes(&run), [Outcome::Applied]);
}

#[tokio::test(start_paused = true)]
async fn what_is_told_was_kept_before() {
    let memory = library(4);
    let play = stage::play(&memory, retitling(4, 2), Settings::default());
    let (book, mut news) = (play.book, play.news);
    play.task.await.unwrap();
    let kept: Vec<_> = book
        .entries()
        .into_iter()
        .filter_map(|entry| match entry {
            Entry::Settled(settled) => Some(settled),
            Entry::Noted(_) | Entry::Answered(_) | Entry::State(_) => None,
        })
        .flatten()
        .collect();
    let mut told = Vec::new();
    while let Some(one) = news.recv().await {
        if let super::News::Settled(settled) = one {
            told.extend(settled);
        }
    }
    assert_eq!((told.len(), told), (4, kept));
}

#[tokio::test(start_paused = true)]
async fn what_somebody_changed_meanwhile_is_a_conflict_and_is_not_sent() {
    let memory = library(3);
    memory.change(&id(1), &title(), Value::text("theirs"));
    let run = sent(&memory, retitling(3, 20)).await;
    assert_eq!(
        outcomes(&run),
        [Outcome::Applied, Outcome::Conflict, Outcome::Applied]
    );
    assert_eq!(times_sent(&memory, 1), 0);
    assert_eq!(memory.value(&id(1), &title()), Value::text("theirs"));
    assert_eq!(end(&run, 1).server, Some(Value::text("theirs")));
}

#[tokio::test(start_paused = true)]
async fn what_the_server_has_already_is_not_sent() {
    let memory = library(2);
    for number in 0..2 {
        memory.change(&id(number), &title(), Value::text("new"));
    }
    let run = sent(&memory, retitling(2, 20)).await;
    assert_eq!(outcomes(&run), [Outcome::Applied; 2]);
    assert_eq!(end(&run, 0).code, compare::ALREADY);
    assert_eq!((memory.calls().len(), run.state), (0, RunState::Finished));
}

#[tokio::test(start_paused = true)]
async fn an_asset_that_is_gone_is_a_conflict_and_is_never_made_anew() {
    let memory = library(2);
    memory.remove(&id(0));
    let run = sent(&memory, retitling(2, 20)).await;
    assert_eq!(outcomes(&run), [Outcome::Conflict, Outcome::Applied]);
    assert_eq!(memory.asset(&id(0)), None);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_it_wrote_and_did_not_is_found_out_and_not_called_a_refusal() {
    let memory = library(3);
    memory.treat(&id(2), Treatment::Pretend);
    let run = sent(&memory, retitling(3, 20)).await;
    let told = end(&run, 2);
    assert_eq!(
        (told.outcome, told.code.as_str()),
        (Outcome::Unknown, "read-back")
    );
    assert_eq!(told.server, Some(Value::text("old")));
    // To compare, to read back, and three times more for the one that does not show.
    assert_eq!(memory.asked(Operation::Fetch), 5);
    assert_eq!(
        times_sent(&memory, 2),
        1,
        "it is never sent again by itself"
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_copy_shows_only_later_is_applied_and_read_again_in_bundles() {
    for readings in 1..=3 {
        let memory = library(60);
        // The reading before a call is none of them: there is nothing to be behind yet.
        for number in 0..60 {
            memory.treat(&id(number), Treatment::Late(readings));
        }
        let run = sent(&memory, retitling(60, 20)).await;
        assert_eq!(run.state, RunState::Finished);
        assert_eq!(run.tally().applied, 60, "behind by {readings} readings");
        assert_eq!(memory.calls().len(), 3, "nothing is sent twice");
        let asked = memory.asked(Operation::Fetch);
        assert_eq!(asked, 3 + 3 + readings, "all calls are read again together");
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_stopped_does_not_wait_for_a_copy() {
    let memory = library(1);
    memory.treat(&id(0), Treatment::Pretend);
    let play = stage::play(&memory, retitling(1, 20), Settings::default());
    let mut news = play.news;
    while let Some(one) = news.recv().await {
        if let super::News::Waits { why, .. } = one {
            assert!(why.contains("does not show yet"), "{why}");
            play.control.stop();
        }
    }
    let run = play.task.await.unwrap();
    assert_eq!(outcomes(&run), [Outcome::Unknown]);
}

#[tokio::test(start_paused = true)]
async fn without_a_wait_the_first_reading_counts() {
    let memory = library(1);
    memory.treat(&id(0), Treatment::Pretend);
    let settings = Settings {
        read_back_wait: std::time::Duration::ZERO,
        ..Settings::default()
    };
    let play = stage::play(&memory, retitling(1, 20), settings);
    assert_eq!(outcomes(&play.task.await.unwrap()), [Outcome::Unknown]);
    assert_eq!(memory.asked(Operation::Fetch), 2);
}

#[tokio::test(start_paused = true)]
async fn the_servers_words_reach_the_change_they_are_about() {
    let memory = library(3);
    let (code, why) = ("30001", "Tag value 'Banana' not found.");
    memory.treat(&id(0), Treatment::Refuse(code.into(), why.into()));
    memory.treat(&id(1), Treatment::Warn("1".into(), "trimmed".into()));
    let run = sent(&memory, retitling(3, 20)).await;
    assert_eq!(
        outcomes(&run),
        [Outcome::Refused, Outcome::Warned, Outcome::Applied]
    );
    assert_eq!(
        (end(&run, 0).code, end(&run, 0).reason),
        (code.into(), why.into())
    );
    assert_ne!(end(&run, 0).meaning, "");
    assert_eq!(end(&run, 1).reason, "trimmed");
}

#[tokio::test(start_paused = true)]
async fn without_the_checks_nothing_is_read() {
    let memory = library(3);
    let settings = Settings {
        check_before: false,
        read_back: false,
        ..Settings::default()
    };
    let run = stage::play(&memory, retitling(3, 20), settings).task.await;
    assert_eq!(run.unwrap().tally().applied, 3);
    assert_eq!(memory.asked(Operation::Fetch), 0);
}
