//! The workstation in a real terminal: it starts, follows its size, and leaves no trace, however
//! it ends.

use rustix::process::Signal;

use crate::support::{Desk, Library, Terminal};

#[test]
fn the_library_is_on_the_screen_and_q_leaves_a_clean_terminal() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let mut terminal = Terminal::start(&desk, &[], (100, 30));
    terminal.shows("JKT_0000001_BACK").is_taken();
    eprintln!("{}", terminal.screen());
    assert_eq!(terminal.types("q").ends(), 0);
    terminal.is_clean();
    drop(Signal::TERM);
}
