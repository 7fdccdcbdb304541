//! Edits: a transformation asked of many values at once.
//!
//! An edit says what was meant; the change it makes of one value is derived from it.

mod check;
mod replacement;
mod tags;

use std::{fmt, slice::from_ref};

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

use super::{Field, FieldKind, Row, TagDelta, Value, text::counted};

pub use replacement::ReplacementError;
pub use tags::{tags, tags_text};

pub use check::{check, depends_on_value};

/// What to do with a field's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// Give it this value, whatever it has now.
    Set(Value),
    /// Take the value away.
    Clear,
    /// Put text behind it; on tags, add them.
    Append(String),
    /// Put text before it; on tags, add them in front.
    Prepend(String),
    /// Replace every match in text (or in each tag).
    Replace {
        /// What to find.
        find: String,
        /// What to put there; `$1` and `${name}` stand for groups when `regex` is on.
        with: String,
        /// Whether `find` is a regular expression rather than plain text.
        regex: bool,
        /// Whether case matters.
        case: bool,
    },
    /// Add tags that are not there yet.
    AddTags(Vec<String>),
    /// Remove these tags where they are.
    RemoveTags(Vec<String>),
    /// A value for each row: what a file or a rule worked out. Other rows stay as they are.
    Assign(Vec<(Row, Value)>),
}

/// An edit that can't be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The pattern does not parse.
    #[error("the pattern does not parse at character {position}: {why}")]
    Pattern {
        /// Counted from 1.
        position: usize,
        /// The parser's words.
        why: String,
    },
    /// What is put in the place of a match names a group that the pattern does not have.
    #[error("the replacement is wrong at character {position}: {why}")]
    Replacement {
        /// Counted from 1.
        position: usize,
        /// What is wrong, and what would be right.
        why: String,
    },
    /// The value breaks a rule of the field.
    #[error("{0}")]
    Value(String),
    /// The operation does not suit the field.
    #[error("{0}")]
    Unsuited(String),
}

