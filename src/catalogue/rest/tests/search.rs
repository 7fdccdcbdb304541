//! Listing: operators, orders, pages, counts.

use std::collections::BTreeSet;

use super::*;

fn names(answer: &Value) -> Vec<&str> {
    let hits = answer["entities"].as_array().into_iter().flatten();
    hits.map(|hit| hit["attributes"]["name"].as_str().unwrap())
        .collect()
}

fn tables() -> Value {
    json!({"bool": {"filter": [
        {"term": {"__state": {"value": "ACTIVE", "case_insensitive": false}}},
        {"term": {"__typeName.keyword": {"value": "Table", "case_insensitive": false}}}]}})
}

#[tokio::test]
async fn terms_of_a_glossary_are_listed_with_their_anchor_and_no_empty_certificate() {
    let catalogue = Catalogue::open().await;
    let page = |from: u64| {
        json!({
            "attributes": ["certificateStatus", "anchor"],
            "dsl": {"from": from, "size": 50, "aggregations": {}, "track_total_hits": true,
                "query": {"bool": {"filter": [
                    {"term": {"__state": {"value": "ACTIVE", "case_insensitive": false}}},
                    {"term": {"__typeName.keyword": {"value": "AtlasGlossaryTerm"}}}]}},
                "sort": [{"name.keyword": {"order": "asc"}}, {"__guid": {"order": "asc"}}]},
            "relationAttributes": ["name"],
            "requestMetadata": {"saveSearchLog": false, "utmTags": ["project_sdk_python"]}
        })
    };
    let answer = catalogue.search(page(0)).await;
    assert_eq!(answer["queryType"], "INDEX");
    assert_eq!(answer["searchParameters"], page(0));
    assert_eq!(answer["approximateCount"], 2);
    assert_eq!(
        answer["entities"][1],
        json!({
            "typeName": "AtlasGlossaryTerm",
            "attributes": {
                "qualifiedName": "term0@glossaryqn",
                "name": "Example Term",
                "anchor": {
                    "typeName": "AtlasGlossary",
                    "guid": guid("Glossary"),
                    "uniqueAttributes": {"qualifiedName": "glossaryqn"},
                    "displayText": "Glossary",
                    "attributes": {"name": "Glossary"},
                },
            },
            "guid": guid("Example Term"),
            "status": "ACTIVE",
            "displayText": "Example Term",
            "classificationNames": [],
            "classifications": [],
            "meaningNames": [],
            "meanings": [],
            "superTypeNames": ["Asset", "Referenceable"],
            "isIncomplete": false,
            "labels": [],
            "createdBy": "",
            "updatedBy": "",
            "createTime": 1_700_000_000_001_i64,
            "updateTime": 1_700_000_000_001_i64,
        })
    );
    let past_the_end = catalogue.search(page(50)).await;
    assert!(past_the_end.get("entities").is_none());
    assert_eq!(past_the_end["approximateCount"], 2);
}

#[tokio::test]
async fn paging_by_offset_and_by_cursor_reaches_every_asset_once() {
    let catalogue = Catalogue::open().await;
    for sort in [
        json!([{"__guid": {"order": "asc"}}]),
        json!([{"__timestamp": "desc"}, "__guid"]),
    ] {
        let dsl = |extra: Value| {
            let mut dsl = json!({"size": 3, "query": tables(), "sort": sort});
            for (key, value) in extra.as_object().unwrap() {
                dsl[key] = value.clone();
            }
            json!({"dsl": dsl, "showSearchMetadata": true})
        };
        let mut by_offset = Vec::new();
        for from in [0, 3, 6, 9] {
            let answer = catalogue.search(dsl(json!({"from": from}))).await;
            assert_eq!(answer["approximateCount"], 10);
            by_offset.extend(names(&answer).into_iter().map(str::to_owned));
        }
        let mut by_cursor = Vec::new();
        let mut after = json!({});
        loop {
            let answer = catalogue.search(dsl(after)).await;
            assert_eq!(answer["approximateCount"], 10);
            by_cursor.extend(names(&answer).into_iter().map(str::to_owned));
            let Some(last) = answer["entities"].as_array().and_then(|hits| hits.last()) else {
                break;
            };
            let guid = last["guid"].as_str().unwrap();
            after = json!({"search_after": answer["searchMetadata"][guid]["sort"]});
        }
        assert_eq!(by_offset, by_cursor);
        assert_eq!(by_offset.iter().collect::<BTreeSet<_>>().len(), 10);
    }
}

