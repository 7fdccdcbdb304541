//! The readers of what servers answer, each with bytes alone: doors for fuzzing. Whatever they are
//! given, they neither panic nor go on for ever.

use super::{atlan::doors as rest, dynamic_media::doors as soap};

/// A reader: its name, and itself.
pub type Reader = (&'static str, fn(&[u8]));

/// All of them.
pub const READERS: [Reader; 8] = [
    ("soap_listing", soap::listing),
    ("soap_written", soap::written),
    ("soap_account", soap::account),
    ("rest_listing", rest::listing),
    ("rest_assets", rest::assets),
    ("rest_definitions", rest::definitions),
    ("rest_written", rest::written),
    ("rest_refused", rest::refused),
];
