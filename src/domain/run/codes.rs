//! Our own codes beside the server's, and what can be told from a code alone.

/// The outcome rests on what was read back, not on an answer.
pub const READ_BACK: &str = "read-back";
/// The server had the wanted value before anything was sent.
pub const ALREADY: &str = "already";
/// It was not sent.
pub const NOT_SENT: &str = "not-sent";
/// Somebody changed the value after it was staged.
pub const CHANGED: &str = "changed";
/// The asset is no longer there, or can't be read.
pub const GONE: &str = "gone";
/// It was sent, never answered, and is known not to be written.
pub const NO_ANSWER: &str = "no-answer";

/// The server's counts leave it open, and it was not named.
pub const COUNTS: &str = "counts";

/// Whether a code refuses for want of a right: the authorization family of the SOAP protocol
/// (20000 to 20009), and HTTP 403 in all its spellings.
pub fn is_permission(code: &str) -> bool {
    let is_soap = code.len() == 5 && code.starts_with("2000");
    is_soap || code.split(['-', ' ']).any(|part| part == "403")
}
