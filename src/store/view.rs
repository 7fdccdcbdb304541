//! What the person looks at: marks, and settings of the view.

use roaring::RoaringBitmap;
use rusqlite::{OptionalExtension, params};

use super::{Workspace, error::StoreError, seal};

/// How many earlier sets of marks are kept.
const KEPT_MARKS: i64 = 20;

/// Under this key stands the library a workspace belongs to.
const LIBRARY: &str = "library";

impl Workspace {
    /// Keeps the marks; the sets before stay, up to twenty.
    ///
    /// # Errors
    ///
    /// If they can't be kept.
    pub fn save_marks(&mut self, marks: &RoaringBitmap) -> Result<(), StoreError> {
        let mut bytes = Vec::with_capacity(marks.serialized_size());
        let written = marks.serialize_into(&mut bytes);
        self.write(|transaction, path| {
            let fault = |error: rusqlite::Error| StoreError::of(path, &error);
            written.map_err(|error| StoreError::Database {
                path: path.to_path_buf(),
                why: error.to_string(),
            })?;
            transaction
                .execute(
                    "INSERT INTO marks (rows, seal) VALUES (?1, ?2)",
                    params![bytes, seal::of(&bytes)],
                )
                .map_err(fault)?;
            let oldest = transaction.last_insert_rowid() - KEPT_MARKS;
            transaction
                .execute("DELETE FROM marks WHERE seq < ?1", [oldest])
                .map_err(fault)?;
            Ok(())
        })
    }

    /// The marks, and the sets before them, newest first; empty if there never were any.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] if they are not what was written.
    pub fn load_marks(&self) -> Result<Vec<RoaringBitmap>, StoreError> {
        let fault = |error: rusqlite::Error| StoreError::of(&self.path, &error);
        let mut statement = self
            .connection
            .prepare("SELECT rows, seal FROM marks ORDER BY seq DESC")
            .map_err(fault)?;
        let sets = statement
            .query_map([], |record| {
                Ok((record.get::<_, Vec<u8>>(0)?, record.get::<_, i64>(1)?))
            })
            .map_err(fault)?;
        sets.map(|set| {
            let (bytes, sum) = set.map_err(fault)?;
            if seal::of(&bytes) != sum {
                return Err(self.damaged("a set of marks does not fit its check sum"));
            }
            RoaringBitmap::deserialize_from(bytes.as_slice())
                .map_err(|error| self.damaged(&error.to_string()))
        })
        .collect()
    }

    /// A setting of the view, as JSON text.
    ///
    /// # Errors
    ///
    /// If the file can't be read.
    pub fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.connection
            .query_row("SELECT value FROM settings WHERE key = ?1", [key], |row| {
                row.get(0)
            })
            .optional()
            .map_err(|error| StoreError::of(&self.path, &error))
    }

    /// Insists that the workspace belongs to a library; one that belongs to none yet does from
    /// now on, and so does one without work in it. A draft made against one library is never sent
    /// to another.
    ///
    /// # Errors
    ///
    /// [`StoreError::Elsewhere`] if it is another library's.
    pub fn belongs_to(&mut self, library: &str) -> Result<(), StoreError> {
        match self.setting(LIBRARY)? {
            _ if library.is_empty() => Ok(()),
            Some(known) if known == library => Ok(()),
            Some(theirs) if !self.operations()?.is_empty() || !self.runs()?.is_empty() => {
                Err(StoreError::Elsewhere {
                    path: self.path.clone(),
                    theirs,
                    ours: library.to_owned(),
                })
            }
            Some(_) | None if self.may_write().is_err() => Ok(()),
            Some(_) | None => self.set_setting(LIBRARY, library),
        }
    }

    /// Keeps a setting of the view.
    ///
    /// # Errors
    ///
    /// If it can't be kept.
    pub fn set_setting(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        self.write(|transaction, path| {
            transaction
                .execute(
                    "INSERT INTO settings (key, value) VALUES (?1, ?2)
                     ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    [key, value],
                )
                .map_err(|error| StoreError::of(path, &error))?;
            Ok(())
        })
    }
}
