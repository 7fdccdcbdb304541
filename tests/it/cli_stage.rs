//! Staging without a screen: each kind of edit, change files, and the draft that comes of them.

use serde_json::{Value as Json, json};

use crate::support::{BOTH, Desk, Library};

/// The draft as `asset name, field, before, after`.
fn draft(desk: &Desk, profile: &str) -> Vec<(String, String, Json, Json)> {
    let lines = desk
        .on(profile, &["draft", "--format", "jsonl"])
        .ends(0)
        .json_lines();
    let text = |json: &Json| json.as_str().unwrap().to_owned();
    let change = |line: &Json| {
        let (before, after) = (line["before"].clone(), line["after"].clone());
        (text(&line["name"]), text(&line["field"]), before, after)
    };
    lines.iter().map(change).collect()
}

fn change(name: &str, field: &str, before: Json, after: Json) -> (String, String, Json, Json) {
    (name.to_owned(), field.to_owned(), before, after)
}

#[test]
fn edits_work_one_after_the_other_in_the_order_they_are_written() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    for profile in BOTH {
        let words = [
            "stage",
            "--query",
            "PNT_0000010_SWATCH",
            "--append",
            "Title=, sale",
            "--prepend",
            "Title=New: ",
            "--replace",
            "Title=/red (\\w+)/$1 in red/",
            "--set",
            "Season=AW26",
            "--add-tag",
            "Keywords=sale",
            "--add-tag",
            "Keywords=last pieces",
            "--remove-tag",
            "Keywords=red",
            "--clear",
            "Rights",
            "--certificate",
            "verified",
            "--message",
            "seen by hand",
        ];
        desk.on(profile, &words)
            .ends(0)
            .answers_nothing()
            .says("on 1");
        let name = "PNT_0000010_SWATCH";
        let expected = [
            change(
                name,
                "Title",
                json!("red trousers"),
                json!("New: trousers in red, sale"),
            ),
            change(name, "Season", json!("SS26"), json!("AW26")),
            change(
                name,
                "Keywords",
                json!(["trousers", "red"]),
                json!(["trousers", "sale", "last pieces"]),
            ),
            change(name, "Rights", json!("Studio North"), Json::Null),
            change(
                name,
                "certificate",
                Json::Null,
                json!({"status": "verified", "message": "seen by hand"}),
            ),
        ];
        assert_eq!(draft(&desk, profile), expected, "{profile}");
    }
    assert!(library.writes().is_empty(), "staging sends nothing");
}

#[test]
fn a_thumbnail_is_named_like_its_asset_and_only_pictures_may_be_one() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let words = [
        "stage",
        "--query",
        "TEE_0000011",
        "--thumbnail",
        "PNT_0000010_SWATCH",
    ];
    desk.run(&words).ends(0);
    let staged = draft(&desk, "soap");
    assert_eq!(
        staged[0].3,
        json!({"id": "a|10", "name": "PNT_0000010_SWATCH"})
    );
    let video = [
        "stage",
        "--query",
        "TEE_0000011",
        "--thumbnail",
        "JKT_0000060_DET1_VIDEO",
    ];
    desk.run(&video)
        .ends(1)
        .says("a Video can't be a thumbnail; allowed are Image");
    let unknown = ["stage", "--query", "TEE_0000011", "--thumbnail", "nobody"];
    desk.run(&unknown)
        .ends(1)
        .says("no asset is called `nobody`");
    assert_eq!(draft(&desk, "soap"), staged);
}

#[test]
fn values_the_rules_forbid_are_told_and_left_out() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let wrong = ["stage", "--query", "season:SS26", "--set", "Season=SS62"];
    desk.run(&wrong)
        .ends(1)
        .says("3 refused (`SS62` is no value of Season; nearest is `SS2");
    assert!(draft(&desk, "soap").is_empty());
    let mixed = [
        "stage",
        "--query",
        "TEE_0000011",
        "--set",
        "Priority=high",
        "--set",
        "Title=Tee",
    ];
    let said = desk
        .run(&mixed)
        .ends(0)
        .says("1 change, 0 equal, 1 refused (`high` is not a whole");
    said.says("Staged: Title set \"Tee\" on 1");
    assert_eq!(draft(&desk, "soap").len(), 1);
}

