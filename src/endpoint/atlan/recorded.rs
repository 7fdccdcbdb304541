//! Recorded exchanges and worked examples of the protocol, read and written by our codec.
//!
//! The requests are our own for the same wish: by guid, and without the keys that change nothing.

use serde_json::{Value as Json, json};

use crate::{
    domain::{Asset, Certificate, CertificateStatus, Item, Outcome, TagDelta, Value},
    endpoint::{Answer, Call, CallKind, EndpointError, http::HttpResponse},
};

use super::{
    fetch, json as read_json, refusal, search, typedefs::Typedefs, vocabulary::Vocabulary, write,
    written,
};

const TERM_1: &str = "11111111-1111-4111-8111-111111111111";
const TERM_2: &str = "22222222-2222-4222-8222-222222222222";
const GLOSSARY: &str = "b4113341-251b-4adc-81fb-2420501c30e6";
const REFUSED_RIGHT: &str = r#"{"errorCode": "ATLAS-403-00-001", "errorMessage": "service-account-apikey-0000 is not authorized to perform update entity: type=Table"}"#;

/// The definitions of custom metadata and of tags, as one answer.
const TYPEDEFS: &str = r#"{"classificationDefs": [{"category": "CLASSIFICATION", "guid": "5d2d87b2-dc36-447e-b504-ed658764c37e", "name": "TagHashPII000000000001", "displayName": "PII", "description": "Personal data", "typeVersion": "1.0", "options": {"color": "Red"}, "attributeDefs": [], "superTypes": [], "entityTypes": [], "subTypes": []}, {"category": "CLASSIFICATION", "guid": "29fb734b-119b-477a-a7ff-7385911086fd", "name": "TagHashConf00000000001", "displayName": "Confidential", "description": "", "typeVersion": "1.0", "options": {"color": "Green"}, "attributeDefs": [], "superTypes": [], "entityTypes": [], "subTypes": []}], "structDefs": [{"category": "STRUCT", "guid": "600d5485-5a6a-49b4-9fed-037c2fcac247", "name": "SourceTagAttachment", "typeVersion": "1.0", "attributeDefs": []}], "enumDefs": [], "businessMetadataDefs": [{"category": "BUSINESS_METADATA", "guid": "aadf5d14-2e6a-4891-996b-93bd3808f8ff", "name": "uCmSetHash0000000000001", "displayName": "Governance", "description": "", "typeVersion": "1.0", "options": {"emoji": "x", "logoType": "emoji"}, "attributeDefs": [{"name": "aAttrHash000000000000S1", "displayName": "Steward note", "typeName": "string", "isOptional": true, "cardinality": "SINGLE", "isIndexable": true, "options": {"primitiveType": "string", "multiValueSelect": "false", "isEnum": "false", "applicableEntityTypes": "[\"Asset\"]", "maxStrLength": "100000000", "applicableConnections": "[]", "applicableAssetTypes": "[\"Table\",\"Column\"]"}}, {"name": "aAttrHash000000000000D1", "displayName": "Review by", "typeName": "date", "isOptional": true, "cardinality": "SINGLE", "options": {"primitiveType": "date", "multiValueSelect": "false", "isEnum": "false", "applicableEntityTypes": "[\"Asset\"]"}}, {"name": "aAttrHash000000000000E1", "displayName": "Tier", "typeName": "Data quality tier", "isOptional": true, "cardinality": "SINGLE", "options": {"primitiveType": "enum", "isEnum": "true", "enumType": "Data quality tier", "multiValueSelect": "false", "applicableEntityTypes": "[\"Asset\"]"}}, {"name": "aAttrHash000000000000M1", "displayName": "Domains", "typeName": "array<string>", "isOptional": true, "cardinality": "SET", "options": {"primitiveType": "string", "isEnum": "false", "multiValueSelect": "true", "applicableEntityTypes": "[\"Asset\"]"}}]}], "entityDefs": [], "relationshipDefs": []}"#;

