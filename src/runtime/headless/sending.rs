//! What a command hears while it waits, and trying a plan without sending it.

use super::{Headless, failed};
use crate::{
    domain::{
        Failure, Run,
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

impl Headless {
    /// Lets somebody hear the news on the way.
    pub fn on_progress(&mut self, progress: impl FnMut(Progress<'_>) + Send + 'static) {
        self.progress = Some(Box::new(progress));
    }

    /// Passes news on that nobody waits for by name.
    pub(super) fn pass_on(&mut self, event: &Event) {
        let Some(progress) = &mut self.progress else {
            return;
        };
        if let Event::RunWaits { seconds, why, .. } = event {
            progress(Progress::Waits(*seconds, why));
        } else if let Event::Said(sentence) = event {
            progress(Progress::Said(sentence));
        } else if let Event::Settled { run, .. } = event
            && let Some(run) = self.workbench.run(run)
        {
            progress(Progress::Outcomes(run));
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
