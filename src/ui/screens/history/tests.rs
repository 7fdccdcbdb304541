//! Stories of the log: what was done, what became of it, and one step taken back.

use crate::{
    domain::{
        Asset, Field, FieldKind, Outcome, Run, RunId, Schema, Value, Workbench,
        plan::Plan,
        revert::Reread,
        run::{RunState, ServerCounts, Settlement},
    },
    flow::{Effect, Event},
    ui::{
        app::Setup,
        component::ScreenId,
        session::{BEGIN_MS, Session, World, asset, identity},
    },
};

fn jackets() -> World {
    let jacket = |n: usize| asset(&format!("JKT_{n:02}"), "Image", &[("Rights", "")]);
    let fields = ["Rights", "Season"].map(|name| Field::plain(name, FieldKind::Text));
    World::new(
        Schema {
            fields: fields.into(),
        },
        (0..4).map(jacket).collect(),
    )
}

/// Three steps, a minute apart: rights, season, rights again.
fn three_steps(width: u16, height: u16) -> Session {
    let mut session = Session::new(jackets(), width, height);
    session.press("s a");
    for line in ["set Rights Acme", "set Season AW26", "append Rights !"] {
        session.now_ms += 60_000;
        session.press(":").type_text(line);
        session.press("<Enter>");
    }
    session.press("5");
    session
}

fn shown(session: &mut Session, words: &str) {
    let screen = session.screen();
    assert!(screen.contains(words), "no `{words}` in\n{screen}");
}

#[test]
fn steps_stand_newest_first_with_time_author_count_and_state() {
    let mut session = three_steps(120, 36);
    let screen = session.screen();
    let place = |words: &str| screen.find(words).unwrap();
    assert!(place("Rights append") < place("Season set"), "{screen}");
    assert!(place("Season set") < place("Rights set"), "{screen}");
    let line = screen
        .lines()
        .find(|line| line.contains("akim     Season set"))
        .unwrap();
    for words in ["12:06", "akim", "4  staged"] {
        assert!(line.contains(words), "{line}");
    }
}

#[test]
fn looking_changes_nothing() {
    let mut session = three_steps(80, 24);
    let before = session.app.workbench().log().len();
    session.take_effects();
    session.press("j j k G g g <Tab> j <Tab> ] ] ]");
    assert_eq!(session.take_effects(), []);
    assert_eq!(session.app.workbench().log().len(), before);
}

#[test]
fn a_middle_step_is_taken_back_alone_and_stays_in_the_log() {
    let mut session = three_steps(120, 36);
    session.press("j x");
    assert_eq!(
        session.said(),
        "Taken back: Season set \"AW26\" on 4.  U redo"
    );
    shown(&mut session, "undone");
    assert_eq!(session.app.workbench().draft().changes(), 4);
    session.press("x");
    assert_eq!(
        session.said(),
        "Brought back: Season set \"AW26\" on 4.  u undo"
    );
    assert_eq!(session.app.workbench().draft().changes(), 8);
    session.press("x U");
    assert_eq!(session.app.workbench().draft().changes(), 8);
}

#[test]
fn a_step_others_rest_on_is_not_taken_back_and_the_reason_names_them() {
    let mut session = three_steps(120, 36);
    session.press("G");
    shown(&mut session, "Undo this step only (x): refused.");
    shown(&mut session, "step 3 `Rights append");
    shown(&mut session, ":set Rights Acme");
    session.press("x");
    let said = session.said();
    assert!(
        said.contains("step 3 `Rights append \"!\" on 4` rests on it on 4 assets"),
        "{said}"
    );
    assert_eq!(session.app.workbench().draft().changes(), 8);
    session.press("k");
    shown(&mut session, "later steps that rest on it: none");
}

#[test]
fn a_step_by_its_number_is_taken_back_from_anywhere() {
    let mut session = three_steps(80, 24);
    session.press("1 :").type_text("undo-step 2");
    session.press("<Enter>");
    assert_eq!(session.app.workbench().draft().fields().count(), 1);
}

#[test]
fn enter_on_a_step_shows_it_in_staged() {
    let mut session = three_steps(120, 36);
    session.press("j <Enter>");
    assert_eq!(session.app.screen(), ScreenId::Staged);
    shown(&mut session, "> 2 Season set");
}

