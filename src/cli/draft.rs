//! `armarius draft`: what is staged, or the end of it.

use serde_json::json;

use super::{
    args::{DraftArgs, DraftFormat, DraftWhat, Global},
    ending::{Ending, Stop},
    output::{Output, counted},
    session,
};
use crate::{
    domain::{Command, Refusal},
    exchange::value_json,
    runtime::HeadlessError,
};

/// Shows the draft, or drops it. Asks nothing of the endpoint unless the cached listing is gone.
///
/// # Errors
///
/// If the workspace can't be opened or written.
pub async fn run(
    global: &Global,
    args: &DraftArgs,
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let mut headless = session::open(global).await?;
    if let Some(DraftWhat::Drop) = args.what {
        match headless.apply(&Command::Drop).await {
            Ok(operation) => output.say(&operation.label),
            Err(HeadlessError::Refused(Refusal::NothingToStage(_))) => {
                output.say("the draft is empty");
            }
            Err(error) => return Err(Stop::usage(error.to_string())),
        }
        headless.close().await;
        return Ok(Ending::Ok);
    }
    if headless.workbench.listing.is_empty() && !headless.workbench.log().is_empty() {
        // A draft is rules over what is listed: without a listing it would look empty.
        output.say("the cached listing is gone; listing the library to show the draft");
        headless.connect().await?;
        session::list(&mut headless, output).await?;
    }
    let bench = &headless.workbench;
    for change in bench.draft().all(&bench.listing) {
        let name = bench.listing.name(change.row);
        match args.format {
            DraftFormat::Jsonl => output.line(
                &json!({
                    "asset": change.asset, "name": name, "field": change.field,
                    "before": value_json(&change.before), "after": value_json(&change.after),
                    "equal": change.is_equal(),
                })
                .to_string(),
            )?,
            DraftFormat::Table => {
                let (before, after) = (change.before.display(), change.after.display());
                let (sign, field) = (change.sign(), &change.field);
                output.shown(&format!("{sign} {name}  {field}: {before} -> {after}"))?;
            }
        }
    }
    let draft = bench.draft();
    let (changes, assets) = (draft.changes(), draft.rows().len());
    let (changes, assets) = (counted(changes, "change"), counted(assets, "asset"));
    output.say(&format!("{changes} on {assets}"));
    headless.close().await;
    Ok(Ending::Ok)
}
