//! What can still be done about the changes of a run: send them again, take them out, edit them.

use indexmap::IndexMap;
use roaring::RoaringBitmap;

use crate::{
    domain::{FieldKey, Item, Outcome, Row, Run, Value, oplog::Picked, run::same},
    ui::{component::Scene, dialogs::Portion, widgets::text},
};

/// Of these changes of a run, those that are not written and can be sent as they are staged; what
/// stays behind is told with the reason.
pub(super) fn portion(run: &Run, places: &[u32], scene: &Scene<'_>) -> Portion {
    let mut portion = Portion {
        label: format!("retry of {}", run.id),
        ..Portion::default()
    };
    let (mut gone, mut drifted) = (0u64, 0u64);
    for item in failed(run, places) {
        let Some((row, base)) = staged(item, scene) else {
            gone += 1;
            continue;
        };
        let now = scene.workbench.listing.value(row, &item.field);
        if *now != Value::Unknown && !same(now, base) {
            drifted += 1;
            continue;
        }
        portion.changes.insert((row, item.field.clone()));
    }
    let left = [
        (gone, "no longer staged"),
        (drifted, "changed on the server since; edit them again"),
    ];
    let left = left.iter().filter(|(count, _)| *count > 0);
    let left: Vec<String> = left
        .map(|(count, why)| format!("{} {why}", text::number(*count)))
        .collect();
    portion.left = left.join(", ");
    portion
}

/// Those of these changes that are not on the server.
fn failed<'a>(run: &'a Run, places: &'a [u32]) -> impl Iterator<Item = &'a Item> {
    places.iter().filter_map(|&place| {
        let written = run.settled.get(place as usize)?.as_ref();
        let written = written.is_some_and(|settled| settled.outcome.is_written());
        run.items.get(place as usize).filter(|_| !written)
    })
}

/// Where a change of a run is still staged, and the value it rests on there.
fn staged<'a>(item: &Item, scene: &Scene<'a>) -> Option<(Row, &'a Value)> {
    let row = scene.workbench.listing.row(&item.asset)?;
    let group = scene.workbench.draft().of(row, &item.field)?;
    Some((row, &group.before))
}

/// Whether a change of a run is still staged.
pub(super) fn is_staged(item: &Item, scene: &Scene<'_>) -> bool {
    staged(item, scene).is_some()
}

/// These changes as far as they are still staged, to be taken out.
pub(super) fn picked(run: &Run, places: &[u32], scene: &Scene<'_>) -> Vec<Picked> {
    let mut fields: IndexMap<FieldKey, RoaringBitmap> = IndexMap::new();
    for item in failed(run, places) {
        if let Some((row, _)) = staged(item, scene) {
            fields.entry(item.field.clone()).or_default().insert(row);
        }
    }
    fields
        .into_iter()
        .map(|(field, rows)| Picked { field, rows })
        .collect()
}

/// The assets of these changes, as rows of the listing.
pub(super) fn rows(run: &Run, places: &[u32], scene: &Scene<'_>) -> RoaringBitmap {
    let items = places
        .iter()
        .filter_map(|&place| run.items.get(place as usize));
    items
        .filter_map(|item| scene.workbench.listing.row(&item.asset))
        .collect()
}

/// What to do now about a change that ended so.
pub(super) fn next_step(outcome: Outcome, is_staged: bool) -> &'static str {
    match (outcome, is_staged) {
        (Outcome::Applied, _) => "nothing: the server has it",
        (Outcome::Warned, _) => "look whether the server's remark matters; e stages a correction",
        (Outcome::Refused, true) => "e corrects it, r sends it again, x takes it out of the draft",
        (Outcome::Unknown, true) => {
            "R asks the server again; then it is written, or safe to send again"
        }
        (Outcome::Unknown, false) => "R asks the server again",
        (Outcome::Conflict, true) => {
            "look at both values; e stages it on the new one, x takes it out"
        }
        (Outcome::Skipped, true) => "it was not sent; r sends it, x takes it out of the draft",
        (Outcome::Refused | Outcome::Conflict | Outcome::Skipped, false) => {
            "it is no longer staged; e edits the asset"
        }
    }
}

/// Whether sending a change again can do harm.
pub(super) fn retry_safe(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Applied | Outcome::Warned => "not needed: it is written",
        Outcome::Refused | Outcome::Skipped => "yes, nothing was written",
        Outcome::Conflict => "no, somebody else's value would be lost",
        Outcome::Unknown => "not known before it is read back (R)",
    }
}
