//! Rows 27 and 31 to 33: answers that are none, too much, or somebody else's.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::mpsc::channel,
    thread,
};

use super::story::{BOTH, Protocol, alone, endpoint};
use crate::support::raw::{Deed, Raw, http};

const PORTAL: &str =
    "<!DOCTYPE html><html><head><title>Welcome to Harbour Wi-Fi</title></head></html>";

/// An answer, and words the failure must have over both protocols.
fn answers() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let deep = "<a>".repeat(100_000);
    let deep_json = "[".repeat(200_000);
    let laughs = "<!DOCTYPE lolz [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;\">]><lolz>&b;</lolz>";
    let html = "Content-Type: text/html\r\n";
    let long_head = format!("X-Long: {}\r\n", "x".repeat(90_000));
    let endless_head = format!("X-Long: {}\r\n", "x".repeat(1_100_000));
    let short = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}".to_vec();
    let not_packed = http(200, "Content-Encoding: gzip\r\n", "{}");
    vec![
        ("a captive portal", http(200, html, PORTAL), "Harbour Wi-Fi"),
        (
            "a page without a type",
            http(200, "", PORTAL),
            "a page for people",
        ),
        ("nothing", http(200, "", ""), ""),
        ("plain words", http(200, "", "it works"), ""),
        ("null", http(200, "", "null"), ""),
        ("an empty object", http(200, "", "{}"), ""),
        ("an empty list", http(200, "", "[]"), ""),
        ("JSON without an end", http(200, "", deep_json), ""),
        ("XML without an end", http(200, "", deep), ""),
        ("a billion laughs", http(200, "", laughs), ""),
        ("no UTF-8", http(200, "", [0xff, 0xfe, 0x00]), ""),
        ("a length that is too long", short, "broke off"),
        (
            "a head beyond 64 kB",
            http(200, &long_head, ""),
            "longer than 64 kB",
        ),
        (
            "a head without an end",
            http(200, &endless_head, ""),
            "longer than 64 kB",
        ),
        ("not packed", not_packed, ""),
        (
            "packed otherwise",
            http(200, "Content-Encoding: br\r\n", "x"),
            "not asked for",
        ),
        ("no HTTP", b"220 mail.example.com ESMTP\r\n".to_vec(), ""),
        (
            "a 502 page",
            http(502, html, "<html><h1>502 Bad Gateway</h1></html>"),
            "502",
        ),
    ]
}

#[test]
fn rows_27_and_31_what_is_no_answer_is_never_taken_for_one() {
    for (name, bytes, words) in answers() {
        for protocol in BOTH {
            let (said, _) = signing_in(protocol, &Deed::Instead(bytes.clone()));
            assert!(said.contains(words), "{name}, {protocol:?}: {said}");
            assert!(!said.contains("<html"), "{name}, {protocol:?}: {said}");
            assert!(said.len() < 600, "{name}, {protocol:?}: {said}");
        }
    }
}

#[test]
fn row_31_a_body_without_an_end_is_left_at_64_megabytes_or_at_the_time_limit() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"x\":\"".to_vec();
    for protocol in BOTH {
        let deed = Deed::Endless(head.clone(), vec![b'x'; 1 << 20]);
        let (said, asked) = signing_in(protocol, &deed);
        assert!(
            said.contains("longer than 64 MB") || said.contains("time-out"),
            "{said}"
        );
        assert!(asked <= 8, "{asked}");
    }
}

#[test]
fn row_32_credentials_follow_no_redirect_and_a_loop_is_no_loop() {
    for status in [301, 302, 303, 307, 308] {
        for protocol in BOTH {
            let other = Raw::alone(|_| Deed::Instead(http(200, "", "")));
            let there = format!("Location: {}/stolen?x=1\r\n", other.address);
            let (said, asked) = signing_in(protocol, &Deed::Instead(http(status, &there, "")));
            assert!(other.seen().is_empty(), "{status}, {protocol:?}");
            assert!(
                said.contains(&status.to_string()) || said.contains("sign-in page"),
                "{said}"
            );
            assert!(asked <= 2, "{asked} requests");
            let home = Deed::Instead(http(status, "Location: /\r\n", ""));
            assert!(signing_in(protocol, &home).1 <= 2);
        }
    }
}

#[test]
fn row_33_a_server_without_tls_is_refused_with_the_reason_and_told_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    let (tell, told) = channel();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut hello = [0; 1_024];
            let count = stream.read(&mut hello).unwrap_or(0);
            drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
            drop(tell.send(hello[..count].to_vec()));
        }
    });
    for protocol in BOTH {
        let endpoint = endpoint(protocol, &address, 10);
        let error = alone(endpoint.connect()).unwrap_err();
        let said = error.to_string();
        assert!(said.starts_with("can't reach https://127.0.0.1"), "{said}");
    }
    for hello in told.try_iter() {
        let text = String::from_utf8_lossy(&hello);
        assert!(
            !text.contains("demo"),
            "credentials left without TLS: {text}"
        );
    }
}

#[test]
fn a_check_names_the_step_that_failed() {
    for protocol in [Protocol::Soap, Protocol::Rest] {
        let raw = Raw::alone(|_| Deed::Instead(http(200, "Content-Type: text/html\r\n", PORTAL)));
        let endpoint = endpoint(protocol, &raw.address, 10);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let steps = runtime.block_on(endpoint.check());
        assert!(
            steps.iter().any(|step| step.result.is_err()),
            "{protocol:?}: {steps:?}"
        );
    }
}

/// A server that answers everything so; what signing in says of it.
fn signing_in(protocol: Protocol, deed: &Deed) -> (String, usize) {
    let deed = deed.clone();
    let raw = Raw::alone(move |_| deed.clone());
    let endpoint = endpoint(protocol, &raw.address, 10);
    let error = alone(endpoint.connect()).unwrap_err();
    (error.to_string(), raw.count())
}
