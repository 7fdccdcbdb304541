//! The one HTTP transport every adapter sends through.
//!
//! It moves bytes and judges the transport alone: what left, what came back, how much of it. What
//! a status means is for the adapter, except 429, which means the same everywhere. Redirects are
//! never followed, so credentials and writes stay at the address they were meant for.

mod body;
mod hidden;
mod message;
#[cfg(test)]
pub(crate) mod stub;

use std::{
    sync::{
        Arc, Once, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use backon::{ExponentialBuilder, Retryable};
use reqwest::{Client, ClientBuilder, Response, Url, header::ACCEPT_ENCODING, redirect::Policy};
use secrecy::ExposeSecret;

pub use message::{HttpRequest, HttpResponse, Method, first_words};

use super::{EndpointError, Verdict};
use body::Trouble;

/// How often a read is tried again.
const READ_RETRIES: usize = 3;
/// How often of these for an endpoint that can't be reached, which a person should hear of soon.
const CONNECT_RETRIES: usize = 2;
/// Connections kept open to one host.
const IDLE_CONNECTIONS: usize = 16;

/// How long to wait for what, and how much to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpSettings {
    /// Seconds for one request, from the first byte sent to the last byte received.
    pub timeout_s: u64,
    /// Seconds for connecting.
    pub connect_timeout_s: u64,
    /// The name given to the server.
    pub user_agent: String,
    /// The longest answer taken, as it comes.
    pub max_wire_bytes: usize,
    /// The longest answer taken, after decompression.
    pub max_body_bytes: usize,
    /// The longest head of an answer taken.
    pub max_header_bytes: usize,
    /// Milliseconds before a read is tried again the first time; each later wait doubles.
    pub first_retry_ms: u64,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            timeout_s: 30,
            connect_timeout_s: 10,
            user_agent: concat!("armarius/", env!("CARGO_PKG_VERSION")).to_owned(),
            max_wire_bytes: 64 * 1024 * 1024,
            max_body_bytes: 256 * 1024 * 1024,
            max_header_bytes: 64 * 1024,
            first_retry_ms: 150,
        }
    }
}

/// A pool of connections. Cheap to clone; clones share the pool.
#[derive(Clone, Debug)]
pub struct Http {
    /// Through the system's proxy, if it has one. Made when it is first used: the certificates of
    /// the machine take their time.
    outside: Late,
    /// To this machine, never through a proxy.
    loopback: Late,
    /// The same without encryption, and so without certificates.
    plain: Client,
    settings: HttpSettings,
    /// Whether a read failed as often as it was tried, and nothing was answered since: then each
    /// is tried once, and whoever asks waits for all.
    is_in_trouble: Arc<AtomicBool>,
}

/// A client that is made when it is first used.
type Late = Arc<OnceLock<Result<Client, EndpointError>>>;

impl Http {
    /// A transport with these settings.
    ///
    /// # Errors
    ///
    /// [`EndpointError::NotSendable`] if the settings can't be used (a user agent that is no
    /// header value).
    pub fn new(settings: HttpSettings) -> Result<Self, EndpointError> {
        install_tls();
        let plain = base(&settings).no_proxy().tls_certs_only([]).build();
        Ok(Self {
            outside: Late::default(),
            loopback: Late::default(),
            plain: plain.map_err(|error| EndpointError::NotSendable {
                why: root_cause(&error),
            })?,
            settings,
            is_in_trouble: Arc::default(),
        })
    }

    /// The client for an address.
    fn client(&self, url: &Url) -> Result<&Client, EndpointError> {
        let (late, prepare): (_, fn(ClientBuilder) -> ClientBuilder) = match is_loopback(url) {
            true if url.scheme() == "http" => return Ok(&self.plain),
            true => (&self.loopback, ClientBuilder::no_proxy),
            false => (&self.outside, |builder| builder),
        };
        let made = late.get_or_init(|| {
            // Without a certificate store on the machine, plain http must work all the same.
            let prepared = || prepare(base(&self.settings));
            let made = prepared().build();
            made.or_else(|_| prepared().tls_certs_only([]).build())
                .map_err(|error| EndpointError::NotSendable {
                    why: root_cause(&error),
                })
        });
        made.as_ref().map_err(Clone::clone)
    }

