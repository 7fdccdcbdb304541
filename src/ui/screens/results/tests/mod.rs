//! Stories of a run: how it goes, how it ended, and what is done about it.

use crate::{
    domain::{
        Asset, Field, FieldKind, Outcome, Run, RunId, Schema, Value,
        run::{CallNote, RunState, ServerCounts, Settlement},
    },
    flow::{Effect, Event, Submission},
    ui::{
        component::ScreenId,
        session::{BEGIN_MS, Session, World, asset},
    },
};

/// Six outcomes, one for each of these jackets.
const ENDS: [Outcome; 6] = [
    Outcome::Applied,
    Outcome::Warned,
    Outcome::Refused,
    Outcome::Conflict,
    Outcome::Skipped,
    Outcome::Unknown,
];

fn jackets(count: usize) -> World {
    let jacket = |n: usize| asset(&format!("JKT_{n:02}"), "Image", &[("Rights", "")]);
    let assets: Vec<Asset> = (0..count).map(jacket).collect();
    World::new(
        Schema {
            fields: vec![Field::plain("Rights", FieldKind::Text)],
        },
        assets,
    )
}

/// Rights staged on six jackets and submitted; the run has begun.
fn running(width: u16, height: u16) -> (Session, Run) {
    let mut session = Session::new(jackets(6), width, height);
    session
        .press("s a : set <Space>")
        .type_text("Rights Acme Retail");
    session.press("<Enter> S 6 <Enter>");
    let submission = session.take_effects().into_iter().find_map(|effect| {
        if let Effect::Submit(submission) = effect {
            return Some(*submission);
        }
        None
    });
    let run = run(submission.unwrap(), 1);
    session.event(Event::RunStarted(Box::new(run.clone())));
    (session, run)
}

fn run(submission: Submission, number: u32) -> Run {
    let calls = submission.calls.iter().zip(1..);
    Run {
        id: RunId::numbered(number),
        label: submission.label.clone(),
        author: "akim".into(),
        profile: "prod-dmc".into(),
        started_ms: BEGIN_MS,
        finished_ms: None,
        digest: submission.digest.clone(),
        state: RunState::Running,
        settled: vec![None; submission.items.len()],
        calls: calls
            .map(|((_, items), number)| call(number, items, None))
            .collect(),
        items: submission.items,
        counts: ServerCounts::default(),
        counted: false,
        reverts: Vec::new(),
        rules: crate::domain::run::RunRules::default(),
    }
}

fn call(number: u32, items: &[u32], counts: Option<ServerCounts>) -> CallNote {
    CallNote {
        number,
        operation: "batchSetAssetMetadata".into(),
        items: items.to_vec(),
        noted_ms: BEGIN_MS,
        took_ms: counts.map(|_| 6100),
        counts,
        trace: "9c1e".into(),
        found: Vec::new(),
    }
}

fn settled(item: u32, outcome: Outcome) -> Settlement {
    let told = outcome != Outcome::Applied;
    let sent = !matches!(outcome, Outcome::Conflict | Outcome::Skipped);
    Settlement {
        item,
        outcome,
        code: if outcome == Outcome::Refused {
            "20003".into()
        } else {
            String::new()
        },
        reason: if told {
            format!("because of {outcome}")
        } else {
            String::new()
        },
        meaning: if told {
            format!("it means {outcome}")
        } else {
            String::new()
        },
        server: outcome.is_written().then(|| Value::text("Acme Retail")),
        call: u32::from(sent),
    }
}

/// The run of [`running`] brought to its end with these counts of the server.
fn ended(width: u16, height: u16, counts: ServerCounts) -> Session {
    let (mut session, run) = running(width, height);
    let items: Vec<u32> = (0..6).collect();
    session.event(Event::Call {
        run: run.id.clone(),
        call: call(1, &items, Some(counts)),
    });
    let settled = (0..)
        .zip(ENDS)
        .map(|(item, outcome)| settled(item, outcome))
        .collect();
    session.event(Event::Settled {
        run: run.id.clone(),
        settled,
    });
    session.now_ms += 14_000;
    let at_ms = session.now_ms;
    session.event(Event::RunState {
        run: run.id,
        state: RunState::Finished,
        at_ms,
        note: String::new(),
    });
    session
}

