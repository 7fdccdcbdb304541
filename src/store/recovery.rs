//! What is left after a crash, on a full disk, and on a damaged one.

use std::{fs, path::Path};

use super::{tests::*, *};
use crate::domain::{OperationId, Outcome, run::RunState};

/// What the disk holds at this moment, as after `kill -9`: a copy without closing anything.
fn crashed(folder: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        // The index of the log lies in shared memory and is made anew.
        if !entry.file_name().to_string_lossy().ends_with("-shm") {
            fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
        }
    }
    copy
}

#[test]
fn whatever_was_acknowledged_is_there_after_a_crash_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = opened(&folder);
    workspace.allocate_rows(&ids(&["a", "b"])).unwrap();
    for number in 1..=10 {
        workspace.append_operation(&staged(number)).unwrap();
        let after = crashed(folder.path());
        let log = opened(&after).operations().unwrap();
        assert_eq!(log.len() as u64, number);
        assert_eq!(log.last(), Some(&staged(number)));
    }
    let sent = run(2);
    workspace.begin_run(&sent).unwrap();
    workspace.note_call(&sent.id, &call(1, 9)).unwrap();
    let noted = opened(&crashed(folder.path())).load_run(&sent.id).unwrap();
    assert_eq!(
        (noted.state, noted.calls[0].noted_ms),
        (RunState::Interrupted, 9)
    );
    assert_eq!(noted.open().collect::<Vec<_>>(), [0, 1]);
    workspace
        .settle(&sent.id, &[settlement(1, Outcome::Applied)])
        .unwrap();
    let settled = opened(&crashed(folder.path())).load_run(&sent.id).unwrap();
    assert_eq!(settled.open().collect::<Vec<_>>(), [0]);
}

#[test]
fn a_log_cut_at_any_length_reads_as_an_earlier_moment_never_as_another_story() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = opened(&folder);
    workspace.allocate_rows(&ids(&["a", "b"])).unwrap();
    for number in 1..=6 {
        workspace.append_operation(&staged(number)).unwrap();
    }
    let whole = fs::metadata(folder.path().join("workspace.sqlite-wal"))
        .unwrap()
        .len();
    let mut seen = Vec::new();
    for cut in (0..=whole).rev().step_by(1511) {
        let after = crashed(folder.path());
        let log = after.path().join("workspace.sqlite-wal");
        fs::OpenOptions::new()
            .write(true)
            .open(log)
            .unwrap()
            .set_len(cut)
            .unwrap();
        let workspace = opened(&after);
        let operations = workspace.operations().unwrap();
        let story: Vec<_> = (1..=operations.len() as u64).map(staged).collect();
        assert_eq!(operations, story, "cut at {cut} of {whole}");
        assert!(operations.is_empty() || workspace.rows().unwrap().len() == 2);
        seen.push(operations.len());
    }
    assert_eq!(
        seen.first(),
        Some(&6),
        "nothing is lost while the log is whole"
    );
    assert_eq!(seen.last(), Some(&0));
    assert!(seen.is_sorted_by(|left, right| left >= right));
}

#[test]
fn a_full_disk_refuses_the_step_whole_and_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = opened(&folder);
    workspace.allocate_rows(&ids(&["a", "b"])).unwrap();
    workspace.append_operation(&staged(1)).unwrap();
    let limit = |workspace: &Workspace, pages: u32| {
        workspace
            .connection
            .pragma_update(None, "max_page_count", pages)
            .unwrap();
    };
    limit(&workspace, 1);
    let mut big = staged(2);
    big.label = "x".repeat(200_000);
    let full = workspace.append_operation(&big).unwrap_err();
    assert!(matches!(full, StoreError::Full { .. }), "{full}");
    assert!(
        full.failure("could not keep the step")
            .sentence()
            .contains("make room")
    );
    let many: Vec<_> = (0..5000).map(|row| format!("asset {row}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    assert!(matches!(
        workspace.allocate_rows(&ids(&many)),
        Err(StoreError::Full { .. })
    ));
    assert!(workspace.begin_run(&run(20_000)).is_err());
    assert_eq!(workspace.operations().unwrap(), [staged(1)]);
    assert_eq!(workspace.rows().unwrap().len(), 2, "nothing half");
    assert_eq!(workspace.runs().unwrap(), []);

    limit(&workspace, 1_000_000);
    workspace.append_operation(&big).unwrap();
    assert_eq!(
        opened(&crashed(folder.path())).operations().unwrap().len(),
        2
    );
}

