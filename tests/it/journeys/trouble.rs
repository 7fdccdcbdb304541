//! Loading, slow, offline, signed out, a disk that is full: nothing is lost and everything is said.

use std::sync::Arc;

use armarius::{
    domain::{
        Edit, Failure, Operation, OperationId, Stamp, Step, Value, Workbench,
        draft::{Base, FieldEdit, Pin},
        failure::FailureKind,
        oplog::Deed,
    },
    flow::{Effect, Event},
    ui::{
        app::Setup,
        session::{BEGIN_MS, Session, identity},
    },
};

use super::library;

fn failure(kind: FailureKind) -> Failure {
    Failure {
        what: "could not list the library".into(),
        why: "connection refused".into(),
        hint: "check the address of the profile".into(),
        kind,
    }
}

/// A session that answers nothing by itself, signed in.
fn silent() -> Session {
    let mut session = Session::idle(Setup::new(Workbench::new(), identity()), library::world());
    session.answers = false;
    let effects = session.app.start(session.now_ms);
    session.effects.extend(effects);
    session
}

fn connect(session: &mut Session) {
    let capabilities = Box::new(session.world.capabilities.clone());
    let schema = session.world.schema.clone();
    session.event(Event::Connected {
        capabilities,
        schema,
    });
}

fn page(session: &mut Session, from: usize, to: usize) {
    let assets = session.world.assets[from..to].to_vec();
    session.event(Event::Page {
        generation: 1,
        assets,
        total: 372,
    });
}

#[test]
fn signing_in_is_shown_and_after_two_seconds_so_is_what_it_waits_for() {
    let mut session = silent();
    assert!(session.screen().contains("Signing in to prod-dmc .."));
    session.wait(3000);
    assert!(
        session.line(23).contains("waiting for signing in, 3 s"),
        "{}",
        session.line(23)
    );
}

#[test]
fn rows_appear_as_pages_come_and_escape_keeps_what_has_come() {
    let mut session = silent();
    connect(&mut session);
    assert!(session.screen().contains("Listing .."));
    page(&mut session, 0, 100);
    assert!(session.screen().contains("JKT_2200_BACK"));
    assert!(
        session.line(2).contains("100 of 372 loading"),
        "{}",
        session.line(2)
    );
    session.press("s a");
    assert!(
        session.screen().contains("100 of 372 assets are here"),
        "{}",
        session.screen()
    );
    session.press("<Esc> <Esc>");
    assert!(session.effects.contains(&Effect::StopListing));
    assert_eq!(session.app.workbench().listing.len(), 100);
}

#[test]
fn assets_that_did_not_come_are_counted_and_told() {
    let mut session = silent();
    connect(&mut session);
    page(&mut session, 0, 369);
    session.event(Event::Listed {
        generation: 1,
        unread: 0,
    });
    assert!(
        session
            .said()
            .starts_with("3 of 372 assets did not come: the listing is incomplete"),
        "{}",
        session.said()
    );
    assert_eq!(session.app.workbench().listing.len(), 369);
    assert!(session.screen().contains("INCOMPLETE: 3 missing"));
    // What is about everything asks first, with the numbers.
    session.press("s a");
    assert!(session.screen().contains("3 of 372 assets did not come"));
    session.press("<Esc>");
    assert_eq!(session.app.workbench().marks().len(), 0);
    session.press("s a <Enter>");
    assert_eq!(session.app.workbench().marks().len(), 369);
    // A listing that is whole says nothing of the kind.
    let mut session = silent();
    connect(&mut session);
    page(&mut session, 0, 372);
    session.event(Event::Listed {
        generation: 1,
        unread: 0,
    });
    assert!(!session.said().contains("did not come"));
    assert!(!session.screen().contains("INCOMPLETE"));
    session.press("s a");
    assert_eq!(session.app.workbench().marks().len(), 372);
}

#[test]
fn a_page_of_an_older_listing_is_dropped() {
    let mut session = silent();
    connect(&mut session);
    let assets = session.world.assets.clone();
    session.event(Event::Page {
        generation: 0,
        assets,
        total: 372,
    });
    assert!(session.app.workbench().listing.is_empty());
}

