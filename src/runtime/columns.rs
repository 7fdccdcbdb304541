//! A whole listing kept as columns, and opened again from them, without a look at each value.
//!
//! They are written by a thread of their own: nobody who waits for the disk waits for them.

use std::{borrow::Cow, thread};

use super::{Runtime, lock};
use crate::{
    domain::{
        Listing, Row,
        listing::{Heading, Part, SectionKey},
    },
    store::{Keeping, KeptColumns, StoreError, Workspace},
};

/// Smaller listings are read from their pages as fast.
const WORTH: Row = 20_000;
/// The sheet of what a listing is but for its blocks, and the one of the rows that are listed.
const HEADING: &str = "heading";
const PRESENT: &str = "present";

/// The thread that writes columns, if one does.
pub(super) type Writer = Option<thread::JoinHandle<()>>;

impl Runtime {
    /// Keeps a listing that was finished. What can't be kept is read page by page at the next
    /// start.
    pub(super) fn keep_listing(&self, listing: Listing) {
        if self.0.read_only.is_some() || listing.rows_made() < WORTH {
            return;
        }
        let runtime = self.clone();
        self.0.disk.tell(move |workspace| {
            if let Ok(Some(keeping)) = workspace.columns_to_keep(listing.rows_made()) {
                runtime.write_columns(keeping, listing);
            }
        });
    }

    fn write_columns(&self, keeping: Keeping, listing: Listing) {
        let mut writer = lock(&self.0.writer);
        if writer.as_ref().is_some_and(|writer| !writer.is_finished()) {
            // The next start keeps what this one does not.
            return;
        }
        let disk = self.0.disk.clone();
        let work = move || {
            if write(&keeping, &listing).is_ok() {
                disk.tell(move |workspace| drop(workspace.columns_kept(&keeping)));
            }
        };
        *writer = thread::Builder::new()
            .name("columns".into())
            .spawn(work)
            .ok();
    }

    /// Waits until the columns that are being written are there.
    pub(super) async fn columns_written(&self) {
        let writer = lock(&self.0.writer).take();
        if let Some(writer) = writer {
            // One that panicked has written nothing.
            let _ = self.0.handle.spawn_blocking(move || writer.join()).await;
        }
    }
}

/// Writes a listing as sheets.
pub(super) fn write(keeping: &Keeping, listing: &Listing) -> Result<(), StoreError> {
    let mut heading = listing.heading();
    let present = std::mem::take(&mut heading.present);
    // A heading is always text.
    let heading = serde_json::to_vec(&heading).unwrap_or_default();
    let first = [
        (HEADING.to_owned(), Cow::Owned(heading)),
        (PRESENT.to_owned(), Cow::Owned(present)),
    ];
    let sections = listing.sections(None);
    let sections = sections.map(|section| (name(section.key), section.bytes));
    keeping.write(first.into_iter().chain(sections))
}

/// The listing that was kept; `None` if the columns are damaged or don't fit together.
pub(super) fn read(kept: &KeptColumns) -> Option<Listing> {
    let (mut heading, mut present) = (None, None);
    let mut sections = Vec::new();
    for (name, bytes) in kept.read().ok()? {
        match name {
            HEADING => heading = serde_json::from_slice::<Heading>(&bytes).ok(),
            PRESENT => present = Some(bytes),
            name => sections.push((key(name)?, bytes)),
        }
    }
    let mut heading = heading?;
    heading.present = present?;
    let listing = Listing::restored(&heading, sections).ok()?;
    (listing.rows_made() == kept.rows()).then_some(listing)
}

/// `2.0.15`: column, part and block.
fn name(key: SectionKey) -> String {
    format!("{}.{}.{}", key.column, key.part as u8, key.block)
}

fn key(name: &str) -> Option<SectionKey> {
    let mut numbers = name.splitn(3, '.');
    let mut next = || numbers.next()?.parse::<u32>().ok();
    let (column, part, block) = (next()?, next()?, next()?);
    Some(SectionKey {
        column,
        part: Part::of(u8::try_from(part).ok()?)?,
        block,
    })
}

