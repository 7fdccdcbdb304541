//! Stories of many assets in the dialogs: what is shown at once, what comes from elsewhere, and what
//! is staged.

use ratatui::layout::Size;

use crate::{
    domain::{
        Asset, Field, FieldKey, FieldKind, Row, Schema, Value, Workbench, arrange::AtOnce,
        judging::Judging,
    },
    flow::{Effect, Event},
    ui::{
        app::Setup,
        session::{Session, World, asset, identity},
    },
};

const MANY: usize = 6000;

/// Six thousand tables, each with its ticket and a front of its own; every tenth has no ticket.
fn world() -> World {
    let table = |number: usize| -> Asset {
        let ticket = if number.is_multiple_of(10) {
            String::new()
        } else {
            format!("DQ-{number}")
        };
        asset(
            &format!("T{number:04}_BACK"),
            "Image",
            &[("Ticket", &ticket)],
        )
    };
    let fields = vec![
        Field::plain("Ticket", FieldKind::Text),
        Field::plain("certificate", FieldKind::Certificate),
    ];
    World::new(Schema { fields }, (0..MANY).map(table).collect())
}

/// All are marked; nothing is judged elsewhere until the test does it.
fn many(world: World) -> Session {
    let mut session = Session::new(world, 120, 36);
    session.arranges = false;
    session.press("s a");
    session
}

/// The newest wish that is to be judged, if nobody gave it up.
fn newest(session: &Session) -> Option<Judging> {
    let mut asked = session.effects.iter().rev();
    let newest = asked.find_map(|effect| {
        if let Effect::Judge(judging) = effect {
            return Some(Some(judging.as_ref().clone()));
        }
        (*effect == Effect::StopJudging).then_some(None)
    });
    newest.flatten()
}

fn answer(session: &mut Session, judging: Judging) {
    session.event(Event::Judged(Box::new(judging.finish())));
}

/// Judges the newest wish.
fn judge(session: &mut Session) {
    let newest = newest(session).expect("somebody waits");
    answer(session, newest);
}

fn staged(session: &Session) -> u64 {
    session.app.workbench().draft().changes()
}

fn label(session: &Session) -> String {
    session.app.workbench().log().last().unwrap().label.clone()
}

fn said(session: &Session, words: &str) {
    assert!(session.said().contains(words), "{}", session.said());
}

fn shows(session: &mut Session, words: &str) {
    let screen = session.screen();
    assert!(screen.contains(words), "{words}\n{screen}");
}

/// A certificate whose message is another one for each table.
fn certified(session: &mut Session) {
    session
        .press("C v <Tab>")
        .type_text("see ${ticket}")
        .press("<Tab>");
}

#[test]
fn of_many_assets_the_first_are_previewed_at_once_and_the_rest_elsewhere() {
    let mut session = many(world());
    session.press("e <Enter> x");
    shows(
        &mut session,
        "First 1,000 only so far: Will stage 1,000 changes",
    );
    judge(&mut session);
    shows(&mut session, "Will stage 6,000 changes on 6,000 assets.");
    session.press("<Ctrl+s>");
    assert_eq!(
        staged(&session),
        6000,
        "all is judged: nothing is waited for"
    );
}

#[test]
fn staging_right_behind_typing_waits_for_the_last_answer_and_takes_no_older_one() {
    let mut session = many(world());
    session.press("e <Enter> x");
    let older = newest(&session).unwrap();
    session.press("y <Ctrl+s>");
    said(
        &session,
        "Stages once all 6,000 assets are judged; Esc gives it up.",
    );
    answer(&mut session, older);
    assert_eq!(staged(&session), 0, "what was typed before is not staged");
    judge(&mut session);
    assert_eq!(staged(&session), 6000, "nor are the first ones alone");
    assert!(label(&session).contains("\"xy\""), "{}", label(&session));
}

#[test]
fn what_waits_to_be_staged_can_be_given_up_and_keys_behind_it_wait_with_it() {
    let mut session = many(world());
    session.press("e <Enter> x <Ctrl+s> q <Esc>");
    assert_eq!(session.said(), "Given up; nothing was staged.");
    judge(&mut session);
    assert_eq!(staged(&session), 0);
    session.press("<Ctrl+s>");
    assert!(
        label(&session).contains("\"x\""),
        "q was not typed: {}",
        label(&session)
    );
}

