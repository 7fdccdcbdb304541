//! How the screens look and which keys they take: the configuration, checked against what the
//! screens know.

use std::fs;

use crate::{
    config::{Colour, Interface, Loaded},
    domain::Workbench,
    ui::{
        Identity,
        app::Setup,
        keymap::{Keymap, Preset},
        pictures::Pictures,
        theme::{BUILT_IN, Borders, Theme},
    },
};

/// How long the cursor must rest before its details are shown: who holds a key down sees the rows go
/// by, and nothing else is written.
const DETAILS_REST_MS: i64 = 80;

/// Keys and colours in force.
pub(super) struct Look {
    keymap: Keymap,
    theme: Theme,
}

impl Look {
    /// Checks keys and theme.
    ///
    /// # Errors
    ///
    /// What is wrong, with its place in the file.
    pub(super) fn of(loaded: &Loaded) -> Result<Self, String> {
        let interface = &loaded.interface;
        let keymap = keymap(loaded)?;
        let mut theme = if loaded.terminal.no_colour || interface.colour == Colour::Never {
            Theme::monochrome()
        } else {
            theme(loaded)?
        };
        theme.borders = Borders::named(interface.borders.word());
        Ok(Self { keymap, theme })
    }

    /// Everything the app starts with.
    pub(super) fn setup(
        &self,
        (workbench, identity): (Workbench, Identity),
        (settings, interface): (Vec<(String, String)>, &Interface),
    ) -> Setup {
        Setup {
            keymap: self.keymap.clone(),
            theme: self.theme.clone(),
            pictures: Pictures::wanted(interface.images.word()),
            rings: interface.bell,
            menu_delay_ms: Some(interface.menu_delay_ms.into()),
            details_rest_ms: DETAILS_REST_MS,
            settings,
            ..Setup::new(workbench, identity)
        }
    }
}

/// Everything a start of the screens would refuse.
pub fn problems(loaded: &Loaded) -> Vec<String> {
    let found = [keymap(loaded).err(), theme(loaded).err()];
    found.into_iter().flatten().collect()
}

fn keymap(loaded: &Loaded) -> Result<Keymap, String> {
    let interface = &loaded.interface;
    let overrides: Vec<(String, Vec<String>)> = loaded
        .keys
        .iter()
        .map(|key| (key.action.clone(), key.chords.clone()))
        .collect();
    let preset = Preset::named(interface.keymap.word()).unwrap_or_default();
    Keymap::new(preset, &overrides).map_err(|error| {
        let named = error.to_string();
        let blamed = loaded
            .keys
            .iter()
            .find(|key| named.contains(key.action.as_str()));
        blamed.map_or(named.clone(), |key| {
            loaded.key_problem(key, named).to_string()
        })
    })
}

fn theme(loaded: &Loaded) -> Result<Theme, String> {
    let interface = &loaded.interface;
    let path = loaded
        .paths
        .themes
        .join(format!("{}.toml", interface.theme));
    if let Ok(text) = fs::read_to_string(&path) {
        return Theme::parse(&interface.theme, &text)
            .map_err(|error| format!("{}: {error}", path.display()));
    }
    let known: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
    if known.contains(&interface.theme.as_str()) {
        return Ok(Theme::built_in(&interface.theme));
    }
    let (theme, known) = (&interface.theme, known.join(", "));
    Err(format!(
        "there is no theme `{theme}` in {}; built in are {known}",
        path.display()
    ))
}
