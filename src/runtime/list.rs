//! Listing the library page by page, and reading single assets again.

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{Runtime, lock, now_ms};
use crate::{
    domain::{Asset, AssetId, Failure, FieldKey},
    endpoint::{Asking, Cursor, EndpointError, Page},
    flow::Event,
    store::{StoreError, Workspace},
};

/// How many assets are read again at a time.
pub(super) const CHUNK: usize = 100;
/// How many thumbnails are read between two pieces of news.
pub(super) const THUMBNAILS_AT_A_TIME: usize = 20;
const WHAT: &str = "could not list the library";

impl Runtime {
    /// Starts a listing; an earlier one ends.
    pub(super) fn list(&self, generation: u64) {
        let token = CancellationToken::new();
        let earlier = std::mem::replace(&mut *lock(&self.0.listing), token.clone());
        earlier.cancel();
        let runtime = self.clone();
        self.spawn(async move {
            let work = runtime.list_all(generation, &token);
            let done = token.run_until_cancelled(work).await;
            if let Some(Err(failure)) = done {
                runtime.tell(Event::ListFailed {
                    generation,
                    failure,
                });
            }
        });
    }

    async fn list_all(&self, generation: u64, token: &CancellationToken) -> Result<(), Failure> {
        let said = |error: EndpointError| error.failure(WHAT);
        self.connected().await.map_err(said)?;
        if self.0.read_only.is_none() {
            self.0.disk.ask(WHAT, Workspace::begin_listing).await?;
        }
        let mut page = self.fetch_page(None, true, token).await.map_err(said)?;
        loop {
            // The next page is on its way while this one is kept.
            let next = page.next.take().map(|cursor| self.prefetch(cursor, token));
            self.keep_page(generation, (page.assets, page.total), token)
                .await?;
            let Some(next) = next else { break };
            page = match next.await {
                Ok(page) => page.map_err(said)?,
                Err(_) => return Ok(()),
            };
        }
        if self.0.read_only.is_none() {
            let at_ms = now_ms();
            let finish = move |workspace: &mut Workspace| workspace.finish_listing(at_ms);
            self.0.disk.ask(WHAT, finish).await?;
        }
        self.tell(Event::Listed { generation });
        Ok(())
    }

    fn prefetch(
        &self,
        cursor: Cursor,
        token: &CancellationToken,
    ) -> JoinHandle<Result<Page, EndpointError>> {
        let (runtime, token) = (self.clone(), token.clone());
        self.0
            .handle
            .spawn(async move { runtime.fetch_page(Some(cursor), false, &token).await })
    }

    async fn fetch_page(
        &self,
        cursor: Option<Cursor>,
        fresh: bool,
        token: &CancellationToken,
    ) -> Result<Page, EndpointError> {
        let endpoint = &self.0.endpoint;
        let read = self.patiently((Asking::Page, fresh), || endpoint.page(cursor.clone()));
        match token.run_until_cancelled(read).await {
            Some(page) => page,
            None => Err(EndpointError::NotSendable {
                why: "the listing was stopped".into(),
            }),
        }
    }

    /// Gives every new asset its row, keeps the page and tells it: one piece of work of the disk
    /// thread, so that rows are told in the order they are numbered.
    async fn keep_page(
        &self,
        generation: u64,
        (assets, total): (Vec<Asset>, u64),
        token: &CancellationToken,
    ) -> Result<(), Failure> {
        let (events, token) = (self.0.events.clone(), token.clone());
        let keeps = self.0.read_only.is_none();
        let work = move |workspace: &mut Workspace| {
            if token.is_cancelled() {
                return Ok(());
            }
            if keeps {
                keep(workspace, &assets, Some(total))?;
            }
            let page = Event::Page {
                generation,
                assets,
                total,
            };
            // Nobody listens any more when the program ends.
            let _ = events.send(page);
            Ok(())
        };
        self.0.disk.ask(WHAT, work).await
    }

    /// Reads assets again.
    pub(super) fn refresh(&self, ids: Vec<AssetId>) {
        let runtime = self.clone();
        self.spawn(async move {
            if let Err(error) = runtime.connected().await {
                return runtime.fail(error.failure("could not read the assets again"));
            }
            for chunk in ids.chunks(CHUNK) {
                let endpoint = &runtime.0.endpoint;
                match runtime
                    .patiently((Asking::Fetch(chunk.len()), false), || {
                        endpoint.fetch(chunk)
                    })
                    .await
                {
                    Ok(assets) => runtime.refreshed(chunk, assets),
                    Err(error) => {
                        return runtime.fail(error.failure("could not read the assets again"));
                    }
                }
            }
        });
    }

    fn refreshed(&self, asked: &[AssetId], assets: Vec<Asset>) {
        let missing = |id: &&AssetId| !assets.iter().any(|asset| asset.id == **id);
        let gone = asked.iter().filter(missing).cloned().collect();
        self.keep_assets(assets.clone());
        self.tell(Event::Refreshed { assets, gone });
    }

    /// Keeps assets that were read again in the cached listing.
    pub(super) fn keep_assets(&self, assets: Vec<Asset>) {
        if self.0.read_only.is_some() || assets.is_empty() {
            return;
        }
        // A cache: what it misses comes with the next listing.
        self.0
            .disk
            .tell(move |workspace| drop(workspace.save_assets(&assets, None)));
    }

    /// Reads thumbnails, one small batch after the other.
    pub(super) fn thumbnails(&self, ids: Vec<AssetId>) {
        let runtime = self.clone();
        self.spawn(async move {
            if let Err(error) = runtime.connected().await {
                return runtime.fail(error.failure("could not read thumbnails"));
            }
            for chunk in ids.chunks(THUMBNAILS_AT_A_TIME) {
                let endpoint = &runtime.0.endpoint;
                match runtime
                    .patiently((Asking::Thumbnails(chunk.len()), false), || {
                        endpoint.thumbnails(chunk)
                    })
                    .await
                {
                    Ok(read) => {
                        let key = FieldKey::thumbnail();
                        let value = |(id, value)| (id, key.clone(), value);
                        runtime.tell(Event::Values(read.into_iter().map(value).collect()));
                    }
                    Err(error) => {
                        return runtime.fail(error.failure("could not read thumbnails"));
                    }
                }
            }
        });
    }
}

fn keep(workspace: &mut Workspace, assets: &[Asset], total: Option<u64>) -> Result<(), StoreError> {
    let ids: Vec<AssetId> = assets.iter().map(|asset| asset.id.clone()).collect();
    workspace.allocate_rows(&ids)?;
    workspace.save_assets(assets, total)
}
