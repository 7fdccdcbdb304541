//! Files in and out: change files, listings, and reports of runs.
//!
//! What goes back in (CSV, TSV, JSON lines of a listing) keeps text byte for byte; what is only looked
//! at (tables, Markdown, the tables of reports) is made safe to show, and JSON escapes what is not.

mod atomic;
mod cell;
mod changes;
mod error;
mod handover;
mod json;
mod kept;
mod listing;
mod parse;
mod points;
mod report;

#[cfg(test)]
mod tests;

pub use self::{
    atomic::write_file,
    cell::{Guard, json as value_json, typed_json},
    changes::{ChangeFile, RefusedCell, Resolved},
    error::{ExchangeError, LineProblem},
    handover::{handover_note, handover_tsv},
    json::{SCHEMA, document, json_line, json_pretty},
    kept::{Written, write_kept, write_new},
    listing::{ListFormat, list, list_to_file},
    points::{comparison_csv, comparison_json},
    report::{Account, account_json, report_csv, report_json, report_markdown, unsent_json},
};
