//! Reading single assets and thumbnails again.

use super::CHUNK;
use crate::{
    domain::{Asset, AssetId, FieldKey},
    endpoint::Asking,
    flow::Event,
    runtime::Runtime,
};

/// How many thumbnails are read between two pieces of news.
pub(in crate::runtime) const THUMBNAILS_AT_A_TIME: usize = 20;

impl Runtime {
    /// Reads assets again.
    pub(in crate::runtime) fn refresh(&self, ids: Vec<AssetId>) {
        let runtime = self.clone();
        self.spawn(async move {
            if let Err(error) = runtime.connected().await {
                return runtime.fail(error.failure("could not read the assets again"));
            }
            for chunk in ids.chunks(CHUNK) {
                let endpoint = &runtime.0.endpoint;
                match runtime
                    .patiently((Asking::Fetch(chunk.len()), false), || {
                        endpoint.fetch(chunk)
                    })
                    .await
                {
                    Ok(assets) => runtime.refreshed(chunk, assets),
                    Err(error) => {
                        return runtime.fail(error.failure("could not read the assets again"));
                    }
                }
            }
        });
    }

    fn refreshed(&self, asked: &[AssetId], assets: Vec<Asset>) {
        let missing = |id: &&AssetId| !assets.iter().any(|asset| asset.id == **id);
        let gone = asked.iter().filter(missing).cloned().collect();
        // Told first: whoever is told of a page that is kept later has been told of this.
        let told = assets.clone();
        self.tell(Event::Refreshed { assets: told, gone });
        self.keep_assets(assets);
    }

    /// Keeps assets that were read again in the cached listing.
    pub(in crate::runtime) fn keep_assets(&self, assets: Vec<Asset>) {
        if self.0.read_only.is_some() || assets.is_empty() {
            return;
        }
        // A cache: what it misses comes with the next listing.
        self.0
            .disk
            .tell(move |workspace| drop(workspace.save_assets(&assets, None)));
    }

    /// Reads thumbnails, one small batch after the other.
    pub(in crate::runtime) fn thumbnails(&self, ids: Vec<AssetId>) {
        let runtime = self.clone();
        self.spawn(async move {
            if let Err(error) = runtime.connected().await {
                return runtime.fail(error.failure("could not read thumbnails"));
            }
            for chunk in ids.chunks(THUMBNAILS_AT_A_TIME) {
                let endpoint = &runtime.0.endpoint;
                match runtime
                    .patiently((Asking::Thumbnails(chunk.len()), false), || {
                        endpoint.thumbnails(chunk)
                    })
                    .await
                {
                    Ok(read) => {
                        let key = FieldKey::thumbnail();
                        let value = |(id, value)| (id, key.clone(), value);
                        runtime.tell(Event::Values(read.into_iter().map(value).collect()));
                    }
                    Err(error) => {
                        return runtime.fail(error.failure("could not read thumbnails"));
                    }
                }
            }
        });
    }
}