#[test]
fn words_that_make_no_edit_stage_nothing() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let wrong: [(&[&str], &str); 11] = [
        (&[], "say what to do, for example --set FIELD=VALUE"),
        (
            &["--set", "Title="],
            "to take the value away use --clear Title",
        ),
        (
            &["--set", "Titel=x"],
            "there is no field `Titel`; did you mean Title?",
        ),
        (&["--set", "Title"], "--set needs FIELD=VALUE, not `Title`"),
        (
            &["--replace", "Title=/(/x/"],
            "--replace Title: unclosed group\n  /(/x/\n   ^",
        ),
        (
            &["--replace", r"Title=/(\w+)-(\d+)/$1_$2/"],
            "the pattern has no group 1_: write ${1}_ for group 1, $$1_ for the text\n  \
             /(\\w+)-(\\d+)/$1_$2/\n               ^",
        ),
        (&["--replace", "Title=/a/b/x"], "only i (any case) is"),
        (
            &["--add-tag", "Keywords=a \"b\""],
            "tags stand apart by `;`: a; b",
        ),
        (&["--certificate", "golden"], "golden"),
        (
            &["--certificate", "deprecated"],
            "needs a --message that says why",
        ),
        (&["--set", "created=2026-01-01"], "created can't be edited"),
    ];
    for (words, said) in wrong {
        let all = [&["stage", "--query", "TEE_0000011"][..], words].concat();
        desk.run(&all).ends(1).says(said).answers_nothing();
    }
    desk.run(&["stage", "--query", "no such asset", "--set", "Title=x"])
        .ends(1)
        .says("no asset matches; nothing is staged");
    desk.run(&["stage", "--set", "Title=x"])
        .ends(1)
        .says("--query");
    assert!(draft(&desk, "soap").is_empty());
}

#[test]
fn a_sheet_of_wanted_values_is_staged_from_each_format() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    desk.file(
        "wanted.csv",
        "id,name,Title,Keywords,certificate,certificate_message\n\
         a|10,PNT_0000010_SWATCH,\"Trousers, red\",trousers; sale,verified,checked\n\
         a|11,,,,,\n\
         a|21,SWT_0000021_DET1,[clear],,none,\n",
    );
    desk.file("wanted.tsv", "name\tRights\nTEE_0000011_DET2\tAgency X\n");
    desk.file(
        "wanted.jsonl",
        "{\"name\":\"TEE_0000011_DET2\",\"Title\":null,\"Channels\":[\"Web\",\"Print\"]}\n",
    );
    for file in ["wanted.csv", "wanted.tsv", "wanted.jsonl"] {
        desk.run(&["stage", "--from", file])
            .ends(0)
            .answers_nothing()
            .says("Staged: ");
    }
    let mut staged = draft(&desk, "soap");
    staged.sort_by(|one, other| (&one.0, &one.1).cmp(&(&other.0, &other.1)));
    let (pants, sweater, tee) = ("PNT_0000010_SWATCH", "SWT_0000021_DET1", "TEE_0000011_DET2");
    let checked = json!({"status": "verified", "message": "checked"});
    let drafted = json!({"status": "draft", "message": ""});
    let expected = [
        change(
            pants,
            "Keywords",
            json!(["trousers", "red"]),
            json!(["trousers", "sale"]),
        ),
        change(
            pants,
            "Title",
            json!("red trousers"),
            json!("Trousers, red"),
        ),
        change(pants, "certificate", Json::Null, checked),
        change(sweater, "Title", json!("white sweater"), Json::Null),
        change(sweater, "certificate", drafted, Json::Null),
        change(
            tee,
            "Channels",
            staged[5].2.clone(),
            json!(["Web", "Print"]),
        ),
        change(tee, "Rights", Json::Null, json!("Agency X")),
        change(tee, "Title", json!("grey tee"), Json::Null),
    ];
    assert_eq!(staged, expected);
}

