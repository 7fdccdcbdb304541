//! What ends the program before its work is done: a signal, or a mistake of its own.
//!
//! It is told once, to whoever waits for it: then the calls under way are awaited for at most two
//! seconds, the workspace is closed, and the last line says where the work is. If whoever waits
//! is stuck (a terminal that takes nothing more), the end comes without them.

use std::{
    sync::{
        LazyLock, Mutex, Once, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use super::{
    ending::{self, Ending},
    output::{self, Output},
};
use crate::{runtime::Runtime, ui::terminal};

/// How long the orderly end may take: two seconds for the calls under way, and the disk.
const ORDERLY: Duration = Duration::from_secs(3);
/// How long after that whoever waits for the end may take.
const LEAVE: Duration = Duration::from_secs(1);
/// How long a terminal is tried that may take nothing more.
const TERMINAL: Duration = Duration::from_millis(300);

/// Why the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// `SIGTERM`.
    Terminated,
    /// `SIGHUP`, or the terminal is gone.
    HungUp,
    /// `SIGINT`.
    Interrupted,
    /// `SIGQUIT`.
    Quit,
    /// Another signal that ends programs.
    Signal(Ending),
    /// A panic.
    Mistake,
}

impl Cause {
    /// The exit code.
    pub fn ending(self) -> Ending {
        match self {
            Self::Terminated => Ending::Terminated,
            Self::HungUp => Ending::HungUp,
            Self::Interrupted => Ending::Interrupted,
            Self::Quit => Ending::Quit,
            Self::Signal(ending) => ending,
            Self::Mistake => Ending::Mistake,
        }
    }
}

/// What is closed at the end, and where the work is.
#[derive(Clone)]
struct Held {
    runtime: Runtime,
    folder: String,
    again: Again,
}

/// How somebody starts the program again on the same workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Again {
    /// The words that open the workstation.
    pub open: String,
    /// The words that go on with a run without it, if that can be done.
    pub resume: Option<String>,
}

static TOLD: LazyLock<watch::Sender<Option<Cause>>> = LazyLock::new(|| watch::Sender::new(None));
static HELD: Mutex<Option<Held>> = Mutex::new(None);
/// Whether a run went on when the end was told.
static HAD_A_RUN: AtomicBool = AtomicBool::new(false);
/// Whether the last line was printed.
static SAID: AtomicBool = AtomicBool::new(false);

/// From now on signals end the program in an orderly way. Call it within a tokio runtime, when the
/// workspace is open.
pub fn hold(runtime: &Runtime, folder: String, again: Again) {
    let held = Held {
        runtime: runtime.clone(),
        folder,
        again,
    };
    drop(lock().replace(held));
    watch();
}

/// Ends the program: tells everybody who waits for it.
pub fn tell(cause: Cause) {
    TOLD.send_if_modified(|told| {
        let is_first = told.is_none();
        if is_first {
            *told = Some(cause);
        }
        is_first
    });
}

/// Waits until the program is to end.
pub async fn told() -> Cause {
    let mut told = TOLD.subscribe();
    loop {
        let cause = *told.borrow_and_update();
        if let Some(cause) = cause {
            return cause;
        }
        if told.changed().await.is_err() {
            // The sender lives as long as the program.
            std::future::pending::<()>().await;
        }
    }
}

/// Where the work is, and how to start again; `None` while no workspace is open.
pub fn place() -> Option<(String, Again)> {
    let held = lock();
    held.as_ref()
        .map(|held| (held.folder.clone(), held.again.clone()))
}

/// Ends in an orderly way, on a terminal that was given back: says what it waits for, closes the
/// workspace, and says where the work is.
pub async fn end(cause: Option<Cause>, output: &mut Output<'_>) -> Ending {
    let held = lock().clone();
    let Some(Held {
        runtime,
        folder,
        again,
    }) = held
    else {
        return cause.map_or(Ending::Ok, Cause::ending);
    };
    if runtime.has_a_run() || HAD_A_RUN.load(Ordering::SeqCst) {
        output.say("waiting for the calls under way, 2 s at most");
    }
    let run = runtime.shutdown().await;
    if !SAID.swap(true, Ordering::SeqCst) {
        match (run, cause) {
            (Some(run), _) => output.say(&ending::last_line(&run, &again)),
            (None, Some(Cause::Mistake) | None) => {}
            (None, Some(_)) => output.say(&format!(
                "armarius was ended from outside; everything staged is safe in {folder}"
            )),
        }
    }
    cause.map_or(Ending::Ok, Cause::ending)
}

