//! The program's own road, in a process of its own: listing, staging, and a run timed.

use std::{fs, path::Path, sync::Arc};

use armarius::{
    catalogue::accounts::{DEMO_PASSWORD, DEMO_TOKEN, DEMO_USER},
    domain::{Command, Edit, FieldKey, Run, Value, run::CallNote, workbench::Asked},
    endpoint::{
        CallKind, Endpoint,
        atlan::{self, Atlan},
        dynamic_media::{self, DynamicMedia},
        http::{Http, HttpSettings},
    },
    runtime::{Headless, RuntimeParts, RuntimeSettings, now_ms},
    store::{Holder, Workspace},
    submit::waiting_calls,
};
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use crate::Anyhow;

/// What a client process is to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Task {
    /// `list`, `send` or `freeze`.
    pub(crate) what: String,
    /// `soap` or `rest`.
    pub(crate) protocol: String,
    /// Where the server is.
    pub(crate) url: String,
    /// The folder of the workspace.
    pub(crate) folder: String,
    /// How many changes.
    pub(crate) changes: u32,
    /// Calls in flight.
    pub(crate) concurrency: usize,
    /// Requests a minute.
    pub(crate) pace: Option<u32>,
    /// The value to stage.
    pub(crate) value: String,
}

/// Before the program is started again, nothing of the calls in flight can be carried out any more.
const LONG_AGO_MS: i64 = 600_000;

/// How a run went.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Sent {
    /// Changes that were applied.
    pub(crate) applied: u32,
    /// Calls that were made.
    pub(crate) calls: usize,
    /// Seconds from the first call noted to the last outcome kept.
    pub(crate) seconds: f64,
    /// Seconds of the whole submission: freezing before it, clearing the draft after it.
    pub(crate) whole: f64,
    /// Processor seconds of the whole submission.
    pub(crate) cpu: f64,
}

/// Does what the task says; the result is a line of JSON.
pub(crate) fn run(task: &Task) -> Anyhow<String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match task.what.as_str() {
            "list" => list(task).await,
            "send" => send(task).await,
            _ => freeze(task).await,
        }
    })
}

async fn list(task: &Task) -> Anyhow<String> {
    let mut headless = open(task).await?;
    headless.connect().await.map_err(|error| error.sentence())?;
    headless
        .list(|_, _| {})
        .await
        .map_err(|error| error.sentence())?;
    let assets = headless.workbench.listing.present().len();
    headless.close().await;
    Ok(assets.to_string())
}

async fn send(task: &Task) -> Anyhow<String> {
    let mut headless = staged(task).await?;
    let plan = headless.plan();
    let (began, cpu) = (now_ms(), processor_seconds()?);
    let run = headless.submit(&plan, "bench").await;
    let run = run.map_err(|error| error.sentence())?;
    let sent = Sent {
        whole: seconds(began, now_ms()),
        cpu: processor_seconds()? - cpu,
        ..sent(&run)
    };
    headless.close().await;
    Ok(serde_json::to_string(&sent)?)
}

/// Leaves a run as a kill in the middle of it does: frozen, `concurrency` calls on the wire
/// and as many noted ahead, none answered.
async fn freeze(task: &Task) -> Anyhow<String> {
    let headless = staged(task).await?;
    let plan = headless.plan();
    headless.close().await;
    let mut workspace = Workspace::open(Path::new(&task.folder), &holder())?;
    let operation = endpoint(task)?.operation(CallKind::Metadata).to_owned();
    let calls = plan
        .calls
        .iter()
        .map(|call| (call.thumbnails, call.items.clone()));
    let run = Run {
        id: workspace.next_run_id()?,
        label: "bench".into(),
        author: "bench".into(),
        profile: "bench".into(),
        started_ms: now_ms(),
        finished_ms: None,
        digest: plan.digest.clone(),
        state: armarius::domain::run::RunState::Running,
        settled: vec![None; plan.items.len()],
        calls: waiting_calls(calls, |_| operation.clone()),
        items: plan.items,
        counts: armarius::domain::run::ServerCounts::default(),
        counted: false,
        reverts: Vec::new(),
        rules: armarius::domain::run::RunRules::default(),
    };
    workspace.begin_run(&run)?;
    for call in run.calls.iter().take(2 * task.concurrency) {
        let noted = CallNote {
            noted_ms: now_ms() - LONG_AGO_MS,
            ..call.clone()
        };
        workspace.note_call(&run.id, &noted)?;
    }
    Ok(run.items.len().to_string())
}

