//! Rows of a file, one at a time, with the line each stands on.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use serde_json::{Map, Value};

/// A row of a file.
pub(super) struct RawRow {
    /// Its line, from 1.
    pub(super) line: u64,
    /// Its keys and values, or what is wrong with it.
    pub(super) fields: Result<Map<String, Value>, String>,
}

/// How a file is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    JsonLines,
    Separated(u8),
}

/// Show every row of a file to `take`, in order.
pub(super) fn each<E: From<std::io::Error>>(
    path: &Path,
    take: impl FnMut(RawRow) -> Result<(), E>,
) -> Result<(), E> {
    let (format, reader) = open(path)?;
    match format {
        Format::JsonLines => json_lines(reader, take),
        Format::Separated(separator) => separated(reader, separator, take),
    }
}

fn open(path: &Path) -> Result<(Format, Box<dyn BufRead>), std::io::Error> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
    let is_gzip = file.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    let mut reader: Box<dyn BufRead> = if is_gzip {
        Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(file)))
    } else {
        Box::new(file)
    };
    if reader.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        reader.consume(3);
    }
    let format = match extension(path).as_deref() {
        Some("csv") => Format::Separated(b','),
        Some("tsv") => Format::Separated(b'\t'),
        Some("jsonl" | "ndjson" | "json") => Format::JsonLines,
        _ => {
            let first = reader.fill_buf()?;
            let starts = first.iter().find(|byte| !byte.is_ascii_whitespace());
            match starts {
                Some(b'{') | None => Format::JsonLines,
                Some(_) => Format::Separated(b','),
            }
        }
    };
    Ok((format, reader))
}

/// The extension that tells the format: the one before `.gz`, where there is one.
fn extension(path: &Path) -> Option<String> {
    let lower = path.file_name()?.to_str()?.to_ascii_lowercase();
    let bare = lower.strip_suffix(".gz").unwrap_or(&lower);
    bare.rsplit_once('.')
        .map(|(_, extension)| extension.to_owned())
}

fn json_lines<E: From<std::io::Error>>(
    mut reader: Box<dyn BufRead>,
    mut take: impl FnMut(RawRow) -> Result<(), E>,
) -> Result<(), E> {
    let mut bytes = Vec::new();
    let mut line = 0;
    loop {
        bytes.clear();
        if reader.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(());
        }
        line += 1;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let fields = match serde_json::from_slice::<Value>(&bytes) {
            Ok(Value::Object(fields)) => Ok(fields),
            Ok(_) => Err("not a JSON object".to_owned()),
            Err(error) => Err(format!("not JSON: {error} of this line")),
        };
        take(RawRow { line, fields })?;
    }
}

fn separated<E: From<std::io::Error>>(
    reader: impl Read,
    separator: u8,
    mut take: impl FnMut(RawRow) -> Result<(), E>,
) -> Result<(), E> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        // Lines are counted by their feeds; the return before one is taken off below.
        .terminator(csv::Terminator::Any(b'\n'))
        .flexible(true)
        .from_reader(reader);
    let header = without_return(reader.headers().map_err(broken)?);
    let mut record = csv::StringRecord::new();
    loop {
        let start = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {
                let line = record.position().map_or(start, csv::Position::line);
                let record = without_return(&record);
                let fields = if record.len() == header.len() {
                    Ok(cells(&header, &record))
                } else {
                    Err(format!(
                        "{} cells, the header has {}",
                        record.len(),
                        header.len()
                    ))
                };
                take(RawRow { line, fields })?;
            }
            Err(error) if error.is_io_error() => return Err(broken(error).into()),
            Err(error) => take(RawRow {
                line: error.position().map_or(start, csv::Position::line),
                fields: Err(format!("not CSV: {error}")),
            })?,
        }
    }
}

/// The row without the carriage return that ends lines in some files.
fn without_return(record: &csv::StringRecord) -> csv::StringRecord {
    let last = record.len().saturating_sub(1);
    record
        .iter()
        .enumerate()
        .map(|(number, cell)| {
            if number == last {
                cell.strip_suffix('\r').unwrap_or(cell)
            } else {
                cell
            }
        })
        .collect()
}

fn broken(error: csv::Error) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, error)
}

/// The cells of a row by the names in the header. A cell that is a JSON list of texts is a list.
fn cells(header: &csv::StringRecord, record: &csv::StringRecord) -> Map<String, Value> {
    header
        .iter()
        .zip(record)
        .filter(|(name, _)| !name.is_empty())
        .map(|(name, cell)| {
            let list = cell
                .starts_with('[')
                .then(|| serde_json::from_str::<Vec<String>>(cell).ok())
                .flatten();
            let value = list.map_or_else(|| Value::String(cell.to_owned()), Value::from);
            (name.to_owned(), value)
        })
        .collect()
}
