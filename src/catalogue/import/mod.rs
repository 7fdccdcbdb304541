//! Files become assets: JSON lines or CSV, plain or gzip. Rows become assets, keys become fields.

mod infer;
mod rows;

use std::collections::HashSet;
use std::path::Path;

use serde_json::{Map, Value};
use thiserror::Error;

use crate::catalogue::clock;
use crate::catalogue::database::{DatabaseError, Library, Loading};
use crate::catalogue::model::{AssetRecord, Details};
use crate::catalogue::schema::Schema;
use crate::catalogue::values::normalised;
use infer::{Inferred, texts_as};
use rows::RawRow;

/// The folder imported assets lie in, below the company's root.
const FOLDER: &str = "Import/";

/// Why a file cannot be imported at all.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// The library cannot take it.
    #[error(transparent)]
    Database(#[from] DatabaseError),
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
    /// One line for people, and one for each row skipped.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "{}: {} imported, {} already there and left as they are, {} skipped",
            self.file,
            self.imported,
            self.kept,
            self.bad.len()
        )];
        lines.extend(
            self.bad
                .iter()
                .map(|row| format!("{}:{}: {}", self.file, row.line, row.problem)),
        );
        lines
    }
}

/// Import one file. The library's schema grows by the keys of the file.
///
/// # Errors
///
/// When the file cannot be read or the library not written. Bad rows are no error; they are in
/// the report.
pub fn import_file(library: &Library, path: &Path) -> Result<ImportReport, ImportError> {
    let mut inferred = Inferred::default();
    let mut count: i64 = 0;
    rows::each(path, |row| {
        if let Ok(fields) = &row.fields {
            inferred.see(fields);
            count += 1;
        }
        Ok::<(), ImportError>(())
    })?;
    let names = inferred.names();
    library.change_schema(|schema| inferred.enter(schema))?;
    let schema = library.schema();
    let mut report = ImportReport {
        file: path.display().to_string(),
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
    library.load(|loading| rows::each(path, |row| intake.take(row, loading, &mut report)))?;
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
            let (texts, _) = normalised(field, texts).map_err(|refused| refused.to_string())?;
            record.set_field(field, texts);
        }
        Ok(record)
    }
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
