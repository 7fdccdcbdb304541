//! Trouble is no verdict: what a server in trouble, or a bad way to it, costs in requests, and that
//! nobody is told as refused for it.

use armarius::domain::{Edit, Outcome, Run, Value, run::RunState};

use super::{
    story::{BOTH, Protocol, Stage, Story},
    truth,
};
use crate::support::raw::{Asked, Deed, http};

/// One change for each of so many assets, twenty a call, two calls at once.
fn titled(edits: usize, script: impl Fn(&Asked) -> Deed + Send + Sync + 'static) -> Story {
    titled_over(Protocol::Rest, edits, script)
}

fn titled_over(
    protocol: Protocol,
    edits: usize,
    script: impl Fn(&Asked) -> Deed + Send + Sync + 'static,
) -> Story {
    titled_on(&staged_over(protocol, edits), script)
}

fn staged_over(protocol: Protocol, edits: usize) -> Stage {
    let mut stage = Stage::over(protocol);
    stage.assets = edits as u64;
    stage.page = 300;
    stage.settings.batch_size = Some(20);
    stage.settings.retry_budget = 3;
    stage
}

fn titled_on(stage: &Stage, script: impl Fn(&Asked) -> Deed + Send + Sync + 'static) -> Story {
    let mut story = Story::new(stage, script);
    story.connect().unwrap();
    story.list().unwrap();
    let listing = &story.session.workbench.listing;
    let present = listing.present().iter();
    story.rows = present
        .filter(|row| listing.locked(*row).is_none())
        .collect();
    story.stage("Title", Edit::Set(Value::text("Seen at the pier")));
    story.earlier = story.library.writes().len();
    story.raw.arm();
    story
}

fn of(run: &Run, outcome: Outcome) -> usize {
    let settled = run.settled.iter().flatten();
    settled.filter(|one| one.outcome == outcome).count()
}

/// Whether the dice strike a request: by chance, the same each time.
fn struck(number: usize, percent: u64) -> bool {
    let mut mixed = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^= mixed >> 29;
    mixed = mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^= mixed >> 32;
    mixed % 100 < percent
}

fn writes(asked: &Asked) -> bool {
    asked.text.starts_with("POST /api/meta/entity/bulk")
}

/// Nothing got through any more: the run waits for a person, and nothing is told as refused.
fn given_up(story: &mut Story, most: usize) {
    let run = story.submit_once();
    assert_eq!(run.state, RunState::Paused, "{:?}", run.tally());
    let asked = story.raw.count();
    assert!(asked <= most, "{asked} requests");
    assert_eq!(of(&run, Outcome::Refused), 0);
    assert!(story.library.writes().len() == story.earlier);
    story.raw.disarm();
    let run = story.resume(&run).unwrap();
    assert_eq!(run.state, RunState::Finished);
    truth::all_applied(story, &run, "once it is back");
}

#[test]
fn without_a_fault_four_hundred_changes_take_three_requests_a_call() {
    let mut story = titled(400, |_| Deed::Pass);
    let run = story.submit();
    assert_eq!(run.state, RunState::Finished);
    assert!(story.raw.count() <= 63, "{} requests", story.raw.count());
}

#[test]
fn a_server_that_answers_500_for_good_pauses_the_run_after_few_requests() {
    for body in [
        "",
        "<html>Internal Server Error</html>",
        r#"{"errorCode":"ATLAS-500-00-001"}"#,
    ] {
        let mut story = titled(400, move |_| Deed::Instead(http(500, "", body)));
        given_up(&mut story, 60);
    }
}

#[test]
fn a_server_that_reads_and_answers_every_write_with_500_or_502_pauses_the_run() {
    for status in [500, 502] {
        let mut story = titled(400, move |asked| {
            if writes(asked) {
                Deed::Instead(http(status, "", ""))
            } else {
                Deed::Pass
            }
        });
        given_up(&mut story, 60);
    }
}

#[test]
fn writes_that_are_all_reset_pause_the_run() {
    let mut story = titled(400, |asked| {
        if writes(asked) {
            Deed::ResetBefore
        } else {
            Deed::Pass
        }
    });
    given_up(&mut story, 60);
}

