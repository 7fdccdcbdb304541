//! Stories of what is done about a run's changes.

use roaring::RoaringBitmap;

use crate::domain::{
    Asset, Command, Edit, Field, FieldKind, Item, Outcome, Refusal, Run, RunId, Schema, Stamp,
    Value, Workbench,
    run::{RunRules, RunState, ServerCounts, Settlement},
    workbench::Asked,
};

/// Six jackets with rights staged on all; the run ended in every outcome once.
fn after_a_run() -> Workbench {
    let mut bench = Workbench::new();
    bench.schema = Schema {
        fields: vec![Field::plain("Rights", FieldKind::Text)],
    };
    let assets: Vec<Asset> = (0..6)
        .map(|n| Asset {
            id: format!("a|{n}").as_str().into(),
            name: format!("JKT_{n}"),
            kind: "Image".into(),
            fields: vec![("Rights".into(), Value::text("old"))],
            locked: None,
        })
        .collect();
    bench.listing.take(&assets);
    stage(&mut bench, 0..6, "new");
    let run = frozen(&bench);
    bench.absorb_run(run);
    let ends = [
        (Outcome::Applied, Some("new")),
        (Outcome::Warned, Some("New")),
        (Outcome::Refused, Some("old")),
        (Outcome::Conflict, Some("theirs")),
        (Outcome::Skipped, None),
        (Outcome::Unknown, None),
    ];
    let settled = (0..).zip(ends).map(|(item, (outcome, server))| Settlement {
        item,
        outcome,
        code: String::new(),
        reason: String::new(),
        meaning: String::new(),
        server: server.map(Value::text),
        call: 1,
    });
    bench.absorb_settled(&RunId::numbered(1), settled.collect());
    bench
        .settle_draft(&RunId::numbered(1), stamp("akim"))
        .unwrap();
    bench
}

/// The staged changes as a run.
fn frozen(bench: &Workbench) -> Run {
    let items: Vec<Item> = (0..6u32)
        .map(|row| Item {
            row,
            asset: bench.listing.id(row),
            name: bench.listing.name(row).into_owned(),
            kind: "Image".into(),
            field: "Rights".into(),
            value_kind: FieldKind::Text,
            before: Value::text("old"),
            wanted: Value::text("new"),
            delta: None,
            facts: Vec::new(),
        })
        .collect();
    Run {
        rules: RunRules::default(),
        reverts: Vec::new(),
        id: RunId::numbered(1),
        label: String::new(),
        author: "akim".into(),
        profile: "prod".into(),
        started_ms: 0,
        finished_ms: Some(1),
        digest: String::new(),
        state: RunState::Finished,
        settled: vec![None; items.len()],
        items,
        calls: Vec::new(),
        counts: ServerCounts::default(),
        counted: false,
    }
}

fn stage(bench: &mut Workbench, rows: impl IntoIterator<Item = u32>, value: &str) {
    let asked = Asked {
        field: "Rights".into(),
        edit: Edit::Set(Value::text(value)),
        rows: rows.into_iter().collect(),
    };
    let command = Command::Stage {
        label: String::new(),
        asked: vec![asked],
    };
    bench.apply(&command, stamp("akim")).unwrap();
}

fn stamp(by: &str) -> Stamp {
    Stamp {
        at_ms: 5,
        by: by.into(),
    }
}

fn accept(items: impl IntoIterator<Item = u32>) -> Command {
    Command::Accept {
        run: RunId::numbered(1),
        items: items.into_iter().collect(),
    }
}

fn run(bench: &Workbench) -> &Run {
    bench.run(&RunId::numbered(1)).unwrap()
}

fn again(bench: &Workbench, places: impl IntoIterator<Item = u32>) -> (Vec<u32>, String) {
    let again = bench.again(run(bench), places);
    let mut rows: Vec<u32> = again.changes.iter().map(|(row, _)| *row).collect();
    rows.sort_unstable();
    (rows, again.words())
}

#[test]
fn only_what_is_safe_is_sent_again_and_the_rest_says_why() {
    let bench = after_a_run();
    let (rows, left) = again(&bench, 0..6);
    assert_eq!(rows, [2, 4], "the refused and the skipped one");
    assert!(left.contains("1 unknown; read them back first"), "{left}");
    assert!(left.contains("1 changed on the server since"), "{left}");
}

#[test]
fn a_conflict_staged_anew_on_the_new_value_may_go() {
    let mut bench = after_a_run();
    stage(&mut bench, [3], "newer");
    assert_eq!(again(&bench, [3]).0, [3]);
}

#[test]
fn an_accepted_warning_leaves_the_problems_and_the_counts_still_add_up() {
    let mut bench = after_a_run();
    let before = bench.standing_of(run(&bench));
    assert_eq!(
        (before.problems(), before.accepted, before.total()),
        (5, 0, 6)
    );
    let operation = bench.apply(&accept([1]), stamp("jruiz")).unwrap();
    assert_eq!(operation.label, "accept 1 of R-0001");
    let after = bench.standing_of(run(&bench));
    assert_eq!((after.problems(), after.accepted, after.total()), (4, 1, 6));
    assert_eq!(after.tally.warned, 0);
    let who = bench.accepted_by(&RunId::numbered(1), 1).unwrap();
    assert_eq!((who.by.as_str(), who.at_ms), ("jruiz", 5));
    bench.apply(&Command::Undo, stamp("jruiz")).unwrap();
    assert_eq!(bench.standing_of(run(&bench)), before);
}

#[test]
fn taking_theirs_takes_the_change_out_of_the_draft_and_undo_brings_it_back() {
    let mut bench = after_a_run();
    bench.apply(&accept([3]), stamp("akim")).unwrap();
    assert!(bench.draft().of(3, &"Rights".into()).is_none());
    assert!(bench.draft().of(2, &"Rights".into()).is_some());
    bench.apply(&Command::Undo, stamp("akim")).unwrap();
    assert!(bench.draft().of(3, &"Rights".into()).is_some());
}

