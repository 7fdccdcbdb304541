//! The embedded catalogue: a real asset server on loopback that speaks both protocols.
//!
//! It shares no code with the adapters, on purpose: a mistake in a wire format shared by both
//! would pass its own test.
//!
//! Start at [`model`] (what an asset is), then [`database`] (the [`database::Library`] both faces
//! share) and [`state`] (what a handler is given).

pub mod accounts;
pub mod attributes;
mod chance;
mod clock;
pub mod database;
pub mod desk;
pub mod evaluate;
pub mod faults;
mod fields;
pub mod generate;
pub mod identity;
pub mod import;
pub mod model;
pub mod pictures;
pub mod query;
pub mod rest;
pub mod sample;
pub mod schema;
pub mod server;
pub mod soap;
pub mod state;
pub mod values;
pub mod writes;
