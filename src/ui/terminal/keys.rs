//! Keys, pastes, the mouse and sizes, as the terminal sends them, made into inputs.

use std::{
    io,
    pin::Pin,
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

use futures_channel::mpsc::UnboundedSender;
use futures_util::{Stream, StreamExt};
use ratatui::{
    crossterm::{
        event::{
            Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent,
            MouseEventKind, poll, read,
        },
        terminal::{size, window_size},
    },
    layout::Size,
};

use super::{
    asking,
    modes::is_taken,
    waiting::{self, Waited},
};
use crate::ui::{
    chord::{Chord, Key},
    input::{Input, Means, Mouse, MouseDeed},
};

/// How often it is looked at whether the terminal is ours again.
const STEP: Duration = Duration::from_millis(20);
/// How long it is looked for more behind what was read, and how often: a busy machine may take the
/// moment in which what is there would have been seen. It is not waited for, but without any time
/// nothing would be looked at.
const GLANCE: (Duration, u32) = (Duration::from_micros(50), 2);

/// Who is told what is read. Held while it is read, so that it is told in the order it came, whoever
/// reads it.
static TOLD: Mutex<Option<UnboundedSender<Read>>> = Mutex::new(None);

/// Inputs as they come.
pub type Inputs = Pin<Box<dyn Stream<Item = Vec<Input>> + Send>>;

/// Inputs as they come, those that are there together in one piece; sizes are told once.
///
/// A thread of its own reads them, and first asks the terminal what it can do with pictures, as far
/// as that depends on it (`images` is the word of the configuration; `term` the terminal's name).
/// A terminal may answer late what was asked long ago: the screens must not wait with it. Make it
/// once; it lasts as long as the program.
///
/// # Errors
///
/// If the system gives no thread.
pub fn inputs(images: &str, term: &str) -> io::Result<Inputs> {
    let (keys, told) = futures_channel::mpsc::unbounded();
    let question = asking::Question::of(images, term);
    waiting::prepare()?;
    thread::Builder::new().name("keys".into()).spawn(move || {
        if let Some(question) = question {
            // Nobody listens any more: the next event that is told ends this.
            let typed = |chord| drop(keys.unbounded_send(Read::Key(chord)));
            if let Some(means) = question.ask(typed) {
                drop(keys.unbounded_send(Read::Pictures(means)));
            }
        }
        *TOLD.lock().unwrap_or_else(PoisonError::into_inner) = Some(keys);
        let _end = End;
        while let Ok(true) = read_on() {}
    })?;
    let together = told.ready_chunks(512).map(together);
    Ok(Box::pin(together.filter(|inputs| {
        let any = !inputs.is_empty();
        async move { any }
    })))
}

/// Whether something was typed that is not told yet. What can be read of it at once is told now: on
/// a busy machine the thread that reads may have to wait for a processor.
pub fn is_typed() -> bool {
    if !is_taken() || !waiting::is_readable(Duration::ZERO) {
        return false;
    }
    match TOLD.try_lock() {
        Ok(told) if !will_break() => told.as_ref().is_none_or(|told| read_now(told).is_ok()),
        // It is being read.
        _ => true,
    }
}

/// Ends the inputs with the thread that reads, however it ends.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        *TOLD.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// What the thread that reads tells.
#[derive(Clone, Debug)]
enum Read {
    /// An event of the terminal.
    Event(Event),
    /// A key that was typed while the terminal was asked.
    Key(Chord),
    /// What the terminal can do with pictures.
    Pictures(Means),
}

/// Waits for what comes next and tells it, as long as the terminal is ours. Whether it goes on.
fn read_on() -> io::Result<bool> {
    while !is_taken() {
        thread::sleep(STEP);
    }
    match waiting::wait()? {
        Waited::Gone => return Ok(false),
        Waited::Woken => return Ok(true),
        Waited::Readable => {}
    }
    let told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(told) = told.as_ref() else {
        return Ok(false);
    };
    breaks();
    if !read_now(told)? && is_taken() && waiting::is_readable(Duration::ZERO) {
        // A terminal that is gone without saying so.
        window_size()?;
        thread::sleep(STEP);
    }
    Ok(!told.is_closed())
}

/// Reads what is there and tells it, without waiting for more. Whether there was anything.
fn read_now(told: &UnboundedSender<Read>) -> io::Result<bool> {
    let (mut any, mut silent) = (false, 0);
    while is_taken() && silent < GLANCE.1 {
        if !poll(GLANCE.0)? {
            silent += 1;
            continue;
        }
        (any, silent) = (true, 0);
        let event = read()?;
        // Of sizes a signal tells, at once.
        let is_told = cfg!(unix) && matches!(event, Event::Resize(..));
        if !is_told && told.unbounded_send(Read::Event(event)).is_err() {
            break;
        }
    }
    Ok(any)
}

#[cfg(debug_assertions)]
static BREAKS: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// Makes the thread that reads the keys panic at the next one, for the tests of that end.
#[cfg(debug_assertions)]
pub fn break_keys() {
    BREAKS.store(true, std::sync::atomic::Ordering::SeqCst);
}

#[cfg(debug_assertions)]
fn will_break() -> bool {
    BREAKS.load(std::sync::atomic::Ordering::SeqCst)
}

#[cfg(not(debug_assertions))]
const fn will_break() -> bool {
    false
}

fn breaks() {
    assert!(!will_break(), "asked to break on a key");
}

/// What was read as inputs; of several sizes only the last one counts.
fn together(all: Vec<Read>) -> Vec<Input> {
    let is_mouse = |one: &Read| matches!(one, Read::Event(Event::Mouse(_)));
    let known = if all.iter().any(is_mouse) {
        size().ok()
    } else {
        None
    };
    let (width, height) = known.unwrap_or((u16::MAX, u16::MAX));
    let mut inputs: Vec<Input> = all
        .into_iter()
        .filter_map(|one| match one {
            Read::Event(event) => input(&event, Size::new(width, height)),
            Read::Key(chord) => Some(Input::Key(chord)),
            Read::Pictures(means) => Some(Input::Pictures(means)),
        })
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
        let inputs = together(events.map(Read::Event).to_vec());
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
