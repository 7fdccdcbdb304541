//! Pictures sent to the catalogue: kept while it runs, and given out again by their id.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::answers::Json;
use super::error::ApiError;
use super::session::Session;
use crate::catalogue::faults::Call;
use crate::catalogue::state::ServerState;
use crate::catalogue::writes::Face;

/// How many pictures are kept; the oldest go first.
const KEPT: usize = 64;

/// The pictures sent so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Pictures(Arc<Mutex<Album>>);

#[derive(Debug, Default)]
struct Album {
    order: Vec<String>,
    pictures: HashMap<String, (String, Bytes)>,
}

/// One part of a form.
#[derive(Debug, PartialEq, Eq)]
struct Part<'a> {
    name: &'a str,
    file: Option<&'a str>,
    kind: &'a str,
    content: &'a [u8],
}

/// `POST /api/service/images`.
pub(super) async fn upload(
    session: Session,
    State(state): State<ServerState>,
    Extension(pictures): Extension<Pictures>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let refuse = |words: &str| ApiError::Gateway(400, words.to_owned());
    let form = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let boundary = form
        .split_once("boundary=")
        .map(|(_, rest)| rest.trim_matches('"'));
    let boundary = boundary.ok_or_else(|| refuse("not a multipart form"))?;
    let parts = parts(&body, boundary);
    let picture = parts
        .iter()
        .find(|part| part.name == "file" && part.file.is_some())
        .ok_or_else(|| refuse("the form has no part named `file`"))?;
    if !picture.kind.starts_with("image/") {
        return Err(refuse("the file is not an image"));
    }
    let file = picture.file.unwrap_or_default().to_owned();
    let (kind, content) = (picture.kind.to_owned(), body.slice_ref(picture.content));
    let call = Call::write(Face::Rest, "images", vec![file.clone()]);
    let work = move |_: &_, author: &crate::catalogue::writes::Author| -> Result<_, ApiError> {
        let id = uuid::Uuid::new_v4().to_string();
        let extension = file.rsplit_once('.').map(|(_, end)| format!(".{end}"));
        let answer = json!({
            "id": id,
            "version": "1",
            "createdAt": author.now,
            "updatedAt": author.now,
            "fileName": file,
            "rawName": file,
            "key": format!("images/{id}"),
            "extension": extension.unwrap_or_default(),
            "contentType": kind,
            "fileSize": content.len().to_string(),
            "isEncrypted": false,
            "redirectUrl": "",
            "isUploaded": true,
            "uploadedAt": crate::catalogue::values::date_text(author.now),
            "isArchived": false,
        });
        if !author.pretend {
            pictures.keep(id, kind, content);
        }
        Ok(Json(answer))
    };
    Ok(session.carry_out(&state, call, work).await)
}

/// `GET /api/service/images/{id}`.
pub(super) async fn picture(
    _session: Session,
    Extension(pictures): Extension<Pictures>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let found = pictures.find(&id);
    let (kind, content) =
        found.ok_or_else(|| ApiError::Gateway(404, "no such image".to_owned()))?;
    Ok(([(CONTENT_TYPE, kind)], content).into_response())
}

impl Pictures {
    fn keep(&self, id: String, kind: String, content: Bytes) {
        let mut album = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        album.pictures.insert(id.clone(), (kind, content));
        album.order.push(id);
        if album.order.len() > KEPT {
            let oldest = album.order.remove(0);
            album.pictures.remove(&oldest);
        }
    }

    fn find(&self, id: &str) -> Option<(String, Bytes)> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pictures
            .get(id)
            .cloned()
    }
}

/// The parts of a multipart form.
fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<Part<'a>> {
    let mark = format!("--{boundary}");
    let starts: Vec<usize> = body
        .windows(mark.len())
        .enumerate()
        .filter(|(_, window)| *window == mark.as_bytes())
        .map(|(start, _)| start)
        .collect();
    starts
        .windows(2)
        .filter_map(|pair| part(&body[pair[0] + mark.len()..pair[1]]))
        .collect()
}

/// One part: its headers, an empty line, its content.
fn part(bytes: &[u8]) -> Option<Part<'_>> {
    const BREAK: &[u8] = b"\r\n\r\n";
    let end = bytes
        .windows(BREAK.len())
        .position(|window| window == BREAK)?;
    let headers = std::str::from_utf8(&bytes[..end]).ok()?;
    let content = &bytes[end + BREAK.len()..];
    let quoted = |key: &str| {
        let (_, rest) = headers.split_once(&format!("{key}=\""))?;
        rest.split_once('"').map(|(value, _)| value)
    };
    let kind = headers.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-type")
            .then_some(value.trim())
    });
    Some(Part {
        name: quoted(" name")?,
        file: quoted("filename"),
        kind: kind.unwrap_or("text/plain"),
        content: content.strip_suffix(b"\r\n").unwrap_or(content),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_part_by_part_with_its_file() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nimage\r\n--b\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"x.png\"\r\n\
            Content-Type: image/png\r\n\r\nPNG\r\n--b--\r\n";
        let found = parts(body.as_bytes(), "b");
        assert_eq!(
            found,
            [
                Part {
                    name: "name",
                    file: None,
                    kind: "text/plain",
                    content: b"image"
                },
                Part {
                    name: "file",
                    file: Some("x.png"),
                    kind: "image/png",
                    content: b"PNG"
                },
            ]
        );
    }
}
