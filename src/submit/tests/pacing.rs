//! Stories of speed, told in a time that stands still: how close a run keeps to its pace, and that
//! the disk is waited for beside the network.

use std::{sync::Arc, sync::Mutex, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use tokio::time::{Instant, sleep};

use super::{
    super::{Control, Engine, Gate, Journal, Kept, Parts, Settings},
    stage::{Book, library, noon, outcomes, retitling},
};
use crate::{
    domain::{
        Asset, AssetId, Outcome, Run, RunId, Value,
        run::{CallNote, RunState, Settlement},
    },
    endpoint::{
        Answer, Call, CheckStep, Connection, Cursor, Endpoint, EndpointError, Page, memory::Memory,
    },
};

/// A library that takes its time, and remembers when it was asked to write.
struct Slow {
    library: Memory,
    takes: Duration,
    asked: Mutex<Vec<Instant>>,
}

impl Slow {
    fn of(assets: usize, takes: Duration) -> Arc<Self> {
        Arc::new(Self {
            library: library(assets),
            takes,
            asked: Mutex::default(),
        })
    }

    fn asked(&self) -> Vec<Instant> {
        self.asked.lock().unwrap().clone()
    }
}

impl Endpoint for Slow {
    fn connect(&self) -> BoxFuture<'_, Result<Connection, EndpointError>> {
        self.library.connect()
    }

    fn check(&self) -> BoxFuture<'_, Vec<CheckStep>> {
        self.library.check()
    }

    fn page(&self, cursor: Option<Cursor>) -> BoxFuture<'_, Result<Page, EndpointError>> {
        self.library.page(cursor)
    }

    fn fetch<'a>(&'a self, ids: &'a [AssetId]) -> BoxFuture<'a, Result<Vec<Asset>, EndpointError>> {
        self.library.fetch(ids)
    }

    fn thumbnails<'a>(
        &'a self,
        ids: &'a [AssetId],
    ) -> BoxFuture<'a, Result<Vec<(AssetId, Value)>, EndpointError>> {
        self.library.thumbnails(ids)
    }

    fn submit<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, EndpointError>> {
        self.asked.lock().unwrap().push(Instant::now());
        async {
            sleep(self.takes).await;
            self.library.submit(call).await
        }
        .boxed()
    }

    fn picture<'a>(
        &'a self,
        asset: &'a Asset,
        size: u32,
    ) -> BoxFuture<'a, Result<Option<Vec<u8>>, EndpointError>> {
        self.library.picture(asset, size)
    }
}

/// A journal whose disk takes its time, for one entry as for many.
struct Lazy {
    book: Book,
    takes: Duration,
}

impl Lazy {
    fn slowly<'a>(&self, kept: Kept<'a>) -> Kept<'a> {
        let takes = self.takes;
        Box::pin(async move {
            sleep(takes).await;
            kept.await
        })
    }
}

impl Journal for Lazy {
    fn note_call<'a>(&'a self, run: &'a RunId, call: &'a CallNote) -> Kept<'a> {
        self.slowly(self.book.note_call(run, call))
    }

    fn answered<'a>(&'a self, run: &'a RunId, call: &'a CallNote) -> Kept<'a> {
        self.slowly(self.book.answered(run, call))
    }

    fn settle<'a>(&'a self, run: &'a RunId, settled: &'a [Settlement]) -> Kept<'a> {
        self.slowly(self.book.settle(run, settled))
    }

    fn state<'a>(&'a self, run: &'a RunId, state: RunState, at_ms: i64) -> Kept<'a> {
        self.book.state(run, state, at_ms)
    }
}

/// Sends a run to its end, without the two comparisons around each call.
async fn sent(
    endpoint: &Arc<Slow>,
    journal: Arc<dyn Journal>,
    (run, concurrency, requests_per_minute): (Run, usize, Option<u32>),
) -> Run {
    let settings = Settings {
        concurrency,
        requests_per_minute,
        check_before: false,
        read_back: false,
        ..Settings::default()
    };
    let (_control, parts) = parts(endpoint, journal, settings);
    Engine::new(run, parts).go().await
}

