//! What an item has to be before anything of it is stored.

use serde_json::Value;

use super::error::{ApiError, BAD_REQUEST, INVALID_CLASSIFICATION, INVALID_PARAMETERS, TOO_LONG};
use super::request::{Entity, Tag};
use super::typedefs::ASSET_ATTRIBUTES;
use crate::catalogue::model::CertificateStatus;
use crate::catalogue::schema::Schema;

/// The longest text of an attribute, in characters.
const LONGEST: usize = 100_000;
/// The longest text of the few attributes that hold whole documents.
const LONGEST_DOCUMENT: usize = 2_000_000;
/// These few.
const DOCUMENTS: [&str; 3] = [
    "rawQueryText",
    "variablesSchemaBase64",
    "visualBuilderSchemaBase64",
];

/// Attributes of terms and categories alone, beside those every asset has.
const GLOSSARY_ATTRIBUTES: [(&str, &str); 5] = [
    ("shortDescription", "string"),
    ("longDescription", "string"),
    ("usage", "string"),
    ("abbreviation", "string"),
    ("examples", "array<string>"),
];

/// Whether assets of this type live in a glossary and point to it.
pub(super) fn has_anchor(type_name: &str) -> bool {
    matches!(type_name, "AtlasGlossaryTerm" | "AtlasGlossaryCategory")
}

/// Whether assets of this type are a glossary or live in one.
pub(super) fn in_glossary(type_name: &str) -> bool {
    has_anchor(type_name) || type_name == "AtlasGlossary"
}

/// The type of attribute `name` on assets of type `type_name`; `None` when there is none.
pub(super) fn attribute_type(schema: &Schema, type_name: &str, name: &str) -> Option<&'static str> {
    if name == "qualifiedName" {
        return Some("string");
    }
    let known = |table: &[(&str, &'static str)]| {
        table
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, kind)| *kind)
    };
    if let Some(kind) = known(ASSET_ATTRIBUTES) {
        return Some(kind);
    }
    if in_glossary(type_name) {
        return known(&GLOSSARY_ATTRIBUTES);
    }
    let own = schema.type_named(type_name)?;
    std::iter::once(own)
        .chain(
            own.super_types
                .iter()
                .filter_map(|above| schema.type_named(above)),
        )
        .any(|kind| kind.attributes.iter().any(|known| known == name))
        .then_some("any")
}

/// Refuses texts that are too long; the answer names the attribute and no item.
///
/// # Errors
///
/// The first item with such a text.
pub(super) fn lengths(entity: &Entity) -> Result<(), ApiError> {
    let mut too_long = Vec::new();
    for (name, value) in &entity.attributes {
        let limit = if DOCUMENTS.contains(&name.as_str()) {
            LONGEST_DOCUMENT
        } else {
            LONGEST
        };
        let long = |text: &str| text.len() > limit && text.chars().count() > limit;
        if value.as_str().is_some_and(long) {
            too_long.push(format!(
                "Attribute {name} exceeds limit of {limit} characters"
            ));
        }
    }
    if too_long.is_empty() {
        return Ok(());
    }
    Err(TOO_LONG.with(&[&Value::from(too_long).to_string()]))
}

/// Refuses an item that lacks what its type demands.
///
/// # Errors
///
/// The first thing it lacks.
pub(super) fn mandatory(entity: &Entity) -> Result<(), ApiError> {
    let kind = &entity.type_name;
    let lacks = |name: &str| entity.attributes.get(name).is_none_or(Value::is_null);
    let missing = |name: &str, definer: &str| {
        Err(ApiError::invalid(&format!(
            "{kind}.{name}: mandatory attribute value missing in type {definer}"
        )))
    };
    if lacks("qualifiedName") {
        return missing("qualifiedName", "Referenceable");
    }
    if lacks("name") {
        return missing("name", "Asset");
    }
    if has_anchor(kind)
        && entity
            .relationship_attributes
            .get("anchor")
            .is_none_or(Value::is_null)
    {
        return missing("anchor", kind);
    }
    Ok(())
}

/// Refuses values that are not of the type of their attribute. Unknown attributes are not looked
/// at: they are ignored later on.
///
/// # Errors
///
/// The first such value.
pub(super) fn values(schema: &Schema, entity: &Entity) -> Result<(), ApiError> {
    for (name, value) in entity
        .attributes
        .iter()
        .filter(|(_, value)| !value.is_null())
    {
        let Some(kind) = attribute_type(schema, &entity.type_name, name) else {
            continue;
        };
        let fits = match kind {
            "string" => !value.is_array() && !value.is_object(),
            "certificate_status" => value
                .as_str()
                .and_then(CertificateStatus::parse_any_case)
                .is_some(),
            "boolean" => value.is_boolean() || matches!(value.as_str(), Some("true" | "false")),
            "date" => value.is_number() || value.as_str().is_some_and(is_instant),
            "float" => {
                value.is_number()
                    || value
                        .as_str()
                        .is_some_and(|text| text.parse::<f64>().is_ok())
            }
            "array<string>" => value.is_array(),
            _ => true,
        };
        if !fits {
            let shown = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            let at = &entity.type_name;
            return Err(ApiError::invalid(&format!(
                "{at}.{name}={shown}: invalid value for type {kind}"
            )));
        }
        people(name, value)?;
    }
    Ok(())
}

