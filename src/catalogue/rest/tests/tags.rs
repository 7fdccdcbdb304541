//! Tags and terms.

use super::*;

fn tagged(key: &str, ids: &[&str]) -> Value {
    let mut item = table("TBL_008", &json!({}));
    item[key] = ids
        .iter()
        .map(|id| json!({"typeName": id, "propagate": false}))
        .collect();
    json!([item])
}

fn tags(catalogue: &Catalogue) -> Vec<String> {
    catalogue
        .library
        .by_guid(&guid("TBL_008"))
        .unwrap()
        .unwrap()
        .tags
        .clone()
}

#[tokio::test]
async fn tags_are_appended_taken_out_and_replaced_only_with_the_right_flag() {
    let catalogue = Catalogue::open().await;
    let answer = catalogue
        .bulk(
            "appendTags=true",
            tagged("addOrUpdateClassifications", &[PII]),
        )
        .await;
    let hit = &answer.body["mutatedEntities"]["UPDATE"][0];
    assert_eq!(hit["classificationNames"], json!([PII]));
    assert_eq!(hit["classifications"][0]["entityGuid"], guid("TBL_008"));

    let ignored = catalogue
        .bulk("", tagged("classifications", &[CONFIDENTIAL]))
        .await;
    assert!(ignored.body.get("mutatedEntities").is_none());

    catalogue
        .bulk(
            "replaceTags=true",
            tagged("classifications", &[CONFIDENTIAL]),
        )
        .await;
    assert_eq!(tags(&catalogue), [CONFIDENTIAL]);

    let absent = catalogue
        .bulk("appendTags=true", tagged("removeClassifications", &[PII]))
        .await;
    assert_eq!(absent.status, 200);
    assert!(absent.body.get("mutatedEntities").is_none());

    catalogue
        .bulk("replaceTags=true", json!([table("TBL_008", &json!({}))]))
        .await;
    assert!(
        tags(&catalogue).is_empty(),
        "no list with replaceTags removes all"
    );
}

#[tokio::test]
async fn two_tag_flags_at_once_and_unknown_tags_are_refused() {
    let catalogue = Catalogue::open().await;
    let both = catalogue
        .bulk(
            "appendTags=true&replaceTags=true",
            tagged("classifications", &[]),
        )
        .await;
    assert_eq!(
        (both.status, both.body),
        (
            400,
            json!({"errorCode": "ATLAS-400-00-029", "errorMessage": "Only one of \
                [replaceClassifications, replaceTags, appendTags] can be true"})
        )
    );
    let unknown = catalogue
        .bulk(
            "appendTags=true",
            tagged("addOrUpdateClassifications", &["No"]),
        )
        .await;
    assert_eq!(
        (unknown.status, &unknown.body["errorCode"]),
        (400, &json!("ATLAS-400-00-046"))
    );
}

#[tokio::test]
async fn one_tag_is_put_on_several_assets_and_taken_off_one() {
    let catalogue = Catalogue::open().await;
    let guids = [guid("TBL_007"), guid("TBL_008")];
    let body = json!({"classification": {"typeName": PII}, "entityGuids": guids});
    let answer = catalogue
        .call("POST", "/api/meta/entity/bulk/classification", &body)
        .await;
    assert_eq!(answer.status, 204);
    assert_eq!(tags(&catalogue), [PII]);
    let path = format!(
        "/api/meta/entity/guid/{}/classification/{PII}",
        guid("TBL_008")
    );
    assert_eq!(
        catalogue.call("DELETE", &path, &Value::Null).await.status,
        204
    );
    assert!(tags(&catalogue).is_empty());
    assert_eq!(
        catalogue.call("DELETE", &path, &Value::Null).await.status,
        404
    );
}

#[tokio::test]
async fn tag_definitions_and_at_least_one_struct_are_told() {
    let catalogue = Catalogue::open().await;
    let answer = catalogue
        .get("/api/meta/types/typedefs/?type=CLASSIFICATION&type=STRUCT")
        .await;
    assert_eq!(answer.body["classificationDefs"][0]["name"], PII);
    assert_eq!(answer.body["classificationDefs"][0]["displayName"], "PII");
    assert_eq!(answer.body["structDefs"].as_array().unwrap().len(), 1);
    assert_eq!(answer.body["businessMetadataDefs"], json!([]));
}

#[tokio::test]
async fn a_term_is_assigned_found_by_and_taken_away() {
    let catalogue = Catalogue::open().await;
    let term = guid("Example Term");
    let meanings = json!([{"typeName": "AtlasGlossaryTerm", "attributes": {"qualifiedName": term},
        "guid": term}]);
    catalogue
        .bulk(
            "",
            json!([table("TBL_007", &json!({"meanings": meanings}))]),
        )
        .await;
    let found = catalogue
        .search(json!({"dsl": {"query": {"term": {"__meanings": "term0@glossaryqn"}}}}))
        .await;
    assert_eq!(found["entities"][0]["meanings"][0]["termGuid"], term);
    assert_eq!(
        found["entities"][0]["meaningNames"],
        json!(["Example Term"])
    );
    let mut item = table("TBL_007", &json!({}));
    item["removeRelationshipAttributes"] = json!({"meanings": meanings});
    catalogue.bulk("", json!([item])).await;
    let found = catalogue
        .search(json!({"dsl": {"query": {"exists": {"field": "__meanings"}}}}))
        .await;
    assert_eq!(found["approximateCount"], 0);
    let mut dangling = table("TBL_007", &json!({}));
    dangling["relationshipAttributes"] = json!({"meanings": [{"typeName": "AtlasGlossaryTerm",
        "guid": "99999999-9999-4999-8999-999999999999"}]});
    let answer = catalogue.bulk("", json!([dangling])).await;
    assert_eq!(
        (answer.status, &answer.body["errorCode"]),
        (404, &json!("ATLAS-404-00-00A"))
    );
    assert_eq!(
        answer.body["entityGuid"],
        guid("TBL_007"),
        "the asset that refers is named"
    );
}
