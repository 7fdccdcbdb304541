//! What the process itself is like: private, and not ended by a limit.

/// Makes the process private: what it writes is readable by its user alone, and its memory, which
/// holds secrets, goes neither into a core dump nor to other programs. Call it before anything is
/// opened.
#[cfg(unix)]
pub fn keep_private() {
    use rustix::{
        fs::Mode,
        process::{Resource, Rlimit, setrlimit, umask},
    };
    umask(Mode::RWXG | Mode::RWXO);
    // Refused only where the limit is none already.
    let nothing = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let _ = setrlimit(Resource::Core, nothing);
    // Also keeps a handler of core dumps that heeds no limit away.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Files are private to their user by the system's own rules here.
#[cfg(not(unix))]
pub fn keep_private() {}

/// Makes a file that may not grow any more an error of writing, as on a full disk, in place of the
/// program's end. Call it within a tokio runtime.
#[cfg(unix)]
pub fn outlive_file_limits() {
    use rustix::process::Signal;
    use tokio::signal::unix::{SignalKind, signal};
    // The handler stays when what it tells is dropped; without one the program ends as it always
    // did.
    drop(signal(SignalKind::from_raw(Signal::XFSZ.as_raw())));
}

/// There is no such limit here.
#[cfg(not(unix))]
pub fn outlive_file_limits() {}
