//! Going through many points side by side, and telling all that went wrong at the end.

use std::{
    fmt::Debug,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Points gone through side by side; most of the time one waits for a lost request.
const SIDE_BY_SIDE: usize = 3;

/// At most so many of `1..=all`, evenly spread, first and last among them; every one if
/// `ARMARIUS_CRASH=all`.
pub(super) fn spread(all: usize, most: usize) -> Vec<usize> {
    if variable("ARMARIUS_CRASH").as_deref() == Some("all") || all <= most {
        return (1..=all).collect();
    }
    (0..most)
        .map(|place| 1 + place * (all - 1) / (most - 1))
        .collect()
}

/// A variable of whoever runs the tests.
#[expect(
    clippy::disallowed_methods,
    reason = "it chooses how long the tests take, and their compiler"
)]
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Plays a story at every point. Says how many there were, and fails with all that failed.
#[expect(
    clippy::print_stdout,
    reason = "how many points there were belongs to the result"
)]
pub(super) fn each<T: Debug + Sync>(story: &str, points: &[T], play: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                while let Some(point) = points.get(next.fetch_add(1, Ordering::SeqCst)) {
                    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| play(point))) {
                        let words = panic
                            .downcast_ref::<String>()
                            .cloned()
                            .or_else(|| panic.downcast_ref::<&str>().map(|&word| word.to_owned()));
                        let words = words.unwrap_or_else(|| "it panicked".to_owned());
                        failed.lock().unwrap().push(format!("{point:?}: {words}"));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    println!("{story}: {} points", points.len());
    assert!(
        failed.is_empty(),
        "{story}: {} of {} points\n{}",
        failed.len(),
        points.len(),
        failed.join("\n---\n")
    );
}
