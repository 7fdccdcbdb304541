//! Asks the terminal what it can do with pictures, with a limit and without eating what is typed
//! meanwhile. The thread that reads the keys asks, before it reads any: no frame waits for answers.

use std::{
    fs::File,
    io::{self, Read, Write},
    time::Duration,
};

use super::modes::Writing;
use crate::ui::{
    chord::{Chord, Key},
    input::Means,
};

/// How long one answer may take, in steps of [`STEP`]: 150 ms.
const STEPS: u32 = 30;
/// How long one look for an answer sleeps.
const STEP: Duration = Duration::from_millis(5);
/// The attributes of the terminal, the size of a cell in pixels, and a status every terminal
/// answers: then the answers are complete.
const ATTRIBUTES: &str = "\x1b[c\x1b[16t\x1b[5n";
/// Whether a kitty picture of one pixel would be taken. Asked only of terminals that answered the
/// first question in time, because a late answer to this one would look like keys.
const KITTY: &str = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[5n";

/// What a terminal is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Question {
    kitty: bool,
}

/// What came of asking.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// What it can do; `None` if it did not say so in time.
    pub(super) means: Option<Means>,
    /// What was typed meanwhile.
    pub(super) typed: Vec<Chord>,
}

impl Question {
    /// What there is to ask for pictures of this word of the configuration, of a terminal of this
    /// name.
    pub(super) fn of(images: &str, term: &str) -> Option<Self> {
        let asks = matches!(images, "auto" | "kitty" | "sixel" | "iterm2");
        // The console of Linux would print the question about kitty.
        let kitty = !term.starts_with("linux");
        asks.then_some(Self { kitty })
    }

    /// Asks. The line is raw, and nobody else reads it.
    pub(super) fn ask(self) -> Answer {
        let mut answer = Answer::default();
        let Ok(mut keyboard) = keyboard() else {
            return answer;
        };
        let mut all = String::new();
        if told(&mut keyboard, (ATTRIBUTES, &mut all)) {
            let mut means = read(&all);
            if self.kitty {
                let mut more = String::new();
                means.kitty = told(&mut keyboard, (KITTY, &mut more)) && read(&more).kitty;
                all.push_str(&more);
            }
            answer.means = Some(means);
        }
        answer.typed = typed(&all);
        answer
    }
}

/// The terminal of this process, opened once more so that reading it never waits.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn keyboard() -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    const NEVER_WAIT: i32 = if cfg!(target_os = "macos") {
        0x4
    } else {
        0o4000
    };
    File::options()
        .read(true)
        .custom_flags(NEVER_WAIT)
        .open("/dev/tty")
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn keyboard() -> io::Result<File> {
    Err(io::Error::other("this system's terminal is not asked"))
}

/// Asks, and gathers what comes until the status. Whether that came in time.
fn told(keyboard: &mut File, (question, text): (&str, &mut String)) -> bool {
    if put(question).is_err() {
        return false;
    }
    let mut came = Vec::new();
    let mut is_told = false;
    for _ in 0..STEPS {
        let mut bytes = [0; 256];
        match keyboard.read(&mut bytes) {
            Ok(count) => came.extend_from_slice(&bytes[..count]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => break,
        }
        let said = |status: &[u8]| came.windows(status.len()).any(|part| part == status);
        is_told = said(b"\x1b[0n") || said(b"\x1b[3n");
        if is_told {
            break;
        }
        std::thread::sleep(STEP);
    }
    text.push_str(&String::from_utf8_lossy(&came));
    is_told
}

/// Writes a question between two frames.
fn put(question: &str) -> io::Result<()> {
    let Some(_writing) = Writing::begin() else {
        return Err(io::Error::other("the terminal was given back"));
    };
    let mut out = io::stdout();
    out.write_all(question.as_bytes())?;
    out.flush()
}

fn read(text: &str) -> Means {
    let mut means = Means {
        kitty: text.contains("\x1b_Gi=31;OK"),
        ..Means::default()
    };
    for part in text.split("\x1b[") {
        if let Some((attributes, _)) = part.strip_prefix('?').and_then(|rest| rest.split_once('c'))
        {
            means.sixel |= attributes.split(';').any(|attribute| attribute == "4");
        }
        if let Some((size, _)) = part
            .strip_prefix("6;")
            .and_then(|rest| rest.split_once('t'))
        {
            let size = size.split_once(';');
            let size =
                size.and_then(|(height, width)| Some((width.parse().ok()?, height.parse().ok()?)));
            means.cell = size.filter(|(width, height)| *width > 0 && *height > 0);
        }
    }
    means
}

/// The keys among what came: plain ones and arrows. Answers are none, nor is what nobody types
/// before the first frame.
fn typed(text: &str) -> Vec<Chord> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        if first != '\x1b' {
            keys.extend(key(first));
        } else if let Some(sequence) = rest.strip_prefix('[') {
            let end = sequence.find(|c: char| ('@'..='~').contains(&c));
            let Some(end) = end else { break };
            keys.extend(arrow(&sequence[..=end]).map(Chord::plain));
            rest = &sequence[end + 1..];
        } else if let Some(string) = rest.strip_prefix('_') {
            let end = string.find("\x1b\\");
            let Some(end) = end else { break };
            rest = &string[end + 2..];
        } else {
            keys.push(Chord::plain(Key::Esc));
        }
    }
    keys
}

fn key(character: char) -> Option<Chord> {
    let plain = match character {
        '\r' => Key::Enter,
        '\t' => Key::Tab,
        '\x7f' => Key::Backspace,
        '\x01'..='\x1a' => {
            let letter = char::from_u32(u32::from(character) + u32::from('a') - 1)?;
            let ctrl = true;
            return Some(Chord {
                ctrl,
                ..Chord::plain(Key::Char(letter))
            });
        }
        other if other.is_control() || other == char::REPLACEMENT_CHARACTER => return None,
        other => Key::Char(other),
    };
    Some(Chord::plain(plain))
}

fn arrow(sequence: &str) -> Option<Key> {
    match sequence {
        "A" => Some(Key::Up),
        "B" => Some(Key::Down),
        "C" => Some(Key::Right),
        "D" => Some(Key::Left),
        "H" => Some(Key::Home),
        "F" => Some(Key::End),
        "5~" => Some(Key::PageUp),
        "6~" => Some(Key::PageDown),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_terminals_answer_is_understood() {
        let means = read("\x1b[?62;4;22c\x1b[6;18;9t\x1b[0n");
        assert_eq!(
            means,
            Means {
                sixel: true,
                kitty: false,
                cell: Some((9, 18))
            }
        );
        let means = read("\x1b_Gi=31;OK\x1b\\\x1b[0n");
        assert!(means.kitty);
        assert_eq!(read("\x1b[?1;2c\x1b[0n"), Means::default());
        assert_eq!(read("\x1b[6;0;0t\x1b[0n").cell, None);
    }

    #[test]
    fn what_is_typed_while_it_is_asked_is_kept() {
        let came = "j\x1b[?62;4c3\x1b[B\x1b[6;18;9t\x1b[0n\x03\x1b_Gi=31;OK\x1b\\\r\x1b[0n/é";
        let keys: Vec<String> = typed(came).iter().map(Chord::to_string).collect();
        assert_eq!(keys, ["j", "3", "Down", "Ctrl+c", "Enter", "/", "é"]);
        assert_eq!(Question::of("off", "xterm"), None);
    }
}
