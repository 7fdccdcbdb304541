//! Custom metadata of an asset: read as nested maps of ids, merged or overwritten.

use serde_json::{Map, Value, json};

use super::error::{ApiError, FORBIDDEN};
use super::values;
use crate::catalogue::database::Writing;
use crate::catalogue::model::AssetRecord;
use crate::catalogue::schema::{FieldDefinition, Place, Schema};
use crate::catalogue::writes::{Change, Refused, ValueChange};

/// Everything `asset` has: set id → attribute id → value.
pub(super) fn stored(schema: &Schema, asset: &AssetRecord) -> Map<String, Value> {
    let mut sets = Map::new();
    for (name, texts) in &asset.values {
        let field = schema
            .field_for(&asset.kind, name)
            .or_else(|| schema.field(name));
        if let Some((field, Place::Custom { set, attribute })) = field.map(|one| (one, &one.place))
        {
            let attributes = sets.entry(set.clone()).or_insert_with(|| json!({}));
            attributes[attribute] = values::to_json(field, texts);
        }
    }
    sets
}

/// Sets what `wanted` holds under set id and attribute id: null clears one attribute, an empty
/// set clears all of its own, and what is not named stays.
///
/// # Errors
///
/// A set or attribute that is not defined, or a value that is not one of its field.
pub(super) fn merge(
    writing: &mut Writing<'_>,
    asset: &mut AssetRecord,
    wanted: &Map<String, Value>,
) -> Result<(), ApiError> {
    let schema = writing.schema();
    let kind = asset.type_name.clone();
    for (set, attributes) in wanted {
        let fields = schema.set_fields(set);
        let unknown = |what: &str| {
            ApiError::invalid(&format!(
                "{what}: invalid business-metadata for entity type {kind}"
            ))
        };
        if fields.is_empty() {
            return Err(unknown(set));
        }
        let attributes = match attributes {
            Value::Null => continue,
            Value::Object(attributes) => attributes,
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                return Err(unknown(set));
            }
        };
        if attributes.is_empty() {
            clear(writing, asset, |field| is_in(field, set))?;
        }
        for (id, value) in attributes {
            let field = fields.iter().copied().find(|field| has_id(field, id));
            let field = field.ok_or_else(|| unknown(&format!("{set}.{id}")))?;
            put(writing, asset, field, value)?;
        }
    }
    Ok(())
}

/// Makes the custom metadata of `asset` exactly `wanted`.
///
/// # Errors
///
/// As [`merge`].
pub(super) fn overwrite(
    writing: &mut Writing<'_>,
    asset: &mut AssetRecord,
    wanted: &Map<String, Value>,
) -> Result<(), ApiError> {
    clear(writing, asset, |field| match &field.place {
        Place::Custom { set, attribute } => {
            wanted.get(set).and_then(|set| set.get(attribute)).is_none()
        }
        Place::Attribute(_) => false,
    })?;
    merge(writing, asset, wanted)
}

/// Clears the fields of `asset` that `which` picks, as far as users may write them.
pub(super) fn clear(
    writing: &mut Writing<'_>,
    asset: &mut AssetRecord,
    which: impl Fn(&FieldDefinition) -> bool,
) -> Result<(), ApiError> {
    let schema = writing.schema();
    let names: Vec<String> = asset.values.keys().cloned().collect();
    for name in names {
        let field = schema
            .field_for(&asset.kind, &name)
            .or_else(|| schema.field(&name));
        if let Some(field) = field.filter(|field| field.user_defined && which(field)) {
            put(writing, asset, field, &Value::Null)?;
        }
    }
    Ok(())
}

/// The id a field goes by.
pub(super) fn attribute_id(field: &FieldDefinition) -> &str {
    match &field.place {
        Place::Custom { attribute, .. } => attribute,
        Place::Attribute(name) => name,
    }
}

fn is_in(field: &FieldDefinition, wanted: &str) -> bool {
    matches!(&field.place, Place::Custom { set, .. } if set == wanted)
}

fn has_id(field: &FieldDefinition, id: &str) -> bool {
    matches!(&field.place, Place::Custom { attribute, .. } if attribute == id)
}

fn put(
    writing: &mut Writing<'_>,
    asset: &mut AssetRecord,
    field: &FieldDefinition,
    value: &Value,
) -> Result<(), ApiError> {
    let Place::Custom { set, attribute } = &field.place else {
        return Ok(());
    };
    let at = format!("{}.{set}.{attribute}", asset.type_name);
    let bad = |kind: &str| {
        let shown = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        ApiError::invalid(&format!("{at}={shown}: invalid value for type {kind}"))
    };
    let texts = values::from_json(field, value).map_err(|()| bad(field.kind.name()))?;
    // What stays the same needs no right and passes no check, as everywhere on this face.
    let known = asset.values.get(&field.name).map_or(&[][..], Vec::as_slice);
    if values::to_json(field, known) == values::to_json(field, &texts) {
        return Ok(());
    }
    let wish = if texts.is_empty() {
        ValueChange::Clear
    } else {
        ValueChange::Set(texts)
    };
    let change = Change::Field(field.name.clone(), wish);
    let Err(refused) = writing.change(asset, &change)? else {
        return Ok(());
    };
    Err(match refused {
        Refused::Required(_) => ApiError::invalid(&format!(
            "{at}: mandatory business-metadata attribute value missing in type {}",
            asset.type_name
        )),
        Refused::BadValue { kind, .. } => bad(kind),
        Refused::NotInDictionary { .. } => bad(&field.enum_name().unwrap_or_default()),
        Refused::TooLong { limit, .. } => bad(&format!("string of at most {limit} characters")),
        Refused::NotApplicable { .. } | Refused::UnknownField(_) => ApiError::invalid(&format!(
            "{set}: invalid business-metadata for entity type {}",
            asset.type_name
        )),
        Refused::ReadOnly(_) => FORBIDDEN.with(&[
            &writing.author().who,
            &format!(
                "add/update business-metadata: guid={}, business-metadata-name={set}",
                asset.guid
            ),
        ]),
        other @ (Refused::UnknownAsset(_)
        | Refused::NoWriteAccess(_)
        | Refused::NotATagField(_)
        | Refused::ThumbnailType(_)
        | Refused::ThumbnailInTrash(_)
        | Refused::NameInUse(_)
        | Refused::UnknownAttribute(_)
        | Refused::UnknownTag(_)
        | Refused::UnknownFolder(_)) => ApiError::invalid(&other.to_string()),
    })
}
