//! The cached listing: what the library answered last, so that a start shows it at once.
//!
//! A cache: it may be deleted, and what is wrong with it costs a listing, not work. Pages of a
//! listing are appended as they come; single assets read later are appended after them and win.

use std::{
    cell::Cell,
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
};

use rusqlite::{Connection, OptionalExtension, params};

use super::{
    Workspace,
    assets::{self, Kept, PackedPage},
    columns::{self, Finished, KeptColumns},
    database::{self, Care, LISTING},
    error::StoreError,
    lock::is_remote,
};
use crate::domain::Asset;

/// What is known about the cached listing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CachedListing {
    /// How many assets the endpoint said there are.
    pub total: u64,
    /// When the library was so, milliseconds since 1970; `None` if it never came to an end.
    pub as_of_ms: Option<i64>,
}

/// The file of the cache, and the listing being written.
#[derive(Debug)]
pub(super) struct Cache {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    pub(super) current: Option<i64>,
    /// What is in memory: the last whole listing, or what was loaded of one that broke off.
    pub(super) finished: Cell<Option<Finished>>,
    pub(super) renewed: bool,
}

impl Cache {
    /// Opens the cache for writing; one that can't be used is thrown away and begun anew.
    pub(super) fn open(path: PathBuf, remote: bool) -> Result<Self, StoreError> {
        let (connection, renewed) = match database::open(&path, LISTING, Care::Cache, remote) {
            Ok(connection) => (connection, false),
            Err(
                StoreError::Damaged { .. } | StoreError::Foreign { .. } | StoreError::Newer { .. },
            ) => (renew(&path, remote)?, true),
            Err(error) => return Err(error),
        };
        number_on(&connection, &path).map_err(|error| StoreError::of(&path, &error))?;
        Ok(Self {
            connection,
            path,
            current: None,
            finished: Cell::new(None),
            renewed,
        })
    }

    /// Opens the cache for reading; one that can't be used reads as an empty one.
    pub(super) fn open_to_read(path: PathBuf) -> Result<Self, StoreError> {
        let connection = database::open_to_read(&path, LISTING)
            .or_else(|_| database::open_to_read(&path.with_extension("none"), LISTING))?;
        Ok(Self {
            connection,
            path,
            current: None,
            finished: Cell::new(None),
            renewed: false,
        })
    }

    fn fault(&self, error: &rusqlite::Error) -> StoreError {
        StoreError::of(&self.path, error)
    }
}

fn renew(path: &Path, remote: bool) -> Result<Connection, StoreError> {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let mut file = path.as_os_str().to_owned();
        file.push(ending);
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                let (path, why) = (file.into(), error.to_string());
                return Err(StoreError::Folder { path, why });
            }
            Ok(()) | Err(_) => {}
        }
    }
    let connection = database::open(path, LISTING, Care::Cache, remote)?;
    number_on(&connection, path).map_err(|error| StoreError::of(path, &error))?;
    Ok(connection)
}

/// Numbers of listings and pages go on behind those of the columns, whatever became of the file.
fn number_on(connection: &Connection, path: &Path) -> rusqlite::Result<()> {
    let Some(head) = columns::head(&columns::place(path)) else {
        return Ok(());
    };
    for (table, last) in [("listings", head.listing), ("pages", head.page)] {
        connection.execute(
            "INSERT INTO sqlite_sequence (name, seq)
             SELECT ?1, 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)",
            [table],
        )?;
        connection.execute(
            "UPDATE sqlite_sequence SET seq = ?2 WHERE name = ?1 AND seq < ?2",
            params![table, last],
        )?;
    }
    Ok(())
}

impl Workspace {
    /// Whether the cached listing could not be used and was begun anew at the start.
    pub fn is_cache_renewed(&self) -> bool {
        self.cache.renewed
    }

    /// Throws the cached listing away, after [`load_assets`](Self::load_assets) found it damaged.
    ///
    /// # Errors
    ///
    /// If the file can't be removed.
    pub fn renew_cache(&mut self) -> Result<(), StoreError> {
        self.may_write()?;
        let remote = is_remote(self.folder());
        let cache = &mut self.cache;
        // The file is closed before it is removed.
        cache.connection = database::open_to_read(&cache.path.with_extension("none"), LISTING)?;
        cache.connection = renew(&cache.path, remote)?;
        (cache.current, cache.renewed) = (None, true);
        Ok(())
    }

