//! What all calls of a run share: the journal, the news, the pace, and reading.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep_until, timeout},
};

use super::{
    Gate, Journal, NOTICED, News, Parts, Settings, Wish,
    batch::Cap,
    compare::Reading,
    doubt::SentIn,
    is_thumbnail, narrow,
    pace::{Exhausted, Ticket},
    reads,
    slots::{Slot, Slots},
};
use crate::{
    domain::{
        Failure, Item, Run, RunId,
        run::{CallNote, RunState, Settlement},
    },
    endpoint::{Asking, CallKind, Endpoint, EndpointError, Verdict},
};

/// The time between bundles of news: twenty a second.
const BUNDLE: Duration = Duration::from_millis(50);

/// Everything the calls of a run share.
#[derive(Clone)]
pub(super) struct Road(Arc<Shared>);

struct Shared {
    run: RunId,
    items: Vec<Item>,
    parts: Parts,
    cap: Mutex<Cap>,
    wish: Mutex<Wish>,
    /// Wakes whoever waits, in the order they came: a run repeats itself, given the same answers.
    wished: Notify,
    next_number: AtomicU32,
    slots: Slots,
    sent_in: SentIn,
    bundle: Mutex<Bundle>,
    /// The end of the wait that was told last.
    told_wait: Mutex<Option<Instant>>,
    /// Whether anything of the run went through, or somebody said to go on with it.
    under_way: AtomicBool,
}

/// Why the run must wait for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hold {
    /// In words.
    pub(super) why: String,
    /// Whether signing in again is what it waits for.
    pub(super) sign_in: bool,
}

impl From<Failure> for Hold {
    fn from(failure: Failure) -> Self {
        Self {
            why: failure.sentence(),
            sign_in: false,
        }
    }
}

impl Hold {
    /// Because of this, in words.
    pub(super) fn because(why: &str) -> Self {
        Self {
            why: format!("the run waits: {why}"),
            sign_in: false,
        }
    }

    /// Because of what the endpoint said, and why nothing more is tried.
    pub(super) fn of(error: &EndpointError, why_now: Option<Exhausted>) -> Self {
        let mut failure = error.failure("the run waits");
        if let Some(exhausted) = why_now {
            failure.why = format!("{} ({exhausted})", failure.why);
        }
        Self {
            why: failure.sentence(),
            sign_in: error.verdict() == Verdict::SignInAgain,
        }
    }
}

/// News that waits for its bundle.
#[derive(Default)]
struct Bundle {
    calls: Vec<CallNote>,
    settled: Vec<Settlement>,
    last: Option<Instant>,
}

/// Why reading gave nothing.
pub(super) enum NoReading {
    /// The run is to pause or stop first.
    NotNow,
    /// The run must wait for a person.
    Halt(Hold),
    /// These assets can't be read.
    Refused(EndpointError),
}

/// What a request is for, when it waits for its turn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To begin something: not when the run is to pause or stop.
    Begin,
    /// To end what was begun: also then, unless the endpoint is to be left alone.
    End,
}

impl Road {
    pub(super) fn new(run: &Run, parts: Parts) -> Self {
        let last = run.calls.iter().map(|call| call.number).max().unwrap_or(0);
        let sizes = run
            .calls
            .iter()
            .map(|call| narrow::assets(&run.items, &call.items));
        let cap = Cap::planned(sizes.max().unwrap_or(0).max(super::lane::UNPLANNED));
        Self(Arc::new(Shared {
            run: run.id.clone(),
            items: run.items.clone(),
            cap: Mutex::new(cap),
            wish: Mutex::new(Wish::Go),
            wished: Notify::new(),
            next_number: AtomicU32::new(last + 1),
            slots: Slots::new(parts.gate.concurrency()),
            sent_in: SentIn::of(run),
            bundle: Mutex::default(),
            told_wait: Mutex::default(),
            under_way: AtomicBool::new(run.calls.iter().any(|call| call.noted_ms != 0)),
            parts,
        }))
    }

    // --- what the engine asks

