//! Requests and answers as plain data.

use std::{fmt, time::Duration};

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use reqwest::header::HeaderMap;
use secrecy::SecretString;

/// The methods adapters use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Reads or writes, as the protocol has it.
    Post,
    /// Writes.
    Put,
    /// Removes.
    Delete,
}

impl From<Method> for reqwest::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Delete => Self::DELETE,
        }
    }
}

/// One request. Its `Debug` shows neither secret headers nor the body, which may hold a password.
#[derive(Clone)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// The whole address, without user info.
    pub url: String,
    /// Headers anybody may see.
    pub headers: Vec<(String, String)>,
    /// Headers nobody may see.
    pub secret_headers: Vec<(String, SecretString)>,
    /// Secrets within the body.
    pub secrets_inside: Vec<SecretString>,
    /// The body; empty for none.
    pub body: Vec<u8>,
    /// Whether it changes anything at the endpoint: then it is sent once, and a lost answer leaves
    /// the outcome open.
    pub writes: bool,
}

impl HttpRequest {
    /// A request that reads, without headers and body.
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            headers: Vec::new(),
            secret_headers: Vec::new(),
            secrets_inside: Vec::new(),
            body: Vec::new(),
            writes: false,
        }
    }

    /// A GET.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new(Method::Get, url)
    }

    /// A POST with this body.
    pub fn post(url: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        Self {
            body: body.into(),
            ..Self::new(Method::Post, url)
        }
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same with one more header that is shown to nobody.
    #[must_use]
    pub fn secret_header(mut self, name: &str, value: SecretString) -> Self {
        self.secret_headers.push((name.to_owned(), value));
        self
    }

    /// The same, saying that the body holds a secret.
    #[must_use]
    pub fn secret_inside(mut self, secret: SecretString) -> Self {
        self.secrets_inside.push(secret);
        self
    }

    /// Everything that must never be shown.
    pub(super) fn secrets(&self) -> Vec<SecretString> {
        let headers = self.secret_headers.iter().map(|(_, secret)| secret);
        headers.chain(&self.secrets_inside).cloned().collect()
    }

    /// The same, marked as a write.
    #[must_use]
    pub fn writing(mut self) -> Self {
        self.writes = true;
        self
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret: Vec<&str> = self
            .secret_headers
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("headers", &self.headers)
            .field("secret_headers", &secret)
            .field("secrets_inside", &self.secrets_inside.len())
            .field("body", &self.body.len())
            .field("writes", &self.writes)
            .finish()
    }
}

/// One whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// The first header of this name, whatever the case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// When the server answered, by its own clock, milliseconds since 1970.
    pub fn served_ms(&self) -> Option<i64> {
        Some(http_date(self.header("date")?)?.as_millisecond())
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether it is a page for people: what captive portals, proxies and sign-in pages send.
    pub fn is_page(&self) -> bool {
        let kind = self.header("content-type").unwrap_or_default();
        let start = self.body.get(..64).unwrap_or(&self.body).trim_ascii_start();
        let start = start.to_ascii_lowercase();
        kind.to_ascii_lowercase().contains("text/html")
            || start.starts_with(b"<!doctype html")
            || start.starts_with(b"<html")
    }

    /// What to say of a page that came in place of an answer.
    pub fn page_words(&self) -> String {
        let words = first_words(&self.text());
        let words = if words.is_empty() {
            String::new()
        } else {
            format!(" (\"{words}\")")
        };
        format!(
            "a page for people came in place of an answer{words}: the sign-in page of this \
             network, or another server"
        )
    }

    /// The body as text; what is not UTF-8 becomes replacement characters.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }
}

/// The first words of a page: the text before, between or after its first tags.
pub fn first_words(page: &str) -> String {
    let between = |part: &str| {
        let text = part.split_once('>').map_or(part, |(_, text)| text);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let words = page.split('<').take(50).map(between);
    let first = words.into_iter().find(|text| !text.is_empty());
    first.unwrap_or_default().chars().take(80).collect()
}

/// Headers as text, names in lower case.
pub(super) fn headers(map: &HeaderMap) -> Vec<(String, String)> {
    map.iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_ascii_lowercase(), value)
        })
        .collect()
}

/// How long the endpoint asks to wait: seconds, or a date, which is measured from the answer's own
/// `Date`, so that neither clock needs to be right.
pub(super) fn retry_after(headers: &[(String, String)]) -> Option<Duration> {
    let asked = find(headers, "retry-after")?.trim();
    if let Ok(seconds) = asked.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = http_date(asked)?;
    let now = http_date(find(headers, "date")?)?;
    let seconds = until.as_second().saturating_sub(now.as_second());
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

fn http_date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text.trim()).ok()
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(one, _)| one.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}
