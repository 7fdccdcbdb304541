//! The state of the work at a start: what the workspace kept.

use super::{Runtime, connect::KEPT};
use crate::{
    domain::{
        Asset, Capabilities, Failure, OperationId, Run, RunId, Schema, Stamp, Workbench, outside,
        run::RunState,
    },
    store::{StoreError, Workspace},
};

/// How many runs are loaded at the start; older ones are loaded when somebody opens them.
const RUNS: usize = 20;
const WHAT: &str = "could not read the workspace";

/// What the workspace kept.
#[derive(Debug)]
pub struct Restored {
    /// The work as it was: cached listing, marks, draft, runs.
    pub workbench: Workbench,
    /// When the cached listing was complete, milliseconds since 1970; `None` if it never was.
    pub listed_at_ms: Option<i64>,
}

impl Runtime {
    /// Reads what the workspace kept. Call it once, before anything else.
    ///
    /// # Errors
    ///
    /// If the workspace is damaged.
    pub async fn restore(&self) -> Result<Restored, Failure> {
        let (stamp, read_only) = (self.stamp(), self.0.read_only.clone());
        let keeps_copy = read_only.is_none();
        let work = move |workspace: &mut Workspace| restored(workspace, &stamp, read_only);
        let restored = self.0.disk.ask(WHAT, work).await?;
        if keeps_copy {
            // Everything was readable. A copy that can't be made is made at another start.
            self.0.disk.tell(|workspace| drop(workspace.keep_copy()));
        }
        Ok(restored)
    }

    /// A setting of the view, as JSON text.
    ///
    /// # Errors
    ///
    /// If the workspace can't be read.
    pub async fn setting(&self, key: &str) -> Result<Option<String>, Failure> {
        let key = key.to_owned();
        let work = move |workspace: &mut Workspace| workspace.setting(&key);
        self.0.disk.ask(WHAT, work).await
    }
}

fn restored(
    workspace: &mut Workspace,
    stamp: &Stamp,
    read_only: Option<String>,
) -> Result<Restored, StoreError> {
    let mut workbench = Workbench::new();
    let known = workspace.setting(KEPT)?;
    let known = known.and_then(|json| serde_json::from_str::<(Capabilities, Schema)>(&json).ok());
    if let Some((capabilities, schema)) = known {
        workbench.absorb_connection(capabilities, schema);
    }
    for id in workspace.rows()? {
        workbench.listing.allocate(&id);
    }
    let listed_at_ms = cached(workspace, &mut workbench)?;
    workbench.replay_all(workspace.operations()?);
    let mut marks = workspace.load_marks()?.into_iter();
    workbench.restore_marks(marks.next().unwrap_or_default());
    let kept = workspace.setting(outside::KEPT)?;
    let kept = kept.and_then(|json| serde_json::from_str(&json).ok());
    workbench.restore_outside(kept.unwrap_or_default());
    let runs = workspace.runs()?;
    let recent = runs.len().saturating_sub(RUNS);
    for (place, summary) in runs.iter().enumerate() {
        if place >= recent || summary.state == RunState::Interrupted {
            workbench.absorb_run(workspace.load_run(&summary.id)?);
        }
    }
    workbench.restore_summaries(runs);
    if read_only.is_none() {
        settle_ended(workspace, &mut workbench, stamp)?;
    }
    workbench.read_only = read_only;
    Ok(Restored {
        workbench,
        listed_at_ms,
    })
}

/// The cached listing. A damaged cache costs a listing, not work.
fn cached(workspace: &mut Workspace, workbench: &mut Workbench) -> Result<Option<i64>, StoreError> {
    let listing = &mut workbench.listing;
    let loaded = workspace.load_assets(|assets: Vec<Asset>| {
        listing.take(&assets);
    });
    match loaded {
        Ok(Some(cached)) => {
            if cached.as_of_ms.is_some() {
                listing.finish();
            } else {
                listing.total = cached.total;
            }
            Ok(cached.as_of_ms)
        }
        Ok(None) => Ok(None),
        Err(_) if workspace.access().refusal().is_some() => Ok(None),
        Err(_) => workspace.renew_cache().map(|()| None),
    }
}

/// Runs that ended just before the program did: what they wrote leaves the draft now.
///
/// Whether somebody has worked on the draft since is told by the order of operations. Their times
/// prove nothing: clocks jump.
fn settle_ended(
    workspace: &mut Workspace,
    workbench: &mut Workbench,
    stamp: &Stamp,
) -> Result<(), StoreError> {
    let last = workbench.log().last().map_or(OperationId(0), |one| one.id);
    let is_over = |run: &&Run| run.state.is_over();
    let over = workbench.runs().iter().filter(is_over);
    let ids: Vec<RunId> = over.map(|run| run.id.clone()).collect();
    for id in ids {
        if workspace.ended_after(&id)? != Some(last) {
            continue;
        }
        if let Some(operation) = workbench.settle_draft(&id, stamp.clone()) {
            workspace.append_operation(&operation)?;
        }
    }
    Ok(())
}
