//! Leaving while a run goes on, and coming back: nothing is lost, nothing is written twice.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

use super::{FIRST, ends::said};
use crate::support::{Audit, BOTH, Desk, Library, Moment, Relay, Terminal};

/// One asset a call, one call at a time.
const SLOW: &str = "batch_size = 1\nconcurrency = 1\ntimeout_s = 30";
/// The same, and what was sent counts as lost after four seconds.
const HURRIED: &str = "batch_size = 1\nconcurrency = 1\ntimeout_s = 4";

fn write_of(profile: &str) -> &'static str {
    match profile {
        "soap" => "batchSetAssetMetadataParam",
        _ => "POST /api/meta/entity/bulk",
    }
}

/// Three staged titles, and a relay that holds the second call that writes.
fn staged(profile: &str, (more, moment): (&str, Moment)) -> (Library, Relay, Desk) {
    let library = Library::made_up(60);
    let relay = Relay::holding(library.address(), write_of(profile), 2, moment);
    let desk = Desk::at(&relay.address, more).variable("ARMARIUS_CONFIRM", "count");
    desk.on(
        profile,
        &["stage", "--query", "season:SS26", "--set", "Title=Mine"],
    )
    .ends(0);
    (library, relay, desk)
}

/// A workstation in the middle of the second call of its run.
fn under_way(profile: &str, (relay, desk): (&Relay, &Desk)) -> Terminal {
    let mut terminal = Terminal::start(desk, &["-p", profile], (100, 30));
    terminal.shows(FIRST).shows("no run in progress");
    terminal.types("S").shows("type the number of assets");
    terminal.types("3").shows("then Enter: 3").types("\r");
    terminal.shows("R-0001");
    relay.wait();
    terminal.shows("R-0001 running 33%");
    terminal
}

/// The words that go on with the run on a profile.
fn again(profile: &str) -> String {
    format!("`armarius -p {profile} resume R-0001`")
}

/// Goes on without a screen, and insists that every title was written once.
#[track_caller]
fn resumed(profile: &str, (library, desk): (&Library, &Desk)) {
    let told = desk
        .on(profile, &["resume", "--format", "json"])
        .ends(0)
        .json();
    assert_eq!(told["state"], "finished");
    is_written_once(library);
    desk.on(profile, &["draft"]).ends(0).answers_nothing();
}

#[track_caller]
fn is_written_once(library: &Library) {
    let mut written: Vec<(String, String)> = library
        .writes()
        .into_iter()
        .map(|write| (write.asset, write.field))
        .collect();
    assert_eq!(written.len(), 3, "{written:?}");
    written.sort_unstable();
    written.dedup();
    assert_eq!(written.len(), 3, "twice: {written:?}");
}

#[test]
fn ended_from_outside_it_waits_for_the_call_under_way_and_says_how_far_it_is() {
    let ends = [
        ("soap", Signal::TERM, 143),
        ("rest", Signal::INT, 130),
        ("soap", Signal::QUIT, 131),
    ];
    for (profile, signal, code) in ends {
        let (library, relay, desk) = staged(profile, (SLOW, Moment::Done));
        let mut terminal = under_way(profile, (&relay, &desk));
        terminal.signal(signal);
        terminal.shows("waiting for the calls under way");
        relay.release();
        assert_eq!(terminal.ends(), code);
        terminal.is_clean();
        let said = said(&terminal);
        let paused = format!("R-0001 is paused: 2 of 3 done; {} goes on", again(profile));
        assert!(said.contains(&paused), "{said}");
        Audit::of(&terminal.bytes).is_ours();
        resumed(profile, (&library, &desk));
    }
}

#[test]
fn ended_from_outside_it_does_not_wait_for_an_answer_that_never_comes() {
    for (profile, signal, code) in [("soap", Signal::HUP, 129), ("rest", Signal::TERM, 143)] {
        let (library, relay, desk) = staged(profile, (HURRIED, Moment::Done));
        let mut terminal = under_way(profile, (&relay, &desk));
        assert_eq!(terminal.signal(signal).ends(), code);
        terminal.is_clean();
        let said = said(&terminal);
        let cut = "R-0001 is interrupted: 1 of 3 done, 1 sent and not answered";
        assert!(said.contains(cut), "{said}");
        assert!(said.contains(&again(profile)), "{said}");
        resumed(profile, (&library, &desk));
    }
}

