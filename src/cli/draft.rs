//! `armarius draft`: what is staged, or the end of it.

use serde_json::{Value as Json, json};

use super::{
    args::{DraftArgs, DraftFormat, DraftWhat, Global},
    ending::{Ending, Stop},
    output::{Output, counted},
    session,
};
use crate::{
    domain::{Change, Command, Refusal, Workbench},
    exchange::{document, typed_json, value_json},
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
    show(&headless.workbench, args.format, output)?;
    headless.close().await;
    Ok(Ending::Ok)
}

fn show(bench: &Workbench, format: DraftFormat, output: &mut Output<'_>) -> Result<(), Stop> {
    let draft = bench.draft();
    let (changes, assets) = (draft.changes(), draft.changed_rows().len());
    let mut all = draft.all(&bench.listing);
    match format {
        DraftFormat::Json => {
            let items: Vec<Json> = all.map(|change| as_json(&change, bench)).collect();
            let body = json!({ "changes": changes, "assets": assets, "items": items });
            output.json(&document(body))?;
        }
        DraftFormat::Jsonl => all.try_for_each(|one| output.json(&as_json(&one, bench)))?,
        DraftFormat::Table => all.try_for_each(|change| {
            let name = bench.listing.name(change.row);
            let (before, after) = (change.before.display(), change.after.display());
            let (sign, field) = (change.sign(), &change.field);
            output.shown(&format!("{sign} {name}  {field}: {before} -> {after}"))
        })?,
    }
    let (changes, assets) = (counted(changes, "change"), counted(assets, "asset"));
    output.say(&format!("{changes} on {assets}"));
    Ok(())
}

fn as_json(change: &Change, bench: &Workbench) -> Json {
    let kind = bench.schema.field(change.field.as_str());
    let value =
        |value| kind.map_or_else(|| value_json(value), |field| typed_json(value, field.kind));
    json!({
        "asset": change.asset, "name": bench.listing.name(change.row), "field": change.field,
        "before": value(&change.before), "after": value(&change.after),
        "equal": change.is_equal(),
    })
}
