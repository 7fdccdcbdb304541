//! Runs: begun, taken up again, paused, stopped, and read back.

use std::{sync::Arc, time::Duration};

use tokio::{sync::mpsc, task::JoinHandle, time::timeout};

use super::{Runtime, lock, now_ms};
use crate::{
    domain::{
        Failure, Run, RunId,
        failure::FailureKind,
        run::{RunState, ServerCounts},
    },
    endpoint::{Asking, CallKind, Connection},
    flow::{Event, Submission},
    store::Workspace,
    submit::{Control, Engine, News, Parts, Settings, read_again, waiting_calls},
};

const BEGIN: &str = "could not begin the run";
const RESUME: &str = "could not go on with the run";
/// How long the calls under way are awaited when the program ends.
pub(super) const GRACE: Duration = Duration::from_secs(2);
/// How often in a row a call is put off before the run pauses.
pub(super) const RETRY_BUDGET: u32 = 8;

/// The run that goes on; there is one at most, so that no asset is ever in two calls.
#[derive(Default)]
pub(super) enum Current {
    /// None.
    #[default]
    Idle,
    /// One is about to begin.
    Starting,
    /// This one.
    Going {
        run: RunId,
        control: Control,
        task: JoinHandle<()>,
    },
}

impl Current {
    /// Takes the place, if it is free.
    fn take(&mut self, what: &str) -> Result<(), Failure> {
        let why = match self {
            Self::Going { run, control, .. } if !control.is_over() => {
                format!("{run} goes on or is paused")
            }
            Self::Starting => "another run is about to begin".to_owned(),
            Self::Idle | Self::Going { .. } => {
                *self = Self::Starting;
                return Ok(());
            }
        };
        Err(Failure {
            what: what.to_owned(),
            why,
            hint: "wait for it, or stop it".into(),
            kind: FailureKind::Local,
        })
    }

    fn control(&self, of: &RunId) -> Option<&Control> {
        match self {
            Self::Going { run, control, .. } if run == of && !control.is_over() => Some(control),
            Self::Idle | Self::Starting | Self::Going { .. } => None,
        }
    }
}

impl Runtime {
    /// Freezes what was planned as a run, and sends it.
    pub(super) fn submit(&self, submission: Submission) {
        if let Err(failure) = lock(&self.0.current).take(BEGIN) {
            return self.fail(failure);
        }
        let runtime = self.clone();
        self.spawn(async move {
            if let Err(failure) = runtime.begin(submission).await {
                *lock(&runtime.0.current) = Current::Idle;
                runtime.fail(failure);
            }
        });
    }

    async fn begin(&self, submission: Submission) -> Result<(), Failure> {
        let connected = self.connected().await;
        let connection = connected.map_err(|error| error.failure(BEGIN))?;
        let mut run = self.frozen(submission);
        let work = move |workspace: &mut Workspace| {
            run.id = workspace.next_run_id()?;
            workspace.begin_run(&run)?;
            Ok(run)
        };
        let run = self.0.disk.ask(BEGIN, work).await?;
        self.tell(Event::RunStarted(Box::new(run.clone())));
        self.drive(run, &connection, Control::go_on);
        Ok(())
    }

    fn frozen(&self, submission: Submission) -> Run {
        let operation = |thumbnails| {
            let kind = if thumbnails {
                CallKind::Thumbnails
            } else {
                CallKind::Metadata
            };
            self.0.endpoint.operation(kind).to_owned()
        };
        Run {
            id: RunId::numbered(1),
            label: submission.label,
            author: submission.stamp.by,
            profile: self.0.profile.clone(),
            started_ms: submission.stamp.at_ms,
            finished_ms: None,
            digest: submission.digest,
            state: RunState::Running,
            settled: vec![None; submission.items.len()],
            items: submission.items,
            calls: waiting_calls(submission.calls, operation),
            counts: ServerCounts::default(),
            counted: false,
            reverts: submission.reverts,
            rules: submission.rules,
        }
    }

