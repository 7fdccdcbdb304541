//! The standard streams: what a terminal is shown, what a program is given, and who stops reading.

use std::{
    io::{BufRead, BufReader, Read},
    process::Stdio,
};

use serde_json::{Value as Json, json};

use crate::support::{BOTH, Desk, Library, Terminal};

/// Text that would act on a terminal or deceive the eye, as far as XML carries it.
const HOSTILE: &str =
    "=1+1 \u{9b}31m\u{9d}0;owned\u{9c} \u{202e}txt.exe\u{2066} z\u{200b}w\u{feff} \u{7f}\u{e0041}";

fn hostile_library() -> Library {
    let rows: Vec<Json> = (1..=3)
        .map(|number| {
            json!({
                "id": format!("h-{number}"), "title": format!("{HOSTILE} {number}"),
                "note": HOSTILE, "Year": 1999 + number,
            })
        })
        .collect();
    Library::of(&rows)
}

/// Whether a character acts on a terminal, or can't be seen.
fn acts(character: char) -> bool {
    (character.is_control() && !matches!(character, '\n' | '\t'))
        || matches!(
            character,
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
                | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
        )
}

#[track_caller]
fn is_harmless(text: &str, what: &str) {
    let found = text.chars().find(|character| acts(*character));
    assert_eq!(found, None, "{what}: {text:?}");
}

/// A desk where hostile text is staged, was sent, refused, and is remembered.
fn with_a_past(library: &Library) -> Desk {
    let desk = Desk::for_library(library);
    let set = format!("note=new {HOSTILE}");
    desk.run(&["stage", "--query", "h-1", "--set", &set])
        .ends(0);
    desk.run(&["submit", "--yes"]).ends(0);
    let set = format!("note=newer {HOSTILE}");
    desk.run(&["stage", "--query", "h-2", "--set", &set])
        .ends(0);
    desk
}

/// Every command that answers, in every format.
const ANSWERS: [&[&str]; 26] = [
    &["list", "--format", "table", "--fields", "title,note"],
    &["list", "--format", "csv"],
    &["list", "--format", "tsv"],
    &["list", "--format", "jsonl"],
    &["list", "--format", "json"],
    &["draft"],
    &["draft", "--format", "jsonl"],
    &["draft", "--format", "json"],
    &["plan"],
    &["plan", "--format", "json"],
    &["submit", "--dry-run"],
    &["submit", "--dry-run", "--format", "json"],
    &["results", "--all"],
    &["results", "--all", "--format", "csv"],
    &["results", "--all", "--format", "json"],
    &["report", "--format", "csv"],
    &["report", "--format", "json"],
    &["report", "--format", "md"],
    &["history"],
    &["history", "--format", "json"],
    &["history", "--format", "jsonl"],
    &["history", "compare", "R-0001", "--format", "text"],
    &["history", "compare", "R-0001", "--format", "csv"],
    &["history", "compare", "R-0001", "--format", "json"],
    &["read-back", "R-0001", "--format", "json"],
    &["config", "show"],
];

#[test]
fn nothing_a_server_said_acts_on_a_terminal_in_any_command_and_format() {
    let library = hostile_library();
    let desk = with_a_past(&library);
    for words in ANSWERS {
        let mut terminal = Terminal::start(&desk, words, (200, 50));
        terminal.ends();
        let shown = String::from_utf8(terminal.bytes.clone()).unwrap();
        // The line discipline of the terminal ends lines with both.
        let shown = shown.replace("\r\n", "\n");
        is_harmless(&shown, &words.join(" "));
        assert!(!shown.trim().is_empty(), "{words:?}");
    }
}

#[test]
fn json_and_report_files_are_harmless_wherever_they_go() {
    let library = hostile_library();
    let desk = with_a_past(&library);
    for words in ANSWERS {
        let is_for_programs = words.iter().any(|word| word.starts_with("json"));
        let is_report = matches!(words[0], "results" | "report" | "history");
        if is_for_programs || is_report {
            let ran = desk.run(words);
            is_harmless(&ran.out, &words.join(" "));
        }
        if words.ends_with(&["json"]) {
            let answer = desk.run(words).json();
            assert_eq!(answer["schema"], 1, "{words:?}");
            let said = desk.run(words).said;
            let notes = said.lines().map(serde_json::from_str::<Json>);
            assert!(notes.clone().all(|note| note.is_ok()), "{said}");
        }
    }
    let folder = desk.folder().join("data/soap/reports");
    let mut seen = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        is_harmless(&std::fs::read_to_string(&path).unwrap(), "a report");
        seen += 1;
    }
    assert_eq!(seen, 3);
}

#[test]
fn data_that_goes_to_a_file_is_exact_and_guarded_by_one_rule() {
    let library = hostile_library();
    for (more, mark) in [("", "'="), ("guard_formulas = false", "=")] {
        let desk = Desk::with(&library, more);
        for profile in BOTH {
            let words = ["list", "--format", "csv", "--fields", "note"];
            let listed = desk.on(profile, &words).ends(0);
            let rest = &HOSTILE[1..];
            assert!(
                listed.out.contains(&format!(",{mark}{rest}")),
                "{}",
                listed.out
            );
            let sheet = desk.file("sheet.csv", &listed.out);
            desk.on(profile, &["stage", "--from", sheet.to_str().unwrap()])
                .ends(0)
                .says("nothing to stage");
        }
    }
}

