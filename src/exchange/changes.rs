//! Change files: a sheet of wanted values, turned into edits of the draft.
//!
//! A line names its asset by `id` or by `name`; every other column is a field. An empty cell
//! leaves the field as it is, `[clear]` takes its value away (`null` in JSON), `; ` stands
//! between the entries of a list. `type`, and `name` beside `id`, are only compared: they guard
//! against a sheet whose columns were sorted apart.
//!
//! A file that is no table is not used at all. A cell that can't be had is refused by itself, with
//! its line and its reason; all others are staged.

use std::{borrow::Cow, collections::HashMap, fmt, io, path::Path};

use indexmap::IndexMap;

use super::{
    ExchangeError, Guard, LineProblem,
    cell::{CLEAR, text},
    error::SHOWN,
    parse::{self, Cell, Line, REJECTED, Roles, Wish},
};
use crate::{
    domain::{
        Asset, AssetId, Certificate, CertificateStatus, Difference, Edit, Field, FieldKey,
        FieldKind, Row, Value, Workbench,
        edit::Rules,
        plan::Admission,
        text::{canonical, number, visible},
        workbench::Asked,
    },
    table::{Sheet, TableOptions, TableText},
};

/// A change file, read but not yet looked up in a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeFile {
    name: String,
    table: TableText,
    /// Columns and rows, if it is no JSON.
    sheet: Option<Sheet>,
    id_column: Option<String>,
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
    /// Cells that say what the library has where the draft has something else: the draft stays.
    pub drafted: u64,
    /// Texts that differ from the library's in how their lines end, and in nothing else.
    pub line_ends: u64,
    /// Columns that can't be edited and yet differ: the field, why, and in how many cells.
    pub left_out: Vec<(FieldKey, String, u64)>,
    /// Lines and cells that can't be had, in the order of the file.
    pub refused: Vec<RefusedCell>,
}

/// A line or a cell of a change file that can't be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedCell {
    /// Its line, counted from 1.
    pub line: u64,
    /// The field as the file names it; `None` if it is about the whole line.
    pub field: Option<String>,
    /// What the file says there.
    pub value: String,
    /// Why not.
    pub reason: String,
}

/// Lines and what is wrong with them.
type Problems = Vec<(u64, String)>;

/// How much of a value is told.
const TOLD: usize = 60;

impl fmt::Display for RefusedCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = &self.field {
            let mut value: String = self.value.chars().take(TOLD).collect();
            if value.len() < self.value.len() {
                value.push('…');
            }
            write!(f, "{} `{}`: ", visible(field), visible(&value))?;
        }
        f.write_str(&visible(&self.reason))
    }
}

impl Resolved {
    /// What was left alone and why, a sentence each.
    pub fn sentences(&self) -> Vec<String> {
        let cells = |count: u64| match count {
            1 => "1 cell".to_owned(),
            count => format!("{} cells", number(count)),
        };
        let say = |count: u64| if count == 1 { "says" } else { "say" };
        let mut sentences = Vec::new();
        if self.unchanged > 0 {
            let (count, say) = (cells(self.unchanged), say(self.unchanged));
            sentences.push(format!("{count} {say} what is so already"));
        }
        if self.drafted > 0 {
            let (count, say) = (cells(self.drafted), say(self.drafted));
            sentences.push(format!(
                "{count} {say} what the library has where the draft has something else; the draft stays"
            ));
        }
        if self.line_ends > 0 {
            let count = cells(self.line_ends);
            let verb = if self.line_ends == 1 {
                "differs"
            } else {
                "differ"
            };
            sentences.push(format!(
                "{count} {verb} from the library in line ends only, which is no change"
            ));
        }
        for (field, why, count) in &self.left_out {
            let cells = cells(*count);
            let verb = if *count == 1 { "differs" } else { "differ" };
            sentences.push(format!(
                "{field} can't be edited ({why}): {cells} of it {verb} from the library and {} left out",
                if *count == 1 { "is" } else { "are" }
            ));
        }
        sentences
    }
}

