//! Tests of the whole, in one binary.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should fail where it stands"
)]

mod contract;
