//! Conditions that the columns of the database can answer, as SQL.

use rusqlite::types::Value;

use crate::catalogue::database::kinds::Kinds;
use crate::catalogue::evaluate::{millis_of, passes, super_types};
use crate::catalogue::model::Trash;
use crate::catalogue::query::{Bound, Condition, Operand, Sort, Test};
use crate::catalogue::schema::Schema;

/// A piece of SQL with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Clause {
    pub(super) text: String,
    pub(super) arguments: Vec<Value>,
}

impl Clause {
    fn bare(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            arguments: Vec::new(),
        }
    }

    fn one(text: &str, argument: impl Into<Value>) -> Self {
        Self {
            text: text.to_owned(),
            arguments: vec![argument.into()],
        }
    }

    /// Pieces put together with a word between them.
    pub(super) fn joined(pieces: Vec<Self>, word: &str) -> Self {
        let mut text = String::from("(");
        let mut arguments = Vec::new();
        for (number, piece) in pieces.into_iter().enumerate() {
            if number > 0 {
                text.push_str(word);
            }
            text.push_str(&piece.text);
            arguments.extend(piece.arguments);
        }
        text.push(')');
        Self { text, arguments }
    }
}

/// What a translation needs to know.
pub(super) struct Ground<'library> {
    pub(super) kinds: &'library Kinds,
    pub(super) schema: &'library Schema,
}

impl Ground<'_> {
    /// The condition as SQL that holds for exactly the same assets; `None` where columns cannot
    /// tell. The condition is a prepared one.
    pub(super) fn exact(&self, condition: &Condition) -> Option<Clause> {
        match condition {
            Condition::Always | Condition::AtLeast(0, _) => Some(Clause::bare("1")),
            Condition::Never => Some(Clause::bare("0")),
            Condition::And(all) if all.is_empty() => Some(Clause::bare("1")),
            Condition::Or(any) if any.is_empty() => Some(Clause::bare("0")),
            Condition::And(all) => Some(Clause::joined(self.every(all)?, " AND ")),
            Condition::Or(any) | Condition::AtLeast(1, any) => {
                Some(Clause::joined(self.every(any)?, " OR "))
            }
            Condition::AtLeast(..) => None,
            Condition::Not(not) => {
                let inner = self.exact(not)?;
                Some(Clause {
                    text: format!("NOT {}", inner.text),
                    arguments: inner.arguments,
                })
            }
            Condition::Is { on, test, fold } => self.test(on, test, *fold),
            Condition::InFolder { path, deep: false } => {
                Some(Clause::one("folder = ?", path.clone()))
            }
            Condition::InFolder { path, deep: true } => Some(prefix("folder", path)),
        }
    }

    /// SQL that holds for every asset the condition holds for, and perhaps for more.
    pub(super) fn loose(&self, condition: &Condition) -> Clause {
        if let Some(exact) = self.exact(condition) {
            return exact;
        }
        if let Condition::And(all) = condition {
            let pieces = all.iter().map(|each| self.loose(each)).collect();
            return Clause::joined(pieces, " AND ");
        }
        Clause::bare("1")
    }

    fn every(&self, conditions: &[Condition]) -> Option<Vec<Clause>> {
        conditions.iter().map(|each| self.exact(each)).collect()
    }

    fn test(&self, on: &Operand, test: &Test, fold: bool) -> Option<Clause> {
        match on {
            Operand::Row => numeric("row", test),
            Operand::Created => numeric("created", test),
            Operand::Modified => numeric("modified", test),
            Operand::Id if !fold => text("id", test),
            Operand::Guid => text("guid", test),
            Operand::QualifiedName if !fold => text("qualified_name", test),
            Operand::Name if fold => text("name_fold", test),
            Operand::Name => text("name", test),
            Operand::Folder if !fold => text("folder", test),
            Operand::Kind => Some(self.codes(|kind, _| passes(test, kind, fold))),
            Operand::TypeName => Some(self.codes(|_, type_name| passes(test, type_name, fold))),
            Operand::SuperTypes => Some(self.codes(|_, type_name| {
                super_types(type_name, self.schema)
                    .iter()
                    .any(|each| passes(test, each, fold))
            })),
            Operand::Media => Some(self.codes(|kind, _| {
                passes(test, if kind.is_empty() { "false" } else { "true" }, fold)
            })),
            Operand::TrashState => Some(trash(|state| passes(test, state.name(), fold))),
            Operand::Status => Some(trash(|state| passes(test, state.status(), fold))),
            Operand::Id
            | Operand::QualifiedName
            | Operand::Folder
            | Operand::FileName
            | Operand::CreatedBy
            | Operand::ModifiedBy
            | Operand::Published
            | Operand::FileSize
            | Operand::Tags
            | Operand::Glossary
            | Operand::Field(_)
            | Operand::Attribute(_) => None,
        }
    }

    fn codes(&self, holds: impl Fn(&str, &str) -> bool) -> Clause {
        let codes = self.kinds.codes_where(holds);
        if codes.is_empty() {
            return Clause::bare("0");
        }
        if codes.len() == self.kinds.len() {
            return Clause::bare("1");
        }
        let listed: Vec<String> = codes.iter().map(ToString::to_string).collect();
        Clause::bare(&format!("code IN ({})", listed.join(",")))
    }
}

fn trash(holds: impl Fn(Trash) -> bool) -> Clause {
    let listed: Vec<String> = [Trash::NotInTrash, Trash::InTrash, Trash::InEmptiedTrash]
        .into_iter()
        .filter(|state| holds(*state))
        .map(|state| state.code().to_string())
        .collect();
    match listed.as_slice() {
        [] => Clause::bare("0"),
        [one] => Clause::bare(&format!("trash = {one}")),
        [_, _, _, ..] => Clause::bare("1"),
        some => Clause::bare(&format!("trash IN ({})", some.join(","))),
    }
}

