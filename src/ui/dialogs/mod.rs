//! What opens above a screen: questions, text fields, choices.

mod certificate;
mod choice;
mod command;
mod confirm;
mod edit;
mod editing;
mod facets;
mod filter_line;
mod help;
mod hidden;
mod kept;
mod messages;
mod pasted;
mod possible;
mod query;
mod stop;
mod submit;
mod thumbnail;
mod view;

pub use command::CommandLine;
pub use confirm::Confirm;
pub use edit::Wanted;
pub use editing::{command_line, correcting, editing, help, plan, plan_of};
pub use facets::Facets;
pub use filter_line::FilterLine;
pub use help::Help;
pub use hidden::HiddenMarks;
pub use kept::Kept;
pub use messages::Messages;
pub use pasted::{Pasted, mark_named};
pub use possible::possible;
pub use query::parsed;
pub use stop::Stop;
pub use submit::Portion;
pub use view::{columns, sort};
