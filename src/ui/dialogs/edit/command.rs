//! Opens the dialog, or stages at once what a command says in full: `set Rights "Acme Retail"`.

use super::{EditDialog, fields::FieldLine, form::Operation};
use crate::{
    domain::{
        Edit, Field, FieldKind, Schema, Value,
        edit::tags,
        workbench::{Asked, Command},
    },
    ui::{
        action::Edit as Verb,
        component::{Scene, Step},
    },
};

/// The dialog of an operation; with field and value behind the name, the step itself.
pub(in crate::ui::dialogs) fn open(verb: Verb, argument: &str, scene: &Scene<'_>) -> Step {
    if scene.workbench.schema.fields.is_empty() {
        return Step::Say("The fields are not known yet; sign in first (R).".into());
    }
    let Some(operation) = operation(verb) else {
        return Step::Open(Box::new(EditDialog::new(scene)));
    };
    let argument = argument.trim();
    if argument.is_empty() {
        let mut dialog = EditDialog::new(scene);
        dialog.begin(operation);
        return Step::Open(Box::new(dialog));
    }
    let (field, rest) = match named(argument, &scene.workbench.schema) {
        Ok(found) => found,
        Err(why) => return Step::Say(why),
    };
    if rest.is_empty() && operation != Operation::Clear {
        let mut dialog = EditDialog::new(scene);
        dialog.begin_with(&field.key, operation, verb);
        return Step::Open(Box::new(dialog));
    }
    match edit(verb, field, rest) {
        Ok(edit) => Step::Apply(Command::Stage {
            label: String::new(),
            asked: vec![Asked {
                field: field.key.clone(),
                edit,
                rows: scene.targets(),
            }],
        }),
        Err(why) => Step::Say(why),
    }
}

fn operation(verb: Verb) -> Option<Operation> {
    match verb {
        Verb::Set => Some(Operation::Set),
        Verb::Append => Some(Operation::Append),
        Verb::Prepend => Some(Operation::Prepend),
        Verb::Replace => Some(Operation::Replace),
        Verb::Clear => Some(Operation::Clear),
        Verb::AddTag | Verb::RemoveTag => Some(Operation::Tags),
        Verb::Open | Verb::Thumbnail | Verb::Certificate => None,
    }
}

impl EditDialog {
    /// Puts an operation on the first field it suits; the field is ticked by its Enter.
    fn begin(&mut self, operation: Operation) {
        let suits = |line: &FieldLine| {
            line.locked.is_none() && Operation::suiting(line.field.kind).contains(&operation)
        };
        let many = |line: &FieldLine| suits(line) && line.field.kind == FieldKind::Tags;
        let lines = &self.content.lines;
        let tags = operation == Operation::Tags;
        let at = lines
            .iter()
            .position(many)
            .filter(|_| tags)
            .or(lines.iter().position(suits));
        if let Some(at) = at {
            self.content.cursor.at = at;
            for line in self
                .content
                .lines
                .iter_mut()
                .filter(|line| !line.ticked && suits(line))
            {
                line.form.operation = operation;
            }
        }
    }

    /// Ticks a field with an operation; its text comes next.
    fn begin_with(&mut self, key: &crate::domain::FieldKey, operation: Operation, verb: Verb) {
        let Some(at) = self
            .content
            .lines
            .iter()
            .position(|line| line.field.key == *key)
        else {
            return;
        };
        self.content.cursor.at = at;
        let line = &mut self.content.lines[at];
        if line.locked.is_none() && Operation::suiting(line.field.kind).contains(&operation) {
            line.asked(operation);
            self.focus = super::Focus::Input(usize::from(verb == Verb::RemoveTag));
        }
    }
}

/// The field a command begins with, quoted or not, and what stands behind it.
fn named<'a, 'b>(argument: &'b str, schema: &'a Schema) -> Result<(&'a Field, &'b str), String> {
    let quoted = argument
        .strip_prefix('"')
        .and_then(|rest| rest.split_once('"'));
    let found = match quoted {
        Some((name, rest)) => schema.field(name).map(|field| (field, rest)),
        None => longest(argument, schema),
    };
    if let Some((field, rest)) = found {
        return Ok((field, rest.trim()));
    }
    let name = quoted.map_or_else(
        || argument.split_whitespace().next().unwrap_or_default(),
        |(name, _)| name,
    );
    let near = schema
        .nearest(name)
        .map(|key| format!("; did you mean {key}?"));
    Err(format!(
        "There is no field `{name}`{}",
        near.unwrap_or_default()
    ))
}

/// The longest beginning, in whole words, that names a field.
fn longest<'a, 'b>(argument: &'b str, schema: &'a Schema) -> Option<(&'a Field, &'b str)> {
    let blanks = argument.match_indices(' ').map(|(at, _)| at);
    let ends: Vec<usize> = blanks.chain([argument.len()]).collect();
    ends.into_iter().rev().find_map(|end| {
        schema
            .field(&argument[..end])
            .map(|field| (field, &argument[end..]))
    })
}

fn edit(verb: Verb, field: &Field, rest: &str) -> Result<Edit, String> {
    let text = unquoted(rest).to_owned();
    Ok(match verb {
        Verb::Append => Edit::Append(text),
        Verb::Prepend => Edit::Prepend(text),
        Verb::Clear => Edit::Clear,
        Verb::AddTag => Edit::AddTags(tags(rest).map_err(|why| sentence(&why))?),
        Verb::RemoveTag => Edit::RemoveTags(tags(rest).map_err(|why| sentence(&why))?),
        Verb::Replace => {
            return Edit::replacing(rest).map_err(|error| {
                let place: String = rest.chars().skip(error.position).take(12).collect();
                match place.as_str() {
                    "" => sentence(&error.why),
                    place => format!("At `{place}`: {error}."),
                }
            });
        }
        Verb::Set | Verb::Open | Verb::Thumbnail | Verb::Certificate => {
            if text.is_empty() {
                return Err(format!("Empty never clears; `clear {}` does.", field.key));
            }
            if field.kind == FieldKind::Tags {
                Edit::Set(Value::list(tags(rest).map_err(|why| sentence(&why))?))
            } else {
                Edit::Set(Value::text(text))
            }
        }
    })
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('"')
        .and_then(|inner| inner.strip_suffix('"'))
        .unwrap_or(text)
}

/// Words of an error as a sentence.
fn sentence(words: &str) -> String {
    let mut characters = words.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    format!("{}.", first.chain(characters).collect::<String>())
}
