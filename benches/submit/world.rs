//! The processes a case needs, and the folders they work in.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::{
    Anyhow,
    client::{Sent, Task},
};

/// A process that ends with the case.
struct Held(Child);

impl Drop for Held {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A catalogue, the server before it, and a workspace that has listed it.
pub(crate) struct World {
    protocol: &'static str,
    /// Where the client sends to.
    pub(crate) address: String,
    folder: TempDir,
    _processes: Vec<Held>,
    turn: u32,
}

impl World {
    /// A library of so many assets behind the server that answers writes at once.
    pub(crate) fn new(protocol: &'static str, assets: u32) -> Anyhow<Self> {
        let (catalogue, behind) = catalogue(assets, "")?;
        let mut stub = Command::new(std::env::current_exe()?)
            .args(["--stub", &behind])
            .stdout(Stdio::piped())
            .spawn()?;
        let line = first_line(&mut stub)?;
        Self::at(protocol, line, vec![Held(stub), catalogue])
    }

    /// The same on the catalogue itself.
    pub(crate) fn bare(protocol: &'static str, assets: u32, faults: &str) -> Anyhow<Self> {
        let (catalogue, address) = catalogue(assets, faults)?;
        Self::at(protocol, address, vec![catalogue])
    }

    fn at(protocol: &'static str, address: String, processes: Vec<Held>) -> Anyhow<Self> {
        let world = Self {
            protocol,
            address,
            folder: tempfile::tempdir()?,
            _processes: processes,
            turn: 0,
        };
        let listed = world.listed();
        Self::client(&world.task("list", &listed))?;
        Ok(world)
    }

    /// The workspace that has listed the library and staged nothing.
    fn listed(&self) -> PathBuf {
        self.folder.path().join("listed")
    }

    /// A folder for a file of the case.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A task in a folder.
    pub(crate) fn task(&self, what: &str, folder: &Path) -> Task {
        Task {
            what: what.into(),
            protocol: self.protocol.into(),
            url: format!("http://{}", self.address),
            folder: folder.display().to_string(),
            changes: 0,
            concurrency: 4,
            pace: None,
            value: String::new(),
        }
    }

    /// A fresh copy of the workspace that has listed the library, under this folder.
    pub(crate) fn fresh(&mut self, under: &Path) -> Anyhow<PathBuf> {
        self.turn += 1;
        let copy = under.join(format!("turn-{}-{}", std::process::id(), self.turn));
        fs::create_dir_all(&copy)?;
        for file in fs::read_dir(self.listed())? {
            let file = file?;
            if file.file_type()?.is_file() {
                fs::copy(file.path(), copy.join(file.file_name()))?;
            }
        }
        Ok(copy)
    }

    /// Sends so many changes in a fresh workspace, which is gone afterwards.
    pub(crate) fn send(&mut self, under: &Path, changes: u32, concurrency: usize) -> Anyhow<Sent> {
        self.send_paced(under, (changes, concurrency, None))
    }

    /// The same at a pace.
    pub(crate) fn send_paced(
        &mut self,
        under: &Path,
        (changes, concurrency, pace): (u32, usize, Option<u32>),
    ) -> Anyhow<Sent> {
        let folder = self.fresh(under)?;
        let task = Task {
            changes,
            concurrency,
            pace,
            value: format!("Set by the bench in turn {}", self.turn),
            ..self.task("send", &folder)
        };
        let said = Self::client(&task)?;
        fs::remove_dir_all(&folder)?;
        let sent: Sent = serde_json::from_str(&said)?;
        if sent.applied != changes {
            return Err(format!("{} of {changes} changes were applied", sent.applied).into());
        }
        Ok(sent)
    }

    /// Runs a client process to its end.
    pub(crate) fn client(task: &Task) -> Anyhow<String> {
        output(&mut Self::client_command(task)?)
    }

    /// A client process, not started yet.
    pub(crate) fn client_command(task: &Task) -> Anyhow<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--client", &serde_json::to_string(task)?]);
        Ok(command)
    }

    /// Tells the server before the catalogue something, and hears what it has seen.
    pub(crate) fn tell(&self, told: &str) -> Anyhow<Json> {
        let mut stream = TcpStream::connect(&self.address)?;
        write!(
            stream,
            "GET /stub/{told} HTTP/1.1\r\nhost: {}\r\n\r\n",
            self.address
        )?;
        stream.shutdown(std::net::Shutdown::Write)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (_, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
        Ok(serde_json::from_str(body)?)
    }
}

/// What a process wrote, if it ended well.
pub(crate) fn output(command: &mut Command) -> Anyhow<String> {
    let done = command.stderr(Stdio::inherit()).output()?;
    if done.status.success() {
        Ok(String::from_utf8(done.stdout)?.trim().to_owned())
    } else {
        Err(format!("{command:?} ended with {}", done.status).into())
    }
}

fn catalogue(assets: u32, faults: &str) -> Anyhow<(Held, String)> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_armarius"))
        .args(["serve", "--listen", "127.0.0.1:0", "--assets"])
        .args([assets.to_string().as_str(), "--faults", faults])
        .stdout(Stdio::piped())
        .spawn()?;
    let ready: Json = serde_json::from_str(&first_line(&mut child)?)?;
    let address = ready["address"].as_str().unwrap_or_default();
    let address = address.trim_start_matches("http://").to_owned();
    Ok((Held(child), address))
}

fn first_line(child: &mut Child) -> Anyhow<String> {
    let out = child.stdout.take().ok_or("no standard output")?;
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

/// How busy the machine is.
pub(crate) fn load_average() -> String {
    let read = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let figures: Vec<&str> = read.split(' ').take(3).collect();
    figures.join(" ")
}
