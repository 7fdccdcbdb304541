//! Where a page of the listing begins, and where the next one does.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    domain::Asset,
    endpoint::{Cursor, EndpointError},
};

use super::assets::Listed;

/// Where a page begins. Moments are as the service writes them, and are given back so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// Assets made then or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// Assets made before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// Assets changed then or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changed: Option<String>,
    /// The page of those, counted from 1.
    pub(super) page: u64,
    /// How many assets came before those.
    before: u64,
    /// How many of those the pages before this one had.
    #[serde(default)]
    rows: u64,
    /// Whether the service has filled a page of this listing: then it heeds the size asked for.
    #[serde(default)]
    full: bool,
    /// Assets made at `from` that have come.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    seen: Vec<String>,
    /// Whether it is one of several that share a listing.
    #[serde(default)]
    is_part: bool,
    /// By page number alone: the first asset of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<String>,
}

impl Place {
    fn start() -> Self {
        Self {
            from: None,
            to: None,
            changed: None,
            page: 1,
            before: 0,
            rows: 0,
            full: false,
            seen: Vec::new(),
            is_part: false,
            first: None,
        }
    }

    /// What a cursor of ours says.
    ///
    /// # Errors
    ///
    /// When it is none of ours.
    pub(super) fn of(cursor: Option<&Cursor>) -> Result<Self, EndpointError> {
        let Some(Cursor(text)) = cursor else {
            return Ok(Self::start());
        };
        let place = serde_json::from_str(text).ok();
        let place = place.filter(|place: &Self| place.page > 0);
        place.ok_or_else(|| EndpointError::NotSendable {
            why: "the place in the listing is of another endpoint".to_owned(),
        })
    }

    pub(super) fn cursor(&self) -> Cursor {
        Cursor(serde_json::to_string(self).unwrap_or_default())
    }

    /// Where the listing of what changed at this time or later begins.
    pub(super) fn changes(since_ms: i64) -> Option<Self> {
        let since = Timestamp::from_millisecond(since_ms).ok()?;
        Some(Self {
            changed: Some(format!("{since:.3}")),
            ..Self::start()
        })
    }

    /// The conditions on moments.
    pub(super) fn moments(&self) -> Vec<(&'static str, &'static str, &str)> {
        let conditions = [
            ("Created", "GreaterThanEquals", &self.from),
            ("Created", "LessThan", &self.to),
            ("LastModified", "GreaterThanEquals", &self.changed),
        ];
        let known = conditions.into_iter();
        known
            .filter_map(|(field, operator, moment)| Some((field, operator, moment.as_deref()?)))
            .collect()
    }

    /// Whether it goes by moments.
    pub(super) fn is_by_moment(&self) -> bool {
        self.from.is_some()
    }

    /// Whether page numbers alone lead to the same assets.
    pub(super) fn can_be_numbered(&self) -> bool {
        self.is_by_moment() && !self.is_part && self.changed.is_none()
    }

    /// The same place by page number, or a little before it.
    pub(super) fn numbered(self, size: usize) -> Self {
        if !self.can_be_numbered() {
            return self;
        }
        let size = size.max(1) as u64;
        let came = self.before + self.rows.max(self.seen.len() as u64);
        Self {
            page: came / size + 1,
            before: came / size * size,
            first: Some(String::new()),
            ..Self::start()
        }
    }

    /// Insists that the service heeds moments, as far as it tells any.
    ///
    /// # Errors
    ///
    /// When it does not: it would be read for ever, or as often as there are readers.
    pub(super) fn insist(&self, created: &[String]) -> Result<(), EndpointError> {
        let bound = |text: &Option<String>| moment(text.as_deref()?);
        let (from, to) = (bound(&self.from), bound(&self.to));
        let mut moments = created.iter().filter_map(|text| moment(text));
        let is_within =
            |at: Timestamp| from.is_none_or(|from| from <= at) && to.is_none_or(|to| at < to);
        if moments.all(is_within) {
            return Ok(());
        }
        Err(EndpointError::Garbled {
            why: "the server does not keep to the moments it is asked for".to_owned(),
            maybe_written: false,
        })
    }

