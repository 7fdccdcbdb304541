//! When the next request may go. Pure: time comes in as a [`Duration`] since some beginning.
//!
//! Three things hold requests back: the pace (requests a minute, evenly spaced), the brake (one
//! for all workers, pulled when the endpoint asks to slow down or is away), and the slowness that
//! a throttled endpoint is asked with for a while and that is lost again. A budget bounds how much
//! is tried again: so many failures in a row, and so many in the long run.

use std::{fmt, time::Duration};

/// The longest wait a server can ask for before the run pauses and asks instead.
pub const LONGEST_WAIT: Duration = Duration::from_mins(5);
const FIRST_BACKOFF: Duration = Duration::from_millis(500);
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);
const SLOWEST: f64 = 16.0;
const RECOVERY: f64 = 0.97;
/// Tokens of the retry budget when it is whole.
const TOKENS: u32 = 500;

/// What a run may ask of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls in flight at most; at least 1.
    pub concurrency: usize,
    /// Requests a minute at most; `None` without a limit.
    pub requests_per_minute: Option<u32>,
    /// How often in a row the brake may be pulled before the run pauses.
    pub retry_budget: u32,
}

/// A request that was let go: which pulls of the brake it has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    brakes: u64,
    /// When it may leave.
    pub at: Duration,
}

/// What a failed request takes from the retry budget; a success gives one token back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// It was answered with a failure that passes, or never left: 5 tokens.
    Retry,
    /// It was never answered: 10 tokens.
    TimeOut,
}

impl Cost {
    fn tokens(self) -> u32 {
        match self {
            Self::Retry => 5,
            Self::TimeOut => 10,
        }
    }
}

/// The retry budget is used up: whoever waits pauses and says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exhausted {
    /// So many failures in a row.
    InARow(u32),
    /// Too many failures in the long run.
    Budget,
    /// The endpoint asks for a longer wait than anybody waits unasked.
    Wait(Duration),
}

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InARow(times) => write!(f, "it failed {} times in a row", times + 1),
            Self::Budget => f.write_str("too many requests failed lately"),
            Self::Wait(wait) => write!(f, "it asks for a wait of {} min", wait.as_secs() / 60),
        }
    }
}

/// When the next request may go.
#[derive(Clone, Debug)]
pub struct Pace {
    limits: Limits,
    next_slot: Duration,
    brake_until: Duration,
    /// The part of the brake that the endpoint itself asked for.
    asked_until: Duration,
    brakes: u64,
    holds: u64,
    straight: u32,
    /// Calls in a row that came to nothing, whatever reading came to meanwhile.
    fruitless: u32,
    tokens: u32,
    slowness: f64,
    random: u64,
}

impl Pace {
    /// A fresh pace; the seed is for the jitter.
    pub fn new(limits: Limits, seed: u64) -> Self {
        Self {
            limits,
            next_slot: Duration::ZERO,
            brake_until: Duration::ZERO,
            asked_until: Duration::ZERO,
            brakes: 0,
            holds: 0,
            straight: 0,
            fruitless: 0,
            tokens: TOKENS,
            slowness: 1.0,
            random: seed | 1,
        }
    }

