//! Calls as the server gets them.

use serde_json::json;

use crate::{
    domain::{Certificate, CertificateStatus, TagDelta},
    endpoint::{CallKind, atlan::typedefs::Typedefs},
};

use super::*;

const TABLE: &str = "00000000-0000-4000-8000-000000000001";
const TERM: &str = "11111111-1111-4111-8111-111111111111";
const GLOSSARY: &str = "b4113341-251b-4adc-81fb-2420501c30e6";

fn vocabulary() -> Vocabulary {
    let typedefs: Typedefs = serde_json::from_value(json!({
        "businessMetadataDefs": [{"name": "SETID", "displayName": "Governance", "attributeDefs": [
            {"name": "S1", "displayName": "Steward note", "typeName": "string"},
            {"name": "D1", "displayName": "Review by", "typeName": "date"},
            {"name": "M1", "displayName": "Domains", "typeName": "array<string>"}]}],
        "classificationDefs": [{"name": "TagPII", "displayName": "PII"},
                               {"name": "TagConf", "displayName": "Confidential"}],
    }))
    .unwrap();
    Vocabulary::new(&typedefs, &["SupersetDashboard".to_owned()])
}

fn change(field: &str, wanted: Value) -> Item {
    Item {
        row: 0,
        asset: TABLE.into(),
        name: "TBL_001".to_owned(),
        kind: "Table".to_owned(),
        field: field.into(),
        value_kind: crate::domain::FieldKind::Text,
        before: Value::Absent,
        wanted,
        delta: None,
        facts: vec![(
            "qualifiedName".into(),
            Value::text("default/snowflake/1700000000/DB/SCH/TBL_001"),
        )],
    }
}

fn term(field: &str, wanted: Value) -> Item {
    let glossary = Value::Asset {
        id: GLOSSARY.into(),
        name: "Example Glossary".to_owned(),
    };
    Item {
        asset: TERM.into(),
        name: "Example Term".to_owned(),
        kind: "AtlasGlossaryTerm".to_owned(),
        facts: vec![
            (
                "qualifiedName".into(),
                Value::text("gsNccqJraDZqM6WyGP3ea@FzCMyPR2LxkPFgr8eNGrq"),
            ),
            ("anchor".into(), glossary),
        ],
        ..change(field, wanted)
    }
}

fn certificate(status: CertificateStatus, message: &str) -> Value {
    Value::Certificate(Certificate {
        status,
        message: message.to_owned(),
    })
}

fn try_bulk(items: Vec<Item>) -> Result<Bulk, EndpointError> {
    let kind = CallKind::Metadata;
    bulk(&Call { kind, items }, &vocabulary())
}

/// The flags and the entities of a call.
fn sent(items: Vec<Item>) -> (String, Json) {
    let ask = try_bulk(items).unwrap().ask;
    assert!(ask.writes);
    let (path, flags) = ask.path.split_once('?').unwrap();
    assert_eq!(path, "/api/meta/entity/bulk");
    let body: Json = serde_json::from_str(&ask.body).unwrap();
    (flags.to_owned(), body["entities"].clone())
}

const PLAIN: &str = "replaceTags=false&appendTags=false&replaceBusinessAttributes=false\
                     &overwriteBusinessAttributes=false";

#[test]
fn a_call_goes_by_guid_with_name_and_qualified_name_as_they_are() {
    let (flags, entities) = sent(vec![change("userDescription", Value::text("Orders"))]);
    assert_eq!(flags, PLAIN);
    assert_eq!(
        entities,
        json!([{
            "typeName": "Table", "guid": TABLE,
            "attributes": {
                "qualifiedName": "default/snowflake/1700000000/DB/SCH/TBL_001",
                "name": "TBL_001", "userDescription": "Orders"}
        }])
    );
}

