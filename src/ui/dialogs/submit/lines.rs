//! The plan in words, line by line.

use crate::{
    domain::{
        FieldKey, Item,
        plan::{DryRun, Fate, Plan},
        run::{CanaryThen, RunRules},
    },
    ui::{
        action::{Action, Answer},
        component::Scene,
        theme::Role,
        widgets::text,
    },
};

/// A line, and how it is shown.
pub(super) type Line = (String, Role);

/// The whole plan, what of a run stays behind it, and what a dry run found.
pub(super) fn of(
    (plan, apart, found): (&Plan, &str, Option<&DryRun>),
    rules: &RunRules,
    scene: &Scene<'_>,
) -> Vec<Line> {
    let mut lines = kinds(plan);
    lines.push((String::new(), Role::Text));
    lines.extend(left_out(plan, apart));
    lines.extend(calls(plan, scene));
    lines.extend(care(rules, scene));
    lines.extend(found.map(|found| tried(plan, found)).into_iter().flatten());
    lines.push((String::new(), Role::Text));
    lines.push((
        "Undo: the run keeps every old value; a revert of it stages them.".into(),
        Role::Quiet,
    ));
    lines.push((
        format!("Fingerprint {}", fingerprint(&plan.digest)),
        Role::Quiet,
    ));
    lines
}

/// How carefully it is sent, with the keys that switch it.
fn care(rules: &RunRules, scene: &Scene<'_>) -> Vec<Line> {
    let answers = [Answer::Canary, Answer::StopRule, Answer::DryRun];
    let keys = answers.map(|one| scene.keymap.keys(Action::Answer(one)).unwrap_or_default());
    let wide = keys.iter().map(|key| text::width(key)).max().unwrap_or(0);
    let [for_canary, for_stop, for_trying] = keys.map(|key| format!("{key:wide$}"));
    let mark = |on| if on { "[x]" } else { "[ ]" };
    let canary = match rules.canary {
        0 => "Canary: none".to_owned(),
        assets => format!(
            "Canary: first {}, then read back; {}",
            text::counted(assets.into(), "asset"),
            match rules.canary_then {
                CanaryThen::GoOn => "a refusal asks",
                CanaryThen::Ask => "then it asks",
            }
        ),
    };
    let stop = if rules.stop.is_some() {
        format!("Stop after {}", rules.stop)
    } else {
        "Stop after errors: never".to_owned()
    };
    let line = |mark: &str, key: &str, words: &str| (format!("{mark} {key}  {words}"), Role::Text);
    let trying = "Dry run: sends nothing, tries everything it can";
    vec![
        line(mark(rules.canary > 0), &for_canary, &canary),
        line(mark(rules.stop.is_some()), &for_stop, &stop),
        line("   ", &for_trying, trying),
    ]
}

/// What a dry run found: the counts, and the first changes somebody should look at.
fn tried(plan: &Plan, found: &DryRun) -> Vec<Line> {
    const SHOWN: usize = 8;
    let counts: Vec<String> = found
        .counts()
        .into_iter()
        .map(|(word, count)| format!("{} {word}", text::number(count as u64)))
        .collect();
    let mut lines = vec![(format!("Dry run: {}", counts.join(", ")), Role::Title)];
    let troubles: Vec<_> = found.troubles(&plan.items).collect();
    lines.extend(troubles.iter().take(SHOWN).map(|(item, fate)| {
        let why = match fate {
            Fate::Conflict { now } => format!("changed meanwhile to {}", now.display()),
            Fate::NotAllowed(why) => why.clone(),
            Fate::Gone | Fate::Unread(_) | Fate::Sent | Fate::Equal => fate.word().to_owned(),
        };
        let words = format!("  ? {}  {}  {why}", text::cut(&item.name, 24), item.field);
        (words, Role::Warning)
    }));
    let more = troubles.len().saturating_sub(SHOWN);
    if more > 0 {
        lines.push((
            format!("  and {} more", text::number(more as u64)),
            Role::Quiet,
        ));
    }
    lines.push(match &found.rights_unasked {
        None => (
            "Rights: asked about; nothing was written".into(),
            Role::Quiet,
        ),
        Some(why) => (format!("Rights: not asked about: {why}"), Role::Quiet),
    });
    lines
}

