//! Taking in what changed since the listing was last read, where the protocol can tell.
//!
//! What is gone for good leaves no trace to ask for. So the endpoint is asked how many assets there
//! are: whoever has the listing compares, and only where the numbers differ all is listed anew.
//! Entries that could not be read when it was listed are counted by the endpoint, and not by us.

use tokio_util::sync::CancellationToken;

use super::{Runtime, UNREAD, WHAT, is_about_parts};
use crate::{
    domain::{AssetId, Failure},
    endpoint::{Asking, Census, EndpointError},
    flow::Event,
    runtime::now_ms,
    store::{PackedPage, Workspace},
};

/// What changed so long before is asked for again: an index lags behind, clocks differ a little,
/// and what was written while pages came may be in none of them.
const OVERLAP_MS: i64 = 15 * 60 * 1000;

impl Runtime {
    /// Starts to take in what changed; an earlier listing ends.
    pub(in crate::runtime) fn update(&self, generation: u64, since_ms: i64) {
        let token = self.instead_of_earlier();
        let runtime = self.clone();
        self.spawn(async move {
            let work = runtime.take_changes((generation, since_ms), &token);
            let done = token.run_until_cancelled(work).await;
            runtime.say_if_failed(generation, done);
        });
    }

    async fn take_changes(
        &self,
        (generation, since_ms): (u64, i64),
        token: &CancellationToken,
    ) -> Result<(), Failure> {
        let at_ms = now_ms();
        let said = |error: EndpointError| error.failure(WHAT);
        self.connected().await.map_err(said)?;
        let unread = self.unread().await?;
        let known = (since_ms, unread);
        let total = match self.changes(generation, known, token).await {
            Ok(census) => census.map(|census| readable(census, unread)),
            Err(Trouble::Endpoint(error)) if is_about_parts(&error) => None,
            Err(Trouble::Endpoint(error)) => return Err(said(error)),
            Err(Trouble::Local(failure)) => return Err(failure),
        };
        self.tell(Event::Updated {
            generation,
            total,
            at_ms,
        });
        if total.is_some() && unread > 0 {
            self.tell(Event::Said(match unread {
                1 => "One entry of the library can't be read and is not listed.".to_owned(),
                many => format!("{many} entries of the library can't be read and are not listed."),
            }));
        }
        Ok(())
    }

    /// How many entries of the library could not be read when it was listed.
    async fn unread(&self) -> Result<u64, Failure> {
        let read = |workspace: &mut Workspace| workspace.setting(UNREAD);
        let kept = self.0.disk.ask(WHAT, read).await?;
        Ok(kept.and_then(|kept| kept.parse().ok()).unwrap_or(0))
    }

    /// Reads what changed, page by page; `None` if the endpoint does not tell.
    async fn changes(
        &self,
        generation: u64,
        (since_ms, unread): (i64, u64),
        token: &CancellationToken,
    ) -> Result<Option<Census>, Trouble> {
        let endpoint = &self.0.endpoint;
        if endpoint.changes(since_ms).is_none() {
            return Ok(None);
        }
        let asked = self.patiently((Asking::Census, false), || endpoint.census());
        let Some(census) = asked.await? else {
            return Ok(None);
        };
        // By the clock of the server, which stamps what changes.
        let ahead_ms = census.at_ms.map_or(0, |theirs| theirs - now_ms());
        let since_ms = since_ms.saturating_add(ahead_ms).saturating_sub(OVERLAP_MS);
        let mut next = endpoint.changes(since_ms);
        while let Some(cursor) = next.take() {
            let mut arrived = self.page(Some(cursor), false).await?;
            next = arrived.page.next.take();
            let ids = std::mem::take(&mut arrived.page.gone);
            let page = (arrived, readable(census, unread));
            self.keep_page(generation, page, token).await?;
            if !ids.is_empty() {
                self.keep_gone(generation, ids, token).await?;
            }
        }
        Ok(Some(census))
    }

    /// Keeps that assets are gone, and tells it.
    async fn keep_gone(
        &self,
        generation: u64,
        ids: Vec<AssetId>,
        token: &CancellationToken,
    ) -> Result<(), Failure> {
        let (runtime, token) = (self.clone(), token.clone());
        let work = move |workspace: &mut Workspace| {
            if token.is_cancelled() {
                return Ok(());
            }
            if runtime.0.read_only.is_none() {
                workspace.save_page(&PackedPage::gone(&ids), None)?;
            }
            runtime.tell(Event::Gone { generation, ids });
            Ok(())
        };
        self.0.disk.ask(WHAT, work).await
    }

    /// Keeps that the listing is what the library was then.
    pub(in crate::runtime) fn agreed(&self, at_ms: i64) {
        if self.0.read_only.is_none() {
            // A cache: at worst the next start asks for more than it must.
            let keep = move |workspace: &mut Workspace| drop(workspace.listing_as_of(at_ms));
            self.0.disk.tell(keep);
        }
    }
}

/// How many assets can be listed, if so many entries can't be read.
fn readable(census: Census, unread: u64) -> u64 {
    census.total.saturating_sub(unread)
}

/// Why changes could not be taken in.
enum Trouble {
    Endpoint(EndpointError),
    Local(Failure),
}

impl From<EndpointError> for Trouble {
    fn from(error: EndpointError) -> Self {
        Self::Endpoint(error)
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Local(failure)
    }
}