#[test]
fn what_was_staged_anew_stays_staged_when_the_old_wish_is_given_up() {
    let mut bench = after_a_run();
    stage(&mut bench, [3], "newer");
    bench.apply(&accept([3]), stamp("akim")).unwrap();
    assert!(bench.draft().of(3, &"Rights".into()).is_some());
}

#[test]
fn what_was_not_read_can_not_be_accepted_and_that_is_said() {
    let mut bench = after_a_run();
    let before = bench.log().len();
    let why = bench.apply(&accept([5]), stamp("akim")).unwrap_err();
    assert!(why.to_string().contains("was not read"), "{why}");
    let why = bench.apply(&accept([4]), stamp("akim")).unwrap_err();
    assert!(why.to_string().contains("never sent"), "{why}");
    assert_eq!(bench.log().len(), before, "nothing changed");
    bench.apply(&accept([1, 5]), stamp("akim")).unwrap();
    let accepted = bench.accepted(&RunId::numbered(1));
    assert_eq!(accepted, RoaringBitmap::from_iter([1]));
    let why = bench.apply(&accept([1]), stamp("akim")).unwrap_err();
    assert!(
        matches!(why, Refusal::NothingToAccept(_)),
        "twice is refused"
    );
}

#[test]
fn accepting_is_kept_in_the_log_and_old_logs_are_read_as_before() {
    let mut bench = after_a_run();
    bench.apply(&accept([1, 3]), stamp("jruiz")).unwrap();
    let kept = serde_json::to_string(bench.log()).unwrap();
    let mut again = after_a_run();
    again.replay_all(
        serde_json::from_str::<Vec<_>>(&kept)
            .unwrap()
            .into_iter()
            .skip(again.log().len()),
    );
    assert_eq!(again.accepted(&RunId::numbered(1)).len(), 2);
}

#[test]
fn taking_out_leaves_what_is_written_and_is_undone_in_one_step() {
    let mut bench = after_a_run();
    let picked = bench.staged_of_run(run(&bench), 0..6);
    let count: u64 = picked.iter().map(|one| one.rows.len()).sum();
    assert_eq!(count, 4);
    bench
        .apply(&Command::Exclude(picked), stamp("akim"))
        .unwrap();
    assert!(bench.draft().is_empty());
    bench.apply(&Command::Undo, stamp("akim")).unwrap();
    assert_eq!(bench.draft().changes(), 4);
}

#[test]
fn a_tally_follows_what_is_read_back_later() {
    let mut bench = after_a_run();
    let id = RunId::numbered(1);
    let mut read = bench.run(&id).unwrap().settled[5].clone().unwrap();
    read.outcome = Outcome::Applied;
    bench.absorb_settled(&id, vec![read]);
    let run = bench.run(&id).unwrap();
    let tally = bench.tally(run);
    assert_eq!((tally.applied, tally.unknown, tally.total()), (2, 0, 6));
    assert_eq!(tally, run.tally());
    let standing = bench.standing_of(run);
    assert_eq!((standing.tally, standing.open), (tally, 0));
}

#[test]
fn the_same_failure_a_second_time_has_another_advice() {
    use crate::domain::run::{NextStep, next_step};
    let mut bench = after_a_run();
    let mut again = frozen(&bench);
    again.id = RunId::numbered(2);
    bench.absorb_run(again);
    let ended = |code: &str| Settlement {
        item: 2,
        outcome: Outcome::Unknown,
        code: code.into(),
        reason: String::new(),
        meaning: String::new(),
        server: Some(Value::text("old")),
        call: 1,
    };
    let advice = |bench: &Workbench, number| {
        let run = bench.run(&RunId::numbered(number)).unwrap();
        let (item, settled) = (&run.items[2], run.settled[2].as_ref().unwrap());
        let failed_before = bench.failed_so_before(run, item, settled);
        next_step(item, settled, true, false).once_more(failed_before)
    };
    bench.absorb_settled(&RunId::numbered(1), vec![ended("read-back")]);
    assert_eq!(advice(&bench, 1), NextStep::SendAgain);
    bench.absorb_settled(&RunId::numbered(2), vec![ended("counts")]);
    assert_eq!(advice(&bench, 2), NextStep::SendAgain, "in another way");
    bench.absorb_settled(&RunId::numbered(2), vec![ended("read-back")]);
    assert_eq!(advice(&bench, 2), NextStep::Escalate);
    assert_eq!(
        advice(&bench, 1),
        NextStep::SendAgain,
        "the first one stays"
    );
}

#[test]
fn what_a_run_that_waits_has_written_is_no_drift() {
    let mut bench = after_a_run();
    let mut paused = frozen(&bench);
    paused.id = RunId::numbered(2);
    paused.state = RunState::Paused;
    bench.absorb_run(paused);
    let stored = |item, outcome, value: &str| Settlement {
        item,
        outcome,
        code: String::new(),
        reason: String::new(),
        meaning: String::new(),
        server: Some(Value::text(value)),
        call: 1,
    };
    let settled = vec![
        stored(4, Outcome::Applied, "new"),
        stored(5, Outcome::Warned, "New."),
    ];
    bench.absorb_settled(&RunId::numbered(2), settled);
    let drifted = |bench: &Workbench| bench.drifted().contains(5) || bench.drifted().contains(4);
    assert!(
        !drifted(&bench),
        "our own doing, also as the server stored it"
    );
    bench
        .listing
        .reread(5, &"Rights".into(), &Value::text("theirs"));
    assert!(bench.drifted().contains(5), "somebody else's is one");
}
