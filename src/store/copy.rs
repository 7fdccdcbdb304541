//! A copy of the workspace from an earlier start, for the day its file is damaged.
//!
//! Made after a start that found everything readable, so that a damaged file never takes the
//! place of a good copy: written beside it whole, made durable, then put in place. A thread of its
//! own does that, so that nobody waits for it at a start.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::Duration,
};

use rusqlite::{Connection, InterruptHandle, OptionalExtension};

use super::{
    Workspace,
    database::{self, WORKSPACE},
    error::StoreError,
};

/// A file this large is not copied: nobody has room for it twice.
const LARGEST: u64 = 256 * 1024 * 1024;
/// So many bytes are worth waiting for one more step before they are copied again.
const BYTES_A_STEP: u64 = 4 * 1024 * 1024;
/// How long a copy is awaited when the workspace is closed.
const PATIENCE: Duration = Duration::from_secs(1);

/// A copy being made.
pub(super) struct Copying {
    made: Receiver<Result<(), StoreError>>,
    stop: InterruptHandle,
}

impl fmt::Debug for Copying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Copying").finish_non_exhaustive()
    }
}

impl Copying {
    /// Begins to copy what a connection reads now. The work that follows does not wait for it.
    fn begin(connection: Connection, to: PathBuf) -> std::io::Result<Self> {
        let (tell, made) = channel();
        let stop = connection.get_interrupt_handle();
        let work = move || {
            let copied = database::copy_whole(&connection, &to);
            drop(connection);
            // Nobody may ask what came of it.
            let _ = tell.send(copied);
        };
        thread::Builder::new().name("copy".into()).spawn(work)?;
        Ok(Self { made, stop })
    }
}

impl Drop for Copying {
    /// Two copies are never made at once: the next one may be begun by another program.
    fn drop(&mut self) {
        if self.made.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            self.stop.interrupt();
            let _ = self.made.recv();
        }
    }
}

impl Workspace {
    /// Begins to bring the copy up to date if enough was done since it was made. Returns whether
    /// it did; [`copied`](Self::copied) waits for it, and so does closing, for a moment.
    ///
    /// Call it when everything that is kept was read and found good.
    ///
    /// # Errors
    ///
    /// If the copy can't be made; the one before stays.
    pub fn keep_copy(&mut self) -> Result<bool, StoreError> {
        self.may_write()?;
        self.copied()?;
        let size = fs::metadata(&self.path).map_or(0, |file| file.len());
        let copy = place(&self.path);
        let missed = steps(&self.connection).unwrap_or(0);
        let missed = missed.saturating_sub(steps_in(&copy).unwrap_or(0));
        if size > LARGEST || missed <= size / BYTES_A_STEP {
            return Ok(false);
        }
        // A start that had the columns of the listing has not looked at all rows.
        self.rows_from(0, drop)?;
        if !self.has_log {
            // Without a log beside the file, whoever reads it keeps us from writing.
            return database::copy_whole(&self.connection, &copy).map(|()| true);
        }
        let connection = database::open_to_read(&self.path, WORKSPACE)?;
        let copying = Copying::begin(connection, copy.clone());
        self.copying = Some(copying.map_err(|error| StoreError::Folder {
            path: copy,
            why: error.to_string(),
        })?);
        Ok(true)
    }

    /// Waits for the copy that is being made, if one is.
    ///
    /// # Errors
    ///
    /// If it can't be made; the one before stays.
    pub fn copied(&mut self) -> Result<(), StoreError> {
        let Some(copying) = self.copying.take() else {
            return Ok(());
        };
        copying.made.recv().unwrap_or(Ok(()))
    }
}

/// Where the copy of a file lies.
pub(super) fn place(path: &Path) -> PathBuf {
    path.with_extension("copy.sqlite")
}

/// How much was done in a workspace: its operations and its runs.
fn steps(connection: &Connection) -> Option<u64> {
    let sql = "SELECT sum(seq) FROM sqlite_sequence WHERE name IN ('operations', 'runs')";
    let sum = connection.query_row(sql, [], |row| row.get::<_, Option<i64>>(0));
    let sum = sum.optional().ok()??;
    Some(u64::try_from(sum.unwrap_or(0)).unwrap_or(0))
}

fn steps_in(copy: &Path) -> Option<u64> {
    let connection = database::open_to_read(copy, WORKSPACE).ok()?;
    steps(&connection)
}

/// How to go on from the copy when a file is damaged; `None` if there is no good one.
pub(super) fn way_out(path: &Path) -> Option<String> {
    let copy = place(path);
    if !copy.exists() {
        return None;
    }
    let connection = database::open_to_read(&copy, WORKSPACE).ok()?;
    let healthy = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    if healthy.ok()? != "ok" {
        return None;
    }
    let ask = |sql: &str| {
        connection
            .query_row(sql, [], |row| row.get::<_, u32>(0))
            .ok()
    };
    let operations = ask("SELECT count(*) FROM operations")?;
    let runs = ask("SELECT count(*) FROM runs")?;
    let written = fs::metadata(&copy).and_then(|file| file.modified()).ok();
    let written = written
        .and_then(|time| jiff::Timestamp::try_from(time).ok())
        .map_or_else(String::new, |time| {
            let local = time.to_zoned(jiff::tz::TimeZone::system());
            format!(" of {}", local.strftime("%Y-%m-%d %H:%M"))
        });
    let mut moves = vec![format!("mv {0} {0}.damaged", quoted(path))];
    for ending in ["-wal", "-journal"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(ending);
        let beside = PathBuf::from(beside);
        if beside.exists() {
            moves.push(format!("mv {0} {0}.damaged", quoted(&beside)));
        }
    }
    moves.push(format!("cp {} {}", quoted(&copy), quoted(path)));
    Some(format!(
        "nothing was changed; there is a copy{written} with {} and {}, to go on from it: {}",
        counted(operations, "step"),
        counted(runs, "run"),
        moves.join(" && ")
    ))
}

fn counted(count: u32, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// A path as the shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-".contains(letter);
    if text.chars().all(is_plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
