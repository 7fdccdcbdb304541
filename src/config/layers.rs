//! Precedence: flag over environment over file over default.

use super::{
    Environment, Origin, Terminal,
    keys::{Key, find},
    problem::Problem,
    raw::{Raw, word},
    read::{Setting, Settings},
};

/// What overrides the file.
pub(super) struct Overrides<'a> {
    /// Key and word, from the command line.
    pub(super) flags: &'a [(String, String)],
    /// The variables.
    pub(super) environment: &'a Environment,
}

impl Overrides<'_> {
    /// Lays flags and variables over what the file says, and defaults under it.
    pub(super) fn apply(
        &self,
        keys: &'static [Key],
        settings: &mut Settings,
        problems: &mut Vec<Problem>,
    ) {
        for key in keys.iter().filter(|key| key.overridable) {
            if let Some((origin, text)) = self.stated(key) {
                match word(key, &text) {
                    Ok(raw) => {
                        settings.insert(key.name, Setting { raw, origin });
                    }
                    Err(message) => {
                        let problem = wrong(&origin, message);
                        if !problems.contains(&problem) {
                            problems.push(problem);
                        }
                    }
                }
            }
        }
        for key in keys.iter().filter(|key| key.default.is_some()) {
            if !settings.contains_key(key.name)
                && let Some(raw) = key.default.and_then(|default| default_of(key, default))
            {
                settings.insert(
                    key.name,
                    Setting {
                        raw,
                        origin: Origin::Default,
                    },
                );
            }
        }
    }

    fn stated(&self, key: &Key) -> Option<(Origin, String)> {
        let flag = self.flags.iter().rev().find(|(name, _)| name == key.name);
        if let Some((_, text)) = flag {
            return Some((Origin::Flag(key.flag()), text.clone()));
        }
        let variable = key.variable();
        if let Some(text) = self.environment.get(&variable) {
            return Some((Origin::Environment(variable), text));
        }
        let colourless = key.name == "colour" && self.environment.get("NO_COLOR").is_some();
        colourless.then(|| {
            (
                Origin::Environment("NO_COLOR".to_owned()),
                "never".to_owned(),
            )
        })
    }

    /// Settles what the file left open by what the system knows: borders by the locale, the author
    /// by the usual variables.
    pub(super) fn guess(&self, key: &str, settings: &mut Settings) {
        let stated = settings
            .get(key)
            .is_some_and(|setting| setting.origin != Origin::Default);
        let guess = match key {
            _ if stated => None,
            "borders" if !Terminal::of(self.environment).utf8 => self
                .environment
                .first(&["LC_ALL", "LC_CTYPE", "LANG"])
                .map(|(variable, _)| (variable, Raw::Text("ascii".to_owned()))),
            "author" => self.text(&["USER", "LOGNAME", "USERNAME"]),
            _ => None,
        };
        if let Some((name, (variable, raw))) = guess.and_then(|guess| Some((known(key)?, guess))) {
            let origin = Origin::Environment(variable.to_owned());
            settings.insert(name, Setting { raw, origin });
        }
    }

    fn text(&self, variables: &[&'static str]) -> Option<(&'static str, Raw)> {
        let (variable, text) = self.environment.first(variables)?;
        Some((variable, Raw::Text(text)))
    }
}

fn known(name: &str) -> Option<&'static str> {
    find(super::keys::SETTINGS, name)
        .or_else(|| find(super::keys::PROFILE, name))
        .map(|k| k.name)
}

/// A default of the table; written there as TOML.
fn default_of(key: &Key, default: &str) -> Option<Raw> {
    word(key, default.trim_matches('"')).ok()
}

fn wrong(origin: &Origin, message: String) -> Problem {
    let source = match origin {
        Origin::Flag(name) | Origin::Environment(name) => name.clone(),
        Origin::File(_) | Origin::Default => String::new(),
    };
    Problem {
        source,
        place: None,
        message,
    }
}
