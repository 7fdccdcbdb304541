//! What the transport promises, tried against a server that answers with exact bytes.

use std::{
    net::TcpListener,
    sync::atomic::{AtomicUsize, Ordering},
};

use super::{
    message::retry_after,
    stub::{Stub, answer},
    *,
};

fn http() -> Http {
    Http::new(HttpSettings {
        timeout_s: 5,
        first_retry_ms: 1,
        ..HttpSettings::default()
    })
    .unwrap()
}

fn pairs(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[tokio::test]
async fn an_answer_of_any_status_is_an_answer() {
    let stub = Stub::start(|_| answer(500, "X-Trace: t-1\r\n", "<Fault/>"));
    let got = http().send(&HttpRequest::get(&stub.url)).await.unwrap();
    assert_eq!(
        (got.status, got.text().as_ref(), got.header("x-TRACE")),
        (500, "<Fault/>", Some("t-1"))
    );
}

#[tokio::test]
async fn a_refused_connection_never_left_and_names_no_user_info() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let request = HttpRequest::get(format!("http://me:hunter2@127.0.0.1:{port}/x?key=hunter2"));
    let error = http().send(&request).await.unwrap_err();
    assert_eq!(error.verdict(), Verdict::RetryLater);
    let EndpointError::Unreachable { address, why } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(address, &format!("http://127.0.0.1:{port}"));
    assert!(!why.is_empty() && !format!("{error:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_connection_closed_after_sending_leaves_the_outcome_open() {
    let stub = Stub::start(|_| Vec::new());
    let error = http()
        .send(&HttpRequest::post(&stub.url, "x").writing())
        .await
        .unwrap_err();
    assert_eq!(error.verdict(), Verdict::ReadBack, "{error:?}");
}

#[tokio::test]
async fn an_answer_cut_short_is_no_answer() {
    let stub = Stub::start(|_| b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".to_vec());
    let error = http().send(&HttpRequest::get(&stub.url)).await.unwrap_err();
    assert!(matches!(error, EndpointError::NoAnswer { .. }), "{error:?}");
}

#[tokio::test]
async fn a_small_answer_that_unpacks_beyond_the_limit_is_refused() {
    // A thousand times `a`.
    let packed: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03KL\x1c\x05\xa3`\x14\x0cw\x00\x00\x03\xda8\x9a\xe8\x03\x00\x00";
    let stub = Stub::start(move |_| {
        let mut bytes = format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
            packed.len()
        )
        .into_bytes();
        bytes.extend_from_slice(packed);
        bytes
    });
    let small = Http::new(HttpSettings {
        max_body_bytes: 100,
        ..HttpSettings::default()
    });
    let request = HttpRequest::get(&stub.url);
    let error = small.unwrap().send(&request).await.unwrap_err();
    assert!(error.to_string().contains("100 bytes"), "{error}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let stub = Stub::start(|_| answer(302, "Location: /elsewhere\r\n", ""));
    let got = http().send(&HttpRequest::get(&stub.url)).await.unwrap();
    assert_eq!((got.status, stub.seen().len()), (302, 1));
}

#[tokio::test]
async fn a_read_is_tried_again_and_a_write_is_not() {
    let count = AtomicUsize::new(0);
    let stub = Stub::start(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => Vec::new(),
        _ => answer(200, "", "ok"),
    });
    let write = HttpRequest::post(&stub.url, "x").writing();
    assert!(http().send_read(&write).await.is_err());
    assert_eq!(stub.seen().len(), 1);
    let got = http().send_read(&HttpRequest::get(&stub.url)).await;
    assert_eq!((got.unwrap().status, stub.seen().len()), (200, 3));
}

#[tokio::test]
async fn too_many_requests_is_throttled_with_the_wait_asked_for() {
    for (header, wait) in [
        ("Retry-After: 7\r\n", Some(7_000)),
        ("Retry-After: 86400\r\n", Some(86_400_000)),
        ("Retry-After: -1\r\n", None),
        ("", None),
    ] {
        let stub = Stub::start(move |_| answer(429, header, "slow down"));
        let error = http().send(&HttpRequest::get(&stub.url)).await.unwrap_err();
        let expected = EndpointError::Throttled {
            retry_after_ms: wait,
        };
        assert_eq!(error, expected, "{header}");
    }
}

#[test]
fn a_wait_given_as_a_date_counts_from_the_answers_own_date() {
    let headers = pairs(&[
        ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT"),
    ]);
    assert_eq!(retry_after(&headers), Some(Duration::from_secs(30)));
    let past = pairs(&[
        ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT"),
    ]);
    assert_eq!(retry_after(&past), Some(Duration::ZERO));
    assert_eq!(retry_after(&pairs(&[("retry-after", "soon")])), None);
}

#[tokio::test]
async fn an_endpoint_that_asks_to_slow_down_is_not_asked_again_at_once() {
    let stub = Stub::start(|_| answer(429, "Retry-After: 1\r\n", ""));
    let error = http().send_read(&HttpRequest::get(&stub.url)).await;
    assert_eq!(
        error.unwrap_err().to_string(),
        "the endpoint asks to slow down for 1 s"
    );
    assert_eq!(stub.seen().len(), 1);
}

/// A transport with small limits.
fn narrow() -> Http {
    Http::new(HttpSettings {
        max_wire_bytes: 2 * 1024,
        max_body_bytes: 64 * 1024,
        max_header_bytes: 1024,
        ..HttpSettings::default()
    })
    .unwrap()
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut encoder, plain).unwrap();
    encoder.finish().unwrap()
}

fn packed(body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn whatever_is_too_much_is_refused_and_the_limit_is_named() {
    let long_head = format!("X-Long: {}\r\n", "x".repeat(2_000));
    let endless_head = format!("X-Long: {}\r\n", "x".repeat(1_100_000));
    let cases: [(Vec<u8>, &str); 5] = [
        (
            answer(200, "", &"x".repeat(5_000)),
            "the answer is longer than 2 kB",
        ),
        (
            packed(&gzip(&vec![0; 1_000_000])),
            "the answer, unpacked, is longer than 64 kB",
        ),
        (
            answer(200, &long_head, ""),
            "the head of the answer is longer than 1 kB",
        ),
        (
            answer(200, &endless_head, ""),
            "the head of the answer is longer than 1 kB",
        ),
        (
            answer(200, "Content-Encoding: br\r\n", "x"),
            "it is packed in a way that was not asked for",
        ),
    ];
    for (bytes, said) in cases {
        let stub = Stub::start(move |_| bytes.clone());
        let write = HttpRequest::post(&stub.url, "x").writing();
        let error = narrow().send(&write).await.unwrap_err();
        assert!(error.to_string().contains(said), "{said}: {error}");
        assert_eq!(
            error.verdict(),
            Verdict::ReadBack,
            "{said}: it may have been written"
        );
        assert_eq!(stub.seen().len(), 1);
    }
    let limits = HttpSettings::default();
    let sizes = [
        limits.max_wire_bytes,
        limits.max_body_bytes,
        limits.max_header_bytes,
    ];
    assert_eq!(sizes, [64 << 20, 256 << 20, 64 << 10]);
}

#[tokio::test]
async fn a_packed_answer_is_unpacked_and_half_of_one_is_no_answer() {
    let whole = gzip(b"seen from the pier");
    let half = whole[..whole.len() / 2].to_vec();
    let stub = Stub::start(move |_| packed(&whole));
    let got = http().send(&HttpRequest::get(&stub.url)).await.unwrap();
    assert_eq!(got.text(), "seen from the pier");
    let stub = Stub::start(move |_| packed(&half));
    let error = http().send(&HttpRequest::get(&stub.url)).await.unwrap_err();
    assert!(matches!(error, EndpointError::NoAnswer { .. }), "{error:?}");
    let stub = Stub::start(move |_| packed(b"this is not packed at all"));
    let error = http().send(&HttpRequest::get(&stub.url)).await.unwrap_err();
    assert!(matches!(error, EndpointError::Garbled { .. }), "{error:?}");
}

#[tokio::test]
async fn a_refusal_that_repeats_the_token_is_told_without_it() {
    let stub = Stub::start(|request| answer(403, "", request));
    let request = HttpRequest::get(&stub.url)
        .secret_header("authorization", "Bearer hunter2-hunter2".to_owned().into());
    let got = http().send(&request).await.unwrap();
    assert!(
        got.text().contains("authorization: Bearer (hidden)"),
        "{}",
        got.text()
    );
}

#[tokio::test]
async fn secret_headers_travel_and_show_nowhere() {
    let stub = Stub::start(|_| answer(200, "", ""));
    let request = HttpRequest::post(&stub.url, "<password>hunter2</password>")
        .secret_header("Authorization", "Bearer hunter2".to_owned().into());
    http().send(&request).await.unwrap();
    assert!(stub.seen()[0].contains("Bearer hunter2"));
    assert!(!format!("{request:?}").contains("hunter2"));
    let bad = HttpRequest::get(&stub.url).secret_header("A", "hunter2\n".to_owned().into());
    let error = http().send(&bad).await.unwrap_err();
    assert!(!format!("{error:?}").contains("hunter2"));
    assert_eq!(error.verdict(), Verdict::Never);
}

#[test]
fn only_this_machine_is_reached_without_a_proxy() {
    let local = |url: &str| is_loopback(&Url::parse(url).unwrap());
    assert!(local("http://localhost:1/") && local("http://127.9.9.9/") && local("http://[::1]/"));
    assert!(!local("http://localhost.example.com/") && !local("http://10.0.0.1/"));
}
