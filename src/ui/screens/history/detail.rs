//! One entry of the log in full: the edits of a step, or how a run ended.

use super::entries::{Entry, Subject, count, moment};
use crate::{
    domain::{Operation, Outcome, Run, draft::FieldEdit, oplog::Deed},
    ui::{
        component::Scene,
        theme::Role,
        widgets::{diff, text},
    },
};

/// The most base values worth a line.
const PINS: usize = 6;

/// A line with its role.
pub(super) type Line = (String, Role);

/// The lines about an entry.
pub(super) fn lines(entry: &Entry, scene: &Scene<'_>) -> Vec<Line> {
    match &entry.subject {
        Subject::Step(id) => match scene.workbench.operation(*id) {
            Some(operation) => step(operation, entry, scene),
            None => Vec::new(),
        },
        Subject::Run(id) => scene
            .workbench
            .run(id)
            .map_or_else(Vec::new, |run| of_run(run, scene)),
    }
}

fn step(operation: &Operation, entry: &Entry, scene: &Scene<'_>) -> Vec<Line> {
    let mut lines = vec![
        (operation.label.clone(), Role::Title),
        (
            format!(
                "step {} by {}, {}: {}",
                operation.id.0,
                operation.stamp.by,
                moment(operation.stamp.at_ms, scene),
                entry.state
            ),
            Role::Text,
        ),
    ];
    match &operation.deed {
        Deed::Stage(stage) => {
            for edit in &stage.edits {
                lines.extend(edited(operation, edit, scene));
            }
        }
        Deed::Exclude(picked) => lines.extend(picked.iter().map(|one| {
            let assets = text::counted(one.rows.len(), "asset");
            (
                format!("took {} out of the draft on {assets}", one.field),
                Role::Text,
            )
        })),
        Deed::Drop => lines.push(("threw the whole draft away".into(), Role::Text)),
        Deed::Undo(_) | Deed::Redo(_) | Deed::Accept { .. } | Deed::Settle { .. } => {}
    }
    lines.push((String::new(), Role::Text));
    lines.extend(undoing(operation, scene));
    lines
}

fn edited(operation: &Operation, edit: &FieldEdit, scene: &Scene<'_>) -> Vec<Line> {
    let parts = scene.workbench.draft().parts().iter();
    let here = parts.filter(|part| part.step == operation.id && part.field == edit.field);
    let staged: u64 = here
        .map(|part| part.rows.intersection_len(&edit.rows))
        .sum();
    let mut lines = vec![(
        format!(
            "{} {}  on {}, {} still staged",
            edit.field,
            edit.edit,
            text::counted(edit.rows.len(), "asset"),
            text::number(staged)
        ),
        Role::Staged,
    )];
    for pin in edit.base.iter().take(PINS) {
        let was = format!(
            "    was {}  on {}",
            diff::shown(&pin.value),
            text::number(pin.rows.len())
        );
        lines.push((was, Role::Quiet));
    }
    if edit.base.len() > PINS {
        let more = (edit.base.len() - PINS) as u64;
        lines.push((
            format!("    and {} more values", text::number(more)),
            Role::Quiet,
        ));
    }
    lines
}

/// Whether `x` takes the step back, and which later steps work on its result.
fn undoing(operation: &Operation, scene: &Scene<'_>) -> Vec<Line> {
    if scene.workbench.is_undone(operation.id) {
        return vec![(
            "Undone: it is kept here; U brings the last one back.".into(),
            Role::Text,
        )];
    }
    let Deed::Stage(stage) = &operation.deed else {
        return vec![("x takes it back.".into(), Role::Text)];
    };
    let mut lines = vec![("Undo this step only (x): allowed.".to_owned(), Role::Text)];
    let log = scene.workbench.log().iter();
    for later in log.filter(|later| later.id > operation.id && !scene.workbench.is_undone(later.id))
    {
        let Deed::Stage(other) = &later.deed else {
            continue;
        };
        let shared: u64 = stage
            .edits
            .iter()
            .flat_map(|edit| other.edits.iter().map(move |then| (edit, then)))
            .filter(|(edit, then)| edit.field == then.field)
            .map(|(edit, then)| edit.rows.intersection_len(&then.rows))
            .sum();
        if shared > 0 {
            let words = format!(
                "  step {} works on {} of its results and is worked out again: {}",
                later.id.0,
                text::number(shared),
                later.label
            );
            lines.push((words, Role::Warning));
        }
    }
    if lines.len() == 1 {
        lines.push(("  no later step depends on it".into(), Role::Quiet));
    }
    if count(operation) == 0 {
        lines.push(("  nothing of it is staged any more".into(), Role::Quiet));
    }
    lines
}

fn of_run(run: &Run, scene: &Scene<'_>) -> Vec<Line> {
    let tally = run.tally();
    let counts: Vec<String> = Outcome::ALL
        .into_iter()
        .rev()
        .map(|outcome| format!("{outcome} {}", text::number(tally.of(outcome).into())))
        .collect();
    let ended = run
        .finished_ms
        .map_or("not ended".to_owned(), |at| moment(at, scene));
    let mut lines = vec![
        (format!("{} {}", run.id, run.label), Role::Title),
        (
            format!("{} by {} to {}", run.headline(), run.author, run.profile),
            Role::Text,
        ),
        (
            format!("began {}, ended {ended}", moment(run.started_ms, scene)),
            Role::Text,
        ),
        (
            format!(
                "{} in {}",
                text::counted(run.items.len() as u64, "change"),
                text::counted(run.calls.len() as u64, "call")
            ),
            Role::Text,
        ),
        (counts.join("   "), Role::Text),
    ];
    match run.reconciliation() {
        Some(Ok(words)) => lines.push((words, Role::Text)),
        Some(Err(words)) => lines.push((words, Role::Warning)),
        None => {}
    }
    lines.push((
        format!("digest {}", text::cut(&run.digest, 18)),
        Role::Quiet,
    ));
    lines.push(("Enter opens it in Results.".into(), Role::Text));
    lines
}
