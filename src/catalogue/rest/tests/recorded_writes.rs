//! The writes the official SDK sends, as recorded, against the small library.

use super::*;

const UNIQUE: &str = "/api/meta/entity/uniqueAttribute/type";

fn updated(answer: &Answer) -> &Vec<Value> {
    answer.body["mutatedEntities"]["UPDATE"].as_array().unwrap()
}

/// The search `update_only` begins with.
async fn known(catalogue: &Catalogue, from: u64, wanted: Value) -> Value {
    let mut query = json!({"filter": [{"term": {"__superTypeNames.keyword": {"value": "Asset"}}}]});
    if wanted.is_array() {
        let names = json!({"terms": {"qualifiedName": wanted}});
        query["filter"].as_array_mut().unwrap().push(names);
    } else {
        query["should"] = json!([{"term": {"qualifiedName":
            {"value": wanted, "case_insensitive": true}}}]);
        query["minimum_should_match"] = json!(1);
    }
    catalogue
        .search(json!({
            "dsl": {"from": from, "size": 300, "aggregations": {}, "track_total_hits": true,
                "query": {"bool": query}, "sort": [{"__guid": {"order": "asc"}}]},
            "requestMetadata": {"saveSearchLog": false, "utmTags": ["project_sdk_python"]}
        }))
        .await
}

#[tokio::test]
async fn log_13_a_certificate_is_cleared_on_a_term_sent_by_its_qualified_name() {
    let catalogue = Catalogue::open().await;
    let term = |status: Value, words: Value| {
        let glossary = guid("Glossary");
        json!([{"typeName": "AtlasGlossaryTerm", "attributes": {
            "qualifiedName": "term1@glossaryqn", "name": "Another Term",
            "certificateStatus": status, "certificateStatusMessage": words,
            "anchor": {"typeName": "AtlasGlossary", "attributes": {"qualifiedName": glossary},
                "guid": glossary}},
            "businessAttributes": null, "guid": "-7223463"}])
    };
    let set = term(json!("DRAFT"), json!("to be read again"));
    catalogue.bulk(&flags(""), set).await;
    let answer = catalogue
        .bulk(&flags(""), term(Value::Null, Value::Null))
        .await;
    assert_eq!(
        answer.body["guidAssignments"],
        json!({"-7223463": guid("Another Term")})
    );
    let attributes = &updated(&answer)[0]["attributes"];
    assert!(attributes.get("certificateStatus").is_none());
    assert!(attributes.get("certificateStatusMessage").is_none());
    assert_eq!(attributes["certificateUpdatedBy"], "librarian");
}

#[tokio::test]
async fn log_14_and_15_a_terms_certificate_is_put_and_taken_away_by_qualified_name() {
    let catalogue = Catalogue::open().await;
    let path = format!("{UNIQUE}/AtlasGlossaryTerm?attr%3AqualifiedName=term0%40glossaryqn");
    let body = |status: Value, words: Value| {
        let glossary = guid("Glossary");
        json!({"entity": {"typeName": "AtlasGlossaryTerm", "attributes": {
            "qualifiedName": "term0@glossaryqn", "name": "Example Term",
            "certificateStatus": status, "certificateStatusMessage": words,
            "anchor": {"typeName": "AtlasGlossary", "attributes": {"qualifiedName": glossary},
                "guid": glossary}}, "businessAttributes": null}})
    };
    let set = body(json!("VERIFIED"), json!("read twice"));
    let answer = catalogue.call("PUT", &path, &set).await;
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    assert_eq!(answer.body["guidAssignments"], json!({}));
    let hits = &answer.body["mutatedEntities"]["PARTIAL_UPDATE"];
    assert_eq!(answer.body["partialUpdatedEntities"], *hits);
    assert_eq!(hits[0]["guid"], guid("Example Term"));
    assert_eq!(hits[0]["attributes"]["certificateStatus"], "VERIFIED");
    assert_eq!(
        hits[0]["attributes"]["certificateStatusMessage"],
        "read twice"
    );
    let cleared = catalogue
        .call("PUT", &path, &body(Value::Null, Value::Null))
        .await;
    let hit = &cleared.body["mutatedEntities"]["PARTIAL_UPDATE"][0];
    assert!(hit["attributes"].get("certificateStatus").is_none());
}

