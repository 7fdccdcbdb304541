//! The port to a remote system, and its adapters.
//!
//! An adapter is a pure codec (domain → request, response → domain) driven over one HTTP
//! transport. Errors carry a verdict, decided once, here.

pub mod atlan;
mod credentials;
pub mod dynamic_media;
#[doc(hidden)]
pub mod fuzz;
pub mod http;
pub mod memory;

use futures_util::future::BoxFuture;

pub use credentials::Credentials;

use crate::domain::{
    Asset, AssetId, Capabilities, Failure, FieldKey, Item, Outcome, Schema, Value,
    failure::FailureKind, run::ServerCounts,
};

/// A configured remote system, signed in to.
pub trait Endpoint: Send + Sync {
    /// Signs in, chooses the company, and reads what can be done and which fields there are.
    fn connect(&self) -> BoxFuture<'_, Result<Connection, EndpointError>>;

    /// Whose library it is, whoever asks: what is staged for one is not sent to another. Empty if
    /// there is but one.
    fn home(&self) -> String {
        String::new()
    }

    /// Tries each step of signing in and says how it went. Never writes.
    fn check(&self) -> BoxFuture<'_, Vec<CheckStep>>;

    /// One page of the listing, in an order that reaches every asset once. Needs `connect` first.
    fn page(&self, cursor: Option<Cursor>) -> BoxFuture<'_, Result<Page, EndpointError>>;

    /// Fresh values of these assets, thumbnails excepted. Assets that are gone or unreadable are
    /// missing from the answer. Takes any number; splits into as many requests as it needs.
    fn fetch<'a>(&'a self, ids: &'a [AssetId]) -> BoxFuture<'a, Result<Vec<Asset>, EndpointError>>;

    /// The thumbnails of these assets, by asset; only the ones that could be read.
    fn thumbnails<'a>(
        &'a self,
        ids: &'a [AssetId],
    ) -> BoxFuture<'a, Result<Vec<(AssetId, Value)>, EndpointError>>;

    /// Asks whether these changes would be allowed, without writing anything. Takes any number.
    fn rights<'a>(&'a self, items: &'a [Item]) -> BoxFuture<'a, Result<Rights, EndpointError>> {
        let _ = items;
        let why = "the protocol has no way to ask for rights without writing";
        Box::pin(async move { Ok(Rights::NotOffered(why.to_owned())) })
    }

    /// Sends one call, once. Never retries by itself.
    ///
    /// # Errors
    ///
    /// When the call as a whole has no answer that settles its items.
    fn submit<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, EndpointError>>;

    /// How many requests asking this makes of the service, as far as that can be told before.
    fn requests(&self, asking: Asking) -> u32 {
        let _ = asking;
        1
    }

    /// The operation a call of this kind is on the wire, for people who read the list of calls.
    fn operation(&self, kind: CallKind) -> &'static str {
        match kind {
            CallKind::Metadata => "metadata",
            CallKind::Thumbnails => "thumbnails",
        }
    }

    /// The picture of an asset, at most `size` pixels wide and high, as JPEG or PNG bytes; `None`
    /// if the endpoint has none (not published, no such type).
    fn picture<'a>(
        &'a self,
        asset: &'a Asset,
        size: u32,
    ) -> BoxFuture<'a, Result<Option<Vec<u8>>, EndpointError>>;
}

/// What an endpoint says of rights, asked without writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rights {
    /// It can't be asked (why).
    NotOffered(String),
    /// Of each change in order: `None` if it is allowed or nothing is said, else why not.
    Told(Vec<Option<String>>),
}

/// What is asked of an endpoint, as far as it matters for its pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// [`Endpoint::connect`].
    Connect,
    /// [`Endpoint::page`].
    Page,
    /// [`Endpoint::fetch`] of so many assets.
    Fetch(usize),
    /// [`Endpoint::thumbnails`] of so many assets.
    Thumbnails(usize),
    /// [`Endpoint::rights`] of so many changes.
    Rights(usize),
    /// [`Endpoint::submit`].
    Submit,
    /// [`Endpoint::picture`].
    Picture,
}

