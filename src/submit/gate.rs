//! The one gate to an endpoint: listing, refreshing, reading back and writing share its pace.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

use super::{
    pace::{Cost, Exhausted, Limits, Pace, Ticket},
    road::lock,
};
use crate::endpoint::EndpointError;

/// The gate. Clones share everything.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Inside>);

#[derive(Debug)]
struct Inside {
    start: Instant,
    pace: Mutex<Pace>,
    /// Why the brake was pulled last.
    trouble: Mutex<String>,
}

/// What somebody waits for at the gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Until when.
    pub until: Instant,
    /// Whether the endpoint is to be left alone; otherwise it is only our own pace.
    pub braked: bool,
    /// Why, in words.
    pub why: String,
}

impl Gate {
    /// A gate nobody has gone through yet; the seed is for the jitter.
    pub fn new(limits: Limits, seed: u64) -> Self {
        Self(Arc::new(Inside {
            start: Instant::now(),
            pace: Mutex::new(Pace::new(limits, seed)),
            trouble: Mutex::default(),
        }))
    }

    /// What is known now of the endpoint's limits.
    pub fn limit(&self, limits: Limits) {
        self.pace().limit(limits);
    }

    /// How many calls may be in flight now.
    pub fn concurrency(&self) -> usize {
        self.pace().concurrency()
    }

    /// Reserves slots for so many requests.
    pub fn reserve(&self, requests: u32) -> Ticket {
        let now = self.now();
        self.pace().reserve(now, requests)
    }

    /// What the holder of a ticket waits for; `None` if it may go.
    pub fn wait(&self, ticket: Ticket) -> Option<Wait> {
        let now = self.now();
        let (braked, a_minute) = {
            let pace = self.pace();
            (pace.braked_until(now), pace.requests_per_minute())
        };
        let at = braked.map_or(ticket.at, |until| until.max(ticket.at));
        (at > now).then(|| Wait {
            until: self.0.start + at,
            braked: braked.is_some(),
            why: match (braked, a_minute) {
                (Some(_), _) => lock(&self.0.trouble).clone(),
                (None, Some(a_minute)) => format!("the pace is {a_minute} requests a minute"),
                (None, None) => "it is not its turn".to_owned(),
            },
        })
    }

    /// Whether the endpoint is to be left alone now.
    pub fn is_braked(&self) -> bool {
        let now = self.now();
        self.pace().braked_until(now).is_some()
    }

    /// How often the brake was pulled, or held longer than it was.
    pub fn holds(&self) -> u64 {
        self.pace().holds()
    }

    /// The same ticket, for whoever leaves now.
    pub fn leave(&self, ticket: Ticket) -> Ticket {
        self.pace().renewed(ticket)
    }

    /// Waits for a turn of so many requests.
    pub async fn turn(&self, requests: u32) -> Ticket {
        let ticket = self.reserve(requests);
        while let Some(wait) = self.wait(ticket) {
            sleep_until(wait.until).await;
        }
        self.leave(ticket)
    }

    /// A request was answered.
    pub fn succeeded(&self) {
        self.pace().succeeded();
    }

    /// A request failed in a way that passes: pulls the brake for everybody.
    ///
    /// # Errors
    ///
    /// When it is time to ask a person instead.
    pub fn brake(&self, ticket: Ticket, error: &EndpointError) -> Result<(), Exhausted> {
        let now = self.now();
        self.remember(error);
        self.pace()
            .brake(ticket, now, (Cost::Retry, error.retry_after()))
    }

    /// Why somebody waits.
    fn remember(&self, error: &EndpointError) {
        // How long is told beside it.
        let asks = EndpointError::Throttled {
            retry_after_ms: None,
        };
        let is_asking = matches!(error, EndpointError::Throttled { .. });
        *lock(&self.0.trouble) = if is_asking { &asks } else { error }.to_string();
    }

    /// A call came to nothing as far as is known: counts, and pulls the brake for everybody unless
    /// it is but the first reply that was lost.
    ///
    /// # Errors
    ///
    /// When it is time to ask a person instead.
    pub fn call_failed(&self, ticket: Ticket, error: &EndpointError) -> Result<(), Exhausted> {
        let is_lost = matches!(
            error,
            EndpointError::NoAnswer { .. } | EndpointError::Garbled { .. }
        );
        let cost = if is_lost { Cost::TimeOut } else { Cost::Retry };
        let now = self.now();
        self.remember(error);
        self.pace()
            .call_failed(ticket, now, (cost, error.retry_after()))
    }

    /// A call was carried out, answered or not.
    pub fn fruitful(&self) {
        self.pace().fruitful();
    }

    /// Starts over after a pause: the budget is whole again, and the brake is off.
    pub fn forgive(&self) {
        self.pace().forgive();
    }

    fn now(&self) -> Duration {
        self.0.start.elapsed()
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        lock(&self.0.pace)
    }
}
