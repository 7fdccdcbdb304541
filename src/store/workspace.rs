//! One profile's workspace: opening it, and the log of operations in it.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::{
    copy::Copying,
    database::{self, Care, WORKSPACE},
    error::StoreError,
    listing::Cache,
    lock::{Holder, Lock, NoLock, is_remote},
    page,
    private::{self, Watched},
    rows::{self, Known},
    seal,
};
use crate::domain::{Operation, OperationId, Row, oplog::Deed};

/// Who may write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// We.
    Writing,
    /// Somebody else, or nobody.
    Reading {
        /// Who holds the workspace, if somebody does and says so.
        holder: Option<Holder>,
        /// Why we may not write, as a sentence part (`akim, pid 4711 on shelf, since … has it open`).
        why: String,
    },
}

impl Access {
    /// Why nothing may be written; `None` if it may.
    pub fn refusal(&self) -> Option<&str> {
        match self {
            Self::Writing => None,
            Self::Reading { why, .. } => Some(why),
        }
    }
}

/// Everything kept of one profile. Owns the connections; blocking, for one thread.
///
/// When a writing call returns, what it wrote is durable. When it fails, nothing is written.
#[derive(Debug)]
pub struct Workspace {
    pub(super) connection: Connection,
    pub(super) cache: Cache,
    pub(super) path: PathBuf,
    folder: PathBuf,
    access: Access,
    broken: Option<StoreError>,
    watched: Watched,
    /// The assets that have a row; worked out when a listing comes in.
    pub(super) known: Option<Known>,
    /// Whether there is a log that is kept in the order it was written.
    pub(super) has_log: bool,
    pub(super) copying: Option<Copying>,
    // Last: given up only after the connections are closed.
    _lock: Option<Lock>,
}

impl Workspace {
    /// Opens the workspace in a folder, and makes it if it is new.
    ///
    /// Somebody else's lock, or a disk that can't be written, opens it for reading. Runs the
    /// program left in the middle are interrupted from now on.
    ///
    /// # Errors
    ///
    /// The folder can't be used; the file is damaged, newer, or not ours. It is then untouched.
    pub fn open(folder: &Path, me: &Holder) -> Result<Self, StoreError> {
        let made = private::make(folder);
        let lock = match &made {
            Ok(()) => private::tighten(folder)
                .map_err(NoLock::Unsafe)
                .and_then(|()| Lock::take(&folder.join("lock"), me)),
            Err(why) if folder.is_dir() => Err(NoLock::Impossible(why.to_string())),
            Err(why) => {
                let (path, why) = (folder.to_path_buf(), why.to_string());
                return Err(StoreError::Folder { path, why });
            }
        };
        let path = folder.join("workspace.sqlite");
        let cached = folder.join("listing.sqlite");
        let (access, lock) = match lock {
            Ok(lock) => (Access::Writing, Some(lock)),
            Err(NoLock::Held(holder)) => {
                let who = holder
                    .as_ref()
                    .map_or("another program".to_owned(), Holder::to_string);
                let why = format!("{who} has the workspace open");
                (Access::Reading { holder, why }, None)
            }
            Err(NoLock::Unsafe(why)) => {
                let why = format!("{} is not safe to write to: {why}", folder.display());
                (Access::Reading { holder: None, why }, None)
            }
            Err(NoLock::Impossible(why)) => {
                let why = format!("{} can't be written: {why}", folder.display());
                (Access::Reading { holder: None, why }, None)
            }
        };
        let remote = is_remote(folder);
        let has_log = !remote;
        let (connection, cache) = if lock.is_some() {
            let connection = database::open(&path, WORKSPACE, Care::Full, remote)?;
            (connection, Cache::open(cached, remote)?)
        } else {
            (
                database::open_to_read(&path, WORKSPACE)?,
                Cache::open_to_read(cached)?,
            )
        };
        let folder = folder.to_path_buf();
        let mut workspace = Self {
            connection,
            cache,
            path,
            folder,
            access,
            broken: None,
            watched: Watched::default(),
            known: None,
            has_log,
            copying: None,
            _lock: lock,
        };
        if workspace.access == Access::Writing {
            workspace.gather_rows()?;
            workspace.interrupt_runs()?;
            let log = workspace.path.with_extension("sqlite-wal");
            let files = [workspace.path.clone(), log, workspace.folder.join("lock")];
            workspace.watched = Watched::of(files);
        }
        Ok(workspace)
    }

