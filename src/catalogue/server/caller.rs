//! Who may ask at all, before anything is read or done: keeps web pages of other sites out.
//!
//! A page that somebody has open in a browser can send requests to this machine. It must neither
//! reach the server under a name of its own (DNS rebinding) nor send what a browser sends anywhere
//! without asking first (a form, or text without a kind).

use std::net::IpAddr;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};

/// The names the server is known by.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// Whether only programs of this machine can reach it.
    is_loopback: bool,
    /// More names people reach it by, in lower case.
    more: Vec<String>,
}

impl Names {
    /// Of a server that listens on `ip`, also reached by these names.
    pub(super) fn new(ip: IpAddr, more: &[String]) -> Self {
        Self {
            is_loopback: ip.is_loopback(),
            more: more.iter().map(|name| name.to_lowercase()).collect(),
        }
    }

    /// Whether a request may go on.
    ///
    /// # Errors
    ///
    /// The status, and a sentence for whoever asked.
    pub(super) fn admit(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), (StatusCode, String)> {
        for authority in authorities(uri, headers)? {
            if !self.is_ours(&authority) {
                let host = authority.host();
                return Err((
                    StatusCode::MISDIRECTED_REQUEST,
                    format!(
                        "This server is not known as {host}. If it is, start it with --host {host}."
                    ),
                ));
            }
        }
        if is_cross_site(headers, |origin| self.is_ours(origin)) {
            return Err((
                StatusCode::FORBIDDEN,
                "Requests of other web sites are not answered.".to_owned(),
            ));
        }
        Ok(())
    }

    fn is_ours(&self, authority: &Authority) -> bool {
        let host = authority.host().to_lowercase();
        let host = host.strip_suffix('.').unwrap_or(&host);
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            // An address can't be made to lead elsewhere.
            Ok(ip) => ip.is_loopback() || !self.is_loopback,
            Err(_) => host == "localhost" || self.more.iter().any(|name| name == host),
        }
    }
}

/// Every host a request names. One that names none comes from no browser.
fn authorities(uri: &Uri, headers: &HeaderMap) -> Result<Vec<Authority>, (StatusCode, String)> {
    let mut all: Vec<_> = uri.authority().cloned().into_iter().collect();
    let mut named = headers.get_all(header::HOST).iter();
    if let Some(host) = named.next() {
        let host = Authority::try_from(host.as_bytes()).ok();
        let (Some(host), None) = (host, named.next()) else {
            let words = "The request names no single host.".to_owned();
            return Err((StatusCode::BAD_REQUEST, words));
        };
        all.push(host);
    }
    Ok(all)
}

/// Whether a browser says that a page of another site asks.
fn is_cross_site(headers: &HeaderMap, is_ours: impl Fn(&Authority) -> bool) -> bool {
    let origin = |value: &HeaderValue| {
        let text = value.to_str().ok()?;
        let (_, host) = text.split_once("://")?;
        host.parse::<Authority>().ok()
    };
    let mut origins = headers.get_all(header::ORIGIN).iter();
    origins.any(|value| !origin(value).is_some_and(|host| is_ours(&host)))
}

/// Whether a body says it is XML: a browser sends that to another site only after asking.
pub(super) fn is_xml(headers: &HeaderMap) -> bool {
    const KINDS: [&str; 3] = ["text/xml", "application/xml", "application/soap+xml"];
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let kind = kind.split(';').next().unwrap_or("").trim();
    KINDS.iter().any(|known| known.eq_ignore_ascii_case(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(names: &Names, uri: &str, headers: &[(&str, &str)]) -> u16 {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            let name = name.parse::<header::HeaderName>().expect("a name");
            all.append(name, value.parse().expect("a value"));
        }
        let admitted = names.admit(&uri.parse().expect("an address"), &all);
        admitted.map_or_else(|(status, _)| status.as_u16(), |()| 200)
    }

    #[test]
    fn only_names_of_this_machine_and_those_given_are_answered() {
        let here = Names::new("127.0.0.1".parse().expect("ip"), &[]);
        let named = Names::new("::1".parse().expect("ip"), &["Shelf.Local".to_owned()]);
        let open = Names::new("0.0.0.0".parse().expect("ip"), &[]);
        for (host, on_loopback, with_a_name, for_others) in [
            ("127.0.0.1:8080", 200, 200, 200),
            ("127.8.8.8", 200, 200, 200),
            ("localhost:1", 200, 200, 200),
            ("LOCALHOST.", 200, 200, 200),
            ("[::1]:8080", 200, 200, 200),
            ("shelf.local:80", 421, 200, 421),
            ("evil.example", 421, 421, 421),
            ("localhost.evil.example", 421, 421, 421),
            ("127.0.0.1.evil.example:8080", 421, 421, 421),
            ("192.168.1.7:8080", 421, 421, 200),
            ("evil.example@127.0.0.1", 200, 200, 200),
            ("", 400, 400, 400),
            ("a b", 400, 400, 400),
        ] {
            let asked = |names| status(names, "/", &[("host", host)]);
            assert_eq!(
                (asked(&here), asked(&named), asked(&open)),
                (on_loopback, with_a_name, for_others),
                "{host}"
            );
        }
        assert_eq!(status(&here, "http://evil.example/", &[]), 421);
        let both = [("host", "localhost"), ("host", "evil.example")];
        assert_eq!(status(&here, "/", &both), 400);
        assert_eq!(status(&here, "/", &[]), 200, "HTTP/1.0 names none");
    }

    #[test]
    fn a_page_of_another_site_is_sent_away() {
        let here = Names::new("127.0.0.1".parse().expect("ip"), &[]);
        for (origin, expected) in [
            ("http://localhost:3000", 200),
            ("https://evil.example", 403),
            ("null", 403),
            ("file://", 403),
        ] {
            let asked = [("host", "127.0.0.1:8080"), ("origin", origin)];
            assert_eq!(status(&here, "/", &asked), expected, "{origin}");
        }
    }

    #[test]
    fn what_a_form_can_send_is_no_xml() {
        for (kind, expected) in [
            ("text/xml; charset=UTF-8", true),
            ("application/soap+xml;action=\"searchAssets\"", true),
            ("TEXT/XML", true),
            ("text/plain", false),
            ("text/plain; x=text/xml", false),
            ("multipart/form-data", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, kind.parse().expect("a value"));
            assert_eq!(is_xml(&headers), expected, "{kind}");
        }
        assert!(!is_xml(&HeaderMap::new()), "nothing is no XML either");
    }
}
