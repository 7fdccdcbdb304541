//! The searches and reads the official SDK sends, as recorded, against the small library.

use std::collections::BTreeSet;

use super::*;

/// A search body as `FluentSearch` writes it.
fn fluent(from: u64, size: u64, query: &Value, sort: &Value) -> Value {
    json!({
        "dsl": {"from": from, "size": size, "aggregations": {}, "track_total_hits": true,
            "query": query, "sort": sort},
        "requestMetadata": {"saveSearchLog": false, "utmTags": ["project_sdk_python"]}
    })
}

fn by_guid() -> Value {
    json!([{"__guid": {"order": "asc"}}])
}

fn guids(answer: &Value) -> Vec<String> {
    let hits = answer["entities"].as_array().into_iter().flatten();
    hits.map(|hit| hit["guid"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn log_1_active_terms_and_log_2_the_page_that_is_always_asked_for_after_them() {
    let catalogue = Catalogue::open().await;
    let query = json!({"bool": {"filter": [
        {"term": {"__state": {"value": "ACTIVE", "case_insensitive": false}}},
        {"term": {"__typeName.keyword":
            {"value": "AtlasGlossaryTerm", "case_insensitive": false}}}]}});
    let page = |from| {
        let mut body = fluent(from, 50, &query, &by_guid());
        body["attributes"] = json!(["certificateStatus", "anchor"]);
        body["relationAttributes"] = json!(["name"]);
        body
    };
    let first = catalogue.search(page(0)).await;
    let mut expected = [guid("Example Term"), guid("Another Term")];
    expected.sort();
    assert_eq!(guids(&first), expected);
    assert_eq!(
        first["entities"][0]["attributes"]["anchor"]["guid"],
        guid("Glossary")
    );
    assert_eq!(first["searchParameters"], page(0));
    let second = catalogue.search(page(50)).await;
    assert_eq!(
        second,
        json!({"queryType": "INDEX", "searchParameters": page(50), "approximateCount": 2})
    );
}

#[tokio::test]
async fn log_3_to_6_uncertified_tables_with_a_facet_come_in_four_pages_of_twenty_five() {
    let catalogue = Catalogue::open().await;
    add_loans(&catalogue.library, 51);
    let certified = table("LOAN_050", &json!({"certificateStatus": "DRAFT"}));
    let owned = table("LOAN_000", &json!({"ownerUsers": ["mlee"]}));
    catalogue.bulk("", json!([certified, owned])).await;
    let query = json!({"bool": {
        "must_not": [{"exists": {"field": "certificateStatus"}}],
        "filter": [
            {"term": {"__superTypeNames.keyword": {"value": "Asset"}}},
            {"term": {"__state": {"value": "ACTIVE"}}},
            {"terms": {"__typeName.keyword": ["Table", "View", "MaterialisedView"]}},
            {"prefix": {"qualifiedName":
                {"value": "default/snowflake", "case_insensitive": false}}}]}});
    let sort = json!([{"name.keyword": {"order": "asc"}}, {"__guid": {"order": "asc"}}]);
    let mut names = Vec::new();
    for (from, hits) in [(0, 25), (25, 25), (50, 10), (75, 0)] {
        let mut body = fluent(from, 25, &query, &sort);
        body["attributes"] = json!(["ownerUsers"]);
        body["dsl"]["aggregations"] =
            json!({"type": {"terms": {"field": "__typeName.keyword", "size": 10}}});
        let answer = catalogue.search(body).await;
        assert_eq!(answer["approximateCount"], 60);
        assert_eq!(
            answer["aggregations"]["type"]["buckets"],
            json!([{"key": "Table", "doc_count": 60}])
        );
        let found = answer["entities"].as_array().into_iter().flatten();
        let before = names.len();
        names.extend(found.map(|hit| hit["attributes"].clone()));
        assert_eq!(names.len() - before, hits);
        assert_eq!(answer.get("entities").is_none(), hits == 0);
    }
    assert_eq!(names[0]["ownerUsers"], json!(["mlee"]));
    assert_eq!(names[59]["name"], "TBL_009");
}

#[tokio::test]
async fn log_7_to_10_bulk_paging_goes_on_by_timestamp_until_only_a_seen_hit_comes_back() {
    let catalogue = Catalogue::open().await;
    add_loans(&catalogue.library, 50);
    let sort = json!([{"__timestamp": {"order": "asc"}}, {"__guid": {"order": "asc"}}]);
    let page = |from: u64, since: Option<i64>| {
        let mut filter = vec![
            json!({"term": {"__superTypeNames.keyword": {"value": "Asset"}}}),
            json!({"term": {"__state": {"value": "ACTIVE"}}}),
            json!({"term": {"__typeName.keyword":
                {"value": "Table", "case_insensitive": false}}}),
        ];
        filter.extend(since.map(|at| json!({"range": {"__timestamp": {"gte": at}}})));
        let must = json!([{"term": {"__superTypeNames.keyword": {"value": "Referenceable"}}}]);
        fluent(
            from,
            25,
            &json!({"bool": {"must": must, "filter": filter}}),
            &sort,
        )
    };
    let last = |answer: &Value| {
        answer["entities"].as_array().unwrap().last().unwrap()["createTime"].as_i64()
    };
    let mut seen = BTreeSet::new();
    let first = catalogue.search(page(0, None)).await;
    seen.extend(guids(&first));
    let second = catalogue.search(page(25, None)).await;
    seen.extend(guids(&second));
    let third = catalogue.search(page(0, last(&second))).await;
    assert_eq!(third["approximateCount"], 11);
    seen.extend(guids(&third));
    assert_eq!(seen.len(), 60);
    let fourth = catalogue.search(page(0, last(&third))).await;
    assert_eq!(guids(&fourth), [guid("LOAN_049")]);
}

#[tokio::test]
async fn log_70_some_attributes_of_a_guid_and_log_55_an_asset_before_it_is_tagged() {
    let catalogue = Catalogue::open().await;
    let of = |name: &str, value: &str, wanted: &str| {
        let query = json!({"bool": {"filter": [
            {"term": {name: {"value": value, "case_insensitive": false}}},
            {"term": {"__typeName.keyword": {"value": "Table", "case_insensitive": false}}}]}});
        let mut body = fluent(0, 300, &query, &by_guid());
        body["attributes"] = json!([wanted]);
        body
    };
    let by_id = catalogue
        .search(of("__guid", &guid("TBL_001"), "name"))
        .await;
    assert_eq!(by_id["approximateCount"], 1);
    assert_eq!(by_id["entities"][0]["attributes"]["name"], "TBL_001");
    let name = format!("{DATABASE}/TBL_009");
    let by_name = catalogue.search(of("qualifiedName", &name, "anchor")).await;
    assert_eq!(guids(&by_name), [guid("TBL_009")]);
}

#[tokio::test]
async fn log_73_a_glossary_is_found_by_its_name() {
    let catalogue = Catalogue::open().await;
    let query = json!({"bool": {"filter": [
        {"term": {"__state": {"value": "ACTIVE"}}},
        {"term": {"__typeName.keyword": {"value": "AtlasGlossary"}}},
        {"term": {"name.keyword": {"value": "Glossary"}}}]}});
    let mut body = fluent(0, 300, &query, &by_guid());
    body["attributes"] = json!([]);
    body["relationAttributes"] = json!(["name"]);
    assert_eq!(guids(&catalogue.search(body).await), [guid("Glossary")]);
}

#[tokio::test]
async fn log_69_and_71_an_asset_is_read_in_full_by_guid_and_by_qualified_name() {
    let catalogue = Catalogue::open().await;
    let set = json!({"announcementTitle": "Moving house", "announcementMessage": "in May",
        "announcementType": "information", "certificateStatus": "DRAFT"});
    catalogue.bulk("", json!([table("TBL_001", &set)])).await;
    let switches = "minExtInfo=false&ignoreRelationships=true";
    let by_id = format!("/api/meta/entity/guid/{}?{switches}", guid("TBL_001"));
    let name = format!("{DATABASE}/TBL_001").replace('/', "%2F");
    let by_name = format!(
        "/api/meta/entity/uniqueAttribute/type/Table?attr%3AqualifiedName={name}&{switches}"
    );
    let answer = catalogue.get(&by_id).await;
    assert_eq!(catalogue.get(&by_name).await.body, answer.body);
    assert_eq!(answer.body["referredEntities"], json!({}));
    let entity = &answer.body["entity"];
    assert_eq!(entity["typeName"], "Table");
    assert_eq!(entity["updatedBy"], "librarian");
    for (key, value) in set.as_object().unwrap() {
        assert_eq!(entity["attributes"][key], *value, "{key}");
    }
    for key in ["relationshipAttributes", "businessAttributes"] {
        assert_eq!(entity[key], json!({}), "{key}");
    }
    assert_eq!(entity["labels"], json!([]));
}

#[tokio::test]
async fn log_78_the_audit_of_one_term() {
    let catalogue = Catalogue::open().await;
    let term = guid("Example Term");
    let item = json!({"typeName": "AtlasGlossaryTerm", "guid": term, "attributes": {
        "qualifiedName": "term0@glossaryqn", "name": "Example Term",
        "certificateStatus": "DEPRECATED",
        "anchor": {"typeName": "AtlasGlossary", "guid": guid("Glossary")}}});
    catalogue.bulk("", json!([item])).await;
    let body = json!({"dsl": {"from": 0, "size": 10, "aggregations": {}, "track_total_hits": true,
        "query": {"bool": {"filter": [{"term": {"entityId": {"value": term}}}]}},
        "sort": [{"created": {"order": "desc"}}, {"entityId": {"order": "asc"}}]}});
    let answer = catalogue
        .call("POST", "/api/meta/entity/auditSearch", &body)
        .await;
    let newest = &answer.body["entityAudits"][0];
    assert_eq!(newest["entityId"], term);
    assert_eq!(newest["entityQualifiedName"], "term0@glossaryqn");
    assert_eq!(newest["typeName"], "AtlasGlossaryTerm");
    assert_eq!(newest["action"], "ENTITY_UPDATE");
    assert_eq!(
        newest["detail"]["attributes"]["certificateStatus"],
        "DEPRECATED"
    );
    assert_eq!(newest["timestamp"], newest["created"]);
    assert!(newest["eventKey"].as_str().unwrap().starts_with(&term));
    assert!(newest["headers"].is_object());
}

/// The columns the official SDK names on its first page.
const COLUMNS: &str = "columns=firstName&columns=lastName&columns=username&columns=id\
    &columns=email&columns=emailVerified&columns=enabled&columns=roles&columns=defaultRoles\
    &columns=groupCount&columns=attributes&columns=personas&columns=createdTimestamp\
    &columns=lastLoginTime&columns=loginEvents&columns=isLocked&columns=workspaceRole";

#[tokio::test]
async fn log_57_who_is_asking_and_log_58_and_59_everybody_else() {
    let catalogue = Catalogue::open().await;
    let own = catalogue.get("/api/service/users/current").await.body;
    assert_eq!(
        (&own["username"], &own["enabled"]),
        (&json!("librarian"), &json!(true))
    );
    assert_eq!(own["userId"], own["id"]);
    let first = format!(
        "/api/service/users?sort=username&{COLUMNS}&count=true&offset=0&limit=100&maxLoginEvents=1"
    );
    let all = catalogue.get(&first).await.body;
    let records = all["records"].as_array().unwrap();
    assert_eq!(all["totalRecord"], records.len());
    let mlee = records
        .iter()
        .find(|one| one["username"] == "mlee")
        .unwrap();
    assert_eq!(mlee["email"], "mlee@example.com");
    assert_eq!(mlee["workspaceRole"], "$member");
    let past = "/api/service/users?sort=username&count=true&offset=100&limit=100&maxLoginEvents=1";
    assert_eq!(
        catalogue.get(past).await.body,
        json!({"totalRecord": records.len(), "filterRecord": records.len(), "records": []})
    );
}

#[tokio::test]
async fn log_60_to_67_people_by_email_by_name_and_by_names_and_groups_by_alias() {
    let catalogue = Catalogue::open().await;
    let cases = [
        (
            "%7B%22email%22%3A%7B%22%24ilike%22%3A%22%25RLOPEZ%25%22%7D%7D",
            20,
            "rlopez",
        ),
        ("%7B%22username%22%3A%22akim%22%7D", 5, "akim"),
        (
            "%7B%22username%22%3A%7B%22%24in%22%3A%5B%22jruiz%22%2C+%22x%22%5D%7D%7D",
            5,
            "jruiz",
        ),
    ];
    for (filter, limit, name) in cases {
        let path = format!(
            "/api/service/users?filter={filter}&{COLUMNS}&count=true&offset=0&limit={limit}\
             &maxLoginEvents=1"
        );
        let found = catalogue.get(&path).await.body;
        assert_eq!(found["filterRecord"], 1, "{name}");
        assert_eq!(found["records"][0]["username"], name);
    }
    let groups = catalogue
        .get("/api/service/v2/groups?sort=name&count=true&offset=0&limit=50")
        .await
        .body;
    assert_eq!(groups["records"][0]["path"], "/data_stewards");
    let by_alias = "/api/service/v2/groups?filter=%7B%22%24and%22%3A%5B%7B%22alias%22%3A%7B\
        %22%24ilike%22%3A%22%25librar%25%22%7D%7D%5D%7D&count=true&offset=0&limit=20";
    let found = catalogue.get(by_alias).await.body;
    assert_eq!(found["records"][0]["alias"], "Librarians");
    assert_eq!(
        (&found["filterRecord"], &found["totalRecord"]),
        (&json!(1), &json!(2))
    );
}
