//! JSON as it is written: what would act on a terminal or deceive the eye is escaped, and documents
//! carry the number of their form.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json, json};

use crate::domain::text::needs_showing;

/// The number of the form of the JSON documents; it grows when a key changes its meaning or goes.
pub const SCHEMA: u32 = 1;

/// A document: the object with the number of its form before everything else.
///
/// JSON *lines* carry none: they are rows, and go back in as change files.
pub fn document(body: Json) -> Json {
    let mut whole = Map::new();
    whole.insert("schema".to_owned(), json!(SCHEMA));
    if let Json::Object(body) = body {
        whole.extend(body);
    }
    Json::Object(whole)
}

/// JSON on one line. Controls, bidirectional and zero-width characters are written as `\u202e`: the
/// value is the same for every reader, and the text is harmless to look at.
pub fn json_line(value: &Json) -> String {
    harmless(value.to_string())
}

/// The same on many lines, for files people look into.
pub fn json_pretty(value: &Json) -> String {
    harmless(format!("{value:#}"))
}

/// Escapes what [`needs_showing`]. Outside of strings JSON has none of it but line breaks, and within
/// them every line break is escaped already.
fn harmless(json: String) -> String {
    let acts = |character: char| character != '\n' && needs_showing(character);
    if !json.chars().any(acts) {
        return json;
    }
    let mut shown = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if acts(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing into a text can't fail.
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_harmless_and_reads_as_the_same(text: String, key: String) {
            let value = json!({ key: [text, "\u{9b}\u{202e}\u{200b}\u{e0041}\u{7f}\u{1b}"] });
            let line = json_line(&value);
            prop_assert!(!line.chars().any(needs_showing), "{line:?}");
            prop_assert_eq!(&serde_json::from_str::<Json>(&line).unwrap(), &value);
            let pretty = json_pretty(&value);
            prop_assert!(!pretty.replace('\n', "").chars().any(needs_showing), "{pretty:?}");
            prop_assert_eq!(&serde_json::from_str::<Json>(&pretty).unwrap(), &value);
        }
    }

    #[test]
    fn a_document_says_first_which_form_it_has() {
        let line = json_line(&document(json!({"assets": []})));
        assert_eq!(line, "{\"schema\":1,\"assets\":[]}");
    }
}