    /// Sends a request once.
    ///
    /// # Errors
    ///
    /// `Unreachable` if it never left, `NoAnswer` if it left and no whole answer came back,
    /// `Throttled` on 429, `Garbled` if the answer is larger than allowed, `NotSendable` if it is
    /// no valid request. Every other status is an answer.
    pub async fn send(&self, request: &HttpRequest) -> Result<HttpResponse, EndpointError> {
        let url = Url::parse(&request.url).map_err(|error| EndpointError::NotSendable {
            why: format!("the address is not a URL: {error}"),
        })?;
        let client = self.client(&url)?;
        let address = address_of(&url);
        let mut outgoing = client.request(request.method.into(), url);
        outgoing = outgoing.header(ACCEPT_ENCODING, "gzip");
        for (name, value) in &request.headers {
            outgoing = outgoing.header(name, value);
        }
        for (name, value) in &request.secret_headers {
            let mut value =
                reqwest::header::HeaderValue::from_str(value.expose_secret()).map_err(|_| {
                    EndpointError::NotSendable {
                        why: format!("the secret for {name} holds characters a header can't carry"),
                    }
                })?;
            value.set_sensitive(true);
            outgoing = outgoing.header(name, value);
        }
        if !request.body.is_empty() {
            outgoing = outgoing.body(request.body.clone());
        }
        let answer = outgoing
            .send()
            .await
            .map_err(|error| self.failed(&address, &error, request.writes))?;
        let mut answer = self.received(answer, request.writes).await?;
        hidden::hide(&mut answer, &request.secrets());
        Ok(answer)
    }

    /// Sends a request, and a few times more if nothing came of it. Writes are sent once.
    ///
    /// # Errors
    ///
    /// As [`Http::send`].
    pub async fn send_read(&self, request: &HttpRequest) -> Result<HttpResponse, EndpointError> {
        if request.writes {
            return self.send(request).await;
        }
        self.retrying(|| self.send(request)).await
    }

    /// Tries a read, and a few times more if it failed in a way that may pass. For adapters that
    /// learn of the failure from the answer's body. An endpoint that asks to slow down is left
    /// alone: whoever asks in its name waits, for all of its requests at once.
    ///
    /// # Errors
    ///
    /// The last failure.
    pub async fn retrying<T, F, A>(&self, attempt: F) -> Result<T, EndpointError>
    where
        F: FnMut() -> A,
        A: Future<Output = Result<T, EndpointError>>,
    {
        let backoff = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(self.settings.first_retry_ms.max(1)))
            .with_max_times(READ_RETRIES)
            .with_jitter();
        let mut unreached = 0;
        let told = attempt
            .retry(backoff)
            .when(move |error: &EndpointError| {
                unreached += usize::from(matches!(error, EndpointError::Unreachable { .. }));
                // Who is asked to slow down tells all workers, so waiting is not for us.
                let waits = matches!(
                    error,
                    EndpointError::Garbled { .. } | EndpointError::Throttled { .. }
                );
                matches!(error.verdict(), Verdict::RetryLater | Verdict::ReadBack)
                    && !waits
                    && unreached <= CONNECT_RETRIES
                    && !self.is_in_trouble.load(Ordering::Relaxed)
            })
            .await;
        let failed = told.as_ref().err().is_some_and(EndpointError::is_trouble);
        self.is_in_trouble.store(failed, Ordering::Relaxed);
        told
    }

    /// Why a request that was given to the client has no answer.
    fn failed(&self, address: &str, error: &reqwest::Error, writes: bool) -> EndpointError {
        if root_cause(error) == HEAD_TOO_LARGE {
            let limit = self.settings.max_header_bytes;
            return trouble(body::too_long("the head of the answer", limit), writes);
        }
        if error.is_builder() {
            EndpointError::NotSendable {
                why: root_cause(error),
            }
        } else if error.is_connect() {
            EndpointError::Unreachable {
                address: address.to_owned(),
                why: if error.is_timeout() {
                    format!("no connection within {} s", self.settings.connect_timeout_s)
                } else {
                    let cause = root_cause(error);
                    of_certificate(&cause).unwrap_or(cause)
                },
            }
        } else if error.is_timeout() {
            EndpointError::NoAnswer {
                why: format!("time-out after {} s", self.settings.timeout_s),
            }
        } else {
            EndpointError::NoAnswer {
                why: root_cause(error),
            }
        }
    }

    /// Reads an answer to its end, no further than allowed.
    async fn received(
        &self,
        mut answer: Response,
        writes: bool,
    ) -> Result<HttpResponse, EndpointError> {
        let refused = |refused| trouble(refused, writes);
        body::bearable(answer.headers(), &self.settings).map_err(refused)?;
        let status = answer.status().as_u16();
        let headers = message::headers(answer.headers());
        if status == 429 {
            return Err(EndpointError::Throttled {
                retry_after_ms: message::retry_after(&headers)
                    .map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
            });
        }
        let body = body::take(&mut answer, &self.settings).await;
        Ok(HttpResponse {
            status,
            headers,
            body: body.map_err(refused)?,
        })
    }
}

