//! The type definitions: custom metadata, tags, enumerations and entity types as JSON.

use serde_json::{Map, Value, json};

use super::custom::attribute_id;
use super::request::Query;
use crate::catalogue::model::CertificateStatus;
use crate::catalogue::schema::{
    CustomSet, FieldDefinition, FieldType, Place, Schema, TagDefinition, TypeDefinition,
    definition_guid,
};

/// The kinds of definitions, each with the key of its list.
const KINDS: [(&str, &str); 6] = [
    ("ENUM", "enumDefs"),
    ("STRUCT", "structDefs"),
    ("CLASSIFICATION", "classificationDefs"),
    ("ENTITY", "entityDefs"),
    ("RELATIONSHIP", "relationshipDefs"),
    ("BUSINESS_METADATA", "businessMetadataDefs"),
];

/// Every list, filled for the kinds the query asks for; no kind asked for means all.
pub(super) fn all(schema: &Schema, query: &Query) -> Value {
    let wanted: Vec<String> = query.all("type").map(str::to_uppercase).collect();
    let mut answer = Map::new();
    for (kind, key) in KINDS {
        let asked = wanted.is_empty() || wanted.iter().any(|one| one == kind);
        answer.insert(
            key.to_owned(),
            json!(if asked {
                list(schema, kind)
            } else {
                Vec::new()
            }),
        );
    }
    Value::Object(answer)
}

/// The definition of this name, whatever its kind.
pub(super) fn named(schema: &Schema, name: &str) -> Option<Value> {
    KINDS
        .iter()
        .flat_map(|(kind, _)| list(schema, kind))
        .find(|definition| definition["name"] == name)
}

fn list(schema: &Schema, kind: &str) -> Vec<Value> {
    match kind {
        "ENUM" => enums(schema),
        // The official SDK takes an answer without any struct for an expired token.
        "STRUCT" => vec![definition("STRUCT", "SourceTagAttachment", "")],
        "CLASSIFICATION" => schema.tags.iter().map(tag).collect(),
        "ENTITY" => entities(schema),
        "BUSINESS_METADATA" => schema
            .sets()
            .iter()
            .map(|set| custom_set(schema, set))
            .collect(),
        _ => Vec::new(),
    }
}

/// What every definition has.
fn definition(category: &str, name: &str, description: &str) -> Value {
    json!({
        "category": category,
        "guid": definition_guid(&format!("{category}:{name}")).to_string(),
        "createdBy": "admin",
        "updatedBy": "admin",
        "createTime": 1_700_000_000_000_i64,
        "updateTime": 1_700_000_000_000_i64,
        "version": 1,
        "name": name,
        "description": description,
        "typeVersion": "1.0",
        "attributeDefs": [],
    })
}

fn enums(schema: &Schema) -> Vec<Value> {
    let statuses: Vec<&str> = CertificateStatus::ALL
        .iter()
        .map(|status| status.upper())
        .collect();
    let mut all = vec![enumeration("certificate_status", &statuses)];
    for field in custom_fields(schema) {
        if let Some(name) = field.enum_name() {
            let values: Vec<&str> = field.dictionary.iter().map(String::as_str).collect();
            all.push(enumeration(&name, &values));
        }
    }
    all
}

fn custom_fields(schema: &Schema) -> impl Iterator<Item = &FieldDefinition> {
    schema
        .fields
        .iter()
        .filter(|field| matches!(field.place, Place::Custom { .. }))
}

fn enumeration(name: &str, values: &[&str]) -> Value {
    let mut body = definition("ENUM", name, "");
    let elements = values.iter().enumerate();
    body["elementDefs"] = elements
        .map(|(ordinal, value)| json!({ "value": value, "ordinal": ordinal }))
        .collect();
    if let Some(map) = body.as_object_mut() {
        map.remove("attributeDefs");
    }
    body
}

fn tag(tag: &TagDefinition) -> Value {
    let mut body = definition("CLASSIFICATION", &tag.id, &tag.description);
    body["displayName"] = json!(tag.display_name);
    body["options"] = json!({ "color": tag.color });
    for key in ["superTypes", "entityTypes", "subTypes"] {
        body[key] = json!([]);
    }
    body
}

