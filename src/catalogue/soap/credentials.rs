//! Who calls: the credentials header in both namespaces, the two old headers, HTTP Basic.

use std::fmt;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::element::Element;
use super::envelope::is_service_namespace;
use super::fault::{FAULT_NAMESPACE, Fault};
use super::params::{UNVERSIONED_HEADER, VERSIONED_HEADER};
use super::schema;
use super::switches::HeaderNamespace;

const OLD_HEADERS: &str = "http://www.scene7.com/IpsApi";

/// A name and a password, not yet compared with any account.
#[derive(PartialEq, Eq)]
pub(super) struct Claim {
    /// The e-mail address.
    pub(super) user: String,
    /// The password.
    pub(super) password: String,
}

impl fmt::Debug for Claim {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Claim")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// The `authHeader` block of a request, in the namespace the switch allows.
pub(super) fn auth_header(blocks: &[Element], allowed: HeaderNamespace) -> Option<&Element> {
    blocks.iter().find(|block| {
        let versioned = block.namespace.as_ref() != FAULT_NAMESPACE;
        block.name == "authHeader"
            && is_service_namespace(&block.namespace)
            && match allowed {
                HeaderNamespace::Either => true,
                HeaderNamespace::Versioned => versioned,
                HeaderNamespace::Unversioned => !versioned,
            }
    })
}

/// Checks the `authHeader` against its schema: the dated one is a strict sequence in which the
/// name and version of the program are required, the other takes any order.
///
/// # Errors
///
/// 30002 or 30003.
pub(super) fn check_header(header: &Element) -> Result<(), Fault> {
    let versioned = header.namespace.as_ref() != FAULT_NAMESPACE;
    schema::check_kind(
        header,
        if versioned {
            VERSIONED_HEADER
        } else {
            UNVERSIONED_HEADER
        },
    )
}

/// The name and password a request carries; the first place that has them counts.
pub(super) fn claim(
    header: Option<&Element>,
    blocks: &[Element],
    http: &HeaderMap,
) -> Option<Claim> {
    let from_header = header.and_then(|block| {
        let user = block.text_of("user")?.trim();
        let password = block.text_of("password").unwrap_or_default();
        (!user.is_empty()).then(|| Claim {
            user: user.to_owned(),
            password: password.to_owned(),
        })
    });
    from_header
        .or_else(|| old_headers(blocks))
        .or_else(|| basic(http))
}

fn old_headers(blocks: &[Element]) -> Option<Claim> {
    let text = |name: &str| {
        let found = blocks
            .iter()
            .find(|block| block.name == name && block.namespace.as_ref() == OLD_HEADERS)?;
        Some(found.text.clone())
    };
    Some(Claim {
        user: text("AuthUser")?.trim().to_owned(),
        password: text("AuthPassword")?,
    })
}

fn basic(http: &HeaderMap) -> Option<Claim> {
    let value = http.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some(Claim {
        user: user.to_owned(),
        password: password.to_owned(),
    })
}

/// The HTTP status faults are to have: 500, or what the header asks for.
pub(super) fn fault_status(header: Option<&Element>) -> u16 {
    header
        .and_then(|block| block.text_of("faultHttpStatusCode"))
        .and_then(|text| text.trim().parse().ok())
        .filter(|status| (200..=599).contains(status))
        .unwrap_or(500)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::soap::element::parse;

    const DATED: &str = "http://www.scene7.com/IpsApi/xsd/2014-04-03";
    const IN_ORDER: &str =
        "<user>a@b</user><password>p</password><appName>x</appName><appVersion>1</appVersion>";

    fn header(namespace: &str, inside: &str) -> Element {
        parse(format!("<authHeader xmlns='{namespace}'>{inside}</authHeader>").as_bytes()).unwrap()
    }

    #[test]
    fn the_dated_header_is_a_sequence_and_the_other_is_not() {
        assert_eq!(check_header(&header(DATED, IN_ORDER)), Ok(()));
        assert!(check_header(&header(DATED, "<user>a</user><password>p</password>")).is_err());
        let mixed = "<password>p</password><user>a@b</user>";
        assert!(check_header(&header(DATED, mixed)).is_err());
        assert_eq!(check_header(&header(FAULT_NAMESPACE, mixed)), Ok(()));
    }

    #[test]
    fn the_switch_chooses_the_namespace() {
        let blocks = [header(DATED, IN_ORDER)];
        assert!(auth_header(&blocks, HeaderNamespace::Either).is_some());
        assert!(auth_header(&blocks, HeaderNamespace::Versioned).is_some());
        assert!(auth_header(&blocks, HeaderNamespace::Unversioned).is_none());
        let other = [header("urn:other", IN_ORDER)];
        assert!(auth_header(&other, HeaderNamespace::Either).is_none());
    }

    #[test]
    fn the_header_wins_over_the_old_headers_and_those_over_basic() {
        let mut http = HeaderMap::new();
        http.insert(AUTHORIZATION, "Basic YmFzaWM6cDpx".parse().unwrap());
        let old = parse(
            b"<h xmlns='http://www.scene7.com/IpsApi'><AuthUser>old</AuthUser>\
              <AuthPassword>p</AuthPassword></h>",
        )
        .unwrap()
        .children;
        let block = header(DATED, IN_ORDER);
        let user = |header: Option<&Element>, old: &[Element]| {
            claim(header, old, &http).map(|claim| (claim.user, claim.password))
        };
        assert_eq!(user(Some(&block), &old).unwrap().0, "a@b");
        assert_eq!(user(None, &old).unwrap().0, "old");
        assert_eq!(
            user(None, &[]),
            Some(("basic".to_owned(), "p:q".to_owned()))
        );
        assert_eq!(claim(None, &[], &HeaderMap::new()), None);
    }

    #[test]
    fn a_password_is_never_shown() {
        let claim = Claim {
            user: "a".to_owned(),
            password: "geheim".to_owned(),
        };
        assert!(!format!("{claim:?}").contains("geheim"));
    }

    #[test]
    fn the_fault_status_is_500_unless_a_real_status_is_asked_for() {
        let asked = |text: &str| {
            let inside = format!("<faultHttpStatusCode>{text}</faultHttpStatusCode>");
            fault_status(Some(&header(DATED, &inside)))
        };
        assert_eq!(fault_status(None), 500);
        assert_eq!(asked("200"), 200);
        assert_eq!(asked("7"), 500);
        assert_eq!(asked("many"), 500);
    }
}
