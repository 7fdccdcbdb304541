//! Damaged files: flipped, cut short, filled with zeros, swapped. Opens, or says what is damaged
//! and how to go on from the copy; never another edit than the one that was kept.

use std::{collections::BTreeSet, fs};

use super::{tests::*, *};
use crate::domain::{AssetId, Operation, OperationId, Outcome, Run, RunId, run::RunState};

const FILE: &str = "workspace.sqlite";

/// Everything a workspace tells.
#[derive(Debug, PartialEq)]
struct Story {
    operations: Vec<Operation>,
    rows: Vec<AssetId>,
    run: Option<Run>,
}

fn story(workspace: &Workspace) -> Result<Story, StoreError> {
    workspace.load_marks()?;
    workspace.setting("view")?;
    Ok(Story {
        operations: workspace.operations()?,
        rows: workspace.rows()?,
        run: match workspace.runs()?.pop() {
            Some(run) => Some(workspace.load_run(&run.id)?),
            None => None,
        },
    })
}

/// A workspace with something of every kind, closed; and its story.
fn filled(folder: &tempfile::TempDir) -> Story {
    let mut workspace = opened(folder);
    let names: Vec<String> = (0..40).map(|row| format!("a{row}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    workspace.allocate_rows(&ids(&names)).unwrap();
    for number in 1..=8 {
        workspace.append_operation(&staged(number)).unwrap();
    }
    workspace
        .save_marks(&roaring::RoaringBitmap::from_iter([0, 1]))
        .unwrap();
    workspace.set_setting("view", "{}").unwrap();
    let mut sent = run(30);
    sent.calls = (1..=6).map(|number| call(number, 9)).collect();
    workspace.begin_run(&sent).unwrap();
    let settled: Vec<_> = (0..30)
        .map(|item| settlement(item, Outcome::Applied))
        .collect();
    workspace.settle(&sent.id, &settled).unwrap();
    workspace
        .set_run_state(&sent.id, RunState::Finished, 99)
        .unwrap();
    story(&workspace).unwrap()
}

/// Opens damaged bytes; the story, if it opens.
fn read(bytes: &[u8]) -> Result<Story, StoreError> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(FILE), bytes).unwrap();
    Workspace::open(folder.path(), &me()).and_then(|workspace| story(&workspace))
}

/// Insists that nothing was invented: what can still be read is what was kept. What is unknown of
/// a run (a lost outcome, a lost note) is read back before anything is sent.
#[track_caller]
fn is_true(told: &Story, kept: &Story, place: usize) {
    assert_eq!(told.operations, kept.operations, "at {place}");
    assert_eq!(told.rows, kept.rows, "at {place}");
    let (Some(told), Some(kept)) = (&told.run, &kept.run) else {
        panic!("the run is gone, at {place}");
    };
    assert_eq!(
        (&told.items, &told.digest),
        (&kept.items, &kept.digest),
        "at {place}"
    );
    for (told, kept) in told.settled.iter().zip(&kept.settled) {
        assert!(told.is_none() || told == kept, "at {place}: {told:?}");
    }
    let known: BTreeSet<u32> = kept.calls.iter().map(|call| call.number).collect();
    for call in &told.calls {
        assert!(
            known.contains(&call.number) && kept.calls.contains(call),
            "at {place}"
        );
    }
}

#[test]
fn a_flipped_byte_anywhere_is_told_or_harmless_but_never_another_edit() {
    let folder = tempfile::tempdir().unwrap();
    let kept = filled(&folder);
    let good = fs::read(folder.path().join(FILE)).unwrap();
    let headers = (0..good.len())
        .step_by(4096)
        .flat_map(|page| page..page + 12);
    let places: BTreeSet<usize> = (0..100)
        .chain(headers)
        .chain((0..good.len()).step_by(331))
        .collect();
    let (mut told, mut fine) = (0, 0);
    for place in places {
        for bit in [0x01, 0x80] {
            let mut bytes = good.clone();
            bytes[place] ^= bit;
            match read(&bytes) {
                Ok(story) => {
                    fine += 1;
                    is_true(&story, &kept, place);
                }
                Err(error) => {
                    told += 1;
                    assert!(!error.to_string().is_empty());
                }
            }
        }
    }
    assert!(told > 50 && fine > 50, "told {told}, harmless {fine}");
}

#[test]
fn a_file_cut_short_or_filled_with_zeros_never_tells_another_story() {
    let folder = tempfile::tempdir().unwrap();
    let kept = filled(&folder);
    let good = fs::read(folder.path().join(FILE)).unwrap();
    for length in (1..good.len()).step_by(1361) {
        let mut zeros = good[..length].to_vec();
        zeros.resize(good.len(), 0);
        for bytes in [&good[..length], &zeros[..]] {
            match read(bytes) {
                Ok(story) => is_true(&story, &kept, length),
                Err(error) => assert!(
                    matches!(
                        error,
                        StoreError::Damaged { .. } | StoreError::Foreign { .. }
                    ),
                    "cut at {length}: {error}"
                ),
            }
        }
    }
}