    /// Whether we may write, and if not, who may.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// The folder the workspace lies in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Appends an operation to the log, durably.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unfit`] if it is not the next one, or names a row that is not kept.
    pub fn append_operation(&mut self, operation: &Operation) -> Result<(), StoreError> {
        let unfit = |why: String| StoreError::Unfit {
            found: operation.id.0,
            why,
        };
        let body = seal::write(operation).map_err(unfit)?;
        self.write(|transaction, path| {
            let fault = |error: rusqlite::Error| StoreError::of(path, &error);
            let ask = |sql| transaction.query_row(sql, [], |row| row.get::<_, i64>(0));
            let last = ask("SELECT coalesce(max(seq), 0) FROM operations").map_err(fault)?;
            let next = u64::try_from(last).unwrap_or(0) + 1;
            if operation.id != OperationId(next) {
                return Err(unfit(format!("the next one is {next}")));
            }
            let rows = rows::made(transaction).map_err(fault)?;
            if let Some(row) = highest_row(operation).filter(|row| *row >= rows) {
                return Err(unfit(format!("row {row} is not kept")));
            }
            transaction
                .execute(
                    "INSERT INTO operations (seq, body, seal) VALUES (?1, ?2, ?3)",
                    params![last + 1, body.0, body.1],
                )
                .map_err(fault)?;
            Ok(())
        })
    }

    /// The log, oldest first.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] if a record is not what was written, or missing.
    pub fn operations(&self) -> Result<Vec<Operation>, StoreError> {
        let sql = "SELECT body, seal FROM operations ORDER BY seq";
        let operations: Vec<Operation> = self.sealed(sql, [])?;
        let is_gapless = (1u64..)
            .zip(&operations)
            .all(|(place, one)| one.id.0 == place);
        if !is_gapless {
            return Err(self.damaged("the log of operations has a gap"));
        }
        if self.last_given("operations")? != operations.len() as u64 {
            return Err(self.damaged("the last operations are missing"));
        }
        Ok(operations)
    }

    /// The last number a table gave out, noted apart from the table; 0 if it gave out none.
    pub(super) fn last_given(&self, table: &str) -> Result<u64, StoreError> {
        let sql = "SELECT seq FROM sqlite_sequence WHERE name = ?1";
        let last = self
            .connection
            .query_row(sql, [table], |row| row.get::<_, i64>(0))
            .optional();
        let last = last.map_err(|error| StoreError::of(&self.path, &error))?;
        Ok(last.map_or(0, |last| u64::try_from(last).unwrap_or(0)))
    }

    /// The same, without waiting for the disk: durable with the next piece of writing at the
    /// latest, for there is one log and what comes later in it never lasts without what came before.
    pub(super) fn write_behind<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>, &Path) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if !self.has_log {
            return self.write(work);
        }
        self.may_write()?;
        self.wait_for_disk("NORMAL")?;
        let done = self.write(work);
        // Whoever can't wait for the disk any more must not write.
        if let Err(error) = self.wait_for_disk("FULL") {
            self.broken = Some(error.clone());
            return Err(error);
        }
        done
    }

    fn wait_for_disk(&self, how: &str) -> Result<(), StoreError> {
        let set = self.connection.pragma_update(None, "synchronous", how);
        set.map_err(|error| StoreError::of(&self.path, &error))
    }

    /// Does a piece of writing whole and durably, or not at all.
    pub(super) fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>, &Path) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.may_write()?;
        let (path, watched) = (&self.path, &self.watched);
        let fault = |error: rusqlite::Error| StoreError::of(path, &error);
        // Before, so that nothing is written beside what took its place; after, so that nobody
        // rests on what is kept nowhere.
        let done = watched.check().and_then(|()| {
            let transaction = self
                .connection
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .map_err(fault)?;
            let value = work(&transaction, path)?;
            transaction.commit().map_err(fault)?;
            watched.check().map(|()| value)
        });
        if let Err(error @ (StoreError::Disk { .. } | StoreError::Gone { .. })) = &done {
            self.broken = Some(error.clone());
        }
        done
    }

    /// Refuses to write where we may not, or no longer trust the disk.
    pub(super) fn may_write(&self) -> Result<(), StoreError> {
        match (&self.broken, self.access.refusal()) {
            (Some(error), _) => Err(error.clone()),
            (None, Some(why)) => Err(StoreError::ReadOnly(why.to_owned())),
            (None, None) => Ok(()),
        }
    }

    pub(super) fn damaged(&self, why: &str) -> StoreError {
        StoreError::Damaged {
            path: self.path.clone(),
            why: why.to_owned(),
        }
    }

    /// All records of a query for (body, seal).
    pub(super) fn sealed<T: serde::de::DeserializeOwned + Send>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<Vec<T>, StoreError> {
        let fault = |error: rusqlite::Error| StoreError::of(&self.path, &error);
        let mut statement = self.connection.prepare_cached(sql).map_err(fault)?;
        let records = statement
            .query_map(parameters, |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
            })
            .and_then(Iterator::collect::<Result<Vec<(String, i64)>, _>>)
            .map_err(fault)?;
        page::unpack_all(&records, |body, sum| seal::read(body, sum))
            .map_err(|why| self.damaged(&why))
    }
}

/// The highest row an operation names.
fn highest_row(operation: &Operation) -> Option<Row> {
    match &operation.deed {
        Deed::Stage(step) => step.edits.iter().filter_map(|edit| edit.rows.max()).max(),
        Deed::Exclude(picked)
        | Deed::Accept { staged: picked, .. }
        | Deed::Settle {
            written: picked, ..
        } => picked.iter().filter_map(|one| one.rows.max()).max(),
        Deed::Undo(_) | Deed::Redo(_) | Deed::Drop => None,
    }
}