#[test]
fn leaving_asks_and_the_next_start_shows_the_run_and_goes_on_with_it() {
    let (library, relay, desk) = staged("soap", (SLOW, Moment::Done));
    let mut terminal = under_way("soap", (&relay, &desk));
    terminal
        .types("b")
        .shows(">1 Browse")
        .types("q")
        .shows("stay here");
    terminal.types("\u{1b}").hides("stay here").shows("goes on");
    terminal.types("q").shows("stay here").types("j\r");
    terminal.shows("waiting for the calls under way");
    relay.release();
    assert_eq!(terminal.ends(), 0);
    terminal.is_clean();
    assert!(said(&terminal).contains("R-0001 is paused: 2 of 3 done"));

    let mut terminal = Terminal::start(&desk, &[], (100, 30));
    terminal
        .shows("R-0001 was interrupted: 2 of 3 changes done")
        .shows("R-0001 interrupted 66%")
        .shows(">4 Results: interrupted 66%<");
    // Signed in or not: going on signs in.
    terminal.types("p").shows("R-0001 finished: 3 applied");
    assert_eq!(terminal.types("qq").ends(), 0);
    is_written_once(&library);
}

#[test]
fn the_windows_title_says_how_far_the_run_is_and_goes_with_it() {
    let (library, relay, desk) = staged("soap", (SLOW, Moment::Done));
    let mut terminal = under_way("soap", (&relay, &desk));
    relay.release();
    terminal.shows("R-0001 finished");
    assert_eq!(terminal.types("qq").ends(), 0);
    terminal.is_clean();
    let audit = Audit::of(&terminal.bytes);
    audit.is_ours();
    assert!(
        audit.titles.contains(&"R-0001 33%".to_owned()),
        "{:?}",
        audit.titles
    );
    let kept = |kind| audit.kinds.get(kind).copied().unwrap_or(0);
    assert_eq!(
        (kept("CSI 22;2t"), kept("CSI 23;2t")),
        (1, 1),
        "the old one comes back"
    );
    is_written_once(&library);

    // A terminal that is not known to have titles is left alone, and so is one whose owner says so.
    let desk = desk.variable("ARMARIUS_TITLE", "false");
    desk.run(&["stage", "--query", "season:SS26", "--set", "Title=Yours"])
        .ends(0);
    let mut terminal = Terminal::start(&desk, &[], (100, 30));
    terminal.shows(FIRST).shows("no run in progress");
    terminal
        .types("S")
        .shows("type the number of assets")
        .types("3\r");
    terminal.shows("R-0002 finished");
    assert_eq!(terminal.types("qq").ends(), 0);
    assert!(Audit::of(&terminal.bytes).titles.is_empty());
}

#[test]
fn submitted_browsed_on_and_the_window_closed_the_rest_is_sent_once_by_resume() {
    for profile in BOTH {
        let (library, relay, desk) = staged(profile, (HURRIED, Moment::Done));
        let mut terminal = under_way(profile, (&relay, &desk));
        terminal
            .types("b")
            .shows(">1 Browse")
            .shows("R-0001 running 33%");
        terminal.types("j").shows(" 2/60").closes();
        assert_eq!(terminal.ends_unseen(), 129);
        assert_eq!(
            library.writes().len(),
            2,
            "the second was written, and nobody was told"
        );
        let ran = desk.on(profile, &["resume"]).ends(0);
        let ran = ran.says("R-0001: reading back 1 change sent before the interruption");
        ran.says("up to 4 s").shows("3 applied");
        is_written_once(&library);
        desk.on(profile, &["draft"]).ends(0).answers_nothing();
    }
}

fn tell(child: &Child, signal: Signal) {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    kill_process(pid.unwrap(), signal).unwrap();
}

/// Reads messages until one contains the words.
fn hears(child: &mut Child, words: &str) -> BufReader<impl Read + use<>> {
    let mut messages = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains(words) {
        line.clear();
        assert_ne!(
            messages.read_line(&mut line).unwrap(),
            0,
            "never said {words}"
        );
    }
    messages
}