    /// What is known now of the endpoint's limits.
    pub fn limit(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// The pace, if there is one.
    pub fn requests_per_minute(&self) -> Option<u32> {
        self.limits.requests_per_minute
    }

    /// How many calls may be in flight now: fewer while the endpoint is throttling.
    pub fn concurrency(&self) -> usize {
        let mut allowed = self.limits.concurrency.max(1);
        let mut slowness = self.slowness;
        while slowness >= 2.0 && allowed > 1 {
            allowed /= 2;
            slowness /= 2.0;
        }
        allowed
    }

    /// Reserves the next free slots, one a request. They leave at [`Ticket::at`], or after the
    /// brake if that is pulled meanwhile.
    pub fn reserve(&mut self, now: Duration, requests: u32) -> Ticket {
        let at = now.max(self.next_slot).max(self.brake_until);
        if let Some(a_minute) = self.limits.requests_per_minute {
            // Rounded up: a slot too early in each gap adds up to a request too many.
            let gap = Duration::from_mins(1) / a_minute.max(1) + Duration::from_nanos(1);
            self.next_slot = at + gap.mul_f64(self.slowness * f64::from(requests.max(1)));
        }
        Ticket {
            brakes: self.brakes,
            at,
        }
    }

    /// How often the brake was pulled, or held longer than it was.
    pub fn holds(&self) -> u64 {
        self.holds
    }

    /// Until when nobody may send; `None` if the brake is off.
    pub fn braked_until(&self, now: Duration) -> Option<Duration> {
        (self.brake_until > now).then_some(self.brake_until)
    }

    /// The same ticket after waiting for a brake that was pulled while it waited.
    pub fn renewed(&self, ticket: Ticket) -> Ticket {
        Ticket {
            brakes: self.brakes,
            ..ticket
        }
    }

    /// A request was answered.
    pub fn succeeded(&mut self) {
        self.straight = 0;
        self.tokens = (self.tokens + 1).min(TOKENS);
        self.slowness = (self.slowness * RECOVERY).max(1.0);
    }

    /// A call was carried out, answered or not.
    pub fn fruitful(&mut self) {
        self.fruitless = 0;
    }

    /// A call came to nothing. An endpoint that answers questions and carries nothing out fails in
    /// a row as well: this is to be told before [`Pace::brake`] is pulled for it. A reply that was
    /// lost pulls none the first time: most of these calls were carried out.
    ///
    /// # Errors
    ///
    /// As [`Pace::brake`].
    pub fn call_failed(
        &mut self,
        ticket: Ticket,
        now: Duration,
        (cost, retry_after): (Cost, Option<Duration>),
    ) -> Result<(), Exhausted> {
        let is_first = self.fruitless == 0;
        if ticket.brakes == self.brakes {
            self.fruitless += 1;
        }
        if cost == Cost::TimeOut && is_first {
            return self.spend(cost);
        }
        self.brake(ticket, now, (cost, retry_after))
    }

    /// The endpoint asked to slow down, or is away: pulls the brake for everybody.
    ///
    /// # Errors
    ///
    /// When it was pulled too often in a row, the budget is used up, or the endpoint asks for a
    /// wait beyond [`LONGEST_WAIT`].
    pub fn brake(
        &mut self,
        ticket: Ticket,
        now: Duration,
        (cost, retry_after): (Cost, Option<Duration>),
    ) -> Result<(), Exhausted> {
        if let Some(asked) = retry_after {
            if asked > LONGEST_WAIT {
                return Err(Exhausted::Wait(asked));
            }
            self.asked_until = self.asked_until.max(now + asked);
            self.hold(self.asked_until);
        }
        self.spend(cost)?;
        // Requests that left before the brake was pulled fail for the same reason: one pull.
        if ticket.brakes < self.brakes {
            return Ok(());
        }
        if self.in_a_row() >= self.limits.retry_budget {
            return Err(Exhausted::InARow(self.limits.retry_budget));
        }
        let backoff = self.backoff();
        self.hold(now + backoff);
        self.straight += 1;
        self.brakes += 1;
        self.slowness = (self.slowness * 2.0).min(SLOWEST);
        Ok(())
    }

    fn hold(&mut self, until: Duration) {
        if until > self.brake_until {
            self.brake_until = until;
            self.holds += 1;
        }
    }

    /// Takes a failure that asks for no brake (a lost reply) from the budget.
    ///
    /// # Errors
    ///
    /// When the budget is used up.
    pub fn spend(&mut self, cost: Cost) -> Result<(), Exhausted> {
        match self.tokens.checked_sub(cost.tokens()) {
            Some(left) => {
                self.tokens = left;
                Ok(())
            }
            None => Err(Exhausted::Budget),
        }
    }

    /// How much failed in a row before what fails now.
    fn in_a_row(&self) -> u32 {
        self.straight.max(self.fruitless.saturating_sub(1))
    }

    /// Starts over after a pause: the budget is whole again, and of the brake only what the
    /// endpoint asked for is left.
    pub fn forgive(&mut self) {
        self.straight = 0;
        self.fruitless = 0;
        self.tokens = TOKENS;
        self.brake_until = self.asked_until;
    }

    /// Anything between half of a ceiling that doubles each time, and all of it: eight in a row
    /// outlast a restart of the server.
    fn backoff(&mut self) -> Duration {
        let ceiling = FIRST_BACKOFF
            .saturating_mul(1 << self.in_a_row().min(16))
            .min(LONGEST_BACKOFF);
        let share = u32::try_from(self.roll() >> 40).unwrap_or(0);
        ceiling.mul_f64(0.5 + f64::from(share) / f64::from(1_u32 << 25))
    }

    /// Xorshift: jitter needs no better.
    fn roll(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZERO: Duration = Duration::ZERO;
    const RETRY: (Cost, Option<Duration>) = (Cost::Retry, None);

    fn pace(requests_per_minute: Option<u32>) -> Pace {
        let limits = Limits {
            concurrency: 8,
            requests_per_minute,
            retry_budget: 3,
        };
        Pace::new(limits, 0x5eed)
    }

    #[test]
    fn under_a_budget_of_requests_no_minute_holds_more_than_it() {
        let mut pace = pace(Some(350));
        let mut now = ZERO;
        let mut left = Vec::new();
        while now < Duration::from_mins(2) {
            let ticket = pace.reserve(now, 1);
            now = ticket.at + Duration::from_millis(3);
            left.push(ticket.at);
        }
        let in_first = left.iter().filter(|at| **at < Duration::from_mins(1));
        assert_eq!(in_first.count(), 350);
        let in_any = (0..left.len()).map(|first| {
            let end = left[first] + Duration::from_millis(59_999);
            left[first..].iter().take_while(|at| **at <= end).count()
        });
        assert_eq!(in_any.max(), Some(350));
    }

    #[test]
    fn a_server_that_names_a_wait_is_left_alone_that_long_by_everybody() {
        let mut pace = pace(None);
        let (one, other) = (pace.reserve(ZERO, 1), pace.reserve(ZERO, 1));
        pace.brake(one, ZERO, (Cost::Retry, Some(Duration::from_secs(7))))
            .unwrap();
        pace.brake(other, ZERO, RETRY).unwrap();
        assert!(pace.reserve(ZERO, 1).at >= Duration::from_secs(7));
    }

    #[test]
    fn calls_that_fail_together_use_up_the_budget_once() {
        let mut pace = pace(None);
        let tickets: Vec<_> = (0..8).map(|_| pace.reserve(ZERO, 1)).collect();
        for ticket in tickets {
            assert_eq!(pace.brake(ticket, ZERO, RETRY), Ok(()));
        }
        assert_eq!(pace.straight, 1);
    }

    #[test]
    fn after_too_many_failures_in_a_row_the_run_pauses_and_a_success_starts_over() {
        let mut pace = pace(None);
        for _ in 0..3 {
            let ticket = pace.reserve(ZERO, 1);
            assert_eq!(pace.brake(ticket, ZERO, RETRY), Ok(()));
        }
        let ticket = pace.reserve(ZERO, 1);
        assert_eq!(pace.brake(ticket, ZERO, RETRY), Err(Exhausted::InARow(3)));
        pace.succeeded();
        let ticket = pace.reserve(ZERO, 1);
        assert_eq!(pace.brake(ticket, ZERO, RETRY), Ok(()));
    }

    #[test]
    fn a_wait_of_a_day_is_not_waited_for() {
        let mut pace = pace(None);
        let ticket = pace.reserve(ZERO, 1);
        let day = Duration::from_hours(24);
        let told = pace.brake(ticket, ZERO, (Cost::Retry, Some(day)));
        assert_eq!(told, Err(Exhausted::Wait(day)));
    }

    #[test]
    fn a_throttled_run_goes_on_with_half_the_calls_and_creeps_back() {
        let mut pace = pace(Some(600));
        let ticket = pace.reserve(ZERO, 1);
        pace.brake(ticket, ZERO, RETRY).unwrap();
        assert_eq!(pace.concurrency(), 4);
        for _ in 0..30 {
            pace.succeeded();
        }
        assert_eq!(pace.concurrency(), 8);
    }

    #[test]
    fn the_backoff_stays_under_a_ceiling_that_doubles() {
        let mut pace = pace(None);
        for straight in 0..12 {
            pace.straight = straight;
            let ceiling = FIRST_BACKOFF * (1 << straight);
            let ceiling = ceiling.min(LONGEST_BACKOFF);
            let backoff = pace.backoff();
            assert!(ceiling / 2 <= backoff && backoff <= ceiling, "{backoff:?}");
        }
    }

    #[test]
    fn a_server_that_fails_every_third_time_uses_up_the_budget_in_the_long_run() {
        let mut pace = pace(None);
        let mut failed = 0;
        let told = loop {
            let ticket = pace.reserve(ZERO, 1);
            if let Err(exhausted) = pace.brake(ticket, ZERO, RETRY) {
                break exhausted;
            }
            failed += 1;
            pace.succeeded();
            pace.succeeded();
        };
        // Each failure takes 5 tokens of 500, and the two successes after it give 2 back.
        assert_eq!((told, failed), (Exhausted::Budget, 166));
        pace.forgive();
        assert_eq!(pace.spend(Cost::TimeOut), Ok(()));
    }

    #[test]
    fn a_tenth_of_failures_never_uses_it_up_and_a_lost_reply_counts_double() {
        let mut pace = pace(None);
        for _ in 0..10_000 {
            let ticket = pace.reserve(ZERO, 1);
            assert_eq!(pace.brake(ticket, ZERO, RETRY), Ok(()));
            (0..9).for_each(|_| pace.succeeded());
        }
        let lost = std::iter::from_fn(|| pace.spend(Cost::TimeOut).ok()).count();
        assert_eq!(lost, 50);
    }

    #[test]
    fn calls_that_come_to_nothing_use_up_the_budget_though_questions_are_answered() {
        let mut pace = pace(None);
        let told = loop {
            let ticket = pace.reserve(ZERO, 1);
            match pace.call_failed(ticket, ZERO, RETRY) {
                Ok(()) => pace.succeeded(),
                Err(exhausted) => break exhausted,
            }
        };
        assert_eq!((told, pace.fruitless), (Exhausted::InARow(3), 4));
        pace.forgive();
        for _ in 0..100 {
            let ticket = pace.reserve(ZERO, 1);
            assert_eq!(pace.call_failed(ticket, ZERO, RETRY), Ok(()));
            pace.fruitful();
            (0..5).for_each(|_| pace.succeeded());
        }
    }

    #[test]
    fn what_lasts_twenty_seconds_is_waited_for_by_eight_in_a_row() {
        for seed in 0..200 {
            let limits = Limits {
                retry_budget: 8,
                ..pace(None).limits
            };
            let mut pace = Pace::new(limits, seed);
            let mut now = ZERO;
            while now < Duration::from_secs(20) {
                let ticket = pace.reserve(now, 1);
                now = ticket.at;
                pace.brake(ticket, now, RETRY).unwrap();
            }
        }
    }

    #[test]
    fn a_read_of_many_requests_takes_as_many_slots() {
        let mut pace = pace(Some(60));
        pace.reserve(ZERO, 20);
        let next = pace.reserve(ZERO, 1).at;
        assert!(next >= Duration::from_secs(20), "{next:?}");
    }
}
