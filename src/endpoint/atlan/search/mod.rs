//! Listing: `POST /api/meta/search/indexsearch`, in pages that reach every asset once.
//!
//! Sorted by `(__timestamp, __guid)`, which no edit changes, and continued by `search_after`, which
//! has no depth limit. A server that tells no sort values is read as bulk paging does it: by
//! creation time, leaving out what was seen at the last moment.

use std::{cmp::Ordering, collections::HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json, value::RawValue};

use crate::{
    domain::Asset,
    endpoint::{Cursor, EndpointError, Page},
};

use super::{
    ask::Ask,
    entity::{self, Reading},
    lenient,
    vocabulary::Vocabulary,
};

/// Where the next page starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Place {
    /// After the hit with these sort values.
    After(Vec<Json>),
    /// At this creation time, in milliseconds; `seen` are the guids already read at that time.
    Since {
        ms: i64,
        seen: Vec<String>,
        /// Hits to leave out before any others, where a page had no hit with a time.
        skip: usize,
    },
}

/// One page, with the number of hits the reader may not see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hits {
    /// The page.
    pub(super) page: Page,
    /// Hits without identity.
    pub(super) hidden: u64,
}

/// A place, and how many hits came before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Mark {
    place: Place,
    before: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    #[serde(borrow)]
    entities: Option<Vec<&'a RawValue>>,
    approximate_count: Option<i64>,
    search_metadata: Option<HashMap<String, Metadata>>,
}

#[derive(Deserialize)]
struct Metadata {
    sort: Option<Vec<Json>>,
}

/// The request for a page.
///
/// # Errors
///
/// When the cursor is not one of ours.
pub(super) fn ask(
    cursor: Option<&Cursor>,
    size: usize,
    vocabulary: &Vocabulary,
) -> Result<Ask, EndpointError> {
    let place = cursor.map(mark).transpose()?.map(|mark| mark.place);
    let mut filter = vec![
        json!({"term": {"__state": "ACTIVE"}}),
        json!({"term": {"__superTypeNames.keyword": "Asset"}}),
    ];
    let mut from = 0;
    if let Some(Place::Since { ms, seen, skip }) = &place {
        filter.push(json!({"range": {"__timestamp": {"gte": ms}}}));
        // Half a page of overlap, so that one that vanished meanwhile hides no other.
        from = seen.len().saturating_sub(size / 2) + skip;
    }
    let mut dsl = json!({
        "from": from,
        "size": size,
        "track_total_hits": true,
        "query": {"bool": {"filter": filter}},
        "sort": [{"__timestamp": {"order": "asc"}}, {"__guid": {"order": "asc"}}],
    });
    if let Some(Place::After(sort)) = place {
        dsl["search_after"] = Json::Array(sort);
    }
    let body = json!({
        "dsl": dsl,
        "attributes": vocabulary.wanted_attributes(),
        "relationAttributes": ["name"],
        "excludeMeanings": true,
        "includeClassificationNames": true,
        "showSearchMetadata": true,
        "requestMetadata": {"saveSearchLog": false, "utmTags": ["armarius"]},
    });
    Ok(Ask::post("/api/meta/search/indexsearch", &body))
}

/// The request for the number of assets and their types, without any asset.
pub(super) fn ask_types() -> Ask {
    let body = json!({
        "dsl": {
            "from": 0,
            "size": 0,
            "track_total_hits": true,
            "query": {"bool": {"filter": [
                {"term": {"__state": "ACTIVE"}},
                {"term": {"__superTypeNames.keyword": "Asset"}},
            ]}},
            "aggs": {"types": {"terms": {"field": "__typeName.keyword", "size": 500}}},
        },
        "attributes": [],
        "requestMetadata": {"saveSearchLog": false, "utmTags": ["armarius"]},
    });
    Ask::post("/api/meta/search/indexsearch", &body)
}

/// The number of assets, and the asset types that occur.
pub(super) fn types(json: &Json) -> (u64, Vec<String>) {
    let total = json["approximateCount"].as_u64().unwrap_or(0);
    let buckets = json["aggregations"]["types"]["buckets"].as_array();
    let keys = buckets.into_iter().flatten();
    let keys = keys.filter_map(|bucket| bucket["key"].as_str().map(str::to_owned));
    (total, keys.collect())
}