#[test]
fn a_message_with_fields_on_many_assets_shows_the_first_at_once_and_says_so_far() {
    let mut session = many(world());
    certified(&mut session);
    shows(
        &mut session,
        "First 1,000 only so far: Will stage 900 certificate changes. Missing a value 100.",
    );
    let mut newest = newest(&session).unwrap();
    assert!(newest.step().is_none(), "it takes several steps");
    session.event(Event::Judged(Box::new(newest.so_far())));
    shows(&mut session, "First 5,096 only so far: Will stage 4,586");
    answer(&mut session, newest);
    shows(
        &mut session,
        "Will stage 5,400 certificate changes. Missing a value 600.",
    );
    assert!(!session.screen().contains("so far"));
}

#[test]
fn a_certificate_staged_early_waits_and_gives_each_asset_its_own_message() {
    let mut session = many(world());
    certified(&mut session);
    session.press("<Ctrl+s>");
    said(&session, "Stages once all 6,000 assets are judged");
    assert_eq!(staged(&session), 0);
    judge(&mut session);
    assert_eq!(staged(&session), 5400);
    let bench = session.app.workbench();
    let of = |row: Row| bench.draft().of(row, &FieldKey::certificate());
    let after = of(4711).unwrap().after.clone();
    assert_eq!(after.display(), "verified \"see DQ-4711\"");
    assert!(of(4710).is_none(), "it has no ticket");
}

#[test]
fn a_value_that_comes_while_staging_waits_is_not_mixed_with_older_ones() {
    let mut session = many(world());
    certified(&mut session);
    judge(&mut session);
    let news = vec![("a|T4711_BACK".into(), "Ticket".into(), Value::text("DQ-9"))];
    session.event(Event::Values(news));
    session.press("<Ctrl+s>");
    assert_eq!(staged(&session), 0, "what was judged is older than the key");
    judge(&mut session);
    let bench = session.app.workbench();
    let after = bench.draft().of(4711, &FieldKey::certificate()).unwrap();
    assert_eq!(after.after.display(), "verified \"see DQ-9\"");
}

#[test]
fn a_dialog_that_is_closed_judges_no_more_and_takes_no_answer() {
    let mut session = many(world());
    certified(&mut session);
    let late = newest(&session).unwrap();
    session.press("<Esc>");
    assert_eq!(session.effects.last(), Some(&Effect::StopJudging));
    answer(&mut session, late);
    assert_eq!(staged(&session), 0);
    session.press("C");
    shows(&mut session, "First 1,000 only so far");
}

#[test]
fn a_rule_for_the_thumbnails_of_many_assets_shows_those_in_sight_at_once() {
    let mut world = world();
    for number in 0..MANY / 2 {
        world
            .assets
            .push(asset(&format!("T{number:04}_FRONT"), "Image", &[]));
    }
    let mut session = Session::new(world, 120, 36);
    session.arranges = false;
    session
        .press("/")
        .type_text("_BACK")
        .press("<Enter> s a t m");
    session
        .type_text("${name|strip:_BACK}_FRONT")
        .press("<Enter>");
    shows(
        &mut session,
        "First 1,000 only so far: Will stage 1,000 thumbnail changes",
    );
    session.press("G");
    shows(&mut session, "no T5999_FRONT");
    session.press("<Ctrl+s>");
    said(&session, "Stages once all 6,000 assets are judged");
    judge(&mut session);
    assert_eq!(staged(&session), 3000);
    let bench = session.app.workbench();
    let row = bench.listing.named("T2999_BACK").min().unwrap();
    let after = bench
        .draft()
        .of(row, &FieldKey::thumbnail())
        .unwrap()
        .after
        .clone();
    assert_eq!(after.display(), "T2999_FRONT");
}

#[test]
fn a_search_among_many_candidates_is_worked_out_elsewhere() {
    let mut setup = Setup::new(Workbench::new(), identity());
    setup.size = Size::new(120, 36);
    setup.at_once = 10;
    let mut session = Session::with(setup, world());
    session.arranges = false;
    session.press("s a t /").type_text("T0042");
    shows(&mut session, "looking; these are those of before");
    let mut asked = session.effects.iter().rev();
    let newest = asked.find_map(|effect| {
        if let Effect::Arrange(question) = effect {
            return Some(question.clone());
        }
        None
    });
    let found = newest.unwrap().answer(&mut AtOnce).unwrap();
    session.event(Event::Arranged(Box::new(found)));
    shows(&mut session, "1 asset found");
    assert!(!session.screen().contains("looking"));
}
