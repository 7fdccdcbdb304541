//! Stories of the log: what was done, what became of it, and one step taken back.

use crate::{
    domain::{
        Field, FieldKind, Outcome, Run, RunId, Schema,
        plan::Plan,
        run::{RunState, ServerCounts, Settlement},
    },
    flow::Event,
    ui::{
        component::ScreenId,
        session::{BEGIN_MS, Session, World, asset},
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
    assert!(
        session.said().contains("can't be taken back"),
        "{}",
        session.said()
    );
    session.press("U");
    assert_eq!(session.app.workbench().draft().changes(), 8);
}

#[test]
fn a_step_tells_which_later_steps_work_on_its_results() {
    let mut session = three_steps(120, 36);
    session.press("G");
    shown(&mut session, "step 3 works on 4 of its results");
    session.press("k");
    shown(&mut session, "no later step depends on it");
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
    session.press("5 g g");
    shown(&mut session, "R-0001 AW26 rights");
    shown(&mut session, "partly");
    shown(&mut session, "PARTLY DONE by jruiz to prod-dmc");
    session.press("j j");
    let screen = session.screen();
    let line = screen
        .lines()
        .find(|line| line.contains("akim     Season set"))
        .unwrap();
    assert!(line.contains("written"), "{line}");
    session.press("g g <Enter>");
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