/// What a run needs, and its handle.
fn parts(endpoint: &Arc<Slow>, journal: Arc<dyn Journal>, settings: Settings) -> (Control, Parts) {
    let (control, wishes) = Control::new();
    let (news, _) = tokio::sync::mpsc::unbounded_channel();
    let parts = Parts {
        endpoint: Arc::clone(endpoint) as Arc<dyn Endpoint>,
        journal,
        settings,
        wishes,
        news,
        now_ms: noon,
        gate: Gate::new(settings.limits(), 7),
    };
    (control, parts)
}

#[tokio::test(start_paused = true)]
async fn a_run_keeps_99_of_100_of_its_pace_and_no_minute_holds_more_than_it() {
    let slow = Slow::of(700, Duration::from_millis(400));
    let book = Arc::new(Book::default());
    let run = sent(&slow, book, (retitling(700, 1), 4, Some(350))).await;
    assert!(outcomes(&run).iter().all(|one| *one == Outcome::Applied));
    let asked = slow.asked();
    let (first, last) = (asked[0], asked[asked.len() - 1]);
    let at_pace = Duration::from_mins(1).mul_f64(699.0 / 350.0);
    let share = at_pace.as_secs_f64() / (last - first).as_secs_f64();
    assert!((0.99..=1.0).contains(&share), "{share}");
    let in_any = (0..asked.len()).map(|from| {
        let minute = asked[from] + Duration::from_mins(1);
        asked[from..].iter().take_while(|at| **at < minute).count()
    });
    assert!(in_any.max() <= Some(350));
}

#[tokio::test(start_paused = true)]
async fn a_call_is_noted_and_an_answer_kept_while_others_are_on_the_wire() {
    let (network, disk) = (Duration::from_millis(20), Duration::from_millis(5));
    let slow = Slow::of(80, network);
    let journal = Arc::new(Lazy {
        book: Book::default(),
        takes: disk,
    });
    let began = Instant::now();
    let run = sent(&slow, journal, (retitling(80, 1), 1, None)).await;
    let took = began.elapsed();
    assert_eq!(run.tally().applied, 80);
    // Only the first waits for its note, and only the last for its outcome.
    let expected = network * 80 + disk * 2;
    // A sleep ends with its millisecond.
    let slack = Duration::from_millis(80);
    assert!(
        took <= expected + slack,
        "{took:?} is more than {expected:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn never_more_calls_are_unanswered_than_allowed_while_answers_are_kept() {
    let slow = Slow::of(60, Duration::from_millis(20));
    let journal = Arc::new(Lazy {
        book: Book::default(),
        takes: Duration::from_millis(50),
    });
    sent(&slow, journal, (retitling(60, 1), 4, None)).await;
    let asked = slow.asked();
    let together = asked.iter().map(|at| {
        let until = *at + Duration::from_millis(20);
        asked
            .iter()
            .filter(|one| *at <= **one && **one < until)
            .count()
    });
    assert!(together.max() <= Some(4));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_noted_ahead_does_not_leave_once_the_run_is_to_pause() {
    let slow = Slow::of(8, Duration::from_secs(10));
    let book = Arc::new(Book::default());
    let settings = Settings {
        concurrency: 2,
        check_before: false,
        read_back: false,
        ..Settings::default()
    };
    let (control, parts) = parts(&slow, Arc::clone(&book) as Arc<dyn Journal>, settings);
    let task = tokio::spawn(Engine::new(retitling(8, 1), parts).go());
    sleep(Duration::from_secs(5)).await;
    let in_doubt = || {
        let kept = book.recovered(&retitling(8, 1));
        let open = kept.calls.iter().filter(|call| call.noted_ms != 0);
        open.filter(|call| call.took_ms.is_none()).count()
    };
    assert_eq!(in_doubt(), 4, "two on the wire, and two noted ahead");
    control.pause();
    sleep(Duration::from_secs(10)).await;
    assert_eq!(slow.asked().len(), 2, "only what was on the wire");
    assert_eq!(in_doubt(), 0, "the others wait again");
    control.go_on();
    assert_eq!(task.await.unwrap().tally().applied, 8);
}
