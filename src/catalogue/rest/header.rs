//! One hit: the short form of an asset, as searches and bulk answers show it.
//!
//! Hits are written straight to the answer, without a tree in between: a page holds hundreds of
//! them and a listing thousands of pages.

use std::collections::HashMap;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Value, json};

use super::values;
use crate::catalogue::model::AssetRecord;
use crate::catalogue::schema::{FieldDefinition, Place, Schema};

/// Where the terms of an asset are kept: qualified names to search by, and references to show.
pub(super) const MEANINGS: &str = "__meanings";
/// The references: `{guid, displayText, qualifiedName}` of each term.
pub(super) const MEANING_REFERENCES: &str = "__meaningReferences";

/// Something shown under `attributes`.
enum Shown<'a> {
    /// A plain attribute.
    Plain(&'a str),
    /// Custom metadata under its dotted id.
    Custom(&'a str, &'a FieldDefinition),
    /// The glossary of a term.
    Anchor,
    /// The terms of an asset.
    Meanings,
}

/// What hits show.
pub(super) struct View<'a> {
    schema: &'a Schema,
    shown: Shows<'a>,
    relation: &'a [String],
    /// The glossaries the assets of the page point to, by guid.
    pub(super) anchors: HashMap<String, AssetRecord>,
    /// Whether tags are shown in full.
    pub(super) tags: bool,
    /// Whether tags are shown by name.
    pub(super) tag_names: bool,
    /// Whether terms are shown.
    pub(super) meanings: bool,
}

enum Shows<'a> {
    /// Everything that has a value.
    Everything,
    /// These.
    Only(Vec<Shown<'a>>),
}

/// Attributes every hit shows where the asset has them.
const ALWAYS: [&str; 3] = ["qualifiedName", "name", "description"];

impl<'a> View<'a> {
    /// Hits that show the attributes asked for.
    pub(super) fn only(schema: &'a Schema, asked: &'a [String], relation: &'a [String]) -> Self {
        let mut shown: Vec<Shown<'a>> = ALWAYS.iter().copied().map(Shown::Plain).collect();
        for (place, name) in asked.iter().enumerate() {
            if ALWAYS.contains(&name.as_str()) || asked[..place].contains(name) {
                continue;
            }
            shown.push(match name.as_str() {
                "anchor" => Shown::Anchor,
                "meanings" => Shown::Meanings,
                plain => match custom(schema, plain) {
                    Some(field) => Shown::Custom(plain, field),
                    None => Shown::Plain(plain),
                },
            });
        }
        Self::new(schema, Shows::Only(shown), relation)
    }

    /// Hits that show every plain attribute with a value, as bulk answers do.
    pub(super) fn everything(schema: &'a Schema) -> Self {
        Self::new(schema, Shows::Everything, &[])
    }

    fn new(schema: &'a Schema, shown: Shows<'a>, relation: &'a [String]) -> Self {
        let anchors = HashMap::new();
        Self {
            schema,
            shown,
            relation,
            anchors,
            tags: true,
            tag_names: true,
            meanings: true,
        }
    }

    /// Whether the glossaries of terms are needed.
    pub(super) fn needs_anchors(&self) -> bool {
        match &self.shown {
            Shows::Everything => false,
            Shows::Only(shown) => shown.iter().any(|one| matches!(one, Shown::Anchor)),
        }
    }

    fn anchor(&self, guid: &str) -> Value {
        let mut reference = json!({ "typeName": "AtlasGlossary", "guid": guid });
        if let Some(glossary) = self.anchors.get(guid) {
            reference["uniqueAttributes"] = json!({ "qualifiedName": glossary.qualified_name });
            reference["displayText"] = json!(glossary.name);
            let named = |name: &String| Some((name.clone(), glossary.attribute(name)?));
            let attributes: serde_json::Map<String, Value> =
                self.relation.iter().filter_map(named).collect();
            if !attributes.is_empty() {
                reference["attributes"] = Value::Object(attributes);
            }
        }
        reference
    }
}

/// The field behind a dotted id; the bare id of an attribute is not resolved, as on the server.
fn custom<'a>(schema: &'a Schema, name: &str) -> Option<&'a FieldDefinition> {
    let (wanted, id) = name.split_once('.')?;
    schema
        .field_by_attribute(id)
        .filter(|field| matches!(&field.place, Place::Custom { set, .. } if set == wanted))
}

/// An asset, ready to be written as a hit.
pub(super) struct Hit<'a> {
    /// The asset.
    pub(super) asset: &'a AssetRecord,
    /// What to show of it.
    pub(super) view: &'a View<'a>,
}

