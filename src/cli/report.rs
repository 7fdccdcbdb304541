//! `armarius report`: the outcomes of a run, for files and programs.

use super::{
    args::{Global, ReportKind},
    ending::{Ending, Stop},
    output::Output,
    session,
};
use crate::{
    domain::RunId,
    exchange,
};

/// Prints the report. Asks nothing of the endpoint.
///
/// # Errors
///
/// If there is no such run.
pub async fn run(
    global: &Global,
    (id, kind): (Option<String>, ReportKind),
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let headless = session::open(global).await?;
    let run = headless.run(id.map(RunId).as_ref()).await?;
    let text = match kind {
        ReportKind::Csv => exchange::run_csv(&run),
        ReportKind::Json => format!("{}\n", exchange::run_json(&run)),
        ReportKind::Md => exchange::run_markdown(&run),
    };
    output.out.write_all(text.as_bytes())?;
    headless.close().await;
    Ok(Ending::Ok)
}
