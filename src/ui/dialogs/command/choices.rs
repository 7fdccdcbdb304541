//! What can stand on the command line next: names of actions, then what their arguments know.

use crate::{
    domain::{CertificateStatus, FieldKind, Schema, listing::NAME, listing::TYPE, text::fold},
    flow::ReportFormat,
    ui::{
        action::{ACTIONS, Action, ActionRow, Edit, Go, Mark, View, Work},
        component::Scene,
        dialogs::possible::possible,
        theme::BUILT_IN,
    },
};

/// The most values of a field offered.
const VALUES: usize = 200;
/// The most lines used before that are offered.
const RECENT: usize = 5;

/// One completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    /// The whole line with it.
    pub(super) line: String,
    /// What is shown of it.
    pub(super) shown: String,
    /// Keys and help.
    pub(super) remark: String,
    /// Why it is not possible now.
    pub(super) refused: Option<String>,
    /// Whether Enter may do the line as it then stands.
    pub(super) ready: bool,
}

/// The completions of a line.
pub(super) fn choices(text: &str, scene: &Scene<'_>) -> Vec<Choice> {
    let text = text.trim_start();
    let Some((name, argument)) = text.split_once(char::is_whitespace) else {
        return names(text, scene);
    };
    let Some(action) = Action::named(name) else {
        return Vec::new();
    };
    let line = |rest: &str| format!("{name} {rest}");
    let choice = |(rest, remark): (String, String)| Choice {
        line: line(&rest),
        shown: rest,
        remark,
        refused: None,
        ready: false,
    };
    arguments(action, argument.trim_start(), scene)
        .into_iter()
        .map(choice)
        .collect()
}

fn names(text: &str, scene: &Scene<'_>) -> Vec<Choice> {
    let mut choices = Vec::new();
    if text.is_empty() {
        let recent = scene.commands.iter().rev().take(RECENT);
        choices.extend(recent.map(|line| Choice {
            line: line.clone(),
            shown: line.clone(),
            remark: "used before".into(),
            refused: None,
            ready: true,
        }));
    }
    let wanted = fold(text);
    let used = |row: &ActionRow| {
        let named = |line: &String| line.split_whitespace().next() == Some(row.name);
        scene
            .commands
            .iter()
            .rev()
            .position(named)
            .unwrap_or(usize::MAX)
    };
    let mut found: Vec<_> = ACTIONS
        .iter()
        .filter_map(|row| Some((likeness(row.name, &wanted)?, used(row), row)))
        .collect();
    found.sort_by_key(|(likeness, used, _)| (*likeness, *used));
    choices.extend(found.into_iter().map(|(_, _, row)| named(row, scene)));
    choices
}

fn named(row: &'static ActionRow, scene: &Scene<'_>) -> Choice {
    let keys = scene.keymap.keys(row.action);
    let remark = match keys {
        Some(keys) => format!("{keys}  {}", row.help),
        None => row.help.to_owned(),
    };
    Choice {
        line: if row.argument.is_empty() {
            row.name.to_owned()
        } else {
            format!("{} ", row.name)
        },
        shown: format!("{} {}", row.name, row.argument)
            .trim_end()
            .to_owned(),
        remark,
        refused: possible(row.action, scene).err(),
        ready: row.argument.is_empty() || row.argument.starts_with('['),
    }
}

/// How well a word fits, the smallest best; `None` if its letters are not there in that order.
fn likeness(name: &str, wanted: &str) -> Option<usize> {
    if name == wanted {
        return Some(0);
    }
    if name.starts_with(wanted) {
        return Some(1);
    }
    if name.contains(wanted) {
        return Some(2);
    }
    let mut letters = name.chars();
    let follows = wanted
        .chars()
        .all(|letter| letters.any(|other| other == letter));
    follows.then_some(3)
}

type Argument = (String, String);