    /// Begins another listing; the last complete one stays until this one is complete.
    ///
    /// # Errors
    ///
    /// If it can't be kept.
    pub fn begin_listing(&mut self) -> Result<(), StoreError> {
        self.may_write()?;
        let cache = &mut self.cache;
        let begin = |connection: &mut Connection| {
            let transaction = connection.transaction()?;
            // Only the last complete listing, with what was read since, outlives this.
            transaction.execute_batch(
                "DELETE FROM pages WHERE EXISTS (SELECT 1 FROM listings WHERE complete_ms NOT NULL)
                 AND listing < (SELECT max(id) FROM listings WHERE complete_ms NOT NULL);
                 INSERT INTO listings DEFAULT VALUES;",
            )?;
            let id = transaction.last_insert_rowid();
            transaction.commit()?;
            Ok(id)
        };
        let id = begin(&mut cache.connection);
        cache.current = Some(id.map_err(|error: rusqlite::Error| cache.fault(&error))?);
        Ok(())
    }

    /// Keeps a page of the listing begun last, or, if none is begun, assets that were read again.
    /// Later ones win over earlier ones of the same asset.
    ///
    /// # Errors
    ///
    /// If it can't be kept.
    pub fn save_assets(&mut self, assets: &[Asset], total: Option<u64>) -> Result<(), StoreError> {
        self.save_page(&PackedPage::of(assets), total).map(drop)
    }

    /// The same with a page that somebody else packed; its number, by which columns are told what
    /// is in them.
    ///
    /// # Errors
    ///
    /// If it can't be kept.
    pub fn save_page(&mut self, page: &PackedPage, total: Option<u64>) -> Result<i64, StoreError> {
        self.may_write()?;
        if page.is_empty {
            return Ok(0);
        }
        self.put_page(page, total, self.cache.current)
    }

    fn put_page(
        &mut self,
        page: &PackedPage,
        total: Option<u64>,
        of: Option<i64>,
    ) -> Result<i64, StoreError> {
        let (body, sum) = (&page.body, page.sum);
        let cache = &mut self.cache;
        let save = |connection: &mut Connection| {
            let transaction = connection.transaction()?;
            let sql = "SELECT coalesce(max(id), 0) FROM listings";
            let last = transaction.query_row(sql, [], |row| row.get(0))?;
            let listing: i64 = of.unwrap_or(last);
            transaction.execute(
                "INSERT INTO pages (listing, body, seal) VALUES (?1, ?2, ?3)",
                params![listing, body, sum],
            )?;
            let number = transaction.last_insert_rowid();
            if let Some(total) = total {
                let total = i64::try_from(total).unwrap_or(i64::MAX);
                transaction.execute(
                    "UPDATE listings SET total = ?2 WHERE id = ?1",
                    params![listing, total],
                )?;
            }
            transaction.commit()?;
            Ok(number)
        };
        let saved = save(&mut cache.connection);
        saved.map_err(|error: rusqlite::Error| cache.fault(&error))
    }

    /// Ends the listing begun last: every page has come, what it did not list is gone.
    ///
    /// # Errors
    ///
    /// If it can't be kept.
    pub fn finish_listing(&mut self, as_of_ms: i64) -> Result<(), StoreError> {
        self.may_write()?;
        self.forget_rows();
        let cache = &mut self.cache;
        let Some(current) = cache.current.take() else {
            return Ok(());
        };
        let finish = |connection: &mut Connection| {
            let transaction = connection.transaction()?;
            transaction.execute(
                "UPDATE listings SET complete_ms = ?2 WHERE id = ?1",
                params![current, as_of_ms],
            )?;
            transaction.execute("DELETE FROM pages WHERE listing < ?1", [current])?;
            transaction.execute("DELETE FROM listings WHERE id < ?1", [current])?;
            let sql = "SELECT total, (SELECT coalesce(max(seq), 0) FROM pages) FROM listings
                       WHERE id = ?1";
            let (total, page): (i64, i64) =
                transaction.query_row(sql, [current], |row| Ok((row.get(0)?, row.get(1)?)))?;
            transaction.commit()?;
            Ok(Finished {
                listing: current,
                page,
                total: u64::try_from(total).unwrap_or(0),
                as_of_ms: Some(as_of_ms),
                agreed: None,
            })
        };
        let finished = finish(&mut cache.connection);
        let finished = finished.map_err(|error: rusqlite::Error| cache.fault(&error))?;
        cache.finished.set(Some(finished));
        Ok(())
    }

