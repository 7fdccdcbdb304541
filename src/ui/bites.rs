//! News in bites: as much of what has come as is taken in within a few milliseconds, so that a key
//! never waits longer, however much comes at once.

use std::task::Poll;

use futures_util::{Stream, StreamExt, stream};

use crate::flow::Event;

/// How much is taken in at a time: an asset of a page weighs one.
const BITE: usize = 80;
/// What any other news weighs.
const OTHER: usize = 10;

/// The news as it comes, in bites; a page that is more than a bite is divided.
pub(super) fn bites(events: impl Stream<Item = Event>) -> impl Stream<Item = Vec<Event>> {
    let mut events = Box::pin(events.fuse());
    let mut rest: Option<Event> = None;
    stream::poll_fn(move |context| {
        let (mut bite, mut room) = (Vec::new(), BITE);
        while room > 0 {
            let event = match rest.take() {
                Some(event) => event,
                None => match events.poll_next_unpin(context) {
                    Poll::Ready(Some(event)) => event,
                    Poll::Ready(None) if bite.is_empty() => return Poll::Ready(None),
                    Poll::Pending if bite.is_empty() => return Poll::Pending,
                    Poll::Ready(None) | Poll::Pending => break,
                },
            };
            let (event, more) = divided(event, room);
            room = room.saturating_sub(weight(&event));
            bite.push(event);
            rest = more;
        }
        Poll::Ready(Some(bite))
    })
}

fn weight(event: &Event) -> usize {
    if let Event::Page { assets, .. } = event {
        return assets.len().max(1);
    }
    let many = if let Event::Refreshed { assets, .. } = event {
        assets.len()
    } else if let Event::Values(values) = event {
        values.len()
    } else if let Event::Settled { settled, .. } = event {
        settled.len()
    } else {
        0
    };
    many.max(OTHER)
}

/// News of which a part fits, and the rest of it.
fn divided(event: Event, room: usize) -> (Event, Option<Event>) {
    let Event::Page {
        generation,
        mut assets,
        total,
    } = event
    else {
        return (event, None);
    };
    let later = (assets.len() > room).then(|| assets.split_off(room));
    let page = |assets| Event::Page {
        generation,
        assets,
        total,
    };
    (page(assets), later.map(page))
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::ui::session::asset;

    fn page(count: usize) -> Event {
        let name = |number| asset(&format!("a{number}"), "Image", &[]);
        Event::Page {
            generation: 1,
            assets: (0..count).map(name).collect(),
            total: 9,
        }
    }

    #[test]
    fn a_flood_of_pages_is_taken_in_bites_and_nothing_is_lost_or_turned_around() {
        let events = vec![page(700), page(4000), Event::Said("end".into()), page(0)];
        let bites = bites(stream::iter(events)).collect::<Vec<_>>();
        let bites = bites.now_or_never().unwrap();
        let weights = bites
            .iter()
            .map(|bite: &Vec<Event>| bite.iter().map(weight).sum());
        let mut expected = vec![80; 58];
        expected.push(71);
        assert_eq!(weights.collect::<Vec<usize>>(), expected);
        let last = bites.last().unwrap();
        assert_eq!(last[1], Event::Said("end".into()));
        let mut told = Vec::new();
        for event in bites.into_iter().flatten() {
            if let Event::Page { assets, .. } = event {
                told.extend(assets);
            }
        }
        let Event::Page { mut assets, .. } = page(700) else {
            unreachable!()
        };
        let Event::Page { assets: more, .. } = page(4000) else {
            unreachable!()
        };
        assets.extend(more);
        assert_eq!(told, assets);
    }
}
