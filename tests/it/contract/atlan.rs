//! The contract over Atlan's protocol, spoken by the embedded catalogue.

use armarius::{
    catalogue::{
        accounts::DEMO_TOKEN,
        server::{Contents, ServeOptions, ServerHandle, serve},
    },
    domain::{Asset, Certificate, CertificateStatus, FieldKey, Value},
    endpoint::{
        Verdict,
        atlan::{Atlan, Settings},
        http::{Http, HttpRequest, HttpSettings},
    },
};

use super::{Session, Subject, contract};

/// Assets the catalogue makes up.
const MADE_UP: usize = 130;
/// Two dashboards, a glossary and a term, made through the protocol.
const CREATED: &str = r#"{"entities": [
    {"typeName": "SupersetDashboard", "guid": "-1", "attributes": {"name": "Sales",
        "qualifiedName": "default/superset/1/1",
        "supersetDashboardThumbnailURL": "https://bi.example.com/thumb/1.png"}},
    {"typeName": "SupersetDashboard", "guid": "-2", "attributes": {"name": "Returns",
        "qualifiedName": "default/superset/1/2"}},
    {"typeName": "AtlasGlossary", "guid": "-3", "attributes": {"name": "Retail",
        "qualifiedName": "glossary1"}},
    {"typeName": "AtlasGlossaryTerm", "guid": "-4", "attributes": {"name": "Basket",
        "qualifiedName": "term1@glossary1"},
        "relationshipAttributes": {"anchor": {"typeName": "AtlasGlossary", "guid": "-3"}}}]}"#;

async fn server(faults: &str) -> ServerHandle {
    serve(ServeOptions {
        contents: Contents::Generated(MADE_UP as u64),
        faults: faults.to_owned(),
        ..ServeOptions::default()
    })
    .await
    .unwrap()
}

fn http() -> Http {
    Http::new(HttpSettings {
        first_retry_ms: 1,
        ..HttpSettings::default()
    })
    .unwrap()
}

fn atlan(server: &ServerHandle, token: &str) -> Box<Atlan> {
    let settings = Settings {
        url: server.address().to_owned(),
        token: token.to_owned().into(),
        page_size: 50,
    };
    Box::new(Atlan::new(settings, http()))
}

async fn subject(faults: &str) -> Subject {
    let server = server(faults).await;
    let url = format!("{}/api/meta/entity/bulk", server.address());
    let request = HttpRequest::post(url, CREATED)
        .header("authorization", format!("Bearer {DEMO_TOKEN}"))
        .header("content-type", "application/json");
    let made = http().send(&request).await.unwrap();
    assert!(made.is_success(), "{}", made.text());
    let made: serde_json::Value = serde_json::from_slice(&made.body).unwrap();
    let guid = |temporary: &str| made["guidAssignments"][temporary].as_str().unwrap().into();
    Subject {
        endpoint: atlan(&server, DEMO_TOKEN),
        stranger: atlan(&server, "wrong"),
        assets: MADE_UP + 4,
        text: "userDescription".into(),
        tags: ("tags".into(), ["PII", "Confidential", "Public"]),
        refused: ("Season".into(), Value::text("AW99")),
        thumbnail: Some((guid("-2"), guid("-1"))),
        _keep: Box::new(server),
    }
}

mod updates {
    use super::*;

    contract!(subject(""));
}

mod partial_updates {
    use super::*;

    contract!(subject("partial-updates"));
}

mod custom_metadata {
    use super::*;

    /// Tags that are custom metadata, and text too.
    async fn own() -> Subject {
        Subject {
            text: "Photographer".into(),
            tags: ("Channels".into(), ["Web", "Print", "Store"]),
            ..subject("").await
        }
    }

    contract!(own() =>
        a_written_value_is_read_back,
        hostile_text_comes_back_as_it_went,
        a_cleared_value_is_absent,
        several_fields_of_one_asset_go_in_one_call,
        tags_can_be_set_and_cleared_whole,
        a_refused_value_stays_unwritten_and_is_named,
    );
}

async fn named(session: &Session, name: &str) -> Asset {
    let all = session.list().await;
    let found = all.into_iter().find(|asset| asset.name == name);
    found.unwrap_or_else(|| panic!("no asset {name}"))
}

#[tokio::test]
async fn a_term_is_certified_and_stays_in_its_glossary() {
    let session = Session::open(subject("").await).await;
    let term = named(&session, "Basket").await;
    let wanted = Value::Certificate(Certificate {
        status: CertificateStatus::Verified,
        message: "agreed".to_owned(),
    });
    let key = FieldKey::certificate();
    session
        .write(vec![session.change(&term, &key, wanted.clone())])
        .await;
    let fresh = session.fresh(&term.id).await;
    assert_eq!(fresh.value(&key), &wanted);
    assert_eq!(fresh.value(&"anchor".into()).display(), "Retail");
    assert_eq!(fresh.name, "Basket");
}

