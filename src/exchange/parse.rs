//! What the cells of a change file ask for: the roles of its columns, and each line's wishes. Assets
//! are not looked up yet.

use std::collections::HashSet;

use serde_json::{Map, value::RawValue};

use super::cell::{CLEAR, unguarded};
use crate::{
    domain::{FieldKey, Schema},
    table::{Entries, Object, Sheet, SheetRow},
};

/// The column that says why a line was refused. It is ours, unless the endpoint has such a field.
pub(super) const REJECTED: &str = "rejected";

/// The column of a certificate's message, behind that of its status.
const MESSAGE: &str = "certificate_message";

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
    /// Nobody can know; why, and how to say it.
    Unclear(String),
}

/// One cell that says something about a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// The field as the file names it.
    pub(super) field: String,
    /// What the file says there.
    pub(super) said: String,
    /// What that asks for.
    pub(super) wish: Wish,
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
    pub(super) cells: Vec<Cell>,
}

/// What a column of a sheet is for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Role {
    Id,
    Name,
    Type,
    Status,
    Message,
    Field(String),
    /// The reasons of an earlier attempt.
    Ours,
}

/// What the columns of a sheet are for, in their order. A column that is called exactly like a field
/// is that field, unless it is one of the first that every listing has.
pub(super) struct Roles(Vec<(usize, Role)>);

impl Roles {
    /// Of a sheet.
    ///
    /// # Errors
    ///
    /// No column says which asset, or two columns are the same.
    pub(super) fn of(
        sheet: &Sheet,
        schema: &Schema,
        id_column: Option<&str>,
    ) -> Result<Self, Vec<String>> {
        let names: Vec<&str> = sheet
            .columns
            .iter()
            .map(|(_, name)| unguarded(name))
            .collect();
        let fields: HashSet<&str> = schema
            .fields
            .iter()
            .map(|field| field.key.as_str())
            .collect();
        // `id` as a listing writes it, or else one like it that is no field of its own.
        let key = |word: &str| {
            let exact = names.iter().position(|name| *name == word);
            exact.or_else(|| {
                names.iter().position(|name| {
                    name.trim().eq_ignore_ascii_case(word) && !fields.contains(name)
                })
            })
        };
        let id = match id_column {
            Some(said) => Some(
                names
                    .iter()
                    .position(|name| *name == said || name.trim() == said.trim())
                    .ok_or_else(|| {
                        vec![format!("there is no column `{said}`. {}", told(&names))]
                    })?,
            ),
            None => key("id"),
        };
        let (name, kind) = (key("name"), key("type"));
        if id.is_none() && name.is_none() {
            return Err(vec![format!(
                "there is no column `id` or `name`; one of them says which asset. {}; --id-column says \
                 which of them holds the id",
                told(&names)
            )]);
        }
        let mut known: HashSet<&str> = HashSet::new();
        let (mut roles, mut problems) = (Vec::with_capacity(names.len()), Vec::new());
        for (at, name_here) in names.iter().enumerate() {
            let behind_status = matches!(roles.last(), Some((_, Role::Status)));
            let role = if Some(at) == id {
                Role::Id
            } else if Some(at) == name {
                Role::Name
            } else if Some(at) == kind {
                Role::Type
            } else {
                field_role(name_here, &fields, behind_status)
            };
            let twice = match &role {
                Role::Field(_) | Role::Status => !known.insert(name_here),
                Role::Id | Role::Name | Role::Type | Role::Message | Role::Ours => false,
            };
            if twice {
                problems.push(format!("there are two columns `{name_here}`"));
            }
            roles.push((sheet.columns[at].0, role));
        }
        if problems.is_empty() {
            Ok(Self(roles))
        } else {
            Err(problems)
        }
    }

    /// The wishes of a row.
    pub(super) fn line(&self, row: &SheetRow) -> Line {
        let mut line = Line {
            number: row.line,
            ..Line::default()
        };
        let (mut status, mut message) = (None, None);
        for (place, role) in &self.0 {
            let said = row.cells.get(*place).unwrap_or_default();
            if said.is_empty() {
                continue;
            }
            let text = unguarded(said).to_owned();
            match role {
                Role::Id => line.id = Some(text),
                Role::Name => line.name = Some(text),
                Role::Type => line.kind = Some(text),
                Role::Status => status = Some((said, wish(&text))),
                Role::Message => message = Some((said, text)),
                Role::Field(field) => line.cells.push(Cell {
                    field: field.clone(),
                    said: said.to_owned(),
                    wish: wish(&text),
                }),
                Role::Ours => {}
            }
        }
        line.cells.extend(certificate(status, message));
        line
    }
}

fn field_role(name: &str, fields: &HashSet<&str>, behind_status: bool) -> Role {
    let certificate = FieldKey::certificate();
    let is = |word: &str| name.trim().eq_ignore_ascii_case(word);
    if name == certificate.as_str() {
        Role::Status
    } else if is(MESSAGE) && (behind_status || !fields.contains(name)) {
        Role::Message
    } else if fields.contains(name) {
        Role::Field(name.to_owned())
    } else if is(certificate.as_str()) {
        Role::Status
    } else if is(REJECTED) {
        Role::Ours
    } else {
        Role::Field(name.trim().to_owned())
    }
}

