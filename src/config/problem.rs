//! What is wrong with a configuration, and where.

use std::{fmt, ops::Range, path::PathBuf};

/// A place in the file; both counted from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Place {
    /// The place of a byte offset in a text.
    pub(super) fn of(text: &str, span: &Range<usize>) -> Self {
        let before = text.get(..span.start.min(text.len())).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, the variable or the flag.
    pub source: String,
    /// Where in the file; `None` for variables, flags and whole files.
    pub place: Option<Place>,
    /// What is wrong, and what would be right. Never holds a secret.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = shown(&self.message);
        match self.place {
            Some(Place { line, column }) => {
                write!(f, "{}:{line}:{column}: {message}", shown(&self.source))
            }
            None => write!(f, "{}: {message}", shown(&self.source)),
        }
    }
}

/// Everything that is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("can't read {}: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        why: String,
    },
    /// The file, a variable or a flag says something wrong; never empty, in order of place.
    #[error("{}", .0.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n"))]
    Wrong(Vec<Problem>),
    /// No profile has this name.
    #[error("{}", no_profile(.name, .known.iter().map(String::as_str)))]
    NoProfile {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// Several profiles, and nobody said which.
    #[error(
        "no profile is chosen; name one by --profile, ARMARIUS_PROFILE or default_profile: {}",
        .0.join(", ")
    )]
    NoChoice(Vec<String>),
    /// There is no profile at all.
    #[error("no profile is set up in {}; `armarius demo` needs none", .0.display())]
    Empty(PathBuf),
    /// The system names no home folder.
    #[error("no home folder is known; name the file by --config and the folder by --data-dir")]
    Homeless,
}

impl ConfigError {
    /// The problems, for those who list them one by one.
    pub fn problems(&self) -> Vec<String> {
        match self {
            Self::Wrong(problems) => problems.iter().map(Problem::to_string).collect(),
            Self::Unreadable { .. }
            | Self::NoProfile { .. }
            | Self::NoChoice(_)
            | Self::Empty(_)
            | Self::Homeless => vec![self.to_string()],
        }
    }
}

/// The sentence for a profile that is not there.
pub(super) fn no_profile<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<_> = known.collect();
    let name = shown(name);
    if let Some(near) = super::keys::nearest(&name, known.iter().copied()) {
        return format!("there is no profile `{name}`; did you mean `{near}`?");
    }
    if known.is_empty() {
        return format!("there is no profile `{name}`; the file has none");
    }
    format!(
        "there is no profile `{name}`; there are {}",
        known.join(", ")
    )
}

/// The same text with control characters replaced, so that a file can't act on a terminal.
pub(super) fn shown(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\n' => '⏎',
            control if control.is_control() => '�',
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => '�',
            other => other,
        })
        .collect()
}
