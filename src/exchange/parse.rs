//! Reading change files: which asset, which field, what it says there. Names are not looked up yet.

use std::path::Path;

use serde_json::{Map, value::RawValue};

use super::{
    LineProblem,
    cell::{CLEAR, unguarded},
};

/// The formats of a change file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeFormat {
    /// Comma-separated, with a header.
    Csv,
    /// Tab-separated, with a header.
    Tsv,
    /// One JSON object a line.
    JsonLines,
}

impl ChangeFormat {
    /// The format the ending of a name stands for.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_lowercase();
        match ending.as_str() {
            "csv" => Some(Self::Csv),
            "tsv" | "tab" => Some(Self::Tsv),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            _ => None,
        }
    }
}

/// What a cell asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// Take the value away.
    Clear,
    /// This text; the field says whether it is a list.
    Text(String),
    /// This list.
    List(Vec<String>),
    /// A certificate; parts that are `None` stay.
    Certificate(Option<String>, Option<String>),
}

/// One line of a change file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// Counted from 1.
    pub(super) number: u64,
    /// The asset's identity, if the file says it.
    pub(super) id: Option<String>,
    /// Its name.
    pub(super) name: Option<String>,
    /// Its type.
    pub(super) kind: Option<String>,
    /// What is asked of which field; untouched ones are left out.
    pub(super) wishes: Vec<(String, Wish)>,
}

/// The columns that are not fields.
const MESSAGE: &str = "certificate_message";

/// Reads the lines of a file. Collects all that is wrong.
pub(super) fn lines(
    file: &str,
    bytes: &[u8],
    format: ChangeFormat,
) -> Result<Vec<Line>, Vec<LineProblem>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut problems = Vec::new();
    let mut wrong = |line: u64, message: String| {
        problems.push(LineProblem {
            file: file.to_owned(),
            line,
            message,
        });
    };
    let lines = match format {
        ChangeFormat::Csv => separated(bytes, b',', &mut wrong),
        ChangeFormat::Tsv => separated(bytes, b'\t', &mut wrong),
        ChangeFormat::JsonLines => json_lines(bytes, &mut wrong),
    };
    if problems.is_empty() {
        Ok(lines)
    } else {
        Err(problems)
    }
}

fn separated(bytes: &[u8], delimiter: u8, wrong: &mut impl FnMut(u64, String)) -> Vec<Line> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes);
    let mut records = reader.byte_records().map(|record| {
        let record = record.map_err(|error| error.to_string())?;
        let number = record.position().map_or(0, csv::Position::line);
        Ok::<_, String>((number, record))
    });
    let Some(Ok((_, head))) = records.next() else {
        wrong(
            1,
            "the file is empty; its first line names the columns".to_owned(),
        );
        return Vec::new();
    };
    let head: Vec<String> = head
        .iter()
        .map(|name| unguarded(String::from_utf8_lossy(name).trim()).to_owned())
        .collect();
    check_head(&head, wrong);
    let mut lines = Vec::new();
    for record in records {
        let (number, record) = match record {
            Ok(record) => record,
            Err(message) => {
                wrong(0, message);
                continue;
            }
        };
        if record.len() != head.len() {
            let (has, wants) = (record.len(), head.len());
            wrong(
                number,
                format!("the line has {has} cells, the first line names {wants}"),
            );
            continue;
        }
        let mut cells = Vec::new();
        for (name, cell) in head.iter().zip(&record) {
            match std::str::from_utf8(cell) {
                Ok(cell) => cells.push((name.as_str(), unguarded(cell))),
                Err(_) => wrong(number, format!("`{name}` is not UTF-8 text")),
            }
        }
        lines.push(of_cells(number, &cells));
    }
    lines
}

fn check_head(head: &[String], wrong: &mut impl FnMut(u64, String)) {
    let is = |name: &String, word: &str| name.eq_ignore_ascii_case(word);
    if !head.iter().any(|name| is(name, "id") || is(name, "name")) {
        wrong(
            1,
            "there is no column `id` or `name`; one of them says which asset".to_owned(),
        );
    }
    for (place, name) in head.iter().enumerate() {
        if name.is_empty() {
            wrong(1, format!("column {} has no name", place + 1));
        } else if head[..place]
            .iter()
            .any(|earlier| earlier.eq_ignore_ascii_case(name))
        {
            wrong(1, format!("there are two columns `{name}`"));
        }
    }
}

fn of_cells(number: u64, cells: &[(&str, &str)]) -> Line {
    let mut line = Line {
        number,
        ..Line::default()
    };
    let (mut status, mut message) = (None, None);
    for (name, cell) in cells.iter().filter(|(_, cell)| !cell.is_empty()) {
        let text = (*cell).to_owned();
        match name.to_lowercase().as_str() {
            "id" => line.id = Some(text),
            "name" => line.name = Some(text),
            "type" => line.kind = Some(text),
            "certificate" => status = Some(wish(cell)),
            MESSAGE => message = Some(if *cell == CLEAR { String::new() } else { text }),
            _ => line.wishes.push(((*name).to_owned(), wish(cell))),
        }
    }
    certificate(&mut line, status, message);
    line
}

