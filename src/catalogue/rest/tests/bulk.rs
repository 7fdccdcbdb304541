//! Bulk writes: who is meant, what is refused, what is answered.

use super::*;

#[tokio::test]
async fn two_terms_are_deprecated_and_sending_them_again_changes_nothing() {
    let catalogue = Catalogue::open().await;
    let terms = || {
        let anchor = guid("Glossary");
        let term = |number: u8, name: &str, temporary: &str| {
            json!({"typeName": "AtlasGlossaryTerm", "attributes": {
                "qualifiedName": format!("term{number}@glossaryqn"), "name": name,
                "certificateStatus": "DEPRECATED",
                "certificateStatusMessage": "This asset should no longer be used.",
                "anchor": {"typeName": "AtlasGlossary", "attributes": {"qualifiedName": anchor},
                    "guid": anchor}},
                "businessAttributes": null, "guid": temporary})
        };
        json!([
            term(0, "Example Term", "-37295531842777"),
            term(1, "Another Term", "-75318832")
        ])
    };
    let flags = "replaceTags=false&appendTags=false&replaceBusinessAttributes=false\
        &overwriteBusinessAttributes=false";
    let answer = catalogue.bulk(flags, terms()).await;
    assert_eq!(answer.status, 200);
    let assignments =
        json!({"-37295531842777": guid("Example Term"), "-75318832": guid("Another Term")});
    assert_eq!(answer.body["guidAssignments"], assignments);
    let updated = answer.body["mutatedEntities"]["UPDATE"].as_array().unwrap();
    assert_eq!(updated.len(), 2);
    let attributes = &updated[0]["attributes"];
    assert_eq!(attributes["certificateStatus"], "DEPRECATED");
    assert_eq!(attributes["certificateUpdatedBy"], "librarian");
    assert!(attributes["certificateUpdatedAt"].as_i64().unwrap() > 1_700_000_000_000);

    let again = catalogue.bulk(flags, terms()).await;
    assert_eq!(again.body, json!({ "guidAssignments": assignments }));
}

#[tokio::test]
async fn a_misspelt_name_with_a_made_up_guid_makes_a_new_asset() {
    let catalogue = Catalogue::open().await;
    let item = json!({"typeName": "Table", "guid": "-4538369966406710", "attributes": {
        "qualifiedName": format!("{DATABASE}/TBL_004_TYPO"), "name": "TBL_004",
        "certificateStatus": "verified"}});
    let answer = catalogue.bulk("", json!([item])).await;
    let made = &answer.body["mutatedEntities"]["CREATE"][0];
    assert_eq!(made["attributes"]["certificateStatus"], "VERIFIED");
    assert_eq!(made["createdBy"], "librarian");
    assert_eq!(
        answer.body["guidAssignments"]["-4538369966406710"],
        made["guid"]
    );
    assert!(answer.body["mutatedEntities"].get("UPDATE").is_none());
}

#[tokio::test]
async fn a_real_guid_nobody_has_is_refused_by_name_and_nothing_is_made() {
    let catalogue = Catalogue::open().await;
    let unknown = "99999999-9999-4999-8999-999999999999";
    let mut item = table("TBL_GONE", &json!({}));
    item["guid"] = json!(unknown);
    let items = json!([table("TBL_000", &json!({"description": "first"})), item]);
    let answer = catalogue.bulk("", items).await;
    assert_eq!(answer.status, 404);
    assert_eq!(
        answer.body,
        json!({"errorCode": "ATLAS-404-00-00A",
            "errorMessage": format!("Referenced entity {unknown} is not found"),
            "entityGuid": unknown})
    );
    assert_eq!(
        catalogue.attributes(&guid("TBL_000")).await["description"],
        Value::Null
    );
}

#[tokio::test]
async fn a_real_guid_nobody_has_falls_back_on_the_qualified_name() {
    let catalogue = Catalogue::open().await;
    let mut item = table("TBL_003", &json!({"description": "found"}));
    item["guid"] = json!("99999999-9999-4999-8999-999999999999");
    let answer = catalogue.bulk("", json!([item])).await;
    assert_eq!(
        answer.body["mutatedEntities"]["UPDATE"][0]["guid"],
        guid("TBL_003")
    );
}

