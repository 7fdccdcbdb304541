//! Stories of the command line: names, completion, arguments, and what is not possible.

use crate::{
    domain::{Certificate, CertificateStatus, Field, FieldKind, Offer, Schema, Value},
    ui::{
        component::ScreenId,
        session::{Session, World, asset},
    },
};

fn jackets() -> World {
    let jacket = |n: usize| {
        asset(
            &format!("JKT_{n:02}"),
            "Image",
            &[("Credit line", "(c) Acme")],
        )
    };
    let fields = vec![
        Field::plain("Credit line", FieldKind::Text),
        Field {
            allowed: vec!["Acme Retail".into(), "Agency X".into()],
            ..Field::plain("Rights", FieldKind::Text)
        },
        Field::plain("Keywords", FieldKind::Tags),
        Field::plain("certificate", FieldKind::Certificate),
        Field::locked("SKU", FieldKind::Text, "read-only"),
    ];
    World::new(Schema { fields }, (0..3).map(jacket).collect())
}

fn session() -> Session {
    let mut session = Session::new(jackets(), 80, 24);
    session.press("s a");
    session
}

fn command(session: &mut Session, line: &str) -> String {
    session.press(":").type_text(line);
    session.press("<Enter>");
    session.said()
}

fn staged(session: &Session, field: &str) -> Value {
    session
        .app
        .workbench()
        .draft()
        .of(0, &field.into())
        .unwrap()
        .after
        .clone()
}

#[test]
fn the_empty_line_lists_every_action_with_its_key_and_help() {
    let mut session = session();
    session.press(":");
    let screen = session.screen();
    assert!(
        screen.contains("> browse") && screen.contains("the library"),
        "{screen}"
    );
    assert!(session.cursor().is_some());
}

#[test]
fn a_part_of_a_name_finds_it_and_enter_goes_there() {
    let mut session = session();
    session.press(":").type_text("hist");
    assert!(
        session.screen().contains("> history"),
        "{}",
        session.screen()
    );
    session.press("<Enter>");
    assert_eq!(session.app.screen(), ScreenId::History);
    session.press(":").type_text("stgd");
    assert!(
        session.screen().contains("> staged"),
        "letters in order are enough"
    );
}

#[test]
fn edits_are_staged_on_the_marked_assets() {
    let mut session = session();
    let said = command(&mut session, "set Rights Acme Retail");
    assert_eq!(
        said,
        "Staged 3 changes on 3 assets: Rights set \"Acme Retail\" on 3.  u undo"
    );
    command(&mut session, "append credit line , Paris");
    assert_eq!(
        staged(&session, "Credit line"),
        Value::text("(c) Acme, Paris")
    );
    command(&mut session, "prepend \"Credit line\" Photo:");
    assert_eq!(
        staged(&session, "Credit line"),
        Value::text("Photo:(c) Acme, Paris")
    );
    command(&mut session, "replace Credit line /acme/ACME/i");
    assert_eq!(
        staged(&session, "Credit line"),
        Value::text("Photo:(c) ACME, Paris")
    );
    command(&mut session, "add-tag Keywords coat; long coat");
    assert_eq!(
        staged(&session, "Keywords"),
        Value::list(["coat", "long coat"])
    );
    command(&mut session, "clear Credit line");
    assert_eq!(staged(&session, "Credit line"), Value::Absent);
}

#[test]
fn a_certificate_opens_with_status_and_message_and_says_what_it_would_do() {
    let mut session = session();
    command(&mut session, "certificate verified Reviewed in Q3");
    session.press("<Ctrl+s>");
    let certificate = Certificate {
        status: CertificateStatus::Verified,
        message: "Reviewed in Q3".into(),
    };
    assert_eq!(
        staged(&session, "certificate"),
        Value::Certificate(certificate)
    );
    let said = command(&mut session, "certificate fine");
    assert!(said.contains("no certificate status"), "{said}");
}

#[test]
fn fields_and_their_known_values_are_completed() {
    let mut session = session();
    session.press(":").type_text("set rig");
    session.press("<Tab>").type_text("age");
    assert!(
        session.screen().contains("Rights Agency X"),
        "{}",
        session.screen()
    );
    session.press("<Tab> <Enter>");
    assert_eq!(staged(&session, "Rights"), Value::text("Agency X"));
    session.press(":").type_text("set ");
    assert!(
        !session.screen().contains("SKU"),
        "a locked field is not offered"
    );
}

#[test]
fn a_wrong_name_or_field_names_the_nearest_right_one_and_the_line_stays() {
    let mut session = session();
    assert!(
        command(&mut session, "fliter x").ends_with("did you mean `filter`?"),
        "{}",
        session.said()
    );
    assert!(
        session.screen().contains(":fliter x"),
        "{}",
        session.screen()
    );
    session.press("<Esc>");
    assert!(
        command(&mut session, "set Righst a").contains("did you mean Rights?"),
        "{}",
        session.said()
    );
}

#[test]
fn what_is_not_possible_is_greyed_with_the_reason_and_refused() {
    let mut world = jackets();
    world.capabilities.certificates = Offer::No("no field holds certificates".into());
    let mut session = Session::new(world, 80, 24);
    session.press(":").type_text("certif");
    assert!(
        session
            .screen()
            .contains("not now: no field holds certificates"),
        "{}",
        session.screen()
    );
    session.press("<Esc>");
    assert_eq!(
        command(&mut session, "redo"),
        "`redo` is not possible now: nothing to redo."
    );
}

#[test]
fn lines_used_before_come_first_the_next_time() {
    let mut session = session();
    command(&mut session, "set Rights Agency X");
    session.press(":");
    assert!(
        session.screen().contains("> set Rights Agency X"),
        "{}",
        session.screen()
    );
    session.press("<Esc> u : <Enter>");
    assert_eq!(staged(&session, "Rights"), Value::text("Agency X"));
}

#[test]
fn list_commands_work_from_every_screen() {
    let mut session = session();
    session.press("4");
    command(&mut session, "filter name:01");
    assert_eq!(session.app.screen(), ScreenId::Browse);
    assert_eq!(session.app.scene().view.rows().len(), 1);
    command(&mut session, "select-none");
    command(&mut session, "select-query name:02");
    assert_eq!(
        session.app.workbench().marks().iter().collect::<Vec<_>>(),
        [2]
    );
    command(&mut session, "sort name desc");
    assert!(
        session.said().contains("Sorted by name desc"),
        "{}",
        session.said()
    );
}

#[test]
fn hidden_marks_are_asked_about_before_a_command_stages() {
    let mut session = session();
    command(&mut session, "filter name:01");
    command(&mut session, "set Rights Acme Retail");
    assert!(session.app.workbench().draft().is_empty());
    assert!(
        session.screen().contains("3 marked, 2 hidden"),
        "{}",
        session.screen()
    );
    session.press("o");
    assert_eq!(session.app.workbench().draft().changes(), 1);
}

#[test]
fn small_terminals_show_the_line_and_some_choices() {
    let mut session = session();
    session.resize(60, 16);
    session.press(":").type_text("se");
    assert!(
        session.screen().contains(":se") && session.screen().contains("> "),
        "{}",
        session.screen()
    );
    for _ in 0..40 {
        session.press("<Down>");
    }
    assert!(session.screen().contains("> "), "{}", session.screen());
}