/// The cached listing: rows of the workspace, columns if there are any, and what came since. A
/// damaged cache costs a listing, not work. Says when it was complete, and whether it is worth
/// keeping it as columns.
pub(super) fn cached(
    workspace: &mut Workspace,
) -> Result<(Listing, Option<i64>, bool), StoreError> {
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
    let loaded = workspace.load_assets(kept.as_ref(), |assets| {
        since += assets.len() as u64;
        listing.take(&assets);
    });
    let told = match loaded {
        Ok(told) => told,
        Err(_) if workspace.access().refusal().is_some() => None,
        Err(_) => {
            workspace.renew_cache()?;
            None
        }
    };
    let told = told.unwrap_or_default();
    match (&kept, told.as_of_ms) {
        (Some(_), _) => {
            listing.total = listing.len();
            listing.complete = true;
        }
        (None, Some(_)) => listing.finish(),
        (None, None) => listing.total = told.total,
    }
    listing.forget_differences();
    let is_worth = told.as_of_ms.is_some() && since * 20 > listing.len();
    Ok((listing, told.as_of_ms, is_worth))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;
    use crate::{
        domain::{Asset, AssetId, Value},
        store::Holder,
    };

    fn asset(number: usize, rights: &str) -> Asset {
        Asset {
            id: AssetId::new(format!("a{number:04}")),
            name: format!("pier {number}"),
            kind: if number.is_multiple_of(7) {
                "Video"
            } else {
                "Image"
            }
            .into(),
            fields: vec![
                ("Rights".into(), Value::text(rights)),
                ("Keywords".into(), Value::list(["outer", "é"])),
                ("Title".into(), Value::text(format!("view {}", number / 3))),
            ],
            locked: (number == 5).then(|| "read only".to_owned()),
        }
    }

    fn opened(folder: &TempDir) -> Workspace {
        let me = Holder::this_process("jruiz", 0);
        Workspace::open(folder.path(), &me).unwrap()
    }

    /// A workspace with a listing that is kept as columns, and the listing.
    fn kept(folder: &TempDir) -> (Workspace, Listing) {
        let mut workspace = opened(folder);
        let assets: Vec<Asset> = (0..500).map(|number| asset(number, "Acme")).collect();
        let mut listing = Listing::new();
        workspace.begin_listing().unwrap();
        for page in assets.chunks(100) {
            let ids: Vec<AssetId> = page.iter().map(|asset| asset.id.clone()).collect();
            workspace.allocate_rows(&ids).unwrap();
            workspace.save_assets(page, Some(500)).unwrap();
            listing.take(page);
        }
        workspace.finish_listing(77).unwrap();
        listing.finish();
        let keeping = workspace.columns_to_keep(listing.rows_made());
        let keeping = keeping.unwrap().unwrap();
        write(&keeping, &listing).unwrap();
        workspace.columns_kept(&keeping).unwrap();
        (workspace, listing)
    }

    #[test]
    fn a_listing_opens_from_its_columns_as_it_was_with_what_was_read_since() {
        let folder = TempDir::new().unwrap();
        let (workspace, mut listing) = kept(&folder);
        drop(workspace);
        let mut workspace = opened(&folder);
        let (again, listed_ms, is_worth) = cached(&mut workspace).unwrap();
        assert!(again == listing, "every value of every asset");
        assert_eq!((listed_ms, is_worth), (Some(77), false));

        let since = [asset(3, "Studio"), asset(500, "New")];
        workspace.allocate_rows(&[since[1].id.clone()]).unwrap();
        workspace.save_assets(&since, None).unwrap();
        listing.take(&since);
        drop(workspace);
        let (again, ..) = cached(&mut opened(&folder)).unwrap();
        assert!(again == listing, "what was read since");
        assert_eq!(again.clone().take_differences(), []);
    }

    #[test]
    fn damaged_columns_cost_a_listing_and_no_row() {
        let folder = TempDir::new().unwrap();
        let (workspace, listing) = kept(&folder);
        drop(workspace);
        let path = folder.path().join("listing.columns");
        let good = fs::read(&path).unwrap();
        for place in (0..good.len()).step_by(97) {
            let mut bytes = good.clone();
            bytes[place] ^= 0x20;
            fs::write(&path, bytes).unwrap();
            let (again, listed_ms, _) = cached(&mut opened(&folder)).unwrap();
            assert_eq!((again.len(), listed_ms), (0, None), "byte {place}");
            assert_eq!(again.rows_made(), 500);
            assert_eq!(again.id(499), listing.id(499));
        }
    }
}
