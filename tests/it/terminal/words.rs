//! What is written to a terminal, byte by byte: our own sequences and no others, and nothing a
//! poor terminal can't take.

use std::process::{Command, Stdio};

use serde_json::json;

use super::FIRST;
use crate::support::{Audit, BOTH, Desk, Library, Terminal};

/// A name, a note and a title that would act on a terminal, and what they would do.
const HOSTILE: &str = "\u{9b}2Jx\u{9d}0;owned\u{9c} \u{202e}gnp.exe \u{7f}";

fn hostile() -> Library {
    let rows: Vec<_> = (1..=4)
        .map(|number| {
            json!({
                "id": format!("h-{number}"),
                "title": format!("{HOSTILE} {number}"),
                "note": HOSTILE,
                "folder": HOSTILE,
            })
        })
        .collect();
    Library::of(&rows)
}

#[test]
fn a_whole_session_over_hostile_text_writes_only_our_own_sequences() {
    let library = hostile();
    for profile in BOTH {
        let desk = Desk::for_library(&library).variable("ARMARIUS_CONFIRM", "count");
        let note = format!("note=[{profile}] {HOSTILE}");
        desk.on(profile, &["stage", "--query", "note:~.", "--set", &note])
            .ends(0);
        let mut terminal = Terminal::start(&desk, &["-p", profile], (120, 36));
        terminal.shows("1/4").shows("no run in progress");
        // Every screen and what opens on it; copying; a message that quotes what was typed.
        for (keys, mode) in [
            ("\r", "DETAIL"),
            ("e", "EDIT"),
            ("f", "FACETS"),
            ("?", "HELP"),
        ] {
            terminal.types(keys).shows(&format!(" {mode} "));
            terminal.types("\u{1b}").shows(" NORMAL ");
        }
        terminal.types("j").shows("2/4").types("yi").shows("Copied");
        terminal
            .types("/")
            .shows(" FILTER ")
            .types("\u{9b}2J\r")
            .shows(" NORMAL ");
        terminal.types("0").shows("4 of 4");
        terminal
            .types("2")
            .shows(">2 Staged")
            .types("\r")
            .types("1")
            .shows(">1 Browse");
        terminal
            .types("S")
            .shows("type the number of assets")
            .types("4\r");
        terminal
            .shows("R-0001 finished")
            .types("w")
            .shows("Report written");
        terminal
            .types("5")
            .shows(">5 History")
            .types("1")
            .shows(">1 Browse");
        assert_eq!(terminal.types("q").ends(), 0);
        terminal.is_clean();
        let audit = Audit::of(&terminal.bytes);
        audit.is_ours();
        assert!(
            audit.kinds.contains_key("OSC 52"),
            "something was copied: {:?}",
            audit.kinds
        );
    }
}

#[test]
fn what_is_said_after_the_screens_and_beside_them_is_harmless_too() {
    let library = hostile();
    let desk = Desk::for_library(&library);
    let query = format!("note:\u{1b}[31m{HOSTILE}(");
    let set = format!("{HOSTILE}=x");
    let words: [&[&str]; 6] = [
        &["list", "--query", &query],
        &["stage", "--query", "note:~.", "--set", &set],
        &["-p", "\u{1b}]0;owned\u{7}", "list"],
        &["resume", "\u{1b}]0;owned\u{7}"],
        &["report", "\u{9b}2J"],
        &["list", "--fields", HOSTILE],
    ];
    for words in words {
        let mut terminal = Terminal::start(&desk, words, (100, 30));
        assert_ne!(terminal.ends(), 0, "{words:?}");
        let audit = Audit::of(&terminal.bytes);
        audit.is_ours();
        assert!(!audit.text.is_empty(), "{words:?} says why");
    }
}

#[test]
fn a_terminal_that_answers_no_question_is_not_waited_for() {
    let library = Library::made_up(60);
    // Asks about pictures, with a limit; what else there is to ask is not asked.
    let desk = Desk::for_library(&library).variable("ARMARIUS_IMAGES", "auto");
    let mut terminal = Terminal::start(&desk, &[], (100, 30));
    terminal.shows(FIRST);
    // What is typed while it is asked is shown as it comes; after so many keys, if not before,
    // nobody waits for the answer any more.
    for row in 2..=33 {
        terminal.types("j").shows(&format!(" {row}/60"));
    }
    // An answer that comes late is no key.
    terminal
        .types("\u{1b}[?62;4;22c\u{1b}[6;18;9t\u{1b}[0n")
        .types("j")
        .shows(" 34/60");
    assert_eq!(terminal.types("q").ends(), 0);
    terminal.is_clean();
    let audit = Audit::of(&terminal.bytes);
    audit.is_ours();
    let asked = |kind| audit.kinds.get(kind).copied().unwrap_or(0);
    assert_eq!((asked("CSI c"), asked("CSI n"), asked("APC")), (1, 1, 0));
}

#[test]
fn where_the_locale_is_not_utf8_frames_are_plain_characters() {
    let library = Library::made_up(60);
    for (locale, lines) in [("C", false), ("C.UTF-8", true)] {
        let desk = Desk::for_library(&library).variable("LANG", locale);
        let mut terminal = Terminal::start(&desk, &[], (100, 30));
        terminal.shows(FIRST).types("f").shows(" FACETS ");
        terminal.types("\u{1b}").shows(" NORMAL ");
        assert_eq!(terminal.types("q").ends(), 0);
        let text = Audit::of(&terminal.bytes).text;
        let drawn = text.chars().any(|c| ('\u{2500}'..='\u{259f}').contains(&c));
        assert_eq!(drawn, lines, "LANG={locale}");
    }
}

#[test]
fn without_standard_output_it_says_so_and_a_reader_that_leaves_early_is_no_mistake() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let shell = |script: &str, words: &[&str]| {
        let command = desk.command(words);
        Command::new("/bin/sh")
            .args(["-c", script, "sh"])
            .arg(command.get_program())
            .args(command.get_args())
            .env_clear()
            .envs(desk.environment())
            .current_dir(desk.folder())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    };
    let closed = shell("exec \"$@\" >&-", &[]);
    assert_eq!(closed.status.code(), Some(1));
    let said = String::from_utf8_lossy(&closed.stderr).into_owned();
    assert!(said.contains("the workstation needs a terminal"), "{said}");
    desk.run(&["list"]).ends(0);
    let cut = shell("\"$@\" | head -n 1", &["list"]);
    let said = String::from_utf8_lossy(&cut.stderr).into_owned();
    assert_eq!(String::from_utf8_lossy(&cut.stdout).lines().count(), 1);
    assert!(!said.contains("mistake"), "{said}");
}
