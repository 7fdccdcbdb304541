//! `auditSearch`: what was written, by whom and when, out of the library's own log.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::answers::Json;
use super::error::{ApiError, BAD_REQUEST};
use super::search::parse;
use super::session::Session;
use super::syntax::{field_value, folds, refuse, single};
use crate::catalogue::database::Library;
use crate::catalogue::faults::Call;
use crate::catalogue::schema::{Place, Schema};
use crate::catalogue::state::ServerState;
use crate::catalogue::writes::{Face, LogEntry};

/// How many events an answer has when the caller does not say.
const PAGE: usize = 10;

/// `POST /entity/auditSearch`.
pub(super) async fn search(
    session: Session,
    State(state): State<ServerState>,
    body: Bytes,
) -> Response {
    let call = Call::read(Face::Rest, "auditSearch");
    session
        .carry_out(&state, call, move |library, _| {
            let dsl = parse(&body)?["dsl"].take();
            let query = dsl.get("query").filter(|query| !query.is_null());
            let query = query.ok_or_else(|| BAD_REQUEST.with(&["Invalid search query"]))?;
            let mut found = Vec::new();
            for event in events(library)? {
                if fulfils(&event, query)? {
                    found.push(event);
                }
            }
            if !oldest_first(&dsl["sort"]) {
                found.reverse();
            }
            let total = found.len();
            let number = |name: &str, otherwise: usize| {
                let number = dsl[name]
                    .as_u64()
                    .and_then(|number| usize::try_from(number).ok());
                number.unwrap_or(otherwise)
            };
            let page: Vec<Value> = found
                .into_iter()
                .skip(number("from", 0))
                .take(number("size", PAGE))
                .collect();
            Ok(Json(
                json!({ "entityAudits": page, "count": page.len(), "totalCount": total }),
            ))
        })
        .await
}

/// Whether the order asked for begins with the oldest; without one the newest come first.
fn oldest_first(sort: &Value) -> bool {
    let created = sort
        .as_array()
        .and_then(|keys| keys.iter().find_map(|key| key.get("created")));
    created.is_some_and(|order| order == "asc" || order["order"] == "asc")
}

/// Every write as an event, oldest first: what one request did to one asset is one of them.
fn events(library: &Library) -> Result<Vec<Value>, ApiError> {
    let (log, schema) = (library.log_after(0)?, library.schema());
    let mut events: Vec<Value> = Vec::new();
    for entries in log.chunk_by(|one, next| one.request == next.request && one.asset == next.asset)
    {
        let Some(asset) = library.by_id(&entries[0].asset)? else {
            continue;
        };
        let first = &entries[0];
        events.push(json!({
            "entityQualifiedName": asset.qualified_name,
            "typeName": asset.type_name,
            "entityId": asset.guid,
            "timestamp": first.at,
            "created": first.at,
            "user": first.who,
            "action": action(entries),
            "eventKey": format!("{}:{}", asset.guid, first.sequence),
            "detail": {
                "typeName": asset.type_name,
                "guid": asset.guid,
                "attributes": detail(&schema, entries),
            },
            "headers": { "x-atlan-request-id": first.request, "x-atlan-agent": first.face },
        }));
    }
    Ok(events)
}

fn action(entries: &[LogEntry]) -> &'static str {
    let any = |field: &str| entries.iter().find(|entry| entry.field == field);
    match (any("(created)"), any("(trash)"), any("(tags)")) {
        (Some(_), _, _) => "ENTITY_CREATE",
        (_, Some(entry), _) if !entry.after.contains("NotInTrash") => "ENTITY_DELETE",
        (_, _, Some(_)) if entries.len() == 1 => "CLASSIFICATION_UPDATE",
        _ => "ENTITY_UPDATE",
    }
}

/// What each field was changed to, under the names of this face.
fn detail(schema: &Schema, entries: &[LogEntry]) -> Map<String, Value> {
    let name = |field: &str| match schema.field(field).map(|field| &field.place) {
        Some(Place::Attribute(name)) => name.clone(),
        Some(Place::Custom { set, attribute }) => format!("{set}.{attribute}"),
        None => field.to_owned(),
    };
    entries
        .iter()
        .map(|entry| {
            (
                name(&entry.field),
                serde_json::from_str(&entry.after).unwrap_or_default(),
            )
        })
        .collect()
}

/// Whether `event` fulfils a query; the operators are those an audit is asked with.
fn fulfils(event: &Value, query: &Value) -> Result<bool, ApiError> {
    let (operator, body) = single(query, "query")?;
    match operator {
        "match_all" => Ok(true),
        "term" | "match" => {
            let (name, wanted, options) = field_value(operator, body)?;
            Ok(same(&event[base(name)], wanted, folds(options)))
        }
        "terms" => {
            let (name, wanted) = single(body, "terms")?;
            let wanted = wanted.as_array().into_iter().flatten();
            Ok(wanted
                .into_iter()
                .any(|wanted| same(&event[base(name)], wanted, false)))
        }
        "prefix" => {
            let (name, wanted, _) = field_value("prefix", body)?;
            let text = event[base(name)].as_str().unwrap_or_default();
            Ok(wanted
                .as_str()
                .is_some_and(|wanted| text.starts_with(wanted)))
        }
        "range" => {
            let (name, ends) = single(body, "range")?;
            let number = event[base(name)].as_f64();
            let end = |key: &str, holds: fn(f64, f64) -> bool| match ends[key].as_f64() {
                Some(end) => number.is_some_and(|number| holds(number, end)),
                None => true,
            };
            Ok(end("gte", |number, end| number >= end)
                && end("gt", |number, end| number > end)
                && end("lte", |number, end| number <= end)
                && end("lt", |number, end| number < end))
        }
        "exists" => Ok(body["field"]
            .as_str()
            .is_some_and(|name| !event[base(name)].is_null())),
        "bool" => all_of(event, body),
        unknown => Err(refuse(&format!("unknown query [{unknown}]"))),
    }
}

fn all_of(event: &Value, body: &Value) -> Result<bool, ApiError> {
    let list = |key: &str| match &body[key] {
        Value::Array(list) => list.iter().collect(),
        Value::Null => Vec::new(),
        one @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
            vec![one]
        }
    };
    for clause in list("must").into_iter().chain(list("filter")) {
        if !fulfils(event, clause)? {
            return Ok(false);
        }
    }
    for clause in list("must_not") {
        if fulfils(event, clause)? {
            return Ok(false);
        }
    }
    let should = list("should");
    let mut any = should.is_empty();
    for clause in should {
        any |= fulfils(event, clause)?;
    }
    Ok(any)
}

fn base(name: &str) -> &str {
    name.strip_suffix(".keyword").unwrap_or(name)
}

fn same(value: &Value, wanted: &Value, fold: bool) -> bool {
    match (value.as_str(), wanted.as_str()) {
        (Some(value), Some(wanted)) if fold => value.eq_ignore_ascii_case(wanted),
        _ => value == wanted,
    }
}
