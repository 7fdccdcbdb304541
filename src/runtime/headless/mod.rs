//! The same roads without a screen: commands in, results out.

mod history;
mod library;
mod results;
mod sending;

pub use sending::Progress;

use std::path::PathBuf;

use super::{Events, Runtime, RuntimeParts, absorb};
use crate::{
    domain::{
        Command, Failure, Operation, Refusal, Run, RunId, Stamp, Workbench,
        failure::FailureKind,
        plan::Plan,
        run::{RunRules, RunState},
    },
    exchange::Guard,
    flow::{Effect, Event, Submission},
};

/// Why a headless command did not work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadlessError {
    /// The command was refused; nothing has changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The world did not do what was asked.
    #[error("{}", .0.sentence())]
    Failed(Failure),
}

impl From<Failure> for HeadlessError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// A workbench and the runtime that works for it.
pub struct Headless {
    /// The state of the work.
    pub workbench: Workbench,
    /// When the cached listing was complete, milliseconds since 1970; `None` if it never was.
    pub listed_at_ms: Option<i64>,
    /// How carefully runs begin, and when they stop by themselves.
    pub rules: RunRules,
    runtime: Runtime,
    events: Events,
    batch_size: Option<usize>,
    has_reports: bool,
    reported: Result<Vec<PathBuf>, Failure>,
    note: String,
    progress: Option<Listener>,
}

