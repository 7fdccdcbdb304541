//! The only home that prints: answers to standard output, messages to standard error.
//!
//! What goes to a terminal is made visible here, whatever the format; what goes to a file or to
//! another program is exact. A reader that goes away ends a command that only reads, and never one
//! that changes something. Beside a JSON answer the messages are JSON, too.

use std::{
    cell::RefCell,
    io::{self, IsTerminal, Write},
    process::ExitCode,
    rc::Rc,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use serde_json::{Value as Json, json};
use unicode_width::UnicodeWidthStr;

use super::ending::{Ending, Stop};
pub(super) use crate::domain::text::{counted, number};
use crate::{domain::text::visible, exchange};

/// Where a command writes to.
pub struct Output<'a> {
    /// Answers: machine output and nothing else.
    pub out: &'a mut dyn Write,
    /// Messages for people.
    pub messages: &'a mut dyn Write,
    unheard: Rc<RefCell<Unheard>>,
}

impl Output<'_> {
    /// Writes one line of an answer, exactly as given.
    ///
    /// # Errors
    ///
    /// Those of the stream.
    pub fn line(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{line}")
    }

    /// Writes one line of an answer for people, safe for a terminal.
    ///
    /// # Errors
    ///
    /// Those of the stream.
    pub fn shown(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{}", visible(line))
    }

    /// Writes JSON as one line of an answer.
    ///
    /// # Errors
    ///
    /// Those of the stream.
    pub fn json(&mut self, value: &Json) -> io::Result<()> {
        writeln!(self.out, "{}", exchange::json_line(value))
    }

    /// Says something to people, safe for a terminal. Nobody listening is no error.
    pub fn say(&mut self, message: &str) {
        leave_live();
        let _ = self.messages.write_all(said(message).as_bytes());
    }

    /// Says why a command could not go on.
    fn stop(&mut self, stop: &Stop) {
        if !ARE_JSON.load(Ordering::Relaxed) {
            return self.say(&format!("armarius: {}", stop.message));
        }
        let error = exchange::document(json!({ "error": {
            "exit": stop.ending as u8,
            "kind": stop.ending.word(),
            "message": stop.message,
        }}));
        let _ = writeln!(self.messages, "{}", exchange::json_line(&error));
    }

    /// From now on what can't be written of the answer ends nothing: the command changes something,
    /// and how that went is its exit code.
    pub fn go_on_unheard(&mut self) {
        self.unheard.borrow_mut().goes_on = true;
    }
}

/// Runs with the streams of the process. Without a reader (`| head`) a command that only reads ends
/// silently.
pub fn with_process_streams(
    work: impl FnOnce(&mut Output<'_>) -> Result<Ending, Stop>,
) -> ExitCode {
    ARE_JSON.store(asks_for_json(std::env::args().skip(1)), Ordering::Relaxed);
    let unheard = Rc::<RefCell<Unheard>>::default();
    let stream = io::stdout();
    let shows = stream.is_terminal();
    let mut out = Answers {
        stream: io::BufWriter::new(stream),
        shows,
        line: Vec::new(),
        unheard: Rc::clone(&unheard),
    };
    let mut output = Output {
        out: &mut out,
        messages: &mut io::stderr(),
        unheard: Rc::clone(&unheard),
    };
    let done = work(&mut output);
    let done = match output.out.flush() {
        Err(error) if done.is_ok() => Err(Stop::from(error)),
        Ok(()) | Err(_) => done,
    };
    if let Some(error) = unheard.borrow_mut().error.take() {
        output.say(&Stop::from(error).message);
    }
    match done {
        _ if unheard.borrow().is_over => Ending::ClosedPipe.into(),
        Ok(ending) => ending.into(),
        Err(stop) => {
            output.stop(&stop);
            stop.ending.into()
        }
    }
}

/// What became of an answer nobody may have read.
#[derive(Default)]
struct Unheard {
    /// Whether the work goes on all the same.
    goes_on: bool,
    /// Whether the reader went away and the work does not go on.
    is_over: bool,
    /// Why it could not be written then; `None` if the reader just went away.
    error: Option<io::Error>,
}

/// Standard output. On a terminal it is written line by line, with everything made visible that
/// would act on it, but for line breaks and tabs.
struct Answers<W: Write> {
    stream: W,
    shows: bool,
    /// A line that is not whole yet.
    line: Vec<u8>,
    unheard: Rc<RefCell<Unheard>>,
}

impl<W: Write> Answers<W> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        leave_live();
        if !self.shows {
            return self.stream.write_all(bytes);
        }
        self.line.extend_from_slice(bytes);
        let whole = self.line.iter().rposition(|byte| *byte == b'\n');
        whole.map_or(Ok(()), |end| self.show(end + 1))
    }

    fn show(&mut self, length: usize) -> io::Result<()> {
        let bytes: Vec<u8> = self.line.drain(..length).collect();
        let text = String::from_utf8_lossy(&bytes);
        for part in text.split_inclusive(['\n', '\t']) {
            let words = part.trim_end_matches(['\n', '\t']);
            self.stream.write_all(visible(words).as_bytes())?;
            self.stream.write_all(&part.as_bytes()[words.len()..])?;
        }
        Ok(())
    }

    /// What the work is told of how writing went.
    fn heard<T>(&self, done: io::Result<T>, otherwise: T) -> io::Result<T> {
        let mut unheard = self.unheard.borrow_mut();
        match done {
            Err(error) if unheard.goes_on => {
                if error.kind() != io::ErrorKind::BrokenPipe {
                    unheard.error.get_or_insert(error);
                }
                Ok(otherwise)
            }
            // Writers between here and the work may hide what kind of error it was.
            Err(error) => {
                unheard.is_over |= error.kind() == io::ErrorKind::BrokenPipe;
                Err(error)
            }
            done => done,
        }
    }
}