/// Reads a page.
///
/// # Errors
///
/// When the answer can't be read as one.
pub(super) fn hits(
    bytes: &[u8],
    cursor: Option<&Cursor>,
    size: usize,
    vocabulary: &Vocabulary,
) -> Result<Hits, EndpointError> {
    let body = lenient::body(bytes);
    let mut escaped = String::new();
    let answer: Answer<'_> = body.read(&mut escaped)?;
    if answer.entities.is_none() && answer.approximate_count.is_none() {
        return Err(EndpointError::Garbled {
            why: "it is JSON, but not the answer to a search".to_owned(),
            maybe_written: false,
        });
    }
    let (place, before) = match cursor.map(mark).transpose()? {
        Some(mark) => (Some(mark.place), mark.before),
        None => (None, 0),
    };
    let raw = answer.entities.unwrap_or_default();
    let Read {
        mut assets,
        times,
        hidden,
    } = entities(&raw, body.broken, vocabulary);
    if let Some(Place::Since { ms, seen, .. }) = &place {
        drop_seen(&mut assets, &times, *ms, seen);
    }
    let total = answer.approximate_count.unwrap_or(0);
    let total = u64::try_from(total).unwrap_or(0);
    let seen = before + raw.len() as u64;
    // A short page is the last one only if that agrees with the count; an empty one always is.
    let more = !raw.is_empty() && (raw.len() >= size || seen < total);
    let next = more
        .then(|| {
            last_sort(answer.search_metadata)
                .map_or_else(|| since(place.as_ref(), &times, size), Place::After)
        })
        .map(|next| advanced(next, place.as_ref()))
        .transpose()?;
    let cursor = |place| {
        Cursor(
            json!(Mark {
                place,
                before: seen
            })
            .to_string(),
        )
    };
    Ok(Hits {
        page: Page {
            assets,
            total,
            next: next.map(cursor),
        },
        hidden,
    })
}

/// The entities of a page: assets, when each was made, and how many nobody may see.
struct Read {
    assets: Vec<Asset>,
    times: Vec<(i64, String)>,
    hidden: u64,
}

fn entities(raw: &[&RawValue], is_broken: bool, vocabulary: &Vocabulary) -> Read {
    let mut read = Read {
        assets: Vec::with_capacity(raw.len()),
        times: Vec::with_capacity(raw.len()),
        hidden: 0,
    };
    for hit in raw {
        let text = hit.get();
        let (json, repaired) = lenient::entity(text);
        let damaged = repaired || (is_broken && text.contains('\u{fffd}'));
        match entity::read(&json, damaged, vocabulary) {
            Reading::Asset(asset) => {
                if let Some(ms) = json["createTime"].as_i64() {
                    read.times.push((ms, asset.id.as_str().to_owned()));
                }
                read.assets.push(*asset);
            }
            Reading::Hidden => read.hidden += 1,
            Reading::Gone => {}
        }
    }
    read
}

/// Insists that the next page is another one.
fn advanced(next: Place, before: Option<&Place>) -> Result<Place, EndpointError> {
    if Some(&next) == before {
        return Err(EndpointError::Garbled {
            why: "the server gives the same page of the listing again".to_owned(),
            maybe_written: false,
        });
    }
    Ok(next)
}

/// Leaves out what an earlier page had at the same moment.
fn drop_seen(assets: &mut Vec<Asset>, times: &[(i64, String)], ms: i64, seen: &[String]) {
    let again = |asset: &Asset| {
        let id = asset.id.as_str();
        seen.iter().any(|guid| guid == id)
            && times.iter().any(|(time, guid)| *time == ms && guid == id)
    };
    assets.retain(|asset| !again(asset));
}

/// The sort values of the last hit: the largest, because the order rises. Hidden hits share one
/// guid, so looking up the last guid would not do.
fn last_sort(metadata: Option<HashMap<String, Metadata>>) -> Option<Vec<Json>> {
    metadata?
        .into_values()
        .filter_map(|one| one.sort.filter(|sort| sort.len() == 2))
        .max_by(|left, right| rank(left, right))
}

fn rank(left: &[Json], right: &[Json]) -> Ordering {
    let time = |sort: &[Json]| sort.first().and_then(Json::as_i64).unwrap_or(i64::MIN);
    let guid = |sort: &[Json]| sort.get(1).and_then(Json::as_str).map(str::to_owned);
    (time(left), guid(left)).cmp(&(time(right), guid(right)))
}

/// The place after a page without sort values.
fn since(before: Option<&Place>, times: &[(i64, String)], size: usize) -> Place {
    let Some(last) = times.iter().map(|(ms, _)| *ms).max() else {
        return further(before, size);
    };
    let mut seen: Vec<String> = match before {
        Some(Place::Since { ms, seen, .. }) if *ms == last => seen.clone(),
        _ => Vec::new(),
    };
    let known = seen.len();
    for (_, guid) in times.iter().filter(|(ms, _)| *ms == last) {
        if !seen.contains(guid) {
            seen.push(guid.clone());
        }
    }
    if seen.len() == known && known > 0 {
        return further(before, size);
    }
    Place::Since {
        ms: last,
        seen,
        skip: 0,
    }
}

/// The same place, a page further: nothing new was to be seen there.
fn further(before: Option<&Place>, size: usize) -> Place {
    match before {
        Some(Place::Since { ms, seen, skip }) => Place::Since {
            ms: *ms,
            seen: seen.clone(),
            skip: skip + size,
        },
        Some(Place::After(sort)) => Place::Since {
            ms: sort.first().and_then(Json::as_i64).unwrap_or(0),
            seen: Vec::new(),
            skip: size,
        },
        None => Place::Since {
            ms: 0,
            seen: Vec::new(),
            skip: size,
        },
    }
}

fn mark(cursor: &Cursor) -> Result<Mark, EndpointError> {
    serde_json::from_str(&cursor.0).map_err(|_| EndpointError::NotSendable {
        why: "the place in the listing is not one of this endpoint".to_owned(),
    })
}

#[cfg(test)]
mod tests;
