//! Damaged files under the real program: it says what is damaged, and the words it gives to go on
//! from the copy work as they stand.

use std::{fs, process::Command};

use super::{
    points::each,
    scene::Scene,
    steps::{ALL, Deed, Steps},
};
use crate::support::BOTH;

#[test]
fn the_words_a_damaged_workspace_gives_lead_back_to_the_draft() {
    for profile in BOTH {
        let scene = Scene::staged(profile);
        // The first start after staging copies what it found.
        let draft = scene.drafted();
        let file = scene.folder().join("workspace.sqlite");
        let mut bytes = fs::read(&file).unwrap();
        for byte in &mut bytes[4096..] {
            *byte = 0x5a;
        }
        fs::write(&file, &bytes).unwrap();
        for words in [&["draft"] as &[&str], &["list"], &["submit", "--yes"]] {
            let refused = scene.run(words).ends(1).answers_nothing();
            refused
                .says("workspace.sqlite is damaged")
                .says("1 step and 0 runs");
        }
        let said = scene.run(&["draft"]).said;
        let (_, way) = said.trim().split_once("to go on from it: ").unwrap();
        let done = Command::new("sh").args(["-c", way]).status().unwrap();
        assert!(done.success(), "{way}");
        assert_eq!(
            fs::read(file.with_extension("sqlite.damaged")).unwrap(),
            bytes
        );
        assert_eq!(scene.drafted(), draft);
        let _ = scene.run(&["submit", "--yes"]).ends(3);
        scene.agrees(&scene.report().unwrap());
    }
}

#[test]
fn a_damaged_listing_costs_a_listing_and_no_work() {
    for profile in BOTH {
        let scene = Scene::staged(profile);
        let draft = scene.drafted();
        let file = scene.folder().join("listing.sqlite");
        let size = fs::metadata(&file).unwrap().len();
        for bytes in [
            vec![0x5a; 300],
            vec![0; 9000],
            Vec::new(),
            vec![0x5a; usize::try_from(size).unwrap()],
        ] {
            fs::write(&file, bytes).unwrap();
            assert_eq!(scene.drafted(), draft);
        }
        let mut bytes = fs::read(&file).unwrap();
        for byte in bytes.iter_mut().skip(4096) {
            *byte = 0x5a;
        }
        fs::write(&file, bytes).unwrap();
        let _ = scene.run(&["submit", "--yes"]).ends(3);
        scene.agrees(&scene.report().unwrap());
    }
}

#[test]
fn a_workspace_swapped_with_another_profiles_is_refused() {
    let scene = Scene::staged("soap");
    let other = scene.desk().folder().join("data").join("rest");
    fs::create_dir_all(&other).unwrap();
    fs::rename(
        scene.folder().join("workspace.sqlite"),
        other.join("workspace.sqlite"),
    )
    .unwrap();
    for words in [&["draft"] as &[&str], &["submit", "--yes"]] {
        let refused = scene.desk().on("rest", words).ends(1).answers_nothing();
        refused
            .says("belongs to dynamic-media at http://127.0.0.1")
            .says("and this profile is for atlan");
    }
    assert_eq!(scene.written(), []);
}

#[test]
fn a_program_killed_while_it_copies_leaves_a_good_copy_or_none() {
    let scene = Scene::staged("rest");
    let (ended, trace) = scene.run_watched(&["draft"], Steps::counted(ALL));
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let points: Vec<usize> = (1..)
        .zip(trace.steps())
        .filter(|(_, step)| step.contains("copy"))
        .map(|(number, _)| number)
        .collect();
    assert!(points.len() > 5, "{:?}", trace.steps());
    let draft = scene.drafted();
    each("copying", &points, |&number| {
        let scene = Scene::staged("rest");
        let at = Steps::at(ALL, number, Deed::Torn);
        let (ended, _) = scene.run_watched(&["draft"], at);
        assert!(ended.killed, "{ended:?}");
        let copy = scene.folder().join("workspace.copy.sqlite");
        let is_there = copy.exists();
        if is_there {
            let file = scene.folder().join("workspace.sqlite");
            fs::copy(&copy, &file).unwrap();
        }
        assert_eq!(scene.drafted(), draft, "{is_there}");
        assert!(copy.exists(), "the next start makes it good");
    });
}
