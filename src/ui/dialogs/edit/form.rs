//! What is asked of one field: an operation, its texts and its switches.

use crate::{
    domain::{Edit, Field, FieldKind, Value, edit::tags, text::fold},
    ui::widgets::TextField,
};

/// What can be done with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Set,
    Append,
    Prepend,
    Replace,
    Tags,
    Clear,
}

impl Operation {
    /// The operations that suit a field, the most usual first.
    pub(super) fn suiting(kind: FieldKind) -> &'static [Self] {
        match kind {
            FieldKind::Text => &[
                Self::Set,
                Self::Append,
                Self::Prepend,
                Self::Replace,
                Self::Clear,
            ],
            FieldKind::Integer | FieldKind::Number | FieldKind::Boolean | FieldKind::Date => {
                &[Self::Set, Self::Replace, Self::Clear]
            }
            FieldKind::Tag => &[Self::Set, Self::Replace, Self::Tags, Self::Clear],
            FieldKind::Tags => &[Self::Tags, Self::Set, Self::Replace, Self::Clear],
            FieldKind::Certificate | FieldKind::Asset => &[],
        }
    }

    /// The word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Append => "append",
            Self::Prepend => "prepend",
            Self::Replace => "replace",
            Self::Tags => "add/remove",
            Self::Clear => "clear",
        }
    }

    /// The names of its texts.
    pub(super) fn inputs(self) -> &'static [&'static str] {
        match self {
            Self::Set => &["Value"],
            Self::Append | Self::Prepend => &["Text"],
            Self::Replace => &["Find", "With"],
            Self::Tags => &["Add", "Remove"],
            Self::Clear => &[],
        }
    }

    /// The names of its switches.
    pub(super) fn switches(self) -> &'static [&'static str] {
        match self {
            Self::Replace => &["regex", "case"],
            Self::Set | Self::Append | Self::Prepend | Self::Tags | Self::Clear => &[],
        }
    }
}

/// What is asked of one field.
#[derive(Clone, Debug)]
pub(super) struct Form {
    pub(super) operation: Operation,
    set: TextField,
    affix: TextField,
    find: TextField,
    with: TextField,
    add: TextField,
    remove: TextField,
    regex: bool,
    case: bool,
}

impl Form {
    pub(super) fn new(kind: FieldKind) -> Self {
        Self {
            operation: Operation::suiting(kind)
                .first()
                .copied()
                .unwrap_or(Operation::Set),
            set: TextField::default(),
            affix: TextField::default(),
            find: TextField::default(),
            with: TextField::default(),
            add: TextField::default(),
            remove: TextField::default(),
            regex: true,
            case: true,
        }
    }

    /// Whether the operation wants texts and none of them is written yet.
    pub(super) fn is_bare(&self) -> bool {
        let texts = self.operation.inputs().len();
        texts > 0 && (0..texts).all(|place| self.input(place).text().is_empty())
    }

    /// One of the operation's texts.
    pub(super) fn input(&self, place: usize) -> &TextField {
        match (self.operation, place) {
            (Operation::Append | Operation::Prepend, _) => &self.affix,
            (Operation::Replace, 0) => &self.find,
            (Operation::Replace, _) => &self.with,
            (Operation::Tags, 0) => &self.add,
            (Operation::Tags, _) => &self.remove,
            (Operation::Set | Operation::Clear, _) => &self.set,
        }
    }

    /// One of the operation's texts, to write in.
    pub(super) fn input_mut(&mut self, place: usize) -> &mut TextField {
        match (self.operation, place) {
            (Operation::Append | Operation::Prepend, _) => &mut self.affix,
            (Operation::Replace, 0) => &mut self.find,
            (Operation::Replace, _) => &mut self.with,
            (Operation::Tags, 0) => &mut self.add,
            (Operation::Tags, _) => &mut self.remove,
            (Operation::Set | Operation::Clear, _) => &mut self.set,
        }
    }

