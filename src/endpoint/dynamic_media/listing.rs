//! Lists assets page by page, and re-reads them by handle.

use crate::{
    domain::{Asset, AssetId},
    endpoint::{Cursor, EndpointError, Page},
};

use super::{
    DynamicMedia,
    assets::{self, LARGEST_PAGE},
};

impl DynamicMedia {
    pub(super) async fn listed(&self, cursor: Option<Cursor>) -> Result<Page, EndpointError> {
        let session = self.session().await?;
        let Place {
            number,
            before,
            first,
        } = place(cursor.as_ref())?;
        let size = self.settings.page_size.clamp(1, LARGEST_PAGE);
        let company = session.company.handle.as_str();
        let (total, assets) = self
            .read(
                "searchAssets",
                |xml| assets::search(xml, company, number, size),
                |pull| assets::read(pull, &session.fields),
            )
            .await?;
        let starts = assets
            .first()
            .map_or("", |asset| asset.id.as_str())
            .to_owned();
        if !starts.is_empty() && starts == first {
            return Err(EndpointError::Garbled {
                why: "the server gives the same page of the listing again".to_owned(),
                maybe_written: false,
            });
        }
        let seen = before + assets.len() as u64;
        // An empty page ends the listing whatever the total says: assets may have gone meanwhile.
        // A full one never does: the total may be wrong.
        let is_full = assets.len() >= size;
        let more = !assets.is_empty() && (is_full || total.is_none_or(|total| seen < total));
        Ok(Page {
            next: more.then(|| Cursor(format!("{} {seen} {starts}", number + 1))),
            gone: Vec::new(),
            total: total.unwrap_or(seen),
            assets,
        })
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

/// Where a cursor stands.
struct Place {
    /// The page, counted from 1.
    number: u64,
    /// How many assets came before it.
    before: u64,
    /// The first asset of the page before.
    first: String,
}

fn place(cursor: Option<&Cursor>) -> Result<Place, EndpointError> {
    let start = Place {
        number: 1,
        before: 0,
        first: String::new(),
    };
    let Some(Cursor(text)) = cursor else {
        return Ok(start);
    };
    let mut parts = text.splitn(3, ' ');
    let read = (|| {
        Some(Place {
            number: parts.next()?.parse().ok()?,
            before: parts.next()?.parse().ok()?,
            first: parts.next()?.to_owned(),
        })
    })();
    read.ok_or_else(|| EndpointError::NotSendable {
        why: "the place in the listing is of another endpoint".to_owned(),
    })
}
