//! A panic on any thread: the terminal is given back, then it is said what happened and where the
//! work is, and the program ends in an orderly way.
//!
//! What is said and kept never holds what a panic says of values: they may be the library's.

use std::{
    backtrace::Backtrace,
    fs::OpenOptions,
    io::Write,
    panic::{PanicHookInfo, set_hook},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use super::{
    interruption::{self, Cause},
    output,
};
use crate::{runtime::now_ms, ui::terminal};

/// How long a terminal is tried that may take nothing more.
const PATIENCE: Duration = Duration::from_secs(2);

/// Installs it for the whole process.
pub fn watch() {
    set_hook(Box::new(|info| {
        static FIRST: AtomicBool = AtomicBool::new(true);
        if !FIRST.swap(false, Ordering::SeqCst) {
            return;
        }
        terminal::restore_or_leave(PATIENCE);
        let what = what(info);
        let mut words = format!("armarius stopped because of a mistake of its own: {what}.");
        if let Some((folder, again)) = interruption::place() {
            words.extend([
                "\nEverything staged and every outcome is safe in ",
                &folder,
                "; `",
                &again.open,
                "` opens it again.",
            ]);
            if let Some(path) = kept(Path::new(&folder), &what) {
                words.extend([
                    "\nA report without any value of the library lies in ",
                    &path.display().to_string(),
                ]);
            }
        }
        output::last_words(&words);
        interruption::tell(Cause::Mistake);
    }));
}

/// Where and on which thread, and the words if they were written in the source: words made at run
/// time may hold values.
fn what(info: &PanicHookInfo<'_>) -> String {
    let place = info.location().map_or_else(String::new, |place| {
        format!(" at {}:{}", place.file(), place.line())
    });
    let thread = std::thread::current();
    let thread = thread.name().unwrap_or("without a name");
    let words = match info.payload().downcast_ref::<&'static str>() {
        Some(words) => *words,
        None => "a panic whose words are left out, they may hold values",
    };
    format!("{words}{place}, thread {thread}")
}

/// Writes the report beside the work; `None` if that can't be done.
fn kept(folder: &Path, what: &str) -> Option<PathBuf> {
    let path = folder.join(format!("mistake-{}.txt", now_ms()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let (version, trace) = (env!("CARGO_PKG_VERSION"), Backtrace::force_capture());
    let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
    let report = format!("armarius {version} on {system} {machine}\n{what}\n\n{trace}\n");
    let mut file = options.open(&path).ok()?;
    file.write_all(report.as_bytes()).ok()?;
    Some(path)
}
