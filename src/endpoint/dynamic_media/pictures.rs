//! Reads thumbnails, and fetches pictures from the image server.

use futures_util::{StreamExt, stream};

use crate::{
    domain::{Asset, AssetId, Value},
    endpoint::{EndpointError, Verdict, http::HttpRequest},
};

use super::{DynamicMedia, account, picture, thumbnail};

/// Thumbnails read at the same time; each costs a request.
const THUMBNAIL_READS: usize = 4;

impl DynamicMedia {
    async fn thumbnail(&self, id: &AssetId) -> Result<Value, EndpointError> {
        let session = self.session().await?;
        self.read(
            "getAssociatedAssets",
            |xml| thumbnail::get(xml, &session.company.handle, id),
            thumbnail::read,
        )
        .await
    }

    pub(super) async fn all_thumbnails(
        &self,
        ids: &[AssetId],
    ) -> Result<Vec<(AssetId, Value)>, EndpointError> {
        let mut reads = stream::iter(ids.to_vec())
            .map(|id| async move {
                let read = self.thumbnail(&id).await;
                (id, read)
            })
            .buffer_unordered(THUMBNAIL_READS);
        let mut thumbnails = Vec::with_capacity(ids.len());
        while let Some((id, read)) = reads.next().await {
            match read {
                Ok(thumbnail) => thumbnails.push((id, thumbnail)),
                // This asset can't be read; the others may be.
                Err(error) if error.verdict() == Verdict::SomeItem => {}
                // Nothing can be read now, but what was read is worth having.
                Err(error) if thumbnails.is_empty() => return Err(error),
                Err(_) => break,
            }
        }
        Ok(thumbnails)
    }

    pub(super) async fn image(
        &self,
        asset: &Asset,
        size: u32,
    ) -> Result<Option<Vec<u8>>, EndpointError> {
        let url = match &self.settings.image_server {
            Some(server) => {
                let session = self.session().await?;
                Some(picture::published(
                    server,
                    &session.company.root,
                    &asset.name,
                    size,
                ))
            }
            None => self.preview_url(asset, size).await?,
        };
        let Some(url) = url else { return Ok(None) };
        let answer = self.http.send_read(&HttpRequest::get(url)).await?;
        let is_image = answer
            .header("content-type")
            .is_none_or(|kind| kind.starts_with("image/"));
        match answer.status {
            200 if is_image && !answer.body.is_empty() => Ok(Some(answer.body)),
            status if status >= 500 => Err(EndpointError::Unavailable {
                why: format!("the image server answers HTTP {status}"),
                maybe_written: false,
            }),
            // 403 is how an image server says that it does not know or show an image.
            _ => Ok(None),
        }
    }

    /// The preview the service keeps for an asset, published or not.
    async fn preview_url(&self, asset: &Asset, size: u32) -> Result<Option<String>, EndpointError> {
        let ask = || {
            self.read(
                "getProperty",
                |xml| xml.leaf("name", "IpsImageServerUrl"),
                account::read_property,
            )
        };
        let prefix = match self.previews.get_or_try_init(ask).await {
            Ok(prefix) => prefix,
            Err(error) if error.verdict() == Verdict::SomeItem => return Ok(None),
            Err(error) => return Err(error),
        };
        let ids = std::slice::from_ref(&asset.id);
        let parts = self.part(ids, "ipsImageUrl").await?;
        Ok(parts
            .first()
            .and_then(|(_, relative)| picture::preview(prefix, relative, size)))
    }
}
