//! Workspaces that earlier versions left behind open for ever, with everything that is in them.
//!
//! A fixture is the folder of a workspace as the program of that month left it, each file gzipped:
//! `soap` was closed, with two runs that are over, a draft and marks; `rest` was killed in the middle
//! of its second run, with a call on its way and its log not yet merged.

use std::{fs, io::Read, path::Path};

use armarius::{
    domain::{Run, RunId, run::Outcome, run::RunState},
    store::{Holder, Workspace},
};
use flate2::read::GzDecoder;

use crate::support::{Desk, Library};

/// Every month a form was left behind.
const KEPT: &[&str] = &["workspace-2026-12"];

/// A desk at a library, with the workspaces of a fixture in its data folder.
fn desk_with(fixture: &str, library: &Library) -> Desk {
    let desk = Desk::for_library(library);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for profile in ["soap", "rest"] {
        let folder = desk.folder().join("data").join(profile);
        fs::create_dir_all(&folder).unwrap();
        for entry in fs::read_dir(fixtures.join(fixture).join(profile)).unwrap() {
            let packed = entry.unwrap().path();
            let mut bytes = Vec::new();
            let mut reader = GzDecoder::new(fs::File::open(&packed).unwrap());
            reader.read_to_end(&mut bytes).unwrap();
            fs::write(folder.join(packed.file_stem().unwrap()), bytes).unwrap();
        }
        // The library moved to another port.
        let moved = rusqlite::Connection::open(folder.join("workspace.sqlite")).unwrap();
        let update = "UPDATE settings SET value = replace(value, 'http://127.0.0.1:44971', ?1)";
        moved.execute(update, [library.address()]).unwrap();
    }
    desk
}

fn opened(desk: &Desk, profile: &str) -> Workspace {
    let folder = desk.folder().join("data").join(profile);
    Workspace::open(&folder, &Holder::this_process("akim", 0)).unwrap()
}

fn run(workspace: &Workspace, number: u32) -> Run {
    workspace.load_run(&RunId::numbered(number)).unwrap()
}

#[test]
fn an_earlier_workspace_keeps_its_steps_runs_outcomes_and_marks() {
    for fixture in KEPT {
        let library = Library::made_up(60);
        let desk = desk_with(fixture, &library);
        let workspace = opened(&desk, "soap");
        assert_eq!(workspace.access().refusal(), None);
        let first = run(&workspace, 1);
        assert_eq!(first.author, "akim");
        assert_eq!((first.tally().applied, first.tally().refused), (1, 1));
        let told = first.settled.iter().flatten();
        let refused = told.into_iter().find(|one| one.outcome == Outcome::Refused);
        assert!(refused.unwrap().reason.contains("Write permission"));
        let second = run(&workspace, 2);
        assert_eq!((second.tally().applied, second.tally().refused), (100, 11));
        let marked = workspace.load_marks().unwrap().swap_remove(0);
        assert_eq!(marked.len(), 2);
        // Five are those the history shows: three steps, one taken back and brought back; two runs settled.
        assert_eq!(workspace.operations().unwrap().len(), 7);
    }
}

#[test]
fn the_draft_of_an_earlier_workspace_goes_on_where_it_was() {
    for fixture in KEPT {
        let library = Library::made_up(60);
        let desk = desk_with(fixture, &library);
        desk.on("soap", &["draft"])
            .ends(0)
            .shows("JKT_0000040_DET2");
        desk.on("soap", &["undo"])
            .ends(0)
            .says("11 changes on 5 assets");
        desk.on("soap", &["redo"])
            .ends(0)
            .says("12 changes on 6 assets");
        desk.on("soap", &["results", "R-0001"])
            .ends(3)
            .shows("R-0001: PARTLY DONE");
    }
}

#[test]
fn a_run_that_an_earlier_version_left_in_the_middle_is_gone_on_with() {
    for fixture in KEPT {
        let library = Library::made_up(60);
        let desk = desk_with(fixture, &library);
        {
            let killed = run(&opened(&desk, "rest"), 2);
            assert_eq!(killed.state, RunState::Interrupted);
            assert_eq!((killed.items.len(), killed.unanswered()), (11, 11));
        }
        desk.on("rest", &["resume"]).ends(0);
        let done = run(&opened(&desk, "rest"), 2);
        assert_eq!(done.state, RunState::Finished);
        assert_eq!(done.tally().applied, 11);
    }
}
