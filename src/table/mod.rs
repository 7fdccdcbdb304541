//! Tables in files: separated values and JSON objects, as they come out of spreadsheets, scripts and
//! other systems. Which encoding, separator and form a file has is found out and told; what can't be
//! read for certain is an error with its line, never a guess.

mod encoding;
mod json;
mod separated;

use std::{fmt, io::Read, path::Path, str::FromStr};

pub use json::{Entries, Object};
pub use separated::{Sheet, SheetRow, line_of};

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableForm {
    /// Cells between separators, a line a row; the first line names the columns. The separator is
    /// this one unless the file says otherwise.
    Separated(u8),
    /// JSON objects: one a line, or an array of them.
    Json,
}

/// What somebody says of a file; the rest is found out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableOptions {
    /// The form; by the ending of the name, or the content, if left out.
    pub form: Option<TableForm>,
    /// The name of the encoding.
    pub encoding: Option<String>,
    /// The separator.
    pub delimiter: Option<Delimiter>,
    /// The column that holds the id, where it is not called `id`.
    pub id_column: Option<String>,
}

/// What stands between two cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delimiter(u8);

impl FromStr for Delimiter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "tab" | "\\t" => Ok(Self(b'\t')),
            "comma" => Ok(Self(b',')),
            "semicolon" => Ok(Self(b';')),
            "pipe" => Ok(Self(b'|')),
            _ => match text.as_bytes() {
                [one] if one.is_ascii_punctuation() && *one != b'"' || *one == b'\t' => {
                    Ok(Self(*one))
                }
                _ => Err("a delimiter is one character such as , ; | or the word tab".to_owned()),
            },
        }
    }
}

/// Why a file is no table, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableError {
    /// The line it begins on, from 1; `None` where it is about the whole file.
    pub line: Option<u64>,
    /// What is wrong, and the way out.
    pub message: String,
}

impl TableError {
    fn at(line: u64, message: impl Into<String>) -> Self {
        Self {
            line: Some(line),
            message: message.into(),
        }
    }

    fn whole(message: impl Into<String>) -> Self {
        Self {
            line: None,
            message: message.into(),
        }
    }
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for TableError {}

/// The text of a table, and how it is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableText {
    text: String,
    form: TableForm,
    /// Where the table begins: behind a line that only names the separator.
    start: usize,
    remarks: Vec<String>,
}

/// The most a packed file may unpack to.
const LARGEST: u64 = 4 << 30;

impl TableText {
    /// The text of a file of this name.
    ///
    /// # Errors
    ///
    /// It is no text, or not in one encoding.
    pub fn of(name: &Path, bytes: Vec<u8>, options: &TableOptions) -> Result<Self, TableError> {
        let bytes = unpacked(bytes)?;
        refuse_other_files(&bytes)?;
        let (text, encoding) = encoding::decoded(bytes, options.encoding.as_deref())?;
        let by_name = || form_of_name(name);
        let form = options.form.or_else(by_name).unwrap_or_else(|| {
            let is_json = text.trim_start().starts_with(['{', '[']);
            if is_json {
                TableForm::Json
            } else {
                TableForm::Separated(b',')
            }
        });
        let mut remarks: Vec<String> = encoding.map(str::to_owned).into_iter().collect();
        let (form, start) = match form {
            TableForm::Json => (form, 0),
            TableForm::Separated(usual) => {
                let found = separated::layout(&text, usual, options);
                if found.delimiter != usual {
                    remarks.push(separated::plural(found.delimiter));
                }
                (TableForm::Separated(found.delimiter), found.start)
            }
        };
        Ok(Self {
            text,
            form,
            start,
            remarks,
        })
    }

    /// How it was read, if not as UTF-8 with the usual separator: `read as UTF-16, semicolons`.
    pub fn remark(&self) -> Option<String> {
        (!self.remarks.is_empty()).then(|| format!("read as {}", self.remarks.join(", ")))
    }

    /// How it is written.
    pub fn form(&self) -> TableForm {
        self.form
    }

    /// Its columns and rows; `None` if it is JSON.
    ///
    /// # Errors
    ///
    /// A quote that is never closed, text behind a closing quote, no columns.
    pub fn sheet(&self) -> Option<Result<Sheet, TableError>> {
        match self.form {
            TableForm::Separated(delimiter) => Some(Sheet::read(&self.text, self.start, delimiter)),
            TableForm::Json => None,
        }
    }

    /// Its objects; nothing if it is not JSON.
    ///
    /// # Errors
    ///
    /// An array that is broken. A broken line is an error of that line alone.
    pub fn objects(&self) -> Result<Vec<Object<'_>>, TableError> {
        match self.form {
            TableForm::Separated(_) => Ok(Vec::new()),
            TableForm::Json => json::objects(&self.text),
        }
    }
}

/// The form the ending of a name stands for, before `.gz`.
fn form_of_name(name: &Path) -> Option<TableForm> {
    let lower = name.file_name()?.to_str()?.to_ascii_lowercase();
    let bare = lower.strip_suffix(".gz").unwrap_or(&lower);
    match bare.rsplit_once('.')?.1 {
        "csv" => Some(TableForm::Separated(b',')),
        "tsv" | "tab" => Some(TableForm::Separated(b'\t')),
        "jsonl" | "ndjson" | "json" => Some(TableForm::Json),
        _ => None,
    }
}

fn unpacked(bytes: Vec<u8>) -> Result<Vec<u8>, TableError> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut plain = Vec::new();
    let decoder = flate2::read::MultiGzDecoder::new(bytes.as_slice());
    decoder
        .take(LARGEST)
        .read_to_end(&mut plain)
        .map_err(|error| TableError::whole(format!("it can't be unpacked: {error}")))?;
    Ok(plain)
}

/// Files that are no text, by how they begin.
fn refuse_other_files(bytes: &[u8]) -> Result<(), TableError> {
    let workbook = "this is a workbook or an archive (.xlsx, .ods, .zip), not a table of text; save the \
                    sheet as CSV UTF-8 and use that";
    let kinds: [(&[u8], &str); 5] = [
        (b"PK\x03\x04", workbook),
        (b"PK\x05\x06", workbook),
        (
            &[0xd0, 0xcf, 0x11, 0xe0],
            "this is an old workbook (.xls), not a table of text; save the sheet as CSV UTF-8 and use that",
        ),
        (b"%PDF", "this is a PDF, not a table of text"),
        (
            b"SQLite format 3\0",
            "this is a database, not a table of text",
        ),
    ];
    match kinds.iter().find(|(begin, _)| bytes.starts_with(begin)) {
        Some((_, message)) => Err(TableError::whole(*message)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
