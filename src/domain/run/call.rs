//! A call of a run as it is noted down, and what its changes rested on when it left.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Item;
use crate::domain::Value;

/// One call of a run, as screens list it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallNote {
    /// Counted from 1 within the run.
    pub number: u32,
    /// The operation's name (`batchSetAssetMetadata`, `entity/bulk`).
    pub operation: String,
    /// The changes in it, as places in [`Run::items`](super::Run::items).
    pub items: Vec<u32>,
    /// When it was noted, milliseconds since 1970; 0 if it still waits.
    pub noted_ms: i64,
    /// How long its answer took; `None` while there is none.
    pub took_ms: Option<u32>,
    /// The server's counts, if it sent any.
    pub counts: Option<ServerCounts>,
    /// A trace or request id of the server; empty if it named none.
    pub trace: String,
    /// What was there just before it left, where the draft did not know: places in
    /// [`Run::items`](super::Run::items), and values. Without it nobody could tell later whether it was written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<(u32, Value)>,
}

impl CallNote {
    /// A change as it was sent: with the value found just before, if the draft knew none.
    pub fn as_sent<'a>(&self, place: u32, item: &'a Item) -> Cow<'a, Item> {
        as_found(&self.found, place, item)
    }
}

/// A change with the value that was found just before it was sent, if the draft knew none.
pub fn as_found<'a>(found: &[(u32, Value)], place: u32, item: &'a Item) -> Cow<'a, Item> {
    let known = found.iter().find(|(at, _)| *at == place);
    match known.filter(|_| item.before == Value::Unknown) {
        Some((_, value)) => Cow::Owned(Item {
            before: value.clone(),
            ..item.clone()
        }),
        None => Cow::Borrowed(item),
    }
}

/// The server's own counts, added up over the calls that answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerCounts {
    /// Changes it counted as written without a remark.
    pub success: u32,
    /// Changes it counted as written with a remark.
    pub warning: u32,
    /// Changes it counted as not written.
    pub error: u32,
}
