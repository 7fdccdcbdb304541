//! The port to a remote system, and its adapters.

pub mod atlan;
pub mod dynamic_media;