fn arguments(action: Action, typed: &str, scene: &Scene<'_>) -> Vec<Argument> {
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
        Action::Work(Work::Resume | Work::Retry | Work::ReadBack) | Action::Go(Go::Results) => {
            let runs = scene.workbench.runs().iter().rev();
            let runs = runs.filter(|run| fold(&run.id.0).contains(&fold(typed)));
            runs.map(|run| {
                (
                    run.id.to_string(),
                    format!("{}  {}", run.headline(), run.label),
                )
            })
            .collect()
        }
        Action::Work(Work::Report) => {
            plain(ReportFormat::ALL.map(ReportFormat::extension).to_vec())
        }
        Action::Work(Work::UndoStep) => {
            let steps = scene
                .workbench
                .log()
                .iter()
                .rev()
                .filter(|one| one.is_undoable());
            let steps = steps.filter(|one| !scene.workbench.is_undone(one.id));
            let steps = steps.map(|one| (one.id.0.to_string(), one.label.clone()));
            steps
                .filter(|(number, _)| number.starts_with(typed))
                .take(VALUES)
                .collect()
        }
        Action::View(View::Theme) => plain(BUILT_IN.iter().map(|(name, _)| *name).collect()),
        Action::View(View::Images) => plain(vec!["auto", "halfblocks", "off"]),
        Action::View(View::Sort) => sorted(typed, scene),
        Action::View(View::Columns) => {
            let (before, last) = typed
                .rsplit_once(',')
                .map_or(("", typed), |(before, last)| (before, last));
            let before = if before.is_empty() {
                String::new()
            } else {
                format!("{before},")
            };
            let fields = fields(last.trim_start(), &scene.workbench.schema, false);
            fields
                .into_iter()
                .map(|(name, remark)| (format!("{before}{name}"), remark))
                .collect()
        }
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

/// First the field, then the values it knows.
fn edited(edit: Edit, typed: &str, scene: &Scene<'_>) -> Vec<Argument> {
    let schema = &scene.workbench.schema;
    match edit {
        Edit::Certificate => {
            let words = CertificateStatus::ALL.map(CertificateStatus::word);
            let words = words.into_iter().chain(["none"]);
            let fits = words.filter(|word| word.starts_with(&fold(typed)));
            let words = fits.map(|word| (word.to_owned(), "then a message".to_owned()));
            return words.collect();
        }
        Edit::Open | Edit::Thumbnail => return Vec::new(),
        Edit::Set
        | Edit::Append
        | Edit::Prepend
        | Edit::Replace
        | Edit::Clear
        | Edit::AddTag
        | Edit::RemoveTag => {}
    }
    let behind = |field: &crate::domain::Field| {
        let name = field.key.as_str();
        let head = typed
            .get(..name.len())
            .filter(|head| fold(head) == fold(name))?;
        typed[head.len()..]
            .strip_prefix(' ')
            .map(|rest| rest.trim_start().to_owned())
    };
    let named = schema
        .fields
        .iter()
        .filter_map(|field| Some((field, behind(field)?)));
    let Some((field, rest)) = named.max_by_key(|(field, _)| field.key.as_str().len()) else {
        let found = fields(typed, schema, true);
        let found = found.into_iter().filter(|(name, _)| {
            let tags = matches!(edit, Edit::AddTag | Edit::RemoveTag);
            let kind = schema.field(name).map(|field| field.kind);
            !tags || matches!(kind, Some(FieldKind::Tag | FieldKind::Tags))
        });
        let blank = if edit == Edit::Clear { "" } else { " " };
        return found
            .map(|(name, kind)| (format!("{name}{blank}"), kind))
            .collect();
    };
    if !matches!(edit, Edit::Set | Edit::AddTag | Edit::RemoveTag) {
        return Vec::new();
    }
    let wanted = fold(rest.trim_matches('"'));
    let known = field
        .allowed
        .iter()
        .filter(|value| fold(value).contains(&wanted));
    let quoted = |value: &String| {
        let blanks = value.contains(' ') && edit != Edit::Set;
        if blanks {
            format!("\"{value}\"")
        } else {
            value.clone()
        }
    };
    let line = |value: &String| {
        (
            format!("{} {}", field.key, quoted(value)),
            "known value".to_owned(),
        )
    };
    known.take(VALUES).map(line).collect()
}
