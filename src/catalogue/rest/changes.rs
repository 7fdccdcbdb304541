//! Writes of whole assets: many at once, one alone, one by its qualified name.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use serde_json::Value;

use super::answers::{self, Text, Written};
use super::bulk::{self, Outcome, Rules, is_there};
use super::error::{ApiError, BAD_REQUEST, NO_SUCH_TYPE};
use super::header::View;
use super::reads::{no_such_unique, unique_name};
use super::request::{BulkRequest, Entity, Flags, Query, SingleRequest};
use super::session::Session;
use super::switches::RestSwitches;
use crate::catalogue::database::Library;
use crate::catalogue::faults::Call;
use crate::catalogue::state::ServerState;
use crate::catalogue::writes::{Author, Face};

/// A body read into `T`.
///
/// # Errors
///
/// It is not JSON of that form.
pub(super) fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| BAD_REQUEST.with(&[&error.to_string()]))
}

/// The assets `entities` name, as their sender spelled them.
fn touched(entities: &[Option<Entity>]) -> Vec<String> {
    let names = entities.iter().flatten().flat_map(|entity| {
        let name = entity
            .attributes
            .get("qualifiedName")
            .and_then(Value::as_str);
        [entity.guid.clone(), name.map(str::to_owned)]
    });
    names.flatten().collect()
}

/// `POST /entity/bulk`.
pub(super) async fn many(
    session: Session,
    State(state): State<ServerState>,
    Extension(switches): Extension<RestSwitches>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, ApiError> {
    let flags = Flags::read(&Query::read(&query.unwrap_or_default()))?;
    let request: BulkRequest = read(&body)?;
    bulk::admit(&request.entities)?;
    let rules = Rules {
        flags,
        switches,
        partial: false,
    };
    let partial_answer = state.manners.partial_updates;
    Ok(write(session, &state, request.entities, (rules, partial_answer)).await)
}

/// `POST /entity`.
pub(super) async fn single(
    session: Session,
    State(state): State<ServerState>,
    Extension(switches): Extension<RestSwitches>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, ApiError> {
    let flags = Flags::read(&Query::read(&query.unwrap_or_default()))?;
    let entities = vec![Some(read::<SingleRequest>(&body)?.entity)];
    bulk::admit(&entities)?;
    let rules = Rules {
        flags,
        switches,
        partial: false,
    };
    Ok(write(
        session,
        &state,
        entities,
        (rules, state.manners.partial_updates),
    )
    .await)
}

async fn write(
    session: Session,
    state: &ServerState,
    entities: Vec<Option<Entity>>,
    (rules, partial_answer): (Rules, bool),
) -> Response {
    let call = Call::write(Face::Rest, "entity/bulk", touched(&entities));
    session
        .carry_out_as(state, call, move |library, author, permit| {
            let mut entities = entities;
            entities.truncate(permit.share.of(entities.len()));
            let outcome = library.write(author, |writing| bulk::write(writing, entities, rules))?;
            Ok(written(library, &outcome, partial_answer))
        })
        .await
}

fn written(library: &Library, outcome: &Outcome, partial: bool) -> Text {
    let schema = library.schema();
    answers::text(&Written {
        outcome,
        view: &View::everything(&schema),
        partial,
    })
}

/// `PUT /entity/uniqueAttribute/type/{type}?attr:qualifiedName=…`: one asset, only what is sent,
/// never a new one.
pub(super) async fn by_unique(
    session: Session,
    State(state): State<ServerState>,
    Extension(switches): Extension<RestSwitches>,
    Path(type_name): Path<String>,
    (RawQuery(query), body): (RawQuery, Bytes),
) -> Result<Response, ApiError> {
    let query = Query::read(&query.unwrap_or_default());
    let name = unique_name(&query)?.to_owned();
    let mut entity = read::<SingleRequest>(&body)?.entity;
    let call = Call::write(Face::Rest, "entity/uniqueAttribute", vec![name.clone()]);
    let rules = Rules {
        flags: Flags::default(),
        switches,
        partial: true,
    };
    let work = move |library: &Library, author: &Author| {
        let outcome = library.write(author, |writing| {
            if writing.schema().type_named(&type_name).is_none() {
                return Err(NO_SUCH_TYPE.with(&[&type_name]));
            }
            let found = writing
                .by_qualified_name(&type_name, &name)?
                .filter(is_there);
            let asset = found.ok_or_else(|| no_such_unique(&type_name, &name))?;
            if asset.anchor.is_some() && !names_anchor(&entity) {
                return Err(ApiError::Unexpected("anchor is null".to_owned()));
            }
            entity.type_name = type_name;
            entity.guid = Some(asset.guid);
            bulk::write(writing, vec![Some(entity)], rules)
        })?;
        Ok(written(library, &outcome, true))
    };
    Ok(session.carry_out(&state, call, work).await)
}

fn names_anchor(entity: &Entity) -> bool {
    [&entity.attributes, &entity.relationship_attributes]
        .iter()
        .any(|map| map.get("anchor").is_some_and(|anchor| !anchor.is_null()))
}
