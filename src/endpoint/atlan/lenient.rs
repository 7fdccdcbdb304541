//! Reading JSON that is not quite JSON, without losing a whole page for one asset.
//!
//! Java servers emit lone surrogates (`"\ud800"`), raw control characters and broken UTF-8. Raw
//! controls are repaired without loss; the other two cost the asset that has them its editing.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::endpoint::EndpointError;

/// Why an asset that needed repair may not be edited.
pub(super) const DAMAGED: &str =
    "its text has characters that no client can send back unchanged; correct it in Atlan first";

/// A text ready to be parsed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Body<'a> {
    /// The text, without byte order mark.
    pub(super) text: Cow<'a, str>,
    /// Whether bytes that were no UTF-8 became U+FFFD.
    pub(super) broken: bool,
}

/// Makes a body text: drops the byte order mark, replaces what is no UTF-8.
pub(super) fn body(bytes: &[u8]) -> Body<'_> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // Whole text, which is nearly all there is, is told far sooner than text with holes.
    let text = str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed);
    let broken = matches!(text, Cow::Owned(_));
    Body { text, broken }
}

impl Body<'_> {
    /// Gives the text to a reader; once more with control characters escaped if it can't be read as
    /// it is. The texts that are read borrow from it, so it is kept in `escaped`.
    ///
    /// # Errors
    ///
    /// When it can't be read even so.
    pub(super) fn read<'a, T: Deserialize<'a>>(
        &'a self,
        escaped: &'a mut String,
    ) -> Result<T, EndpointError> {
        serde_json::from_str(&self.text).or_else(|_| {
            *escaped = escape_controls(&self.text).into_owned();
            serde_json::from_str(escaped).map_err(|error| garbled(&error))
        })
    }
}

/// What is said of an answer that is no JSON, or not the expected one.
pub(super) fn garbled(error: &serde_json::Error) -> EndpointError {
    EndpointError::Garbled {
        why: format!("no JSON as Atlan writes it: {error}"),
        maybe_written: false,
    }
}

/// Writes raw control characters within strings as escapes; the meaning stays the same.
pub(super) fn escape_controls(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|one| u32::from(one) < 0x20) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut quoted = false;
    let mut escaped = false;
    for one in text.chars() {
        match one {
            control if quoted && u32::from(control) < 0x20 => {
                let code = u32::from(control);
                out.push_str("\\u00");
                for half in [code >> 4, code & 15] {
                    out.push(char::from_digit(half, 16).unwrap_or('0'));
                }
                escaped = false;
                continue;
            }
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = quoted && one == '\\' && !escaped;
        out.push(one);
    }
    Cow::Owned(out)
}

/// Parses one value; the flag says whether a lone surrogate had to be replaced by U+FFFD.
///
/// # Errors
///
/// When it can't be read even so.
pub(super) fn value(text: &str) -> Result<(Json, bool), serde_json::Error> {
    serde_json::from_str(text)
        .map(|json| (json, false))
        .or_else(|_| serde_json::from_str(&replace_surrogates(text)).map(|json| (json, true)))
}

/// What can still be told of an entity that is too deeply nested to be read: enough to show it.
/// Everything else is passed over without being built.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Outline {
    guid: Option<String>,
    type_name: Option<String>,
    status: Option<String>,
    display_text: Option<String>,
    attributes: OutlineAttributes,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct OutlineAttributes {
    name: Option<String>,
    qualified_name: Option<String>,
}

/// One entity of an answer, however it is; the flag says whether it was damaged. An entity that
/// can't be read at all is null, so that it costs nobody else anything.
pub(super) fn entity(text: &str) -> (Json, bool) {
    if let Ok(read) = value(text) {
        return read;
    }
    let Ok(outline) = serde_json::from_str::<Outline>(&replace_surrogates(text)) else {
        return (Json::Null, true);
    };
    let json = json!({
        "guid": outline.guid,
        "typeName": outline.type_name,
        "status": outline.status,
        "displayText": outline.display_text,
        "attributes": {
            "name": outline.attributes.name,
            "qualifiedName": outline.attributes.qualified_name,
        },
    });
    (json, true)
}

pub(super) fn replace_surrogates(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = match unit(rest) {
            Some(high @ 0xd800..=0xdbff) => match rest.get(6..).and_then(unit) {
                Some(0xdc00..=0xdfff) => copy(&mut out, rest, 12),
                _ => replacement(&mut out, high),
            },
            Some(low @ 0xdc00..=0xdfff) => replacement(&mut out, low),
            Some(_) => copy(&mut out, rest, 6),
            None => copy(&mut out, rest, escape_length(rest)),
        };
        rest = &rest[taken..];
    }
    out.push_str(rest);
    out
}

/// The code unit of a `\uXXXX` at the start.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

fn copy(out: &mut String, text: &str, length: usize) -> usize {
    out.push_str(&text[..length]);
    length
}

fn replacement(out: &mut String, _lone: u16) -> usize {
    out.push('\u{fffd}');
    6
}

/// A backslash and the character after it.
fn escape_length(text: &str) -> usize {
    1 + text[1..].chars().next().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_surrogate_costs_one_character_and_is_told() {
        let (json, damaged) = value(r#"{"name":"a\ud800b\\ud800 \ud83d\ude00 \udc00"}"#).unwrap();
        assert_eq!(json, json!({"name": "a\u{fffd}b\\ud800 😀 \u{fffd}"}));
        assert!(damaged);
    }

    #[test]
    fn sound_text_is_left_alone() {
        let (json, damaged) = value(r#"{"name":"\ud83d\ude00"}"#).unwrap();
        assert_eq!(json, json!({"name": "😀"}));
        assert!(!damaged);
    }

    #[test]
    fn raw_control_characters_survive_as_what_they_are() {
        let raw = "{\n\"a\\\"\": \"x\u{1}\ty\"}";
        let fixed = escape_controls(raw);
        assert_eq!(
            serde_json::from_str::<Json>(&fixed).unwrap(),
            json!({"a\"": "x\u{1}\ty"})
        );
    }

    #[test]
    fn an_entity_nested_without_end_is_known_by_its_outline() {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        let text = format!(
            r#"{{"guid":"g1","typeName":"Table","status":"ACTIVE","attributes":{{"x":{deep},"name":"deep"}}}}"#
        );
        let (json, damaged) = entity(&text);
        assert!(damaged);
        assert_eq!(
            (&json["guid"], &json["attributes"]["name"]),
            (&json!("g1"), &json!("deep"))
        );
        assert_eq!(entity(r#"{"guid": 3}{"#), (Json::Null, true));
    }

    #[test]
    fn a_byte_order_mark_is_dropped_and_broken_utf8_is_told() {
        assert_eq!(body(b"\xef\xbb\xbf{}").text, "{}");
        assert!(body(b"\"\xff\"").broken);
    }
}