#[tokio::test]
async fn custom_metadata_of_every_kind_is_written_and_cleared_and_leaves_the_rest() {
    let session = Session::open(subject("").await).await;
    let asset = session.some(1).await.remove(0);
    let wishes = [
        ("Season", Value::text("SS26")),
        ("Keywords", Value::list(["pier", "gull"])),
        ("Expiry", Value::text("2027-03-31")),
        ("Approved", Value::text("true")),
        ("Priority", Value::text("7")),
        ("Price", Value::text("12.75")),
    ];
    let items = wishes
        .iter()
        .map(|(field, wanted)| session.change(&asset, &(*field).into(), wanted.clone()));
    session.write(items.collect()).await;
    let fresh = session.fresh(&asset.id).await;
    for (field, wanted) in &wishes {
        assert_eq!(fresh.value(&(*field).into()), wanted, "{field}");
    }
    assert_eq!(fresh.value(&"Rights".into()), asset.value(&"Rights".into()));

    let items = wishes
        .iter()
        .map(|(field, _)| session.change(&fresh, &(*field).into(), Value::Absent));
    session.write(items.collect()).await;
    let cleared = session.fresh(&asset.id).await;
    for (field, _) in &wishes {
        assert_eq!(cleared.value(&(*field).into()), &Value::Absent, "{field}");
    }
    assert_eq!(cleared.value(&"SKU".into()), asset.value(&"SKU".into()));
}

#[tokio::test]
async fn owners_announcements_and_descriptions_are_plain_fields() {
    let session = Session::open(subject("").await).await;
    let asset = session.some(1).await.remove(0);
    let wishes = [
        ("displayName", Value::text("Two")),
        ("description", Value::text("d")),
        ("ownerUsers", Value::list(["jdoe", "akim"])),
        ("ownerGroups", Value::list(["data_stewards"])),
        ("announcementType", Value::text("warning")),
        ("announcementTitle", Value::text("Planned outage")),
        ("announcementMessage", Value::text("Sat 02:00 UTC")),
    ];
    let items = wishes
        .iter()
        .map(|(field, wanted)| session.change(&asset, &(*field).into(), wanted.clone()));
    session.write(items.collect()).await;
    let fresh = session.fresh(&asset.id).await;
    for (field, wanted) in &wishes {
        assert_eq!(fresh.value(&(*field).into()), wanted, "{field}");
    }
}

#[tokio::test]
async fn the_same_again_is_not_mentioned_and_so_read_back() {
    let session = Session::open(subject("").await).await;
    let asset = session.some(1).await.remove(0);
    let change = || session.change(&asset, &"userDescription".into(), Value::text("once"));
    session.write(vec![change()]).await;
    let answer = session.submit(vec![change()]).await.unwrap();
    assert_eq!(answer.said[0].code, "not-mentioned");
    assert!(!answer.trace.is_empty());
}

#[tokio::test]
async fn a_lost_answer_asks_to_read_back_and_finds_the_value_there() {
    let faults = "write-then-drop=nth:1:rest:op:entity/bulk";
    let server = server(faults).await;
    let atlan = atlan(&server, DEMO_TOKEN);
    let session = Session::open(Subject {
        endpoint: atlan,
        assets: MADE_UP,
        thumbnail: None,
        ..subject("").await
    })
    .await;
    let asset = session.some(1).await.remove(0);
    let text = FieldKey::from("userDescription");
    let change = session.change(&asset, &text, Value::text("on its way"));
    let error = session.submit(vec![change]).await.unwrap_err();
    assert_eq!(error.verdict(), Verdict::ReadBack, "{error:?}");
    let fresh = session.fresh(&asset.id).await;
    assert_eq!(fresh.value(&text), &Value::text("on its way"));
}

#[tokio::test]
async fn passing_trouble_while_reading_is_not_seen() {
    for faults in [
        "drop=every:3:rest",
        "unavailable-503=every:3:rest",
        "html-502=every:3:rest",
        "truncate=every:3:rest",
    ] {
        let server = server(faults).await;
        let session = Session::open(Subject {
            endpoint: atlan(&server, DEMO_TOKEN),
            assets: MADE_UP,
            ..subject("").await
        })
        .await;
        assert_eq!(session.list().await.len(), MADE_UP, "{faults}");
    }
}
