//! Files become assets: separated values or JSON, plain or gzip. Rows become assets, keys become fields.

mod infer;
mod rows;

use std::collections::HashSet;
use std::path::Path;

use serde_json::{Map, Value};
use thiserror::Error;

use crate::catalogue::clock;
use crate::catalogue::database::{DatabaseError, Library, Loading};
use crate::catalogue::model::{AssetRecord, Details};
use crate::catalogue::schema::{FieldDefinition, FieldType, Schema};
use crate::catalogue::values::normalised;
use crate::table::{TableError, TableOptions};
use infer::{Inferred, texts_as};
use rows::{RawRow, Rows};

/// The folder imported assets lie in, below the company's root.
const FOLDER: &str = "Import/";

/// Why a file cannot be imported at all.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// It is no table, or nothing in it could be imported.
    #[error("{}{message}", line.map(|line| format!("line {line}: ")).unwrap_or_default())]
    Table {
        /// The line it begins on, from 1; `None` if it is about the whole file.
        line: Option<u64>,
        /// What is wrong, and the way out.
        message: String,
    },
    /// The library cannot take it.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl ImportError {
    fn at(line: Option<u64>, message: String) -> Self {
        Self::Table { line, message }
    }
}

impl From<TableError> for ImportError {
    fn from(error: TableError) -> Self {
        Self::at(error.line, error.message)
    }
}

/// A row that was skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// Its line in the file, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub problem: String,
}

/// What came of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// The file as it was named.
    pub file: String,
    /// How it was read, if not as UTF-8 with the usual separator.
    pub remark: Option<String>,
    /// Rows that became assets.
    pub imported: u64,
    /// Rows whose assets were in the library already; those were left as they are.
    pub kept: u64,
    /// Rows that were skipped.
    pub bad: Vec<BadRow>,
    /// Fields the file brought, with their types.
    pub fields: Vec<(String, &'static str)>,
}

impl ImportReport {
    /// What to tell people: how it was read, what came of it, and the first rows skipped.
    pub fn lines(&self) -> Vec<String> {
        let remark = self.remark.iter();
        let mut lines: Vec<String> = remark
            .map(|remark| format!("{}: {remark}", self.file))
            .collect();
        lines.push(format!(
            "{}: {} imported, {} already there and left as they are, {} skipped",
            self.file,
            self.imported,
            self.kept,
            self.bad.len()
        ));
        lines.extend(
            self.bad
                .iter()
                .take(TOLD)
                .map(|row| format!("{}:{}: {}", self.file, row.line, row.problem)),
        );
        if self.bad.len() > TOLD {
            lines.push(format!("and {} more", self.bad.len() - TOLD));
        }
        lines
    }
}

/// Rows that were skipped and are told one by one.
const TOLD: usize = 20;

/// Import one file. The library's schema grows by the keys of the file.
///
/// # Errors
///
/// When the file cannot be read or is no table, when nothing in it could be imported, or the library
/// not written. Bad rows among good ones are no error; they are in the report.
pub fn import_file(
    library: &Library,
    path: &Path,
    options: &TableOptions,
) -> Result<ImportReport, ImportError> {
    let rows = Rows::of(path, options)?;
    let mut inferred = Inferred::default();
    let mut count: i64 = 0;
    let mut first: Option<(u64, String)> = None;
    rows.each(|row| {
        let wrong = match &row.fields {
            Ok(fields) if text_at(fields, "id").is_some() => {
                inferred.see(fields);
                count += 1;
                return Ok(());
            }
            Ok(fields) => no_id(fields, rows.id()),
            Err(problem) => problem.clone(),
        };
        first.get_or_insert((row.line, wrong));
        Ok(())
    })?;
    if count == 0 {
        let nothing = "nothing in it could be imported";
        return Err(match first {
            Some((line, why)) => ImportError::at(Some(line), format!("{nothing}: {why}")),
            None => ImportError::at(None, format!("{nothing}: it has no rows")),
        });
    }
    let names = inferred.names();
    library.change_schema(|schema| inferred.enter(schema))?;
    let schema = library.schema();
    let mut report = ImportReport {
        file: path.display().to_string(),
        remark: rows.remark(),
        fields: names
            .iter()
            .filter_map(|name| schema.field(name))
            .map(|field| (field.name.clone(), field.kind.name()))
            .collect(),
        ..ImportReport::default()
    };
    let root = format!("{}{FOLDER}", library.company().root_path());
    let mut intake = Intake {
        schema: &schema,
        folder: &root,
        now: clock::now() - count,
        seen: HashSet::new(),
    };
    library.load(|loading| rows.each(|row| intake.take(row, loading, &mut report)))?;
    Ok(report)
}