const TRUE_COUNTS: ServerCounts = ServerCounts {
    success: 1,
    warning: 1,
    error: 1,
};

fn shown(session: &mut Session, words: &str) {
    let screen = session.screen();
    assert!(screen.contains(words), "no `{words}` in\n{screen}");
}

mod aftermath;
mod going;
mod older;

#[test]
fn without_a_run_the_screen_says_where_one_comes_from() {
    let mut session = Session::new(jackets(2), 80, 24);
    session.press("4");
    shown(&mut session, "No runs yet. A run starts from Submit (S).");
}

#[test]
fn every_outcome_is_counted_and_listed_worst_first() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    shown(
        &mut session,
        "R-0001: PARTLY DONE  1 ok, 1 warning, 1 error, 1 unknown, 1 conflict, 1 skipped of 6 changes",
    );
    let screen = session.screen();
    for outcome in Outcome::ALL {
        let word = super::progress::word(outcome);
        assert!(
            screen.contains(&format!("{} {word}", outcome.letter())),
            "{word}\n{screen}"
        );
    }
    shown(&mut session, "Items  5 of 6 shown, worst first");
    let place = |name: &str| screen.find(name).unwrap();
    assert!(
        place("JKT_02") < place("JKT_05"),
        "refused before unknown\n{screen}"
    );
    assert!(
        place("JKT_05") < place("JKT_03"),
        "unknown before conflict\n{screen}"
    );
}

#[test]
fn the_counts_are_reconciled_in_words() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    shown(&mut session, "server ok 1  W 1  E 1");
    shown(&mut session, "ours   ok 1  W 1  E 1");
    shown(&mut session, "reconciled: yes");
    shown(&mut session, "Read back 2 of 6");
    let mut session = ended(80, 24, TRUE_COUNTS);
    shown(
        &mut session,
        "reconciled: the server counted 1 ok, 1 warning, 1 error",
    );
    let mut session = ended(
        120,
        36,
        ServerCounts {
            success: 3,
            warning: 0,
            error: 0,
        },
    );
    shown(
        &mut session,
        "!not reconciled: the server counted 3 ok, 0 warnings, 0 errors; by reading back we count 1 ok",
    );
}

#[test]
fn a_change_is_told_in_full_with_what_to_do_next() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    for words in [
        "Outcome    E REFUSED  20003  \"because of refused\"",
        "Meaning    it means refused",
        "Wanted     Acme Retail    Before  (empty)    Server now  (not read back)",
        "in call 1 of 1 (6 changes), request 9c1e   y q copies",
        "Retry-safe yes, nothing was written",
        "Next       this user may not change it; hand it over, or drop it   H/x",
        "same reason on 0 other changes here, on 0 in other runs of 30 days",
    ] {
        shown(&mut session, words);
    }
}

#[test]
fn facets_narrow_the_list_by_outcome_and_reason() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    session.press("f j <Space> j <Space> j <Space> j <Space>");
    assert_eq!(session.said(), "1 of 6 shown.");
    shown(&mut session, "Items  1 of 6 shown");
    shown(&mut session, "> E  JKT_02");
}

#[test]
fn only_what_failed_and_is_still_staged_is_planned_again() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    session.press("A");
    shown(&mut session, "keys act on the 5 picked");
    session.press("r");
    shown(&mut session, "Submit plan");
    shown(
        &mut session,
        "Not sent: 1 not safe to send again, 1 unknown; read them back first",
    );
    session.press("2 <Enter>");
    let effects = session.take_effects();
    let again = effects.iter().find_map(|effect| {
        if let Effect::Submit(submission) = effect {
            return Some(submission);
        }
        None
    });
    let again = again.unwrap();
    let names: Vec<&str> = again.items.iter().map(|item| item.name.as_str()).collect();
    assert_eq!(names, ["JKT_02", "JKT_04"]);
    assert_eq!(again.label, "retry of R-0001");
    assert_eq!(again.calls, [(false, vec![0, 1])]);
}

#[test]
fn only_the_picked_ones_are_retried() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    session.press("<Space> r 1 <Enter>");
    let effects = session.take_effects();
    let picked = effects.iter().any(|effect| {
        matches!(effect, Effect::Submit(one) if one.items.len() == 1 && one.items[0].name == "JKT_02")
    });
    assert!(picked, "{effects:?}");
}

