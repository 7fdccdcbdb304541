//! Reads the file into checked settings, and collects everything that is wrong on the way.

use std::{collections::BTreeMap, fmt, ops::Range};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    keys::{KINDS, Key, PROFILE, SETTINGS, find, nearest},
    paths,
    problem::{Place, Problem, no_profile},
    raw::{self, Raw},
};

/// Syntax errors shown at once; more only repeat the first ones' echo.
const SYNTAX_ERRORS: usize = 10;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A command-line flag.
    Flag(String),
    /// An environment variable.
    Environment(String),
    /// The file, at this line.
    File(usize),
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "flag {flag}"),
            Self::Environment(variable) => write!(f, "environment {variable}"),
            Self::File(line) => write!(f, "file, line {line}"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A checked value with its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) raw: Raw,
    pub(super) origin: Origin,
}

/// Checked values by key.
pub(super) type Settings = BTreeMap<&'static str, Setting>;

/// Chords the file binds to an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyOverride {
    /// The action's name, unchecked.
    pub action: String,
    /// The chords, unchecked; empty unbinds the action.
    pub chords: Vec<String>,
    /// Where the file says so.
    pub place: Place,
}

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) settings: Settings,
    pub(super) profiles: BTreeMap<String, Settings>,
    pub(super) keys: Vec<KeyOverride>,
}

/// Reads the text of a file. Problems are added in any order.
pub(super) fn file(name: &str, text: &str, problems: &mut Vec<Problem>) -> File {
    let mut reader = Reader {
        name,
        text,
        problems,
    };
    let text = text.strip_prefix('\u{feff}').map_or(text, |rest| {
        reader.text = rest;
        rest
    });
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return reader.root(table.get_ref());
    }
    for error in errors.iter().take(SYNTAX_ERRORS) {
        // Only the message: the error's own picture of the line might show a secret.
        let span = error.span().unwrap_or(0..0);
        let message = error
            .message()
            .lines()
            .next()
            .unwrap_or("this is not TOML")
            .to_owned();
        reader.wrong(&span, message);
    }
    File::default()
}

struct Reader<'a> {
    name: &'a str,
    text: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn wrong(&mut self, span: &Range<usize>, message: String) {
        self.problems.push(Problem {
            source: self.name.to_owned(),
            place: Some(Place::of(self.text, span)),
            message,
        });
    }

    fn root(&mut self, root: &DeTable<'_>) -> File {
        let mut file = File::default();
        for (name, value) in root {
            match name.get_ref().as_ref() {
                "profiles" => self.profiles(value, &mut file),
                "keys" => self.keys(value, &mut file),
                _ => self.setting(name, value, SETTINGS, &mut file.settings),
            }
        }
        if let Some((chosen, span)) = root
            .get("default_profile")
            .and_then(|value| Some((value.get_ref().as_str()?, value.span())))
            && !file.profiles.contains_key(chosen)
        {
            let message = no_profile(chosen, file.profiles.keys().map(String::as_str));
            self.wrong(&span, message);
        }
        file
    }

    fn profiles(&mut self, value: &Spanned<DeValue<'_>>, file: &mut File) {
        let Some(profiles) = value.get_ref().as_table() else {
            return self.wrong(
                &value.span(),
                "write profiles as `[profiles.NAME]`".to_owned(),
            );
        };
        for (name, value) in profiles {
            let (name, span) = (name.get_ref().as_ref(), name.span());
            let Some(table) = value.get_ref().as_table() else {
                let message = format!("`{name}` should be a table: write `[profiles.NAME]`");
                self.wrong(&span, message);
                continue;
            };
            if !paths::is_name(name) {
                let message = format!(
                    "`{name}` names a folder too: use letters, digits, `-`, `_` and `.`, at most 64"
                );
                self.wrong(&span, message);
            }
            let settings = self.profile(name, &span, table);
            file.profiles.insert(name.to_owned(), settings);
        }
    }

    fn profile(&mut self, name: &str, span: &Range<usize>, table: &DeTable<'_>) -> Settings {
        let mut settings = Settings::new();
        for (key, value) in table {
            self.setting(key, value, PROFILE, &mut settings);
        }
        let kind = match settings.get("kind").map(|kind| &kind.raw) {
            Some(Raw::Text(kind)) => kind.clone(),
            _ if table.contains_key("kind") => return settings,
            _ => {
                let message = format!(
                    "profile `{name}` has no `kind`; it can be {}",
                    KINDS.join(" or ")
                );
                self.wrong(span, message);
                return settings;
            }
        };
        for (key, _) in table {
            let found = find(PROFILE, key.get_ref());
            if let Some(only) = found
                .and_then(|found| found.only)
                .filter(|only| *only != kind)
            {
                let message = format!("`{}` belongs to profiles of kind {only}", key.get_ref());
                self.wrong(&key.span(), message);
            }
        }
        let needed: &[&str] = match kind.as_str() {
            "atlan" => &["url", "token"],
            _ => &["url", "user", "password"],
        };
        for missing in needed.iter().filter(|needed| !table.contains_key(**needed)) {
            self.wrong(span, format!("profile `{name}` has no `{missing}`"));
        }
        settings
    }

    fn setting(
        &mut self,
        name: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
        keys: &'static [Key],
        settings: &mut Settings,
    ) {
        let Some(key) = find(keys, name.get_ref()) else {
            let message = unknown(name.get_ref(), keys);
            return self.wrong(&name.span(), message);
        };
        match raw::read(key, value.get_ref()) {
            Ok(raw) => {
                let origin = Origin::File(Place::of(self.text, &name.span()).line);
                settings.insert(key.name, Setting { raw, origin });
            }
            Err(message) => self.wrong(&value.span(), message),
        }
    }

    fn keys(&mut self, value: &Spanned<DeValue<'_>>, file: &mut File) {
        let Some(table) = value.get_ref().as_table() else {
            let message = "write key bindings as a table `[keys]`; a preset is `keymap`".to_owned();
            return self.wrong(&value.span(), message);
        };
        for (action, value) in table {
            let chords = match value.get_ref() {
                DeValue::String(chord) => Some(vec![chord.to_string()]),
                DeValue::Array(list) => list
                    .iter()
                    .map(|chord| chord.get_ref().as_str().map(str::to_owned))
                    .collect(),
                DeValue::Integer(_)
                | DeValue::Float(_)
                | DeValue::Boolean(_)
                | DeValue::Datetime(_)
                | DeValue::Table(_) => None,
            };
            match chords {
                Some(chords) => file.keys.push(KeyOverride {
                    action: action.get_ref().to_string(),
                    chords,
                    place: Place::of(self.text, &action.span()),
                }),
                None => self.wrong(
                    &value.span(),
                    format!(
                        "`{}` wants a key or a list of keys in quotes",
                        action.get_ref()
                    ),
                ),
            }
        }
    }
}

fn unknown(name: &str, keys: &'static [Key]) -> String {
    let (elsewhere, place) = if keys.as_ptr() == SETTINGS.as_ptr() {
        (
            PROFILE,
            "it belongs into a profile, below `[profiles.NAME]`",
        )
    } else {
        (
            SETTINGS,
            "it belongs to the top of the file, above the first `[`",
        )
    };
    if find(elsewhere, name).is_some() {
        return format!("`{name}` is no key here; {place}");
    }
    match nearest(name, keys.iter().map(|key| key.name)) {
        Some(near) => format!("`{name}` is no key; did you mean `{near}`?"),
        None => format!("`{name}` is no key; `armarius config show` lists them"),
    }
}
