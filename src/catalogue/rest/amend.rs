//! One item put into its asset: what is set, what is cleared, what is left alone.

use serde_json::{Map, Value, json};

use super::custom;
use super::error::{ApiError, GLOSSARY_EXISTS, INVALID_NAME, TERM_EXISTS};
use super::relations::Relations;
use super::request::{CustomMode, Entity, Flags, Tag, TagMode};
use super::switches::RestSwitches;
use super::validation::{attribute_type, has_anchor, in_glossary};
use crate::catalogue::database::Writing;
use crate::catalogue::model::{AssetRecord, Trash};

/// How an item is to be put into its asset.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    /// The flags of the request.
    pub(super) flags: Flags,
    /// The asset is made by this item.
    pub(super) new: bool,
    /// What of the reference can be switched.
    pub(super) switches: RestSwitches,
}

/// Puts `entity` into `asset` in memory. Says whether the item counts as a change although the
/// asset may be the same afterwards: the server compares some things more coarsely than others.
///
/// # Errors
///
/// Custom metadata that is not defined or does not fit.
pub(super) fn amend(
    writing: &mut Writing<'_>,
    asset: &mut AssetRecord,
    (entity, relations): (&Entity, &Relations),
    manner: Manner,
) -> Result<bool, ApiError> {
    let mut counts = attributes(writing, asset, entity, manner);
    relations.amend(asset);
    tags(asset, entity, manner);
    if !manner.new && entity.status.as_deref() == Some("ACTIVE") {
        asset.trash = Trash::NotInTrash;
    }
    let nothing = Map::new();
    let wanted = entity.business_attributes.as_ref();
    match (manner.flags.custom, manner.new) {
        (_, true) => custom::merge(writing, asset, wanted.unwrap_or(&nothing))?,
        (CustomMode::Leave, false) => {}
        (mode, false) => {
            // Compared as a whole map: one that is partial or missing always differs.
            let before = custom::stored(&writing.schema(), asset);
            counts |= wanted != Some(&before);
            match mode {
                CustomMode::Overwrite => {
                    custom::overwrite(writing, asset, wanted.unwrap_or(&nothing))?;
                }
                CustomMode::Merge | CustomMode::Leave => {
                    custom::merge(writing, asset, wanted.unwrap_or(&nothing))?;
                }
            }
        }
    }
    Ok(counts && manner.switches.coarse_comparison)
}

/// Sets and clears plain attributes. Whether one of them counts as changed by the quirk that a
/// text cleared where there is none is a difference.
fn attributes(
    writing: &Writing<'_>,
    asset: &mut AssetRecord,
    entity: &Entity,
    manner: Manner,
) -> bool {
    let schema = writing.schema();
    let mut counts = false;
    for (name, value) in &entity.attributes {
        if name == "__state" && value == "ACTIVE" {
            asset.trash = Trash::NotInTrash;
        }
        // The name of a glossary or of what is in it never was its qualified name: that one is
        // the server's and stays.
        let kept = name == "qualifiedName" && !manner.new && in_glossary(&asset.type_name);
        let Some(kind) = attribute_type(&schema, &asset.type_name, name).filter(|_| !kept) else {
            continue;
        };
        if value.is_null() {
            counts |= kind == "string" && asset.attribute(name).is_none();
            clear(asset, name, kind);
        } else if name == "name" && in_glossary(&asset.type_name) {
            put(
                asset,
                name,
                &json!(value.as_str().unwrap_or_default().trim()),
            );
        } else if kind == "string" && !value.is_string() {
            put(asset, name, &json!(value.to_string()));
        } else {
            put(asset, name, value);
        }
    }
    counts
}

/// Clears one attribute: flags become false and numbers zero where they were set at all.
fn clear(asset: &mut AssetRecord, name: &str, kind: &str) {
    let stamped = name.ends_with("UpdatedAt") || name.ends_with("UpdatedBy");
    if matches!(name, "name" | "qualifiedName") || stamped {
        return;
    }
    let empty = match kind {
        "boolean" => json!(false),
        "date" | "float" => json!(0),
        _ => Value::Null,
    };
    if asset.attribute(name).is_some() {
        put(asset, name, &empty);
    }
}

fn put(asset: &mut AssetRecord, name: &str, value: &Value) {
    if asset.set_attribute(name, value) {
        return;
    }
    if value.is_null() {
        asset.attributes.remove(name);
    } else {
        asset.attributes.insert(name.to_owned(), value.clone());
    }
}

fn tags(asset: &mut AssetRecord, entity: &Entity, manner: Manner) {
    let ids = |tags: &Option<Vec<Tag>>| -> Vec<String> {
        tags.iter()
            .flatten()
            .map(|tag| tag.type_name.clone())
            .collect()
    };
    let add = |asset: &mut AssetRecord, ids: Vec<String>| {
        for id in ids {
            if !asset.tags.contains(&id) {
                asset.tags.push(id);
            }
        }
    };
    match manner.flags.tags {
        TagMode::Leave if manner.new => {
            add(asset, ids(&entity.classifications));
        }
        TagMode::Leave => {}
        TagMode::Replace => {
            let wanted = ids(&entity.classifications);
            asset.tags.retain(|known| wanted.contains(known));
            add(asset, wanted);
        }
        TagMode::Append => {
            add(asset, ids(&entity.add_or_update_classifications));
            let gone = ids(&entity.remove_classifications);
            asset.tags.retain(|known| !gone.contains(known));
        }
    }
}

/// What the types with rules of their own demand before they are stored.
///
/// # Errors
///
/// A name with `@`, or one that is taken in its glossary; a link to nowhere.
pub(super) fn preprocess(
    writing: &Writing<'_>,
    entity: &Entity,
    asset: &AssetRecord,
) -> Result<(), ApiError> {
    if asset.type_name == "Link" && entity.attributes.get("link").is_none_or(Value::is_null) {
        return Err(ApiError::Unexpected(
            "Link is empty for operation: UPDATE".to_owned(),
        ));
    }
    if !in_glossary(&asset.type_name) {
        return Ok(());
    }
    if asset.name.contains('@') {
        return Err(INVALID_NAME.with(&[]));
    }
    let taken = writing.by_name(&asset.name)?.iter().any(|other| {
        other.guid != asset.guid
            && other.type_name == asset.type_name
            && other.anchor == asset.anchor
            && other.trash == Trash::NotInTrash
    });
    let code = if has_anchor(&asset.type_name) {
        TERM_EXISTS
    } else {
        GLOSSARY_EXISTS
    };
    if taken {
        Err(code.with(&[&asset.name]))
    } else {
        Ok(())
    }
}
