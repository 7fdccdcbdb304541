//! The filter of the history: `who:akim field:rights after:11-01 run:R-04`, and words.

use jiff::Timestamp;

use super::{Entry, Subject};
use crate::domain::text::fold;

/// What an entry must be to be listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Who(String),
    Field(String),
    Run(String),
    State(String),
    After(String),
    Before(String),
    Word(String),
}

impl Filter {
    /// Reads a filter. `today` is a day as [`day`] writes it; a day without a year is of its year.
    ///
    /// # Errors
    ///
    /// What is wrong, in words.
    pub fn parse(text: &str, today: &str) -> Result<Self, String> {
        let parts = text.split_whitespace().map(|word| part(word, today));
        Ok(Self {
            parts: parts.collect::<Result<_, _>>()?,
        })
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Whether an entry passes; `utc_offset_s` says where its day begins.
    pub fn passes(&self, entry: &Entry, utc_offset_s: i32) -> bool {
        self.parts
            .iter()
            .all(|part| part.passes(entry, utc_offset_s))
    }
}

fn part(word: &str, today: &str) -> Result<Part, String> {
    let Some((key, value)) = word.split_once(':').filter(|(_, value)| !value.is_empty()) else {
        return match word.strip_suffix(':') {
            Some(key) => Err(format!("`{key}:` wants something behind it")),
            None => Ok(Part::Word(fold(word))),
        };
    };
    Ok(match key.to_ascii_lowercase().as_str() {
        "who" => Part::Who(fold(value)),
        "field" => Part::Field(fold(value)),
        "run" => Part::Run(fold(value)),
        "state" => Part::State(fold(value)),
        "after" => Part::After(dated(value, today)?),
        "before" => Part::Before(dated(value, today)?),
        _ => {
            return Err(format!(
                "`{key}:` is not known; known are who, field, run, state, after, before"
            ));
        }
    })
}

impl Part {
    fn passes(&self, entry: &Entry, utc_offset_s: i32) -> bool {
        let plain = |text: &str| fold(text).replace(['_', '-'], " ");
        match self {
            Self::Who(who) => fold(&entry.who).contains(who),
            Self::Field(field) => {
                // Of runs sent long ago the fields are not known before they are opened.
                let unknown = entry.fields.is_empty() && matches!(entry.subject, Subject::Run(_));
                let is = |key: &super::FieldKey| plain(key.as_str()).contains(&plain(field));
                unknown || entry.fields.iter().any(is)
            }
            Self::Run(run) => match &entry.subject {
                Subject::Run(id) => fold(&id.0).contains(run),
                Subject::Step(_) | Subject::Outside(_) => false,
            },
            Self::State(state) => fold(entry.state).contains(state),
            Self::After(from) => day(entry.at_ms, utc_offset_s) >= *from,
            Self::Before(to) => day(entry.at_ms, utc_offset_s) < *to,
            Self::Word(word) => fold(&entry.what).contains(word),
        }
    }
}

/// The day of a moment, `2026-11-22`; days compare as text.
pub fn day(at_ms: i64, utc_offset_s: i32) -> String {
    let local = Timestamp::from_millisecond(at_ms + i64::from(utc_offset_s) * 1000);
    local.map_or_else(
        |_| String::new(),
        |then| then.strftime("%Y-%m-%d").to_string(),
    )
}

fn dated(value: &str, today: &str) -> Result<String, String> {
    let wrong = || format!("`{value}` is no day; write 11-22 or 2026-11-22");
    let whole = if value.matches('-').count() == 1 {
        let year = today.split('-').next().unwrap_or("1970");
        format!("{year}-{value}")
    } else {
        value.to_owned()
    };
    whole
        .parse::<jiff::civil::Date>()
        .map(|date| date.to_string())
        .map_err(|_| wrong())
}
