//! Asks the terminal what it can do with pictures, with a limit and without eating what is typed
//! meanwhile. The thread that reads the keys asks, before it reads any: no frame waits for answers.

use std::{
    fs::File,
    io::{self, Read, Write},
    time::Duration,
};

use super::{modes::Writing, waiting};
use crate::ui::{
    chord::{Chord, Key},
    input::Means,
};

/// How long one answer may take, in steps of [`STEP`]: 150 ms, less
/// where much is typed meanwhile.
const STEPS: u32 = 30;
/// How long one look for an answer waits.
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

/// What comes from the terminal while it is asked: answers, and among them keys, which are told as
/// soon as they are whole. A terminal that answers late, or never, keeps nobody from typing.
struct Line<Tell> {
    keyboard: File,
    came: Vec<u8>,
    /// So many bytes of it were looked at for keys.
    looked: usize,
    tell: Tell,
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

    /// Asks, and tells the keys that are typed meanwhile. The line is raw, and nobody else reads
    /// it. Gives what the terminal can do; `None` if it did not say so in time.
    pub(super) fn ask(self, tell: impl FnMut(Chord)) -> Option<Means> {
        let mut line = Line {
            keyboard: keyboard().ok()?,
            came: Vec::new(),
            looked: 0,
            tell,
        };
        let attributes = line.asked(ATTRIBUTES);
        let means = attributes.map(|answer| {
            let kitty = self.kitty.then(|| line.asked(KITTY)).flatten();
            Means {
                kitty: kitty.is_some_and(|answer| read(&answer).kitty),
                ..read(&answer)
            }
        });
        if line.came.get(line.looked..) == Some(b"\x1b") {
            (line.tell)(Chord::plain(Key::Esc));
        }
        means
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

impl<Tell: FnMut(Chord)> Line<Tell> {
    /// Asks, and gathers what comes until the status. Gives it if that came in time.
    fn asked(&mut self, question: &str) -> Option<String> {
        put(question).ok()?;
        let start = self.came.len();
        for _ in 0..STEPS {
            let mut bytes = [0; 256];
            match self.keyboard.read(&mut bytes) {
                Ok(count) => self.came.extend_from_slice(&bytes[..count]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    waiting::is_readable(STEP);
                }
                Err(_) => return None,
            }
            let (keys, looked) = typed(&self.came[self.looked..]);
            self.looked += looked;
            keys.into_iter().for_each(&mut self.tell);
            let came = &self.came[start..];
            let said = |status: &[u8]| came.windows(status.len()).any(|part| part == status);
            if said(b"\x1b[0n") || said(b"\x1b[3n") {
                return Some(String::from_utf8_lossy(came).into_owned());
            }
        }
        None
    }
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

/// The keys among what came, plain ones and arrows, and how many bytes were looked at: what is not
/// whole yet is left. Answers are no keys, nor is what nobody types before the first frame.
fn typed(came: &[u8]) -> (Vec<Chord>, usize) {
    let mut keys = Vec::new();
    let mut rest = came;
    while let Some((first, after)) = next(rest) {
        rest = if first != '\x1b' {
            keys.extend(key(first));
            after
        } else if let Some(sequence) = after.strip_prefix(b"[") {
            let Some(end) = sequence
                .iter()
                .position(|byte| (b'@'..=b'~').contains(byte))
            else {
                break;
            };
            keys.extend(arrow(&sequence[..=end]).map(Chord::plain));
            &sequence[end + 1..]
        } else if let Some(string) = after.strip_prefix(b"_") {
            let Some(end) = string.windows(2).position(|pair| pair == b"\x1b\\") else {
                break;
            };
            &string[end + 2..]
        } else if after.is_empty() {
            // The key, or the beginning of an answer.
            break;
        } else {
            keys.push(Chord::plain(Key::Esc));
            after
        };
    }
    (keys, came.len() - rest.len())
}

/// The first character, and what is behind it; `None` if it is not whole.
fn next(bytes: &[u8]) -> Option<(char, &[u8])> {
    let chunk = bytes.utf8_chunks().next()?;
    if let Some(first) = chunk.valid().chars().next() {
        return Some((first, &bytes[first.len_utf8()..]));
    }
    let invalid = chunk.invalid().len();
    (invalid < bytes.len()).then(|| (char::REPLACEMENT_CHARACTER, &bytes[invalid..]))
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

fn arrow(sequence: &[u8]) -> Option<Key> {
    match sequence {
        b"A" => Some(Key::Up),
        b"B" => Some(Key::Down),
        b"C" => Some(Key::Right),
        b"D" => Some(Key::Left),
        b"H" => Some(Key::Home),
        b"F" => Some(Key::End),
        b"5~" => Some(Key::PageUp),
        b"6~" => Some(Key::PageDown),
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
    fn what_is_typed_while_it_is_asked_is_told_as_soon_as_it_is_whole() {
        let came = "j\x1b[?62;4c3\x1b[B\x1b[6;18;9t\x1b[0n\x03\x1b_Gi=31;OK\x1b\\\r\x1b[0n/é\x1bx";
        let expected = ["j", "3", "Down", "Ctrl+c", "Enter", "/", "é", "Esc", "x"];
        for piece in 1..=came.len() {
            let (mut told, mut looked) = (Vec::new(), 0);
            for end in (piece..came.len()).step_by(piece).chain([came.len()]) {
                let (keys, more) = typed(&came.as_bytes()[looked..end]);
                looked += more;
                told.extend(keys.iter().map(Chord::to_string));
            }
            assert_eq!(
                (told.as_slice(), looked),
                (&expected.map(String::from)[..], came.len())
            );
        }
        assert_eq!(typed(b"j\x1b[6;1").0, [Chord::plain(Key::Char('j'))]);
        assert_eq!(Question::of("off", "xterm"), None);
    }
}
