//! History without a screen: runs opened, taken back and compared, and what others changed.

use super::{Headless, HeadlessError, failed, local};
use crate::{
    domain::{
        AssetId, Command, Failure, Operation, Run, RunId, Stamp, outside,
        points::{self, Comparison, Point},
        revert::Reversal,
    },
    flow::{Effect, Event},
};

impl Headless {
    /// A run with its changes, loaded if it is an older one; the last one if none is named.
    ///
    /// # Errors
    ///
    /// If there is none, or it can't be read.
    pub async fn loaded(&mut self, run: Option<&RunId>) -> Result<&Run, Failure> {
        let meant = run.cloned().or_else(|| self.workbench.last_run_id());
        if let Some(wanted) = meant
            && self.workbench.run(&wanted).is_none()
            && self.workbench.knows_run(&wanted)
        {
            self.perform(Effect::LoadRun(wanted.clone()));
            self.until(move |event| {
                let come = matches!(event, Event::RunLoaded(run) if run.id == wanted);
                if come { Some(Ok(())) } else { failed(event) }
            })
            .await?;
        }
        self.find(run)
    }

    /// Reads the assets of a run again and works out how it is taken back; the last run if none is
    /// named. Stages nothing and writes nothing.
    ///
    /// # Errors
    ///
    /// If there is no such run, or its assets can't be read.
    pub async fn reversal(&mut self, run: Option<&RunId>) -> Result<Reversal, Failure> {
        let id = self.loaded(run).await?.id.clone();
        self.perform(Effect::ReadForRevert(id.clone()));
        let read = self.until(move |event| {
            if let Event::RunRead { run, read } = event
                && run.id == id
            {
                return Some(Ok((run.clone(), read.clone())));
            }
            failed(event)
        });
        let (run, read) = read.await?;
        Ok(self.workbench.reversal(&run, &read))
    }

    /// Stages a reversal as one step of the draft; durable when this returns.
    ///
    /// # Errors
    ///
    /// If it is refused, or can't be kept.
    pub async fn revert(&mut self, reversal: &Reversal) -> Result<Operation, HeadlessError> {
        self.apply(&Command::Revert {
            run: reversal.run.clone(),
            asked: reversal.asked.clone(),
        })
        .await
    }

    /// Compares two restore points. Where one of them is now, the assets concerned are read again
    /// first.
    ///
    /// # Errors
    ///
    /// If a run is unknown, or something can't be read.
    pub async fn compare(&mut self, points: (Point, Point)) -> Result<Comparison, Failure> {
        for run in [&points.0, &points.1].into_iter().filter_map(Point::run) {
            if !self.workbench.knows_run(run) {
                return Err(local(
                    "could not compare".into(),
                    &format!("there is no run {run}"),
                ));
            }
        }
        let all: Vec<RunId> = self
            .workbench
            .summaries()
            .into_iter()
            .map(|one| one.id)
            .collect();
        let needed = points::needed(&all, (&points.0, &points.1));
        for run in &needed {
            self.loaded(Some(run)).await?;
        }
        if points.0 == Point::Now || points.1 == Point::Now {
            self.reread(&needed).await?;
        }
        Ok(self.workbench.compare(points))
    }

    async fn reread(&mut self, runs: &[RunId]) -> Result<(), Failure> {
        let runs = runs.iter().filter_map(|run| self.workbench.run(run));
        let items = runs.flat_map(|run| &run.items);
        let ids: indexmap::IndexSet<AssetId> = items.map(|item| item.asset.clone()).collect();
        let ids: Vec<AssetId> = ids.into_iter().collect();
        let mut left = ids.len();
        if left == 0 {
            return Ok(());
        }
        self.perform(Effect::Refresh(ids));
        self.until(move |event| {
            if let Event::Refreshed { assets, gone } = event {
                left = left.saturating_sub(assets.len() + gone.len());
                return (left == 0).then_some(Ok(()));
            }
            failed(event)
        })
        .await
    }

    /// Keeps what others changed.
    pub(super) fn note_outside(&mut self) {
        let Stamp { at_ms, .. } = self.runtime.stamp();
        if let Some(value) = self.workbench.note_outside(at_ms) {
            let key = outside::KEPT.to_owned();
            self.perform(Effect::SaveSetting { key, value });
        }
    }
}
