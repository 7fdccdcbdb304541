//! The process environment: the one place that reads it, replaceable in tests.

use std::{collections::BTreeMap, fmt};

/// Where environment variables come from. `Debug` never shows a value.
#[derive(Clone, Default)]
pub enum Environment {
    /// The variables of this process.
    #[default]
    Process,
    /// These alone.
    Fixed(BTreeMap<String, String>),
}

impl Environment {
    /// An environment of these variables alone.
    pub fn fixed<const N: usize>(variables: [(&str, &str); N]) -> Self {
        Self::Fixed(
            variables
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        )
    }

    /// A variable; `None` if it is not set, empty, or not Unicode.
    pub fn get(&self, name: &str) -> Option<String> {
        match self {
            Self::Process => process(name),
            Self::Fixed(variables) => variables.get(name).cloned(),
        }
        .filter(|value| !value.is_empty())
    }

    /// The first of these that is set, with its name.
    pub(super) fn first(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        names.iter().find_map(|name| Some((*name, self.get(name)?)))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the home that reads the environment"
)]
fn process(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process => f.write_str("Process"),
            Self::Fixed(variables) => f.debug_set().entries(variables.keys()).finish(),
        }
    }
}

/// What the environment says about the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, not a state"
)]
pub struct Terminal {
    /// `TERM`; empty if it is not set.
    pub term: String,
    /// `COLORTERM` promises 24 bits of colour.
    pub true_colour: bool,
    /// `NO_COLOR` is set.
    pub no_colour: bool,
    /// The locale is not known to be something else than UTF-8.
    pub utf8: bool,
    /// Inside tmux or screen.
    pub multiplexed: bool,
    /// Over ssh.
    pub remote: bool,
}

impl Terminal {
    /// Reads the usual variables.
    pub(super) fn of(environment: &Environment) -> Self {
        let get = |name| environment.get(name);
        let term = get("TERM").unwrap_or_default();
        let locale = environment.first(&["LC_ALL", "LC_CTYPE", "LANG"]);
        Self {
            true_colour: get("COLORTERM")
                .is_some_and(|colours| matches!(colours.as_str(), "truecolor" | "24bit")),
            no_colour: get("NO_COLOR").is_some(),
            utf8: locale.is_none_or(|(_, locale)| {
                let locale = locale.to_lowercase();
                locale.contains("utf-8") || locale.contains("utf8")
            }),
            multiplexed: get("TMUX").is_some() || term.starts_with("screen"),
            remote: get("SSH_CONNECTION").or_else(|| get("SSH_TTY")).is_some(),
            term,
        }
    }
}
