//! `armarius history`, `undo` and `redo`: what happened, and steps of the draft taken back.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;

use super::{
    args::{CompareFormat, Global, HistoryArgs, HistoryFormat, HistoryGrouping, HistoryWhat},
    ending::{Ending, Stop},
    output::{Output, counted},
    session,
};
use crate::{
    domain::{
        Command, OperationId,
        history::{Entry, Filter, Grouping, Subject, day, entries},
        points::{Comparison, Point},
    },
    exchange::{comparison_csv, comparison_json, document},
    runtime::{HeadlessError, now_ms},
};

/// Lists the history, or compares two restore points. Asks the endpoint only to compare with now.
///
/// # Errors
///
/// If a point is unknown, the filter makes no sense, or something can't be read.
pub async fn run(
    global: &Global,
    args: &HistoryArgs,
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    if let Some(HistoryWhat::Compare { from, to, format }) = &args.what {
        let point = |word: &str| {
            word.parse::<Point>()
                .map_err(|error| Stop::usage(error.to_string()))
        };
        return compare(global, ((point(from)?, point(to)?), *format), output).await;
    }
    let offset = utc_offset_s();
    let filter = Filter::parse(&args.filter, &day(now_ms(), offset)).map_err(Stop::usage)?;
    let headless = session::open(global).await?;
    let grouping = match args.only {
        HistoryGrouping::All => Grouping::All,
        HistoryGrouping::Draft => Grouping::Draft,
        HistoryGrouping::Runs => Grouping::Runs,
    };
    let mut all = entries(&headless.workbench, grouping);
    all.retain(|entry| filter.passes(entry, offset));
    let lines = all.iter();
    match args.format {
        HistoryFormat::Text => lines.map(line).try_for_each(|line| output.shown(&line))?,
        HistoryFormat::Jsonl => lines.map(as_json).try_for_each(|one| output.json(&one))?,
        HistoryFormat::Json => {
            let entries: Vec<_> = lines.map(as_json).collect();
            output.json(&document(json!({ "entries": entries })))?;
        }
    }
    headless.close().await;
    Ok(Ending::Ok)
}

async fn compare(
    global: &Global,
    (points, format): ((Point, Point), CompareFormat),
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let asks = points.0 == Point::Now || points.1 == Point::Now;
    let mut headless = if asks {
        session::known(global, output).await?
    } else {
        session::open(global).await?
    };
    let comparison = headless.compare(points).await?;
    match format {
        CompareFormat::Text => {
            for line in lines(&comparison) {
                output.shown(&line)?;
            }
        }
        CompareFormat::Json => output.json(&comparison_json(&comparison))?,
        CompareFormat::Csv => comparison_csv(&comparison, output.out, headless.guard())?,
    }
    output.say(&comparison.sentence());
    headless.close().await;
    Ok(Ending::Ok)
}

fn lines(comparison: &Comparison) -> Vec<String> {
    let differences = comparison.differences.iter();
    differences
        .map(|one| {
            let (name, field) = (&one.name, &one.field);
            let (from, to) = (one.from.display(), one.to.display());
            format!("{name}  {field}: {from} -> {to}")
        })
        .collect()
}

/// Takes a step of the draft back.
///
/// # Errors
///
/// If there is none, or later steps rest on it; then nothing has changed.
pub async fn undo(
    global: &Global,
    step: Option<u64>,
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let command = step.map_or(Command::Undo, |step| Command::UndoStep(OperationId(step)));
    apply(global, &command, output).await
}

/// Brings a step of the draft back.
///
/// # Errors
///
/// If none was taken back, or later steps rest on it; then nothing has changed.
pub async fn redo(
    global: &Global,
    step: Option<u64>,
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let command = step.map_or(Command::Redo, |step| Command::RedoStep(OperationId(step)));
    apply(global, &command, output).await
}

async fn apply(
    global: &Global,
    command: &Command,
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let mut headless = session::open(global).await?;
    let operation = headless.apply(command).await.map_err(|error| match error {
        HeadlessError::Refused(refusal) => Stop::from(refusal),
        HeadlessError::Failed(failure) => Stop::from(failure),
    })?;
    output.say(&operation.label);
    let draft = headless.workbench.draft();
    let (changes, assets) = (draft.changes(), draft.changed_rows().len());
    let (changes, assets) = (counted(changes, "change"), counted(assets, "asset"));
    output.say(&format!("{changes} on {assets} staged now"));
    headless.close().await;
    Ok(Ending::Ok)
}

/// `2026-11-22 12:04  akim  7  set Rights "Acme" on 12  12  staged`.
fn line(entry: &Entry) -> String {
    let at = Timestamp::from_millisecond(entry.at_ms).ok();
    let at = at.map_or(String::new(), |at| {
        at.to_zoned(TimeZone::system())
            .strftime("%Y-%m-%d %H:%M")
            .to_string()
    });
    let step = match &entry.subject {
        Subject::Step(id) => format!("step {}: ", id.0),
        Subject::Outside(_) => "others changed: ".to_owned(),
        Subject::Run(_) => String::new(),
    };
    let (who, what, count, state) = (&entry.who, &entry.what, entry.count, entry.state);
    format!("{at}  {who:<10} {state:<10} {count:>7}  {step}{what}")
}

fn as_json(entry: &Entry) -> serde_json::Value {
    let (kind, id) = match &entry.subject {
        Subject::Step(id) => ("step", json!(id.0)),
        Subject::Run(id) => ("run", json!(id.0)),
        Subject::Outside(at_ms) => ("outside", json!(at_ms)),
    };
    json!({
        "kind": kind, "id": id, "at_ms": entry.at_ms, "by": entry.who, "what": entry.what,
        "changes": entry.count, "state": entry.state, "fields": entry.fields,
    })
}

fn utc_offset_s() -> i32 {
    let now = Timestamp::from_millisecond(now_ms());
    now.map_or(0, |now| TimeZone::system().to_offset(now).seconds())
}
