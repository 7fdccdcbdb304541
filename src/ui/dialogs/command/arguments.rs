//! What the arguments of an action know: fields, their values, runs, steps.

use super::choices::likeness;
use crate::{
    domain::{
        CertificateStatus, Field, FieldKind, Schema,
        listing::{NAME, TYPE},
        text::fold,
    },
    flow::ReportFormat,
    ui::{
        action::{Action, Edit, Go, Mark, View, Work},
        component::Scene,
        theme::BUILT_IN,
    },
};

/// The most values of a field offered.
const VALUES: usize = 200;

/// What can stand there, and a remark about it.
type Argument = (String, String);

/// What can stand behind a name, with a remark; each begins with what must stay of the line.
pub(super) fn arguments(action: Action, typed: &str, scene: &Scene<'_>) -> Vec<Argument> {
    let plain = |words: Vec<&str>| {
        let fits = |word: &&str| likeness(&fold(word), &fold(typed)).is_some();
        words
            .into_iter()
            .filter(fits)
            .map(|word| (word.to_owned(), String::new()))
            .collect()
    };
    match action {
        Action::Edit(edit) => edited(edit, typed, scene),
        Action::Work(
            Work::Resume
            | Work::Retry
            | Work::ReadBack
            | Work::Revert
            | Work::Compare
            | Work::ComparePoint,
        )
        | Action::Go(Go::Results) => past(typed, scene),
        Action::Work(Work::Report) => {
            plain(ReportFormat::ALL.map(ReportFormat::extension).to_vec())
        }
        Action::Work(Work::UndoStep) => steps(typed, false, scene),
        Action::Work(Work::RedoStep) => steps(typed, true, scene),
        Action::View(View::Theme) => plain(BUILT_IN.iter().map(|(name, _)| *name).collect()),
        Action::View(View::Images) => plain(vec!["auto", "halfblocks", "off"]),
        Action::View(View::Sort) => sorted(typed, scene),
        Action::View(View::Columns) => columns(typed, scene),
        Action::View(View::Filter) | Action::Mark(Mark::Query) => {
            let filters = scene
                .filters
                .iter()
                .rev()
                .filter(|filter| filter.contains(typed));
            filters
                .map(|filter| (filter.clone(), "used before".to_owned()))
                .collect()
        }
        Action::Go(_)
        | Action::Move(_)
        | Action::Mark(_)
        | Action::View(_)
        | Action::Work(_)
        | Action::Copy(_)
        | Action::Answer(_) => Vec::new(),
    }
}

/// All runs, also those that are not loaded.
fn past(typed: &str, scene: &Scene<'_>) -> Vec<Argument> {
    let (before, last) = typed.split_at(typed.rfind(' ').map_or(0, |at| at + 1));
    let runs = scene.workbench.summaries().into_iter().rev();
    let runs = runs.filter(|run| fold(&run.id.0).contains(&fold(last)));
    runs.take(VALUES)
        .map(|run| {
            let remark = format!("{}  {}", run.word(), run.label);
            (format!("{before}{}", run.id), remark)
        })
        .collect()
}

fn steps(typed: &str, undone: bool, scene: &Scene<'_>) -> Vec<Argument> {
    let bench = scene.workbench;
    let steps = bench.log().iter().rev().filter(|one| one.is_undoable());
    steps
        .filter(|one| bench.is_undone(one.id) == undone)
        .map(|one| (one.id.0.to_string(), one.label.clone()))
        .filter(|(number, _)| number.starts_with(typed))
        .take(VALUES)
        .collect()
}

/// The last of several fields with commas between them.
fn columns(typed: &str, scene: &Scene<'_>) -> Vec<Argument> {
    let last = typed.rfind(',').map_or(0, |at| at + 1);
    let (before, last) = typed.split_at(last);
    let fields = fields(last.trim_start(), &scene.workbench.schema, false);
    let behind = |(name, remark)| (format!("{before}{name}"), remark);
    fields.into_iter().map(behind).collect()
}