    /// Sends a run from where it is, and passes its news on.
    fn drive(&self, run: Run, connection: &Connection, wish: impl FnOnce(&Control)) {
        let (control, wishes) = Control::new();
        wish(&control);
        let (news, receiver) = mpsc::unbounded_channel();
        let id = run.id.clone();
        let engine = Engine::new(
            run,
            Parts {
                endpoint: Arc::clone(&self.0.endpoint),
                journal: Arc::new(self.0.disk.clone()),
                settings: self.settings(connection),
                wishes,
                news,
                now_ms,
                gate: self.0.gate.clone(),
            },
        );
        let (runtime, run) = (self.clone(), id.clone());
        let task = self.0.handle.spawn(async move {
            let passing = runtime.pass_on(&id, receiver);
            tokio::join!(engine.go(), passing);
        });
        *lock(&self.0.current) = Current::Going { run, control, task };
    }

    pub(super) fn settings(&self, connection: &Connection) -> Settings {
        let (ours, theirs) = (&self.0.settings, &connection.capabilities);
        Settings {
            concurrency: ours.concurrency.unwrap_or(theirs.concurrency),
            requests_per_minute: ours.requests_per_minute.or(theirs.requests_per_minute),
            check_before: ours.check_before,
            read_back: ours.read_back,
            read_back_wait: ours.read_back_wait,
            timeout: ours.timeout,
            retry_budget: ours.retry_budget,
        }
    }

    async fn pass_on(&self, run: &RunId, mut news: mpsc::UnboundedReceiver<News>) {
        while let Some(news) = news.recv().await {
            let run = run.clone();
            match news {
                News::Call(call) => self.tell(Event::Call { run, call }),
                News::Settled(settled) => self.tell(Event::Settled { run, settled }),
                News::Read(assets) => self.keep_assets(assets),
                News::Waits {
                    until_ms,
                    seconds,
                    why,
                } => self.tell(Event::RunWaits {
                    run,
                    until_ms,
                    seconds,
                    why,
                }),
                News::SignedOut => self.signed_out(),
                News::State { state, at_ms, note } => {
                    self.tell(Event::RunState {
                        run: run.clone(),
                        state,
                        at_ms,
                        note,
                    });
                    if state.is_over() {
                        self.report_at_the_end(run).await;
                    }
                }
            }
        }
    }

    pub(super) fn pause_run(&self, run: &RunId) {
        if let Some(control) = lock(&self.0.current).control(run) {
            control.pause();
        }
    }

    /// Goes on with a run that is paused, or was left by an earlier start of the program.
    pub(super) fn resume_run(&self, run: RunId) {
        let control = lock(&self.0.current).control(&run).cloned();
        match control {
            Some(control) if self.is_signed_out() => self.sign_in_and_go_on(control),
            Some(control) => control.go_on(),
            None => self.take_up(run, Control::go_on),
        }
    }

    /// The run waits because its sign-in expired: it goes on once somebody is signed in again.
    fn sign_in_and_go_on(&self, control: Control) {
        let runtime = self.clone();
        self.spawn(async move {
            runtime.forget_connection();
            match runtime.connected().await {
                Ok(_) => control.go_on(),
                Err(error) => runtime.fail(error.failure(RESUME)),
            }
        });
    }

    /// Stops a run; what was sent and not answered is still read back.
    pub(super) fn stop_run(&self, run: RunId) {
        if let Some(control) = lock(&self.0.current).control(&run) {
            return control.stop();
        }
        self.take_up(run, Control::stop);
    }

    fn take_up(&self, run: RunId, wish: impl FnOnce(&Control) + Send + 'static) {
        if let Err(failure) = lock(&self.0.current).take(RESUME) {
            return self.fail(failure);
        }
        let runtime = self.clone();
        self.spawn(async move {
            // The sign-in may be what it was paused for.
            runtime.forget_connection();
            let connected = runtime.connected().await;
            let connected = connected.map_err(|error| error.failure(RESUME));
            let taken = match connected {
                Ok(connection) => runtime.load(run, RESUME).await.map(|run| (run, connection)),
                Err(failure) => Err(failure),
            };
            match taken {
                Ok((run, connection)) if run.open().next().is_some() => {
                    runtime.drive(run, &connection, wish);
                }
                Ok((run, _)) => {
                    *lock(&runtime.0.current) = Current::Idle;
                    runtime.settled_already(run).await;
                }
                Err(failure) => {
                    *lock(&runtime.0.current) = Current::Idle;
                    runtime.fail(failure);
                }
            }
        });
    }

