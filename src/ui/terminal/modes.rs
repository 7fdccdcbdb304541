//! The modes of the terminal: taken, given back however the program ends, and taken again.
//!
//! Any thread may give the terminal back, at any moment: a panic, a signal. Whoever writes a
//! frame holds it meanwhile, so that nothing is drawn over the shell afterwards.

use std::{
    cell::Cell,
    io::{self, Write},
    sync::{
        Mutex, MutexGuard, PoisonError, TryLockError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use ratatui::crossterm::{
    cursor::{SetCursorStyle, Show},
    event::{DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste},
    execute, queue,
    style::ResetColor,
    terminal::{
        Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
        disable_raw_mode, enable_raw_mode,
    },
};

use super::waiting;

/// Whether the terminal is ours now: what [`restore`] has to undo.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// Whether the window's title is ours.
static ENTITLED: AtomicBool = AtomicBool::new(false);
/// Held while something is written to the screens.
static WRITING: Mutex<()> = Mutex::new(());
/// Clicks, drags and the wheel in coordinates of any size. Not every movement: a mouse that only
/// passes by writes nothing and wakes nobody.
const MOUSE: &[u8] = b"\x1b[?1000h\x1b[?1002h\x1b[?1006h";
/// How often it is tried to come between two frames, and how long that waits in between.
const TRIES: u32 = 50;
const STEP: Duration = Duration::from_millis(5);

thread_local! {
    /// Whether this thread is the one that writes.
    static WRITER: Cell<bool> = const { Cell::new(false) };
}

/// The right to write to the screens, as long as it is held.
pub(super) struct Writing {
    _held: MutexGuard<'static, ()>,
}

impl Writing {
    /// Waits for the right to write; `None` if the terminal was given back.
    pub(super) fn begin() -> Option<Self> {
        let held = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
        TAKEN.load(Ordering::SeqCst).then(|| {
            WRITER.set(true);
            Self { _held: held }
        })
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        WRITER.set(false);
    }
}

/// What frames are written to: the terminal as long as it is ours, nothing afterwards. A frame
/// that a panic cut off must not be written over the shell.
#[derive(Debug)]
pub struct Screen<W = io::Stdout>(W);

/// Makes what frames are written to, each in one piece.
pub fn screen() -> Screen {
    Screen(io::stdout())
}

impl<W: Write> Write for Screen<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if TAKEN.load(Ordering::SeqCst) {
            self.0.write(bytes)
        } else {
            Ok(bytes.len())
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        // What a terminal that is gone did not take still waits: trying it again would fail, and
        // ratatui tells a failure on the way out by a print that panics where nobody listens.
        if TAKEN.load(Ordering::SeqCst) {
            self.0.flush()
        } else {
            Ok(())
        }
    }
}

/// Takes the terminal, or takes it again after somebody else had it.
pub(super) fn enter(mouse: bool) -> io::Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    // What is remembered as raw may have been changed by a shell meanwhile.
    disable_raw_mode()?;
    enable_raw_mode()?;
    let mut out = io::stdout();
    // Terminals without another screen go on with the one there is.
    let empty = Clear(ClearType::All);
    queue!(out, EnterAlternateScreen, empty, EnableBracketedPaste)?;
    if mouse {
        out.write_all(MOUSE)?;
    }
    out.flush()
}

/// Gives the window a title; the one it had comes back when the terminal is given back.
pub(super) fn entitle(title: &str) -> io::Result<()> {
    let mut out = io::stdout();
    if !ENTITLED.swap(true, Ordering::SeqCst) {
        out.write_all(b"\x1b[22;2t")?;
    }
    write!(out, "\x1b]2;{title}\x07")?;
    out.flush()
}

/// Gives the window the title it had.
pub(super) fn untitle() -> io::Result<()> {
    if !ENTITLED.swap(false, Ordering::SeqCst) {
        return Ok(());
    }
    let mut out = io::stdout();
    // Terminals that remember no titles are at least rid of ours.
    out.write_all(b"\x1b]2;\x07\x1b[23;2t")?;
    out.flush()
}

/// Gives the terminal back: cooked mode, main screen, no mouse, no bracketed paste, plain
/// colours, the cursor and the title as they were. Does nothing if it is not ours. For every way
/// out and from any thread: the end, a panic, a signal.
pub fn restore() {
    give_back(WRITER.get());
}

/// The same, but does not wait for a terminal that takes nothing more.
pub fn restore_or_leave(patience: Duration) {
    drop(disable_raw_mode());
    let is_writer = WRITER.get();
    let (done, is_done) = mpsc::channel::<()>();
    let started = thread::Builder::new().spawn(move || {
        give_back(is_writer);
        drop(done);
    });
    if started.is_ok() {
        // It is over when the other end is dropped, or the patience.
        let _ = is_done.recv_timeout(patience);
    }
}

fn give_back(is_writer: bool) {
    // The line first: that never waits for a terminal that takes nothing more.
    drop(disable_raw_mode());
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    stop_reading();
    let between = if is_writer { None } else { between_frames() };
    let mut out = io::stdout();
    if between.is_none() {
        // A frame was cut off, perhaps within a sequence: this ends it.
        drop(out.write_all(b"\x18"));
    }
    // Nobody is left to be told: the terminal is gone if this fails.
    drop(untitle());
    drop(execute!(
        out,
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableBracketedPaste,
        DisableFocusChange,
        SetCursorStyle::DefaultUserShape,
        ResetColor,
        LeaveAlternateScreen,
        ResetColor,
        Show
    ));
}

/// Whether the terminal is ours now.
pub(super) fn is_taken() -> bool {
    TAKEN.load(Ordering::SeqCst)
}

/// Wakes the thread that reads the keys, wherever it waits: what is typed from now on is the shell's.
fn stop_reading() {
    waiting::wake();
    #[cfg(unix)]
    {
        use rustix::process::{Signal, getpid, kill_process};
        // If it can't be woken, it wakes by itself within a second.
        kill_process(getpid(), Signal::WINCH).ok();
    }
}

/// Waits until no frame is being written; `None` if that does not end.
fn between_frames() -> Option<MutexGuard<'static, ()>> {
    for _ in 0..TRIES {
        match WRITING.try_lock() {
            Ok(held) => return Some(held),
            Err(TryLockError::Poisoned(poison)) => return Some(poison.into_inner()),
            Err(TryLockError::WouldBlock) => thread::sleep(STEP),
        }
    }
    None
}

/// Whether somebody is there to continue us: a shell that gave us a group of our own.
#[cfg(unix)]
pub(super) fn has_shell() -> bool {
    use rustix::process::{getpgrp, getsid};
    getsid(None).is_ok_and(|session| session != getpgrp())
}

/// Stops this process and those that were started with it, until they are continued.
#[cfg(unix)]
pub(super) fn stop_here() {
    use rustix::process::{Signal, kill_current_process_group};
    // If the signal can't be sent, the screens simply come back.
    kill_current_process_group(Signal::STOP).ok();
}

#[cfg(not(unix))]
pub(super) fn has_shell() -> bool {
    false
}

#[cfg(not(unix))]
pub(super) fn stop_here() {}

#[cfg(test)]
mod tests {
    use super::*;

    /// A terminal whose window was closed.
    struct Gone;

    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }

    #[test]
    fn a_terminal_that_was_given_back_takes_everything_and_shows_nothing() {
        let mut screen = io::BufWriter::new(Screen(Gone));
        execute!(screen, Show).unwrap();
    }
}
