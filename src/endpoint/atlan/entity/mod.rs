//! An entity of the server read as an asset: a search hit, or the full form of `GET entity/bulk`.
//!
//! The two differ: a hit leaves out what is empty and has custom metadata under dotted keys; the
//! full form says null or zero, and keeps relations and custom metadata apart.

use serde_json::{Map, Value as Json};

use crate::domain::{Asset, AssetId, Certificate, Value};

use super::{
    builtin, lenient,
    vocabulary::{Slot, Vocabulary},
};

/// The guid of a hit the reader may not see.
pub(super) const HIDDEN: &str = "-1";

/// What an entity turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// An asset.
    Asset(Box<Asset>),
    /// A hit without identity, which the signed-in user may not read.
    Hidden,
    /// Archived, or nothing that could be an asset.
    Gone,
}

/// Reads one entity; `damaged` if its text needed repair.
pub(super) fn read(entity: &Json, damaged: bool, vocabulary: &Vocabulary) -> Reading {
    let Some(guid) = text_at(entity, "guid") else {
        return Reading::Gone;
    };
    if guid == HIDDEN {
        return Reading::Hidden;
    }
    if text_at(entity, "status").is_some_and(|status| status != "ACTIVE") {
        return Reading::Gone;
    }
    let kind = text_at(entity, "typeName").unwrap_or_default();
    let own_name = entity["attributes"]["name"].as_str();
    let name = own_name.or_else(|| text_at(entity, "displayText"));
    let fields = vocabulary
        .slots()
        .map(|(key, slot)| (key.clone(), value(entity, kind, slot, vocabulary)))
        .filter(|(_, value)| value.is_present())
        .collect();
    Reading::Asset(Box::new(Asset {
        id: AssetId::new(guid),
        name: name.unwrap_or(guid).to_owned(),
        kind: kind.to_owned(),
        fields,
        locked: lock(
            (entity["scrubbed"].as_bool() == Some(true), damaged),
            own_name.is_some(),
            kind,
        ),
    }))
}

/// Why an asset can't be edited, if it can't: it may not be read, its text needed repair, or what
/// every update must repeat is not known.
pub(super) fn lock((scrubbed, damaged): (bool, bool), named: bool, kind: &str) -> Option<String> {
    let reason = if scrubbed {
        "you may not read this asset"
    } else if damaged {
        lenient::DAMAGED
    } else if !named {
        "its name could not be read, and every update must repeat it"
    } else if kind.is_empty() {
        "its type could not be read, and every update must repeat it"
    } else {
        builtin::not_editable(kind)?
    };
    Some(reason.to_owned())
}

/// The value of one field.
pub(super) fn value(entity: &Json, kind: &str, slot: &Slot, vocabulary: &Vocabulary) -> Value {
    let attributes = &entity["attributes"];
    match slot {
        Slot::Attribute { name, coding } => coding.read(&attributes[name.as_str()]),
        Slot::Header { name, coding } => coding.read(&entity[name.as_str()]),
        Slot::Custom {
            set,
            attribute,
            coding,
        } => {
            let dotted = &attributes[format!("{set}.{attribute}").as_str()];
            if dotted.is_null() {
                coding.read(&entity["businessAttributes"][set.as_str()][attribute.as_str()])
            } else {
                coding.read(dotted)
            }
        }
        Slot::Tags => tags(entity, vocabulary, true),
        Slot::InheritedTags => tags(entity, vocabulary, false),
        Slot::Certificate => certificate(attributes),
        Slot::Anchor => anchor(entity),
        Slot::Thumbnail => vocabulary
            .thumbnail_attribute(kind)
            .and_then(|name| text_at(attributes, name))
            .map_or(Value::Absent, picture),
    }
}

/// A picture by its address, named by the last part of it.
pub(super) fn picture(address: &str) -> Value {
    let path = address.split(['?', '#']).next().unwrap_or(address);
    let name = path.rsplit('/').find(|part| !part.is_empty());
    Value::Asset {
        id: AssetId::new(address),
        name: name.unwrap_or(address).to_owned(),
    }
}

/// Status and message; a message without status is no certificate.
pub(super) fn certificate(attributes: &Json) -> Value {
    let status = text_at(attributes, "certificateStatus");
    certificate_of(status, attributes["certificateStatusMessage"].as_str())
}

/// The same of the two texts.
pub(super) fn certificate_of(status: Option<&str>, message: Option<&str>) -> Value {
    let status = status.and_then(|word| word.parse().ok());
    status.map_or(Value::Absent, |status| {
        Value::Certificate(Certificate {
            status,
            message: message.unwrap_or_default().to_owned(),
        })
    })
}

/// Tags the asset has itself, or those it has from others.
fn tags(entity: &Json, vocabulary: &Vocabulary, own: bool) -> Value {
    if let Some(tags) = entity["classifications"].as_array() {
        let guid = text_at(entity, "guid");
        let mine = |tag: &&Json| {
            let from = text_at(tag, "entityGuid");
            (from.is_none() || from == guid) == own
        };
        let ids = tags.iter().filter(mine);
        let ids = ids.filter_map(|tag| text_at(tag, "typeName"));
        return Value::list(ids.map(|id| vocabulary.tag_name(id)));
    }
    let names = entity["classificationNames"].as_array();
    let names = names.filter(|_| own).into_iter().flatten();
    Value::list(
        names
            .filter_map(Json::as_str)
            .map(|id| vocabulary.tag_name(id)),
    )
}

fn anchor(entity: &Json) -> Value {
    let found = ["relationshipAttributes", "attributes"]
        .into_iter()
        .map(|part| anchor_of(&entity[part]["anchor"]));
    found
        .into_iter()
        .find(Value::is_present)
        .unwrap_or_default()
}

/// A glossary, referred to; absent if it is named by nothing.
pub(super) fn anchor_of(anchor: &Json) -> Value {
    let Some(guid) = text_at(anchor, "guid") else {
        return Value::Absent;
    };
    let name = text_at(&anchor["attributes"], "name").or_else(|| text_at(anchor, "displayText"));
    Value::Asset {
        id: AssetId::new(guid),
        name: name.unwrap_or_default().to_owned(),
    }
}

/// A property that is text and not empty.
pub(super) fn text_at<'a>(json: &'a Json, name: &str) -> Option<&'a str> {
    let text = json.as_object().and_then(|map: &Map<_, _>| map.get(name))?;
    text.as_str().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
