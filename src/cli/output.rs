//! The only home that prints: answers to standard output, messages to standard error.

use std::io::{self, Write};

use crate::domain::text::visible;

/// Where a command writes to.
pub struct Output<'a> {
    /// Answers: machine output and nothing else.
    pub out: &'a mut dyn Write,
    /// Messages for people.
    pub messages: &'a mut dyn Write,
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

    /// Says something to people, safe for a terminal. Nobody listening is no error.
    pub fn say(&mut self, message: &str) {
        for line in message.lines() {
            let _ = writeln!(self.messages, "{}", visible(line));
        }
    }
}

/// Runs with the streams of the process; a reader that went away (`| head`) ends it quietly.
pub fn with_process_streams<T>(work: impl FnOnce(&mut Output<'_>) -> T) -> T {
    let (mut out, mut messages) = (io::BufWriter::new(io::stdout()), io::stderr());
    let result = work(&mut Output {
        out: &mut out,
        messages: &mut messages,
    });
    let _ = out.flush();
    result
}

/// `1 change`, `2 changes`.
pub(super) fn counted(count: u64, one: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {one}{ending}")
}

/// Says something to people while a command is at work.
pub(super) fn aside(message: &str) {
    let _ = writeln!(io::stderr(), "{}", visible(message));
}

/// Says the last thing to people when everything else is gone.
pub(super) fn last_words(message: &str) {
    let lines: Vec<String> = message.lines().map(|line| visible(line).into()).collect();
    let _ = writeln!(io::stderr(), "{}", lines.join("\n"));
}