fn vocabulary() -> Vocabulary {
    let typedefs: Typedefs = serde_json::from_str(TYPEDEFS).unwrap();
    Vocabulary::new(&typedefs, &[])
}

fn response(status: u16, body: &str) -> HttpResponse {
    HttpResponse {
        status,
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    }
}

fn shown(asset: &Asset) -> Vec<String> {
    let fields = asset.fields.iter();
    let fields = fields.map(|(key, value)| format!("{key}: {}", value.display()));
    fields.collect()
}

fn item(asset: &str, kind: &str, field: &str, wanted: Value) -> Item {
    let mut facts = vec![(
        "qualifiedName".into(),
        Value::text(format!("qn of {asset}")),
    )];
    if kind == "AtlasGlossaryTerm" {
        let id = GLOSSARY.into();
        let name = String::new();
        facts.push(("anchor".into(), Value::Asset { id, name }));
    }
    Item {
        row: 0,
        asset: asset.into(),
        name: format!("name of {asset}"),
        kind: kind.to_owned(),
        field: field.into(),
        value_kind: crate::domain::FieldKind::Text,
        before: Value::Absent,
        wanted,
        delta: None,
        facts,
    }
}

fn certificate(status: CertificateStatus, message: &str) -> Value {
    let message = message.to_owned();
    Value::Certificate(Certificate { status, message })
}

fn call(items: Vec<Item>) -> Call {
    Call {
        kind: CallKind::Metadata,
        items,
    }
}

fn entities(call: &Call) -> Json {
    let bulk = write::bulk(call, &vocabulary()).unwrap();
    let body: Json = serde_json::from_str(&bulk.ask.body).unwrap();
    body["entities"].clone()
}

fn answered(call: &Call, body: &str) -> Answer {
    written::answer(&response(200, body), call, &vocabulary()).unwrap()
}

fn refused(status: u16, body: &str) -> EndpointError {
    refusal::refusal(
        &response(status, body),
        &[super::named::Sent::new(TERM_1, "", "", vec![0])],
        true,
    )
}

#[test]
fn log_1_two_terms_of_a_glossary_and_log_2_the_empty_page() {
    let page = r#"{"queryType": "INDEX", "searchParameters": "<echo of the request body>", "approximateCount": 2, "entities": [{"typeName": "AtlasGlossaryTerm", "guid": "11111111-1111-4111-8111-111111111111", "status": "ACTIVE", "displayText": "Example Term", "attributes": {"anchor": {"typeName": "AtlasGlossary", "guid": "b4113341-251b-4adc-81fb-2420501c30e6"}, "qualifiedName": "gsNccqJraDZqM6WyGP3ea@FzCMyPR2LxkPFgr8eNGrq", "name": "Example Term"}, "superTypeNames": ["Asset", "Referenceable"], "isIncomplete": false, "labels": [], "createdBy": "admin", "updatedBy": "admin", "createTime": 1700000000001, "updateTime": 1700000000001, "classifications": [], "classificationNames": []}, {"typeName": "AtlasGlossaryTerm", "guid": "22222222-2222-4222-8222-222222222222", "status": "ACTIVE", "displayText": "Another Term", "attributes": {"anchor": {"typeName": "AtlasGlossary", "guid": "b4113341-251b-4adc-81fb-2420501c30e6"}, "qualifiedName": "sduw38sCas83Ca8sdf982@FzCMyPR2LxkPFgr8eNGrq", "name": "Another Term"}, "superTypeNames": ["Asset", "Referenceable"], "isIncomplete": false, "labels": [], "createdBy": "admin", "updatedBy": "admin", "createTime": 1700000000002, "updateTime": 1700000000002, "classifications": [], "classificationNames": []}]}"#;
    let hits = search::hits(page.as_bytes(), None, 50, &vocabulary()).unwrap();
    assert_eq!(hits.page.total, 2);
    let next = hits.page.next;
    assert!(next.is_some(), "a short page is no end");
    let names: Vec<&str> = hits
        .page
        .assets
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["Example Term", "Another Term"]);
    assert_eq!(
        shown(&hits.page.assets[0]),
        [
            "qualifiedName: gsNccqJraDZqM6WyGP3ea@FzCMyPR2LxkPFgr8eNGrq",
            "anchor: b4113341-251b-4adc-81fb-2420501c30e6",
            "createdBy: admin",
            "createTime: 2023-11-14T22:13:20.001Z",
            "updatedBy: admin",
            "updateTime: 2023-11-14T22:13:20.001Z",
        ]
    );
    let empty = r#"{"queryType": "INDEX", "searchParameters": "<echo of the request body>", "approximateCount": 2}"#;
    let hits = search::hits(empty.as_bytes(), next.as_ref(), 50, &vocabulary()).unwrap();
    assert!(hits.page.assets.is_empty());
    assert_eq!(hits.page.next, None);
}

