//! What every handler of both faces is given.

use std::sync::Arc;

use axum::response::Response;

use crate::catalogue::accounts::{Accounts, Company};
use crate::catalogue::database::{DatabaseError, Library};
use crate::catalogue::desk::Desk;
use crate::catalogue::faults::{self, Call, Faults, Permit};
use crate::catalogue::soap::{Ranges, SoapSwitches};

/// The state of the running server; cheap to clone.
#[derive(Clone, Debug)]
pub struct ServerState {
    /// The library.
    pub library: Library,
    /// Where blocking work is done.
    pub desk: Desk,
    /// Faults on request.
    pub faults: Arc<Faults>,
    /// Who may sign in.
    pub accounts: Arc<Accounts>,
    /// The company of the library.
    pub company: Arc<Company>,
    /// Switches of the two faces.
    pub manners: Arc<Manners>,
    /// Where the server listens, such as `http://127.0.0.1:8080`, without a trailing slash.
    pub address: Arc<str>,
}

/// How strict or odd the faces are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manners {
    /// SOAP: refuse wrong child order, unknown children and missing required ones.
    pub strict: bool,
    /// SOAP: behaviour nobody has documented.
    pub soap: SoapSwitches,
    /// REST: answer bulk updates as `PARTIAL_UPDATE`.
    pub partial_updates: bool,
    /// REST: searches by ranges of guids or times.
    pub ranges: Ranges,
    /// REST: the deepest `from + size` of a search.
    pub search_window: u64,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            strict: true,
            soap: SoapSwitches::default(),
            partial_updates: false,
            ranges: Ranges::Heeded,
            search_window: 100_000,
        }
    }
}

impl ServerState {
    /// State around a library, for tests and for the server.
    pub fn new(library: Library, accounts: Accounts, faults: Faults) -> Self {
        Self {
            company: Arc::new(library.company().clone()),
            library,
            desk: Desk::default(),
            faults: Arc::new(faults),
            accounts: Arc::new(accounts),
            manners: Arc::new(Manners::default()),
            address: Arc::from("http://127.0.0.1"),
        }
    }

    /// Now, in epoch milliseconds.
    pub fn now(&self) -> i64 {
        crate::catalogue::clock::now()
    }

    /// Do blocking work with the library off the network's threads.
    ///
    /// # Errors
    ///
    /// What the work fails with, or [`DatabaseError::Stopped`] when it panicked.
    pub async fn with_library<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
        F: FnOnce(&Library) -> Result<T, E> + Send + 'static,
    {
        let library = self.library.clone();
        match self.desk.work(move || work(&library)).await {
            Ok(result) => result,
            Err(_) => Err(E::from(DatabaseError::Stopped)),
        }
    }

    /// Let a call in, perhaps late, perhaps not at all. Call it once for each request, after
    /// sign-in and parsing and before any work. The response of `Err` is ready to be sent;
    /// the [`Permit`] says how to work and must close the request with [`Permit::seal`].
    ///
    /// # Errors
    ///
    /// The answer to send instead of working.
    pub async fn admit(&self, call: &Call) -> Result<Permit, Response> {
        if let Some(retry_after) = self.faults.blocked(self.now()) {
            return Err(faults::throttled(retry_after));
        }
        let mut decision = self.faults.decide(call);
        let (drifts, spent) = (
            std::mem::take(&mut decision.drifts),
            std::mem::take(&mut decision.spent),
        );
        if !(drifts.is_empty() && spent.is_empty()) {
            let now = self.now();
            // A drift that cannot be written is no reason to fail the caller.
            let _ = self
                .with_library(move |library| {
                    for drift in &drifts {
                        drift.happen(library, now)?;
                    }
                    for key in &spent {
                        library.set_setting(key, "yes")?;
                    }
                    Ok::<(), DatabaseError>(())
                })
                .await;
        }
        if let Some(delay) = decision.delay {
            tokio::time::sleep(delay).await;
        }
        match decision.instead {
            Some(answer) => Err(answer.response()),
            None => Ok(decision.permit),
        }
    }
}
