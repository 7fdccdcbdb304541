//! A run that went partly: what failed is fixed in place and sent again, the rest is settled.

use armarius::{
    domain::{
        Certificate, CertificateStatus, Field, FieldKey, FieldKind, Outcome, Run, RunId, Value,
        run::{CallNote, RunRules, RunState, ServerCounts, Settlement},
    },
    flow::{Effect, Event, Submission},
    ui::session::Session,
};

use super::library;

fn submitted(session: &mut Session) -> Submission {
    let effects = session.take_effects().into_iter();
    let mut found = effects.filter_map(|effect| {
        if let Effect::Submit(submission) = effect {
            return Some(*submission);
        }
        None
    });
    let found = found.next();
    found.unwrap_or_else(|| panic!("nothing was submitted:\n{}", session.screen()))
}

fn begin(session: &mut Session, number: u32) -> Run {
    let submission = submitted(session);
    let run = Run {
        id: RunId::numbered(number),
        label: submission.label,
        author: "akim".into(),
        profile: "prod-dmc".into(),
        started_ms: session.now_ms,
        finished_ms: None,
        digest: submission.digest,
        state: RunState::Running,
        settled: vec![None; submission.items.len()],
        calls: vec![CallNote {
            found: Vec::new(),
            number: 1,
            operation: "batchSetAssetMetadata".into(),
            items: (0..).take(submission.items.len()).collect(),
            noted_ms: session.now_ms,
            took_ms: Some(100),
            counts: None,
            trace: String::new(),
        }],
        items: submission.items,
        counts: ServerCounts::default(),
        counted: false,
        rules: RunRules::default(),
        reverts: Vec::new(),
    };
    session.event(Event::RunStarted(Box::new(run.clone())));
    run
}

