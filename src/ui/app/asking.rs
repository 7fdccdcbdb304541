//! Asks for what is seen and not known yet: pictures, and thumbnails that cost a call each.

use super::App;
use crate::{
    domain::AssetId,
    flow::Effect,
    ui::{component::ScreenId, connection::Link, layout::Chrome},
};

/// How many pixels wide and high pictures are asked for.
const PICTURE_PIXELS: u32 = 640;

impl App {
    /// Whether something seen was not asked for yet.
    pub(super) fn wants_to_ask(&self) -> bool {
        !self.pictures_wanted().is_empty() || !self.thumbnails_wanted().is_empty()
    }

    fn pictures_wanted(&self) -> Vec<AssetId> {
        if self.world.connection.link != Link::Online || Chrome::of(self.world.size).is_none() {
            return Vec::new();
        }
        let shown = self
            .top()
            .pictures(&self.world.scene(!self.layers.is_empty()));
        let wanted = shown.into_iter().map(|(id, _)| id);
        wanted.filter(|id| self.world.pictures.wants(id)).collect()
    }

    fn thumbnails_wanted(&self) -> Vec<AssetId> {
        let lazy = self
            .world
            .workbench
            .capabilities
            .as_ref()
            .is_some_and(|c| c.lazy_thumbnails);
        let online = self.world.connection.link == Link::Online;
        if !lazy || !online || self.world.screen != ScreenId::Browse {
            return Vec::new();
        }
        let asked = &self.world.connection.thumbnails_asked;
        let mut wanted = self
            .screens
            .browse
            .thumbnails_unknown(&self.world.scene(false));
        wanted.retain(|id| !asked.contains(id));
        wanted
    }

    /// Asks for the pictures shown and the thumbnails of the rows on the screen.
    pub(super) fn ask_for_what_is_seen(&mut self) {
        for id in self.pictures_wanted() {
            let listing = &self.world.workbench.listing;
            if let Some(row) = listing.row(&id) {
                let (asset, size) = (Box::new(listing.asset(row)), PICTURE_PIXELS);
                self.effects.push(Effect::Picture { asset, size });
            }
            self.world.pictures.ask(id);
        }
        let wanted = self.thumbnails_wanted();
        if !wanted.is_empty() {
            self.world
                .connection
                .thumbnails_asked
                .extend(wanted.iter().cloned());
            self.effects.push(Effect::Thumbnails(wanted));
        }
    }

    /// Makes the pictures shown ready for the places they are drawn in.
    pub(super) fn prepare_pictures(&mut self) {
        if Chrome::of(self.world.size).is_none() {
            return;
        }
        let shown = self
            .top()
            .pictures(&self.world.scene(!self.layers.is_empty()));
        for (asset, size) in shown {
            self.world.pictures.prepare(&asset, size);
        }
    }
}