impl ChangeFile {
    /// Reads the bytes of a file. The name is for problems, and its ending says which form it has,
    /// unless the options or the content do.
    ///
    /// # Errors
    ///
    /// It is no table.
    pub fn parse(
        name: &str,
        bytes: Vec<u8>,
        options: &TableOptions,
    ) -> Result<Self, ExchangeError> {
        let wrong = |error| ExchangeError::table(name, error);
        let table = TableText::of(Path::new(name), bytes, options).map_err(wrong)?;
        let sheet = table.sheet().transpose().map_err(wrong)?;
        Ok(Self {
            name: name.to_owned(),
            table,
            sheet,
            id_column: options.id_column.clone(),
        })
    }

    /// How it was read, if not in the usual way.
    pub fn remark(&self) -> Option<String> {
        self.table.remark()
    }

    /// Looks assets and fields up. What the library or the draft has already is left out.
    ///
    /// # Errors
    ///
    /// It has no column that says which asset, fields that are not known, or lines that are none;
    /// nothing is to be staged then.
    pub fn resolve(&self, workbench: &Workbench) -> Result<Resolved, ExchangeError> {
        let (lines, mut problems) = self.lines(workbench)?;
        let mut resolver = Resolver::new(workbench);
        resolver.learn_names(&lines);
        problems.extend(resolver.learn_fields(&lines));
        if !problems.is_empty() {
            problems.sort_by_key(|(line, _)| *line);
            let problem = |(line, message)| LineProblem {
                file: self.name.clone(),
                line: Some(line),
                message,
            };
            return Err(ExchangeError::Lines(
                problems.into_iter().map(problem).collect(),
            ));
        }
        for line in &lines {
            resolver.line(line);
        }
        Ok(resolver.resolved())
    }

    /// Its lines, and what is wrong with those that are none.
    fn lines(&self, workbench: &Workbench) -> Result<(Vec<Line>, Problems), ExchangeError> {
        let (schema, id_column) = (&workbench.schema, self.id_column.as_deref());
        let (mut lines, mut problems) = (Vec::new(), Vec::new());
        let mut add = |number, line: Result<Line, String>| match line {
            Ok(line) => lines.push(line),
            Err(message) => problems.push((number, message)),
        };
        if let Some(sheet) = &self.sheet {
            match Roles::of(sheet, schema, id_column) {
                Ok(roles) => {
                    for row in &sheet.rows {
                        add(row.line, row.fits(sheet).map(|()| roles.line(row)));
                    }
                }
                Err(messages) => {
                    problems.extend(messages.into_iter().map(|message| (sheet.line, message)));
                }
            }
        } else {
            let wrong = |error| ExchangeError::table(&self.name, error);
            for object in self.table.objects().map_err(wrong)? {
                let line = parse::of_object(&object, schema, id_column);
                add(object.line, line);
            }
        }
        Ok((lines, problems))
    }

    /// Writes the lines that have something refused, in the form of the file, with the reasons in
    /// one column more.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_rejected(
        &self,
        refused: &[RefusedCell],
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let mut reasons: HashMap<u64, Vec<String>> = HashMap::new();
        for one in refused {
            let told = match &one.field {
                Some(field) => format!("{field}: {}", one.reason),
                None => one.reason.clone(),
            };
            reasons.entry(one.line).or_default().push(told);
        }
        let reason = |line: u64| reasons.get(&line).map(|all| all.join("; "));
        match &self.sheet {
            Some(sheet) => rejected_rows(sheet, reason, out),
            None => self.rejected_objects(reason, out),
        }
    }

    fn rejected_objects(
        &self,
        reason: impl Fn(u64) -> Option<String>,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        for object in self.table.objects().unwrap_or_default() {
            let (Some(reason), Ok(entries)) = (reason(object.line), &object.entries) else {
                continue;
            };
            let mut parts = Vec::new();
            for (key, value) in entries.0.iter().filter(|(key, _)| key != REJECTED) {
                let value = value.get().replace(['\r', '\n'], " ");
                parts.push(format!("{}:{value}", serde_json::to_string(key)?));
            }
            let reason = serde_json::to_string(&reason)?;
            parts.push(format!("{REJECTED:?}:{reason}"));
            writeln!(out, "{{{}}}", parts.join(","))?;
        }
        Ok(())
    }
}

