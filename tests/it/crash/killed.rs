//! `SIGKILL` at every step of a run, of a resume and of staging.

use super::{
    points::{each, spread},
    scene::{Outcomes, Scene},
    steps::{ALL, Deed, Steps},
};
use crate::support::{Moment, Relay};

const SUBMIT: [&str; 2] = ["submit", "--yes"];
const RESUME: [&str; 1] = ["resume"];

/// At which step of the run, and at which of the resume after it, if there too.
#[derive(Debug)]
struct Cut {
    run: (usize, Deed),
    resume: Option<usize>,
}

/// The outcomes of a run nobody kills, and its steps.
fn undisturbed(profile: &'static str) -> (Outcomes, Vec<String>) {
    let scene = Scene::staged(profile);
    let (ended, steps) = scene.run_watched(&SUBMIT, Steps::counted(ALL));
    assert_eq!(ended.code, Some(3), "{ended:?}");
    let outcomes = scene.outcomes();
    scene.agrees();
    for kind in ["sync", "write", "send", "receive"] {
        let found = steps.iter().any(|step| step.contains(kind));
        assert!(found, "no {kind} among {steps:?}");
    }
    (outcomes, steps)
}

/// Before every step; where something is written or sent, also in the middle of it; and every
/// third time the resume is killed too.
fn cuts(steps: &[String]) -> Vec<Cut> {
    let all = spread(steps.len(), 90);
    let before = all.iter().map(|&number| (number, Deed::Kill));
    let halves: Vec<usize> = (1..=steps.len())
        .filter(|&number| {
            ["write", "send"]
                .iter()
                .any(|op| steps[number - 1].contains(op))
        })
        .collect();
    let halves = spread(halves.len(), 30)
        .into_iter()
        .map(|place| (halves[place - 1], Deed::Torn));
    before
        .chain(halves)
        .enumerate()
        .map(|(place, run)| Cut {
            run,
            resume: (place % 3 == 0).then_some(1 + place * 7 % 60),
        })
        .collect()
}

fn killed_and_resumed(profile: &'static str, cut: &Cut, expected: &Outcomes) {
    let scene = Scene::staged(profile);
    let (number, deed) = cut.run;
    let (ended, steps) = scene.run_watched(&SUBMIT, Steps::at(ALL, number, deed));
    // A run may take a few steps less than the one that was counted.
    assert!(ended.killed || steps.len() < number, "{ended:?}");
    scene.is_honest();
    if let Some(number) = cut.resume {
        let _ = scene.run_watched(&RESUME, Steps::at(ALL, number, Deed::Kill));
        scene.is_honest();
    }
    let outcomes = scene.finish();
    scene.agrees();
    scene.are(&outcomes, expected, steps.last());
}

fn every_step(profile: &'static str) {
    let (expected, steps) = undisturbed(profile);
    let cuts = cuts(&steps);
    println!("{profile}: {} steps", steps.len());
    each(&format!("a run over {profile}"), &cuts, |cut| {
        killed_and_resumed(profile, cut, &expected);
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
