//! The workstation in a real terminal: it starts, follows its size, and leaves no trace, however
//! it ends.

mod ends;
mod frames;
mod jobs;
mod leaving;
mod sizes;
mod words;

use std::fs;

use crate::support::{Desk, Library, Terminal};

/// The name the first asset begins with, however narrow its column is.
const FIRST: &str = "JKT_0000001";

#[test]
fn the_library_is_on_the_screen_and_q_leaves_a_clean_terminal() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let mut terminal = Terminal::start(&desk, &[], (100, 30));
    terminal.shows(FIRST).shows("60 of 60").is_taken();
    assert_eq!(terminal.types("q").ends(), 0);
    terminal.is_clean();
}

#[test]
fn the_screen_follows_the_terminal_to_60x16_and_back() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let mut terminal = Terminal::start(&desk, &[], (100, 30));
    terminal.shows(FIRST).shows("5 History").shows(" 1/60");
    // What was on its way for the old size may come first; in the end the screen is whole.
    terminal
        .resize((60, 16))
        .until("a screen of 60x16", |screen| {
            let lines: Vec<&str> = screen.lines().collect();
            lines.len() == 16
                && lines[0].starts_with(" armarius")
                && lines[1].starts_with(">1 Browse<")
                && screen.contains(FIRST)
                && !screen.contains("5 History")
                && lines[15].starts_with(" 1/60")
                && lines[15].trim_end().ends_with("no run in progress")
        });
    terminal.types("j").shows(" 2/60");
    terminal.resize((100, 30)).shows("5 History").shows(" 2/60");
    assert_eq!(terminal.types("q").ends(), 0);
    terminal.is_clean();
}

#[test]
fn a_terminal_too_small_is_told_how_large_it_must_be_and_loses_nothing() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let mut terminal = Terminal::start(&desk, &[], (100, 30));
    terminal.shows(FIRST).types("jj").shows("3/60");
    terminal.resize((52, 12)).shows("60x16").hides(FIRST);
    terminal
        .resize((100, 30))
        .shows("JKT_0000005_FRONT")
        .shows("3/60");
    assert_eq!(terminal.types("q").ends(), 0);
    terminal.is_clean();
}

#[test]
fn a_terminal_that_can_not_show_screens_is_refused_in_words() {
    let library = Library::made_up(5);
    let desk = Desk::for_library(&library);
    let mut terminal = Terminal::start_as(&desk, &[], (80, 24), "dumb");
    assert_eq!(terminal.ends(), 1);
    assert!(
        terminal.screen().contains("TERM=dumb can't show screens"),
        "{}",
        terminal.screen()
    );
    assert!(!terminal.bytes.contains(&0x1b), "not one escape sequence");
    terminal.is_clean();
    desk.run(&[])
        .ends(1)
        .answers_nothing()
        .says("the workstation needs a terminal");
    desk.run(&["demo"])
        .ends(1)
        .answers_nothing()
        .says("the workstation needs a terminal");
}

#[test]
fn no_color_means_not_one_colour() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library).variable("NO_COLOR", "1");
    let mut terminal = Terminal::start(&desk, &[], (100, 30));
    terminal.shows(FIRST);
    assert_eq!(terminal.types("q").ends(), 0);
    let text = String::from_utf8_lossy(&terminal.bytes).into_owned();
    for sequence in text.split("\u{1b}[").skip(1) {
        let end = sequence
            .find(|c: char| c.is_ascii_alphabetic())
            .unwrap_or(0);
        let is_colour = |code: &str| {
            code.parse::<u32>()
                .is_ok_and(|n| matches!(n, 30..=38 | 40..=48 | 90..=107))
        };
        let colours = sequence[end..].starts_with('m') && sequence[..end].split(';').any(is_colour);
        assert!(!colours, "{:?}", &sequence[..=end]);
    }
}

#[test]
fn submit_at_a_terminal_asks_for_the_number_and_takes_nothing_else() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library).variable("ARMARIUS_CONFIRM", "count");
    desk.run(&["stage", "--query", "season:SS26", "--set", "Title=Mine"])
        .ends(0);
    let mut terminal = Terminal::start(&desk, &["submit"], (100, 30));
    terminal
        .shows("type 3, the number of assets")
        .types("yes\r");
    assert_eq!(terminal.ends(), 1);
    assert!(
        terminal.screen().contains("nothing was sent"),
        "{}",
        terminal.screen()
    );
    assert!(library.writes().is_empty());
    let mut terminal = Terminal::start(&desk, &["submit"], (100, 30));
    terminal.shows("type 3, the number of assets").types("3\r");
    assert_eq!(terminal.ends(), 0);
    assert_eq!(library.writes().len(), 3);
}

#[test]
fn a_second_window_on_the_same_profile_reads_along_and_names_the_first() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let mut first = Terminal::start(&desk, &[], (100, 30));
    first.shows(FIRST);
    let pid = format!("pid {}", first.pid());
    let mut second = Terminal::start(&desk, &[], (100, 30));
    second.shows(FIRST).shows(&pid);
    assert_eq!(second.types("q").ends(), 0);
    assert_eq!(first.types("q").ends(), 0);
}

#[test]
fn the_demo_needs_nothing_and_keeps_its_library_between_starts() {
    let library = Library::made_up(5);
    let desk = Desk::for_library(&library);
    for _ in 0..2 {
        let mut terminal = Terminal::start(&desk, &["demo", "--assets", "60"], (100, 30));
        terminal.shows(FIRST).shows("DEMO");
        assert_eq!(terminal.types("q").ends(), 0);
        terminal.is_clean();
    }
    let kept = fs::read_dir(desk.folder().join("data").join("demo")).unwrap();
    assert!(kept.count() > 0);
    let mut atlan = Terminal::start(
        &desk,
        &["demo", "--assets", "60", "--protocol", "atlan"],
        (100, 30),
    );
    atlan.shows(FIRST).shows("DEMO");
    assert_eq!(atlan.types("q").ends(), 0);
}
