//! The refusals the official SDK met, as recorded, and what comes when it tries again.

use super::*;

fn verified() -> Value {
    json!([sent(
        "TBL_002",
        "-6230817216002812",
        &json!({"certificateStatus": "VERIFIED"})
    )])
}

#[tokio::test]
async fn log_33_to_38_and_82_to_87_a_refused_right_stops_the_whole_batch_each_time_it_is_tried() {
    let catalogue = Catalogue::with(RestSwitches::default(), "refuse-folder=Closed").await;
    let items: Vec<Value> = (0..10)
        .map(|number| {
            let name = format!("TBL_{number:03}");
            let draft = json!({"certificateStatus": "DRAFT"});
            sent(&name, &format!("-15307902{number}"), &draft)
        })
        .collect();
    for _ in 0..6 {
        let answer = catalogue.bulk(&flags(""), json!(items)).await;
        assert_eq!(answer.status, 403);
        assert_eq!(answer.body["errorCode"], "ATLAS-403-00-001");
        assert_eq!(
            answer.body["errorMessage"],
            "librarian is not authorized to perform update entity: type=Table"
        );
    }
    let first = catalogue.attributes(&guid("TBL_000")).await;
    assert_eq!(first["certificateStatus"], Value::Null);
}

#[tokio::test]
async fn log_80_an_item_without_guid_is_answered_under_one_of_the_servers_own() {
    let catalogue = Catalogue::open().await;
    let item = json!({"typeName": "Table", "businessAttributes": null,
        "attributes": {"qualifiedName": "loose", "name": "leaf"}});
    let answer = catalogue.bulk(&flags(""), json!([item])).await;
    assert_eq!(answer.status, 200);
    let made = &answer.body["mutatedEntities"]["CREATE"][0];
    assert_eq!(made["displayText"], "leaf");
    let assigned = answer.body["guidAssignments"].as_object().unwrap();
    let (temporary, real) = assigned.iter().next().unwrap();
    assert!(temporary.starts_with('-'), "{temporary}");
    assert_eq!((assigned.len(), real), (1, &made["guid"]));
}

#[tokio::test]
async fn log_79_an_unknown_guid_log_81_an_empty_list_and_log_94_a_wrong_token() {
    let catalogue = Catalogue::open().await;
    let unknown = catalogue
        .get("/api/meta/entity/guid/lost?minExtInfo=false&ignoreRelationships=true")
        .await;
    assert_eq!(
        (unknown.status, unknown.body),
        (
            404,
            json!({"errorCode": "ATLAS-404-00-005",
                "errorMessage": "Given instance guid lost is invalid/not found"})
        )
    );
    let empty = catalogue
        .call("POST", "/api/meta/entity/bulk/", &json!({"entities": []}))
        .await;
    assert_eq!(
        (empty.status, empty.body),
        (
            400,
            json!({"errorCode": "ATLAS-400-00-01A",
                "errorMessage": "invalid parameters: no entities to create/update."})
        )
    );
    let path = "/api/meta/entity/guid/x?minExtInfo=true&ignoreRelationships=true";
    let program = "Authorization: Bearer old\r\nX-Requested-With: XMLHttpRequest\r\n";
    let refused = catalogue.send("GET", path, program, "").await;
    assert_eq!(
        (refused.status, refused.body),
        (
            401,
            json!({"errorCode": "ATLAS-401-00-000", "errorMessage": "Unauthorized"})
        )
    );
}

#[tokio::test]
async fn log_88_to_90_a_throttled_write_succeeds_at_the_third_try() {
    let faults = "throttle=first:2:retry-after=1";
    let catalogue = Catalogue::with(RestSwitches::default(), faults).await;
    for _ in 0..2 {
        let answer = catalogue.bulk(&flags(""), verified()).await;
        assert_eq!((answer.status, answer.body), (429, Value::Null));
        assert!(
            answer.headers.contains("retry-after: 1"),
            "{}",
            answer.headers
        );
    }
    let answer = catalogue.bulk(&flags(""), verified()).await;
    assert_eq!(
        answer.body["mutatedEntities"]["UPDATE"][0]["guid"],
        guid("TBL_002")
    );
}

#[tokio::test]
async fn log_91_a_server_away_says_nothing_and_log_93_a_broken_one_gives_causes_and_neither_writes()
{
    let faults = "unavailable-503=nth:1,json-500=nth:2";
    let catalogue = Catalogue::with(RestSwitches::default(), faults).await;
    let away = catalogue.bulk(&flags(""), verified()).await;
    assert_eq!((away.status, away.body), (503, Value::Null));
    let broken = catalogue.bulk(&flags(""), verified()).await;
    assert_eq!(broken.status, 500);
    assert!(broken.body["errorId"].is_string());
    assert_eq!(
        broken.body["message"],
        "There was an error processing your request."
    );
    assert!(broken.body["causes"][0]["errorType"].is_string());
    let untouched = catalogue.attributes(&guid("TBL_002")).await;
    assert_eq!(untouched["certificateStatus"], Value::Null);
}