#[test]
fn a_copy_is_made_when_something_was_done_since() {
    let folder = tempfile::tempdir().unwrap();
    filled(&folder);
    let mut workspace = opened(&folder);
    assert!(workspace.keep_copy().unwrap(), "there was none");
    workspace.copied().unwrap();
    assert!(!workspace.keep_copy().unwrap(), "nothing was done since");
    workspace.append_operation(&staged(9)).unwrap();
    assert!(workspace.keep_copy().unwrap());
    workspace.copied().unwrap();
    drop(workspace);
    let file = folder.path().join(FILE);
    fs::write(&file, []).unwrap();
    let said = Workspace::open(folder.path(), &me()).unwrap_err();
    assert!(
        said.to_string()
            .contains("it is empty, and its copy is not"),
        "{said}"
    );
    assert!(
        said.hint().contains("with 9 steps and 1 run, to go on"),
        "{}",
        said.hint()
    );
    assert!(fs::read(&file).unwrap().is_empty(), "it is left as it is");
}

#[test]
fn work_goes_on_while_the_copy_is_made_and_closing_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    filled(&folder);
    let mut workspace = opened(&folder);
    assert!(workspace.keep_copy().unwrap());
    workspace.append_operation(&staged(9)).unwrap();
    drop(workspace);
    let fresh = tempfile::tempdir().unwrap();
    let copy = folder.path().join("workspace.copy.sqlite");
    fs::copy(copy, fresh.path().join(FILE)).unwrap();
    let steps = story(&opened(&fresh)).unwrap().operations.len();
    assert!((8..=9).contains(&steps), "{steps}");
}

#[test]
fn a_damaged_file_never_takes_the_place_of_a_good_copy() {
    let folder = tempfile::tempdir().unwrap();
    filled(&folder);
    let mut workspace = opened(&folder);
    assert!(workspace.keep_copy().unwrap());
    workspace.copied().unwrap();
    let copy = folder.path().join("workspace.copy.sqlite");
    let good = fs::read(&copy).unwrap();
    workspace.append_operation(&staged(9)).unwrap();
    drop(workspace);
    let file = folder.path().join(FILE);
    let bytes = fs::read(&file).unwrap();
    let mut told = 0;
    for page in (4096..bytes.len()).step_by(4096) {
        let mut damaged = bytes.clone();
        damaged[page..page + 4096].fill(0x5a);
        fs::write(&file, damaged).unwrap();
        let kept = Workspace::open(folder.path(), &me()).and_then(|mut workspace| {
            story(&workspace)?;
            workspace.keep_copy()?;
            workspace.copied()
        });
        if kept.is_err() {
            told += 1;
            assert_eq!(fs::read(&copy).unwrap(), good, "page at {page}");
        } else {
            // An unused page was hit: then the copy is new and good.
            let fresh = tempfile::tempdir().unwrap();
            fs::copy(&copy, fresh.path().join(FILE)).unwrap();
            assert_eq!(story(&opened(&fresh)).unwrap().operations.len(), 9);
            fs::write(&copy, &good).unwrap();
        }
    }
    assert!(told > 3);
}

#[test]
fn the_file_of_another_library_is_refused_before_anything_of_it_is_shown() {
    let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let libraries = ["atlan at one.example", "atlan at two.example"];
    for (folder, library) in folders.iter().zip(libraries) {
        let mut workspace = opened(folder);
        workspace.belongs_to(library).unwrap();
        workspace.allocate_rows(&ids(&["a", "b"])).unwrap();
        workspace.append_operation(&staged(1)).unwrap();
    }
    let files = folders.each_ref().map(|folder| folder.path().join(FILE));
    let first = fs::read(&files[0]).unwrap();
    fs::copy(&files[1], &files[0]).unwrap();
    fs::write(&files[1], first).unwrap();
    for (folder, library) in folders.iter().zip(libraries) {
        let error = opened(folder).belongs_to(library).unwrap_err();
        let said = error.failure("can't open the workspace").sentence();
        assert!(
            said.contains("belongs to atlan at") && said.contains(library),
            "{said}"
        );
        assert!(
            said.contains("put the address of the profile back"),
            "{said}"
        );
    }
}

#[test]
fn a_lock_left_by_a_program_that_is_gone_is_taken_over_whatever_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut lives = me();
    lives.pid = std::process::id();
    for text in [
        serde_json::to_string(&me()).unwrap(),
        serde_json::to_string(&lives).unwrap(),
        "{\"pid\":47".to_owned(),
        String::new(),
    ] {
        // The system's lock went with its holder; the words alone prove nothing.
        fs::write(folder.path().join("lock"), text).unwrap();
        let mut workspace = opened(&folder);
        assert_eq!(workspace.access(), &Access::Writing);
        workspace.set_setting("view", "1").unwrap();
        let second = Workspace::open(folder.path(), &me()).unwrap();
        let why = second.access().refusal().unwrap().to_owned();
        assert!(why.contains("akim, pid 4711 on shelf, since "), "{why}");
    }
}

#[test]
fn what_the_last_operations_were_is_missed_when_they_are_gone() {
    let folder = tempfile::tempdir().unwrap();
    filled(&folder);
    let workspace = opened(&folder);
    let sql = "DELETE FROM operations WHERE seq = 8";
    workspace.connection.execute(sql, []).unwrap();
    let error = workspace.operations().unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the last operations are missing")
    );
}

#[test]
fn the_end_of_a_run_is_placed_in_the_order_of_operations() {
    let folder = tempfile::tempdir().unwrap();
    filled(&folder);
    let workspace = opened(&folder);
    let run = RunId::numbered(1);
    assert_eq!(workspace.ended_after(&run).unwrap(), Some(OperationId(8)));
    assert_eq!(workspace.ended_after(&RunId::numbered(2)).unwrap(), None);
}
