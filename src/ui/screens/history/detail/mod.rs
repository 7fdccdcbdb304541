//! One entry of the log in full: the edits of a step, how a run ended, or what others changed.

mod run;

use std::sync::Arc;

use roaring::RoaringBitmap;

use super::entries::moment;
use crate::{
    domain::{
        Edit, Operation, Value,
        draft::Contribution,
        draft::FieldEdit,
        edit::tags_text,
        history::{Entry, Subject},
        oplog::Deed,
        outside::Outside,
        run::RunSummary,
    },
    ui::{
        action::{Action, Work},
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
pub(super) fn lines(entry: &Entry, runs: &[RunSummary], scene: &Scene<'_>) -> Vec<Line> {
    match &entry.subject {
        Subject::Step(id) => match scene.workbench.operation(*id) {
            Some(operation) => step(operation, entry, scene),
            None => Vec::new(),
        },
        Subject::Run(id) => run::lines(id, runs, scene),
        Subject::Outside(at_ms) => {
            let mut looks = scene.workbench.outside().iter();
            looks
                .find(|look| look.at_ms == *at_ms)
                .map_or_else(Vec::new, |look| outside(look, scene))
        }
    }
}

/// What others changed, value by value.
fn outside(look: &Outside, scene: &Scene<'_>) -> Vec<Line> {
    let mut lines = vec![
        (look.sentence(), Role::Title),
        (
            format!(
                "{} seen {}, not by a run of this workspace",
                text::counted(look.count(), "value"),
                moment(look.at_ms, scene)
            ),
            Role::Text,
        ),
        (String::new(), Role::Text),
    ];
    for one in &look.changes {
        let words = format!("{}  {}   {}", one.name, one.field, one.touch.words());
        lines.push((words, Role::Text));
        lines.push((format!("  - {}", diff::shown(&one.before)), Role::Removed));
        lines.push((format!("  + {}", diff::shown(&one.now)), Role::Added));
    }
    if look.more > 0 {
        let more = text::number(look.more);
        lines.push((format!("and {more} more values"), Role::Quiet));
    }
    lines
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
            lines.extend(undoing(operation, scene));
            lines.push((String::new(), Role::Text));
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
    match &operation.deed {
        Deed::Stage(stage) => lines.extend(commands(&stage.edits)),
        Deed::Exclude(_)
        | Deed::Drop
        | Deed::Undo(_)
        | Deed::Redo(_)
        | Deed::Accept { .. }
        | Deed::Settle { .. } => lines.extend(undoing(operation, scene)),
    }
    lines
}

/// The commands that do the edits again.
fn commands(edits: &[Arc<FieldEdit>]) -> Vec<Line> {
    let commands = edits.iter().filter_map(|edit| command(edit));
    let mut lines: Vec<Line> = commands
        .map(|one| (format!("  {one}"), Role::Key))
        .collect();
    if !lines.is_empty() {
        let title = ("As commands, on other marks:".to_owned(), Role::Text);
        lines.splice(0..0, [(String::new(), Role::Text), title]);
    }
    lines
}

fn edited(operation: &Operation, edit: &FieldEdit, scene: &Scene<'_>) -> Vec<Line> {
    let all = scene.workbench.draft().contributions();
    let here = all
        .iter()
        .filter(|one| one.step == operation.id && one.field == edit.field);
    let count = |rows: fn(&Contribution) -> &RoaringBitmap| -> u64 {
        let rows = here
            .clone()
            .map(|one| rows(one).intersection_len(&edit.rows));
        rows.sum()
    };
    let (own, continued, overridden) = (
        count(|one| &one.own),
        count(|one| &one.continued),
        count(|one| &one.overridden),
    );
    let rest: String = [
        (continued, "carried on by later steps"),
        (overridden, "overridden by later steps"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .flat_map(|(count, words)| [", ".to_owned(), text::number(count), format!(" {words}")])
    .collect();
    let mut lines = vec![(
        format!(
            "{} {}  on {}, {} still staged{rest}",
            edit.field,
            edit.edit,
            text::counted(edit.rows.len(), "asset"),
            text::number(own)
        ),
        Role::Staged,
    )];
    for pin in edit.base.pins().iter().take(PINS) {
        let was = format!(
            "    was {}  on {}",
            diff::shown(&pin.value),
            text::number(pin.rows.len())
        );
        lines.push((was, Role::Quiet));
    }
    let more = edit.base.pins().len().saturating_sub(PINS) as u64;
    let more = more + edit.base.scattered().len();
    if more > 0 {
        lines.push((
            format!("    and {} more values", text::number(more)),
            Role::Quiet,
        ));
    }
    lines
}

/// Whether `x` takes the step back or brings it back, what rests on it, and what drifted.
fn undoing(operation: &Operation, scene: &Scene<'_>) -> Vec<Line> {
    let bench = scene.workbench;
    let undone = bench.is_undone(operation.id);
    let key = scene
        .keymap
        .keys(Action::Work(Work::UndoStep))
        .unwrap_or_default();
    let what = if undone {
        format!("Bring this step back ({key}):")
    } else {
        format!("Undo this step only ({key}):")
    };
    let parts = bench.draft().parts();
    let spent = matches!(operation.deed, Deed::Stage(_))
        && !parts.iter().any(|part| part.step == operation.id);
    if spent && !undone {
        let words = "Nothing of it is staged any more: it was sent, or taken out.";
        return vec![(words.into(), Role::Text)];
    }
    let later = bench.dependants(operation.id);
    let mut lines = Vec::new();
    if later.is_empty() {
        lines.push((format!("{what} allowed."), Role::Text));
        lines.push(("  later steps that rest on it: none".into(), Role::Quiet));
    } else {
        lines.push((format!("{what} refused."), Role::Warning));
        lines.extend(
            later
                .iter()
                .map(|one| (format!("  {}", one.words()), Role::Warning)),
        );
        lines.push(("  take those back first".into(), Role::Quiet));
    }
    if let Deed::Stage(stage) = &operation.deed {
        let mut rows = RoaringBitmap::new();
        stage.edits.iter().for_each(|edit| rows |= &edit.rows);
        rows &= bench.drifted();
        if bench.is_opening() && !undone {
            lines.push(("  conflicts: ..".into(), Role::Quiet));
        } else if undone || rows.is_empty() {
            lines.push(("  conflicts: none".into(), Role::Quiet));
        } else {
            let changed = text::counted(rows.len(), "asset");
            let words = format!("  conflicts: {changed} changed on the server since");
            lines.push((words, Role::Conflict));
        }
    }
    lines
}

/// The command that does an edit again on the marked assets.
fn command(edit: &FieldEdit) -> Option<String> {
    let quoted = |word: &str| {
        if word.contains(char::is_whitespace) {
            format!("\"{word}\"")
        } else {
            word.to_owned()
        }
    };
    let field = quoted(edit.field.as_str());
    let words = match &edit.edit {
        Edit::Set(Value::Text(text)) | Edit::Append(text) | Edit::Prepend(text) => text.clone(),
        Edit::Clear => String::new(),
        edit @ Edit::Replace { regex: true, .. } => {
            let label = edit.to_string();
            label.trim_start_matches("replace ").to_owned()
        }
        Edit::AddTags(tags) | Edit::RemoveTags(tags) => tags_text(tags),
        Edit::Set(_) | Edit::Replace { .. } | Edit::Assign(_) => return None,
    };
    let verb = edit.edit.verb();
    Some(format!(":{verb} {field} {words}").trim_end().to_owned())
}