fn rejected_rows(
    sheet: &Sheet,
    reason: impl Fn(u64) -> Option<String>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(sheet.delimiter)
        .from_writer(out);
    let kept: Vec<&(usize, String)> = sheet
        .columns
        .iter()
        .filter(|(_, name)| name != REJECTED)
        .collect();
    let head = kept.iter().map(|(_, name)| name.as_str());
    writer.write_record(head.chain([REJECTED]))?;
    for row in &sheet.rows {
        if let Some(reason) = reason(row.line) {
            let reason = reason.replace(['\r', '\n'], " ");
            let cells = kept
                .iter()
                .map(|(place, _)| row.cells.get(*place).unwrap_or_default());
            writer.write_record(cells.chain([reason.as_str()]))?;
        }
    }
    writer.flush()
}

/// A field of the file: what it is here, and what keeps it from being edited.
struct Column<'a> {
    field: &'a Field,
    rules: Option<Rules>,
    admission: Option<Admission<'a>>,
}

struct Resolver<'a> {
    workbench: &'a Workbench,
    /// Rows by name, for the names the file needs; names may be there several times.
    by_name: HashMap<String, Vec<Row>>,
    /// The fields the file names.
    columns: HashMap<String, Column<'a>>,
    /// The line each asset was first met on.
    lines_of: HashMap<Row, u64>,
    values: IndexMap<FieldKey, Vec<(Row, Value)>>,
    left_out: IndexMap<FieldKey, u64>,
    found: Resolved,
}

impl<'a> Resolver<'a> {
    fn new(workbench: &'a Workbench) -> Self {
        Self {
            workbench,
            by_name: HashMap::new(),
            columns: HashMap::new(),
            lines_of: HashMap::new(),
            values: IndexMap::new(),
            left_out: IndexMap::new(),
            found: Resolved::default(),
        }
    }

