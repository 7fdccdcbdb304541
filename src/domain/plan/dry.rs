//! What a dry run found: of every change of a plan, what would become of it now.

use serde::{Deserialize, Serialize};

use crate::domain::{Item, Value};

/// What would become of a change if it were sent now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// It would be sent.
    Sent,
    /// The server has the wanted value already.
    Equal,
    /// Somebody changed the value after it was staged; it would be left out.
    Conflict {
        /// What the server has.
        now: Value,
    },
    /// The asset is gone, or may no longer be read.
    Gone,
    /// The endpoint would not allow it (why).
    NotAllowed(String),
    /// It could not be read (why, if known); it would be sent uncompared.
    Unread(String),
}

impl Fate {
    /// The words of a count: `conflict`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Sent => "would be sent",
            Self::Equal => "already equal",
            Self::Conflict { .. } => "conflict",
            Self::Gone => "gone",
            Self::NotAllowed(_) => "not allowed",
            Self::Unread(_) => "could not be read",
        }
    }

    /// Whether somebody should look at it before sending.
    pub fn is_trouble(&self) -> bool {
        !matches!(self, Self::Sent | Self::Equal)
    }
}

/// What a dry run found. It sent nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DryRun {
    /// The digest of the plan it is about.
    pub digest: String,
    /// Of each change, by its place in the plan.
    pub fates: Vec<Fate>,
    /// Why rights could not be asked about; `None` if they were.
    pub rights_unasked: Option<String>,
}

impl DryRun {
    /// How many changes would fare how, the worst last; fates that don't occur are left out.
    pub fn counts(&self) -> Vec<(&'static str, usize)> {
        let words = [
            "would be sent",
            "already equal",
            "could not be read",
            "conflict",
            "gone",
            "not allowed",
        ];
        let count = |word| self.fates.iter().filter(|fate| fate.word() == word).count();
        words
            .into_iter()
            .map(|word| (word, count(word)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }

    /// The changes somebody should look at before sending.
    pub fn troubles<'a>(&'a self, items: &'a [Item]) -> impl Iterator<Item = (&'a Item, &'a Fate)> {
        let all = items.iter().zip(&self.fates);
        all.filter(|(_, fate)| fate.is_trouble())
    }
}