impl Edit {
    /// The operation's name in commands and menus.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Set(_) => "set",
            Self::Clear => "clear",
            Self::Append(_) => "append",
            Self::Prepend(_) => "prepend",
            Self::Replace { .. } => "replace",
            Self::AddTags(_) => "add-tag",
            Self::RemoveTags(_) => "remove-tag",
            Self::Assign(_) => "assign",
        }
    }

    /// Compiles it, so that it can be applied to many values.
    ///
    /// # Errors
    ///
    /// [`EditError::Pattern`] if a pattern does not parse; [`EditError::Unsuited`] if the field is
    /// locked or not of a kind the operation works on.
    pub fn prepare(&self, field: &Field) -> Result<Prepared<'_>, EditError> {
        let rules = self.rules(field)?;
        Ok(Prepared { edit: self, rules })
    }

    /// How it works on a field; see [`Edit::apply`].
    ///
    /// # Errors
    ///
    /// As [`Edit::prepare`].
    pub fn rules(&self, field: &Field) -> Result<Rules, EditError> {
        if let Some(reason) = &field.locked {
            return Err(EditError::Unsuited(format!(
                "{} can't be edited: {reason}",
                field.key
            )));
        }
        self.suits(field)?;
        let pattern = if let Self::Replace {
            find, regex, case, ..
        } = self
        {
            Some(pattern(find, *regex, *case)?)
        } else {
            None
        };
        Ok(Rules {
            kind: field.kind,
            multiple: field.kind.is_multiple(),
            pattern,
        })
    }

    /// Whether the value it gives depends on nothing that was there.
    pub fn is_absolute(&self) -> bool {
        matches!(self, Self::Set(_) | Self::Clear)
    }

    /// The value it makes of another one, by the rules of a field: that one as it is spelled where
    /// both mean the same. The row matters to [`Edit::Assign`] only.
    pub fn apply(&self, rules: &Rules, row: Row, value: &Value) -> Value {
        let made = self.made(rules, row, value);
        if rules.kind.has_spellings() && rules.kind.is_equal(value, &made) {
            value.clone()
        } else {
            made
        }
    }

    fn made(&self, rules: &Rules, row: Row, value: &Value) -> Value {
        match self {
            Self::Set(wanted) => rules.shaped(wanted),
            Self::Clear => Value::Absent,
            Self::Append(text) if rules.multiple => with_tags(value, from_ref(text), false),
            Self::Prepend(text) if rules.multiple => with_tags(value, from_ref(text), true),
            Self::Append(text) => Value::text([&value.display(), text.as_str()].concat()),
            Self::Prepend(text) => Value::text([text.as_str(), &value.display()].concat()),
            Self::Replace { with, regex, .. } => rules.replaced(value, with, *regex),
            Self::AddTags(tags) if rules.multiple => with_tags(value, tags, false),
            Self::AddTags(tags) => tags.last().map_or(value.clone(), Value::text),
            Self::RemoveTags(tags) => rules.without(value, tags),
            Self::Assign(rows) => rows
                .binary_search_by_key(&row, |(row, _)| *row)
                .map_or_else(|_| value.clone(), |place| rules.shaped(&rows[place].1)),
        }
    }

    /// Whether it makes the same of every value.
    pub fn is_blind(&self) -> bool {
        matches!(self, Self::Set(_) | Self::Clear)
    }

    /// The tags to add and remove, if it names them one by one.
    pub fn delta(&self, rules: &Rules) -> Option<TagDelta> {
        let delta = |add: &[String], remove: &[String]| {
            Some(TagDelta {
                add: add.to_vec(),
                remove: remove.to_vec(),
            })
        };
        match self {
            Self::AddTags(tags) => delta(tags, &[]),
            Self::RemoveTags(tags) => delta(&[], tags),
            Self::Append(text) | Self::Prepend(text) if rules.multiple => {
                delta(from_ref(text), &[])
            }
            Self::Append(_)
            | Self::Prepend(_)
            | Self::Set(_)
            | Self::Clear
            | Self::Replace { .. }
            | Self::Assign(_) => None,
        }
    }

    fn suits(&self, field: &Field) -> Result<(), EditError> {
        let textual = !matches!(field.kind, FieldKind::Certificate | FieldKind::Asset);
        let fits = match self {
            Self::Set(_) | Self::Clear | Self::Assign(_) => true,
            Self::Append(_) | Self::Prepend(_) | Self::Replace { .. } => textual,
            Self::AddTags(_) | Self::RemoveTags(_) => {
                matches!(field.kind, FieldKind::Tag | FieldKind::Tags)
            }
        };
        if fits {
            return Ok(());
        }
        let (key, verb, kind) = (&field.key, self.verb(), field.kind.word());
        Err(EditError::Unsuited(format!(
            "{verb} does not work on {key}: it holds a {kind}"
        )))
    }
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set(value) => write!(f, "set \"{}\"", value.display()),
            Self::Clear => f.write_str("clear"),
            Self::Append(text) => write!(f, "append \"{text}\""),
            Self::Prepend(text) => write!(f, "prepend \"{text}\""),
            Self::Replace {
                find,
                with,
                regex: true,
                case,
            } => {
                f.write_str("replace ")?;
                replacement::write(f, (find, with), *case)
            }
            Self::Replace {
                find, with, case, ..
            } => {
                let flag = if *case { "" } else { " (any case)" };
                write!(f, "replace \"{find}\" with \"{with}\"{flag}")
            }
            Self::AddTags(tags) => write!(f, "+{}", tags.join(" +")),
            Self::RemoveTags(tags) => write!(f, "-{}", tags.join(" -")),
            Self::Assign(rows) => write!(f, "values for {}", counted(rows.len() as u64, "asset")),
        }
    }
}

