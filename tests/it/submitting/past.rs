//! What was done is looked at and taken back without a screen: restore points compared, steps of the
//! draft undone, warnings accepted, thumbnails reverted.

use serde_json::Value as Json;

use super::stage_three;
use crate::support::{BOTH, Desk, Library};

fn submit(desk: &Desk, profile: &str) -> Json {
    let sent = desk.on(profile, &["submit", "--yes", "--format", "json"]);
    sent.ends(0).json()
}

#[test]
fn two_restore_points_are_compared_as_lines_json_and_a_table() {
    for profile in BOTH {
        let library = Library::made_up(60);
        let desk = Desk::for_library(&library);
        let before = library.values("PNT_0000010_SWATCH", "Title").concat();
        stage_three(&desk, profile);
        submit(&desk, profile);
        let words = ["stage", "--query", "PNT_0000010", "--set", "Title=Yours"];
        desk.on(profile, &words).ends(0);
        submit(&desk, profile);
        library.meddle("PNT_0000010_SWATCH", "Title", "Theirs");
        let compare = |words: &[&str]| {
            let mut all = vec!["history", "compare"];
            all.extend(words);
            desk.on(profile, &all)
        };
        let told = compare(&["R-0001", "R-0002"]).ends(0);
        let line = format!("PNT_0000010_SWATCH  Title: {before} -> Mine");
        assert_eq!(told.shows(&line).out.lines().count(), 3);
        // Now is what the server has, not what we wrote.
        let line = format!("PNT_0000010_SWATCH  Title: {before} -> Theirs");
        compare(&["r-0001"]).ends(0).shows(&line);
        let line = "PNT_0000010_SWATCH  Title: Mine -> Theirs";
        let told = compare(&["R-0002", "now"]).ends(0).shows(line);
        assert_eq!(told.out.lines().count(), 1);
        let json = compare(&["R-0001", "R-0002", "--format", "json"])
            .ends(0)
            .json();
        assert_eq!(json["differences"].as_array().unwrap().len(), 3, "{json}");
        let table = compare(&["R-0001", "R-0002", "--format", "csv"]).ends(0);
        assert_eq!(table.out.lines().count(), 4, "{}", table.out);
        compare(&["R-0009"]).ends(1).says("there is no run R-0009");
        compare(&["yesterday"]).ends(1).answers_nothing();
    }
}

#[test]
fn steps_of_the_draft_are_undone_and_brought_back_also_from_the_middle() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    desk.run(&["undo"]).ends(1).says("nothing to undo");
    stage_three(&desk, "soap");
    let rights = ["stage", "--query", "season:SS26", "--set", "Rights=Ours"];
    desk.run(&rights).ends(0);
    let append = [
        "stage",
        "--query",
        "PNT_0000010",
        "--append",
        "Title= (new)",
    ];
    desk.run(&append).ends(0);
    // The third step works on what the first one staged; the second one stands alone.
    desk.run(&["undo", "1"]).ends(1).says("3");
    desk.run(&["undo", "2"])
        .ends(0)
        .says("3 changes on 3 assets staged now");
    let told = desk.run(&["history", "--only", "draft"]).ends(0);
    assert!(
        told.out
            .lines()
            .any(|line| line.contains("undone") && line.contains("Rights")),
        "{}",
        told.out
    );
    desk.run(&["redo", "2"])
        .ends(0)
        .says("6 changes on 3 assets staged now");
    desk.run(&["undo"])
        .ends(0)
        .says("6 changes on 3 assets staged now");
    desk.run(&["undo", "1"])
        .ends(0)
        .says("3 changes on 3 assets staged now");
    desk.run(&["redo", "1"]).ends(0);
    desk.run(&["undo", "99"]).ends(1);
    assert!(library.writes().is_empty());
}

#[test]
fn a_warning_of_the_server_is_accepted_and_is_then_no_problem_any_more() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let set = "Description=coat \u{201c}Alpine\u{201d}";
    desk.run(&["stage", "--query", "season:SS26", "--set", set])
        .ends(0);
    let told = submit(&desk, "soap");
    assert_eq!(told["headline"], "DONE WITH WARNINGS", "{told}");
    let items = told["items"].as_array().unwrap();
    assert!(
        items.iter().all(|item| item["outcome"] == "warned"),
        "{told}"
    );
    desk.run(&["results"])
        .ends(0)
        .shows("W PNT_0000010_SWATCH  Description")
        .shows("server has coat \"Alpine\"");
    let one = ["accept", "R-0001", "--asset", "PNT_0000010_SWATCH"];
    desk.run(&one).ends(0).says("accept 1 of R-0001");
    desk.run(&["results"]).shows("1 accepted");
    desk.run(&["accept"]).ends(0).says("accept 2 of R-0001");
    let told = desk.run(&["results"]).ends(0).shows("3 accepted");
    assert!(!told.out.contains("\nW "), "{}", told.out);
    desk.run(&["accept"]).ends(1).says("nothing to accept");
    desk.run(&["undo"]).ends(0);
    desk.run(&["results"]).shows("1 accepted");
    assert_eq!(library.writes().len(), 3, "accepting writes nothing");
}

#[test]
fn thumbnails_are_taken_back_over_soap_but_for_one_somebody_chose_since() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let listed = desk.run(&["list", "season:AW26 type:image", "--format", "jsonl"]);
    let names: Vec<String> = listed
        .ends(0)
        .json_lines()
        .iter()
        .map(|asset| asset["name"].as_str().unwrap().to_owned())
        .collect();
    let thumbnails = |library: &Library| -> Vec<Option<String>> {
        let all = names.iter();
        all.map(|name| library.asset(name).thumbnail.clone())
            .collect()
    };
    let before = thumbnails(&library);
    assert!(before.len() > 3 && before.iter().any(Option::is_some));
    let stage = |query: &str, thumbnail: &str| {
        let words = ["stage", "--query", query, "--thumbnail", thumbnail];
        desk.run(&words).ends(0);
        submit(&desk, "soap")
    };
    let sent = stage("season:AW26 type:image", "PNT_0000010_SWATCH");
    let changed = sent["counts"]["applied"].as_u64().unwrap();
    let ours = library.asset("PNT_0000010_SWATCH").id;
    assert!(
        thumbnails(&library)
            .iter()
            .all(|now| now.as_deref() == Some(ours.as_str()))
    );
    stage(&names[0], "JKT_0000001_BACK");
    let told = desk.run(&["revert", "R-0001", "--format", "json"]);
    let told = told.ends(3).json();
    let left = told["left_out"].as_array().unwrap();
    assert_eq!(left.len(), 1, "{told}");
    assert_eq!(left[0]["name"], *names[0]);
    assert_eq!(told["staged"].as_u64().unwrap(), changed - 1);
    submit(&desk, "soap");
    let mut expected = before;
    expected[0] = Some(library.asset("JKT_0000001_BACK").id);
    assert_eq!(thumbnails(&library), expected);
}
