//! Journeys through the plan of a submission, in keys and screens.

use crate::{
    domain::{Failure, Field, FieldKind, Schema, failure::FailureKind},
    flow::{Effect, Event, Submission},
    ui::session::{Session, World, asset},
};

/// 39 assets, the last one locked; two have the rights already.
fn staged(width: u16, height: u16) -> Session {
    let one = |number: usize| {
        let rights = if number < 2 { "Acme" } else { "" };
        let mut one = asset(&format!("JKT_{number:04}"), "Image", &[("Rights", rights)]);
        one.locked = (number == 38).then(|| "no write access to Legal-hold".to_owned());
        one
    };
    let schema = Schema {
        fields: vec![Field::plain("Rights", FieldKind::Text)],
    };
    let mut session = Session::new(
        World::new(schema, (0..39).map(one).collect()),
        width,
        height,
    );
    session.press("s a e <Enter> Acme <Ctrl+s>");
    session
}

fn submission(session: &Session) -> Option<&Submission> {
    session.effects.iter().find_map(|effect| {
        if let Effect::Submit(submission) = effect {
            Some(submission.as_ref())
        } else {
            None
        }
    })
}

#[test]
fn the_plan_says_what_goes_and_only_the_number_sends_it() {
    let mut session = staged(80, 24);
    session.press("S");
    let screen = session.screen();
    assert!(
        screen.contains("36 changes on 36 assets -> prod-dmc (Acme Retail)"),
        "{screen}"
    );
    assert!(screen.contains("36  fill empty Rights"), "{screen}");
    assert!(
        screen.contains("Calls 1 (1 metadata, then 0 thumbnails), up to 50 assets each"),
        "{screen}"
    );
    assert!(
        screen.contains("PROD: type the number of assets"),
        "{screen}"
    );
    assert!(screen.contains("nothing has been sent"), "{screen}");
    session.press("<Enter>");
    assert!(
        session.said().starts_with("Nothing was sent. Type 36"),
        "{}",
        session.said()
    );
    session.press("3 5 <Enter>");
    assert!(
        session.said().contains("That is another number"),
        "{}",
        session.said()
    );
    assert!(submission(&session).is_none());
    session.press("<Backspace> 6 <Enter>");
    let sent = submission(&session).unwrap();
    assert_eq!(
        (sent.items.len(), sent.calls.len(), sent.stamp.by.as_str()),
        (36, 1, "akim")
    );
    assert_eq!(sent.label, "AW26 rights fix");
    assert_eq!(session.said(), "Submitting 36 changes on 36 assets.");
    assert_eq!(
        session.app.screen(),
        crate::ui::component::ScreenId::Results
    );
}

#[test]
fn going_back_sends_nothing_and_keeps_the_draft() {
    let mut session = staged(60, 16);
    session.press("S 3 6 <Esc>");
    assert!(submission(&session).is_none());
    assert_eq!(session.app.workbench().draft().changes(), 36);
    assert!(session.said().contains("everything is still staged"));
}

#[test]
fn a_number_is_typed_and_never_pasted() {
    let mut session = staged(80, 24);
    session
        .press("S")
        .input(crate::ui::input::Input::Paste("36\n".into()))
        .press("<Enter>");
    assert!(submission(&session).is_none());
}

#[test]
fn what_is_not_sent_is_told_with_its_reason() {
    let mut session = staged(80, 24);
    // Somebody takes an asset away from us after it was staged.
    let mut taken = session.world.assets[5].clone();
    taken.locked = Some("no write access to Legal-hold".into());
    session.event(Event::Refreshed {
        assets: vec![taken],
        gone: Vec::new(),
    });
    session.press("S");
    let screen = session.screen();
    assert!(screen.contains("35 changes on 35 assets"), "{screen}");
    assert!(
        screen.contains("E     1  not editable: no write access to Legal-hold"),
        "{screen}"
    );
}

#[test]
fn offline_and_with_nothing_staged_it_says_why_not() {
    let mut session = staged(80, 24);
    session.event(Event::Failed(Failure {
        kind: FailureKind::Offline,
        what: "could not list".into(),
        why: "connection refused".into(),
        hint: String::new(),
    }));
    session.press("S");
    assert_eq!(
        session.said(),
        "Nothing can be sent: offline: connection refused; what is staged stays."
    );
    session.press("u S");
    assert!(
        session
            .said()
            .starts_with("Nothing can be sent: nothing is staged")
    );
}
