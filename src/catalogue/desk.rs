//! Where requests are worked on: off the network's threads, and few at a time.

use std::{sync::LazyLock, thread};

use tokio::{
    sync::Semaphore,
    task::{self, JoinError},
};

/// The catalogue stands beside the program that asks it, so it takes half of the processors at
/// most; a request more waits for its turn instead of taking one from the screen.
static PLACES: LazyLock<Semaphore> = LazyLock::new(|| {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    Semaphore::new((processors / 2).max(1))
});

/// Do blocking work once there is a place for it.
///
/// # Errors
///
/// When the work panicked.
pub(super) async fn work<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JoinError> {
    // It is never closed.
    let place = PLACES.acquire().await.ok();
    task::spawn_blocking(move || {
        let done = work();
        drop(place);
        done
    })
    .await
}
