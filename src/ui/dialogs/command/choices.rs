//! What can stand on the command line next: names of actions, then what their arguments know.

use super::arguments::arguments;
use crate::{
    domain::text::fold,
    ui::{
        action::{ACTIONS, Action, ActionRow},
        component::Scene,
        dialogs::possible::possible,
    },
};

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
pub(super) fn likeness(name: &str, wanted: &str) -> Option<usize> {
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
