//! Secrets that come back: a server that repeats what it was sent must not put it on the screen.

use secrecy::{ExposeSecret, SecretString};

use super::HttpResponse;

/// What stands in place of a secret.
const MASK: &[u8] = b"(hidden)";
/// Shorter secrets are words like any other; to hide them would only garble what is said.
const SHORTEST: usize = 6;

/// Hides secrets in an answer that people may get to read: a refusal, or a page. Answers of the
/// protocol are left as they are.
pub(super) fn hide(answer: &mut HttpResponse, secrets: &[SecretString]) {
    if answer.is_success() && !answer.is_page() {
        return;
    }
    for secret in secrets {
        let secret = secret.expose_secret();
        let secret = secret.strip_prefix("Bearer ").unwrap_or(secret);
        if secret.len() < SHORTEST {
            continue;
        }
        let escaped = quick_xml::escape::escape(secret);
        for form in [secret, &escaped] {
            if let Some(masked) = masked(&answer.body, form.as_bytes()) {
                answer.body = masked;
            }
            for (_, value) in &mut answer.headers {
                if value.contains(form) {
                    *value = value.replace(form, "(hidden)");
                }
            }
        }
    }
}

/// The bytes without the secret; `None` if it is not there.
fn masked(bytes: &[u8], secret: &[u8]) -> Option<Vec<u8>> {
    let first = *secret.first()?;
    let mut out: Option<Vec<u8>> = None;
    let (mut rest, mut kept) = (bytes, 0);
    while let Some(at) = rest[kept..].iter().position(|byte| *byte == first) {
        let at = kept + at;
        if rest[at..].starts_with(secret) {
            let out = out.get_or_insert_with(|| Vec::with_capacity(bytes.len()));
            out.extend_from_slice(&rest[..at]);
            out.extend_from_slice(MASK);
            rest = &rest[at + secret.len()..];
            kept = 0;
        } else {
            kept = at + 1;
        }
    }
    out.map(|mut out| {
        out.extend_from_slice(rest);
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, kind: &str, body: &str) -> HttpResponse {
        HttpResponse {
            status,
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            body: body.as_bytes().to_vec(),
        }
    }

    fn hidden(mut answer: HttpResponse, secret: &str) -> String {
        hide(&mut answer, &[secret.to_owned().into()]);
        answer.text().into_owned()
    }

    #[test]
    fn a_refusal_that_repeats_the_secret_is_shown_without_it() {
        let refusal = answer(
            401,
            "text/plain",
            "hhhunter2 and hunter2: no `Bearer hunter2`",
        );
        assert_eq!(
            hidden(refusal, "Bearer hunter2"),
            "hh(hidden) and (hidden): no `Bearer (hidden)`"
        );
        let escaped = answer(500, "text/xml", "<password>a&lt;b&amp;cdef</password>");
        assert_eq!(hidden(escaped, "a<b&cdef"), "<password>(hidden)</password>");
        let page = answer(200, "text/html", "hello hunter2");
        assert_eq!(hidden(page, "hunter2"), "hello (hidden)");
    }

    #[test]
    fn answers_of_the_protocol_and_short_words_are_left_alone() {
        let data = answer(200, "application/json", "{\"name\": \"hunter2\"}");
        assert_eq!(hidden(data, "hunter2"), "{\"name\": \"hunter2\"}");
        let refusal = answer(400, "text/plain", "no demo");
        assert_eq!(hidden(refusal, "demo"), "no demo");
    }
}
