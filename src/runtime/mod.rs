//! Performs what the app asks of the world, and tells what came of it. Owns the clock.
//!
//! Effects come in by [`Runtime::perform`], which never waits; events go out over the channel
//! that [`Runtime::new`] returns. The disk has a thread of its own and does things in order;
//! the network is asked from tasks. [`Headless`] walks the same roads without a screen.

mod absorb;
mod arrange;
mod columns;
mod connect;
mod disk;
mod dry;
mod headless;
mod judge;
mod list;
mod pictures;
mod report;

mod restore;
mod revert;
mod runs;
#[cfg(test)]
mod tests;
mod view;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use roaring::RoaringBitmap;
use tokio::{runtime::Handle, sync::mpsc};
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{Failure, Run, Stamp},
    endpoint::Endpoint,
    flow::{Effect, Event},
    store::Workspace,
    submit::Gate,
};

pub use absorb::absorb;
pub use arrange::Arranger;
pub use headless::{Headless, HeadlessError, Progress};
use judge::Judge;
pub use list::Events;
pub use restore::{First, Restored};

use connect::Connecting;
use disk::Disk;
use list::Room;
use pictures::Pictures;
use runs::{Current, GRACE};

/// What a runtime works with.
pub struct RuntimeParts {
    /// The endpoint of the profile.
    pub endpoint: Arc<dyn Endpoint>,
    /// The workspace of the profile.
    pub workspace: Workspace,
    /// The profile's name.
    pub profile: String,
    /// Who stages and submits.
    pub author: String,
    /// How runs are sent.
    pub settings: RuntimeSettings,
    /// The folder reports go to.
    pub reports: PathBuf,
}

/// How runs are sent; what is `None` is what the endpoint says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuntimeSettings {
    /// Assets a call.
    pub batch_size: Option<usize>,
    /// Calls in flight.
    pub concurrency: Option<usize>,
    /// Requests a minute.
    pub requests_per_minute: Option<u32>,
    /// Whether assets are re-read and compared before each call.
    pub check_before: bool,
    /// Whether assets are read back after each call.
    pub read_back: bool,
    /// How long the server may take to show what it says it has written.
    pub read_back_wait: Duration,
    /// How long an answer may take.
    pub timeout: Duration,
    /// How often in a row the brake may be pulled before a run pauses and says why.
    pub retry_budget: u32,
    /// How reports are written.
    pub reports: ReportSettings,
}

/// How reports of runs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportSettings {
    /// Whether they are written by themselves at the end of every run.
    pub automatic: bool,
    /// Whether cells that a spreadsheet would run as a formula are guarded.
    pub guard_formulas: bool,
}

impl Default for RuntimeSettings {
    fn default() -> Self {
        Self {
            batch_size: None,
            concurrency: None,
            requests_per_minute: None,
            check_before: true,
            read_back: true,
            read_back_wait: Duration::from_secs(30),
            timeout: Duration::from_secs(30),
            retry_budget: runs::RETRY_BUDGET,
            reports: ReportSettings::default(),
        }
    }
}

/// Milliseconds since 1970: the program's only clock.
#[expect(
    clippy::disallowed_methods,
    reason = "everybody else takes the time from here or from a stamp"
)]
pub fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

/// Performs effects. Clones share everything.
#[derive(Clone)]
pub struct Runtime(Arc<Inner>);

struct Inner {
    endpoint: Arc<dyn Endpoint>,
    disk: Disk,
    events: mpsc::UnboundedSender<Event>,
    handle: Handle,
    profile: String,
    author: String,
    settings: RuntimeSettings,
    reports: PathBuf,
    /// Why nothing may be kept, if so.
    read_only: Option<String>,
    connecting: Connecting,
    /// Everything asked of the endpoint goes through here.
    gate: Gate,
    listing: Mutex<CancellationToken>,
    /// For pages on their way from the endpoint to whoever takes them in.
    room: Room,
    arranger: Arranger,
    judge: Judge,
    /// Marks the disk is to keep.
    marks: Mutex<Option<RoaringBitmap>>,
    /// Who writes the columns of a listing.
    writer: Mutex<columns::Writer>,
    /// What came since they were written.
    gathered: Mutex<columns::Gathered>,
    pictures: Pictures,
    current: Mutex<Current>,
    closing: OnceLock<Closing>,
}

/// The end under way, for everybody who waits for it.
type Closing = Shared<BoxFuture<'static, Option<Run>>>;

