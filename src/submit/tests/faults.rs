//! Stories of servers and networks that fail.

use std::time::Duration;

use tokio::time::Instant;

use super::stage::{
    end, id, library, one_at_a_time, outcomes, play, retitle, retitling, run_of, sent, times_sent,
    title,
};
use crate::{
    domain::{Capabilities, FieldKey, Item, Outcome, Value, run::RunState},
    endpoint::{
        EndpointError,
        memory::{Happening, Memory, Operation, Treatment, plain_capabilities},
    },
    submit::{Settings, compare},
};

fn lost() -> EndpointError {
    EndpointError::NoAnswer {
        why: "the connection was closed".into(),
    }
}

fn strict(assets: usize) -> Memory {
    library(assets).with_capabilities(Capabilities {
        all_or_nothing: true,
        ..plain_capabilities()
    })
}

fn refuse(memory: &Memory, number: usize, code: &str) {
    let treatment = Treatment::Refuse(code.into(), "no".into());
    memory.treat(&id(number), treatment);
}

#[tokio::test(start_paused = true)]
async fn a_lost_reply_to_a_written_call_is_settled_by_reading_back() {
    let memory = library(3);
    memory.on(Operation::Submit, 1, Happening::DoThenFail(lost()));
    let run = sent(&memory, retitling(3, 20)).await;
    assert_eq!(outcomes(&run), [Outcome::Applied; 3]);
    let told = end(&run, 0);
    assert_eq!(told.code, compare::READ_BACK);
    assert!(
        told.reason.contains("the connection was closed"),
        "{}",
        told.reason
    );
    assert_eq!(memory.calls().len(), 1, "nothing was sent twice");
}

#[tokio::test(start_paused = true)]
async fn a_lost_call_is_sent_again_only_when_it_can_no_longer_be_carried_out() {
    let memory = library(3);
    memory.on(Operation::Submit, 1, Happening::Fail(lost()));
    let start = Instant::now();
    let run = sent(&memory, retitling(3, 20)).await;
    assert_eq!(outcomes(&run), [Outcome::Applied; 3]);
    assert_eq!(memory.calls().len(), 1, "the first never arrived");
    assert_eq!(end(&run, 0).call, 2);
    assert!(start.elapsed() >= Settings::default().timeout);
}

