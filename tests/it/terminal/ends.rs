//! Every end gives the terminal back: signals, panics on any thread, a window that is closed, and
//! a terminal that takes nothing more.

use std::fs;

use rustix::process::Signal;

use super::FIRST;
use crate::support::{Desk, Library, Moment, Relay, Terminal};

/// What signals end with.
const SIGNALS: [(Signal, u32); 7] = [
    (Signal::TERM, 143),
    (Signal::HUP, 129),
    (Signal::INT, 130),
    (Signal::QUIT, 131),
    (Signal::USR1, 138),
    (Signal::ALARM, 142),
    (Signal::XCPU, 152),
];

/// The screen as one line: what is said may be broken anywhere.
pub(super) fn said(terminal: &Terminal) -> String {
    terminal.screen().replace('\n', "")
}

#[test]
fn signals_end_it_cleanly_with_their_own_codes() {
    let library = Library::made_up(60);
    for (signal, code) in SIGNALS {
        let desk = Desk::for_library(&library);
        let mut terminal = Terminal::start(&desk, &[], (80, 24));
        terminal.shows(FIRST).is_taken();
        assert_eq!(terminal.signal(signal).ends(), code);
        terminal.is_clean();
        let said = said(&terminal);
        assert!(said.contains("everything staged is safe in"), "{said}");
    }
}

/// Breaks the program on a thread, and insists that the end is the same on each.
#[cfg(debug_assertions)]
fn broken_on(thread: &str, named: &str) {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library).variable("ARMARIUS_BREAK", thread);
    desk.run(&["stage", "--query", "season:SS26", "--set", "Title=Mine"])
        .ends(0);
    let mut terminal = Terminal::start(&desk, &[], (100, 30));
    terminal.shows(FIRST).is_taken();
    terminal.types("yi");
    if thread == "keys" {
        terminal.shows("Copied").types("j");
    }
    assert_eq!(terminal.ends(), 101, "{thread}");
    terminal.is_clean();
    let text = String::from_utf8_lossy(&terminal.bytes).into_owned();
    let given_back = text.find("\u{1b}[?1049l").unwrap();
    let spoken = text.find("because of a mistake of its own").unwrap();
    assert!(given_back < spoken, "first the terminal, then the words");
    let said = said(&terminal);
    assert!(said.contains(named), "{said}");
    let folder = desk.folder().join("data").display().to_string();
    assert!(said.contains(&folder), "{said}");
    let report = fs::read_dir(desk.folder().join("data/soap"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("mistake-")
        })
        .expect("a report lies beside the work");
    let report = fs::read_to_string(report).unwrap();
    assert!(report.contains(named), "{report}");
    for told in [&said, &report] {
        assert!(!told.contains("a secret value"), "{told}");
    }
    desk.run(&["draft"]).ends(0).says("3 changes on 3 assets");
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_of_the_screen_leaves_the_terminal_usable_and_says_where_the_work_is() {
    broken_on("screen", "thread main");
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_in_a_task_ends_the_same_way() {
    broken_on("task", "thread tokio");
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_of_the_disk_ends_the_same_way() {
    broken_on("disk", "thread disk");
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_of_the_keyboard_ends_the_same_way() {
    broken_on("keys", "thread keys");
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_that_names_a_value_does_not_tell_it() {
    broken_on("values", "words are left out");
}

#[test]
fn a_window_that_is_closed_ends_it_as_a_hang_up() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let mut terminal = Terminal::start(&desk, &[], (100, 30));
    terminal.shows(FIRST).closes();
    assert_eq!(terminal.ends_unseen(), 129);
    // The workspace is free again.
    desk.run(&["stage", "--query", "season:SS26", "--set", "Title=Mine"])
        .ends(0);
}

#[test]
fn a_terminal_that_takes_nothing_more_can_not_keep_it_from_ending() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let mut terminal = Terminal::start(&desk, &[], (200, 60));
    terminal.shows(FIRST).stops_reading();
    for round in 0..60 {
        terminal.types("\u{c}").says_size((200, 40 + round % 20));
    }
    assert_eq!(terminal.signal(Signal::TERM).ends_unseen(), 143);
    desk.run(&["stage", "--query", "season:SS26", "--set", "Title=Mine"])
        .ends(0);
}

#[test]
fn a_listing_that_is_never_answered_does_not_hold_the_end_up() {
    let library = Library::made_up(60);
    let word = "searchAssetsParam";
    let relay = Relay::holding(library.address(), word, 1, Moment::Asked);
    let desk = Desk::at(&relay.address, "timeout_s = 600");
    let mut terminal = Terminal::start(&desk, &[], (100, 30));
    relay.wait();
    assert_eq!(terminal.types("q").ends(), 0);
    terminal.is_clean();
}
