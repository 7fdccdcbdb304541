//! What is in force, where it comes from, and what is worth a word about it.

use super::{
    Environment, Loaded, Origin, SecretSource,
    keys::{self, Key, PROFILE, SETTINGS},
    raw::Raw,
    read::Settings,
};

/// One effective value, for `config show`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective {
    /// The profile it belongs to; `None` for the top of the file.
    pub profile: Option<String>,
    /// The key.
    pub key: &'static str,
    /// The value as TOML; `None` if nobody set it and there is no default. A secret shows the way
    /// to it only.
    pub value: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// What the key means, with its unit.
    pub help: &'static str,
}

impl Loaded {
    /// Every value in force with its origin: the top of the file first, then each profile.
    pub fn show(&self) -> Vec<Effective> {
        let mut all = shown(None, SETTINGS, &self.settings);
        for (name, (profile, settings)) in &self.profiles {
            let keys = shown(Some(name), PROFILE, settings);
            let fits = |key: &Effective| {
                let only = keys::find(PROFILE, key.key).and_then(|key| key.only);
                only.is_none_or(|kind| kind == profile.kind.word())
            };
            all.extend(keys.into_iter().filter(fits));
        }
        if let Some(data) = all.iter_mut().find(|one| one.key == "data_dir") {
            let path = self.paths.data.display().to_string();
            data.value = Some(format!("{path:?}"));
        }
        all
    }

    /// What is allowed but worth a word: secrets that can't be had now, addresses without TLS.
    pub fn notes(&self, environment: &Environment) -> Vec<String> {
        let mut notes = Vec::new();
        for (name, (profile, _)) in &self.profiles {
            if let SecretSource::Environment(variable) = &profile.secret
                && environment.get(variable).is_none()
            {
                notes.push(format!(
                    "profile {name}: the variable {variable} is not set now"
                ));
            }
            if let Some(warning) = profile.unencrypted() {
                notes.push(format!("profile {name}: {warning}"));
            }
        }
        notes
    }
}

fn shown(profile: Option<&str>, keys: &'static [Key], settings: &Settings) -> Vec<Effective> {
    keys.iter()
        .map(|key| {
            let setting = settings.get(key.name);
            Effective {
                profile: profile.map(str::to_owned),
                key: key.name,
                value: setting.map(|setting| match &setting.raw {
                    Raw::Text(text) => format!("{text:?}"),
                    Raw::Flag(flag) => flag.to_string(),
                    Raw::Number(number) => number.to_string(),
                    Raw::Secret(source) => source.to_string(),
                }),
                origin: setting.map_or(Origin::Default, |setting| setting.origin.clone()),
                help: key.help,
            }
        })
        .collect()
}
