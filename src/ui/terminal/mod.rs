//! The only place that touches the terminal: its modes, its keys, its pictures.
//!
//! Nothing here asks the terminal a question once the stream of inputs exists; the one question
//! about pictures is asked before, with a limit.

mod asking;

pub use asking::picker;

use std::{
    io::{self, IsTerminal, Write},
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
};

use futures_util::{Stream, StreamExt};
use ratatui::{
    Terminal,
    backend::CrosstermBackend,
    crossterm::{
        clipboard::CopyToClipboard,
        cursor::{SetCursorStyle, Show},
        event::{
            DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
            EnableMouseCapture, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton,
            MouseEvent, MouseEventKind, read,
        },
        execute, queue,
        terminal::{
            BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen,
            LeaveAlternateScreen, disable_raw_mode, enable_raw_mode, size,
        },
    },
    layout::{Rect, Size},
};
pub use ratatui_image::picker::Picker;

use super::{
    app::App,
    chord::{Chord, Key},
    input::{Input, Mouse, MouseDeed},
};

/// Whether the terminal is ours now: what `restore` has to undo.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Holds the terminal while the screens are shown, and gives it back however they end.
pub struct TermGuard<W: Write> {
    terminal: Terminal<CrosstermBackend<W>>,
    mouse: bool,
}

impl<W: Write> std::fmt::Debug for TermGuard<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TermGuard")
            .field("mouse", &self.mouse)
            .finish_non_exhaustive()
    }
}

impl<W: Write> TermGuard<W> {
    /// Takes the terminal, and installs the panic hook that gives it back.
    ///
    /// # Errors
    ///
    /// If standard output is no terminal or its modes can't be set.
    pub fn take(out: W, mouse: bool) -> io::Result<Self> {
        if !io::stdout().is_terminal() {
            return Err(io::Error::other("standard output is no terminal"));
        }
        restore_on_panic();
        enter(mouse)?;
        let terminal = Terminal::new(CrosstermBackend::new(out))?;
        Ok(Self { terminal, mouse })
    }

    /// The terminal's size; at least 1x1 for terminals that answer nothing.
    ///
    /// # Errors
    ///
    /// If it can't be asked.
    pub fn size(&self) -> io::Result<Size> {
        let size = self.terminal.size()?;
        Ok(Size::new(size.width.max(1), size.height.max(1)))
    }

    /// Draws what changed, as one update where the terminal can.
    ///
    /// # Errors
    ///
    /// If the terminal can't be written.
    pub fn draw(&mut self, app: &App) -> io::Result<()> {
        let size = self.terminal.size()?;
        if size.width == 0 || size.height == 0 {
            return Ok(());
        }
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        let drawn = self.terminal.draw(|frame| app.draw(frame)).map(drop);
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        drawn
    }

    /// Forgets what was drawn, so that the next frame paints every cell.
    ///
    /// # Errors
    ///
    /// If the terminal can't be written.
    pub fn repaint(&mut self) -> io::Result<()> {
        // Not `clear`: that would ask for the cursor's place and wait for the answer.
        let size = self.terminal.size()?;
        self.terminal
            .resize(Rect::from((ratatui::layout::Position::ORIGIN, size)))
    }

    /// Gives the terminal to the shell, stops this process, and takes it back when continued.
    ///
    /// # Errors
    ///
    /// If the terminal's modes can't be set.
    pub fn suspend(&mut self) -> io::Result<()> {
        restore();
        stop_here();
        enter(self.mouse)?;
        self.repaint()
    }
}

impl<W: Write> Drop for TermGuard<W> {
    fn drop(&mut self) {
        restore();
    }
}

fn enter(mouse: bool) -> io::Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    let mut out = io::stdout();
    execute!(out, EnterAlternateScreen, EnableBracketedPaste)?;
    if mouse {
        execute!(out, EnableMouseCapture)?;
    }
    Ok(())
}

/// Gives the terminal back: cooked mode, main screen, no mouse, no bracketed paste, the cursor
/// shown. Does nothing if it is not ours. For every way out: the end, a panic, a signal.
pub fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    let undone = execute!(
        out,
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableBracketedPaste,
        DisableFocusChange,
        SetCursorStyle::DefaultUserShape,
        LeaveAlternateScreen,
        Show
    );
    // Nobody is left to be told: the terminal is gone if this fails.
    drop(undone);
    drop(disable_raw_mode());
}

/// Restores the terminal when this thread panics, before the message is printed. A panic of
/// another thread leaves the screens alone.
fn restore_on_panic() {
    static HOOKED: AtomicBool = AtomicBool::new(false);
    if HOOKED.swap(true, Ordering::SeqCst) {
        return;
    }
    let screen = std::thread::current().id();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() == screen {
            restore();
        }
        before(info);
    }));
}

#[cfg(unix)]
fn stop_here() {
    let me = rustix::process::getpid();
    // If the signal can't be sent, the screens simply come back.
    rustix::process::kill_process(me, rustix::process::Signal::TSTP).ok();
}

#[cfg(not(unix))]
fn stop_here() {}

/// Puts text on the clipboard of the person's own machine, over ssh too (OSC 52).
///
/// # Errors
///
/// If the terminal can't be written.
pub fn copy(text: &str) -> io::Result<()> {
    execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))
}

