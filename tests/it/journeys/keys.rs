//! Keys do what the screen says, and one that does nothing says so.

use armarius::{
    flow::Event,
    ui::{
        action::{ACTIONS, Action, Context, Go},
        input::Input,
        keymap::Keymap,
        session::Session,
    },
};

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

#[test]
fn a_long_sentence_takes_a_second_line_and_is_never_cut() {
    let mut session = Session::listing(&["pier", "gull"]);
    session.event(Event::Said(
        "The listing was stopped because the library answered with something else than a page; \
         R lists again and keeps what has come."
            .into(),
    ));
    let screen = session.screen();
    assert!(
        screen.contains("R lists again and keeps what has come."),
        "{screen}"
    );
    session.event(Event::Said("many words ".repeat(40)));
    assert!(
        session.line(21).ends_with("..  g m"),
        "{}",
        session.screen()
    );
}

#[test]
fn any_answer_of_the_endpoint_ends_offline_everywhere() {
    let mut session = Session::listing(&["pier", "gull"]);
    let failure = armarius::domain::Failure {
        what: "could not read them again".into(),
        why: "no answer".into(),
        hint: String::new(),
        kind: armarius::domain::failure::FailureKind::Offline,
    };
    session.event(Event::Failed(failure));
    assert!(session.screen().contains("OFFLINE"));
    let assets = session.world.assets.clone();
    session.event(Event::Refreshed {
        assets,
        gone: Vec::new(),
    });
    assert!(
        !session.screen().contains("OFFLINE"),
        "{}",
        session.screen()
    );
    assert!(
        !session.screen().contains("offline"),
        "{}",
        session.screen()
    );
}

#[test]
fn the_hint_line_offers_undo_and_redo_only_where_there_is_something() {
    let mut session = Session::listing(&["pier", "gull"]);
    session.resize(200, 30);
    let hints = |session: &mut Session| session.line(28);
    assert!(
        !hints(&mut session).contains("undo"),
        "{}",
        hints(&mut session)
    );
    assert!(
        !hints(&mut session).contains("submit"),
        "{}",
        hints(&mut session)
    );
    session
        .press("s a : set <Space>")
        .type_text("Rights Acme")
        .press("<Enter>");
    assert!(
        hints(&mut session).contains("u undo"),
        "{}",
        hints(&mut session)
    );
    session.press("2");
    assert!(
        !hints(&mut session).contains("redo"),
        "{}",
        hints(&mut session)
    );
    session.press("u");
    assert!(
        hints(&mut session).contains("U redo"),
        "{}",
        hints(&mut session)
    );
}

#[test]
fn pasted_names_become_a_filter_that_finds_each_of_them() {
    let mut session = Session::listing(&["pier", "gull", "buoy"]);
    session
        .input(Input::Paste("pier\ngull\n".into()))
        .press("/");
    let screen = session.screen();
    assert!(screen.contains("live: 2 of 3"), "{screen}");
}

/// Every key of every screen: it shows something else, says something, or asks something of the
/// world. Only moving may find itself at an end already.
#[test]
fn no_key_of_a_screen_does_nothing_without_a_word() {
    let screens = [
        ("1", Context::Browse),
        ("2", Context::Staged),
        ("3", Context::Review),
        ("4", Context::Results),
        ("5", Context::History),
    ];
    let silent = [
        Action::Go(Go::Back),
        Action::Go(Go::Interrupt),
        Action::Go(Go::Redraw),
    ];
    let keymap = Keymap::default();
    let mut mute = Vec::new();
    for (number, context) in screens {
        let here =
            |context_of: &Context| [context, Context::List, Context::Anywhere].contains(context_of);
        for row in ACTIONS.iter().filter(|row| row.contexts.iter().any(here)) {
            if matches!(row.action, Action::Move(_)) || silent.contains(&row.action) {
                continue;
            }
            for keys in keymap.all_keys(row.action) {
                let mut session = Session::listing(&["pier", "gull", "buoy"]);
                session.resize(120, 36);
                session
                    .press(": set <Space>")
                    .type_text("Rights Acme")
                    .press("<Enter>");
                session.press(number).take_effects();
                let before = (session.screen(), session.app.scene().said.len());
                for key in keys.split(' ') {
                    let name = if key.chars().count() > 1 {
                        format!("<{key}>")
                    } else {
                        key.into()
                    };
                    session.press(&name);
                }
                let after = (session.screen(), session.app.scene().said.len());
                let is_asked = !session.take_effects().is_empty();
                let is_there = number.parse() == keys.parse::<u8>();
                if before == after && !is_asked && !is_there {
                    mute.push(format!("{keys} ({}) on screen {number}", row.name));
                }
            }
        }
    }
    assert!(mute.is_empty(), "{mute:#?}");
}
