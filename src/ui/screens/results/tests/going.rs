//! A run while it goes on: watched, paused, stopped, left.

use super::*;

#[test]
fn a_run_shows_how_far_it_is_how_fast_and_when_it_will_be_done() {
    let (mut session, run) = running(80, 24);
    assert_eq!(session.app.screen(), ScreenId::Results);
    shown(&mut session, "time left: not known yet");
    session.now_ms += 2000;
    let half = (0..2)
        .map(|item| settled(item, ENDS[item as usize]))
        .collect();
    session.event(Event::Settled {
        run: run.id,
        settled: half,
    });
    shown(&mut session, "2 / 6  33%  1.0 changes/s, about 4 s left");
    shown(
        &mut session,
        "ok 1   warned 1   refused 0   unknown 0   conflict 0   skipped 0   waiting 4",
    );
    shown(&mut session, "1     batchSetAssetMetadata");
    shown(&mut session, "W JKT_01  Rights  because of warned");
}

#[test]
fn stopping_asks_and_the_key_that_asked_never_confirms() {
    let (mut session, run) = running(80, 24);
    session.take_effects();
    session.press("x x x");
    assert_eq!(
        session.take_effects(),
        [],
        "x opens the menu and answers nothing"
    );
    session.press("<Enter>");
    assert_eq!(
        session.take_effects(),
        [],
        "the first answer keeps it going"
    );
    session.press("<Ctrl+c> j j j <Enter>");
    assert_eq!(session.take_effects(), [Effect::StopRun(run.id)]);
}

#[test]
fn p_pauses_and_goes_on_and_b_leaves_it_in_the_background() {
    let (mut session, run) = running(80, 24);
    session.take_effects();
    session.press("p");
    assert_eq!(session.take_effects(), [Effect::PauseRun(run.id.clone())]);
    let at_ms = session.now_ms;
    let note = "sign in again".to_owned();
    session.event(Event::RunState {
        run: run.id.clone(),
        state: RunState::Paused,
        at_ms,
        note,
    });
    shown(&mut session, "sign in again");
    session.press("p");
    assert_eq!(session.take_effects(), [Effect::ResumeRun(run.id)]);
    session.press("b");
    assert_eq!(session.app.screen(), ScreenId::Browse);
}

#[test]
fn leaving_during_a_run_asks_and_stays_unless_told() {
    let (mut session, _) = running(80, 24);
    session.press("q q");
    session.take_effects();
    session.press("<Enter>");
    assert_eq!(session.take_effects(), []);
    session.press("q j <Enter>");
    assert_eq!(session.take_effects(), [Effect::Quit]);
}
