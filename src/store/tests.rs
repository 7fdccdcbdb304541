//! What a workspace keeps, for whom, and what it says when it can't.

use roaring::RoaringBitmap;
use tempfile::TempDir;

use super::*;
use crate::domain::{
    Asset, AssetId, Edit, FieldEdit, Item, Operation, OperationId, Outcome, Run, RunId, Stamp,
    Step, Value,
    draft::{Base, Pin},
    oplog::Deed,
    run::{CallNote, RunState, ServerCounts, Settlement},
};

pub(super) fn me() -> Holder {
    Holder {
        pid: 4711,
        host: "shelf".into(),
        user: "akim".into(),
        started_ms: 1_790_000_000_000,
        program: "armarius".into(),
    }
}

pub(super) fn opened(folder: &TempDir) -> Workspace {
    Workspace::open(folder.path(), &me()).unwrap()
}

pub(super) fn ids(names: &[&str]) -> Vec<AssetId> {
    names.iter().map(|name| AssetId::new(*name)).collect()
}

/// `set Rights "Acme"` on rows 0 and 1.
pub(super) fn staged(number: u64) -> Operation {
    let rows = RoaringBitmap::from_iter([0, 1]);
    let edit = FieldEdit {
        field: "Rights".into(),
        edit: Edit::Set(Value::text(format!("Acme {number}"))),
        base: Base::from(vec![Pin {
            value: Value::Absent,
            rows: rows.clone(),
        }]),
        rows,
    };
    Operation {
        id: OperationId(number),
        stamp: Stamp {
            at_ms: 5,
            by: "akim".into(),
        },
        label: format!("set Rights on 2, {number}"),
        deed: Deed::Stage(Step {
            edits: vec![edit.into()],
            reverts: None,
        }),
    }
}

pub(super) fn asset(id: &str, rights: &str) -> Asset {
    Asset {
        id: id.into(),
        name: format!("name of {id}"),
        kind: "Image".into(),
        fields: vec![
            ("Rights".into(), Value::text(rights)),
            ("Keywords".into(), Value::list(["outer", "wear"])),
        ],
        locked: (id == "locked").then(|| "no write access".to_owned()),
    }
}

pub(super) fn run(items: u32) -> Run {
    let item = |row: u32| Item {
        row,
        asset: AssetId::new(format!("a{row}")),
        name: format!("PNT_{row}"),
        kind: "Image".into(),
        field: "Rights".into(),
        value_kind: crate::domain::FieldKind::Text,
        before: Value::Absent,
        wanted: Value::text("Acme"),
        delta: None,
        facts: Vec::new(),
    };
    Run {
        id: RunId::numbered(1),
        label: "rights".into(),
        author: "akim".into(),
        profile: "gallery".into(),
        started_ms: 7,
        finished_ms: None,
        digest: "d1".into(),
        state: RunState::Running,
        items: (0..items).map(item).collect(),
        settled: vec![None; items as usize],
        calls: vec![call(1, 0)],
        counts: ServerCounts::default(),
        counted: false,
        reverts: Vec::new(),
        rules: crate::domain::run::RunRules::default(),
    }
}

pub(super) fn call(number: u32, noted_ms: i64) -> CallNote {
    CallNote {
        number,
        operation: "batchSetAssetMetadata".into(),
        items: vec![0, 1],
        noted_ms,
        took_ms: None,
        counts: None,
        trace: String::new(),
        found: Vec::new(),
    }
}

pub(super) fn settlement(item: u32, outcome: Outcome) -> Settlement {
    Settlement {
        item,
        outcome,
        code: String::new(),
        reason: String::new(),
        meaning: String::new(),
        server: Some(Value::text("Acme")),
        call: 1,
    }
}

