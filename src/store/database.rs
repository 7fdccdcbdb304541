//! Opening a database file: settings, format versions, and upgrades.

use std::{
    fs::{self, File},
    io::Read,
    path::Path,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{copy, error::StoreError};

/// Marks our files (`ARMW`), so that another program's database is never touched.
const APPLICATION: i32 = 0x4152_4d57;

/// The formats of `workspace.sqlite`, each as the step from the one before.
pub(super) const WORKSPACE: &[&str] = &[
    "
CREATE TABLE operations (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    seal INTEGER NOT NULL
) STRICT;
CREATE TABLE rows (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    asset TEXT NOT NULL UNIQUE,
    seal INTEGER NOT NULL
) STRICT;
CREATE TABLE marks (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    rows BLOB NOT NULL,
    seal INTEGER NOT NULL
) STRICT;
CREATE TABLE runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    head TEXT NOT NULL,
    seal INTEGER NOT NULL,
    items INTEGER NOT NULL,
    state TEXT NOT NULL,
    finished_ms INTEGER
) STRICT;
CREATE TABLE items (
    run INTEGER NOT NULL REFERENCES runs,
    first INTEGER NOT NULL,
    body BLOB NOT NULL,
    seal INTEGER NOT NULL,
    PRIMARY KEY (run, first)
) STRICT, WITHOUT ROWID;
CREATE TABLE calls (
    run INTEGER NOT NULL REFERENCES runs,
    number INTEGER NOT NULL,
    body TEXT NOT NULL,
    seal INTEGER NOT NULL,
    PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE settlements (
    run INTEGER NOT NULL REFERENCES runs,
    item INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    body TEXT NOT NULL,
    seal INTEGER NOT NULL,
    PRIMARY KEY (run, item)
) STRICT, WITHOUT ROWID;
CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
",
    "
CREATE TABLE row_blocks (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    first INTEGER NOT NULL,
    count INTEGER NOT NULL,
    body BLOB NOT NULL,
    seal INTEGER NOT NULL
) STRICT;
",
];

/// The formats of `listing.sqlite`.
pub(super) const LISTING: &[&str] = &["
CREATE TABLE listings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    total INTEGER NOT NULL DEFAULT 0,
    complete_ms INTEGER
) STRICT;
CREATE TABLE pages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    listing INTEGER NOT NULL,
    body BLOB NOT NULL,
    seal INTEGER NOT NULL
) STRICT;
"];

/// How careful a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Care {
    /// Durable when the call returns.
    Full,
    /// Consistent always; the last writes may be lost with the power.
    Cache,
}

/// Opens a file for writing, makes or upgrades it.
pub(super) fn open(
    path: &Path,
    formats: &[&str],
    care: Care,
    remote: bool,
) -> Result<Connection, StoreError> {
    let fault = |error: rusqlite::Error| StoreError::of(path, &error);
    is_whole(path)?;
    let connection = Connection::open(path).map_err(fault)?;
    connection
        .busy_timeout(Duration::from_secs(5))
        .map_err(fault)?;
    // Before anything is written: whose file is it, and how new?
    let found = version(&connection, path, formats)?;
    let journal = if remote { "DELETE" } else { "WAL" };
    let set = |name: &str, value: &str| {
        connection
            .pragma_update(None, name, value)
            .map_err(|error| StoreError::of(path, &error))
    };
    set("journal_mode", journal)?;
    set(
        "synchronous",
        if care == Care::Full { "FULL" } else { "NORMAL" },
    )?;
    if care == Care::Cache {
        // A listing comes in at once; what it brings is carried over in few, large pieces.
        set("wal_autocheckpoint", "8192")?;
    }
    set("cache_size", "-32768")?;
    set("foreign_keys", "ON")?;
    set("trusted_schema", "OFF")?;
    set("cell_size_check", "ON")?;
    upgrade(connection, path, formats, found)
}

/// Opens a file for reading. One that does not exist reads as an empty one.
pub(super) fn open_to_read(path: &Path, formats: &[&str]) -> Result<Connection, StoreError> {
    let fault = |error: rusqlite::Error| StoreError::of(path, &error);
    if !path.exists() {
        let connection = Connection::open_in_memory().map_err(fault)?;
        return upgrade(connection, path, formats, 0);
    }
    is_whole(path)?;
    let plain = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, plain).map_err(fault)?;
    connection
        .busy_timeout(Duration::from_secs(5))
        .map_err(fault)?;
    match version(&connection, path, formats) {
        // On a disk that can't be written there is no place for the log's index; nobody writes
        // there either, so the file may be read as it lies.
        Err(StoreError::Folder { .. } | StoreError::ReadOnly(_) | StoreError::Disk { .. }) => {
            let still = format!("file:{}?immutable=1", escaped(path));
            let connection = Connection::open_with_flags(still, plain | OpenFlags::SQLITE_OPEN_URI)
                .map_err(fault)?;
            version(&connection, path, formats)?;
            Ok(connection)
        }
        checked => checked.map(|_| connection),
    }
}

/// Refuses what the database would take for a new, empty file although it was not: one whose
/// beginning is lost.
fn is_whole(path: &Path) -> Result<(), StoreError> {
    const MAGIC: &[u8; 16] = b"SQLite format 3\0";
    const SMALLEST: u64 = 512;
    let Ok(mut file) = File::open(path) else {
        return Ok(());
    };
    let size = file.metadata().map_or(0, |file| file.len());
    let mut start = [0; MAGIC.len()];
    let why = if size == 0 && copy::place(path).exists() {
        "it is empty, and its copy is not"
    } else if size > 0 && (file.read_exact(&mut start).is_err() || size < SMALLEST) {
        "it is cut short"
    } else if start == [0; MAGIC.len()] && size > 0 {
        "its beginning is lost"
    } else {
        return Ok(());
    };
    Err(StoreError::Damaged {
        path: path.to_path_buf(),
        why: why.to_owned(),
    })
}

