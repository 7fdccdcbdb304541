//! The program with its steps counted: `interposer.rs`, compiled once, put before the C library.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use tempfile::TempDir;

use super::points::variable;

/// What happens at the chosen step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// `SIGKILL` before it.
    Kill,
    /// Half of it, then `SIGKILL`.
    Torn,
    /// It fails, and works again after it.
    Fail(Fault),
    /// It fails, and so does everything after it.
    FailFromNowOn(Fault),
}

/// How a call on the disk fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// `EIO`.
    Broken,
    /// `ENOSPC`.
    Full,
    /// `EROFS`.
    ReadOnly,
}

impl Fault {
    fn number(self) -> &'static str {
        match self {
            Self::Broken => "5",
            Self::Full => "28",
            Self::ReadOnly => "30",
        }
    }
}

/// Everything that is counted when a program is killed.
pub(super) const ALL: &str = "sync write open send receive";

/// Which calls count, and what happens at one of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Steps {
    /// Kinds of calls.
    pub(super) ops: &'static str,
    /// The number of one, from 1, and what happens there.
    pub(super) at: Option<(usize, Deed)>,
}

impl Steps {
    /// Only counts.
    pub(super) fn counted(ops: &'static str) -> Self {
        Self { ops, at: None }
    }

    /// Does something at a step.
    pub(super) fn at(ops: &'static str, number: usize, deed: Deed) -> Self {
        let at = Some((number, deed));
        Self { ops, at }
    }

    /// Has the command's steps counted: those on files of a folder, and those on sockets.
    pub(super) fn watch(self, command: &mut Command, folder: &Path, trace: &Path) {
        command
            .env("LD_PRELOAD", interposer())
            .env("STEP_OPS", self.ops)
            .env("STEP_UNDER", folder)
            .env("STEP_TRACE", trace);
        let Some((number, deed)) = self.at else {
            return;
        };
        let (word, lasts) = match deed {
            Deed::Kill => ("kill", "0"),
            Deed::Torn => ("torn", "0"),
            Deed::Fail(fault) => (fault.number(), "0"),
            Deed::FailFromNowOn(fault) => (fault.number(), "1"),
        };
        command
            .env("STEP_AT", number.to_string())
            .env("STEP_DEED", word)
            .env("STEP_LASTS", lasts);
    }
}

/// What a watched program did, one call a line.
pub(super) struct Trace(Vec<String>);

impl Trace {
    /// Reads what the interposer wrote.
    pub(super) fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file).unwrap_or_default();
        Self(text.lines().map(str::to_owned).collect())
    }

    /// The calls that were counted, in their order.
    pub(super) fn steps(&self) -> Vec<&str> {
        let all = self.0.iter().map(String::as_str);
        all.filter(|step| !step.starts_with("0 ")).collect()
    }

    /// How much of a file was durable before a step: the end of what was written before the last
    /// sync before it.
    pub(super) fn durable(&self, file: &str, before: usize) -> u64 {
        let (mut written, mut durable) = (0, 0);
        for step in &self.0 {
            let words: Vec<&str> = step.split(' ').collect();
            let number = |place: usize| words[place].parse::<u64>().unwrap();
            if number(0) == before as u64 {
                break;
            }
            match (words[1], words[2] == file) {
                ("sync", true) => durable = written,
                ("write", true) => written = written.max(number(4)),
                _ => {}
            }
        }
        durable
    }
}

fn interposer() -> &'static Path {
    static BUILT: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, built) = BUILT.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        let library = folder.path().join("libstep.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/crash/interposer.rs");
        let compiler = variable("RUSTC").unwrap_or_else(|| "rustc".to_owned());
        let made = Command::new(compiler)
            .args(["--edition", "2024", "--crate-type", "cdylib", "-O"])
            .arg("-o")
            .arg(&library)
            .arg(source)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&made.stderr).into_owned();
        assert!(made.status.success(), "{said}");
        (folder, library)
    });
    built
}
