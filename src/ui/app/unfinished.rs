//! A run that is not over: how far it is, in the window's title too, and the bell at its end.

use super::App;
use crate::domain::{Outcome, Run, Workbench, run::RunState};

/// How much of a run has its outcome, in per cent.
pub(super) fn percent(run: &Run, workbench: &Workbench) -> usize {
    let done = workbench.tally(run).total() as usize * 100;
    done.checked_div(run.items.len()).unwrap_or(0)
}

impl App {
    /// What the window is called while a run goes on: `R-0413 88% E1`.
    pub fn title(&self) -> Option<String> {
        let run = self.world.workbench.current_run()?;
        let mut title = format!("{} {}%", run.id, percent(run, &self.world.workbench));
        let tally = self.world.workbench.tally(run);
        for outcome in [Outcome::Refused, Outcome::Unknown, Outcome::Conflict] {
            let count = tally.of(outcome);
            if count > 0 {
                title.extend([" ", &outcome.letter().to_string(), &count.to_string()]);
            }
        }
        if run.state == RunState::Paused {
            title.push_str(" paused");
        }
        Some(title)
    }

    /// Whether the bell should ring, once: a run is over.
    pub fn take_bell(&mut self) -> bool {
        std::mem::take(&mut self.world.bell) && self.rings
    }
}
