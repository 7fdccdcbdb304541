//! Stories that random schedules told first; the schedules themselves are in `tests/it/schedule`.

use std::{sync::Arc, time::Duration};

use super::stage::{
    Book, end, library, one_at_a_time, outcomes, play, play_with, retitle, retitling, run_of,
};
use crate::{
    domain::{Item, Outcome, Value, run::RunState},
    endpoint::{
        EndpointError,
        memory::{Happening, Operation},
    },
    submit::Settings,
};

fn lost() -> EndpointError {
    EndpointError::NoAnswer {
        why: "the connection was closed".into(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_whose_outcome_could_not_be_kept_is_not_sent_again() {
    let memory = library(1);
    memory.on(Operation::Submit, 1, Happening::Fail(lost()));
    let book = Arc::new(Book::default());
    // The state, two notes and the answer: there is no room for the outcome.
    book.room(Some(4));
    let mut play = play_with(&memory, retitling(1, 20), Settings::default(), book);
    play.reaches(RunState::Paused).await;
    play.book.room(None);
    play.control.go_on();
    let run = play.task.await.unwrap();
    assert_eq!(memory.calls().len(), 1, "the first never arrived");
    assert_eq!(outcomes(&run), [Outcome::Applied]);
    assert_eq!(end(&run, 0).call, 2);
}

#[tokio::test(start_paused = true)]
async fn a_change_that_was_written_is_never_told_as_not_sent() {
    let memory = library(1);
    let book = Arc::new(Book::default());
    // The state, the note and the answer.
    book.room(Some(3));
    let mut play = play_with(&memory, retitling(1, 20), Settings::default(), book);
    play.reaches(RunState::Paused).await;
    play.book.room(None);
    play.control.stop();
    let run = play.task.await.unwrap();
    assert_eq!(memory.calls().len(), 1);
    assert_eq!(outcomes(&run), [Outcome::Applied]);
}

#[tokio::test(start_paused = true)]
async fn the_changes_of_an_asset_that_were_told_apart_wait_for_each_other() {
    let memory = library(1);
    let season = Item {
        field: "Season".into(),
        value_kind: crate::domain::FieldKind::Text,
        before: Value::Absent,
        wanted: Value::text("AW26"),
        ..retitle(0)
    };
    let refused = EndpointError::Refused {
        code: "400".into(),
        why: "bad value".into(),
    };
    memory.on(Operation::Submit, 1, Happening::Fail(refused));
    memory.on(Operation::Submit, 2, Happening::Fail(lost()));
    let play = play(
        &memory,
        run_of(vec![retitle(0), season], 2),
        one_at_a_time(),
    );
    tokio::time::sleep(Duration::from_secs(20)).await;
    // The first half may still be carried out.
    assert_eq!(memory.asked(Operation::Submit), 2);
    let run = play.task.await.unwrap();
    assert_eq!(outcomes(&run), [Outcome::Applied; 2]);
}
