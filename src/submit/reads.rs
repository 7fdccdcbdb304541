//! Reading what the server has, for the changes of a run.

use std::{borrow::Cow, collections::HashMap};

use super::{
    compare::{self, NO_ANSWER, READ_BACK, Reading},
    is_thumbnail,
};
use crate::{
    domain::{Asset, AssetId, Item, Outcome, Run, Value, run::Settlement},
    endpoint::{Endpoint, EndpointError},
};

/// How many changes are read again at a time.
const CHUNK: usize = 100;

/// The readings of these changes, in their order, and the assets read on the way; all of the
/// changes set thumbnails, or none.
pub(super) async fn readings(
    endpoint: &dyn Endpoint,
    items: &[Item],
    places: &[u32],
) -> Result<(Vec<Reading>, Vec<Asset>), EndpointError> {
    let of = |place: &u32| &items[*place as usize];
    let mut ids: Vec<AssetId> = places.iter().map(|place| of(place).asset.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    if places.first().is_some_and(|place| is_thumbnail(of(place))) {
        let read: HashMap<AssetId, Value> = endpoint.thumbnails(&ids).await?.into_iter().collect();
        let reading = |place| match read.get(&of(place).asset) {
            Some(Value::Unknown) | None => Reading::Unread(String::new()),
            Some(value) => Reading::Is(value.clone()),
        };
        return Ok((places.iter().map(reading).collect(), Vec::new()));
    }
    let assets = endpoint.fetch(&ids).await?;
    let read: HashMap<_, _> = assets.iter().map(|asset| (&asset.id, asset)).collect();
    let reading = |place| {
        let item = of(place);
        match read.get(&item.asset).map(|asset| asset.value(&item.field)) {
            None => Reading::Missing,
            Some(Value::Unknown) => Reading::Unread(String::new()),
            Some(value) => Reading::Is(value.clone()),
        }
    };
    let readings = places.iter().map(reading).collect();
    Ok((readings, assets))
}

/// Reads a run's changes again: those whose outcome is unknown, or all if there are none.
/// Returns the settlements that are to be corrected; the caller keeps them.
///
/// # Errors
///
/// When the endpoint can't be read.
pub async fn read_again(
    endpoint: &dyn Endpoint,
    run: &Run,
) -> Result<Vec<Settlement>, EndpointError> {
    let settled = run.settled.iter().flatten();
    let mut places: Vec<u32> = settled
        .clone()
        .filter(|one| one.outcome == Outcome::Unknown)
        .map(|one| one.item)
        .collect();
    if places.is_empty() {
        places = settled.map(|one| one.item).collect();
    }
    let (thumbnails, metadata): (Vec<u32>, Vec<u32>) = places
        .iter()
        .partition(|&&place| is_thumbnail(&run.items[place as usize]));
    let mut corrected = Vec::new();
    for chunk in metadata.chunks(CHUNK).chain(thumbnails.chunks(CHUNK)) {
        let (readings, _) = readings(endpoint, &run.items, chunk).await?;
        for (&place, reading) in chunk.iter().zip(&readings) {
            let Some(Some(known)) = run.settled.get(place as usize) else {
                continue;
            };
            let sent = run.calls.iter().find(|call| call.number == known.call);
            let item = &run.items[place as usize];
            let item = sent.map_or(Cow::Borrowed(item), |call| call.as_sent(place, item));
            let now = again(place, &item, known, reading);
            if now != *known {
                corrected.push(now);
            }
        }
    }
    Ok(corrected)
}

fn again(place: u32, item: &Item, known: &Settlement, reading: &Reading) -> Settlement {
    if known.outcome == Outcome::Unknown {
        let told = compare::silence(place, item, (known.call, ""), reading);
        let meant = match (told.outcome, told.code.as_str()) {
            (Outcome::Refused, NO_ANSWER) => Settlement {
                code: READ_BACK.into(),
                reason: "read back: it is not written".into(),
                ..told
            },
            (Outcome::Applied, _) => Settlement {
                reason: "read back: it is written".into(),
                ..told
            },
            _ => told,
        };
        return meant;
    }
    match reading {
        Reading::Is(now) => Settlement {
            server: Some(now.clone()),
            ..known.clone()
        },
        Reading::Missing | Reading::Unread(_) => known.clone(),
    }
}
