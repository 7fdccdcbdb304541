//! Files that are written again and again without ever taking somebody else's place.
//!
//! What we wrote is known by its digest: a file of that name with any other content was edited,
//! or is somebody else's, and stays.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{ExchangeError, write_file};

/// The digests of what we wrote, by file name.
pub type Written = BTreeMap<String, String>;

/// How many names are tried: `R-0001.csv`, `R-0001-2.csv`, …
const NAMES: u32 = 1000;

/// Writes content under this name in a folder, or under the first numbered name that is free or
/// ours; says where it lies and remembers it.
///
/// # Errors
///
/// The system's reason, or that every name is taken.
pub fn write_kept(
    (folder, stem, ending): (&Path, &str, &str),
    content: &[u8],
    written: &mut Written,
) -> Result<PathBuf, ExchangeError> {
    fs::create_dir_all(folder).map_err(|error| ExchangeError::file(folder, &error))?;
    for number in 1..=NAMES {
        let name = match number {
            1 => format!("{stem}.{ending}"),
            number => format!("{stem}-{number}.{ending}"),
        };
        let path = folder.join(&name);
        let is_ours = claim(&path, content, written.get(&name))
            .map_err(|error| ExchangeError::file(&path, &error))?;
        if is_ours {
            put(&path, content)?;
            written.insert(name, digest(content));
            return Ok(path);
        }
    }
    let taken = io::Error::other("every name of this kind is taken");
    Err(ExchangeError::file(&folder.join(stem), &taken))
}

/// Writes content to a file that must not be there yet.
///
/// # Errors
///
/// The system's reason; that the file is there, above all.
pub fn write_new(path: &Path, content: &[u8]) -> Result<(), ExchangeError> {
    let claimed = claim(path, &[], None).map_err(|error| ExchangeError::file(path, &error))?;
    if !claimed {
        let there = io::Error::other("there is a file of this name, and it stays as it is");
        return Err(ExchangeError::file(path, &there));
    }
    put(path, content)
}

fn put(path: &Path, content: &[u8]) -> Result<(), ExchangeError> {
    write_file(path, |out| out.write_all(content))
}

/// Whether a name may be written: it is free (and then taken, empty, before anybody else can),
/// or what is there is what we wrote or would write.
fn claim(path: &Path, content: &[u8], known: Option<&String>) -> io::Result<bool> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.flush().map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let Ok(there) = fs::read(path) else {
                return Ok(false);
            };
            let is_same = !content.is_empty() && there == content;
            Ok(is_same || known.is_some_and(|known| *known == digest(&there)))
        }
        Err(error) => Err(error),
    }
}

fn digest(content: &[u8]) -> String {
    let mut words = String::with_capacity(64);
    for byte in Sha256::digest(content) {
        // Writing into a text can't fail.
        let _ = write!(words, "{byte:02x}");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_file_is_written_again_and_an_edited_one_stays() {
        let folder = tempfile::tempdir().unwrap();
        let mut written = Written::new();
        let place = (folder.path(), "R-0001", "csv");
        let first = write_kept(place, b"one", &mut written).unwrap();
        assert_eq!(write_kept(place, b"two", &mut written).unwrap(), first);
        assert_eq!(fs::read(&first).unwrap(), b"two");
        fs::write(&first, "two, with a remark").unwrap();
        let beside = write_kept(place, b"three", &mut written).unwrap();
        assert!(beside.ends_with("R-0001-2.csv"), "{}", beside.display());
        assert_eq!(fs::read(&first).unwrap(), b"two, with a remark");
        assert_eq!(write_kept(place, b"four", &mut written).unwrap(), beside);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_file_that_is_there_is_never_written_over_by_a_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.tsv");
        fs::write(&path, "mine").unwrap();
        let why = write_new(&path, b"theirs").unwrap_err();
        assert!(why.to_string().contains("stays as it is"), "{why}");
        assert_eq!(fs::read(&path).unwrap(), b"mine");
        fs::write(&path, "").unwrap();
        assert!(write_new(&path, b"theirs").is_err(), "an empty file too");
    }
}
