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

use super::steps::{Steps, taken};
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
        let library = Library::misbehaving(30, FAULTS);
        let desk = Desk::at(library.address(), HURRIED);
        Self::with(library, desk, profile)
    }

    /// The same at a desk that reaches the library by another way.
    pub(super) fn behind(profile: &'static str, way: impl Fn(&Library) -> String) -> Self {
        let library = Library::misbehaving(30, FAULTS);
        let desk = Desk::at(&way(&library), HURRIED);
        Self::with(library, desk, profile)
    }

    fn with(library: Library, desk: Desk, profile: &'static str) -> Self {
        let scene = Self {
            library,
            desk,
            profile,
        };
        let _ = scene.run(&scene.stage_words()).ends(0);
        scene.library.meddle(DRIFTED, "Title", "Theirs");
        scene
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

    /// Runs the program with its steps counted; gives its end and the steps it took.
    pub(super) fn run_watched(&self, words: &[&str], steps: Steps) -> (Watched, Vec<String>) {
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
        (watched, taken(&trace))
    }

    fn trace(&self) -> PathBuf {
        self.desk.folder().join("trace")
    }

    /// Goes on until the run is over, whatever is left of it, and gives its outcomes.
    pub(super) fn finish(&self) -> Outcomes {
        let resumed = self.run(&["resume", "--format", "json"]);
        if resumed.said.contains("no run was interrupted or is paused") {
            let report = self.run(&["report", "--format", "json"]);
            if report.said.contains("nothing was ever submitted") {
                // It was killed before the run was kept: then nothing was sent.
                assert_eq!(self.written(), [], "sent before it was kept");
                let _ = self.run(&["submit", "--yes"]).ends(3);
            }
        } else {
            let _ = resumed.ends(3);
        }
        self.outcomes()
    }

    /// What the report says of every change.
    pub(super) fn outcomes(&self) -> Outcomes {
        let told = self.told();
        assert_eq!(told["run"], "R-0001", "one run, and no other");
        assert_eq!(told["state"], "finished");
        let outcome = |item: &Json| (place(item), item["outcome"].as_str().unwrap().to_owned());
        items(&told).iter().map(outcome).collect()
    }

    /// Insists that a run ended as if nothing had happened to it.
    pub(super) fn are(&self, outcomes: &Outcomes, expected: &Outcomes, at: Option<&String>) {
        let other = |(place, word): &(&Place, &String)| expected.get(*place) != Some(*word);
        let others: Vec<_> = outcomes.iter().filter(other).collect();
        let told = self.told();
        let reasons: Vec<&Json> = items(&told)
            .iter()
            .filter(|item| others.iter().any(|(at, _)| **at == place(item)))
            .collect();
        assert!(
            others.is_empty() && outcomes.len() == expected.len(),
            "not as if nobody had touched it, at {at:?}: {reasons:#?}"
        );
    }

    fn told(&self) -> Json {
        self.run(&["report", "--format", "json"]).ends(0).json()
    }

    /// What we wrote, by the library's log.
    pub(super) fn written(&self) -> Vec<LogEntry> {
        let mut log = self.library.writes();
        log.retain(|entry| entry.face != "house");
        log
    }

    /// Insists that what is told is what is there: nothing lost, nothing twice, and the draft
    /// holds what is not written.
    pub(super) fn agrees(&self) {
        let told = self.told();
        let mut times: BTreeMap<Place, usize> = BTreeMap::new();
        for entry in self.written() {
            *times.entry((entry.asset, entry.field)).or_default() += 1;
        }
        let mut failed = BTreeSet::new();
        for item in items(&told) {
            let (name, field) = place(item);
            let asset = self.library.asset(&name);
            let logged = if field == "thumbnail" {
                "(thumbnail)"
            } else {
                &field
            };
            let times = times.remove(&(asset.id.clone(), logged.to_owned()));
            let applied = item["outcome"] == "applied";
            assert_eq!(times.unwrap_or(0), usize::from(applied), "written: {item}");
            if !applied {
                failed.insert((name, field));
                continue;
            }
            if field == "thumbnail" {
                assert_eq!(asset.thumbnail.as_deref(), Some("a|1"), "{item}");
            } else {
                let wanted: Vec<&str> = item["wanted"].as_str().into_iter().collect();
                assert_eq!(self.library.values(&name, &field), wanted, "{item}");
            }
        }
        assert!(times.is_empty(), "nobody asked for {times:?}");
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
        let report = self.run(&["report", "--format", "json"]);
        if report.said.contains("nothing was ever submitted") {
            return;
        }
        let log = self.written();
        for item in items(&report.ends(0).json()) {
            if item["outcome"] == "applied" {
                let (name, field) = place(item);
                let id = self.library.asset(&name).id;
                let logged = if field == "thumbnail" {
                    "(thumbnail)"
                } else {
                    &field
                };
                let found = log.iter().any(|one| one.asset == id && one.field == logged);
                assert!(found, "told and not there: {item}");
            }
        }
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

fn items(told: &Json) -> &[Json] {
    told["items"].as_array().unwrap()
}

fn place(item: &Json) -> Place {
    let word = |key: &str| item[key].as_str().unwrap().to_owned();
    (word("name"), word("field"))
}