fn custom_set(schema: &Schema, set: &CustomSet) -> Value {
    let mut body = definition("BUSINESS_METADATA", &set.id, "");
    body["displayName"] = json!(set.display_name);
    body["options"] = json!({
        "emoji": "\u{1f4da}",
        "logoType": "emoji",
        "isLocked": set.locked.to_string(),
    });
    let fields = schema.set_fields(&set.id);
    body["attributeDefs"] = fields
        .into_iter()
        .map(|field| custom_attribute(schema, field))
        .collect();
    body
}

/// The primitive type of a field, and the name its values go by.
fn primitive(field: &FieldDefinition) -> (&'static str, String) {
    let plain = match field.kind {
        FieldType::Int => "long",
        FieldType::Float => "float",
        FieldType::Boolean => "boolean",
        FieldType::Date => "date",
        FieldType::String
        | FieldType::Untyped
        | FieldType::Color
        | FieldType::Dimension
        | FieldType::FileName
        | FieldType::SingleTag
        | FieldType::MultiTag => "string",
        FieldType::SingleFixedTag | FieldType::MultiFixedTag | FieldType::BooleanTag => "enum",
    };
    (plain, field.enum_name().unwrap_or_else(|| plain.to_owned()))
}

fn custom_attribute(schema: &Schema, field: &FieldDefinition) -> Value {
    let (primitive, type_name) = primitive(field);
    let many = field.kind.is_multi();
    let id = attribute_id(field);
    let mut options = json!({
        "customMetadataVersion": "v2",
        "primitiveType": primitive,
        "isEnum": (primitive == "enum").to_string(),
        "multiValueSelect": many.to_string(),
        "applicableEntityTypes": "[\"Asset\"]",
        "assetTypesList": asset_types(schema, field),
        "maxStrLength": field.max_length.unwrap_or(100_000_000).to_string(),
        "applicableConnections": "[]",
        "applicableGlossaries": "[]",
        "applicableDomains": "[]",
        "showInOverview": "false",
        "allowFiltering": "true",
    });
    if primitive == "enum" {
        options["enumType"] = json!(type_name);
    }
    json!({
        "name": id,
        "displayName": field.name,
        "typeName": if many { format!("array<{type_name}>") } else { type_name },
        "isOptional": !field.required,
        "cardinality": if many { "SET" } else { "SINGLE" },
        "valuesMinCount": i64::from(field.required),
        "valuesMaxCount": if many { i64::from(i32::MAX) } else { 1 },
        "isUnique": false,
        "isIndexable": true,
        "includeInNotification": false,
        "searchWeight": -1,
        "options": options,
    })
}

/// The types a screen would offer the field on, as JSON text.
fn asset_types(schema: &Schema, field: &FieldDefinition) -> String {
    let names: Vec<&str> = schema
        .types
        .iter()
        .map(|kind| kind.name.as_str())
        .filter(|name| field.applies_to == "Asset" || *name == field.applies_to)
        .collect();
    json!(names).to_string()
}

fn entities(schema: &Schema) -> Vec<Value> {
    let mut referenceable = definition("ENTITY", "Referenceable", "");
    referenceable["attributeDefs"] = json!([entity_attribute("qualifiedName", "string", true)]);
    let mut asset = definition("ENTITY", "Asset", "");
    asset["superTypes"] = json!(["Referenceable"]);
    asset["attributeDefs"] = ASSET_ATTRIBUTES
        .iter()
        .map(|(name, kind)| entity_attribute(name, kind, *name == "name"))
        .collect();
    let mut all = vec![referenceable, asset];
    all.extend(schema.types.iter().map(|kind| entity(schema, kind)));
    all
}

fn entity(schema: &Schema, kind: &TypeDefinition) -> Value {
    let mut body = definition("ENTITY", &kind.name, "");
    // Only what it inherits from at first hand; the rest follows from there.
    body["superTypes"] = json!(kind.super_types.first().into_iter().collect::<Vec<_>>());
    let below = schema
        .types
        .iter()
        .filter(|other| other.super_types.first() == Some(&kind.name));
    body["subTypes"] = json!(below.map(|other| other.name.as_str()).collect::<Vec<_>>());
    body["attributeDefs"] = kind
        .attributes
        .iter()
        .map(|name| entity_attribute(name, "string", false))
        .collect();
    body
}

