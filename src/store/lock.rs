//! One writer a workspace: a lock of the operating system on a file that says who holds it.
//!
//! The lock goes with the process, however it ends; the text in the file alone proves nothing.

use std::{
    fmt,
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};

use crate::domain::text::visible;

/// Who has a workspace open for writing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The process.
    pub pid: u32,
    /// The machine's name.
    pub host: String,
    /// The user's name.
    pub user: String,
    /// When the program started, milliseconds since 1970.
    pub started_ms: i64,
    /// The program (`armarius 0.1.0`).
    pub program: String,
}

impl Holder {
    /// This process.
    pub fn this_process(user: &str, started_ms: i64) -> Self {
        let host = ["/proc/sys/kernel/hostname", "/etc/hostname"]
            .iter()
            .find_map(|file| std::fs::read_to_string(file).ok())
            .map_or_else(|| "this machine".to_owned(), |name| name.trim().to_owned());
        Self {
            pid: std::process::id(),
            host,
            user: user.to_owned(),
            started_ms,
            program: concat!("armarius ", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (user, host) = (visible(&self.user), visible(&self.host));
        write!(f, "{user}, pid {} on {host}", self.pid)?;
        match jiff::Timestamp::from_millisecond(self.started_ms) {
            Ok(time) => {
                let local = time.to_zoned(jiff::tz::TimeZone::system());
                write!(f, ", since {}", local.strftime("%H:%M on %Y-%m-%d"))
            }
            Err(_) => Ok(()),
        }
    }
}

/// The lock while it is held; dropping it gives it up.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// Why there is no lock.
#[derive(Debug)]
pub(super) enum NoLock {
    /// Somebody else has it; unknown if the file does not say.
    Held(Option<Holder>),
    /// Others could change what is written here; a part of a sentence.
    Unsafe(String),
    /// It can't be had here at all.
    Impossible(String),
}

impl Lock {
    /// Takes the lock and writes down who took it. What lies there and is no lock of ours stays as
    /// it is.
    pub(super) fn take(path: &Path, me: &Holder) -> Result<Self, NoLock> {
        let impossible = |error: std::io::Error| NoLock::Impossible(error.to_string());
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, no_follow());
        let mut file = options.open(path).map_err(|error| {
            if path.is_symlink() {
                let name = path.display();
                return NoLock::Impossible(format!("{name} is a link, which is not followed"));
            }
            impossible(error)
        })?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(NoLock::Held(holder(&mut file))),
            Err(TryLockError::Error(error)) => return Err(impossible(error)),
        }
        if !is_ours(&mut file).map_err(impossible)? {
            let name = path.display();
            return Err(NoLock::Impossible(format!(
                "{name} is not a lock of this program; move it away"
            )));
        }
        let text = serde_json::to_string(me).unwrap_or_default();
        file.set_len(0)
            .and_then(|()| file.seek(SeekFrom::Start(0)))
            .and_then(|_| file.write_all(text.as_bytes()))
            .and_then(|()| file.sync_all())
            .map_err(impossible)?;
        Ok(Self { _file: file })
    }
}

/// A link is not followed: what it leads to is not ours.
#[cfg(unix)]
fn no_follow() -> i32 {
    rustix::fs::OFlags::NOFOLLOW.bits().cast_signed()
}

/// Whether a file is a lock of ours: a new one, one that says who held it, or what a power cut left
/// of one. It has one name only; under another it would be somebody else's.
fn is_ours(file: &mut File) -> std::io::Result<bool> {
    const LONGEST: u64 = 4096;
    let found = file.metadata()?;
    #[cfg(unix)]
    let names = std::os::unix::fs::MetadataExt::nlink(&found);
    #[cfg(not(unix))]
    let names = 1;
    if !found.is_file() || names != 1 || found.len() > LONGEST {
        return Ok(false);
    }
    let mut text = Vec::new();
    file.take(LONGEST).read_to_end(&mut text)?;
    Ok(text.starts_with(b"{\"pid\":") || text.iter().all(|byte| *byte == 0))
}

fn holder(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.take(4096).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

/// Whether a folder lies on another machine, where a write-ahead log is not safe.
pub(super) fn is_remote(folder: &Path) -> bool {
    let Ok(mounts) = std::fs::read_to_string("/proc/self/mounts") else {
        return false;
    };
    let folder = folder
        .canonicalize()
        .unwrap_or_else(|_| folder.to_path_buf());
    is_remote_in(&mounts, &folder)
}

fn is_remote_in(mounts: &str, folder: &Path) -> bool {
    const REMOTE: [&str; 8] = [
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "fuse.sshfs",
    ];
    mounts
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            let (_, place, kind) = (words.next()?, words.next()?, words.next()?);
            let place = place.replace("\\040", " ");
            folder.starts_with(&place).then_some((place.len(), kind))
        })
        .max_by_key(|(length, _)| *length)
        .is_some_and(|(_, kind)| REMOTE.contains(&kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_on_a_file_server_is_recognised() {
        let mounts = "/dev/sda1 / ext4 rw 0 0\nserver:/home /home nfs4 rw 0 0\n";
        assert!(is_remote_in(mounts, Path::new("/home/akim/.local")));
        assert!(!is_remote_in(mounts, Path::new("/homes/akim")));
    }

    #[test]
    fn the_holder_is_described_for_people_without_acting_on_their_terminal() {
        let holder = Holder {
            pid: 4711,
            host: "shelf\u{1b}[2J".into(),
            user: "akim".into(),
            started_ms: 0,
            program: "armarius".into(),
        };
        let said = holder.to_string();
        assert!(
            said.starts_with("akim, pid 4711 on shelf␛[2J, since "),
            "{said}"
        );
    }
}