#[tokio::test]
async fn one_bad_item_stops_all_and_is_named_as_its_sender_named_it() {
    let catalogue = Catalogue::open().await;
    let bad = |guid: &str, attributes: Value| json!({"typeName": "Table", "guid": guid, "attributes": attributes});
    let first = || table("TBL_000", &json!({"description": "first"}));
    let name = format!("{DATABASE}/TBL_001");
    let cases = [
        (
            bad("-7", json!({"qualifiedName": name})),
            "Table.name: mandatory attribute value missing in type Asset",
        ),
        (
            bad(
                "-8",
                json!({"qualifiedName": name, "name": "x", "certificateStatus": "OK"}),
            ),
            "Table.certificateStatus=OK: invalid value for type certificate_status",
        ),
        (
            json!({"typeName": "AtlasGlossaryTerm", "guid": "-9",
                "attributes": {"qualifiedName": "term0@glossaryqn", "name": "Example Term"}}),
            "AtlasGlossaryTerm.anchor: mandatory attribute value missing in type AtlasGlossaryTerm",
        ),
    ];
    for (item, words) in cases {
        let answer = catalogue.bulk("", json!([first(), item])).await;
        let message = format!("Invalid instance creation/updation parameters passed : {words}");
        assert_eq!(answer.status, 404);
        assert_eq!(
            answer.body,
            json!({"errorCode": "ATLAS-404-00-007", "errorMessage": message,
                "entityGuid": item["guid"]})
        );
        assert_eq!(
            catalogue.attributes(&guid("TBL_000")).await["description"],
            Value::Null
        );
    }
    let unknown = json!({"typeName": "Tabel", "guid": "-1", "attributes": {}});
    let answer = catalogue.bulk("", json!([first(), unknown])).await;
    assert_eq!(
        (answer.status, answer.body),
        (
            400,
            json!({"errorCode": "ATLAS-400-00-014",
                "errorMessage": "Type ENTITY with name Tabel does not exist", "entityGuid": "-1"})
        )
    );
}

#[tokio::test]
async fn a_closed_folder_refuses_what_differs_without_naming_the_item() {
    let catalogue = Catalogue::with(RestSwitches::default(), "refuse-folder=Closed").await;
    let items = json!([
        table("TBL_000", &json!({"description": "first"})),
        table("TBL_009", &json!({"description": "closed"})),
    ]);
    let answer = catalogue.bulk("", items).await;
    assert_eq!(answer.status, 403);
    assert_eq!(
        answer.body,
        json!({"errorCode": "ATLAS-403-00-001",
            "errorMessage": "librarian is not authorized to perform update entity: type=Table"})
    );
    assert_eq!(
        catalogue.attributes(&guid("TBL_000")).await["description"],
        Value::Null
    );
    let unchanged = catalogue
        .bulk("", json!([table("TBL_009", &json!({}))]))
        .await;
    assert_eq!(
        (unchanged.status, unchanged.body),
        (200, json!({"guidAssignments": {}}))
    );
}

#[tokio::test]
async fn empty_too_many_and_too_long_are_refused_before_anything_else() {
    let catalogue = Catalogue::open().await;
    let empty = catalogue.bulk("", json!([])).await;
    assert_eq!(
        (empty.status, empty.body),
        (
            400,
            json!({"errorCode": "ATLAS-400-00-01A",
                "errorMessage": "invalid parameters: no entities to create/update."})
        )
    );
    let many: Vec<Value> = (0..10_001).map(|_| json!({"typeName": "Table"})).collect();
    let many = catalogue.bulk("", json!(many)).await;
    assert_eq!(many.body["errorCode"], "ATLAS-400-00-212");
    let long = table("TBL_000", &json!({"description": "x".repeat(100_001)}));
    let long = catalogue.bulk("", json!([long])).await;
    assert_eq!(
        (long.status, long.body),
        (
            500,
            json!({"errorCode": "ATLAS-500-00-001",
                "errorMessage": "[\"Attribute description exceeds limit of 100000 characters\"]"})
        )
    );
}

