//! Pieces screens are built of. All text of servers and people is drawn through [`text`].

pub mod bar;
pub mod boxed;
pub mod cursor;
pub mod diff;
pub mod field;
pub mod table;
pub mod text;

pub use bar::bar;
pub use boxed::boxed;
pub use cursor::Cursor;
pub use field::TextField;
pub use table::{Table, TableRow};
