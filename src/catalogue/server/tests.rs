//! A server on loopback, spoken to over real connections.

use serde_json::Value;

use super::*;

/// A client that follows nothing and keeps answers as they come.
async fn ask(address: &str, request: &str) -> Option<(u16, String, Vec<u8>)> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let host = address.strip_prefix("http://").expect("http");
    let mut stream = tokio::net::TcpStream::connect(host)
        .await
        .expect("connects");
    stream.write_all(request.as_bytes()).await.expect("sends");
    let mut answer = Vec::new();
    // A cut connection may end in an error; what came before it is the answer.
    let _ = stream.read_to_end(&mut answer).await;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, head.to_lowercase(), answer[end + 4..].to_vec()))
}

async fn get(address: &str, path: &str) -> Option<(u16, String, Vec<u8>)> {
    ask(
        address,
        &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
    )
    .await
}

async fn soap(address: &str, body: &str) -> Option<(u16, String, Vec<u8>)> {
    let envelope = format!(
        r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header><authHeader xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03"><user>librarian@example.com</user><password>demo</password><appName>test</appName><appVersion>1</appVersion></authHeader></soapenv:Header><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"#
    );
    let head = format!(
        "POST {SOAP_PATH} HTTP/1.0\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n",
        envelope.len()
    );
    ask(address, &(head + &envelope)).await
}

