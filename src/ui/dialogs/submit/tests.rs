//! Journeys through the plan of a submission, in keys and screens.

use crate::{
    domain::{
        Failure, Field, FieldKind, Schema, Value, Workbench,
        failure::FailureKind,
        plan::{DryRun, Fate},
        run::{CANARY, StopRule},
    },
    flow::{Effect, Event, Submission},
    ui::{
        app::Setup,
        keymap::{Keymap, Preset},
        session::{Session, World, asset, identity},
    },
};

/// 39 assets, the last one locked; two have the rights already.
fn staged(width: u16, height: u16) -> Session {
    let mut session = Session::new(library(), width, height);
    session.press("s a e <Enter> Acme <Ctrl+s>");
    session
}

/// The same at 120x36 with other keys.
fn staged_with(keymap: Keymap, keys: &str) -> Session {
    let mut setup = Setup::new(Workbench::new(), identity());
    setup.size = ratatui::layout::Size::new(120, 36);
    setup.keymap = keymap;
    let mut session = Session::with(setup, library());
    session.press(keys);
    session
}

fn library() -> World {
    let one = |number: usize| {
        let rights = if number < 2 { "Acme" } else { "" };
        let mut one = asset(&format!("JKT_{number:04}"), "Image", &[("Rights", rights)]);
        one.locked = (number == 38).then(|| "no write access to Legal-hold".to_owned());
        one
    };
    let schema = Schema {
        fields: vec![Field::plain("Rights", FieldKind::Text)],
    };
    World::new(schema, (0..39).map(one).collect())
}

fn shown(session: &mut Session, words: &str) {
    let screen = session.screen();
    assert!(screen.contains(words), "no `{words}` in\n{screen}");
}

fn tried(session: &mut Session) -> (usize, String) {
    let found = session.take_effects().into_iter().find_map(|effect| {
        if let Effect::DryRun { items, digest } = effect {
            return Some((items.len(), digest));
        }
        None
    });
    found.expect("a dry run")
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
        screen.contains("1 call (1 for metadata, then 0 for thumbnails), up to 50 assets each"),
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

#[test]
fn a_dry_run_is_one_key_away_sends_nothing_and_tells_what_it_found() {
    let mut session = staged(120, 36);
    session.press("S");
    shown(
        &mut session,
        "D  Dry run: sends nothing, tries everything it can",
    );
    session.press("D");
    shown(&mut session, "dry run: reading; nothing is sent");
    assert_eq!(
        session.said(),
        "Dry run: reading 36 assets again; nothing is sent."
    );
    let (count, digest) = tried(&mut session);
    assert_eq!(count, 36);
    let mut fates = vec![Fate::Sent; 36];
    fates[0] = Fate::Conflict {
        now: Value::text("Agency X"),
    };
    fates[1] = Fate::Equal;
    session.event(Event::DryRun(Box::new(DryRun {
        digest,
        fates,
        rights_unasked: Some("this endpoint has no way to ask".into()),
    })));
    shown(
        &mut session,
        "Dry run: 34 would be sent, 1 already equal, 1 conflict",
    );
    shown(
        &mut session,
        "? JKT_0002  Rights  changed meanwhile to Agency X",
    );
    shown(
        &mut session,
        "Rights: not asked about: this endpoint has no way to ask",
    );
    session.press("3 6 <Enter>");
    assert_eq!(submission(&session).unwrap().items.len(), 36);
}

#[test]
fn canary_and_stop_rule_are_switched_for_this_run_and_frozen_with_it() {
    let mut session = staged(120, 36);
    session.press("S");
    shown(&mut session, "[ ] C  Canary: none");
    shown(&mut session, "[ ] E  Stop after errors: never");
    session.press("C E");
    shown(
        &mut session,
        "[x] C  Canary: first 5 assets, then read back",
    );
    shown(
        &mut session,
        &format!("[x] E  Stop after {}", StopRule::careful()),
    );
    shown(
        &mut session,
        "2 calls (2 for metadata, then 0 for thumbnails)",
    );
    session.press("E E C C");
    shown(&mut session, "[x] C  Canary: first 5");
    session.press("3 6 <Enter>");
    let sent = submission(&session).unwrap();
    assert_eq!(
        (sent.rules.canary, sent.rules.stop),
        (CANARY, StopRule::careful())
    );
    let calls: Vec<usize> = sent.calls.iter().map(|(_, items)| items.len()).collect();
    assert_eq!(calls, [5, 31]);
}

#[test]
fn the_plans_keys_stand_in_the_key_line_and_in_its_help() {
    let mut session = staged(120, 36);
    session.press("S");
    let keys = session.line(34);
    for words in ["D dry run", "C canary", "E stop rule"] {
        assert!(keys.contains(words), "no `{words}` in {keys}");
    }
    session.press("?");
    let screen = session.screen();
    assert!(
        screen.contains("dry-run") && screen.contains("stop-rule"),
        "{screen}"
    );
    session.type_text("canary").press("<Enter>");
    shown(&mut session, "[x] C  Canary: first 5 assets");
    assert!(submission(&session).is_none());
}

#[test]
fn the_plans_keys_are_changed_like_any_other() {
    let other = |name: &str, key: &str| (name.to_owned(), vec![key.to_owned()]);
    let changed = [other("dry-run", "T"), other("canary", "ctrl-k")];
    let keymap = Keymap::new(Preset::Default, &changed).unwrap();
    let mut session = staged_with(keymap, "s a e <Enter> Acme <Ctrl+s> S");
    shown(&mut session, "[ ] Ctrl+k  Canary: none");
    session.press("D C <Ctrl+k>");
    shown(&mut session, "[x] Ctrl+k  Canary: first 5 assets");
    shown(&mut session, "nothing has been sent");
    session.press("T");
    assert_eq!(tried(&mut session).0, 36);
}

#[test]
fn without_letters_the_plan_has_function_keys() {
    let keymap = Keymap::new(Preset::Arrows, &[]).unwrap();
    let keys = "<Ctrl+a> <F4> <Enter> Acme <Ctrl+s> <F2> s";
    let mut session = staged_with(keymap, keys);
    shown(&mut session, "[ ] F3  Canary: none");
    session.press("<F3> <F5>");
    shown(&mut session, "[x] F3  Canary: first 5 assets");
    assert_eq!(tried(&mut session).0, 36);
}