    /// One pass over the library instead of one for each name.
    fn learn_names(&mut self, lines: &[Line]) {
        let thumbnail = FieldKey::thumbnail();
        for line in lines {
            let pictures = line.cells.iter().filter_map(|cell| match &cell.wish {
                Wish::Text(name) if cell.field.eq_ignore_ascii_case(thumbnail.as_str()) => {
                    Some(name)
                }
                Wish::Clear
                | Wish::Text(_)
                | Wish::List(_)
                | Wish::Certificate(..)
                | Wish::Unclear(_) => None,
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

    /// Looks each field up once; those that are not there come back, with the line that names them
    /// first.
    fn learn_fields(&mut self, lines: &[Line]) -> Vec<(u64, String)> {
        let mut unknown: IndexMap<&str, u64> = IndexMap::new();
        for (number, cell) in lines
            .iter()
            .flat_map(|line| line.cells.iter().map(move |cell| (line.number, cell)))
        {
            if self.columns.contains_key(&cell.field) || unknown.contains_key(cell.field.as_str()) {
                continue;
            }
            match self.column(&cell.field) {
                Some(column) => {
                    self.columns.insert(cell.field.clone(), column);
                }
                None => {
                    unknown.insert(&cell.field, number);
                }
            }
        }
        let told = unknown.into_iter().enumerate().map(|(at, (name, line))| {
            // The nearest name is looked for where somebody reads it.
            let message = if at < SHOWN {
                self.no_field(name)
            } else {
                format!("there is no field `{name}`")
            };
            (line, message)
        });
        told.collect()
    }

    fn column(&self, name: &str) -> Option<Column<'a>> {
        let workbench = self.workbench;
        let field = workbench.schema.field(name)?;
        let open = Field {
            locked: None,
            ..field.clone()
        };
        let admission = workbench.capabilities.as_ref().map(|capabilities| {
            Admission::new(
                &workbench.listing,
                (&workbench.schema, capabilities),
                &field.key,
            )
        });
        Some(Column {
            field,
            rules: Edit::Clear.rules(&open).ok(),
            admission,
        })
    }

    /// Takes a line in.
    fn line(&mut self, line: &Line) {
        match self.row(line) {
            Ok(row) => {
                for cell in &line.cells {
                    if let Err(reason) = self.cell(row, cell) {
                        self.found.refused.push(RefusedCell {
                            line: line.number,
                            field: Some(cell.field.clone()),
                            value: cell.said.clone(),
                            reason,
                        });
                    }
                }
            }
            Err(reason) => self.found.refused.push(RefusedCell {
                line: line.number,
                field: None,
                value: String::new(),
                reason,
            }),
        }
    }

    fn row(&mut self, line: &Line) -> Result<Row, String> {
        let listing = &self.workbench.listing;
        let row = match (&line.id, &line.name) {
            (Some(id), _) => listing
                .row_alike(&AssetId::new(id.as_str()))
                .or_else(|| listing.row_alike(&AssetId::new(id.trim())))
                .filter(|row| listing.present().contains(*row))
                .ok_or_else(|| format!("there is no asset with the id `{id}`"))?,
            (None, Some(name)) => self.named(name)?,
            (None, None) => return Err("neither `id` nor `name` says which asset".to_owned()),
        };
        let is = |said: &Option<String>, known: &str| {
            let same = |said: &String| canonical(said) == canonical(known);
            said.as_ref().is_none_or(same)
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
        match self.lines_of.insert(row, line.number) {
            Some(earlier) => {
                self.lines_of.insert(row, earlier);
                Err(format!("this asset is on line {earlier} already"))
            }
            None => Ok(row),
        }
    }

    fn named(&self, name: &str) -> Result<Row, String> {
        match self.by_name.get(name).map(Vec::as_slice) {
            Some([row]) => Ok(*row),
            Some(rows) if rows.len() > 1 => Err(format!(
                "{} assets are called `{name}`; say which by `id`",
                rows.len()
            )),
            // However accents and blanks are written.
            _ => match self.workbench.listing.named(name) {
                rows if rows.len() > 1 => Err(format!(
                    "{} assets are called `{name}`; say which by `id`",
                    rows.len()
                )),
                rows => rows
                    .min()
                    .ok_or_else(|| format!("there is no asset called `{name}`")),
            },
        }
    }

    /// Takes a cell in, or says why it can't be had.
    fn cell(&mut self, row: Row, cell: &Cell) -> Result<(), String> {
        let workbench = self.workbench;
        let Some(column) = self.columns.get(&cell.field) else {
            return Err(self.no_field(&cell.field));
        };
        let field = column.field;
        let library = workbench.listing.value(row, &field.key);
        let draft = workbench.draft().value(&workbench.listing, row, &field.key);
        let (wanted, difference) = if is_as_written(cell, &library) {
            (library.clone().into_owned(), Difference::None)
        } else {
            let wanted = self
                .wanted(field, &cell.wish, &library)
                .or_else(|_| self.wanted(field, &cell.wish, &draft))
                .map(|wanted| shaped(column, row, wanted, &library));
            match wanted {
                Ok(wanted) => {
                    let difference = field.kind.difference(&wanted, &library);
                    (wanted, difference)
                }
                Err(_) if field.locked.is_some() => (Value::Unknown, Difference::Real),
                Err(why) => return Err(why),
            }
        };
        if field.kind.is_equal(&wanted, &draft) {
            self.found.unchanged += 1;
            return Ok(());
        }
        match difference {
            Difference::None if field.kind.is_equal(&library, &draft) => self.found.unchanged += 1,
            Difference::None => self.found.drafted += 1,
            Difference::LineEnds => self.found.line_ends += 1,
            Difference::Real if field.locked.is_some() => {
                *self.left_out.entry(field.key.clone()).or_default() += 1;
            }
            Difference::Real => {
                if let Some(why) = workbench.listing.locked(row) {
                    return Err(format!("not editable: {why}"));
                }
                let kind = workbench.listing.kind(row);
                let refusal = column
                    .admission
                    .as_ref()
                    .and_then(|admission| admission.refusal(&kind, &wanted));
                if let Some(why) = refusal {
                    return Err(why);
                }
                let values = self.values.entry(field.key.clone()).or_default();
                values.push((row, wanted));
            }
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
            (Wish::Unclear(why), _) => Err(why.clone()),
            (Wish::Text(text), FieldKind::Tags) => tags(text, now),
            (Wish::Text(text), _) if text.trim().is_empty() => Err(format!(
                "blanks alone are no value; leave the cell empty to keep what is there, or write \
                 {CLEAR} to take it away"
            )),
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

    fn resolved(mut self) -> Resolved {
        let mut assets = roaring::RoaringBitmap::new();
        self.found.asked = self
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
        self.found.assets = assets.len();
        let schema = &self.workbench.schema;
        let left_out = self.left_out.into_iter().map(|(key, cells)| {
            let locked = schema
                .field(key.as_str())
                .and_then(|field| field.locked.clone());
            (key, locked.unwrap_or_default(), cells)
        });
        self.found.left_out = left_out.collect();
        self.found
    }
}

/// What is wanted, as the field has it; where it means what the library has, as the library spells it.
fn shaped(column: &Column<'_>, row: Row, wanted: Value, library: &Value) -> Value {
    match &column.rules {
        Some(rules) => Edit::Set(wanted).apply(rules, row, library),
        None => wanted,
    }
}

/// The tags of a cell. A tag of the asset that has a `;` in it is still that tag.
fn tags(cell: &str, now: &Value) -> Result<Value, String> {
    let joined: Vec<&String> = now
        .entries()
        .iter()
        .filter(|entry| entry.contains(';'))
        .collect();
    let (mut entries, mut rest) = (Vec::new(), cell.trim());
    while !rest.is_empty() {
        let known = joined.iter().filter_map(|entry| {
            let behind = rest.strip_prefix(entry.trim())?.trim_start();
            (behind.is_empty() || behind.starts_with(';')).then_some((entry.as_str(), behind))
        });
        let longest = known.max_by_key(|(entry, _)| entry.len());
        let (entry, behind) = longest.unwrap_or_else(|| {
            let end = rest.find(';').unwrap_or(rest.len());
            (rest[..end].trim(), &rest[end..])
        });
        entries.push(entry.to_owned());
        rest = behind.strip_prefix(';').unwrap_or(behind).trim_start();
    }
    let tags = Value::list(entries);
    if tags == Value::Absent {
        return Err(format!(
            "there is no tag in this; write {CLEAR} to take all tags away"
        ));
    }
    Ok(tags)
}

/// Whether a cell is exactly what a listing writes for the value: then nobody touched it, though
/// it reads differently (a list entry that holds `;`, a guarded formula, surrounding blanks).
fn is_as_written(cell: &Cell, now: &Value) -> bool {
    let is = |written: &str| {
        [Guard::Exact, Guard::Formulas]
            .iter()
            .any(|guard| cell.said == guard.cell(written))
    };
    match (&cell.wish, now) {
        (Wish::List(entries), Value::List(known)) => entries == known,
        (Wish::Clear | Wish::List(_), _) | (_, Value::Unknown) => false,
        (_, Value::Certificate(Certificate { status, message })) => {
            [Guard::Exact, Guard::Formulas].iter().any(|guard| {
                let parts = [Cow::from(status.word()), guard.cell(message.as_str())];
                let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                cell.said == parts.join(" ")
            })
        }
        // JSON needs no mark before what reads like one.
        _ => cell.said == now.display() || cell.said == text(now) || is(&text(now)),
    }
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
