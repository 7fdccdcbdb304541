//! Colours by role. A theme is a small TOML file; meaning never rests on it alone.

use std::{collections::BTreeMap, str::FromStr};

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

/// What a piece of screen is, as themes name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Ordinary text; its background is the screen's.
    Text,
    /// Text of less weight.
    Quiet,
    /// The header line.
    Header,
    /// The environment word.
    Environment,
    /// A screen that could be gone to.
    Tab,
    /// The screen that is shown.
    ActiveTab,
    /// Box lines.
    Border,
    /// Titles of boxes and column headers.
    Title,
    /// The row the keys act on.
    Cursor,
    /// A marked row's sign.
    Mark,
    /// A row of the range being marked.
    Range,
    /// Staged.
    Staged,
    /// Error.
    Error,
    /// Warning.
    Warning,
    /// Unknown.
    Unknown,
    /// Changed on the server.
    Conflict,
    /// Written.
    Applied,
    /// A key in hints, menus and help.
    Key,
    /// A text field.
    Input,
    /// The speaking line.
    Speaking,
    /// What a change adds.
    Added,
    /// What a change takes away.
    Removed,
    /// The part of a bar that is done.
    Progress,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 23] = [
        Self::Text,
        Self::Quiet,
        Self::Header,
        Self::Environment,
        Self::Tab,
        Self::ActiveTab,
        Self::Border,
        Self::Title,
        Self::Cursor,
        Self::Mark,
        Self::Range,
        Self::Staged,
        Self::Error,
        Self::Warning,
        Self::Unknown,
        Self::Conflict,
        Self::Applied,
        Self::Key,
        Self::Input,
        Self::Speaking,
        Self::Added,
        Self::Removed,
        Self::Progress,
    ];
}

/// How boxes are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Borders {
    /// Line drawing.
    #[default]
    Line,
    /// `+`, `-` and `|`.
    Ascii,
    /// None at all.
    None,
}

impl Borders {
    /// The borders of a word of the configuration; lines if it is none of them.
    pub fn named(word: &str) -> Self {
        match word {
            "ascii" => Self::Ascii,
            "none" => Self::None,
            _ => Self::Line,
        }
    }
}

/// A theme that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("theme `{name}`: {why}")]
pub struct ThemeError {
    /// Its name.
    pub name: String,
    /// Place and reason.
    pub why: String,
}

/// Styles by role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Its name.
    pub name: String,
    /// How boxes are drawn.
    pub borders: Borders,
    styles: BTreeMap<Role, Style>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Look {
    fg: Option<String>,
    bg: Option<String>,
    bold: Option<bool>,
    reverse: Option<bool>,
    underline: Option<bool>,
    dim: Option<bool>,
}

impl Look {
    fn style(&self) -> Result<Style, String> {
        let colour = |text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => Color::from_str(text)
                .map(Some)
                .map_err(|_| format!("`{text}` is no colour; write a name or #rrggbb")),
        };
        let mut style = Style::new();
        style.fg = colour(&self.fg)?;
        style.bg = colour(&self.bg)?;
        let modifiers = [
            (self.bold, Modifier::BOLD),
            (self.reverse, Modifier::REVERSED),
            (self.underline, Modifier::UNDERLINED),
            (self.dim, Modifier::DIM),
        ];
        for (_, modifier) in modifiers.iter().filter(|(on, _)| *on == Some(true)) {
            style = style.add_modifier(*modifier);
        }
        Ok(style)
    }
}

/// The themes that come with the program: name and text.
pub const BUILT_IN: [(&str, &str); 4] = [
    ("default", include_str!("../../themes/default.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("dark", include_str!("../../themes/dark.toml")),
    ("monochrome", include_str!("../../themes/monochrome.toml")),
];

impl Default for Theme {
    fn default() -> Self {
        Self::built_in("default")
    }
}

impl Theme {
    /// A theme that comes with the program; the default one if there is none of that name.
    pub fn built_in(name: &str) -> Self {
        let found = BUILT_IN.iter().find(|(known, _)| *known == name);
        let (name, text) = found.unwrap_or(&BUILT_IN[0]);
        Self::parse(name, text).unwrap_or_else(|_| Self {
            name: (*name).into(),
            borders: Borders::Line,
            styles: BTreeMap::new(),
        })
    }

    /// The theme without any colour, for `NO_COLOR` and terminals that have none.
    pub fn monochrome() -> Self {
        Self::built_in("monochrome")
    }

    /// Reads a theme: one table a role, with `fg`, `bg`, `bold`, `reverse`, `underline`, `dim`.
    /// A role it leaves out looks like `text`.
    ///
    /// # Errors
    ///
    /// With the place, if it is no TOML, or names an unknown role or colour.
    pub fn parse(name: &str, text: &str) -> Result<Self, ThemeError> {
        let fail = |why: String| ThemeError {
            name: name.to_owned(),
            why,
        };
        let looks: BTreeMap<Role, Look> =
            toml::from_str(text).map_err(|error| fail(error.to_string()))?;
        let mut styles = BTreeMap::new();
        for (role, look) in &looks {
            styles.insert(*role, look.style().map_err(fail)?);
        }
        Ok(Self {
            name: name.to_owned(),
            borders: Borders::Line,
            styles,
        })
    }

    /// The style of a role, on the background of the screen unless it has its own.
    pub fn style(&self, role: Role) -> Style {
        let text = self.styles.get(&Role::Text).copied().unwrap_or_default();
        let own = self.styles.get(&role).copied().unwrap_or_default();
        text.patch(own)
    }

    /// Whether the theme says how a role looks.
    pub fn fills(&self, role: Role) -> bool {
        self.styles.contains_key(&role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(colour: Color) -> Option<f64> {
        let Color::Rgb(red, green, blue) = colour else {
            return None;
        };
        let part = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        Some(0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue))
    }

    fn contrast(style: Style) -> Option<f64> {
        let (one, two) = (luminance(style.fg?)?, luminance(style.bg?)?);
        Some((one.max(two) + 0.05) / (one.min(two) + 0.05))
    }

    #[test]
    fn every_theme_that_comes_along_reads_and_fills_every_role() {
        for (name, text) in BUILT_IN {
            let theme = Theme::parse(name, text).unwrap();
            for role in Role::ALL {
                assert!(theme.fills(role), "{name} has no {role:?}");
            }
        }
    }

    #[test]
    fn text_of_the_light_and_the_dark_theme_stands_out_from_its_background() {
        for name in ["light", "dark"] {
            let theme = Theme::built_in(name);
            for role in Role::ALL {
                let found = contrast(theme.style(role)).unwrap();
                assert!(found >= 4.5, "{name} {role:?}: {found:.2}");
            }
        }
    }

    #[test]
    fn the_default_theme_keeps_to_the_terminals_own_colours_and_monochrome_to_none() {
        for role in Role::ALL {
            let style = Theme::default().style(role);
            for colour in [style.fg, style.bg].into_iter().flatten() {
                assert!(
                    !matches!(colour, Color::Rgb(..) | Color::Indexed(_)),
                    "{role:?}"
                );
            }
            let style = Theme::monochrome().style(role);
            assert_eq!((style.fg, style.bg), (None, None), "{role:?}");
        }
    }

    #[test]
    fn a_mistake_in_a_theme_is_named() {
        let error = Theme::parse("mine", "[text]\nfg = \"grun\"\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "theme `mine`: `grun` is no colour; write a name or #rrggbb"
        );
        let error = Theme::parse("mine", "[texxt]\n").unwrap_err().to_string();
        assert!(error.contains("texxt"), "{error}");
    }
}
