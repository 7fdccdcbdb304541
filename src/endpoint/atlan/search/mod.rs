//! Listing: `POST /api/meta/search/indexsearch`, in pages that reach every asset once.
//!
//! Sorted by `(__timestamp, __guid)`, which no edit changes, and continued by `search_after`, which
//! has no depth limit. A server that tells no sort values is read as bulk paging does it: by
//! creation time, leaving out what was seen at the last moment. Several readers share a listing by
//! ranges of guids, each in that order; what changed since some time is a listing of its own.

mod long;
mod place;
mod quick;

use serde_json::{Value as Json, json};

use crate::{
    domain::{Asset, AssetId},
    endpoint::{Cursor, EndpointError, Page},
};

use super::{ask::Ask, count::Count, entity, lenient, vocabulary::Vocabulary};
use place::{Mark, Part, Place};

pub(super) use quick::Places;

/// Ranges a listing is read in at most, if there are no more readers.
const MOST_RANGES: u64 = 64;
/// Pages a range should have, so that its last one, half empty, is no great loss.
const PAGES_A_RANGE: u64 = 24;
/// Pages a range should have where each reader has but one.
const FEWEST_PAGES: u64 = 4;
/// Ranges are cut by the first three hexadecimal digits of the guids.
const CUTS: u64 = 1 << 12;

/// One page, with the number of hits the reader may not see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hits {
    /// The page.
    pub(super) page: Page,
    /// Hits without identity.
    pub(super) hidden: u64,
}

/// What an answer tells.
#[derive(Debug, Default, PartialEq)]
struct Told {
    assets: Vec<Asset>,
    /// When each asset was made, where that is told.
    created: Vec<Option<i64>>,
    /// Archived ones.
    gone: Vec<AssetId>,
    /// Hits without identity.
    hidden: u64,
    /// Hits in all.
    hits: usize,
    total: Option<u64>,
    /// The sort values of the last hit.
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
    let Mark { place, part, .. } = Mark::of(cursor)?;
    let mut filter = part.clauses();
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
            "query": {"bool": {"filter": Part::default().clauses()}},
            "aggs": {"types": {"terms": {"field": "__typeName.keyword", "size": 500}}},
        },
        "attributes": [],
        "requestMetadata": {"saveSearchLog": false, "utmTags": ["armarius"]},
    });
    Ask::post("/api/meta/search/indexsearch", &body)
}

/// The number of assets, and the asset types that occur.
pub(super) fn types(json: &Json) -> (u64, Vec<String>) {
    let total = Count::of(&json["approximateCount"]).unwrap_or(0);
    let buckets = json["aggregations"]["types"]["buckets"].as_array();
    let keys = buckets.into_iter().flatten();
    let keys = keys.filter_map(|bucket| bucket["key"].as_str().map(str::to_owned));
    (total, keys.collect())
}

/// Where the listing of what changed at a time or later starts.
pub(super) fn changes(since_ms: i64) -> Cursor {
    let part = Part {
        changed_ms: Some(since_ms),
        ..Part::default()
    };
    let mark = Mark {
        part,
        ..Mark::default()
    };
    mark.cursor()
}

/// Where several readers go on after the first page: each has the guids of its range, and all
/// begin behind the same hit, so none reads that page again. Without sort values there is no such
/// hit, and a short listing is not worth it: then one reads on.
pub(super) fn parts(first: &Page, size: usize, readers: usize) -> Vec<Cursor> {
    let Some(next) = &first.next else {
        return Vec::new();
    };
    let one = || vec![next.clone()];
    let Ok(Mark {
        place: place @ Some(Place::After(_)),
        part,
        full,
        ..
    }) = Mark::of(Some(next))
    else {
        return one();
    };
    let ranges = ranges(first.total / size.max(1) as u64, readers);
    if readers < 2 || ranges < 2 || part != Part::default() {
        return one();
    }
    let bound = |number: u64| {
        let inside = (1..ranges).contains(&number);
        inside.then(|| format!("{:03x}", number * CUTS / ranges))
    };
    let range = |number| {
        let part = Part {
            from: bound(number),
            to: bound(number + 1),
            changed_ms: None,
        };
        let read = first.assets.iter();
        let read = read.filter(|asset| part.holds(asset.id.as_str()));
        Mark {
            before: read.count() as u64,
            full,
            place: place.clone(),
            part,
        }
    };
    (0..ranges).map(|number| range(number).cursor()).collect()
}

