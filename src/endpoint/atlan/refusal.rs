//! Why the server did not do what it was asked, from any of its three shapes of error body.
//!
//! The status alone does not say: 404 stands for every validation error, and codes named 400 come
//! with 404, 409 and 429. So the code in the body decides, then the status.

use serde::Deserialize;
use serde_json::Value as Json;

use crate::endpoint::{EndpointError, http::HttpResponse};

use super::{lenient, named};

/// Every validation error; only the first of a request is told.
#[cfg(test)]
const INVALID: &str = "ATLAS-404-00-007";
/// A guid nobody knows, when writing.
#[cfg(test)]
const NO_SUCH_REFERENCE: &str = "ATLAS-404-00-00A";
/// What the metastore says of a text beyond its limit.
const TOO_LONG: &str = "exceeds limit of";
/// How much of a text that is no JSON is worth showing.
const EXCERPT: usize = 200;

/// What an error body may hold, whoever wrote it: the metastore (`errorCode`), its last resort
/// (`errorId`, `causes`), or the gateway (`code`, `status`).
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Body {
    error_code: Option<Json>,
    code: Option<Json>,
    status: Option<Json>,
    error_message: Option<Json>,
    message: Option<Json>,
    error_cause: Option<Json>,
    entity_guid: Option<String>,
    error_id: Option<String>,
    causes: Option<Vec<Cause>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Cause {
    error_type: Option<String>,
    error_message: Option<String>,
}

/// A body, read.
struct Reading {
    code: String,
    why: String,
    guid: Option<String>,
    understood: bool,
}

/// The assets of the call; empty for reads.
pub(super) type Sent<'a> = &'a [named::Sent];

/// The error behind an answer that is no success.
pub(super) fn refusal(response: &HttpResponse, sent: Sent<'_>, writes: bool) -> EndpointError {
    let reading = reading(response);
    match response.status {
        300..=399 => signed_out(response),
        401 => EndpointError::SignIn {
            code: reading.code,
            why: reading.why,
            hint: "check the API token that the profile names; it may have expired".to_owned(),
        },
        423 | 503 => unavailable(response, &reading, false),
        502 | 504 => unavailable(response, &reading, writes),
        429 => EndpointError::Throttled {
            retry_after_ms: None,
        },
        404 | 405 if !reading.understood => EndpointError::Garbled {
            why: format!("HTTP {}: {}", response.status, reading.why),
            maybe_written: false,
        },
        status => {
            let text = format!(
                "{} {}",
                reading.why,
                String::from_utf8_lossy(&response.body)
            );
            match named::culprits(sent, reading.guid.as_deref(), &text) {
                Some(named::Culprits::Sure(items)) => {
                    return EndpointError::PoisonedBy {
                        items,
                        code: reading.code,
                        why: reading.why,
                    };
                }
                Some(named::Culprits::Likely(items)) if status < 500 => {
                    return EndpointError::Suspects {
                        items,
                        code: reading.code,
                        why: reading.why,
                    };
                }
                Some(named::Culprits::Likely(_)) | None => {}
            }
            match status {
                // The one verdict of its own that comes with 500: a text longer than it may be.
                500 if reading.understood && reading.why.contains(TOO_LONG) => {
                    EndpointError::Refused {
                        code: reading.code,
                        why: reading.why,
                    }
                }
                500 => EndpointError::Broke {
                    why: match reading.code.as_str() {
                        "500" => format!("HTTP 500: {}", reading.why),
                        code => format!("HTTP 500, {code}: {}", reading.why),
                    },
                    code: reading.code,
                    maybe_written: writes,
                },
                403 => EndpointError::Forbidden {
                    code: reading.code,
                    why: reading.why,
                },
                413 => EndpointError::Refused {
                    code: "413".to_owned(),
                    why: reading.why,
                },
                501 | 505..=599 => unavailable(response, &reading, writes),
                _ => EndpointError::Refused {
                    code: reading.code,
                    why: reading.why,
                },
            }
        }
    }
}

fn reading(response: &HttpResponse) -> Reading {
    let body = lenient::body(&response.body);
    let parsed = lenient::value(&body.text)
        .ok()
        .filter(|(json, _)| json.is_object())
        .and_then(|(json, _)| serde_json::from_value::<Body>(json).ok());
    let understood = parsed.is_some();
    let parsed = parsed.unwrap_or_default();
    let code = [&parsed.error_code, &parsed.code, &parsed.status]
        .into_iter()
        .flatten()
        .find_map(plain)
        .unwrap_or_else(|| response.status.to_string());
    let mut why = [&parsed.error_message, &parsed.message]
        .into_iter()
        .flatten()
        .find_map(plain)
        .unwrap_or_else(|| status_words(response.status, &body.text, understood));
    if let Some(cause) = parsed.error_cause.as_ref().and_then(plain)
        && !why.contains(&cause)
    {
        why = format!("{why} ({cause})");
    }
    for cause in parsed.causes.iter().flatten().take(1) {
        let kind = cause.error_type.as_deref().unwrap_or_default();
        let text = cause.error_message.as_deref().unwrap_or_default();
        why = format!("{why} ({kind}: {text})");
    }
    if let Some(id) = &parsed.error_id {
        why = format!("{why} (error id {id})");
    }
    Reading {
        code,
        why,
        guid: parsed.entity_guid,
        understood,
    }
}

/// A code or a text, whether written as text or as a number.
fn plain(json: &Json) -> Option<String> {
    match json {
        Json::String(text) if !text.is_empty() => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Array(_) | Json::Object(_) => Some(json.to_string()),
        Json::String(_) | Json::Null | Json::Bool(_) => None,
    }
}

/// A page of HTML says no more than its status; plain text may.
fn status_words(status: u16, text: &str, understood: bool) -> String {
    let text = text.trim();
    let words = match status {
        400 => "bad request",
        401 => "not signed in",
        403 => "not allowed",
        404 => "not found",
        413 => "the call is too large",
        500 => "internal server error",
        502 => "bad gateway",
        503 => "service unavailable",
        504 => "gateway time-out",
        _ => "refused without a reason",
    };
    if understood || text.is_empty() || text.starts_with('<') {
        return words.to_owned();
    }
    text.chars().take(EXCERPT).collect()
}

fn signed_out(response: &HttpResponse) -> EndpointError {
    EndpointError::SignIn {
        code: response.status.to_string(),
        why: "the server wants to send us to its sign-in page".to_owned(),
        hint: "check the API token that the profile names, and that `url` is the tenant's own \
               address"
            .to_owned(),
    }
}

fn unavailable(response: &HttpResponse, reading: &Reading, maybe_written: bool) -> EndpointError {
    EndpointError::Unavailable {
        why: format!("HTTP {}: {}", response.status, reading.why),
        maybe_written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "00000000-0000-4000-8000-000000000001";
    const TWO: &str = "00000000-0000-4000-8000-000000000002";

    fn answer(status: u16, body: &str) -> HttpResponse {
        HttpResponse {
            status,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        }
    }

    fn write_refusal(status: u16, body: &str) -> EndpointError {
        let sent = [
            named::Sent::new(ONE, "default/shop/one", "one", vec![0, 2]),
            named::Sent::new(TWO, "default/shop/two", "two", vec![1]),
        ];
        refusal(&answer(status, body), &sent, true)
    }

    #[test]
    fn the_asset_named_by_entity_guid_is_the_culprit_with_all_its_changes() {
        let body = format!(
            r#"{{"errorCode":"ATLAS-404-00-007","errorMessage":"Invalid instance creation/updation parameters passed : Table.certificateStatus=OK: invalid value for type certificate_status","entityGuid":"{ONE}"}}"#
        );
        assert_eq!(
            write_refusal(404, &body),
            EndpointError::PoisonedBy {
                items: vec![0, 2],
                code: INVALID.to_owned(),
                why: "Invalid instance creation/updation parameters passed : \
                      Table.certificateStatus=OK: invalid value for type certificate_status"
                    .to_owned(),
            }
        );
    }

    #[test]
    fn a_guid_that_only_the_text_names_is_found_there() {
        let body = format!(
            r#"{{"errorCode":"ATLAS-404-00-00A","errorMessage":"Referenced entity {TWO} is not found"}}"#
        );
        let EndpointError::PoisonedBy { items, code, .. } = write_refusal(404, &body) else {
            panic!("it names the asset");
        };
        assert_eq!((items, code.as_str()), (vec![1], NO_SUCH_REFERENCE));
    }

    #[test]
    fn a_refused_right_names_no_asset_and_so_asks_for_narrowing_down() {
        let error = write_refusal(
            403,
            r#"{"errorCode": "ATLAS-403-00-001", "errorMessage": "service-account-apikey-0000 is not authorized to perform update entity: type=Table"}"#,
        );
        assert_eq!(
            error,
            EndpointError::Forbidden {
                code: "ATLAS-403-00-001".to_owned(),
                why: "service-account-apikey-0000 is not authorized to perform update entity: \
                      type=Table"
                    .to_owned(),
            }
        );
    }

    #[test]
    fn the_servers_last_resort_is_trouble_told_with_its_error_id() {
        let error = write_refusal(
            500,
            r#"{"errorId": "00000000deadbeef", "message": "There was an error processing your request.", "causes": [{"errorType": "java.lang.NullPointerException", "errorMessage": "No additional information provided", "location": "X.y (X.java:1)"}]}"#,
        );
        assert_eq!(
            error,
            EndpointError::Broke {
                code: "500".to_owned(),
                maybe_written: true,
                why: "HTTP 500: There was an error processing your request. \
                      (java.lang.NullPointerException: No additional information provided) \
                      (error id 00000000deadbeef)"
                    .to_owned(),
            }
        );
    }

    #[test]
    fn a_500_is_a_verdict_only_if_it_names_an_asset_or_a_limit() {
        use crate::endpoint::Verdict::{ReadBack, SomeItem, TheseItems};
        let internal = r#"{"errorCode":"ATLAS-500-00-001","errorMessage":"Internal server error"}"#;
        let long = r#"{"errorCode":"ATLAS-500-00-001","errorMessage":"[\"Attribute description exceeds limit of 100000 characters\"]"}"#;
        let named = format!(
            r#"{{"errorCode":"ATLAS-500-00-001","errorMessage":"no","entityGuid":"{ONE}"}}"#
        );
        let by_name = r#"{"errorCode":"ATLAS-500-00-001","errorMessage":"index two is closed"}"#;
        for (body, verdict) in [
            ("", ReadBack),
            ("<html>Internal Server Error</html>", ReadBack),
            (internal, ReadBack),
            (by_name, ReadBack),
            (long, SomeItem),
            (named.as_str(), TheseItems),
        ] {
            assert_eq!(write_refusal(500, body).verdict(), verdict, "{body}");
            let read = refusal(&answer(500, body), &[], false);
            assert_eq!(
                read.is_trouble(),
                verdict == ReadBack || body == named,
                "{body}"
            );
        }
    }

    #[test]
    fn the_gateways_shape_is_read_too() {
        let error = write_refusal(400, r#"{"code": 1009, "message": "malformed request"}"#);
        assert_eq!(
            error,
            EndpointError::Refused {
                code: "1009".to_owned(),
                why: "malformed request".to_owned(),
            }
        );
        let error = write_refusal(
            409,
            r#"{"status": 409, "message": "busy", "requestId": "r"}"#,
        );
        assert_eq!(error.code(), "409");
    }

    #[test]
    fn a_redirect_or_401_asks_to_sign_in() {
        for (status, body) in [
            (302, ""),
            (
                401,
                r#"{"errorCode": "ATLAS-401-00-000", "errorMessage": "Unauthorized"}"#,
            ),
        ] {
            let error = write_refusal(status, body);
            assert!(matches!(error, EndpointError::SignIn { .. }), "{error:?}");
        }
    }

    #[test]
    fn a_lock_and_503_wrote_nothing_but_502_and_504_may_have() {
        for (status, maybe) in [(423, false), (503, false), (502, true), (504, true)] {
            let EndpointError::Unavailable { maybe_written, .. } = write_refusal(status, "") else {
                panic!("{status} is a passing trouble");
            };
            assert_eq!(maybe_written, maybe, "{status}");
        }
    }

    #[test]
    fn a_page_of_html_where_json_should_be_is_another_server() {
        let error = refusal(&answer(404, "<html>nginx</html>"), &[], false);
        assert_eq!(
            error,
            EndpointError::Garbled {
                why: "HTTP 404: not found".to_owned(),
                maybe_written: false,
            }
        );
    }

    #[test]
    fn irregular_statuses_keep_the_code_of_the_body() {
        let renamed = write_refusal(
            409,
            r#"{"errorCode":"ATLAS-400-00-0010","errorMessage":"Anchor(glossary) change not supported"}"#,
        );
        assert_eq!(renamed.code(), "ATLAS-400-00-0010");
    }
}