async fn rest(
    address: &str,
    path: &str,
    body: &Value,
    more: &str,
) -> Option<(u16, String, Vec<u8>)> {
    let body = body.to_string();
    ask(
        address,
        &format!(
            "POST {path} HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer demo-token\r\n\
             Content-Type: application/json\r\n{more}Content-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    )
    .await
}

fn json(answer: Option<(u16, String, Vec<u8>)>) -> Value {
    let (status, head, body) = answer.expect("an answer");
    assert_eq!(status, 200, "{head} {}", String::from_utf8_lossy(&body));
    serde_json::from_slice(&body).expect("JSON")
}

async fn sample(faults: &str) -> ServerHandle {
    serve(ServeOptions {
        faults: faults.to_owned(),
        ..ServeOptions::default()
    })
    .await
    .expect("serves")
}

fn find(name: &str) -> Value {
    serde_json::json!({
        "dsl": {"size": 1, "query": {"term": {"name.keyword": name}}, "track_total_hits": true},
        "attributes": ["name", "qualifiedName", "certificateStatus", "certificateStatusMessage"]
    })
}

fn set(handle: &str, field: &str, value: &str) -> String {
    format!(
        r#"<batchSetAssetMetadataParam xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03"><companyHandle>c|301</companyHandle><updateArray><items><assetHandleArray><items>{handle}</items></assetHandleArray><updateArray><items><fieldHandle>m|301|ASSET|{field}</fieldHandle><value>{value}</value></items></updateArray></items></updateArray></batchSetAssetMetadataParam>"#
    )
}

const SEARCH: &str = "/api/meta/search/indexsearch";

#[tokio::test]
async fn a_certificate_given_through_soap_shows_through_rest_and_the_other_way() {
    let server = sample("").await;
    let address = server.address().to_owned();
    let id = server.library().by_name("JKT_2201_BACK").expect("read")[0]
        .id
        .clone();
    let (status, _, body) = soap(&address, &set(&id, "Certificate", "Verified"))
        .await
        .expect("answer");
    let text = String::from_utf8_lossy(&body).into_owned();
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("<successCount>1</successCount>"), "{text}");
    let found = json(rest(&address, SEARCH, &find("JKT_2201_BACK"), "").await);
    let hit = &found["entities"][0];
    assert_eq!(
        hit["attributes"]["certificateStatus"], "VERIFIED",
        "{found}"
    );

    let bulk = serde_json::json!({"entities": [{
        "typeName": hit["typeName"], "guid": hit["guid"],
        "attributes": {"qualifiedName": hit["attributes"]["qualifiedName"], "name": "JKT_2201_BACK",
            "certificateStatus": "DRAFT", "certificateStatusMessage": "look again"}}]});
    json(rest(&address, "/api/meta/entity/bulk", &bulk, "").await);
    let read = format!(
        r#"<getAssetsParam xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03"><companyHandle>c|301</companyHandle><assetHandleArray><items>{id}</items></assetHandleArray></getAssetsParam>"#
    );
    let (_, _, body) = soap(&address, &read).await.expect("answer");
    let text = String::from_utf8_lossy(&body).into_owned();
    assert!(
        text.contains("Draft") && text.contains("look again"),
        "{text}"
    );
    let log = server.library().log_after(0).expect("log");
    assert_eq!(
        log.iter()
            .filter(|entry| entry.field == "Certificate")
            .count(),
        2
    );
    server.shutdown().await;
}

#[tokio::test]
async fn a_lost_reply_is_written_once_and_the_next_one_arrives() {
    let server = sample(crate::catalogue::sample::SAMPLE_FAULTS).await;
    let address = server.address().to_owned();
    let id = server.library().by_name("JKT_2212_SPINSET").expect("read")[0]
        .id
        .clone();
    assert!(
        soap(&address, &set(&id, "Rights", "Acme Retail"))
            .await
            .is_none()
    );
    let written = |server: &ServerHandle| {
        let log = server.library().log_after(0).expect("log");
        log.iter()
            .filter(|entry| entry.asset == id && entry.field == "Rights")
            .count()
    };
    assert_eq!(written(&server), 1);
    let again = soap(&address, &set(&id, "Rights", "Acme Retail"))
        .await
        .expect("an answer");
    assert!(String::from_utf8_lossy(&again.2).contains("<successCount>1</successCount>"));
    assert_eq!(written(&server), 1);
    // Somebody else came in between.
    let drifted = &server.library().by_name("JKT_2202_FRONT").expect("read")[0];
    assert_eq!(drifted.values["Rights"], ["Agency X"]);
    assert_eq!(drifted.modified_by, "mlee");
    // A success that was none, and a folder that is closed.
    let liar = server.library().by_name("JKT_2207_BACK").expect("read")[0]
        .id
        .clone();
    let lied = soap(&address, &set(&liar, "Rights", "Acme Retail"))
        .await
        .expect("an answer");
    assert!(String::from_utf8_lossy(&lied.2).contains("<successCount>1</successCount>"));
    let record = server.library().by_id(&liar).expect("read").expect("there");
    assert!(!record.values.contains_key("Rights"));
    let held = server.library().by_name("JKT_2206_FRONT").expect("read")[0]
        .id
        .clone();
    let refused = soap(&address, &set(&held, "Rights", "Acme Retail"))
        .await
        .expect("an answer");
    assert!(String::from_utf8_lossy(&refused.2).contains("Legal-hold"));
    server.shutdown().await;
}

#[tokio::test]
async fn a_picture_is_served_when_published_and_its_preview_always() {
    let server = sample("").await;
    let address = server.address().to_owned();
    let path = "/is/image/ExampleCo/JKT_2201_FRONT?wid=40&hei=40&fmt=png";
    let (status, head, body) = get(&address, path).await.expect("a picture");
    assert_eq!(status, 200);
    assert!(head.contains("image/png"));
    assert!(body.starts_with(b"\x89PNG"));
    let (status, _, body) = get(&address, "/is/image/ExampleCo/nothing?defaultImage=")
        .await
        .expect("answer");
    assert_eq!(status, 403);
    assert!(String::from_utf8_lossy(&body).contains("not published"));
    let (_, _, body) = get(
        &address,
        "/is/image/ExampleCo/JKT_2201_FRONT?req=exists,text",
    )
    .await
    .expect("answer");
    assert_eq!(body, b"catalogRecord.exists=1\n");
    let record = &server.library().by_name("JKT_2211_SPINSET").expect("read")[0];
    let preview = format!("/is/preview/{}?wid=20", pictures::preview_path(record));
    assert_eq!(get(&address, &preview).await.expect("answer").0, 200);
    server.shutdown().await;
}

#[tokio::test]
async fn a_truncated_answer_ends_early_and_a_compressed_one_is_smaller() {
    let server = sample("truncate=nth:2:rest").await;
    let address = server.address().to_owned();
    let many = serde_json::json!({"dsl": {"size": 50, "query": {"match_all": {}}}});
    let whole = rest(&address, SEARCH, &many, "").await.expect("whole");
    let half = rest(&address, SEARCH, &many, "").await.expect("half");
    assert!(
        half.2.len() < whole.2.len() * 2 / 3,
        "{} of {}",
        half.2.len(),
        whole.2.len()
    );
    assert!(half.1.contains("content-length"));
    let packed = rest(&address, SEARCH, &many, "Accept-Encoding: gzip\r\n")
        .await
        .expect("packed");
    assert!(packed.1.contains("content-encoding: gzip"), "{}", packed.1);
    assert!(packed.2.len() < whole.2.len() * 2 / 3);
    server.shutdown().await;
}

#[tokio::test]
async fn an_open_address_is_refused_with_the_password_of_the_demo() {
    let options = ServeOptions {
        listen: SocketAddr::from(([0, 0, 0, 0], 0)),
        contents: Contents::Nothing,
        ..ServeOptions::default()
    };
    let error = serve(options).await.expect_err("refused");
    assert!(error.to_string().contains("--password-env"), "{error}");
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = ServeOptions {
        catalogue: Some(folder.path().join("library.db")),
        contents: Contents::Generated(300),
        ..ServeOptions::default()
    };
    let server = serve(options.clone()).await.expect("serves");
    let ready: Value = serde_json::from_str(&server.ready_line()).expect("JSON");
    assert_eq!(ready["assets"], 300);
    assert_eq!(ready["address"], server.address());
    let (_, _, body) = soap(server.address(), &set("a|7", "Photographer", "New Name"))
        .await
        .expect("answer");
    assert!(String::from_utf8_lossy(&body).contains("<successCount>1</successCount>"));
    server.shutdown().await;
    let again = serve(options).await.expect("serves again");
    let record = again.library().by_id("a|7").expect("read").expect("there");
    assert_eq!(record.values["Photographer"], ["New Name"]);
    let schema = again.library().schema();
    let dictionary = &schema.field("Photographer").expect("a field").dictionary;
    assert_eq!(dictionary.last().map(String::as_str), Some("New Name"));
    again.shutdown().await;
}

#[tokio::test]
async fn a_web_page_of_another_site_reaches_nothing() {
    let server = sample("").await;
    let address = server.address().to_owned();
    let asked = |head: &str, body: &str| {
        let length = body.len();
        let request = format!("{head}Content-Length: {length}\r\n\r\n{body}");
        let address = address.clone();
        async move { ask(&address, &request).await.expect("an answer").0 }
    };
    let search = format!(
        "POST {SEARCH} HTTP/1.0\r\nAuthorization: Bearer demo-token\r\nContent-Type: application/json\r\n"
    );
    let host = |name: &str| format!("{search}Host: {name}\r\n");
    let all = r#"{"dsl":{"size":1,"query":{"match_all":{}}}}"#;
    assert_eq!(asked(&host("localhost"), all).await, 200);
    assert_eq!(asked(&host("evil.example"), all).await, 421);
    assert_eq!(
        asked(
            "GET /is/image/ExampleCo/JKT_2201_FRONT HTTP/1.0\r\nHost: evil.example\r\n",
            ""
        )
        .await,
        421,
        "pictures neither"
    );
    let soap = |more: &str| format!("POST {SOAP_PATH} HTTP/1.0\r\nHost: localhost\r\n{more}");
    assert_eq!(asked(&soap("Content-Type: text/plain\r\n"), "x").await, 415);
    assert_eq!(asked(&soap(""), "x").await, 415);
    let page = "Content-Type: text/xml\r\nOrigin: https://evil.example\r\n";
    assert_eq!(asked(&soap(page), "x").await, 403);
    assert_eq!(asked(&soap("Content-Type: text/xml\r\n"), "x").await, 500);
    server.shutdown().await;
}

#[tokio::test]
async fn a_body_has_a_limit_on_every_path() {
    let server = sample("").await;
    for path in [SOAP_PATH, SEARCH, "/api/service/images", "/nowhere"] {
        let head = format!(
            "POST {path} HTTP/1.0\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n",
            LARGEST_BODY + 1
        );
        let (status, ..) = ask(server.address(), &head).await.expect("an answer");
        assert_eq!(status, 413, "{path}");
    }
    server.shutdown().await;
}

#[tokio::test]
async fn connections_that_say_nothing_never_keep_others_out_nor_the_server_from_stopping() {
    let server = serve(ServeOptions {
        connections: 8,
        ..ServeOptions::default()
    })
    .await
    .expect("serves");
    let address = server.address().to_owned();
    let host = address.strip_prefix("http://").expect("http");
    let mut idle = Vec::new();
    for _ in 0..30 {
        let mut stream = tokio::net::TcpStream::connect(host)
            .await
            .expect("connects");
        let half = "GET / HTTP/1.1\r\nHost: localhost\r\n";
        tokio::io::AsyncWriteExt::write_all(&mut stream, half.as_bytes())
            .await
            .expect("sends");
        idle.push(stream);
    }
    let path = "/is/image/ExampleCo/JKT_2201_FRONT?wid=40";
    for _ in 0..10 {
        assert_eq!(get(&address, path).await.expect("a picture").0, 200);
    }
    server.shutdown().await;
}
