//! What a plan rests on, and why there may be none.

use super::Portion;
use crate::{
    domain::plan::Plan,
    ui::{component::Scene, connection::Link},
};

/// Why nothing can be sent now.
pub(super) fn obstacle(scene: &Scene<'_>) -> Option<String> {
    let workbench = scene.workbench;
    if let Some(why) = &workbench.read_only {
        return Some(format!("this draft is read-only: {why}"));
    }
    if workbench.draft().is_empty() {
        return Some("nothing is staged; mark assets, then edit them".into());
    }
    if let Some(run) = workbench.unfinished_run() {
        return Some(format!(
            "{} is {}; one run at a time",
            run.id,
            run.state.word()
        ));
    }
    let link = match &scene.connection.link {
        Link::Online => None,
        Link::Offline(_, failure) => {
            Some(format!("offline: {}; what is staged stays", failure.why))
        }
        Link::SignIn(failure) => Some(format!("not signed in: {}", failure.why)),
        Link::Broken(failure) => Some(failure.why.clone()),
        Link::Connecting => Some("signing in is still under way".into()),
        Link::Idle => Some("not signed in".into()),
    };
    link.or_else(|| match &workbench.capabilities {
        None => Some("not signed in".into()),
        Some(offers) => offers
            .writing
            .refusal()
            .map(|why| why.trim_end_matches('.').to_owned()),
    })
}

pub(super) fn basis(scene: &Scene<'_>) -> (usize, u64, u64) {
    let listing = &scene.workbench.listing;
    (
        scene.workbench.log().len(),
        listing.len(),
        listing.generation,
    )
}

pub(super) fn planned(portion: Option<&Portion>, scene: &Scene<'_>) -> Plan {
    let workbench = scene.workbench;
    let Some(capabilities) = &workbench.capabilities else {
        return Plan::default();
    };
    let batch = batch_size(scene);
    let mut plan = Plan::of(
        workbench.draft(),
        &workbench.listing,
        &workbench.schema,
        capabilities,
        batch,
    );
    let rules = &scene.identity.rules;
    let Some(portion) = portion else {
        return plan.with_canary(rules, batch);
    };
    for left in &mut plan.left_out {
        left.changes
            .retain(|change| portion.changes.contains(change));
    }
    plan.left_out.retain(|left| !left.changes.is_empty());
    let plan = plan.only(batch, |item| {
        portion.changes.contains(&(item.row, item.field.clone()))
    });
    plan.with_canary(rules, batch)
}

/// Assets a call: what was configured or the endpoint suggests, within what it takes.
pub(super) fn batch_size(scene: &Scene<'_>) -> usize {
    let capabilities = scene.workbench.capabilities.as_ref();
    let suggested = capabilities.map_or(1, |able| able.batch_size);
    let most = capabilities.map_or(1, |able| able.max_batch);
    let wanted = scene.identity.batch_size.unwrap_or(suggested);
    wanted.min(most).max(1)
}

/// What the run is about: the draft's name, or its last step.
pub(super) fn label(scene: &Scene<'_>) -> String {
    if !scene.identity.draft.is_empty() {
        return scene.identity.draft.clone();
    }
    let workbench = scene.workbench;
    let last = workbench
        .draft()
        .steps()
        .last()
        .and_then(|id| workbench.operation(*id));
    last.map_or_else(|| "draft".into(), |operation| operation.label.clone())
}