#[tokio::test]
async fn log_16_a_tables_announcement_is_put_by_qualified_name() {
    let catalogue = Catalogue::open().await;
    let name = format!("{DATABASE}/TBL_001");
    let path = format!(
        "{UNIQUE}/Table?attr%3AqualifiedName={}",
        name.replace('/', "%2F")
    );
    let body = json!({"entity": {"typeName": "Table", "attributes": {
        "qualifiedName": name, "name": "TBL_001", "announcementTitle": "Closed for stocktaking",
        "announcementMessage": "back on Monday", "announcementType": "warning"},
        "businessAttributes": null}});
    let answer = catalogue.call("PUT", &path, &body).await;
    let hit = &answer.body["mutatedEntities"]["PARTIAL_UPDATE"][0];
    assert_eq!(hit["guid"], guid("TBL_001"));
    let stored = catalogue.attributes(&guid("TBL_001")).await;
    assert_eq!(stored["announcementTitle"], "Closed for stocktaking");
    assert_eq!(stored["announcementMessage"], "back on Monday");
    assert_eq!(stored["announcementType"], "warning");
    assert_eq!(stored["announcementUpdatedBy"], "librarian");
}

#[tokio::test]
async fn log_17_many_fields_are_set_on_one_table_and_cleared_on_another() {
    let catalogue = Catalogue::open().await;
    let set = json!({"displayName": "Loans", "description": "all loans", "userDescription": "mine",
        "certificateStatus": "DRAFT", "announcementTitle": "Soon", "announcementMessage": null,
        "announcementType": "issue", "ownerUsers": ["akim"], "ownerGroups": ["librarians"]});
    let clear = json!({"description": null, "userDescription": null, "announcementTitle": null,
        "announcementMessage": null, "announcementType": null, "ownerUsers": null,
        "ownerGroups": null});
    let items = json!([
        sent("TBL_002", "-799", &set),
        sent("TBL_003", "-398", &clear)
    ]);
    let answer = catalogue.bulk(&flags(""), items).await;
    assert_eq!(
        answer.body["guidAssignments"],
        json!({"-799": guid("TBL_002"), "-398": guid("TBL_003")})
    );
    assert_eq!(updated(&answer)[0]["guid"], guid("TBL_002"));
    assert_eq!(
        updated(&answer)[0]["displayText"],
        "TBL_002",
        "the name comes before the display name"
    );
    let stored = catalogue.attributes(&guid("TBL_002")).await;
    for (key, value) in set.as_object().unwrap() {
        assert_eq!(stored[key], *value, "{key}");
    }
    let emptied = catalogue.attributes(&guid("TBL_003")).await;
    for key in clear.as_object().unwrap().keys() {
        assert!(
            [Value::Null, json!([])].contains(&emptied[key]),
            "{key}: {}",
            emptied[key]
        );
    }
}

#[tokio::test]
async fn log_18_to_20_forty_five_tables_are_written_by_twenty_twenty_and_five() {
    let catalogue = Catalogue::open().await;
    add_loans(&catalogue.library, 45);
    let items: Vec<Value> = (0..45)
        .map(|number| {
            let verified = json!({"certificateStatus": "VERIFIED"});
            sent(
                &format!("LOAN_{number:03}"),
                &format!("-80205{number}"),
                &verified,
            )
        })
        .collect();
    let mut written = Vec::new();
    for part in items.chunks(20) {
        let answer = catalogue.bulk(&flags(""), json!(part)).await;
        let assigned = answer.body["guidAssignments"].as_object().unwrap();
        assert_eq!(assigned.len(), part.len());
        assert!(answer.body["mutatedEntities"].get("CREATE").is_none());
        written.push(updated(&answer).len());
    }
    assert_eq!(written, [20, 20, 5]);
}

#[tokio::test]
async fn log_21_to_29_update_only_looks_the_names_up_first_and_leaves_out_the_unknown_one() {
    let catalogue = Catalogue::open().await;
    add_loans(&catalogue.library, 45);
    let mut names: Vec<String> = (0..45).map(|number| format!("LOAN_{number:03}")).collect();
    names[7] = "LOAN_007_NO_SUCH".to_owned();
    let mut kept = Vec::new();
    for part in names.chunks(20) {
        let wanted: Vec<String> = part
            .iter()
            .map(|name| format!("{DATABASE}/{name}"))
            .collect();
        let found = known(&catalogue, 0, json!(wanted)).await;
        let next = known(&catalogue, 300, json!(wanted)).await;
        assert!(next.get("entities").is_none());
        let hits = found["entities"].as_array().unwrap().iter();
        let items: Vec<Value> = hits
            .enumerate()
            .map(|(place, hit)| {
                let name = hit["attributes"]["name"].as_str().unwrap();
                let draft = json!({"certificateStatus": "DRAFT"});
                sent(name, &format!("-8{place}"), &draft)
            })
            .collect();
        let answer = catalogue.bulk(&flags(""), json!(items)).await;
        kept.push(updated(&answer).len());
    }
    assert_eq!(kept, [19, 20, 5]);
}