#[tokio::test]
async fn the_bulk_paging_of_the_sdk_narrows_by_timestamp() {
    let catalogue = Catalogue::open().await;
    let query = json!({"bool": {
        "must": [{"term": {"__superTypeNames.keyword": {"value": "Referenceable"}}}],
        "filter": [{"term": {"__superTypeNames.keyword": {"value": "Asset"}}},
            {"term": {"__typeName.keyword": {"value": "Table"}}},
            {"range": {"__timestamp": {"gte": 1_700_000_000_014_i64}}}]}});
    let sort = json!([{"__timestamp": {"order": "asc"}}, {"__guid": {"order": "asc"}}]);
    let answer = catalogue
        .search(json!({"dsl": {"size": 25, "query": query, "sort": sort}}))
        .await;
    let mut found = names(&answer);
    found.sort_unstable();
    assert_eq!(found, ["TBL_008", "TBL_009"]);
}

#[tokio::test]
async fn qualified_names_are_found_in_exact_case_or_without_when_asked() {
    let catalogue = Catalogue::open().await;
    let count = |query: Value| {
        let body = json!({"dsl": {"size": 0, "query": query}});
        async {
            catalogue.search(body).await["approximateCount"]
                .as_u64()
                .unwrap()
        }
    };
    let low = format!("{DATABASE}/TBL_005").to_lowercase();
    assert_eq!(count(json!({"term": {"qualifiedName": low}})).await, 0);
    let folded = json!({"bool": {"minimum_should_match": 1, "should": [
        {"term": {"qualifiedName": {"value": low, "case_insensitive": true}}}]}});
    assert_eq!(count(folded).await, 1);
    let list = [
        format!("{DATABASE}/TBL_001"),
        format!("{DATABASE}/TBL_NO_SUCH"),
    ];
    assert_eq!(count(json!({"terms": {"qualifiedName": list}})).await, 1);
    assert_eq!(
        count(json!({"prefix": {"qualifiedName": {"value": DATABASE}}})).await,
        10
    );
    assert_eq!(
        count(json!({"wildcard": {"name.keyword": "tbl_00?"}})).await,
        10
    );
    assert_eq!(count(json!({"match": {"name": "example"}})).await, 1);
    assert_eq!(
        count(json!({"term": {"__glossary": "glossaryqn"}})).await,
        2
    );
    assert_eq!(
        count(json!({"term": {"name.keyword": {"value": "GLOSSARY"}}})).await,
        1
    );
}

#[tokio::test]
async fn counts_by_certificate_come_back_lower_cased_and_by_type_as_written() {
    let catalogue = Catalogue::open().await;
    let items = json!([
        table("TBL_000", &json!({"certificateStatus": "VERIFIED"})),
        table("TBL_001", &json!({"certificateStatus": "VERIFIED"})),
        table("TBL_002", &json!({"certificateStatus": "DRAFT"})),
    ]);
    assert_eq!(catalogue.bulk("", items).await.status, 200);
    let answer = catalogue
        .search(
            json!({"dsl": {"size": 0, "query": {"match_all": {}}, "aggs": {
            "by_type": {"terms": {"field": "__typeName.keyword", "size": 1}},
            "by_cert": {"terms": {"field": "certificateStatus", "size": 5}}}}}),
        )
        .await;
    assert_eq!(
        answer["aggregations"],
        json!({
            "by_type": {"doc_count_error_upper_bound": 0, "sum_other_doc_count": 4,
                "buckets": [{"key": "Table", "doc_count": 10}]},
            "by_cert": {"doc_count_error_upper_bound": 0, "sum_other_doc_count": 0,
                "buckets": [{"key": "verified", "doc_count": 2}, {"key": "draft", "doc_count": 1}]},
        })
    );
    let certified = json!({"bool": {"filter": [{"term": {"certificateStatus": "verified"}}],
        "must_not": [{"term": {"name.keyword": "tbl_001"}}]}});
    let answer = catalogue.search(json!({"dsl": {"query": certified}})).await;
    assert_eq!(names(&answer), ["TBL_000"]);
}

#[tokio::test]
async fn a_page_too_deep_a_query_missing_and_a_query_not_known_are_refused_in_words() {
    let catalogue = &Catalogue::open().await;
    let refused = |dsl: Value| {
        let body = json!({ "dsl": dsl });
        async move {
            catalogue
                .call("POST", "/api/meta/search/indexsearch", &body)
                .await
        }
    };
    let deep = refused(json!({"from": 99_999, "size": 2, "query": {"match_all": {}}})).await;
    assert_eq!(
        (deep.status, &deep.body["errorCode"]),
        (400, &json!("ATLAS-400-00-503"))
    );
    let missing = refused(json!({"size": 2})).await;
    assert_eq!(
        missing.body,
        json!({"errorCode": "ATLAS-400-00-029", "errorMessage": "Invalid search query"})
    );
    let unknown = refused(json!({"query": {"geo_shape": {}}})).await;
    assert_eq!(
        unknown.body["errorMessage"],
        "ES query failed with response: unknown query [geo_shape]"
    );
}