/// The HTTP client's own words for a head beyond its limits.
const HEAD_TOO_LARGE: &str = "message head is too large";

fn trouble(trouble: Trouble, writes: bool) -> EndpointError {
    match trouble {
        Trouble::BrokeOff(why) => EndpointError::NoAnswer { why },
        Trouble::Refused(why) => EndpointError::Garbled {
            why,
            maybe_written: writes,
        },
    }
}

/// What both clients have in common.
fn base(settings: &HttpSettings) -> ClientBuilder {
    Client::builder()
        .user_agent(&settings.user_agent)
        .timeout(Duration::from_secs(settings.timeout_s.max(1)))
        .connect_timeout(Duration::from_secs(settings.connect_timeout_s.max(1)))
        .redirect(Policy::none())
        .referer(false)
        // Unpacked here, so that both sizes can be limited.
        .gzip(false)
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
}

/// Chooses ring as the process's TLS provider, unless somebody chose before.
fn install_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error says that a provider is installed already, which is all that is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// The innermost reason, which never names the URL.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    if std::ptr::eq(
        std::ptr::from_ref(cause).cast::<()>(),
        std::ptr::from_ref(error).cast::<()>(),
    ) {
        return "the transport failed without saying why".to_owned();
    }
    cause.to_string()
}

/// What is wrong with a server's certificate, in words, if that is the reason.
fn of_certificate(cause: &str) -> Option<String> {
    let why = cause.strip_prefix("invalid peer certificate: ")?;
    let folded = why.to_lowercase();
    let words = if folded.contains("unknownissuer") || folded.contains("badsignature") {
        "is signed by nobody this machine trusts: by itself, or by an authority of its own \
         (SSL_CERT_FILE names a file of authorities to trust)"
    } else if folded.contains("expired") {
        "has expired"
    } else if folded.contains("not valid for name") || folded.contains("notvalidforname") {
        "is for another name"
    } else {
        "is not accepted"
    };
    Some(format!("its certificate {words}: {why}"))
}

/// Scheme, host and port; neither user info nor path nor query.
fn address_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or("?");
    match url.port() {
        Some(port) => format!("{}://{host}:{port}", url.scheme()),
        None => format!("{}://{host}", url.scheme()),
    }
}

/// Scheme, host and port of an address, as one tells servers apart. On this machine the port says
/// nothing: it changes from start to start.
pub fn origin(address: &str) -> String {
    let Ok(url) = Url::parse(address.trim()) else {
        return address.trim().to_lowercase();
    };
    if is_loopback(&url) {
        return format!("{}://{}", url.scheme(), url.host_str().unwrap_or("?"));
    }
    address_of(&url)
}

/// Whether the URL is on this machine.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host.eq_ignore_ascii_case("localhost")
        || host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests;