    /// The assets that have not come before.
    pub(super) fn new_to(&self, mut assets: Vec<Asset>) -> Vec<Asset> {
        if !self.seen.is_empty() {
            let seen: std::collections::HashSet<&str> =
                self.seen.iter().map(String::as_str).collect();
            assets.retain(|asset| !seen.contains(asset.id.as_str()));
        }
        assets
    }

    /// How many assets there are in this listing, and where the next page begins, if there is one.
    ///
    /// # Errors
    ///
    /// When the same page came again.
    pub(super) fn after(
        &self,
        told: &Listed,
        size: usize,
    ) -> Result<(u64, Option<Self>), EndpointError> {
        let count = told.assets.len() as u64;
        let starts = told.assets.first().map_or("", |asset| asset.id.as_str());
        if !starts.is_empty() && self.first.as_deref() == Some(starts) {
            return Err(EndpointError::Garbled {
                why: "the server gives the same page of the listing again".to_owned(),
                maybe_written: false,
            });
        }
        // By number, `before` holds the pages too.
        let rows = self.rows + count;
        let seen = self.before + rows;
        let total = told.total.map(|total| match self.first {
            None => self.before + total,
            Some(_) => total,
        });
        let full = self.full || told.assets.len() >= size;
        // The end is an empty page, whatever the total says: assets may have gone meanwhile. A short
        // page may be a smaller limit of the service's, so it is the last one only if the service has
        // been seen to fill a page and the total agrees to the asset.
        let is_last = told.assets.len() < size && full && total.is_none_or(|total| seen == total);
        let next = (count > 0 && !is_last).then(|| {
            let place = match (&self.first, last_moment(&told.created)) {
                (None, Some(last)) => self.at(last, told, rows),
                (None, None) | (Some(_), _) => Self {
                    page: self.page + 1,
                    before: seen,
                    rows: 0,
                    first: Some(starts.to_owned()),
                    ..self.clone()
                },
            };
            Self { full, ..place }
        });
        Ok((total.unwrap_or(seen), next))
    }

    /// The place after a page that ended with this moment.
    fn at(&self, last: &str, told: &Listed, rows: u64) -> Self {
        let made = told.assets.iter().zip(&told.created);
        let at_last = made.filter(|(_, created)| *created == last);
        let at_last = at_last.map(|(asset, _)| asset.id.as_str().to_owned());
        if self.from.as_deref() == Some(last) {
            // All of one moment: only the number tells them apart.
            let mut seen = self.seen.clone();
            seen.extend(at_last);
            return Self {
                page: self.page + 1,
                rows,
                seen,
                ..self.clone()
            };
        }
        let seen: Vec<String> = at_last.collect();
        Self {
            from: Some(last.to_owned()),
            page: 1,
            before: self.before + rows - seen.len() as u64,
            rows: 0,
            seen,
            ..self.clone()
        }
    }

    /// This place up to the first of these moments, and from each to the next.
    pub(super) fn cut(&self, moments: impl Iterator<Item = String>) -> Vec<Cursor> {
        let from = self.from.as_deref().and_then(moment);
        let mut cuts: Vec<(Timestamp, String)> = moments
            .filter_map(|text| Some((moment(&text)?, text)))
            .filter(|(at, _)| from.is_none_or(|from| from < *at))
            .collect();
        cuts.sort();
        cuts.dedup_by_key(|(at, _)| *at);
        let mut parts = vec![Self {
            is_part: !cuts.is_empty(),
            ..self.clone()
        }];
        for (_, text) in cuts {
            if let Some(last) = parts.last_mut() {
                last.to = Some(text.clone());
            }
            parts.push(Self {
                from: Some(text),
                changed: self.changed.clone(),
                is_part: true,
                ..Self::start()
            });
        }
        parts.iter().map(Self::cursor).collect()
    }
}

fn moment(text: &str) -> Option<Timestamp> {
    text.trim().parse().ok()
}

/// The last of these moments, if each is one and none is before another.
fn last_moment(created: &[String]) -> Option<&String> {
    let moments: Option<Vec<Timestamp>> = created.iter().map(|text| moment(text)).collect();
    moments?.is_sorted().then_some(())?;
    created.last()
}
