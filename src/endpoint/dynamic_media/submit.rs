//! Sends one call, and clears once more where the service refuses the first way of clearing.

use std::{collections::HashMap, sync::PoisonError};

use crate::{
    domain::{Asset, AssetId, FieldKey, Item, Value},
    endpoint::{Answer, Call, CallKind, EndpointError, Verdict},
};

use super::{
    DynamicMedia, Session,
    batch::{self, Fate},
    certificate, said, thumbnail,
    update::{self, Carrier, Pair, Part, Update},
};

impl DynamicMedia {
    pub(super) async fn submitted(&self, call: &Call) -> Result<Answer, EndpointError> {
        match call.kind {
            CallKind::Metadata => self.set_metadata(&call.items).await,
            CallKind::Thumbnails => self.set_thumbnails(&call.items).await,
        }
    }

    async fn set_metadata(&self, items: &[Item]) -> Result<Answer, EndpointError> {
        let session = self.session().await?;
        let pairs = update::pairs(items, &session.fields)?;
        let counted = self.batch_set(&session, &pairs).await?;
        let (mut fates, agrees) = batch::settle(&names(&pairs), &counted);
        self.clear_otherwise(&session, items, (&pairs, &mut fates))
            .await;
        let fates = pairs
            .iter()
            .zip(fates)
            .map(|(pair, fate)| (pair.item, pair.part, fate))
            .collect();
        Ok(said::answer(fates, &counted, agrees))
    }

    async fn batch_set(
        &self,
        session: &Session,
        pairs: &[Pair],
    ) -> Result<batch::BatchAnswer, EndpointError> {
        self.write(
            "batchSetAssetMetadata",
            |xml| update::batch_set(xml, &session.company.handle, pairs),
            batch::read,
        )
        .await
    }

    /// An empty value may be refused, by fields with enforced types for one. The documented ways
    /// are another operation for values, and removing the tags that are there for tags.
    async fn clear_otherwise(
        &self,
        session: &Session,
        items: &[Item],
        (pairs, fates): (&[Pair], &mut [Fate]),
    ) {
        let mut tags = Vec::new();
        for (place, pair) in pairs.iter().enumerate() {
            // Codes of the 20000s are about permissions, which no other way gets around.
            let refused = matches!(&fates[place], Fate::Refused(code, _) if !code.starts_with('2'));
            if !refused || !pair.update.clears() {
                continue;
            }
            if matches!(pair.update.carrier, Carrier::Set(_)) {
                tags.push(place);
                continue;
            }
            let deleted = self
                .write(
                    "deleteAssetMetadata",
                    |xml| update::delete(xml, &session.company.handle, pair),
                    batch::read_nothing,
                )
                .await;
            match deleted {
                Ok(()) => fates[place] = Fate::Applied,
                Err(error) => worsen(&mut fates[place], &error),
            }
        }
        if !tags.is_empty() {
            self.remove_tags(session, items, (pairs, fates, &tags))
                .await;
        }
    }

    /// Clears tags by removing the ones that are there now.
    async fn remove_tags(
        &self,
        session: &Session,
        items: &[Item],
        (pairs, fates, places): (&[Pair], &mut [Fate], &[usize]),
    ) {
        let mut ids: Vec<AssetId> = Vec::new();
        for &place in places {
            let id = &items[pairs[place].item].asset;
            if !ids.contains(id) {
                ids.push(id.clone());
            }
        }
        let Ok(fresh) = self.fetched(&ids).await else {
            return;
        };
        let fresh: HashMap<&AssetId, &Asset> = fresh.iter().map(|one| (&one.id, one)).collect();
        let (mut removals, mut removed) = (Vec::new(), Vec::new());
        for &place in places {
            let (pair, item) = (&pairs[place], &items[pairs[place].item]);
            let Some(asset) = fresh.get(&item.asset) else {
                continue;
            };
            let present = present_tags(session, item, (pair.part, asset));
            if present.is_empty() {
                // Refused because there is nothing to clear.
                fates[place] = Fate::Applied;
                continue;
            }
            removed.push(place);
            removals.push(Pair {
                update: Update {
                    handle: pair.update.handle.clone(),
                    carrier: Carrier::Delta(Vec::new(), present),
                },
                ..pair.clone()
            });
        }
        if removals.is_empty() {
            return;
        }
        match self.batch_set(session, &removals).await {
            Ok(counted) => {
                let (settled, _) = batch::settle(&names(&removals), &counted);
                for (place, fate) in removed.into_iter().zip(settled) {
                    fates[place] = fate;
                }
            }
            Err(error) => {
                for place in removed {
                    worsen(&mut fates[place], &error);
                }
            }
        }
    }

