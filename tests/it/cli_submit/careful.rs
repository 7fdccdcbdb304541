//! `submit` with care: dry runs, canaries, stop rules and waits that are told.

use serde_json::json;

use super::{STAGE_SS26, counts, submit};
use crate::support::{BOTH, Desk, Library};

#[test]
fn a_dry_run_sends_nothing_and_says_what_would_become_of_every_change() {
    for (mine, theirs) in [("soap", "rest"), ("rest", "soap")] {
        let library = Library::made_up(60);
        let desk = Desk::for_library(&library);
        desk.on(mine, &STAGE_SS26).ends(0);
        let well = desk.on(mine, &["submit", "--dry-run"]).ends(0);
        well.shows("3  would be sent").shows("nothing was sent");
        let other = ["stage", "--query", "TEE_0000011", "--set", "Title=Theirs"];
        desk.on(theirs, &other).ends(0);
        submit(&desk, theirs).ends(0);
        let words = ["submit", "--dry-run", "--format", "json"];
        let told = desk.on(mine, &words).ends(2).json();
        assert_eq!(told["sent"], 0);
        assert_eq!(told["counts"], json!({"would be sent": 2, "conflict": 1}));
        assert_eq!(told["rights_asked"], mine == "rest");
        let conflict = told["items"].as_array().unwrap().iter();
        let conflict = conflict.clone().find(|item| item["would"] == "conflict");
        assert_eq!(conflict.unwrap()["now"], "Theirs");
        assert_eq!(library.writes().len(), 1, "only theirs was written");
    }
}

#[test]
fn a_tenant_that_would_not_allow_it_says_so_before_anything_is_sent() {
    let library = Library::misbehaving(60, "refuse-folder=SS26");
    let desk = Desk::for_library(&library);
    desk.on("rest", &STAGE_SS26).ends(0);
    let told = desk.on("rest", &["submit", "--dry-run"]).ends(2);
    told.shows("3  not allowed").shows("ATLAS-403-00-001");
    desk.on("soap", &STAGE_SS26).ends(0);
    let told = desk.on("soap", &["submit", "--dry-run"]).ends(0);
    told.shows("rights: not asked about: the protocol has no way");
    assert!(library.writes().is_empty());
}

#[test]
fn a_canary_that_asks_waits_and_resume_sends_the_rest() {
    for profile in BOTH {
        let library = Library::made_up(60);
        let desk = Desk::with(&library, "canary = 1\ncanary_then = \"ask\"");
        desk.on(profile, &STAGE_SS26).ends(0);
        let told = submit(&desk, profile).ends(3);
        told.says("canary: the first asset was sent and read back: 1 applied");
        assert_eq!(library.writes().len(), 1);
        let told = desk
            .on(profile, &["resume", "--format", "json"])
            .ends(0)
            .json();
        assert_eq!(counts(&told), [("applied", 3)]);
        assert_eq!(library.writes().len(), 3);
    }
}

#[test]
fn a_run_stops_by_the_rule_of_its_command_line() {
    let library = Library::misbehaving(60, "refuse-folder=AW26");
    let desk = Desk::with(&library, "batch_size = 1\nconcurrency = 1");
    let words = [
        "stage",
        "--query",
        "name:~^(TEE|PNT)",
        "--set",
        "Title=Mine",
    ];
    desk.run(&words).ends(0);
    let words = ["submit", "--yes", "--stop-after", "1", "--format", "json"];
    let told = desk.run(&words).ends(3).json();
    assert_eq!(told["state"], "stopped");
    assert_eq!(told["counts"]["refused"], 1);
    assert!(told["counts"]["skipped"].as_u64().unwrap() > 0);
    let wrong = desk
        .run(&["submit", "--yes", "--stop-after", "soon"])
        .ends(1);
    wrong.says("`stop_after` wants `10`, `20%`, `10 or 20%` or `never`");
}

#[test]
fn a_wait_is_told_while_it_lasts() {
    let library = Library::misbehaving(60, "throttle=nth:1:op:batchSetAssetMetadata:retry-after=3");
    let desk = Desk::for_library(&library);
    desk.run(&STAGE_SS26).ends(0);
    let ran = desk.run(&["submit", "--yes"]).ends(0);
    ran.says("waiting 3 s: the endpoint asks to slow down");
}