#[test]
fn log_11_two_certificates_log_12_the_same_again_and_log_13_clearing_one() {
    let message = "This asset should no longer be used.";
    let deprecated = || certificate(CertificateStatus::Deprecated, message);
    let call_11 = call(vec![
        item(TERM_1, "AtlasGlossaryTerm", "certificate", deprecated()),
        item(TERM_2, "AtlasGlossaryTerm", "certificate", deprecated()),
    ]);
    let entity = |guid: &str| {
        json!({"typeName": "AtlasGlossaryTerm", "guid": guid, "attributes": {
            "qualifiedName": format!("qn of {guid}"), "name": format!("name of {guid}"),
            "certificateStatus": "DEPRECATED", "certificateStatusMessage": message},
            "relationshipAttributes": {"anchor": {"typeName": "AtlasGlossary", "guid": GLOSSARY}}})
    };
    assert_eq!(entities(&call_11), json!([entity(TERM_1), entity(TERM_2)]));

    let updated = r#"{"guidAssignments": {"-37295531842777": "11111111-1111-4111-8111-111111111111", "-7531883260108957": "22222222-2222-4222-8222-222222222222"}, "mutatedEntities": {"UPDATE": [{"typeName": "AtlasGlossaryTerm", "guid": "11111111-1111-4111-8111-111111111111", "status": "ACTIVE", "displayText": "Example Term", "attributes": {"qualifiedName": "gsNccqJraDZqM6WyGP3ea@FzCMyPR2LxkPFgr8eNGrq", "name": "Example Term", "certificateStatusMessage": "This asset should no longer be used.", "certificateStatus": "DEPRECATED", "certificateUpdatedBy": "service-account-apikey-0000", "certificateUpdatedAt": 1795313335161}, "superTypeNames": ["Asset", "Referenceable"], "isIncomplete": false, "labels": [], "createdBy": "admin", "updatedBy": "service-account-apikey-0000", "createTime": 1700000000001, "updateTime": 1795313335161}, {"typeName": "AtlasGlossaryTerm", "guid": "22222222-2222-4222-8222-222222222222", "status": "ACTIVE", "displayText": "Another Term", "attributes": {"qualifiedName": "sduw38sCas83Ca8sdf982@FzCMyPR2LxkPFgr8eNGrq", "name": "Another Term", "certificateStatusMessage": "This asset should no longer be used.", "certificateStatus": "DEPRECATED", "certificateUpdatedBy": "service-account-apikey-0000", "certificateUpdatedAt": 1795313335161}, "superTypeNames": ["Asset", "Referenceable"], "isIncomplete": false, "labels": [], "createdBy": "admin", "updatedBy": "service-account-apikey-0000", "createTime": 1700000000002, "updateTime": 1795313335161}]}}"#;
    for said in answered(&call_11, updated).said {
        assert_eq!((said.outcome, said.code.as_str()), (Outcome::Applied, ""));
    }
    let unchanged = r#"{"guidAssignments": {"-7701296197351745": "11111111-1111-4111-8111-111111111111", "-9288859578084060": "22222222-2222-4222-8222-222222222222"}}"#;
    for said in answered(&call_11, unchanged).said {
        assert_eq!(
            (said.outcome, said.code.as_str()),
            (Outcome::Unknown, "not-mentioned")
        );
        assert_eq!(said.reason, "the answer does not mention it");
    }

    let clear = item(TERM_1, "AtlasGlossaryTerm", "certificate", Value::Absent);
    let call_13 = call(vec![clear]);
    let sent = entities(&call_13);
    let attributes = sent[0]["attributes"].as_object().unwrap();
    assert_eq!(attributes["certificateStatus"], Json::Null);
    assert_eq!(attributes["certificateStatusMessage"], Json::Null);
    let cleared = r#"{"guidAssignments": {"-7223463334596145": "11111111-1111-4111-8111-111111111111"}, "mutatedEntities": {"UPDATE": [{"typeName": "AtlasGlossaryTerm", "guid": "11111111-1111-4111-8111-111111111111", "status": "ACTIVE", "displayText": "Example Term", "attributes": {"qualifiedName": "gsNccqJraDZqM6WyGP3ea@FzCMyPR2LxkPFgr8eNGrq", "name": "Example Term", "certificateUpdatedBy": "service-account-apikey-0000", "certificateUpdatedAt": 1795313335161}}]}}"#;
    assert_eq!(
        answered(&call_13, cleared).said[0].outcome,
        Outcome::Applied
    );
}