    /// Whether a switch is on.
    pub(super) fn switch(&self, place: usize) -> bool {
        if place == 0 { self.regex } else { self.case }
    }

    pub(super) fn flip(&mut self, place: usize) {
        let switch = if place == 0 {
            &mut self.regex
        } else {
            &mut self.case
        };
        *switch = !*switch;
    }

    /// The operation so many places further among those that suit.
    pub(super) fn turn(&mut self, kind: FieldKind, forward: bool) {
        let all = Operation::suiting(kind);
        let Some(at) = all.iter().position(|one| *one == self.operation) else {
            return;
        };
        let step = if forward { 1 } else { all.len() - 1 };
        self.operation = all[(at + step) % all.len()];
    }

    /// The edits it asks for, in the order they work.
    ///
    /// # Errors
    ///
    /// What is still missing, in words. Empty text never clears.
    pub(super) fn edits(&self, field: &Field) -> Result<Vec<Edit>, String> {
        let given = |input: &TextField, why: &str| match input.text() {
            "" => Err(why.to_owned()),
            text => Ok(text.to_owned()),
        };
        let edit = match self.operation {
            Operation::Clear => Edit::Clear,
            Operation::Set => {
                let text = given(&self.set, "no value yet; empty never clears, clear does")?;
                Edit::Set(if field.kind == FieldKind::Tags {
                    Value::list(tags(&text)?)
                } else {
                    Value::text(text)
                })
            }
            Operation::Append => Edit::Append(given(&self.affix, "no text to append yet")?),
            Operation::Prepend => Edit::Prepend(given(&self.affix, "no text to prepend yet")?),
            Operation::Replace => Edit::Replace {
                find: given(&self.find, "nothing to find yet")?,
                with: self.with.text().to_owned(),
                regex: self.regex,
                case: self.case,
            },
            Operation::Tags => return self.tag_edits(),
        };
        Ok(vec![edit])
    }

    fn tag_edits(&self) -> Result<Vec<Edit>, String> {
        let (add, remove) = (tags(self.add.text())?, tags(self.remove.text())?);
        if add.is_empty() && remove.is_empty() {
            return Err("no tag to add or remove yet".into());
        }
        let mut edits = Vec::new();
        if !add.is_empty() {
            edits.push(Edit::AddTags(add));
        }
        if !remove.is_empty() {
            edits.push(Edit::RemoveTags(remove));
        }
        Ok(edits)
    }

    /// In a few words, for the list of fields.
    pub(super) fn brief(&self) -> String {
        match self.operation {
            Operation::Set => self.set.text().to_owned(),
            Operation::Append | Operation::Prepend => self.affix.text().to_owned(),
            Operation::Replace if self.regex => {
                let flag = if self.case { "" } else { "i" };
                format!("/{}/{}/{flag}", self.find.text(), self.with.text())
            }
            Operation::Replace => {
                let flag = if self.case { "" } else { " (any case)" };
                format!("{} -> {}{flag}", self.find.text(), self.with.text())
            }
            Operation::Tags => {
                let signed = |sign: &str, text: &str| -> Vec<String> {
                    tags(text)
                        .unwrap_or_default()
                        .iter()
                        .map(|tag| format!("{sign}{tag}"))
                        .collect()
                };
                let mut all = signed("+", self.add.text());
                all.extend(signed("-", self.remove.text()));
                all.join(" ")
            }
            Operation::Clear => String::new(),
        }
    }

