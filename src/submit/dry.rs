//! A dry run: what would become of changes if they were sent now. Sends nothing.

use super::{
    compare::{ALREADY, GONE, Reading, before_sending},
    reads,
};
use crate::{
    domain::{Item, Value, plan::Fate},
    endpoint::{Endpoint, EndpointError},
};

/// What reading says of these changes, as far as the values go. All of them set thumbnails, or
/// none.
///
/// # Errors
///
/// When the endpoint can't be read.
pub async fn fates(
    endpoint: &dyn Endpoint,
    items: &[Item],
    places: &[u32],
) -> Result<Vec<Fate>, EndpointError> {
    let (readings, _) = reads::readings(endpoint, items, places).await?;
    let fate = |(&place, reading): (&u32, &Reading)| fate(&items[place as usize], place, reading);
    Ok(places.iter().zip(&readings).map(fate).collect())
}

/// The same comparison as before a call, so that a dry run can't say anything else.
fn fate(item: &Item, place: u32, reading: &Reading) -> Fate {
    match before_sending(place, item, reading) {
        None => match reading {
            Reading::Unread(why) => Fate::Unread(why.clone()),
            Reading::Is(_) | Reading::Missing => Fate::Sent,
        },
        Some(told) if told.code == ALREADY => Fate::Equal,
        Some(told) if told.code == GONE => Fate::Gone,
        Some(told) => Fate::Conflict {
            now: told.server.unwrap_or(Value::Unknown),
        },
    }
}