fn certificate(line: &mut Line, status: Option<Wish>, message: Option<String>) {
    let wish = match (status, message) {
        (None, None) => return,
        (Some(Wish::Text(status)), message) => Wish::Certificate(Some(status), message),
        (Some(other), _) => other,
        (None, message) => Wish::Certificate(None, message),
    };
    line.wishes.push(("certificate".to_owned(), wish));
}

/// A cell that is not empty.
fn wish(cell: &str) -> Wish {
    if cell == CLEAR {
        return Wish::Clear;
    }
    match cell.strip_prefix('\\') {
        Some(rest) if rest.trim_start_matches('\\') == CLEAR => Wish::Text(rest.to_owned()),
        _ => Wish::Text(cell.to_owned()),
    }
}

fn json_lines(bytes: &[u8], wrong: &mut impl FnMut(u64, String)) -> Vec<Line> {
    let mut lines = Vec::new();
    for (number, bytes) in (1u64..).zip(bytes.split(|byte| *byte == b'\n')) {
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => match of_object(number, text) {
                Ok(line) => lines.push(line),
                Err(message) => wrong(number, message),
            },
            Err(_) => wrong(number, "the line is not UTF-8 text".to_owned()),
        }
    }
    lines
}

type Object = std::collections::BTreeMap<String, Box<RawValue>>;

fn of_object(number: u64, text: &str) -> Result<Line, String> {
    let object: Object =
        serde_json::from_str(text).map_err(|error| format!("this is no JSON object: {error}"))?;
    let mut line = Line {
        number,
        ..Line::default()
    };
    for (name, value) in &object {
        let text = || match wish_of(name, value)? {
            Some(Wish::Text(text)) => Ok(Some(text)),
            None => Ok(None),
            Some(_) => Err(format!("`{name}` wants text")),
        };
        match name.as_str() {
            "id" => line.id = text()?,
            "name" => line.name = text()?,
            "type" => line.kind = text()?,
            "certificate" => {
                if let Some(wish) = certificate_of(value)? {
                    line.wishes.push((name.clone(), wish));
                }
            }
            "fields" => {
                let fields: Object = serde_json::from_str(value.get())
                    .map_err(|_| "`fields` wants an object of fields".to_owned())?;
                for (field, value) in &fields {
                    let wish = wish_of(field, value)?;
                    line.wishes.extend(wish.map(|wish| (field.clone(), wish)));
                }
            }
            _ => {
                let wish = wish_of(name, value)?;
                line.wishes.extend(wish.map(|wish| (name.clone(), wish)));
            }
        }
    }
    if line.id.is_none() && line.name.is_none() {
        return Err("there is no `id` or `name`; one of them says which asset".to_owned());
    }
    Ok(line)
}

/// What a JSON value asks for; numbers keep the digits the file has.
fn wish_of(name: &str, value: &RawValue) -> Result<Option<Wish>, String> {
    let raw = value.get().trim();
    let parsed = match raw.as_bytes().first() {
        Some(b'n') => Some(Wish::Clear),
        Some(b'"') => serde_json::from_str(raw).ok().map(Wish::Text),
        Some(b'[') => serde_json::from_str::<Vec<String>>(raw)
            .ok()
            .map(|entries| {
                if entries.is_empty() {
                    Wish::Clear
                } else {
                    Wish::List(entries)
                }
            }),
        Some(b'{') | None => None,
        Some(_) => Some(Wish::Text(raw.to_owned())),
    };
    match parsed {
        Some(Wish::Text(text)) if text.is_empty() => Ok(None),
        Some(wish) => Ok(Some(wish)),
        None => Err(format!(
            "`{name}` wants text, a list of texts, or null to clear"
        )),
    }
}

fn certificate_of(value: &RawValue) -> Result<Option<Wish>, String> {
    let wrong = || "`certificate` wants a status, or {\"status\": …, \"message\": …}".to_owned();
    if !value.get().trim_start().starts_with('{') {
        return Ok(match wish_of("certificate", value)? {
            Some(Wish::Text(status)) => Some(Wish::Certificate(Some(status), None)),
            other => other,
        });
    }
    let parts: Map<String, serde_json::Value> =
        serde_json::from_str(value.get()).map_err(|_| wrong())?;
    let part = |name| match parts.get(name) {
        None | Some(serde_json::Value::Null) => Ok(None),
        Some(serde_json::Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(wrong()),
    };
    Ok(Some(Wish::Certificate(part("status")?, part("message")?)))
}