#[test]
fn a_file_that_is_no_workspace_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("workspace.sqlite");
    fs::write(&path, "my shopping list, rather long: ".repeat(200)).unwrap();
    let before = fs::read(&path).unwrap();
    let error = Workspace::open(folder.path(), &me()).unwrap_err();
    assert_eq!(error, StoreError::Foreign { path: path.clone() });
    assert!(error.hint().contains("--data-dir"));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_flipped_byte_is_told_or_harmless_but_never_another_edit() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = opened(&folder);
    workspace.allocate_rows(&ids(&["a", "b"])).unwrap();
    for number in 1..=3 {
        workspace.append_operation(&staged(number)).unwrap();
    }
    drop(workspace);
    let good = fs::read(folder.path().join("workspace.sqlite")).unwrap();
    let (mut told, mut fine) = (0, 0);
    for place in (0..good.len()).step_by(211) {
        let damaged = tempfile::tempdir().unwrap();
        let mut bytes = good.clone();
        bytes[place] ^= 0x15;
        fs::write(damaged.path().join("workspace.sqlite"), bytes).unwrap();
        let read = Workspace::open(damaged.path(), &me())
            .and_then(|workspace| Ok((workspace.operations()?, workspace.rows()?)));
        match read {
            Ok((operations, rows)) => {
                fine += 1;
                assert_eq!(operations, [1, 2, 3].map(staged), "byte {place}");
                assert_eq!(rows, ids(&["a", "b"]), "byte {place}");
            }
            Err(_) => told += 1,
        }
    }
    assert!(told > 0 && fine > 0, "told {told}, harmless {fine}");
}

#[test]
fn a_damaged_record_names_the_file_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = opened(&folder);
    workspace.allocate_rows(&ids(&["a", "b"])).unwrap();
    workspace.append_operation(&staged(1)).unwrap();
    let sql = "UPDATE operations SET body = replace(body, 'Acme', 'Emca')";
    workspace.connection.execute(sql, []).unwrap();
    let error = workspace.operations().unwrap_err();
    let said = error.failure("could not read the draft").sentence();
    assert!(said.contains("workspace.sqlite is damaged"), "{said}");
    assert!(
        said.contains("nothing was changed; restore a copy"),
        "{said}"
    );
}

#[test]
fn a_damaged_or_deleted_listing_costs_a_listing_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("listing.sqlite");
    let mut workspace = opened(&folder);
    workspace.allocate_rows(&ids(&["a", "b"])).unwrap();
    workspace.append_operation(&staged(1)).unwrap();
    workspace.begin_listing().unwrap();
    workspace.save_assets(&[asset("a", "x")], Some(1)).unwrap();
    workspace.finish_listing(1).unwrap();
    drop(workspace);

    fs::write(&cache, "no database".repeat(500)).unwrap();
    let workspace = opened(&folder);
    assert!(workspace.is_cache_renewed());
    assert_eq!(cached(&workspace), (None, vec![]));
    assert_eq!(workspace.operations().unwrap()[0].id, OperationId(1));
    drop(workspace);

    fs::remove_file(&cache).unwrap();
    let mut workspace = opened(&folder);
    assert!(!workspace.is_cache_renewed());
    workspace.begin_listing().unwrap();
    workspace.save_assets(&[asset("a", "x")], Some(1)).unwrap();
    workspace.cache_sql("UPDATE pages SET body = x'00'");
    assert!(matches!(
        workspace.load_assets(None, drop),
        Err(StoreError::Damaged { .. })
    ));
    workspace.renew_cache().unwrap();
    assert_eq!(cached(&workspace), (None, vec![]));
}

#[test]
fn a_workspace_that_cant_be_locked_is_shown_but_not_edited() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = opened(&folder);
    workspace.allocate_rows(&ids(&["a", "b"])).unwrap();
    workspace.append_operation(&staged(1)).unwrap();
    drop(workspace);
    fs::remove_file(folder.path().join("lock")).unwrap();
    fs::create_dir(folder.path().join("lock")).unwrap();
    let mut workspace = opened(&folder);
    let why = workspace.access().refusal().unwrap().to_owned();
    assert!(why.contains("can't be written"), "{why}");
    assert!(matches!(
        workspace.append_operation(&staged(2)),
        Err(StoreError::ReadOnly(_))
    ));
    assert_eq!(workspace.operations().unwrap(), [staged(1)]);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cant_be_written_is_shown_but_not_edited() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = opened(&folder);
    workspace.allocate_rows(&ids(&["a", "b"])).unwrap();
    workspace.append_operation(&staged(1)).unwrap();
    drop(workspace);
    let locked = |mode, file_mode| {
        for entry in fs::read_dir(folder.path()).unwrap() {
            let path = entry.unwrap().path();
            fs::set_permissions(path, fs::Permissions::from_mode(file_mode)).unwrap();
        }
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
    };
    locked(0o500, 0o400);
    // An administrator may write anywhere; then there is nothing to show here.
    let may_write = fs::write(folder.path().join("probe"), "").is_ok();
    let mut workspace = opened(&folder);
    if !may_write {
        let why = workspace.access().refusal().unwrap().to_owned();
        assert!(why.contains("can't be written"), "{why}");
        assert!(workspace.append_operation(&staged(2)).is_err());
    }
    assert_eq!(workspace.operations().unwrap(), [staged(1)]);
    locked(0o700, 0o600);
}
