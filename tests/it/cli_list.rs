//! Listing without a screen: what a librarian sees, what a script reads, and what both are told
//! when the query is wrong.

use serde_json::{Value as Json, json};

use crate::support::{BOTH, Desk, Library};

#[test]
fn a_table_shows_people_the_first_fields_and_tells_the_count_apart() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let listed = desk
        .run(&["list", "season:SS26"])
        .ends(0)
        .says("3 of 60 assets");
    let lines: Vec<&str> = listed.out.lines().collect();
    assert!(
        lines[0].starts_with("name                type   Title"),
        "{}",
        lines[0]
    );
    assert!(lines[1].starts_with("PNT_0000010_SWATCH  Image  red trousers   SS26    Studio North"));
    assert_eq!(lines.len(), 4, "{}", listed.out);
}

#[test]
fn an_asset_is_one_json_line_with_lists_for_tags_over_both_protocols() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    for profile in BOTH {
        let listed = desk
            .on(profile, &["list", "season:SS26", "--format", "jsonl"])
            .ends(0);
        let assets = listed.json_lines();
        assert_eq!(assets.len(), 3);
        let keys: Vec<&String> = assets[0].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["id", "name", "type", "certificate", "fields"]);
        assert_eq!(assets[0]["name"], "PNT_0000010_SWATCH");
        assert_eq!(assets[0]["type"], "Image");
        assert_eq!(assets[0]["certificate"], Json::Null);
        assert_eq!(assets[0]["fields"]["Title"], "red trousers");
        assert_eq!(assets[0]["fields"]["Keywords"], json!(["trousers", "red"]));
        // Absent values are left out, not empty.
        assert_eq!(assets[2]["fields"].get("Rights"), None);
        assert_eq!(
            assets[1]["certificate"],
            json!({"status": "draft", "message": ""})
        );
    }
}

#[test]
fn the_protocols_tell_the_same_of_the_fields_they_share() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let shared = ["--fields", "Title,Season,Rights,Keywords,Channels,Price"];
    let told = |profile| {
        let words = [&["list", "--format", "jsonl"][..], &shared].concat();
        let assets = desk.on(profile, &words).ends(0).json_lines();
        let part = |asset: &Json| {
            let keys = ["name", "type", "certificate", "fields"];
            keys.map(|key| asset[key].clone())
        };
        assets.iter().map(part).collect::<Vec<_>>()
    };
    assert_eq!(told("soap"), told("rest"));
    assert_eq!(told("soap").len(), 60);
}

#[test]
fn commas_and_tabs_hold_the_chosen_fields_and_no_more_assets_than_the_limit() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let fields = ["--fields", "season,keywords", "--limit", "2"];
    let csv = desk.run(&[&["list", "season:SS26", "--format", "csv"][..], &fields].concat());
    assert_eq!(
        csv.ends(0).says("3 of 60 assets").out,
        "id,name,type,Season,Keywords\n\
         a|10,PNT_0000010_SWATCH,Image,SS26,trousers; red\n\
         a|21,SWT_0000021_DET1,Image,SS26,sweater; white\n"
    );
    let tsv = desk.run(&[&["list", "season:SS26", "--format", "tsv"][..], &fields].concat());
    assert!(
        tsv.ends(0)
            .out
            .starts_with("id\tname\ttype\tSeason\tKeywords\na|10\t")
    );
}

#[test]
fn a_query_that_makes_no_sense_says_where_and_lists_nothing() {
    let library = Library::made_up(5);
    let desk = Desk::for_library(&library);
    let said = [
        (
            "season:SS26 Rihgts:x",
            "query: there is no field `Rihgts`; did you mean Rights?\n  season:SS26 Rihgts:x\n              ^",
        ),
        ("-rights", "write -has:rights for assets without a value"),
        ("width:2001..1999", "write width:1999..2001"),
        ("title:~\"jacket(\"", "unclosed group"),
        ("title:\"open", "this quotation mark is not closed"),
    ];
    for (query, words) in said {
        desk.run(&["list", query])
            .ends(1)
            .says(words)
            .answers_nothing();
    }
    let wrong = desk
        .run(&["list", "--fields", "Titel"])
        .ends(1)
        .answers_nothing();
    wrong.says("--fields: there is no field `Titel`; did you mean Title?");
    desk.run(&["list", "--format", "xml"])
        .ends(1)
        .says("[possible values: table, csv");
}

#[test]
fn negation_presence_and_patterns_narrow_the_list() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let names = |query: &[&str]| {
        let words = [&["list", "--format", "jsonl"][..], query].concat();
        let listed = desk.run(&words).ends(0).json_lines();
        listed
            .iter()
            .map(|asset| asset["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&["season:SS26 has:rights"]).len(), 2);
    assert_eq!(names(&["season:SS26 -has:rights"]), ["TEE_0000011_DET2"]);
    assert_eq!(names(&["-has:rights", "season:SS26"]), ["TEE_0000011_DET2"]);
    assert_eq!(
        names(&["season:SS26 rights:(empty) or name=TEE_0000011_DET2"]),
        ["TEE_0000011_DET2"]
    );
    assert_eq!(
        names(&[
            "-(season:SS24 or season:SS25)",
            "season:SS26 not has:rights"
        ]),
        ["TEE_0000011_DET2"]
    );
    assert_eq!(
        names(&["season:SS26", "name:~^SWT_.*DET1$"]),
        ["SWT_0000021_DET1"]
    );
    assert_eq!(names(&["season:SS26 cert:draft"]), ["SWT_0000021_DET1"]);
    assert!(names(&["nothing of this name"]).is_empty());
}
