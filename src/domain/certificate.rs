//! Certificates: a status people trust, and a message that says why.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// How far an asset may be trusted. No certificate is the absence of this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CertificateStatus {
    /// Checked and good to use.
    Verified,
    /// Being worked on.
    Draft,
    /// Not to be used any more.
    Deprecated,
}

impl CertificateStatus {
    /// All statuses, in the order screens show them.
    pub const ALL: [Self; 3] = [Self::Verified, Self::Draft, Self::Deprecated];

    /// The letter that stands for it in narrow columns: `V`, `D` or `X`.
    pub fn letter(self) -> char {
        match self {
            Self::Verified => 'V',
            Self::Draft => 'D',
            Self::Deprecated => 'X',
        }
    }

    /// The lower-case word used in queries, files and commands.
    pub fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Draft => "draft",
            Self::Deprecated => "deprecated",
        }
    }
}

impl fmt::Display for CertificateStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A word that names no certificate status.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no certificate status; known are verified, draft, deprecated and none")]
pub struct UnknownStatus(pub String);

impl FromStr for CertificateStatus {
    type Err = UnknownStatus;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|status| status.word().eq_ignore_ascii_case(word.trim()))
            .ok_or_else(|| UnknownStatus(word.to_owned()))
    }
}

/// A status with its message.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Certificate {
    /// How far the asset may be trusted.
    pub status: CertificateStatus,
    /// Why; empty if nobody said.
    pub message: String,
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.message.is_empty() {
            write!(f, "{}", self.status)
        } else {
            write!(f, "{} \"{}\"", self.status, self.message)
        }
    }
}
