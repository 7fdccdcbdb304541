//! Stopped and continued, from inside and from outside: the shell gets the terminal as it was, and
//! the screens come back whole.

use std::fs;

use rustix::process::Signal;

use super::FIRST;
use crate::support::{Audit, Desk, Library, Moment, Relay, Terminal};

/// What a shell runs to start the program in the middle of a story.
fn started(desk: &Desk) -> String {
    let command = desk.command(&[]);
    let words = command
        .get_args()
        .map(|word| word.to_string_lossy().into_owned());
    let program = command.get_program().to_string_lossy().into_owned();
    let all: Vec<String> = std::iter::once(program).chain(words).collect();
    all.join(" ")
}

/// The shell asks for a line. What it asked before shows again as soon as the screens are left, so it is
/// the last line that tells.
fn prompt(terminal: &mut Terminal) {
    terminal.until("a prompt", |screen| {
        let last = screen.lines().rfind(|line| !line.trim().is_empty());
        last.is_some_and(|line| line.trim() == "ready>")
    });
}

fn modes(terminal: &mut Terminal, name: &str) {
    let line = format!("stty -g > {name}; echo kept-$((1+1))-{name}\r");
    terminal.types(&line).shows(&format!("kept-2-{name}"));
}

#[test]
fn stopped_in_the_middle_of_a_run_the_shell_has_its_terminal_and_fg_brings_everything_back() {
    let library = Library::made_up(60);
    let word = "batchSetAssetMetadataParam";
    let relay = Relay::holding(library.address(), word, 2, Moment::Done);
    let desk = Desk::at(&relay.address, "batch_size = 1\nconcurrency = 1")
        .variable("ARMARIUS_CONFIRM", "count");
    desk.run(&["stage", "--query", "season:SS26", "--set", "Title=Mine"])
        .ends(0);
    let mut terminal = Terminal::shell(&desk, (100, 30));
    prompt(&mut terminal);
    modes(&mut terminal, "before");
    prompt(&mut terminal);
    terminal
        .types(&format!("{}\r", started(&desk)))
        .shows(FIRST);
    terminal.shows("no run in progress").types("S");
    terminal.shows("type the number of assets").types("3\r");
    relay.wait();
    terminal.shows("R-0001 running 33%");

    terminal.types("\u{1a}").hides("R-0001 running");
    prompt(&mut terminal);
    modes(&mut terminal, "stopped");
    prompt(&mut terminal);
    terminal
        .types("fg\r")
        .shows("R-0001 running 33%")
        .is_taken();

    // With another size when it comes back.
    terminal.types("\u{1a}").hides("R-0001 running");
    prompt(&mut terminal);
    terminal.resize((90, 28));
    terminal.types("fg\r").until("a screen of 90x28", |screen| {
        let lines: Vec<&str> = screen.lines().collect();
        lines.len() == 28 && lines[27].trim_end().ends_with("R-0001 running 33%")
    });

    relay.release();
    terminal.shows("R-0001 finished").types("qq");
    prompt(&mut terminal);
    modes(&mut terminal, "after");
    let kept = |name: &str| fs::read_to_string(desk.folder().join(name)).unwrap();
    assert_eq!(kept("before"), kept("stopped"));
    assert_eq!(kept("before"), kept("after"));
    assert_eq!(library.writes().len(), 3, "each once");
    terminal.types("exit\r");
    assert_eq!(terminal.ends(), 0);
    terminal.is_clean();
    Audit::of(&terminal.bytes).is_ours();
}

/// The program the shell has started.
#[cfg(target_os = "linux")]
fn program_of(shell: &Terminal) -> rustix::process::Pid {
    let shell = shell.pid();
    let children = fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).unwrap();
    let child: i32 = children.split_whitespace().last().unwrap().parse().unwrap();
    rustix::process::Pid::from_raw(child).unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn stopped_from_outside_under_a_shell_it_gives_the_terminal_back_like_by_its_own_key() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let mut terminal = Terminal::shell(&desk, (100, 30));
    prompt(&mut terminal);
    modes(&mut terminal, "before");
    prompt(&mut terminal);
    terminal
        .types(&format!("{}\r", started(&desk)))
        .shows(FIRST)
        .shows("no run in progress");
    let program = program_of(&terminal);
    rustix::process::kill_process(program, Signal::TSTP).unwrap();
    terminal.hides(FIRST);
    prompt(&mut terminal);
    modes(&mut terminal, "stopped");
    prompt(&mut terminal);
    terminal.types("fg\r").shows(FIRST).is_taken();
    terminal.types("j").shows(" 2/60").types("q");
    prompt(&mut terminal);
    modes(&mut terminal, "after");
    let kept = |name: &str| fs::read_to_string(desk.folder().join(name)).unwrap();
    assert_eq!(kept("before"), kept("stopped"));
    assert_eq!(kept("before"), kept("after"));
    terminal.types("exit\r");
    assert_eq!(terminal.ends(), 0);
    terminal.is_clean();
}

#[test]
fn where_there_is_no_shell_to_go_back_to_nothing_stops() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let mut terminal = Terminal::start(&desk, &[], (100, 30));
    terminal
        .shows(FIRST)
        .types("\u{1a}")
        .shows("There is no shell to go back to");
    terminal.types("jj").shows("3/60");
    terminal
        .signal(Signal::TSTP)
        .types("j")
        .shows("4/60")
        .is_taken();
    assert_eq!(terminal.types("q").ends(), 0);
    terminal.is_clean();
}

#[test]
fn continued_after_somebody_else_had_the_terminal_everything_is_set_and_painted_again() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let mut terminal = Terminal::start(&desk, &[], (100, 30));
    terminal.shows(FIRST);
    let taken = |terminal: &Terminal| {
        let audit = Audit::of(&terminal.bytes);
        audit.kinds.get("CSI ?1049h").copied().unwrap_or(0)
    };
    assert_eq!(taken(&terminal), 1);
    terminal
        .signal(Signal::STOP)
        .forgets("what another program drew");
    terminal
        .signal(Signal::CONT)
        .shows(FIRST)
        .hides("what another program drew");
    assert_eq!(taken(&terminal), 2);
    terminal.types("j").shows("2/60").is_taken();
    assert_eq!(terminal.types("q").ends(), 0);
    terminal.is_clean();
}
