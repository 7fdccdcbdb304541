//! The running server: what it holds, where it listens, and how it stops.

mod caller;
mod contents;
mod gate;
mod line;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Router, middleware};
use serde::Serialize;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::catalogue::accounts::Accounts;
use crate::catalogue::database::{DatabaseError, Library};
use crate::catalogue::faults::{BadFault, Faults};
use crate::catalogue::import::{ImportError, ImportReport};
use crate::catalogue::soap::{Ranges, SoapSwitches};
use crate::catalogue::state::{Manners, ServerState};
use crate::catalogue::{pictures, rest, soap};
use crate::table::TableOptions;
use caller::Names;
use gate::Gate;
use line::{Connections, Doors, Line};

/// What an empty library is filled with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Contents {
    /// The sample of the demo, unless files are imported.
    #[default]
    Sample,
    /// So many made-up assets, always the same.
    Generated(u64),
    /// Nothing but what is imported.
    Nothing,
}

/// How to run a server.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// More names it is reached by. Requests for any other name are refused; addresses of this
    /// machine and `localhost` need none.
    pub hosts: Vec<String>,
    /// How many connections may be open at once.
    pub connections: usize,
    /// The file of the library; in memory without one.
    pub catalogue: Option<PathBuf>,
    /// What an empty library is filled with. A library that holds something is kept.
    pub contents: Contents,
    /// Files to import, in order.
    pub imports: Vec<PathBuf>,
    /// How to read them, where what is found out by itself is wrong.
    pub table: TableOptions,
    /// Faults on request (see [`crate::catalogue::faults::SPEC_HELP`]); empty for none.
    pub faults: String,
    /// Who may sign in.
    pub accounts: Accounts,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            hosts: Vec::new(),
            connections: 512,
            catalogue: None,
            contents: Contents::Sample,
            imports: Vec::new(),
            table: TableOptions::default(),
            faults: String::new(),
            accounts: Accounts::demo(),
        }
    }
}

/// Why a server does not start.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The demo's password or token on an address others can reach.
    #[error(
        "{0} can be reached from other machines: name a user, a password and a token of your own \
         (--user, --password-env, --token-env)"
    )]
    DemoSecret(SocketAddr),
    /// A fault specification that cannot be read.
    #[error(transparent)]
    Faults(#[from] BadFault),
    /// The library.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A file that cannot be read.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// What is wrong.
        source: std::io::Error,
    },
    /// A file that is no table, or of which nothing could be imported.
    #[error("{path}: {source}")]
    Import {
        /// The file.
        path: String,
        /// What is wrong.
        source: ImportError,
    },
    /// More assets than a generated library can have.
    #[error("a generated library has 1 to 1,000,000 assets, not {0}")]
    Size(u64),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What is wrong.
        source: std::io::Error,
    },
}

/// A server that runs until it is told to stop. Dropping the handle stops it, too.
#[derive(Debug)]
pub struct ServerHandle {
    state: ServerState,
    assets: u64,
    imports: Vec<ImportReport>,
    stop: CancellationToken,
    task: Option<JoinHandle<()>>,
}

/// The one line that says a server is ready.
#[derive(Serialize)]
struct Ready<'server> {
    address: &'server str,
    assets: u64,
    soap: String,
    rest: String,
    company: &'server str,
}

impl ServerHandle {
    /// `http://127.0.0.1:PORT`, without a trailing slash: the `url` of a profile.
    pub fn address(&self) -> &str {
        &self.state.address
    }

    /// How many assets the library held when the server started.
    pub const fn assets(&self) -> u64 {
        self.assets
    }

    /// What came of each imported file.
    pub fn imports(&self) -> &[ImportReport] {
        &self.imports
    }

    /// The library behind both faces.
    pub const fn library(&self) -> &Library {
        &self.state.library
    }

    /// The line of JSON to print when the server is ready.
    pub fn ready_line(&self) -> String {
        let ready = Ready {
            address: self.address(),
            assets: self.assets,
            soap: format!("{}{SOAP_PATH}", self.address()),
            rest: format!("{}/api/meta", self.address()),
            company: &self.state.company.name,
        };
        // Texts and numbers always make JSON.
        serde_json::to_string(&ready).unwrap_or_default()
    }