fn is_instant(text: &str) -> bool {
    text.parse::<i64>().is_ok() || text.parse::<jiff::Timestamp>().is_ok()
}

/// Owners and administrators are plain names; an asset lies in at most one domain.
fn people(name: &str, value: &Value) -> Result<(), ApiError> {
    let Some(list) = value.as_array() else {
        return Ok(());
    };
    if name == "domainGUIDs" && list.len() > 1 {
        return Err(INVALID_PARAMETERS.with(&["asset can be linked to only one domain"]));
    }
    if !(name.ends_with("Users") || name.ends_with("Groups") || name.ends_with("Roles")) {
        return Ok(());
    }
    for person in list {
        let plain = person.as_str().is_some_and(|text| {
            let low = text.to_lowercase();
            !text.contains(['<', '>']) && !low.starts_with("http:") && !low.starts_with("https:")
        });
        if !plain {
            return Err(BAD_REQUEST.with(&[&format!("Invalid value {person} for {name}")]));
        }
    }
    Ok(())
}

/// Refuses tags that are not defined.
///
/// # Errors
///
/// The first such tag.
pub(super) fn tags(schema: &Schema, entity: &Entity) -> Result<(), ApiError> {
    let lists = [
        &entity.classifications,
        &entity.add_or_update_classifications,
        &entity.remove_classifications,
    ];
    for Tag { type_name } in lists.into_iter().flatten().flatten() {
        if !schema.tags.iter().any(|known| known.id == *type_name) {
            return Err(INVALID_CLASSIFICATION.with(&[type_name]));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entity(body: Value) -> Entity {
        serde_json::from_value(body).unwrap()
    }

    fn sub_message(result: Result<(), ApiError>) -> ApiError {
        result.unwrap_err()
    }

    #[test]
    fn a_name_is_demanded_of_everybody_and_a_glossary_of_terms() {
        let table = entity(json!({"typeName": "Table", "attributes": {"qualifiedName": "q"}}));
        assert_eq!(
            sub_message(mandatory(&table)),
            ApiError::invalid("Table.name: mandatory attribute value missing in type Asset")
        );
        let term = json!({"typeName": "AtlasGlossaryTerm",
            "attributes": {"qualifiedName": "q@g", "name": "Term"}});
        assert_eq!(
            sub_message(mandatory(&entity(term))),
            ApiError::invalid(
                "AtlasGlossaryTerm.anchor: mandatory attribute value missing in type \
                 AtlasGlossaryTerm"
            )
        );
    }

    #[test]
    fn a_status_outside_the_enumeration_is_refused_and_its_case_does_not_matter() {
        let with = |status: &str| {
            entity(json!({"typeName": "Table", "attributes": {"certificateStatus": status}}))
        };
        let schema = Schema::default();
        assert_eq!(values(&schema, &with("verified")), Ok(()));
        assert_eq!(
            sub_message(values(&schema, &with("OK"))),
            ApiError::invalid(
                "Table.certificateStatus=OK: invalid value for type certificate_status"
            )
        );
        assert!(values(&schema, &with("")).is_err());
    }

    #[test]
    fn an_owner_is_a_plain_name() {
        let with = |owner: Value| {
            entity(json!({"typeName": "Table", "attributes": {"ownerUsers": [owner]}}))
        };
        let schema = Schema::default();
        assert_eq!(values(&schema, &with(json!("nobody"))), Ok(()));
        assert!(values(&schema, &with(json!("<b>"))).is_err());
        assert!(values(&schema, &with(json!("https://x"))).is_err());
        assert!(values(&schema, &with(json!(7))).is_err());
    }

    #[test]
    fn a_text_of_a_hundred_thousand_characters_fits_and_one_more_does_not() {
        let with = |length: usize| {
            let text = "ä".repeat(length);
            entity(json!({"typeName": "Table", "attributes": {"description": text}}))
        };
        assert_eq!(lengths(&with(100_000)), Ok(()));
        assert_eq!(
            sub_message(lengths(&with(100_001))),
            TOO_LONG.with(&["[\"Attribute description exceeds limit of 100000 characters\"]"])
        );
    }
}
