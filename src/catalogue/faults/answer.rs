//! What a fault sends instead of an answer, and what it does to one.

use axum::body::Body;
use axum::http::{Response as HttpResponse, StatusCode, header};
use axum::response::Response;

use crate::catalogue::query::Found;
use crate::catalogue::writes::Face;

/// What becomes of a finished answer on its way out. Carried as an extension of the response;
/// the server's outermost layer acts on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The connection is closed without a byte.
    Drop,
    /// Nothing is ever sent; the connection stays open.
    Silence,
    /// The connection is reset without a byte.
    Reset,
    /// The body ends in the middle.
    Truncate,
    /// The body comes a byte at a time, so long apart.
    Drip(std::time::Duration),
    /// An empty 500 comes in its place.
    Fail,
}

/// How much of a batch is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Share {
    /// All of it.
    #[default]
    All,
    /// The first half, rounded up.
    Half,
    /// All but the last asset.
    AllButOne,
}

impl Share {
    /// How many of so many assets.
    pub const fn of(self, assets: usize) -> usize {
        match self {
            Self::All => assets,
            Self::Half => assets.div_ceil(2),
            Self::AllButOne => assets.saturating_sub(1),
        }
    }
}

/// What is wrong with a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// Its first asset comes again at its end.
    Twice,
    /// Its last asset is not in it.
    Missing,
}

/// Leave to work, with the conditions that go with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permit {
    /// Answer as if everything were written; write nothing. Goes into `Author::pretend`.
    pub pretend: bool,
    /// Report counts that do not fit the details (SOAP: one success too many).
    pub count_mismatch: bool,
    /// How much of a batch to write.
    pub share: Share,
    pub(in crate::catalogue) slip: Option<Slip>,
    pub(in crate::catalogue) count_off: i64,
    /// Assets a page has at most, whatever is asked for.
    pub(in crate::catalogue) page_limit: Option<u64>,
    /// No sort values beside the hits (REST).
    pub(in crate::catalogue) hides_sort: bool,
    pub(in crate::catalogue) fate: Option<Fate>,
}

impl Permit {
    /// Make of a page what the faults want to be made of it.
    pub fn garble(&self, page: &mut Found) {
        page.total = page.total.saturating_add_signed(self.count_off);
        match self.slip {
            None => {}
            Some(Slip::Twice) => {
                let again = page.records.first().cloned();
                page.records.extend(again);
                let again = page.sort_values.first().cloned();
                page.sort_values.extend(again);
            }
            Some(Slip::Missing) => {
                page.records.pop();
                page.sort_values.pop();
            }
        }
    }

    /// Close the request: attach the fate of the answer, if it has one.
    pub fn seal(self, mut response: Response) -> Response {
        if let Some(fate) = self.fate {
            response.extensions_mut().insert(fate);
        }
        response
    }
}

/// An answer that takes the place of the real one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::catalogue) enum Answer {
    Throttled { retry_after: u64 },
    Dropped,
    Reset,
    SignedOut(Face),
    Forbidden(Face),
    TooLarge,
    Html200,
    Html502,
    Empty500,
    Json500,
    Unavailable503,
}

impl Answer {
    /// As a response.
    pub(in crate::catalogue) fn response(self) -> Response {
        match self {
            Self::Throttled { retry_after } => {
                let mut response = plain(StatusCode::TOO_MANY_REQUESTS, "", "");
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, retry_after.into());
                response
            }
            Self::Dropped => fated(Fate::Drop),
            Self::Reset => fated(Fate::Reset),
            Self::SignedOut(Face::Rest) => plain(
                StatusCode::UNAUTHORIZED,
                "application/json",
                r#"{"errorCode":"ATLAS-401-00-000","errorMessage":"Unauthorized"}"#,
            ),
            Self::SignedOut(Face::Soap | Face::House) => {
                fault("authenticationFault", "10001", "Invalid username/password")
            }
            Self::Forbidden(Face::Rest) => plain(
                StatusCode::FORBIDDEN,
                "application/json",
                r#"{"errorCode":"ATLAS-403-00-001","errorMessage":"you are not authorized to perform update entity"}"#,
            ),
            Self::Forbidden(Face::Soap | Face::House) => fault(
                "authorizationFault",
                "20009",
                "User does not have Write permission on the asset.",
            ),
            Self::TooLarge => plain(StatusCode::PAYLOAD_TOO_LARGE, "", ""),
            Self::Html200 => plain(
                StatusCode::OK,
                "text/html; charset=utf-8",
                "<!DOCTYPE html><html><head><title>Welcome to the guest network</title></head>\
                 <body><p>Please accept the terms.</p></body></html>",
            ),
            Self::Html502 => plain(
                StatusCode::BAD_GATEWAY,
                "text/html",
                "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1>\
                 </body></html>",
            ),
            Self::Empty500 => plain(StatusCode::INTERNAL_SERVER_ERROR, "", ""),
            Self::Json500 => plain(
                StatusCode::INTERNAL_SERVER_ERROR,
                "application/json",
                r#"{"errorId":"00000000deadbeef","message":"There was an error processing your request.","causes":[{"errorType":"java.lang.NullPointerException","errorMessage":"No additional information provided","location":"org.example.Graph.commit (Graph.java:12)"}]}"#,
            ),
            Self::Unavailable503 => plain(StatusCode::SERVICE_UNAVAILABLE, "", ""),
        }
    }
}

/// An answer with a fate and nothing else.
fn fated(fate: Fate) -> Response {
    let mut response = plain(StatusCode::OK, "", "");
    response.extensions_mut().insert(fate);
    response
}

/// A fault of the SOAP service.
fn fault(class: &str, code: &str, reason: &str) -> Response {
    let document = format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <soapenv:Body><soapenv:Fault><faultcode>soapenv:Server</faultcode>\
         <faultstring>{class}</faultstring><detail>\
         <tns:{class} xmlns:tns=\"http://www.scene7.com/IpsApi/xsd\"><tns:code>{code}</tns:code>\
         <tns:reason>{reason}</tns:reason></tns:{class}></detail></soapenv:Fault>\
         </soapenv:Body></soapenv:Envelope>"
    );
    let mut response = plain(
        StatusCode::INTERNAL_SERVER_ERROR,
        "text/xml; charset=utf-8",
        "",
    );
    *response.body_mut() = Body::from(document);
    response
}

fn plain(status: StatusCode, content_type: &'static str, body: &'static str) -> Response {
    let mut response = HttpResponse::new(Body::from(body));
    *response.status_mut() = status;
    if !content_type.is_empty() {
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static(content_type),
        );
    }
    response
}
