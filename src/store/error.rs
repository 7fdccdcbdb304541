//! What can go wrong with a workspace, and what to do about it.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use super::copy;
use crate::domain::{Failure, RunId, failure::FailureKind};

/// Why the workspace could not be read or written. Nothing is ever half written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The folder can't be made or reached.
    #[error("can't use the folder {}: {why}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's reason.
        why: String,
    },
    /// The file is damaged.
    #[error("{} is damaged: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        why: String,
    },
    /// The file is something else.
    #[error("{} is not a workspace of this program", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It is the workspace of another library.
    #[error("{} belongs to {theirs}, and this profile is for {ours}", path.display())]
    Elsewhere {
        /// The file.
        path: PathBuf,
        /// The library it was made for.
        theirs: String,
        /// The library of the profile.
        ours: String,
    },
    /// A newer version of the program wrote it.
    #[error("{} was written by a newer version (format {found}; this one knows {known})", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest this program knows.
        known: u32,
    },
    /// Nothing fits on the disk any more.
    #[error("the disk is full: {} can't grow", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The disk failed; what it acknowledged since can't be trusted, so nothing more is written.
    #[error("the disk failed on {}: {why}", path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        why: String,
    },
    /// The file was deleted or replaced while it was open; what is written now is kept nowhere.
    #[error("the workspace was deleted or replaced while it was open")]
    Gone {
        /// The file.
        path: PathBuf,
    },
    /// Opened for reading only.
    #[error("the workspace is open for reading only: {0}")]
    ReadOnly(String),
    /// Another program keeps the file busy.
    #[error("{} is busy: another program is using it", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// An operation that does not follow the last one kept, or names rows that are not kept.
    #[error("operation {found} does not fit the log: {why}")]
    Unfit {
        /// Its place.
        found: u64,
        /// What does not fit.
        why: String,
    },
    /// There is no such run.
    #[error("there is no run {0}")]
    NoRun(RunId),
    /// A run of this name is kept already.
    #[error("run {0} is kept already")]
    RunExists(RunId),
    /// Anything else the database says.
    #[error("{}: {why}", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// The database's words.
        why: String,
    },
}

impl StoreError {
    /// What the person at the screen can do about it; empty if nothing.
    pub fn hint(&self) -> String {
        match self {
            Self::Folder { .. } => "name another folder by --data-dir".to_owned(),
            Self::Damaged { path, .. } => copy::way_out(path).unwrap_or_else(|| {
                format!(
                "nothing was changed; restore a copy of the file, or move it aside to start with \
                 an empty draft: mv {0} {0}.damaged",
                path.display()
                )
            }),
            Self::Elsewhere { path, .. } => format!(
                "put the address of the profile back, or move the file aside to start with an \
                 empty draft: mv {0} {0}.other",
                path.display()
            ),
            Self::Foreign { .. } => {
                "move the file aside, or name another folder by --data-dir".to_owned()
            }
            Self::Newer { .. } => "use the newer version; the file is untouched".to_owned(),
            Self::Full { .. } => "make room on the disk, then try again".to_owned(),
            Self::Disk { .. } => "check the disk, then start the program again".to_owned(),
            Self::Gone { path } => format!(
                "nothing more is kept or sent; start the program again ({})",
                path.display()
            ),
            // Whoever holds it is named; a disk says what is wrong with it.
            Self::ReadOnly(why) if why.contains("can't be written") => {
                "make the folder writable, then start again".to_owned()
            }
            Self::ReadOnly(why) if why.contains("not safe") => {
                "take that right from others, or name another folder by --data-dir; then start \
                 again"
                    .to_owned()
            }
            Self::ReadOnly(_) => "leave the other one, then start again".to_owned(),
            Self::Busy { .. } => "try again in a moment".to_owned(),
            Self::Unfit { .. } | Self::NoRun(_) | Self::RunExists(_) | Self::Database { .. } => {
                String::new()
            }
        }
    }

    /// The failure as the screen says it.
    pub fn failure(&self, what: &str) -> Failure {
        Failure {
            what: what.to_owned(),
            why: self.to_string(),
            hint: self.hint(),
            kind: FailureKind::Local,
        }
    }

    /// What the database says about a file, in our words.
    pub(super) fn of(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_path_buf();
        let why = error.to_string();
        let code = error.sqlite_error_code();
        match code {
            Some(ErrorCode::NotADatabase) => Self::Foreign { path },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, why },
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly(why),
            Some(ErrorCode::SystemIoFailure) => Self::Disk { path, why },
            Some(ErrorCode::CannotOpen) => Self::Folder { path, why },
            _ if is_content(error) => Self::Damaged { path, why },
            _ => Self::Database { path, why },
        }
    }
}

/// Whether the database found something else in a column than what was ever put there.
fn is_content(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..)
    )
}