    pub(super) fn wish(&self) -> Wish {
        *lock(&self.0.wish)
    }

    pub(super) fn set_wish(&self, wish: Wish) {
        if std::mem::replace(&mut *lock(&self.0.wish), wish) != wish {
            self.0.wished.notify_waiters();
        }
    }

    /// Whether nothing of the run went through so far, and nobody said to go on all the same.
    pub(super) fn is_untried(&self) -> bool {
        !self.0.under_way.load(Ordering::Relaxed)
    }

    /// Something went through, or somebody says to go on.
    pub(super) fn is_under_way(&self) {
        self.0.under_way.store(true, Ordering::Relaxed);
    }

    pub(super) fn concurrency(&self) -> usize {
        self.gate().concurrency()
    }

    pub(super) fn slots(&self) -> &Slots {
        &self.0.slots
    }

    pub(super) fn forgive(&self) {
        self.gate().forgive();
    }

    pub(super) fn now_ms(&self) -> i64 {
        (self.0.parts.now_ms)()
    }

    pub(super) async fn keep_state(&self, state: RunState, at_ms: i64) -> Result<(), Failure> {
        self.0.parts.journal.state(&self.0.run, state, at_ms).await
    }

    /// Keeps how changes ended, then tells it.
    pub(super) async fn settle(&self, settled: &[Settlement]) -> Result<(), Failure> {
        if !settled.is_empty() {
            self.0.parts.journal.settle(&self.0.run, settled).await?;
            self.bundle().settled.extend_from_slice(settled);
        }
        Ok(())
    }

    /// Keeps an answer together with how its changes ended, then tells both. After a call that went
    /// well another takes its slot meanwhile; what a refusal means for the rest is to be known before.
    pub(super) async fn conclude(
        &self,
        (note, slot): (&CallNote, Slot),
        settled: &[Settlement],
    ) -> Result<(), Failure> {
        // Handed in before anything else starts, so it is durable before anything that does.
        let kept = self.0.parts.journal.concluded(&self.0.run, (note, settled));
        let well = settled.iter().all(|one| one.outcome.is_written());
        if well {
            self.slots().give_back(slot, kept).await?;
        } else {
            kept.await?;
            drop(slot);
        }
        self.tell_call(note);
        self.bundle().settled.extend_from_slice(settled);
        Ok(())
    }

    // --- news

    pub(super) fn tell(&self, news: News) {
        // Nobody listens when the program is going down; the run goes on in the journal.
        let _ = self.0.parts.news.send(news);
    }

    pub(super) fn tell_call(&self, note: &CallNote) {
        let mut bundle = self.bundle();
        bundle.calls.retain(|known| known.number != note.number);
        bundle.calls.push(note.clone());
    }

    /// When the waiting news is due.
    pub(super) fn flush_at(&self) -> Option<Instant> {
        let bundle = self.bundle();
        let waiting = !(bundle.calls.is_empty() && bundle.settled.is_empty());
        waiting.then(|| bundle.last.map_or_else(Instant::now, |last| last + BUNDLE))
    }

    pub(super) fn flush(&self) {
        let bundle = std::mem::replace(
            &mut *self.bundle(),
            Bundle {
                last: Some(Instant::now()),
                ..Bundle::default()
            },
        );
        for call in bundle.calls {
            self.tell(News::Call(call));
        }
        if !bundle.settled.is_empty() {
            self.tell(News::Settled(bundle.settled));
        }
    }

    // --- requests

    /// Waits for a turn: for the pace and the brake. `None` if the run is to pause or stop first.
    pub(super) async fn turn(&self, purpose: Purpose, asking: Asking) -> Option<Ticket> {
        if purpose == Purpose::Begin && self.wish() != Wish::Go {
            return None;
        }
        let ticket = self.gate().reserve(self.endpoint().requests(asking));
        loop {
            let Some(wait) = self.gate().wait(ticket) else {
                return Some(self.gate().leave(ticket));
            };
            self.tell_wait(wait.until, &wait.why);
            let gives_way = purpose == Purpose::Begin || wait.braked;
            tokio::select! {
                biased;
                () = sleep_until(wait.until) => {}
                () = self.not_going(), if gives_way => return None,
            }
        }
    }

