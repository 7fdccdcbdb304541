//! `armarius report`: the outcomes of a run, for files and programs.

use super::{
    args::{Global, ReportArgs, ReportKind},
    ending::{Ending, Stop},
    output::Output,
    session,
};
use crate::{
    domain::RunId,
    exchange::{self, Account, Guard},
};

/// Prints the report, or writes it to a new file. Asks nothing of the endpoint.
///
/// # Errors
///
/// If there is no such run, or the file can't be written.
pub async fn run(
    global: &Global,
    args: &ReportArgs,
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let mut headless = session::open(global).await?;
    let id = args.run.as_ref().map(|name| RunId(name.to_uppercase()));
    let id = headless.loaded(id.as_ref()).await?.id.clone();
    let run = headless.find(Some(&id))?;
    let account = Account {
        run,
        accepted: headless.workbench.acceptances(&run.id),
        only: None,
    };
    let guard = if args.guard_formulas {
        Guard::Formulas
    } else {
        headless.guard()
    };
    let mut text = Vec::new();
    match args.format {
        ReportKind::Csv => exchange::report_csv(&account, &mut text, guard)?,
        ReportKind::Json => {
            let json = exchange::json_line(&exchange::account_json(&account));
            text.extend(json.into_bytes());
            text.push(b'\n');
        }
        ReportKind::Md => exchange::report_markdown(&account, &mut text)?,
    }
    match &args.to {
        None => output.out.write_all(&text)?,
        Some(path) => {
            let path = std::path::absolute(path)?;
            exchange::write_new(&path, &text)
                .map_err(|error| error.failure("could not write the report"))?;
            output.say(&format!("report written: {}", path.display()));
        }
    }
    headless.close().await;
    Ok(Ending::Ok)
}