/// How many changes of each kind go, field by field; the kinds that don't occur at the end.
fn kinds(plan: &Plan) -> Vec<Line> {
    let mut counts: Vec<((&'static str, FieldKey), u64)> = Vec::new();
    let special = [FieldKey::thumbnail(), FieldKey::certificate()];
    for item in &plan.items {
        let kind = kind(item, &special);
        let known = counts.iter_mut().rev();
        let mut known = known.filter(|((known, field), _)| *known == kind && *field == item.field);
        match known.next() {
            Some((_, count)) => *count += 1,
            None => counts.push(((kind, item.field.clone()), 1)),
        }
    }
    counts.sort_by(|(one, first), (two, second)| {
        second
            .cmp(first)
            .then_with(|| one.0.cmp(two.0))
            .then_with(|| one.1.as_str().cmp(two.1.as_str()))
    });
    let mut lines: Vec<Line> = counts
        .into_iter()
        .map(|((kind, field), count)| {
            let special = special.contains(&field);
            let field = if special {
                String::new()
            } else {
                format!(" {field}")
            };
            (
                format!("{:>7}  {kind}{field}", text::number(count)),
                Role::Text,
            )
        })
        .collect();
    if lines.is_empty() {
        lines.push((
            "      0  changes: there is nothing to send".into(),
            Role::Warning,
        ));
    } else if plan.summary.clear == 0 {
        lines.push(("      0  clear".into(), Role::Quiet));
    }
    lines
}

fn kind(item: &Item, [thumbnail, certificate]: &[FieldKey; 2]) -> &'static str {
    if item.field == *thumbnail {
        return "thumbnails";
    }
    if item.field == *certificate {
        return match (item.wanted.is_present(), item.before.is_present()) {
            (false, _) => "certificates taken away",
            (true, true) => "certificates changed",
            (true, false) => "certificates given",
        };
    }
    match (
        &item.delta,
        item.wanted.is_present(),
        item.before.is_present(),
    ) {
        (Some(_), ..) => "tag edits in",
        (None, false, _) => "clear",
        (None, true, true) => "replace",
        (None, true, false) => "fill empty",
    }
}

/// What is not sent; `apart` is what a portion of the draft was narrowed by before.
fn left_out(plan: &Plan, apart: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    if !apart.is_empty() {
        lines.push((format!("Not sent: {apart}"), Role::Warning));
    }
    if plan.left_out.is_empty() {
        if lines.is_empty() {
            lines.push(("Not sent: nothing is left out".into(), Role::Quiet));
        }
        return lines;
    }
    lines.push(("Not sent, and stays staged:".into(), Role::Text));
    for left in &plan.left_out {
        let count = text::number(left.changes.len() as u64);
        let (sign, role) = match (left.is_error, left.is_conflict) {
            (true, _) => ("E", Role::Error),
            (_, true) => ("?", Role::Conflict),
            (false, false) => ("=", Role::Quiet),
        };
        lines.push((format!("{sign}{count:>6}  {}", left.reason), role));
    }
    lines
}

fn calls(plan: &Plan, scene: &Scene<'_>) -> Vec<Line> {
    let offers = scene.workbench.capabilities.as_ref();
    let batch = super::basis::batch_size(scene);
    let thumbnails = plan.calls.iter().filter(|call| call.thumbnails).count();
    let metadata = plan.calls.len() - thumbnails;
    let mut lines = vec![(
        format!(
            "{} ({} for metadata, then {} for thumbnails), up to {} each",
            text::counted(plan.calls.len() as u64, "call"),
            text::number(metadata as u64),
            text::number(thumbnails as u64),
            text::counted(batch as u64, "asset")
        ),
        Role::Text,
    )];
    if offers.is_some_and(|offers| offers.all_or_nothing) {
        lines.push((
            "One refused change makes the server refuse its whole call; it is then narrowed down."
                .into(),
            Role::Text,
        ));
    }
    lines.push((
        format!(
            "{}; {}.",
            if scene.identity.check_before {
                "Before each call: read again and compared"
            } else {
                "Before each call: NOT compared (check_before)"
            },
            if scene.identity.read_back {
                "after it: read back"
            } else {
                "after it: NOT read back (read_back)"
            }
        ),
        Role::Text,
    ));
    lines
}

/// `7f3a-19c2`.
fn fingerprint(digest: &str) -> String {
    match (digest.get(..4), digest.get(4..8)) {
        (Some(one), Some(two)) => format!("{one}-{two}"),
        _ => digest.to_owned(),
    }
}