#[test]
fn a_term_names_its_glossary() {
    let deprecated = certificate(
        CertificateStatus::Deprecated,
        "This asset should no longer be used.",
    );
    let (flags, entities) = sent(vec![term("certificate", deprecated)]);
    assert_eq!(flags, PLAIN);
    assert_eq!(
        entities,
        json!([{
            "typeName": "AtlasGlossaryTerm", "guid": TERM,
            "attributes": {
                "qualifiedName": "gsNccqJraDZqM6WyGP3ea@FzCMyPR2LxkPFgr8eNGrq",
                "name": "Example Term",
                "certificateStatus": "DEPRECATED",
                "certificateStatusMessage": "This asset should no longer be used."},
            "relationshipAttributes": {
                "anchor": {"typeName": "AtlasGlossary", "guid": GLOSSARY}}
        }])
    );
}

#[test]
fn several_changes_of_one_asset_go_as_one() {
    let items = vec![
        change("displayName", Value::text("Two")),
        term("description", Value::text("d")),
        change("ownerUsers", Value::list(["jdoe", "akim"])),
        change("announcementType", Value::text("issue")),
    ];
    let bulk = try_bulk(items).unwrap();
    assert_eq!(
        bulk.sent.iter().map(Sent::places).collect::<Vec<_>>(),
        [(TABLE, &[0, 2, 3][..]), (TERM, &[1])]
    );
    let body: Json = serde_json::from_str(&bulk.ask.body).unwrap();
    let table = &body["entities"][0]["attributes"];
    assert_eq!(table["displayName"], json!("Two"));
    assert_eq!(table["ownerUsers"], json!(["jdoe", "akim"]));
    assert_eq!(table["announcementType"], json!("issue"));
}

#[test]
fn clearing_is_an_explicit_null() {
    let (_, entities) = sent(vec![
        change("certificate", Value::Absent),
        change("userDescription", Value::Absent),
        change("ownerUsers", Value::Absent),
        change("Steward note", Value::Absent),
    ]);
    let attributes = entities[0]["attributes"].as_object().unwrap();
    for name in [
        "certificateStatus",
        "certificateStatusMessage",
        "userDescription",
        "ownerUsers",
    ] {
        assert_eq!(attributes.get(name), Some(&Json::Null), "{name}");
    }
    assert_eq!(
        entities[0]["businessAttributes"],
        json!({"SETID": {"S1": null}})
    );
}

#[test]
fn a_certificate_that_keeps_its_message_sends_its_status_alone() {
    let item = Item {
        before: certificate(CertificateStatus::Draft, "checked"),
        ..change(
            "certificate",
            certificate(CertificateStatus::Verified, "checked"),
        )
    };
    let (_, entities) = sent(vec![item]);
    let attributes = entities[0]["attributes"].as_object().unwrap();
    assert_eq!(attributes["certificateStatus"], json!("VERIFIED"));
    assert!(!attributes.contains_key("certificateStatusMessage"));
}

#[test]
fn a_certificate_without_message_clears_the_one_that_was_left_over() {
    let verified = certificate(CertificateStatus::Verified, "");
    let (_, entities) = sent(vec![change("certificate", verified)]);
    let attributes = entities[0]["attributes"].as_object().unwrap();
    assert_eq!(
        attributes.get("certificateStatusMessage"),
        Some(&Json::Null)
    );
}

#[test]
fn custom_metadata_is_merged_and_flagged_only_where_it_is_edited() {
    let (flags, entities) = sent(vec![
        change("Steward note", Value::text("checked")),
        change("Review by", Value::text("2026-01-01")),
        change("Domains", Value::list(["a", "b"])),
        term("description", Value::text("d")),
    ]);
    assert_eq!(
        flags,
        "replaceTags=false&appendTags=false&replaceBusinessAttributes=true\
         &overwriteBusinessAttributes=false"
    );
    assert_eq!(
        entities[0]["businessAttributes"],
        json!({"SETID": {"S1": "checked", "D1": 1_767_225_600_000_i64, "M1": ["a", "b"]}})
    );
    assert!(entities[1].get("businessAttributes").is_none());
}

fn tag(id: &str) -> Json {
    json!({"typeName": id, "propagate": false, "removePropagationsOnEntityDelete": true,
           "restrictPropagationThroughLineage": false,
           "restrictPropagationThroughHierarchy": false})
}

