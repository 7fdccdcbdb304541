//! Journeys through the edit dialog, in keys and screens.

use crate::{
    domain::{Asset, Field, FieldKey, FieldKind, Schema, Value},
    flow::Effect,
    ui::session::{Session, World},
};

fn schema() -> Schema {
    let fields = vec![
        Field::plain("Title", FieldKind::Text),
        Field::plain("Rights", FieldKind::Text),
        Field::plain("Keywords", FieldKind::Tags),
        Field {
            allowed: vec!["AW26".into(), "SS26".into()],
            closed: true,
            ..Field::plain("Season", FieldKind::Tag)
        },
        Field {
            max_length: Some(500),
            ..Field::plain("Description", FieldKind::Text)
        },
        Field::locked("SKU", FieldKind::Text, "the server sets it"),
    ];
    Schema { fields }
}

fn jacket(number: usize) -> Asset {
    let locked = number >= 35;
    let rights = match number {
        0..29 | 35.. => "",
        29 | 30 => "ACME retail",
        _ => "Acme Retail",
    };
    let description = match number {
        7 => format!("jacket{}", "x".repeat(498)).replacen("jacketx", "jacket x", 1),
        8..12 => "Trousers".into(),
        _ => format!("Padded jacket {number}"),
    };
    let keywords = if number < 2 {
        vec!["outerwear"]
    } else {
        vec!["outer", "blue"]
    };
    Asset {
        id: format!("a|{number}").as_str().into(),
        name: format!("JKT_{:04}", 2200 + number),
        kind: "Image".into(),
        fields: vec![
            ("Title".into(), Value::text(format!("Title {number}"))),
            ("Rights".into(), Value::text(rights)),
            ("Keywords".into(), Value::list(keywords)),
            ("Season".into(), Value::text("AW26")),
            ("Description".into(), Value::text(description)),
        ],
        locked: locked.then(|| "no write access to Legal-hold".to_owned()),
    }
}

/// 37 jackets: 2 locked, one with a description that will be too long.
fn session(width: u16, height: u16) -> Session {
    let world = World::new(schema(), (0..37).map(jacket).collect());
    Session::new(world, width, height)
}

/// The three edits of the librarian who fixes the rights of a season.
fn three_edits(session: &mut Session) {
    session
        .press("s a e j <Enter>")
        .type_text("Acme Retail")
        .press("<Enter>");
    session.press("j <Enter> outerwear <Enter> outer <Enter>");
    session
        .press("j j <Space> <Shift-Tab> l l l <Tab>")
        .type_text(r"jacket\b");
    session.press("<Tab> coat");
}

fn staged(session: &Session) -> u64 {
    session.app.workbench().draft().changes()
}

#[test]
fn three_fields_in_one_pass_with_a_mistake_caught() {
    let mut session = session(120, 36);
    three_edits(&mut session);
    let screen = session.screen();
    assert!(screen.contains("Edit 37 assets"), "{screen}");
    assert!(
        screen.contains("Will stage 94 changes on 35 assets; 7 changes are refused."),
        "{screen}"
    );
    assert!(
        screen.contains("94 changes, 10 equal, 7 refused"),
        "{screen}"
    );
    assert!(
        screen.contains("37 assets  35 change  3 refused"),
        "{screen}"
    );
    assert!(
        screen.contains("E JKT_2207"),
        "the problem comes first: {screen}"
    );
    assert!(screen.contains("the limit is 500"), "{screen}");
    assert!(
        session
            .effects
            .iter()
            .all(|effect| !matches!(effect, Effect::Persist(_)))
    );
    session.press("<Ctrl+s>");
    assert!(
        session
            .said()
            .starts_with("Staged 94 changes on 35 assets: "),
        "{}",
        session.said()
    );
    assert_eq!(staged(&session), 94);
    let title = FieldKey::new("Title");
    assert!(
        session.app.workbench().draft().of(0, &title).is_none(),
        "a tick is the intent"
    );
    session.press("u");
    assert_eq!(staged(&session), 0);
}

#[test]
fn the_preview_follows_each_letter() {
    let mut session = session(120, 36);
    session.press("s a e j <Enter> A");
    assert!(session.screen().contains("+ A "), "{}", session.screen());
    session.press("c");
    assert!(session.screen().contains("+ Ac "), "{}", session.screen());
}

#[test]
fn a_bad_pattern_shows_its_place_and_keeps_the_preview() {
    let mut session = session(120, 36);
    session
        .press("s a e j j j j <Enter>")
        .press("<Shift-Tab> l l l <Tab> jacket");
    let before = session.screen();
    assert!(
        before.contains("30 change") || before.contains("31 change"),
        "{before}"
    );
    session.press("(");
    let screen = session.screen();
    let lines: Vec<&str> = screen.lines().collect();
    let at = lines.iter().position(|line| line.contains("Find")).unwrap();
    let column = |line: &str, text: &str| {
        line.find(text)
            .map(|at| line[..at].chars().count())
            .unwrap()
    };
    let place = column(lines[at + 1], "^");
    assert_eq!(place, column(lines[at], "jacket(") + 6, "{screen}");
    assert!(lines[at + 1].contains("unclosed group"), "{screen}");
    let counts = |screen: &str| {
        screen
            .lines()
            .find(|line| line.contains("Live preview"))
            .map(str::to_owned)
    };
    assert_eq!(counts(&screen), counts(&before));
    session.press("<Ctrl+s>");
    assert!(
        session
            .said()
            .starts_with("Nothing was staged: Description"),
        "{}",
        session.said()
    );
    assert_eq!(staged(&session), 0);
}