    /// The last whole listing, with what was kept since, is what the library was at this time. That
    /// stands behind the pages it rests on, so it never outlasts them.
    ///
    /// # Errors
    ///
    /// If it can't be kept.
    pub fn listing_as_of(&mut self, at_ms: i64) -> Result<(), StoreError> {
        self.may_write()?;
        let finished = self.cache.finished.get();
        let Some(mut whole) = finished.filter(|one| one.as_of_ms.is_some()) else {
            return Ok(());
        };
        let page = PackedPage::agreed(at_ms);
        let number = self.put_page(&page, None, Some(whole.listing))?;
        whole.agreed = Some((number, at_ms));
        self.cache.finished.set(Some(whole));
        Ok(())
    }

    /// Hands over what the cached pages tell that are not in the columns, page by page, oldest
    /// first; `None` if nothing is cached.
    ///
    /// # Errors
    ///
    /// If the cache is damaged; what was handed over before is good.
    pub fn load_assets(
        &self,
        columns: Option<&KeptColumns>,
        mut take: impl FnMut(Kept),
    ) -> Result<Option<CachedListing>, StoreError> {
        let cache = &self.cache;
        let fault = |error: rusqlite::Error| cache.fault(&error);
        let damaged = |why: String| StoreError::Damaged {
            path: cache.path.clone(),
            why,
        };
        let after = columns.map_or(0, KeptColumns::page);
        let (pages, last) = pages_after(&cache.connection, after).map_err(fault)?;
        let is_empty = pages.is_empty();
        let mut agreed_ms = None;
        // One thread unpacks while this one takes.
        let (sender, receiver) = mpsc::sync_channel(8);
        thread::scope(|scope| {
            scope.spawn(move || {
                let unpacked = pages.iter().map(|(body, sum)| assets::unpack(body, *sum));
                // Whoever found one of them damaged waits for no more.
                unpacked
                    .map(|kept| sender.send(kept))
                    .all(|sent| sent.is_ok())
            });
            let mut each = |kept| match kept {
                Kept::Agreed(at_ms) => agreed_ms = Some(at_ms),
                kept @ (Kept::Came(_) | Kept::Gone(_)) => take(kept),
            };
            receiver
                .into_iter()
                .try_for_each(|kept| kept.map(&mut each).map_err(damaged))
        })?;
        let (listing, mut told) = match columns {
            Some(columns) => (columns.listing(), columns.told()),
            None if is_empty => return Ok(None),
            None => told(&cache.connection).map_err(fault)?,
        };
        // What agreed once says nothing of a listing that never came to its end.
        told.as_of_ms = told.as_of_ms.map(|as_of_ms| agreed_ms.unwrap_or(as_of_ms));
        cache.finished.set(Some(Finished {
            listing,
            page: last,
            total: told.total,
            as_of_ms: told.as_of_ms,
            agreed: None,
        }));
        Ok(Some(told))
    }
}

/// Packed pages with their seals, and the number of the last one.
type Pages = (Vec<(Vec<u8>, i64)>, i64);

fn pages_after(connection: &Connection, after: i64) -> rusqlite::Result<Pages> {
    let sql = "SELECT seq, body, seal FROM pages WHERE seq > ?1 ORDER BY seq";
    let mut statement = connection.prepare(sql)?;
    let mut found = statement.query([after])?;
    let (mut pages, mut last) = (Vec::new(), after);
    while let Some(record) = found.next()? {
        last = record.get(0)?;
        pages.push((record.get(1)?, record.get(2)?));
    }
    Ok((pages, last))
}

/// The last whole listing, or the one that came so far, and what is known about it.
fn told(connection: &Connection) -> rusqlite::Result<(i64, CachedListing)> {
    let sql = "SELECT id, total, complete_ms FROM listings
               ORDER BY complete_ms IS NULL, id DESC LIMIT 1";
    let told = connection.query_row(sql, [], |row| {
        let told = CachedListing {
            total: u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0),
            as_of_ms: row.get(2)?,
        };
        Ok((row.get(0)?, told))
    });
    Ok(told.optional()?.unwrap_or_default())
}

#[cfg(test)]
impl Workspace {
    /// Plays a damaged disk.
    pub(super) fn cache_sql(&mut self, sql: &str) {
        self.cache.connection.execute_batch(sql).unwrap();
    }
}
