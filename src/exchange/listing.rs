//! Listings for people and programs: table, CSV, TSV, JSON lines and a JSON document.

use std::{
    io::{self, Write},
    path::Path,
};

use serde_json::{Map, Value as Json, json};
use unicode_width::UnicodeWidthStr;

use super::{
    ExchangeError, Guard,
    atomic::write_file,
    cell,
    json::{SCHEMA, json_line},
};
use crate::domain::{
    Asset, Field, FieldKey, Value,
    listing::{NAME, TYPE},
    text::visible,
};

/// How a listing is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFormat {
    /// Columns for people; safe for a terminal, long values cut.
    Table,
    /// Comma-separated, one line an asset.
    Csv,
    /// The same with tabs.
    Tsv,
    /// One JSON object an asset.
    JsonLines,
    /// One JSON document with all of them.
    Json,
}

/// The widest column of a table, in terminal cells.
const WIDEST: usize = 48;

/// Writes assets with these fields, in this order. Identity, name and type always come first.
///
/// # Errors
///
/// Only those of the writer.
pub fn list(
    out: &mut dyn Write,
    format: ListFormat,
    fields: &[&Field],
    assets: impl Iterator<Item = Asset>,
    guard: Guard,
) -> io::Result<()> {
    let fields = fields.iter().filter(|field| !is_head(&field.key));
    let fields: Vec<&Field> = fields.copied().collect();
    match format {
        ListFormat::Table => table(out, &fields, assets),
        ListFormat::Csv => separated(out, b',', &fields, assets, guard),
        ListFormat::Tsv => separated(out, b'\t', &fields, assets, guard),
        ListFormat::JsonLines => json_lines(out, &fields, assets),
        ListFormat::Json => json_document(out, &fields, assets),
    }
}

/// The same into a file, whole or not at all.
///
/// # Errors
///
/// The system's reason; the file is then as it was before.
pub fn list_to_file(
    path: &Path,
    format: ListFormat,
    fields: &[&Field],
    assets: impl Iterator<Item = Asset>,
    guard: Guard,
) -> Result<(), ExchangeError> {
    write_file(path, |out| list(out, format, fields, assets, guard))
}

fn is_head(key: &FieldKey) -> bool {
    ["id", NAME, TYPE].contains(&key.as_str())
}

fn separated(
    out: &mut dyn Write,
    delimiter: u8,
    fields: &[&Field],
    assets: impl Iterator<Item = Asset>,
    guard: Guard,
) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .from_writer(out);
    let certificate = FieldKey::certificate();
    let mut head = vec!["id".into(), NAME.into(), TYPE.into()];
    for field in fields {
        head.push(guard.cell(field.key.as_str()));
        if field.key == certificate {
            head.push("certificate_message".into());
        }
    }
    writer.write_record(head.iter().map(|cell| cell.as_bytes()))?;
    for asset in assets {
        let mut line = vec![
            guard.cell(asset.id.as_str()),
            guard.cell(&asset.name),
            guard.cell(&asset.kind),
        ];
        for field in fields {
            let value = asset.value(&field.key);
            if let Value::Certificate(certificate) = value {
                line.push(certificate.status.word().into());
                line.push(guard.cell(&certificate.message));
                continue;
            }
            line.push(guard.cell(cell::text(value)));
            if field.key == certificate {
                line.push("".into());
            }
        }
        writer.write_record(line.iter().map(|cell| cell.as_bytes()))?;
    }
    writer.flush()
}

fn json_lines(
    out: &mut dyn Write,
    fields: &[&Field],
    assets: impl Iterator<Item = Asset>,
) -> io::Result<()> {
    for asset in assets {
        writeln!(out, "{}", json_line(&asset_json(&asset, fields)))?;
    }
    Ok(())
}

/// `{"schema":1,"assets":[…]}`, an asset a line, without holding all of them. `not_read` names the
/// fields the endpoint was not asked for.
fn json_document(
    out: &mut dyn Write,
    fields: &[&Field],
    assets: impl Iterator<Item = Asset>,
) -> io::Result<()> {
    write!(out, "{{\"schema\":{SCHEMA},\"assets\":[")?;
    let mut between = "\n";
    for asset in assets {
        let mut body = asset_json(&asset, fields);
        let unread = fields.iter().map(|field| &field.key);
        let unread = unread.filter(|key| *asset.value(key) == Value::Unknown);
        body["not_read"] = unread.map(FieldKey::as_str).collect();
        write!(out, "{between}{}", json_line(&body))?;
        between = ",\n";
    }
    writeln!(out, "\n]}}")
}

/// One asset; fields without a value are left out.
fn asset_json(asset: &Asset, fields: &[&Field]) -> Json {
    let certificate = FieldKey::certificate();
    let values: Map<String, Json> = fields
        .iter()
        .filter(|field| field.key != certificate)
        .filter_map(|field| {
            let value = match asset.value(&field.key) {
                Value::Absent | Value::Unknown => return None,
                Value::Asset { .. } => json!(asset.value(&field.key).display()),
                value @ (Value::Text(_) | Value::List(_) | Value::Certificate(_)) => {
                    cell::typed_json(value, field.kind)
                }
            };
            Some((field.key.as_str().to_owned(), value))
        })
        .collect();
    json!({
        "id": asset.id.as_str(),
        "name": asset.name,
        "type": asset.kind,
        "certificate": cell::json(asset.value(&certificate)),
        "fields": values,
    })
}

fn table(
    out: &mut dyn Write,
    fields: &[&Field],
    assets: impl Iterator<Item = Asset>,
) -> io::Result<()> {
    let head = [NAME, TYPE]
        .into_iter()
        .chain(fields.iter().map(|field| field.key.as_str()));
    let mut lines: Vec<Vec<String>> = vec![head.map(shown).collect()];
    for asset in assets {
        let values = fields
            .iter()
            .map(|field| shown(&asset.value(&field.key).display()));
        lines.push(
            [shown(&asset.name), shown(&asset.kind)]
                .into_iter()
                .chain(values)
                .collect(),
        );
    }
    let widths: Vec<usize> = (0..lines[0].len())
        .map(|column| {
            lines
                .iter()
                .map(|line| line[column].width())
                .max()
                .unwrap_or(0)
        })
        .collect();
    for line in lines {
        let mut text = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            text.push_str(cell);
            text.extend(std::iter::repeat_n(' ', width - cell.width() + 2));
        }
        writeln!(out, "{}", text.trim_end())?;
    }
    Ok(())
}

/// Safe for a terminal, and not wider than a column may be.
fn shown(text: &str) -> String {
    // Enough for any column, however long the value is.
    let start: String = text.chars().take(WIDEST * 4).collect();
    let start = visible(&start);
    if start.width() <= WIDEST {
        return start.into_owned();
    }
    let mut cut = String::new();
    for character in start.chars() {
        cut.push(character);
        if cut.width() >= WIDEST {
            cut.pop();
            break;
        }
    }
    cut.push('…');
    cut
}
