//! What happened before, and what others did: runs read again to be taken back, and changes that
//! were seen from outside.

use super::{App, news::Stale};
use crate::{
    domain::{Run, RunId, outside, revert::Reread},
    flow::Effect,
    ui::{
        action::Action,
        component::{ScreenId, Step},
        dialogs,
        widgets::text,
    },
};

impl App {
    /// Keeps what others changed.
    pub(super) fn note_outside(&mut self) {
        let known: u64 = self.outside_known();
        let Some(value) = self.world.workbench.note_outside(self.world.now_ms) else {
            return;
        };
        let key = outside::KEPT.to_owned();
        self.effects.push(Effect::SaveSetting { key, value });
        let fresh = self.outside_known().saturating_sub(known);
        if fresh > 0 {
            let values = text::counted(fresh, "value");
            self.say(format!(
                "Others changed {values} since they were read; 5 shows them."
            ));
        }
    }

    /// The steps that show a run in Results and do something with it; one that is not loaded is
    /// loaded first.
    pub(super) fn open_run(&mut self, run: RunId, then: Action) -> Vec<Step> {
        if self.world.workbench.run(&run).is_some() {
            self.world.opening = None;
            return vec![
                Step::Show(ScreenId::Results),
                Step::Do(then, run.to_string()),
            ];
        }
        if !self.world.workbench.knows_run(&run) {
            return vec![Step::Say(format!("There is no run {run}."))];
        }
        self.world.opening = Some((run.clone(), then));
        vec![
            Step::Say(format!("Opening {run}.")),
            Step::Effect(Effect::LoadRun(run)),
        ]
    }

    /// A run was loaded; it is shown if somebody waits for it.
    pub(super) fn run_loaded(&mut self, run: Run) {
        let id = run.id.clone();
        self.world.workbench.absorb_run(run);
        let meant = self.world.opening.as_ref();
        let then = meant.filter(|(run, _)| *run == id).map(|(_, then)| *then);
        if let Some(then) = then.filter(|_| self.layers.is_empty()) {
            let steps = self.open_run(id, then);
            self.carry(steps);
        }
    }

    fn outside_known(&self) -> u64 {
        let looks = self.world.workbench.outside().iter();
        looks.map(outside::Outside::count).sum()
    }

    /// The assets of a run were read again: shows how the run would be taken back.
    pub(super) fn run_read(&mut self, run: Run, read: &Reread, stale: &mut Stale) {
        let bench = &mut self.world.workbench;
        bench.absorb_reread(read);
        let reversal = bench.reversal(&run, read);
        bench.absorb_run(run);
        for asset in &read.assets {
            self.world.pictures.forget(&asset.id);
        }
        stale.rows = true;
        stale.order = true;
        let layer = Box::new(dialogs::Revert::new(reversal, self.world.workbench.draft()));
        if !self.layers.is_empty() {
            self.say("The run is read again; close this and you see what can be taken back.");
        }
        self.world.waiting = Some(layer);
    }

    /// Opens a dialog that waited until no other one is open, so that nobody's keys fall into it.
    pub(super) fn open_waiting(&mut self) {
        if !self.layers.is_empty() {
            return;
        }
        if let Some(layer) = self.world.waiting.take() {
            self.layers.push(layer);
            self.changed = true;
        }
    }
}