#[test]
fn what_is_no_longer_staged_is_not_retried_and_that_is_said() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    session.press(": drop <Enter> <Enter> r");
    let said = session.said();
    assert_eq!(
        said,
        "Nothing to retry: 1 no longer staged. A picks all listed."
    );
    session.press("A r");
    assert_eq!(session.said(), "Nothing to retry: 4 no longer staged.");
}

#[test]
fn reading_back_reporting_and_marking_are_one_key_each() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    session.take_effects();
    session.press("R");
    assert_eq!(
        session.take_effects(),
        [Effect::ReadBack(RunId::numbered(1))]
    );
    session.press("w");
    let effects = session.take_effects();
    let all = matches!(&effects[..], [Effect::Report { formats, .. }] if formats.len() == 3);
    assert!(all, "CSV, JSON and Markdown: {effects:?}");
    session.press(": report <Space> c s v <Enter>");
    let reports = session.take_effects();
    let reports = reports
        .iter()
        .filter(|effect| matches!(effect, Effect::Report { .. }));
    assert_eq!(reports.count(), 1);
    session.press("s");
    assert_eq!(session.app.workbench().marks().len(), 1);
    session.press("<Ctrl+a> s");
    assert_eq!(session.app.workbench().marks().len(), 5);
    session.press("y n");
    assert!(session.effects.contains(&Effect::Copy("JKT_02".into())));
}

#[test]
fn the_answer_of_a_read_back_corrects_the_outcome_on_the_screen() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    let corrected = vec![settled(5, Outcome::Applied)];
    session.event(Event::Settled {
        run: RunId::numbered(1),
        settled: corrected,
    });
    shown(
        &mut session,
        "PARTLY DONE  2 ok, 1 warning, 1 error, 1 conflict, 1 skipped of 6",
    );
}

#[test]
fn e_opens_the_dialog_on_the_asset_that_failed() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    session.press("e");
    assert_eq!(session.app.workbench().marks().len(), 6, "as they were");
    shown(&mut session, "Edit 1 asset");
    shown(&mut session, "EDIT");
    // What the library has, and beside it what is staged.
    shown(&mut session, "empty (all) ~ Ac");
    shown(&mut session, "- (empty)");
    shown(&mut session, "= staged so");
    shown(&mut session, "[x]>Rights");
    shown(&mut session, "Acme Retail");
    session.type_text(" 2026").press("<Ctrl+s>");
    shown(&mut session, "Items  5 of 6 shown, worst first");
    session.press("r 1 <Enter>");
}

#[test]
fn every_size_shows_headline_list_and_detail() {
    for (width, height) in [(120, 36), (80, 24), (60, 16)] {
        let mut session = ended(width, height, TRUE_COUNTS);
        shown(&mut session, "PARTLY DONE");
        shown(&mut session, "JKT_02");
        session.press("<Enter>");
        shown(&mut session, "Outcome    E REFUSED");
        assert!(session.cursor().is_some());
        session.press("f");
        shown(&mut session, "E refused");
        session.press("G");
        shown(&mut session, "[ ] Rights");
    }
}

#[test]
fn the_keys_act_on_the_change_under_the_cursor_unless_some_are_picked() {
    let mut session = ended(120, 36, TRUE_COUNTS);
    shown(&mut session, "keys act on this change");
    session.press("r");
    shown(&mut session, "1 change on 1 asset");
    session.press("<Esc> d");
    assert_eq!(session.app.screen(), ScreenId::Results, "the details here");
    session.press("<Esc> <Space>");
    shown(&mut session, "keys act on the 1 picked");
}

#[test]
fn only_what_can_be_done_with_the_change_is_offered() {
    let mut session = ended(160, 36, TRUE_COUNTS);
    let hints = |session: &mut Session| session.line(34);
    assert!(hints(&mut session).contains("r retry"));
    session.press(": drop <Enter> <Enter>");
    let line = hints(&mut session);
    assert!(!line.contains("retry") && !line.contains("drop"), "{line}");
    assert!(line.contains("e fix"), "{line}");
}

#[test]
fn what_became_of_changes_is_not_worked_on_while_the_run_is_under_way() {
    let (mut session, _) = running(120, 36);
    session.press("r");
    assert!(
        session.said().starts_with("R-0001 is still under way"),
        "{}",
        session.said()
    );
}