/// The draft of [`three_steps`] sent as a run that wrote one field and was refused the other.
fn with_a_run(mut session: Session) -> Session {
    let bench = session.app.workbench();
    let capabilities = bench.capabilities.clone().unwrap();
    let plan = Plan::of(
        bench.draft(),
        &bench.listing,
        &bench.schema,
        &capabilities,
        50,
    );
    let end = |(item, one): (u32, &crate::domain::Item)| {
        Some(Settlement {
            item,
            outcome: if one.field.as_str() == "Season" {
                Outcome::Applied
            } else {
                Outcome::Refused
            },
            code: String::new(),
            reason: String::new(),
            meaning: String::new(),
            server: None,
            call: 1,
        })
    };
    let run = Run {
        id: RunId::numbered(1),
        label: "AW26 rights".into(),
        author: "jruiz".into(),
        profile: "prod-dmc".into(),
        started_ms: BEGIN_MS + 300_000,
        finished_ms: None,
        digest: plan.digest.clone(),
        state: RunState::Running,
        settled: (0..).zip(&plan.items).map(end).collect(),
        items: plan.items,
        calls: Vec::new(),
        counts: ServerCounts::default(),
        counted: false,
        reverts: Vec::new(),
        rules: crate::domain::run::RunRules::default(),
    };
    let id = run.id.clone();
    session.event(Event::RunStarted(Box::new(run)));
    let (state, note) = (RunState::Finished, String::new());
    session.event(Event::RunState {
        run: id,
        state,
        at_ms: BEGIN_MS + 360_000,
        note,
    });
    session
}

#[test]
fn a_run_stands_among_the_steps_and_enter_opens_its_results() {
    let mut session = with_a_run(three_steps(120, 36));
    session.press("5");
    shown(&mut session, "RUNS");
    let screen = session.screen();
    let line = screen
        .lines()
        .find(|line| line.contains("akim     Season set"))
        .unwrap();
    assert!(line.contains("written"), "{line}");
    session.press("] ]");
    shown(&mut session, "R-0001 AW26 rights");
    shown(&mut session, "partly");
    shown(&mut session, "PARTLY DONE by jruiz to prod-dmc");
    session.press("<Enter>");
    assert_eq!(session.app.screen(), ScreenId::Results);
    session.press("5 x");
    assert!(
        session.said().contains("R-0001 is a run"),
        "{}",
        session.said()
    );
}

#[test]
fn tabs_show_steps_or_runs_alone() {
    let mut session = with_a_run(three_steps(80, 24));
    session.press("5 ]");
    assert!(
        !session.screen().contains("R-0001 AW26"),
        "{}",
        session.screen()
    );
    session.press("]");
    shown(&mut session, "R-0001 AW26");
    assert!(
        !session.screen().contains("Season set"),
        "{}",
        session.screen()
    );
}

#[test]
fn every_size_shows_the_log_and_a_step() {
    for (width, height) in [(120, 36), (80, 24), (60, 16)] {
        let mut session = three_steps(width, height);
        shown(&mut session, "Rights append");
        session.press("<Tab>");
        shown(&mut session, "step 3 by akim");
        assert!(session.cursor().is_some());
    }
}

/// What the server has of the run's assets: as it wrote them, but for the first one's season.
fn read_again(session: &mut Session) {
    let run = session.app.workbench().runs()[0].clone();
    let listing = &session.app.workbench().listing;
    let mut assets: Vec<Asset> = (0..4).map(|row| listing.asset(row)).collect();
    for asset in &mut assets {
        asset.fields.retain(|(key, _)| key.as_str() != "Season");
        asset.fields.push(("Season".into(), Value::text("AW26")));
    }
    assets[0].fields.pop();
    assets[0]
        .fields
        .push(("Season".into(), Value::text("Theirs")));
    assets[0]
        .fields
        .push(("modified by".into(), Value::text("mlee")));
    let read = Reread {
        assets,
        thumbnails: Vec::new(),
    };
    session.event(Event::RunRead {
        run: Box::new(run),
        read: Box::new(read),
    });
}

