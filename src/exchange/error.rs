//! What is wrong with a file, and on which line.

use std::{fmt, path::PathBuf};

use crate::{
    domain::{Failure, failure::FailureKind, text::visible},
    table::TableError,
};

/// One thing that is wrong, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineProblem {
    /// The file's name.
    pub file: String,
    /// Its line, counted from 1; `None` if it is about the whole file.
    pub line: Option<u64>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for LineProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&visible(&self.file))?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", visible(&self.message))
    }
}

/// Why a file could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// The system refuses.
    #[error("{}: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        why: String,
    },
    /// What it says can't be used. Nothing of the file is staged then.
    #[error("{}", told(.0))]
    Lines(Vec<LineProblem>),
}

impl ExchangeError {
    /// The failure as the screen says it.
    pub fn failure(&self, what: &str) -> Failure {
        Failure {
            what: what.to_owned(),
            why: self.to_string(),
            hint: match self {
                Self::File { .. } => String::new(),
                Self::Lines(_) => "correct the file; nothing of it is staged".to_owned(),
            },
            kind: FailureKind::Local,
        }
    }

    /// What is wrong with a table of this name.
    pub(super) fn table(name: &str, error: TableError) -> Self {
        Self::Lines(vec![LineProblem {
            file: name.to_owned(),
            line: error.line,
            message: error.message,
        }])
    }

    pub(super) fn file(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::File {
            path: path.to_path_buf(),
            why: error.to_string(),
        }
    }
}

/// Problems shown at once.
pub(super) const SHOWN: usize = 20;

fn told(problems: &[LineProblem]) -> String {
    let mut lines: Vec<_> = problems
        .iter()
        .take(SHOWN)
        .map(LineProblem::to_string)
        .collect();
    if problems.len() > SHOWN {
        lines.push(format!("and {} more", problems.len() - SHOWN));
    }
    lines.join("\n")
}
