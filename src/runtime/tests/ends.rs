//! How a runtime ends, and what the next start makes of it.

use futures_util::FutureExt;
use tempfile::TempDir;

use super::{id, library, open, parts, staged, submitted, title, workspace};
use crate::{
    domain::{
        Item, OperationId, Outcome, Run, RunId, Value,
        run::{CallNote, RunState, ServerCounts, Settlement},
    },
    runtime::Headless,
};

fn note(number: u32, noted_ms: i64, items: &[u32]) -> CallNote {
    CallNote {
        number,
        operation: "metadata".into(),
        items: items.to_vec(),
        noted_ms,
        took_ms: None,
        counts: None,
        trace: String::new(),
        found: Vec::new(),
    }
}

fn run_of(items: Vec<Item>, calls: Vec<CallNote>) -> Run {
    Run {
        rules: crate::domain::run::RunRules::default(),
        id: RunId::numbered(1),
        label: "retitle".into(),
        author: "jruiz".into(),
        profile: "gallery".into(),
        started_ms: 1,
        finished_ms: None,
        digest: String::new(),
        state: RunState::Running,
        settled: vec![None; items.len()],
        items,
        calls,
        counts: ServerCounts::default(),
        counted: false,
        reverts: Vec::new(),
    }
}

fn applied(item: u32) -> Settlement {
    Settlement {
        item,
        outcome: Outcome::Applied,
        code: String::new(),
        reason: String::new(),
        meaning: String::new(),
        server: Some(Value::text("new")),
        call: 1,
    }
}

#[tokio::test]
async fn an_interrupted_run_is_read_back_and_finished() {
    let (memory, folder) = (library(4), TempDir::new().unwrap());
    let session = staged(&memory, folder.path()).await;
    let items = session.plan().items;
    session.close().await;
    let run = run_of(items, vec![note(1, 1, &[0, 1]), note(2, 0, &[2, 3])]);
    workspace(folder.path()).begin_run(&run).unwrap();
    memory.change(&id(0), &title(), Value::text("new"));
    let mut session = open(&memory, folder.path()).await;
    assert_eq!(session.workbench.runs()[0].state, RunState::Interrupted);
    let run = session.resume(None).await.unwrap();
    assert_eq!((run.state, run.tally().applied), (RunState::Finished, 4));
    let sent: Vec<_> = memory
        .calls()
        .into_iter()
        .flat_map(|call| call.items)
        .collect();
    assert_eq!(sent.len(), 3, "the first was written before the end");
    assert!(session.workbench.draft().is_empty());
}

#[tokio::test]
async fn what_an_ended_run_wrote_leaves_the_draft_at_the_next_start_whatever_the_clock_says() {
    for (noted_ms, staged_again) in [(1, false), (4_000_000_000_000, false), (1, true)] {
        let (memory, folder) = (library(4), TempDir::new().unwrap());
        let session = staged(&memory, folder.path()).await;
        let items = session.plan().items;
        session.close().await;
        let run = run_of(items, Vec::new());
        let mut store = workspace(folder.path());
        store.begin_run(&run).unwrap();
        let settled: Vec<Settlement> = (0..4).map(applied).collect();
        store.settle(&run.id, &settled).unwrap();
        // The program was killed before the draft knew.
        store
            .set_run_state(&run.id, RunState::Finished, noted_ms)
            .unwrap();
        drop(store);
        if staged_again {
            // Somebody has worked on the draft since the run ended.
            let mut store = workspace(folder.path());
            let mut last = store.operations().unwrap().pop().unwrap();
            last.id = OperationId(last.id.0 + 1);
            last.stamp.at_ms = 0;
            store.append_operation(&last).unwrap();
        }
        let session = open(&memory, folder.path()).await;
        assert_eq!(
            session.workbench.draft().is_empty(),
            !staged_again,
            "{noted_ms}"
        );
        session.close().await;
    }
}

#[tokio::test]
async fn a_note_from_the_future_is_waited_for_no_longer_than_any_other() {
    let (memory, folder) = (library(4), TempDir::new().unwrap());
    let session = staged(&memory, folder.path()).await;
    let items = session.plan().items;
    session.close().await;
    // The clock was set back by a century after this was noted.
    let run = run_of(items, vec![note(1, 4_900_000_000_000, &[0, 1, 2, 3])]);
    workspace(folder.path()).begin_run(&run).unwrap();
    let mut given = parts(&memory, folder.path());
    given.settings.timeout = std::time::Duration::from_millis(200);
    let mut session = Headless::open(given).await.unwrap();
    let run = session.resume(None).await.unwrap();
    assert_eq!(run.tally().applied, 4);
}

#[tokio::test]
async fn a_run_under_way_when_the_program_ends_is_paused_and_can_be_resumed() {
    let (memory, folder) = (library(4), TempDir::new().unwrap());
    let mut session = staged(&memory, folder.path()).await;
    memory.sign_out(true);
    let plan = session.plan();
    let run = session.submit(&plan, "retitle").await.unwrap();
    assert_eq!(run.state, RunState::Paused);
    assert!(
        session.note().contains("the password is wrong"),
        "{}",
        session.note()
    );
    session.close().await;
    memory.sign_out(false);
    let mut session = open(&memory, folder.path()).await;
    let run = session.resume(None).await.unwrap();
    assert_eq!(run.tally().applied, 4);
}

#[tokio::test]
async fn an_end_nobody_waits_for_any_more_goes_on_and_tells_who_asks_again_of_the_run() {
    let (memory, folder) = (library(4), TempDir::new().unwrap());
    let mut session = staged(&memory, folder.path()).await;
    memory.sign_out(true);
    submitted(&mut session).await;
    let runtime = session.runtime().clone();
    assert_eq!(runtime.shutdown().now_or_never(), None, "it takes a moment");
    let run = runtime.shutdown().await.expect("a run went on");
    assert_eq!(run.state, RunState::Paused);
    // The workspace is free.
    assert!(workspace(folder.path()).access().refusal().is_none());
}
