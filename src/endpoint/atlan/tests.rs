//! The driver over real sockets on loopback.

use serde_json::json;

use crate::{
    domain::{Item, Offer, Outcome},
    endpoint::{
        CallKind,
        http::{
            HttpSettings,
            stub::{Stub, answer},
        },
    },
};

use super::*;

const ONE: &str = "00000000-0000-4000-8000-000000000001";
const TWO: &str = "00000000-0000-4000-8000-000000000002";

fn atlan(url: &str) -> Atlan {
    let settings = HttpSettings {
        first_retry_ms: 1,
        ..HttpSettings::default()
    };
    let tenant = Settings {
        url: url.to_owned(),
        token: "t0p-secret".to_owned().into(),
        page_size: 2,
    };
    Atlan::new(tenant, Http::new(settings).unwrap())
}

fn hit(guid: &str) -> Json {
    json!({"typeName": "Table", "guid": guid, "status": "ACTIVE", "createTime": 1,
           "attributes": {"name": guid, "qualifiedName": format!("qn/{guid}")}})
}

/// A tenant with two tables.
fn tenant(request: &str) -> Vec<u8> {
    let line = request.lines().next().unwrap_or_default();
    let body = if line.contains("users/current") {
        json!({"username": "service-account-apikey-0000", "workspaceRole": "$member"})
    } else if line.contains("typedefs") {
        json!({"structDefs": [{}], "classificationDefs": []})
    } else if line.contains("indexsearch") && request.contains("\"aggs\"") {
        json!({"approximateCount": 2,
               "aggregations": {"types": {"buckets": [{"key": "Table", "doc_count": 2}]}}})
    } else if line.contains("indexsearch") && request.contains("search_after") {
        json!({"approximateCount": 2})
    } else if line.contains("indexsearch") {
        json!({"approximateCount": 2, "entities": [hit(ONE), hit(TWO)],
               "searchMetadata": {ONE: {"sort": [1, ONE]}, TWO: {"sort": [1, TWO]}}})
    } else if line.contains("GET /api/meta/entity/bulk") && line.contains(TWO) {
        let why = format!("Given instance guid {TWO} is invalid/not found");
        let body = json!({"errorCode": "ATLAS-404-00-005", "errorMessage": why});
        return answer(404, "", &body.to_string());
    } else if line.contains("GET /api/meta/entity/bulk") {
        json!({"entities": [hit(ONE)]})
    } else {
        json!({"mutatedEntities": {"UPDATE": [hit(ONE)]}})
    };
    answer(200, "X-Atlan-Request-Id: r-1\r\n", &body.to_string())
}

fn describe(guid: &str) -> Call {
    Call {
        kind: CallKind::Metadata,
        items: vec![Item {
            row: 0,
            asset: guid.into(),
            name: guid.to_owned(),
            kind: "Table".to_owned(),
            field: "description".into(),
            value_kind: crate::domain::FieldKind::Text,
            before: Value::Absent,
            wanted: Value::text("d"),
            delta: None,
            facts: vec![("qualifiedName".into(), Value::text("qn"))],
        }],
    }
}

#[tokio::test]
async fn connecting_tells_who_and_what_and_every_request_carries_our_own_headers() {
    let stub = Stub::start(tenant);
    let connection = atlan(&format!("{}/", stub.url)).connect().await.unwrap();
    let capabilities = connection.capabilities;
    assert_eq!(capabilities.user, "service-account-apikey-0000");
    assert_eq!(capabilities.role, "member");
    assert!(capabilities.all_or_nothing);
    assert_eq!(
        capabilities.thumbnails,
        Offer::No("Atlan assets have no thumbnail".to_owned())
    );
    assert!(connection.schema.field("userDescription").is_some());
    for request in stub.seen() {
        let request = request.to_lowercase();
        for header in [
            "authorization: bearer t0p-secret",
            "x-requested-with: xmlhttprequest",
            "x-atlan-agent: sdk",
            "x-atlan-agent-id: armarius",
            "content-type: application/json",
            "user-agent: armarius/",
        ] {
            assert!(request.contains(header), "{header} in {request}");
        }
        assert!(!request.contains("//api"), "{request}");
    }
}