    /// Stop, and wait until every answer under way is sent.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        if let Some(task) = self.task.take() {
            // The task ends by itself; a panic in it has nothing to tell here.
            let _ = task.await;
        }
    }

    /// Wait until the server stops by itself, which it does only when its address is lost.
    pub async fn stopped(&mut self) {
        if let Some(task) = &mut self.task {
            let _ = task.await;
            self.task = None;
        }
    }
}

impl Drop for ServerHandle {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Where the SOAP face listens.
const SOAP_PATH: &str = "/scene7/services/IpsApiService";

/// The largest request body, in bytes: ten thousand assets with long texts.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// Open or fill the library, listen, and serve both faces until told to stop.
///
/// # Errors
///
/// [`ServeError`]; nothing listens then.
pub async fn serve(options: ServeOptions) -> Result<ServerHandle, ServeError> {
    if !options.listen.ip().is_loopback() && options.accounts.has_demo_secret() {
        return Err(ServeError::DemoSecret(options.listen));
    }
    let faults = Faults::parse(&options.faults)?;
    let (address, accounts) = (options.listen, options.accounts.clone());
    let names = Names::new(address.ip(), &options.hosts);
    let limit = options.connections;
    let (library, imports) = tokio::task::spawn_blocking(move || contents::prepare(&options))
        .await
        .map_err(|_| DatabaseError::Stopped)??;
    faults.meet(&library)?;
    let assets = library.len()?;
    let listen_error = |source| ServeError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(listen_error)?;
    let bound = listener.local_addr().map_err(listen_error)?;
    let mut state = ServerState::new(library, accounts, faults);
    state.address = Arc::from(format!("http://{bound}"));
    let ranges = match (
        state.faults.has_manner("ranges-refused"),
        state.faults.has_manner("ranges-ignored"),
    ) {
        (true, _) => Ranges::Refused,
        (false, true) => Ranges::Ignored,
        (false, false) => Ranges::Heeded,
    };
    state.manners = Arc::new(Manners {
        ranges,
        soap: SoapSwitches {
            moments: ranges,
            ..SoapSwitches::default()
        },
        strict: !state.faults.has_manner("lenient"),
        partial_updates: state.faults.has_manner("partial-updates"),
        search_window: state
            .faults
            .window()
            .unwrap_or(Manners::default().search_window),
    });
    let stop = CancellationToken::new();
    let gate = Gate {
        desk: state.desk.clone(),
        names,
        stop: stop.clone(),
    };
    let service = router(state.clone(), gate).into_make_service_with_connect_info::<Line>();
    let connections = Arc::new(Connections::default());
    let doors = Doors::new(listener, Arc::clone(&connections), limit);
    let stopping = stop.clone().cancelled_owned();
    let until = async move {
        stopping.await;
        connections.cut_idle();
    };
    let task = tokio::spawn(async move {
        // Listening fails only when the address itself is lost; the handle then reports "stopped".
        let _ = axum::serve(doors, service)
            .with_graceful_shutdown(until)
            .await;
    });
    Ok(ServerHandle {
        state,
        assets,
        imports,
        stop,
        task: Some(task),
    })
}

/// Both faces and the pictures behind one gate.
fn router(state: ServerState, gate: Gate) -> Router {
    Router::new()
        .route(SOAP_PATH, post(soap_call))
        .merge(rest::router())
        .merge(pictures::router())
        .layer(middleware::from_fn_with_state(gate, gate::pass))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(state)
}

async fn soap_call(State(state): State<ServerState>, headers: HeaderMap, body: Bytes) -> Response {
    if !caller::is_xml(&headers) {
        let words = "A SOAP call is XML: send it as text/xml or application/soap+xml.";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, words).into_response();
    }
    soap::handle(state, headers, body).await
}

#[cfg(test)]
mod tests;
