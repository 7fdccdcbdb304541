//! Files in and out: change files, listings, and reports of runs.
//!
//! Data formats keep text byte for byte; only what is laid out for people (tables, Markdown) is
//! made safe to show.

mod atomic;
mod cell;
mod changes;
mod error;
mod handover;
mod kept;
mod listing;
mod parse;
mod points;
mod report;

#[cfg(test)]
mod tests;

pub use self::{
    atomic::write_file,
    cell::{Guard, json as value_json},
    changes::{ChangeFile, Resolved},
    error::{ExchangeError, LineProblem},
    handover::{handover_note, handover_tsv},
    kept::{Written, write_kept, write_new},
    listing::{ListFormat, list, list_to_file},
    parse::ChangeFormat,
    points::{comparison_csv, comparison_json},
    report::{Account, account_json, report_csv, report_json, report_markdown},
};
