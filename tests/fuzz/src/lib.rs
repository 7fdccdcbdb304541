//! Every reader of bytes that come from elsewhere: answers of servers, files, and what people type.

use std::{cell::Cell, fs, path::Path};

use armarius::{
    catalogue::{database::Library, faults::Faults, import::import_file},
    config::{Config, Environment, Sources},
    domain::{Query, Workbench},
    endpoint::fuzz::{READERS, Reader},
    exchange::ChangeFile,
    store,
    table::TableOptions,
};

/// A library with more fields than this is not used again.
const MOST_FIELDS: usize = 200;

/// The readers that are not those of an endpoint.
const OTHERS: [Reader; 7] = [
    ("changes_csv", changes_csv),
    ("changes_json", changes_json),
    ("listing_page", store::read_page),
    ("query", query),
    ("config", config),
    ("fault_rules", fault_rules),
    ("import", import),
];

/// All readers.
pub fn readers() -> impl Iterator<Item = Reader> {
    READERS.into_iter().chain(OTHERS)
}

/// Gives bytes to the reader of a name.
pub fn read(name: &str, bytes: &[u8]) {
    let reader = readers().find(|(known, _)| *known == name);
    let (_, reader) = reader.unwrap_or_else(|| panic!("there is no reader {name}"));
    reader(bytes);
}

fn changes_csv(bytes: &[u8]) {
    changes("changes.csv", bytes);
    changes("changes.tsv", bytes);
}

fn changes_json(bytes: &[u8]) {
    changes("changes.jsonl", bytes);
}

fn changes(name: &str, bytes: &[u8]) {
    let file = ChangeFile::parse(name, bytes.to_vec(), &TableOptions::default());
    drop(file.map(|file| file.resolve(&Workbench::new())));
}

fn query(bytes: &[u8]) {
    drop(Query::parse(&String::from_utf8_lossy(bytes)));
}

fn fault_rules(bytes: &[u8]) {
    drop(Faults::parse(&String::from_utf8_lossy(bytes)));
}

fn config(bytes: &[u8]) {
    in_a_file("config.toml", bytes, |path| {
        let _ = loaded(path);
    });
}

/// Rows of any format a library is filled from: what they are is told by how they begin.
fn import(bytes: &[u8]) {
    thread_local! {
        static LIBRARY: Cell<Option<Library>> = const { Cell::new(None) };
    }
    // Making one takes longer than reading into it; one that has grown is thrown away.
    let library = LIBRARY.take().or_else(|| Library::in_memory().ok());
    let Some(library) = library else { return };
    in_a_file("import", bytes, |path| {
        drop(import_file(&library, path, &TableOptions::default()));
    });
    if library.schema().fields.len() < MOST_FIELDS {
        LIBRARY.set(Some(library));
    }
}

fn in_a_file(name: &str, bytes: &[u8], read: impl FnOnce(&Path)) {
    let name = format!("armarius-fuzz-{}-{name}", std::process::id());
    let path = std::env::temp_dir().join(name);
    if fs::write(&path, bytes).is_ok() {
        read(&path);
        drop(fs::remove_file(&path));
    }
}

fn loaded(path: &Path) -> Option<()> {
    let sources = Sources {
        config: Some(path.to_path_buf()),
        flags: Vec::new(),
        environment: Environment::fixed([("HOME", "/nowhere")]),
    };
    let loaded = Config::load(&sources).ok()?;
    drop(loaded.show());
    loaded.profile(None).ok().map(drop)
}
