//! What the server says of a call it accepted.
//!
//! Assets it changed stand under `UPDATE` or `PARTIAL_UPDATE`; those that needed no change stand
//! nowhere, and neither do those it left out: they are to be read back. It tells only some
//! attributes, so a wanted value it doesn't show is not doubted here.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value as Json, value::RawValue};

use crate::{
    domain::{Item, Outcome, Value},
    endpoint::{Answer, Call, EndpointError, Said, http::HttpResponse},
};

use super::{
    entity, lenient,
    vocabulary::{Slot, Vocabulary},
};

/// An answer of `entity/bulk`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Body<'a> {
    #[serde(borrow)]
    mutated_entities: Option<HashMap<String, Option<Vec<&'a RawValue>>>>,
    #[serde(borrow)]
    partial_updated_entities: Option<Vec<&'a RawValue>>,
    guid_assignments: Option<HashMap<String, String>>,
}

/// The part of an asset that every answer is searched for; the rest is read where it is needed.
#[derive(Deserialize)]
struct Header {
    guid: Option<String>,
}

/// What became of an asset.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Updated,
    Created,
}

/// Reads the answer to a call.
///
/// # Errors
///
/// When it can't be read; the call may have been carried out all the same.
pub(super) fn answer(
    response: &HttpResponse,
    call: &Call,
    vocabulary: &Vocabulary,
) -> Result<Answer, EndpointError> {
    let body = lenient::body(&response.body);
    let escaped = lenient::escape_controls(&body.text);
    let garbled = |error: serde_json::Error| EndpointError::Garbled {
        why: format!("no answer to a write as Atlan gives it: {error}"),
        maybe_written: true,
    };
    if response.is_page() {
        return Err(EndpointError::Garbled {
            why: response.page_words(),
            maybe_written: true,
        });
    }
    let mended;
    let body: Body<'_> = if let Ok(body) = serde_json::from_str(&escaped) {
        body
    } else {
        mended = lenient::replace_surrogates(&escaped);
        serde_json::from_str(&mended).map_err(garbled)?
    };
    let headers = headers(&body);
    let said = call
        .items
        .iter()
        .enumerate()
        .map(|(place, item)| {
            let sent = item.asset.as_str();
            let stored = body.guid_assignments.as_ref().and_then(|all| all.get(sent));
            let stored = stored.map_or(sent, String::as_str);
            let found = headers.get(stored).copied();
            said(place, item, found, stored, vocabulary)
        })
        .collect();
    Ok(Answer {
        said,
        counts: None,
        trace: trace(response),
    })
}

/// Every asset the answer names, by guid.
fn headers<'a>(body: &Body<'a>) -> HashMap<String, (Fate, &'a RawValue)> {
    let mut found = HashMap::new();
    let partial = body.partial_updated_entities.iter().flatten().copied();
    let lists = body.mutated_entities.iter().flatten();
    let mutated = lists.flat_map(|(kind, headers)| {
        let fate = match kind.as_str() {
            "UPDATE" | "PARTIAL_UPDATE" => Some(Fate::Updated),
            "CREATE" => Some(Fate::Created),
            _ => None,
        };
        let headers = headers.iter().flatten().copied();
        headers.filter_map(move |header| Some((fate?, header)))
    });
    for (fate, header) in partial.map(|header| (Fate::Updated, header)).chain(mutated) {
        let Ok(Header { guid: Some(guid) }) = serde_json::from_str(header.get()) else {
            continue;
        };
        let entry = found.entry(guid).or_insert((fate, header));
        if fate == Fate::Created {
            *entry = (fate, header);
        }
    }
    found
}

fn said(
    place: usize,
    item: &Item,
    found: Option<(Fate, &RawValue)>,
    stored: &str,
    vocabulary: &Vocabulary,
) -> Said {
    let applied = Said {
        item: place,
        outcome: Outcome::Applied,
        code: String::new(),
        reason: String::new(),
        meaning: String::new(),
    };
    let warned = |code: &str, reason: String, meaning: &str| Said {
        item: place,
        outcome: Outcome::Warned,
        code: code.to_owned(),
        reason,
        meaning: meaning.to_owned(),
    };
    match found {
        // The server had the value already, or left the asset out: only reading back tells.
        None => Said {
            outcome: Outcome::Unknown,
            code: "not-mentioned".to_owned(),
            reason: "the answer does not mention it".to_owned(),
            ..applied
        },
        Some((Fate::Created, _)) => warned(
            "CREATE",
            format!("the server made a new asset, {stored}"),
            "the asset you edited was not found, and a new one has been made; look at it in Atlan \
             and archive it if it should not be there",
        ),
        Some((Fate::Updated, _)) if stored != item.asset.as_str() => warned(
            "moved",
            format!("the server wrote it to {stored}"),
            "the asset you edited is gone, and another one has its qualified name; that one has \
             the value now: refresh the listing",
        ),
        Some((Fate::Updated, header)) => match shown(header, item, vocabulary) {
            Some(shown) => warned(
                "differs",
                format!("the server shows `{}`", shown.display()),
                "it accepted the change, and its answer shows another value; read it back",
            ),
            None => applied,
        },
    }
}

/// The value the answer shows for a change, if it shows another than was asked for.
fn shown(header: &RawValue, item: &Item, vocabulary: &Vocabulary) -> Option<Value> {
    let slot = vocabulary.slot(&item.field)?;
    let name = match slot {
        Slot::Attribute { name, .. } => name.as_str(),
        Slot::Certificate => "certificateStatus",
        Slot::Custom { .. }
        | Slot::Header { .. }
        | Slot::Tags
        | Slot::InheritedTags
        | Slot::Anchor
        | Slot::Thumbnail => return None,
    };
    // Most answers name a few attributes only; they need not be read to find that out.
    if !header.get().contains(name) {
        return None;
    }
    let (header, _): (Json, _) = lenient::value(header.get()).ok()?;
    if header["attributes"][name].is_null() {
        return None;
    }
    let value = entity::value(&header, &item.kind, slot, vocabulary);
    (!item.is_met_by(&value)).then_some(value)
}

/// What the server's people need to find the request.
fn trace(response: &HttpResponse) -> String {
    ["x-atlan-request-id", "trace_id"]
        .into_iter()
        .find_map(|name| response.header(name))
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests;
