//! The custom metadata and the tags the official SDK writes, as recorded.

use super::*;

/// The flags of a save that makes custom metadata exactly the request.
const REPLACING: &str =
    "replaceClassifications=false&replaceBusinessAttributes=true&overwriteBusinessAttributes=true";

fn values() -> Value {
    json!({field("Note"): "seen in May", field("Review by"): 1_780_272_000_000_i64,
        field("Tier"): "Silver", field("Subjects"): ["loans", "fees"]})
}

async fn read(catalogue: &Catalogue, name: &str) -> Value {
    let path = format!("/api/meta/entity/guid/{}", guid(name));
    catalogue.get(&path).await.body["entity"].clone()
}

#[tokio::test]
async fn log_44_the_definitions_of_custom_metadata() {
    let catalogue = Catalogue::open().await;
    let answer = catalogue
        .get("/api/meta/types/typedefs/?type=BUSINESS_METADATA&type=STRUCT")
        .await;
    for empty in ["classificationDefs", "entityDefs", "relationshipDefs"] {
        assert_eq!(answer.body[empty], json!([]), "{empty}");
    }
    assert_eq!(answer.body["structDefs"][0]["category"], "STRUCT");
    let sets = answer.body["businessMetadataDefs"].as_array().unwrap();
    let own = sets.iter().find(|one| one["name"] == set()).unwrap();
    assert_eq!(own["category"], "BUSINESS_METADATA");
    assert_eq!(own["displayName"], "Catalogue");
    let fields = own["attributeDefs"].as_array().unwrap();
    for (name, kind, several) in [
        ("Note", "string", "false"),
        ("Review by", "date", "false"),
        ("Tier", "enum", "false"),
        ("Subjects", "string", "true"),
    ] {
        let one = fields
            .iter()
            .find(|one| one["name"] == field(name))
            .unwrap();
        assert_eq!(one["displayName"], name);
        assert_eq!(one["options"]["primitiveType"], kind, "{name}");
        assert_eq!(one["options"]["multiValueSelect"], several, "{name}");
        assert_eq!(one["options"]["isEnum"] == "true", kind == "enum", "{name}");
    }
}

#[tokio::test]
async fn log_45_merged_log_46_replaced_by_the_same_and_log_50_found_by_its_value() {
    let catalogue = Catalogue::open().await;
    let item = || {
        let mut item = sent("TBL_006", "-752117", &json!({}));
        item["businessAttributes"] = json!({set(): values()});
        json!([item])
    };
    let merged = catalogue
        .bulk(&flags("replaceBusinessAttributes"), item())
        .await;
    assert_eq!(
        merged.body["mutatedEntities"]["UPDATE"][0]["guid"],
        guid("TBL_006")
    );
    let stored = read(&catalogue, "TBL_006").await;
    assert_eq!(stored["businessAttributes"], json!({set(): values()}));
    let replaced = catalogue.bulk(REPLACING, item()).await;
    assert_eq!(
        replaced.body,
        json!({"guidAssignments": {"-752117": guid("TBL_006")}})
    );
    let found = catalogue
        .search(json!({
            "attributes": [field("Tier")],
            "dsl": {"from": 0, "size": 5, "aggregations": {}, "track_total_hits": true,
                "query": {"bool": {"filter": [
                    {"term": {"__superTypeNames.keyword": {"value": "Asset"}}},
                    {"term": {"__state": {"value": "ACTIVE"}}},
                    {"term": {"__typeName.keyword":
                        {"value": "Table", "case_insensitive": false}}},
                    {"term": {field("Tier"): {"value": "Silver", "case_insensitive": false}}}]}},
                "sort": [{"__guid": {"order": "asc"}}]},
            "requestMetadata": {"saveSearchLog": false, "utmTags": ["project_sdk_python"]}
        }))
        .await;
    assert_eq!(found["approximateCount"], 1);
    assert_eq!(found["entities"][0]["guid"], guid("TBL_006"));
}

#[tokio::test]
async fn log_47_set_log_48_removed_and_log_49_replaced_on_one_asset() {
    let catalogue = Catalogue::open().await;
    let path = format!(
        "/api/meta/entity/guid/{}/businessmetadata/{}",
        guid("TBL_006"),
        set()
    );
    let mut nothing = values();
    for value in nothing.as_object_mut().unwrap().values_mut() {
        *value = Value::Null;
    }
    for (body, left) in [
        (values(), json!({set(): values()})),
        (nothing, json!({})),
        (values(), json!({set(): values()})),
    ] {
        let answer = catalogue.call("POST", &path, &body).await;
        assert_eq!((answer.status, answer.body), (204, Value::Null));
        let stored = read(&catalogue, "TBL_006").await;
        assert_eq!(stored["businessAttributes"], left);
    }
}

#[tokio::test]
async fn log_51_the_definitions_of_tags() {
    let catalogue = Catalogue::open().await;
    let answer = catalogue
        .get("/api/meta/types/typedefs/?type=CLASSIFICATION&type=STRUCT")
        .await;
    let tags = answer.body["classificationDefs"].as_array().unwrap();
    for (id, name) in [(PII, "PII"), (CONFIDENTIAL, "Confidential")] {
        let one = tags.iter().find(|one| one["name"] == id).unwrap();
        assert_eq!(one["category"], "CLASSIFICATION");
        assert_eq!(one["displayName"], name);
        assert_eq!(one["options"]["color"], "Red");
        assert_eq!(one["attributeDefs"], json!([]));
    }
    for empty in ["enumDefs", "businessMetadataDefs", "entityDefs"] {
        assert_eq!(answer.body[empty], json!([]), "{empty}");
    }
}

#[tokio::test]
async fn log_52_a_tag_appended_log_53_removed_log_54_replaced_and_log_56_appended_elsewhere() {
    let catalogue = Catalogue::open().await;
    let tag = |id: &str, propagate: bool| {
        json!({"typeName": id, "propagate": propagate, "removePropagationsOnEntityDelete": true,
            "restrictPropagationThroughLineage": false,
            "restrictPropagationThroughHierarchy": false})
    };
    let steps = [
        (
            "TBL_008",
            "appendTags",
            "addOrUpdateClassifications",
            tag(PII, false),
            vec![PII],
        ),
        (
            "TBL_008",
            "appendTags",
            "removeClassifications",
            tag(PII, false),
            vec![],
        ),
        (
            "TBL_008",
            "replaceTags",
            "classifications",
            tag(CONFIDENTIAL, true),
            vec![CONFIDENTIAL],
        ),
        (
            "TBL_007",
            "appendTags",
            "addOrUpdateClassifications",
            tag(PII, false),
            vec![PII],
        ),
    ];
    for (name, flag, key, tag, left) in steps {
        let mut item = sent(name, "-136748", &json!({}));
        item[key] = json!([tag]);
        let answer = catalogue.bulk(&flags(flag), json!([item])).await;
        assert_eq!(
            answer.body["guidAssignments"],
            json!({"-136748": guid(name)}),
            "{flag} {key}"
        );
        let stored = read(&catalogue, name).await;
        let told = stored["classifications"].as_array().unwrap().iter();
        let told: Vec<&str> = told.filter_map(|one| one["typeName"].as_str()).collect();
        assert_eq!(told, left, "{flag} {key}");
        let hit = &answer.body["mutatedEntities"]["UPDATE"][0];
        assert_eq!(hit["guid"], guid(name), "{flag} {key}");
    }
}