#[test]
fn what_has_come_is_kept_when_it_is_due_but_not_of_an_older_listing() {
    let mut session = silent();
    connect(&mut session);
    page(&mut session, 0, 100);
    session.take_effects();
    let due = |generation| Event::KeepDue {
        generation,
        page: 9,
    };
    session.event(due(0));
    assert_eq!(session.effects, []);
    session.event(due(1));
    let [Effect::KeepSoFar { listing, page: 9 }] = &session.effects[..] else {
        panic!("{:?}", session.effects);
    };
    assert_eq!((listing.len(), listing.complete), (100, false));
}

/// A session with a stored listing that is whole, as of an hour ago, signed in again.
fn stored() -> Session {
    let mut workbench = Workbench::new();
    workbench.listing.take(&library::world().assets);
    workbench.listing.finish();
    let mut who = identity();
    who.listed_ms = Some(BEGIN_MS - 3_600_000);
    let mut session = Session::idle(Setup::new(workbench, who), library::world());
    session.answers = false;
    let effects = session.app.start(session.now_ms);
    session.effects.extend(effects);
    connect(&mut session);
    session
}

#[test]
fn a_stored_listing_is_brought_up_to_date_by_what_changed_since() {
    let mut session = stored();
    let asked = Effect::Update {
        generation: 0,
        since_ms: BEGIN_MS - 3_600_000,
    };
    assert!(session.effects.contains(&asked), "{:?}", session.effects);
    session.press("j j");
    assert!(
        session.screen().contains("as of 11:04"),
        "{}",
        session.screen()
    );
    assert!(session.line(23).contains("asking what changed"));
    let before = session.line(6);
    let mut changed = session.world.assets[371].clone();
    changed.fields = vec![("Rights".into(), Value::text("changed by others"))];
    session.event(Event::Page {
        generation: 0,
        assets: vec![changed],
        total: 372,
    });
    session.event(Event::Updated {
        generation: 0,
        total: Some(372),
        at_ms: BEGIN_MS,
    });
    assert_eq!(session.line(6), before, "the cursor stays where it was");
    assert!(!session.screen().contains("as of"), "it is up to date");
    assert!(
        session
            .effects
            .contains(&Effect::Agreed { at_ms: BEGIN_MS })
    );
    let lists = |effect: &Effect| matches!(effect, Effect::List { .. });
    assert!(!session.effects.iter().any(lists));
    let rights = session.app.workbench().listing.value(371, &"Rights".into());
    assert_eq!(*rights, Value::text("changed by others"));
}

#[test]
fn where_the_number_of_assets_differs_all_is_listed_anew_behind_what_is_shown() {
    for total in [Some(371), None] {
        let mut session = stored();
        let gone = session.world.assets[5].id.clone();
        if total.is_none() {
            let ids = vec![gone];
            session.event(Event::Gone { generation: 0, ids });
            assert_eq!(session.app.workbench().listing.len(), 371);
        }
        session.event(Event::Updated {
            generation: 0,
            total,
            at_ms: BEGIN_MS,
        });
        assert!(session.effects.contains(&Effect::List { generation: 1 }));
        assert!(
            session.app.workbench().listing.len() >= 371,
            "all is still shown"
        );
        assert!(
            session.screen().contains("as of 11:04"),
            "{}",
            session.screen()
        );
    }
}

#[test]
fn offline_is_said_in_the_header_and_browsing_goes_on() {
    let mut session = silent();
    connect(&mut session);
    page(&mut session, 0, 50);
    session.event(Event::ListFailed {
        generation: 1,
        failure: failure(FailureKind::Offline),
    });
    assert!(
        session
            .line(0)
            .contains("[PROD OFFLINE since 12:04 INCOMPLETE: 322 missing]"),
        "{}",
        session.line(0)
    );
    assert!(session.said().contains("check the address of the profile"));
    session.press("j <Space>");
    assert_eq!(session.app.workbench().marks().len(), 1);
    session.take_effects();
    session.press("R");
    assert_eq!(session.effects, [Effect::Connect]);
}