#[test]
fn tags_are_added_and_removed_one_by_one() {
    let item = Item {
        delta: Some(TagDelta {
            add: vec!["PII".to_owned()],
            remove: vec!["Confidential".to_owned()],
        }),
        before: Value::list(["Confidential"]),
        ..change("tags", Value::list(["PII"]))
    };
    let (flags, entities) = sent(vec![item]);
    assert_eq!(
        flags,
        "replaceTags=false&appendTags=true&replaceBusinessAttributes=false\
         &overwriteBusinessAttributes=false"
    );
    assert_eq!(
        entities[0]["addOrUpdateClassifications"],
        json!([tag("TagPII")])
    );
    assert_eq!(
        entities[0]["removeClassifications"],
        json!([tag("TagConf")])
    );
}

#[test]
fn setting_all_tags_touches_only_the_ones_that_change() {
    let item = Item {
        before: Value::list(["Confidential"]),
        ..change("tags", Value::list(["Confidential", "PII"]))
    };
    let (_, entities) = sent(vec![item]);
    assert_eq!(
        entities[0]["addOrUpdateClassifications"],
        json!([tag("TagPII")])
    );
    assert!(entities[0].get("removeClassifications").is_none());
}

#[test]
fn a_list_edited_one_by_one_goes_out_whole() {
    let item = Item {
        before: Value::list(["jdoe", "old"]),
        delta: Some(TagDelta {
            add: vec!["akim".to_owned()],
            remove: vec!["old".to_owned()],
        }),
        ..change("ownerUsers", Value::list(["jdoe", "akim"]))
    };
    let (_, entities) = sent(vec![item]);
    assert_eq!(
        entities[0]["attributes"]["ownerUsers"],
        json!(["jdoe", "akim"])
    );
}

#[test]
fn what_can_not_be_written_is_refused_alone_before_anything_leaves() {
    let items = vec![
        change("Review by", Value::text("soon")),
        change("description", Value::text("fine")),
        change("tags", Value::list(["No such tag"])),
        change("qualifiedName", Value::text("x")),
        change("nonsense", Value::text("x")),
    ];
    let Err(EndpointError::PoisonedBy { items, code, why }) = try_bulk(items) else {
        panic!("four of them can't be written");
    };
    assert_eq!(items, [0, 2, 3, 4]);
    assert_eq!(code, "not-sendable");
    assert_eq!(why, "`soon` is no date such as 2026-01-31");
}

#[test]
fn an_asset_without_qualified_name_or_glossary_is_not_sent() {
    let mut lost = change("description", Value::text("d"));
    lost.facts.clear();
    let mut homeless = term("description", Value::text("d"));
    homeless.facts.truncate(1);
    for item in [lost, homeless] {
        let error = try_bulk(vec![item]).unwrap_err();
        assert!(error.to_string().contains("refresh the listing"), "{error}");
    }
}

#[test]
fn a_dashboards_thumbnail_is_an_address_spelled_as_the_server_knows_it() {
    let dashboard = |wanted| Item {
        kind: "SupersetDashboard".to_owned(),
        ..change("thumbnail", wanted)
    };
    let address = "https://bi.example.com/thumb/17.png";
    let (_, entities) = sent(vec![dashboard(Value::text(address))]);
    let attributes = &entities[0]["attributes"];
    assert_eq!(attributes["supersetDashboardThumbnailURL"], json!(address));
    let (_, entities) = sent(vec![dashboard(Value::Absent)]);
    let attributes = entities[0]["attributes"].as_object().unwrap();
    assert_eq!(
        attributes.get("supersetDashboardThumbnailURL"),
        Some(&Json::Null)
    );
    let error = try_bulk(vec![change("thumbnail", Value::text(address))]).unwrap_err();
    assert!(
        error.to_string().contains("a Table has no thumbnail"),
        "{error}"
    );
}

#[test]
fn a_link_repeats_its_address() {
    let mut link = change("description", Value::text("d"));
    link.kind = "Link".to_owned();
    assert!(try_bulk(vec![link.clone()]).is_err());
    link.facts
        .push(("link".into(), Value::text("https://example.com/runbook")));
    let (_, entities) = sent(vec![link]);
    assert_eq!(
        entities[0]["attributes"]["link"],
        json!("https://example.com/runbook")
    );
}
