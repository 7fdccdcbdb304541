//! A person's desk: a configuration, a folder for everything the program keeps, and the program.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value as Json;
use tempfile::TempDir;

use super::Library;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_armarius");

/// A folder of its own with a configuration of two profiles, `soap` and `rest`.
pub(crate) struct Desk {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Desk {
    /// A desk for a library, on its default settings.
    pub(crate) fn for_library(library: &Library) -> Self {
        Self::at(library.address(), "")
    }

    /// The same with more keys in both profiles.
    pub(crate) fn with(library: &Library, more: &str) -> Self {
        Self::at(library.address(), more)
    }

    /// A desk for the server at an address.
    pub(crate) fn at(address: &str, more: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let text = format!(
            r#"default_profile = "soap"
images = "halfblocks"

[profiles.soap]
kind = "dynamic-media"
url = "{address}"
user = "librarian@example.com"
password = {{ env = "LIBRARY_PASSWORD" }}
certificate_status_field = "Certificate"
certificate_message_field = "Certificate note"
author = "akim"
requests_per_minute = 100000
{more}

[profiles.rest]
kind = "atlan"
url = "{address}"
token = {{ env = "LIBRARY_TOKEN" }}
author = "akim"
requests_per_minute = 100000
{more}
"#
        );
        fs::write(folder.path().join("config.toml"), text).unwrap();
        let variables = [
            ("LIBRARY_PASSWORD", "demo"),
            ("LIBRARY_TOKEN", "demo-token"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            folder,
            variables: variables.to_vec(),
        }
    }

    /// The same desk with another value of a variable.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Where everything of this desk lies.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file beside the configuration.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// The variables of everything that runs here: nothing of the machine but the search path.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let home = self.folder().display().to_string();
        let mut all = vec![
            ("HOME".to_owned(), home),
            ("PATH".to_owned(), "/usr/bin:/bin".to_owned()),
            ("LANG".to_owned(), "C.UTF-8".to_owned()),
        ];
        all.extend(self.variables.clone());
        all
    }

    /// The words that make every command work on this desk alone.
    pub(crate) fn words(&self) -> Vec<String> {
        let config = self.folder().join("config.toml").display().to_string();
        let data = self.folder().join("data").display().to_string();
        ["--config", &config, "--data-dir", &data]
            .map(str::to_owned)
            .to_vec()
    }

    /// The program with these words, not yet started, without a terminal.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .env_clear()
            .envs(self.environment())
            .current_dir(self.folder())
            .args(self.words())
            .args(words)
            .stdin(Stdio::null());
        command
    }

    /// Runs the program on the default profile, to its end.
    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        let output = self.command(words).output().unwrap();
        Ran::of(words, &output)
    }

    /// Runs the program with text on its standard input, to its end.
    pub(crate) fn run_with(&self, words: &[&str], input: &str) -> Ran {
        use std::io::Write;

        let mut command = self.command(words);
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        pipe.write_all(input.as_bytes()).unwrap();
        drop(pipe);
        Ran::of(words, &child.wait_with_output().unwrap())
    }

    /// Runs the program on a profile.
    pub(crate) fn on(&self, profile: &str, words: &[&str]) -> Ran {
        let mut all = vec!["-p", profile];
        all.extend(words);
        self.run(&all)
    }

    /// Starts the program and leaves it running, its streams with us.
    pub(crate) fn start(&self, words: &[&str]) -> Child {
        #[cfg(unix)]
        hand_on_no_deafness();
        let mut command = self.command(words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }
}

/// A suite that runs in the background of a script, or after `nohup`, ignores signals, and so would
/// everything that it starts, as the program means to. Whoever listens hands on the default.
#[cfg(unix)]
fn hand_on_no_deafness() {
    use tokio::signal::unix::{SignalKind, signal};
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let ignored = ignored.map_or(0, |mask| u64::from_str_radix(mask.trim(), 16).unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build();
        let _inside = runtime.as_ref().unwrap().enter();
        for kind in [SignalKind::interrupt(), SignalKind::hangup()] {
            if ignored >> (kind.as_raw_value() - 1) & 1 == 1 {
                drop(signal(kind).unwrap());
            }
        }
    });
}

/// How a command ended and what it wrote.
pub(crate) struct Ran {
    words: String,
    code: Option<i32>,
    /// Standard output: answers.
    pub(crate) out: String,
    /// Standard error: messages.
    pub(crate) said: String,
}

impl Ran {
    fn of(words: &[&str], output: &Output) -> Self {
        Self {
            words: words.join(" "),
            code: output.status.code(),
            out: String::from_utf8(output.stdout.clone()).unwrap(),
            said: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    /// Insists on an exit code.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        let Self {
            words, out, said, ..
        } = &self;
        let all = format!("armarius {words}\n--- out\n{out}--- said\n{said}");
        assert_eq!(self.code, Some(code), "{all}");
        self
    }

    /// Insists on words among the messages.
    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Self {
        assert!(self.said.contains(words), "no `{words}` in:\n{}", self.said);
        self
    }

    /// Insists on words in the answer.
    #[track_caller]
    pub(crate) fn shows(self, words: &str) -> Self {
        assert!(self.out.contains(words), "no `{words}` in:\n{}", self.out);
        self
    }

    /// Insists that nothing was answered.
    #[track_caller]
    pub(crate) fn answers_nothing(self) -> Self {
        assert_eq!(self.out, "");
        self
    }

    /// The answer as one JSON value.
    #[track_caller]
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    /// The answer as JSON lines.
    #[track_caller]
    pub(crate) fn json_lines(&self) -> Vec<Json> {
        let lines = self.out.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}
