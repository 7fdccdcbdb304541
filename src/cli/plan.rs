//! `armarius plan`: what would be sent, and what not and why.

use serde_json::json;

use super::{
    args::{Global, TextOrJson},
    ending::{Ending, Stop},
    output::{Output, counted, number},
    session,
};
use crate::{
    domain::plan::Plan,
    exchange::{document, value_json},
};

/// Prints the plan. Sends nothing.
///
/// # Errors
///
/// What keeps the library from being known.
pub async fn run(
    global: &Global,
    format: TextOrJson,
    output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    let headless = session::known(global, output).await?;
    let plan = headless.plan();
    match format {
        TextOrJson::Text => lines(&plan)
            .iter()
            .try_for_each(|line| output.shown(line))?,
        TextOrJson::Json => output.json(&as_json(&plan))?,
    }
    headless.close().await;
    Ok(ending(&plan))
}

/// How a command ends that sends nothing of a plan.
pub(super) fn ending(plan: &Plan) -> Ending {
    if plan.errors() > 0 {
        Ending::PlanErrors
    } else if plan.items.is_empty() && plan.conflicts() > 0 {
        Ending::Conflicts
    } else {
        Ending::Ok
    }
}

/// The plan in words.
pub fn lines(plan: &Plan) -> Vec<String> {
    let mut lines = vec![format!(
        "{} on {} in {}",
        counted(plan.items.len() as u64, "change"),
        counted(plan.assets() as u64, "asset"),
        counted(plan.calls.len() as u64, "call")
    )];
    let kinds = [
        ("fill empty", plan.summary.fill),
        ("replace", plan.summary.replace),
        ("tags added or removed", plan.summary.tags),
        ("clear", plan.summary.clear),
        ("certificates", plan.summary.certificates),
        ("thumbnails", plan.summary.thumbnails),
    ];
    let some = kinds.iter().filter(|(_, count)| *count > 0);
    lines.extend(some.map(|(kind, count)| {
        let count = number(u64::from(*count));
        format!("  {count:>6}  {kind}")
    }));
    for left in &plan.left_out {
        let count = number(left.changes.len() as u64);
        let what = if left.is_error {
            counted(left.changes.len() as u64, "error") + ":"
        } else {
            count
        };
        lines.push(format!("  not sent: {what} {}", left.reason));
    }
    lines
}

fn as_json(plan: &Plan) -> serde_json::Value {
    let left: Vec<_> = plan
        .left_out
        .iter()
        .map(|left| {
            json!({
                "reason": left.reason, "error": left.is_error, "conflict": left.is_conflict,
                "changes": left.changes.len(),
            })
        })
        .collect();
    let items: Vec<_> = plan
        .items
        .iter()
        .map(|item| {
            json!({
                "asset": item.asset, "name": item.name, "field": item.field,
                "before": value_json(&item.before), "wanted": value_json(&item.wanted),
            })
        })
        .collect();
    let summary = &plan.summary;
    document(json!({
        "changes": plan.items.len(), "assets": plan.assets(), "calls": plan.calls.len(),
        "digest": plan.digest,
        "summary": {
            "fill": summary.fill, "replace": summary.replace, "tags": summary.tags,
            "clear": summary.clear, "certificates": summary.certificates,
            "thumbnails": summary.thumbnails,
        },
        "not_sent": left, "items": items,
    }))
}
