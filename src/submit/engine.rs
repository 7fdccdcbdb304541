//! The life of a run: which call is next, pause and stop, and the news.

use std::sync::Arc;

use futures_util::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until},
};

use super::{
    Gate, Journal, News, Settings, Wish,
    call::{Ended, RefusedWhole},
    canary,
    compare::{self, NOT_SENT},
    lane::{Lanes, Turn},
    narrow::{self, Alike},
    road::{Hold, Road, is_written},
};
use crate::{
    domain::{
        Outcome, Run,
        run::{RunState, Settlement, SoFar},
    },
    endpoint::{Endpoint, is_permission},
};

/// What a run needs to be sent.
pub struct Parts {
    /// Where to.
    pub endpoint: Arc<dyn Endpoint>,
    /// Where it is written down.
    pub journal: Arc<dyn Journal>,
    /// How.
    pub settings: Settings,
    /// The person's wishes.
    pub wishes: watch::Receiver<Wish>,
    /// Where the news goes.
    pub news: mpsc::UnboundedSender<News>,
    /// Milliseconds since 1970, now.
    pub now_ms: fn() -> i64,
    /// Where every request goes through, of this run and of everybody else.
    pub gate: Gate,
}

/// One run being sent.
pub struct Engine {
    road: Road,
    run: Run,
    lanes: Lanes,
    wishes: watch::Receiver<Wish>,
    /// Why it waits, if not because somebody said so.
    held: Option<String>,
    /// Why nothing more goes out.
    stopping: Option<String>,
    paused: bool,
    /// Nobody holds its control any more.
    orphan: bool,
    permission: Permission,
    so_far: SoFar,
    /// Whether the canary was looked at.
    canary_seen: bool,
    /// Whole batches that were refused alike.
    alike: Alike,
    /// Why something was set aside.
    set_aside: Option<String>,
}

/// Whether the endpoint refuses everything for want of a right.
#[derive(Default)]
struct Permission {
    refused: usize,
    anything_else: bool,
    /// The first batch: so many refusals are enough.
    enough: usize,
}

impl Engine {
    /// Takes a run up: a new one, or one that was interrupted, paused or left half done.
    pub fn new(run: Run, parts: Parts) -> Self {
        let canary = canary::rows(&run);
        let now = (parts.settings.timeout, Instant::now(), (parts.now_ms)());
        let lanes = Lanes::of(&run, &canary, now);
        parts.gate.limit(parts.settings.limits());
        let permission = Permission {
            anything_else: run.settled.iter().flatten().any(|one| one.call != 0),
            enough: run.calls.first().map_or(1, |call| call.items.len()),
            refused: 0,
        };
        let wishes = parts.wishes.clone();
        Self {
            road: Road::new(&run, parts),
            so_far: SoFar::of(run.settled.iter().flatten()),
            canary_seen: false,
            alike: Alike::default(),
            set_aside: None,
            run,
            lanes,
            wishes,
            held: None,
            stopping: None,
            paused: false,
            orphan: false,
            permission,
        }
    }

    /// Sends it. Returns when every change has its outcome, or when nobody holds its control any
    /// more; then it is left paused.
    pub async fn go(mut self) -> Run {
        let road = self.road.clone();
        self.enter(RunState::Running, "").await;
        self.keep_rule();
        let mut flying: FuturesUnordered<BoxFuture<'_, Ended>> = FuturesUnordered::new();
        loop {
            self.heed().await;
            let due = self.start(&road, &mut flying);
            if flying.is_empty() && self.lanes.is_empty() {
                if self.lanes.has_aside() {
                    self.ask_about_aside().await;
                    if self.orphan {
                        return self.run;
                    }
                    continue;
                }
                if !self.lanes.holds_back() {
                    break;
                }
                if self.canary_is_through() {
                    continue;
                }
            }
            if flying.is_empty() && road.wish() == Wish::Pause {
                self.pause().await;
                if self.orphan {
                    return self.run;
                }
            }
            let flush = road.flush_at();
            // In this order: a run repeats itself, given the same answers.
            tokio::select! {
                biased;
                changed = self.wishes.changed(), if !self.orphan => match changed {
                    Ok(()) => self.wish_changed().await,
                    Err(_) => self.orphan = true,
                },
                () = sleep_until(flush.unwrap_or_else(Instant::now)), if flush.is_some() => {
                    road.flush();
                }
                Some(ended) = flying.next() => self.ended(ended),
                () = road.slots().given_back() => {}
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {}
            }
        }
        self.finish().await;
        self.run
    }

