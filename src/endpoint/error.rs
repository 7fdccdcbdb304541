//! Why an endpoint did not do what it was asked, and what to do about it.

use crate::domain::{Failure, failure::FailureKind};

/// Why an endpoint did not do what it was asked.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum EndpointError {
    /// The request never left: no route, no name, connection refused, TLS.
    #[error("can't reach {address}: {why}")]
    Unreachable {
        /// Scheme, host and port.
        address: String,
        /// The transport's reason.
        why: String,
    },
    /// The request left, and no full answer came back. A write may or may not have happened.
    #[error("no answer: {why}")]
    NoAnswer {
        /// What happened instead (time-out after 30 s, connection closed).
        why: String,
    },
    /// The endpoint asks to slow down. Nothing was done.
    #[error("the endpoint asks to slow down{}", asked(*.retry_after_ms))]
    Throttled {
        /// Milliseconds to wait, from `Retry-After`; `None` if it did not say.
        retry_after_ms: Option<u64>,
    },
    /// It is down for now, and said so (502, 503, 504). A write may have happened on 502 and 504.
    #[error("the endpoint is not available: {why}")]
    Unavailable {
        /// Status and text.
        why: String,
        /// Whether a write may have happened.
        maybe_written: bool,
    },
    /// The server itself failed over it and blames nothing of it (HTTP 500). It is done with the
    /// request: what it has written by now is all it will write.
    #[error("the server failed: {why}")]
    Broke {
        /// The server's code, or the HTTP status.
        code: String,
        /// Status and text.
        why: String,
        /// Whether a part of a write may have happened.
        maybe_written: bool,
    },
    /// Credentials are missing, wrong or expired.
    #[error("sign-in refused: {why}")]
    SignIn {
        /// The server's code, if any.
        code: String,
        /// The server's text.
        why: String,
        /// What to do about it.
        hint: String,
    },
    /// Signed in, but not allowed to do this.
    #[error("not allowed: {why}")]
    Forbidden {
        /// The server's code.
        code: String,
        /// The server's text.
        why: String,
    },
    /// The whole call is refused because of one item, which the server named.
    #[error("refused because of one asset: {why}")]
    PoisonedBy {
        /// The place of the culprit's items in the call.
        items: Vec<usize>,
        /// The server's code.
        code: String,
        /// The server's text.
        why: String,
    },
    /// The whole call is refused, and the server's text has the names of some of its assets in it:
    /// they are the first to be tried by themselves.
    #[error("refused: {why}")]
    Suspects {
        /// The places of the items of these assets in the call.
        items: Vec<usize>,
        /// The server's code, or the HTTP status.
        code: String,
        /// The server's text.
        why: String,
    },
    /// The whole call is refused.
    #[error("refused: {why}")]
    Refused {
        /// The server's code, or the HTTP status.
        code: String,
        /// The server's text.
        why: String,
    },
    /// An answer that can't be read as this protocol.
    #[error("the answer can't be read: {why}")]
    Garbled {
        /// What is wrong with it.
        why: String,
        /// Whether the request may have been carried out all the same.
        maybe_written: bool,
    },
    /// The request could not be built: our refusal, before anything left.
    #[error("can't be sent: {why}")]
    NotSendable {
        /// Why.
        why: String,
    },
}

/// What to do about an [`EndpointError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was written; the same again later.
    RetryLater,
    /// It may have been written: read back before anything else.
    ReadBack,
    /// Sign in again, then the same.
    SignInAgain,
    /// These items are to blame; the rest may go.
    TheseItems,
    /// Some item is to blame, unnamed: narrow it down.
    SomeItem,
    /// No use trying again.
    Never,
}

