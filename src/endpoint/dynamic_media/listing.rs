//! Lists assets page by page, and re-reads them by handle.
//!
//! Oldest first, and each page begins at the moment the last one ended with: assets that come or go
//! meanwhile move no other across a page's edge, and several readers can share a listing by ranges
//! of moments. A service that does not search by moments is read by page numbers, by one reader.

use std::sync::atomic::Ordering;

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::{
    domain::{Asset, AssetId},
    endpoint::{Census, Cursor, EndpointError, Page},
};

use super::{
    DynamicMedia, Session,
    assets::{self, LARGEST_PAGE, Listed, Search},
    envelope,
    place::Place,
};

/// Pages a part should have, so that looking for where it begins is worth it.
const PAGES_A_PART: u64 = 5;
/// Parts for each reader, so that all are busy to the end.
const PARTS_A_READER: u64 = 2;

impl DynamicMedia {
    pub(super) async fn listed(&self, cursor: Option<Cursor>) -> Result<Page, EndpointError> {
        let session = self.session().await?;
        let size = self.settings.page_size.clamp(1, LARGEST_PAGE);
        let mut place = Place::of(cursor.as_ref())?;
        if self.ignores_moments.load(Ordering::Relaxed) {
            place = place.numbered(size);
        }
        let told = match self.told(&session, &place, size).await {
            Err(EndpointError::Refused { .. } | EndpointError::Garbled { .. })
                if place.can_be_numbered() =>
            {
                self.ignores_moments.store(true, Ordering::Relaxed);
                place = place.numbered(size);
                self.told(&session, &place, size).await?
            }
            told => told?,
        };
        let (total, next) = place.after(&told, size)?;
        Ok(Page {
            assets: place.new_to(told.assets),
            gone: Vec::new(),
            unread: 0,
            total,
            next: next.map(|next| next.cursor()),
        })
    }

    /// The page at a place, if the service kept to what it was asked.
    async fn told(
        &self,
        session: &Session,
        place: &Place,
        size: usize,
    ) -> Result<Listed, EndpointError> {
        let company = session.company.handle.as_str();
        let moments = place.moments();
        let search = Search {
            moments: &moments,
            page: place.page,
            size,
            parts: None,
        };
        let told = self
            .read(
                "searchAssets",
                |xml| assets::search_for(xml, company, search),
                |pull| assets::read_listed(pull, &session.fields),
            )
            .await?;
        place.insist(&told.created)?;
        Ok(told)
    }

    /// Where several readers go on: at the moments at which equally many assets each were made.
    pub(super) async fn shared(
        &self,
        first: &Page,
        readers: usize,
    ) -> Result<Vec<Cursor>, EndpointError> {
        let Some(next) = &first.next else {
            return Ok(Vec::new());
        };
        let place = Place::of(Some(next))?;
        let size = self.settings.page_size.clamp(1, LARGEST_PAGE) as u64;
        let rest = first.total.saturating_sub(size);
        let parts = (rest / size / PAGES_A_PART).min(readers as u64 * PARTS_A_READER);
        if readers < 2 || parts < 2 || !place.is_by_moment() {
            return Ok(vec![next.clone()]);
        }
        let session = self.session().await?;
        let rows = (1..parts).map(|part| size + rest * part / parts);
        let moments: Vec<Option<String>> = stream::iter(rows)
            .map(|row| self.made_at(&session, row))
            .buffered(readers)
            .try_collect()
            .await?;
        Ok(place.cut(moments.into_iter().flatten()))
    }

    /// When the asset at this row of the whole listing was made.
    async fn made_at(&self, session: &Session, row: u64) -> Result<Option<String>, EndpointError> {
        let search = Search {
            moments: &[],
            page: row + 1,
            size: 1,
            parts: Some(&["assetHandle", "created"]),
        };
        let company = session.company.handle.as_str();
        let told = self.read(
            "searchAssets",
            |xml| assets::search_for(xml, company, search),
            |pull| assets::read_listed(pull, &session.fields),
        );
        Ok(told.await?.created.pop())
    }

    /// How many assets there are.
    pub(super) async fn counted(&self) -> Result<Option<Census>, EndpointError> {
        let session = self.session().await?;
        let search = Search {
            moments: &[],
            page: 1,
            size: 1,
            parts: Some(&[]),
        };
        let request = envelope::request(&self.sender, "searchAssets", |xml| {
            assets::search_for(xml, &session.company.handle, search);
        })?;
        let (request, fields) = (&request, &session.fields);
        self.http
            .retrying(|| async move {
                let answer = self.http.send(request).await?;
                let read = envelope::open(&answer, ("searchAssets", false), |pull| {
                    assets::read_listed(pull, fields)
                })?;
                let at_ms = answer.served_ms();
                Ok(read.total.map(|total| Census { total, at_ms }))
            })
            .await
    }

    pub(super) async fn fetched(&self, ids: &[AssetId]) -> Result<Vec<Asset>, EndpointError> {
        let session = self.session().await?;
        let company = session.company.handle.as_str();
        let mut fetched = Vec::with_capacity(ids.len());
        for handles in ids.chunks(LARGEST_PAGE) {
            let (_, assets) = self
                .read(
                    "getAssets",
                    |xml| assets::get(xml, company, handles),
                    |pull| assets::read(pull, &session.fields),
                )
                .await?;
            fetched.extend(assets);
        }
        Ok(fetched)
    }

    /// One part of each asset, by handle.
    pub(super) async fn part(
        &self,
        ids: &[AssetId],
        part: &str,
    ) -> Result<Vec<(AssetId, String)>, EndpointError> {
        let session = self.session().await?;
        let company = session.company.handle.as_str();
        let mut parts = Vec::with_capacity(ids.len());
        for handles in ids.chunks(LARGEST_PAGE) {
            let read = self.read(
                "getAssets",
                |xml| assets::get_part(xml, company, handles, part),
                |pull| assets::read_part(pull, part),
            );
            parts.extend(read.await?);
        }
        Ok(parts)
    }
}