#[test]
fn what_list_wrote_can_be_read_back_and_changes_nothing() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    for profile in BOTH {
        let words = [
            "list",
            "season:SS26",
            "--format",
            "csv",
            "--fields",
            "Title,Keywords,Rights",
        ];
        let listed = desk.on(profile, &words).ends(0);
        desk.file("same.csv", &listed.out);
        let said = desk.on(profile, &["stage", "--from", "same.csv"]).ends(0);
        said.says("nothing to stage: every value is so already");
        assert!(draft(&desk, profile).is_empty());
    }
}

#[test]
fn a_file_that_is_no_table_is_told_with_its_line_and_nothing_of_it_is_staged() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let is_told = |name: &str, text: &str, words: &str| {
        desk.file(name, text);
        desk.run(&["stage", "--from", name])
            .ends(1)
            .answers_nothing()
            .says(words);
    };
    is_told(
        "bad.csv",
        "id,Title,Titel\na|10,fine,x\n",
        "bad.csv:2: there is no field `Titel`; did you mean `Title`?",
    );
    is_told(
        "quote.csv",
        "id,Title\na|10,\"open\na|11,x\n",
        "quote.csv:2: the quote that opens here is never closed",
    );
    is_told(
        "bad.jsonl",
        "{\"id\":\"a|10\",\"Title\":\"fine\"}\n{\"id\":\n",
        "bad.jsonl:2: ",
    );
    is_told(
        "bad.tsv",
        "Title\tSeason\nx\ty\n",
        "bad.tsv:1: there is no column `id` or `name`",
    );
    is_told(
        "bad.xlsx",
        "PK\u{3}\u{4} not really",
        "save the sheet as CSV UTF-8",
    );
    desk.run(&["stage", "--from", "none.csv"])
        .ends(1)
        .says("none.csv: No such file");
    assert!(draft(&desk, "soap").is_empty());
}

#[test]
fn refused_cells_are_told_and_kept_beside_the_file_and_the_others_are_staged() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let sheet =
        "id,Title,Priority\r\na|10,fine,high\r\na|999,lost,\r\na|11,good,3\r\na|10,again,\r\n";
    desk.file("edits.csv", sheet);
    desk.file("edits.rejected.csv", "somebody else's");
    desk.run(&["stage", "--from", "edits.csv"])
        .ends(3)
        .answers_nothing()
        .says("edits.csv:2: Priority `high`: `high` is not a whole number")
        .says("edits.csv:3: there is no asset with the id `a|999`")
        .says("edits.csv:5: this asset is on line 2 already")
        .says("edits.rejected-2.csv")
        .says("Staged: ");
    let read = |name: &str| std::fs::read_to_string(desk.folder().join(name)).unwrap();
    assert_eq!(read("edits.rejected.csv"), "somebody else's");
    let rejected = read("edits.rejected-2.csv");
    let lines: Vec<&str> = rejected.lines().collect();
    assert_eq!(lines[0], "id,Title,Priority,rejected");
    assert!(
        lines[1].starts_with("a|10,fine,high,\"Priority: "),
        "{rejected}"
    );
    assert_eq!(
        lines[2],
        "a|999,lost,,there is no asset with the id `a|999`"
    );
    let titles: Vec<_> = draft(&desk, "soap")
        .into_iter()
        .map(|(_, field, _, after)| (field, after))
        .collect();
    assert!(
        titles.contains(&("Title".to_owned(), json!("fine"))),
        "{titles:?}"
    );
    assert!(
        titles.contains(&("Priority".to_owned(), json!(3))),
        "{titles:?}"
    );
    // Said where to, and never over a file that is there.
    let words = [
        "stage",
        "--from",
        "edits.csv",
        "--rejected",
        "edits.rejected.csv",
    ];
    desk.run(&words).ends(3).says("stays as it is");
}

