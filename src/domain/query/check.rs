//! Holds a query against the fields of an endpoint.

use super::{Pattern, Query, QueryError, Term, Test, evaluate, parse::quoted, probe};
use crate::domain::{Field, FieldKind, Schema, text};

/// Words other query languages put between a field and a value.
const WORDS: [&str; 9] = [
    "is", "in", "like", "contains", "equals", "between", "has", "matches", "before",
];

impl Query {
    /// Checks that every field it names is one of the schema, the name, the type or the id, and
    /// that what is asked of a field suits what it holds.
    ///
    /// # Errors
    ///
    /// The first unknown field, with the nearest known one, or what to write instead.
    pub fn check(&self, schema: &Schema) -> Result<(), QueryError> {
        side(&self.terms, schema)
    }
}

fn side(terms: &[Term], schema: &Schema) -> Result<(), QueryError> {
    let mut before: Option<&str> = None;
    for term in terms {
        let why = match &term.test {
            Test::AnyOf { sides, .. } => {
                for terms in sides {
                    side(terms, schema)?;
                }
                None
            }
            Test::Has(name) => unknown(name, schema),
            Test::Field { name, pattern } => unknown(name, schema)
                .or_else(|| none(name, pattern))
                .or_else(|| unsuited(schema.field(name)?, name, pattern)),
            Test::Anywhere {
                word: Some(word), ..
            } => joined(before, word, schema).or_else(|| negated(term.negated, word, schema)),
            Test::Anywhere { word: None, .. } | Test::Is(_) => None,
        };
        if let Some(why) = why {
            return Err(QueryError {
                position: term.head,
                why,
            });
        }
        before = None;
        if let Test::Anywhere { word, .. } = &term.test
            && !term.negated
        {
            before = word.as_deref();
        }
    }
    Ok(())
}

fn is_field(name: &str, schema: &Schema) -> bool {
    evaluate::is_built_in(name) || schema.field(name).is_some()
}

fn unknown(name: &str, schema: &Schema) -> Option<String> {
    if is_field(name, schema) {
        return None;
    }
    Some(match schema.nearest(name) {
        Some(near) => format!("there is no field `{name}`; did you mean {near}?"),
        None => format!("there is no field `{name}`; text with a sign in it goes in quotes"),
    })
}

/// `year between 1999 and 2001`: a field, and a word that is a sign elsewhere.
fn joined(before: Option<&str>, word: &str, schema: &Schema) -> Option<String> {
    let before = before.filter(|before| is_field(before, schema))?;
    let name = text::fold(before);
    WORDS.contains(&text::fold(word).as_str()).then(|| {
        format!(
            "`{word}` is searched as a word; write {name}:value, {name}=value or {name}:1..9, \
             or put the words in quotes"
        )
    })
}

/// `-rights`, which looks for a word and not at a field.
fn negated(negated: bool, word: &str, schema: &Schema) -> Option<String> {
    (negated && is_field(word, schema)).then(|| {
        format!(
            "write -has:{word} for assets without a value; the word goes in quotes, -\"{word}\""
        )
    })
}

/// `cert:none`, which is no word of any certificate.
fn none(name: &str, pattern: &Pattern) -> Option<String> {
    let is_none =
        matches!(pattern, Pattern::Contains(text) | Pattern::Exactly(text) if text == "none");
    (is_none && evaluate::is_short(name))
        .then(|| format!("write -has:{name} for assets without one"))
}

/// What a field of this kind never holds, with what to write.
fn unsuited(field: &Field, name: &str, pattern: &Pattern) -> Option<String> {
    let (fits, kind, example): (fn(&str) -> bool, _, _) = match field.kind {
        FieldKind::Integer | FieldKind::Number => (
            |text| probe::number(text).is_some(),
            "numbers",
            "{}:1200 or {}:100..500",
        ),
        FieldKind::Date => (
            is_part_of_date,
            "dates",
            "{}:2026-01-31 or {}:2026-01-01..2026-03-31",
        ),
        FieldKind::Boolean => (
            |text| matches!(text::fold(text).as_str(), "true" | "false"),
            "true or false",
            "{}:true or {}:false",
        ),
        FieldKind::Text
        | FieldKind::Tag
        | FieldKind::Tags
        | FieldKind::Certificate
        | FieldKind::Asset => return None,
    };
    let texts: Vec<&str> = match pattern {
        Pattern::Contains(text) | Pattern::Exactly(text) => vec![text],
        Pattern::AnyOf(texts) => texts.iter().map(String::as_str).collect(),
        Pattern::Between { low, high } => {
            let ends = low.iter().chain(high);
            ends.map(|bound| bound.text.as_str()).collect()
        }
        Pattern::Matches(_) | Pattern::Empty => return None,
    };
    let odd = texts.into_iter().find(|text| !fits(text.trim()))?;
    let example = example.replace("{}", &quoted(name));
    Some(format!(
        "{name} holds {kind}, `{odd}` is none; write {example}"
    ))
}

/// A date, with a time perhaps, or a part of one: `2026`, `2026-01`, `2026-01-31T12:30`, `01-31`.
fn is_part_of_date(text: &str) -> bool {
    let text = text.to_ascii_uppercase();
    let (day, time) = match text.split_once(['T', ' ']) {
        Some((day, time)) => (day, Some(time)),
        None => (text.as_str(), None),
    };
    let digits =
        |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    let whole = match day.split('-').collect::<Vec<_>>().as_slice() {
        [clock] if clock.contains(':') => return clock.split(':').all(|part| digits(part, 2)),
        [year] => return time.is_none() && year.len() <= 4 && digits(year, year.len()),
        [year, month] if digits(year, 4) && digits(month, 2) => format!("{day}-01"),
        [month, date] if digits(month, 2) && digits(date, 2) => format!("2024-{day}"),
        _ => day.to_owned(),
    };
    let is_clock = |time: &str| {
        time.starts_with(|c: char| c.is_ascii_digit())
            && time
                .chars()
                .all(|c| c.is_ascii_digit() || ":.+-Z".contains(c))
    };
    whole.parse::<jiff::civil::Date>().is_ok() && time.is_none_or(is_clock)
}