#[test]
fn without_a_screen_a_signal_pauses_the_run_and_the_last_line_says_how_to_go_on() {
    for (profile, signal, code) in [("soap", Signal::INT, 130), ("rest", Signal::HUP, 129)] {
        let (library, relay, desk) = staged(profile, (SLOW, Moment::Done));
        let mut child = desk.start(&["-p", profile, "submit", "--yes"]);
        relay.wait();
        tell(&child, signal);
        let mut messages = hears(&mut child, "waiting for the calls under way");
        relay.release();
        let mut rest = String::new();
        messages.read_to_string(&mut rest).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code));
        let last = format!("R-0001 is paused: 2 of 3 done; {} goes on", again(profile));
        assert_eq!(
            rest.trim_end().lines().last(),
            Some(last.as_str()),
            "{rest}"
        );
        resumed(profile, (&library, &desk));
    }
}

#[test]
fn put_to_sleep_in_the_middle_of_a_call_it_goes_on_when_it_wakes() {
    for (profile, moment) in [("soap", Moment::Done), ("rest", Moment::Asked)] {
        let (library, relay, desk) = staged(profile, (SLOW, moment));
        let mut terminal = under_way(profile, (&relay, &desk));
        terminal.signal(Signal::STOP);
        // The answer comes, and the connection ends, while nobody is awake.
        relay.release();
        terminal.signal(Signal::CONT);
        terminal.shows("R-0001 finished: 3 applied").is_taken();
        assert_eq!(terminal.types("qq").ends(), 0);
        is_written_once(&library);
        terminal.is_clean();
    }
}

#[test]
fn without_a_screen_a_submit_is_put_to_sleep_and_wakes_the_same_way() {
    for (profile, moment) in [("soap", Moment::Asked), ("rest", Moment::Done)] {
        let (library, relay, desk) = staged(profile, (SLOW, moment));
        let child = desk.start(&["-p", profile, "submit", "--yes"]);
        relay.wait();
        tell(&child, Signal::STOP);
        relay.release();
        tell(&child, Signal::CONT);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        is_written_once(&library);
    }
}

#[test]
fn an_answer_that_never_came_while_it_slept_is_read_back_and_not_sent_again() {
    let (library, relay, desk) = staged("soap", (HURRIED, Moment::Done));
    let mut terminal = under_way("soap", (&relay, &desk));
    terminal.signal(Signal::STOP).signal(Signal::CONT);
    // The relay keeps the answer for good; the time-out runs on after waking.
    terminal.shows("R-0001 finished: 3 applied");
    assert_eq!(terminal.types("qq").ends(), 0);
    is_written_once(&library);
}

#[test]
fn the_bell_rings_once_at_the_end_of_a_run_if_it_is_wanted() {
    for wanted in [true, false] {
        let (library, relay, desk) = staged("soap", (SLOW, Moment::Done));
        let desk = desk.variable("ARMARIUS_BELL", &wanted.to_string());
        let mut terminal = under_way("soap", (&relay, &desk));
        // Those that end the window's title are part of it, not text.
        let rings = |terminal: &Terminal| Audit::of(&terminal.bytes).text.matches('\u{7}').count();
        assert_eq!(rings(&terminal), 0, "nothing is over yet");
        relay.release();
        terminal.shows("R-0001 finished");
        assert_eq!(terminal.types("qq").ends(), 0);
        assert_eq!(rings(&terminal), usize::from(wanted));
        is_written_once(&library);
    }
}

#[test]
fn without_a_screen_a_second_interrupt_ends_at_once() {
    let (library, relay, desk) = staged("rest", (HURRIED, Moment::Done));
    let mut child = desk.start(&["-p", "rest", "submit", "--yes"]);
    relay.wait();
    tell(&child, Signal::INT);
    let mut messages = hears(&mut child, "waiting for the calls under way");
    tell(&child, Signal::INT);
    let mut rest = String::new();
    messages.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(rest.contains("armarius ended at once"), "{rest}");
    assert!(rest.contains("`armarius -p rest resume`"), "{rest}");
    resumed("rest", (&library, &desk));
}

#[test]
fn a_run_started_to_outlive_its_terminal_is_not_ended_by_the_hang_up() {
    let (library, relay, desk) = staged("soap", (SLOW, Moment::Asked));
    let command = desk.command(&["submit", "--yes"]);
    let words: Vec<_> = command.get_args().collect();
    let mut child = Command::new("/bin/sh")
        .args(["-c", "trap '' HUP; exec \"$@\"", "sh"])
        .arg(command.get_program())
        .args(words)
        .env_clear()
        .envs(desk.environment())
        .current_dir(desk.folder())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    relay.wait();
    tell(&child, Signal::HUP);
    relay.release();
    let mut said = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{said}");
    is_written_once(&library);
}
