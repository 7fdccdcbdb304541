//! The state of the work at a start: what the workspace kept.
//!
//! Bit by bit: what the first screen needs, then the listing, then the runs that are over.

use super::{Runtime, connect::KEPT};
use crate::{
    domain::{
        Asset, Capabilities, Failure, Listing, OperationId, Run, RunId, Schema, Workbench, outside,
        run::{RunState, RunSummary},
        workbench::Rest,
    },
    flow::Event,
    store::{StoreError, Workspace},
};

/// How many runs are loaded at the start; older ones are loaded when somebody opens them.
const RUNS: u32 = 20;
const WHAT: &str = "could not read the workspace";

/// What the workspace kept.
#[derive(Debug)]
pub struct Restored {
    /// The work as it was: cached listing, marks, draft, runs.
    pub workbench: Workbench,
    /// When the cached listing was complete, milliseconds since 1970; `None` if it never was.
    pub listed_at_ms: Option<i64>,
}

/// What the first screen needs.
#[derive(Debug)]
pub struct First {
    /// The work as it was, without its listing and the runs that are over.
    pub workbench: Workbench,
    /// Settings of the view by key, as JSON text.
    pub settings: Vec<(String, String)>,
}

impl Runtime {
    /// Reads what the workspace kept, all of it. Call it once, before anything else.
    ///
    /// # Errors
    ///
    /// If the workspace is damaged.
    pub async fn restore(&self) -> Result<Restored, Failure> {
        let (stamp, read_only) = (self.stamp(), self.0.read_only.clone());
        let work = move |workspace: &mut Workspace| {
            let mut workbench = first(workspace)?;
            let rest = rest(workspace, &Begun::of(&workbench))?;
            let listed_at_ms = rest.listed_ms;
            let over: Vec<RunId> = rest.just_over.iter().map(|run| run.id.clone()).collect();
            workbench.absorb_rest(rest);
            let (runs, summaries) = runs(workspace, &Begun::of(&workbench))?;
            workbench.restore_runs(runs, summaries);
            for id in over {
                if let Some(operation) = workbench.settle_draft(&id, stamp.clone()) {
                    workspace.append_operation(&operation)?;
                }
            }
            workbench.read_only = read_only;
            Ok(Restored {
                workbench,
                listed_at_ms,
            })
        };
        let restored = self.0.disk.ask(WHAT, work).await?;
        self.0.disk.tell(keep_copy);
        Ok(restored)
    }

    /// Reads what the first screen needs: draft, marks, a run that waits for somebody, and these
    /// settings of the view. The rest is told by [`Event::Restored`] and [`Event::RunsRestored`], before any other work of
    /// the disk is done. Call it once, before anything else.
    ///
    /// # Errors
    ///
    /// If that part of the workspace is damaged.
    pub async fn restore_first(&self, keys: &'static [&str]) -> Result<First, Failure> {
        let (read_only, events) = (self.0.read_only.clone(), self.0.events.clone());
        let work = move |workspace: &mut Workspace| {
            let workbench = first(workspace)?;
            let kept = keys
                .iter()
                .map(|key| Ok(((*key).to_owned(), workspace.setting(key)?)));
            let kept = kept.collect::<Result<Vec<_>, StoreError>>()?;
            Ok((workbench, kept))
        };
        let (mut workbench, kept) = self.0.disk.ask(WHAT, work).await?;
        workbench.read_only = read_only;
        let begun = Begun::of(&workbench);
        self.0.disk.tell(move |workspace| {
            // Nobody listens any more when the program ends.
            let tell = |event| drop(events.send(event));
            let told = rest(workspace, &begun).and_then(|rest| {
                tell(Event::Restored(Box::new(rest)));
                runs(workspace, &begun)
            });
            match told {
                Ok((runs, summaries)) => {
                    tell(Event::RunsRestored { runs, summaries });
                    keep_copy(workspace);
                }
                Err(error) => tell(Event::RestoreFailed(error.failure(WHAT))),
            }
        });
        let there = |(key, value): (String, Option<String>)| value.map(|value| (key, value));
        Ok(First {
            workbench,
            settings: kept.into_iter().filter_map(there).collect(),
        })
    }
}

