//! Assets read from the library itself, not from the index: always as they are now.

use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::answers::{self, Json, Text};
use super::bulk::is_there;
use super::custom;
use super::error::{ApiError, BAD_REQUEST, NO_SUCH_GUID, NO_SUCH_TYPE, NO_SUCH_UNIQUE};
use super::header::{Hit, MEANING_REFERENCES, Tags, View, term_references};
use super::request::Query;
use super::session::Session;
use super::typedefs::{self, ASSET_ATTRIBUTES};
use crate::catalogue::database::Library;
use crate::catalogue::faults::Call;
use crate::catalogue::model::AssetRecord;
use crate::catalogue::schema::Schema;
use crate::catalogue::state::ServerState;
use crate::catalogue::writes::Face;

/// `GET /entity/guid/{guid}`.
pub(super) async fn by_guid(
    session: Session,
    State(state): State<ServerState>,
    Path(guid): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::read(&query.unwrap_or_default());
    let call = Call::read(Face::Rest, "entity/guid");
    session
        .carry_out(&state, call, move |library, _| {
            let asset = known(library, &guid)?;
            Ok(one(&library.schema(), &asset, &query))
        })
        .await
}

/// `GET /entity/guid/{guid}/header`.
pub(super) async fn header(
    session: Session,
    State(state): State<ServerState>,
    Path(guid): Path<String>,
) -> Response {
    let call = Call::read(Face::Rest, "entity/guid");
    session
        .carry_out(&state, call, move |library, _| -> Result<Text, ApiError> {
            let asset = known(library, &guid)?;
            let schema = library.schema();
            let view = View::everything(&schema);
            Ok(answers::text(&Hit {
                asset: &asset,
                view: &view,
            }))
        })
        .await
}

/// `GET /entity/bulk?guid=…&guid=…`.
pub(super) async fn bulk(
    session: Session,
    State(state): State<ServerState>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::read(&query.unwrap_or_default());
    let call = Call::read(Face::Rest, "entity/bulk");
    session
        .carry_out(&state, call, move |library, _| {
            let guids: Vec<String> = query.all("guid").map(str::to_owned).collect();
            if guids.is_empty() {
                return Err(BAD_REQUEST.with(&["no guid given"]));
            }
            let mut found = library.by_guids(&guids)?;
            found.retain(is_there);
            let is_found = |guid: &&String| found.iter().any(|asset| asset.guid == **guid);
            if let Some(missing) = guids.iter().find(|guid| !is_found(guid)) {
                return Err(NO_SUCH_GUID.with(&[missing]));
            }
            let schema = library.schema();
            let all: Vec<Value> = found
                .iter()
                .map(|asset| full(&schema, asset, &query))
                .collect();
            Ok(Json(json!({ "entities": all, "referredEntities": {} })))
        })
        .await
}

/// `GET /entity/uniqueAttribute/type/{type}?attr:qualifiedName=…`.
pub(super) async fn by_unique(
    session: Session,
    State(state): State<ServerState>,
    Path(type_name): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::read(&query.unwrap_or_default());
    let call = Call::read(Face::Rest, "entity/uniqueAttribute");
    session
        .carry_out(&state, call, move |library, _| {
            let (schema, name) = (library.schema(), unique_name(&query)?);
            if schema.type_named(&type_name).is_none() {
                return Err(NO_SUCH_TYPE.with(&[&type_name]));
            }
            let found = library
                .by_qualified_name(&type_name, name)?
                .filter(is_there);
            let asset = found.ok_or_else(|| no_such_unique(&type_name, name))?;
            Ok(one(&schema, &asset, &query))
        })
        .await
}

/// The qualified name an address asks for.
///
/// # Errors
///
/// It asks for none.
pub(super) fn unique_name(query: &Query) -> Result<&str, ApiError> {
    query
        .get("attr:qualifiedName")
        .ok_or_else(|| BAD_REQUEST.with(&["attr:qualifiedName is missing"]))
}

/// No asset of this type has this qualified name.
pub(super) fn no_such_unique(type_name: &str, name: &str) -> ApiError {
    NO_SUCH_UNIQUE.with(&[type_name, &format!("{{qualifiedName={name}}}")])
}

fn known(library: &Library, guid: &str) -> Result<AssetRecord, ApiError> {
    let found = library.by_guid(guid)?.filter(is_there);
    found.ok_or_else(|| NO_SUCH_GUID.with(&[guid]))
}

fn one(schema: &Schema, asset: &AssetRecord, query: &Query) -> Json<Value> {
    Json(json!({ "referredEntities": {}, "entity": full(schema, asset, query) }))
}

/// The long form: everything known of an asset, empty attributes in the way of the graph.
fn full(schema: &Schema, asset: &AssetRecord, query: &Query) -> Value {
    let mut relations = Map::new();
    if !query.flag("ignoreRelationships") {
        if let Some(guid) = &asset.anchor {
            relations.insert(
                "anchor".into(),
                json!({ "typeName": "AtlasGlossary", "guid": guid }),
            );
        }
        relations.insert("meanings".into(), json!(term_references(asset)));
    }
    let meanings = asset
        .attributes
        .get(MEANING_REFERENCES)
        .cloned()
        .unwrap_or_else(|| json!([]));
    json!({
        "typeName": asset.type_name,
        "guid": asset.guid,
        "status": asset.trash.status(),
        "isIncomplete": false,
        "createdBy": asset.created_by,
        "updatedBy": asset.modified_by,
        "createTime": asset.created,
        "updateTime": asset.modified,
        "version": 0,
        "attributes": attributes(schema, asset),
        "relationshipAttributes": relations,
        "businessAttributes": custom::stored(schema, asset),
        "customAttributes": {},
        "classifications": Tags(asset),
        "meanings": meanings,
        "labels": [],
    })
}

fn attributes(schema: &Schema, asset: &AssetRecord) -> Map<String, Value> {
    let mut all = Map::new();
    all.insert("qualifiedName".into(), json!(asset.qualified_name));
    for (name, kind) in ASSET_ATTRIBUTES {
        let empty = match *kind {
            "date" | "float" => json!(0),
            "boolean" => json!(false),
            _ => Value::Null,
        };
        all.insert((*name).to_owned(), asset.attribute(name).unwrap_or(empty));
    }
    let own = schema
        .type_named(&asset.type_name)
        .map(|kind| kind.attributes.as_slice());
    for name in own.unwrap_or_default() {
        all.insert(name.clone(), asset.attribute(name).unwrap_or_default());
    }
    for name in asset
        .attribute_names()
        .into_iter()
        .filter(|name| !name.starts_with("__"))
    {
        let value = asset.attribute(&name).unwrap_or_default();
        all.insert(name, value);
    }
    all
}

/// `GET /types/typedefs`.
pub(super) async fn all_typedefs(
    session: Session,
    State(state): State<ServerState>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::read(&query.unwrap_or_default());
    let call = Call::read(Face::Rest, "typedefs");
    session
        .carry_out(&state, call, move |library, _| -> Result<_, ApiError> {
            Ok(Json(typedefs::all(&library.schema(), &query)))
        })
        .await
}

/// `GET /types/typedef/name/{name}`.
pub(super) async fn typedef(
    session: Session,
    State(state): State<ServerState>,
    Path(name): Path<String>,
) -> Response {
    let call = Call::read(Face::Rest, "typedefs");
    session
        .carry_out(&state, call, move |library, _| {
            let found = typedefs::named(&library.schema(), &name);
            found.map(Json).ok_or_else(|| NO_SUCH_TYPE.with(&[&name]))
        })
        .await
}