/// Inputs as they come, those that are there together in one piece; sizes are told once.
///
/// A thread of its own reads them. A terminal may answer late what was asked long ago, and half
/// an answer makes the reader wait for the other half: the screens must not wait with it. Make it
/// once; it lasts as long as the program.
///
/// # Errors
///
/// If the system gives no thread.
pub fn inputs() -> io::Result<Pin<Box<dyn Stream<Item = Vec<Input>> + Send>>> {
    let (tell, told) = futures_channel::mpsc::unbounded();
    std::thread::Builder::new()
        .name("keys".into())
        .spawn(move || {
            while let Ok(event) = read() {
                if tell.unbounded_send(event).is_err() {
                    break;
                }
            }
        })?;
    let together = told.ready_chunks(512).map(|events| together(&events));
    Ok(Box::pin(together.filter(|inputs| {
        let any = !inputs.is_empty();
        async move { any }
    })))
}

/// Events as inputs; of several sizes only the last one counts.
fn together(events: &[Event]) -> Vec<Input> {
    let (width, height) = size().unwrap_or((u16::MAX, u16::MAX));
    let mut inputs: Vec<Input> = events
        .iter()
        .filter_map(|event| input(event, Size::new(width, height)))
        .collect();
    let last = inputs
        .iter()
        .rposition(|input| matches!(input, Input::Resize { .. }));
    let mut place = 0;
    inputs.retain(|input| {
        place += 1;
        !matches!(input, Input::Resize { .. }) || Some(place - 1) == last
    });
    inputs
}

fn input(event: &Event, size: Size) -> Option<Input> {
    match event {
        Event::Key(key) => chord(key).map(Input::Key),
        Event::Paste(text) => Some(Input::Paste(text.replace("\r\n", "\n").replace('\r', "\n"))),
        Event::Mouse(mouse) => self::mouse(*mouse, size).map(Input::Mouse),
        Event::Resize(width, height) => Some(Input::Resize {
            width: *width,
            height: *height,
        }),
        Event::FocusGained | Event::FocusLost => None,
    }
}

fn mouse(event: MouseEvent, size: Size) -> Option<Mouse> {
    let deed = match event.kind {
        MouseEventKind::Down(MouseButton::Left) => MouseDeed::Click,
        MouseEventKind::Drag(MouseButton::Left) => MouseDeed::Drag,
        MouseEventKind::Up(MouseButton::Left) => MouseDeed::Release,
        MouseEventKind::ScrollUp => MouseDeed::WheelUp,
        MouseEventKind::ScrollDown => MouseDeed::WheelDown,
        MouseEventKind::Down(_)
        | MouseEventKind::Drag(_)
        | MouseEventKind::Up(_)
        | MouseEventKind::Moved
        | MouseEventKind::ScrollLeft
        | MouseEventKind::ScrollRight => return None,
    };
    Some(Mouse {
        deed,
        column: event.column.min(size.width.saturating_sub(1)),
        row: event.row.min(size.height.saturating_sub(1)),
    })
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "keys of keyboards nobody here has: media keys, locks, modifiers alone"
)]
fn chord(event: &KeyEvent) -> Option<Chord> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let key = match event.code {
        KeyCode::Char(character) => Key::Char(character),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Insert => Key::Insert,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::F(number) => Key::F(number),
        _ => return None,
    };
    let held = |modifier| event.modifiers.contains(modifier);
    let ctrl = held(KeyModifiers::CONTROL);
    let plain = matches!(key, Key::Char(_) | Key::BackTab);
    let key = match key {
        Key::Char(character) if ctrl => Key::Char(character.to_ascii_lowercase()),
        other => other,
    };
    Some(Chord {
        key,
        ctrl,
        alt: held(KeyModifiers::ALT),
        shift: held(KeyModifiers::SHIFT) && !plain,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_no_keys_and_capitals_carry_their_shift() {
        let mut event = KeyEvent::new(KeyCode::Char('S'), KeyModifiers::SHIFT);
        assert_eq!(chord(&event).unwrap(), Chord::parse("S").unwrap());
        event.kind = KeyEventKind::Release;
        assert_eq!(chord(&event), None);
        let event = KeyEvent::new(KeyCode::Down, KeyModifiers::SHIFT);
        assert_eq!(chord(&event).unwrap(), Chord::parse("shift-down").unwrap());
    }

    #[test]
    fn of_a_storm_of_sizes_the_last_one_counts() {
        let key = Event::Key(KeyEvent::new(KeyCode::Char('j'), KeyModifiers::NONE));
        let events = [Event::Resize(80, 24), key, Event::Resize(60, 16)];
        let inputs = together(&events);
        assert_eq!(inputs.len(), 2);
        assert_eq!(
            inputs[1],
            Input::Resize {
                width: 60,
                height: 16
            }
        );
    }

    #[test]
    fn the_mouse_is_never_outside_the_screen() {
        let event = MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: u16::MAX,
            row: u16::MAX,
            modifiers: KeyModifiers::NONE,
        };
        let mouse = mouse(event, Size::new(80, 24)).unwrap();
        assert_eq!((mouse.column, mouse.row), (79, 23));
    }
}
