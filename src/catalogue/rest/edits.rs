//! Writes of one part of an asset: its custom metadata, its tags, its place in the trash.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::answers::Json;
use super::bulk::is_there;
use super::changes::read;
use super::custom;
use super::error::{
    ApiError, FORBIDDEN, INVALID_CLASSIFICATION, NO_SUCH_BUSINESS_ATTRIBUTE,
    NO_SUCH_CLASSIFICATION, NO_SUCH_GUID, NO_SUCH_TYPE,
};
use super::header::{Hit, View};
use super::request::{Query, Tag};
use super::session::Session;
use crate::catalogue::database::{Library, Writing};
use crate::catalogue::faults::Call;
use crate::catalogue::model::{AssetRecord, Trash};
use crate::catalogue::state::ServerState;
use crate::catalogue::writes::{Author, Face};

/// Changes the asset of this guid as `change` does, if the caller may.
fn edit(
    writing: &mut Writing<'_>,
    guid: &str,
    change: impl FnOnce(&mut Writing<'_>, &mut AssetRecord) -> Result<(), ApiError>,
) -> Result<AssetRecord, ApiError> {
    let found = writing.by_guid(guid)?.filter(is_there);
    let before = found.ok_or_else(|| NO_SUCH_GUID.with(&[guid]))?;
    let mut after = before.clone();
    change(writing, &mut after)?;
    if after != before && writing.permitted(&before).is_err() {
        let deed = format!("update entity: type={}", before.type_name);
        return Err(FORBIDDEN.with(&[&writing.author().who, &deed]));
    }
    writing.save(&before, after.clone())?;
    Ok(after)
}

/// The one asset alone.
fn edit_one(
    library: &Library,
    author: &Author,
    guid: &str,
    change: impl FnOnce(&mut Writing<'_>, &mut AssetRecord) -> Result<(), ApiError>,
) -> Result<StatusCode, ApiError> {
    library.write(author, |writing| edit(writing, guid, change))?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /entity/guid/{guid}/businessmetadata/{set}`.
pub(super) async fn custom_set(
    session: Session,
    State(state): State<ServerState>,
    Path((guid, set)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let values: Map<String, Value> = read(&body)?;
    let call = Call::write(Face::Rest, "businessmetadata", vec![guid.clone()]);
    let work = move |library: &Library, author: &Author| {
        if library.schema().set_fields(&set).is_empty() {
            return Err(NO_SUCH_TYPE.with(&[&set]));
        }
        // An empty body asks for nothing; as a set in a map it would clear the whole set.
        let wanted = if values.is_empty() {
            Map::new()
        } else {
            Map::from_iter([(set, Value::Object(values))])
        };
        edit_one(library, author, &guid, |writing, asset| {
            custom::merge(writing, asset, &wanted)
        })
    };
    Ok(session.carry_out(&state, call, work).await)
}

/// `POST /entity/guid/{guid}/businessmetadata?isOverwrite=`.
pub(super) async fn custom_all(
    session: Session,
    State(state): State<ServerState>,
    Path(guid): Path<String>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, ApiError> {
    let overwrite = Query::read(&query.unwrap_or_default()).flag("isOverwrite");
    let wanted: Map<String, Value> = read(&body)?;
    Ok(put_custom(session, &state, guid, (wanted, overwrite, false)).await)
}

/// `POST /entity/guid/{guid}/businessmetadata/displayName?isOverwrite=`.
pub(super) async fn custom_by_name(
    session: Session,
    State(state): State<ServerState>,
    Path(guid): Path<String>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, ApiError> {
    let overwrite = Query::read(&query.unwrap_or_default()).flag("isOverwrite");
    let wanted: Map<String, Value> = read(&body)?;
    Ok(put_custom(session, &state, guid, (wanted, overwrite, true)).await)
}

async fn put_custom(
    session: Session,
    state: &ServerState,
    guid: String,
    (wanted, overwrite, human): (Map<String, Value>, bool, bool),
) -> Response {
    let call = Call::write(Face::Rest, "businessmetadata", vec![guid.clone()]);
    session
        .carry_out(state, call, move |library, author| {
            let wanted = if human {
                with_ids(library, &wanted)?
            } else {
                wanted
            };
            edit_one(library, author, &guid, |writing, asset| {
                if overwrite {
                    custom::overwrite(writing, asset, &wanted)
                } else {
                    custom::merge(writing, asset, &wanted)
                }
            })
        })
        .await
}

/// Human names of sets and attributes turned into ids.
fn with_ids(library: &Library, named: &Map<String, Value>) -> Result<Map<String, Value>, ApiError> {
    let schema = library.schema();
    let unknown = |name: &str| NO_SUCH_BUSINESS_ATTRIBUTE.with(&[name]);
    let mut sets = Map::new();
    for (set, attributes) in named {
        let known = schema
            .sets()
            .into_iter()
            .find(|known| known.display_name == *set);
        let id = known.ok_or_else(|| unknown(set))?.id;
        let fields = schema.set_fields(&id);
        let mut with_ids = Map::new();
        for (name, value) in attributes.as_object().into_iter().flatten() {
            let field = fields.iter().find(|field| field.name == *name);
            let field = field.ok_or_else(|| unknown(&format!("{set}.{name}")))?;
            with_ids.insert(custom::attribute_id(field).to_owned(), value.clone());
        }
        sets.insert(id, Value::Object(with_ids));
    }
    Ok(sets)
}

/// `POST /entity/guid/{guid}/classifications`.
pub(super) async fn add_tags(
    session: Session,
    State(state): State<ServerState>,
    Path(guid): Path<String>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let tags: Vec<Tag> = read(&body)?;
    Ok(tag(session, &state, vec![guid], tags).await)
}

/// `POST /entity/bulk/classification`.
pub(super) async fn tag_many(
    session: Session,
    State(state): State<ServerState>,
    body: Bytes,
) -> Result<Response, ApiError> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        classification: Tag,
        entity_guids: Vec<String>,
    }
    let Body {
        classification,
        entity_guids,
    } = read(&body)?;
    Ok(tag(session, &state, entity_guids, vec![classification]).await)
}

async fn tag(
    session: Session,
    state: &ServerState,
    guids: Vec<String>,
    tags: Vec<Tag>,
) -> Response {
    let call = Call::write(Face::Rest, "classifications", guids.clone());
    session
        .carry_out(state, call, move |library, author| {
            let schema = library.schema();
            if let Some(unknown) = tags
                .iter()
                .find(|tag| !schema.tags.iter().any(|known| known.id == tag.type_name))
            {
                return Err(INVALID_CLASSIFICATION.with(&[&unknown.type_name]));
            }
            let add = |asset: &mut AssetRecord| {
                for Tag { type_name } in &tags {
                    if !asset.tags.contains(type_name) {
                        asset.tags.push(type_name.clone());
                    }
                }
            };
            library.write(author, |writing| {
                guids.iter().try_for_each(|guid| {
                    edit(writing, guid, |_, asset| {
                        add(asset);
                        Ok(())
                    })
                    .map(drop)
                })
            })?;
            Ok(StatusCode::NO_CONTENT)
        })
        .await
}

/// `DELETE /entity/guid/{guid}/classification/{tag}`.
pub(super) async fn remove_tag(
    session: Session,
    State(state): State<ServerState>,
    Path((guid, tag)): Path<(String, String)>,
) -> Response {
    let call = Call::write(Face::Rest, "classifications", vec![guid.clone()]);
    session
        .carry_out(&state, call, move |library, author| {
            edit_one(library, author, &guid, |_, asset| {
                if !asset.tags.contains(&tag) {
                    return Err(NO_SUCH_CLASSIFICATION.with(&[&tag]));
                }
                asset.tags.retain(|known| *known != tag);
                Ok(())
            })
        })
        .await
}

/// `DELETE /entity/bulk?guid=…&deleteType=…`: archived, or gone for good.
pub(super) async fn delete(
    session: Session,
    State(state): State<ServerState>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::read(&query.unwrap_or_default());
    let purges = query
        .get("deleteType")
        .is_some_and(|how| !how.eq_ignore_ascii_case("SOFT"));
    let (trash, deed) = if purges {
        (Trash::InEmptiedTrash, "PURGE")
    } else {
        (Trash::InTrash, "DELETE")
    };
    throw(session, &state, &query, (trash, deed)).await
}

/// `POST /entity/restore/bulk?guid=…`.
pub(super) async fn restore(
    session: Session,
    State(state): State<ServerState>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::read(&query.unwrap_or_default());
    throw(session, &state, &query, (Trash::NotInTrash, "UPDATE")).await
}

async fn throw(
    session: Session,
    state: &ServerState,
    query: &Query,
    (trash, deed): (Trash, &'static str),
) -> Response {
    let guids: Vec<String> = query.all("guid").map(str::to_owned).collect();
    let call = Call::write(Face::Rest, "entity/bulk", guids.clone());
    session
        .carry_out(state, call, move |library, author| {
            let thrown =
                library.write(author, |writing| -> Result<Vec<AssetRecord>, ApiError> {
                    let throw = |guid: &String| {
                        edit(writing, guid, |_, asset| {
                            asset.trash = trash;
                            Ok(())
                        })
                    };
                    guids.iter().map(throw).collect()
                })?;
            let schema = library.schema();
            let view = View::everything(&schema);
            let hits: Vec<Value> = thrown
                .iter()
                .map(|asset| json!(Hit { asset, view: &view }))
                .collect();
            Ok(Json(
                json!({ "mutatedEntities": { deed: hits }, "guidAssignments": {} }),
            ))
        })
        .await
}
