//! What the stories of the whole program are played with: a library on a real server, a desk with
//! a configuration, a workspace and the real binary, a relay that can hold a call, a raw socket
//! server that breaks every rule, and a terminal.

mod desk;
mod library;
pub(crate) mod raw;
mod relay;
mod terminal;
mod terminal_audit;

pub(crate) use desk::{Desk, Ran};
pub(crate) use library::Library;
pub(crate) use relay::{Moment, Relay};
pub(crate) use terminal::Terminal;
pub(crate) use terminal_audit::Audit;

/// The protocols, by the names of their profiles on every desk.
pub(crate) const BOTH: [&str; 2] = ["soap", "rest"];
