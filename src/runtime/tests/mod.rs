//! Stories of the runtime: a library in memory, and a workspace on the disk.

mod ends;

use std::{path::Path, sync::Arc};

use tempfile::TempDir;

use super::{Headless, Runtime, RuntimeParts, RuntimeSettings};
use crate::{
    domain::{
        Asset, AssetId, Command, Edit, FieldKey, Outcome, Run, RunId, Value, run::RunState,
        workbench::Asked,
    },
    endpoint::{
        EndpointError,
        memory::{Happening, Memory, Operation, Treatment},
    },
    flow::{Effect, Event, ReportFormat},
    store::{Holder, Workspace},
};

fn title() -> FieldKey {
    "Title".into()
}

fn id(number: usize) -> AssetId {
    AssetId::new(format!("a{number:03}"))
}

fn library(assets: usize) -> Memory {
    Memory::new((0..assets).map(|number| Asset {
        id: id(number),
        name: format!("pier {number}"),
        kind: "Image".into(),
        fields: vec![(title(), Value::text("old"))],
        locked: None,
    }))
    .with_page_size(10)
}

fn workspace(folder: &Path) -> Workspace {
    Workspace::open(folder, &Holder::this_process("jruiz", 0)).unwrap()
}

fn parts(memory: &Memory, folder: &Path) -> RuntimeParts {
    RuntimeParts {
        endpoint: Arc::new(memory.clone()),
        workspace: workspace(folder),
        profile: "gallery".into(),
        author: "jruiz".into(),
        settings: RuntimeSettings::default(),
        reports: folder.join("reports"),
    }
}

async fn open(memory: &Memory, folder: &Path) -> Headless {
    Headless::open(parts(memory, folder)).await.unwrap()
}

/// A session with the whole library listed, and all titles staged to `new`.
async fn staged(memory: &Memory, folder: &Path) -> Headless {
    let mut session = open(memory, folder).await;
    session.connect().await.unwrap();
    session.list(|_, _| {}).await.unwrap();
    let rows = session.workbench.listing.present().clone();
    let command = Command::Stage {
        label: String::new(),
        asked: vec![Asked {
            field: title(),
            edit: Edit::Set(Value::text("new")),
            rows,
        }],
    };
    session.apply(&command).await.unwrap();
    session
}

async fn submitted(session: &mut Headless) -> Run {
    let plan = session.plan();
    session.submit(&plan, "retitle").await.unwrap()
}

#[tokio::test]
async fn a_library_is_listed_edited_and_submitted_and_the_draft_is_empty_after_it() {
    let (memory, folder) = (library(45), TempDir::new().unwrap());
    let mut session = staged(&memory, folder.path()).await;
    let run = submitted(&mut session).await;
    assert_eq!(
        (run.id, run.state),
        (RunId::numbered(1), RunState::Finished)
    );
    assert_eq!(
        session
            .workbench
            .run(&RunId::numbered(1))
            .unwrap()
            .tally()
            .applied,
        45
    );
    assert!(session.workbench.draft().is_empty());
    assert_eq!(memory.value(&id(44), &title()), Value::text("new"));
    session.close().await;
    let again = open(&memory, folder.path()).await;
    assert!(again.workbench.draft().is_empty());
    assert_eq!(again.workbench.runs()[0].tally().applied, 45);
}

#[tokio::test]
async fn a_start_without_a_network_shows_the_listing_and_the_draft_of_the_last_time() {
    let (memory, folder) = (library(25), TempDir::new().unwrap());
    staged(&memory, folder.path()).await.close().await;
    let away = EndpointError::Unreachable {
        address: "https://example.com".into(),
        why: "no route".into(),
    };
    let asked = memory.asked(Operation::Connect);
    memory.on(Operation::Connect, asked + 1, Happening::Fail(away));
    let mut session = open(&memory, folder.path()).await;
    assert!(session.connect().await.is_err());
    assert_eq!(session.workbench.listing.len(), 25);
    assert_eq!(session.workbench.draft().changes(), 25);
    assert!(session.listed_at_ms.is_some());
    assert_eq!(
        session.plan().items.len(),
        25,
        "what signing in told is kept too"
    );
}

#[tokio::test]
async fn assets_keep_their_rows_from_one_start_to_the_next() {
    let (memory, folder) = (library(25), TempDir::new().unwrap());
    staged(&memory, folder.path()).await.close().await;
    memory.remove(&id(3));
    let mut session = open(&memory, folder.path()).await;
    session.list(|_, _| {}).await.unwrap();
    assert_eq!(session.workbench.listing.len(), 24);
    assert_eq!(session.workbench.listing.row(&id(4)), Some(4));
    session.close().await;
    assert_eq!(workspace(folder.path()).rows().unwrap()[4], id(4));
}