#[test]
fn what_was_staged_marked_and_arranged_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = opened(&folder);
    workspace.allocate_rows(&ids(&["a", "b"])).unwrap();
    workspace.append_operation(&staged(1)).unwrap();
    workspace.append_operation(&staged(2)).unwrap();
    workspace
        .save_marks(&RoaringBitmap::from_iter([0]))
        .unwrap();
    workspace
        .save_marks(&RoaringBitmap::from_iter([0, 1]))
        .unwrap();
    workspace.set_setting("columns", "[\"name\"]").unwrap();
    workspace
        .set_setting("columns", "[\"name\",\"Rights\"]")
        .unwrap();
    drop(workspace);

    let workspace = opened(&folder);
    assert_eq!(workspace.operations().unwrap(), [staged(1), staged(2)]);
    assert_eq!(workspace.rows().unwrap(), ids(&["a", "b"]));
    let marks = workspace.load_marks().unwrap();
    assert_eq!(
        marks,
        [
            RoaringBitmap::from_iter([0, 1]),
            RoaringBitmap::from_iter([0])
        ]
    );
    assert_eq!(
        workspace.setting("columns").unwrap().unwrap(),
        "[\"name\",\"Rights\"]"
    );
    assert_eq!(workspace.setting("sort").unwrap(), None);
}

#[test]
fn an_asset_keeps_its_row_whenever_it_comes_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = opened(&folder);
    workspace.allocate_rows(&ids(&["a", "b", "a"])).unwrap();
    assert_eq!(workspace.rows().unwrap(), ids(&["a", "b"]));
    workspace.allocate_rows(&ids(&["b"])).unwrap();
    drop(workspace);
    let mut workspace = opened(&folder);
    workspace.allocate_rows(&ids(&["c", "b"])).unwrap();
    assert_eq!(workspace.rows().unwrap(), ids(&["a", "b", "c"]));
}

#[test]
fn an_operation_that_skips_a_place_or_names_an_unkept_row_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = opened(&folder);
    let unkept = workspace.append_operation(&staged(1)).unwrap_err();
    assert_eq!(
        unkept.to_string(),
        "operation 1 does not fit the log: row 1 is not kept"
    );
    workspace.allocate_rows(&ids(&["a", "b"])).unwrap();
    let skipped = workspace.append_operation(&staged(2)).unwrap_err();
    assert_eq!(
        skipped.to_string(),
        "operation 2 does not fit the log: the next one is 1"
    );
    assert_eq!(workspace.operations().unwrap(), []);
}

#[test]
fn only_the_last_sets_of_marks_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = opened(&folder);
    for row in 0..30 {
        workspace
            .save_marks(&RoaringBitmap::from_iter([row]))
            .unwrap();
    }
    let marks = workspace.load_marks().unwrap();
    assert_eq!(
        (marks.len(), marks[0].min(), marks[20].min()),
        (21, Some(29), Some(9))
    );
}

#[test]
fn a_run_is_found_again_with_every_note_and_outcome() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = opened(&folder);
    assert_eq!(workspace.next_run_id().unwrap(), RunId::numbered(1));
    let mut sent = run(1300);
    workspace.begin_run(&sent).unwrap();
    assert_eq!(
        workspace.begin_run(&sent),
        Err(StoreError::RunExists(sent.id.clone()))
    );
    workspace.note_call(&sent.id, &call(1, 9)).unwrap();
    workspace
        .settle(
            &sent.id,
            &[
                settlement(0, Outcome::Unknown),
                settlement(1, Outcome::Applied),
            ],
        )
        .unwrap();
    workspace
        .settle(&sent.id, &[settlement(0, Outcome::Warned)])
        .unwrap();
    let counts = ServerCounts {
        success: 1,
        warning: 1,
        error: 0,
    };
    let answered = CallNote {
        took_ms: Some(80),
        counts: Some(counts),
        ..call(1, 9)
    };
    workspace.note_call(&sent.id, &answered).unwrap();
    workspace
        .set_run_state(&sent.id, RunState::Stopped, 99)
        .unwrap();

    (sent.state, sent.finished_ms, sent.calls) = (RunState::Stopped, Some(99), vec![answered]);
    (sent.counts, sent.counted) = (counts, true);
    sent.settle(settlement(0, Outcome::Warned));
    sent.settle(settlement(1, Outcome::Applied));
    assert_eq!(workspace.load_run(&sent.id).unwrap(), sent);
    let summary = workspace.runs().unwrap().pop().unwrap();
    assert_eq!((summary.items, summary.tally), (1300, sent.tally()));
    assert_eq!(workspace.last_run().unwrap(), Some(sent.id));
    assert_eq!(workspace.next_run_id().unwrap(), RunId::numbered(2));
    let nobody = RunId::numbered(7);
    assert_eq!(
        workspace.note_call(&nobody, &call(1, 1)),
        Err(StoreError::NoRun(nobody.clone()))
    );
}

