//! A file of named sheets, each with its seal: written beside the one before and put in its place
//! whole, read by as many threads as there are processors.

use std::{
    fs::{self, File},
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::{
    bytes::{Reading, Sheet},
    error::StoreError,
    seal,
};

/// What such a file begins with, and the first byte of its table.
const MAGIC: &[u8; 8] = b"ARMFOLIO";
const KIND: u8 = 3;
/// A longer table is none of ours.
const LONGEST_TABLE: u64 = 1 << 24;

/// A sheet as it is written: its name, and its bytes in pieces.
#[derive(Debug)]
pub(super) struct Written<'a> {
    pub(super) name: String,
    pub(super) pieces: Vec<&'a [u8]>,
}

/// A sheet in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    name: String,
    length: u64,
    seal: i64,
}

/// The seal of a sheet in pieces, however it is cut.
fn sealed(pieces: &[&[u8]]) -> i64 {
    let mut sum = seal::Wide::new();
    pieces.iter().for_each(|piece| sum.add(piece));
    sum.done()
}

/// Writes a file and puts it in the place of the one before, durably.
pub(super) fn write(path: &Path, sheets: &[Written<'_>]) -> Result<(), StoreError> {
    let new = path.with_extension("new");
    let written = write_new(&new, sheets).and_then(|()| {
        fs::rename(&new, path)?;
        match path.parent() {
            // A name in a folder is durable only when the folder is.
            Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
            Some(_) | None => Ok(()),
        }
    });
    if written.is_err() {
        drop(fs::remove_file(&new));
    }
    written.map_err(|error| StoreError::Folder {
        path: path.to_path_buf(),
        why: error.to_string(),
    })
}

fn write_new(path: &Path, sheets: &[Written<'_>]) -> std::io::Result<()> {
    let mut table = Sheet::of(KIND);
    table.number(sheets.len() as u64);
    for sheet in sheets {
        let length: usize = sheet.pieces.iter().map(|piece| piece.len()).sum();
        table.text(&sheet.name);
        table.number(length as u64);
        table.number(sealed(&sheet.pieces).cast_unsigned());
    }
    let table = table.done();
    let mut file = File::create(path)?;
    file.write_all(MAGIC)?;
    file.write_all(&(table.len() as u64).to_le_bytes())?;
    file.write_all(&seal::wide(&table).to_le_bytes())?;
    file.write_all(&table)?;
    for piece in sheets.iter().flat_map(|sheet| &sheet.pieces) {
        file.write_all(piece)?;
    }
    file.sync_all()
}

/// A file whose table was read.
#[derive(Debug)]
pub(super) struct Folio {
    path: PathBuf,
    places: Vec<Place>,
    /// Where the first sheet begins.
    begins: u64,
}

impl Folio {
    /// Reads the table; `None` if there is no such file.
    pub(super) fn open(path: &Path) -> Result<Option<Self>, StoreError> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(path, &error)),
        };
        let table = table(&mut file).map_err(|error| unreadable(path, &error))?;
        let places = table.as_deref().and_then(places);
        let (Some(table), Some(places)) = (table, places) else {
            return Err(damaged(path));
        };
        let begins = MAGIC.len() as u64 + 16 + table.len() as u64;
        let ends = places
            .iter()
            .try_fold(begins, |sum, place| sum.checked_add(place.length));
        let long = file.metadata().map_err(|error| unreadable(path, &error))?;
        if ends != Some(long.len()) {
            return Err(damaged(path));
        }
        Ok(Some(Self {
            path: path.to_path_buf(),
            places,
            begins,
        }))
    }

    /// A sheet, if it is there and as it was written.
    pub(super) fn sheet(&self, name: &str) -> Result<Vec<u8>, StoreError> {
        let place = self.places.iter().position(|place| place.name == name);
        self.read(place.ok_or_else(|| damaged(&self.path))?)
    }

    /// All sheets whose name begins so, as they were written, in their order.
    pub(super) fn sheets(&self, beginning: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let mut wanted: Vec<usize> = (0..self.places.len())
            .filter(|&at| self.places[at].name.starts_with(beginning))
            .collect();
        let all: Vec<_> = wanted.iter().map(|_| Mutex::new(None)).collect();
        // The long ones first, so that no thread is left with one at the end.
        let slots: Vec<usize> = wanted.clone();
        wanted.sort_by_key(|&at| std::cmp::Reverse(self.places[at].length));
        let next = AtomicUsize::new(0);
        let work = || {
            while let Some(&at) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
                let slot = slots.iter().position(|&slot| slot == at);
                if let Some(slot) = slot.and_then(|slot| all.get(slot)) {
                    *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.read(at));
                }
            }
        };
        let more = thread::available_parallelism().map_or(1, usize::from) - 1;
        thread::scope(|scope| {
            for _ in 0..more {
                scope.spawn(work);
            }
            work();
        });
        let read = all.into_iter().zip(slots).map(|(slot, at)| {
            let slot = slot.into_inner().unwrap_or_else(PoisonError::into_inner);
            let bytes = slot.unwrap_or_else(|| Err(damaged(&self.path)))?;
            Ok((self.places[at].name.clone(), bytes))
        });
        read.collect()
    }

    fn read(&self, at: usize) -> Result<Vec<u8>, StoreError> {
        let place = &self.places[at];
        let before: u64 = self.places[..at].iter().map(|place| place.length).sum();
        let length = usize::try_from(place.length).map_err(|_| damaged(&self.path))?;
        let mut bytes = vec![0; length];
        let read = File::open(&self.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(self.begins + before))?;
            file.read_exact(&mut bytes)
        });
        read.map_err(|error| unreadable(&self.path, &error))?;
        if seal::wide(&bytes) == place.seal {
            Ok(bytes)
        } else {
            Err(damaged(&self.path))
        }
    }
}