fn numeric(column: &str, test: &Test) -> Option<Clause> {
    match test {
        Test::Exists => Some(Clause::bare("1")),
        Test::Is(texts) => {
            let numbers: Option<Vec<Value>> = texts
                .iter()
                .map(|text| millis_of(text).map(Value::Integer))
                .collect();
            Some(listed(column, numbers?))
        }
        Test::Range { min, max } => {
            let mut pieces = vec![Clause::bare("1")];
            pieces.extend(
                min.as_ref()
                    .map(|bound| bounded(column, bound, [">", ">="])),
            );
            pieces.extend(
                max.as_ref()
                    .map(|bound| bounded(column, bound, ["<", "<="])),
            );
            Some(Clause::joined(pieces, " AND "))
        }
        Test::StartsWith(_)
        | Test::EndsWith(_)
        | Test::Contains(_)
        | Test::Wildcard(_)
        | Test::Among(..)
        | Test::Words { .. } => None,
    }
}

fn bounded(column: &str, bound: &Bound, signs: [&str; 2]) -> Clause {
    let sign = signs[usize::from(bound.inclusive)];
    Clause::one(&format!("{column} {sign} ?"), bound.value)
}

fn text(column: &str, test: &Test) -> Option<Clause> {
    match test {
        Test::Exists => Some(Clause::bare(&format!("{column} <> ''"))),
        Test::Is(texts) => Some(listed(
            column,
            texts.iter().cloned().map(Value::Text).collect(),
        )),
        Test::StartsWith(start) => Some(prefix(column, start)),
        Test::Among(from, to) => {
            let ends = [(">=", from), ("<", to)].into_iter();
            let ends = ends.filter_map(|(sign, end)| {
                Some(Clause::one(&format!("{column} {sign} ?"), end.clone()?))
            });
            Some(Clause::joined(ends.collect(), " AND "))
        }
        Test::Contains(part) => Some(Clause::one(
            &format!("instr({column}, ?) > 0"),
            part.clone(),
        )),
        Test::EndsWith(_) | Test::Wildcard(_) | Test::Words { .. } | Test::Range { .. } => None,
    }
}

fn listed(column: &str, values: Vec<Value>) -> Clause {
    match values.len() {
        0 => Clause::bare("0"),
        1 => Clause {
            text: format!("{column} = ?"),
            arguments: values,
        },
        many => Clause {
            text: format!("{column} IN ({})", vec!["?"; many].join(",")),
            arguments: values,
        },
    }
}

/// Every text that starts so, by the index on the column.
fn prefix(column: &str, start: &str) -> Clause {
    let end = format!("{start}\u{10ffff}");
    Clause {
        text: format!("({column} >= ? AND {column} < ?)"),
        arguments: vec![Value::Text(start.to_owned()), Value::Text(end)],
    }
}

/// What an order can use an index for, with its column.
static SORTABLE: [(Operand, &str); 5] = [
    (Operand::Row, "row"),
    (Operand::Created, "created"),
    (Operand::Modified, "modified"),
    (Operand::Name, "name_fold"),
    (Operand::Guid, "guid"),
];

fn sort_column(operand: &Operand) -> Option<&'static str> {
    let found = SORTABLE.iter().find(|(sortable, _)| sortable == operand);
    found.map(|(_, column)| *column)
}

/// `ORDER BY` of keys that all have columns, closed by the row.
pub(super) fn order_by(sort: &[Sort]) -> Option<String> {
    let mut keys = Vec::with_capacity(sort.len() + 1);
    for key in sort {
        let direction = if key.descending { " DESC" } else { "" };
        keys.push(format!("{}{direction}", sort_column(&key.by)?));
    }
    // A guid is unique: what follows it decides nothing, and would cost the index.
    if let Some(unique) = sort
        .iter()
        .position(|key| matches!(key.by, Operand::Guid | Operand::Row))
    {
        keys.truncate(unique + 1);
    } else {
        let direction = if sort.last().is_some_and(|key| key.descending) {
            " DESC"
        } else {
            ""
        };
        keys.push(format!("row{direction}"));
    }
    Some(keys.join(", "))
}

/// Assets that come after these sort values.
pub(super) fn after(sort: &[Sort], values: &[serde_json::Value]) -> Option<Clause> {
    let mut choices = Vec::new();
    let mut equal: Vec<Clause> = Vec::new();
    for (key, value) in sort.iter().zip(values) {
        let column = sort_column(&key.by)?;
        let argument = match value {
            serde_json::Value::Number(number) => Value::Integer(number.as_i64()?),
            serde_json::Value::String(text) => Value::Text(text.clone()),
            serde_json::Value::Null
            | serde_json::Value::Bool(_)
            | serde_json::Value::Array(_)
            | serde_json::Value::Object(_) => return None,
        };
        let sign = if key.descending { "<" } else { ">" };
        let mut choice = equal.clone();
        choice.push(Clause::one(&format!("{column} {sign} ?"), argument.clone()));
        choices.push(Clause::joined(choice, " AND "));
        equal.push(Clause::one(&format!("{column} = ?"), argument));
    }
    if choices.is_empty() {
        return Some(Clause::bare("1"));
    }
    // The first key alone, so that the index is entered at the right place.
    let first = sort.first()?;
    let mut entry = equal.swap_remove(0);
    let sign = if first.descending { "<=" } else { ">=" };
    entry.text = format!("{} {sign} ?", sort_column(&first.by)?);
    Some(Clause::joined(
        vec![entry, Clause::joined(choices, " OR ")],
        " AND ",
    ))
}