#[test]
fn a_run_is_taken_back_as_a_draft_and_what_somebody_changed_is_named() {
    let mut session = with_a_run(three_steps(120, 36));
    session.press("5 :").type_text("drop");
    session.press("<Enter> <Enter> ]").take_effects();
    session.press("] Z");
    assert_eq!(
        session.take_effects(),
        [Effect::ReadForRevert(RunId::numbered(1))]
    );
    read_again(&mut session);
    shown(&mut session, "3 changes on 3 assets would get the value");
    shown(&mut session, "Left out, 1");
    shown(
        &mut session,
        "? JKT_00  Season: changed since, last changed by mlee",
    );
    shown(&mut session, "the run wrote AW26");
    shown(&mut session, "now it is     Theirs");
    assert!(
        session.app.workbench().draft().is_empty(),
        "not before Enter"
    );
    session.press("<Enter>");
    assert_eq!(session.app.screen(), ScreenId::Staged);
    assert_eq!(
        session.said(),
        "Staged 3 changes on 3 assets: revert of R-0001.  u undo"
    );
    session.press("u");
    assert!(session.app.workbench().draft().is_empty());
}

#[test]
fn a_revert_that_is_not_wanted_stages_nothing() {
    let mut session = with_a_run(three_steps(80, 24));
    session.press("5 ] ] Z");
    read_again(&mut session);
    shown(&mut session, "The draft holds");
    session.press("<Esc>");
    assert_eq!(session.said(), "Nothing of R-0001 was staged.");
}

#[test]
fn a_revert_that_is_ready_waits_until_another_dialog_is_closed() {
    let mut session = with_a_run(three_steps(80, 24));
    session.press("5 ] ] Z ? ");
    read_again(&mut session);
    assert!(
        !session.screen().contains("Left out"),
        "{}",
        session.screen()
    );
    session.press("<Esc>");
    shown(&mut session, "Left out, 1");
}

#[test]
fn what_others_changed_is_told_at_a_refresh_and_stands_in_the_log() {
    let mut session = three_steps(120, 36);
    let mut theirs = session.app.workbench().listing.asset(2);
    theirs.fields.push(("Rights".into(), Value::text("Theirs")));
    session.take_effects();
    session.event(Event::Refreshed {
        assets: vec![theirs],
        gone: Vec::new(),
    });
    assert!(
        session.said().contains("Others changed 1 value"),
        "{}",
        session.said()
    );
    let kept = session.take_effects();
    assert!(
        kept.iter()
            .any(|effect| matches!(effect, Effect::SaveSetting { key, .. } if key == "outside")),
        "{kept:?}"
    );
    shown(&mut session, "OUTSIDE");
    shown(&mut session, "Rights on JKT_02");
    session.press("G");
    shown(&mut session, "+ Theirs");
}

#[test]
fn two_restore_points_are_compared_and_the_table_is_written() {
    let mut session = with_a_run(three_steps(120, 36));
    session.press("5 ] ] P");
    shown(&mut session, "Compare before R-0001 with now");
    session.take_effects();
    session.press("w");
    let effects = session.take_effects();
    assert!(
        matches!(effects.as_slice(), [Effect::Export(one)] if one.file_name() == "compare-R-0001-now"),
        "{effects:?}"
    );
    session.press("<Esc> =");
    assert!(
        session.said().contains("Kept the point before R-0001"),
        "{}",
        session.said()
    );
    session.press("=");
    assert_eq!(session.said(), "No restore point is kept any more.");
}

#[test]
fn a_filter_narrows_the_log_and_esc_brings_everything_back() {
    let mut session = three_steps(80, 24);
    session.press("/").type_text("field:season");
    assert!(
        !session.screen().contains("Rights set"),
        "{}",
        session.screen()
    );
    session.press("<Enter>");
    shown(&mut session, "Season set");
    shown(&mut session, "field:season");
    session.press("<Esc>");
    shown(&mut session, "Rights set");
    session.press("/").type_text("when:now");
    shown(&mut session, "`when:` is not known");
}

#[test]
fn an_older_run_is_loaded_when_it_is_opened() {
    let session = with_a_run(three_steps(80, 24));
    let run = session.app.workbench().runs()[0].clone();
    let mut bench = Workbench::new();
    bench.restore_summaries(vec![run.summary()]);
    let mut session = Session::with(Setup::new(bench, identity()), jackets());
    session.press("5");
    shown(&mut session, "R-0001 AW26 rights");
    session.take_effects();
    session.press("<Enter>");
    assert_eq!(
        session.take_effects(),
        [Effect::LoadRun(RunId::numbered(1))]
    );
    session.event(Event::RunLoaded(Box::new(run)));
    assert_eq!(session.app.screen(), ScreenId::Results);
}
