//! Rows 53 and 54: no secret is anywhere, and what is staged for one library is not sent to another.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
};

use crate::support::{
    BOTH, Desk, Library, Terminal,
    raw::{Deed, Raw, http},
};

const SECRET: &str = "hunter2-<&>-hunter2-hunter2";

/// Every file below a folder, as bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    all
}

#[track_caller]
fn nowhere(secret: &str, desk: &Desk, told: &[String]) {
    for text in told {
        assert!(!text.contains(secret), "it was told: {text}");
    }
    for (path, bytes) in files(desk.folder()) {
        let is_there = bytes
            .windows(secret.len())
            .any(|part| part == secret.as_bytes());
        assert!(!is_there, "it is in {path}");
    }
}

#[test]
fn row_53_a_server_that_repeats_what_it_was_sent_puts_no_secret_anywhere() {
    let statuses = [200, 302, 400, 401, 403, 404, 413, 500, 502, 503];
    for (status, kind) in statuses
        .iter()
        .flat_map(|s| [(*s, "text/html"), (*s, "text/plain")])
    {
        let raw = Raw::alone(move |asked| {
            let headers =
                format!("Content-Type: {kind}\r\nX-Echo: {SECRET}\r\nLocation: /{SECRET}\r\n");
            // Raw, as it stood in the envelope, and in the words of an error.
            let body = format!("{}\n{SECRET}", asked.text);
            Deed::Instead(http(status, &headers, body))
        });
        let more = "timeout_s = 1";
        let desk = Desk::at(&raw.address, more)
            .variable("LIBRARY_PASSWORD", SECRET)
            .variable("LIBRARY_TOKEN", SECRET);
        let mut told = Vec::new();
        for profile in BOTH {
            let ran = desk.command(&["-p", profile, "check"]).output().unwrap();
            told.push(String::from_utf8(ran.stdout).unwrap());
            told.push(String::from_utf8(ran.stderr).unwrap());
        }
        assert!(raw.seen().iter().any(|request| request.contains("hunter2")));
        nowhere("hunter2-hunter2", &desk, &told);
    }
}

#[test]
fn row_53_a_whole_day_of_work_leaves_no_token_behind() {
    let library = Library::misbehaving(60, "json-500=nth:3:writes,throttle=nth:9:retry-after=0");
    let desk = Desk::for_library(&library);
    let mut told = Vec::new();
    let days: [&[&str]; 8] = [
        &["list"],
        &["check"],
        &["config"],
        &["stage", "--query", "season:SS26", "--set", "Title=Mine"],
        &["plan", "--format", "json"],
        &["submit", "--yes"],
        &["report", "--format", "json"],
        &["retry"],
    ];
    for words in days {
        let all = [&["-p", "rest"][..], words].concat();
        let ran = desk.command(&all).output().unwrap();
        told.push(String::from_utf8(ran.stdout).unwrap());
        told.push(String::from_utf8(ran.stderr).unwrap());
    }
    nowhere("demo-token", &desk, &told);
}

#[test]
fn row_54_what_is_staged_for_one_library_is_not_sent_to_another() {
    for profile in BOTH {
        let library = Library::made_up(60);
        let desk = Desk::for_library(&library);
        let words = ["stage", "--query", "season:SS26", "--set", "Title=Mine"];
        desk.on(profile, &words).ends(0);
        let before = library.writes().len();
        let config = desk.folder().join("config.toml");
        let text = fs::read_to_string(&config).unwrap();
        fs::write(&config, text.replace("127.0.0.1", "localhost")).unwrap();
        let refused = desk.on(profile, &["submit", "--yes"]).ends(1);
        refused
            .says("at http://127.0.0.1")
            .says("and this profile is for")
            .says("at http://localhost");
        assert_eq!(library.writes().len(), before);
        fs::write(&config, text).unwrap();
        desk.on(profile, &["submit", "--yes"]).ends(0);
        assert!(library.writes().len() > before);
    }
}

#[test]
fn row_53_a_secret_that_goes_out_unencrypted_is_told_before_it_goes() {
    // Nobody is there; what is told does not wait for an answer.
    let desk = Desk::at("http://[::2]:1", "");
    for (profile, secret) in [("soap", "password"), ("rest", "token")] {
        for command in ["check", "list", "plan"] {
            let mut child = desk.start(&["-p", profile, command]);
            let mut said = String::new();
            let mut messages = BufReader::new(child.stderr.take().unwrap());
            messages.read_line(&mut said).unwrap();
            child.kill().unwrap();
            child.wait().unwrap();
            let told = format!("the {secret} goes to http://[::2]:1 unencrypted");
            assert!(said.contains(&told), "{command}: {said}");
        }
        let mut terminal = Terminal::start(&desk, &["-p", profile], (80, 24));
        terminal.shows("UNENCRYPTED]");
        terminal.types("q").ends();
    }
}
