//! `indexsearch`: listing, paging, counting.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::analysis::Analysis;
use super::answers::{self, Searched, Text};
use super::clause::Reader;
use super::error::{ApiError, BAD_QUERY, BAD_REQUEST, PAGE_TOO_LARGE};
use super::field::Field;
use super::header::View;
use super::lag::Lag;
use super::order;
use super::request::SearchRequest;
use super::session::Session;
use super::switches::RestSwitches;
use crate::catalogue::database::Library;
use crate::catalogue::faults::{Call, Permit};
use crate::catalogue::model::Trash;
use crate::catalogue::query::{Bucket, Condition, Found, Operand, Search};
use crate::catalogue::schema::Schema;
use crate::catalogue::soap::Ranges;
use crate::catalogue::state::ServerState;
use crate::catalogue::writes::Face;

/// How many hits a page has when the caller does not say.
const PAGE: u64 = 10;
/// How many buckets an aggregation has when the caller does not say.
const BUCKETS: usize = 10;

/// `POST /api/meta/search/indexsearch`.
pub(super) async fn index(
    session: Session,
    State(state): State<ServerState>,
    Extension(switches): Extension<RestSwitches>,
    body: Bytes,
) -> Response {
    let limits = Limits {
        window: state.manners.search_window,
        page: switches.page_limit,
        ranges: state.manners.ranges,
    };
    let (call, lag) = (Call::read(Face::Rest, "indexsearch"), session.lag.clone());
    session
        .carry_out_as(&state, call, move |library, _, permit| {
            search(library, &body, limits, (&lag, permit))
        })
        .await
}

/// How deep and how wide a search may reach.
#[derive(Clone, Copy)]
struct Limits {
    window: u64,
    page: Option<u64>,
    ranges: Ranges,
}

/// `POST /api/meta/search/count`.
pub(super) async fn count(
    session: Session,
    State(state): State<ServerState>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if headers
        .get("x-atlan-client-origin")
        .is_none_or(HeaderValue::is_empty)
    {
        let words = "Required header x-atlan-client-origin is missing or empty";
        return BAD_REQUEST.with(&[words]).into_response();
    }
    let call = Call::read(Face::Rest, "search/count");
    session
        .carry_out(&state, call, move |library, _| {
            let (raw, schema) = (parse(&body)?, library.schema());
            let condition = condition(library, &schema, &raw["dsl"], true)?;
            Ok(answers::text(&library.count(&condition)?))
        })
        .await
}

/// The body of a request as JSON.
///
/// # Errors
///
/// It is not JSON.
pub(super) fn parse(body: &[u8]) -> Result<Value, ApiError> {
    serde_json::from_slice(body).map_err(|error| BAD_REQUEST.with(&[&error.to_string()]))
}

fn search(
    library: &Library,
    body: &[u8],
    limits: Limits,
    (lag, permit): (&Lag, Permit),
) -> Result<Text, ApiError> {
    let raw = parse(body)?;
    let mut request = SearchRequest::deserialize(&raw)
        .map_err(|error| BAD_REQUEST.with(&[&error.to_string()]))?;
    heed(&mut request.dsl, limits.ranges)?;
    let schema = library.schema();
    let wanted = condition(library, &schema, &request.dsl, true)?;
    let stale = lag.search();
    let wanted = stale.narrow(wanted, &schema);
    let mut asked = question(&schema, &request.dsl, wanted, limits)?;
    asked.limit = permit.page_limit.unwrap_or(asked.limit).min(asked.limit);
    let mut found = library.search(&asked)?;
    stale.restore(&mut found);
    permit.garble(&mut found);
    let aggregations = aggregations(library, &schema, &request.dsl)?;
    let mut view = View::only(&schema, &request.attributes, &request.relation_attributes);
    view.tags = !request.exclude_classifications;
    view.tag_names = view.tags || request.include_classification_names;
    view.meanings = !request.exclude_meanings;
    if view.needs_anchors() {
        meet_anchors(library, &found, &mut view)?;
    }
    Ok(answers::text(&Searched {
        request: &raw,
        found: &found,
        view: &view,
        aggregations,
        metadata: request.show_search_metadata && !permit.hides_sort,
        score: request.show_search_score,
    }))
}

/// Does with filters by ranges as this server does.
fn heed(dsl: &mut Value, ranges: Ranges) -> Result<(), ApiError> {
    let filters = dsl
        .pointer_mut("/query/bool/filter")
        .and_then(Value::as_array_mut);
    let Some(filters) = filters.filter(|_| ranges != Ranges::Heeded) else {
        return Ok(());
    };
    let all = filters.len();
    filters.retain(|filter| filter.get("range").is_none());
    if filters.len() < all && ranges == Ranges::Refused {
        return Err(BAD_QUERY.with(&["[range] query is not allowed here"]));
    }
    Ok(())
}

