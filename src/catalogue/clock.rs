//! The one place of the catalogue that knows what time it is.

use std::time::UNIX_EPOCH;

/// Now, in epoch milliseconds.
#[expect(
    clippy::disallowed_methods,
    reason = "a server stamps what it writes; this is its only clock"
)]
pub(in crate::catalogue) fn now() -> i64 {
    std::time::SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| {
            i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
        })
}