#[test]
fn log_14_a_partial_update_counts_as_one() {
    let verified = certificate(CertificateStatus::Verified, "ok");
    let call = call(vec![item(
        TERM_1,
        "AtlasGlossaryTerm",
        "certificate",
        verified,
    )]);
    let body = r#"{"guidAssignments": {}, "mutatedEntities": {"PARTIAL_UPDATE": [{"typeName": "AtlasGlossaryTerm", "guid": "11111111-1111-4111-8111-111111111111", "status": "ACTIVE", "attributes": {"certificateStatusMessage": "ok", "certificateStatus": "VERIFIED"}}]}, "partialUpdatedEntities": [{"typeName": "AtlasGlossaryTerm", "guid": "11111111-1111-4111-8111-111111111111", "status": "ACTIVE", "attributes": {"certificateStatusMessage": "ok", "certificateStatus": "VERIFIED"}}]}"#;
    let said = &answered(&call, body).said[0];
    assert_eq!((said.outcome, said.code.as_str()), (Outcome::Applied, ""));
}

#[test]
fn log_16_and_17_many_fields_set_on_one_asset_and_cleared_on_another() {
    let table = |guid: &str, field: &str, wanted| item(guid, "Table", field, wanted);
    let set = [
        ("displayName", Value::text("Two")),
        ("description", Value::text("d")),
        ("userDescription", Value::text("ud")),
        ("certificate", certificate(CertificateStatus::Draft, "")),
        ("announcementTitle", Value::text("T")),
        ("announcementMessage", Value::Absent),
        ("announcementType", Value::text("issue")),
        ("ownerUsers", Value::list(["jdoe"])),
        ("ownerGroups", Value::list(["data_stewards"])),
    ];
    let items: Vec<Item> = set
        .iter()
        .map(|(field, wanted)| table("t2", field, wanted.clone()))
        .chain(
            set.iter()
                .map(|(field, _)| table("t3", field, Value::Absent)),
        )
        .collect();
    assert_eq!(
        entities(&call(items)),
        json!([
            {"typeName": "Table", "guid": "t2", "attributes": {
                "qualifiedName": "qn of t2", "name": "name of t2", "displayName": "Two",
                "description": "d", "userDescription": "ud", "certificateStatus": "DRAFT",
                "certificateStatusMessage": null, "announcementTitle": "T",
                "announcementMessage": null, "announcementType": "issue",
                "ownerUsers": ["jdoe"], "ownerGroups": ["data_stewards"]}},
            {"typeName": "Table", "guid": "t3", "attributes": {
                "qualifiedName": "qn of t3", "name": "name of t3", "displayName": null,
                "description": null, "userDescription": null, "certificateStatus": null,
                "certificateStatusMessage": null, "announcementTitle": null,
                "announcementMessage": null, "announcementType": null,
                "ownerUsers": null, "ownerGroups": null}}
        ])
    );
}

