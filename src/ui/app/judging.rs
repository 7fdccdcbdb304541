//! What layers need judged elsewhere, and what comes of it.

use super::App;
use crate::{
    domain::{Asset, judging::Judgement},
    flow::{Effect, Event},
    ui::component::Reaction,
};

impl App {
    /// Asks for what the layers need judged; gives up what a layer needed that is closed.
    pub(super) fn ask_to_judge(&mut self) {
        let mut wanted = None;
        let scene = self.world.scene(true);
        let number = self.world.judgings + 1;
        for layer in &mut self.layers {
            wanted = layer.judging(number, &scene).or(wanted);
        }
        let depth = self.layers.len();
        if let Some(judging) = wanted {
            self.world.judgings = number;
            self.world.judged_under = Some(depth);
            self.effects.push(Effect::Judge(Box::new(judging)));
        } else if self.world.judged_under.is_some_and(|under| depth < under) {
            self.world.judged_under = None;
            self.effects.push(Effect::StopJudging);
        }
    }

    pub(super) fn judged(&mut self, judgement: &mut Judgement) {
        if judgement.is_complete && judgement.number == self.world.judgings {
            self.world.judged_under = None;
        }
        let scene = self.world.scene(true);
        let mut steps = Vec::new();
        for layer in &mut self.layers {
            if let Reaction::Taken(some) = layer.take_judgement(judgement, &scene) {
                steps.extend(some);
            }
        }
        if !steps.is_empty() {
            self.carry(steps);
        }
    }

    /// Takes note that assets or fields are no longer as they were, if news says so.
    pub(super) fn note_moment(&mut self, event: &Event) {
        if self.layers.is_empty() {
            // Nothing that was judged is shown.
            return;
        }
        let changes = match event {
            Event::Connected { .. }
            | Event::Restored(_)
            | Event::Gone { .. }
            | Event::Listed { .. }
            | Event::Values(_)
            | Event::Refreshed { .. }
            | Event::Settled { .. }
            | Event::RunRead { .. } => true,
            Event::Page {
                generation, assets, ..
            } => {
                let listing = &self.world.workbench.listing;
                let known = |asset: &Asset| listing.row(&asset.id).is_some();
                // What was not there before changes nothing for what was.
                *generation == listing.generation && assets.iter().any(known)
            }
            Event::ConnectFailed(_)
            | Event::RunsRestored { .. }
            | Event::RestoreFailed(_)
            | Event::Updated { .. }
            | Event::KeepDue { .. }
            | Event::ListFailed { .. }
            | Event::Arranged(_)
            | Event::Judged(_)
            | Event::Picture { .. }
            | Event::Persisted(_)
            | Event::PersistFailed(_)
            | Event::DryRun(_)
            | Event::Planned(_)
            | Event::RunStarted(_)
            | Event::Call { .. }
            | Event::RunWaits { .. }
            | Event::RunState { .. }
            | Event::RunLoaded(_)
            | Event::Exported(_)
            | Event::Reported { .. }
            | Event::HandedOver { .. }
            | Event::Copied { .. }
            | Event::Failed(_)
            | Event::Said(_) => false,
        };
        self.world.moment += u64::from(changes);
    }
}