/// How many ranges so many pages are read in: as many for each reader, so that all of them come to
/// their end together.
fn ranges(pages: u64, readers: usize) -> u64 {
    let readers = u64::try_from(readers).unwrap_or(1).clamp(1, CUTS);
    let each = (pages / PAGES_A_RANGE).min(MOST_RANGES) / readers;
    if each > 0 {
        each * readers
    } else {
        (pages / FEWEST_PAGES).min(readers)
    }
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
    let Mark {
        place,
        before,
        full,
        part,
    } = Mark::of(cursor)?;
    let body = lenient::body(bytes);
    let told = match quick::read(&body, vocabulary) {
        Some(told) => told,
        None => long::read(&body, vocabulary)?,
    };
    kept_to(&part, &told)?;
    let unread = told.hits - (told.assets.len() + told.gone.len()).min(told.hits);
    let Told {
        mut assets,
        created,
        ..
    } = told;
    let mut times = Vec::new();
    if told.sort.is_none() || matches!(place, Some(Place::Since { .. })) {
        let made = assets.iter().zip(created);
        times.extend(made.filter_map(|(asset, ms)| Some((ms?, asset.id.clone()))));
    }
    let told_again = match &place {
        Some(Place::Since { ms, seen, .. }) => drop_seen(&mut assets, &times, *ms, seen),
        Some(Place::After(_)) | None => 0,
    };
    // A search from a moment on counts what is from there on only.
    let earlier = match &place {
        Some(Place::Since { seen, .. }) => before.saturating_sub(seen.len() as u64),
        Some(Place::After(_)) | None => 0,
    };
    let total = earlier + told.total.unwrap_or(0);
    let seen = before + (told.hits - told_again) as u64;
    let full = full || told.hits >= size;
    // The end is an empty page. A short page may be a smaller limit of the server's, so it is the last
    // one only if the server has been seen to fill a page and the count agrees to the asset.
    let is_last = told.hits < size && full && seen == total;
    let next = if told.hits > 0 && !is_last {
        let next = match told.sort {
            Some(sort) => Place::After(sort),
            None => place::since(place.as_ref(), &times, told.hits),
        };
        let mark = Mark {
            place: Some(place::advanced(next, place.as_ref())?),
            before: seen,
            full,
            part,
        };
        Some(mark.cursor())
    } else {
        None
    };
    Ok(Hits {
        page: Page {
            assets,
            gone: told.gone,
            unread: unread as u64,
            total,
            next,
        },
        hidden: told.hidden,
    })
}

/// Insists that a server asked for a range answered with nothing else: one that does not heed
/// ranges would be listed as often as there are any.
fn kept_to(part: &Part, told: &Told) -> Result<(), EndpointError> {
    let mut ids = told.assets.iter().map(|asset| asset.id.as_str());
    if part.is_range() && !ids.all(|id| part.holds(id)) {
        return Err(EndpointError::Garbled {
            why: "the server does not keep to a range of guids".to_owned(),
            maybe_written: false,
        });
    }
    Ok(())
}

/// Removes the assets that an earlier page had at the same moment, and returns how many they were.
fn drop_seen(assets: &mut Vec<Asset>, times: &[(i64, AssetId)], ms: i64, seen: &[String]) -> usize {
    let before = assets.len();
    let again = |asset: &Asset| {
        seen.iter().any(|guid| guid == asset.id.as_str())
            && times
                .iter()
                .any(|(time, id)| *time == ms && *id == asset.id)
    };
    assets.retain(|asset| !again(asset));
    before - assets.len()
}

#[cfg(test)]
mod tests;
