//! Separated values. The `csv` crate takes the cells apart; before that the quotes are checked,
//! which it takes as they come, and the separator is found.

use std::collections::HashSet;

use csv::StringRecord;

use super::{TableError, TableOptions};

/// Columns and rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The line that names the columns.
    pub line: u64,
    /// The columns that have a name, with their place in each row.
    pub columns: Vec<(usize, String)>,
    /// How many cells the first line has, with and without a name.
    pub width: usize,
    /// The rows that say something.
    pub rows: Vec<SheetRow>,
    /// What stands between two cells.
    pub delimiter: u8,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRow {
    /// The line it begins on, from 1.
    pub line: u64,
    /// Its cells, by their place.
    pub cells: StringRecord,
}

impl SheetRow {
    /// What is wrong with the row as a row of a sheet, if anything.
    ///
    /// # Errors
    ///
    /// It has fewer or more cells than the first line names.
    pub fn fits(&self, sheet: &Sheet) -> Result<(), String> {
        let has = self.cells.len();
        let wants = sheet.columns.last().map_or(0, |(place, _)| place + 1);
        let mut named = sheet.columns.iter().map(|(at, _)| *at).peekable();
        let stray = self.cells.iter().enumerate().find(|(place, cell)| {
            let is_named = named.next_if_eq(place).is_some();
            !is_named && !cell.trim().is_empty()
        });
        if has < wants || stray.is_some_and(|(place, _)| place >= sheet.width) {
            let cells = if has == 1 { "cell" } else { "cells" };
            return Err(format!(
                "the line has {has} {cells}, the first line names {}",
                sheet.columns.len()
            ));
        }
        match stray {
            Some((place, _)) => Err(format!("column {} has no name", place + 1)),
            None => Ok(()),
        }
    }
}

impl Sheet {
    pub(super) fn read(text: &str, start: usize, delimiter: u8) -> Result<Self, TableError> {
        check_quotes(text, start, delimiter)?;
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(&text.as_bytes()[start..]);
        let mut lines = Lines::new(text);
        let mut sheet: Option<Self> = None;
        let mut record = StringRecord::new();
        loop {
            match reader.read_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {}
                Err(error) => return Err(TableError::whole(error.to_string())),
            }
            let place = record.position().map_or(0, csv::Position::byte);
            let place = start + usize::try_from(place).unwrap_or_default();
            // The position of a row is before the line ends that were skipped to reach it.
            let skipped = text[place..].find(|one| !matches!(one, '\r' | '\n'));
            let line = lines.at(place + skipped.unwrap_or_default());
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            match &mut sheet {
                Some(sheet) => sheet.rows.push(SheetRow {
                    line,
                    cells: record.clone(),
                }),
                None => {
                    sheet = Some(Self {
                        line,
                        columns: columns(&record),
                        width: record.len(),
                        rows: Vec::new(),
                        delimiter,
                    });
                }
            }
        }
        sheet
            .ok_or_else(|| TableError::at(1, "the file is empty; its first line names the columns"))
    }

    /// A name that two columns have, letter by letter.
    pub fn double(&self) -> Option<&str> {
        let mut known = HashSet::new();
        self.columns
            .iter()
            .map(|(_, name)| name.as_str())
            .find(|name| !known.insert(*name))
    }
}

fn columns(header: &StringRecord) -> Vec<(usize, String)> {
    header
        .iter()
        .enumerate()
        .filter(|(_, name)| !name.is_empty())
        .map(|(place, name)| (place, name.to_owned()))
        .collect()
}

/// How a file lays out its cells.
pub(super) struct Layout {
    pub(super) delimiter: u8,
    pub(super) start: usize,
}

/// What can stand between cells.
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The separator: what somebody says, what a first line `sep=;` says, or the candidate that cuts a
/// key column out of the first line, and the most columns.
pub(super) fn layout(text: &str, usual: u8, options: &TableOptions) -> Layout {
    let first = text.lines().next().unwrap_or_default();
    let said = separator_line(first);
    let start = if said.is_some() {
        let end = text.find(['\n', '\r']).unwrap_or(text.len());
        let rest = &text[end..];
        end + usize::from(rest.starts_with('\r'))
            + usize::from(rest.trim_start_matches('\r').starts_with('\n'))
    } else {
        0
    };
    let delimiter = options.delimiter.map(|one| one.0).or(said);
    Layout {
        delimiter: delimiter.unwrap_or_else(|| found(&text[start..], usual, options)),
        start,
    }
}

