//! What can still be done about the changes of a run: send them again, take them out, edit them.

use roaring::RoaringBitmap;

use crate::{
    domain::{Outcome, Run, run::NextStep},
    ui::{component::Scene, dialogs::Portion},
};

/// Of these changes of a run, those that can be sent again without harm; what stays behind is
/// told with the reason.
pub(super) fn portion(run: &Run, places: &[u32], scene: &Scene<'_>) -> Portion {
    let again = scene.workbench.again(run, places.iter().copied());
    Portion {
        label: format!("retry of {}", run.id),
        left: again.words(),
        changes: again.changes,
    }
}

/// The changes a retry is about if none is picked: those neither written nor accepted.
pub(super) fn unwritten(run: &Run, scene: &Scene<'_>) -> Vec<u32> {
    let accepted = scene.workbench.accepted(&run.id);
    let all = (0u32..).zip(&run.settled);
    all.filter(|(place, settled)| {
        !settled
            .as_ref()
            .is_some_and(|settled| settled.outcome.is_written())
            && !accepted.contains(*place)
    })
    .map(|(place, _)| place)
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

/// The next step with the keys for it.
pub(super) fn keys(step: NextStep, outcome: Outcome) -> &'static str {
    match step {
        NextStep::HandOver | NextStep::Escalate => "H/x",
        NextStep::Correct => "e/x",
        NextStep::SendAgain => "r/x",
        NextStep::ReadBack => "R",
        NextStep::Decide if outcome == Outcome::Conflict => "a/e/x",
        NextStep::ListAgain => "1 R/x",
        NextStep::Decide | NextStep::Accept => "a/e",
        NextStep::NotStaged => "e",
        NextStep::Nothing => "",
    }
}
