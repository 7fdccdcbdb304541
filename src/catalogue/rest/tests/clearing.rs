//! Certificates, announcements and what a null does.

use super::*;

#[tokio::test]
async fn clearing_a_certificate_leaves_who_gave_it_and_when() {
    let catalogue = Catalogue::open().await;
    let set = json!({"certificateStatus": "VERIFIED", "certificateStatusMessage": "ok"});
    catalogue.bulk("", json!([table("TBL_000", &set)])).await;
    let before = catalogue.attributes(&guid("TBL_000")).await;
    let clear = json!({"certificateStatus": null, "certificateStatusMessage": null});
    let answer = catalogue.bulk("", json!([table("TBL_000", &clear)])).await;
    let hit = &answer.body["mutatedEntities"]["UPDATE"][0]["attributes"];
    assert!(hit.get("certificateStatus").is_none());
    assert!(hit.get("certificateStatusMessage").is_none());
    assert_eq!(hit["certificateUpdatedAt"], before["certificateUpdatedAt"]);
    let after = catalogue.attributes(&guid("TBL_000")).await;
    assert_eq!(after["certificateStatus"], Value::Null);
    assert_eq!(after["certificateUpdatedBy"], "librarian");
}

#[tokio::test]
async fn a_status_alone_keeps_the_message_and_own_stamps_are_taken() {
    let catalogue = Catalogue::open().await;
    let set = json!({"certificateStatus": "DRAFT", "certificateStatusMessage": "ok",
        "certificateUpdatedBy": "jdoe", "certificateUpdatedAt": 1_767_225_600_000_i64});
    catalogue.bulk("", json!([table("TBL_000", &set)])).await;
    let stamped = catalogue.attributes(&guid("TBL_000")).await;
    assert_eq!(stamped["certificateUpdatedBy"], "jdoe");
    assert_eq!(stamped["certificateUpdatedAt"], 1_767_225_600_000_i64);
    let status = json!({"certificateStatus": "VERIFIED"});
    catalogue.bulk("", json!([table("TBL_000", &status)])).await;
    let after = catalogue.attributes(&guid("TBL_000")).await;
    assert_eq!(after["certificateStatus"], "VERIFIED");
    assert_eq!(after["certificateStatusMessage"], "ok");
    assert_eq!(after["certificateUpdatedBy"], "librarian");
}

#[tokio::test]
async fn many_fields_are_set_at_once_and_cleared_by_null() {
    let catalogue = Catalogue::open().await;
    let set = json!({"displayName": "Two", "description": "d", "userDescription": "ud",
        "announcementType": "issue", "announcementTitle": "T", "announcementMessage": "m",
        "ownerUsers": ["jdoe", "jdoe"], "ownerGroups": ["data_stewards"], "isEditable": true,
        "popularityScore": 1.5});
    catalogue.bulk("", json!([table("TBL_002", &set)])).await;
    let before = catalogue.attributes(&guid("TBL_002")).await;
    assert_eq!(before["ownerUsers"], json!(["jdoe"]));
    assert_eq!(before["announcementUpdatedBy"], "librarian");
    let clear = json!({"displayName": null, "description": null, "userDescription": null,
        "announcementType": null, "announcementTitle": null, "announcementMessage": null,
        "ownerUsers": null, "ownerGroups": null, "isEditable": null, "popularityScore": null});
    catalogue.bulk("", json!([table("TBL_002", &clear)])).await;
    let after = catalogue.attributes(&guid("TBL_002")).await;
    for name in [
        "displayName",
        "description",
        "userDescription",
        "announcementTitle",
        "ownerUsers",
    ] {
        assert_eq!(after[name], Value::Null, "{name}");
    }
    assert_eq!(
        (&after["isEditable"], &after["popularityScore"]),
        (&json!(false), &json!(0))
    );
}

#[tokio::test]
async fn clearing_an_empty_text_counts_as_a_change_unless_switched_off() {
    let clear = || json!([table("TBL_003", &json!({"description": null}))]);
    let coarse = Catalogue::open().await.bulk("", clear()).await;
    assert_eq!(
        coarse.body["mutatedEntities"]["UPDATE"][0]["guid"],
        guid("TBL_003")
    );
    let exact = RestSwitches {
        coarse_comparison: false,
        ..RestSwitches::default()
    };
    let exact = Catalogue::with(exact, "").await.bulk("", clear()).await;
    assert!(exact.body.get("mutatedEntities").is_none());
    let nothing = json!([table("TBL_003", &json!({"certificateStatus": null}))]);
    let status = Catalogue::open().await.bulk("", nothing).await;
    assert!(status.body.get("mutatedEntities").is_none());
}

#[tokio::test]
async fn one_asset_is_updated_by_its_qualified_name_and_never_made() {
    let catalogue = Catalogue::open().await;
    let path = |name: &str| {
        let name = format!("{DATABASE}/{name}").replace('/', "%2F");
        format!("/api/meta/entity/uniqueAttribute/type/Table?attr%3AqualifiedName={name}")
    };
    let body = json!({"entity": {"typeName": "Table", "attributes": {
        "announcementTitle": "Planned outage", "announcementType": "warning"}}});
    let answer = catalogue.call("PUT", &path("TBL_001"), &body).await;
    let partial = &answer.body["mutatedEntities"]["PARTIAL_UPDATE"];
    assert_eq!(
        partial[0]["attributes"]["announcementTitle"],
        "Planned outage"
    );
    assert_eq!(answer.body["partialUpdatedEntities"], *partial);
    assert_eq!(answer.body["guidAssignments"], json!({}));
    let missing = catalogue.call("PUT", &path("TBL_NO_SUCH"), &body).await;
    assert_eq!(
        (missing.status, &missing.body["errorCode"]),
        (404, &json!("ATLAS-404-00-009"))
    );
    let read = catalogue.get(&path("TBL_001")).await;
    assert_eq!(read.body["entity"]["guid"], guid("TBL_001"));
}

#[tokio::test]
async fn updating_an_archived_asset_leaves_it_archived_unless_it_is_called_back() {
    let catalogue = Catalogue::open().await;
    let path = format!(
        "/api/meta/entity/bulk?guid={}&deleteType=SOFT",
        guid("TBL_000")
    );
    let gone = catalogue.call("DELETE", &path, &Value::Null).await;
    assert_eq!(
        gone.body["mutatedEntities"]["DELETE"][0]["status"],
        "DELETED"
    );
    let item = table("TBL_000", &json!({"description": "still archived"}));
    let answer = catalogue.bulk("", json!([item])).await;
    assert_eq!(
        answer.body["mutatedEntities"]["UPDATE"][0]["status"],
        "DELETED"
    );
    let mut item = table("TBL_000", &json!({}));
    item["status"] = json!("ACTIVE");
    let answer = catalogue.bulk("", json!([item])).await;
    assert_eq!(
        answer.body["mutatedEntities"]["UPDATE"][0]["status"],
        "ACTIVE"
    );
}
