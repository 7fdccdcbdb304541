//! Rows 19, 51 and 52: assets told twice, names that mean something to a shell or a spreadsheet, and
//! libraries of every size.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use armarius::{
    domain::{Asset, Command, Edit, FieldKey, Query, Stamp, Value, Workbench, workbench::Asked},
    ui::session::asset,
};
use serde_json::{Value as Json, json};

use super::story::{Protocol, Stage, Story};
use crate::support::{
    Desk, Library,
    raw::{Change, Deed},
};

#[test]
fn row_19_an_asset_told_twice_is_one_asset_with_what_was_told_last() {
    let change: Change = Arc::new(|body| {
        let mut page: Json = serde_json::from_slice(&body).unwrap();
        let all = page["entities"].as_array_mut().unwrap();
        let mut other = all[0].clone();
        other["attributes"]["name"] = json!("told once more");
        all.insert(3, other);
        page.to_string().into_bytes()
    });
    let first = AtomicBool::new(true);
    let mut story = Story::new(&Stage::over(Protocol::Rest), move |asked| {
        if asked.lists() && first.swap(false, Ordering::SeqCst) {
            return Deed::Changed(Arc::clone(&change));
        }
        Deed::Pass
    });
    story.connect().unwrap();
    story.raw.arm();
    story.list().unwrap();
    let listing = &story.session.workbench.listing;
    assert_eq!(listing.len(), 24, "one row an asset");
    assert_eq!(listing.named("told once more").len(), 1, "what came last");
}

/// Every file below a folder.
fn files(folder: &Path) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.insert(path.display().to_string());
        }
    }
    all
}

#[test]
fn row_51_names_that_are_paths_and_formulas_name_no_file_and_run_nowhere() {
    const NAMES: [&str; 5] = [
        "../../../../tmp/owned",
        "/etc/passwd",
        "=HYPERLINK(\"http://x\")",
        "@SUM(1+1)",
        "line\none; rm -rf ~",
    ];
    let rows = NAMES.map(|name| json!({"id": name, "title": name, "note": "-1+2"}));
    let library = Library::of(&rows);
    for profile in crate::support::BOTH {
        let desk = Desk::for_library(&library);
        let run = |words: &[&str]| desk.on(profile, words);
        let edit = format!("note==cmd {profile}");
        let before = files(desk.folder());
        let staged = run(&["stage", "--query", "has:title", "--set", &edit]);
        staged.ends(0);
        let sent = run(&["submit", "--yes", "--format", "json"]).json();
        assert!(sent["counts"]["applied"].as_u64().unwrap() >= 5, "{sent}");
        run(&["handover", "--outcome", "applied"]).ends(0);
        let new = files(desk.folder());
        let data = desk.folder().join("data").join(profile);
        for file in new.difference(&before) {
            assert!(Path::new(file).starts_with(&data), "{file}");
            let name = Path::new(file).file_name().unwrap().to_str().unwrap();
            let plain = name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
            assert!(plain && !name.contains("owned"), "{file}");
        }
        // What is opened with a double click has no cell that a spreadsheet runs.
        let report = fs::read_to_string(data.join("reports/R-0001.csv")).unwrap();
        for cell in report.split([',', '\n']) {
            let first = cell.trim_start_matches('"').chars().next();
            assert!(
                !matches!(first, Some('=' | '@' | '+')),
                "{cell} in\n{report}"
            );
        }
    }
    assert!(!Path::new("/tmp/owned").exists());
}

#[test]
fn row_52_no_asset_one_asset_and_a_run_over_it_are_nothing_special() {
    let one = json!({"id": "w-1", "title": "Barges"});
    for (rows, count) in [(vec![], 0), (vec![one], 1)] {
        let library = Library::of(&rows);
        for profile in crate::support::BOTH {
            let desk = Desk::for_library(&library);
            let listed = desk.on(profile, &["list", "--format", "jsonl"]).ends(0);
            assert_eq!(listed.json_lines().len(), count, "{profile}");
            let set = format!("title=Seen by {profile}");
            let stage = desk.on(profile, &["stage", "--query", "has:title", "--set", &set]);
            if count == 0 {
                assert!(library.writes().is_empty());
                desk.on(profile, &["submit", "--yes"])
                    .says("nothing to send");
                continue;
            }
            stage.ends(0);
            let told = desk.on(profile, &["submit", "--yes"]).ends(0);
            told.shows("R-0001: DONE");
        }
    }
}

/// More rows than a sheet of a spreadsheet has.
const MORE: u32 = 1_048_577;

#[test]
fn row_52_more_rows_than_a_spreadsheet_has_are_listed_found_staged_and_undone() {
    let mut bench = Workbench::new();
    bench.schema.fields = vec![armarius::domain::Field::plain(
        "Rights",
        armarius::domain::FieldKind::Text,
    )];
    bench.listing.begin(1);
    let mut number = 0;
    while number < MORE {
        let end = (number + 50_000).min(MORE);
        let page: Vec<Asset> = (number..end)
            .map(|number| asset(&format!("A{number:07}"), "Image", &[]))
            .collect();
        assert!(bench.absorb_page(1, &page, u64::from(MORE)));
        number = end;
    }
    assert!(bench.absorb_end(1, 0));
    assert_eq!(bench.listing.len(), u64::from(MORE));
    let last = Query::parse("name:A1048576").unwrap();
    let rows = last.rows(&bench.listing, &bench.schema, &bench.sets());
    assert_eq!(rows.iter().collect::<Vec<_>>(), [MORE - 1]);
    let asked = vec![Asked {
        field: "Rights".into(),
        edit: Edit::Set(Value::text("Acme")),
        rows: (0..MORE).collect(),
    }];
    let label = String::new();
    let staged = bench.apply(&Command::Stage { label, asked }, Stamp::default());
    staged.unwrap();
    assert_eq!(bench.draft().changes(), u64::from(MORE));
    let last = bench.draft().of(MORE - 1, &FieldKey::new("Rights"));
    assert_eq!(last.unwrap().after, Value::text("Acme"));
    bench.apply(&Command::Undo, Stamp::default()).unwrap();
    assert!(bench.draft().is_empty());
}