#[tokio::test]
async fn the_listing_is_read_to_its_end() {
    let stub = Stub::start(tenant);
    let atlan = atlan(&stub.url);
    let first = atlan.page(None).await.unwrap();
    assert_eq!((first.assets.len(), first.total), (2, 2));
    let second = atlan.page(first.next).await.unwrap();
    assert_eq!((second.assets.len(), second.next), (0, None));
}

#[tokio::test]
async fn assets_that_are_gone_are_missing_from_fresh_values() {
    let stub = Stub::start(tenant);
    let ids = [ONE.into(), TWO.into()];
    let fresh = atlan(&stub.url).fetch(&ids).await.unwrap();
    let names: Vec<&str> = fresh.iter().map(|asset| asset.id.as_str()).collect();
    assert_eq!(names, [ONE]);
}

#[tokio::test]
async fn a_call_is_one_request_and_tells_its_trace() {
    let stub = Stub::start(tenant);
    let said = atlan(&stub.url).submit(&describe(ONE)).await.unwrap();
    assert_eq!(said.said[0].outcome, Outcome::Applied);
    assert_eq!(said.trace, "r-1");
    let writes = stub.seen();
    let writes = writes
        .iter()
        .filter(|one| one.contains("POST /api/meta/entity/bulk?"));
    assert_eq!(writes.count(), 1);
}

#[tokio::test]
async fn a_write_is_never_sent_twice_but_a_read_is_tried_again() {
    let stub = Stub::start(|request| {
        if request.contains("POST /api/meta/entity/bulk") {
            return answer(502, "", "<html>bad gateway</html>");
        }
        tenant(request)
    });
    let atlan = atlan(&stub.url);
    let error = atlan.submit(&describe(ONE)).await.unwrap_err();
    let expected = EndpointError::Unavailable {
        why: "HTTP 502: bad gateway".to_owned(),
        maybe_written: true,
    };
    assert_eq!(error, expected);
    let seen = stub.seen();
    let writes = seen.iter().filter(|one| one.contains("entity/bulk?"));
    assert_eq!(writes.count(), 1);

    let stub = Stub::start(|_| answer(503, "", ""));
    let error = self::atlan(&stub.url).page(None).await.unwrap_err();
    assert!(
        matches!(error, EndpointError::Unavailable { .. }),
        "{error:?}"
    );
    assert_eq!(stub.seen().len(), 4);
}