#[test]
fn empty_never_clears() {
    let mut session = session(80, 24);
    session.press("s a e j j j j <Space> <Ctrl+s>");
    assert!(
        session.said().contains("empty never clears"),
        "{}",
        session.said()
    );
    assert_eq!(staged(&session), 0);
    session.press("<Shift-Tab> h <Ctrl+s>");
    assert_eq!(staged(&session), 35, "clear was asked for");
}

#[test]
fn esc_keeps_what_was_written_for_the_same_marks_and_another_set_starts_clean() {
    let mut session = session(80, 24);
    session.press("s a e j <Enter> Acme <Esc>");
    assert!(session.said().contains("kept"), "{}", session.said());
    session.press("e");
    let screen = session.screen();
    assert!(
        screen.contains("[x]") && screen.contains("Acme"),
        "{screen}"
    );
    session.press("<Esc> s n g g <Space> e");
    let screen = session.screen();
    assert!(screen.contains("Edit 1 asset"), "{screen}");
    assert!(!screen.contains("[x]"), "{screen}");
}

#[test]
fn one_asset_can_be_left_out() {
    let mut session = session(120, 36);
    session.press("s a e j <Enter> x <Tab> <Tab>");
    session.press("<Esc> e <Shift-Tab> c <Space>");
    let screen = session.screen();
    assert!(screen.contains("1 asset taken out by you"), "{screen}");
    session.press("<Ctrl+s>");
    assert_eq!(staged(&session), 34);
}

#[test]
fn allowed_values_are_offered_and_the_nearest_is_named() {
    let mut session = session(80, 24);
    session.press("s a e j j j <Enter> s");
    assert!(
        session.screen().contains("Tab: SS26"),
        "{}",
        session.screen()
    );
    session.press("<Tab>");
    assert!(
        session
            .screen()
            .contains("Will stage 35 changes on 35 assets"),
        "{}",
        session.screen()
    );
    session.press("<Ctrl+u> SS27");
    assert!(
        session.screen().contains("nearest is `SS26`"),
        "{}",
        session.screen()
    );
}

#[test]
fn a_locked_field_says_why_and_is_never_ticked() {
    let mut session = session(80, 24);
    session.press("s a e G <Space>");
    assert!(
        session.said().contains("the server sets it"),
        "{}",
        session.said()
    );
    assert!(!session.screen().contains("[x]"), "{}", session.screen());
}

#[test]
fn the_preview_can_be_narrowed_to_problems() {
    let mut session = session(120, 36);
    three_edits(&mut session);
    session.press("<Tab> <Tab> <Tab> e");
    let screen = session.screen();
    assert!(
        screen.contains("1/3") && screen.contains("[r:refused 3]"),
        "{screen}"
    );
    session.press("j");
    assert!(
        session
            .screen()
            .contains("L JKT_2235   not editable: no write access"),
        "{}",
        session.screen()
    );
}

#[test]
fn it_works_in_the_smallest_terminal() {
    let mut session = session(60, 16);
    three_edits(&mut session);
    let screen = session.screen();
    let sentence = "Stages 94 changes on 35 assets; 7 refused";
    assert!(screen.contains(sentence), "{screen}");
    assert!(screen.contains("jacket"), "{screen}");
    session.press("<Tab> <Tab> <Tab>");
    assert!(
        session.screen().contains("not staged: Description is 503"),
        "{}",
        session.screen()
    );
    session.press("<Tab> G");
    assert!(session.screen().contains("SKU"), "{}", session.screen());
    session.resize(120, 36).resize(80, 24).press("<Ctrl+s>");
    assert_eq!(staged(&session), 94);
}

#[test]
fn hidden_marks_are_told_and_listed_last() {
    let mut session = session(80, 24);
    session.press("s a / JKT_2200 <Enter> e");
    let screen = session.screen();
    assert!(
        screen.contains("37 marked, 36 hidden by the filter"),
        "{screen}"
    );
    session.press("<Enter>");
    assert!(
        session.screen().contains("(36 hidden by the filter"),
        "{}",
        session.screen()
    );
}

#[test]
fn a_command_that_says_everything_stages_at_once() {
    use crate::ui::{
        action::{Action, Edit},
        component::Step,
    };
    let session = session(80, 24);
    let step = |verb, argument: &str| super::open(verb, argument, &session.app.scene());
    assert!(matches!(
        step(Edit::Set, "rights \"Acme Retail\""),
        Step::Apply(_)
    ));
    assert!(matches!(step(Edit::Set, "rights"), Step::Open(_)));
    assert!(matches!(
        step(Edit::Replace, "description /a\\/b/c/i"),
        Step::Apply(_)
    ));
    let Step::Say(said) = step(Edit::Set, "rihgts x") else {
        panic!("it names no field")
    };
    assert_eq!(said, "There is no field `rihgts`; did you mean Rights?");
    assert!(Action::named("set").is_some());
}

#[test]
fn values_with_controls_stay_text() {
    let mut hostile = jacket(0);
    hostile.name = "evil\u{1b}[2J".into();
    hostile.fields[1].1 = Value::text("a\u{1b}]0;x\u{7}b\u{202e}c\td");
    let mut session = Session::new(World::new(schema(), vec![hostile]), 80, 24);
    session.press("s a e j <Enter> x");
    let cells = session.cells();
    let bad = |c: char| crate::domain::text::needs_showing(c);
    assert!(
        cells
            .content
            .iter()
            .all(|cell| !cell.symbol().chars().any(bad))
    );
    assert!(
        session.screen().contains("evil␛[2J"),
        "{}",
        session.screen()
    );
}
