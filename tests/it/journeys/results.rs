//! A run that went partly: what failed is fixed in place and sent again, the rest is settled.

use armarius::{
    domain::{
        Outcome, Run, RunId, Value,
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
    found.next().unwrap()
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
    session.press("4 r");
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
