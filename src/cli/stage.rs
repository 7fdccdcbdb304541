//! `armarius stage`: edits on all assets a query finds, or on the rows of a file.

use clap::ArgMatches;
use roaring::RoaringBitmap;

use super::{
    args::{Global, StageArgs},
    edits,
    ending::{Ending, Stop},
    output::Output,
    session,
};
use crate::{
    domain::{
        Command, FieldKey, Query, Row, Value, Workbench,
        oplog::Picked,
        run::same,
        workbench::{Asked, FieldPreview, Preview, Verdict},
    },
    exchange::ChangeFile,
    runtime::Headless,
};

/// Stages, durably. Nothing is sent.
///
/// # Errors
///
/// What is wrong with query, edits or file; the draft is then as before.
pub async fn run(
    global: &Global,
    (args, matches): (&StageArgs, &ArgMatches),
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let mut headless = session::listed(global, output).await?;
    let asked = match (&args.query, &args.from) {
        (Some(query), _) => from_query(&mut headless, query, matches).await?,
        (None, Some(path)) => from_file(&headless.workbench, path, output)?,
        (None, None) => return Err(Stop::usage("name the assets with --query or --from")),
    };
    if asked.is_empty() {
        output.say(NOTHING_NEW);
        headless.close().await;
        return Ok(Ending::Ok);
    }
    if asked.iter().all(|one| one.rows.is_empty()) {
        headless.close().await;
        return Err(Stop::usage("no asset matches; nothing is staged"));
    }
    let mut preview = previewed(&headless.workbench, &asked)?;
    let outdated = outdated(&headless.workbench, &asked, &preview);
    if !outdated.is_empty() {
        headless
            .apply(&Command::Exclude(outdated))
            .await
            .map_err(|error| Stop::usage(error.to_string()))?;
        output.say("the server's values changed since this was staged before; it starts from them");
        preview = previewed(&headless.workbench, &asked)?;
    }
    output.say(&preview.sentence());
    if preview.changes == 0 && preview.refused == 0 {
        output.say(NOTHING_NEW);
        headless.close().await;
        return Ok(Ending::Ok);
    }
    let command = Command::Stage {
        label: String::new(),
        asked,
    };
    let operation = headless
        .apply(&command)
        .await
        .map_err(|error| Stop::usage(error.to_string()))?;
    output.say(&format!("Staged: {}", operation.label));
    headless.close().await;
    Ok(Ending::Ok)
}

const NOTHING_NEW: &str = "nothing to stage: every value is so already";

fn previewed(bench: &Workbench, asked: &[Asked]) -> Result<Preview, Stop> {
    bench
        .preview(asked)
        .map_err(|error| Stop::usage(error.to_string()))
}

/// What is staged already where the server has another value by now: staging it again is how a
/// conflict is resolved, so it has to start from the value that is there.
fn outdated(bench: &Workbench, asked: &[Asked], preview: &Preview) -> Vec<Picked> {
    let is_outdated = |row: &Row, field: &FieldKey| {
        let now = bench.listing.value(*row, field);
        bench.draft().of(*row, field).is_some_and(|group| {
            *now != Value::Unknown && group.before != Value::Unknown && !same(&group.before, now)
        })
    };
    let of_one = |(one, field): (&Asked, &FieldPreview)| {
        let rows = field.rows(|verdict| !matches!(verdict, Verdict::Refused(_)));
        let rows: RoaringBitmap = rows
            .iter()
            .filter(|row| is_outdated(row, &one.field))
            .collect();
        let field = one.field.clone();
        (!rows.is_empty()).then_some(Picked { field, rows })
    };
    asked
        .iter()
        .zip(&preview.fields)
        .filter_map(of_one)
        .collect()
}

async fn from_query(
    headless: &mut Headless,
    text: &str,
    matches: &ArgMatches,
) -> Result<Vec<Asked>, Stop> {
    let bench = &headless.workbench;
    let query = Query::parse(text)
        .and_then(|query| query.check(&bench.schema).map(|()| query))
        .map_err(|error| Stop::usage(format!("--query: {error}")))?;
    let rows = session::matching(headless, &query).await?;
    let bench = &headless.workbench;
    let edits = edits::read(matches, &bench.schema, &bench.listing).map_err(Stop::usage)?;
    if edits.is_empty() {
        return Err(Stop::usage("say what to do, for example --set FIELD=VALUE"));
    }
    let asked = edits.into_iter().map(|one| Asked {
        field: one.field,
        edit: one.edit,
        rows: rows.clone(),
    });
    Ok(asked.collect())
}

fn from_file(
    bench: &Workbench,
    path: &std::path::Path,
    output: &mut Output<'_>,
) -> Result<Vec<Asked>, Stop> {
    let resolved = ChangeFile::read(path)
        .and_then(|file| file.resolve(bench))
        .map_err(|error| Stop::usage(error.to_string()))?;
    if resolved.unchanged > 0 {
        output.say(&format!(
            "{} cells say what the library has already",
            resolved.unchanged
        ));
    }
    Ok(resolved.asked)
}
