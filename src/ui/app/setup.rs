//! What an app starts from, and what it keeps for the next start.

use ratatui::layout::Size;

use crate::{
    domain::Workbench,
    ui::{
        component::Identity, front::FRONT, keymap::Keymap, pictures::Pictures, theme::Theme,
        view::AT_ONCE,
    },
};

/// After how long the menu of a key that begins a sequence shows by default, in milliseconds.
pub const MENU_DELAY_MS: i64 = 400;

/// What an app starts from.
#[derive(Debug)]
pub struct Setup {
    /// The work as the workspace kept it.
    pub workbench: Workbench,
    /// Who works where.
    pub identity: Identity,
    /// The keys.
    pub keymap: Keymap,
    /// The colours.
    pub theme: Theme,
    /// What the terminal can do with pictures.
    pub pictures: Pictures,
    /// The terminal's size.
    pub size: Size,
    /// After how long menus of keys show, milliseconds; never if `None`.
    pub menu_delay_ms: Option<i64>,
    /// How long the cursor must rest before the details of its row are shown, milliseconds.
    pub details_rest_ms: i64,
    /// Whether the bell rings when a run is over.
    pub rings: bool,
    /// Settings kept by [`SaveSetting`](crate::flow::Effect::SaveSetting), by key.
    pub settings: Vec<(String, String)>,
    /// Up to so many assets filters and orders are worked out at once, others elsewhere.
    pub at_once: u64,
}

impl Setup {
    /// A workbench and an identity with everything else as it usually is, at 80x24.
    pub fn new(workbench: Workbench, identity: Identity) -> Self {
        Self {
            workbench,
            identity,
            keymap: Keymap::default(),
            theme: Theme::default(),
            pictures: Pictures::default(),
            size: Size::new(80, 24),
            menu_delay_ms: Some(MENU_DELAY_MS),
            details_rest_ms: 0,
            rings: false,
            settings: Vec::new(),
            at_once: AT_ONCE,
        }
    }
}

/// The keys of the settings the app keeps by [`SaveSetting`](crate::flow::Effect::SaveSetting).
pub const KEPT_SETTINGS: [&str; 4] = ["sort", "columns", "filters", FRONT];