#[test]
fn a_sign_in_that_fails_says_why_and_what_to_do() {
    let mut session = silent();
    session.event(Event::ConnectFailed(Failure {
        what: "could not sign in".into(),
        why: "the server answered: \"bad password\"".into(),
        hint: "set GALLERY_PASSWORD".into(),
        kind: FailureKind::SignIn,
    }));
    let screen = session.screen();
    assert!(screen.contains("Could not sign in."), "{screen}");
    assert!(screen.contains("set GALLERY_PASSWORD"), "{screen}");
    assert!(screen.contains("R signs in again"), "{screen}");
}

#[test]
fn an_empty_library_says_so() {
    let mut world = library::world();
    world.assets.clear();
    let mut session = Session::new(world, 80, 24);
    session.event(Event::Listed {
        generation: 1,
        unread: 0,
    });
    assert!(
        session.screen().contains("Acme Retail answered: 0 assets."),
        "{}",
        session.screen()
    );
}

fn staged() -> Workbench {
    let mut workbench = Workbench::new();
    let assets = library::world().assets;
    workbench.listing.take(&assets);
    workbench.listing.finish();
    let rows: roaring::RoaringBitmap = (0..3).collect();
    let step = Step {
        edits: vec![Arc::new(FieldEdit {
            field: "Rights".into(),
            edit: Edit::Set(Value::text("Agency Y")),
            rows: rows.clone(),
            base: Base::from(vec![Pin {
                value: Value::Absent,
                rows,
            }]),
        })],
        reverts: None,
    };
    workbench.replay(Operation {
        id: OperationId(1),
        stamp: Stamp::default(),
        label: "set Rights \"Agency Y\" on 3".into(),
        deed: Deed::Stage(step),
    });
    workbench
}

#[test]
fn a_step_is_spoken_of_only_once_it_is_kept() {
    let mut session = Session::idle(Setup::new(staged(), identity()), library::world());
    session.answers = false;
    assert!(
        session.line(1).contains("2 Staged 3"),
        "{}",
        session.line(1)
    );
    session.press("u");
    assert!(matches!(session.effects[..], [Effect::Persist(_)]));
    assert_eq!(session.said(), "");
    session.event(Event::Persisted(OperationId(2)));
    assert_eq!(
        session.said(),
        "Taken back: set Rights \"Agency Y\" on 3.  U redo"
    );
    assert!(session.line(0).contains("(saved)"));
    session.press("u");
    assert_eq!(session.said(), "Nothing to undo.");
}

#[test]
fn a_step_that_can_not_be_kept_makes_the_draft_read_only() {
    let mut session = Session::idle(Setup::new(staged(), identity()), library::world());
    session.answers = false;
    session.press("u").event(Event::PersistFailed(Failure {
        what: "could not keep the step".into(),
        why: "the disk is full".into(),
        hint: String::new(),
        kind: FailureKind::Local,
    }));
    assert!(
        session
            .said()
            .contains("could not be kept: the disk is full"),
        "{}",
        session.said()
    );
    assert!(
        session.line(0).contains("[PROD READ-ONLY]"),
        "{}",
        session.line(0)
    );
    session.press("U");
    assert_eq!(session.said(), "The draft is read-only: the disk is full.");
}

#[test]
fn staged_rows_carry_their_letter_and_drift_is_seen() {
    let mut session = Session::with(Setup::new(staged(), identity()), library::world());
    // The server has Acme Retail in rows 1 and 2, where the draft rests on nothing.
    assert!(session.line(4).contains('~'), "{}", session.line(4));
    assert!(session.line(5).starts_with("   ?"), "{}", session.line(5));
    session.press("s t");
    assert_eq!(session.said(), "Marked 3 (with staged changes)");
    session.press("g g <Enter>");
    let screen = session.screen();
    assert!(
        screen.contains("STAGED ON THIS ASSET") && screen.contains("+ Agency Y"),
        "{screen}"
    );
}
