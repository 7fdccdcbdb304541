//! Reads by guid, the dry run of rights, and how requests are let in.

use super::*;

#[tokio::test]
async fn the_long_form_shows_absent_dates_as_zero_and_absent_texts_as_null() {
    let catalogue = Catalogue::open().await;
    let path = format!(
        "/api/meta/entity/guid/{}?ignoreRelationships=true",
        guid("TBL_001")
    );
    let answer = catalogue.get(&path).await;
    assert_eq!(answer.body["referredEntities"], json!({}));
    let entity = &answer.body["entity"];
    assert_eq!(entity["attributes"]["certificateUpdatedAt"], 0);
    assert_eq!(entity["attributes"]["certificateStatus"], Value::Null);
    assert_eq!(
        (
            &entity["relationshipAttributes"],
            &entity["classifications"]
        ),
        (&json!({}), &json!([]))
    );
}

#[tokio::test]
async fn several_assets_are_read_at_once_and_an_unknown_guid_is_named() {
    let catalogue = Catalogue::open().await;
    let path = format!(
        "/api/meta/entity/bulk?guid={}&guid={}",
        guid("TBL_001"),
        guid("Example Term")
    );
    let answer = catalogue.get(&path).await;
    let found = answer.body["entities"].as_array().unwrap();
    assert_eq!(
        (found[0]["guid"].as_str(), found.len()),
        (Some(guid("TBL_001").as_str()), 2)
    );
    assert_eq!(
        found[1]["relationshipAttributes"]["anchor"]["guid"],
        guid("Glossary")
    );
    let missing = catalogue
        .get("/api/meta/entity/guid/dead?minExtInfo=false")
        .await;
    assert_eq!(
        (missing.status, missing.body),
        (
            404,
            json!({"errorCode": "ATLAS-404-00-005",
                "errorMessage": "Given instance guid dead is invalid/not found"})
        )
    );
    let header = catalogue
        .get(&format!("/api/meta/entity/guid/{}/header", guid("TBL_001")))
        .await;
    assert_eq!(header.body["displayText"], "TBL_001");
}

#[tokio::test]
async fn an_audit_tells_who_changed_what_newest_first_and_no_ops_leave_no_trace() {
    let catalogue = Catalogue::open().await;
    for _ in 0..2 {
        let item = table("TBL_001", &json!({"certificateStatus": "DRAFT"}));
        catalogue.bulk("", json!([item])).await;
    }
    let query = json!({"bool": {"filter": [{"term": {"entityId": {"value": guid("TBL_001")}}},
        {"range": {"created": {"gte": 5}}}]}});
    let sort = json!([{"created": {"order": "desc"}}, {"entityId": {"order": "asc"}}]);
    let body = json!({"dsl": {"from": 0, "size": 10, "query": query, "sort": sort}});
    let answer = catalogue
        .call("POST", "/api/meta/entity/auditSearch", &body)
        .await;
    assert_eq!(
        (&answer.body["count"], &answer.body["totalCount"]),
        (&json!(2), &json!(2))
    );
    let events = &answer.body["entityAudits"];
    assert_eq!(events[0]["action"], "ENTITY_UPDATE");
    assert_eq!(events[0]["user"], "librarian");
    assert_eq!(
        events[0]["detail"]["attributes"],
        json!({"certificateStatus": "DRAFT"})
    );
    assert_eq!(
        events[0]["entityQualifiedName"],
        format!("{DATABASE}/TBL_001")
    );
    assert_eq!(events[1]["action"], "ENTITY_CREATE");
}

#[tokio::test]
async fn rights_are_told_without_writing_and_unknown_actions_are_skipped() {
    let catalogue = Catalogue::with(RestSwitches::default(), "refuse-folder=Closed").await;
    let body = json!([
        {"action": "ENTITY_UPDATE", "entityGuid": guid("TBL_000"), "typeName": "Table"},
        {"action": "ENTITY_DANCE", "entityGuid": guid("TBL_000")},
        {"action": "ENTITY_UPDATE", "typeName": "Table", "entityId": format!("{DATABASE}/TBL_009")},
    ]);
    let answer = catalogue
        .call("POST", "/api/meta/entity/evaluator", &body)
        .await;
    assert_eq!(
        answer.body,
        json!([
            {"action": "ENTITY_UPDATE", "entityGuid": guid("TBL_000"), "typeName": "Table",
                "allowed": true},
            {"action": "ENTITY_UPDATE", "typeName": "Table",
                "entityId": format!("{DATABASE}/TBL_009"), "allowed": false,
                "errorCode": "ATLAS-403-00-001"},
        ])
    );
    let no_tag = json!([{"action": "ENTITY_ADD_CLASSIFICATION", "entityGuid": guid("TBL_000")}]);
    let refused = catalogue
        .call("POST", "/api/meta/entity/evaluator", &no_tag)
        .await;
    assert_eq!(
        (refused.status, &refused.body["errorCode"]),
        (400, &json!("ATLAS-400-00-029"))
    );
}

#[tokio::test]
async fn a_caller_without_a_token_is_refused_or_sent_to_sign_in() {
    let catalogue = Catalogue::open().await;
    let path = "/api/service/whoami";
    for token in ["", "Authorization: Bearer wrong\r\n"] {
        let headers = format!("{token}X-Requested-With: XMLHttpRequest\r\n");
        let answer = catalogue.send("GET", path, &headers, "").await;
        assert_eq!(
            (answer.status, answer.body),
            (
                401,
                json!({"errorCode": "ATLAS-401-00-000", "errorMessage": "Unauthorized"})
            )
        );
        let browser = catalogue.send("GET", path, token, "").await;
        assert_eq!(browser.status, 302);
        assert!(browser.headers.contains("location: /login.jsp"));
    }
    let strict = RestSwitches {
        login_redirect: false,
        ..RestSwitches::default()
    };
    assert_eq!(
        Catalogue::with(strict, "")
            .await
            .send("GET", path, "", "")
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn the_id_of_a_request_comes_back_whatever_the_answer() {
    let catalogue = Catalogue::open().await;
    let headers = "X-Atlan-Request-Id: 1234-abcd\r\n";
    let answer = catalogue
        .send("GET", "/api/meta/types/typedefs", headers, "")
        .await;
    assert!(
        answer.headers.contains("x-atlan-request-id: 1234-abcd"),
        "{}",
        answer.headers
    );
}

#[tokio::test]
async fn a_throttled_caller_is_told_how_long_to_wait_and_a_broken_server_gives_an_error_id() {
    let catalogue = Catalogue::with(
        RestSwitches::default(),
        "throttle=nth:1:retry-after=1,json-500=nth:2",
    )
    .await;
    let path = format!("/api/meta/entity/guid/{}", guid("TBL_000"));
    let throttled = catalogue.get(&path).await;
    assert_eq!(throttled.status, 429);
    assert!(throttled.headers.contains("retry-after: 1"));
    let broken = catalogue.get(&path).await;
    assert_eq!(broken.status, 500);
    assert!(broken.body["errorId"].is_string());
    assert_eq!(catalogue.get(&path).await.status, 200);
}
