//! A server that answers writes at once, and passes everything else on to a real catalogue.
//!
//! Writes cost it next to nothing, so that what is measured is the client. It waits the latency it
//! is told, counts what it gets, and can keep a limit of requests a minute as Atlan does: over it,
//! everything is refused for a whole minute.

use std::{
    collections::VecDeque,
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use armarius::runtime::now_ms;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{Instant, sleep_until},
};

const MINUTE: Duration = Duration::from_mins(1);
/// Bodies kept for the load tool.
const KEPT: usize = 64;

/// What it was told, and what it has seen.
#[derive(Default)]
struct Seen {
    latency: Duration,
    limit: Option<usize>,
    record: bool,
    writes: u64,
    reads: u64,
    refused: u64,
    /// Assets read by their guids, until the first write.
    read_back: u64,
    /// When that was asked for first, milliseconds since 1970.
    first_read_back_ms: Option<i64>,
    /// When requests came, under a limit.
    arrivals: VecDeque<Instant>,
    most_a_minute: usize,
    blocked_until: Option<Instant>,
    bodies: Vec<Vec<u8>>,
    head: String,
}

type Shared = Arc<Mutex<Seen>>;

/// One request as it came.
struct Request {
    head: String,
    body: Vec<u8>,
}

impl Request {
    fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    fn is_atlan_write(&self) -> bool {
        self.line().starts_with("POST /api/meta/entity/bulk")
    }

    fn is_soap_write(&self) -> bool {
        self.line().starts_with("POST") && contains(&self.body, b"<batchSetAssetMetadataParam")
    }
}

/// Serves until killed; says its address on a line of its own.
pub(crate) fn serve(upstream: &str) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut out = io::stdout();
        writeln!(out, "{}", listener.local_addr()?)?;
        out.flush()?;
        let shared = Shared::default();
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let (shared, upstream) = (Arc::clone(&shared), upstream.to_owned());
            tokio::spawn(async move {
                // A client that goes away in the middle ends its connection and nothing else.
                let _ = converse(stream, &shared, &upstream).await;
            });
        }
    })
}

async fn converse(mut stream: TcpStream, shared: &Shared, upstream: &str) -> io::Result<()> {
    let mut buffer = Vec::new();
    while let Some(request) = read(&mut stream, &mut buffer).await? {
        let came = Instant::now();
        if let Some(told) = request.line().strip_prefix("GET /stub/") {
            let told = told.split(' ').next().unwrap_or_default();
            let answer = control(&mut lock(shared), told);
            stream.write_all(&ok("application/json", &answer)).await?;
            continue;
        }
        if !lock(shared).lets_in(came) {
            let refusal = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 60\r\n\
                           content-length: 0\r\n\r\n";
            stream.write_all(refusal.as_bytes()).await?;
            continue;
        }
        if request.is_atlan_write() || request.is_soap_write() {
            let answer = if request.is_soap_write() {
                ok("text/xml; charset=utf-8", &soap_answer(&request.body))
            } else {
                ok("application/json", &atlan_answer(&request.body))
            };
            let latency = lock(shared).write(&request);
            sleep_until(came + latency).await;
            stream.write_all(&answer).await?;
            continue;
        }
        lock(shared).read(&request);
        return relay(stream, &request, upstream).await;
    }
    Ok(())
}

