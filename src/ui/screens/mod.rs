//! The five screens, by number.

pub mod browse;
pub mod history;
pub mod results;
pub mod review;
pub mod staged;

use super::component::{Component, Scene, ScreenId};

/// All screens; each keeps its own view state while another one is shown.
#[derive(Debug, Default)]
pub struct Screens {
    /// 1.
    pub browse: browse::Browse,
    staged: staged::Staged,
    review: review::Review,
    results: results::Results,
    history: history::History,
}

impl Screens {
    /// A screen.
    pub fn screen(&self, id: ScreenId) -> &dyn Component {
        match id {
            ScreenId::Browse => &self.browse,
            ScreenId::Staged => &self.staged,
            ScreenId::Review => &self.review,
            ScreenId::Results => &self.results,
            ScreenId::History => &self.history,
        }
    }

    /// A screen, to react.
    pub fn screen_mut(&mut self, id: ScreenId) -> &mut dyn Component {
        match id {
            ScreenId::Browse => &mut self.browse,
            ScreenId::Staged => &mut self.staged,
            ScreenId::Review => &mut self.review,
            ScreenId::Results => &mut self.results,
            ScreenId::History => &mut self.history,
        }
    }

    /// Tells Browse, whose cursor every screen uses, and the screen that is shown that something
    /// changed. The others are told when they are shown.
    pub fn on_change(&mut self, shown: ScreenId, scene: &Scene<'_>) {
        self.browse.on_change(scene);
        if shown != ScreenId::Browse {
            self.screen_mut(shown).on_change(scene);
        }
    }
}