    async fn set_thumbnails(&self, items: &[Item]) -> Result<Answer, EndpointError> {
        let session = self.session().await?;
        let types = self.types_of(&thumbnail::used(items)).await;
        thumbnail::checked(items, &types)?;
        let counted = self
            .write(
                "batchSetThumbAsset",
                |xml| thumbnail::batch_set(xml, &session.company.handle, items),
                batch::read,
            )
            .await?;
        let names: Vec<(&str, &str)> = items.iter().map(|item| (item.asset.as_str(), "")).collect();
        let (fates, agrees) = batch::settle(&names, &counted);
        let fates = fates
            .into_iter()
            .enumerate()
            .map(|(item, fate)| (item, Part::Whole, fate))
            .collect();
        Ok(said::answer(fates, &counted, agrees))
    }

    /// The types of these assets, as far as they can be read; each is asked for once.
    async fn types_of(&self, ids: &[AssetId]) -> HashMap<AssetId, String> {
        let known = |types: &HashMap<AssetId, String>| -> HashMap<AssetId, String> {
            ids.iter()
                .filter_map(|id| Some((id.clone(), types.get(id)?.clone())))
                .collect()
        };
        let lock = || {
            self.thumbnail_types
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let found = known(&lock());
        let missing: Vec<AssetId> = ids
            .iter()
            .filter(|id| !found.contains_key(id))
            .cloned()
            .collect();
        if missing.is_empty() {
            return found;
        }
        // Without the types the service decides.
        let read = self.part(&missing, "type").await.unwrap_or_default();
        let mut types = lock();
        types.extend(read.into_iter().filter(|(_, kind)| !kind.is_empty()));
        known(&types)
    }
}

fn names(pairs: &[Pair]) -> Vec<(&str, &str)> {
    pairs
        .iter()
        .map(|pair| (pair.asset.as_str(), pair.update.handle.as_str()))
        .collect()
}

/// The tags an asset has now in the field of a pair.
fn present_tags(session: &Session, item: &Item, (part, asset): (Part, &Asset)) -> Vec<String> {
    let fields = &session.fields;
    let certificate = match asset.value(&FieldKey::certificate()) {
        Value::Certificate(certificate) => Some(certificate),
        Value::Absent | Value::Unknown | Value::Text(_) | Value::List(_) | Value::Asset { .. } => {
            None
        }
    };
    match (part, certificate) {
        (Part::Whole, _) => asset.value(&item.field).entries().to_vec(),
        (_, None) => Vec::new(),
        (Part::Message, Some(certificate)) => vec![certificate.message.clone()],
        (Part::Status, Some(certificate)) => fields
            .certificate()
            .and_then(|(name, _)| fields.definition_of(name, &item.kind))
            .and_then(|status| certificate::spelled(certificate.status, status).ok())
            .into_iter()
            .collect(),
    }
}

/// The fate of a refused pair after the other way of clearing failed too.
fn worsen(fate: &mut Fate, error: &EndpointError) {
    match error.verdict() {
        Verdict::ReadBack => *fate = Fate::Open("no-answer".to_owned(), error.to_string()),
        Verdict::SomeItem => {
            if let EndpointError::Refused { code, why } | EndpointError::Forbidden { code, why } =
                error
            {
                *fate = Fate::Refused(code.clone(), why.clone());
            }
        }
        // It was not sent; the first refusal stands.
        Verdict::RetryLater | Verdict::SignInAgain | Verdict::TheseItems | Verdict::Never => {}
    }
}
