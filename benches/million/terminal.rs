//! The real binary in a pseudo-terminal, with the time of every piece it writes.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    num::NonZero,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child as Inside, CommandBuilder, MasterPty, PtySize, native_pty_system};
use vt100::Parser;

use crate::Anyhow;

/// The program, built as it is shipped.
const PROGRAM: &str = env!("CARGO_BIN_EXE_armarius");
/// How large the terminal is.
const SIZE: (u16, u16) = (160, 50);

/// A library that answers on this machine, in a process of its own.
pub(crate) struct Library {
    process: Child,
    pub(crate) address: String,
}

impl Library {
    /// One of so many made-up assets.
    pub(crate) fn of(assets: usize) -> Anyhow<Self> {
        let mut process = Command::new(PROGRAM)
            .args(["serve", "--assets", &assets.to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        let out = process.stdout.take().ok_or("no output")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let told: serde_json::Value = serde_json::from_str(&line)?;
        let address = told["address"].as_str().unwrap_or_default().to_owned();
        Ok(Self { process, address })
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Writes a configuration whose only profile is the library at an address.
pub(crate) fn configure(folder: &Path, address: &str) -> Anyhow<()> {
    let text = format!(
        "[profiles.library]\nkind = \"atlan\"\nurl = \"{address}\"\n\
         token = {{ env = \"LIBRARY_TOKEN\" }}\nauthor = \"akim\"\n\
         requests_per_minute = 100000\npage_size = 1000\nreports = \"off\"\n"
    );
    Ok(fs::write(folder.join("config.toml"), text)?)
}

/// The words that make the program work in a folder alone.
fn words(folder: &Path, more: &[&str]) -> Vec<String> {
    let of = |name: &str| folder.join(name).display().to_string();
    let (config, data) = (of("config.toml"), of("data"));
    let own = ["--config", &config, "--data-dir", &data, "-p", "library"];
    let own = own.into_iter().chain(more.iter().copied());
    own.map(str::to_owned).collect()
}

/// Runs a command without a terminal; gives what it said.
pub(crate) fn run(folder: &Path, more: &[&str]) -> Anyhow<String> {
    let done = Command::new(PROGRAM)
        .args(words(folder, more))
        .env("LIBRARY_TOKEN", "demo-token")
        .output()?;
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    if done.status.success() {
        Ok(said)
    } else {
        Err(format!("{more:?}: {said}").into())
    }
}

/// What came of a key.
pub(crate) struct Pressed {
    /// Milliseconds until the cursor was elsewhere.
    pub(crate) ms: f64,
    /// The bytes until it was quiet.
    pub(crate) bytes: usize,
}

/// A terminal with the program in it.
pub(crate) struct Terminal {
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Inside + Send + Sync>,
    writer: Box<dyn Write + Send>,
    pieces: Receiver<(Instant, Vec<u8>)>,
    parser: Parser,
    started: Instant,
    /// Everything written so far.
    pub(crate) bytes: Vec<u8>,
    last: Instant,
}

impl Terminal {
    /// Starts the program in a folder.
    pub(crate) fn start(folder: &Path) -> Anyhow<Self> {
        let mut command = CommandBuilder::new(PROGRAM);
        command.args(words(folder, &[]));
        command.env("LIBRARY_TOKEN", "demo-token");
        Self::of(command)
    }

    /// The least any program takes to write to a terminal here.
    pub(crate) fn floor() -> Anyhow<Self> {
        let mut command = CommandBuilder::new("/bin/sh");
        command.args(["-c", "printf hello; read end"]);
        Self::of(command)
    }

    fn of(mut command: CommandBuilder) -> Anyhow<Self> {
        let (cols, rows) = SIZE;
        let pair = native_pty_system().openpty(PtySize {
            rows,
            cols,
            pixel_width: 0,
            pixel_height: 0,
        })?;
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        let mut reader = pair.master.try_clone_reader()?;
        let writer = pair.master.take_writer()?;
        let (tell, pieces) = channel();
        thread::spawn(move || {
            let mut piece = vec![0; 1 << 16];
            while let Ok(count @ 1..) = reader.read(&mut piece) {
                if tell
                    .send((Instant::now(), piece[..count].to_vec()))
                    .is_err()
                {
                    break;
                }
            }
        });
        let of = |length| NonZero::new(length).ok_or("no size");
        let started = Instant::now();
        let child = pair.slave.spawn_command(command)?;
        Ok(Self {
            master: pair.master,
            child,
            writer,
            pieces,
            parser: Parser::new(of(rows)?, of(cols)?, 0),
            started,
            bytes: Vec::new(),
            last: started,
        })
    }

    fn take(&mut self, (at, piece): (Instant, Vec<u8>)) {
        self.parser.process(&piece);
        self.bytes.extend(piece);
        self.last = at;
    }

    /// Reads on until the screen shows one of these texts; gives the milliseconds since the start.
    pub(crate) fn shows(&mut self, texts: &[&str]) -> Anyhow<f64> {
        let shown = |screen: &str| texts.iter().any(|text| screen.contains(text));
        while !shown(&self.parser.screen().contents()) {
            let piece = self.pieces.recv_timeout(Duration::from_mins(3));
            let piece = piece.map_err(|_| {
                format!("{texts:?} never came:\n{}", self.parser.screen().contents())
            })?;
            self.take(piece);
        }
        Ok((self.last - self.started).as_secs_f64() * 1000.0)
    }

    /// Whether the screen shows a text.
    pub(crate) fn has(&self, text: &str) -> bool {
        self.parser.screen().contents().contains(text)
    }

    /// Types keys.
    pub(crate) fn types(&mut self, keys: &str) -> Anyhow<()> {
        self.writer.write_all(keys.as_bytes())?;
        Ok(self.writer.flush()?)
    }

    /// Reads on for so long after the last piece.
    pub(crate) fn settle(&mut self, quiet: Duration) {
        while let Ok(piece) = self.pieces.recv_timeout(quiet) {
            self.take(piece);
        }
    }

    /// Reads on for so long.
    pub(crate) fn listen(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            if let Ok(piece) = self.pieces.recv_timeout(left) {
                self.take(piece);
            }
        }
    }

    /// Presses a key that moves the cursor, and waits until it has moved and for so long behind.
    pub(crate) fn presses(&mut self, key: &str, quiet: Duration) -> Anyhow<Pressed> {
        while let Ok(piece) = self.pieces.try_recv() {
            self.take(piece);
        }
        let (before, bytes) = (self.parser.screen().cursor_position(), self.bytes.len());
        let begun = Instant::now();
        self.types(key)?;
        while self.parser.screen().cursor_position() == before {
            let piece = self.pieces.recv_timeout(Duration::from_secs(20))?;
            self.take(piece);
        }
        let ms = (self.last - begun).as_secs_f64() * 1000.0;
        self.listen(quiet);
        let bytes = self.bytes.len() - bytes;
        Ok(Pressed { ms, bytes })
    }

    /// How many frames were written since a place in the bytes.
    pub(crate) fn frames(&self, since: usize) -> usize {
        let begin = b"\x1b[?2026h";
        self.bytes[since..]
            .windows(begin.len())
            .filter(|part| part == begin)
            .count()
    }

    /// Milliseconds of work so far, and how often a thread of it went to sleep.
    pub(crate) fn work(&self) -> Anyhow<(f64, u64)> {
        let process = format!("/proc/{}", self.child.process_id().ok_or("it ended")?);
        let (mut spent, mut sleeps) = (0.0, 0);
        for task in fs::read_dir(format!("{process}/task"))? {
            let task = task?.path();
            let told = fs::read_to_string(task.join("schedstat"))?;
            let first = told.split_whitespace().next().unwrap_or_default();
            spent += first.parse::<f64>()? / 1e6;
            let status = fs::read_to_string(task.join("status"))?;
            let line = status
                .lines()
                .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            sleeps += line.unwrap_or("0").trim().parse::<u64>()?;
        }
        Ok((spent, sleeps))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        drop(self.writer.write_all(b"q"));
        for _ in 0..50 {
            if let Ok(Some(_)) = self.child.try_wait() {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        drop(self.child.kill());
        drop(self.child.wait());
        let _ = self.master.get_size();
    }
}