impl<W: Write> Write for Answers<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.put(bytes).map(|()| bytes.len());
        self.heard(done, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self
            .show(self.line.len())
            .and_then(|()| self.stream.flush());
        self.heard(done, ())
    }
}

/// Whether messages are JSON lines: `{"note": …}`, and `{"schema": …, "error": …}` at the end.
static ARE_JSON: AtomicBool = AtomicBool::new(false);

/// Whether the answer is asked for as JSON: also of words that can't be understood otherwise.
fn asks_for_json(words: impl Iterator<Item = String>) -> bool {
    let words: Vec<String> = words.take_while(|word| word != "--").collect();
    words.iter().any(|word| word == "--format=json")
        || words
            .windows(2)
            .any(|pair| pair[0] == "--format" && pair[1] == "json")
}

/// A message as it is written, safe for a terminal.
fn said(message: &str) -> String {
    if ARE_JSON.load(Ordering::Relaxed) {
        return exchange::json_line(&json!({ "note": message })) + "\n";
    }
    message.lines().map(|line| visible(line) + "\n").collect()
}

/// How wide the line is that is written over again and again on the terminal; 0 if none stands there.
static LIVE: AtomicUsize = AtomicUsize::new(0);

/// Says how far something is, over what was said so last. Only for terminals.
pub(super) fn live(message: &str) {
    if ARE_JSON.load(Ordering::Relaxed) {
        return;
    }
    let width = message.width();
    let before = LIVE.swap(width, Ordering::Relaxed);
    let rest = " ".repeat(before.saturating_sub(width));
    let _ = write!(io::stderr(), "\r{}{rest}", visible(message));
}

/// Takes the live line away before anything else is written.
fn leave_live() {
    let width = LIVE.swap(0, Ordering::Relaxed);
    if width > 0 {
        let _ = write!(io::stderr(), "\r{}\r", " ".repeat(width));
    }
}

/// Says something to people while a command is at work.
pub(super) fn aside(message: &str) {
    leave_live();
    let _ = io::stderr().write_all(said(message).as_bytes());
}

/// Says the last thing to people when everything else is gone.
pub(super) fn last_words(message: &str) {
    aside(message);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::needs_showing;

    fn answers(shows: bool) -> Answers<Vec<u8>> {
        Answers {
            stream: Vec::new(),
            shows,
            line: Vec::new(),
            unheard: Rc::default(),
        }
    }

    #[test]
    fn a_terminal_is_shown_what_a_file_is_given() {
        let hostile = "a\u{1b}]52;c;eA==\u{7}\tb\u{9b}31m\u{202e}c\u{200b}\r\u{7f}";
        let text = format!("{hostile}\n{hostile}");
        for size in [1, 2, 3, 7, 100] {
            let (mut shown, mut exact) = (answers(true), answers(false));
            for piece in text.as_bytes().chunks(size) {
                shown.write_all(piece).unwrap();
                exact.write_all(piece).unwrap();
            }
            shown.flush().unwrap();
            exact.flush().unwrap();
            assert_eq!(exact.stream, text.as_bytes());
            let shown = String::from_utf8(shown.stream).unwrap();
            assert!(
                !shown.replace(['\n', '\t'], "").chars().any(needs_showing),
                "{shown:?}"
            );
            assert_eq!(shown.lines().count(), 2);
        }
    }

    #[test]
    fn json_is_asked_for_by_the_format_alone() {
        let asks = |words: &str| asks_for_json(words.split(' ').map(str::to_owned));
        assert!(asks("list --format json"));
        assert!(asks("plan --format=json"));
        assert!(!asks("list --format jsonl"));
        assert!(!asks("list json --format csv"));
        assert!(!asks("list -- --format json"));
    }
}