#[test]
fn a_table_is_read_as_it_is_written_and_that_is_told() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let utf16: Vec<u8> = "\u{feff}id;Title\r\na|10;caf\u{e9}\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    std::fs::write(desk.folder().join("excel.csv"), utf16).unwrap();
    desk.run(&["stage", "--from", "excel.csv"])
        .ends(0)
        .says("excel.csv: read as UTF-16, semicolons")
        .says("Staged: ");
    let words = [
        "--from",
        "-",
        "--input-format",
        "csv",
        "--id-column",
        "Object",
    ];
    desk.run_with(
        &[&["stage"], &words[..]].concat(),
        "Object;Title\na|11;piped\n",
    )
    .ends(0)
    .says("standard input: read as semicolons");
    let titles: Vec<_> = draft(&desk, "soap").into_iter().map(|one| one.3).collect();
    assert_eq!(titles, [json!("caf\u{e9}"), json!("piped")]);
    desk.run_with(&["stage", "--from", "-"], "id,Priority\na|11,high\n")
        .ends(3)
        .says("standard input:2: Priority `high`")
        .says("--rejected FILE keeps these lines");
}

#[test]
fn the_draft_is_shown_to_people_with_signs_and_dropped_on_request() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let words = [
        "stage",
        "--query",
        "TEE_0000011",
        "--set",
        "Rights=Agency X",
        "--clear",
        "SKU",
    ];
    desk.run(&words).ends(1).says("SKU can't be edited");
    let words = [
        "stage",
        "--query",
        "TEE_0000011",
        "--set",
        "Rights=Agency X",
        "--clear",
        "Title",
    ];
    desk.run(&words).ends(0);
    let shown = desk.run(&["draft"]).ends(0).says("2 changes on 1 asset");
    assert_eq!(
        shown.out,
        "+ TEE_0000011_DET2  Rights:  -> Agency X\n- TEE_0000011_DET2  Title: grey tee -> \n"
    );
    desk.run(&["draft", "drop"])
        .ends(0)
        .says("drop the draft (2 changes)")
        .answers_nothing();
    desk.run(&["draft"])
        .ends(0)
        .answers_nothing()
        .says("0 changes on 0 assets");
    desk.run(&["draft", "drop"])
        .ends(0)
        .says("the draft is empty");
}

#[test]
fn a_profile_that_is_for_reading_stages_nothing_and_says_why() {
    let library = Library::made_up(60);
    let desk = Desk::with(&library, "read_only = true");
    desk.run(&["list", "--limit", "1"])
        .ends(0)
        .says("60 of 60 assets");
    desk.run(&["stage", "--query", "TEE_0000011", "--set", "Title=x"])
        .ends(1)
        .says("the profile says read_only = true");
    desk.run(&["draft"]).ends(0).answers_nothing();
}

#[test]
fn certificates_follow_the_rules_of_the_dialog_and_a_yes_to_all_must_be_said() {
    let library = Library::made_up(200);
    for profile in BOTH {
        let desk = Desk::for_library(&library);
        let status = |value: &Json| value["status"].as_str().unwrap_or("none").to_owned();
        let listed = desk.on(profile, &["list", "--format", "jsonl"]).ends(0);
        let count = |word: &str| {
            let lines = listed.json_lines();
            let alike = lines
                .iter()
                .filter(|one| status(&one["certificate"]) == word);
            alike.count()
        };
        let (theirs, dead) = (count("verified"), count("deprecated"));
        assert!(theirs > 0 && dead > 0, "{theirs} {dead}");
        let words = ["stage", "--query", "", "--certificate", "verified"];
        let words = [&words[..], &["--message", "Q ${name}"]].concat();
        let staged = desk.on(profile, &words).ends(3);
        assert!(staged.said.contains("kept (V by "), "{}", staged.said);
        let refused = staged
            .said
            .matches("--override-certificates says yes to all");
        assert_eq!(refused.count(), dead.min(20), "{}", staged.said);
        let draft = desk.on(profile, &["draft", "--format", "jsonl"]).ends(0);
        let draft = draft.json_lines();
        assert_eq!(draft.len(), 200 - theirs - dead);
        for change in &draft {
            let message = format!("Q {}", change["name"].as_str().unwrap());
            assert_eq!(change["after"]["message"], *message);
            let before = status(&change["before"]);
            assert!(["none", "draft"].contains(&before.as_str()), "{change}");
        }
        desk.on(
            profile,
            &[&words[..], &["--override-certificates"]].concat(),
        )
        .ends(0);
        let draft = desk.on(profile, &["draft"]).ends(0);
        draft.says("200 changes on 200 assets");
    }
}

