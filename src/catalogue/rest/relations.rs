//! What an asset points to: the glossary of a term, the terms of an asset.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::error::{ApiError, INVALID_OBJECT_ID, NO_SUCH_REFERENCE, RELATION_TWICE};
use super::header::{MEANING_REFERENCES, MEANINGS};
use super::request::Entity;
use crate::catalogue::database::Writing;
use crate::catalogue::identity;
use crate::catalogue::model::AssetRecord;

/// The relations this catalogue keeps.
const KEPT: [&str; 2] = ["anchor", "meanings"];

/// An asset somebody points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) guid: String,
    pub(super) qualified_name: String,
    pub(super) name: String,
}

impl Target {
    pub(super) fn of(asset: &AssetRecord) -> Self {
        Self {
            guid: asset.guid.clone(),
            qualified_name: asset.qualified_name.clone(),
            name: asset.name.clone(),
        }
    }
}

/// What an item asks of its glossary.
#[derive(Debug, Default)]
enum Anchor {
    /// Nothing.
    #[default]
    Kept,
    /// To have none.
    Cleared,
    /// To be this one.
    Set(Target),
}

/// What an item asks of its relations, with every reference found.
#[derive(Debug, Default)]
pub(super) struct Relations {
    anchor: Anchor,
    meanings: Option<Vec<Target>>,
    append: Vec<Target>,
    remove: Vec<Target>,
}

/// Moves relations that were written among the plain attributes to where they belong; nulls
/// among them are dropped on the way.
pub(super) fn sort_out(entity: &mut Entity) {
    for name in KEPT {
        match entity.attributes.shift_remove(name) {
            None | Some(Value::Null) => {}
            Some(value) => {
                entity.relationship_attributes.entry(name).or_insert(value);
            }
        }
    }
}

impl Relations {
    /// Finds everything `entity` points to; `made_up` are the assets of this request by the guids
    /// their sender made up.
    ///
    /// # Errors
    ///
    /// A reference to nothing, or one relation both set and appended to.
    pub(super) fn read(
        writing: &Writing<'_>,
        entity: &Entity,
        made_up: &HashMap<String, Target>,
    ) -> Result<Self, ApiError> {
        let set = &entity.relationship_attributes;
        let (append, remove) = (
            &entity.append_relationship_attributes,
            &entity.remove_relationship_attributes,
        );
        if let Some(twice) = KEPT.iter().find(|name| {
            set.contains_key(**name) && (append.contains_key(**name) || remove.contains_key(**name))
        }) {
            return Err(RELATION_TWICE.with(&[twice]));
        }
        let all = |from: &Map<String, Value>| match from.get("meanings") {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(Vec::new())),
            Some(Value::Array(list)) => list
                .iter()
                .map(|one| find(writing, one, made_up))
                .collect::<Result<_, _>>()
                .map(Some),
            Some(one) => Ok(Some(vec![find(writing, one, made_up)?])),
        };
        Ok(Self {
            anchor: match set.get("anchor") {
                None => Anchor::Kept,
                Some(Value::Null) => Anchor::Cleared,
                Some(one) => Anchor::Set(find(writing, one, made_up)?),
            },
            meanings: all(set)?,
            append: all(append)?.unwrap_or_default(),
            remove: all(remove)?.unwrap_or_default(),
        })
    }

    /// Puts them into `asset`.
    pub(super) fn amend(&self, asset: &mut AssetRecord) {
        match &self.anchor {
            Anchor::Kept => {}
            Anchor::Cleared => asset.anchor = None,
            Anchor::Set(target) => asset.anchor = Some(target.guid.clone()),
        }
        if let Some(meanings) = &self.meanings {
            let references = meanings.iter().map(|term| reference(asset, term)).collect();
            store(asset, references);
        }
        if self.append.is_empty() && self.remove.is_empty() {
            return;
        }
        let mut references = stored(asset);
        references.retain(|known| {
            !self
                .remove
                .iter()
                .any(|term| known["termGuid"] == term.guid)
        });
        for term in &self.append {
            if !references
                .iter()
                .any(|known| known["termGuid"] == term.guid)
            {
                references.push(reference(asset, term));
            }
        }
        store(asset, references);
    }
}

fn stored(asset: &AssetRecord) -> Vec<Value> {
    asset
        .attributes
        .get(MEANING_REFERENCES)
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
}

fn reference(asset: &AssetRecord, term: &Target) -> Value {
    let relation = identity::guid_of(&format!("meaning:{}:{}", asset.guid, term.guid));
    json!({
        "termGuid": term.guid,
        "relationGuid": relation.to_string(),
        "displayText": term.name,
        "qualifiedName": term.qualified_name,
    })
}

fn store(asset: &mut AssetRecord, references: Vec<Value>) {
    if references.is_empty() {
        asset.attributes.remove(MEANINGS);
        asset.attributes.remove(MEANING_REFERENCES);
        return;
    }
    let names: Vec<Value> = references
        .iter()
        .map(|term| term["qualifiedName"].clone())
        .collect();
    asset
        .attributes
        .insert(MEANINGS.to_owned(), Value::Array(names));
    asset
        .attributes
        .insert(MEANING_REFERENCES.to_owned(), Value::Array(references));
}

/// The asset `reference` points to, by guid or by type and qualified name.
fn find(
    writing: &Writing<'_>,
    reference: &Value,
    made_up: &HashMap<String, Target>,
) -> Result<Target, ApiError> {
    let guid = reference["guid"].as_str();
    if let Some(guid) = guid {
        if let Some(target) = made_up.get(guid) {
            return Ok(target.clone());
        }
        if let Some(asset) = writing.by_guid(guid)? {
            return Ok(Target::of(&asset));
        }
    }
    let qualified_name = ["uniqueAttributes", "attributes"]
        .iter()
        .find_map(|key| reference[key]["qualifiedName"].as_str());
    match (guid, qualified_name, reference["typeName"].as_str()) {
        // The official SDK repeats the guid as a qualified name; the guid wins.
        (Some(guid), _, _) if is_real(guid) => Err(NO_SUCH_REFERENCE.with(&[guid])),
        (_, Some(qualified_name), Some(type_name)) => {
            let found = writing.by_qualified_name(type_name, qualified_name)?;
            let found = found.ok_or_else(|| NO_SUCH_REFERENCE.with(&[qualified_name]))?;
            Ok(Target::of(&found))
        }
        (Some(guid), _, _) => Err(NO_SUCH_REFERENCE.with(&[guid])),
        (None, _, _) => Err(INVALID_OBJECT_ID.with(&[&reference.to_string()])),
    }
}

/// Whether `guid` is one the server gives, not one made up for a request.
pub(super) fn is_real(guid: &str) -> bool {
    Uuid::parse_str(guid).is_ok()
}
