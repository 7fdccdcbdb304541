//! Hits and full entities as assets.

use serde_json::json;

use crate::{domain::CertificateStatus, endpoint::atlan::typedefs::Typedefs};

use super::*;

fn vocabulary() -> Vocabulary {
    let typedefs: Typedefs = serde_json::from_value(json!({
        "businessMetadataDefs": [{"name": "SET", "displayName": "Governance", "attributeDefs": [
            {"name": "ATT", "displayName": "Reviewed", "typeName": "date"}]}],
        "classificationDefs": [{"name": "TagHashPII", "displayName": "PII"},
                               {"name": "TagHashConf", "displayName": "Confidential"}],
    }))
    .unwrap();
    Vocabulary::new(&typedefs, &["SupersetDashboard".to_owned()])
}

fn asset(entity: &Json) -> Asset {
    match read(entity, false, &vocabulary()) {
        Reading::Asset(asset) => *asset,
        other @ (Reading::Hidden | Reading::Gone) => panic!("{other:?}"),
    }
}

fn term() -> Json {
    json!({
        "typeName": "AtlasGlossaryTerm", "guid": "11111111-1111-4111-8111-111111111111",
        "status": "ACTIVE", "displayText": "Example Term",
        "attributes": {
            "qualifiedName": "gsNccqJraDZqM6WyGP3ea@FzCMyPR2LxkPFgr8eNGrq",
            "name": "Example Term", "certificateStatus": "DRAFT",
            "certificateUpdatedBy": "jdoe", "certificateUpdatedAt": 1_767_225_600_000_i64,
            "SET.ATT": 1_767_225_600_000_i64,
            "anchor": {"typeName": "AtlasGlossary",
                       "guid": "b4113341-251b-4adc-81fb-2420501c30e6",
                       "attributes": {"name": "Example Glossary"}}
        },
        "classifications": [
            {"typeName": "TagHashPII", "entityGuid": "11111111-1111-4111-8111-111111111111"},
            {"typeName": "TagHashConf", "entityGuid": "22222222-2222-4222-8222-222222222222"}],
        "classificationNames": ["TagHashPII", "TagHashConf"],
        "createdBy": "jdoe", "createTime": 1_700_000_000_001_i64
    })
}

#[test]
fn a_hit_reads_with_human_names() {
    let term = asset(&term());
    assert_eq!(term.name, "Example Term");
    assert_eq!(term.kind, "AtlasGlossaryTerm");
    assert_eq!(term.locked, None);
    let shown: Vec<String> = term
        .fields
        .iter()
        .map(|(key, value)| format!("{key}: {}", value.display()))
        .collect();
    assert_eq!(
        shown,
        [
            "certificate: draft",
            "tags: PII",
            "Reviewed: 2026-01-01",
            "qualifiedName: gsNccqJraDZqM6WyGP3ea@FzCMyPR2LxkPFgr8eNGrq",
            "anchor: Example Glossary",
            "inheritedTags: Confidential",
            "certificateUpdatedBy: jdoe",
            "certificateUpdatedAt: 2026-01-01T00:00:00Z",
            "createdBy: jdoe",
            "createTime: 2023-11-14T22:13:20.001Z",
        ]
    );
}

#[test]
fn the_full_form_has_the_same_values_in_other_places() {
    let mut full = term();
    let attributes = full["attributes"].as_object_mut().unwrap();
    attributes.remove("anchor");
    attributes.remove("SET.ATT");
    attributes.insert("announcementUpdatedAt".to_owned(), json!(0));
    attributes.insert("description".to_owned(), Json::Null);
    full["relationshipAttributes"] = json!({"anchor": {
        "guid": "b4113341-251b-4adc-81fb-2420501c30e6", "displayText": "Example Glossary"}});
    full["businessAttributes"] = json!({"SET": {"ATT": 1_767_225_600_000_i64}});
    assert_eq!(asset(&full), asset(&term()));
}

#[test]
fn a_hidden_hit_has_no_identity_and_an_archived_one_is_gone() {
    let hidden = json!({"guid": "-1", "scrubbed": true, "typeName": "Table", "attributes": {}});
    assert_eq!(read(&hidden, false, &vocabulary()), Reading::Hidden);
    let mut archived = term();
    archived["status"] = json!("DELETED");
    assert_eq!(read(&archived, false, &vocabulary()), Reading::Gone);
}

#[test]
fn an_asset_whose_name_can_not_be_repeated_is_locked() {
    let mut nameless = term();
    nameless["attributes"]
        .as_object_mut()
        .unwrap()
        .remove("name");
    let asset = asset(&nameless);
    assert_eq!(asset.name, "Example Term");
    assert!(asset.locked.unwrap().contains("name"));
    let Reading::Asset(damaged) = read(&term(), true, &vocabulary()) else {
        panic!("it is an asset");
    };
    assert_eq!(damaged.locked.as_deref(), Some(lenient::DAMAGED));
}

#[test]
fn a_message_without_status_is_no_certificate() {
    let message = json!({"certificateStatusMessage": "left over"});
    assert_eq!(certificate(&message), Value::Absent);
    let both = json!({"certificateStatus": "VERIFIED", "certificateStatusMessage": "ok"});
    assert_eq!(
        certificate(&both),
        Value::Certificate(Certificate {
            status: CertificateStatus::Verified,
            message: "ok".to_owned()
        })
    );
}

#[test]
fn a_dashboard_shows_its_thumbnail_by_address() {
    let dashboard = json!({"typeName": "SupersetDashboard", "guid": "g", "status": "ACTIVE",
        "attributes": {"name": "Sales", "qualifiedName": "default/superset/17",
            "supersetDashboardThumbnailURL": "https://bi.example.com/thumb/17.png?v=2"}});
    assert_eq!(
        asset(&dashboard).value(&"thumbnail".into()),
        &Value::Asset {
            id: "https://bi.example.com/thumb/17.png?v=2".into(),
            name: "17.png".to_owned()
        }
    );
}