#[tokio::test(start_paused = true)]
async fn a_call_written_in_part_and_lost_is_finished_without_writing_twice() {
    let memory = library(4);
    memory.on(Operation::Submit, 1, Happening::DoSomeThenFail(2, lost()));
    let run = sent(&memory, retitling(4, 20)).await;
    assert_eq!(outcomes(&run), [Outcome::Applied; 4]);
    assert_eq!((times_sent(&memory, 0), times_sent(&memory, 3)), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_never_answered_is_left_for_a_person_and_refused_by_nobody() {
    let memory = library(1);
    for nth in 1..=9 {
        memory.on(Operation::Submit, nth, Happening::Hang);
    }
    let mut play = play(&memory, retitling(1, 20), Settings::default());
    let note = play.reaches(RunState::Paused).await;
    assert!(
        note.contains("`pier 0`") && note.contains("still staged"),
        "{note}"
    );
    assert_eq!(memory.asked(Operation::Submit), 3);
    play.control.go_on();
    play.reaches(RunState::Paused).await;
    assert_eq!(memory.asked(Operation::Submit), 6, "it was tried again");
    play.control.stop();
    let told = end(&play.task.await.unwrap(), 0);
    assert_eq!(
        (told.outcome, told.code.as_str()),
        (Outcome::Skipped, compare::NOT_SENT)
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_lost_and_changed_by_somebody_else_is_unknown() {
    let memory = library(1);
    memory.on(Operation::Submit, 1, Happening::Hang);
    let mut play = play(&memory, retitling(1, 20), Settings::default());
    play.reaches(RunState::Running).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    memory.change(&id(0), &title(), Value::text("theirs"));
    let run = play.task.await.unwrap();
    assert_eq!(outcomes(&run), [Outcome::Unknown]);
    assert_eq!(end(&run, 0).server, Some(Value::text("theirs")));
    assert_eq!(memory.value(&id(0), &title()), Value::text("theirs"));
}

#[tokio::test(start_paused = true)]
async fn a_throttling_server_is_waited_for_as_long_as_it_asks() {
    let memory = library(2);
    let slow = EndpointError::Throttled {
        retry_after_ms: Some(9_000),
    };
    memory.on(Operation::Submit, 1, Happening::Fail(slow));
    let start = Instant::now();
    let run = sent(&memory, retitling(2, 20)).await;
    assert_eq!(outcomes(&run), [Outcome::Applied; 2]);
    assert!(start.elapsed() >= Duration::from_secs(9));
    assert_eq!(end(&run, 0).call, 1, "the planned call went out after all");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stays_away_pauses_the_run_and_loses_nothing() {
    let memory = library(2);
    let away = || EndpointError::Unreachable {
        address: "https://example.com".into(),
        why: "connection refused".into(),
    };
    // The first was to compare; then it is away for as long as the budget lasts.
    for nth in 2..=4 {
        memory.on(Operation::Fetch, nth, Happening::Fail(away()));
    }
    let settings = Settings {
        retry_budget: 2,
        ..one_at_a_time()
    };
    let mut play = play(&memory, retitling(2, 1), settings);
    let note = play.reaches(RunState::Paused).await;
    assert!(note.contains("connection refused"), "{note}");
    assert_eq!(memory.calls().len(), 1);
    play.control.go_on();
    let run = play.task.await.unwrap();
    assert_eq!(outcomes(&run), [Outcome::Applied; 2]);
    assert_eq!((times_sent(&memory, 0), times_sent(&memory, 1)), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_refused_sign_in_pauses_the_run_until_it_is_right_again() {
    let memory = library(2);
    memory.sign_out(true);
    let mut play = play(&memory, retitling(2, 20), Settings::default());
    let note = play.reaches(RunState::Paused).await;
    assert!(note.contains("the password is wrong"), "{note}");
    memory.sign_out(false);
    play.control.go_on();
    assert_eq!(outcomes(&play.task.await.unwrap()), [Outcome::Applied; 2]);
}

#[tokio::test(start_paused = true)]
async fn a_poisoned_batch_goes_through_but_for_the_asset_the_server_named() {
    let memory = strict(20);
    refuse(&memory, 7, "30001");
    let run = sent(&memory, retitling(20, 20)).await;
    assert_eq!((run.tally().applied, run.tally().refused), (19, 1));
    assert_eq!(end(&run, 7).reason, "refused because of one asset: no");
    assert_eq!(memory.calls().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_unnamed_culprit_is_narrowed_down_by_halves() {
    let memory = library(20);
    let refused = |nth| {
        let error = EndpointError::Refused {
            code: "400".into(),
            why: "bad value".into(),
        };
        memory.on(Operation::Submit, nth, Happening::Fail(error));
    };
    // 20, then the first 10, 5, 2 and 1 of them: the culprit is the first asset.
    (1..=5).for_each(refused);
    let play = play(&memory, retitling(20, 20), one_at_a_time());
    let run = play.task.await.unwrap();
    assert_eq!((run.tally().applied, run.tally().refused), (19, 1));
    assert_eq!(end(&run, 0).outcome, Outcome::Refused);
    assert!(memory.asked(Operation::Submit) <= 10);
}

#[tokio::test(start_paused = true)]
async fn any_number_of_named_culprits_leave_a_batch_and_the_rest_goes_through() {
    for culprits in [4_u32, 7, 19, 20] {
        let memory = strict(26);
        (0..culprits as usize).for_each(|number| refuse(&memory, number, "30001"));
        let run = sent(&memory, retitling(26, 26)).await;
        let tally = run.tally();
        assert_eq!((tally.refused, tally.applied), (culprits, 26 - culprits));
        assert_eq!(memory.calls().len(), culprits as usize + 1);
    }
}

#[tokio::test(start_paused = true)]
async fn batches_of_nothing_but_named_culprits_pause_the_run() {
    let memory = strict(100);
    (0..100).for_each(|number| refuse(&memory, number, "30001"));
    let mut play = play(&memory, retitling(100, 20), one_at_a_time());
    let note = play.reaches(RunState::Paused).await;
    assert!(note.contains("3 whole batches"), "{note}");
    assert!(memory.calls().len() <= 15, "{}", memory.calls().len());
    play.control.stop();
    let tally = play.task.await.unwrap().tally();
    assert_eq!((tally.refused, tally.skipped), (15, 85));
}

#[tokio::test(start_paused = true)]
async fn three_whole_batches_refused_alike_pause_the_run_and_going_on_takes_them_apart() {
    let memory = library(400);
    let refused = EndpointError::Refused {
        code: "ATLAS-404-00-007".into(),
        why: "bad value".into(),
    };
    (1..=3).for_each(|nth| {
        memory.on(Operation::Submit, nth, Happening::Fail(refused.clone()));
    });
    let mut play = play(&memory, retitling(400, 20), Settings::default());
    let note = play.reaches(RunState::Paused).await;
    assert!(
        note.contains("bad value") && note.contains("not sent"),
        "{note}"
    );
    assert_eq!(memory.asked(Operation::Submit), 3);
    play.control.go_on();
    let tally = play.task.await.unwrap().tally();
    assert_eq!((tally.applied, tally.refused), (400, 0));
}

#[tokio::test(start_paused = true)]
async fn suspects_are_tried_by_themselves_and_nobody_is_blamed_for_a_name() {
    let memory = library(20);
    let named = EndpointError::Suspects {
        items: vec![3, 4],
        code: "ATLAS-404-00-007".into(),
        why: "pier 3 and pier 4".into(),
    };
    memory.on(Operation::Submit, 1, Happening::Fail(named));
    let run = sent(&memory, retitling(20, 20)).await;
    assert_eq!(run.tally().applied, 20);
    assert_eq!(memory.asked(Operation::Submit), 3);
}

#[tokio::test(start_paused = true)]
async fn no_right_to_anything_stops_the_run_after_the_first_batch() {
    let memory = library(40);
    (0..40).for_each(|number| refuse(&memory, number, "20009"));
    let settings = Settings {
        concurrency: 1,
        ..Settings::default()
    };
    let run = play(&memory, retitling(40, 10), settings)
        .task
        .await
        .unwrap();
    assert_eq!(run.state, RunState::Stopped);
    assert_eq!((run.tally().refused, run.tally().skipped), (10, 30));
    assert_eq!(memory.calls().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn thumbnails_go_last_and_are_read_back_their_own_way() {
    let memory = library(3);
    let thumbnail = Item {
        field: FieldKey::thumbnail(),
        value_kind: crate::domain::FieldKind::Text,
        before: Value::Absent,
        wanted: Value::Asset {
            id: id(2),
            name: "pier 2".into(),
        },
        ..retitle(0)
    };
    let run = sent(&memory, run_of(vec![thumbnail, retitle(0), retitle(1)], 1)).await;
    assert_eq!(outcomes(&run), [Outcome::Applied; 3]);
    let last = memory.calls().pop().unwrap();
    assert_eq!(last.items[0].field, FieldKey::thumbnail());
    assert!(memory.asked(Operation::Thumbnails) >= 2);
    assert!(end(&run, 0).server.is_some());
}

#[tokio::test(start_paused = true)]
async fn pictures_a_broken_server_did_not_write_are_sent_again_though_the_draft_knew_none() {
    let memory = library(3);
    let picture = |number: usize| Value::Asset {
        id: id(number),
        name: format!("pier {number}"),
    };
    let repictured = |number: usize| {
        memory.change(&id(number), &FieldKey::thumbnail(), picture(number));
        Item {
            field: FieldKey::thumbnail(),
            value_kind: crate::domain::FieldKind::Text,
            before: Value::Unknown,
            wanted: picture(2),
            ..retitle(number)
        }
    };
    let run = run_of(vec![repictured(0), repictured(1)], 20);
    let broke = EndpointError::Refused {
        code: "30000".into(),
        why: "an unexpected error".into(),
    };
    memory.on(Operation::Submit, 1, Happening::Fail(broke));
    let run = sent(&memory, run).await;
    assert_eq!(outcomes(&run), [Outcome::Applied; 2]);
}