fn escaped(path: &Path) -> String {
    path.display()
        .to_string()
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23")
}

/// The format of a file: 0 if it is new; an error if it is not ours or too new.
fn version(connection: &Connection, path: &Path, formats: &[&str]) -> Result<usize, StoreError> {
    let fault = |error: rusqlite::Error| StoreError::of(path, &error);
    let ask = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let found = ask("PRAGMA user_version").map_err(fault)?;
    let application = ask("PRAGMA application_id").map_err(fault)?;
    let tables = ask("SELECT count(*) FROM sqlite_schema").map_err(fault)?;
    if (found, application, tables) == (0, 0, 0) {
        return Ok(0);
    }
    if application != i64::from(APPLICATION) || found < 1 {
        return Err(StoreError::Foreign {
            path: path.to_path_buf(),
        });
    }
    let found = usize::try_from(found).unwrap_or(usize::MAX);
    if found > formats.len() {
        return Err(StoreError::Newer {
            path: path.to_path_buf(),
            found: u32::try_from(found).unwrap_or(u32::MAX),
            known: u32::try_from(formats.len()).unwrap_or(u32::MAX),
        });
    }
    Ok(found)
}

/// Brings a file to the newest format, all steps or none; an older file is copied first.
fn upgrade(
    mut connection: Connection,
    path: &Path,
    formats: &[&str],
    found: usize,
) -> Result<Connection, StoreError> {
    let fault = |error: rusqlite::Error| StoreError::of(path, &error);
    if found == formats.len() {
        return Ok(connection);
    }
    if found > 0 {
        let copy = path.with_extension(format!("format-{found}.sqlite"));
        if !copy.exists() {
            copy_whole(&connection, &copy)?;
        }
    }
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(fault)?;
    for step in &formats[found..] {
        transaction.execute_batch(step).map_err(fault)?;
    }
    transaction
        .pragma_update(None, "application_id", APPLICATION)
        .map_err(fault)?;
    transaction
        .pragma_update(
            None,
            "user_version",
            i64::try_from(formats.len()).unwrap_or(i64::MAX),
        )
        .map_err(fault)?;
    transaction.commit().map_err(fault)?;
    Ok(connection)
}

/// Copies a database under another name: the copy is there whole and durable, or not at all.
pub(super) fn copy_whole(connection: &Connection, to: &Path) -> Result<(), StoreError> {
    let io = |why: std::io::Error| StoreError::Folder {
        path: to.to_path_buf(),
        why: why.to_string(),
    };
    let new = to.with_extension("new");
    // Left by a program that was killed in the middle.
    drop(fs::remove_file(&new));
    let made = connection
        .execute("VACUUM INTO ?1", [new.display().to_string()])
        .map_err(|error| StoreError::of(to, &error))
        .and_then(|_| {
            File::open(&new)
                .and_then(|file| file.sync_all())
                .map_err(io)?;
            fs::rename(&new, to).map_err(io)?;
            // A name in a folder is durable only when the folder is.
            match to.parent() {
                Some(folder) if cfg!(unix) => File::open(folder)
                    .and_then(|folder| folder.sync_all())
                    .map_err(io),
                Some(_) | None => Ok(()),
            }
        });
    if made.is_err() {
        drop(fs::remove_file(&new));
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &[&str] = &["CREATE TABLE shelf (book TEXT) STRICT;"];
    const NEW: &[&str] = &[OLD[0], "ALTER TABLE shelf ADD COLUMN place TEXT;"];

    #[test]
    fn an_older_file_is_copied_then_upgraded_with_what_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("workspace.sqlite");
        let old = open(&path, OLD, Care::Full, false).unwrap();
        old.execute("INSERT INTO shelf VALUES ('Ulysses')", [])
            .unwrap();
        drop(old);
        let new = open(&path, NEW, Care::Full, false).unwrap();
        let book: String = new
            .query_row("SELECT book FROM shelf WHERE place IS NULL", [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(book, "Ulysses");
        let copy = folder.path().join("workspace.format-1.sqlite");
        assert!(
            open(&copy, OLD, Care::Full, false).is_ok(),
            "the copy has the old format"
        );
    }

    #[test]
    fn a_step_that_fails_leaves_the_old_format_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("workspace.sqlite");
        drop(open(&path, OLD, Care::Full, false).unwrap());
        let bad = &[
            OLD[0],
            "CREATE TABLE extra (x TEXT) STRICT;",
            "no such statement;",
        ];
        assert!(open(&path, bad, Care::Full, false).is_err());
        let old = open(&path, OLD, Care::Full, false).unwrap();
        assert!(old.prepare("SELECT * FROM extra").is_err(), "nothing half");
    }

    #[test]
    fn a_newer_file_and_another_programs_file_are_refused_untouched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("workspace.sqlite");
        drop(open(&path, NEW, Care::Full, false).unwrap());
        let before = std::fs::read(&path).unwrap();
        let newer = open(&path, OLD, Care::Full, false).unwrap_err();
        assert!(
            matches!(
                newer,
                StoreError::Newer {
                    found: 2,
                    known: 1,
                    ..
                }
            ),
            "{newer}"
        );
        assert_eq!(std::fs::read(&path).unwrap(), before);

        let other = folder.path().join("other.sqlite");
        let foreign = Connection::open(&other).unwrap();
        foreign
            .execute_batch("CREATE TABLE photos (id TEXT)")
            .unwrap();
        drop(foreign);
        let error = open(&other, OLD, Care::Full, false).unwrap_err();
        assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
    }
}