#[test]
fn one_reset_in_ten_costs_a_few_requests_and_no_change() {
    let mut story = titled(2_000, |asked| match asked.number % 2 {
        _ if !struck(asked.number, 10) => Deed::Pass,
        0 => Deed::ResetBefore,
        _ => Deed::ResetAfter,
    });
    let run = story.submit_once();
    assert_eq!(run.state, RunState::Finished, "{:?}", story.waits);
    assert_eq!(of(&run, Outcome::Applied), run.items.len());
    let asked = story.raw.count();
    assert!(asked <= 600, "{asked} requests");
    truth::all_applied(&story, &run, "resets");
}

#[test]
fn three_resets_in_ten_are_survived_and_refused_by_nobody() {
    let mut story = titled(400, |asked| match asked.number % 2 {
        _ if !struck(asked.number, 30) => Deed::Pass,
        0 => Deed::ResetBefore,
        _ => Deed::ResetAfter,
    });
    let run = story.submit();
    assert_eq!(
        of(&run, Outcome::Applied),
        run.items.len(),
        "{:?}",
        story.waits
    );
    let asked = story.raw.count();
    assert!(asked <= 200, "{asked} requests");
}

#[test]
fn answers_cut_short_cost_no_more_than_asking_again() {
    let mut story = titled(400, |asked| {
        if struck(asked.number, 30) {
            Deed::Midbody
        } else {
            Deed::Pass
        }
    });
    let run = story.submit_once();
    assert_eq!(run.state, RunState::Finished, "{:?}", story.waits);
    assert_eq!(of(&run, Outcome::Applied), run.items.len());
    let asked = story.raw.count();
    assert!(asked <= 150, "{asked} requests");
}

#[test]
fn reads_that_fail_now_and_then_lose_no_asset_and_no_change() {
    for protocol in BOTH {
        let script = |asked: &Asked| {
            if struck(asked.number, 5) {
                Deed::Instead(http(500, "", ""))
            } else {
                Deed::Pass
            }
        };
        let mut stage = Stage::over(protocol);
        stage.assets = 400;
        let mut story = Story::new(&stage, script);
        story.raw.arm();
        story.connect().unwrap();
        story.list().unwrap();
        assert_eq!(story.session.workbench.listing.len(), 400, "{protocol:?}");
        let mut story = titled_over(protocol, 200, script);
        let run = story.submit_once();
        assert_eq!(run.state, RunState::Finished, "{:?}", story.waits);
        truth::all_applied(&story, &run, "500 now and then");
    }
}

#[test]
fn a_batch_of_nothing_but_culprits_is_not_tried_one_by_one_for_ever() {
    let mut stage = Stage::over(Protocol::Rest).faults("poison-unnamed=1");
    stage.edited = 20;
    stage.settings.batch_size = Some(60);
    let mut story = Story::staged(&stage, |_| Deed::Pass);
    let run = story.submit_once();
    assert_eq!(run.state, RunState::Paused);
    assert!(story.waits[0].contains("still staged"), "{:?}", story.waits);
    assert!(run.calls.len() < 25, "{} calls", run.calls.len());
    assert!(of(&run, Outcome::Refused) < 20 && run.open().count() > 40);
    assert!(story.library.writes().is_empty());
}

#[test]
fn three_whole_batches_refused_alike_are_asked_about_before_a_fourth_is_sent() {
    let mut stage = staged_over(Protocol::Rest, 100).faults("poison-unnamed=1");
    stage.settings.batch_size = Some(10);
    let mut story = titled_on(&stage, |_| Deed::Pass);
    let run = story.submit_once();
    assert_eq!(run.state, RunState::Paused);
    let sent = run.calls.iter().filter(|call| call.noted_ms != 0).count();
    assert!(sent <= 4, "{sent} calls");
    assert_eq!(of(&run, Outcome::Refused), 0);
    assert!(
        story.waits[0].contains("3 whole batches"),
        "{:?}",
        story.waits
    );
}
