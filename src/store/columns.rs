//! The listing that came last, whole: its columns in one file beside the pages that came since.
//!
//! A cache as well. It names the rows it rests on by the seal of their last block; where those are
//! not the rows of the workspace, or a sheet is damaged, it is left out, which costs a listing.

use std::{
    borrow::Cow,
    path::{Path, PathBuf},
};

use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::{
    CachedListing, Workspace,
    error::StoreError,
    folio::{Binder, Folio},
};
use crate::domain::Row;

/// The sheet that says what the others are.
const HEAD: &str = "head";
/// What the names of the others begin with.
const COLUMNS: &str = "columns/";

/// What the file says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// The listing in it, and the last page in it: both numbers never go back.
    pub(super) listing: i64,
    pub(super) page: i64,
    total: u64,
    /// `None` for what came of a listing that had not come to its end.
    as_of_ms: Option<i64>,
    rows: Row,
    /// The seal of the last block of those rows.
    seal: i64,
}

/// Where the columns lie beside the pages.
pub(super) fn place(pages: &Path) -> PathBuf {
    pages.with_extension("columns")
}

/// What a file says of itself, if it is there and whole that far.
pub(super) fn head(path: &Path) -> Option<Head> {
    let folio = Folio::open(path).ok()??;
    serde_json::from_slice(&folio.sheet(HEAD).ok()?).ok()
}

/// Columns that may be written, by any thread.
#[derive(Clone, Debug)]
pub struct Keeping {
    path: PathBuf,
    head: Head,
}

impl Keeping {
    /// Writes the columns in the place of the ones before: all of them, or none.
    ///
    /// # Errors
    ///
    /// If they can't be written.
    pub fn write<'a>(
        &self,
        sheets: impl IntoIterator<Item = (String, Cow<'a, [u8]>)>,
    ) -> Result<(), StoreError> {
        let head = serde_json::to_vec(&self.head).map_err(|error| StoreError::Database {
            path: self.path.clone(),
            why: error.to_string(),
        })?;
        let mut binder = Binder::new(&self.path)?;
        binder.put(HEAD.to_owned(), &head)?;
        for (name, bytes) in sheets {
            binder.put(format!("{COLUMNS}{name}"), &bytes)?;
        }
        binder.done()
    }
}

/// Columns that were kept, and fit the rows of the workspace.
#[derive(Debug)]
pub struct KeptColumns {
    folio: Folio,
    head: Head,
}

impl KeptColumns {
    /// What is known about the listing in them.
    pub fn told(&self) -> CachedListing {
        CachedListing {
            total: self.head.total,
            as_of_ms: self.head.as_of_ms,
        }
    }

    /// How many rows they know.
    pub fn rows(&self) -> Row {
        self.head.rows
    }

    /// All of them with their names, in no order.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] if one is not as it was written.
    pub fn read(&self) -> Result<Vec<(&str, Vec<u8>)>, StoreError> {
        let mut sheets = self.folio.sheets(COLUMNS)?;
        for (name, _) in &mut sheets {
            *name = name.strip_prefix(COLUMNS).unwrap_or(name);
        }
        Ok(sheets)
    }

    pub(super) fn page(&self) -> i64 {
        self.head.page
    }

    pub(super) fn listing(&self) -> i64 {
        self.head.listing
    }
}

impl Workspace {
    /// Where the columns of the listing that was finished or loaded last can be kept; `None` if
    /// there is none, or if it is not of so many rows.
    ///
    /// # Errors
    ///
    /// If nothing may be written, or the file can't be read.
    pub fn columns_to_keep(&self, rows: Row) -> Result<Option<Keeping>, StoreError> {
        self.may_write()?;
        let Some(finished) = self.cache.finished.get() else {
            return Ok(None);
        };
        self.keeping(rows, finished)
    }

