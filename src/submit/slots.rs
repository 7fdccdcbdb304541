//! Slots on the wire: so many calls unanswered at once, and whoever is noted waits in order.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::road::{Road, lock};

/// A pace nobody waits for, in requests a minute.
const NO_LIMIT: u32 = 60_000;

/// The right to ask the endpoint; given back when dropped.
#[derive(Debug)]
pub(super) struct Slot {
    _held: Option<OwnedSemaphorePermit>,
}

/// The slots of a run.
pub(super) struct Slots {
    free: Arc<Semaphore>,
    /// How many there are, taken or free.
    size: Mutex<usize>,
    /// How many calls gave theirs back and only wait for the disk.
    concluding: AtomicUsize,
    /// One more did.
    given_back: Notify,
}

impl Slots {
    pub(super) fn new(size: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(size)),
            size: Mutex::new(size),
            concluding: AtomicUsize::new(0),
            given_back: Notify::new(),
        }
    }

    /// A free slot of at most so many; `None` if others wait, or all are taken.
    fn free(&self, most: usize) -> Option<Slot> {
        self.fit(most);
        let permit = Arc::clone(&self.free).try_acquire_owned().ok()?;
        Some(Slot {
            _held: Some(permit),
        })
    }

    /// A slot of at most so many as there may be by then, in the order of asking.
    async fn next(&self, most: impl Fn() -> usize) -> Slot {
        loop {
            self.fit(most());
            // Nobody closes it.
            let permit = Arc::clone(&self.free).acquire_owned().await.ok();
            let mut size = lock(&self.size);
            if *size <= most() {
                return Slot { _held: permit };
            }
            *size -= 1;
            if let Some(permit) = permit {
                permit.forget();
            }
        }
    }

    /// As many as there may be now. Those taken above that go as they come back.
    fn fit(&self, most: usize) {
        let mut size = lock(&self.size);
        if *size < most {
            self.free.add_permits(most - *size);
            *size = most;
        } else {
            *size -= self.free.forget_permits(*size - most);
        }
    }

    /// Waits until one is given back early.
    pub(super) async fn given_back(&self) {
        self.given_back.notified().await;
    }

    /// Gives one back while what came of its call is being kept.
    pub(super) async fn give_back<T>(&self, slot: Slot, kept: impl Future<Output = T>) -> T {
        self.concluding.fetch_add(1, Ordering::Relaxed);
        drop(slot);
        self.given_back.notify_one();
        let kept = kept.await;
        self.concluding.fetch_sub(1, Ordering::Relaxed);
        kept
    }
}

impl Road {
    /// Whether calls are noted while others are on the wire, so that the disk is not waited for
    /// between them. Not where a call rests on a reading, or waits for its minute: by the time it
    /// leaves, reading and note would be old.
    pub(super) fn notes_ahead(&self) -> bool {
        let settings = self.settings();
        let a_minute = settings.requests_per_minute;
        !settings.check_before && a_minute.is_none_or(|a_minute| a_minute >= NO_LIMIT)
    }

    /// How many calls may be under way: so many on the wire, beside them those whose outcome is
    /// being kept, and as many noted ahead. The note of the next goes to the disk together with
    /// the outcome of the last, so it never holds more than twice that many in doubt.
    pub(super) fn allowed(&self) -> usize {
        let on_the_wire = self.concurrency();
        let concluding = self.slots().concluding.load(Ordering::Relaxed);
        let ahead = if self.notes_ahead() { on_the_wire } else { 0 };
        on_the_wire + ahead + concluding.min(on_the_wire)
    }

    /// A slot, if one is free and nobody waits for it.
    pub(super) fn free_slot(&self) -> Option<Slot> {
        self.slots().free(self.concurrency())
    }

    /// The next slot; whoever has one keeps it.
    pub(super) async fn slot(&self, slot: Option<Slot>) -> Slot {
        match slot {
            Some(slot) => slot,
            None => self.slots().next(|| self.concurrency()).await,
        }
    }

    /// The next slot to begin something; `None` if the run is to pause or stop first.
    pub(super) async fn slot_to_begin(&self, slot: Option<Slot>) -> Option<Slot> {
        let slot = tokio::select! {
            biased;
            () = self.not_going() => return None,
            slot = self.slot(slot) => slot,
        };
        Some(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_waits_longest_is_next_and_nobody_overtakes() {
        let slots = Slots::new(1);
        let first = slots.free(1).unwrap();
        let mut second = Box::pin(slots.next(|| 1));
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(first);
        assert!(slots.free(1).is_none(), "it is the second one's");
        assert!(futures_util::poll!(&mut second).is_ready());
    }

    #[tokio::test(start_paused = true)]
    async fn fewer_may_ask_once_the_endpoint_is_slow_and_more_when_it_is_not() {
        let slots = Slots::new(4);
        let taken: Vec<Slot> = (0..4).filter_map(|_| slots.free(4)).collect();
        assert_eq!(taken.len(), 4);
        assert!(slots.free(2).is_none());
        drop(taken);
        let left: Vec<Slot> = (0..4).filter_map(|_| slots.free(2)).collect();
        assert_eq!(left.len(), 2);
        let mut third = Box::pin(slots.next(|| 3));
        assert!(futures_util::poll!(&mut third).is_ready());
    }
}
