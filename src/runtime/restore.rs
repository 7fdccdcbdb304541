//! The state of the work at a start: what the workspace kept.
//!
//! Bit by bit: what the first screen needs, then the listing, then the runs that are over.

use std::thread;

use super::{Runtime, columns, connect::KEPT};
use crate::{
    domain::{
        AssetId, Capabilities, Failure, Listing, OperationId, Run, RunId, Schema, Workbench,
        outside,
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
            let (rest, is_worth) = rest(workspace, &Begun::of(&workbench))?;
            let picture = is_worth.then(|| rest.listing.clone());
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
            let restored = Restored {
                workbench,
                listed_at_ms,
            };
            Ok((restored, picture))
        };
        let (restored, picture) = self.0.disk.ask(WHAT, work).await?;
        if let Some(listing) = picture {
            self.keep_listing(listing);
        }
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
        let (begun, runtime) = (Begun::of(&workbench), self.clone());
        self.0.disk.tell(move |workspace| {
            // Nobody listens any more when the program ends.
            let tell = |event| drop(events.send(event));
            let told = rest(workspace, &begun).and_then(|(rest, is_worth)| {
                let picture = rest.listing.clone();
                tell(Event::Restored(Box::new(rest)));
                // What the first search needs; whoever comes first works it out.
                let warmed = picture.clone();
                drop(thread::spawn(move || warmed.warm()));
                if is_worth {
                    runtime.keep_listing(picture);
                }
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

/// The listing, and whether it is worth keeping it as columns.
fn rest(workspace: &mut Workspace, begun: &Begun) -> Result<(Rest, bool), StoreError> {
    let opened = columns::cached(workspace)?;
    let is_worth = opened.is_worth_keeping();
    let (listing, listed_ms) = (opened.listing, opened.listed_ms);
    adopt(workspace, &listing)?;
    let mut just_over = Vec::new();
    for (id, state) in workspace.last_runs(RUNS)? {
        if is_just_over(workspace, (&id, state), begun.last)? {
            just_over.push(workspace.load_run(&id)?);
        }
    }
    let rest = Rest {
        listing,
        just_over,
        listed_ms,
    };
    Ok((rest, is_worth))
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

/// Rows are durable with what names them, so the cache may outlast some when the power goes: they
/// are made again, in the same order.
fn adopt(workspace: &mut Workspace, listing: &Listing) -> Result<(), StoreError> {
    if workspace.access().refusal().is_some() {
        return Ok(());
    }
    let made = workspace.rows_made()?;
    if made < listing.rows_made() {
        let lost: Vec<AssetId> = (made..listing.rows_made())
            .map(|row| listing.id(row))
            .collect();
        workspace.allocate_rows(&lost)?;
        workspace.forget_rows();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::{
        domain::{Asset, Value},
        endpoint::memory::Memory,
        runtime::{RuntimeParts, RuntimeSettings},
        store::Holder,
    };

    fn asset(id: &str) -> Asset {
        Asset {
            id: id.into(),
            name: format!("name of {id}"),
            kind: "Image".into(),
            fields: vec![("Rights".into(), Value::text("Acme"))],
            locked: None,
        }
    }

    /// A workspace with a listing of `a` and `b`.
    fn listed(folder: &TempDir) -> Workspace {
        let me = Holder::this_process("jruiz", 0);
        let mut workspace = Workspace::open(folder.path(), &me).unwrap();
        let page = [asset("a"), asset("b")];
        workspace.begin_listing().unwrap();
        workspace.allocate_rows(&["a".into(), "b".into()]).unwrap();
        workspace.save_assets(&page, Some(2)).unwrap();
        workspace.finish_listing(77).unwrap();
        workspace
    }

    #[test]
    fn rows_that_went_with_the_power_are_made_again_as_the_cache_knows_them() {
        let folder = TempDir::new().unwrap();
        let mut workspace = listed(&folder);
        // The page of these lasted, their rows did not.
        let page = [asset("d"), asset("c")];
        workspace.save_assets(&page, None).unwrap();
        let begun = Begun {
            runs: Vec::new(),
            last: OperationId(0),
        };
        let (rest, _) = rest(&mut workspace, &begun).unwrap();
        let rows = workspace.rows().unwrap();
        assert_eq!(rows, ["a", "b", "d", "c"].map(AssetId::from));
        for (row, id) in (0..).zip(&rows) {
            assert_eq!(rest.listing.row(id), Some(row));
        }
        workspace.allocate_rows(&["e".into(), "c".into()]).unwrap();
        assert_eq!(workspace.rows().unwrap().len(), 5);
    }

    #[tokio::test]
    async fn the_first_screen_does_not_wait_for_the_listing_which_is_told_before_anything_else() {
        let folder = TempDir::new().unwrap();
        let mut workspace = listed(&folder);
        workspace.set_setting("sort", "{}").unwrap();
        let (runtime, mut events) = Runtime::new(RuntimeParts {
            endpoint: std::sync::Arc::new(Memory::new([])),
            workspace,
            profile: "gallery".into(),
            author: "jruiz".into(),
            settings: RuntimeSettings::default(),
            reports: folder.path().join("reports"),
        })
        .unwrap();
        let first = runtime.restore_first(&["sort", "columns"]).await.unwrap();
        assert_eq!(first.settings, [("sort".to_owned(), "{}".to_owned())]);
        let mut workbench = first.workbench;
        assert!(workbench.is_opening() && workbench.listing.is_empty());
        let Some(Event::Restored(rest)) = events.recv().await else {
            panic!("the listing comes first");
        };
        assert_eq!((rest.listing.len(), rest.listed_ms), (2, Some(77)));
        workbench.absorb_rest(*rest);
        assert!(!workbench.is_opening());
        assert!(matches!(
            events.recv().await,
            Some(Event::RunsRestored { .. })
        ));
        drop(runtime.shutdown().await);
    }
}
