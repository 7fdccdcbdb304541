//! Listing the library: several readers side by side, each page told as it comes.
//!
//! The first page is told at once and says how much there is; then the rest is read in parts, as
//! many at a time as the endpoint allows and as the gate lets through. The order of pages means
//! nothing: rows are numbered as they come. Where reading in parts does not work, one reads on.

mod again;
mod room;
mod update;

use std::collections::VecDeque;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Runtime, lock, now_ms};
use crate::{
    domain::{Asset, AssetId, Failure, failure::FailureKind},
    endpoint::{Asking, Cursor, EndpointError, Page},
    flow::Event,
    store::{PackedPage, StoreError, Workspace},
};

pub(super) use again::THUMBNAILS_AT_A_TIME;
use room::Entered;
pub use room::Events;
pub(super) use room::Room;

/// How many assets are read again at a time.
pub(super) const CHUNK: usize = 100;
const WHAT: &str = "could not list the library";
/// The setting that says how many entries of the library could not be read when it was listed.
const UNREAD: &str = "unread entries";
/// The setting that says how many assets the library counted and the last listing did not bring.
pub(super) const MISSING: &str = "missing assets";

/// A page, what is kept of it if anything is, and its room.
struct Arrived {
    page: Page,
    packed: Option<PackedPage>,
    entered: Entered,
}

/// What came of asking for a page of a part.
struct Came {
    part: usize,
    arrived: Result<Arrived, EndpointError>,
}

/// A part of the listing that is still to be read on.
struct Open {
    part: usize,
    cursor: Cursor,
}

/// What has come of a listing, part by part.
struct Parts {
    /// Where the whole listing goes on after the first page, for one reader alone.
    alone: Option<Cursor>,
    open: VecDeque<Open>,
    /// How many assets each part says it has; `None` before it has said anything.
    totals: Vec<Option<u64>>,
    /// How many the first page said there are in all.
    first: u64,
    /// Entries that could not be read: in the first page, and in the rest.
    unread: (u64, u64),
    /// Assets that have come, those that came twice counted twice.
    came: u64,
}

impl Parts {
    fn new(first: &Page, cursors: Vec<Cursor>) -> Self {
        let open = |(part, cursor)| Open { part, cursor };
        Self {
            alone: first.next.clone(),
            totals: vec![None; cursors.len()],
            open: cursors.into_iter().enumerate().map(open).collect(),
            first: first.total,
            unread: (first.unread, 0),
            came: first.assets.len() as u64,
        }
    }

    /// How many assets there are in all, as far as that is known: a part's word is newer than the
    /// first page's, but says nothing of the others.
    fn total(&self) -> u64 {
        let told: Option<u64> = self.totals.iter().copied().sum();
        told.filter(|_| !self.totals.is_empty())
            .unwrap_or(self.first)
    }

    /// Goes back to one reader; false if it was one already.
    fn alone(&mut self) -> bool {
        let Some(cursor) = self.alone.take().filter(|_| self.totals.len() > 1) else {
            return false;
        };
        self.totals = vec![None];
        self.unread.1 = 0;
        self.open = VecDeque::from([Open { part: 0, cursor }]);
        true
    }
}

impl Runtime {
    /// Starts a listing; an earlier one ends.
    pub(super) fn list(&self, generation: u64) {
        let token = self.instead_of_earlier();
        let runtime = self.clone();
        self.spawn(async move {
            let work = runtime.list_all(generation, &token);
            let done = token.run_until_cancelled(work).await;
            runtime.say_if_failed(generation, done);
        });
    }

    /// A listing's token; an earlier listing ends.
    fn instead_of_earlier(&self) -> CancellationToken {
        let token = CancellationToken::new();
        let earlier = std::mem::replace(&mut *lock(&self.0.listing), token.clone());
        earlier.cancel();
        token
    }

    fn say_if_failed(&self, generation: u64, done: Option<Result<(), Failure>>) {
        if let Some(Err(failure)) = done {
            self.tell(Event::ListFailed {
                generation,
                failure,
            });
        }
    }

    async fn list_all(&self, generation: u64, token: &CancellationToken) -> Result<(), Failure> {
        let said = |error: EndpointError| error.failure(WHAT);
        self.connected().await.map_err(said)?;
        // What changes from now on may be missed by pages read before, so the next look at what
        // changed goes back to here.
        let began_ms = now_ms();
        if self.0.read_only.is_none() {
            self.0.disk.ask(WHAT, Workspace::begin_listing).await?;
        }
        let first = self.page(None, true).await.map_err(said)?;
        let mut parts = self.in_parts(&first.page).await.map_err(said)?;
        let total = first.page.total;
        self.keep_page(generation, (first, total), token).await?;
        self.read_parts(generation, &mut parts, token).await?;
        let unread = parts.unread.0 + parts.unread.1;
        if self.0.read_only.is_none() {
            let missing = parts.total().saturating_sub(parts.came + unread);
            let finish = move |workspace: &mut Workspace| {
                workspace.finish_listing(began_ms)?;
                workspace.set_setting(UNREAD, &unread.to_string())?;
                workspace.set_setting(MISSING, &missing.to_string())
            };
            self.0.disk.ask(WHAT, finish).await?;
        }
        self.tell(Event::Listed { generation, unread });
        Ok(())
    }

