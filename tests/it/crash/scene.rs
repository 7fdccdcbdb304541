//! The run that is cut: metadata and thumbnails in several calls, one lost reply, two assets
//! nobody may write, one value that somebody changed after it was staged. And the check of how it
//! ended, against the library's own log.

use std::{
    collections::{BTreeMap, BTreeSet},
    os::unix::process::ExitStatusExt,
    path::PathBuf,
};

use armarius::catalogue::writes::LogEntry;
use serde_json::Value as Json;

use super::steps::{Steps, Trace};
use crate::support::{Desk, Library, Ran};

const FAULTS: &str = "refuse-folder=AW26,write-then-drop=nth:2";
/// What was sent counts as lost when two seconds are over.
pub(super) const HURRIED: &str = "batch_size = 3\nconcurrency = 2\ntimeout_s = 2";
const DRIFTED: &str = "SKT_0000006_FRONT";
const PICTURE: &str = "JKT_0000001_BACK";

/// (asset, field)
pub(super) type Place = (String, String);
/// How every change of a run ended.
pub(super) type Outcomes = BTreeMap<Place, String>;

/// A library, a desk with a draft for it, and the program.
pub(super) struct Scene {
    /// The library with its log.
    pub(super) library: Library,
    desk: Desk,
    profile: &'static str,
}

impl Scene {
    /// Everything staged, nothing sent.
    pub(super) fn staged(profile: &'static str) -> Self {
        Self::behind(profile, str::to_owned)
    }

    /// The same at a desk that reaches the library by another way.
    pub(super) fn behind(profile: &'static str, way: impl FnOnce(&str) -> String) -> Self {
        let scene = Self::bare(profile, way);
        let _ = scene.run(&scene.stage_words()).ends(0);
        scene.library.meddle(DRIFTED, "Title", "Theirs");
        scene
    }

    /// Nothing staged.
    pub(super) fn bare(profile: &'static str, way: impl FnOnce(&str) -> String) -> Self {
        let library = Library::misbehaving(30, FAULTS);
        let desk = Desk::at(&way(library.address()), HURRIED);
        Self {
            library,
            desk,
            profile,
        }
    }

