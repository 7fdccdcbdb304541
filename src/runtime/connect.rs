//! Signing in, and reading from the endpoint with patience.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::Mutex as AsyncMutex;

use super::{Runtime, RuntimeSettings, lock};
use crate::{
    domain::Failure,
    endpoint::{Asking, Connection, EndpointError},
    flow::Event,
    submit::{Gate, NOTICED, pace::Limits},
};

/// Under this key the workspace keeps what signing in told last.
pub(super) const KEPT: &str = "connection";
/// How often a read is put off because its answer can't be read.
const GARBLED_BUDGET: u32 = 3;

/// The state of signing in.
#[derive(Default)]
pub(super) struct Connecting {
    /// Held while signing in, so that nobody does it twice.
    turn: AsyncMutex<()>,
    known: Mutex<Option<Connection>>,
    /// Whether the endpoint stopped taking the credentials in the middle of a run.
    expired: AtomicBool,
}

impl Runtime {
    pub(super) fn connect_in_background(&self) {
        let runtime = self.clone();
        self.spawn(async move {
            // Somebody asked for it, so an earlier sign-in does not count.
            *lock(&runtime.0.connecting.known) = None;
            if let Err(error) = runtime.connected().await {
                runtime.tell(Event::ConnectFailed(error.failure("could not sign in")));
            }
        });
    }

    /// What the endpoint can do; signs in if nobody has.
    pub(super) async fn connected(&self) -> Result<Connection, EndpointError> {
        let connecting = &self.0.connecting;
        let _turn = connecting.turn.lock().await;
        if let Some(known) = lock(&connecting.known).clone() {
            return Ok(known);
        }
        let endpoint = &self.0.endpoint;
        let asking = (Asking::Connect, true);
        let connection = self.patiently(asking, || endpoint.connect()).await?;
        self.0.gate.limit(self.settings(&connection).limits());
        *lock(&connecting.known) = Some(connection.clone());
        connecting.expired.store(false, Ordering::Relaxed);
        let said = Event::Connected {
            capabilities: Box::new(connection.capabilities.clone()),
            schema: connection.schema.clone(),
        };
        let kept = (&connection.capabilities, &connection.schema);
        if let (Ok(json), None) = (serde_json::to_string(&kept), &self.0.read_only) {
            // Only for the next start without a network; a failure shows when work is kept.
            self.0
                .disk
                .tell(move |workspace| drop(workspace.set_setting(KEPT, &json)));
        }
        self.tell(said);
        Ok(connection)
    }

    /// The endpoint no longer takes the credentials.
    pub(super) fn signed_out(&self) {
        self.0.connecting.expired.store(true, Ordering::Relaxed);
    }

    /// Whether somebody must sign in again before a run can go on.
    pub(super) fn is_signed_out(&self) -> bool {
        self.0.connecting.expired.load(Ordering::Relaxed)
    }

    /// Signs in anew at the next occasion.
    pub(super) fn forget_connection(&self) {
        *lock(&self.0.connecting.known) = None;
    }

    /// Reads until it works, at the pace and with the brake of everybody. What never left is not
    /// tried again when `fresh`: nobody has heard from the endpoint yet, so the person should know
    /// at once.
    pub(super) async fn patiently<T, F>(
        &self,
        (asking, fresh): (Asking, bool),
        read: impl FnMut() -> F,
    ) -> Result<T, EndpointError>
    where
        F: Future<Output = Result<T, EndpointError>>,
    {
        let requests = self.0.endpoint.requests(asking);
        self.patiently_at(&self.0.gate, (requests, fresh), read)
            .await
    }

    /// The same at a gate.
    pub(super) async fn patiently_at<T, F>(
        &self,
        gate: &Gate,
        (requests, fresh): (u32, bool),
        mut read: impl FnMut() -> F,
    ) -> Result<T, EndpointError>
    where
        F: Future<Output = Result<T, EndpointError>>,
    {
        let mut put_off = 0;
        loop {
            let ticket = gate.turn(requests).await;
            let error = match read().await {
                Ok(told) => {
                    gate.succeeded();
                    return Ok(told);
                }
                Err(error) => error,
            };
            let is_away = fresh && matches!(error, EndpointError::Unreachable { .. });
            if !error.is_trouble() || is_away {
                return Err(error);
            }
            put_off += 1;
            // What can't be read is soon told: it may be another server altogether.
            let most = if matches!(error, EndpointError::Garbled { .. }) {
                GARBLED_BUDGET.min(self.0.settings.retry_budget)
            } else {
                self.0.settings.retry_budget
            };
            if gate.brake(ticket, &error).is_err() || put_off > most {
                return Err(error);
            }
            if let Some(wait) = gate.wait(ticket) {
                let wait_for = wait
                    .until
                    .saturating_duration_since(tokio::time::Instant::now());
                if wait_for > NOTICED {
                    let seconds = wait_for.as_millis().div_ceil(1000);
                    self.tell(Event::Said(format!("waiting {seconds} s: {}", wait.why)));
                }
            }
        }
    }

    /// Tells a failure of something that was asked for.
    pub(super) fn fail(&self, failure: Failure) {
        self.tell(Event::Failed(failure));
    }
}

/// The gate before anything is known of the endpoint.
pub(super) fn gate(settings: &RuntimeSettings) -> Gate {
    let limits = Limits {
        concurrency: 1,
        requests_per_minute: settings.requests_per_minute,
        retry_budget: settings.retry_budget,
    };
    Gate::new(limits, seed())
}

/// A number nobody can guess, for jitter.
fn seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one("jitter")
}