fn lock() -> std::sync::MutexGuard<'static, Option<Held>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sees to it that the end comes, whoever is stuck.
async fn see_to_it(mut signals: Signals) {
    let cause = tokio::select! {
        cause = told() => cause,
        cause = signals.next() => {
            tell(cause);
            cause
        }
    };
    let orderly = async {
        let held = lock().clone();
        let going = held.as_ref().is_some_and(|held| held.runtime.has_a_run());
        HAD_A_RUN.store(going, Ordering::SeqCst);
        let run = match held {
            Some(held) => timeout(ORDERLY, held.runtime.shutdown()).await.ok(),
            None => None,
        };
        sleep(LEAVE).await;
        run.flatten()
    };
    let run = tokio::select! {
        run = orderly => run,
        () = signals.again(cause) => None,
    };
    terminal::restore_or_leave(TERMINAL);
    if let (false, Some((folder, again))) = (SAID.swap(true, Ordering::SeqCst), place()) {
        let words = match run {
            Some(run) => ending::last_line(&run, &again),
            None => format!(
                "armarius ended at once. Everything staged and every outcome is safe in {folder}; \
                 a run that went on is taken up again by `{}`.",
                again.resume.unwrap_or(again.open)
            ),
        };
        // The messages may go to a terminal that takes nothing more.
        let (done, is_done) = mpsc::channel::<()>();
        drop(thread::spawn(move || {
            output::last_words(&words);
            drop(done);
        }));
        let _ = is_done.recv_timeout(TERMINAL);
    }
    at_once(cause.ending());
}

#[expect(
    clippy::exit,
    reason = "whoever should end the program in an orderly way is stuck"
)]
fn at_once(ending: Ending) -> ! {
    std::process::exit(ending as i32)
}

/// From now on signals end the program in an orderly way, also when no workspace is open yet. Call
/// it within a tokio runtime.
#[cfg(unix)]
pub fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if let Ok(signals) = Signals::taken() {
            drop(tokio::spawn(see_to_it(signals)));
        }
    });
}

/// Signals are the system's here.
#[cfg(not(unix))]
pub fn watch() {}

/// The signals that end programs, but for those we were started to ignore (`nohup`).
#[cfg(unix)]
struct Signals {
    all: Vec<(Cause, tokio::signal::unix::Signal)>,
}

#[cfg(unix)]
impl Signals {
    fn taken() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [
            (Cause::Terminated, SignalKind::terminate()),
            (Cause::HungUp, SignalKind::hangup()),
            (Cause::Interrupted, SignalKind::interrupt()),
            (Cause::Quit, SignalKind::quit()),
            (
                Cause::Signal(Ending::UserSignal1),
                SignalKind::user_defined1(),
            ),
            (
                Cause::Signal(Ending::UserSignal2),
                SignalKind::user_defined2(),
            ),
            (Cause::Signal(Ending::Alarm), SignalKind::alarm()),
            (
                Cause::Signal(Ending::TimeLimit),
                SignalKind::from_raw(rustix::process::Signal::XCPU.as_raw()),
            ),
        ];
        let ignored = ignored();
        let mut all = Vec::new();
        for (cause, kind) in kinds {
            if ignored >> (kind.as_raw_value() - 1) & 1 == 0 {
                all.push((cause, signal(kind)?));
            }
        }
        Ok(Self { all })
    }

    /// The next one.
    async fn next(&mut self) -> Cause {
        std::future::poll_fn(|context| {
            for (cause, signal) in &mut self.all {
                if signal.poll_recv(context) == std::task::Poll::Ready(Some(())) {
                    return std::task::Poll::Ready(*cause);
                }
            }
            std::task::Poll::Pending
        })
        .await
    }

    /// Waits until somebody at the keyboard asks a second time. Others send the same signal twice
    /// without meaning more by it.
    async fn again(&mut self, first: Cause) {
        loop {
            if self.next().await == Cause::Interrupted && first == Cause::Interrupted {
                return;
            }
        }
    }
}

/// The signals this process was started to ignore, one bit each, as far as the system tells.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}
