//! Custom metadata: in bulk, per asset, in hits and in queries.

use super::*;

fn with(values: Value) -> Value {
    let mut item = table("TBL_006", &json!({}));
    item["businessAttributes"] = values;
    json!([item])
}

fn some() -> Value {
    json!({set(): {
        field("Note"): "checked", field("Review by"): 1_767_225_600_000_i64,
        field("Tier"): "Gold", field("Subjects"): ["a", "b"]}})
}

async fn stored(catalogue: &Catalogue) -> Value {
    let path = format!("/api/meta/entity/guid/{}", guid("TBL_006"));
    catalogue.get(&path).await.body["entity"]["businessAttributes"].clone()
}

const MERGE: &str = "replaceBusinessAttributes=true&overwriteBusinessAttributes=false";
const OVERWRITE: &str = "replaceBusinessAttributes=true&overwriteBusinessAttributes=true";

#[tokio::test]
async fn custom_metadata_is_ignored_without_its_flag() {
    let catalogue = Catalogue::open().await;
    let answer = catalogue
        .bulk("replaceBusinessAttributes=false", with(some()))
        .await;
    assert_eq!(
        (answer.status, answer.body),
        (200, json!({"guidAssignments": {}}))
    );
    assert_eq!(stored(&catalogue).await, json!({}));
}

#[tokio::test]
async fn merging_sets_clears_and_leaves_and_an_equal_map_is_no_change() {
    let catalogue = Catalogue::open().await;
    let answer = catalogue.bulk(MERGE, with(some())).await;
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    assert_eq!(stored(&catalogue).await, some());
    let again = catalogue.bulk(MERGE, with(some())).await;
    assert!(
        again.body.get("mutatedEntities").is_none(),
        "{:?}",
        again.body
    );
    let some_cleared = json!({set(): {field("Note"): null, field("Tier"): "Silver"}});
    catalogue.bulk(MERGE, with(some_cleared)).await;
    assert_eq!(
        stored(&catalogue).await,
        json!({set(): {field("Review by"): 1_767_225_600_000_i64, field("Subjects"): ["a", "b"],
            field("Tier"): "Silver"}})
    );
    catalogue.bulk(MERGE, with(json!({set(): {}}))).await;
    assert_eq!(stored(&catalogue).await, json!({}));
}

#[tokio::test]
async fn overwriting_makes_it_exactly_the_request_and_an_untouched_item_loses_all() {
    let catalogue = Catalogue::open().await;
    catalogue.bulk(MERGE, with(some())).await;
    catalogue
        .bulk(OVERWRITE, with(json!({set(): {field("Note"): "only"}})))
        .await;
    assert_eq!(
        stored(&catalogue).await,
        json!({set(): {field("Note"): "only"}})
    );
    catalogue.bulk(OVERWRITE, with(Value::Null)).await;
    assert_eq!(stored(&catalogue).await, json!({}));
}

#[tokio::test]
async fn with_the_flag_an_item_that_says_nothing_of_it_still_counts_as_changed() {
    let catalogue = Catalogue::open().await;
    let answer = catalogue.bulk(MERGE, with(Value::Null)).await;
    assert_eq!(
        answer.body["mutatedEntities"]["UPDATE"][0]["guid"],
        guid("TBL_006")
    );
}

#[tokio::test]
async fn what_is_not_defined_or_does_not_fit_is_refused_by_item() {
    let catalogue = Catalogue::open().await;
    let long = "longer than twenty characters";
    let cases = [
        (
            json!({"nosuchset": {}}),
            "nosuchset: invalid business-metadata for entity type Table".to_owned(),
        ),
        (
            json!({set(): {field("Tier"): "Lead"}}),
            format!(
                "Table.{}.{}=Lead: invalid value for type",
                set(),
                field("Tier")
            ),
        ),
        (
            json!({set(): {field("Note"): long}}),
            format!(
                "Table.{}.{}={long}: invalid value for type",
                set(),
                field("Note")
            ),
        ),
    ];
    for (values, words) in cases {
        let answer = catalogue.bulk(MERGE, with(values)).await;
        assert_eq!(
            (answer.status, &answer.body["errorCode"]),
            (404, &json!("ATLAS-404-00-007"))
        );
        assert_eq!(answer.body["entityGuid"], guid("TBL_006"));
        let message = answer.body["errorMessage"].as_str().unwrap();
        assert!(message.contains(&words), "{message}");
    }
    assert_eq!(stored(&catalogue).await, json!({}));
}

#[tokio::test]
async fn the_custom_metadata_of_one_asset_is_written_by_its_set_without_an_answer() {
    let catalogue = Catalogue::open().await;
    let path = format!(
        "/api/meta/entity/guid/{}/businessmetadata/{}",
        guid("TBL_006"),
        set()
    );
    let values = some()[set()].clone();
    let answer = catalogue.call("POST", &path, &values).await;
    assert_eq!((answer.status, answer.body), (204, Value::Null));
    assert_eq!(stored(&catalogue).await, some());
    let nothing: serde_json::Map<String, Value> = values
        .as_object()
        .unwrap()
        .keys()
        .map(|key| (key.clone(), Value::Null))
        .collect();
    assert_eq!(
        catalogue.call("POST", &path, &json!(nothing)).await.status,
        204
    );
    assert_eq!(stored(&catalogue).await, json!({}));
    let human = format!(
        "/api/meta/entity/guid/{}/businessmetadata/displayName",
        guid("TBL_006")
    );
    let named = json!({"Catalogue": {"Note": "by name"}});
    assert_eq!(catalogue.call("POST", &human, &named).await.status, 204);
    assert_eq!(
        stored(&catalogue).await,
        json!({set(): {field("Note"): "by name"}})
    );
    let unknown = catalogue
        .call("POST", &human, &json!({"Catalogue": {"Nope": "x"}}))
        .await;
    assert_eq!(
        (unknown.status, &unknown.body["errorCode"]),
        (400, &json!("ATLAS-400-00-096"))
    );
}

#[tokio::test]
async fn hits_show_custom_metadata_under_dotted_ids_and_queries_find_it_by_the_bare_one() {
    let catalogue = Catalogue::open().await;
    catalogue.bulk(MERGE, with(some())).await;
    let dotted = format!("{}.{}", set(), field("Tier"));
    let answer = catalogue
        .search(json!({"attributes": [dotted, field("Note")],
            "dsl": {"query": {"term": {field("Tier"): {"value": "Gold"}}}}}))
        .await;
    assert_eq!(answer["approximateCount"], 1);
    let attributes = &answer["entities"][0]["attributes"];
    assert_eq!(attributes[&dotted], "Gold");
    assert!(
        attributes.get(field("Note")).is_none(),
        "the bare id is not resolved"
    );
}

#[tokio::test]
async fn custom_metadata_users_only_read_is_not_written_but_may_be_sent_back_as_it_is() {
    let catalogue = Catalogue::open().await;
    let locked = identity::hashed_id("set", crate::catalogue::schema::LOCKED_SET);
    let unchanged = with(json!({ &locked: { field("Origin"): null } }));
    assert_eq!(catalogue.bulk(MERGE, unchanged).await.status, 200);
    let answer = catalogue
        .bulk(MERGE, with(json!({locked: {field("Origin"): "mine"}})))
        .await;
    assert_eq!(
        (answer.status, &answer.body["errorCode"]),
        (403, &json!("ATLAS-403-00-001"))
    );
}
