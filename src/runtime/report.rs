//! Reports of runs and what is handed over, written to files.

use std::path::{Path, PathBuf};

use super::{Runtime, now_ms};
use crate::{
    domain::{Failure, Run, RunId, Stamp, failure::FailureKind, oplog, run::Accepted},
    exchange::{
        Account, ExchangeError, Guard, Written, account_json, handover_note, handover_tsv,
        json_pretty, report_csv, report_markdown, write_kept, write_new,
    },
    flow::{Event, ReportFormat},
    store::Workspace,
};

const WHAT: &str = "could not write the report";
const HAND_OVER: &str = "could not hand the changes over";

/// A run, what was accepted of it, and which files of it we wrote before.
struct Loaded {
    run: Run,
    accepted: Accepted,
    written: Written,
}

impl Loaded {
    fn account(&self) -> Account<'_> {
        Account {
            run: &self.run,
            accepted: self.accepted.clone(),
            only: None,
        }
    }
}

impl Runtime {
    /// Writes reports of a run: into the reports folder, or one to a file of its own.
    pub(super) fn report(&self, run: RunId, formats: Vec<ReportFormat>, path: Option<PathBuf>) {
        let runtime = self.clone();
        self.spawn(async move {
            match runtime.reported(run.clone(), formats, path).await {
                Ok(paths) => runtime.tell(Event::Reported {
                    run,
                    paths,
                    automatic: None,
                }),
                Err(failure) => runtime.fail(failure),
            }
        });
    }

    /// Writes every report of a run that has ended, where the settings say so. That it could not
    /// be written is said and changes nothing about the run.
    pub(super) async fn report_at_the_end(&self, run: RunId) {
        if !self.0.settings.reports.automatic {
            return;
        }
        let done = self
            .reported(run.clone(), ReportFormat::ALL.to_vec(), None)
            .await;
        let (paths, automatic) = match done {
            Ok(paths) => (paths, Ok(())),
            Err(failure) => (Vec::new(), Err(failure)),
        };
        self.tell(Event::Reported {
            run,
            paths,
            automatic: Some(automatic),
        });
    }

    async fn reported(
        &self,
        run: RunId,
        formats: Vec<ReportFormat>,
        path: Option<PathBuf>,
    ) -> Result<Vec<PathBuf>, Failure> {
        let mut loaded = self.loaded(&run, WHAT).await?;
        let (folder, guard) = (self.0.reports.clone(), self.guard());
        let work = move || {
            let account = loaded.account();
            let mut files = Vec::new();
            for format in formats {
                files.push((format, rendered(&account, format, guard)?));
            }
            let mut paths = Vec::new();
            for (format, content) in files {
                if let Some(path) = &path {
                    write_new(&absolute(path), &content)?;
                    paths.push(path.clone());
                } else {
                    let stem = loaded.run.id.to_string();
                    let place = (folder.as_path(), stem.as_str(), format.extension());
                    paths.push(write_kept(place, &content, &mut loaded.written)?);
                }
            }
            Ok((paths, loaded.written))
        };
        let (paths, written) = in_background(WHAT, work).await?;
        self.remember(&run, &written);
        Ok(paths)
    }

    /// Writes a table of these changes for somebody else, and a note beside it.
    pub(super) fn hand_over(
        &self,
        (run, items): (RunId, Vec<u32>),
        words: String,
        path: Option<PathBuf>,
    ) {
        let runtime = self.clone();
        self.spawn(async move {
            let count = items.len() as u64;
            match runtime.handed_over((run, items), words, path).await {
                Ok(paths) => runtime.tell(Event::HandedOver { count, paths }),
                Err(failure) => runtime.fail(failure),
            }
        });
    }

