//! Rows of a file, one at a time, with the line each stands on.

use std::fs;
use std::path::Path;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::catalogue::import::ImportError;
use crate::table::{Object, Sheet, SheetRow, TableOptions, TableText};

/// A row of a file.
pub(super) struct RawRow {
    /// Its line, from 1.
    pub(super) line: u64,
    /// Its keys and values, or what is wrong with it.
    pub(super) fields: Result<Map<String, Value>, String>,
}

/// The rows of a file.
pub(super) struct Rows {
    table: TableText,
    sheet: Option<Columns>,
    id: String,
}

/// A sheet, and the key each of its columns becomes.
struct Columns {
    sheet: Sheet,
    keys: Vec<(usize, String)>,
}

impl Rows {
    /// Of a file.
    pub(super) fn of(path: &Path, options: &TableOptions) -> Result<Self, ImportError> {
        let bytes = fs::read(path)?;
        let table = TableText::of(path, bytes, options)?;
        let id = options.id_column.as_deref().unwrap_or("id").to_owned();
        let sheet = match table.sheet().transpose()? {
            Some(sheet) => {
                let keys = keys(&sheet, options.id_column.as_deref());
                let keys = keys.map_err(|message| ImportError::at(Some(sheet.line), message))?;
                Some(Columns { sheet, keys })
            }
            None => None,
        };
        Ok(Self { table, sheet, id })
    }

    /// How the file was read, if not in the usual way.
    pub(super) fn remark(&self) -> Option<String> {
        self.table.remark()
    }

    /// The key that holds the id.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Shows every row to `take`, in order.
    pub(super) fn each(
        &self,
        mut take: impl FnMut(RawRow) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        if let Some(columns) = &self.sheet {
            for row in &columns.sheet.rows {
                let fields = row.fits(&columns.sheet).map(|()| columns.fields(row));
                take(RawRow {
                    line: row.line,
                    fields,
                })?;
            }
            return Ok(());
        }
        for object in self.table.objects()? {
            take(RawRow {
                line: object.line,
                fields: fields(object, &self.id),
            })?;
        }
        Ok(())
    }
}

impl Columns {
    /// The cells of a row by their keys. A cell that is a JSON list of texts is a list.
    fn fields(&self, row: &SheetRow) -> Map<String, Value> {
        let value = |cell: &str| {
            let list = cell
                .starts_with('[')
                .then(|| serde_json::from_str::<Vec<String>>(cell).ok())
                .flatten();
            list.map_or_else(|| Value::String(cell.to_owned()), Value::from)
        };
        self.keys
            .iter()
            .map(|(place, key)| {
                let cell = row.cells.get(*place).unwrap_or_default();
                (key.clone(), value(cell))
            })
            .collect()
    }
}

/// The keys of a sheet's columns; the one that holds the id is called so.
fn keys(sheet: &Sheet, id_column: Option<&str>) -> Result<Vec<(usize, String)>, String> {
    let names: Vec<(usize, &str)> = sheet
        .columns
        .iter()
        .map(|(place, name)| (*place, name.trim()))
        .filter(|(_, name)| !name.is_empty())
        .collect();
    let mut known = std::collections::HashSet::new();
    if let Some((_, name)) = names.iter().find(|(_, name)| !known.insert(*name)) {
        return Err(format!(
            "two columns are called `{name}`, and only one could be kept; rename one of them"
        ));
    }
    let find = |is: &dyn Fn(&str) -> bool| names.iter().find(|(_, name)| is(name));
    let id = match id_column {
        Some(said) => find(&|name| name == said.trim()),
        None => {
            find(&|name| name == "id").or_else(|| find(&|name| name.eq_ignore_ascii_case("id")))
        }
    };
    let Some((id, _)) = id else {
        let shown: Vec<String> = names
            .iter()
            .take(8)
            .map(|(_, name)| format!("`{name}`"))
            .collect();
        let more = if names.len() > shown.len() {
            ", …"
        } else {
            ""
        };
        return Err(format!(
            "there is no column `{}`. The columns are {}{more}; --id-column says which of them holds the id",
            id_column.unwrap_or("id"),
            shown.join(", ")
        ));
    };
    let keys = names.iter().filter_map(|(place, name)| match *name {
        _ if place == id => Some((*place, "id".to_owned())),
        // Another one was said to hold the id.
        "id" => None,
        name => Some((*place, name.to_owned())),
    });
    Ok(keys.collect())
}

/// The keys and values of an object. Numbers stay as they are written.
fn fields(object: Object<'_>, id: &str) -> Result<Map<String, Value>, String> {
    let entries = object.entries?.0.into_iter().filter_map(|(key, raw)| {
        let key = match key {
            key if key == id => "id".to_owned(),
            key if key == "id" => return None,
            key => key,
        };
        Some(value(raw).map(|value| (key, value)))
    });
    entries.collect()
}

fn value(raw: &RawValue) -> Result<Value, String> {
    let text = raw.get();
    let is_number = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    if is_number {
        return Ok(Value::String(text.to_owned()));
    }
    serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))
}