#[tokio::test]
async fn log_30_to_32_a_name_in_another_case_is_found_and_written_in_its_stored_spelling() {
    let catalogue = Catalogue::open().await;
    let low = format!("{DATABASE}/TBL_005").to_lowercase();
    let found = known(&catalogue, 0, json!(low)).await;
    let stored = &found["entities"][0]["attributes"]["qualifiedName"];
    assert_eq!(*stored, format!("{DATABASE}/TBL_005"));
    let item = sent(
        "TBL_005",
        "-89110",
        &json!({"certificateStatus": "DEPRECATED"}),
    );
    let answer = catalogue
        .bulk(&flags("replaceBusinessAttributes"), json!([item]))
        .await;
    assert_eq!(
        answer.body["guidAssignments"],
        json!({"-89110": guid("TBL_005")})
    );
    assert_eq!(
        updated(&answer)[0]["attributes"]["certificateStatus"],
        "DEPRECATED"
    );
}

#[tokio::test]
async fn log_39_to_41_names_nobody_has_are_not_found_however_many() {
    let catalogue = Catalogue::open().await;
    let name = |number: u8| format!("{DATABASE}/WITHDRAWN_{number}");
    for wanted in [
        json!([name(0), name(1)]),
        json!([name(0), name(1), name(2), name(3)]),
    ] {
        let found = known(&catalogue, 0, wanted).await;
        assert!(found.get("entities").is_none());
        assert_eq!(found["approximateCount"], 0);
    }
}

#[tokio::test]
async fn log_42_a_partial_asset_and_log_43_a_misspelt_one_are_made() {
    let catalogue = Catalogue::open().await;
    for (name, words) in [
        ("TBL_050_P", json!({"isPartial": true})),
        ("TBL_0O4", json!({"certificateStatus": "VERIFIED"})),
    ] {
        let item = sent(name, "-65748", &words);
        let answer = catalogue.bulk(&flags(""), json!([item])).await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
        let made = &answer.body["mutatedEntities"]["CREATE"][0];
        assert_eq!(answer.body["guidAssignments"]["-65748"], made["guid"]);
        assert_eq!(
            made["attributes"]["qualifiedName"],
            format!("{DATABASE}/{name}")
        );
        assert_eq!(made["createdBy"], "librarian");
        assert!(answer.body["mutatedEntities"].get("UPDATE").is_none());
    }
}

#[tokio::test]
async fn log_74_a_term_and_log_75_an_icon_are_given_to_tables() {
    let catalogue = Catalogue::open().await;
    let term = guid("Another Term");
    let meanings = json!({"meanings": [{"typeName": "AtlasGlossaryTerm",
        "attributes": {"qualifiedName": term}, "guid": term}]});
    let icon = json!({"assetIcon": "PhBooks"});
    for (name, words) in [("TBL_004", meanings), ("TBL_006", icon)] {
        let answer = catalogue
            .bulk(&flags(""), json!([sent(name, "-22083", &words)]))
            .await;
        assert_eq!(updated(&answer)[0]["guid"], guid(name));
    }
    let stored = catalogue.attributes(&guid("TBL_006")).await;
    assert_eq!(stored["assetIcon"], "PhBooks");
    let found = catalogue
        .search(json!({"dsl": {"query": {"term": {"__meanings": "term1@glossaryqn"}}}}))
        .await;
    assert_eq!(found["entities"][0]["guid"], guid("TBL_004"));
}

#[tokio::test]
async fn log_76_a_link_is_made_on_a_table() {
    let catalogue = Catalogue::open().await;
    let item = json!({"typeName": "Link", "attributes": {
        "qualifiedName": "5d7c1f0a-6a52-4b0e-9d0e-1b0f6c1d2e3f", "name": "House rules",
        "link": "https://library.example.org/rules",
        "asset": {"typeName": "Table", "attributes": {}, "guid": guid("TBL_001")}},
        "businessAttributes": null, "guid": "-24773"});
    let answer = catalogue.bulk(&flags(""), json!([item])).await;
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    let made = &answer.body["mutatedEntities"]["CREATE"][0];
    assert_eq!(
        (&made["typeName"], &made["displayText"]),
        (&json!("Link"), &json!("House rules"))
    );
    let stored = catalogue.attributes(made["guid"].as_str().unwrap()).await;
    assert_eq!(stored["link"], "https://library.example.org/rules");
}
