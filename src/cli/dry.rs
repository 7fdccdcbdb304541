//! `armarius submit --dry-run`: what would become of every change, found out without sending any.

use serde_json::json;

use super::{
    args::{Global, TextOrJson},
    ending::{Ending, Stop},
    output::{Output, counted},
    plan, progress, session,
};
use crate::{
    domain::{
        Item,
        plan::{DryRun, Fate, Plan},
    },
    exchange::{document, value_json},
};

/// Reads every asset of the plan again and prints what would become of each change.
///
/// # Errors
///
/// What keeps the library from being read.
pub async fn run(
    global: &Global,
    format: TextOrJson,
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let mut headless = session::known(global, output).await?;
    progress::tell(&mut headless);
    let planned = headless.plan();
    let found = headless.dry_run(&planned).await?;
    match format {
        TextOrJson::Text => lines(&planned, &found)
            .iter()
            .try_for_each(|line| output.shown(line))?,
        TextOrJson::Json => output.json(&as_json(&planned, &found))?,
    }
    headless.close().await;
    let is_trouble = planned.errors() > 0 || found.fates.iter().any(Fate::is_trouble);
    Ok(if is_trouble {
        Ending::PlanErrors
    } else {
        Ending::Ok
    })
}

fn lines(planned: &Plan, found: &DryRun) -> Vec<String> {
    let mut lines = plan::lines(planned);
    lines.push(format!(
        "dry run: {} looked at again, nothing was sent",
        counted(found.fates.len() as u64, "change")
    ));
    let counts = found.counts();
    lines.extend(
        counts
            .iter()
            .map(|(word, count)| format!("  {count:>6}  {word}")),
    );
    lines.push(match &found.rights_unasked {
        None => "rights: asked about, without writing".to_owned(),
        Some(why) => format!("rights: not asked about: {why}"),
    });
    let trouble = |(item, fate): (&Item, &Fate)| {
        let why = why(item, fate);
        format!("{:<12} {}  {}: {why}", fate.word(), item.name, item.field)
    };
    lines.extend(found.troubles(&planned.items).map(trouble));
    lines
}

/// What a person should know of a change beside the word for it.
fn why(item: &Item, fate: &Fate) -> String {
    match fate {
        Fate::Conflict { now } => format!(
            "it was `{}` when it was staged, it is `{}` now",
            item.before.display(),
            now.display()
        ),
        Fate::Gone => "the asset is gone from the library, or may no longer be read".to_owned(),
        Fate::NotAllowed(why) | Fate::Unread(why) => why.clone(),
        Fate::Sent | Fate::Equal => String::new(),
    }
}

fn as_json(planned: &Plan, found: &DryRun) -> serde_json::Value {
    let items = planned.items.iter().zip(&found.fates);
    let items: Vec<_> = items
        .map(|(item, fate)| {
            let now = match fate {
                Fate::Conflict { now } => value_json(now),
                Fate::Sent | Fate::Equal | Fate::Gone | Fate::NotAllowed(_) | Fate::Unread(_) => {
                    serde_json::Value::Null
                }
            };
            json!({
                "asset": item.asset, "name": item.name, "field": item.field,
                "before": value_json(&item.before), "wanted": value_json(&item.wanted),
                "now": now, "would": fate.word(), "reason": why(item, fate),
            })
        })
        .collect();
    let counts: serde_json::Map<_, _> = found
        .counts()
        .into_iter()
        .map(|(word, count)| (word.to_owned(), json!(count)))
        .collect();
    document(json!({
        "digest": found.digest, "sent": 0, "counts": counts,
        "rights_asked": found.rights_unasked.is_none(), "items": items,
        "errors": planned.errors(),
    }))
}
