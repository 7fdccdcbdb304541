//! The configuration: one TOML file, flags and environment over it, defaults under it.
//!
//! This is the only home that reads the environment. It names no other module; what others need
//! of it, `cli` hands on. Start reading at [`Config::load`] and at the tables in [`keys`].

mod environment;
pub mod keys;
mod layers;
mod paths;
mod problem;
mod profile;
mod raw;
mod read;
mod rule;
mod secret;
mod show;
mod trust;

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, path::PathBuf};

pub use self::{
    environment::{Environment, Terminal},
    paths::Paths,
    problem::{ConfigError, Place, Problem},
    profile::{
        Borders, CanaryThen, Colour, Confirm, Images, Interface, Keymap, Kind, Profile, Review,
    },
    read::{KeyOverride, Origin},
    rule::StopAfter,
    secret::{SecretError, SecretSource},
    show::Effective,
};
use self::{
    keys::{PROFILE, SETTINGS},
    layers::Overrides,
    read::{File, Settings},
};

/// Where settings come from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The file named by `--config`; `None` for `ARMARIUS_CONFIG` or the platform's.
    pub config: Option<PathBuf>,
    /// Settings given as flags: key of the file and its word (`("default_profile", "gallery")`,
    /// `("data_dir", …)`, `("read_only", "true")`). A later one wins.
    pub flags: Vec<(String, String)>,
    /// The environment variables.
    pub environment: Environment,
}

/// Loads configurations.
#[derive(Clone, Copy, Debug)]
pub struct Config;

/// A checked configuration.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Where everything is.
    pub paths: Paths,
    /// How the program looks and feels.
    pub interface: Interface,
    /// Keys the file binds, unchecked: the actions are not known here.
    pub keys: Vec<KeyOverride>,
    /// What the environment says about the terminal.
    pub terminal: Terminal,
    /// Whether there is a file at all.
    pub has_file: bool,
    settings: Settings,
    profiles: BTreeMap<String, (Profile, Settings)>,
}

impl Config {
    /// The file that [`load`](Self::load) reads, whether it exists or not.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Homeless`] if no file is named and the system knows no home.
    pub fn path(sources: &Sources) -> Result<PathBuf, ConfigError> {
        let variable = || {
            sources
                .environment
                .get("ARMARIUS_CONFIG")
                .map(PathBuf::from)
        };
        match sources.config.clone().or_else(variable) {
            Some(path) => Ok(path),
            None => paths::default_config_file(),
        }
    }

    /// Reads and checks everything. Reads no secret.
    ///
    /// A missing file is an empty one, unless a flag or a variable names it.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, with its place.
    pub fn load(sources: &Sources) -> Result<Loaded, ConfigError> {
        let path = Self::path(sources)?;
        let named =
            sources.config.is_some() || sources.environment.get("ARMARIUS_CONFIG").is_some();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(why) if why.kind() == std::io::ErrorKind::NotFound && !named => None,
            Err(why) => {
                return Err(ConfigError::Unreadable {
                    path,
                    why: why.to_string(),
                });
            }
        };
        let mut problems = Vec::new();
        let file = read::file(
            &path.display().to_string(),
            text.as_deref().unwrap_or_default(),
            &mut problems,
        );
        let at = path.clone();
        let loaded = effective(file, sources, path, &mut problems);
        let mut named = loaded.iter().flat_map(|loaded| loaded.profiles.values());
        if named.any(|(profile, _)| matches!(profile.secret, SecretSource::Command(_))) {
            problems.extend(trust::problem(&at));
        }
        problems.sort_by_key(|problem| problem.place);
        if problems.is_empty() {
            let mut loaded = loaded?;
            loaded.has_file = text.is_some();
            return Ok(loaded);
        }
        Err(ConfigError::Wrong(problems))
    }
}

/// Lays the layers over each other.
fn effective(
    file: File,
    sources: &Sources,
    config_file: PathBuf,
    problems: &mut Vec<Problem>,
) -> Result<Loaded, ConfigError> {
    let overrides = Overrides {
        flags: &sources.flags,
        environment: &sources.environment,
    };
    let mut settings = file.settings;
    overrides.apply(SETTINGS, &mut settings, problems);
    overrides.guess("borders", &mut settings);
    let mut profiles = BTreeMap::new();
    for (name, mut own) in file.profiles {
        overrides.apply(PROFILE, &mut own, problems);
        overrides.guess("author", &mut own);
        // A profile that lacks something has been complained about while reading.
        if let Some(profile) = Profile::of(&name, &own) {
            profiles.insert(name, (profile, own));
        }
    }
    let data = match (
        profile::text(&settings, "data_dir"),
        settings.get("data_dir"),
    ) {
        (Some(named), Some(setting)) if matches!(setting.origin, Origin::File(_)) => {
            paths::beside(&config_file, named)
        }
        (Some(named), _) => PathBuf::from(named),
        (None, _) => paths::default_data_dir()?,
    };
    let themes = paths::beside(&config_file, "themes");
    Ok(Loaded {
        paths: Paths {
            config_file,
            themes,
            data,
        },
        // The tables have a default for all of it; a wrong word has been complained about.
        interface: Interface::of(&settings).ok_or(ConfigError::Wrong(Vec::new()))?,
        keys: file.keys,
        terminal: Terminal::of(&sources.environment),
        has_file: false,
        settings,
        profiles,
    })
}

/// What is wrong with a word for a key of a profile, or with its name (`name`); `None` if nothing is.
pub fn profile_problem(key: &str, text: &str) -> Option<String> {
    if key == "name" {
        let wrong = "a name takes letters, digits, `-`, `_` and `.`, at most 64";
        return (!paths::is_name(text)).then(|| wrong.to_owned());
    }
    let key = keys::find(PROFILE, key)?;
    raw::word(key, text).err()
}

/// Whether text can be the name of an environment variable.
pub fn is_variable(text: &str) -> bool {
    raw::is_variable(text)
}

impl Loaded {
    /// The names of all profiles, in alphabetical order.
    pub fn profiles(&self) -> impl Iterator<Item = &str> {
        self.profiles.keys().map(String::as_str)
    }

    /// Whether the profile was chosen for this once, by a flag.
    pub fn is_chosen_by_flag(&self) -> bool {
        let chosen = self.settings.get("default_profile");
        chosen.is_some_and(|setting| matches!(setting.origin, read::Origin::Flag(_)))
    }

    /// A profile by name; without one the default profile, or the only one.
    ///
    /// # Errors
    ///
    /// No such profile (with the nearest name), or none chosen.
    pub fn profile(&self, name: Option<&str>) -> Result<&Profile, ConfigError> {
        let chosen = name.or_else(|| profile::text(&self.settings, "default_profile"));
        let known = || self.profiles.keys().cloned().collect();
        match chosen {
            Some(name) => self
                .profiles
                .get(name)
                .map(|(profile, _)| profile)
                .ok_or_else(|| ConfigError::NoProfile {
                    name: name.to_owned(),
                    known: known(),
                }),
            None => match self.profiles.values().collect::<Vec<_>>().as_slice() {
                [] => Err(ConfigError::Empty(self.paths.config_file.clone())),
                [(profile, _)] => Ok(profile),
                _ => Err(ConfigError::NoChoice(known())),
            },
        }
    }

    /// A problem with a key of the `[keys]` table, found by those who know the actions.
    pub fn key_problem(&self, key: &KeyOverride, message: impl Into<String>) -> Problem {
        Problem {
            source: self.paths.config_file.display().to_string(),
            place: Some(key.place),
            message: message.into(),
        }
    }
}
