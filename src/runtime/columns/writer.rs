//! When columns are written, and the thread that writes them: nobody who waits for the disk waits
//! for it.

use std::thread;

use super::write;
use crate::{
    domain::{Listing, Row},
    runtime::{Runtime, list::MISSING, lock, now_ms},
    store::{Keeping, StoreError, Workspace},
};

/// Smaller listings are read from their pages as fast.
pub(super) const WORTH: Row = 20_000;
/// How long pages gather before what has come of a listing is kept as columns, milliseconds: a
/// start has no more of them to take in.
const GATHERED_MS: u64 = 5_000;
/// Nor is more of the time spent with writing them than one part in so many.
const SPARED: u64 = 10;

/// Columns that are to be written.
pub(super) struct Writing {
    pub(super) keeping: Keeping,
    pub(super) listing: Listing,
    /// The pages in them are not needed any more.
    pub(super) replaces_pages: bool,
}

/// The thread that writes columns, if one does, and what it writes next.
#[derive(Default)]
pub(in crate::runtime) struct Writer {
    thread: Option<thread::JoinHandle<()>>,
    pub(super) busy: bool,
    pub(super) next: Option<Writing>,
}

impl Writer {
    fn is_busy(&self) -> bool {
        // One that panicked has written nothing and never will.
        let is_there = |thread: &thread::JoinHandle<()>| !thread.is_finished();
        self.busy && self.thread.as_ref().is_none_or(is_there)
    }
}

/// The pages that came since columns were written.
#[derive(Debug, Default)]
pub(in crate::runtime) struct Gathered {
    assets: u64,
    pub(super) since_ms: Option<i64>,
    /// How long it took to write columns last.
    pub(super) took_ms: u64,
}

impl Gathered {
    /// Takes note of a page; says whether all that has come is worth being written.
    pub(in crate::runtime) fn is_due(&mut self, assets: usize, now_ms: i64) -> bool {
        self.assets += assets as u64;
        let since_ms = *self.since_ms.get_or_insert(now_ms);
        let wait = GATHERED_MS.max(self.took_ms * SPARED);
        let is_due = self.assets >= WORTH.into() && now_ms.abs_diff(since_ms) >= wait;
        if is_due {
            (self.assets, self.since_ms) = (0, Some(now_ms));
        }
        is_due
    }
}

impl Runtime {
    /// Keeps a listing that was finished. What can't be kept is read page by page at the next
    /// start.
    pub(in crate::runtime) fn keep_listing(&self, listing: Listing) {
        if self.0.read_only.is_none() {
            // Told from the assets that came; what the reading task noted is a lower bound.
            let missing = listing.missing().to_string();
            self.0
                .disk
                .tell(move |workspace| drop(workspace.set_setting(MISSING, &missing)));
        }
        self.keep_columns(listing, Workspace::columns_to_keep, true);
    }

    /// Keeps what has come of a listing up to a page, so that the next start has little to take in
    /// if this listing does not come to its end.
    pub(in crate::runtime) fn keep_so_far(&self, listing: Listing, page: i64) {
        let so_far = move |workspace: &Workspace, rows| workspace.columns_so_far(rows, page);
        self.keep_columns(listing, so_far, false);
    }

    fn keep_columns(
        &self,
        listing: Listing,
        keeping: impl FnOnce(&Workspace, Row) -> Result<Option<Keeping>, StoreError> + Send + 'static,
        replaces_pages: bool,
    ) {
        if self.0.read_only.is_some() || listing.rows_made() < WORTH {
            return;
        }
        let runtime = self.clone();
        self.0.disk.tell(move |workspace| {
            if let Ok(Some(keeping)) = keeping(workspace, listing.rows_made()) {
                runtime.write_columns(Writing {
                    keeping,
                    listing,
                    replaces_pages,
                });
            }
        });
    }

    pub(super) fn write_columns(&self, writing: Writing) {
        let mut writer = lock(&self.0.writer);
        if writer.is_busy() {
            // What is whole does not stand back behind a part of it.
            if writing.replaces_pages || writer.next.is_none() {
                writer.next = Some(writing);
            }
            return;
        }
        let runtime = self.clone();
        let work = move || {
            let mut writing = Some(writing);
            while let Some(one) = writing {
                runtime.write_one(one);
                let mut writer = lock(&runtime.0.writer);
                writing = writer.next.take();
                writer.busy = writing.is_some();
            }
        };
        let thread = thread::Builder::new().name("columns".into()).spawn(work);
        writer.thread = thread.ok();
        writer.busy = writer.thread.is_some();
    }

    fn write_one(&self, one: Writing) {
        let begun_ms = now_ms();
        let is_written = write(&one.keeping, &one.listing).is_ok();
        lock(&self.0.gathered).took_ms = now_ms().abs_diff(begun_ms);
        if is_written && one.replaces_pages {
            let give_up = move |workspace: &mut Workspace| {
                // What can't be given up is left out at the next start.
                drop(workspace.columns_kept(&one.keeping));
            };
            self.0.disk.tell(give_up);
        }
    }

    /// Waits until the columns that are being written are there.
    pub(in crate::runtime) async fn columns_written(&self) {
        let writer = lock(&self.0.writer).thread.take();
        if let Some(writer) = writer {
            // One that panicked has written nothing.
            let _ = self.0.handle.spawn_blocking(move || writer.join()).await;
        }
    }
}