    /// Starts what may be started; says when something else comes due.
    fn start<'a>(
        &mut self,
        road: &'a Road,
        flying: &mut FuturesUnordered<BoxFuture<'a, Ended>>,
    ) -> Option<Instant> {
        if road.wish() == Wish::Pause {
            return None;
        }
        while flying.len() < road.allowed().min(self.alike.left()) {
            let slot = road.free_slot();
            if slot.is_none() && !road.notes_ahead() {
                break;
            }
            let most = road.cap().most();
            match self.lanes.next(&self.run.items, most, Instant::now()) {
                Turn::Start(job) => flying.push(Box::pin(road.carry(job, slot))),
                Turn::At(at, why) => {
                    if flying.is_empty() {
                        road.tell_wait(at, why);
                    }
                    return Some(at);
                }
                Turn::Wait => return None,
            }
        }
        None
    }

    /// Nothing is left but what was set aside: goes on with it, or asks a person whether to.
    async fn ask_about_aside(&mut self) {
        if self.held.is_none() && self.road.wish() == Wish::Go {
            let Some(why) = self.set_aside.take() else {
                return self.lanes.take_up_aside();
            };
            self.held = Some(Hold::because(&why).why);
        }
        self.heed().await;
        if self.road.wish() == Wish::Pause {
            self.pause().await;
            match self.wishes.changed().await {
                Ok(()) => self.wish_changed().await,
                Err(_) => self.orphan = true,
            }
        }
    }

    /// Looks at the canary once all of it has its outcome, and lets the rest go or asks first.
    /// Returns whether there is something new to do.
    fn canary_is_through(&mut self) -> bool {
        if self.road.wish() != Wish::Go {
            return false;
        }
        if !self.canary_seen {
            self.canary_seen = true;
            if let Some(question) = canary::question(&self.run) {
                self.held = Some(question);
                return true;
            }
        }
        self.lanes.release();
        true
    }

    async fn pause(&mut self) {
        if !self.paused {
            self.paused = true;
            self.lanes.compare_again();
            let note = self.held.clone().unwrap_or_default();
            self.enter(RunState::Paused, &note).await;
        }
    }

    async fn wish_changed(&mut self) {
        let wish = *self.wishes.borrow_and_update();
        let waited = self.paused || self.held.is_some();
        if wish != Wish::Pause {
            self.held = None;
            self.road.forgive();
            self.alike.forget();
        }
        // The first wish of a run is to go as well, and is no word on anything.
        if wish == Wish::Go && waited {
            self.road.is_under_way();
            self.lanes.take_up_aside();
        }
        if self.paused && wish != Wish::Pause {
            self.paused = false;
            self.enter(RunState::Running, "").await;
        }
    }

    /// What holds now: the person's wish, and what the run itself found.
    async fn heed(&mut self) {
        let wished = *self.wishes.borrow();
        if wished == Wish::Stop && self.stopping.is_none() {
            self.stopping = Some("not sent: the run was stopped".into());
        }
        // Also a run that is to stop is held: what it still reads back would be read for ever if
        // nothing of it can be kept.
        let wish = if self.held.is_some() {
            Wish::Pause
        } else if self.stopping.is_some() {
            Wish::Stop
        } else if self.orphan {
            Wish::Pause
        } else {
            wished
        };
        self.road.set_wish(wish);
        let Some(reason) = self.stopping.clone() else {
            return;
        };
        let unsent = self.lanes.give_up();
        if unsent.is_empty() {
            return;
        }
        let skipped: Vec<Settlement> = unsent
            .iter()
            .map(|&place| compare::skipped(place, &reason))
            .collect();
        // A skip that could not be kept is made again when the run is resumed.
        if self.road.settle(&skipped).await.is_ok() {
            for settlement in skipped {
                self.run.settle(settlement);
            }
        }
    }

    fn ended(&mut self, ended: Ended) {
        let busy = (ended.thumbnails, ended.places.as_slice());
        self.lanes.end(&self.run.items, busy);
        let refused = ended
            .refused
            .or_else(|| self.refused_one_by_one(&ended.settled));
        for settlement in ended.settled {
            if is_written(&settlement) {
                self.road.is_under_way();
                self.alike.forget();
            }
            self.so_far.count(settlement.outcome);
            self.permission.count(&settlement);
            if self.permission.is_lacking() && self.stopping.is_none() {
                self.stopping = Some(format!(
                    "not sent: the server refused every change so far: {}",
                    settlement.reason
                ));
            }
            self.run.settle(settlement);
        }
        self.keep_rule();
        for job in ended.again.into_iter().rev() {
            self.lanes.back(&self.run.items, job);
        }
        let wait = self.road.settings().read_back_wait;
        self.lanes.put_off(ended.behind, wait);
        for job in ended.later {
            self.lanes.append(job);
        }
        for (job, why) in ended.aside {
            self.lanes.set_aside(job);
            self.set_aside = self.set_aside.take().or(why);
        }
        if let Some(RefusedWhole { code, why, assets }) = refused {
            self.alike.refused(&code, assets);
            if let Some(batches) = self.alike.are_enough() {
                self.hold(Hold::because(&format!(
                    "{batches} whole batches were refused alike, and nothing was applied: {why}; \
                     what was not refused by itself is not sent and still staged"
                )));
            }
        }
        if let Some(hold) = ended.halt {
            self.hold(hold);
        }
    }

    /// A whole batch whose changes were refused one by one, all with the same code.
    fn refused_one_by_one(&self, settled: &[Settlement]) -> Option<RefusedWhole> {
        let first = settled.first()?;
        let is_alike = |one: &Settlement| {
            one.outcome == Outcome::Refused && one.code == first.code && one.call == first.call
        };
        if first.call == 0 || first.code.is_empty() || !settled.iter().all(is_alike) {
            return None;
        }
        let planned = self
            .run
            .calls
            .iter()
            .find(|call| call.number == first.call)?;
        (planned.items.len() == settled.len()).then(|| RefusedWhole {
            code: first.code.clone(),
            why: first.reason.clone(),
            assets: narrow::assets(&self.run.items, &planned.items),
        })
    }

    /// Stops by the run's own rule, once that is met.
    fn keep_rule(&mut self) {
        let rule = self.run.rules.stop;
        if rule.is_met(self.so_far) && self.stopping.is_none() {
            let SoFar { answered, errors } = self.so_far;
            self.stopping = Some(format!(
                "not sent: the run stopped by its rule ({rule}): {errors} errors of {answered} \
                 answered"
            ));
        }
    }

    fn hold(&mut self, hold: Hold) {
        if hold.sign_in {
            self.road.tell(News::SignedOut);
        }
        self.held.get_or_insert(hold.why);
    }

    async fn finish(&mut self) {
        let open = self.run.open().count();
        if open > 0 {
            // Only a store that does not keep what it is told leaves changes open.
            self.enter(RunState::Paused, "some outcomes could not be kept")
                .await;
            return;
        }
        let unsent = |one: &Settlement| one.outcome == Outcome::Skipped && one.code == NOT_SENT;
        let cut_short = self.run.settled.iter().flatten().any(unsent);
        match &self.stopping.clone() {
            Some(reason) if cut_short => self.enter(RunState::Stopped, reason).await,
            Some(_) | None => self.enter(RunState::Finished, "").await,
        }
    }

    async fn enter(&mut self, state: RunState, note: &str) {
        let at_ms = self.road.now_ms();
        let mut note = note.to_owned();
        if let Err(failure) = self.road.keep_state(state, at_ms).await {
            note = failure.sentence();
        }
        self.run.state = state;
        if state.is_over() {
            self.run.finished_ms = Some(at_ms);
        }
        self.road.flush();
        self.road.tell(News::State { state, at_ms, note });
    }
}

impl Permission {
    fn count(&mut self, settlement: &Settlement) {
        if settlement.call == 0 {
            return;
        }
        if settlement.outcome == Outcome::Refused && is_permission(&settlement.code) {
            self.refused += 1;
        } else {
            self.anything_else = true;
        }
    }

    fn is_lacking(&self) -> bool {
        !self.anything_else && self.refused >= self.enough.max(1)
    }
}
