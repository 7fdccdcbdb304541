//! What is done about a run without a screen: retry, read back, report, hand over.

use std::path::PathBuf;

use super::{Headless, failed, local};
use crate::{
    domain::{Failure, Run, RunId, plan::Plan},
    flow::{Effect, Event, ReportFormat},
};

impl Headless {
    /// The changes of a run that are not on the server, nor accepted: what a retry is about if
    /// nothing else is said.
    ///
    /// # Errors
    ///
    /// If there is no such run.
    pub async fn unwritten(&mut self, run: Option<&RunId>) -> Result<Vec<u32>, Failure> {
        let id = self.loaded(run).await?.id.clone();
        let run = self.find(Some(&id))?;
        let is_open = |place: &u32| {
            let settled = run.settled[*place as usize].as_ref();
            !settled.is_some_and(|settled| settled.outcome.is_written())
                && !self.workbench.is_accepted(&run.id, *place)
        };
        let places = 0..u32::try_from(run.items.len()).unwrap_or(u32::MAX);
        Ok(places.filter(is_open).collect())
    }

    /// The part of the plan that sends these changes of a run again, as far as that does no harm,
    /// and what stays behind, in words.
    ///
    /// # Errors
    ///
    /// If there is no such run.
    pub async fn plan_of_retry(
        &mut self,
        run: Option<&RunId>,
        places: &[u32],
    ) -> Result<(Plan, String), Failure> {
        let id = self.loaded(run).await?.id.clone();
        let run = self.find(Some(&id))?;
        let again = self.workbench.again(run, places.iter().copied());
        let capabilities = self.workbench.capabilities.as_ref();
        let most = capabilities.map_or(1, |able| able.max_batch.max(1));
        let batch_size = self.batch_size().clamp(1, most);
        let plan = self.plan().only(batch_size, |item| {
            again.changes.contains(&(item.row, item.field.clone()))
        });
        let plan = plan.with_canary(&self.rules, batch_size);
        Ok((plan, again.words()))
    }

    /// Submits again what a run did not get through and is still staged, as far as that does no
    /// harm; the last run if none is named. Stages nothing.
    ///
    /// # Errors
    ///
    /// If there is no such run, nothing of it is left to send, or the new run could not begin.
    pub async fn retry(&mut self, run: Option<&RunId>) -> Result<Run, Failure> {
        let places = self.unwritten(run).await?;
        self.retry_these(run, &places).await
    }

    /// The same for these changes of the run alone, as places in it.
    ///
    /// # Errors
    ///
    /// As [`retry`](Self::retry).
    pub async fn retry_these(
        &mut self,
        run: Option<&RunId>,
        places: &[u32],
    ) -> Result<Run, Failure> {
        let (plan, left) = self.plan_of_retry(run, places).await?;
        let id = self.loaded(run).await?.id.clone();
        if plan.items.is_empty() {
            let mut why = "nothing it failed on is still staged and safe to send again".to_owned();
            if !left.is_empty() {
                why = format!("{why}: {left}");
            }
            return Err(local(format!("could not retry {id}"), &why));
        }
        self.submit(&plan, &format!("retry of {id}")).await
    }

    /// Reads a run's unknown changes back, or all of them if none is unknown.
    ///
    /// # Errors
    ///
    /// If there is no such run, or the endpoint can't be read.
    pub async fn read_back(&mut self, run: Option<&RunId>) -> Result<Run, Failure> {
        let id = self.loaded(run).await?.id.clone();
        self.perform(Effect::ReadBack(id.clone()));
        self.follow(id).await
    }

    /// Writes the report of a run, the last one if none is named; returns where it lies.
    ///
    /// # Errors
    ///
    /// If there is no such run, or the file can't be written.
    pub async fn report(
        &mut self,
        run: Option<&RunId>,
        format: ReportFormat,
        path: Option<PathBuf>,
    ) -> Result<PathBuf, Failure> {
        let run = self.loaded(run).await?.id.clone();
        let formats = vec![format];
        self.perform(Effect::Report { run, formats, path });
        self.until(|event| {
            if let Event::Reported { paths, .. } = event {
                return paths.first().cloned().map(Ok);
            }
            failed(event)
        })
        .await
    }

    /// Writes a table of these changes of a run for somebody else, and a note with these words
    /// beside it; returns where both lie.
    ///
    /// # Errors
    ///
    /// If there is no such run, or a file can't be written.
    pub async fn hand_over(
        &mut self,
        (run, items): (RunId, Vec<u32>),
        words: String,
        path: Option<PathBuf>,
    ) -> Result<Vec<PathBuf>, Failure> {
        self.perform(Effect::HandOver {
            run,
            items,
            words,
            path,
        });
        self.until(|event| {
            if let Event::HandedOver { paths, .. } = event {
                return Some(Ok(paths.clone()));
            }
            failed(event)
        })
        .await
    }

    /// Where the reports of the last run followed lie, or why they could not be written; empty if
    /// none are written by themselves.
    ///
    /// # Errors
    ///
    /// Why they could not be written; the run is none the worse for it.
    pub fn reported(&self) -> Result<&[PathBuf], &Failure> {
        self.reported.as_deref()
    }

    /// Waits for the reports that are written by themselves at the end of a run.
    pub(super) async fn await_reports(&mut self, id: &RunId) -> Result<(), Failure> {
        let told = self.until(|event| {
            if let Event::Reported {
                run,
                paths,
                automatic: Some(done),
            } = event
                && run == id
            {
                return Some(Ok((paths.clone(), done.clone())));
            }
            None
        });
        let (paths, done) = told.await?;
        self.reported = done.map(|()| paths);
        Ok(())
    }
}