    /// Waits until the run is to pause or stop.
    pub(super) async fn not_going(&self) {
        loop {
            let wished = self.0.wished.notified();
            if self.wish() != Wish::Go {
                return;
            }
            wished.await;
        }
    }

    /// Tells a wait that a person would notice, once.
    pub(super) fn tell_wait(&self, until: Instant, why: &str) {
        let wait = until.saturating_duration_since(Instant::now());
        if wait <= NOTICED {
            return;
        }
        let mut told = lock(&self.0.told_wait);
        if told.is_some_and(|told| until <= told + NOTICED) {
            return;
        }
        *told = Some(until);
        let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        self.tell(News::Waits {
            until_ms: self.now_ms().saturating_add(wait_ms),
            seconds: u64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u64::MAX),
            why: why.to_owned(),
        });
    }

    pub(super) async fn read(
        &self,
        places: &[u32],
        purpose: Purpose,
    ) -> Result<Vec<Reading>, NoReading> {
        loop {
            let asking = self.asking(places);
            let ticket = self.turn(purpose, asking).await.ok_or(NoReading::NotNow)?;
            let reading = reads::readings(self.endpoint(), &self.0.items, places);
            let read = timeout(self.settings().timeout, reading).await;
            let error = match read.unwrap_or_else(|_| Err(self.no_answer())) {
                Ok((readings, assets)) => {
                    self.gate().succeeded();
                    // What a call is compared with may be stale as soon as the call is done.
                    if purpose == Purpose::End && !assets.is_empty() {
                        self.tell(News::Read(assets));
                    }
                    return Ok(readings);
                }
                Err(error) => error,
            };
            if error.is_trouble() {
                self.gate()
                    .brake(ticket, &error)
                    .map_err(|why| NoReading::Halt(Hold::of(&error, Some(why))))?;
            } else if error.verdict() == Verdict::SignInAgain {
                return Err(NoReading::Halt(Hold::of(&error, None)));
            } else {
                return Err(NoReading::Refused(error));
            }
        }
    }

    fn asking(&self, places: &[u32]) -> Asking {
        let assets = narrow::assets(&self.0.items, places);
        match places.first() {
            Some(&place) if is_thumbnail(self.item(place)) => Asking::Thumbnails(assets),
            Some(_) | None => Asking::Fetch(assets),
        }
    }

    pub(super) fn no_answer(&self) -> EndpointError {
        let seconds = self.settings().timeout.as_secs_f32();
        EndpointError::NoAnswer {
            why: format!("no answer in {seconds} s"),
        }
    }

    pub(super) fn journal(&self) -> (&dyn Journal, &RunId) {
        (self.0.parts.journal.as_ref(), &self.0.run)
    }

    pub(super) fn sent_in(&self) -> &SentIn {
        &self.0.sent_in
    }

    pub(super) fn new_number(&self) -> u32 {
        self.0.next_number.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn items(&self) -> &[Item] {
        &self.0.items
    }

    pub(super) fn item(&self, place: u32) -> &Item {
        &self.0.items[place as usize]
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.0.parts.settings
    }

    pub(super) fn endpoint(&self) -> &dyn Endpoint {
        self.0.parts.endpoint.as_ref()
    }

    pub(super) fn gate(&self) -> &Gate {
        &self.0.parts.gate
    }

    /// How many assets a call may hold for now.
    pub(super) fn cap(&self) -> MutexGuard<'_, Cap> {
        lock(&self.0.cap)
    }

    fn bundle(&self) -> MutexGuard<'_, Bundle> {
        lock(&self.0.bundle)
    }
}

/// Whether a change was written by a call of the run, and not found to be there.
pub(super) fn is_written(settlement: &Settlement) -> bool {
    settlement.call != 0 && settlement.outcome.is_written()
}

pub(super) fn kind(thumbnails: bool) -> CallKind {
    if thumbnails {
        CallKind::Thumbnails
    } else {
        CallKind::Metadata
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
