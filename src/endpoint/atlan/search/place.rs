//! Where a page of the listing starts, and where the next one does.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::{
    domain::AssetId,
    endpoint::{Cursor, EndpointError},
};

/// Where the next page starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Place {
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

/// Which assets a listing is of; all of them if nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    /// Guids from this one on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<String>,
    /// Guids before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) to: Option<String>,
    /// Changed at this time or later, in milliseconds; then archived ones are told too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) changed_ms: Option<i64>,
}

impl Part {
    /// Whether it holds this guid, as far as guids go.
    pub(super) fn holds(&self, guid: &str) -> bool {
        self.from.as_deref().is_none_or(|from| from <= guid)
            && self.to.as_deref().is_none_or(|to| guid < to)
    }

    /// Whether it goes by guids at all.
    pub(super) fn is_range(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }

    /// What narrows a search to it.
    pub(super) fn clauses(&self) -> Vec<Json> {
        let state = match self.changed_ms {
            Some(ms) => json!({"range": {"__modificationTimestamp": {"gte": ms}}}),
            None => json!({"term": {"__state": "ACTIVE"}}),
        };
        let mut clauses = vec![
            state,
            json!({"term": {"__superTypeNames.keyword": "Asset"}}),
        ];
        let mut bounds = serde_json::Map::new();
        for (word, bound) in [("gte", &self.from), ("lt", &self.to)] {
            if let Some(bound) = bound {
                bounds.insert(word.to_owned(), Json::from(bound.as_str()));
            }
        }
        if !bounds.is_empty() {
            clauses.push(json!({"range": {"__guid": bounds}}));
        }
        clauses
    }
}

/// A place, of which part, and how many hits of it came before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub(super) place: Option<Place>,
    pub(super) before: u64,
    /// Whether the server has filled a page of this listing: then it heeds the size asked for.
    #[serde(default)]
    pub(super) full: bool,
    #[serde(flatten)]
    pub(super) part: Part,
}

impl Mark {
    /// What a cursor of ours says; the beginning of everything without one.
    ///
    /// # Errors
    ///
    /// When it is none of ours.
    pub(super) fn of(cursor: Option<&Cursor>) -> Result<Self, EndpointError> {
        let Some(Cursor(text)) = cursor else {
            return Ok(Self::default());
        };
        serde_json::from_str(text).map_err(|_| EndpointError::NotSendable {
            why: "the place in the listing is not one of this endpoint".to_owned(),
        })
    }

    pub(super) fn cursor(&self) -> Cursor {
        Cursor(json!(self).to_string())
    }
}

/// Insists that the next page is another one.
pub(super) fn advanced(next: Place, before: Option<&Place>) -> Result<Place, EndpointError> {
    if Some(&next) == before {
        return Err(EndpointError::Garbled {
            why: "the server gives the same page of the listing again".to_owned(),
            maybe_written: false,
        });
    }
    Ok(next)
}

/// The place after a page without sort values, which had this many hits.
pub(super) fn since(before: Option<&Place>, times: &[(i64, AssetId)], hits: usize) -> Place {
    let Some(last) = times.iter().map(|(ms, _)| *ms).max() else {
        return further(before, hits);
    };
    let mut seen: Vec<String> = match before {
        Some(Place::Since { ms, seen, .. }) if *ms == last => seen.clone(),
        _ => Vec::new(),
    };
    let known = seen.len();
    for (_, guid) in times.iter().filter(|(ms, _)| *ms == last) {
        if !seen.iter().any(|one| one == guid.as_str()) {
            seen.push(guid.as_str().to_owned());
        }
    }
    if seen.len() == known && known > 0 {
        return further(before, hits);
    }
    Place::Since {
        ms: last,
        seen,
        skip: 0,
    }
}

/// The same place, behind the hits of this page: nothing new was among them. The server may send
/// fewer than were asked for, so only hits that came are skipped.
fn further(before: Option<&Place>, hits: usize) -> Place {
    match before {
        Some(Place::Since { ms, seen, skip }) => Place::Since {
            ms: *ms,
            seen: seen.clone(),
            skip: skip + hits,
        },
        Some(Place::After(sort)) => Place::Since {
            ms: sort.first().and_then(Json::as_i64).unwrap_or(0),
            seen: Vec::new(),
            skip: hits,
        },
        None => Place::Since {
            ms: 0,
            seen: Vec::new(),
            skip: hits,
        },
    }
}