    /// How the rest is read, after the first page.
    async fn in_parts(&self, first: &Page) -> Result<Parts, EndpointError> {
        let readers = self.0.gate.concurrency();
        let endpoint = &self.0.endpoint;
        let asked = self.patiently((Asking::Parts(readers), false), || {
            endpoint.parts(first, readers)
        });
        match asked.await {
            Ok(cursors) => Ok(Parts::new(first, cursors)),
            Err(error) if is_about_parts(&error) => {
                Ok(Parts::new(first, first.next.iter().cloned().collect()))
            }
            Err(error) => Err(error),
        }
    }

    /// Reads all parts to their ends, so many side by side as the gate says.
    async fn read_parts(
        &self,
        generation: u64,
        parts: &mut Parts,
        token: &CancellationToken,
    ) -> Result<(), Failure> {
        let (mut reading, mut keeping) = (JoinSet::new(), JoinSet::new());
        let read = loop {
            while reading.len() < self.0.gate.concurrency()
                && let Some(open) = parts.open.pop_front()
            {
                reading.spawn_on(self.clone().read_on(open), &self.0.handle);
            }
            tokio::select! {
                Some(came) = reading.join_next() => match ended(came).and_then(|came| went_on(parts, came)) {
                    Ok(Some(arrived)) => {
                        let keep = self.keep_page(generation, (arrived, parts.total()), token);
                        keeping.spawn_on(keep, &self.0.handle);
                    }
                    // What else is under way is of no more use.
                    Ok(None) => reading = JoinSet::new(),
                    Err(failure) => break Err(failure),
                },
                Some(kept) = keeping.join_next() => ended(kept)??,
                else => break Ok(()),
            }
        };
        // What has come is kept and told before the end is.
        while let Some(kept) = keeping.join_next().await {
            ended(kept)??;
        }
        read
    }

    async fn read_on(self, open: Open) -> Came {
        Came {
            part: open.part,
            arrived: self.page(Some(open.cursor), false).await,
        }
    }

    /// Asks for a page; before another is asked for, there must be room for this one.
    async fn page(&self, cursor: Option<Cursor>, fresh: bool) -> Result<Arrived, EndpointError> {
        let endpoint = &self.0.endpoint;
        let asked = self.patiently((Asking::Page, fresh), || endpoint.page(cursor.clone()));
        let page = asked.await?;
        let keeps = self.0.read_only.is_none();
        // Here its assets are at hand still, and several readers pack side by side.
        let packed = keeps.then(|| PackedPage::of(&page.assets));
        let entered = self.0.room.enter(page.assets.len()).await;
        Ok(Arrived {
            page,
            packed,
            entered,
        })
    }

    /// Gives every new asset its row, keeps the page and tells it: one piece of work of the disk
    /// thread, so that rows are told in the order they are numbered.
    fn keep_page(
        &self,
        generation: u64,
        (arrived, total): (Arrived, u64),
        token: &CancellationToken,
    ) -> impl Future<Output = Result<(), Failure>> + Send + 'static {
        let (runtime, token) = (self.clone(), token.clone());
        let work = move |workspace: &mut Workspace| {
            if token.is_cancelled() {
                return Ok(());
            }
            let Arrived {
                page,
                packed,
                entered,
            } = arrived;
            let assets = page.assets;
            let many = assets.len();
            let kept = packed.map(|packed| keep(workspace, (&assets, &packed), total));
            let kept = kept.transpose()?;
            let page = Event::Page {
                generation,
                assets,
                total,
            };
            if runtime.0.events.send(page).is_ok() {
                entered.told();
            }
            if let Some(page @ 1..) = kept
                && lock(&runtime.0.gathered).is_due(many, now_ms())
            {
                runtime.tell(Event::KeepDue { generation, page });
            }
            Ok(())
        };
        self.0.disk.ask(WHAT, work)
    }
}

/// Takes note of what a page says of its part. `None` if the server can't be read in parts after
/// all, and one reader is to go on.
fn went_on(parts: &mut Parts, came: Came) -> Result<Option<Arrived>, Failure> {
    let mut arrived = match came.arrived {
        Ok(arrived) => arrived,
        Err(error) => {
            // Once a part has told something, it is the part's own trouble.
            let is_new = parts.totals.get(came.part).is_some_and(Option::is_none);
            if is_new && is_about_parts(&error) && parts.alone() {
                return Ok(None);
            }
            return Err(error.failure(WHAT));
        }
    };
    parts.unread.1 += arrived.page.unread;
    parts.came += arrived.page.assets.len() as u64;
    if let Some(total) = parts.totals.get_mut(came.part) {
        *total = Some(arrived.page.total);
    }
    if let Some(cursor) = arrived.page.next.take() {
        let part = came.part;
        // A part that was begun is read to its end before another is.
        parts.open.push_front(Open { part, cursor });
    }
    Ok(Some(arrived))
}

/// Whether a failure may be one of reading in parts: the request was understood, and not liked.
fn is_about_parts(error: &EndpointError) -> bool {
    matches!(
        error,
        EndpointError::Refused { .. } | EndpointError::Garbled { .. }
    )
}

/// What a task came to; one that died has died of a bug, which is told like any other failure.
fn ended<T>(joined: Result<T, tokio::task::JoinError>) -> Result<T, Failure> {
    joined.map_err(|error| Failure {
        what: WHAT.into(),
        why: error.to_string(),
        hint: String::new(),
        kind: FailureKind::Local,
    })
}

fn keep(
    workspace: &mut Workspace,
    (assets, packed): (&[Asset], &PackedPage),
    total: u64,
) -> Result<i64, StoreError> {
    let ids: Vec<AssetId> = assets.iter().map(|asset| asset.id.clone()).collect();
    workspace.allocate_rows(&ids)?;
    workspace.save_page(packed, Some(total))
}
