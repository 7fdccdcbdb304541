//! The assets a thumbnail may be chosen from: those a search lets through, the same set first.

use roaring::RoaringBitmap;

use super::targets::stem;
use crate::{
    domain::{Query, Row, Sort, listing::NAME},
    ui::{component::Scene, dialogs},
};

/// How many found assets are put in order; more stay in the order they were listed.
const ORDERED: u64 = 20_000;

/// How many of the target's own set stand first.
const SAME_SET: usize = 500;

/// The candidates: a few in order, and the rest as a set.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidates {
    head: Vec<Row>,
    rest: RoaringBitmap,
}

impl Candidates {
    /// Those a search finds; with an empty one everything, the target's own set first.
    ///
    /// # Errors
    ///
    /// The search can't be understood.
    pub(super) fn of(search: &str, target: Option<Row>, scene: &Scene<'_>) -> Result<Self, String> {
        let listing = &scene.workbench.listing;
        let query: Query = dialogs::parsed(search, scene).map_err(|error| error.to_string())?;
        if !query.is_empty() {
            let rows = query.rows(listing, &scene.workbench.schema, scene.view.sets());
            if rows.len() > ORDERED {
                return Ok(Self {
                    head: Vec::new(),
                    rest: rows,
                });
            }
            let head = listing.ordered(&rows, &Sort::default());
            return Ok(Self {
                head,
                rest: RoaringBitmap::new(),
            });
        }
        let set = target
            .map(|row| stem(&listing.name(row)))
            .unwrap_or_default();
        let alike = listing
            .values(&NAME.into())
            .filter(|_| !set.is_empty())
            .map(|column| column.matching(listing.present(), |_, name| name.starts_with(&set)))
            .unwrap_or_default();
        let alike: RoaringBitmap = alike.iter().take(SAME_SET).collect();
        let rest = listing.present() - &alike;
        Ok(Self {
            head: listing.ordered(&alike, &Sort::default()),
            rest,
        })
    }

    /// Exactly these.
    pub(super) fn only(rows: &[Row]) -> Self {
        Self {
            head: rows.to_vec(),
            rest: RoaringBitmap::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.head.len() + usize::try_from(self.rest.len()).unwrap_or(usize::MAX)
    }

    pub(super) fn get(&self, place: usize) -> Option<Row> {
        match self.head.get(place) {
            Some(row) => Some(*row),
            None => self
                .rest
                .select(u32::try_from(place - self.head.len()).ok()?),
        }
    }
}