/// Turns rows into assets.
struct Intake<'import> {
    schema: &'import Schema,
    folder: &'import str,
    now: i64,
    seen: HashSet<String>,
}

impl Intake<'_> {
    fn take(
        &mut self,
        row: RawRow,
        loading: &mut Loading<'_>,
        report: &mut ImportReport,
    ) -> Result<(), ImportError> {
        let line = row.line;
        let mut bad = |problem: String| report.bad.push(BadRow { line, problem });
        let fields = match row.fields {
            Ok(fields) => fields,
            Err(problem) => {
                bad(problem);
                return Ok(());
            }
        };
        let Some(id) = text_at(&fields, "id") else {
            bad("no id".to_owned());
            return Ok(());
        };
        if !self.seen.insert(id.clone()) {
            bad(format!("the id {id:?} was used before in this file"));
            return Ok(());
        }
        if loading.had_id(&id)? {
            report.kept += 1;
            return Ok(());
        }
        match self.record(id, &fields) {
            Ok(record) => {
                loading.add(record)?;
                report.imported += 1;
            }
            Err(problem) => bad(problem),
        }
        Ok(())
    }

    fn record(&mut self, id: String, fields: &Map<String, Value>) -> Result<AssetRecord, String> {
        let name = text_at(fields, "name")
            .or_else(|| text_at(fields, "title"))
            .unwrap_or_else(|| id.clone());
        self.now += 1;
        let mut record = AssetRecord {
            qualified_name: id.clone(),
            name,
            kind: "Image".to_owned(),
            type_name: "Image".to_owned(),
            folder: self.folder.to_owned(),
            created: self.now,
            modified: self.now,
            details: Details {
                file_name: format!("{id}.jpg").replace(['/', ':'], "_"),
                created_by: IMPORTER.to_owned(),
                modified_by: IMPORTER.to_owned(),
                published: true,
                ..Details::default()
            },
            id,
            ..AssetRecord::default()
        };
        for (key, value) in fields.iter().filter(|(key, _)| infer::is_field(key)) {
            let Some(field) = self.schema.field_for("Image", key) else {
                continue;
            };
            let texts = texts_as(field.kind, value);
            let (kept, _) =
                normalised(field, texts.clone()).map_err(|refused| refused.to_string())?;
            record.set_field(field, if is_kept(field, &texts) { texts } else { kept });
        }
        Ok(record)
    }
}

/// Whether texts stay as the file has them: a whole number in a field of numbers keeps its spelling.
fn is_kept(field: &FieldDefinition, texts: &[String]) -> bool {
    let is_whole = |text: &String| {
        text.parse::<i64>()
            .is_ok_and(|number| number.to_string() == *text)
    };
    field.kind == FieldType::Float && texts.len() == 1 && texts.iter().all(is_whole)
}

/// That a row does not say which asset it is, and what it has instead.
fn no_id(fields: &Map<String, Value>, id: &str) -> String {
    let keys: Vec<String> = fields
        .keys()
        .take(8)
        .map(|key| format!("`{key}`"))
        .collect();
    if keys.is_empty() || fields.contains_key("id") {
        return format!("the `{id}` is empty");
    }
    format!(
        "there is no `{id}`. It has {}; --id-column says which of them holds the id",
        keys.join(", ")
    )
}

/// Whose name stands on imported assets.
const IMPORTER: &str = "import@example.com";

fn text_at(fields: &Map<String, Value>, key: &str) -> Option<String> {
    let text = match fields.get(key)? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

#[cfg(test)]
mod tests;
