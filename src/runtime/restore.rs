//! The state of the work at a start: what the workspace kept.

use super::{Runtime, connect::KEPT};
use crate::{
    domain::{
        Asset, Capabilities, Failure, RunId, Schema, Stamp, Workbench, oplog::Deed, outside,
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
        let work = move |workspace: &mut Workspace| restored(workspace, stamp, read_only);
        self.0.disk.ask(WHAT, work).await
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
    stamp: Stamp,
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
        settle_last(workspace, &mut workbench, stamp)?;
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

/// A run that ended just before the program did: what it wrote leaves the draft now.
fn settle_last(
    workspace: &mut Workspace,
    workbench: &mut Workbench,
    stamp: Stamp,
) -> Result<(), StoreError> {
    let Some(last) = workbench.runs().last() else {
        return Ok(());
    };
    let id: RunId = last.id.clone();
    let Some(finished_ms) = last.finished_ms else {
        return Ok(());
    };
    let is_known = workbench.log().last().is_some_and(|operation| {
        operation.stamp.at_ms > finished_ms
            || matches!(&operation.deed, Deed::Settle { run, .. } if *run == id)
    });
    if is_known {
        return Ok(());
    }
    match workbench.settle_draft(&id, stamp) {
        Some(operation) => workspace.append_operation(&operation),
        None => Ok(()),
    }
}
