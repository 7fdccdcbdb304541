//! How facets read and write the terms of a query.

use std::collections::BTreeMap;

use crate::{
    domain::{FieldKey, Query, Value, listing::TYPE, query::quoted as quoted_name, text::fold},
    ui::{component::Scene, view, widgets::diff},
};

/// One value of a field.
#[derive(Clone, Debug)]
pub(super) struct FacetValue {
    /// What the query says for it; empty where there is no value.
    word: String,
    /// What is shown.
    pub(super) shown: String,
    /// How many rows have it.
    pub(super) count: u64,
    /// `x` included, `-` excluded, a blank otherwise.
    pub(super) sign: char,
}

impl FacetValue {
    pub(super) fn matches(&self, wanted: &str) -> bool {
        fold(&self.shown).contains(wanted)
    }
}

/// A field with its values.
#[derive(Clone, Debug)]
pub(super) struct Facet {
    /// The field.
    pub(super) field: FieldKey,
    /// Its values, most used first.
    pub(super) values: Vec<FacetValue>,
    /// The largest count.
    pub(super) most: u64,
    /// How many rows have a value that nobody has read.
    pub(super) unread: u64,
}

/// The fields worth a facet: type, certificate, and those whose values repeat.
pub(super) fn fields(scene: &Scene<'_>) -> Vec<FieldKey> {
    let workbench = scene.workbench;
    let order = scene.view.order();
    let sample = view::sampled(order.iter().copied(), order.len());
    let mut fields = vec![FieldKey::new(TYPE)];
    fields.extend(view::telling(workbench, &sample));
    if workbench.listing.values(&FieldKey::certificate()).is_some() {
        fields.push(FieldKey::certificate());
    }
    fields
}

/// A query without the terms a facet of this field wrote.
pub(super) fn others(field: &FieldKey, query: &Query) -> Query {
    let mut others = query.clone();
    for (place, term) in query.terms().iter().enumerate().rev() {
        if read(field, term).is_some() {
            others = others.without(place);
        }
    }
    others
}

/// The values of a field among the rows the other terms leave, as far as they are counted.
pub(super) fn facet(field: &FieldKey, scene: &Scene<'_>) -> Option<Facet> {
    let query = scene.view.query();
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut unread = 0;
    for (value, count) in scene.view.counts(field)? {
        if *value == Value::Unknown {
            unread += count;
            continue;
        }
        *counts.entry(word(value)).or_default() += count;
    }
    let (included, excluded) = chosen(field, query);
    for word in included.iter().chain(&excluded) {
        counts.entry(word.clone()).or_default();
    }
    let mut values: Vec<FacetValue> = counts
        .into_iter()
        .map(|(word, count)| FacetValue {
            shown: if word.is_empty() {
                diff::shown(&Value::Absent)
            } else {
                word.clone()
            },
            sign: match () {
                () if included.contains(&word) => 'x',
                () if excluded.contains(&word) => '-',
                () => ' ',
            },
            word,
            count,
        })
        .collect();
    values.sort_by_key(|value| std::cmp::Reverse(value.count));
    let most = values.iter().map(|value| value.count).max().unwrap_or(0);
    Some(Facet {
        field: field.clone(),
        values,
        most,
        unread,
    })
}

/// The word a query asks for a value with.
fn word(value: &Value) -> String {
    match value {
        Value::Certificate(certificate) => certificate.status.word().to_owned(),
        Value::Absent | Value::Unknown => String::new(),
        Value::Text(_) | Value::List(_) | Value::Asset { .. } => value.display().into_owned(),
    }
}

/// The values of a field that a query includes and excludes by terms facets write.
fn chosen(field: &FieldKey, query: &Query) -> (Vec<String>, Vec<String>) {
    let (mut included, mut excluded) = (Vec::new(), Vec::new());
    for (words, negated) in query.terms().iter().filter_map(|term| read(field, term)) {
        if negated {
            &mut excluded
        } else {
            &mut included
        }
        .extend(words);
    }
    (included, excluded)
}

/// The values of a term a facet of this field wrote, and whether it excludes them.
fn read(field: &FieldKey, term: &str) -> Option<(Vec<String>, bool)> {
    let (negated, term) = match term.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, term),
    };
    let name = name(field);
    if let Some(has) = term.strip_prefix("has:") {
        return (has == name).then(|| (vec![String::new()], !negated));
    }
    let rest = term.strip_prefix(name.as_str())?;
    if let Some(value) = rest.strip_prefix('=') {
        let value = value.trim_matches('"').replace("\\\"", "\"");
        return Some((vec![value], negated));
    }
    let several = rest.strip_prefix(":~\"^(?:")?.strip_suffix(")$\"")?;
    let plain = |text: &str| text.replace("\\\"", "\"").replace('\\', "");
    Some((several.split('|').map(plain).collect(), negated))
}

fn name(field: &FieldKey) -> String {
    quoted_name(&fold(field.as_str()))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\\\""))
}

impl Facet {
    /// The query with a value included or excluded, or neither if it was so already.
    pub(super) fn chosen(&self, value: usize, exclude: bool, query: &Query) -> String {
        let word = &self.values[value].word;
        let (mut included, mut excluded) = chosen(&self.field, query);
        let (mine, other) = if exclude {
            (&mut excluded, &mut included)
        } else {
            (&mut included, &mut excluded)
        };
        other.retain(|one| one != word);
        if mine.contains(word) {
            mine.retain(|one| one != word);
        } else {
            // No value and some value can't both be asked for.
            mine.retain(|one| exclude || (one.is_empty() == word.is_empty()));
            mine.push(word.clone());
        }
        let terms = query.terms();
        let rest = terms
            .iter()
            .filter(|term| read(&self.field, term).is_none())
            .cloned();
        rest.chain(self.written(&included, &excluded))
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn written(&self, included: &[String], excluded: &[String]) -> Vec<String> {
        let name = name(&self.field);
        let mut terms = Vec::new();
        match included {
            [] => {}
            [one] if one.is_empty() => terms.push(format!("-has:{name}")),
            [one] => terms.push(format!("{name}={}", quoted(one))),
            several => {
                let several: Vec<String> = several.iter().map(|one| regex::escape(one)).collect();
                terms.push(format!(
                    "{name}:~{}",
                    quoted(&format!("^(?:{})$", several.join("|")))
                ));
            }
        }
        terms.extend(excluded.iter().map(|one| match one.as_str() {
            "" => format!("has:{name}"),
            one => format!("-{name}={}", quoted(one)),
        }));
        terms
    }
}
