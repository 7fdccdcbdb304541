//! The listing that a workspace has when it is opened: columns, rows, and the pages that came since.

use super::read;
use crate::{
    domain::Listing,
    runtime::list::MISSING,
    store::{CachedListing, Kept, KeptColumns, StoreError, Workspace},
};

/// A listing that was opened.
pub(in crate::runtime) struct Opened {
    pub(in crate::runtime) listing: Listing,
    /// When the library was so; `None` if the listing never came to its end.
    pub(in crate::runtime) listed_ms: Option<i64>,
    /// How many assets were taken in one by one.
    pub(super) since: u64,
    /// Whether pages are left that are in the columns as well.
    is_twice: bool,
}

impl Opened {
    /// Whether it is worth keeping it as columns.
    pub(in crate::runtime) fn is_worth_keeping(&self) -> bool {
        self.is_twice || self.since * 20 > self.listing.len()
    }
}

/// The cached listing: rows of the workspace, columns if there are any, and what came since. A
/// damaged cache costs a listing, not work.
pub(in crate::runtime) fn cached(workspace: &mut Workspace) -> Result<Opened, StoreError> {
    let kept = workspace.kept_columns().ok().flatten();
    let kept = kept.and_then(|kept| Some((read(&kept)?, kept)));
    let (mut listing, kept) = kept.map_or_else(
        || (Listing::new(), None),
        |(listing, kept)| (listing, Some(kept)),
    );
    let first = listing.rows_made();
    workspace.rows_from(first, |id| {
        listing.allocate(&id);
    })?;
    let mut since = 0;
    let loaded = workspace.load_assets(kept.as_ref(), |page| match page {
        Kept::Came(assets) => {
            since += assets.len() as u64;
            listing.take(&assets);
        }
        Kept::Gone(ids) => listing.leave(&ids),
        // That is told with the listing.
        Kept::Agreed(_) => {}
    });
    let told = match loaded {
        Ok(told) => told.unwrap_or_default(),
        Err(_) => without_pages(workspace, kept.as_ref())?,
    };
    match (&kept, told.as_of_ms) {
        (Some(_), Some(_)) => {
            listing.total = listing.len();
            listing.complete = true;
        }
        (None, Some(_)) => listing.finish(),
        (_, None) => {
            listing.total = told.total;
            listing.complete = false;
        }
    }
    let missing = workspace.setting(MISSING).ok().flatten();
    listing.set_missing(missing.and_then(|kept| kept.parse().ok()).unwrap_or(0));
    listing.forget_differences();
    let is_twice = kept.is_some_and(|kept| workspace.holds_pages_of(&kept).unwrap_or(false));
    Ok(Opened {
        listing,
        listed_ms: told.as_of_ms,
        since,
        is_twice,
    })
}

/// What is known about a listing whose pages are damaged: the columns are what they were.
fn without_pages(
    workspace: &mut Workspace,
    kept: Option<&KeptColumns>,
) -> Result<CachedListing, StoreError> {
    if workspace.access().refusal().is_none() {
        workspace.renew_cache()?;
    }
    Ok(kept.map(KeptColumns::told).unwrap_or_default())
}
