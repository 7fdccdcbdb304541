//! Reports of runs, written to files.

use std::path::{Path, PathBuf};

use super::Runtime;
use crate::{
    domain::{Failure, Run, RunId, failure::FailureKind, points::Comparison},
    exchange::{Guard, comparison_csv, report_csv, report_json, report_markdown, write_file},
    flow::{Event, ReportFormat},
};

const WHAT: &str = "could not write the report";

impl Runtime {
    /// Writes the report of a run.
    pub(super) fn report(&self, run: RunId, format: ReportFormat, path: Option<PathBuf>) {
        let name = format!("{run}.{}", format.extension());
        let path = path.unwrap_or_else(|| self.0.reports.join(name));
        let runtime = self.clone();
        self.spawn(async move {
            let loading = runtime
                .0
                .disk
                .ask(WHAT, move |workspace| workspace.load_run(&run));
            let run = match loading.await {
                Ok(run) => run,
                Err(failure) => return runtime.fail(failure),
            };
            let to = path.clone();
            let written = tokio::task::spawn_blocking(move || write(&run, format, &to)).await;
            match written {
                Ok(Ok(())) => runtime.tell(Event::ReportWritten(path)),
                Ok(Err(why)) => runtime.fail(failure(why)),
                Err(stopped) => runtime.fail(failure(stopped.to_string())),
            }
        });
    }
}

/// Writes a comparison of two restore points.
pub(super) fn write_table(comparison: &Comparison, path: &Path) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    }
    let written = write_file(path, |out| comparison_csv(comparison, out, Guard::Exact));
    written.map_err(|error| error.to_string())
}

fn write(run: &Run, format: ReportFormat, path: &Path) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    }
    let written = write_file(path, |out| match format {
        ReportFormat::Csv => report_csv(run, out, Guard::Exact),
        ReportFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &report_json(run))?;
            out.write_all(b"\n")
        }
        ReportFormat::Markdown => report_markdown(run, out),
    });
    written.map_err(|error| error.to_string())
}

pub(super) fn failure(why: String) -> Failure {
    Failure {
        what: WHAT.into(),
        why,
        hint: "choose another folder".into(),
        kind: FailureKind::Local,
    }
}