#[test]
fn a_message_that_names_what_an_asset_lacks_refuses_that_asset_alone() {
    let rows = [
        json!({"id": "a", "title": "pier", "ticket": "T-1"}),
        json!({"id": "b", "title": "gull"}),
    ];
    let library = Library::of(&rows);
    let desk = Desk::for_library(&library);
    let words = [
        "stage",
        "--query",
        "",
        "--certificate",
        "draft",
        "--message",
    ];
    let staged = desk.run(&[&words[..], &["see ${ticket}"]].concat()).ends(3);
    let staged = staged.says("certificate: the message names ticket, it has none");
    assert!(staged.said.contains("refused: "), "{}", staged.said);
    let draft = desk.run(&["draft", "--format", "jsonl"]).json_lines();
    assert_eq!(draft.len(), 1);
    assert_eq!(draft[0]["after"]["message"], "see T-1");
    desk.run(&[&words[..], &["see ${tikcet}"]].concat())
        .ends(1)
        .says("--message: ");
    // A value that is given beside it is the one the message has.
    let words = [&words[..], &["new ${ticket}", "--set", "ticket=T-9"]].concat();
    desk.run(&words).ends(0);
    let draft = desk.run(&["draft", "--format", "jsonl"]).json_lines();
    let told = draft.iter().filter(|one| one["field"] == "certificate");
    assert!(
        told.into_iter()
            .all(|one| one["after"]["message"] == "new T-9")
    );
}

#[test]
fn a_rule_on_the_name_finds_a_thumbnail_for_each_and_never_guesses() {
    let names = [
        "A_BACK", "A_FRONT", "B_BACK", "B_FRONT", "B_FRONT", "C_BACK",
    ];
    let rows: Vec<Json> = (0..)
        .zip(names)
        .map(|(id, name)| json!({"id": format!("t-{id}"), "title": name}))
        .collect();
    let library = Library::of(&rows);
    let desk = Desk::for_library(&library);
    let words = ["stage", "--query", "name:~_BACK$", "--thumbnail"];
    let staged = desk
        .run(&[&words[..], &["${name|strip:_BACK}_FRONT"]].concat())
        .ends(3)
        .says("B_BACK  thumbnail: several assets are called so: ")
        .says("C_BACK  thumbnail: no asset is called C_FRONT");
    let draft = desk.run(&["draft", "--format", "jsonl"]).json_lines();
    assert_eq!(draft.len(), 1, "{}", staged.said);
    for change in &draft {
        let name = change["name"].as_str().unwrap();
        let wanted = name.replace("_BACK", "_FRONT");
        assert_eq!(change["after"]["name"], *wanted, "{}", staged.said);
    }
    let staged = desk
        .run(&[&words[..], &["${name}_NOWHERE"]].concat())
        .ends(4);
    staged
        .says("thumbnail: no asset is called ")
        .says("nothing was staged");
}

#[test]
fn fields_are_checked_before_anything_is_listed() {
    let library = Library::made_up(30);
    let desk = Desk::for_library(&library);
    for profile in BOTH {
        for words in [
            &["--query", "", "--set", "Nowhere=x"][..],
            &["--query", "nowhere:x", "--set", "Title=x"],
        ] {
            desk.on(profile, &[&["stage"], words].concat()).ends(1);
        }
        // Nothing was listed: the workspace knows no asset.
        desk.on(profile, &["draft"]).ends(0);
        let kept = std::fs::read_dir(desk.folder().join("data").join(profile)).unwrap();
        let names = kept.map(|one| one.unwrap().file_name().into_string().unwrap());
        let listing: Vec<String> = names.filter(|name| name == "listing.columns").collect();
        assert_eq!(listing, Vec::<String>::new());
    }
}