#[test]
fn a_document_has_its_assets_nested_and_typed_and_lines_go_back_in() {
    let library = hostile_library();
    let desk = Desk::for_library(&library);
    let answer = desk
        .on("rest", &["list", "--format", "json"])
        .ends(0)
        .json();
    let assets = answer["assets"].as_array().unwrap();
    assert_eq!(assets.len(), 3);
    assert_eq!(assets[0]["fields"]["Year"], 2000);
    let lines = desk.on("rest", &["list", "--format", "jsonl"]).ends(0);
    assert_eq!(lines.json_lines()[0].get("schema"), None);
    let file = desk.file("all.jsonl", &lines.out);
    desk.on("rest", &["stage", "--from", file.to_str().unwrap()])
        .ends(0)
        .says("nothing to stage");
}

#[test]
fn an_error_beside_a_json_answer_is_json() {
    let desk = Desk::at("http://127.0.0.1:9", "");
    for (words, exit, kind, part) in [
        (
            &["list", "--format", "json", "--nonsense"][..],
            1,
            "usage",
            "--nonsense",
        ),
        (&["-p", "sopa", "plan", "--format=json"], 1, "usage", "sopa"),
        (
            &["results", "R-0009", "--format", "json"],
            1,
            "usage",
            "R-0009",
        ),
        (&["list", "--format", "json"], 4, "nothing", "127.0.0.1:9"),
    ] {
        let ran = desk.run(words).ends(exit).answers_nothing();
        let last: Json = serde_json::from_str(ran.said.lines().last().unwrap()).unwrap();
        assert_eq!(last["schema"], 1);
        assert_eq!(last["error"]["exit"], exit, "{last}");
        assert_eq!(last["error"]["kind"], kind);
        let message = last["error"]["message"].as_str().unwrap();
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn submitting_nothing_answers_with_counts_of_zero() {
    let library = Library::made_up(5);
    let desk = Desk::for_library(&library);
    let ran = desk.run(&["submit", "--yes", "--format", "json"]).ends(0);
    let answer = ran.json();
    assert_eq!(
        (&answer["schema"], &answer["run"]),
        (&json!(1), &Json::Null)
    );
    let counts = answer["counts"].as_object().unwrap();
    assert_eq!(counts.len(), 6);
    assert!(counts.values().all(|count| *count == 0), "{answer}");
    assert_eq!(answer["items"], json!([]));
}

/// Runs a command whose reader leaves after so many lines; gives the exit code and what it said.
fn left_after(desk: &Desk, words: &[&str], lines: usize) -> (Option<i32>, String) {
    let mut command = desk.command(words);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    for _ in 0..lines {
        reader.read_line(&mut String::new()).unwrap();
    }
    drop(reader);
    let mut said = String::new();
    let mut messages = child.stderr.take().unwrap();
    messages.read_to_string(&mut said).unwrap();
    (child.wait().unwrap().code(), said)
}

#[test]
fn a_reader_that_leaves_ends_what_only_reads_without_a_word() {
    let library = Library::made_up(3_000);
    let desk = Desk::for_library(&library);
    for format in ["table", "csv", "tsv", "jsonl", "json"] {
        let (code, said) = left_after(&desk, &["list", "--format", format], 1);
        assert_eq!(code, Some(141), "{format}: {said}");
        assert!(
            !said.contains("pipe") && !said.contains("armarius:"),
            "{said}"
        );
    }
    desk.run(&["stage", "--query", "", "--set", "Title=x"])
        .ends(0);
    for words in [
        &["draft"][..],
        &["draft", "--format", "jsonl"],
        &["plan", "--format", "json"],
    ] {
        let (code, said) = left_after(&desk, words, 0);
        assert_eq!(code, Some(141), "{words:?}: {said}");
        assert!(!said.contains("armarius:"), "{said}");
    }
}

#[test]
fn a_reader_that_leaves_never_ends_what_changes_something() {
    for profile in BOTH {
        let library = Library::made_up(40);
        let desk = Desk::for_library(&library);
        desk.on(profile, &["stage", "--query", "", "--set", "Title=x"])
            .ends(0);
        let words = ["-p", profile, "submit", "--yes", "--format", "json"];
        let (code, said) = left_after(&desk, &words, 0);
        assert_eq!(code, Some(0), "{said}");
        desk.on(profile, &["results"]).ends(0);
        desk.on(
            profile,
            &["list", "title:x", "--format", "csv", "--fields", "Title"],
        )
        .ends(0)
        .says("40 of 40");
        let words = ["-p", profile, "revert", "--format", "json"];
        let (code, said) = left_after(&desk, &words, 0);
        assert_eq!(code, Some(0), "{said}");
        desk.on(profile, &["draft"])
            .ends(0)
            .says("40 changes on 40 assets");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn an_answer_that_can_not_be_written_is_said() {
    let library = Library::made_up(5);
    let desk = Desk::for_library(&library);
    let full = || std::fs::File::options().write(true).open("/dev/full");
    let mut command = desk.command(&["list"]);
    let ran = command.stdout(full().unwrap()).output().unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(1), "{said}");
    assert!(
        said.contains("can't write the output: No space left"),
        "{said}"
    );
    desk.run(&["stage", "--query", "", "--set", "Title=x"])
        .ends(0);
    let mut command = desk.command(&["submit", "--yes"]);
    let ran = command.stdout(full().unwrap()).output().unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(0), "{said}");
    assert!(said.contains("can't write the output"), "{said}");
    desk.run(&["results", "--all"]).ends(0).shows("5 applied");
}
