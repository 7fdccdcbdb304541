//! Text with places for values: `${name|strip:_BACK}_FRONT`, `see ${ticket}`.
//!
//! Filters stand behind the field: `strip:ENDING` takes the last part of a text off (the ending
//! itself, or whatever else stands behind the last sign the ending begins with), `upper`, `lower`,
//! and `default:TEXT` for where there is no value.

use super::{
    FieldKey, Row, Schema, Workbench,
    listing::{NAME, TYPE},
    text,
};

/// Text with places for values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Slot {
        written: String,
        source: Source,
        filters: Vec<Filter>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    Id,
    Field(FieldKey),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Filter {
    Strip(String),
    Upper,
    Lower,
    Default(String),
}

/// A template that can't be understood, with the place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why} (at character {})", position + 1)]
pub struct TemplateError {
    /// Characters before the mistake.
    pub position: usize,
    /// What is wrong, and what would be right.
    pub why: String,
}

impl Template {
    /// Reads a template; its fields are looked up among those of the endpoint. `ticket` finds
    /// `Audit.Ticket` where only one field ends so.
    ///
    /// # Errors
    ///
    /// With the place of an unknown field or filter, or of a `${` that is never closed.
    pub fn parse(source: &str, schema: &Schema) -> Result<Self, TemplateError> {
        let mut pieces = Vec::new();
        let mut rest = source;
        while let Some(at) = rest.find("${") {
            if at > 0 {
                pieces.push(Piece::Text(rest[..at].to_owned()));
            }
            let offset = source.len() - rest.len() + at;
            let fail = |why: String| TemplateError {
                position: source[..offset].chars().count(),
                why,
            };
            let inside = &rest[at + 2..];
            let end = closing(inside).ok_or_else(|| fail("`${` is never closed by `}`".into()))?;
            pieces.push(slot(&inside[..end], schema).map_err(fail)?);
            rest = &inside[end + 1..];
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self { pieces })
    }

    /// Whether it says the same for every asset.
    pub fn is_constant(&self) -> bool {
        !self
            .pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Slot { .. }))
    }

    /// Whether it says nothing.
    pub fn is_blank(&self) -> bool {
        let says_nothing =
            |piece: &Piece| matches!(piece, Piece::Text(text) if text.trim().is_empty());
        self.pieces.iter().all(says_nothing)
    }

    /// How many places for values it has.
    pub fn slots(&self) -> usize {
        self.pieces
            .iter()
            .filter(|piece| matches!(piece, Piece::Slot { .. }))
            .count()
    }

    /// The text for an asset, with what is staged on it.
    ///
    /// # Errors
    ///
    /// The name, as it is written, of the first field the asset has no value of.
    pub fn fill(&self, workbench: &Workbench, row: Row) -> Result<String, String> {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Slot {
                    written,
                    source,
                    filters,
                } => {
                    let value = match source {
                        Source::Id => workbench.listing.id_text(row).to_owned(),
                        Source::Field(key) => held(workbench, row, key),
                    };
                    let value = filters
                        .iter()
                        .fold(value, |value, filter| filter.apply(value));
                    if value.is_empty() {
                        return Err(written.clone());
                    }
                    out.push_str(&value);
                }
            }
        }
        Ok(out)
    }
}

fn held(workbench: &Workbench, row: Row, key: &FieldKey) -> String {
    let value = workbench.draft().value(&workbench.listing, row, key);
    if value.is_present() {
        value.display().into_owned()
    } else {
        String::new()
    }
}

/// The place of the `}` that closes a slot, quotes respected.
fn closing(inside: &str) -> Option<usize> {
    let mut quoted = false;
    inside.char_indices().find_map(|(at, character)| {
        quoted ^= character == '"';
        (character == '}' && !quoted).then_some(at)
    })
}

fn slot(inside: &str, schema: &Schema) -> Result<Piece, String> {
    let mut parts = split(inside).into_iter();
    let written = parts.next().unwrap_or_default().trim().to_owned();
    let source = source(&written, schema)?;
    let filters = parts
        .map(|part| filter(part.trim()))
        .collect::<Result<_, _>>()?;
    Ok(Piece::Slot {
        written,
        source,
        filters,
    })
}

/// The parts between `|`, quotes respected.
fn split(inside: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for character in inside.chars() {
        quoted ^= character == '"';
        if character == '|' && !quoted {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(character);
        }
    }
    parts
}

