//! `armarius report`: the outcomes of a run, for files and programs.

use super::{
    args::{Global, ReportKind},
    ending::{Ending, Stop},
    output::Output,
    session,
};
use crate::{
    domain::RunId,
    exchange::{self, Guard},
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
    let run = headless.find(id.map(RunId).as_ref())?;
    match kind {
        ReportKind::Csv => exchange::report_csv(run, output.out, Guard::Exact)?,
        ReportKind::Json => output.line(&exchange::report_json(run).to_string())?,
        ReportKind::Md => exchange::report_markdown(run, output.out)?,
    }
    headless.close().await;
    Ok(Ending::Ok)
}