    /// The part of a text that is being written, where a field takes several values.
    fn written<'a>(&self, kind: FieldKind, text: &'a str) -> (&'a str, &'a str) {
        let several = self.operation == Operation::Tags || kind == FieldKind::Tags;
        match text.rfind(';') {
            Some(at) if several => {
                let head = text[at + 1..].len() - text[at + 1..].trim_start().len();
                text.split_at(at + 1 + head)
            }
            _ => ("", text),
        }
    }

    /// The allowed values that fit what is being written, those that begin so first.
    pub(super) fn fitting<'a>(&self, field: &'a Field, place: usize) -> Vec<&'a str> {
        if !self.takes_values() {
            return Vec::new();
        }
        let text = self.input(place).text();
        let wanted = fold(self.written(field.kind, text).1);
        let (begin, rest): (Vec<&str>, Vec<&str>) = field
            .allowed
            .iter()
            .map(String::as_str)
            .partition(|one| fold(one).starts_with(&wanted));
        let inside = rest.into_iter().filter(|one| fold(one).contains(&wanted));
        begin.into_iter().chain(inside).collect()
    }

    /// Whether its texts are values of the field.
    pub(super) fn takes_values(&self) -> bool {
        matches!(self.operation, Operation::Set | Operation::Tags)
    }

    /// Completes what is being written to the first allowed value that begins so. Whether there
    /// was something to complete.
    pub(super) fn complete(&mut self, field: &Field, place: usize) -> bool {
        let text = self.input(place).text().to_owned();
        let (head, tail) = self.written(field.kind, &text);
        let fitting = self.fitting(field, place);
        let exact = fitting.contains(&tail);
        let Some(first) = fitting.first() else {
            return false;
        };
        if tail.is_empty() || exact || !fold(first).starts_with(&fold(tail)) {
            return false;
        }
        let whole = format!("{head}{first}");
        self.input_mut(place).set(&whole);
        true
    }

    /// Puts another one of these values into what is being written.
    pub(super) fn cycle(&mut self, kind: FieldKind, place: usize, (values, on): (&[String], bool)) {
        if values.is_empty() || !self.takes_values() {
            return;
        }
        let text = self.input(place).text().to_owned();
        let (head, tail) = self.written(kind, &text);
        let next = match values.iter().position(|value| value == tail) {
            Some(at) if on => (at + 1) % values.len(),
            Some(at) => (at + values.len() - 1) % values.len(),
            None if on => 0,
            None => values.len() - 1,
        };
        let whole = format!("{head}{}", values[next]);
        self.input_mut(place).set(&whole);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: FieldKind, allowed: &[&str]) -> Field {
        Field {
            allowed: allowed.iter().map(|&one| one.to_owned()).collect(),
            ..Field::plain("Season", kind)
        }
    }

    #[test]
    fn empty_text_asks_for_nothing() {
        let field = field(FieldKind::Text, &[]);
        let mut form = Form::new(field.kind);
        for operation in Operation::suiting(field.kind) {
            form.operation = *operation;
            assert_eq!(
                form.edits(&field).is_ok(),
                *operation == Operation::Clear,
                "{operation:?}"
            );
        }
        assert!(Form::new(FieldKind::Tags).edits(&field).is_err());
    }

    #[test]
    fn tab_completes_the_tag_being_written_and_leaves_a_whole_one_alone() {
        let field = field(FieldKind::Tags, &["Spring", "Summer", "Sum"]);
        let mut form = Form::new(field.kind);
        form.input_mut(0).set("Spring; sum");
        assert!(form.complete(&field, 0));
        assert_eq!(form.input(0).text(), "Spring; Summer");
        assert!(!form.complete(&field, 0));
        form.input_mut(0).set("Sum");
        assert!(!form.complete(&field, 0), "it is a value already");
    }

    #[test]
    fn adding_and_removing_tags_are_two_edits_and_additions_come_first() {
        let field = field(FieldKind::Tags, &[]);
        let mut form = Form::new(field.kind);
        form.input_mut(0).set("outerwear; blue");
        form.input_mut(1).set("outer");
        let wanted = [
            Edit::AddTags(vec!["outerwear".into(), "blue".into()]),
            Edit::RemoveTags(vec!["outer".into()]),
        ];
        assert_eq!(form.edits(&field).unwrap(), wanted);
    }
}
