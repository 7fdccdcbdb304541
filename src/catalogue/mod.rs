//! The embedded catalogue: a real asset server on loopback that speaks both protocols.
//!
//! It shares no code with the adapters, on purpose: a mistake in a wire format shared by both
//! would pass its own test.

pub mod rest;
pub mod soap;
