//! Writing: one `POST /api/meta/entity/bulk` for a call, all or nothing.
//!
//! Every asset goes by its listed guid, so that a lost asset is an error and never a new one; with
//! its `name` and `qualifiedName` as they are, and its glossary where the type wants it. Null
//! clears. Tags go as additions and removals only: to replace them all would lose those of every
//! other asset in the request, and the spreading rules of tags that stay.

use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use crate::{
    domain::{AssetId, FieldKey, Item, Value},
    endpoint::{Call, EndpointError},
};

use super::{
    ask::Ask,
    builtin,
    coding::{Coding, Grain},
    named::Sent,
    vocabulary::{Slot, Vocabulary},
};

/// The code of refusals that are ours, before anything was sent.
const OURS: &str = "not-sendable";

/// A call ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bulk {
    /// The request.
    pub(super) ask: Ask,
    /// Its assets in order.
    pub(super) sent: Vec<Sent>,
}

/// One asset of the request while it is put together.
#[derive(Default)]
struct Entity {
    head: Map<String, Json>,
    attributes: Map<String, Json>,
    relations: Map<String, Json>,
    custom: Map<String, Json>,
    add: Vec<Json>,
    remove: Vec<Json>,
    items: Vec<usize>,
}

/// Builds the request of a call.
///
/// # Errors
///
/// [`EndpointError::PoisonedBy`] with every change that can't be written, and why the first can't.
pub(super) fn bulk(call: &Call, vocabulary: &Vocabulary) -> Result<Bulk, EndpointError> {
    let mut entities: IndexMap<&AssetId, Entity> = IndexMap::new();
    let mut refused: Vec<(usize, String)> = Vec::new();
    for (place, item) in call.items.iter().enumerate() {
        let entity = entities.entry(&item.asset).or_default();
        entity.items.push(place);
        if let Err(why) = address(entity, item).and_then(|()| put(entity, item, vocabulary)) {
            refused.push((place, why));
        }
    }
    if let Some((_, why)) = refused.first() {
        return Err(EndpointError::PoisonedBy {
            why: why.clone(),
            code: OURS.to_owned(),
            items: refused.iter().map(|(place, _)| *place).collect(),
        });
    }
    let tags = entities
        .values()
        .any(|one| !one.add.is_empty() || !one.remove.is_empty());
    let custom = entities.values().any(|one| !one.custom.is_empty());
    let path = format!(
        "/api/meta/entity/bulk?replaceTags=false&appendTags={tags}\
         &replaceBusinessAttributes={custom}&overwriteBusinessAttributes=false"
    );
    let sent = entities
        .iter()
        .map(|(id, entity)| {
            let text = |name: &str| entity.attributes.get(name).and_then(Json::as_str);
            let [qualified, name] = ["qualifiedName", "name"].map(|key| text(key).unwrap_or(""));
            Sent::new(id.as_str(), qualified, name, entity.items.clone())
        })
        .collect();
    let entities: Vec<Json> = entities.into_values().map(Entity::finish).collect();
    let ask = Ask::post(&path, &json!({ "entities": entities })).writing();
    Ok(Bulk { ask, sent })
}

/// What every update must repeat.
fn address(entity: &mut Entity, item: &Item) -> Result<(), String> {
    let fact = |name: &str| {
        let found = item.facts.iter().find(|(key, _)| key.as_str() == name);
        found.map(|(_, value)| value).filter(|one| one.is_present())
    };
    if let Some(reason) = builtin::not_editable(&item.kind) {
        return Err(reason.to_owned());
    }
    let Some(Value::Text(qualified)) = fact("qualifiedName") else {
        return Err("its qualified name is not known; refresh the listing".to_owned());
    };
    entity.head.insert("typeName".into(), json!(item.kind));
    entity
        .head
        .insert("guid".into(), json!(item.asset.as_str()));
    entity
        .attributes
        .insert("qualifiedName".into(), json!(qualified));
    entity.attributes.insert("name".into(), json!(item.name));
    if builtin::needs_anchor(&item.kind) {
        let Some(Value::Asset { id, .. }) = fact("anchor") else {
            return Err("its glossary is not known; refresh the listing".to_owned());
        };
        let glossary = json!({"typeName": "AtlasGlossary", "guid": id.as_str()});
        entity.relations.insert("anchor".into(), glossary);
    }
    for (_, name) in builtin::REPEATED
        .iter()
        .filter(|(kind, _)| *kind == item.kind)
    {
        let Some(Value::Text(text)) = fact(name) else {
            return Err(format!("its `{name}` is not known; refresh the listing"));
        };
        entity.attributes.insert((*name).to_owned(), json!(text));
    }
    Ok(())
}

/// Puts one change in.
fn put(entity: &mut Entity, item: &Item, vocabulary: &Vocabulary) -> Result<(), String> {
    let field = vocabulary.field(&item.field);
    if let Some(reason) = field.and_then(|field| field.locked.as_ref()) {
        return Err(format!("`{}` can't be edited: {reason}", item.field));
    }
    match vocabulary.slot(&item.field) {
        Some(Slot::Attribute { name, coding }) => {
            let wanted = merged(item, *coding);
            entity
                .attributes
                .insert(name.clone(), coding.write(&wanted)?);
        }
        Some(Slot::Custom {
            set,
            attribute,
            coding,
        }) => {
            let json = coding.write(&merged(item, *coding))?;
            let set = entity
                .custom
                .entry(set.clone())
                .or_insert_with(|| json!({}));
            set[attribute.as_str()] = json;
        }
        Some(Slot::Tags) => tags(entity, item, vocabulary)?,
        Some(Slot::Certificate) => certificate(entity, item)?,
        Some(Slot::Thumbnail) => thumbnail(entity, item, vocabulary)?,
        Some(Slot::Header { .. } | Slot::InheritedTags | Slot::Anchor) | None => {
            return Err(format!("there is no field `{}` here", item.field));
        }
    }
    Ok(())
}