/// The names of the columns, as many as a person reads.
fn told(names: &[&str]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(8)
        .map(|name| format!("`{name}`"))
        .collect();
    let more = if names.len() > shown.len() {
        ", …"
    } else {
        ""
    };
    format!("The columns are {}{more}", shown.join(", "))
}

fn certificate(status: Option<(&str, Wish)>, message: Option<(&str, String)>) -> Option<Cell> {
    let said = [
        status.as_ref().map(|(said, _)| *said),
        message.as_ref().map(|(said, _)| *said),
    ];
    let said: Vec<&str> = said.into_iter().flatten().collect();
    let message = message.map(|(_, text)| match wish(&text) {
        Wish::Clear => Ok(String::new()),
        Wish::Unclear(why) => Err(why),
        Wish::Text(text) => Ok(text),
        Wish::List(_) | Wish::Certificate(..) => Ok(text),
    });
    let wish = match (status, message.transpose()) {
        (None, Ok(None)) => return None,
        (_, Err(why)) => Wish::Unclear(why),
        (Some((_, Wish::Text(status))), Ok(message)) => Wish::Certificate(Some(status), message),
        (Some((_, other)), Ok(_)) => other,
        (None, Ok(message)) => Wish::Certificate(None, message),
    };
    Some(Cell {
        field: FieldKey::certificate().as_str().to_owned(),
        said: said.join(" "),
        wish,
    })
}

/// What a cell that is not empty asks for.
fn wish(cell: &str) -> Wish {
    if cell == CLEAR {
        return Wish::Clear;
    }
    if let Some(rest) = cell.strip_prefix('\\')
        && reads_like_clear(rest.trim_start_matches('\\'))
    {
        return Wish::Text(rest.to_owned());
    }
    if reads_like_clear(cell) {
        return Wish::Unclear(format!(
            "this is nearly {CLEAR}, which takes the value away; write just that, or put \\ before it \
             for these very characters"
        ));
    }
    Wish::Text(cell.to_owned())
}

/// Whether a cell is the mark for clearing, or was meant to be: in other letters, with blanks, with
/// another or half a bracket.
fn reads_like_clear(cell: &str) -> bool {
    let is_bracket = |one: char| {
        matches!(
            one,
            '[' | ']' | '(' | ')' | '{' | '}' | '<' | '>' | '［' | '］'
        )
    };
    let is_blank = |one: char| one.is_whitespace() || one == '\u{200b}' || one == '\u{feff}';
    let bare = cell.trim_matches(is_blank);
    let word = bare.trim_matches(|one| is_bracket(one) || is_blank(one));
    word.len() < bare.len()
        && ["clear", "cleared", "clean", "empty"]
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known))
        && (word.eq_ignore_ascii_case("clear") || bare.starts_with(['[', '［']))
}

/// The wishes of a JSON object.
///
/// # Errors
///
/// What is wrong with it.
pub(super) fn of_object(
    object: &Object<'_>,
    schema: &Schema,
    id_column: Option<&str>,
) -> Result<Line, String> {
    let entries = object.entries.as_ref().map_err(Clone::clone)?;
    let is_field = |name: &str| schema.fields.iter().any(|field| field.key.as_str() == name);
    let id_key = id_column.unwrap_or("id");
    let is_nested =
        |(name, value): &(String, &RawValue)| name == "fields" && value.get().starts_with('{');
    let has_nested = entries.0.iter().any(is_nested);
    let mut line = Line {
        number: object.line,
        ..Line::default()
    };
    for (name, value) in &entries.0 {
        let text = || match wish_of(name, value)? {
            Some(Wish::Text(text)) => Ok(Some(text)),
            None => Ok(None),
            Some(_) => Err(format!("`{name}` wants text")),
        };
        match name.as_str() {
            key if key == id_key => line.id = text()?,
            "name" => line.name = text()?,
            "type" => line.kind = text()?,
            // A listing says so of every asset, wherever certificates are not known at all.
            "certificate" if value.get() == "null" && !is_field(name) => {}
            "certificate" => {
                if let Some(wish) = certificate_of(value)? {
                    line.cells.push(cell(name, value, wish));
                }
            }
            "fields" if value.get().trim_start().starts_with('{') => {
                let fields: Entries<'_> = serde_json::from_str(value.get())
                    .map_err(|error| format!("`fields` wants an object of fields: {error}"))?;
                for (field, value) in &fields.0 {
                    let wish = wish_of(field, value)?;
                    line.cells.extend(wish.map(|wish| cell(field, value, wish)));
                }
            }
            // Beside nested fields there are none.
            REJECTED | "not_read" if has_nested || !is_field(name) => {}
            _ => {
                let wish = wish_of(name, value)?;
                line.cells.extend(wish.map(|wish| cell(name, value, wish)));
            }
        }
    }
    if line.id.is_none() && line.name.is_none() {
        return Err(format!(
            "there is no `{id_key}` or `name`; one of them says which asset"
        ));
    }
    Ok(line)
}

fn cell(field: &str, value: &RawValue, wish: Wish) -> Cell {
    let said = match &wish {
        Wish::Text(text) => text.clone(),
        Wish::Clear | Wish::List(_) | Wish::Certificate(..) | Wish::Unclear(_) => {
            value.get().to_owned()
        }
    };
    Cell {
        field: field.to_owned(),
        said,
        wish,
    }
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
