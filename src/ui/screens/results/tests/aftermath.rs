//! Stories of what is done about a run that has ended.

use super::{TRUE_COUNTS, ended, shown};
use crate::{
    domain::{Failure, Outcome, RunId, Value, failure::FailureKind, oplog::Deed},
    flow::{Effect, Event},
    ui::session::Session,
};

fn deed(session: &Session) -> Deed {
    session.app.workbench().log().last().unwrap().deed.clone()
}

/// The change of a jacket under the cursor.
fn on(session: &mut Session, jacket: &str) {
    for _ in 0..10 {
        if session.screen().contains(&format!("Detail  {jacket} ")) {
            return;
        }
        session.press("j");
    }
    panic!("{jacket} is not listed\n{}", session.screen());
}

#[test]
fn an_accepted_warning_leaves_the_problems_and_the_counts_say_so() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    on(&mut session, "JKT_01");
    shown(
        &mut session,
        "accept what the server has, or stage a correction   a/e",
    );
    session.press("a");
    assert_eq!(
        session.said(),
        "Accepted 1 change of R-0001 as the server has it.  u undo"
    );
    shown(&mut session, "1 skipped, 1 accepted of 6 changes");
    shown(&mut session, "Items  4 of 6 shown");
    shown(&mut session, "[x] W warned              0");
    let Deed::Accept { run, items, staged } = deed(&session) else {
        panic!("{:?}", deed(&session));
    };
    assert_eq!((run, items.len(), staged.len()), (RunId::numbered(1), 1, 0));
    session.press("f G k k k k k k <Space>");
    shown(&mut session, "[x]   accepted");
    session.press("f");
    on(&mut session, "JKT_01");
    shown(
        &mut session,
        "Accepted   as the server has it, by akim, IpsCompanyAdmin at 12:04",
    );
}

#[test]
fn a_value_that_was_not_read_is_not_accepted_and_that_is_said() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    let before = session.app.workbench().log().len();
    for jacket in ["JKT_02", "JKT_05", "JKT_03"] {
        on(&mut session, jacket);
        session.press("a");
        assert_eq!(
            session.said(),
            "Nothing to accept: what the server has was not read; read it back first."
        );
    }
    assert_eq!(session.app.workbench().log().len(), before);
}

#[test]
fn taking_theirs_after_a_read_back_takes_the_change_out_of_the_draft() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    let mut theirs = super::settled(3, Outcome::Conflict);
    theirs.server = Some(Value::text("Agency X"));
    session.event(Event::Settled {
        run: RunId::numbered(1),
        settled: vec![theirs],
    });
    on(&mut session, "JKT_03");
    session.press("a");
    assert_eq!(session.app.workbench().draft().changes(), 3);
    session.press("5 u 4");
    assert_eq!(session.app.workbench().draft().changes(), 4);
    shown(&mut session, "1 conflict");
}

#[test]
fn x_drops_the_picked_changes_in_one_step() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    session.press("<Space> <Space> x");
    assert_eq!(session.said(), "Took 2 changes out of the draft.  u undo");
    shown(&mut session, "it is no longer staged; edit the asset");
}

#[test]
fn h_hands_over_what_is_picked_and_says_where() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    session.press("A");
    assert_eq!(session.said(), "5 picked.");
    session.take_effects();
    session.press("H");
    let effects = session.take_effects();
    let [Effect::HandOver { items, words, .. }] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(
        (items.as_slice(), words.as_str()),
        (&[1, 2, 3, 4, 5][..], "")
    );
    session.event(Event::HandedOver {
        count: 5,
        paths: vec![
            "/r/R-0001-handover.tsv".into(),
            "/r/R-0001-handover.md".into(),
        ],
    });
    assert_eq!(
        session.said(),
        "Handed over 5 changes: /r/R-0001-handover.tsv .md"
    );
    session.press("A");
    assert_eq!(session.said(), "0 picked.");
}

#[test]
fn the_report_that_wrote_itself_is_told_behind_the_end_of_the_run() {
    let mut session = ended(80, 24, TRUE_COUNTS);
    let reported = |automatic| Event::Reported {
        run: RunId::numbered(1),
        paths: vec!["/r/R-0001.csv".into(), "/r/R-0001.json".into()],
        automatic,
    };
    session.event(reported(Some(Ok(()))));
    let said = session.said();
    assert!(said.starts_with("R-0001 finished: 1 applied"), "{said}");
    assert!(
        said.ends_with("Report written: /r/R-0001.csv .json"),
        "{said}"
    );
    session.event(reported(Some(Err(Failure {
        what: "could not write the report".into(),
        why: "the disk is full".into(),
        hint: String::new(),
        kind: FailureKind::Local,
    }))));
    assert!(session.said().contains("the disk is full"));
    shown(&mut session, "PARTLY DONE");
}

#[test]
fn what_the_server_blamed_together_is_said_to_be_unnamed() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    let run = session.app.workbench().run(&RunId::numbered(1)).unwrap();
    let mut run = run.clone();
    for place in [2, 5] {
        run.items[place].asset = run.items[2].asset.clone();
        run.items[place].name = "JKT_02".into();
        let blamed = super::settled(u32::try_from(place).unwrap(), Outcome::Refused);
        run.settled[place] = Some(blamed);
    }
    session.event(Event::RunStarted(Box::new(run)));
    shown(
        &mut session,
        "Field      field not named (one of 2); R reads back which",
    );
}

#[test]
fn the_same_reason_is_counted_in_this_run_and_in_the_last_days() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    let first = session.app.workbench().run(&RunId::numbered(1)).unwrap();
    let mut second = first.clone();
    second.id = RunId::numbered(2);
    second.settled[4] = Some(super::settled(4, Outcome::Refused));
    session.event(Event::RunStarted(Box::new(second)));
    shown(
        &mut session,
        "same reason on 1 other change here, on 1 in other runs of 30 days",
    );
}

#[test]
fn where_older_runs_are_not_loaded_the_same_reason_is_counted_at_least() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    let first = session.app.workbench().run(&RunId::numbered(1)).unwrap();
    let first = first.clone();
    let mut older = first.summary();
    older.id = RunId::numbered(0);
    session.event(Event::RunsRestored {
        runs: Vec::new(),
        summaries: vec![older],
    });
    let mut second = first.clone();
    second.id = RunId::numbered(2);
    session.event(Event::RunStarted(Box::new(second)));
    shown(
        &mut session,
        "same reason on 0 other changes here, on at least 1 in other runs",
    );
}

#[test]
fn the_next_steps_of_what_is_listed_stand_below_it_with_their_keys() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    for words in [
        "Next step",
        "E    1  this user may not change it; hand it over, or drop it",
        "U    1  ask the server again; then it is ok, or safe to send again",
    ] {
        shown(&mut session, words);
    }
}

#[test]
fn y_q_copies_what_the_servers_people_need() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    session.press("y q");
    let copied = "R-0001 call 1 batchSetAssetMetadata 12:04:31 request 9c1e";
    assert!(session.effects.contains(&Effect::Copy(copied.into())));
}