fn entity_attribute(name: &str, type_name: &str, required: bool) -> Value {
    let cardinality = if type_name.starts_with("array") {
        "SET"
    } else {
        "SINGLE"
    };
    json!({
        "name": name,
        "typeName": type_name,
        "isOptional": !required,
        "cardinality": cardinality,
        "isUnique": name == "qualifiedName",
        "isIndexable": true,
    })
}

/// The attributes every asset has, with their types.
pub(super) const ASSET_ATTRIBUTES: &[(&str, &str)] = &[
    ("name", "string"),
    ("displayName", "string"),
    ("description", "string"),
    ("userDescription", "string"),
    ("certificateStatus", "certificate_status"),
    ("certificateStatusMessage", "string"),
    ("certificateUpdatedBy", "string"),
    ("certificateUpdatedAt", "date"),
    ("announcementType", "string"),
    ("announcementTitle", "string"),
    ("announcementMessage", "string"),
    ("announcementUpdatedBy", "string"),
    ("announcementUpdatedAt", "date"),
    ("ownerUsers", "array<string>"),
    ("ownerGroups", "array<string>"),
    ("adminUsers", "array<string>"),
    ("adminGroups", "array<string>"),
    ("adminRoles", "array<string>"),
    ("viewerUsers", "array<string>"),
    ("viewerGroups", "array<string>"),
    ("connectorName", "string"),
    ("connectionName", "string"),
    ("connectionQualifiedName", "string"),
    ("isEditable", "boolean"),
    ("isDiscoverable", "boolean"),
    ("isPartial", "boolean"),
    ("subType", "string"),
    ("sourceURL", "string"),
    ("sourceEmbedURL", "string"),
    ("lexicographicalSortOrder", "string"),
    ("viewScore", "float"),
    ("popularityScore", "float"),
    ("assetIcon", "string"),
    ("assetCoverImage", "string"),
    ("assetThemeHex", "string"),
    ("assetTags", "array<string>"),
    ("domainGUIDs", "array<string>"),
    ("sourceCreatedAt", "date"),
    ("sourceCreatedBy", "string"),
    ("sourceUpdatedAt", "date"),
    ("sourceUpdatedBy", "string"),
    ("tenantId", "string"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> Schema {
        let tier = FieldDefinition::custom("Tier", "Asset", FieldType::SingleFixedTag);
        Schema {
            fields: vec![
                tier.with_dictionary(&["Gold", "Silver"]),
                FieldDefinition::custom("Keywords", "Asset", FieldType::MultiTag),
            ],
            ..Schema::default()
        }
    }

    #[test]
    fn an_answer_holds_every_list_and_always_a_struct_where_one_is_asked_for() {
        let answer = all(
            &schema(),
            &Query::read("type=business_metadata&type=STRUCT"),
        );
        assert_eq!(answer.as_object().unwrap().len(), 6);
        assert_eq!(answer["structDefs"][0]["name"], "SourceTagAttachment");
        assert_eq!(answer["enumDefs"], json!([]));
        assert_eq!(
            answer["businessMetadataDefs"][0]["displayName"],
            "Catalogue"
        );
    }

    #[test]
    fn a_field_with_a_closed_dictionary_is_an_enumeration() {
        let answer = all(&schema(), &Query::default());
        let tier = &answer["businessMetadataDefs"][0]["attributeDefs"][0];
        assert_eq!(tier["displayName"], "Tier");
        assert_eq!(tier["options"]["isEnum"], "true");
        let named = tier["options"]["enumType"].as_str().unwrap();
        let values = answer["enumDefs"]
            .as_array()
            .unwrap()
            .iter()
            .find(|def| def["name"] == named);
        assert_eq!(values.unwrap()["elementDefs"][1]["value"], "Silver");
    }

    #[test]
    fn a_field_of_many_values_is_an_array_and_every_option_is_text() {
        let answer = all(&schema(), &Query::default());
        let keywords = &answer["businessMetadataDefs"][0]["attributeDefs"][1];
        assert_eq!(keywords["typeName"], "array<string>");
        let options = keywords["options"].as_object().unwrap();
        assert!(options.values().all(Value::is_string), "{options:?}");
    }

    #[test]
    fn a_definition_is_found_by_its_name() {
        assert_eq!(
            named(&schema(), "certificate_status").unwrap()["elementDefs"][0]["value"],
            "VERIFIED"
        );
        assert!(named(&schema(), "nothing").is_none());
    }
}
