//! Human names for hashed ids.

use serde_json::json;

use super::*;

/// The definitions recorded from a tenant, with an enumeration and a second set beside them.
fn typedefs() -> Typedefs {
    let text = |name: &str, label: &str| json!({"name": name, "displayName": label, "typeName": "string", "options": {"primitiveType": "string"}});
    serde_json::from_value(json!({
        "businessMetadataDefs": [
            {"name": "uCmSetHash0000000000001", "displayName": "Governance", "attributeDefs": [
                text("S1", "Steward note"),
                {"name": "D1", "displayName": "Review by", "typeName": "date",
                 "options": {"primitiveType": "date"}},
                {"name": "E1", "displayName": "Tier", "typeName": "Data quality tier",
                 "options": {"primitiveType": "enum", "isEnum": "true",
                             "enumType": "Data quality tier",
                             "assetTypesList": "[\"Table\",\"Column\"]"}},
                {"name": "M1", "displayName": "Domains", "typeName": "array<string>",
                 "options": {"primitiveType": "string", "multiValueSelect": "true",
                             "applicableEntityTypes": "[\"Asset\"]"}},
                {"name": "X1", "displayName": "Old-archived-1", "typeName": "string",
                 "options": {"isArchived": "true"}},
                text("C1", "description"),
            ]},
            {"name": "set2", "displayName": "Other", "attributeDefs": [
                text("S2", "steward_note"),
            ]},
        ],
        "enumDefs": [{"name": "Data quality tier", "elementDefs": [
            {"value": "Silver", "ordinal": 2}, {"value": "Gold", "ordinal": 1}]}],
        "classificationDefs": [
            {"name": "TagHashPII", "displayName": "PII"},
            {"name": "TagA", "displayName": "Twice"}, {"name": "TagB", "displayName": "Twice"},
        ],
        "structDefs": null,
    }))
    .unwrap()
}

fn vocabulary() -> Vocabulary {
    Vocabulary::new(&typedefs(), &[])
}

#[test]
fn custom_metadata_has_its_own_name_where_it_is_unique_and_its_sets_where_not() {
    let vocabulary = vocabulary();
    let custom: Vec<&str> = vocabulary
        .slots()
        .filter(|(_, slot)| matches!(slot, Slot::Custom { .. }))
        .map(|(key, _)| key.as_str())
        .collect();
    assert_eq!(
        custom,
        [
            "Governance.Steward note",
            "Review by",
            "Tier",
            "Domains",
            "Governance.description",
            "Other.steward_note",
        ]
    );
}

#[test]
fn names_are_unique_whatever_their_case() {
    let schema = vocabulary().schema();
    let mut names: Vec<String> = schema
        .fields
        .iter()
        .map(|field| field.key.as_str().to_lowercase())
        .collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn an_enumeration_is_a_closed_list_in_its_own_order_for_the_types_it_is_offered_on() {
    let vocabulary = vocabulary();
    let tier = vocabulary.field(&"Tier".into()).unwrap();
    assert_eq!(tier.allowed, ["Gold", "Silver"]);
    assert!(tier.closed);
    assert_eq!(tier.applies_to, ["Table", "Column"]);
    assert_eq!(tier.kind, FieldKind::Text);
}

#[test]
fn dates_and_lists_are_known_as_such() {
    let vocabulary = vocabulary();
    let kind = |name: &str| vocabulary.field(&name.into()).unwrap().kind;
    assert_eq!(kind("Review by"), FieldKind::Date);
    assert_eq!(kind("Domains"), FieldKind::Tags);
    assert_eq!(kind("ownerUsers"), FieldKind::Tags);
    assert_eq!(
        vocabulary.field(&"Domains".into()).unwrap().applies_to,
        [""; 0]
    );
}

#[test]
fn tags_go_by_human_names_both_ways() {
    let vocabulary = vocabulary();
    assert_eq!(vocabulary.tag_name("TagHashPII"), "PII");
    assert_eq!(vocabulary.tag_id("PII"), Some("TagHashPII"));
    assert_eq!(vocabulary.tag_id("Twice (TagB)"), Some("TagB"));
    assert_eq!(vocabulary.tag_id("Twice"), None);
    assert_eq!(vocabulary.tag_name("TagOfTomorrow"), "TagOfTomorrow");
    let tags = vocabulary.field(&"tags".into()).unwrap();
    assert_eq!(tags.allowed, ["PII", "Twice (TagA)", "Twice (TagB)"]);
}

#[test]
fn a_listing_asks_for_custom_metadata_by_its_dotted_ids() {
    let wanted = vocabulary().wanted_attributes();
    assert!(wanted.contains(&"uCmSetHash0000000000001.E1".to_owned()));
    for name in [
        "name",
        "qualifiedName",
        "anchor",
        "certificateStatusMessage",
    ] {
        assert!(wanted.contains(&name.to_owned()), "{name}");
    }
}

#[test]
fn what_the_server_stamps_is_locked_with_the_reason() {
    let vocabulary = vocabulary();
    for name in ["qualifiedName", "anchor", "connectorName", "updateTime"] {
        let field = vocabulary.field(&name.into()).unwrap();
        assert!(field.locked.is_some(), "{name}");
    }
}
