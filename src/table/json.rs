//! JSON objects of a file: one a line, or an array of them. Values stay as they are written.

use std::{collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{TableError, line_of};

/// The keys of an object with their values as they are written, in their order. A key that is
/// there twice is an error: which of the two counts, nobody can know.
#[derive(Clone, Debug, Default)]
pub struct Entries<'a>(pub Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let (mut entries, mut known) = (Vec::new(), HashSet::new());
                while let Some(key) = map.next_key::<String>()? {
                    if !known.insert(key.clone()) {
                        return Err(M::Error::custom(format!("the key `{key}` is there twice")));
                    }
                    entries.push((key, map.next_value()?));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

/// One object of a file, or what is wrong with it.
#[derive(Clone, Debug)]
pub struct Object<'a> {
    /// The line it begins on, from 1.
    pub line: u64,
    /// Its keys and values.
    pub entries: Result<Entries<'a>, String>,
}

pub(super) fn objects(text: &str) -> Result<Vec<Object<'_>>, TableError> {
    if text.trim_start().starts_with('[') && !is_line_of_its_own(text) {
        return array(text);
    }
    if let Some(objects) = one_document(text) {
        return Ok(objects);
    }
    let mut objects = Vec::new();
    for (line, text) in (1..).zip(text.split('\n')) {
        let text = text.trim();
        if !text.is_empty() {
            objects.push(Object {
                line,
                entries: entries(text),
            });
        }
    }
    Ok(objects)
}

/// Whether the first line is a whole JSON value and others follow: then it is no array of objects
/// but a wrong line among lines.
fn is_line_of_its_own(text: &str) -> bool {
    let text = text.trim();
    let Some((first, rest)) = text.split_once('\n') else {
        return false;
    };
    rest.trim_start().starts_with('{') && serde_json::from_str::<&RawValue>(first).is_ok()
}

/// A file that is one object over several lines: its `assets`, if it has such, or itself.
fn one_document(text: &str) -> Option<Vec<Object<'_>>> {
    let trimmed = text.trim();
    let document: Entries<'_> = serde_json::from_str(trimmed).ok()?;
    let assets = document.0.iter().find(|(key, _)| key == "assets");
    if let Some((_, assets)) = assets
        && let Ok(assets) = serde_json::from_str::<Vec<&RawValue>>(assets.get())
    {
        return Some(assets.into_iter().map(|one| object(text, one)).collect());
    }
    let line = line_of(text, text.len() - text.trim_start().len());
    Some(vec![Object {
        line,
        entries: Ok(document),
    }])
}

fn array(text: &str) -> Result<Vec<Object<'_>>, TableError> {
    let objects: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| {
        let line = u64::try_from(error.line()).unwrap_or_default();
        TableError::at(line.max(1), format!("this is no JSON array: {error}"))
    })?;
    let mut line = 1;
    let mut at = 0;
    let objects = objects.into_iter().map(|one| {
        let place = place(text, one.get());
        line += line_of(&text[at..place], place - at) - 1;
        at = place;
        Object {
            line,
            entries: entries(one.get()),
        }
    });
    Ok(objects.collect())
}

fn object<'a>(text: &str, one: &'a RawValue) -> Object<'a> {
    Object {
        line: line_of(text, place(text, one.get())),
        entries: entries(one.get()),
    }
}

/// Where a part of a text lies in it.
fn place(text: &str, part: &str) -> usize {
    part.as_ptr().addr() - text.as_ptr().addr()
}

fn entries(text: &str) -> Result<Entries<'_>, String> {
    serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        // The line is told already; the column of a short line helps nobody.
        let end = message.rfind(" at line ").unwrap_or(message.len());
        format!("this is no JSON object: {}", &message[..end])
    })
}
