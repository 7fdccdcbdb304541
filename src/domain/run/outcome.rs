//! Where the changes of a run ended, and how many where.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where one change of a run ended. Every change ends in exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The server has the wanted value.
    Applied,
    /// It is written, and the server remarked on it.
    Warned,
    /// It is not written; the server said why.
    Refused,
    /// Somebody changed the value meanwhile; it was not sent.
    Conflict,
    /// It was not sent: stopped, or not needed.
    Skipped,
    /// It was sent and never answered, and could not be read back.
    Unknown,
}

impl Outcome {
    /// All outcomes, worst first.
    pub const ALL: [Self; 6] = [
        Self::Refused,
        Self::Unknown,
        Self::Conflict,
        Self::Warned,
        Self::Skipped,
        Self::Applied,
    ];

    /// The letter of narrow columns: `E`, `U`, `?`, `W`, `S`; applied is a blank.
    pub fn letter(self) -> char {
        match self {
            Self::Applied => ' ',
            Self::Warned => 'W',
            Self::Refused => 'E',
            Self::Conflict => '?',
            Self::Skipped => 'S',
            Self::Unknown => 'U',
        }
    }

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Warned => "warned",
            Self::Refused => "refused",
            Self::Conflict => "conflict",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the wanted value is on the server.
    pub fn is_written(self) -> bool {
        matches!(self, Self::Applied | Self::Warned)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// How many changes ended where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// See [`Outcome::Applied`].
    pub applied: u32,
    /// See [`Outcome::Warned`].
    pub warned: u32,
    /// See [`Outcome::Refused`].
    pub refused: u32,
    /// See [`Outcome::Conflict`].
    pub conflict: u32,
    /// See [`Outcome::Skipped`].
    pub skipped: u32,
    /// See [`Outcome::Unknown`].
    pub unknown: u32,
}

impl Tally {
    /// The number that ended so.
    pub fn of(&self, outcome: Outcome) -> u32 {
        match outcome {
            Outcome::Applied => self.applied,
            Outcome::Warned => self.warned,
            Outcome::Refused => self.refused,
            Outcome::Conflict => self.conflict,
            Outcome::Skipped => self.skipped,
            Outcome::Unknown => self.unknown,
        }
    }

    /// Counts one more.
    pub fn add(&mut self, outcome: Outcome) {
        *self.slot(outcome) += 1;
    }

    /// Takes one back, when an outcome is corrected by reading back.
    pub fn take(&mut self, outcome: Outcome) {
        let slot = self.slot(outcome);
        *slot = slot.saturating_sub(1);
    }

    /// All that ended.
    pub fn total(&self) -> u32 {
        Outcome::ALL.iter().map(|&outcome| self.of(outcome)).sum()
    }

    fn slot(&mut self, outcome: Outcome) -> &mut u32 {
        match outcome {
            Outcome::Applied => &mut self.applied,
            Outcome::Warned => &mut self.warned,
            Outcome::Refused => &mut self.refused,
            Outcome::Conflict => &mut self.conflict,
            Outcome::Skipped => &mut self.skipped,
            Outcome::Unknown => &mut self.unknown,
        }
    }
}
