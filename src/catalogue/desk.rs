//! Where a server works on requests: off the network's threads, and few at a time.

use std::{sync::Arc, thread};

use tokio::{
    sync::Semaphore,
    task::{self, JoinError},
};

/// The places of one server; cheap to clone.
///
/// The catalogue stands beside the program that asks it, so it takes half of the processors at
/// most; a request more waits for its turn instead of taking one from the screen.
#[derive(Clone, Debug)]
pub struct Desk {
    places: Arc<Semaphore>,
}

impl Default for Desk {
    /// A desk with a place for every second processor.
    fn default() -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Self {
            places: Arc::new(Semaphore::new((processors / 2).max(1))),
        }
    }
}

impl Desk {
    /// Do blocking work once there is a place for it.
    ///
    /// # Errors
    ///
    /// When the work panicked.
    pub async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        // It is never closed. Whoever stops waiting leaves the place to the work until it is done.
        let place = Arc::clone(&self.places).acquire_owned().await.ok();
        task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        })
        .await
    }
}