impl Serialize for Hit<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (asset, view) = (self.asset, self.view);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("typeName", &asset.type_name)?;
        map.serialize_entry("attributes", &Attributes(self))?;
        map.serialize_entry("guid", &asset.guid)?;
        map.serialize_entry("status", asset.trash.status())?;
        map.serialize_entry("displayText", &asset.name)?;
        if view.tag_names {
            map.serialize_entry("classificationNames", &asset.tags)?;
        }
        if view.tags {
            map.serialize_entry("classifications", &Tags(asset))?;
        }
        if view.meanings {
            let none = json!([]);
            let terms = asset.attributes.get(MEANING_REFERENCES).unwrap_or(&none);
            let names = terms
                .as_array()
                .into_iter()
                .flatten()
                .map(|term| &term["displayText"]);
            map.serialize_entry("meaningNames", &names.collect::<Vec<_>>())?;
            map.serialize_entry("meanings", terms)?;
        }
        match view.schema.type_named(&asset.type_name) {
            Some(kind) => map.serialize_entry("superTypeNames", &kind.super_types)?,
            None => map.serialize_entry("superTypeNames", &["Asset", "Referenceable"])?,
        }
        map.serialize_entry("isIncomplete", &false)?;
        map.serialize_entry("labels", &[""; 0])?;
        map.serialize_entry("createdBy", &asset.created_by)?;
        map.serialize_entry("updatedBy", &asset.modified_by)?;
        map.serialize_entry("createTime", &asset.created)?;
        map.serialize_entry("updateTime", &asset.modified)?;
        map.end()
    }
}

/// The `attributes` of a hit; nulls are left out.
struct Attributes<'a>(&'a Hit<'a>);

impl Serialize for Attributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Hit { asset, view } = self.0;
        let mut map = serializer.serialize_map(None)?;
        match &view.shown {
            Shows::Everything => {
                for name in asset
                    .attribute_names()
                    .iter()
                    .filter(|name| !name.starts_with("__"))
                {
                    plain(&mut map, asset, name)?;
                }
            }
            Shows::Only(shown) => {
                for one in shown {
                    match one {
                        Shown::Plain(name) => plain(&mut map, asset, name)?,
                        Shown::Custom(key, field) => {
                            if let Some(texts) = asset.values.get(&field.name) {
                                map.serialize_entry(key, &values::to_json(field, texts))?;
                            }
                        }
                        Shown::Anchor => {
                            if let Some(guid) = &asset.anchor {
                                map.serialize_entry("anchor", &view.anchor(guid))?;
                            }
                        }
                        Shown::Meanings => {
                            map.serialize_entry("meanings", &term_references(asset))?;
                        }
                    }
                }
            }
        }
        map.end()
    }
}

/// One plain attribute; text that stands in a place of its own is not copied on the way.
fn plain<M: SerializeMap>(map: &mut M, asset: &AssetRecord, name: &str) -> Result<(), M::Error> {
    let text = match name {
        "qualifiedName" => Some(&asset.qualified_name),
        "name" => Some(&asset.name),
        "displayName" => asset.display_name.as_ref(),
        "description" => asset.description.as_ref(),
        "userDescription" => asset.user_description.as_ref(),
        "certificateStatusMessage" => asset.certificate.message.as_ref(),
        other => match asset.attribute(other) {
            Some(value) => return map.serialize_entry(other, &value),
            None => None,
        },
    };
    text.map_or(Ok(()), |text| map.serialize_entry(name, text))
}

/// The terms of an asset as references to them.
pub(super) fn term_references(asset: &AssetRecord) -> Vec<Value> {
    let terms = asset
        .attributes
        .get(MEANING_REFERENCES)
        .and_then(Value::as_array);
    terms
        .into_iter()
        .flatten()
        .map(|term| {
            json!({
                "typeName": "AtlasGlossaryTerm",
                "guid": term["termGuid"],
                "displayText": term["displayText"],
                "uniqueAttributes": { "qualifiedName": term["qualifiedName"] },
            })
        })
        .collect()
}

/// The `classifications` of an asset.
pub(super) struct Tags<'a>(pub(super) &'a AssetRecord);

impl Serialize for Tags<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.tags.len()))?;
        for tag in &self.0.tags {
            list.serialize_element(&json!({
                "typeName": tag,
                "entityGuid": self.0.guid,
                "entityStatus": self.0.trash.status(),
                "propagate": false,
                "removePropagationsOnEntityDelete": true,
                "restrictPropagationThroughLineage": false,
                "restrictPropagationThroughHierarchy": false,
            }))?;
        }
        list.end()
    }
}
