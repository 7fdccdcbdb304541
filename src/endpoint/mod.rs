//! The port to a remote system, and its adapters.
//!
//! An adapter is a pure codec (domain → request, response → domain) driven over one HTTP
//! transport. Errors carry a verdict, decided once, here.

pub mod atlan;
mod credentials;
pub mod dynamic_media;
mod error;
#[doc(hidden)]
pub mod fuzz;
pub mod http;
pub mod memory;

use futures_util::future::BoxFuture;

pub use credentials::Credentials;
pub use error::{EndpointError, Verdict};

use crate::domain::{
    Asset, AssetId, Capabilities, FieldKey, Item, Outcome, Schema, Value, run::ServerCounts,
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

    /// Where so many readers at most go on after the first page, each with a part of the listing of
    /// its own: together they reach every asset that page does not have. One that goes on alone
    /// where the protocol, or the size of the library, offers no more.
    fn parts<'a>(
        &'a self,
        first: &'a Page,
        readers: usize,
    ) -> BoxFuture<'a, Result<Vec<Cursor>, EndpointError>> {
        let _ = readers;
        Box::pin(async move { Ok(first.next.iter().cloned().collect()) })
    }

    /// Where the listing of what changed at a time of the server or later starts, milliseconds
    /// since 1970; `None` if the protocol does not tell.
    fn changes(&self, since_ms: i64) -> Option<Cursor> {
        let _ = since_ms;
        None
    }

    /// How many assets there are, without listing any; `None` if the protocol does not tell.
    fn census(&self) -> BoxFuture<'_, Result<Option<Census>, EndpointError>> {
        Box::pin(async { Ok(None) })
    }

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
    /// [`Endpoint::parts`] for so many readers.
    Parts(usize),
    /// [`Endpoint::census`].
    Census,
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
    /// Assets it names as gone: archived, in the trash.
    pub gone: Vec<AssetId>,
    /// Entries that can't be told as assets: they are among the total, and come without an id or
    /// may not be read.
    pub unread: u64,
    /// How many assets the endpoint says there are in all, or in this part of the listing.
    pub total: u64,
    /// Where the next page starts; `None` at the end.
    pub next: Option<Cursor>,
}

/// How many assets there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Census {
    /// So many.
    pub total: u64,
    /// When the server said so, by its own clock, milliseconds since 1970; `None` if it did not
    /// say when.
    pub at_ms: Option<i64>,
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

/// Which of a call's fields is which, for codecs: certificate, thumbnail or a field of the schema.
pub fn is_certificate(field: &FieldKey) -> bool {
    *field == FieldKey::certificate()
}

pub use crate::domain::run::codes::is_permission;
