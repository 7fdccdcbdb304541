//! Two restore points compared, as a table or as JSON.

use std::io;

use serde_json::{Value as Json, json};

use super::{Guard, cell, document};
use crate::domain::{RunId, points::Comparison};

/// One line a value that differs.
///
/// # Errors
///
/// Only those of the writer.
pub fn comparison_csv(
    comparison: &Comparison,
    out: &mut dyn io::Write,
    guard: Guard,
) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let (from, to) = (comparison.from.to_string(), comparison.to.to_string());
    writer.write_record(["id", "name", "field", &from, &to, "runs"])?;
    for one in &comparison.differences {
        let cells = [
            guard.report_cell(one.asset.as_str()),
            guard.report_cell(&one.name),
            guard.report_cell(one.field.as_str()),
            guard.report_cell(one.from.display()),
            guard.report_cell(one.to.display()),
            guard.report_cell(runs(&one.runs)),
        ];
        writer.write_record(cells.iter().map(|cell| cell.as_bytes()))?;
    }
    writer.flush()
}

/// The comparison for programs.
pub fn comparison_json(comparison: &Comparison) -> Json {
    let differences: Vec<Json> = comparison
        .differences
        .iter()
        .map(|one| {
            json!({
                "asset": one.asset.as_str(), "name": one.name, "field": one.field.as_str(),
                "from": cell::json(&one.from), "to": cell::json(&one.to),
                "runs": one.runs.iter().map(|run| run.0.as_str()).collect::<Vec<_>>(),
            })
        })
        .collect();
    document(json!({
        "from": comparison.from.to_string(), "to": comparison.to.to_string(),
        "same": comparison.same, "unread": comparison.unread, "differences": differences,
    }))
}

fn runs(runs: &[RunId]) -> String {
    let words: Vec<&str> = runs.iter().map(|run| run.0.as_str()).collect();
    words.join(" ")
}