fn pattern(find: &str, regex: bool, case: bool) -> Result<Regex, EditError> {
    if find.is_empty() {
        return Err(EditError::Pattern {
            position: 1,
            why: "nothing to find".into(),
        });
    }
    let source = if regex {
        find.to_owned()
    } else {
        regex::escape(find)
    };
    RegexBuilder::new(&source)
        .case_insensitive(!case)
        .size_limit(1 << 22)
        .build()
        .map_err(|error| located(find, &error))
}

/// Finds the place of a pattern's mistake, for a `^` under it.
pub fn located(find: &str, error: &regex::Error) -> EditError {
    let words = error.to_string();
    let position = words
        .lines()
        .find(|line| line.trim_start().starts_with('^'))
        .and_then(|line| line.find('^'))
        .map_or(find.chars().count(), |column| column.saturating_sub(3));
    let why = words
        .lines()
        .last()
        .unwrap_or("")
        .trim_start_matches("error: ")
        .to_owned();
    EditError::Pattern {
        position: position.max(1),
        why,
    }
}

/// How an edit works on a field: its pattern compiled, and what the field holds.
#[derive(Clone, Debug)]
pub struct Rules {
    kind: FieldKind,
    multiple: bool,
    pattern: Option<Regex>,
}

/// An edit ready to be applied to many values.
#[derive(Debug)]
pub struct Prepared<'a> {
    edit: &'a Edit,
    rules: Rules,
}

impl Prepared<'_> {
    /// The value it makes of another one. The row matters to [`Edit::Assign`] only.
    pub fn apply(&self, row: Row, value: &Value) -> Value {
        self.edit.apply(&self.rules, row, value)
    }

    /// The tags to add and remove, for edits that name them one by one.
    pub fn delta(&self) -> Option<TagDelta> {
        self.edit.delta(&self.rules)
    }
}

impl Rules {
    /// What the field holds.
    pub fn kind(&self) -> FieldKind {
        self.kind
    }

    /// Whether the field holds several values.
    pub fn is_multiple(&self) -> bool {
        self.multiple
    }

    /// Text given for a field of several values is taken apart at `;`; other text is spelled as the
    /// field's kind has it.
    fn shaped(&self, wanted: &Value) -> Value {
        match wanted {
            Value::Text(text) if self.multiple => Value::list(text.split(';').map(str::trim)),
            Value::List(entries) if !self.multiple => Value::text(entries.join("; ")),
            Value::Text(text) => Value::text(self.kind.spelled(text)),
            Value::List(_)
            | Value::Absent
            | Value::Unknown
            | Value::Certificate(_)
            | Value::Asset { .. } => wanted.clone(),
        }
    }

    fn replaced(&self, value: &Value, with: &str, regex: bool) -> Value {
        let Some(pattern) = &self.pattern else {
            return value.clone();
        };
        let one = |text: &str| {
            if regex {
                pattern.replace_all(text, with).into_owned()
            } else {
                pattern
                    .replace_all(text, regex::NoExpand(with))
                    .into_owned()
            }
        };
        match value {
            Value::Text(text) => Value::text(one(text)),
            Value::List(entries) => Value::list(entries.iter().map(|entry| one(entry))),
            Value::Absent | Value::Unknown | Value::Certificate(_) | Value::Asset { .. } => {
                value.clone()
            }
        }
    }

    fn without(&self, value: &Value, tags: &[String]) -> Value {
        let mut kept = value
            .entries()
            .iter()
            .filter(|tag| !tags.contains(tag))
            .cloned();
        if self.multiple {
            Value::list(kept)
        } else {
            kept.next_back().map_or(Value::Absent, Value::text)
        }
    }
}

fn with_tags(value: &Value, tags: &[String], front: bool) -> Value {
    let (now, new) = (value.entries().iter(), tags.iter());
    if front {
        Value::list(new.chain(now).cloned())
    } else {
        Value::list(now.chain(new).cloned())
    }
}

#[cfg(test)]
mod tests;
