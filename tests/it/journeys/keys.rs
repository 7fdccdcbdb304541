//! Keys do what the screen says, and one that does nothing says so.

use armarius::ui::session::Session;

#[test]
fn a_key_that_means_nothing_here_says_so_and_where_the_keys_are_listed() {
    let mut session = Session::listing(&["pier", "gull"]);
    session.press("J");
    assert_eq!(session.said(), "J does nothing here; ? lists the keys.");
    session.press("<Tab>");
    assert_eq!(session.said(), "Tab does nothing here; ? lists the keys.");
    session.press(": <F6>");
    assert_eq!(session.said(), "F6 does nothing here; F1 lists the keys.");
    session.press("<F1>");
    assert!(session.screen().contains("Help of text fields"));
}

#[test]
fn a_key_never_acts_on_a_screen_that_is_not_shown() {
    let mut session = Session::listing(&["pier", "gull"]);
    session.press("s a 4 d /");
    let screen = session.screen();
    assert!(screen.contains(">4 Results<"), "{screen}");
    assert_eq!(session.said(), "/ does nothing here; ? lists the keys.");
    session.press("2 e");
    assert!(session.screen().contains(">2 Staged<"));
    assert_eq!(session.said(), "e does nothing here; ? lists the keys.");
}

#[test]
fn a_burst_that_begins_with_the_key_of_a_line_is_typed_into_it() {
    let mut session = Session::listing(&["pier", "gull", "buoy"]);
    session.burst(":sort name desc\n");
    let screen = session.screen();
    assert!(screen.find("pier") < screen.find("gull"), "{screen}");
    session.burst("/name:gull\n:select-all\n");
    assert_eq!(session.app.workbench().marks().len(), 1);
    session.burst("buoy pier dropxy\n");
    let screen = session.screen();
    assert!(screen.contains("pasted"), "{screen}");
}

#[test]
fn what_was_said_of_one_act_goes_with_the_next_and_stays_among_the_messages() {
    let mut session = Session::listing(&["pier", "gull"]);
    session.press("s a");
    assert!(session.screen().contains("Marked 2"));
    session.press("j");
    assert!(
        session.screen().contains("Marked 2"),
        "moving is no other act"
    );
    session.press("2");
    assert!(
        !session.screen().contains("Marked 2"),
        "{}",
        session.screen()
    );
    session.press("g m");
    assert!(
        session.screen().contains("Marked 2"),
        "{}",
        session.screen()
    );
}

#[test]
fn the_question_about_hidden_marks_takes_its_letters() {
    let mut session = Session::listing(&["pier", "gull"]);
    session.press("s a / gull <Enter> e");
    assert!(session.screen().contains("Hidden marks"));
    session.press("l");
    let screen = session.screen();
    assert!(!screen.contains("Hidden marks"), "{screen}");
    assert!(
        screen.contains("is:marked") && screen.contains("pier"),
        "{screen}"
    );
}
