//! `SIGKILL` at every step of a run, of a resume and of staging; and while a request is on its
//! way to the library, or its answer on the way back.

use super::{
    points::{each, spread},
    scene::{Outcomes, Scene},
    steps::{ALL, Deed, Steps},
};
use crate::support::{BOTH, Moment, Relay};

const SUBMIT: [&str; 2] = ["submit", "--yes"];
const RESUME: [&str; 1] = ["resume"];

/// At which step of the run, whether the power went with it, and at which step of the resume
/// after it, if there too.
#[derive(Debug)]
struct Cut {
    run: (usize, Deed),
    power: bool,
    resume: Option<usize>,
}

/// The outcomes of a run nobody kills, and its steps.
fn undisturbed(profile: &'static str) -> (Outcomes, Vec<String>) {
    let scene = Scene::staged(profile);
    let (ended, trace) = scene.run_watched(&SUBMIT, Steps::counted(ALL));
    assert_eq!(ended.code, Some(3), "{ended:?}");
    let told = scene.report().unwrap();
    scene.agrees(&told);
    let steps: Vec<String> = trace.steps().into_iter().map(str::to_owned).collect();
    for kind in ["sync", "write", "send", "receive"] {
        let found = steps.iter().any(|step| step.contains(kind));
        assert!(found, "no {kind} among {steps:?}");
    }
    (told.outcomes(), steps)
}

/// Before every step; where something is written or sent, also in the middle of it; and every
/// third time the resume is killed too.
fn cuts(steps: &[String]) -> Vec<Cut> {
    let before = spread(steps.len(), 80);
    let before = before.into_iter().map(|number| (number, Deed::Kill));
    let halves: Vec<usize> = (1..=steps.len())
        .filter(|&number| {
            ["write", "send"]
                .iter()
                .any(|op| steps[number - 1].contains(op))
        })
        .collect();
    let torn = spread(halves.len(), 25);
    let torn = torn
        .into_iter()
        .map(|place| (halves[place - 1], Deed::Torn));
    let cut = |(place, run): (usize, _)| Cut {
        run,
        power: place % 2 == 0,
        resume: (place % 3 == 0).then_some(1 + place * 7 % 60),
    };
    before.chain(torn).enumerate().map(cut).collect()
}

fn every_step(profile: &'static str) {
    let (expected, steps) = undisturbed(profile);
    let story = format!("a run over {profile} of {} steps", steps.len());
    each(&story, &cuts(&steps), |cut| {
        let scene = Scene::staged(profile);
        let (number, deed) = cut.run;
        let (ended, trace) = scene.run_watched(&SUBMIT, Steps::at(ALL, number, deed));
        let steps = trace.steps();
        // A run may take a few steps less than the one that was counted.
        assert!(ended.killed || steps.len() < number, "{ended:?}");
        if cut.power {
            scene.power_cut(&trace, number);
        }
        if let Some(number) = cut.resume {
            scene.is_honest();
            let _ = scene.run_watched(&RESUME, Steps::at(ALL, number, Deed::Kill));
        }
        let told = scene.finish();
        scene.agrees(&told);
        told.is(&expected, steps.last().copied());
    });
}

#[test]
fn a_run_over_soap_killed_at_any_step_loses_nothing_and_writes_nothing_twice() {
    every_step("soap");
}

#[test]
fn a_run_over_rest_killed_at_any_step_loses_nothing_and_writes_nothing_twice() {
    every_step("rest");
}

/// Kills the program when the library gets its n-th request, or has done what that asked.
fn every_request(profile: &'static str) {
    let (expected, _) = undisturbed(profile);
    let count = {
        let mut relay = None;
        let scene = Scene::behind(profile, |address| {
            relay = Some(Relay::holding(address, "", usize::MAX, Moment::Asked));
            relay.as_ref().unwrap().address.clone()
        });
        let relay = relay.unwrap();
        let staged = relay.seen();
        let _ = scene.run(&SUBMIT).ends(3);
        staged + 1..=relay.seen()
    };
    let both = [Moment::Asked, Moment::Done];
    let points: Vec<(usize, Moment)> = spread(count.clone().count(), 20)
        .into_iter()
        .flat_map(|place| both.map(|moment| (count.start() + place - 1, moment)))
        .collect();
    let story = format!("requests of a run over {profile}, {} in all", count.count());
    each(&story, &points, |&(number, moment)| {
        let mut relay = None;
        let scene = Scene::behind(profile, |address| {
            relay = Some(Relay::holding(address, "", number, moment));
            relay.as_ref().unwrap().address.clone()
        });
        let mut child = scene.desk().start(&scene.words(&SUBMIT));
        // How often a run reads back depends on how its calls meet, so the last may not come.
        relay.unwrap().wait_or_end(&mut child);
        drop(child.kill());
        child.wait().unwrap();
        let told = scene.finish();
        scene.agrees(&told);
        told.is(&expected, None);
    });
}

#[test]
fn a_run_over_soap_killed_at_any_request_or_answer_goes_on() {
    every_request("soap");
}

#[test]
fn a_run_over_rest_killed_at_any_request_or_answer_goes_on() {
    every_request("rest");
}

#[test]
fn a_step_that_was_said_to_be_staged_is_kept_whole_and_any_other_is_whole_or_not_there() {
    for profile in BOTH {
        let scene = Scene::bare(profile, str::to_owned);
        let stage = scene.stage_words();
        let (ended, trace) = scene.run_watched(&stage, Steps::counted(ALL));
        let steps = trace.steps();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let whole = scene.drafted();
        assert!(whole.len() > 12);
        let points = spread(steps.len(), 40);
        let story = format!("staging over {profile} of {} steps", steps.len());
        each(&story, &points, |&number| {
            let scene = Scene::bare(profile, str::to_owned);
            let (ended, _) = scene.run_watched(&stage, Steps::at(ALL, number, Deed::Kill));
            let draft = scene.drafted();
            assert!(draft == whole || draft.is_empty(), "half a step: {draft:?}");
            assert!(
                !ended.said.contains("Staged: ") || draft == whole,
                "{ended:?}"
            );
            // And it can be staged again as if nothing had happened.
            let _ = scene.run(&stage).ends(0);
            assert_eq!(scene.drafted(), whole);
            assert_eq!(scene.written(), []);
        });
    }
}
