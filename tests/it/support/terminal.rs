//! The real binary in a pseudo-terminal, seen by a terminal emulator.

use std::{
    io::{Read, Write},
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    thread,
    time::Duration,
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtyPair, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use vt100::{MouseProtocolMode, Parser};

use super::{Audit, Desk, desk::PROGRAM};

/// How long the program may be silent before a test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A terminal with the program in it.
pub(crate) struct Terminal {
    /// `None` once the window is closed.
    pair: Option<PtyPair>,
    child: Box<dyn Child + Send + Sync>,
    writer: Option<Box<dyn Write + Send>>,
    /// Whether nobody reads any more what the program writes.
    deaf: Arc<AtomicBool>,
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
        let own = desk.words();
        let own = own.iter().map(String::as_str).chain(words.iter().copied());
        let all: Vec<&str> = own.collect();
        Self::start_program(desk, (PROGRAM, &all), size, term)
    }

    /// Starts the program in a terminal that says it has no size; its window has this one.
    pub(crate) fn start_unsized(desk: &Desk, size: (u16, u16)) -> Self {
        let words = desk.words();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut terminal = Self::start_program(desk, (PROGRAM, &words), (0, 0), "xterm-256color");
        terminal.parser = parser(size);
        terminal
    }

    /// A shell with job control in a terminal of this size; it says `ready>` when it waits.
    pub(crate) fn shell(desk: &Desk, size: (u16, u16)) -> Self {
        Self::start_program(desk, ("/bin/sh", &["-i"]), size, "xterm-256color")
    }

    fn start_program(
        desk: &Desk,
        (program, words): (&str, &[&str]),
        size: (u16, u16),
        term: &str,
    ) -> Self {
        let pair = native_pty_system().openpty(pty_size(size)).unwrap();
        let modes = modes(pair.master.as_ref());
        let mut command = CommandBuilder::new(program);
        command.env_clear();
        for (name, value) in desk.environment() {
            command.env(name, value);
        }
        command.env("TERM", term);
        command.env("PS1", "ready> ");
        command.cwd(desk.folder());
        command.args(words);
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let (tell, pieces) = channel();
        let deaf: Arc<AtomicBool> = Arc::default();
        let stops = Arc::clone(&deaf);
        thread::spawn(move || {
            let mut piece = [0; 16_384];
            while let Ok(count @ 1..) = reader.read(&mut piece) {
                let heard = tell.send(piece[..count].to_vec()).is_ok();
                if !heard || stops.load(Ordering::SeqCst) {
                    break;
                }
            }
        });
        Self {
            pair: Some(pair),
            child,
            writer: Some(writer),
            deaf,
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

    /// Somebody else clears the window and writes this.
    pub(crate) fn forgets(&mut self, words: &str) -> &mut Self {
        while let Ok(piece) = self.pieces.try_recv() {
            self.take(&piece);
        }
        self.parser.process(b"\x1b[2J\x1b[H");
        self.parser.process(words.as_bytes());
        self
    }

    /// Types keys.
    pub(crate) fn types(&mut self, keys: &str) -> &mut Self {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
        self
    }

    fn master(&self) -> &(dyn MasterPty + Send) {
        self.pair.as_ref().unwrap().master.as_ref()
    }

    /// Stops reading what the program writes: the terminal stays, and soon takes nothing more.
    pub(crate) fn stops_reading(&mut self) -> &mut Self {
        self.deaf.store(true, Ordering::SeqCst);
        // The reader notices with the next piece: everything is painted anew.
        self.types("\u{c}");
        while self.pieces.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Disconnected) {}
        self
    }

    /// Closes the window.
    pub(crate) fn closes(&mut self) -> &mut Self {
        self.stops_reading();
        drop(self.writer.take());
        drop(self.pair.take());
        self
    }

    /// Gives the terminal another size (columns, rows).
    pub(crate) fn resize(&mut self, size: (u16, u16)) -> &mut Self {
        let [columns, rows] = [size.0, size.1].map(|length| NonZero::new(length).unwrap());
        self.parser.screen_mut().set_size(rows, columns);
        self.says_size(size)
    }

    /// Tells the program of another size (columns, rows) that the window does not have.
    pub(crate) fn says_size(&mut self, size: (u16, u16)) -> &mut Self {
        self.master().resize(pty_size(size)).unwrap();
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
        let code = self.ends_unseen();
        // The last words of ours end what the reader still has.
        self.bytes_until_end();
        code
    }

    /// Waits for the program's end, whatever it wrote. Gives its exit code.
    pub(crate) fn ends_unseen(&mut self) -> u32 {
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
        status.exit_code()
    }

    fn bytes_until_end(&mut self) {
        const MARK: &[u8] = b"--that was all--";
        let mut tty = std::fs::OpenOptions::new()
            .write(true)
            .open(self.master().tty_name().unwrap())
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
        assert_eq!(screen.fgcolor(), vt100::Color::Default);
        assert_eq!(screen.bgcolor(), vt100::Color::Default);
        assert!(!screen.bold() && !screen.inverse() && !screen.underline());
        let titles = Audit::of(&self.bytes).titles;
        let last = titles.last().map(String::as_str);
        assert!(
            matches!(last, None | Some("")),
            "the window is called {last:?}"
        );
        assert_eq!(modes(self.master()), self.modes);
    }

    /// Insists that the program has the screen: without this, clean would prove nothing.
    #[track_caller]
    pub(crate) fn is_taken(&self) {
        let screen = self.parser.screen();
        assert!(screen.alternate_screen() && screen.bracketed_paste());
        assert_ne!(modes(self.master()), self.modes);
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
    let [columns, rows] = [columns, rows].map(|length| NonZero::new(length.max(1)).unwrap());
    Parser::new(rows, columns, 0)
}

fn pty_size((cols, rows): (u16, u16)) -> PtySize {
    PtySize {
        rows,
        cols,
        ..PtySize::default()
    }
}
