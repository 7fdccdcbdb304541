//! The screens: a model that reacts to inputs and events with effects, and draws itself.
//!
//! [`App`] is the whole model. Two doors in, [`App::on_input`] and
//! [`App::on_events`]; one door out, a list of effects. Nothing here waits,
//! reads a clock, or sends anything; only [`terminal`] touches the terminal, and [`shell`] holds
//! the loop that joins it with the world.

pub mod action;
pub mod app;
mod bites;
pub mod chord;
pub mod component;
pub mod connection;
pub mod dialogs;
pub mod front;
pub mod input;
pub mod keymap;
pub mod layout;
pub mod pace;
pub mod pictures;
pub mod screens;
pub mod session;
pub mod shell;
pub mod terminal;
pub mod theme;
pub mod view;
pub mod widgets;

pub use app::App;
pub use component::Identity;