    async fn handed_over(
        &self,
        (run, items): (RunId, Vec<u32>),
        words: String,
        path: Option<PathBuf>,
    ) -> Result<Vec<PathBuf>, Failure> {
        let loaded = self.loaded(&run, HAND_OVER).await?;
        let (folder, guard) = (self.0.reports.clone(), self.guard());
        let stamp = Stamp {
            at_ms: now_ms(),
            by: self.0.author.clone(),
        };
        let work = move || {
            let account = loaded.account();
            let mut table = Vec::new();
            handover_tsv(&account, &items, &mut table, guard).map_err(|error| rendering(&error))?;
            let stem = format!("{run}-handover");
            // Each is a paper of its own: nothing handed over before is written over.
            let mut fresh = Written::new();
            let table_path = match path {
                Some(path) => {
                    let path = absolute(&path);
                    write_new(&path, &table)?;
                    path
                }
                None => write_kept((&folder, &stem, "tsv"), &table, &mut fresh)?,
            };
            let name = table_path.file_name().unwrap_or_default();
            let words = (words.as_str(), &*name.to_string_lossy());
            let mut note = Vec::new();
            handover_note(&account, (&items, &stamp), words, &mut note)
                .map_err(|error| rendering(&error))?;
            let beside = table_path.parent().unwrap_or(&folder);
            let stem = table_path.file_stem().unwrap_or_default().to_string_lossy();
            let note_path = write_kept((beside, &stem, "md"), &note, &mut fresh)?;
            Ok(vec![table_path, note_path])
        };
        in_background(HAND_OVER, work).await
    }

    /// Whether cells of tables that a spreadsheet would run are guarded: one rule for every table.
    pub(super) fn guard(&self) -> Guard {
        if self.0.settings.reports.guard_formulas {
            Guard::Formulas
        } else {
            Guard::Exact
        }
    }

    async fn loaded(&self, run: &RunId, what: &'static str) -> Result<Loaded, Failure> {
        let id = run.clone();
        let work = move |workspace: &mut Workspace| {
            let log = workspace.operations()?;
            let written = workspace.setting(&key(&id))?;
            Ok(Loaded {
                accepted: Accepted::of(oplog::standing(&log), &id),
                written: written
                    .and_then(|json| serde_json::from_str(&json).ok())
                    .unwrap_or_default(),
                run: workspace.load_run(&id)?,
            })
        };
        self.0.disk.ask(what, work).await
    }

    /// Remembers which files are ours. Where that can't be kept, they are taken for foreign ones
    /// next time, and stay.
    fn remember(&self, run: &RunId, written: &Written) {
        let Ok(json) = serde_json::to_string(written) else {
            return;
        };
        let key = key(run);
        self.0.disk.tell(move |workspace| {
            let _ = workspace.set_setting(&key, &json);
        });
    }
}

/// Where the digests of a run's reports are kept.
fn key(run: &RunId) -> String {
    format!("reports:{run}")
}

/// A file name alone lies in the folder the program was started in.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

fn rendered(
    account: &Account<'_>,
    format: ReportFormat,
    guard: Guard,
) -> Result<Vec<u8>, ExchangeError> {
    let mut out = Vec::new();
    let done = match format {
        ReportFormat::Csv => report_csv(account, &mut out, guard),
        ReportFormat::Json => {
            out = json_pretty(&account_json(account)).into_bytes();
            out.push(b'\n');
            Ok(())
        }
        ReportFormat::Markdown => report_markdown(account, &mut out),
    };
    done.map(|()| out).map_err(|error| rendering(&error))
}

pub(super) fn rendering(error: &std::io::Error) -> ExchangeError {
    ExchangeError::File {
        path: PathBuf::from("the report"),
        why: error.to_string(),
    }
}

pub(super) async fn in_background<T: Send + 'static>(
    what: &'static str,
    work: impl FnOnce() -> Result<T, ExchangeError> + Send + 'static,
) -> Result<T, Failure> {
    let failure = |why: String| Failure {
        what: what.into(),
        why,
        hint: "choose another folder or name".into(),
        kind: FailureKind::Local,
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|error| failure(error.to_string())),
        Err(stopped) => Err(failure(stopped.to_string())),
    }
}
