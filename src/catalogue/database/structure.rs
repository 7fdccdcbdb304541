//! Tables and indexes of the library, and the schema stored in them.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use crate::catalogue::database::DatabaseError;
use crate::catalogue::schema::Schema;

/// Marks the file as ours.
const APPLICATION: i64 = 0x41_52_4d_43;
/// Version of the tables.
const VERSION: i64 = 1;

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS kinds (
  code INTEGER PRIMARY KEY, kind TEXT NOT NULL, type_name TEXT NOT NULL, UNIQUE (kind, type_name));
CREATE TABLE IF NOT EXISTS assets (
  row INTEGER PRIMARY KEY, trash INTEGER NOT NULL, code INTEGER NOT NULL,
  created INTEGER NOT NULL, modified INTEGER NOT NULL,
  id TEXT NOT NULL, guid TEXT NOT NULL, qualified_name TEXT NOT NULL,
  name TEXT NOT NULL, name_fold TEXT NOT NULL, folder TEXT NOT NULL, details TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS log (
  sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, face TEXT NOT NULL, request TEXT NOT NULL,
  who TEXT NOT NULL, asset TEXT NOT NULL, field TEXT NOT NULL, before TEXT NOT NULL,
  after TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS log_by_request ON log (request);
CREATE TABLE IF NOT EXISTS dictionary (
  field TEXT NOT NULL, applies_to TEXT NOT NULL, position INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (field, applies_to, position)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
";

/// The indexes carry `row`, `trash` and `code`, so that paging and counting never touch the
/// assets themselves. `assets_in_order` is the order that a whole library is read in, and holds what
/// a part of it is cut by.
const INDEXES: &[(&str, &str)] = &[
    (
        "assets_by_id",
        "CREATE UNIQUE INDEX IF NOT EXISTS assets_by_id ON assets (id)",
    ),
    (
        "assets_by_guid",
        "CREATE INDEX IF NOT EXISTS assets_by_guid ON assets (guid, row, trash, code)",
    ),
    (
        "assets_by_qualified_name",
        "CREATE INDEX IF NOT EXISTS assets_by_qualified_name ON assets (qualified_name)",
    ),
    (
        "assets_by_name",
        "CREATE INDEX IF NOT EXISTS assets_by_name ON assets (name_fold, row, trash, code)",
    ),
    (
        "assets_in_order",
        "CREATE INDEX IF NOT EXISTS assets_in_order ON assets (created, guid, row, trash, code)",
    ),
    (
        "assets_by_modified",
        "CREATE INDEX IF NOT EXISTS assets_by_modified ON assets (modified, row, trash, code)",
    ),
    (
        "assets_by_row",
        "CREATE INDEX IF NOT EXISTS assets_by_row ON assets (row, trash, code)",
    ),
    (
        "assets_by_folder",
        "CREATE INDEX IF NOT EXISTS assets_by_folder ON assets (folder, row, trash, code)",
    ),
];

/// An index that files of earlier days hold in the place of one above.
const LEFT: &str = "DROP INDEX IF EXISTS assets_by_created";

/// Make the tables where they are missing.
pub(super) fn prepare(connection: &Connection) -> Result<(), DatabaseError> {
    let application: i64 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 =
        connection.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if (tables > 0 && application != APPLICATION) || version > VERSION {
        let path = connection.path().unwrap_or("the file").to_owned();
        return Err(DatabaseError::Foreign(path));
    }
    connection.pragma_update(None, "application_id", APPLICATION)?;
    connection.pragma_update(None, "user_version", VERSION)?;
    connection.execute_batch(TABLES)?;
    connection.execute_batch(LEFT)?;
    add_indexes(connection)
}

/// Make the indexes where they are missing.
pub(super) fn add_indexes(connection: &Connection) -> Result<(), DatabaseError> {
    for (_, sql) in INDEXES {
        connection.execute_batch(sql)?;
    }
    Ok(())
}

/// Take the indexes away, for a large load.
pub(super) fn drop_indexes(connection: &Connection) -> Result<(), DatabaseError> {
    for (name, _) in INDEXES {
        connection.execute_batch(&format!("DROP INDEX IF EXISTS {name}"))?;
    }
    Ok(())
}

/// A setting by its key.
pub(super) fn setting(connection: &Connection, key: &str) -> Result<Option<String>, DatabaseError> {
    Ok(connection
        .query_row("SELECT value FROM settings WHERE key = ?1", [key], |row| {
            row.get(0)
        })
        .optional()?)
}

/// Keep a setting.
pub(super) fn set_setting(
    connection: &Connection,
    key: &str,
    value: &str,
) -> Result<(), DatabaseError> {
    connection.execute(
        "INSERT INTO settings (key, value) VALUES (?1, ?2)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [key, value],
    )?;
    Ok(())
}

/// Read the schema; an empty one where none was stored.
pub(super) fn load_schema(connection: &Connection) -> Result<Schema, DatabaseError> {
    let Some(text) = setting(connection, "schema")? else {
        return Ok(Schema::default());
    };
    let mut schema: Schema = serde_json::from_str(&text)?;
    let mut dictionaries: HashMap<(String, String), Vec<String>> = HashMap::new();
    let mut statement = connection.prepare(
        "SELECT field, applies_to, value FROM dictionary ORDER BY field, applies_to, position",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        dictionaries
            .entry((row.get(0)?, row.get(1)?))
            .or_default()
            .push(row.get(2)?);
    }
    for field in &mut schema.fields {
        let key = (field.name.clone(), field.applies_to.clone());
        field.dictionary = dictionaries.remove(&key).unwrap_or_default();
    }
    Ok(schema)
}

/// Store the schema; dictionaries go to a table of their own because they grow on use.
pub(super) fn store_schema(connection: &Connection, schema: &Schema) -> Result<(), DatabaseError> {
    let mut bare = schema.clone();
    for field in &mut bare.fields {
        field.dictionary = Vec::new();
    }
    set_setting(connection, "schema", &serde_json::to_string(&bare)?)?;
    connection.execute("DELETE FROM dictionary", [])?;
    for field in &schema.fields {
        for (position, value) in field.dictionary.iter().enumerate() {
            add_to_dictionary(
                connection,
                (&field.name, &field.applies_to),
                position,
                value,
            )?;
        }
    }
    Ok(())
}

/// Add one value to the stored dictionary of a field.
pub(super) fn add_to_dictionary(
    connection: &Connection,
    field: (&str, &str),
    position: usize,
    value: &str,
) -> Result<(), DatabaseError> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO dictionary (field, applies_to, position, value)
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            field.0,
            field.1,
            i64::try_from(position).unwrap_or(i64::MAX),
            value
        ])?;
    Ok(())
}