impl EndpointError {
    /// Decided once, here, so that adapters and engine can't disagree.
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Unreachable { .. } | Self::Throttled { .. } => Verdict::RetryLater,
            Self::NoAnswer { .. } => Verdict::ReadBack,
            Self::Unavailable { maybe_written, .. } | Self::Broke { maybe_written, .. } => {
                if *maybe_written {
                    Verdict::ReadBack
                } else {
                    Verdict::RetryLater
                }
            }
            Self::Garbled { maybe_written, .. } => {
                if *maybe_written {
                    Verdict::ReadBack
                } else {
                    Verdict::Never
                }
            }
            Self::SignIn { .. } => Verdict::SignInAgain,
            Self::PoisonedBy { .. } => Verdict::TheseItems,
            Self::Suspects { .. } | Self::Refused { .. } | Self::Forbidden { .. } => {
                Verdict::SomeItem
            }
            Self::NotSendable { .. } => Verdict::Never,
        }
    }

    /// Whether it is trouble of the server or of the way to it, which may pass: the same question
    /// may be answered later. Anything else is an answer.
    pub fn is_trouble(&self) -> bool {
        matches!(self, Self::Garbled { .. })
            || matches!(self.verdict(), Verdict::RetryLater | Verdict::ReadBack)
    }

    /// Whether the server is done with the request, so that nothing of it is carried out later.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Broke { .. })
    }

    /// The server's code; empty where there is none.
    pub fn code(&self) -> &str {
        match self {
            Self::SignIn { code, .. }
            | Self::Forbidden { code, .. }
            | Self::PoisonedBy { code, .. }
            | Self::Suspects { code, .. }
            | Self::Broke { code, .. }
            | Self::Refused { code, .. } => code,
            Self::Unreachable { .. }
            | Self::NoAnswer { .. }
            | Self::Throttled { .. }
            | Self::Unavailable { .. }
            | Self::Garbled { .. }
            | Self::NotSendable { .. } => "",
        }
    }

    /// Whether a refusal of the call as a whole leaves open if a part of it was carried out: the
    /// server broke while it was at it. Then it is read back before anything is blamed.
    pub fn leaves_doubt(&self) -> bool {
        let Self::Refused { code, .. } = self else {
            return false;
        };
        // 30000 is the SOAP service's own word for anything unexpected.
        let broke = |part: &str| part == "30000" || (part.len() == 3 && part.starts_with('5'));
        code.is_empty() || code.split(['-', ' ']).any(broke)
    }

    /// Whether the call was refused for its size: HTTP 413, or too many assets at once.
    pub fn is_too_large(&self) -> bool {
        matches!(self.code(), "413" | "ATLAS-400-00-212")
    }

    /// How long the endpoint asks to wait, if it does.
    pub fn retry_after(&self) -> Option<std::time::Duration> {
        let Self::Throttled { retry_after_ms } = self else {
            return None;
        };
        retry_after_ms.map(std::time::Duration::from_millis)
    }

    /// What the person at the screen can do about it when it met a write.
    pub fn hint(&self) -> &str {
        match self {
            Self::NoAnswer { .. } | Self::Broke { .. } => {
                "it is read back before anything is sent again"
            }
            Self::Forbidden { .. } => "ask an administrator for the right to edit these assets",
            Self::PoisonedBy { .. } | Self::Suspects { .. } | Self::Refused { .. } => {
                "correct the value, then retry"
            }
            Self::NotSendable { .. } => "correct the value, then stage it again",
            Self::Unreachable { .. }
            | Self::Throttled { .. }
            | Self::Unavailable { .. }
            | Self::SignIn { .. }
            | Self::Garbled { .. } => self.hint_for_reading(),
        }
    }

    /// What the person at the screen can do about it when it met signing in or reading: there was
    /// no value to correct, and nothing was written.
    pub fn hint_for_reading(&self) -> &str {
        match self {
            Self::Unreachable { .. } => "check the address in the profile and the network",
            Self::NoAnswer { .. } => "check the network, then try again",
            Self::Throttled { .. } => {
                "lower requests_per_minute in the profile if this is frequent"
            }
            Self::Unavailable { .. } | Self::Broke { .. } => "try again in a minute",
            Self::SignIn { hint, .. } => hint,
            Self::Forbidden { .. } => "ask an administrator for the right to read this",
            Self::PoisonedBy { .. } | Self::Suspects { .. } | Self::Refused { .. } => {
                "nothing was written; `armarius check` tells which step is refused"
            }
            Self::Garbled { .. } => "check that the address in the profile is the endpoint's",
            Self::NotSendable { .. } => "check the profile, then try again",
        }
    }

    /// The failure of signing in or reading as the screen says it.
    pub fn failure(&self, what: &str) -> Failure {
        let kind = match self {
            Self::Unreachable { .. } | Self::NoAnswer { .. } => FailureKind::Offline,
            Self::SignIn { .. } => FailureKind::SignIn,
            Self::Throttled { .. } => FailureKind::Throttled,
            Self::Unavailable { .. }
            | Self::Broke { .. }
            | Self::Forbidden { .. }
            | Self::PoisonedBy { .. }
            | Self::Suspects { .. }
            | Self::Refused { .. }
            | Self::Garbled { .. } => FailureKind::Server,
            Self::NotSendable { .. } => FailureKind::Local,
        };
        Failure {
            what: what.to_owned(),
            why: self.to_string(),
            hint: self.hint_for_reading().to_owned(),
            kind,
        }
    }
}

/// How long somebody is to wait, in words.
fn asked(retry_after_ms: Option<u64>) -> String {
    match retry_after_ms.map(|ms| ms.div_ceil(1_000)) {
        None | Some(0) => String::new(),
        Some(seconds) => format!(" for {seconds} s"),
    }
}