#[test]
fn log_18_a_batch_of_twenty_goes_in_one_request_in_order() {
    let ids: Vec<String> = (0..20).map(|n| format!("t{n}")).collect();
    let verified = || certificate(CertificateStatus::Verified, "");
    let items = ids
        .iter()
        .map(|id| item(id, "Table", "certificate", verified()));
    let sent = entities(&call(items.collect()));
    let guids: Vec<&str> = sent
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["guid"].as_str())
        .collect();
    assert_eq!(guids, ids);
}

#[test]
fn log_33_a_refused_right_and_log_81_to_94_the_other_errors() {
    assert!(matches!(
        refused(403, REFUSED_RIGHT),
        EndpointError::Forbidden { .. }
    ));
    let empty = r#"{"errorCode": "ATLAS-400-00-01A", "errorMessage": "invalid parameters: no entities to create/update."}"#;
    let error = refused(400, empty);
    assert_eq!(error.code(), "ATLAS-400-00-01A");
    assert!(matches!(error, EndpointError::Refused { .. }));
    assert!(matches!(refused(429, ""), EndpointError::Throttled { .. }));
    let unavailable = EndpointError::Unavailable {
        why: "HTTP 503: service unavailable".to_owned(),
        maybe_written: false,
    };
    assert_eq!(refused(503, ""), unavailable);
    let unauthorized = r#"{"errorCode": "ATLAS-401-00-000", "errorMessage": "Unauthorized"}"#;
    let error = refused(401, unauthorized);
    assert_eq!(error.code(), "ATLAS-401-00-000");
    assert!(matches!(error, EndpointError::SignIn { .. }));
}

#[test]
fn log_43_an_asset_made_by_mistake_is_told() {
    let body = r#"{"guidAssignments": {"t4": "4f41988a-1905-4d2a-a061-9aa8e25f9395"}, "mutatedEntities": {"CREATE": [{"typeName": "Table", "guid": "4f41988a-1905-4d2a-a061-9aa8e25f9395", "status": "ACTIVE", "displayText": "TBL_004", "attributes": {"qualifiedName": "default/snowflake/1700000000/DB/SCH/TBL_004_TYPO", "name": "TBL_004", "certificateStatus": "VERIFIED"}}]}}"#;
    let verified = certificate(CertificateStatus::Verified, "");
    let said = &answered(
        &call(vec![item("t4", "Table", "certificate", verified)]),
        body,
    )
    .said[0];
    assert_eq!(
        (said.outcome, said.code.as_str()),
        (Outcome::Warned, "CREATE")
    );
    assert!(
        said.meaning.contains("a new one has been made"),
        "{}",
        said.meaning
    );
}

#[test]
fn log_44_and_51_names_of_custom_metadata_and_tags() {
    let schema = vocabulary().schema();
    for name in ["Steward note", "Review by", "Tier", "Domains"] {
        assert!(schema.field(name).is_some(), "{name}");
    }
    assert_eq!(
        schema.field("tags").unwrap().allowed,
        ["Confidential", "PII"]
    );
    assert_eq!(vocabulary().counts(), (1, 4, 2));
}

#[test]
fn log_45_custom_metadata_merged_and_log_46_the_same_again() {
    let table = |field: &str, wanted| item("t6", "Table", field, wanted);
    let call = call(vec![
        table("Steward note", Value::text("checked")),
        table("Review by", Value::text("2026-01-01")),
        table("Tier", Value::text("Gold")),
        table("Domains", Value::list(["a", "b"])),
    ]);
    assert_eq!(
        entities(&call)[0]["businessAttributes"],
        json!({"uCmSetHash0000000000001": {
            "aAttrHash000000000000S1": "checked", "aAttrHash000000000000D1": 1_767_225_600_000_i64,
            "aAttrHash000000000000E1": "Gold", "aAttrHash000000000000M1": ["a", "b"]}})
    );
    let same =
        r#"{"guidAssignments": {"-7521174270652284": "00000000-0000-4000-8000-000000000006"}}"#;
    assert!(
        answered(&call, same)
            .said
            .iter()
            .all(|said| said.code == "not-mentioned")
    );
}

