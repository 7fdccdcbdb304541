//! The first rows of the list as they were shown last: kept, and shown at the next start until the
//! listing is open.

use serde::{Deserialize, Serialize};

use super::view::Column;

/// The setting under which it is kept.
pub const FRONT: &str = "front";
/// More rows than most terminals have.
pub const ROWS: usize = 100;
/// More of a value than a column shows.
pub const LETTERS: usize = 48;

/// The first rows of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Front {
    /// How many assets there were in all.
    pub len: u64,
    /// When they were listed, milliseconds since 1970.
    pub listed_ms: Option<i64>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<FrontRow>,
}

/// A row of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrontRow {
    /// Whether it is marked.
    pub marked: bool,
    /// The letter of its state.
    pub state: char,
    /// For each column what stands in it, and whether quietly.
    pub cells: Vec<(String, bool)>,
}
