//! Takes an answer in: so much and no more, on the wire and unpacked.

use std::{
    io::{self, Write},
    time::Duration,
};

use flate2::write::MultiGzDecoder;
use reqwest::{
    Response,
    header::{CONTENT_ENCODING, HeaderMap},
};

use super::{HttpSettings, root_cause};

/// The longest silence within a body.
const SILENCE: Duration = Duration::from_secs(15);

/// Why a body was not taken in.
pub(super) enum Trouble {
    /// It ended early, or never went on.
    BrokeOff(String),
    /// It is too much, or packed in a way nobody asked for.
    Refused(String),
}

/// The whole body, unpacked.
pub(super) async fn take(
    answer: &mut Response,
    settings: &HttpSettings,
) -> Result<Vec<u8>, Trouble> {
    let mut body = Body::of(answer, settings)?;
    let mut wire = 0;
    loop {
        let chunk = match tokio::time::timeout(SILENCE, answer.chunk()).await {
            Ok(Ok(chunk)) => chunk,
            Ok(Err(error)) => return Err(Trouble::BrokeOff(why(&error, settings))),
            Err(_) => {
                let seconds = SILENCE.as_secs();
                let why = format!("the answer stopped coming for {seconds} s");
                return Err(Trouble::BrokeOff(why));
            }
        };
        let Some(chunk) = chunk else {
            return body.finish();
        };
        wire += chunk.len();
        if wire > settings.max_wire_bytes {
            return Err(too_long("the answer", settings.max_wire_bytes));
        }
        body.add(&chunk)?;
    }
}

/// Insists on heads of a bearable size.
pub(super) fn bearable(headers: &HeaderMap, settings: &HttpSettings) -> Result<(), Trouble> {
    let size: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    if size > settings.max_header_bytes {
        return Err(too_long(
            "the head of the answer",
            settings.max_header_bytes,
        ));
    }
    Ok(())
}

pub(super) fn too_long(what: &str, limit: usize) -> Trouble {
    let limit = match limit {
        bytes if bytes >= MIB && bytes.is_multiple_of(MIB) => format!("{} MB", bytes / MIB),
        bytes if bytes >= KIB && bytes.is_multiple_of(KIB) => format!("{} kB", bytes / KIB),
        bytes => format!("{bytes} bytes"),
    };
    Trouble::Refused(format!("{what} is longer than {limit}"))
}

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

fn why(error: &reqwest::Error, settings: &HttpSettings) -> String {
    if error.is_timeout() {
        format!("time-out after {} s", settings.timeout_s)
    } else {
        format!("the answer broke off: {}", root_cause(error))
    }
}

/// A body while it comes in.
enum Body {
    Plain(Capped),
    Packed(Box<MultiGzDecoder<Capped>>),
}

impl Body {
    fn of(answer: &Response, settings: &HttpSettings) -> Result<Self, Trouble> {
        // What it says of its length is believed as far as that costs little.
        let told = answer.content_length().unwrap_or(0);
        let room = usize::try_from(told).unwrap_or(MIB).min(MIB);
        let capped = Capped {
            bytes: Vec::with_capacity(room),
            limit: settings.max_body_bytes,
            is_full: false,
        };
        let coding = answer.headers().get(CONTENT_ENCODING);
        let coding = coding.map_or("", |coding| coding.to_str().unwrap_or("?"));
        match coding.trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Ok(Self::Plain(capped)),
            "gzip" | "x-gzip" => Ok(Self::Packed(Box::new(MultiGzDecoder::new(capped)))),
            _ => Err(Trouble::Refused(
                "it is packed in a way that was not asked for".to_owned(),
            )),
        }
    }

    fn add(&mut self, chunk: &[u8]) -> Result<(), Trouble> {
        match self {
            Self::Plain(capped) => {
                let added = capped.write_all(chunk);
                added.map_err(|_| too_long("the answer", capped.limit))
            }
            Self::Packed(decoder) => {
                let added = decoder.write_all(chunk);
                added.map_err(|error| unpacked(decoder.get_ref(), &error))
            }
        }
    }

    fn finish(self) -> Result<Vec<u8>, Trouble> {
        match self {
            Self::Plain(capped) => Ok(capped.bytes),
            Self::Packed(mut decoder) => {
                if let Err(error) = decoder.try_finish() {
                    return Err(match unpacked(decoder.get_ref(), &error) {
                        Trouble::Refused(_) if !decoder.get_ref().is_full => {
                            Trouble::BrokeOff("the answer ends in the middle".to_owned())
                        }
                        trouble @ (Trouble::Refused(_) | Trouble::BrokeOff(_)) => trouble,
                    });
                }
                Ok(std::mem::take(&mut decoder.get_mut().bytes))
            }
        }
    }
}

fn unpacked(capped: &Capped, error: &io::Error) -> Trouble {
    if capped.is_full {
        too_long("the answer, unpacked,", capped.limit)
    } else {
        Trouble::Refused(format!("it can't be unpacked: {error}"))
    }
}

/// Bytes up to a limit.
struct Capped {
    bytes: Vec<u8>,
    limit: usize,
    is_full: bool,
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.limit {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
