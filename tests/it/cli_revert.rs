//! Taking runs back without a screen: the inverse as a draft, guarded value by value, over both
//! protocols, proven by what the library has.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::support::{BOTH, Desk, Library};

/// What the library has of some assets: fields, certificate and thumbnail, by asset and field.
fn contents(library: &Library, names: &[&str]) -> BTreeMap<(String, String), String> {
    let mut all = BTreeMap::new();
    for name in names {
        let asset = library.asset(name);
        for (field, values) in &asset.values {
            let mut values = values.clone();
            values.sort_unstable();
            all.insert(((*name).to_owned(), field.clone()), format!("{values:?}"));
        }
        let certificate = (&asset.certificate.status, &asset.certificate.message);
        let certificate = format!("{certificate:?}");
        all.insert(((*name).to_owned(), "(certificate)".into()), certificate);
        let description = format!("{:?}", asset.description);
        all.insert(((*name).to_owned(), "(description)".into()), description);
        let thumbnail = format!("{:?}", asset.thumbnail);
        all.insert(((*name).to_owned(), "(thumbnail)".into()), thumbnail);
    }
    all.retain(|_, values| values != "[]");
    all
}

fn names(desk: &Desk, profile: &str, query: &str) -> Vec<String> {
    let listed = desk
        .on(profile, &["list", query, "--format", "jsonl"])
        .ends(0);
    let name = |asset: &Json| asset["name"].as_str().unwrap().to_owned();
    listed.json_lines().iter().map(name).collect()
}

fn submit(desk: &Desk, profile: &str) -> Json {
    let sent = desk.on(profile, &["submit", "--yes", "--format", "json"]);
    sent.ends(0).json()
}

fn revert(desk: &Desk, profile: &str, run: &str, code: i32) -> Json {
    let told = desk.on(profile, &["revert", run, "--format", "json"]);
    told.ends(code).says("").json()
}

fn states(desk: &Desk, profile: &str) -> Vec<(String, String)> {
    let told = desk.on(profile, &["history", "--only", "runs", "--format", "jsonl"]);
    let word = |entry: &Json, key: &str| entry[key].as_str().unwrap().to_owned();
    let lines = told.ends(0).json_lines();
    lines
        .iter()
        .map(|entry| (word(entry, "id"), word(entry, "state")))
        .collect()
}

/// Values set, cleared, appended to, tags added and removed, certificates: one run of them all.
fn stage_all_kinds(desk: &Desk, profile: &str) {
    let words = [
        "stage",
        "--query",
        "season:AW26",
        "--set",
        "Title=Mine",
        "--append",
        "Description= (new)",
        "--clear",
        "Rights",
        "--add-tag",
        "Keywords=ours",
        "--remove-tag",
        "Keywords=jacket",
        "--set",
        "Price=12.5",
        "--certificate",
        "deprecated",
        "--message",
        "old stock",
    ];
    desk.on(profile, &words).ends(0);
}

/// Insists that these titles, and nothing else, were left out because somebody changed them.
fn are_named(left: &Json, names: &[&str]) {
    let left = left.as_array().unwrap();
    let mut found: Vec<&str> = left
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    found.sort_unstable();
    assert_eq!(found, names, "{left:?}");
    for one in left {
        let told = ["code", "field", "wrote", "now"].map(|key| one[key].as_str().unwrap());
        assert_eq!(told, ["changed", "Title", "Mine", "Theirs"]);
        assert_ne!(one["by"], "", "the server tells who changed it");
    }
}

#[test]
fn a_reverted_run_leaves_the_library_as_it_was_but_for_what_somebody_changed_since() {
    for (mine, theirs) in [("soap", "rest"), ("rest", "soap")] {
        let library = Library::made_up(60);
        let desk = Desk::for_library(&library);
        let all = names(&desk, mine, "season:AW26");
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let before = contents(&library, &all);
        stage_all_kinds(&desk, mine);
        let sent = submit(&desk, mine);
        assert_eq!(
            sent["counts"]["applied"],
            sent["items"].as_array().unwrap().len()
        );
        let after = contents(&library, &all);
        // Two assets are changed by somebody else since.
        for name in &all[..2] {
            desk.on(theirs, &["stage", "--query", name, "--set", "Title=Theirs"])
                .ends(0);
        }
        submit(&desk, theirs);
        let written = library.writes().len();
        let told = revert(&desk, mine, "R-0001", 3);
        assert_eq!(
            library.writes().len(),
            written,
            "a revert writes nothing by itself"
        );
        are_named(&told["left_out"], &all[..2]);
        let draft = desk.on(mine, &["draft", "--format", "jsonl"]).ends(0);
        assert_eq!(
            draft.json_lines().len() as u64,
            told["staged"].as_u64().unwrap()
        );
        submit(&desk, mine);
        let mut expected = before.clone();
        for name in &all[..2] {
            let title = ((*name).to_owned(), "Title".to_owned());
            expected.insert(title, format!("{:?}", ["Theirs"]));
        }
        let now = contents(&library, &all);
        assert_eq!(now, expected, "over {mine}");
        assert_ne!(now, after);
        assert_eq!(
            states(&desk, mine),
            [
                ("R-0002".to_owned(), "done".to_owned()),
                ("R-0001".to_owned(), "reverted".to_owned()),
            ]
        );
    }
}

#[test]
fn reverting_a_revert_brings_back_what_the_run_wrote() {
    for profile in BOTH {
        let library = Library::made_up(60);
        let desk = Desk::for_library(&library);
        let all = names(&desk, profile, "season:AW26");
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let before = contents(&library, &all);
        stage_all_kinds(&desk, profile);
        submit(&desk, profile);
        let after = contents(&library, &all);
        revert(&desk, profile, "R-0001", 0);
        let sent = submit(&desk, profile);
        assert_eq!(
            (&sent["run"], &sent["label"]),
            (&json!("R-0002"), &json!("revert of R-0001"))
        );
        assert_eq!(contents(&library, &all), before, "over {profile}");
        revert(&desk, profile, "r-0002", 0);
        submit(&desk, profile);
        assert_eq!(contents(&library, &all), after, "over {profile}");
        let states = states(&desk, profile);
        let words: Vec<&str> = states.iter().map(|(_, state)| state.as_str()).collect();
        assert_eq!(words, ["done", "reverted", "done"], "R-0001 stands again");
        // Each value was written once by each of the three runs.
        let mut seen = BTreeMap::new();
        for write in library.writes() {
            *seen.entry((write.asset, write.field)).or_insert(0) += 1;
        }
        assert!(seen.values().all(|count| *count == 3), "{seen:?}");
    }
}
