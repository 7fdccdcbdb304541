//! Room for pages that were read and not yet taken in: where disk or screen are slower than the
//! endpoint, reading waits for them, so that memory stays bounded.

use std::{
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::sync::{Semaphore, mpsc::UnboundedReceiver};

use crate::flow::Event;

/// Assets that may wait to be taken in.
const MOST: u32 = 16_384;

/// How many more assets may wait.
#[derive(Clone)]
pub(in crate::runtime) struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST as usize)))
    }
}

impl Room {
    /// Waits until so many more have room.
    pub(in crate::runtime) async fn enter(&self, assets: usize) -> Entered {
        let room = self.clone();
        let places = places(assets);
        if let Ok(entered) = self.0.acquire_many(places).await {
            entered.forget();
        }
        Entered { room, places }
    }

    fn leave(&self, places: u32) {
        self.0.add_permits(places as usize);
    }
}

/// The room of a page that is on its way; free again if it gets lost.
pub(in crate::runtime) struct Entered {
    room: Room,
    places: u32,
}

impl Entered {
    /// The page was told: whoever takes it in frees its room.
    pub(in crate::runtime) fn told(mut self) {
        self.places = 0;
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.room.leave(self.places);
    }
}

/// A page larger than all the room there is gets all of it.
fn places(assets: usize) -> u32 {
    u32::try_from(assets).map_or(MOST, |assets| assets.min(MOST))
}

/// The news, as it comes.
pub struct Events {
    receiver: UnboundedReceiver<Event>,
    room: Room,
}

impl Events {
    pub(in crate::runtime) fn new(receiver: UnboundedReceiver<Event>, room: Room) -> Self {
        Self { receiver, room }
    }

    /// The next piece of news; `None` once nobody can tell any.
    pub async fn recv(&mut self) -> Option<Event> {
        let event = self.receiver.recv().await;
        self.taken(event)
    }

    /// The next piece of news that has come already.
    pub fn try_recv(&mut self) -> Option<Event> {
        let event = self.receiver.try_recv().ok();
        self.taken(event)
    }

    /// The same for whoever polls.
    pub fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<Event>> {
        let event = ready!(self.receiver.poll_recv(context));
        Poll::Ready(self.taken(event))
    }

    fn taken(&self, event: Option<Event>) -> Option<Event> {
        if let Some(Event::Page { assets, .. }) = &event {
            self.room.leave(places(assets.len()));
        }
        event
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use tokio::sync::mpsc;

    use super::*;

    fn page(assets: usize) -> Event {
        let asset = crate::domain::Asset {
            id: "a".into(),
            name: String::new(),
            kind: String::new(),
            fields: Vec::new(),
            locked: None,
        };
        Event::Page {
            generation: 1,
            assets: vec![asset; assets],
            total: 0,
        }
    }

    #[test]
    fn a_page_waits_until_an_earlier_one_was_taken_in() {
        let (sender, receiver) = mpsc::unbounded_channel();
        let room = Room::default();
        let mut events = Events::new(receiver, room.clone());
        for _ in 0..16 {
            room.enter(1000).now_or_never().unwrap().told();
            sender.send(page(1000)).unwrap();
        }
        assert!(room.enter(1000).now_or_never().is_none(), "all is full");
        assert!(events.try_recv().is_some());
        assert!(room.enter(1000).now_or_never().is_some());
        let lost = room.enter(1000).now_or_never().unwrap();
        assert!(room.enter(1000).now_or_never().is_none());
        drop(lost);
        assert!(room.enter(1000).now_or_never().is_some());
    }

    #[test]
    fn a_page_beyond_all_bounds_has_room_once_all_others_are_gone() {
        let (sender, receiver) = mpsc::unbounded_channel();
        let room = Room::default();
        let mut events = Events::new(receiver, room.clone());
        room.enter(100_000).now_or_never().unwrap().told();
        sender.send(page(100_000)).unwrap();
        assert!(room.enter(1).now_or_never().is_none());
        assert!(events.try_recv().is_some());
        assert!(room.enter(100_000).now_or_never().is_some());
    }
}