/// The workspace with the changes staged.
async fn staged(task: &Task) -> Anyhow<Headless> {
    let mut headless = open(task).await?;
    headless.connect().await.map_err(|error| error.sentence())?;
    let present = headless.workbench.listing.present();
    let rows: RoaringBitmap = present.iter().take(task.changes as usize).collect();
    let command = Command::Stage {
        label: String::new(),
        asked: vec![Asked {
            field: field(task),
            edit: Edit::Set(Value::text(task.value.as_str())),
            rows,
        }],
    };
    headless.apply(&command).await?;
    Ok(headless)
}

fn sent(run: &Run) -> Sent {
    let noted = run.calls.iter().map(|call| call.noted_ms);
    let first = noted.filter(|at| *at > 0).min().unwrap_or_default();
    Sent {
        applied: run.tally().applied,
        calls: run.calls.iter().filter(|call| call.noted_ms > 0).count(),
        seconds: seconds(first, run.finished_ms.unwrap_or_default()),
        ..Sent::default()
    }
}

/// Between two times in milliseconds.
#[expect(clippy::cast_precision_loss, reason = "a few minutes in milliseconds")]
pub(crate) fn seconds(from_ms: i64, to_ms: i64) -> f64 {
    (to_ms - from_ms) as f64 / 1000.0
}

fn field(task: &Task) -> FieldKey {
    if task.protocol == "soap" {
        "Rights".into()
    } else {
        "description".into()
    }
}

async fn open(task: &Task) -> Anyhow<Headless> {
    let folder = Path::new(&task.folder);
    fs::create_dir_all(folder)?;
    let parts = RuntimeParts {
        endpoint: endpoint(task)?,
        workspace: Workspace::open(folder, &holder())?,
        profile: "bench".into(),
        author: "bench".into(),
        settings: RuntimeSettings {
            batch_size: Some(crate::BATCH),
            concurrency: Some(task.concurrency),
            requests_per_minute: Some(task.pace.unwrap_or(1_000_000_000)),
            check_before: false,
            read_back: false,
            ..RuntimeSettings::default()
        },
        reports: folder.join("reports"),
    };
    Ok(Headless::open(parts)
        .await
        .map_err(|error| error.sentence())?)
}

fn holder() -> Holder {
    Holder::this_process("bench", now_ms())
}

fn endpoint(task: &Task) -> Anyhow<Arc<dyn Endpoint>> {
    let http = Http::new(HttpSettings::default())?;
    Ok(if task.protocol == "soap" {
        let settings =
            dynamic_media::Settings::new(&task.url, DEMO_USER, DEMO_PASSWORD.to_owned().into());
        Arc::new(DynamicMedia::new(settings, http))
    } else {
        let settings = atlan::Settings {
            url: task.url.clone(),
            token: DEMO_TOKEN.to_owned().into(),
            page_size: 1000,
        };
        Arc::new(Atlan::new(settings, http))
    })
}

/// User and system time of this process so far.
fn processor_seconds() -> Anyhow<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name may hold spaces; what follows its parenthesis does not.
    let (_, rest) = stat.rsplit_once(") ").ok_or("no such figures here")?;
    let ticks: Vec<f64> = rest
        .split(' ')
        .skip(11)
        .take(2)
        .filter_map(|one| one.parse().ok())
        .collect();
    Ok(ticks.iter().sum::<f64>() / 100.0)
}
