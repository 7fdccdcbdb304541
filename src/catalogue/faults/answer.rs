//! What a fault sends instead of an answer, and what it does to one.

use axum::body::Body;
use axum::http::{Response as HttpResponse, StatusCode, header};
use axum::response::Response;

/// What becomes of a finished answer on its way out. Carried as an extension of the response;
/// the server's outermost layer acts on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The connection is closed without a byte.
    Drop,
    /// Nothing is ever sent; the connection stays open.
    Silence,
    /// The body ends in the middle.
    Truncate,
}

/// Leave to work, with the conditions that go with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permit {
    /// Answer as if everything were written; write nothing. Goes into `Author::pretend`.
    pub pretend: bool,
    /// Report counts that do not fit the details (SOAP: one success too many).
    pub count_mismatch: bool,
    pub(in crate::catalogue) fate: Option<Fate>,
}

impl Permit {
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
            Self::Dropped => {
                let mut response = plain(StatusCode::OK, "", "");
                response.extensions_mut().insert(Fate::Drop);
                response
            }
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