/// The bytes of the table, if they are whole.
fn table(file: &mut File) -> std::io::Result<Option<Vec<u8>>> {
    let mut start = [0; 24];
    if let Err(error) = file.read_exact(&mut start) {
        return match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Ok(None),
            _ => Err(error),
        };
    }
    let word = |at: usize| {
        let mut word = [0; 8];
        word.copy_from_slice(&start[at..at + 8]);
        word
    };
    let length = u64::from_le_bytes(word(8));
    if &word(0) != MAGIC || length > LONGEST_TABLE {
        return Ok(None);
    }
    let mut table = Vec::new();
    file.take(length).read_to_end(&mut table)?;
    let is_whole = seal::wide(&table) == i64::from_le_bytes(word(16));
    Ok(is_whole.then_some(table))
}

fn places(table: &[u8]) -> Option<Vec<Place>> {
    let mut reading = Reading::of(KIND, table)?;
    let count = reading.count()?;
    let place = |_| {
        Some(Place {
            name: reading.text()?.to_owned(),
            length: reading.number()?,
            seal: reading.number()?.cast_signed(),
        })
    };
    let places: Vec<Place> = (0..count).map(place).collect::<Option<_>>()?;
    reading.is_over().then_some(places)
}

fn damaged(path: &Path) -> StoreError {
    StoreError::Damaged {
        path: path.to_path_buf(),
        why: "it is not what was written".to_owned(),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Folder {
        path: path.to_path_buf(),
        why: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheets() -> Vec<Written<'static>> {
        let sheet = |name: &str, pieces: &[&'static [u8]]| Written {
            name: name.to_owned(),
            pieces: pieces.to_vec(),
        };
        vec![
            sheet("head", &[b"as of 1926"]),
            sheet(
                "column/name",
                &[b"pier, gull, and a longer text to", b" be cut", b""],
            ),
            sheet("column/none", &[]),
            sheet("column/type", &[b"Image"]),
        ]
    }

    #[test]
    fn what_is_written_is_read_and_replaces_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("folio");
        assert!(Folio::open(&path).unwrap().is_none());
        write(&path, &sheets()[..1]).unwrap();
        write(&path, &sheets()).unwrap();
        let folio = Folio::open(&path).unwrap().unwrap();
        assert_eq!(folio.sheet("head").unwrap(), b"as of 1926");
        let columns = folio.sheets("column/").unwrap();
        let told: Vec<(&str, usize)> = columns
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.len()))
            .collect();
        assert_eq!(
            told,
            [("column/name", 39), ("column/none", 0), ("column/type", 5)]
        );
        assert!(folio.sheet("nobody").is_err());
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(names.len(), 1, "nothing is left beside it");
    }

    #[test]
    fn no_flipped_bit_and_no_cut_is_read_as_something_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("folio");
        write(&path, &sheets()).unwrap();
        let good = fs::read(&path).unwrap();
        let read = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            let folio = Folio::open(&path)?.unwrap();
            folio.sheets("")
        };
        let whole = read(&good).unwrap();
        assert_eq!(whole.len(), 4);
        for place in 0..good.len() * 8 {
            let mut bytes = good.clone();
            bytes[place / 8] ^= 1 << (place % 8);
            assert!(read(&bytes).is_err(), "bit {place}");
        }
        for length in 0..good.len() {
            assert!(read(&good[..length]).is_err(), "cut at {length}");
        }
    }
}