/// The separator of a line that only says it, as some spreadsheets want: `sep=;`.
fn separator_line(line: &str) -> Option<u8> {
    let line = line.trim_matches('"');
    let said = line.strip_prefix("sep=").or(line.strip_prefix("SEP="))?;
    match said.as_bytes() {
        [one] => Some(*one),
        _ => None,
    }
}

fn found(text: &str, usual: u8, options: &TableOptions) -> u8 {
    let text = text.trim_start_matches(['\r', '\n']);
    let score = |delimiter: u8| {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut head = StringRecord::new();
        if !reader.read_record(&mut head).unwrap_or(false) {
            return (false, 0, delimiter == usual);
        }
        let is_key = |name: &str| {
            let name = name.trim();
            let said = options.id_column.as_deref();
            said.is_some_and(|said| said == name)
                || ["id", "name"]
                    .iter()
                    .any(|key| name.eq_ignore_ascii_case(key))
        };
        (head.iter().any(is_key), head.len(), delimiter == usual)
    };
    let best = CANDIDATES.into_iter().max_by_key(|one| score(*one));
    match best {
        Some(best) if score(best).1 > 1 => best,
        _ => usual,
    }
}

/// How people call a separator.
pub(super) fn plural(delimiter: u8) -> String {
    match delimiter {
        b',' => "commas".to_owned(),
        b';' => "semicolons".to_owned(),
        b'\t' => "tabs".to_owned(),
        b'|' => "pipes".to_owned(),
        other => format!("cells between `{}`", char::from(other)),
    }
}

/// Every quote that opens a cell must close it: a stray one would swallow the lines behind it.
fn check_quotes(text: &str, start: usize, delimiter: u8) -> Result<(), TableError> {
    let bytes = text.as_bytes();
    let is_end = |byte: u8| byte == delimiter || byte == b'\n' || byte == b'\r';
    let mut at = start;
    while at < bytes.len() {
        if bytes[at] != b'"' {
            at += cell_length(&bytes[at..], is_end) + 1;
            continue;
        }
        let opened = at;
        at += 1;
        loop {
            match memchr::memchr(b'"', &bytes[at..]) {
                None => {
                    return Err(TableError::at(
                        line_of(text, opened),
                        "the quote that opens here is never closed; a quote inside a cell is written \
                         twice, in a cell between quotes",
                    ));
                }
                Some(next) if bytes.get(at + next + 1) == Some(&b'"') => at += next + 2,
                Some(next) => {
                    at += next + 1;
                    break;
                }
            }
        }
        match bytes.get(at) {
            None => break,
            Some(&byte) if is_end(byte) => at += 1,
            Some(_) => {
                let (opens, closes) = (line_of(text, opened), line_of(text, at));
                let where_it_closes = if opens == closes {
                    "closes before the end of its cell".to_owned()
                } else {
                    format!("closes on line {closes} before the end of a cell")
                };
                return Err(TableError::at(
                    opens,
                    format!(
                        "the quote that opens here {where_it_closes}; a quote inside a cell is \
                         written twice, in a cell between quotes"
                    ),
                ));
            }
        }
    }
    Ok(())
}

fn cell_length(bytes: &[u8], is_end: impl Fn(u8) -> bool) -> usize {
    let end = bytes.iter().position(|byte| is_end(*byte));
    end.unwrap_or(bytes.len())
}

/// The line a place of a text is on, from 1. A line ends in `\n`, `\r\n` or `\r`.
pub fn line_of(text: &str, place: usize) -> u64 {
    Lines::new(text).at(place)
}

/// Counts lines, from place to place.
struct Lines<'a> {
    bytes: &'a [u8],
    place: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            bytes: text.as_bytes(),
            place: 0,
            line: 1,
        }
    }

    /// The line of a place that is not before the last one asked for.
    fn at(&mut self, place: usize) -> u64 {
        let place = place.min(self.bytes.len());
        while self.place < place {
            let here = self.bytes[self.place];
            let is_end = match here {
                b'\n' => true,
                b'\r' => self.bytes.get(self.place + 1) != Some(&b'\n'),
                _ => false,
            };
            self.line += u64::from(is_end);
            self.place += 1;
        }
        self.line
    }
}