#[tokio::test]
async fn archived_assets_are_listed_unless_filtered_out_and_purged_ones_never() {
    let catalogue = Catalogue::open().await;
    for (name, how) in [("TBL_000", "SOFT"), ("TBL_001", "PURGE")] {
        let path = format!("/api/meta/entity/bulk?guid={}&deleteType={how}", guid(name));
        assert_eq!(
            catalogue.call("DELETE", &path, &Value::Null).await.status,
            200
        );
    }
    let of_type = json!({"term": {"__typeName.keyword": "Table"}});
    let all = catalogue
        .search(json!({"dsl": {"size": 0, "query": of_type}}))
        .await;
    assert_eq!(all["approximateCount"], 9);
    let living = catalogue
        .search(json!({"dsl": {"size": 0, "query": tables()}}))
        .await;
    assert_eq!(living["approximateCount"], 8);
    let restore = format!("/api/meta/entity/restore/bulk?guid={}", guid("TBL_000"));
    assert_eq!(
        catalogue.call("POST", &restore, &Value::Null).await.status,
        200
    );
    let living = catalogue
        .search(json!({"dsl": {"size": 0, "query": tables()}}))
        .await;
    assert_eq!(living["approximateCount"], 9);
}

#[tokio::test]
async fn an_index_that_lags_shows_a_write_only_after_some_searches_and_the_graph_at_once() {
    let lagging = RestSwitches {
        index_lag_requests: 2,
        ..RestSwitches::default()
    };
    let catalogue = Catalogue::with(lagging, "").await;
    let made = json!({"typeName": "Table", "guid": "-1", "attributes": {
        "qualifiedName": format!("{DATABASE}/NEW"), "name": "NEW"}});
    let item = table("TBL_000", &json!({"description": "new words"}));
    assert_eq!(catalogue.bulk("", json!([item, made])).await.status, 200);
    assert_eq!(
        catalogue.attributes(&guid("TBL_000")).await["description"],
        "new words"
    );
    let dsl = json!({"size": 20, "query": tables(), "sort": [{"name.keyword": "asc"}]});
    for (count, words) in [
        (10, Value::Null),
        (10, Value::Null),
        (11, json!("new words")),
    ] {
        let answer = catalogue.search(json!({ "dsl": dsl })).await;
        assert_eq!(answer["approximateCount"], count);
        assert_eq!(names(&answer).len(), count);
        let hits = answer["entities"].as_array().unwrap();
        let hit = hits
            .iter()
            .find(|hit| hit["guid"] == guid("TBL_000"))
            .unwrap();
        assert_eq!(
            hit["attributes"]
                .get("description")
                .cloned()
                .unwrap_or_default(),
            words
        );
    }
}

#[tokio::test]
async fn tags_and_terms_are_left_out_of_hits_when_asked() {
    let catalogue = Catalogue::open().await;
    let tagged = json!([{"typeName": "Table", "guid": guid("TBL_000"),
        "attributes": {"qualifiedName": format!("{DATABASE}/TBL_000"), "name": "TBL_000"},
        "addOrUpdateClassifications": [{"typeName": PII}]}]);
    assert_eq!(catalogue.bulk("appendTags=true", tagged).await.status, 200);
    let answer = catalogue
        .search(json!({"dsl": {"query": {"term": {"__traitNames": PII}}},
            "excludeMeanings": true, "excludeClassifications": true,
            "includeClassificationNames": true}))
        .await;
    let hit = &answer["entities"][0];
    assert_eq!(hit["classificationNames"], json!([PII]));
    assert!(hit.get("classifications").is_none() && hit.get("meanings").is_none());
}

#[tokio::test]
async fn counting_needs_to_know_where_the_caller_comes_from() {
    let catalogue = Catalogue::open().await;
    let body = json!({"dsl": {"query": tables()}});
    let refused = catalogue
        .call("POST", "/api/meta/search/count", &body)
        .await;
    assert_eq!(refused.status, 400);
    let headers = format!("Authorization: Bearer {DEMO_TOKEN}\r\nx-atlan-client-origin: own\r\n");
    let counted = catalogue
        .send(
            "POST",
            "/api/meta/search/count",
            &headers,
            &body.to_string(),
        )
        .await;
    assert_eq!((counted.status, counted.body), (200, json!(10)));
}
