//! The real binary in a pseudo-terminal, seen by a terminal emulator.

use std::{
    io::{Read, Write},
    num::NonZero,
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtyPair, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use vt100::{MouseProtocolMode, Parser};

use super::{Desk, desk::PROGRAM};

/// How long the program may be silent before a test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A terminal with the program in it.
pub(crate) struct Terminal {
    pair: PtyPair,
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    pieces: Receiver<Vec<u8>>,
    parser: Parser,
    modes: String,
    /// Every byte the program wrote.
    pub(crate) bytes: Vec<u8>,
}

impl Terminal {
    /// Starts the program with these words in a terminal of this size (columns, rows).
    pub(crate) fn start(desk: &Desk, words: &[&str], size: (u16, u16)) -> Self {
        Self::start_as(desk, words, size, "xterm-256color")
    }

    /// The same in a terminal that calls itself differently.
    pub(crate) fn start_as(desk: &Desk, words: &[&str], size: (u16, u16), term: &str) -> Self {
        let pair = native_pty_system().openpty(pty_size(size)).unwrap();
        let modes = modes(pair.master.as_ref());
        let mut command = CommandBuilder::new(PROGRAM);
        command.env_clear();
        for (name, value) in desk.environment() {
            command.env(name, value);
        }
        command.env("TERM", term);
        command.cwd(desk.folder());
        command.args(desk.words());
        command.args(words);
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let (tell, pieces) = channel();
        thread::spawn(move || {
            let mut piece = [0; 16_384];
            while let Ok(count @ 1..) = reader.read(&mut piece) {
                if tell.send(piece[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            pair,
            child,
            writer,
            pieces,
            parser: parser(size),
            modes,
            bytes: Vec::new(),
        }
    }

    /// What the screen shows.
    pub(crate) fn screen(&self) -> String {
        self.parser.screen().contents()
    }

    /// Reads on until the screen shows these words.
    #[track_caller]
    pub(crate) fn shows(&mut self, words: &str) -> &mut Self {
        self.until(&format!("`{words}`"), |screen| screen.contains(words))
    }

    /// Reads on until the screen no longer shows these words.
    #[track_caller]
    pub(crate) fn hides(&mut self, words: &str) -> &mut Self {
        self.until(&format!("no `{words}`"), |screen| !screen.contains(words))
    }

    /// Reads on until something holds of the screen.
    #[track_caller]
    pub(crate) fn until(&mut self, wanted: &str, holds: impl Fn(&str) -> bool) -> &mut Self {
        while !holds(&self.screen()) {
            match self.pieces.recv_timeout(PATIENCE) {
                Ok(piece) => self.take(&piece),
                Err(error) => {
                    panic!(
                        "{wanted} never came ({error}); the screen:\n{}",
                        self.screen()
                    )
                }
            }
        }
        self
    }

    fn take(&mut self, piece: &[u8]) {
        self.bytes.extend_from_slice(piece);
        self.parser.process(piece);
    }

    /// Types keys.
    pub(crate) fn types(&mut self, keys: &str) -> &mut Self {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
        self
    }

    /// Gives the terminal another size (columns, rows).
    pub(crate) fn resize(&mut self, size: (u16, u16)) -> &mut Self {
        let [columns, rows] = [size.0, size.1].map(|length| NonZero::new(length).unwrap());
        self.parser.screen_mut().set_size(rows, columns);
        self.pair.master.resize(pty_size(size)).unwrap();
        self
    }

    /// The process of the program.
    pub(crate) fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Sends the program a signal.
    pub(crate) fn signal(&mut self, signal: Signal) -> &mut Self {
        let pid = i32::try_from(self.pid()).ok().and_then(Pid::from_raw);
        kill_process(pid.unwrap(), signal).unwrap();
        self
    }

    /// Waits for the program's end; reads what it still wrote. Gives its exit code.
    pub(crate) fn ends(&mut self) -> u32 {
        let mut killer = self.child.clone_killer();
        let (tell, over) = channel::<()>();
        let guard = thread::spawn(move || {
            if over.recv_timeout(PATIENCE) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                drop(killer.kill());
            }
        });
        let status = self.child.wait().unwrap();
        drop(tell);
        guard.join().unwrap();
        // The last words of ours end what the reader still has.
        self.bytes_until_end();
        status.exit_code()
    }

    fn bytes_until_end(&mut self) {
        const MARK: &[u8] = b"--that was all--";
        let mut tty = std::fs::OpenOptions::new()
            .write(true)
            .open(self.pair.master.tty_name().unwrap())
            .unwrap();
        tty.write_all(MARK).unwrap();
        loop {
            let piece = self.pieces.recv_timeout(PATIENCE).unwrap();
            self.bytes.extend_from_slice(&piece);
            let end = self.bytes.len().saturating_sub(MARK.len());
            if self.bytes[end..] == *MARK {
                self.bytes.truncate(end);
                let bytes = self.bytes.clone();
                let (rows, columns) = self.parser.screen().size();
                self.parser = Parser::new(rows, columns, 0);
                self.parser.process(&bytes);
                return;
            }
        }
    }

    /// Insists that the terminal is as the program found it: cooked, on the main screen, with a
    /// cursor and without mouse and bracketed paste.
    #[track_caller]
    pub(crate) fn is_clean(&self) {
        let screen = self.parser.screen();
        assert!(!screen.alternate_screen(), "still on the alternate screen");
        assert!(!screen.hide_cursor(), "the cursor is hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste is still on");
        assert_eq!(screen.mouse_protocol_mode(), MouseProtocolMode::None);
        assert_eq!(modes(self.pair.master.as_ref()), self.modes);
    }

    /// Insists that the program has the screen: without this, clean would prove nothing.
    #[track_caller]
    pub(crate) fn is_taken(&self) {
        let screen = self.parser.screen();
        assert!(screen.alternate_screen() && screen.bracketed_paste());
        assert_ne!(modes(self.pair.master.as_ref()), self.modes);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It has ended unless a test failed.
        drop(self.child.kill());
    }
}

fn modes(master: &(dyn MasterPty + Send)) -> String {
    format!("{:?}", master.get_termios().unwrap())
}

fn parser((columns, rows): (u16, u16)) -> Parser {
    let [columns, rows] = [columns, rows].map(|length| NonZero::new(length).unwrap());
    Parser::new(rows, columns, 0)
}

fn pty_size((cols, rows): (u16, u16)) -> PtySize {
    PtySize {
        rows,
        cols,
        ..PtySize::default()
    }
}
