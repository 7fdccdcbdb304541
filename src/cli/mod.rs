//! The command line: the composition root, and one file a subcommand.
//!
//! Low-level words are read in [`args`]; [`wire`] turns a profile into a signed-in endpoint;
//! [`output`] is the only home that prints; [`ending`] holds the exit codes.

pub mod args;
pub mod check;
pub mod config;
pub mod edits;
pub mod ending;
pub mod output;
pub mod serve;
pub mod wire;