    /// The same for the listing as it was when a page had been kept, while more of it comes. The
    /// pages stay: once all have come they are the listing. `None`, too, if they have.
    ///
    /// # Errors
    ///
    /// If nothing may be written, or the file can't be read.
    pub fn columns_so_far(&self, rows: Row, page: i64) -> Result<Option<Keeping>, StoreError> {
        self.may_write()?;
        let last = self.cache.finished.get();
        if last.is_some_and(|last| page <= last.page) {
            return Ok(None);
        }
        let last = last.unwrap_or_default();
        let agreed = last.agreed.filter(|(behind, _)| *behind < page);
        let so_far = Finished {
            page,
            total: self.total_so_far()?,
            as_of_ms: agreed.map(|(_, at_ms)| at_ms).or(last.as_of_ms),
            ..last
        };
        self.keeping(rows, so_far)
    }

    fn total_so_far(&self) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce((SELECT total FROM listings ORDER BY id DESC LIMIT 1), 0)";
        let asked = self
            .cache
            .connection
            .query_row(sql, [], |row| row.get::<_, i64>(0));
        let total = asked.map_err(|error| StoreError::of(&self.cache.path, &error))?;
        Ok(u64::try_from(total).unwrap_or(0))
    }

    fn keeping(&self, rows: Row, of: Finished) -> Result<Option<Keeping>, StoreError> {
        let head = self.seal_of_rows(rows)?.map(|seal| Head {
            listing: of.listing,
            page: of.page,
            total: of.total,
            as_of_ms: of.as_of_ms,
            rows,
            seal,
        });
        let path = place(&self.cache.path);
        Ok(head.map(|head| Keeping { path, head }))
    }

    /// Whether pages are still there that are in the columns as well: somebody was stopped before
    /// they were given up.
    ///
    /// # Errors
    ///
    /// If the file can't be read.
    pub fn holds_pages_of(&self, columns: &KeptColumns) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM pages WHERE seq <= ?1)";
        let asked = self
            .cache
            .connection
            .query_row(sql, [columns.page()], |row| row.get(0));
        asked.map_err(|error| StoreError::of(&self.cache.path, &error))
    }

    /// Columns were written: the pages in them are not needed any more.
    ///
    /// # Errors
    ///
    /// If the pages that came since can't be kept; then they are gone.
    pub fn columns_kept(&mut self, kept: &Keeping) -> Result<(), StoreError> {
        self.may_write()?;
        let (listing, page) = (kept.head.listing, kept.head.page);
        let since = self.pages_since(listing, page);
        let since = since.map_err(|error| StoreError::of(&self.cache.path, &error))?;
        let current = self.cache.current;
        self.renew_cache()?;
        self.cache.renewed = false;
        self.cache.current = current;
        let put = self.put_since(&since);
        put.map_err(|error| StoreError::of(&self.cache.path, &error))
    }

    fn pages_since(&self, listing: i64, page: i64) -> rusqlite::Result<Since> {
        let connection = &self.cache.connection;
        let sql = "SELECT id, total, complete_ms FROM listings WHERE id > ?1 ORDER BY id";
        let listings = connection
            .prepare(sql)?
            .query_map([listing], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        let sql = "SELECT seq, listing, body, seal FROM pages WHERE seq > ?1 ORDER BY seq";
        let pages = connection
            .prepare(sql)?
            .query_map([page], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?
            .collect::<Result<_, _>>()?;
        Ok(Since { listings, pages })
    }

    fn put_since(&mut self, since: &Since) -> rusqlite::Result<()> {
        let transaction = self.cache.connection.transaction()?;
        for listing in &since.listings {
            let sql = "INSERT INTO listings (id, total, complete_ms) VALUES (?1, ?2, ?3)";
            transaction.execute(sql, params![listing.0, listing.1, listing.2])?;
        }
        for page in &since.pages {
            let sql = "INSERT INTO pages (seq, listing, body, seal) VALUES (?1, ?2, ?3, ?4)";
            transaction.execute(sql, params![page.0, page.1, page.2, page.3])?;
        }
        transaction.commit()
    }

    /// The columns kept last, if they are newer than every whole listing in pages, and rest on
    /// the rows of this workspace.
    ///
    /// # Errors
    ///
    /// If a file can't be read.
    pub fn kept_columns(&self) -> Result<Option<KeptColumns>, StoreError> {
        let path = place(&self.cache.path);
        let (folio, head) = match (Folio::open(&path), head(&path)) {
            (Ok(Some(folio)), Some(head)) => (folio, head),
            (Ok(_) | Err(StoreError::Damaged { .. }), _) => return Ok(None),
            (Err(error), _) => return Err(error),
        };
        let sql = "SELECT max(id) FROM listings WHERE complete_ms NOT NULL";
        let ask = self.cache.connection.query_row(sql, [], |row| row.get(0));
        let whole: Option<i64> = ask.map_err(|error| StoreError::of(&self.cache.path, &error))?;
        let is_newest = whole.is_none_or(|whole| whole <= head.listing);
        let fits = self.seal_of_rows(head.rows)? == Some(head.seal);
        Ok((is_newest && fits).then_some(KeptColumns { folio, head }))
    }

    /// The seal of the block that ends with so many rows.
    fn seal_of_rows(&self, rows: Row) -> Result<Option<i64>, StoreError> {
        if rows == 0 || !self.has_blocks()? {
            return Ok(None);
        }
        let sql = "SELECT seal FROM row_blocks WHERE first + count = ?1";
        let seal = self.connection.query_row(sql, [rows], |row| row.get(0));
        let seal = seal.optional();
        seal.map_err(|error| StoreError::of(&self.path, &error))
    }
}

/// What came after the columns.
struct Since {
    listings: Vec<(i64, i64, Option<i64>)>,
    pages: Vec<(i64, i64, Vec<u8>, i64)>,
}

/// A listing that was finished or loaded in this process.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Finished {
    pub(super) listing: i64,
    /// The last page of it.
    pub(super) page: i64,
    pub(super) total: u64,
    /// When the library was as those pages tell; `None` if more of them should have come.
    pub(super) as_of_ms: Option<i64>,
    /// The page that says the library was so later, and when.
    pub(super) agreed: Option<(i64, i64)>,
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;
    use crate::store::tests::{asset, cached, ids, opened};

    const SHEETS: [(&str, &[u8]); 2] = [("name", b"pier gull"), ("type", b"Image")];

    fn sheets() -> [(String, Cow<'static, [u8]>); 2] {
        SHEETS.map(|(name, bytes)| (name.to_owned(), bytes.into()))
    }

    fn listed(workspace: &mut Workspace, rights: &str, as_of_ms: i64) {
        workspace.begin_listing().unwrap();
        workspace.allocate_rows(&ids(&["a", "b"])).unwrap();
        let page = [asset("a", rights), asset("b", rights)];
        workspace.save_assets(&page, Some(2)).unwrap();
        workspace.finish_listing(as_of_ms).unwrap();
    }

    /// A workspace whose listing is kept as columns.
    fn kept(folder: &TempDir) -> Workspace {
        let mut workspace = opened(folder);
        listed(&mut workspace, "Acme", 77);
        let keeping = workspace.columns_to_keep(2).unwrap().unwrap();
        keeping.write(sheets()).unwrap();
        workspace.columns_kept(&keeping).unwrap();
        workspace
    }

    /// What is told of a listing, and its sheets by name.
    type Read = (CachedListing, Vec<(String, Vec<u8>)>);

    fn read(workspace: &Workspace) -> Option<Read> {
        let columns = workspace.kept_columns().unwrap()?;
        let mut read = columns.read().unwrap();
        read.sort();
        let owned = |(name, bytes): (&str, Vec<u8>)| (name.to_owned(), bytes);
        Some((columns.told(), read.into_iter().map(owned).collect()))
    }

    fn whole() -> Read {
        let told = CachedListing {
            total: 2,
            as_of_ms: Some(77),
        };
        let sheets = SHEETS.map(|(name, bytes)| (name.to_owned(), bytes.to_vec()));
        (told, sheets.to_vec())
    }

    #[test]
    fn columns_take_the_place_of_the_pages_in_them_and_what_is_read_later_stands_beside_them() {
        let folder = TempDir::new().unwrap();
        let mut workspace = kept(&folder);
        workspace.save_assets(&[asset("b", "New")], None).unwrap();
        drop(workspace);
        let workspace = opened(&folder);
        assert_eq!(read(&workspace), Some(whole()));
        assert_eq!(cached(&workspace).1, [asset("b", "New")]);
    }

    #[test]
    fn what_was_read_while_the_columns_were_written_is_not_lost() {
        let folder = TempDir::new().unwrap();
        let mut workspace = opened(&folder);
        listed(&mut workspace, "Acme", 77);
        let keeping = workspace.columns_to_keep(2).unwrap().unwrap();
        workspace.save_assets(&[asset("b", "New")], None).unwrap();
        workspace.begin_listing().unwrap();
        keeping.write(sheets()).unwrap();
        workspace.columns_kept(&keeping).unwrap();
        workspace
            .save_assets(&[asset("a", "Half")], Some(2))
            .unwrap();
        assert_eq!(read(&workspace), Some(whole()));
        assert_eq!(
            cached(&workspace).1,
            [asset("b", "New"), asset("a", "Half")]
        );
        workspace.finish_listing(88).unwrap();
        assert_eq!(read(&workspace), None, "the pages are a whole listing now");
        let (told, assets) = cached(&workspace);
        assert_eq!(told.unwrap().as_of_ms, Some(88));
        assert_eq!(assets, [asset("a", "Half")]);
    }

    #[test]
    fn a_kill_before_the_pages_are_given_up_changes_nothing() {
        let folder = TempDir::new().unwrap();
        let mut workspace = opened(&folder);
        listed(&mut workspace, "Acme", 77);
        let keeping = workspace.columns_to_keep(2).unwrap().unwrap();
        keeping.write(sheets()).unwrap();
        workspace.save_assets(&[asset("b", "New")], None).unwrap();
        drop(workspace);
        let workspace = opened(&folder);
        assert_eq!(read(&workspace), Some(whole()));
        assert_eq!(cached(&workspace).1, [asset("b", "New")]);
    }

    #[test]
    fn pages_that_are_lost_or_damaged_leave_the_columns_and_later_listings_win_over_them() {
        for is_gone in [true, false] {
            let folder = TempDir::new().unwrap();
            drop(kept(&folder));
            let pages = folder.path().join("listing.sqlite");
            if is_gone {
                fs::remove_file(&pages).unwrap();
            } else {
                fs::write(&pages, "no database".repeat(500)).unwrap();
            }
            let mut workspace = opened(&folder);
            assert_eq!(read(&workspace), Some(whole()));
            listed(&mut workspace, "Later", 99);
            assert_eq!(read(&workspace), None);
            assert_eq!(cached(&workspace).0.unwrap().as_of_ms, Some(99));
        }
    }

    #[test]
    fn columns_of_other_rows_or_damaged_ones_are_left_out() {
        let folder = TempDir::new().unwrap();
        let workspace = kept(&folder);
        let sql = "UPDATE row_blocks SET seal = seal + 1";
        workspace.connection.execute(sql, []).unwrap();
        assert_eq!(read(&workspace), None);
        let sql = "UPDATE row_blocks SET seal = seal - 1";
        workspace.connection.execute(sql, []).unwrap();
        assert_eq!(read(&workspace), Some(whole()));
        assert!(workspace.columns_to_keep(1).unwrap().is_none());

        let path = folder.path().join("listing.columns");
        let good = fs::read(&path).unwrap();
        for place in 0..good.len() {
            let mut bytes = good.clone();
            bytes[place] ^= 0x10;
            fs::write(&path, bytes).unwrap();
            let columns = workspace.kept_columns().unwrap();
            let told = columns.map(|columns| columns.read().map(|sheets| sheets.len()));
            assert!(!matches!(told, Some(Ok(_))), "byte {place}");
        }
        fs::write(&path, &good[..good.len() / 2]).unwrap();
        assert!(workspace.kept_columns().unwrap().is_none());
        // Nothing but the listing is lost.
        assert_eq!(workspace.rows().unwrap(), ids(&["a", "b"]));
    }
}
