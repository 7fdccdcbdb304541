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
        pictures::{PictureMode, Pictures},
        terminal::Picker,
        theme::{BUILT_IN, Borders, Theme},
    },
};

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
        let overrides: Vec<(String, Vec<String>)> = loaded
            .keys
            .iter()
            .map(|key| (key.action.clone(), key.chords.clone()))
            .collect();
        let preset = Preset::named(interface.keymap.word()).unwrap_or_default();
        let keymap = Keymap::new(preset, &overrides).map_err(|error| {
            let named = error.to_string();
            let blamed = loaded
                .keys
                .iter()
                .find(|key| named.contains(key.action.as_str()));
            blamed.map_or(named.clone(), |key| {
                loaded.key_problem(key, named).to_string()
            })
        })?;
        let mut theme = theme(loaded)?;
        theme.borders = Borders::named(interface.borders.word());
        Ok(Self { keymap, theme })
    }

    /// Everything the app starts with.
    pub(super) fn setup(
        self,
        (workbench, identity): (Workbench, Identity),
        (picker, settings, interface): (Picker, Vec<(String, String)>, &Interface),
    ) -> Setup {
        let mode = PictureMode::named(interface.images.word()).unwrap_or(PictureMode::Auto);
        Setup {
            keymap: self.keymap,
            theme: self.theme,
            pictures: Pictures::new(picker, mode),
            rings: interface.bell,
            menu_delay_ms: Some(interface.menu_delay_ms.into()),
            settings,
            ..Setup::new(workbench, identity)
        }
    }
}

fn theme(loaded: &Loaded) -> Result<Theme, String> {
    let interface = &loaded.interface;
    if loaded.terminal.no_colour || interface.colour == Colour::Never {
        return Ok(Theme::monochrome());
    }
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
