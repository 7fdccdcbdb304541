//! Change files: a sheet of wanted values, turned into edits of the draft.
//!
//! A line names its asset by `id` or by `name`; every other column is a field. An empty cell
//! leaves the field as it is, `[clear]` takes its value away (`null` in JSON lines), `; ` stands
//! between the entries of a list. `type`, and `name` beside `id`, are only compared: they guard
//! against a sheet whose columns were sorted apart.

use std::{collections::HashMap, fs, path::Path};

use indexmap::IndexMap;

use super::{
    ExchangeError, Guard, LineProblem,
    cell::text,
    parse::{ChangeFormat, Line, Wish, lines},
};
use crate::domain::{
    Asset, AssetId, Certificate, CertificateStatus, Edit, Field, FieldKey, FieldKind, Row, Value,
    Workbench, workbench::Asked,
};

/// A change file, read but not yet looked up in a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeFile {
    name: String,
    lines: Vec<Line>,
}

/// What a change file asks of a library.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resolved {
    /// The edits, one a field, for [`Command::Stage`](crate::domain::Command::Stage).
    pub asked: Vec<Asked>,
    /// The assets it asks something of.
    pub assets: u64,
    /// Cells that say what the asset has already.
    pub unchanged: u64,
}

impl ChangeFile {
    /// Reads a file; the ending of its name says which format.
    ///
    /// # Errors
    ///
    /// It can't be read; its lines are wrong, all of them told.
    pub fn read(path: &Path) -> Result<Self, ExchangeError> {
        let format =
            ChangeFormat::of(path).ok_or_else(|| ExchangeError::Format(path.to_path_buf()))?;
        let bytes = fs::read(path).map_err(|error| ExchangeError::file(path, &error))?;
        Self::parse(&path.display().to_string(), &bytes, format)
    }

    /// The same from bytes; the name is only for problems.
    ///
    /// # Errors
    ///
    /// Its lines are wrong, all of them told.
    pub fn parse(name: &str, bytes: &[u8], format: ChangeFormat) -> Result<Self, ExchangeError> {
        let lines = lines(name, bytes, format).map_err(ExchangeError::Lines)?;
        Ok(Self {
            name: name.to_owned(),
            lines,
        })
    }

    /// How many assets' lines it has.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Looks assets and fields up. Values the draft gives already are left out.
    ///
    /// # Errors
    ///
    /// Assets, fields or words that are not known, all of them told; nothing is to be staged then.
    pub fn resolve(&self, workbench: &Workbench) -> Result<Resolved, ExchangeError> {
        let mut resolver = Resolver {
            workbench,
            by_name: HashMap::new(),
            lines_of: HashMap::new(),
            values: IndexMap::new(),
            unchanged: 0,
        };
        resolver.learn_names(&self.lines);
        let mut problems = Vec::new();
        for line in &self.lines {
            for message in resolver.line(line) {
                problems.push(LineProblem {
                    file: self.name.clone(),
                    line: line.number,
                    message,
                });
            }
        }
        if problems.is_empty() {
            Ok(resolver.resolved())
        } else {
            Err(ExchangeError::Lines(problems))
        }
    }
}

struct Resolver<'a> {
    workbench: &'a Workbench,
    /// Rows by name, for the names the file needs; names may be there several times.
    by_name: HashMap<String, Vec<Row>>,
    /// The line each asset was first met on.
    lines_of: HashMap<Row, u64>,
    values: IndexMap<FieldKey, Vec<(Row, Value)>>,
    unchanged: u64,
}