/// The whole new value of an array: the server knows no single additions there.
fn merged(item: &Item, coding: Coding) -> Value {
    let Some(delta) = item.delta.as_ref().filter(|_| coding.many) else {
        return item.wanted.clone();
    };
    let kept = item.before.entries().iter();
    let kept = kept.filter(|entry| !delta.remove.contains(entry));
    Value::list(kept.chain(&delta.add).cloned())
}

/// Adds and removes tags. A tag that is there already is not sent: that would reset how it spreads.
fn tags(entity: &mut Entity, item: &Item, vocabulary: &Vocabulary) -> Result<(), String> {
    let before = item.before.entries();
    let wanted = item.wanted.entries();
    let (add, remove): (Vec<&String>, Vec<&String>) = match &item.delta {
        Some(delta) => (delta.add.iter().collect(), delta.remove.iter().collect()),
        None => (
            wanted.iter().collect(),
            before.iter().filter(|tag| !wanted.contains(tag)).collect(),
        ),
    };
    for tag in add.into_iter().filter(|tag| !before.contains(tag)) {
        entity.add.push(tag_json(tag, vocabulary)?);
    }
    for tag in remove {
        entity.remove.push(tag_json(tag, vocabulary)?);
    }
    Ok(())
}

fn tag_json(name: &str, vocabulary: &Vocabulary) -> Result<Json, String> {
    let id = vocabulary
        .tag_id(name)
        .ok_or_else(|| format!("there is no tag `{name}`; make it in Atlan first"))?;
    Ok(json!({
        "typeName": id,
        "propagate": false,
        "removePropagationsOnEntityDelete": true,
        "restrictPropagationThroughLineage": false,
        "restrictPropagationThroughHierarchy": false,
    }))
}

/// Status and message; the status alone where the message stays as it was.
fn certificate(entity: &mut Entity, item: &Item) -> Result<(), String> {
    let (status, message) = match &item.wanted {
        Value::Certificate(wanted) => {
            let status = json!(wanted.status.word().to_ascii_uppercase());
            let message = Value::text(wanted.message.as_str());
            let message = Coding::one(Grain::Text).write(&message)?;
            (status, message)
        }
        Value::Absent => (Json::Null, Json::Null),
        other @ (Value::Unknown | Value::Text(_) | Value::List(_) | Value::Asset { .. }) => {
            return Err(format!("`{}` is no certificate", other.display()));
        }
    };
    let kept = match (&item.before, &item.wanted) {
        (Value::Certificate(before), Value::Certificate(wanted)) => {
            before.message == wanted.message && before.status != wanted.status
        }
        _ => false,
    };
    entity.attributes.insert("certificateStatus".into(), status);
    if !kept {
        entity
            .attributes
            .insert("certificateStatusMessage".into(), message);
    }
    Ok(())
}

/// The address of a picture, in the attribute of the type.
fn thumbnail(entity: &mut Entity, item: &Item, vocabulary: &Vocabulary) -> Result<(), String> {
    let Some(attribute) = vocabulary.thumbnail_attribute(&item.kind) else {
        return Err(format!("a {} has no thumbnail", item.kind));
    };
    let address = match &item.wanted {
        Value::Absent => Json::Null,
        Value::Text(address) => json!(address),
        Value::Asset { id, .. } if is_address(id.as_str()) => json!(id.as_str()),
        other @ (Value::Asset { .. } | Value::Unknown | Value::List(_) | Value::Certificate(_)) => {
            return Err(format!("`{}` has no picture address", other.display()));
        }
    };
    entity.attributes.insert(attribute.to_owned(), address);
    Ok(())
}

/// Whether a thumbnail's id is the address of a picture rather than an asset's guid.
pub(super) fn is_address(id: &str) -> bool {
    id.contains('/')
}

/// Whether a change is of the thumbnail and names another asset as its source.
pub(super) fn borrowed_picture(item: &Item) -> Option<&AssetId> {
    let Value::Asset { id, .. } = &item.wanted else {
        return None;
    };
    (item.field == FieldKey::thumbnail() && !is_address(id.as_str())).then_some(id)
}

impl Entity {
    fn finish(self) -> Json {
        let mut entity = self.head;
        entity.insert("attributes".into(), Json::Object(self.attributes));
        let mut put = |name: &str, json: Json, empty: bool| {
            if !empty {
                entity.insert(name.to_owned(), json);
            }
        };
        let empty = self.relations.is_empty();
        put(
            "relationshipAttributes",
            Json::Object(self.relations),
            empty,
        );
        let empty = self.custom.is_empty();
        put("businessAttributes", Json::Object(self.custom), empty);
        let empty = self.add.is_empty();
        put("addOrUpdateClassifications", Json::Array(self.add), empty);
        let empty = self.remove.is_empty();
        put("removeClassifications", Json::Array(self.remove), empty);
        Json::Object(entity)
    }
}

#[cfg(test)]
mod tests;