/// Hears the news on the way.
type Listener = Box<dyn FnMut(Progress<'_>) + Send>;

impl Headless {
    /// Opens a workspace as it was left. Must be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// If the workspace is damaged.
    pub async fn open(parts: RuntimeParts) -> Result<Self, Failure> {
        let batch_size = parts.settings.batch_size;
        let has_reports = parts.settings.reports.automatic;
        let (runtime, events) = Runtime::new(parts)?;
        let restored = runtime.restore().await?;
        Ok(Self {
            workbench: restored.workbench,
            listed_at_ms: restored.listed_at_ms,
            rules: RunRules::default(),
            runtime,
            events,
            batch_size,
            has_reports,
            reported: Ok(Vec::new()),
            note: String::new(),
            progress: None,
        })
    }

    /// The runtime, to pause a run from elsewhere (a signal).
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Who does something now, and when.
    fn stamp(&self) -> Stamp {
        let Stamp { at_ms, by } = self.runtime.stamp();
        let by = self.workbench.person(&by);
        Stamp { at_ms, by }
    }

    /// The name of the profile's author.
    pub fn author(&self) -> &str {
        &self.runtime.0.author
    }

    /// Whether cells of tables that a spreadsheet would run are guarded.
    pub fn guard(&self) -> Guard {
        self.runtime.guard()
    }

    /// What the last run waits for or why it stopped; empty if there is nothing to say.
    pub fn note(&self) -> &str {
        &self.note
    }

    /// Accepts a command and keeps it: durable when this returns.
    ///
    /// # Errors
    ///
    /// If it is refused, or can't be kept.
    pub async fn apply(&mut self, command: &Command) -> Result<Operation, HeadlessError> {
        let stamp = self.stamp();
        let operation = self.workbench.apply(command, stamp)?;
        self.persist(operation.clone()).await?;
        Ok(operation)
    }

    async fn persist(&mut self, operation: Operation) -> Result<(), Failure> {
        let id = operation.id;
        self.perform(Effect::Persist(Box::new(operation)));
        self.until(|event| {
            if let Event::PersistFailed(failure) = event {
                return Some(Err(failure.clone()));
            }
            (*event == Event::Persisted(id)).then_some(Ok(()))
        })
        .await
    }

    /// What would be sent now; empty before anybody signed in.
    pub fn plan(&self) -> Plan {
        let Some(capabilities) = &self.workbench.capabilities else {
            return Plan::default();
        };
        let (draft, listing) = (self.workbench.draft(), &self.workbench.listing);
        let schema = &self.workbench.schema;
        let size = self.batch_size().min(capabilities.max_batch).max(1);
        Plan::of(draft, listing, schema, capabilities, size).with_canary(&self.rules, size)
    }

    fn batch_size(&self) -> usize {
        let theirs = self.workbench.capabilities.as_ref();
        self.batch_size
            .or(theirs.map(|able| able.batch_size))
            .unwrap_or(1)
    }

    /// Sends a plan; returns when every change has its outcome, or when the run waits for a
    /// person: then it is paused, and [`note`](Self::note) says why.
    ///
    /// # Errors
    ///
    /// If the run could not begin; nothing was sent then.
    pub async fn submit(&mut self, plan: &Plan, label: &str) -> Result<Run, Failure> {
        self.perform(Effect::Submit(Box::new(Submission {
            label: label.to_owned(),
            stamp: self.stamp(),
            items: plan.items.clone(),
            calls: plan
                .calls
                .iter()
                .map(|call| (call.thumbnails, call.items.clone()))
                .collect(),
            digest: plan.digest.clone(),
            reverts: self.workbench.reverts_of(&plan.items),
            rules: self.rules,
        })));
        let id = self
            .until(|event| {
                if let Event::RunStarted(run) = event {
                    return Some(Ok(run.id.clone()));
                }
                failed(event)
            })
            .await?;
        self.follow(id).await
    }

    /// Goes on with a run that was interrupted or paused; the last such one if none is named.
    ///
    /// # Errors
    ///
    /// If there is no such run, or it could not be taken up.
    pub async fn resume(&mut self, run: Option<&RunId>) -> Result<Run, Failure> {
        let id = match run {
            Some(_) => self.loaded(run).await?.id.clone(),
            None => self.unfinished()?,
        };
        self.perform(Effect::ResumeRun(id.clone()));
        self.follow(id).await
    }

    /// Ends: everything handed to the disk is done when this returns.
    pub async fn close(self) {
        self.runtime.shutdown().await;
    }

    /// A run by name, or the last one, among those that are loaded;
    /// [`loaded`](Self::loaded) finds the others too.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn find(&self, run: Option<&RunId>) -> Result<&Run, Failure> {
        let (found, why) = match run {
            Some(id) => (self.workbench.run(id), format!("there is no run {id}")),
            None => (
                self.workbench.runs().last(),
                "nothing was ever submitted".to_owned(),
            ),
        };
        found.ok_or_else(|| local("could not find the run".into(), &why))
    }

    fn unfinished(&self) -> Result<RunId, Failure> {
        let mut runs = self.workbench.runs().iter().rev();
        let found = runs.find(|run| {
            matches!(
                run.state,
                RunState::Running | RunState::Paused | RunState::Interrupted
            )
        });
        found.map(|run| run.id.clone()).ok_or_else(|| {
            local(
                "could not go on with a run".into(),
                "no run was interrupted or is paused",
            )
        })
    }

    /// Follows a run until it ends or waits; what it wrote leaves the draft.
    async fn follow(&mut self, id: RunId) -> Result<Run, Failure> {
        let (state, note) = loop {
            let news = self.until(|event| ended(event, &id)).await?;
            if let Some(end) = news {
                break end;
            }
        };
        if state.is_over() {
            let stamp = self.stamp();
            let settled = self.workbench.settle_draft(&id, stamp);
            if self.has_reports {
                self.await_reports(&id).await?;
            }
            if let Some(operation) = settled {
                self.persist(operation).await?;
            }
        }
        self.note = note;
        self.find(Some(&id)).cloned()
    }

    fn perform(&self, effect: Effect) {
        // What only a screen can do is never asked for here.
        drop(self.runtime.perform(effect));
    }

    /// Takes news in until some of it is what was waited for.
    async fn until<T>(
        &mut self,
        mut pick: impl FnMut(&Event) -> Option<Result<T, Failure>>,
    ) -> Result<T, Failure> {
        while let Some(event) = self.events.recv().await {
            let picked = pick(&event);
            let may_tell = event.tells_what_others_did();
            let told = sending::told(&event);
            self.keep_so_far(&event);
            absorb(&mut self.workbench, event);
            if let Some(told) = told {
                self.pass_on(told);
            }
            if may_tell {
                self.note_outside();
            }
            if let Some(picked) = picked {
                return picked;
            }
        }
        Err(local("could not go on".into(), "the runtime has ended"))
    }
}

/// What did not work, if that is the news.
fn failed<T>(event: &Event) -> Option<Result<T, Failure>> {
    if let Event::Failed(failure) = event {
        return Some(Err(failure.clone()));
    }
    None
}

/// News of a run: its end with a note, or `None` for outcomes on the way.
fn ended(event: &Event, id: &RunId) -> Option<Result<Option<(RunState, String)>, Failure>> {
    if let Event::RunState {
        run, state, note, ..
    } = event
        && run == id
        && *state != RunState::Running
    {
        return Some(Ok(Some((*state, note.clone()))));
    }
    if matches!(event, Event::Settled { run, .. } if run == id) {
        return Some(Ok(None));
    }
    failed(event)
}

fn local(what: String, why: &str) -> Failure {
    Failure {
        what,
        why: why.to_owned(),
        hint: String::new(),
        kind: FailureKind::Local,
    }
}
