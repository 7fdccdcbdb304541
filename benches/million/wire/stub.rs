//! A server that answers pages of a listing with next to no work, and passes everything else on to
//! a real catalogue. It waits the latency it is told.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{Instant, sleep_until},
};

use super::asset::{self, Model, between};
use crate::Anyhow;

/// What it was told, and how assets look.
#[derive(Default)]
struct Known {
    latency: Duration,
    assets: usize,
    json: Vec<Model>,
    xml: Vec<Model>,
}

type Shared = Arc<Mutex<Known>>;

/// One request as it came.
struct Request {
    head: String,
    body: Vec<u8>,
}

impl Request {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_default()
    }

    /// Whether it asks for a page over REST.
    fn is_json_page(&self) -> bool {
        let line = self.head.lines().next().unwrap_or_default();
        line.contains("/search/indexsearch") && !self.text().contains("\"size\":0")
    }

    /// Whether it asks for a page over SOAP.
    fn is_xml_page(&self) -> bool {
        self.text().contains("<searchAssetsParam")
    }
}

/// Serves until killed; says its address on a line of its own.
pub(crate) fn serve(upstream: &str) -> Anyhow<()> {
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

async fn converse(mut stream: TcpStream, shared: &Shared, upstream: &str) -> Anyhow<()> {
    let mut buffer = Vec::new();
    while let Some(request) = read(&mut stream, &mut buffer).await? {
        let came = Instant::now();
        if let Some(told) = request.head.strip_prefix("GET /stub/") {
            lock(shared).heed(told.split(' ').next().unwrap_or_default());
            stream.write_all(&answered("text/plain", b"")).await?;
            return Ok(());
        }
        let (is_json, is_xml) = (request.is_json_page(), request.is_xml_page());
        if !is_json && !is_xml {
            let answer = relay(&request, upstream).await?;
            return Ok(stream.write_all(&answer).await?);
        }
        let is_told = {
            let known = lock(shared);
            !(if is_json { &known.json } else { &known.xml }).is_empty()
        };
        if !is_told {
            let answer = relay(&request, upstream).await?;
            let body = &answer[find(&answer, b"\r\n\r\n").ok_or("no head")? + 4..];
            let mut known = lock(shared);
            if is_json {
                known.json = asset::of_json(body)?;
            } else {
                known.xml = asset::of_xml(std::str::from_utf8(body)?)?;
            }
        }
        let (answer, latency) = {
            let known = lock(shared);
            let answer = if is_json {
                answered("application/json", &known.json_page(request.text()))
            } else {
                answered("text/xml; charset=utf-8", &known.xml_page(request.text()))
            };
            (answer, known.latency)
        };
        if !latency.is_zero() {
            sleep_until(came + latency).await;
        }
        stream.write_all(&answer).await?;
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

/// Asks the catalogue; its answer, unpacked.
async fn relay(request: &Request, upstream: &str) -> io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(upstream).await?;
    let mut head = String::new();
    for line in request.head.lines() {
        let name = line.to_ascii_lowercase();
        if !name.starts_with("connection:") && !name.starts_with("accept-encoding:") {
            let _ = write!(head, "{line}\r\n");
        }
    }
    head.push_str("connection: close\r\n\r\n");
    server.write_all(head.as_bytes()).await?;
    server.write_all(&request.body).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    Ok(answer)
}

impl Known {
    /// What the bench tells: `latency/100`, `assets/1000000`.
    fn heed(&mut self, told: &str) {
        let (word, value) = told.split_once('/').unwrap_or((told, ""));
        match word {
            "latency" => self.latency = Duration::from_millis(value.parse().unwrap_or(0)),
            "assets" => self.assets = value.parse().unwrap_or(0),
            _ => {}
        }
    }

    /// A page over REST: of the guids between two bounds, after a time.
    fn json_page(&self, asked: &str) -> Vec<u8> {
        let size = digits(asked, "\"size\":").unwrap_or(10);
        let after = digits(asked, "\"search_after\":[").map_or(0, |ms| ms + 1);
        let guids = asked.split_once("\"__guid\":{\"").map(|(_, rest)| rest);
        let guids = guids.filter(|rest| !rest.starts_with("order"));
        let bounds = guids
            .and_then(|rest| rest.split('}').next())
            .unwrap_or_default();
        let bound = |word: &str| {
            let text = between(bounds, &format!("{word}\":\""), "\"")?;
            usize::from_str_radix(text, 16).ok()
        };
        let (from, to) = (bound("gte").unwrap_or(0), bound("lt").unwrap_or(CELLS));
        let page: Vec<usize> = Numbers {
            next: after,
            from,
            to,
        }
        .take_while(|number| *number < self.assets)
        .take(size)
        .collect();
        let last = self.assets % CELLS;
        let rest = to.min(last).saturating_sub(from);
        let total = self.assets / CELLS * (to - from) + rest;
        let mut out = Vec::with_capacity(page.len() * 1400 + 256);
        out.extend_from_slice(b"{\"queryType\":\"INDEX\",\"searchParameters\":{},\"entities\":[");
        let mut sorts = String::with_capacity(page.len() * 110);
        for (place, number) in page.into_iter().enumerate() {
            let guid = guid(number);
            if place > 0 {
                out.push(b',');
                sorts.push(',');
            }
            self.json[number % self.json.len()].write(number, (&guid, ""), &mut out);
            let _ = write!(sorts, "\"{guid}\":{{\"sort\":[{number},\"{guid}\"]}}");
        }
        out.extend_from_slice(format!("],\"approximateCount\":{total}").as_bytes());
        out.extend_from_slice(b",\"searchMetadata\":{");
        out.extend_from_slice(sorts.as_bytes());
        out.extend_from_slice(b"}}");
        out
    }

    /// A page over SOAP: of the assets made between two moments.
    fn xml_page(&self, asked: &str) -> Vec<u8> {
        let mut bounds = (0, self.assets);
        for condition in asked.split("<field>Created</field>").skip(1) {
            let moment = between(condition, "<dateVal>", "</dateVal>").unwrap_or_default();
            let number = asset::made_at(moment).unwrap_or_default();
            if condition.starts_with("<op>LessThan</op>") {
                bounds.1 = number.min(bounds.1);
            } else {
                bounds.0 = number;
            }
        }
        let size = digits(asked, "<recordsPerPage>").unwrap_or(1000);
        let page = digits(asked, "<resultsPage>").unwrap_or(1);
        let total = bounds.1.saturating_sub(bounds.0);
        let from = bounds.0 + (page - 1) * size;
        let mut out = Vec::with_capacity(size * 4000 + 512);
        out.extend_from_slice(
            b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope \
              xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body>\
              <searchAssetsReturn xmlns=\"http://www.scene7.com/IpsApi/xsd/2014-04-03\">",
        );
        out.extend_from_slice(format!("<totalRows>{total}</totalRows><assetArray>").as_bytes());
        for number in from..(from + size).min(bounds.1) {
            let model = &self.xml[number % self.xml.len()];
            let (handle, made) = (format!("a|{number:07}"), asset::moment(number));
            model.write(number, (&handle, &made), &mut out);
        }
        out.extend_from_slice(
            b"</assetArray></searchAssetsReturn></soapenv:Body></soapenv:Envelope>",
        );
        out
    }
}

/// The first three digits of a guid, in all.
const CELLS: usize = 1 << 12;

/// Numbers whose rest by [`CELLS`] lies between two bounds.
struct Numbers {
    next: usize,
    from: usize,
    to: usize,
}

impl Iterator for Numbers {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let rest = self.next % CELLS;
        if rest < self.from {
            self.next += self.from - rest;
        } else if rest >= self.to {
            self.next += CELLS - rest + self.from;
        }
        self.next += 1;
        Some(self.next - 1)
    }
}

/// The guid of a number: its first three digits tell the range.
fn guid(number: usize) -> String {
    format!(
        "{:03x}{:05x}-5eed-4000-8000-{number:012x}",
        number % CELLS,
        number / CELLS
    )
}

/// The number behind a word.
fn digits(text: &str, before: &str) -> Option<usize> {
    let (_, rest) = text.split_once(before)?;
    let end = rest.find(|one: char| !one.is_ascii_digit())?;
    rest[..end].parse().ok()
}

fn lock(shared: &Shared) -> MutexGuard<'_, Known> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answered(kind: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n");
    let mut answer = Vec::with_capacity(head.len() + length);
    answer.extend_from_slice(head.as_bytes());
    answer.extend_from_slice(body);
    answer
}

/// The length of the body behind a head.
pub(super) fn length(head: &str) -> usize {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let mut lengths = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    lengths
        .next()
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or(0)
}

/// Where a part begins.
pub(super) fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