#[tokio::test]
async fn log_88_a_throttled_write_is_sent_once_and_tells_how_long_to_wait() {
    let stub = Stub::start(|request| {
        if request.contains("POST /api/meta/entity/bulk") {
            return answer(429, "Retry-After: 1\r\n", "");
        }
        tenant(request)
    });
    let error = atlan(&stub.url).submit(&describe(ONE)).await.unwrap_err();
    let expected = EndpointError::Throttled {
        retry_after_ms: Some(1_000),
    };
    assert_eq!(error, expected);
    let seen = stub.seen();
    let writes = seen.iter().filter(|one| one.contains("entity/bulk?"));
    assert_eq!(writes.count(), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_asks_to_sign_in() {
    let elsewhere = Stub::start(tenant);
    let target = elsewhere.url.clone();
    let stub = Stub::start(move |_| answer(302, &format!("Location: {target}/login\r\n"), ""));
    let atlan = atlan(&stub.url);
    let error = atlan.connect().await.unwrap_err();
    assert!(matches!(error, EndpointError::SignIn { .. }), "{error:?}");
    assert!(elsewhere.seen().is_empty());
    let steps = atlan.check().await;
    assert_eq!(steps.len(), 1);
    assert!(steps[0].result.as_ref().unwrap_err().contains("sign-in"));
}

#[tokio::test]
async fn checking_tries_each_step_and_writes_nothing() {
    let stub = Stub::start(tenant);
    let steps = atlan(&stub.url).check().await;
    let told: Vec<_> = steps
        .iter()
        .map(|step| (step.name.as_str(), step.result.as_deref().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            (
                "sign-in",
                "signed in as service-account-apikey-0000, role member"
            ),
            (
                "read the definitions",
                "0 sets of custom metadata with 0 fields, 0 tags"
            ),
            ("count the assets", "2 assets of 1 types"),
            ("list one asset", &format!("{ONE} (Table)")),
        ]
    );
    assert!(
        !stub
            .seen()
            .iter()
            .any(|one| one.contains("POST /api/meta/entity"))
    );
}

#[tokio::test]
async fn the_token_is_shown_by_nobody() {
    let stub = Stub::start(|_| answer(500, "", "oops"));
    let atlan = atlan(&stub.url);
    let error = atlan.submit(&describe(ONE)).await.unwrap_err();
    let shown = format!("{atlan:?} {error:?} {error}");
    assert!(!shown.contains("t0p-secret"), "{shown}");
}

/// Three dashboards; the first two show pictures of their own.
fn dashboards(request: &str) -> Vec<u8> {
    let line = request.lines().next().unwrap_or_default();
    let dashboard = |guid: &str, picture: Json| {
        json!({"typeName": "SupersetDashboard", "guid": guid, "status": "ACTIVE", "createTime": 1,
            "attributes": {"name": format!("Dashboard {guid}"), "qualifiedName": guid,
                "supersetDashboardThumbnailURL": picture}})
    };
    let body = if line.contains("indexsearch") && request.contains("\"aggs\"") {
        json!({"approximateCount": 3, "aggregations": {"types": {"buckets": [
            {"key": "SupersetDashboard", "doc_count": 3}]}}})
    } else if line.contains("GET /api/meta/entity/bulk") {
        json!({"entities": [dashboard("a", json!("/p/a.png")), dashboard("c", json!("/p/a.png"))]})
    } else if line.contains("/p/a.png") {
        return answer(200, "Content-Type: image/png\r\n", "PNG");
    } else if line.contains("entity/bulk") {
        json!({"mutatedEntities": {"UPDATE": [dashboard("c", json!("/p/a.png"))]}})
    } else {
        json!({"enumDefs": []})
    };
    answer(200, "", &body.to_string())
}

#[tokio::test]
async fn a_thumbnail_taken_from_another_dashboard_reads_back_as_that_dashboard() {
    let stub = Stub::start(dashboards);
    let atlan = atlan(&stub.url);
    let connection = atlan.connect().await.unwrap();
    assert_eq!(connection.capabilities.thumbnails, Offer::Yes);
    let mut call = describe("c");
    let wanted = Value::Asset {
        id: "a".into(),
        name: "Dashboard a".to_owned(),
    };
    call.kind = CallKind::Thumbnails;
    call.items[0].kind = "SupersetDashboard".to_owned();
    call.items[0].field = FieldKey::thumbnail();
    call.items[0].wanted = wanted.clone();
    assert_eq!(
        atlan.submit(&call).await.unwrap().said[0].outcome,
        Outcome::Applied
    );
    let sent = stub.seen();
    let sent = sent
        .iter()
        .find(|one| one.contains("POST /api/meta/entity/bulk"));
    assert!(
        sent.unwrap()
            .contains(r#""supersetDashboardThumbnailURL":"/p/a.png""#)
    );
    let read = atlan.thumbnails(&["c".into()]).await.unwrap();
    assert!(read.contains(&("c".into(), wanted)), "{read:?}");

    let fresh = atlan.fetch(&["c".into()]).await.unwrap();
    let picture = atlan.picture(&fresh[0], 100).await.unwrap();
    assert_eq!(picture, Some(b"PNG".to_vec()));
    let seen = stub.seen();
    let asked = seen
        .iter()
        .find(|one| one.contains("GET /p/a.png"))
        .unwrap();
    assert!(!asked.contains("t0p-secret"), "a picture needs no token");
}

#[tokio::test]
async fn an_asset_that_shows_no_picture_is_no_thumbnail() {
    let stub = Stub::start(dashboards);
    let atlan = atlan(&stub.url);
    let mut call = describe("c");
    call.items[0].kind = "SupersetDashboard".to_owned();
    call.items[0].field = FieldKey::thumbnail();
    call.items[0].wanted = Value::Asset {
        id: "b".into(),
        name: String::new(),
    };
    let error = atlan.submit(&call).await.unwrap_err();
    assert!(
        matches!(error, EndpointError::PoisonedBy { .. }),
        "{error:?}"
    );
}