#[tokio::test]
async fn a_listing_that_is_begun_anew_numbers_rows_as_the_workspace_does() {
    let (memory, folder) = (library(95), TempDir::new().unwrap());
    let mut session = open(&memory, folder.path()).await;
    for generation in 1..=3 {
        session.workbench.listing.begin(generation);
        session.runtime().perform(Effect::List { generation });
    }
    session.list(|_, _| {}).await.unwrap();
    let listing = session.workbench.listing.clone();
    session.close().await;
    let kept = workspace(folder.path()).rows().unwrap();
    assert_eq!(kept.len(), 95);
    assert!(
        (0..)
            .zip(&kept)
            .all(|(row, id)| listing.row(id) == Some(row))
    );
}

#[tokio::test]
async fn what_a_run_failed_on_stays_staged_and_goes_with_a_retry() {
    let (memory, folder) = (library(5), TempDir::new().unwrap());
    memory.treat(
        &id(2),
        Treatment::Refuse("20009".into(), "no write access".into()),
    );
    let mut session = staged(&memory, folder.path()).await;
    let run = submitted(&mut session).await;
    assert_eq!((run.tally().applied, run.tally().refused), (4, 1));
    assert_eq!(session.workbench.draft().changes(), 1);
    let log = session.workbench.log().len();
    memory.treat_as_usual(&id(2));
    let retried = session.retry(None).await.unwrap();
    assert_eq!((retried.items.len(), retried.tally().applied), (1, 1));
    assert!(session.workbench.draft().is_empty());
    assert_eq!(
        session.workbench.log().len(),
        log + 1,
        "only what the run wrote"
    );
    assert!(session.retry(None).await.is_err(), "nothing is left");
}

#[tokio::test]
async fn one_run_at_a_time() {
    let (memory, folder) = (library(4), TempDir::new().unwrap());
    let mut session = staged(&memory, folder.path()).await;
    memory.sign_out(true);
    let plan = session.plan();
    session.submit(&plan, "first").await.unwrap();
    let refused = session.submit(&plan, "second").await.unwrap_err();
    assert!(refused.why.contains("R-0001"), "{}", refused.why);
}

#[tokio::test]
async fn reading_back_shows_what_the_server_has_now() {
    let (memory, folder) = (library(2), TempDir::new().unwrap());
    let mut session = staged(&memory, folder.path()).await;
    submitted(&mut session).await;
    memory.change(&id(1), &title(), Value::text("theirs"));
    let run = session.read_back(None).await.unwrap();
    let last = run.settled[1].clone().unwrap();
    assert_eq!(
        (last.outcome, last.server),
        (Outcome::Applied, Some(Value::text("theirs")))
    );
}

#[tokio::test]
async fn a_report_lies_where_it_is_said_to_lie() {
    let (memory, folder) = (library(2), TempDir::new().unwrap());
    let mut session = staged(&memory, folder.path()).await;
    submitted(&mut session).await;
    for format in ReportFormat::ALL {
        let path = session.report(None, format, None).await.unwrap();
        assert_eq!(path.extension().unwrap(), format.extension());
        assert!(std::fs::read_to_string(&path).unwrap().contains("R-0001"));
    }
}

#[tokio::test]
async fn a_second_program_may_look_and_not_stage() {
    let (memory, folder) = (library(3), TempDir::new().unwrap());
    let first = staged(&memory, folder.path()).await;
    let mut second = open(&memory, folder.path()).await;
    second.list(|_, _| {}).await.unwrap();
    assert_eq!(second.workbench.listing.len(), 3);
    assert!(second.apply(&Command::Undo).await.is_err());
    assert_eq!(second.workbench.draft().changes(), 3);
    first.close().await;
}

#[tokio::test]
async fn the_picture_asked_for_last_comes_first_and_none_is_too_large() {
    let (memory, folder) = (library(9), TempDir::new().unwrap());
    memory.picture_of(&id(8), vec![1]);
    memory.picture_of(&id(0), vec![0; (4 << 20) + 1]);
    let (runtime, mut events) = Runtime::new(parts(&memory, folder.path())).unwrap();
    for number in 0..9 {
        let asset = Box::new(memory.asset(&id(number)).unwrap());
        runtime.perform(Effect::Picture { asset, size: 64 });
    }
    let mut order = Vec::new();
    while order.len() < 9 {
        if let Some(Event::Picture { asset, picture }) = events.recv().await {
            order.push((asset, picture));
        }
    }
    assert_eq!(order[0], (id(8), Ok(Some(vec![1]))));
    let (last, picture) = order.pop().unwrap();
    assert_eq!(last, id(0));
    assert!(picture.unwrap_err().contains("4 MB"));
}

#[tokio::test]
async fn what_only_a_terminal_can_do_is_given_back() {
    let (memory, folder) = (library(1), TempDir::new().unwrap());
    let (runtime, _events) = Runtime::new(parts(&memory, folder.path())).unwrap();
    assert_eq!(runtime.perform(Effect::Quit), Some(Effect::Quit));
    assert_eq!(runtime.perform(Effect::StopListing), None);
}