impl Runtime {
    /// Makes one, and the news it tells. Must be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// If the system gives no thread for the disk.
    pub fn new(parts: RuntimeParts) -> Result<(Self, Events), Failure> {
        let (events, receiver) = mpsc::unbounded_channel();
        let read_only = parts.workspace.access().refusal().map(str::to_owned);
        let runtime = Self(Arc::new(Inner {
            endpoint: parts.endpoint,
            disk: Disk::start(parts.workspace)?,
            arranger: Arranger::new(events.clone()),
            judge: Judge::new(events.clone()),
            events,
            handle: Handle::current(),
            profile: parts.profile,
            author: parts.author,
            settings: parts.settings,
            reports: parts.reports,
            read_only,
            connecting: Connecting::default(),
            gate: connect::gate(&parts.settings),
            listing: Mutex::default(),
            marks: Mutex::default(),
            room: Room::default(),
            writer: Mutex::default(),
            gathered: Mutex::default(),
            pictures: Pictures::new(connect::gate(&RuntimeSettings::default())),
            current: Mutex::default(),
            closing: OnceLock::new(),
        }));
        let events = Events::new(receiver, runtime.0.room.clone());
        Ok((runtime, events))
    }

    /// Who does something now, and when.
    pub fn stamp(&self) -> Stamp {
        Stamp {
            at_ms: now_ms(),
            by: self.0.author.clone(),
        }
    }

    /// Sets an effect going; never waits. Gives back what only the shell of the screen can do.
    pub fn perform(&self, effect: Effect) -> Option<Effect> {
        match effect {
            Effect::Connect => self.connect_in_background(),
            Effect::List { generation } => self.list(generation),
            Effect::Update {
                generation,
                since_ms,
            } => self.update(generation, since_ms),
            Effect::Agreed { at_ms } => self.agreed(at_ms),
            Effect::StopListing => lock(&self.0.listing).cancel(),
            Effect::Arrange(question) => self.0.arranger.arrange(question),
            Effect::StopArranging => self.0.arranger.stop(),
            Effect::Judge(judging) => self.0.judge.judge(judging),
            Effect::StopJudging => self.0.judge.stop(),
            Effect::KeepListing(listing) => self.keep_listing(*listing),
            Effect::KeepSoFar { listing, page } => self.keep_so_far(*listing, page),
            Effect::KeepAssets(assets) => self.keep_assets(assets),
            Effect::Refresh(ids) => self.refresh(ids),
            Effect::Thumbnails(ids) => self.thumbnails(ids),
            Effect::Picture { asset, size } => self.picture(*asset, size),
            Effect::Persist(operation) => self.persist(*operation),
            Effect::SaveMarks(marks) => self.save_marks(marks),
            Effect::SaveSetting { key, value } => self.save_setting(key, value),
            Effect::DryRun { items, digest } => self.dry_run(items, digest),
            Effect::Plan(planning) => self.plan(*planning),
            Effect::Submit(submission) => self.submit(*submission),
            Effect::PauseRun(run) => self.pause_run(&run),
            Effect::ResumeRun(run) => self.resume_run(run),
            Effect::StopRun(run) => self.stop_run(run),
            Effect::ReadBack(run) => self.read_back(run),
            Effect::Report { run, formats, path } => self.report(run, formats, path),
            Effect::HandOver {
                run,
                items,
                words,
                path,
            } => self.hand_over((run, items), words, path),
            Effect::LoadRun(run) => self.load_run(run),
            Effect::ReadForRevert(run) => self.read_for_revert(run),
            Effect::Export(comparison) => self.export(*comparison),
            Effect::Copy(_) | Effect::Suspend | Effect::Quit => return Some(effect),
        }
        None
    }

    /// Ends: calls under way are awaited for at most two seconds, a run that goes on is paused,
    /// everything handed to the disk is done, and the workspace is free for others. Gives the run
    /// that went on, as it is kept now. Once begun it goes on by itself, whoever gives up waiting;
    /// whoever asks again waits for the same end.
    pub async fn shutdown(&self) -> Option<Run> {
        let begin = || {
            let closing = self.0.handle.spawn(self.clone().close());
            closing.map(|run| run.ok().flatten()).boxed().shared()
        };
        self.0.closing.get_or_init(begin).clone().await
    }

    async fn close(self) -> Option<Run> {
        lock(&self.0.listing).cancel();
        let run = self.pause_for_good().await;
        // A cache is not waited for longer than a call.
        let _ = tokio::time::timeout(GRACE, self.columns_written()).await;
        self.0.disk.close().await;
        run
    }

    /// Makes the disk's thread panic, for the tests of that end.
    #[cfg(debug_assertions)]
    pub fn break_disk(&self) {
        self.0.disk.break_down();
    }

    fn tell(&self, event: Event) {
        // Nobody listens any more when the program ends.
        let _ = self.0.events.send(event);
    }

    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        drop(self.0.handle.spawn(work));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