    /// The words that stage it all.
    pub(super) fn stage_words(&self) -> Vec<&'static str> {
        let mut words = vec![
            "stage",
            "--query",
            "name:~^(PNT|TEE|SKT)",
            "--set",
            "Title=Mine",
            "--clear",
            "Rights",
        ];
        if self.profile == "soap" {
            words.extend(["--thumbnail", PICTURE]);
        }
        words
    }

    /// Runs the program to its end.
    pub(super) fn run(&self, words: &[&str]) -> Ran {
        self.desk.on(self.profile, words)
    }

    /// The desk, for what is unusual.
    pub(super) fn desk(&self) -> &Desk {
        &self.desk
    }

    /// The words with the profile.
    pub(super) fn words<'a>(&self, words: &[&'a str]) -> Vec<&'a str> {
        let mut all = vec!["-p", self.profile];
        all.extend(words);
        all
    }

    /// Runs the program with its steps counted; gives its end and what it did.
    pub(super) fn run_watched(&self, words: &[&str], steps: Steps) -> (Watched, Trace) {
        let trace = self.trace();
        drop(std::fs::remove_file(&trace));
        let mut command = self.desk.command(&self.words(words));
        steps.watch(&mut command, &self.desk.folder().join("data"), &trace);
        let output = command.output().unwrap();
        let watched = Watched {
            killed: output.status.signal() == Some(9),
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            said: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        (watched, Trace::read(&trace))
    }

    /// The power goes: what was written into the log of the workspace and not yet synced before
    /// a step is gone.
    pub(super) fn power_cut(&self, trace: &Trace, step: usize) {
        let log = self.folder().join("workspace.sqlite-wal");
        let durable = trace.durable("workspace.sqlite-wal", step);
        if let Ok(file) = std::fs::OpenOptions::new().write(true).open(log) {
            let size = file.metadata().unwrap().len();
            file.set_len(size.min(durable)).unwrap();
        }
    }

    /// Where the workspace lies.
    pub(super) fn folder(&self) -> PathBuf {
        self.desk.folder().join("data").join(self.profile)
    }

    fn trace(&self) -> PathBuf {
        self.desk.folder().join("trace")
    }

    /// Goes on until the run is over, whatever is left of it, and gives its report.
    pub(super) fn finish(&self) -> Told {
        let resumed = self.run(&["resume", "--format", "json"]);
        let over = "no run was interrupted or is paused";
        if !resumed.said.contains(over) {
            let _ = resumed.ends(3);
        } else if self.report().is_none() {
            // It was killed before the run was kept: then nothing was sent.
            assert_eq!(self.written(), [], "sent before it was kept");
            let _ = self.run(&["submit", "--yes"]).ends(3);
        }
        let told = self.report().unwrap();
        assert_eq!(told.0["run"], "R-0001", "one run, and no other");
        assert_eq!(told.0["state"], "finished");
        told
    }

    /// The report of the last run, if there ever was one.
    pub(super) fn report(&self) -> Option<Told> {
        let report = self.run(&["report", "--format", "json"]);
        let never = report.said.contains("nothing was ever submitted");
        (!never).then(|| Told(report.ends(0).json()))
    }

    /// What we wrote, by the library's log.
    pub(super) fn written(&self) -> Vec<LogEntry> {
        let mut log = self.library.writes();
        log.retain(|entry| entry.face != "house");
        log
    }

    /// Insists that what is told is what is there: nothing lost, nothing twice, and the draft
    /// holds what is not written.
    pub(super) fn agrees(&self, told: &Told) {
        let mut times: BTreeMap<Place, usize> = BTreeMap::new();
        for entry in self.written() {
            *times.entry((entry.asset, entry.field)).or_default() += 1;
        }
        let mut failed = BTreeSet::new();
        for item in told.items() {
            let (name, field) = place(item);
            let asset = self.library.asset(&name);
            let times = times.remove(&(asset.id.clone(), logged(&field).to_owned()));
            let applied = item["outcome"] == "applied";
            assert_eq!(times.unwrap_or(0), usize::from(applied), "written: {item}");
            if !applied {
                failed.insert((name, field));
            } else if field == "thumbnail" {
                assert_eq!(asset.thumbnail.as_deref(), Some("a|1"), "{item}");
            } else {
                let wanted: Vec<&str> = item["wanted"].as_str().into_iter().collect();
                assert_eq!(self.library.values(&name, &field), wanted, "{item}");
            }
        }
        assert!(times.is_empty(), "nobody asked for {times:?}");
        // A conflict that was known before the run is not sent, and stays staged.
        let drifted = (DRIFTED.to_owned(), "Title".to_owned());
        if !told.items().iter().any(|item| place(item) == drifted) {
            failed.insert(drifted);
        }
        assert_eq!(self.drafted(), failed, "the draft holds what failed");
        assert_eq!(self.library.values(DRIFTED, "Title"), ["Theirs"]);
    }

    /// What the draft holds.
    pub(super) fn drafted(&self) -> BTreeSet<Place> {
        let draft = self.run(&["draft", "--format", "jsonl"]).ends(0);
        draft.json_lines().iter().map(place).collect()
    }

    /// Insists that what a run has settled so far is true, whatever is still open.
    pub(super) fn is_honest(&self) {
        let log = self.written();
        for item in self.report().iter().flat_map(Told::items) {
            if item["outcome"] == "applied" {
                let (name, field) = place(item);
                let id = self.library.asset(&name).id;
                let is_it = |one: &LogEntry| one.asset == id && one.field == logged(&field);
                assert!(log.iter().any(is_it), "told and not there: {item}");
            }
        }
    }
}

/// What `report --format json` says of a run.
pub(super) struct Told(Json);

impl Told {
    fn items(&self) -> &[Json] {
        self.0["items"].as_array().unwrap()
    }

    /// How every change ended.
    pub(super) fn outcomes(&self) -> Outcomes {
        let outcome = |item: &Json| (place(item), item["outcome"].as_str().unwrap().to_owned());
        self.items().iter().map(outcome).collect()
    }

    /// Insists that a run ended as if nothing had happened to it.
    pub(super) fn is(&self, expected: &Outcomes, at: Option<&str>) {
        let other = |item: &&Json| {
            let known = expected.get(&place(item));
            known.map(String::as_str) != item["outcome"].as_str()
        };
        let others: Vec<&Json> = self.items().iter().filter(other).collect();
        assert!(
            others.is_empty() && self.items().len() == expected.len(),
            "not as if nobody had touched it, at {at:?}: {others:#?}"
        );
    }
}

/// The library's name of a field in its log.
fn logged(field: &str) -> &str {
    if field == "thumbnail" {
        "(thumbnail)"
    } else {
        field
    }
}

/// How a watched program ended.
#[derive(Debug)]
pub(super) struct Watched {
    /// By `SIGKILL`.
    pub(super) killed: bool,
    /// Its exit code.
    pub(super) code: Option<i32>,
    /// Its answer.
    pub(super) out: String,
    /// Its messages.
    pub(super) said: String,
}

fn place(item: &Json) -> Place {
    let word = |key: &str| item[key].as_str().unwrap().to_owned();
    (word("name"), word("field"))
}
