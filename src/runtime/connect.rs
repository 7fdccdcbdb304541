//! Signing in, and reading from the endpoint with patience.

use std::{sync::Mutex, time::Duration};

use tokio::{sync::Mutex as AsyncMutex, time::Instant};

use super::{Runtime, lock};
use crate::{
    domain::Failure,
    endpoint::{Connection, EndpointError, Verdict},
    flow::Event,
    store::Workspace,
    submit::pace::{Limits, Pace},
};

/// Under this key the workspace keeps what signing in told last.
pub(super) const KEPT: &str = "connection";
/// Under this key it keeps whose library it is for.
const HOME: &str = "home";
/// How often in a row a read is put off before it fails.
const READ_BUDGET: u32 = 5;

/// The state of signing in.
pub(super) struct Connecting {
    /// Held while signing in, so that nobody does it twice.
    turn: AsyncMutex<()>,
    known: Mutex<Option<Connection>>,
    pace: Mutex<Option<(Instant, Pace)>>,
}

impl Default for Connecting {
    fn default() -> Self {
        Self {
            turn: AsyncMutex::new(()),
            known: Mutex::default(),
            pace: Mutex::default(),
        }
    }
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
        self.at_home().await?;
        let connection = self.patiently(true, || endpoint.connect()).await?;
        *lock(&connecting.known) = Some(connection.clone());
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

    /// Insists that the endpoint is the one this workspace belongs to; a workspace without work in
    /// it moves along.
    async fn at_home(&self) -> Result<(), EndpointError> {
        let home = self.0.endpoint.home();
        if home.is_empty() || self.0.read_only.is_some() {
            return Ok(());
        }
        let here = home.clone();
        let work = move |workspace: &mut Workspace| {
            let known = workspace.setting(HOME)?;
            if known.as_ref() == Some(&here) {
                return Ok(None);
            }
            let is_empty = workspace.operations()?.is_empty() && workspace.runs()?.is_empty();
            if known.is_none() || is_empty {
                workspace.set_setting(HOME, &here)?;
                return Ok(None);
            }
            Ok(known)
        };
        // A workspace that can't be read says so itself when it is asked for its work.
        let elsewhere = self.0.disk.ask("could not sign in", work).await;
        match elsewhere {
            Ok(Some(known)) => Err(EndpointError::SignIn {
                code: HOME.to_owned(),
                why: format!(
                    "the draft and the runs of this workspace are for {known}, and the profile \
                     now points to {home}"
                ),
                hint: "set the address back, or give the new one a profile of its own".to_owned(),
            }),
            Ok(None) | Err(_) => Ok(()),
        }
    }

    /// The endpoint's batch size within its limits, or ours.
    pub(super) fn forget_connection(&self) {
        *lock(&self.0.connecting.known) = None;
    }

    /// Reads until it works, with one brake for all readers. What never left is not tried again
    /// when `fresh`: nobody has heard from the endpoint yet, so the person should know at once.
    pub(super) async fn patiently<T, F>(
        &self,
        fresh: bool,
        mut read: impl FnMut() -> F,
    ) -> Result<T, EndpointError>
    where
        F: Future<Output = Result<T, EndpointError>>,
    {
        loop {
            let (start, ticket) = self.reading_turn();
            tokio::time::sleep_until(start + ticket.at).await;
            let error = match read().await {
                Ok(told) => {
                    self.reading_pace(|_, pace| pace.succeeded());
                    return Ok(told);
                }
                Err(error) => error,
            };
            let is_passing = matches!(error.verdict(), Verdict::RetryLater | Verdict::ReadBack);
            let is_away = fresh && matches!(error, EndpointError::Unreachable { .. });
            if !is_passing || is_away {
                return Err(error);
            }
            let asked = error.retry_after();
            let braked =
                self.reading_pace(|start, pace| pace.brake(ticket, start.elapsed(), asked));
            if braked.is_err() {
                return Err(error);
            }
            if let Some(wait) = asked.filter(|wait| *wait >= Duration::from_secs(1)) {
                let seconds = wait.as_secs();
                self.tell(Event::Said(format!(
                    "the endpoint asks to slow down; going on in {seconds} s"
                )));
            }
        }
    }

    fn reading_turn(&self) -> (Instant, crate::submit::pace::Ticket) {
        self.reading_pace(|start, pace| (start, pace.reserve(start.elapsed())))
    }

    fn reading_pace<T>(&self, with: impl FnOnce(Instant, &mut Pace) -> T) -> T {
        let mut slot = lock(&self.0.connecting.pace);
        let (start, pace) = slot.get_or_insert_with(|| {
            let limits = Limits {
                concurrency: 1,
                requests_per_minute: self.0.settings.requests_per_minute,
                retry_budget: READ_BUDGET,
            };
            (Instant::now(), Pace::new(limits, seed()))
        });
        with(*start, pace)
    }

    /// Tells a failure of something that was asked for.
    pub(super) fn fail(&self, failure: Failure) {
        self.tell(Event::Failed(failure));
    }
}

/// A number nobody can guess, for jitter.
pub(super) fn seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one("jitter")
}
