//! Assets by their ids, guids, names; folders; the write log.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use crate::catalogue::database::kinds::Kinds;
use crate::catalogue::database::{DatabaseError, Library, read, structure};
use crate::catalogue::model::{AssetRecord, Trash};
use crate::catalogue::writes::LogEntry;

/// The columns of an asset, in the order [`record_of`] reads them.
pub(super) const COLUMNS: &str =
    "row, trash, code, created, modified, id, guid, qualified_name, name, folder, details";

/// A folder that holds assets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderSummary {
    /// Its path with the company root and a trailing slash.
    pub path: String,
    /// How many assets lie in it (not below it).
    pub assets: u64,
}

/// How many keys go into one statement.
const KEYS_AT_ONCE: usize = 500;

/// Read one row.
pub(super) fn record_of(row: &Row<'_>, kinds: &Kinds) -> Result<AssetRecord, DatabaseError> {
    let (kind, type_name) = kinds.pair(row.get(2)?);
    let details = serde_json::from_str(row.get_ref(10)?.as_str().map_err(rusqlite::Error::from)?)?;
    Ok(AssetRecord {
        row: row.get(0)?,
        trash: Trash::from_code(row.get(1)?),
        kind: kind.to_owned(),
        type_name: type_name.to_owned(),
        created: row.get(3)?,
        modified: row.get(4)?,
        id: row.get(5)?,
        guid: row.get(6)?,
        qualified_name: row.get(7)?,
        name: row.get(8)?,
        folder: row.get(9)?,
        details,
    })
}

/// Assets whose `column` is one of `keys`, in row order.
pub(super) fn by_keys<K: rusqlite::ToSql>(
    connection: &Connection,
    kinds: &Kinds,
    column: &str,
    keys: &[K],
) -> Result<Vec<AssetRecord>, DatabaseError> {
    let mut records = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(KEYS_AT_ONCE) {
        let marks = vec!["?"; chunk.len()].join(",");
        let sql = format!("SELECT {COLUMNS} FROM assets WHERE {column} IN ({marks}) ORDER BY row");
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(chunk))?;
        while let Some(row) = rows.next()? {
            records.push(record_of(row, kinds)?);
        }
    }
    Ok(records)
}

fn text_keys(keys: &[String]) -> Vec<&str> {
    keys.iter().map(String::as_str).collect()
}

