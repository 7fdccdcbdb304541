//! The fault list: whatever the server, the network and the texts do, nothing is lost, nothing is
//! written twice, and every change is accounted for.
//!
//! Each row of the list is an entry of a table: how it is brought about, over which protocols, and
//! what must hold. [`story`] tells a run from sign-in to outcome; [`truth`] is the one check of
//! every story that writes.

mod answers;
mod away;
mod corpus;
mod elsewhere;
mod listing;
mod meanwhile;
mod network;
#[cfg(unix)]
mod process;
mod secrets;
mod server;
mod sizes;
mod story;
mod tls;
mod trouble;
mod truth;