fn source(written: &str, schema: &Schema) -> Result<Source, String> {
    match text::fold(written).as_str() {
        "" => return Err("a field's name belongs between `${` and `}`".into()),
        "id" => return Ok(Source::Id),
        NAME => return Ok(Source::Field(NAME.into())),
        TYPE => return Ok(Source::Field(TYPE.into())),
        _ => {}
    }
    if let Some(field) = schema.field(written) {
        return Ok(Source::Field(field.key.clone()));
    }
    let ending = format!(".{}", text::fold(written));
    let mut found = schema
        .fields
        .iter()
        .filter(|field| text::fold(field.key.as_str()).ends_with(&ending));
    match (found.next(), found.next()) {
        (Some(field), None) => Ok(Source::Field(field.key.clone())),
        (Some(one), Some(two)) => Err(format!(
            "`{written}` could be {} or {}; write it out",
            one.key, two.key
        )),
        (None, _) => {
            let near = schema.nearest(written);
            let hint = near
                .map(|key| format!("; did you mean {key}?"))
                .unwrap_or_default();
            Err(format!("there is no field `{written}`{hint}"))
        }
    }
}

fn filter(part: &str) -> Result<Filter, String> {
    let (name, argument) = part.split_once(':').unwrap_or((part, ""));
    let argument = argument.trim();
    let argument = argument
        .strip_prefix('"')
        .and_then(|inner| inner.strip_suffix('"'))
        .unwrap_or(argument)
        .to_owned();
    match (name.trim(), argument.is_empty()) {
        ("strip", false) => Ok(Filter::Strip(argument)),
        ("strip", true) => Err("strip needs an ending, as in strip:_BACK".into()),
        ("upper", _) => Ok(Filter::Upper),
        ("lower", _) => Ok(Filter::Lower),
        ("default", false) => Ok(Filter::Default(argument)),
        ("default", true) => Err("default needs a text, as in default:\"-\"".into()),
        (other, _) => Err(format!(
            "there is no filter `{other}`; known are strip, upper, lower, default"
        )),
    }
}

impl Filter {
    fn apply(&self, value: String) -> String {
        match self {
            Self::Strip(ending) => stripped(&value, ending).to_owned(),
            Self::Upper => value.to_uppercase(),
            Self::Lower => value.to_lowercase(),
            Self::Default(text) if value.is_empty() => text.clone(),
            Self::Default(_) => value,
        }
    }
}

fn stripped<'a>(value: &'a str, ending: &str) -> &'a str {
    if let Some(head) = value.strip_suffix(ending) {
        return head;
    }
    let sign = ending.chars().next().filter(|sign| !sign.is_alphanumeric());
    sign.and_then(|sign| value.rfind(sign))
        .map_or(value, |at| &value[..at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Asset, Field, FieldKind, Value};

    fn bench() -> Workbench {
        let mut bench = Workbench::new();
        bench.schema.fields = vec![
            Field::plain("Season", FieldKind::Text),
            Field::plain("Audit.Ticket", FieldKind::Text),
        ];
        let asset = |id: &str, name: &str, ticket: &str| Asset {
            id: id.into(),
            name: name.into(),
            kind: "Image".into(),
            fields: vec![("Audit.Ticket".into(), Value::text(ticket))],
            locked: None,
        };
        let assets = [
            asset("1", "JKT_2202_BACK", "DQ-118"),
            asset("2", "JKT_2202_DET1", ""),
        ];
        bench.absorb_page(0, &assets, 2);
        bench
    }

    fn filled(source: &str, row: Row) -> Result<String, String> {
        let bench = bench();
        Template::parse(source, &bench.schema)
            .unwrap()
            .fill(&bench, row)
    }

    #[test]
    fn a_rule_takes_the_last_part_of_a_name_off() {
        let rule = "${name|strip:_BACK}_FRONT";
        assert_eq!(filled(rule, 0).unwrap(), "JKT_2202_FRONT");
        assert_eq!(filled(rule, 1).unwrap(), "JKT_2202_FRONT");
        assert_eq!(stripped("pier", "_BACK"), "pier");
        assert_eq!(stripped("backpack", "pack"), "back");
    }

    #[test]
    fn a_missing_value_is_named_and_a_default_fills_it() {
        assert_eq!(filled("see ${ticket}", 0).unwrap(), "see DQ-118");
        assert_eq!(filled("see ${ticket}", 1).unwrap_err(), "ticket");
        assert_eq!(filled("${ticket|default:\"a|}\"|upper}", 1).unwrap(), "A|}");
        assert_eq!(filled("costs $5", 1).unwrap(), "costs $5");
    }

    #[test]
    fn a_mistake_has_a_place_and_a_hint() {
        let error = Template::parse("in ${Saeson}", &bench().schema).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no field `Saeson`; did you mean Season? (at character 4)"
        );
        assert!(Template::parse("${name", &bench().schema).is_err());
        assert!(Template::parse("${name|shout}", &bench().schema).is_err());
    }
}