/// So many assets in requests of so many; at least one.
pub(crate) fn in_chunks(assets: usize, chunk: usize) -> u32 {
    u32::try_from(assets.div_ceil(chunk).max(1)).unwrap_or(u32::MAX)
}

/// What signing in told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// What the endpoint can do.
    pub capabilities: Capabilities,
    /// Its fields.
    pub schema: Schema,
}

/// One step of signing in, tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckStep {
    /// What was tried (`sign-in`, `list one asset`).
    pub name: String,
    /// What came of it, in words, or why it failed.
    pub result: Result<String, String>,
    /// How long it took.
    pub took_ms: u32,
}

/// Where the next page starts; opaque to everybody but the adapter that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(pub String);

/// A part of the listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its assets.
    pub assets: Vec<Asset>,
    /// How many assets the endpoint says there are in all.
    pub total: u64,
    /// Where the next page starts; `None` at the end.
    pub next: Option<Cursor>,
}

/// What kind of write a call is; calls never mix them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallKind {
    /// Fields and certificates.
    Metadata,
    /// Thumbnails.
    Thumbnails,
}

/// One request that writes: a batch of changes.
///
/// No (asset, field) pair appears twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// What it writes.
    pub kind: CallKind,
    /// Its changes.
    pub items: Vec<Item>,
}

/// What the endpoint said of one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Which change: its place in [`Call::items`].
    pub item: usize,
    /// Applied, warned, refused, or unknown where the answer does not say: read back.
    pub outcome: Outcome,
    /// The server's code; empty if none.
    pub code: String,
    /// The server's text, exactly; empty if none.
    pub reason: String,
    /// What it means in plain words, and what to do.
    pub meaning: String,
}

/// The answer to a call, settling every item of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// One for each item of the call, in any order.
    pub said: Vec<Said>,
    /// The server's counts, if it counts.
    pub counts: Option<ServerCounts>,
    /// A trace or request id for the server's people; empty if none.
    pub trace: String,
}

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
            Self::Unavailable { maybe_written, .. } => {
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
            Self::Refused { .. } | Self::Forbidden { .. } => Verdict::SomeItem,
            Self::NotSendable { .. } => Verdict::Never,
        }
    }

    /// The server's code; empty where there is none.
    pub fn code(&self) -> &str {
        match self {
            Self::SignIn { code, .. }
            | Self::Forbidden { code, .. }
            | Self::PoisonedBy { code, .. }
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

    /// What the person at the screen can do about it.
    pub fn hint(&self) -> &str {
        match self {
            Self::Unreachable { .. } => "check the address in the profile and the network",
            Self::NoAnswer { .. } => "it is read back before anything is sent again",
            Self::Throttled { .. } => {
                "lower requests_per_minute in the profile if this is frequent"
            }
            Self::Unavailable { .. } => "try again in a minute",
            Self::SignIn { hint, .. } => hint,
            Self::Forbidden { .. } => "ask an administrator for the right to edit these assets",
            Self::PoisonedBy { .. } | Self::Refused { .. } => "correct the value, then retry",
            Self::Garbled { .. } => "check that the address in the profile is the endpoint's",
            Self::NotSendable { .. } => "correct the value, then stage it again",
        }
    }

    /// The failure as the screen says it.
    pub fn failure(&self, what: &str) -> Failure {
        let kind = match self {
            Self::Unreachable { .. } | Self::NoAnswer { .. } => FailureKind::Offline,
            Self::SignIn { .. } => FailureKind::SignIn,
            Self::Throttled { .. } => FailureKind::Throttled,
            Self::Unavailable { .. }
            | Self::Forbidden { .. }
            | Self::PoisonedBy { .. }
            | Self::Refused { .. }
            | Self::Garbled { .. } => FailureKind::Server,
            Self::NotSendable { .. } => FailureKind::Local,
        };
        Failure {
            what: what.to_owned(),
            why: self.to_string(),
            hint: self.hint().to_owned(),
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

/// Which of a call's fields is which, for codecs: certificate, thumbnail or a field of the schema.
pub fn is_certificate(field: &FieldKey) -> bool {
    *field == FieldKey::certificate()
}

pub use crate::domain::run::codes::is_permission;