impl Resolver<'_> {
    /// One pass over the library instead of one for each name.
    fn learn_names(&mut self, lines: &[Line]) {
        let thumbnail = FieldKey::thumbnail();
        for line in lines {
            let pictures = line.wishes.iter().filter_map(|(field, wish)| match wish {
                Wish::Text(name) if field.eq_ignore_ascii_case(thumbnail.as_str()) => Some(name),
                Wish::Clear | Wish::Text(_) | Wish::List(_) | Wish::Certificate(..) => None,
            });
            for name in line.name.iter().chain(pictures) {
                self.by_name.entry(name.clone()).or_default();
            }
        }
        let listing = &self.workbench.listing;
        for row in listing.present() {
            if let Some(rows) = self.by_name.get_mut(listing.name(row).as_ref()) {
                rows.push(row);
            }
        }
    }

    /// Takes a line in; what is wrong with it comes back.
    fn line(&mut self, line: &Line) -> Vec<String> {
        let row = match self.row(line) {
            Ok(row) => row,
            Err(message) => return vec![message],
        };
        if let Some(earlier) = self.lines_of.insert(row, line.number) {
            return vec![format!("this asset is on line {earlier} already")];
        }
        let mut problems = Vec::new();
        for (name, wish) in &line.wishes {
            if let Err(message) = self.wish(row, name, wish) {
                problems.push(message);
            }
        }
        problems
    }

    fn row(&self, line: &Line) -> Result<Row, String> {
        let listing = &self.workbench.listing;
        let row = match (&line.id, &line.name) {
            (Some(id), _) => listing
                .row(&AssetId::new(id.as_str()))
                .or_else(|| listing.row(&AssetId::new(id.strip_prefix('\'')?)))
                .filter(|row| listing.present().contains(*row))
                .ok_or_else(|| format!("there is no asset with the id `{id}`"))?,
            (None, Some(name)) => self.named(name)?,
            (None, None) => return Err("neither `id` nor `name` says which asset".to_owned()),
        };
        let is = |said: &Option<String>, known: &str| {
            said.as_ref()
                .is_none_or(|said| said == known || *said == Guard::Formulas.cell(known).as_ref())
        };
        if !is(&line.name, &listing.name(row)) {
            let (id, name) = (listing.id(row), listing.name(row));
            return Err(format!(
                "`{id}` is called `{name}`, not `{}`; were the columns sorted apart?",
                line.name.as_deref().unwrap_or_default()
            ));
        }
        if !is(&line.kind, &listing.kind(row)) {
            return Err(format!(
                "`{}` is of type {}",
                listing.name(row),
                listing.kind(row)
            ));
        }
        Ok(row)
    }

    fn named(&self, name: &str) -> Result<Row, String> {
        match self.by_name.get(name).map(Vec::as_slice) {
            Some([row]) => Ok(*row),
            Some(rows) if rows.len() > 1 => Err(format!(
                "{} assets are called `{name}`; say which by `id`",
                rows.len()
            )),
            _ => Err(format!("there is no asset called `{name}`")),
        }
    }

    fn wish(&mut self, row: Row, name: &str, wish: &Wish) -> Result<(), String> {
        let workbench = self.workbench;
        let field = workbench
            .schema
            .field(name)
            .ok_or_else(|| self.no_field(name))?;
        let now = workbench.draft().value(&workbench.listing, row, &field.key);
        let wanted = self.wanted(field, wish, &now)?;
        if wanted == *now || is_as_written(wish, &now) {
            self.unchanged += 1;
        } else {
            self.values
                .entry(field.key.clone())
                .or_default()
                .push((row, wanted));
        }
        Ok(())
    }

    fn no_field(&self, name: &str) -> String {
        let offers = self
            .workbench
            .capabilities
            .as_ref()
            .map(|can| (&can.certificates, &can.thumbnails));
        let refusal = offers.and_then(|(certificates, thumbnails)| match name {
            "certificate" => certificates.refusal(),
            "thumbnail" => thumbnails.refusal(),
            _ => None,
        });
        match (refusal, self.workbench.schema.nearest(name)) {
            (Some(reason), _) => reason.to_owned(),
            (None, Some(near)) => format!("there is no field `{name}`; did you mean `{near}`?"),
            (None, None) => format!("there is no field `{name}`"),
        }
    }

    fn wanted(&self, field: &Field, wish: &Wish, now: &Value) -> Result<Value, String> {
        let key = &field.key;
        match (wish, field.kind) {
            (Wish::Clear, _) => Ok(Value::Absent),
            (Wish::Certificate(status, message), FieldKind::Certificate) => {
                certificate(status.as_deref(), message.as_deref(), now)
            }
            (Wish::Text(text), FieldKind::Asset) => self.picture(text),
            (Wish::Text(text), FieldKind::Tags) => Ok(Value::list(text.split(';').map(str::trim))),
            (Wish::List(entries), FieldKind::Tags) => Ok(Value::list(entries.clone())),
            (Wish::List(entries), _) if entries.len() != 1 => Err(format!(
                "`{key}` holds one {}, not a list",
                field.kind.word()
            )),
            (Wish::List(entries), _) => Ok(Value::text(entries.concat())),
            (Wish::Text(text), _) => Ok(Value::text(text.as_str())),
            // A plain field that happens to be called so.
            (Wish::Certificate(Some(text), None), _) => {
                self.wanted(field, &Wish::Text(text.clone()), now)
            }
            (Wish::Certificate(..), _) => Err(format!("`{key}` does not hold certificates here")),
        }
    }

    fn picture(&self, text: &str) -> Result<Value, String> {
        let listing = &self.workbench.listing;
        let row = match listing.row(&AssetId::new(text)) {
            Some(row) => row,
            None => self.named(text)?,
        };
        let Asset { id, name, .. } = listing.asset(row);
        Ok(Value::Asset { id, name })
    }

    fn resolved(self) -> Resolved {
        let mut assets = roaring::RoaringBitmap::new();
        let asked = self
            .values
            .into_iter()
            .map(|(field, mut values)| {
                values.sort_by_key(|(row, _)| *row);
                let rows: roaring::RoaringBitmap = values.iter().map(|(row, _)| *row).collect();
                assets |= &rows;
                Asked {
                    field,
                    edit: Edit::Assign(values),
                    rows,
                }
            })
            .collect();
        Resolved {
            asked,
            assets: assets.len(),
            unchanged: self.unchanged,
        }
    }
}

/// Whether a cell is exactly what a listing writes for the value: then nobody touched it, though
/// it reads differently (a list entry that holds `;`, a guarded formula, surrounding blanks).
fn is_as_written(wish: &Wish, now: &Value) -> bool {
    let Wish::Text(cell) = wish else { return false };
    let written = text(now);
    *cell == written || *cell == Guard::Formulas.cell(written)
}

fn certificate(status: Option<&str>, message: Option<&str>, now: &Value) -> Result<Value, String> {
    let current = match now {
        Value::Certificate(certificate) => Some(certificate),
        Value::Absent | Value::Unknown | Value::Text(_) | Value::List(_) | Value::Asset { .. } => {
            None
        }
    };
    let status = match status {
        Some(word) if word.eq_ignore_ascii_case("none") => return Ok(Value::Absent),
        Some(word) => word
            .parse::<CertificateStatus>()
            .map_err(|error| error.to_string())?,
        None => {
            let missing = "a certificate message needs a certificate status beside it";
            current.ok_or(missing)?.status
        }
    };
    let kept = || current.map_or_else(String::new, |certificate| certificate.message.clone());
    let message = message.map_or_else(kept, str::to_owned);
    Ok(Value::Certificate(Certificate { status, message }))
}