#[test]
fn log_52_and_53_a_tag_added_and_removed() {
    let tag = json!([{"typeName": "TagHashPII000000000001", "propagate": false,
        "removePropagationsOnEntityDelete": true, "restrictPropagationThroughLineage": false,
        "restrictPropagationThroughHierarchy": false}]);
    let pii = || vec!["PII".to_owned()];
    let change = |add, remove| Item {
        delta: Some(TagDelta { add, remove }),
        ..item("t8", "Table", "tags", Value::Absent)
    };
    let added = entities(&call(vec![change(pii(), Vec::new())]));
    assert_eq!(added[0]["addOrUpdateClassifications"], tag);
    let removed = entities(&call(vec![change(Vec::new(), pii())]));
    assert_eq!(removed[0]["removeClassifications"], tag);
}

#[test]
fn log_54_replacing_all_tags_is_written_as_what_comes_and_what_goes() {
    let replaced = Item {
        before: Value::list(["PII"]),
        ..item("t8", "Table", "tags", Value::list(["Confidential"]))
    };
    let sent = entities(&call(vec![replaced]));
    let added = &sent[0]["addOrUpdateClassifications"];
    assert_eq!(added[0]["typeName"], "TagHashConf00000000001");
    let removed = &sent[0]["removeClassifications"];
    assert_eq!(removed[0]["typeName"], "TagHashPII000000000001");
    assert!(sent[0].get("classifications").is_none());
}

#[test]
fn log_57_who_is_signed_in() {
    let body = r#"{"id": "aaaaaaaa-0000-4000-8000-000000000001", "username": "service-account-apikey-0000", "email": "", "firstName": "", "lastName": "", "enabled": true}"#;
    let json = read_json(&response(200, body)).unwrap();
    assert_eq!(json["username"], json!("service-account-apikey-0000"));
}

#[test]
fn log_69_an_asset_in_full() {
    let body = r#"{"referredEntities": {}, "entities": [{"typeName": "Table", "guid": "00000000-0000-4000-8000-000000000001", "status": "ACTIVE", "isIncomplete": false, "createdBy": "admin", "updatedBy": "service-account-apikey-0000", "createTime": 1700000000004, "updateTime": 1795313335952, "version": 0, "attributes": {"qualifiedName": "default/snowflake/1700000000/DB/SCH/TBL_001", "name": "TBL_001", "announcementTitle": "Planned outage", "announcementUpdatedAt": 1795313335439, "announcementUpdatedBy": "service-account-apikey-0000", "announcementMessage": "Sat 02:00 UTC", "announcementType": "warning", "certificateStatus": "DRAFT", "certificateUpdatedAt": 1795313335952, "certificateUpdatedBy": "service-account-apikey-0000"}, "relationshipAttributes": {}, "businessAttributes": {}, "labels": []}]}"#;
    let assets = fetch::assets(body.as_bytes(), &vocabulary()).unwrap();
    assert_eq!(assets[0].name, "TBL_001");
    assert_eq!(
        shown(&assets[0])[..5],
        [
            "certificate: draft",
            "announcementType: warning",
            "announcementTitle: Planned outage",
            "announcementMessage: Sat 02:00 UTC",
            "qualifiedName: default/snowflake/1700000000/DB/SCH/TBL_001",
        ]
    );
}

#[test]
fn log_79_an_unknown_guid_is_left_out() {
    let body = r#"{"errorCode": "ATLAS-404-00-005", "errorMessage": "Given instance guid dead is invalid/not found"}"#;
    let error = refusal::refusal(&response(404, body), &[], false);
    assert_eq!(
        fetch::without_culprit(&["dead".into()], error),
        Ok(Vec::new())
    );
}
