//! What a command hears while it waits, and trying a plan without sending it.

use super::{Headless, failed};
use crate::{
    domain::{
        Failure, Run, RunId,
        plan::{DryRun, Plan},
    },
    flow::{Effect, Event},
};

/// News on the way.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'a> {
    /// Changes of a run have ended.
    Outcomes(&'a Run),
    /// Nothing can be sent for so many seconds, and why.
    Waits(u64, &'a str),
    /// Something worth saying.
    Said(&'a str),
}

/// News to pass on once the workbench has taken it in.
pub(super) enum Told {
    Waits(u64, String),
    Said(String),
    Outcomes(RunId),
}

/// What of an event is passed on.
pub(super) fn told(event: &Event) -> Option<Told> {
    if let Event::RunWaits { seconds, why, .. } = event {
        return Some(Told::Waits(*seconds, why.clone()));
    }
    if let Event::Said(sentence) = event {
        return Some(Told::Said(sentence.clone()));
    }
    if let Event::Settled { run, .. } = event {
        return Some(Told::Outcomes(run.clone()));
    }
    None
}

impl Headless {
    /// Lets somebody hear the news on the way.
    pub fn on_progress(&mut self, progress: impl FnMut(Progress<'_>) + Send + 'static) {
        self.progress = Some(Box::new(progress));
    }

    /// Passes news on that nobody waits for by name.
    pub(super) fn pass_on(&mut self, told: Told) {
        let Some(progress) = &mut self.progress else {
            return;
        };
        match told {
            Told::Waits(seconds, why) => progress(Progress::Waits(seconds, &why)),
            Told::Said(sentence) => progress(Progress::Said(&sentence)),
            Told::Outcomes(run) => {
                if let Some(run) = self.workbench.run(&run) {
                    progress(Progress::Outcomes(run));
                }
            }
        }
    }

    /// Finds out what would become of a plan if it were sent now. Sends nothing.
    ///
    /// # Errors
    ///
    /// If the endpoint can't be read.
    pub async fn dry_run(&mut self, plan: &Plan) -> Result<DryRun, Failure> {
        self.perform(Effect::DryRun {
            items: plan.items.clone(),
            digest: plan.digest.clone(),
        });
        self.until(|event| {
            if let Event::DryRun(found) = event {
                return Some(Ok((**found).clone()));
            }
            failed(event)
        })
        .await
    }
}