impl Library {
    /// The asset with this id (SOAP handle), whatever its trash state.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn by_id(&self, id: &str) -> Result<Option<AssetRecord>, DatabaseError> {
        Ok(self.by_column("id", &[id])?.into_iter().next())
    }

    /// The assets with these ids, in the order asked; unknown ids are left out.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn by_ids(&self, ids: &[String]) -> Result<Vec<AssetRecord>, DatabaseError> {
        let found = self.by_column("id", &text_keys(ids))?;
        Ok(in_order(ids, found, |record| &record.id))
    }

    /// The asset with this guid, whatever its trash state.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn by_guid(&self, guid: &str) -> Result<Option<AssetRecord>, DatabaseError> {
        Ok(self.by_column("guid", &[guid])?.into_iter().next())
    }

    /// The assets with these guids, in the order asked; unknown guids are left out.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn by_guids(&self, guids: &[String]) -> Result<Vec<AssetRecord>, DatabaseError> {
        let found = self.by_column("guid", &text_keys(guids))?;
        Ok(in_order(guids, found, |record| &record.guid))
    }

    /// The asset of this REST type with this qualified name, case minded.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn by_qualified_name(
        &self,
        type_name: &str,
        qualified_name: &str,
    ) -> Result<Option<AssetRecord>, DatabaseError> {
        let found = self.by_column("qualified_name", &[qualified_name])?;
        Ok(found
            .into_iter()
            .find(|record| record.type_name == type_name))
    }

    /// All assets of exactly this name, in row order.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn by_name(&self, name: &str) -> Result<Vec<AssetRecord>, DatabaseError> {
        let mut found = self.by_column("name_fold", &[name.to_lowercase().as_str()])?;
        found.retain(|record| record.name == name);
        Ok(found)
    }

    /// The assets in these rows, in the order asked.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn by_rows(&self, rows: &[i64]) -> Result<Vec<AssetRecord>, DatabaseError> {
        let found = self.by_column("row", rows)?;
        Ok(in_order(rows, found, |record| &record.row))
    }

    fn by_column<K: rusqlite::ToSql>(
        &self,
        column: &str,
        keys: &[K],
    ) -> Result<Vec<AssetRecord>, DatabaseError> {
        let kinds = read(&self.inner.kinds).clone();
        self.reading(|connection| by_keys(connection, &kinds, column, keys))
    }

    /// How many assets there are, trash and data assets included.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn len(&self) -> Result<u64, DatabaseError> {
        self.reading(|connection| {
            Ok(connection.query_row("SELECT COUNT(*) FROM assets", [], |row| count_in(row, 0))?)
        })
    }

    /// Whether there is no asset at all.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn is_empty(&self) -> Result<bool, DatabaseError> {
        Ok(self.len()? == 0)
    }

    /// The folders that hold media assets, by path.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn folders(&self) -> Result<Vec<FolderSummary>, DatabaseError> {
        self.reading(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT folder, COUNT(*) FROM assets WHERE trash = 0 AND folder <> ''
                 GROUP BY folder ORDER BY folder",
            )?;
            let folders = statement.query_map([], |row| {
                Ok(FolderSummary {
                    path: row.get(0)?,
                    assets: count_in(row, 1)?,
                })
            })?;
            Ok(folders.collect::<Result<_, _>>()?)
        })
    }

    /// The write log from a sequence number on (0 for all of it), oldest first.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn log_after(&self, sequence: i64) -> Result<Vec<LogEntry>, DatabaseError> {
        self.log_where("sequence > ?1 ORDER BY sequence", sequence)
    }

    /// What one request wrote.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn log_of_request(&self, request: &str) -> Result<Vec<LogEntry>, DatabaseError> {
        self.log_where("request = ?1 ORDER BY sequence", request)
    }

    fn log_where(
        &self,
        clause: &str,
        key: impl rusqlite::ToSql,
    ) -> Result<Vec<LogEntry>, DatabaseError> {
        self.reading(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT sequence, at, face, request, who, asset, field, before, after
                 FROM log WHERE {clause}"
            ))?;
            let entries = statement.query_map([key], |row| {
                Ok(LogEntry {
                    sequence: row.get(0)?,
                    at: row.get(1)?,
                    face: row.get(2)?,
                    request: row.get(3)?,
                    who: row.get(4)?,
                    asset: row.get(5)?,
                    field: row.get(6)?,
                    before: row.get(7)?,
                    after: row.get(8)?,
                })
            })?;
            Ok(entries.collect::<Result<_, _>>()?)
        })
    }

    /// Something remembered under a key.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn setting(&self, key: &str) -> Result<Option<String>, DatabaseError> {
        self.reading(|connection| structure::setting(connection, key))
    }

    /// Remember something under a key.
    ///
    /// # Errors
    ///
    /// When the database cannot be written.
    pub fn set_setting(&self, key: &str, value: &str) -> Result<(), DatabaseError> {
        self.inner
            .connections
            .write(|connection| structure::set_setting(connection, key, value))
    }
}

impl Library {
    /// Forget what was remembered under a key.
    ///
    /// # Errors
    ///
    /// When the database cannot be written.
    pub fn forget_setting(&self, key: &str) -> Result<(), DatabaseError> {
        self.inner.connections.write(|connection| {
            connection.execute("DELETE FROM settings WHERE key = ?1", [key])?;
            Ok(())
        })
    }
}

/// Put what was found into the order asked for.
fn in_order<K, F>(keys: &[K], found: Vec<AssetRecord>, key_of: F) -> Vec<AssetRecord>
where
    K: Clone + Eq + std::hash::Hash,
    F: Fn(&AssetRecord) -> &K,
{
    let mut by_key: HashMap<K, AssetRecord> = found
        .into_iter()
        .map(|record| (key_of(&record).clone(), record))
        .collect();
    keys.iter().filter_map(|key| by_key.remove(key)).collect()
}

/// The largest row in use.
pub(super) fn last_row(connection: &Connection) -> Result<i64, DatabaseError> {
    let last: Option<Option<i64>> = connection
        .query_row("SELECT MAX(row) FROM assets", [], |row| row.get(0))
        .optional()?;
    Ok(last.flatten().unwrap_or(0))
}

/// A count in a column.
pub(super) fn count_in(row: &Row<'_>, column: usize) -> Result<u64, rusqlite::Error> {
    row.get::<_, i64>(column).map(i64::unsigned_abs)
}
