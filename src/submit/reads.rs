//! Reading what the server has, for the changes of a run.

use std::{borrow::Cow, collections::HashMap};

use super::{
    compare::{self, Reading},
    is_thumbnail,
};
use crate::{
    domain::{
        Asset, AssetId, Item, Outcome, Run, Value,
        run::{Settlement, corrected},
    },
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

/// Reads a run's changes again: those whose outcome is unknown, with what was refused beside them,
/// or all if none is unknown.
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
    let is_unknown = |one: &Settlement| one.outcome == Outcome::Unknown;
    let any_unknown = settled.clone().any(is_unknown);
    let places = settled.filter(|one| {
        !any_unknown || is_unknown(one) || (one.outcome == Outcome::Refused && one.call != 0)
    });
    let places: Vec<u32> = places.map(|one| one.item).collect();
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
    match reading {
        Reading::Is(now) => corrected(item, known, now),
        Reading::Missing | Reading::Unread(_) if known.outcome == Outcome::Unknown => {
            compare::silence(place, item, (known.call, ""), reading)
        }
        Reading::Missing | Reading::Unread(_) => known.clone(),
    }
}
