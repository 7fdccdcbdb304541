//! A file of named sheets, each with its seal: written beside the one before and put in its place
//! whole, read by as many threads as there are processors.

use std::{
    fs::{self, File},
    io::{BufWriter, ErrorKind, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
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

/// A sheet in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    name: String,
    /// Where it begins.
    at: u64,
    length: u64,
    seal: i64,
}

/// A file being written beside the one it replaces.
#[derive(Debug)]
pub(super) struct Binder {
    path: PathBuf,
    new: PathBuf,
    file: BufWriter<File>,
    places: Vec<Place>,
    length: u64,
}

impl Binder {
    /// Begins a file.
    pub(super) fn new(path: &Path) -> Result<Self, StoreError> {
        let new = path.with_extension("new");
        let begun = File::create(&new).and_then(|file| {
            let mut file = BufWriter::with_capacity(1 << 20, file);
            file.write_all(MAGIC).map(|()| file)
        });
        Ok(Self {
            file: begun.map_err(|error| unreadable(path, &error))?,
            path: path.to_path_buf(),
            new,
            places: Vec::new(),
            length: MAGIC.len() as u64,
        })
    }

    /// Adds a sheet.
    pub(super) fn put(&mut self, name: String, bytes: &[u8]) -> Result<(), StoreError> {
        let written = self.file.write_all(bytes);
        written.map_err(|error| unreadable(&self.path, &error))?;
        self.places.push(Place {
            name,
            at: self.length,
            length: bytes.len() as u64,
            seal: seal::wide(bytes),
        });
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Puts the file in the place of the one before, durably.
    pub(super) fn done(mut self) -> Result<(), StoreError> {
        let written = self.write_table().and_then(|()| {
            self.file.get_ref().sync_all()?;
            fs::rename(&self.new, &self.path)?;
            match self.path.parent() {
                // A name in a folder is durable only when the folder is.
                Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
                Some(_) | None => Ok(()),
            }
        });
        written.map_err(|error| unreadable(&self.path, &error))
    }

    fn write_table(&mut self) -> std::io::Result<()> {
        let mut table = Sheet::of(KIND);
        table.number(self.places.len() as u64);
        for place in &self.places {
            table.text(&place.name);
            table.number(place.length);
            table.number(place.seal.cast_unsigned());
        }
        let table = table.done();
        self.file.write_all(&table)?;
        self.file.write_all(&(table.len() as u64).to_le_bytes())?;
        self.file.write_all(&seal::wide(&table).to_le_bytes())?;
        self.file.flush()
    }
}

/// A file whose table was read.
#[derive(Debug)]
pub(super) struct Folio {
    path: PathBuf,
    places: Vec<Place>,
}

impl Folio {
    /// Reads the table; `None` if there is no such file.
    pub(super) fn open(path: &Path) -> Result<Option<Self>, StoreError> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(path, &error)),
        };
        let table = table(&mut file).map_err(|error| unreadable(path, &error))?;
        let places = table.and_then(|(table, begins)| places(&table, begins));
        Ok(Some(Self {
            path: path.to_path_buf(),
            places: places.ok_or_else(|| damaged(path))?,
        }))
    }

    /// A sheet, if it is there and as it was written.
    pub(super) fn sheet(&self, name: &str) -> Result<Vec<u8>, StoreError> {
        let place = self.places.iter().find(|place| place.name == name);
        let place = place.ok_or_else(|| damaged(&self.path))?;
        let mut file = File::open(&self.path).map_err(|error| unreadable(&self.path, &error))?;
        self.read(&mut file, place)
    }

    /// All sheets whose name begins so, as they were written; in no order.
    pub(super) fn sheets(&self, beginning: &str) -> Result<Vec<(&str, Vec<u8>)>, StoreError> {
        let begins = |place: &&Place| place.name.starts_with(beginning);
        let wanted: Vec<&Place> = self.places.iter().filter(begins).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            let file = File::open(&self.path);
            let mut file = file.map_err(|error| unreadable(&self.path, &error))?;
            let mut read = Vec::new();
            while let Some(place) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
                read.push((place.name.as_str(), self.read(&mut file, place)?));
            }
            Ok(read)
        };
        let more = thread::available_parallelism().map_or(1, usize::from) - 1;
        thread::scope(|scope| {
            let others: Vec<_> = (0..more).map(|_| scope.spawn(work)).collect();
            let mut all = work()?;
            for other in others {
                all.extend(other.join().map_err(|_| damaged(&self.path))??);
            }
            Ok(all)
        })
    }

    fn read(&self, file: &mut File, place: &Place) -> Result<Vec<u8>, StoreError> {
        let length = usize::try_from(place.length).map_err(|_| damaged(&self.path))?;
        let mut bytes = vec![0; length];
        let read = file
            .seek(SeekFrom::Start(place.at))
            .and_then(|_| file.read_exact(&mut bytes));
        read.map_err(|error| unreadable(&self.path, &error))?;
        if seal::wide(&bytes) == place.seal {
            Ok(bytes)
        } else {
            Err(damaged(&self.path))
        }
    }
}