/// What to look for: the query, perhaps narrowed by the filter that leaves counts alone.
fn condition(
    library: &Library,
    schema: &Schema,
    dsl: &Value,
    narrowed: bool,
) -> Result<Condition, ApiError> {
    let query = dsl.get("query").filter(|query| !query.is_null());
    let query = query.ok_or_else(|| BAD_REQUEST.with(&["Invalid search query"]))?;
    let glossary = |name: &str| {
        let found = library.by_qualified_name("AtlasGlossary", name);
        found.ok().flatten().map(|glossary| glossary.guid)
    };
    let reader = Reader {
        schema,
        glossary: &glossary,
    };
    let mut all = vec![reader.read(query)?];
    if let Some(filter) = dsl
        .get("post_filter")
        .filter(|filter| narrowed && !filter.is_null())
    {
        all.push(reader.read(filter)?);
    }
    all.push(Condition::equals(Operand::TrashState, Trash::InEmptiedTrash.name()).negated());
    Ok(Condition::And(all))
}

fn question(
    schema: &Schema,
    dsl: &Value,
    condition: Condition,
    Limits { window, page, .. }: Limits,
) -> Result<Search, ApiError> {
    let number = |name: &str, otherwise: u64| match dsl.get(name) {
        None | Some(Value::Null) => Ok(otherwise),
        Some(value) => value
            .as_u64()
            .ok_or_else(|| BAD_QUERY.with(&[&format!("[{name}] parameter cannot be negative")])),
    };
    let (offset, limit) = (number("from", 0)?, number("size", PAGE)?);
    let sort = order::read(dsl.get("sort"), schema)?;
    let after = order::read_after(dsl.get("search_after"), &sort)?;
    if after.is_some() && offset > 0 {
        let words = "`from` parameter must be set to 0 when `search_after` is used";
        return Err(BAD_QUERY.with(&[words]));
    }
    if let Some(limit) = page.filter(|most| limit > *most) {
        return Err(PAGE_TOO_LARGE.with(&[&limit.to_string()]));
    }
    let depth = offset.saturating_add(limit);
    if depth > window {
        return Err(BAD_QUERY.with(&[&format!(
            "Result window is too large, from + size must be less than or equal to: [{window}] \
             but was [{depth}]"
        )]));
    }
    Ok(Search {
        condition,
        sort,
        offset,
        limit,
        after,
    })
}

/// Finds the glossaries the assets of a page point to.
fn meet_anchors(library: &Library, found: &Found, view: &mut View<'_>) -> Result<(), ApiError> {
    let mut guids: Vec<String> = found
        .records
        .iter()
        .filter_map(|one| one.anchor.clone())
        .collect();
    guids.sort_unstable();
    guids.dedup();
    let glossaries = library.by_guids(&guids)?;
    view.anchors = glossaries
        .into_iter()
        .map(|one| (one.guid.clone(), one))
        .collect();
    Ok(())
}

/// Counts by value, where they were asked for.
fn aggregations(
    library: &Library,
    schema: &Schema,
    dsl: &Value,
) -> Result<Option<Map<String, Value>>, ApiError> {
    let asked = ["aggregations", "aggs"]
        .iter()
        .find_map(|key| dsl.get(*key)?.as_object());
    let Some(asked) = asked.filter(|asked| !asked.is_empty()) else {
        return Ok(None);
    };
    let condition = condition(library, schema, dsl, false)?;
    let mut answer = Map::new();
    for (name, how) in asked {
        let field = how["terms"]["field"].as_str().ok_or_else(|| {
            BAD_QUERY.with(&[&format!(
                "aggregation [{name}] is not a [terms] with a [field]"
            )])
        })?;
        let field = Field::named(field, schema);
        let size = how["terms"]["size"]
            .as_u64()
            .and_then(|size| usize::try_from(size).ok());
        let buckets = match field.operand() {
            Some(operand) => library.buckets(&condition, operand)?,
            None => Vec::new(),
        };
        let buckets = folded(buckets, field.analysis);
        answer.insert(name.clone(), terms(&buckets, size.unwrap_or(BUCKETS)));
    }
    Ok(Some(answer))
}

/// Buckets under the keys of the index: lower-cased where it folds.
fn folded(buckets: Vec<Bucket>, analysis: Analysis) -> Vec<Bucket> {
    if analysis == Analysis::Keyword {
        return buckets;
    }
    let mut merged: Vec<Bucket> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for bucket in buckets {
        let value = bucket.value.to_lowercase();
        let place = *places.entry(value.clone()).or_insert(merged.len());
        if let Some(known) = merged.get_mut(place) {
            known.count += bucket.count;
        } else {
            merged.push(Bucket {
                value,
                count: bucket.count,
            });
        }
    }
    merged.sort_by(|one, two| {
        two.count
            .cmp(&one.count)
            .then_with(|| one.value.cmp(&two.value))
    });
    merged
}

fn terms(buckets: &[Bucket], size: usize) -> Value {
    let shown: Vec<Value> = buckets
        .iter()
        .take(size)
        .map(|bucket| json!({ "key": bucket.value, "doc_count": bucket.count }))
        .collect();
    let other: u64 = buckets.iter().skip(size).map(|bucket| bucket.count).sum();
    json!({
        "doc_count_error_upper_bound": 0,
        "sum_other_doc_count": other,
        "buckets": shown,
    })
}
