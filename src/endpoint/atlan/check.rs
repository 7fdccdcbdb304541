//! Trying each step of signing in, and saying how it went.

use tokio::time::Instant;

use crate::endpoint::{CheckStep, EndpointError};

use super::{Atlan, vocabulary::Vocabulary};

/// Tries one after the other; what rests on a failed step is not tried.
pub(super) async fn steps(atlan: &Atlan) -> Vec<CheckStep> {
    let mut steps = Vec::new();
    let start = Instant::now();
    let person = atlan.person().await;
    let signed_out = matches!(
        person,
        Err(EndpointError::SignIn { .. } | EndpointError::Unreachable { .. })
    );
    let words = person.map(|person| match (person.user, person.role) {
        (user, role) if role.is_empty() => format!("signed in as {user}"),
        (user, role) => format!("signed in as {user}, role {role}"),
    });
    steps.push(step("sign-in", start, words));
    if signed_out {
        return steps;
    }
    let start = Instant::now();
    let typedefs = atlan.typedefs().await;
    let words = typedefs.as_ref().map_err(Clone::clone).map(|typedefs| {
        let (sets, fields, tags) = Vocabulary::new(typedefs, &[]).counts();
        format!("{sets} sets of custom metadata with {fields} fields, {tags} tags")
    });
    steps.push(step("read the definitions", start, words));
    let start = Instant::now();
    let counted = atlan.types().await;
    let words = counted
        .as_ref()
        .map_err(Clone::clone)
        .map(|(total, types)| {
            if *total == 0 {
                "no assets: the token's persona probably gives no access to any".to_owned()
            } else {
                format!("{total} assets of {} types", types.len())
            }
        });
    steps.push(step("count the assets", start, words));
    let (Ok(typedefs), Ok((_, types))) = (typedefs, counted) else {
        return steps;
    };
    let start = Instant::now();
    let vocabulary = Vocabulary::new(&typedefs, &types);
    let words = atlan.first(&vocabulary).await.map(|first| {
        first.map_or_else(
            || "there is none".to_owned(),
            |asset| format!("{} ({})", asset.name, asset.kind),
        )
    });
    steps.push(step("list one asset", start, words));
    steps
}

fn step(name: &str, start: Instant, result: Result<String, EndpointError>) -> CheckStep {
    CheckStep {
        name: name.to_owned(),
        result: result.map_err(|error| format!("{error}; {}", error.hint_for_reading())),
        took_ms: u32::try_from(start.elapsed().as_millis()).unwrap_or(u32::MAX),
    }
}