/// Reads one request; `None` at the end of the connection.
async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<Request>> {
    loop {
        if let Some(end) = find(buffer, b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            let whole = end + 4 + length(&head);
            while buffer.len() < whole {
                if stream.read_buf(buffer).await? == 0 {
                    return Ok(None);
                }
            }
            let rest = buffer.split_off(whole);
            let request = std::mem::replace(buffer, rest);
            let body = request[end + 4..].to_vec();
            return Ok(Some(Request { head, body }));
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}

/// Passes a request on, and the answer back; the connection ends with it.
async fn relay(mut client: TcpStream, request: &Request, upstream: &str) -> io::Result<()> {
    let mut server = TcpStream::connect(upstream).await?;
    let mut head = String::new();
    for line in request.head.lines() {
        if !line.to_ascii_lowercase().starts_with("connection:") {
            let _ = write!(head, "{line}\r\n");
        }
    }
    head.push_str("connection: close\r\n\r\n");
    server.write_all(head.as_bytes()).await?;
    server.write_all(&request.body).await?;
    tokio::io::copy(&mut server, &mut client).await?;
    client.shutdown().await
}

/// What the bench tells or asks: `latency/20`, `limit/400`, `record`, `seen`, `clear`, `bodies/PATH`.
fn control(seen: &mut Seen, told: &str) -> String {
    let (word, value) = told.split_once('/').unwrap_or((told, ""));
    match word {
        "latency" => seen.latency = Duration::from_millis(value.parse().unwrap_or(0)),
        "limit" => seen.limit = value.parse().ok(),
        "record" => seen.record = true,
        "clear" => {
            *seen = Seen {
                latency: seen.latency,
                limit: seen.limit,
                ..Seen::default()
            }
        }
        "bodies" => {
            let path = format!("/{value}");
            let parts: Vec<&[u8]> = seen.bodies.iter().map(Vec::as_slice).collect();
            // Told in the answer if it fails.
            if let Err(error) = fs::write(path, parts.join(&b"\n\x1e\n"[..])) {
                return json!({"error": error.to_string()}).to_string();
            }
        }
        _ => {}
    }
    json!({
        "writes": seen.writes, "reads": seen.reads, "refused": seen.refused,
        "most_a_minute": seen.most_a_minute,
        "head": seen.head, "read_back": seen.read_back,
        "first_read_back_ms": seen.first_read_back_ms,
    })
    .to_string()
}

impl Seen {
    /// Counts a request against the limit of a minute.
    fn lets_in(&mut self, now: Instant) -> bool {
        if self.blocked_until.is_some_and(|until| now < until) {
            self.refused += 1;
            return false;
        }
        if self.limit.is_none() {
            return true;
        }
        self.arrivals.push_back(now);
        let recent = self
            .arrivals
            .iter()
            .rev()
            .take_while(|one| now.duration_since(**one) < MINUTE)
            .count();
        self.most_a_minute = self.most_a_minute.max(recent);
        if self.limit.is_some_and(|limit| recent > limit) {
            self.blocked_until = Some(now + MINUTE);
            self.refused += 1;
            return false;
        }
        true
    }

    /// Counts a read.
    fn read(&mut self, request: &Request) {
        self.reads += 1;
        if request.line().starts_with("GET /api/meta/entity/bulk") && self.writes == 0 {
            self.read_back += 1;
            self.first_read_back_ms.get_or_insert_with(now_ms);
        }
    }

    /// Counts a write; says how long its answer takes.
    fn write(&mut self, request: &Request) -> Duration {
        self.writes += 1;
        if self.record && self.bodies.len() < KEPT {
            self.head.clone_from(&request.head);
            self.bodies.push(request.body.clone());
        }
        self.latency
    }
}

fn lock(shared: &Shared) -> MutexGuard<'_, Seen> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn ok(kind: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// Every asset of the request, updated.
fn atlan_answer(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let mut headers = String::new();
    for (place, part) in text.split("\"guid\":\"").skip(1).enumerate() {
        let guid = part.split('"').next().unwrap_or_default();
        let comma = if place > 0 { "," } else { "" };
        let _ = write!(
            headers,
            "{comma}{{\"typeName\":\"Table\",\"attributes\":{{\"qualifiedName\":\
             \"default/snowflake/1700000000/SALES/PUBLIC/{guid}\",\"name\":\"{guid}\"}},\
             \"guid\":\"{guid}\",\"status\":\"ACTIVE\",\"displayText\":\"{guid}\",\
             \"classificationNames\":[],\"classifications\":[],\"meaningNames\":[],\
             \"meanings\":[],\"isIncomplete\":false,\"labels\":[]}}"
        );
    }
    format!("{{\"mutatedEntities\":{{\"UPDATE\":[{headers}]}},\"guidAssignments\":{{}}}}")
}

/// Every pair of the request, counted as a success.
fn soap_answer(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let groups = text.split("<assetHandleArray>").skip(1);
    let pairs: usize = groups
        .map(|group| {
            let (assets, updates) = group.split_once("</assetHandleArray>").unwrap_or_default();
            assets.matches("<items>").count() * updates.matches("<fieldHandle>").count()
        })
        .sum();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope \
         xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body>\
         <batchSetAssetMetadataReturn xmlns=\"http://www.scene7.com/IpsApi/xsd/2014-04-03\">\
         <successCount>{pairs}</successCount><warningCount>0</warningCount>\
         <errorCount>0</errorCount></batchSetAssetMetadataReturn></soapenv:Body>\
         </soapenv:Envelope>"
    )
}

fn length(head: &str) -> usize {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let mut lengths = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    lengths
        .next()
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or(0)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    find(text, part).is_some()
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