/// The bytes of the table and where it begins, if they are whole.
fn table(file: &mut File) -> std::io::Result<Option<(Vec<u8>, u64)>> {
    let whole = file.metadata()?.len();
    let (mut start, mut end) = ([0; MAGIC.len()], [[0; 8]; 2]);
    let Some(before_end) = whole.checked_sub(16) else {
        return Ok(None);
    };
    file.read_exact(&mut start)?;
    file.seek(SeekFrom::Start(before_end))?;
    file.read_exact(end.as_flattened_mut())?;
    let length = u64::from_le_bytes(end[0]);
    let begins = before_end.checked_sub(length);
    let Some(begins) = begins.filter(|_| &start == MAGIC && length <= LONGEST_TABLE) else {
        return Ok(None);
    };
    let mut table = Vec::new();
    file.seek(SeekFrom::Start(begins))?;
    file.take(length).read_to_end(&mut table)?;
    let is_whole = seal::wide(&table) == i64::from_le_bytes(end[1]);
    Ok(is_whole.then_some((table, begins)))
}

/// The sheets of a table that begins there; they fill what is before it.
fn places(table: &[u8], begins: u64) -> Option<Vec<Place>> {
    let mut reading = Reading::of(KIND, table)?;
    let count = reading.count()?;
    let mut at = MAGIC.len() as u64;
    let mut places = Vec::with_capacity(count);
    for _ in 0..count {
        let place = Place {
            name: reading.text()?.to_owned(),
            at,
            length: reading.number()?,
            seal: reading.number()?.cast_signed(),
        };
        at = at.checked_add(place.length)?;
        places.push(place);
    }
    (reading.is_over() && at == begins).then_some(places)
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

    const SHEETS: [(&str, &[u8]); 4] = [
        ("head", b"as of 1926"),
        (
            "column/name",
            b"pier, gull, and a longer text to fill a block",
        ),
        ("column/none", b""),
        ("column/type", b"Image"),
    ];

    fn write(path: &Path, sheets: &[(&str, &[u8])]) {
        let mut binder = Binder::new(path).unwrap();
        for (name, bytes) in sheets {
            binder.put((*name).to_owned(), bytes).unwrap();
        }
        binder.done().unwrap();
    }

    #[test]
    fn what_is_written_is_read_and_replaces_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("folio");
        assert!(Folio::open(&path).unwrap().is_none());
        write(&path, &SHEETS[..1]);
        // Given up in the middle: what was there stays.
        let mut binder = Binder::new(&path).unwrap();
        binder.put("head".into(), b"half").unwrap();
        drop(binder);
        let folio = Folio::open(&path).unwrap().unwrap();
        assert_eq!(folio.sheet("head").unwrap(), b"as of 1926");
        write(&path, &SHEETS);
        let folio = Folio::open(&path).unwrap().unwrap();
        assert_eq!(folio.sheet("head").unwrap(), b"as of 1926");
        let mut columns = folio.sheets("column/").unwrap();
        columns.sort();
        let told: Vec<(&str, &[u8])> = columns
            .iter()
            .map(|(name, bytes)| (*name, bytes.as_slice()))
            .collect();
        assert_eq!(told, SHEETS[1..]);
        assert!(folio.sheet("nobody").is_err());
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(names.len(), 1, "nothing is left beside it");
    }

    #[test]
    fn no_flipped_bit_and_no_cut_is_read_as_something_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("folio");
        write(&path, &SHEETS);
        let good = fs::read(&path).unwrap();
        let read = |bytes: &[u8]| -> Result<usize, StoreError> {
            fs::write(&path, bytes).unwrap();
            let folio = Folio::open(&path)?.unwrap();
            Ok(folio.sheets("")?.len())
        };
        assert_eq!(read(&good), Ok(4));
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
