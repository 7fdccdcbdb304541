//! The fuzz targets' readers over a short corpus, changed in ways that are always the same: no
//! panic, no end in sight, whatever comes.

#[path = "../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, dead_code, reason = "shared with the fuzz targets")]
mod readers;

use std::{fs, panic::catch_unwind, path::Path, sync::mpsc::channel, thread, time::Duration};

/// Inputs a reader.
const INPUTS: u64 = 1_500;
/// How long a reader may take for all of them.
const PATIENCE: Duration = Duration::from_mins(3);

/// Pieces that have broken readers before.
const PIECES: [&str; 30] = [
    "\\ud800",
    "&#xD800;",
    "&#0;",
    "&#27;[2J",
    "]]>",
    "<![CDATA[",
    "<!DOCTYPE x [",
    "<!--",
    "&a;",
    "<a>",
    "</a>",
    "<a/>",
    "null",
    "[",
    "{",
    "\"",
    "\\",
    "\u{feff}",
    "\u{202e}",
    "\0",
    "-1",
    "1e999",
    "99999999999999999999999",
    "=",
    ":",
    "~",
    ",",
    "\r\n",
    "[[",
    "'''",
];

/// Numbers that follow from their seed alone.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap()
    }

    fn below(&mut self, end: usize) -> usize {
        self.next() % end.max(1)
    }
}

/// One input, from two of the corpus.
fn input(corpus: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = corpus[chance.below(corpus.len())].clone();
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len() + 1);
        let end = (at + chance.below(40)).min(bytes.len());
        match chance.below(8) {
            0 if at < bytes.len() => bytes[at] = u8::try_from(chance.below(256)).unwrap(),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            3 => bytes.truncate(at),
            4 => {
                let other = &corpus[chance.below(corpus.len())];
                let from = chance.below(other.len() + 1);
                bytes.splice(at.., other[from..].iter().copied());
            }
            5 => {
                let times = 1 + chance.below(300);
                let piece = PIECES[chance.below(PIECES.len())].repeat(times);
                bytes.splice(at..at, piece.into_bytes());
            }
            _ => {
                let piece = PIECES[chance.below(PIECES.len())];
                bytes.splice(at..end, piece.bytes());
            }
        }
        bytes.truncate(50_000);
    }
    bytes
}

/// The files of the corpus; those whose name begins as the reader's come first.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|one| one.unwrap().path())
        .collect();
    files.sort();
    let family = name.split('_').next().unwrap();
    files.retain(|path| {
        path.file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with(family)
    });
    assert!(!files.is_empty(), "no corpus for {name}");
    files
        .into_iter()
        .map(|path| fs::read(path).unwrap())
        .collect()
}

/// Reads all inputs; the first that breaks the reader is told.
fn torment((name, reader): (&'static str, fn(&[u8]))) {
    let corpus = corpus(name);
    for bytes in &corpus {
        reader(bytes);
    }
    for seed in 1..=INPUTS {
        let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let bytes = input(&corpus, &mut chance);
        let read = catch_unwind(|| reader(&bytes));
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        assert!(read.is_ok(), "{name} broke on seed {seed}: {shown:?}");
    }
}

#[test]
fn no_reader_breaks_on_anything_that_is_made_of_the_recorded_exchanges() {
    let (tell, told) = channel();
    let mut started = 0;
    for reader in readers::readers() {
        let tell = tell.clone();
        started += 1;
        thread::spawn(move || {
            let through = catch_unwind(move || torment(reader));
            let _ = tell.send((reader.0, through.is_ok()));
        });
    }
    let mut broken = Vec::new();
    for _ in 0..started {
        let (name, is_ok) = told
            .recv_timeout(PATIENCE)
            .expect("a reader goes on for ever");
        if !is_ok {
            broken.push(name);
        }
    }
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn every_reader_has_a_fuzz_target_of_its_name() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    for (name, _) in readers::readers() {
        let target = folder.join(format!("fuzz_targets/{name}.rs"));
        let text = fs::read_to_string(&target).unwrap();
        assert!(text.contains(&format!("\"{name}\"")), "{name}");
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
    }
}

#[test]
fn depth_without_end_is_refused_by_every_reader() {
    for (open, close) in [
        ("<a>", "</a>"),
        ("[", "]"),
        ("{\"a\":", "}"),
        ("(", ")"),
        ("not ", ""),
    ] {
        let deep = format!("{}{}", open.repeat(50_000), close.repeat(50_000));
        let thread = thread::Builder::new().stack_size(2 << 20).spawn(move || {
            for (_, reader) in readers::readers() {
                reader(deep.as_bytes());
            }
        });
        thread.unwrap().join().unwrap();
    }
}
