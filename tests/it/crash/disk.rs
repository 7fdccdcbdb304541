//! Disks that fail, are full, or can't be written: nothing is sent that could not be noted, the
//! person is told, and when the disk works again the run goes on.

use super::{
    points::{each, spread},
    scene::{Scene, Watched},
    steps::{Deed, Fault, Steps},
};
use crate::support::BOTH;

const SUBMIT: [&str; 2] = ["submit", "--yes"];

/// It ended by itself, in words.
fn ended_well(ended: &Watched) {
    assert!(ended.code.is_some_and(|code| code < 10), "{ended:?}");
    assert!(!ended.said.contains("panicked"), "{ended:?}");
    let reasons = ["the disk is full", "the disk failed", "can't be written"];
    let told = reasons.iter().any(|reason| ended.said.contains(reason));
    let is_over = ended.code == Some(3) && !ended.said.contains("is paused");
    assert!(told || is_over, "it does not say why: {ended:?}");
}

/// Lets the k-th call of a kind fail, for every k; the run ends as if it had not.
fn every_fault(profile: &'static str, op: &'static str, fault: Fault, most: usize) {
    let scene = Scene::staged(profile);
    let (ended, trace) = scene.run_watched(&SUBMIT, Steps::counted(op));
    let steps = trace.steps();
    assert_eq!(ended.code, Some(3), "{ended:?}");
    let expected = scene.report().unwrap().outcomes();
    let points: Vec<(usize, Deed)> = spread(steps.len(), most)
        .into_iter()
        .enumerate()
        .map(|(place, number)| match place % 2 {
            0 => (number, Deed::Fail(fault)),
            _ => (number, Deed::FailFromNowOn(fault)),
        })
        .collect();
    let story = format!("{fault:?} {op} over {profile}, {} in all", steps.len());
    each(&story, &points, |&(number, deed)| {
        let scene = Scene::staged(profile);
        let (ended, trace) = scene.run_watched(&SUBMIT, Steps::at(op, number, deed));
        ended_well(&ended);
        if fault == Fault::Broken {
            // What a failed sync was for is lost.
            scene.power_cut(&trace, number);
        }
        scene.is_honest();
        let told = scene.finish();
        scene.agrees(&told);
        told.is(&expected, trace.steps().get(number - 1).copied());
    });
}

#[test]
fn when_a_sync_fails_the_run_stops_and_nothing_rests_on_it() {
    for profile in BOTH {
        every_fault(profile, "sync", Fault::Broken, 16);
    }
}

#[test]
fn on_a_full_disk_the_run_stops_and_goes_on_when_there_is_room() {
    for profile in BOTH {
        every_fault(profile, "write", Fault::Full, 30);
    }
}

#[test]
fn on_a_disk_that_cant_be_written_everything_is_shown_and_nothing_is_changed() {
    for profile in BOTH {
        let scene = Scene::staged(profile);
        let draft = scene.drafted();
        let steps = Steps::at("open", 1, Deed::FailFromNowOn(Fault::ReadOnly));
        for words in [
            &["draft"] as &[&str],
            &["list", "TEE"],
            &["plan"],
            &["report", "R-0001"],
        ] {
            let (ended, _) = scene.run_watched(words, steps);
            let is_report = words[0] == "report";
            assert_eq!(
                ended.code,
                Some(i32::from(is_report)),
                "{words:?} {ended:?}"
            );
            assert!(is_report || !ended.out.is_empty(), "{words:?} {ended:?}");
        }
        let stage = scene.stage_words();
        for words in [&stage as &[&str], &SUBMIT, &["draft", "drop"]] {
            let (ended, _) = scene.run_watched(words, steps);
            ended_well(&ended);
            assert_eq!(ended.code, Some(1), "{words:?} {ended:?}");
        }
        assert_eq!(scene.drafted(), draft);
        assert_eq!(scene.written(), []);
    }
}
