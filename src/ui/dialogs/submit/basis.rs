//! What a plan rests on, and why there may be none.

use super::Portion;
use crate::{
    domain::{
        Item,
        plan::{Plan, Planning},
        run::RunRules,
    },
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

/// What the plan of the draft, or of a portion, is made of; `None` before anybody signed in.
pub(super) fn planning(
    portion: Option<&Portion>,
    rules: &RunRules,
    scene: &Scene<'_>,
) -> Option<Planning> {
    let workbench = scene.workbench;
    Some(Planning {
        number: u64::try_from(scene.now_ms).unwrap_or(0),
        draft: workbench.draft().clone(),
        listing: workbench.listing.clone(),
        schema: workbench.schema.clone(),
        capabilities: workbench.capabilities.clone()?,
        batch_size: batch_size(scene),
        rules: *rules,
        only: portion.map(|portion| portion.changes.clone()),
    })
}

/// The plan of few changes, made at once.
pub(super) fn planned(portion: Option<&Portion>, rules: &RunRules, scene: &Scene<'_>) -> Plan {
    let planning = planning(portion, rules, scene);
    planning.map(|planning| planning.plan()).unwrap_or_default()
}

/// Assets a call: what was configured or the endpoint suggests, within what it takes.
pub(super) fn batch_size(scene: &Scene<'_>) -> usize {
    let capabilities = scene.workbench.capabilities.as_ref();
    let suggested = capabilities.map_or(1, |able| able.batch_size);
    let most = capabilities.map_or(1, |able| able.max_batch);
    let wanted = scene.identity.batch_size.unwrap_or(suggested);
    wanted.min(most).max(1)
}

/// What the run is called: like the draft if that has a name, or after all that goes.
pub(super) fn label(items: &[Item], scene: &Scene<'_>) -> String {
    if !scene.identity.draft.is_empty() {
        return scene.identity.draft.clone();
    }
    scene.workbench.run_title(items)
}
