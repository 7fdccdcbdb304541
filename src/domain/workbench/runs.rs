//! The runs known: the ones loaded with their changes, and all of them in short.

use super::Workbench;
use crate::domain::{
    Run, RunId,
    run::{
        RunState::{Paused, Running},
        RunSummary, Tally,
    },
};

impl Workbench {
    /// The runs that are loaded, oldest first.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// How many pieces of news of runs were taken in: what was worked out of them is stale once
    /// it grew.
    pub fn run_news(&self) -> u64 {
        self.run_news
    }

    /// A run that is loaded.
    pub fn run(&self, id: &RunId) -> Option<&Run> {
        self.runs.iter().find(|run| run.id == *id)
    }

    /// How many changes of a loaded run ended where: counted as they end, so that asking costs the
    /// same whatever the size of the run.
    pub fn tally(&self, run: &Run) -> Tally {
        let known = self.tallies.get(&run.id).copied();
        known.unwrap_or_else(|| run.tally())
    }

    /// The run that goes on now, if one does.
    pub fn current_run(&self) -> Option<&Run> {
        let last = self.runs.last();
        last.filter(|run| matches!(run.state, Running | Paused))
    }

    /// The last run that goes on, or waits for somebody to go on with it.
    pub fn unfinished_run(&self) -> Option<&Run> {
        self.runs.iter().rev().find(|run| run.is_unfinished())
    }

    /// All runs of the workspace in short, oldest first, whether they are loaded or not.
    pub fn summaries(&self) -> Vec<RunSummary> {
        let mut all: Vec<RunSummary> = self.unloaded().cloned().collect();
        all.extend(self.runs.iter().map(Run::summary));
        all.sort_by_key(|summary| summary.id.number());
        all
    }

    /// The runs whose changes are not at hand, oldest first.
    pub fn unloaded(&self) -> impl Iterator<Item = &RunSummary> {
        let unloaded = |summary: &&RunSummary| self.run(&summary.id).is_none();
        self.summaries.iter().filter(unloaded)
    }

    /// The names of all runs of the workspace, oldest first, whether they are loaded or not.
    pub fn run_ids(&self) -> Vec<RunId> {
        let kept = self.summaries.iter().map(|summary| &summary.id);
        let mut all: Vec<RunId> = kept
            .chain(self.runs.iter().map(|run| &run.id))
            .cloned()
            .collect();
        all.sort_by_key(RunId::number);
        all.dedup();
        all
    }

    /// The last run of the workspace, loaded or not.
    pub fn last_run_id(&self) -> Option<RunId> {
        self.run_ids().pop()
    }

    /// Whether there is such a run, loaded or not.
    pub fn knows_run(&self, id: &RunId) -> bool {
        self.run(id).is_some() || self.summaries.iter().any(|summary| summary.id == *id)
    }

    /// The runs the workspace keeps, in short.
    pub fn restore_summaries(&mut self, summaries: Vec<RunSummary>) {
        self.run_news += 1;
        self.summaries = summaries;
    }

    /// The runs the workspace keeps: the last ones, and all in short. What was loaded or told
    /// before is newer.
    pub fn restore_runs(&mut self, runs: Vec<Run>, summaries: Vec<RunSummary>) {
        self.restore_summaries(summaries);
        for run in runs {
            if self.run(&run.id).is_none() {
                self.absorb_run(run);
            }
        }
    }

    /// A run that was started, or loaded.
    pub fn absorb_run(&mut self, run: Run) {
        self.run_news += 1;
        self.tallies.insert(run.id.clone(), run.tally());
        super::failed::note(&mut self.failed, &run, run.settled.iter().flatten());
        let number = run.id.number();
        if let Some(place) = self.runs.iter().position(|known| known.id == run.id) {
            self.runs[place] = run;
            return;
        }
        let earlier = |known: &Run| known.id.number() <= number;
        let place = self.runs.partition_point(earlier);
        self.runs.insert(place, run);
    }
}
