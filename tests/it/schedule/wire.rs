//! The endpoint as one life of the engine sees it: when that life is over, nothing comes through
//! any more, but what has arrived is carried out.

use std::sync::Arc;

use armarius::{
    domain::{Asset, AssetId, FieldKey, Item, Value},
    endpoint::{Answer, Call, CheckStep, Connection, Cursor, Endpoint, EndpointError, Page},
};
use futures_util::future::BoxFuture;

use super::{
    fuse::{Fuse, Moment},
    log::Seen,
    server::Server,
};

pub(super) struct Wire {
    pub(super) server: Server,
    pub(super) fuse: Arc<Fuse>,
    pub(super) items: Vec<Item>,
}

fn not_asked<T>() -> Result<T, EndpointError> {
    Err(EndpointError::NotSendable {
        why: "a run does not ask for that".into(),
    })
}

impl Wire {
    /// The assets that were read, from what was seen of the changes' fields.
    fn assets(&self, ids: &[AssetId], seen: &[(u32, Seen)]) -> Vec<Asset> {
        let asset = |id: &AssetId| {
            let mut fields = Vec::new();
            for (place, seen) in seen {
                let item = &self.items[*place as usize];
                if item.asset == *id {
                    match seen {
                        Seen::Missing => return None,
                        Seen::Unreadable => fields.push((item.field.clone(), Value::Unknown)),
                        Seen::Value(value) => fields.push((item.field.clone(), value.clone())),
                    }
                }
            }
            Some(Asset {
                id: id.clone(),
                name: id.to_string(),
                kind: "Image".into(),
                fields,
                locked: None,
            })
        };
        ids.iter().filter_map(asset).collect()
    }
}

impl Endpoint for Wire {
    fn connect(&self) -> BoxFuture<'_, Result<Connection, EndpointError>> {
        Box::pin(async { not_asked() })
    }

    fn check(&self) -> BoxFuture<'_, Vec<CheckStep>> {
        Box::pin(async { Vec::new() })
    }

    fn page(&self, _: Option<Cursor>) -> BoxFuture<'_, Result<Page, EndpointError>> {
        Box::pin(async { not_asked() })
    }

    fn fetch<'a>(&'a self, ids: &'a [AssetId]) -> BoxFuture<'a, Result<Vec<Asset>, EndpointError>> {
        Box::pin(async {
            self.fuse.pass(Moment::Leaving).await;
            let (seen, _) = self.server.read(ids, false, &self.fuse).await?;
            Ok(self.assets(ids, &seen))
        })
    }

    fn thumbnails<'a>(
        &'a self,
        ids: &'a [AssetId],
    ) -> BoxFuture<'a, Result<Vec<(AssetId, Value)>, EndpointError>> {
        Box::pin(async {
            self.fuse.pass(Moment::Leaving).await;
            let (seen, _) = self.server.read(ids, true, &self.fuse).await?;
            let key = FieldKey::thumbnail();
            let assets = self.assets(ids, &seen);
            let read = assets.into_iter().map(|asset| {
                let value = asset.value(&key).clone();
                (asset.id, value)
            });
            Ok(read.filter(|(_, value)| *value != Value::Unknown).collect())
        })
    }

    fn submit<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, EndpointError>> {
        Box::pin(async {
            self.fuse.pass(Moment::Leaving).await;
            self.server.submit(call, &self.fuse).await
        })
    }

    fn picture<'a>(
        &'a self,
        _: &'a Asset,
        _: u32,
    ) -> BoxFuture<'a, Result<Option<Vec<u8>>, EndpointError>> {
        Box::pin(async { not_asked() })
    }
}