    /// Nothing is left to do in a run that was taken up: it only has to be said.
    async fn settled_already(&self, run: Run) {
        let (id, is_new) = (run.id, run.finished_ms.is_none());
        let (state, at_ms) = if is_new {
            (RunState::Finished, now_ms())
        } else {
            (run.state, run.finished_ms.unwrap_or_default())
        };
        if is_new {
            let kept = id.clone();
            let work =
                move |workspace: &mut Workspace| workspace.set_run_state(&kept, state, at_ms);
            if let Err(failure) = self.0.disk.ask(RESUME, work).await {
                return self.fail(failure);
            }
        }
        self.tell(Event::RunState {
            run: id.clone(),
            state,
            at_ms,
            note: "every change of it has its outcome".into(),
        });
        if state.is_over() {
            self.report_at_the_end(id).await;
        }
    }

    pub(super) async fn load(&self, run: RunId, what: &'static str) -> Result<Run, Failure> {
        let work = move |workspace: &mut Workspace| workspace.load_run(&run);
        self.0.disk.ask(what, work).await
    }

    /// Reads back what is unknown of a run, or everything if nothing is.
    pub(super) fn read_back(&self, run: RunId) {
        const WHAT: &str = "could not read the changes back";
        if lock(&self.0.current).control(&run).is_some() {
            return self.tell(Event::Said(format!(
                "{run} goes on or is paused; it reads back by itself"
            )));
        }
        let runtime = self.clone();
        self.spawn(async move {
            if let Err(failure) = runtime.read_back_now(run, WHAT).await {
                runtime.fail(failure);
            }
        });
    }

    async fn read_back_now(&self, id: RunId, what: &'static str) -> Result<(), Failure> {
        self.connected()
            .await
            .map_err(|error| error.failure(what))?;
        let run = self.load(id.clone(), what).await?;
        let endpoint = self.0.endpoint.as_ref();
        let asking = (Asking::Fetch(run.items.len()), false);
        let read = self.patiently(asking, || read_again(endpoint, &run)).await;
        let settled = read.map_err(|error| error.failure(what))?;
        let (kept, of) = (settled.clone(), id.clone());
        let work = move |workspace: &mut Workspace| workspace.settle(&of, &kept);
        self.0.disk.ask(what, work).await?;
        let corrected = settled.len();
        self.tell(Event::Settled {
            run: id.clone(),
            settled,
        });
        // What turned out to be written leaves the draft as at the end of a run.
        self.tell(Event::RunState {
            run: id.clone(),
            state: run.state,
            at_ms: run.finished_ms.unwrap_or_else(now_ms),
            note: format!("read back; {corrected} changed"),
        });
        if run.state.is_over() {
            self.report_at_the_end(id).await;
        }
        Ok(())
    }

    /// How long an answer may take, and how long a request that was lost may still be carried out.
    pub fn patience(&self) -> Duration {
        self.0.settings.timeout
    }

    /// Whether a run goes on or is paused.
    pub fn has_a_run(&self) -> bool {
        matches!(&*lock(&self.0.current), Current::Going { control, .. } if !control.is_over())
    }

    /// Pauses the run that goes on for the end of the program; gives it as it is kept then.
    pub(super) async fn pause_for_good(&self) -> Option<Run> {
        let goes_on = self.has_a_run();
        let current = std::mem::take(&mut *lock(&self.0.current));
        let Current::Going { run, control, task } = current else {
            return None;
        };
        // Without its control an engine pauses as soon as nothing is under way.
        drop(control);
        // What takes longer is read back at the next start.
        let _ = timeout(GRACE, task).await;
        if !goes_on {
            return None;
        }
        self.load(run, "could not read the run").await.ok()
    }
}
