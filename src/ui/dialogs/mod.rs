//! What opens above a screen: questions, text fields, choices.

mod choice;
mod confirm;
mod editing;
mod facets;
mod filter_line;
mod hidden;
mod messages;
mod pasted;
mod query;
mod stop;
mod view;

pub use confirm::Confirm;
pub use editing::{command_line, editing, help, plan};
pub use facets::Facets;
pub use filter_line::FilterLine;
pub use hidden::HiddenMarks;
pub use messages::Messages;
pub use pasted::{Pasted, mark_named};
pub use query::parsed;
pub use stop::Stop;
pub use view::{columns, sort};
