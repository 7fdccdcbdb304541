//! What became of a run and what is done about it, without a screen.

use std::fs;

use serde_json::Value as Json;

use crate::support::{BOTH, Desk, Library};

/// A desk where a run wrote one change and was refused another: `SWT_0000021_BACK` lies in a
/// folder nobody may write to.
fn after_a_run(library: &Library, profile: &str) -> Desk {
    let desk = Desk::for_library(library);
    let query = "name:~^(SWT|JKT).*00(21|40)_";
    let words = ["stage", "--query", query, "--set", "Title==SUM(1)"];
    desk.on(profile, &words).ends(0);
    desk.on(profile, &["submit", "--yes"])
        .ends(3)
        .says("report written: ");
    desk
}

fn refusing() -> Library {
    Library::misbehaving(60, "refuse-folder=AW26")
}

/// The name of the one asset that was refused.
fn refused(desk: &Desk, profile: &str) -> String {
    let told = desk
        .on(profile, &["results", "--format", "json"])
        .ends(3)
        .json();
    let items = told["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{told}");
    items[0]["name"].as_str().unwrap().to_owned()
}

#[test]
fn results_tell_each_problem_with_its_reason_and_what_to_do() {
    for profile in BOTH {
        let library = refusing();
        let desk = after_a_run(&library, profile);
        let told = desk.on(profile, &["results"]).ends(3);
        let told = told
            .shows("R-0001: PARTLY DONE   1 applied, 0 skipped, 0 warned, 0 conflict")
            .shows("of 2 changes")
            .shows("wanted =SUM(1) | before ")
            .shows("retry-safe yes, nothing was written | next this user may not change it");
        let told = told.says("1 of 2 changes shown");
        assert_eq!(told.out.matches("\nE ").count(), 1, "{}", told.out);
        let all = desk.on(profile, &["results", "--all", "--format", "csv"]);
        assert_eq!(all.ends(3).out.lines().count(), 3);
        let json = desk.on(
            profile,
            &[
                "results",
                "R-0001",
                "--outcome",
                "refused",
                "--format",
                "json",
            ],
        );
        let json = json.ends(3).json();
        assert_eq!(json["headline"], "PARTLY DONE");
        assert_eq!(json["items"][0]["retry_safe"], "yes");
        assert!(json["items"][0]["sent"].as_str().unwrap().contains('T'));
        for (words, shown) in [
            (["--field", "title"], 1),
            (["--field", "Rights"], 0),
            (["--reason", "no such reason"], 0),
            (["--asset", "nobody"], 0),
        ] {
            let mut all = vec!["results", "--format", "json"];
            all.extend(words);
            let told = desk.on(profile, &all).ends(3).json();
            let items = told["items"].as_array().unwrap().len();
            assert_eq!(items, shown, "{words:?}");
            let counts: u64 = told["counts"]
                .as_object()
                .unwrap()
                .values()
                .filter_map(Json::as_u64)
                .sum();
            assert_eq!(counts, 2, "counts are of the whole run");
        }
    }
}