/// Everything was readable. A copy that can't be made is made at another start.
fn keep_copy(workspace: &mut Workspace) {
    if workspace.access().refusal().is_none() {
        drop(workspace.keep_copy());
    }
}

/// Everything that does not grow with the library, and the runs that wait.
fn first(workspace: &mut Workspace) -> Result<Workbench, StoreError> {
    let mut workbench = Workbench::new();
    workbench.await_rest();
    let known = workspace.setting(KEPT)?;
    let known = known.and_then(|json| serde_json::from_str::<(Capabilities, Schema)>(&json).ok());
    if let Some((capabilities, schema)) = known {
        workbench.absorb_connection(capabilities, schema);
    }
    workbench.replay_all(workspace.operations()?);
    let mut marks = workspace.load_marks()?.into_iter();
    workbench.restore_marks(marks.next().unwrap_or_default());
    let kept = workspace.setting(outside::KEPT)?;
    let kept = kept.and_then(|json| serde_json::from_str(&json).ok());
    workbench.restore_outside(kept.unwrap_or_default());
    for id in workspace.unfinished_runs()? {
        workbench.absorb_run(workspace.load_run(&id)?);
    }
    Ok(workbench)
}

/// What the second part must know of the first.
struct Begun {
    runs: Vec<RunId>,
    last: OperationId,
}

impl Begun {
    fn of(workbench: &Workbench) -> Self {
        let last = workbench.log().last();
        Self {
            runs: workbench.runs().iter().map(|run| run.id.clone()).collect(),
            last: last.map_or(OperationId(0), |one| one.id),
        }
    }
}

/// The listing.
fn rest(workspace: &mut Workspace, begun: &Begun) -> Result<Rest, StoreError> {
    let mut listing = Listing::new();
    for id in workspace.rows()? {
        listing.allocate(&id);
    }
    let listed_ms = cached(workspace, &mut listing)?;
    let mut just_over = Vec::new();
    for (id, state) in workspace.last_runs(RUNS)? {
        if is_just_over(workspace, (&id, state), begun.last)? {
            just_over.push(workspace.load_run(&id)?);
        }
    }
    Ok(Rest {
        listing,
        just_over,
        listed_ms,
    })
}

/// The last runs that are not there yet, and all in short.
fn runs(workspace: &Workspace, begun: &Begun) -> Result<(Vec<Run>, Vec<RunSummary>), StoreError> {
    let mut loaded = Vec::new();
    for (id, _) in workspace.last_runs(RUNS)? {
        if !begun.runs.contains(&id) {
            loaded.push(workspace.load_run(&id)?);
        }
    }
    Ok((loaded, workspace.runs()?))
}

/// Whether a run ended just before the program did, so that what it wrote is still in the draft.
///
/// Whether somebody has worked on the draft since is told by the order of operations. Their times
/// prove nothing: clocks jump.
fn is_just_over(
    workspace: &Workspace,
    (run, state): (&RunId, RunState),
    last: OperationId,
) -> Result<bool, StoreError> {
    let is_over = state.is_over();
    let is_ours = workspace.access().refusal().is_none();
    Ok(is_over && is_ours && workspace.ended_after(run)? == Some(last))
}

/// The cached listing. A damaged cache costs a listing, not work.
fn cached(workspace: &mut Workspace, listing: &mut Listing) -> Result<Option<i64>, StoreError> {
    let loaded = workspace.load_assets(None, |assets: Vec<Asset>| {
        listing.take(&assets);
    });
    let listed_ms = match loaded {
        Ok(Some(cached)) => {
            if cached.as_of_ms.is_some() {
                listing.finish();
            } else {
                listing.total = cached.total;
            }
            cached.as_of_ms
        }
        Ok(None) => None,
        Err(_) if workspace.access().refusal().is_some() => None,
        Err(_) => workspace.renew_cache().map(|()| None)?,
    };
    listing.forget_differences();
    Ok(listed_ms)
}
