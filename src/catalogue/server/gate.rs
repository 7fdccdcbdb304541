//! The outermost layer: admits callers, receives their requests whole, compresses answers, and lets
//! faults have their way with them.

use std::io::Write;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{ConnectInfo, FromRequest, Request, State};
use axum::http::response::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use tokio_util::sync::CancellationToken;

use crate::catalogue::desk::Desk;
use crate::catalogue::faults::Fate;
use crate::catalogue::server::LARGEST_BODY;
use crate::catalogue::server::caller::Names;
use crate::catalogue::server::line::Line;

/// Set by a face that wants its answer compressed, whatever the caller accepts.
const FORCE: &str = "x-catalogue-gzip";
/// Set by a face that wants its answer as it is.
const FORBID: &str = "x-catalogue-no-gzip";
/// Answers shorter than this are not worth compressing.
const WORTH_IT: usize = 600;
/// How long a half answer gets to leave.
const FLUSH: Duration = Duration::from_millis(50);

/// What the gate knows.
#[derive(Clone)]
pub(super) struct Gate {
    /// Where answers are compressed.
    pub(super) desk: Desk,
    /// What the server is known as.
    pub(super) names: Names,
    /// Cancelled when the server stops.
    pub(super) stop: CancellationToken,
}

/// Everything goes through here.
pub(super) async fn pass(
    State(gate): State<Gate>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
    next: Next,
) -> Response {
    if let Err(refused) = gate.names.admit(request.uri(), request.headers()) {
        return refused.into_response();
    }
    let accepts = accepts_gzip(request.headers());
    let request = match received(request).await {
        Ok(request) => request,
        Err(refused) => return refused,
    };
    let _answering = line.answering();
    let response = next.run(request).await;
    let fate = response.extensions().get::<Fate>().copied();
    match fate {
        None => packed(&gate.desk, response, accepts).await,
        Some(Fate::Truncate) => truncated(packed(&gate.desk, response, accepts).await).await,
        Some(Fate::Drip(pause)) => {
            dripping(packed(&gate.desk, response, accepts).await, pause).await
        }
        Some(Fate::Fail) => {
            let mut failed = Response::new(Body::empty());
            *failed.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            failed
        }
        Some(Fate::Drop) => {
            line.cut();
            response
        }
        Some(Fate::Reset) => {
            line.reset();
            response
        }
        Some(Fate::Silence) => {
            gate.stop.cancelled().await;
            line.cut();
            response
        }
    }
}

/// The request with its whole body, of whatever path: no face needs a limit of its own.
async fn received(request: Request) -> Result<Request, Response> {
    let (parts, body) = request.into_parts();
    // One that says it is too long need not be sent at all.
    if body.size_hint().lower() > LARGEST_BODY as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response());
    }
    let whole = Request::from_parts(parts.clone(), body);
    let bytes = Bytes::from_request(whole, &())
        .await
        .map_err(IntoResponse::into_response)?;
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            parts
                .next()
                .is_some_and(|name| name.eq_ignore_ascii_case("gzip"))
                && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0"))
        })
}

/// Compress an answer where that is wanted and worth it.
async fn packed(desk: &Desk, response: Response, accepts: bool) -> Response {
    let (mut parts, body) = response.into_parts();
    let force = parts.headers.remove(FORCE).is_some();
    let forbid = parts.headers.remove(FORBID).is_some();
    let is_text = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| {
            kind.starts_with("text/") || kind.contains("json") || kind.contains("xml")
        });
    let coded = parts.headers.contains_key(header::CONTENT_ENCODING);
    if coded || !is_text || forbid || !(accepts || force) {
        return Response::from_parts(parts, body);
    }
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return Response::from_parts(parts, Body::empty());
    };
    if bytes.len() < WORTH_IT && !force {
        return Response::from_parts(parts, Body::from(bytes));
    }
    let plain = bytes.clone();
    let compressed = desk.work(move || gzip(&plain)).await;
    let body = match compressed {
        Ok(Some(compressed)) => {
            parts.headers.remove(header::CONTENT_LENGTH);
            parts
                .headers
                .insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            Body::from(compressed)
        }
        Ok(None) | Err(_) => Body::from(bytes),
    };
    Response::from_parts(parts, body)
}

fn gzip(plain: &Bytes) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 6), Compression::fast());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}

/// An answer that promises its length, and what it promises.
async fn promised(response: Response) -> (Parts, Bytes) {
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let length = bytes.len().into();
    parts.headers.insert(header::CONTENT_LENGTH, length);
    (parts, bytes)
}

/// The first half of an answer that promises the whole.
async fn truncated(response: Response) -> Response {
    let (parts, bytes) = promised(response).await;
    let half = bytes.slice(..bytes.len() / 2);
    let body = stream::unfold(Some(half), |half| async {
        if let Some(half) = half {
            return Some((Ok(half), None));
        }
        // Time for the half to leave before the connection breaks.
        tokio::time::sleep(FLUSH).await;
        let end = std::io::Error::from(std::io::ErrorKind::ConnectionAborted);
        Some((Err(end), None))
    });
    Response::from_parts(parts, Body::from_stream(body))
}

/// The whole answer, a byte at a time.
async fn dripping(response: Response, pause: Duration) -> Response {
    let (parts, bytes) = promised(response).await;
    let body = stream::unfold(bytes, move |mut bytes| async move {
        if bytes.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let byte = bytes.split_to(1);
        Some((Ok::<_, std::io::Error>(byte), bytes))
    });
    Response::from_parts(parts, Body::from_stream(body))
}
