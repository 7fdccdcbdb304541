//! armarius: a terminal workstation for editing the metadata of thousands of library assets at
//! once, safely, from the keyboard.
//!
//! The map of the house, its layers and invariants are in `ARCHITECTURE.md`. Start reading at
//! [`domain::workbench`], then [`flow`], [`ui`], [`runtime`], [`submit`] and [`endpoint`].

pub mod catalogue;
pub mod cli;
pub mod config;
pub mod domain;
pub mod endpoint;
pub mod exchange;
pub mod flow;
pub mod runtime;
pub mod store;
pub mod submit;
pub mod table;
pub mod ui;
