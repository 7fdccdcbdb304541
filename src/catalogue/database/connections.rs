//! One connection that writes, as many that read as are needed.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::catalogue::database::DatabaseError;

/// The connections of a library.
pub(super) struct Connections {
    writer: Mutex<Connection>,
    /// `None` for a database in memory: its one connection does everything.
    readers: Option<(PathBuf, Mutex<Vec<Connection>>)>,
}

impl Connections {
    /// Over a file.
    pub(super) fn file(path: &Path) -> Result<Self, DatabaseError> {
        let writer = Connection::open(path)?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        writer.pragma_update(None, "synchronous", "NORMAL")?;
        tune(&writer)?;
        Ok(Self {
            writer: Mutex::new(writer),
            readers: Some((path.to_owned(), Mutex::default())),
        })
    }

    /// In memory.
    pub(super) fn memory() -> Result<Self, DatabaseError> {
        let writer = Connection::open_in_memory()?;
        tune(&writer)?;
        Ok(Self {
            writer: Mutex::new(writer),
            readers: None,
        })
    }

    /// Work with the writing connection.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        work(&mut self.writer.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Work with a reading connection.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        let Some((path, pool)) = &self.readers else {
            return self.write(|connection| work(connection));
        };
        let idle = pool.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => reader(path)?,
        };
        let answer = work(&connection);
        pool.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
        answer
    }
}

fn reader(path: &Path) -> Result<Connection, DatabaseError> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    tune(&connection)?;
    Ok(connection)
}

fn tune(connection: &Connection) -> Result<(), DatabaseError> {
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}
