//! Sizes: storms of them, none at all, and another one under every dialog.

use super::FIRST;
use crate::support::{Desk, Library, Terminal};

#[test]
fn a_storm_of_sizes_from_nothing_to_500x200_ends_in_the_right_screen() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let mut terminal = Terminal::start(&desk, &[], (100, 30));
    terminal.shows(FIRST).types("jjj").shows("4/60");
    for round in 0..40 {
        for size in [
            (1, 1),
            (0, 0),
            (500, 200),
            (60 + round, 16),
            (2, 200),
            (200, 2),
        ] {
            terminal.says_size(size);
        }
    }
    terminal
        .resize((90, 28))
        .until("a screen of 90x28", |screen| {
            let lines: Vec<&str> = screen.lines().collect();
            lines.len() == 28 && lines[27].starts_with(" 4/60")
        });
    terminal.types("j").shows("5/60");
    assert_eq!(terminal.types("q").ends(), 0);
    terminal.is_clean();
}

#[test]
fn it_starts_in_a_terminal_without_a_size_and_waits_for_one() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let mut terminal = Terminal::start_unsized(&desk, (100, 30));
    terminal.resize((100, 30)).shows(FIRST);
    assert_eq!(terminal.types("q").ends(), 0);
    terminal.is_clean();
}

#[test]
fn under_every_dialog_the_size_may_change_and_come_back() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    desk.run(&["stage", "--query", "season:SS26", "--set", "Title=Mine"])
        .ends(0);
    let mut terminal = Terminal::start(&desk, &[], (100, 30));
    terminal.shows(FIRST).shows("no run in progress");
    for keys in ["e", "C", "t", "f", "S", "?", ":", "/", "s", "z", "gm", "\r"] {
        terminal.types(keys);
        for size in [(1, 1), (0, 0), (60, 16), (500, 200)] {
            terminal.says_size(size);
        }
        terminal.resize((60, 16)).until("60x16", |screen| {
            let lines: Vec<&str> = screen.lines().collect();
            lines.len() == 16 && lines[0].starts_with(" armarius") && !screen.contains("5 History")
        });
        terminal.types("\u{1b}\u{1b}");
        terminal
            .resize((100, 30))
            .shows("5 History")
            .shows(">1 Browse<");
        terminal.types("\u{1b}0").shows("60 of 60");
    }
    assert_eq!(terminal.types("q").ends(), 0);
    terminal.is_clean();
}
