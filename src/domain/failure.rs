//! What went wrong, in the words of the person at the screen.

use serde::{Deserialize, Serialize};

/// A failure as plain data: what, why, and what to do now. Never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What could not be done (`could not list the library`).
    pub what: String,
    /// Why, with the server's own text where it sent one.
    pub why: String,
    /// What the person can do about it; empty if nothing.
    pub hint: String,
    /// Which way out it asks for.
    pub kind: FailureKind,
}

/// What kind of failure it is, for those who act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureKind {
    /// The endpoint can't be reached.
    Offline,
    /// It wants another sign-in.
    SignIn,
    /// It asks to slow down.
    Throttled,
    /// It answered with a refusal or something that can't be read.
    Server,
    /// Ours: a disk, a lock, a setting.
    Local,
}

impl Failure {
    /// One sentence: what, why, hint.
    pub fn sentence(&self) -> String {
        let mut sentence = format!("{}: {}", self.what, self.why);
        if !self.hint.is_empty() {
            sentence.push_str("; ");
            sentence.push_str(&self.hint);
        }
        sentence
    }
}
