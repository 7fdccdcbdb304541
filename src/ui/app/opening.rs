//! What the workspace kept, after the first screen: until the listing is there the rows of the
//! assets are not known, and whatever needs them has to wait a moment.

use super::{App, news::Stale, world::World};
use crate::{
    domain::{Failure, RunId, Stamp, workbench::Rest},
    flow::Event,
    ui::{
        action::{Action, Mark, Work},
        front::{FRONT, Front},
        screens::browse::Browse,
        view::Progress,
    },
};

/// What waits for the listing to be open.
#[derive(Debug, Default)]
pub(super) struct Start {
    /// What was shown last, until then.
    pub(super) front: Option<Front>,
    /// What is shown first is to be kept once it is worked out.
    pub(super) is_old: bool,
    /// The listing is brought up to date as soon as it is open.
    pub(super) updates: bool,
}

/// Whether an action can't be done before the rows of the assets are known.
pub(super) fn needs_rows(action: Action) -> bool {
    match action {
        Action::Edit(_) => true,
        Action::Mark(mark) => mark != Mark::Toggle,
        // A run goes on from what is kept of it.
        Action::Work(work) => !matches!(work, Work::Pause | Work::Resume | Work::Stop),
        Action::Go(_) | Action::Move(_) | Action::View(_) | Action::Copy(_) | Action::Answer(_) => {
            false
        }
    }
}

impl App {
    /// More of what the workspace kept.
    pub(super) fn opened(&mut self, told: Event, stale: &mut Stale) {
        if let Event::Restored(rest) = told {
            self.restored(*rest, stale);
        } else if let Event::RunsRestored { runs, summaries } = told {
            self.world.workbench.restore_runs(runs, summaries);
            stale.states = true;
        } else if let Event::RestoreFailed(failure) = told {
            self.not_restored(&failure);
        }
    }

    /// The listing is there.
    fn restored(&mut self, rest: Rest, stale: &mut Stale) {
        self.world.start.front = None;
        let listed_ms = rest.listed_ms;
        let over: Vec<RunId> = rest.just_over.iter().map(|run| run.id.clone()).collect();
        self.world.workbench.absorb_rest(rest);
        self.world.identity.listed_ms = self.world.identity.listed_ms.or(listed_ms);
        for run in over {
            let stamp = Stamp {
                at_ms: self.world.now_ms,
                by: self.world.person(),
            };
            if let Some(operation) = self.world.workbench.settle_draft(&run, stamp) {
                self.persist(operation, String::new());
            }
        }
        stale.all();
        if std::mem::take(&mut self.world.start.updates) {
            self.update();
        }
    }

    /// Keeps what is at the top of the whole list for the next start, if that is worked out.
    pub(super) fn keep_front(&mut self) {
        let World {
            workbench, view, ..
        } = &self.world;
        let is_whole = view.query().is_empty() && view.progress() == Progress::Complete;
        if workbench.is_opening() || !is_whole || view.is_sorting() {
            return;
        }
        self.world.start.is_old = false;
        let front = Browse::front(&self.world.scene(false));
        self.keep_setting(FRONT, serde_json::to_string(&front));
    }

    /// It can't be read: nothing more is staged.
    fn not_restored(&mut self, failure: &Failure) {
        self.held.clear();
        self.world.start.front = None;
        self.world.workbench.read_only = Some(failure.why.clone());
        self.say(failure.sentence());
        if std::mem::take(&mut self.world.start.updates) {
            self.list();
        }
    }
}