/// Fields by a part of their name, with their kind; those that can't be edited only if they may.
fn fields(typed: &str, schema: &Schema, editable: bool) -> Vec<Argument> {
    let wanted = fold(typed.trim_matches('"'));
    let mut found: Vec<(usize, Argument)> = schema
        .fields
        .iter()
        .filter(|field| !editable || field.locked.is_none())
        .filter(|field| {
            !editable || !matches!(field.kind, FieldKind::Certificate | FieldKind::Asset)
        })
        .filter_map(|field| {
            let rank = likeness(&fold(field.key.as_str()), &wanted)?;
            Some((
                rank,
                (field.key.as_str().to_owned(), field.kind.word().to_owned()),
            ))
        })
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, argument)| argument).collect()
}

fn sorted(typed: &str, scene: &Scene<'_>) -> Vec<Argument> {
    let mut found = fields(typed, &scene.workbench.schema, false);
    for own in [NAME, TYPE] {
        if own.starts_with(typed) {
            found.insert(0, (own.to_owned(), String::new()));
        }
    }
    let with = |(name, remark): Argument| {
        [
            (name.clone(), remark.clone()),
            (format!("{name} desc"), remark),
        ]
    };
    found.into_iter().flat_map(with).collect()
}

fn statuses(typed: &str) -> Vec<Argument> {
    let words = CertificateStatus::ALL.map(CertificateStatus::word);
    let words = words.into_iter().chain(["none"]);
    let fits = words.filter(|word| word.starts_with(&fold(typed)));
    fits.map(|word| (word.to_owned(), "then a message".to_owned()))
        .collect()
}

/// First the field, then the values it knows.
fn edited(edit: Edit, typed: &str, scene: &Scene<'_>) -> Vec<Argument> {
    let schema = &scene.workbench.schema;
    let tags = matches!(edit, Edit::AddTag | Edit::RemoveTag);
    match edit {
        Edit::Certificate => return statuses(typed),
        Edit::Open | Edit::Thumbnail => return Vec::new(),
        Edit::Set
        | Edit::Append
        | Edit::Prepend
        | Edit::Replace
        | Edit::Clear
        | Edit::AddTag
        | Edit::RemoveTag => {}
    }
    let named = schema
        .fields
        .iter()
        .filter_map(|field| Some((field, behind(field, typed)?)));
    let Some((field, rest)) = named.max_by_key(|(field, _)| field.key.as_str().len()) else {
        let holds_tags = |name: &str| {
            let kind = schema.field(name).map(|field| field.kind);
            matches!(kind, Some(FieldKind::Tag | FieldKind::Tags))
        };
        let blank = if edit == Edit::Clear { "" } else { " " };
        let found = fields(typed, schema, true).into_iter();
        let found = found.filter(|(name, _)| !tags || holds_tags(name));
        return found
            .map(|(name, kind)| (format!("{name}{blank}"), kind))
            .collect();
    };
    if !tags && edit != Edit::Set {
        return Vec::new();
    }
    let wanted = fold(rest.trim_matches('"'));
    let known = field
        .allowed
        .iter()
        .filter(|value| fold(value).contains(&wanted));
    let line = |value: &String| {
        let value = if tags && value.contains(' ') {
            format!("\"{value}\"")
        } else {
            value.clone()
        };
        (format!("{} {value}", field.key), "known value".to_owned())
    };
    known.take(VALUES).map(line).collect()
}

/// What stands behind the name of a field, if the line begins with it.
fn behind<'a>(field: &Field, typed: &'a str) -> Option<&'a str> {
    let name = field.key.as_str();
    let head = typed
        .get(..name.len())
        .filter(|head| fold(head) == fold(name))?;
    typed[head.len()..].strip_prefix(' ').map(str::trim_start)
}
