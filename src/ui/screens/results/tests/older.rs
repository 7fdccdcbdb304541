//! Stories of runs that are not loaded: they are opened like any other.

use super::{TRUE_COUNTS, ended, jackets, shown};
use crate::{
    domain::{RunId, Workbench},
    flow::{Effect, Event},
    ui::{
        app::Setup,
        component::ScreenId,
        session::{Session, identity},
    },
};

/// A workspace with 25 runs of which only the last is loaded, on Results; and the first one.
fn with_25_runs() -> (Session, crate::domain::Run) {
    let session = ended(120, 36, TRUE_COUNTS);
    let run = session.app.workbench().runs()[0].clone();
    let numbered = |number| {
        let mut run = run.clone();
        run.id = RunId::numbered(number);
        run
    };
    let mut bench = Workbench::new();
    bench.absorb_run(numbered(25));
    bench.restore_runs(
        Vec::new(),
        (1..=25).map(|number| numbered(number).summary()).collect(),
    );
    let mut session = Session::with(Setup::new(bench, identity()), jackets(6));
    session.press("4").take_effects();
    (session, run)
}

fn loads(session: &mut Session, number: u32) {
    let run = RunId::numbered(number);
    let mut effects = session.take_effects();
    effects.retain(|effect| !matches!(effect, Effect::SaveSetting { .. }));
    assert_eq!(effects, [Effect::LoadRun(run)]);
}

fn command(session: &mut Session, line: &str) {
    session.press(":").type_text(line).press("<Enter>");
}

#[test]
fn the_other_runs_are_counted_and_walked_through_whether_loaded_or_not() {
    let (mut session, run) = with_25_runs();
    shown(&mut session, "run 25/25");
    session.press("[");
    loads(&mut session, 24);
    let mut older = run.clone();
    older.id = RunId::numbered(24);
    session.event(Event::RunLoaded(Box::new(older)));
    shown(&mut session, "run 24/25");
    session.press("]");
    shown(&mut session, "run 25/25");
    assert_eq!(session.take_effects(), [], "this one is loaded");
}

#[test]
fn the_results_of_an_older_run_are_jumped_to() {
    let (mut session, run) = with_25_runs();
    command(&mut session, "results R-0001");
    loads(&mut session, 1);
    session.event(Event::RunLoaded(Box::new(run)));
    shown(&mut session, "run 1/25");
    assert_eq!(session.app.screen(), ScreenId::Results);
    command(&mut session, "results R-0026");
    shown(&mut session, "There is no run R-0026.");
}

#[test]
fn what_is_asked_of_an_older_run_is_done_once_it_is_loaded() {
    let (mut session, run) = with_25_runs();
    command(&mut session, "read-back r-0001");
    loads(&mut session, 1);
    session.event(Event::RunLoaded(Box::new(run.clone())));
    assert_eq!(session.take_effects(), [Effect::ReadBack(run.id)]);
    shown(&mut session, "run 1/25");
}
