//! Runs looked at again: loaded, read again to be taken back, compared and exported.

use super::{
    Runtime,
    list::{CHUNK, THUMBNAILS_AT_A_TIME},
    report::{in_background, rendering},
};
use crate::{
    domain::{AssetId, Failure, FieldKey, Run, RunId, points::Comparison, revert::Reread},
    endpoint::Asking,
    exchange::{Written, comparison_csv, write_kept},
    flow::Event,
};

/// After how many assets read somebody wants to hear how far it is.
const SAY_EVERY: usize = 2_000;
const REVERT: &str = "could not read the run's assets again";
const LOAD: &str = "could not open the run";

impl Runtime {
    /// Loads a run of the workspace.
    pub(super) fn load_run(&self, run: RunId) {
        let runtime = self.clone();
        self.spawn(async move {
            match runtime.load(run, LOAD).await {
                Ok(run) => runtime.tell(Event::RunLoaded(Box::new(run))),
                Err(failure) => runtime.fail(failure),
            }
        });
    }

    /// Reads the assets of a run again, paced like all reads.
    pub(super) fn read_for_revert(&self, run: RunId) {
        let runtime = self.clone();
        self.spawn(async move {
            match runtime.reread(run).await {
                Ok((run, read)) => runtime.tell(Event::RunRead {
                    run: Box::new(run),
                    read: Box::new(read),
                }),
                Err(failure) => runtime.fail(failure),
            }
        });
    }

    async fn reread(&self, run: RunId) -> Result<(Run, Reread), Failure> {
        let run = self.load(run, REVERT).await?;
        let connected = self.connected().await;
        connected.map_err(|error| error.failure(REVERT))?;
        let mut read = Reread::default();
        let endpoint = &self.0.endpoint;
        let ids = assets(&run, |_| true);
        for (number, chunk) in ids.chunks(CHUNK).enumerate() {
            let assets = self
                .patiently((Asking::Fetch(chunk.len()), false), || {
                    endpoint.fetch(chunk)
                })
                .await;
            let assets = assets.map_err(|error| error.failure(REVERT))?;
            self.keep_assets(assets.clone());
            read.assets.extend(assets);
            self.say_how_far((number * CHUNK, chunk.len()), ids.len());
        }
        let thumbnails = assets(&run, |field| *field == FieldKey::thumbnail());
        for chunk in thumbnails.chunks(THUMBNAILS_AT_A_TIME) {
            let values = self
                .patiently((Asking::Thumbnails(chunk.len()), false), || {
                    endpoint.thumbnails(chunk)
                })
                .await;
            let values = values.map_err(|error| error.failure(REVERT))?;
            read.thumbnails.extend(values);
        }
        Ok((run, read))
    }

    fn say_how_far(&self, (before, more): (usize, usize), of: usize) {
        let now = before + more;
        if now < of && now / SAY_EVERY > before / SAY_EVERY {
            self.tell(Event::Said(format!("read {now} of {of} assets again")));
        }
    }

    /// Writes a comparison of two restore points beside the reports.
    pub(super) fn export(&self, comparison: Comparison) {
        let (folder, guard) = (self.0.reports.clone(), self.guard());
        let runtime = self.clone();
        self.spawn(async move {
            let work = move || {
                let mut table = Vec::new();
                comparison_csv(&comparison, &mut table, guard).map_err(|why| rendering(&why))?;
                let stem = comparison.file_name();
                write_kept((&folder, &stem, "csv"), &table, &mut Written::new())
            };
            match in_background("could not write the comparison", work).await {
                Ok(path) => runtime.tell(Event::Exported(path)),
                Err(failure) => runtime.fail(failure),
            }
        });
    }
}

/// The assets of a run's changes, each once, in their order.
fn assets(run: &Run, of: impl Fn(&FieldKey) -> bool) -> Vec<AssetId> {
    let items = run.items.iter().filter(|item| of(&item.field));
    let ids: indexmap::IndexSet<AssetId> = items.map(|item| item.asset.clone()).collect();
    ids.into_iter().collect()
}