/// Ends a run: how each change ended is said by its place.
fn end(session: &mut Session, run: &Run, how: impl Fn(usize) -> (Outcome, Option<&'static str>)) {
    let settled = (0..).zip(0..run.items.len()).map(|(item, place)| {
        let (outcome, server) = how(place);
        Settlement {
            item,
            outcome,
            code: String::new(),
            reason: format!("it is {outcome}"),
            meaning: String::new(),
            server: server.map(Value::text),
            call: 1,
        }
    });
    session.event(Event::Settled {
        run: run.id.clone(),
        settled: settled.collect(),
    });
    let at_ms = session.now_ms;
    session.event(Event::RunState {
        run: run.id.clone(),
        state: RunState::Finished,
        at_ms,
        note: String::new(),
    });
}

#[test]
fn what_failed_is_fixed_in_place_and_only_that_is_sent_again() {
    let mut session = Session::new(library::world(), 120, 36);
    session.press("/ name:PNT_1001 <Enter> s a : set <Space>");
    session
        .type_text("Rights Acme Retial")
        .press("<Enter> S 6 <Enter>");
    let run = begin(&mut session, 1);
    end(&mut session, &run, |place| match place {
        0 => (Outcome::Refused, Some("Agency X")),
        1 => (Outcome::Conflict, Some("Agency Y")),
        2 => (Outcome::Unknown, None),
        3 => (Outcome::Warned, Some("acme retial")),
        _ => (Outcome::Applied, Some("Acme Retial")),
    });
    let screen = session.screen();
    let head = "PARTLY DONE  2 ok, 1 warning, 1 error, 1 unknown, 1 conflict of 6 changes";
    assert!(screen.contains(head), "{screen}");
    assert!(screen.contains("Items  4 of 6 shown"), "{screen}");

    // The refused one is corrected: what was wanted is there to be changed.
    session.press("e");
    for _ in 0..4 {
        session.press("<Backspace>");
    }
    session.type_text("tail").press("<Ctrl+s>");
    let rights = session.app.workbench().draft();
    let staged = rights.of(run.items[0].row, &"Rights".into()).unwrap();
    assert_eq!(staged.after, Value::text("Acme Retail"));

    // The unknown one is not sent blindly, nor is somebody else's value overwritten.
    session.press("4 A r");
    let screen = session.screen();
    assert!(
        screen.contains("1 unknown; read them back first"),
        "{screen}"
    );
    session.press("1 <Enter>");
    let again = begin(&mut session, 2);
    let sent: Vec<_> = again.items.iter().map(|item| &item.name).collect();
    assert_eq!(sent, [&run.items[0].name]);
    assert_eq!(again.items[0].wanted, Value::text("Acme Retail"));
    end(&mut session, &again, |_| {
        (Outcome::Applied, Some("Acme Retail"))
    });
    assert!(session.screen().contains("R-0002: DONE"));

    // The rest of the first run: what was read is accepted, the unknown one dropped.
    session.press("[ A a");
    let screen = session.screen();
    assert!(screen.contains("3 accepted of 6 changes"), "{screen}");
    session.press("A x");
    assert!(session.app.workbench().draft().is_empty());
}

/// What is staged of a field for the asset of a change.
fn staged(session: &Session, run: &Run, place: usize, field: &FieldKey) -> Value {
    let draft = session.app.workbench().draft();
    draft.of(run.items[place].row, field).unwrap().after.clone()
}

#[test]
fn a_refused_certificate_is_fixed_in_its_own_dialog_with_what_was_wanted_filled_in() {
    let mut world = library::world();
    let certificate = Field::plain("certificate", FieldKind::Certificate);
    world.schema.fields.push(certificate);
    let mut session = Session::new(world, 120, 36);
    session
        .press("/")
        .type_text("name:~^PNT_1001_(DET|FRONT|SPIN)")
        .press("<Enter> s a : certificate <Space>");
    session
        .type_text("verified see ticket 7")
        .press("<Enter> <Ctrl+s>");
    session.press("S").type_text("4").press("<Enter>");
    let run = begin(&mut session, 1);
    end(&mut session, &run, |place| match place {
        0 | 1 => (Outcome::Refused, None),
        _ => (Outcome::Applied, None),
    });
    let key = FieldKey::certificate();
    let wanted = |message: &str| {
        Value::Certificate(Certificate {
            status: CertificateStatus::Verified,
            message: message.to_owned(),
        })
    };
    assert_eq!(staged(&session, &run, 0, &key), wanted("see ticket 7"));

    // Both that were refused want the same, so they are corrected together.
    session.press("A e");
    let screen = session.screen();
    assert!(screen.contains("Certificate"), "{screen}");
    assert!(screen.contains("see ticket 7"), "{screen}");
    assert!(screen.contains("Certificate for 2 assets"), "{screen}");
    session.press("<Tab>").type_text("0").press("<Ctrl+s>");
    assert_eq!(staged(&session, &run, 0, &key), wanted("see ticket 70"));
    assert_eq!(staged(&session, &run, 1, &key), wanted("see ticket 70"));

    session.press("4 r 2 <Enter>");
    let again = begin(&mut session, 2);
    assert_eq!(again.items.len(), 2, "only what was refused");
    assert_eq!(again.items[0].wanted, wanted("see ticket 70"));
}

#[test]
fn a_refused_thumbnail_is_chosen_anew_where_the_old_choice_stands() {
    let mut session = Session::new(library::world(), 120, 36);
    session.press("/ name:PNT_1001 <Enter> s a : thumbnail <Space>");
    session
        .type_text("JKT_2200_FRONT")
        .press("<Enter> <Ctrl+s>");
    session.press("S").type_text("6").press("<Enter>");
    let run = begin(&mut session, 1);
    end(&mut session, &run, |place| match place {
        2 => (Outcome::Refused, None),
        _ => (Outcome::Applied, None),
    });
    let key = FieldKey::thumbnail();
    let value = staged(&session, &run, 2, &key);
    assert_eq!(value.display(), "JKT_2200_FRONT");

    session.press("e");
    let screen = session.screen();
    assert!(screen.contains("Thumbnail for 1 asset"), "{screen}");
    assert!(screen.contains("JKT_2200_FRONT"), "{screen}");
    assert_eq!(session.app.workbench().marks().len(), 6, "as they were");
    session.press("<Esc> s : thumbnail <Space>");
    session
        .type_text("JKT_2201_FRONT")
        .press("<Enter> <Ctrl+s>");
    assert_eq!(staged(&session, &run, 2, &key).display(), "JKT_2201_FRONT");
    session.press("4 r 1 <Enter>");
    let again = begin(&mut session, 2);
    assert_eq!(again.items.len(), 1, "only what was refused");
    assert_eq!(again.items[0].wanted.display(), "JKT_2201_FRONT");
}
