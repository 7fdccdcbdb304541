//! How assets look on the wire: models of the catalogue's own, with places for what differs.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Anyhow;

/// An asset's text, with the places where its number goes.
pub(crate) struct Model {
    text: Vec<u8>,
    /// Where the guid goes, or the handle's number.
    ids: Vec<usize>,
    /// Where the number within the name goes.
    numbers: Vec<usize>,
    /// Where the moment it was made goes.
    made: Vec<usize>,
}

/// Digits of a number in a name or a handle.
const DIGITS: usize = 7;

impl Model {
    /// Writes the asset of a number.
    pub(crate) fn write(&self, number: usize, (id, made): (&str, &str), out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&self.text);
        let digits = format!("{number:07}");
        let parts = [
            (&self.ids, id),
            (&self.numbers, digits.as_str()),
            (&self.made, made),
        ];
        for (places, part) in parts {
            for place in places {
                let at = start + place;
                out[at..at + part.len()].copy_from_slice(part.as_bytes());
            }
        }
    }
}

/// The models in an answer to a search over REST.
pub(crate) fn of_json(answer: &[u8]) -> Anyhow<Vec<Model>> {
    #[derive(Deserialize)]
    struct Answer<'a> {
        #[serde(borrow)]
        entities: Vec<&'a RawValue>,
    }
    #[derive(Deserialize)]
    struct Entity<'a> {
        guid: &'a str,
    }
    let answer: Answer<'_> = serde_json::from_slice(answer)?;
    let mut models = Vec::new();
    for entity in answer.entities {
        let text = entity.get();
        let guid = serde_json::from_str::<Entity<'_>>(text)?.guid;
        let number = number(text).unwrap_or("no number");
        models.push(Model {
            ids: places(text, guid),
            numbers: places(text, number),
            made: Vec::new(),
            text: text.as_bytes().to_vec(),
        });
    }
    Ok(models)
}

/// The models in an answer to a search over SOAP.
pub(crate) fn of_xml(answer: &str) -> Anyhow<Vec<Model>> {
    let (_, list) = answer.split_once("<assetArray>").ok_or("no assets in it")?;
    let mut models = Vec::new();
    let mut rest = list;
    while rest.starts_with("<items>") {
        let end = closed(rest).ok_or("an asset does not end")?;
        let (text, after) = rest.split_at(end);
        rest = after;
        let handle = between(text, "<assetHandle>", "</assetHandle>").ok_or("no handle")?;
        let made = between(text, "<created>", "</created>").ok_or("no moment")?;
        let text = text
            .replace(handle, "a|0000000")
            .replace(&format!("<created>{made}"), &format!("<created>{MOMENT}"));
        let number = number(&text).unwrap_or("no number").to_owned();
        models.push(Model {
            ids: places(&text, "a|0000000"),
            numbers: places(&text, &number),
            made: places(&text, &format!("<created>{MOMENT}"))
                .into_iter()
                .map(|at| at + "<created>".len())
                .collect(),
            text: text.into_bytes(),
        });
    }
    Ok(models)
}

const MOMENT: &str = "2020-01-01T00:00:00.000Z";

/// When the asset of a number was made.
pub(crate) fn moment(number: usize) -> String {
    let (day, second) = (number / 86_400, number % 86_400);
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!(
        "2020-01-{:02}T{hour:02}:{minute:02}:{:02}.000Z",
        day + 1,
        second % 60
    )
}

/// The number of the asset made then.
pub(crate) fn made_at(moment: &str) -> Option<usize> {
    let part = |from: usize, to: usize| moment.get(from..to)?.parse::<usize>().ok();
    let day = part(8, 10)?.checked_sub(1)?;
    Some(day * 86_400 + part(11, 13)? * 3600 + part(14, 16)? * 60 + part(17, 19)?)
}

/// The seven digits in a name (`JKT_0000123_FRONT`).
fn number(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let is_number = |at: &usize| {
        let around = at.checked_sub(1).and_then(|at| bytes.get(at));
        around == Some(&b'_')
            && bytes.get(at + DIGITS) == Some(&b'_')
            && bytes[*at..at + DIGITS].iter().all(u8::is_ascii_digit)
    };
    let at = (1..bytes.len().saturating_sub(DIGITS)).find(is_number)?;
    text.get(at..at + DIGITS)
}

fn places(text: &str, part: &str) -> Vec<usize> {
    text.match_indices(part).map(|(at, _)| at).collect()
}

pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}

/// Where the `items` at the start ends.
fn closed(text: &str) -> Option<usize> {
    let (mut depth, mut at) = (0, 0);
    loop {
        let rest = &text[at..];
        let opens = rest.find("<items>");
        let closes = rest.find("</items>")?;
        if opens.is_some_and(|opens| opens < closes) {
            depth += 1;
            at += opens? + "<items>".len();
        } else {
            depth -= 1;
            at += closes + "</items>".len();
        }
        if depth == 0 {
            return Some(at);
        }
    }
}
