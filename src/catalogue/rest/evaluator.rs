//! Rights asked about without writing: the dry run of permissions.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::answers::Json;
use super::bulk::is_there;
use super::changes::read;
use super::error::{ApiError, BAD_REQUEST};
use super::session::Session;
use crate::catalogue::database::Library;
use crate::catalogue::faults::Call;
use crate::catalogue::model::AssetRecord;
use crate::catalogue::state::ServerState;
use crate::catalogue::writes::Face;

/// What can be asked about; the flag says whether it changes the asset.
const ACTIONS: [(&str, bool); 11] = [
    ("ENTITY_READ", false),
    ("ENTITY_CREATE", false),
    ("ENTITY_UPDATE", true),
    ("ENTITY_DELETE", true),
    ("ENTITY_UPDATE_BUSINESS_METADATA", true),
    ("ENTITY_ADD_CLASSIFICATION", true),
    ("ENTITY_UPDATE_CLASSIFICATION", true),
    ("ENTITY_REMOVE_CLASSIFICATION", true),
    ("RELATIONSHIP_ADD", true),
    ("RELATIONSHIP_UPDATE", true),
    ("RELATIONSHIP_REMOVE", true),
];

/// `POST /entity/evaluator`.
pub(super) async fn evaluate(
    session: Session,
    State(state): State<ServerState>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let questions: Vec<Value> = read(&body)?;
    let call = Call::read(Face::Rest, "entity/evaluator");
    let work = move |library: &Library, _: &_| {
        let mut answers = Vec::new();
        for question in &questions {
            answers.extend(answer(library, question)?);
        }
        Ok::<_, ApiError>(Json(Value::Array(answers)))
    };
    Ok(session.carry_out(&state, call, work).await)
}

/// The question with its answer; none for an action nobody knows.
fn answer(library: &Library, question: &Value) -> Result<Option<Value>, ApiError> {
    let action = question["action"]
        .as_str()
        .ok_or_else(|| BAD_REQUEST.with(&["action is missing"]))?;
    if action.ends_with("_CLASSIFICATION") && question["classification"].as_str().is_none() {
        return Err(BAD_REQUEST.with(&["classification needed for classification actions"]));
    }
    let Some((_, changes)) = ACTIONS.iter().find(|(known, _)| *known == action) else {
        return Ok(None);
    };
    let asset = subject(library, question)?.filter(is_there);
    let (allowed, code) = match (&asset, action) {
        (None, "ENTITY_CREATE") => (true, None),
        (None, _) => (false, Some("ATLAS-404-00-00A")),
        (Some(asset), _) if *changes && !library.is_writable(asset) => {
            (false, Some("ATLAS-403-00-001"))
        }
        (Some(_), _) => (true, None),
    };
    let mut answer = question.clone();
    answer["allowed"] = json!(allowed);
    if let Some(code) = code {
        answer["errorCode"] = json!(code);
    }
    Ok(Some(answer))
}

fn subject(library: &Library, question: &Value) -> Result<Option<AssetRecord>, ApiError> {
    if let Some(guid) = question["entityGuid"].as_str() {
        return Ok(library.by_guid(guid)?);
    }
    match (question["typeName"].as_str(), question["entityId"].as_str()) {
        (Some(type_name), Some(name)) => Ok(library.by_qualified_name(type_name, name)?),
        _ => Ok(None),
    }
}