#[tokio::test]
async fn two_items_about_one_asset_are_both_applied_and_reported_once() {
    let catalogue = Catalogue::open().await;
    let item = |temporary: &str, attributes: Value| {
        let mut item = table("TBL_002", &attributes);
        item["guid"] = json!(temporary);
        item
    };
    let items = json!([
        item(
            "-1",
            json!({"description": "one", "userDescription": "kept"})
        ),
        item("-2", json!({"description": "two"})),
    ]);
    let answer = catalogue.bulk("", items).await;
    let updated = answer.body["mutatedEntities"]["UPDATE"].as_array().unwrap();
    assert_eq!(updated.len(), 1);
    assert_eq!(updated[0]["attributes"]["description"], "two");
    assert_eq!(updated[0]["attributes"]["userDescription"], "kept");
    assert_eq!(
        answer.body["guidAssignments"],
        json!({"-1": guid("TBL_002"), "-2": guid("TBL_002")})
    );
}

#[tokio::test]
async fn a_tenant_may_call_updates_partial() {
    let catalogue = Catalogue::with(RestSwitches::default(), "partial-updates").await;
    let answer = catalogue
        .bulk("", json!([table("TBL_000", &json!({"description": "x"}))]))
        .await;
    let partial = &answer.body["mutatedEntities"]["PARTIAL_UPDATE"];
    assert_eq!(partial[0]["guid"], guid("TBL_000"));
    assert_eq!(answer.body["partialUpdatedEntities"], *partial);
}

#[tokio::test]
async fn a_lying_server_answers_success_and_keeps_the_asset() {
    let catalogue = Catalogue::with(RestSwitches::default(), "silent-refuse=first:1").await;
    let item = || json!([table("TBL_000", &json!({"description": "x"}))]);
    let answer = catalogue.bulk("", item()).await;
    assert_eq!(
        answer.body["mutatedEntities"]["UPDATE"][0]["attributes"]["description"],
        "x"
    );
    assert_eq!(
        catalogue.attributes(&guid("TBL_000")).await["description"],
        Value::Null
    );
    catalogue.bulk("", item()).await;
    assert_eq!(
        catalogue.attributes(&guid("TBL_000")).await["description"],
        "x"
    );
}

#[tokio::test]
async fn a_term_keeps_its_qualified_name_and_its_name_is_its_own_in_the_glossary() {
    let catalogue = Catalogue::open().await;
    let term = |name: &str| {
        json!([{"typeName": "AtlasGlossaryTerm", "guid": guid("Example Term"),
            "attributes": {"qualifiedName": "elsewhere", "name": name},
            "relationshipAttributes": {"anchor": {"typeName": "AtlasGlossary",
                "uniqueAttributes": {"qualifiedName": "glossaryqn"}}}}])
    };
    let renamed = catalogue.bulk("", term(" Better Term ")).await;
    let attributes = &renamed.body["mutatedEntities"]["UPDATE"][0]["attributes"];
    assert_eq!(attributes["name"], "Better Term");
    assert_eq!(attributes["qualifiedName"], "term0@glossaryqn");
    let taken = catalogue.bulk("", term("Another Term")).await;
    assert_eq!(
        (taken.status, &taken.body["errorCode"]),
        (409, &json!("ATLAS-409-00-009"))
    );
    let special = catalogue.bulk("", term("a@b")).await;
    assert_eq!(
        (special.status, &special.body["errorCode"]),
        (400, &json!("ATLAS-400-00-083"))
    );
}

#[tokio::test]
async fn unknown_attributes_flags_and_fields_are_ignored() {
    let catalogue = Catalogue::open().await;
    let mut item = table(
        "TBL_000",
        &json!({"supersetDashboardThumbnailURL": "x", "colour": "red"}),
    );
    item["notAField"] = json!({"a": 1});
    let answer = catalogue.bulk("shiny=true", json!([item])).await;
    assert_eq!(
        (answer.status, answer.body),
        (200, json!({"guidAssignments": {}}))
    );
    let picture = json!([{"typeName": "SupersetDashboard", "guid": guid("Sales"), "attributes": {
        "qualifiedName": "default/superset/17", "name": "Sales",
        "supersetDashboardThumbnailURL": "https://bi.example.com/17.png",
        "supersetDashboardThumbnailUrl": "misspelt"}}]);
    let answer = catalogue.bulk("", picture).await;
    let attributes = &answer.body["mutatedEntities"]["UPDATE"][0]["attributes"];
    assert_eq!(
        attributes["supersetDashboardThumbnailURL"],
        "https://bi.example.com/17.png"
    );
    assert!(attributes.get("supersetDashboardThumbnailUrl").is_none());
}
