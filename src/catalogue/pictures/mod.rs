//! Pictures of assets, drawn from their names, and the addresses they are fetched from.

mod draw;
mod request;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Response as HttpResponse, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::catalogue::database::{DatabaseError, Library};
use crate::catalogue::faults::Call;
use crate::catalogue::model::{AssetRecord, Trash};
use crate::catalogue::state::ServerState;
use crate::catalogue::writes::Face;
use request::{Kind, PictureRequest};

/// Routes of the pictures.
pub(in crate::catalogue) fn router() -> Router<ServerState> {
    Router::new()
        .route("/is/image/{root}/{*name}", get(published))
        .route("/is/preview/{root}/{*id}", get(preview))
}

/// The relative address of an asset's preview (`ipsImageUrl`), published or not. It stands behind
/// the prefix `<address>/is/preview/`.
pub fn preview_path(record: &AssetRecord) -> String {
    let root = record
        .folder
        .split('/')
        .next()
        .filter(|root| !root.is_empty());
    format!("{}/{}", root.unwrap_or("ExampleCo"), escaped(&record.id))
}

/// The published address of an asset's picture, below the server's own.
pub fn published_path(record: &AssetRecord) -> String {
    let root = record
        .folder
        .split('/')
        .next()
        .filter(|root| !root.is_empty());
    format!(
        "/is/image/{}/{}",
        root.unwrap_or("ExampleCo"),
        escaped(&record.name)
    )
}

/// Everything but unreserved characters as percent escapes.
fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a text does not fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

async fn published(
    State(state): State<ServerState>,
    Path((root, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let company = state.company.name.clone();
    answer(&state, query, &headers, move |library| {
        if root != company {
            return Ok(None);
        }
        let record = library.by_name(&name)?.into_iter().find(|record| {
            record.published && record.is_media() && record.trash == Trash::NotInTrash
        });
        pictured(library, record)
    })
    .await
}

async fn preview(
    State(state): State<ServerState>,
    Path((_, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    answer(&state, query, &headers, move |library| {
        let record = library
            .by_id(&id)?
            .filter(|record| record.trash != Trash::InEmptiedTrash);
        pictured(library, record)
    })
    .await
}

/// The asset whose picture is shown: the thumbnail of a set or a video, else the asset itself.
fn pictured(
    library: &Library,
    record: Option<AssetRecord>,
) -> Result<Option<AssetRecord>, DatabaseError> {
    let Some(record) = record else {
        return Ok(None);
    };
    if let Some(id) = record.thumbnail.as_ref().filter(|id| **id != record.id) {
        return Ok(library.by_id(id)?.or(Some(record)));
    }
    Ok(Some(record))
}

async fn answer(
    state: &ServerState,
    query: Option<String>,
    headers: &HeaderMap,
    find: impl FnOnce(&Library) -> Result<Option<AssetRecord>, DatabaseError> + Send + 'static,
) -> Response {
    let permit = match state.admit(&Call::read(Face::House, "picture")).await {
        Ok(permit) => permit,
        Err(response) => return response,
    };
    let request = match PictureRequest::parse(query.as_deref().unwrap_or_default()) {
        Ok(request) => request,
        Err(problem) => return permit.seal(forbidden(&problem)),
    };
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .map(ToOwned::to_owned);
    let response = state
        .with_library(move |library| {
            let found = find(library)?;
            let found = match (found, &request.default_image) {
                (None, Some(name)) if !name.is_empty() => {
                    let bare = name.rsplit('/').next().unwrap_or(name);
                    library.by_name(bare)?.into_iter().next()
                }
                (found, _) => found,
            };
            Ok::<_, DatabaseError>(told(&request, found.as_ref(), known.as_deref()))
        })
        .await;
    match response {
        Ok(response) => permit.seal(response),
        Err(_) => permit.seal(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
    }
}

fn told(request: &PictureRequest, found: Option<&AssetRecord>, known: Option<&str>) -> Response {
    if request.kind == Kind::Exists {
        let exists = u8::from(found.is_some());
        return text(StatusCode::OK, &format!("catalogRecord.exists={exists}\n"));
    }
    let Some(record) = found else {
        return forbidden("Unable to find the image: unknown or not published");
    };
    if request.kind == Kind::Properties {
        let (width, height) = draw::size_of(record);
        return text(
            StatusCode::OK,
            &format!(
                "image.width={width}\nimage.height={height}\nimage.timeStamp={}\nimage.modifier=\n",
                record.modified / 1_000
            ),
        );
    }
    let tag = format!(
        "\"{:x}-{:x}-{}\"",
        record.row,
        record.modified,
        request.fingerprint()
    );
    if known.is_some_and(|known| known.contains(&tag)) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    match draw::encoded(record, request) {
        Ok((content_type, bytes)) => {
            let headers = [
                (header::CONTENT_TYPE, content_type.to_owned()),
                (header::ETAG, tag),
            ];
            (headers, bytes).into_response()
        }
        Err(problem) => forbidden(&problem),
    }
}

fn forbidden(problem: &str) -> Response {
    text(StatusCode::FORBIDDEN, problem)
}

fn text(status: StatusCode, text: &str) -> Response {
    let mut response = HttpResponse::new(Body::from(text.to_owned()));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("text/plain;charset=UTF-8"),
    );
    response
}
