//! The tests of the whole program, in one binary.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should fail where it stands"
)]

mod architecture;
mod contract;
mod journeys;
mod support;
mod terminal;
