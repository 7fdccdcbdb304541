//! Answers as they are written: searches and bulk writes.

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value, json};

use super::bulk::Outcome;
use super::header::{Hit, View};
use crate::catalogue::model::AssetRecord;
use crate::catalogue::query::Found;

/// A body that is already JSON text.
#[derive(Debug)]
pub(super) struct Text(pub(super) Vec<u8>);

impl IntoResponse for Text {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, "application/json")], self.0).into_response()
    }
}

/// A body to be written as JSON text.
#[derive(Debug)]
pub(super) struct Json<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        text(&self.0).into_response()
    }
}

/// Writes `value` as JSON text. Maps with text keys cannot fail, so an empty text never shows.
pub(super) fn text(value: &impl Serialize) -> Text {
    Text(serde_json::to_vec(value).unwrap_or_default())
}

/// Assets as a list of hits.
struct Hits<'a> {
    assets: &'a [AssetRecord],
    view: &'a View<'a>,
}

impl Serialize for Hits<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.assets.iter().map(|asset| Hit {
            asset,
            view: self.view,
        }))
    }
}

/// The answer to a search.
pub(super) struct Searched<'a> {
    /// The body of the request.
    pub(super) request: &'a Value,
    /// The page.
    pub(super) found: &'a Found,
    /// What hits show.
    pub(super) view: &'a View<'a>,
    /// Counts by value, where they were asked for.
    pub(super) aggregations: Option<Map<String, Value>>,
    /// Whether the sort values of each hit are told.
    pub(super) metadata: bool,
    /// Whether the score of each hit is told.
    pub(super) score: bool,
}

impl Serialize for Searched<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let records = &self.found.records;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("queryType", "INDEX")?;
        map.serialize_entry("searchParameters", self.request)?;
        if !records.is_empty() {
            map.serialize_entry(
                "entities",
                &Hits {
                    assets: records,
                    view: self.view,
                },
            )?;
        }
        map.serialize_entry("approximateCount", &self.found.total)?;
        if let Some(aggregations) = &self.aggregations {
            map.serialize_entry("aggregations", aggregations)?;
        }
        if self.score {
            let scores: Map<String, Value> = records
                .iter()
                .map(|asset| (asset.guid.clone(), json!(1.0)))
                .collect();
            map.serialize_entry("searchScore", &scores)?;
        }
        if self.metadata {
            map.serialize_entry("searchMetadata", &Metadata(self.found))?;
        }
        map.end()
    }
}

/// The sort values of each hit, by guid: what `search_after` needs.
struct Metadata<'a>(&'a Found);

impl Serialize for Metadata<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs = self.0.records.iter().zip(&self.0.sort_values);
        serializer.collect_map(pairs.map(|(asset, sort)| (&asset.guid, SortValues { sort })))
    }
}

#[derive(serde::Serialize)]
struct SortValues<'a> {
    sort: &'a [Value],
}

/// The answer to a bulk write.
pub(super) struct Written<'a> {
    /// What was done.
    pub(super) outcome: &'a Outcome,
    /// What hits show.
    pub(super) view: &'a View<'a>,
    /// Whether updates are called partial ones.
    pub(super) partial: bool,
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Outcome {
            created,
            updated,
            assignments,
        } = self.outcome;
        let mut map = serializer.serialize_map(None)?;
        if !(created.is_empty() && updated.is_empty()) {
            map.serialize_entry("mutatedEntities", &Mutated(self))?;
        }
        if self.partial && !updated.is_empty() {
            let hits = Hits {
                assets: updated,
                view: self.view,
            };
            map.serialize_entry("partialUpdatedEntities", &hits)?;
        }
        let assignments: Map<String, Value> = assignments
            .iter()
            .map(|(sent, stored)| (sent.clone(), json!(stored)))
            .collect();
        map.serialize_entry("guidAssignments", &assignments)?;
        map.end()
    }
}

struct Mutated<'a>(&'a Written<'a>);

impl Serialize for Mutated<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Written {
            outcome,
            view,
            partial,
        } = self.0;
        let mut map = serializer.serialize_map(None)?;
        let update = if *partial { "PARTIAL_UPDATE" } else { "UPDATE" };
        for (deed, assets) in [("CREATE", &outcome.created), (update, &outcome.updated)] {
            if !assets.is_empty() {
                map.serialize_entry(deed, &Hits { assets, view })?;
            }
        }
        map.end()
    }
}
