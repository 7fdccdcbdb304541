//! A page read with patience: entity by entity, each through a tree of its own, so that one that
//! can't be read costs that one alone. For pages that `quick` leaves to it.

use std::{cmp::Ordering, collections::HashMap};

use serde::Deserialize;
use serde_json::{Value as Json, value::RawValue};

use crate::endpoint::EndpointError;

use super::{Count, Told, Vocabulary, entity};
use crate::endpoint::atlan::{
    entity::Reading,
    lenient::{self, Body},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    #[serde(borrow)]
    entities: Option<Vec<&'a RawValue>>,
    approximate_count: Option<Count>,
    search_metadata: Option<HashMap<String, Metadata>>,
}

#[derive(Deserialize)]
struct Metadata {
    sort: Option<Vec<Json>>,
}

/// Reads a page.
///
/// # Errors
///
/// When it is not JSON, or not the answer to a search.
pub(super) fn read(body: &Body<'_>, vocabulary: &Vocabulary) -> Result<Told, EndpointError> {
    let mut escaped = String::new();
    let answer: Answer<'_> = body.read(&mut escaped)?;
    if answer.entities.is_none() && answer.approximate_count.is_none() {
        return Err(EndpointError::Garbled {
            why: "it is JSON, but not the answer to a search".to_owned(),
            maybe_written: false,
        });
    }
    let raw = answer.entities.unwrap_or_default();
    Ok(Told {
        total: answer.approximate_count.and_then(Count::told),
        sort: last_sort(answer.search_metadata),
        ..entities(&raw, body.broken, vocabulary)
    })
}

fn entities(raw: &[&RawValue], is_broken: bool, vocabulary: &Vocabulary) -> Told {
    let mut told = Told {
        hits: raw.len(),
        assets: Vec::with_capacity(raw.len()),
        created: Vec::with_capacity(raw.len()),
        ..Told::default()
    };
    for hit in raw {
        let text = hit.get();
        let (json, repaired) = lenient::entity(text);
        let damaged = repaired || (is_broken && text.contains('\u{fffd}'));
        match entity::read(&json, damaged, vocabulary) {
            Reading::Asset(asset) => {
                told.created.push(json["createTime"].as_i64());
                told.assets.push(*asset);
            }
            Reading::Hidden => told.hidden += 1,
            Reading::Gone => {
                let guid = entity::text_at(&json, "guid");
                told.gone.extend(guid.map(Into::into));
            }
        }
    }
    told
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
