//! The same roads without a screen: commands in, results out.

mod library;

use std::path::PathBuf;

use tokio::sync::mpsc;

use super::{Runtime, RuntimeParts, absorb};
use crate::{
    domain::{
        Command, Failure, Operation, Refusal, Run, RunId, Workbench,
        failure::FailureKind,
        plan::Plan,
        run::{RunRules, RunState},
    },
    flow::{Effect, Event, ReportFormat, Submission},
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
    events: mpsc::UnboundedReceiver<Event>,
    batch_size: Option<usize>,
    note: String,
    progress: Option<Progress>,
}

/// Sees a run after each bundle of news.
type Progress = Box<dyn FnMut(&Run) + Send>;

impl Headless {
    /// Opens a workspace as it was left. Must be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// If the workspace is damaged.
    pub async fn open(parts: RuntimeParts) -> Result<Self, Failure> {
        let batch_size = parts.settings.batch_size;
        let (runtime, events) = Runtime::new(parts)?;
        let restored = runtime.restore().await?;
        Ok(Self {
            workbench: restored.workbench,
            listed_at_ms: restored.listed_at_ms,
            rules: RunRules::default(),
            runtime,
            events,
            batch_size,
            note: String::new(),
            progress: None,
        })
    }

    /// The runtime, to pause a run from elsewhere (a signal).
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Lets somebody see a run after each bundle of news.
    pub fn on_progress(&mut self, progress: impl FnMut(&Run) + Send + 'static) {
        self.progress = Some(Box::new(progress));
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
        let stamp = self.runtime.stamp();
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
        Plan::of(draft, listing, schema, capabilities, self.batch_size())
    }

    /// The part of the plan that a run did not get through.
    ///
    /// # Errors
    ///
    /// If there is no such run.
    pub fn plan_of_retry(&self, run: Option<&RunId>) -> Result<Plan, Failure> {
        let run = self.find(run)?;
        let failed: std::collections::HashSet<_> = run
            .settled
            .iter()
            .flatten()
            .filter(|one| !one.outcome.is_written())
            .map(|one| &run.items[one.item as usize])
            .map(|item| (&item.asset, &item.field))
            .collect();
        let capabilities = self.workbench.capabilities.as_ref();
        let most = capabilities.map_or(1, |able| able.max_batch.max(1));
        let batch_size = self.batch_size().clamp(1, most);
        Ok(self.plan().only(batch_size, |item| {
            failed.contains(&(&item.asset, &item.field))
        }))
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
            stamp: self.runtime.stamp(),
            items: plan.items.clone(),
            calls: plan
                .calls
                .iter()
                .map(|call| (call.thumbnails, call.items.clone()))
                .collect(),
            digest: plan.digest.clone(),
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
            Some(_) => self.find(run)?.id.clone(),
            None => self.unfinished()?,
        };
        self.perform(Effect::ResumeRun(id.clone()));
        self.follow(id).await
    }

    /// Submits again what a run did not get through and is still staged; the last run if none is
    /// named. Stages nothing.
    ///
    /// # Errors
    ///
    /// If there is no such run, nothing of it is left to send, or the new run could not begin.
    pub async fn retry(&mut self, run: Option<&RunId>) -> Result<Run, Failure> {
        let plan = self.plan_of_retry(run)?;
        let id = self.find(run)?.id.clone();
        if plan.items.is_empty() {
            return Err(local(
                format!("could not retry {id}"),
                "nothing it failed on is still staged",
            ));
        }
        self.submit(&plan, &format!("retry of {id}")).await
    }

    /// Reads a run's unknown changes back, or all of them if none is unknown.
    ///
    /// # Errors
    ///
    /// If there is no such run, or the endpoint can't be read.
    pub async fn read_back(&mut self, run: Option<&RunId>) -> Result<Run, Failure> {
        let id = self.find(run)?.id.clone();
        self.perform(Effect::ReadBack(id.clone()));
        self.follow(id).await
    }

    /// Writes the report of a run, the last one if none is named; returns where it lies.
    ///
    /// # Errors
    ///
    /// If there is no such run, or the file can't be written.
    pub async fn report(
        &mut self,
        run: Option<&RunId>,
        format: ReportFormat,
        path: Option<PathBuf>,
    ) -> Result<PathBuf, Failure> {
        let run = self.find(run)?.id.clone();
        self.perform(Effect::Report { run, format, path });
        self.until(|event| {
            if let Event::ReportWritten(path) = event {
                return Some(Ok(path.clone()));
            }
            failed(event)
        })
        .await
    }

    /// Ends: everything handed to the disk is done when this returns.
    pub async fn close(self) {
        self.runtime.shutdown().await;
    }

    /// A run by name, or the last one.
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
            if let (Some(progress), Some(run)) = (&mut self.progress, self.workbench.run(&id)) {
                progress(run);
            }
            if let Some(end) = news {
                break end;
            }
        };
        if matches!(state, RunState::Finished | RunState::Stopped) {
            let stamp = self.runtime.stamp();
            if let Some(operation) = self.workbench.settle_draft(&id, stamp) {
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
            absorb(&mut self.workbench, event);
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