#[test]
fn every_run_leaves_its_reports_and_never_writes_over_an_edited_one() {
    let library = refusing();
    let desk = after_a_run(&library, "soap");
    let folder = desk.folder().join("data/soap/reports");
    let names = |folder: &std::path::Path| {
        let files = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let all = ["R-0001.csv", "R-0001.json", "R-0001.md"];
    assert_eq!(names(&folder), all);
    let csv = fs::read_to_string(folder.join("R-0001.csv")).unwrap();
    assert_eq!(csv.lines().count(), 3, "{csv}");
    assert!(csv.contains(",'=SUM(1),"), "no spreadsheet runs it: {csv}");
    fs::write(folder.join("R-0001.csv"), "my remarks").unwrap();
    desk.run(&["read-back"]).ends(3);
    assert_eq!(
        names(&folder),
        ["R-0001-2.csv", "R-0001.csv", "R-0001.json", "R-0001.md"]
    );
    let kept = fs::read_to_string(folder.join("R-0001.csv")).unwrap();
    assert_eq!(kept, "my remarks");
}

#[test]
fn reports_are_off_where_the_profile_says_so_and_a_full_folder_fails_no_run() {
    let library = Library::made_up(60);
    let stage = ["stage", "--query", "season:SS26", "--set", "Title=Mine"];
    let desk = Desk::with(&library, "reports = \"off\"");
    desk.run(&stage).ends(0);
    let ran = desk.run(&["submit", "--yes"]).ends(0);
    assert!(!ran.said.contains("report written"), "{}", ran.said);
    assert!(!desk.folder().join("data/soap/reports").exists());

    let desk = Desk::with(&library, "reports_dir = \"../../taken\"");
    desk.file("taken", "a file where the folder should be");
    let words = ["stage", "--query", "season:SS26", "--set", "Title=Ours"];
    desk.run(&words).ends(0);
    desk.run(&["submit", "--yes"])
        .ends(0)
        .says("could not write the report: ");
}

#[test]
fn a_report_goes_to_a_new_file_and_never_over_one_that_is_there() {
    let library = refusing();
    let desk = after_a_run(&library, "soap");
    let words = ["report", "--format", "md", "--to", "out.md"];
    desk.run(&words).ends(0).answers_nothing().says("out.md");
    let written = fs::read_to_string(desk.folder().join("out.md")).unwrap();
    assert!(written.starts_with("# R-0001: "), "{written}");
    desk.run(&words).ends(1).says("stays as it is");
    desk.run(&["report", "--guard-formulas"])
        .ends(0)
        .shows(",'=SUM(1),");
    desk.run(&["report"]).ends(0).shows(",'=SUM(1),");
}

#[test]
fn what_is_handed_over_is_a_table_and_a_note_for_somebody_else() {
    let library = refusing();
    let desk = after_a_run(&library, "soap");
    let name = refused(&desk, "soap");
    let words = [
        "handover",
        "--to",
        "legal.tsv",
        "--note",
        "please | set these",
    ];
    let told = desk.run(&words).ends(0).says("handed over 1 change");
    assert_eq!(told.out.lines().count(), 2, "{}", told.out);
    let table = fs::read_to_string(desk.folder().join("legal.tsv")).unwrap();
    let lines: Vec<&str> = table.lines().collect();
    let head = "asset id\tname\tfield\tbefore\twanted\tserver has\tcode\treason\tnext step";
    assert_eq!((lines[0], lines.len()), (head, 2));
    assert!(lines[1].contains(&format!("\t{name}\tTitle\t")), "{table}");
    assert!(lines[1].ends_with("this user may not change it; hand it over, or drop it"));
    let note = fs::read_to_string(desk.folder().join("legal.md")).unwrap();
    assert!(note.contains("> please \\| set these"), "{note}");
    assert!(note.contains("legal.tsv"), "{note}");
    desk.run(&words).ends(1).says("stays as it is");
    desk.run(&["handover"]).ends(0).shows("R-0001-handover.tsv");
    desk.run(&["handover", "--field", "Rights"])
        .ends(1)
        .says("no change of R-0001 is to be handed over");
}

#[test]
fn failed_changes_are_dropped_and_undo_is_one_step_of_the_draft() {
    let library = refusing();
    let desk = after_a_run(&library, "soap");
    desk.run(&["draft"]).says("1 change on 1 asset");
    desk.run(&["drop", "R-0001", "--outcome", "refused"])
        .ends(0)
        .says("take out 1");
    desk.run(&["draft"]).says("0 changes on 0 assets");
    desk.run(&["drop"])
        .ends(1)
        .says("nothing of that is staged any more in R-0001");
    desk.run(&["retry"]).ends(1).says("1 no longer staged");
}

#[test]
fn somebody_elses_value_is_taken_only_when_asked_for_and_leaves_problems_and_draft() {
    for (profile, other) in [("soap", "rest"), ("rest", "soap")] {
        let library = Library::made_up(60);
        let desk = Desk::for_library(&library);
        let words = ["stage", "--query", "season:SS26", "--set", "Title=Mine"];
        desk.on(profile, &words).ends(0);
        let name = "PNT_0000010_SWATCH";
        let words = ["stage", "--query", name, "--set", "Title=Theirs"];
        desk.on(other, &words).ends(0);
        desk.on(other, &["submit", "--yes"]).ends(0);
        desk.on(profile, &["submit", "--yes"]).ends(3);
        desk.on(profile, &["results"])
            .shows("\n? PNT_0000010_SWATCH")
            .shows("retry-safe no, somebody else's value would be lost");
        desk.on(profile, &["accept"])
            .ends(1)
            .says("nothing to accept");
        desk.on(profile, &["accept", "R-0001", "--outcome", "conflict"])
            .ends(0)
            .says("accept 1 of R-0001");
        let told = desk.on(profile, &["results"]).ends(3);
        let told = told.shows("0 conflict").shows("1 accepted").out;
        assert!(
            told.contains("of 3 changes") && !told.contains("\n? "),
            "{told}"
        );
        desk.on(profile, &["draft"]).says("0 changes on 0 assets");
        let report = desk.on(profile, &["report", "--format", "json"]).json();
        assert_eq!(report["accepted"], 1);
        let items = report["items"].as_array().unwrap();
        let accepted = items.iter().find(|item| !item["accepted"].is_null());
        let by = accepted.unwrap()["accepted"]["by"].as_str().unwrap();
        let signed_in = if profile == "soap" {
            "librarian@example.com, IpsCompanyAdmin"
        } else {
            "librarian, admin"
        };
        assert!(by.starts_with(signed_in) && by.ends_with(" (akim)"), "{by}");
        assert_eq!(library.values("PNT_0000010_SWATCH", "Title"), ["Theirs"]);
    }
}

#[test]
fn what_was_not_read_is_not_accepted_and_retry_takes_only_what_is_named() {
    let library = refusing();
    let desk = after_a_run(&library, "soap");
    let name = refused(&desk, "soap");
    desk.run(&["retry", "--asset", "nobody"])
        .ends(1)
        .says("could not retry R-0001");
    let again = desk.run(&["retry", "R-0001", "--asset", &name, "--format", "json"]);
    let again = again.ends(4).json();
    assert_eq!(again["run"], "R-0002");
    assert_eq!(again["items"].as_array().unwrap().len(), 1);
    desk.run(&["results", "R-0002"])
        .ends(4)
        .shows("R-0002: NOTHING DONE");
}

#[test]
fn an_unknown_outcome_is_read_back_and_is_then_ok() {
    let library = Library::misbehaving(60, "write-then-drop=once:asset:PNT_0000010_SWATCH");
    let desk = Desk::for_library(&library);
    let words = [
        "stage",
        "--query",
        "PNT_0000010_SWATCH",
        "--set",
        "Title=Mine",
    ];
    desk.run(&words).ends(0);
    desk.run(&["submit", "--yes"]).ends(0);
    desk.run(&["read-back", "R-0001"])
        .ends(0)
        .shows("R-0001: DONE");
    assert_eq!(library.writes().len(), 1, "reading back writes nothing");
    desk.run(&["read-back", "R-0009"])
        .ends(1)
        .says("there is no run R-0009");
}