#[test]
fn a_run_the_program_left_in_the_middle_is_interrupted_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    opened(&folder).begin_run(&run(2)).unwrap();
    let workspace = opened(&folder);
    assert_eq!(
        workspace.load_run(&RunId::numbered(1)).unwrap().state,
        RunState::Interrupted
    );
}

#[test]
fn a_second_program_reads_and_says_who_writes() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = opened(&folder);
    first.allocate_rows(&ids(&["a", "b"])).unwrap();
    first.begin_run(&run(2)).unwrap();
    let other = Holder {
        pid: 1,
        user: "mira".into(),
        ..me()
    };
    let mut second = Workspace::open(folder.path(), &other).unwrap();

    let why = second.access().refusal().unwrap().to_owned();
    assert!(why.starts_with("akim, pid 4711 on shelf, since "), "{why}");
    assert!(why.ends_with("has the workspace open"), "{why}");
    let Access::Reading {
        holder: Some(holder),
        ..
    } = second.access()
    else {
        panic!()
    };
    assert_eq!(*holder, me());
    let refused = second.append_operation(&staged(1)).unwrap_err();
    assert_eq!(refused, StoreError::ReadOnly(why));
    assert!(second.save_assets(&[asset("a", "x")], None).is_err());

    first.append_operation(&staged(1)).unwrap();
    assert_eq!(
        second.operations().unwrap(),
        [staged(1)],
        "it sees what the first one does"
    );
    assert_eq!(
        second.runs().unwrap()[0].state,
        RunState::Running,
        "and interrupts nothing"
    );

    drop((first, second));
    assert_eq!(
        *opened(&folder).access(),
        Access::Writing,
        "the lock went with its holder"
    );
}

#[test]
fn a_listing_comes_back_as_it_was_and_later_readings_win() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = opened(&folder);
    workspace.begin_listing().unwrap();
    workspace
        .save_assets(&[asset("a", "Acme"), asset("locked", "Acme")], Some(3))
        .unwrap();
    workspace.save_assets(&[asset("b", "")], Some(3)).unwrap();
    workspace.finish_listing(77).unwrap();
    workspace
        .save_assets(&[asset("a", "Studio")], None)
        .unwrap();
    drop(workspace);

    let (cached, assets) = cached(&opened(&folder));
    assert_eq!(
        cached,
        Some(CachedListing {
            total: 3,
            as_of_ms: Some(77)
        })
    );
    let wanted = [
        asset("a", "Acme"),
        asset("locked", "Acme"),
        asset("b", ""),
        asset("a", "Studio"),
    ];
    assert_eq!(assets, wanted);
}

#[test]
fn a_listing_that_broke_off_takes_nothing_away_and_a_complete_one_replaces_all() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = opened(&folder);
    workspace.begin_listing().unwrap();
    workspace
        .save_assets(&[asset("a", "1"), asset("gone", "1")], Some(2))
        .unwrap();
    workspace.finish_listing(77).unwrap();
    workspace.begin_listing().unwrap();
    workspace.save_assets(&[asset("a", "2")], Some(1)).unwrap();
    drop(workspace);

    let mut workspace = opened(&folder);
    let (told, assets) = cached(&workspace);
    assert_eq!(told.unwrap().as_of_ms, Some(77));
    assert_eq!(
        assets,
        [asset("a", "1"), asset("gone", "1"), asset("a", "2")]
    );

    workspace.begin_listing().unwrap();
    workspace.save_assets(&[asset("a", "3")], Some(1)).unwrap();
    workspace.finish_listing(88).unwrap();
    let (told, assets) = cached(&workspace);
    assert_eq!(
        told,
        Some(CachedListing {
            total: 1,
            as_of_ms: Some(88)
        })
    );
    assert_eq!(assets, [asset("a", "3")]);
}

pub(super) fn cached(workspace: &Workspace) -> (Option<CachedListing>, Vec<Asset>) {
    let mut assets = Vec::new();
    let columns = workspace.kept_columns().unwrap();
    let take = |kept| match kept {
        Kept::Came(page) => assets.extend(page),
        Kept::Gone(ids) => assets.retain(|asset| !ids.contains(&asset.id)),
        Kept::Agreed(at_ms) => panic!("as of {at_ms} is told with the listing"),
    };
    let told = workspace.load_assets(columns.as_ref(), take).unwrap();
    (told, assets)
}
