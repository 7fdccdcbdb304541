//! `armarius list`: the library, narrowed by a query.

use roaring::RoaringBitmap;

use super::{
    args::{Global, ListArgs, ListFormat},
    ending::{Ending, Stop},
    output::{Output, counted, number},
    session,
};
use crate::{
    domain::{Field, FieldKey, Sort, Workbench},
    exchange,
};

/// Lists afresh and prints what the query lets through, by name.
///
/// # Errors
///
/// What is wrong with the query, or keeps it from listing.
pub async fn run(
    global: &Global,
    args: &ListArgs,
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let mut headless = session::connect(global).await?;
    let query = session::query(&headless.workbench, "query", &args.query.join(" "))?;
    let fields = fields(&headless.workbench, &args.fields)?;
    session::list(&mut headless, output).await?;
    let rows = session::matching(&mut headless, &query, output).await?;
    if fields.contains(&FieldKey::thumbnail()) {
        session::thumbnails(&mut headless, &rows, output).await?;
    }
    let bench = &headless.workbench;
    let ordered = bench.listing.ordered(&rows, &Sort::default());
    let fields = if fields.is_empty() {
        default_fields((bench, &rows), args.format, output)
    } else {
        fields
    };
    let shown = ordered.iter().take(args.limit.unwrap_or(usize::MAX));
    let format = match args.format {
        ListFormat::Table => exchange::ListFormat::Table,
        ListFormat::Csv => exchange::ListFormat::Csv,
        ListFormat::Tsv => exchange::ListFormat::Tsv,
        ListFormat::Jsonl => exchange::ListFormat::JsonLines,
        ListFormat::Json => exchange::ListFormat::Json,
    };
    let assets = shown.map(|&row| bench.listing.asset(row));
    let fields = fields
        .iter()
        .filter_map(|key| bench.schema.field(key.as_str()));
    let fields: Vec<&Field> = fields.collect();
    exchange::list(output.out, format, &fields, assets, headless.guard())?;
    let (found, all) = (number(rows.len()), counted(bench.listing.len(), "asset"));
    output.say(&format!("{found} of {all}"));
    let ending = match bench.listing.missing() {
        0 => Ending::Ok,
        _ => Ending::Incomplete,
    };
    headless.close().await;
    Ok(ending)
}

fn fields(bench: &Workbench, names: &[String]) -> Result<Vec<FieldKey>, Stop> {
    let field = |name: &String| {
        bench
            .schema
            .field(name)
            .map(|field| field.key.clone())
            .ok_or_else(|| {
                let near = bench.schema.nearest(name);
                let hint = near
                    .map(|key| format!("; did you mean {key}?"))
                    .unwrap_or_default();
                Stop::usage(format!("--fields: there is no field `{name}`{hint}"))
            })
    };
    names.iter().map(field).collect()
}

/// Everything for programs; for people the first fields that anybody may edit.
fn default_fields(
    (bench, rows): (&Workbench, &RoaringBitmap),
    format: ListFormat,
    output: &mut Output<'_>,
) -> Vec<FieldKey> {
    let thumbnail = FieldKey::thumbnail();
    // A thumbnail that was not read is neither there nor missing; an empty cell would say it is.
    let unread = bench.listing.unread(&thumbnail).intersection_len(rows);
    if unread > 0 && format != ListFormat::Table {
        let unread = counted(unread, "asset");
        output.say(&format!(
            "without the thumbnails: those of {unread} are not known; --fields thumbnail reads them"
        ));
    }
    let is_known = |field: &&Field| unread == 0 || field.key != thumbnail;
    let all = bench.schema.fields.iter().filter(is_known);
    if format != ListFormat::Table {
        return all.map(|field| field.key.clone()).collect();
    }
    let shown = all
        .filter(|field| field.locked.is_none())
        .map(|field| field.key.clone());
    shown.take(FIELDS_IN_A_TABLE).collect()
}

const FIELDS_IN_A_TABLE: usize = 4;
