//! Sending without a screen: the plan, the outcomes, and an exit code for every way it can end.

mod careful;

use serde_json::{Value as Json, json};

use crate::support::{BOTH, Desk, Library, Ran};

const STAGE_SS26: [&str; 5] = ["stage", "--query", "season:SS26", "--set", "Title=Mine"];

fn submit(desk: &Desk, profile: &str) -> Ran {
    desk.on(profile, &["submit", "--yes", "--format", "json"])
}

fn counts(told: &Json) -> Vec<(&str, u64)> {
    let all = told["counts"].as_object().unwrap();
    let some = all
        .iter()
        .map(|(word, count)| (word.as_str(), count.as_u64().unwrap()));
    some.filter(|(_, count)| *count > 0).collect()
}

#[test]
fn every_change_has_an_outcome_and_the_library_has_what_was_wanted() {
    for profile in BOTH {
        let library = Library::made_up(60);
        let desk = Desk::for_library(&library);
        desk.on(profile, &STAGE_SS26).ends(0);
        let told = submit(&desk, profile)
            .ends(0)
            .says("3 changes on 3 assets")
            .json();
        assert_eq!(told["run"], "R-0001");
        assert_eq!(told["state"], "finished");
        let words: Vec<&String> = told["counts"].as_object().unwrap().keys().collect();
        assert_eq!(
            words,
            [
                "applied", "warned", "refused", "conflict", "skipped", "unknown"
            ]
        );
        assert_eq!(counts(&told), [("applied", 3)]);
        let first = &told["items"][0];
        let keys: Vec<&String> = first.as_object().unwrap().keys().collect();
        let expected = [
            "asset",
            "name",
            "field",
            "before",
            "wanted",
            "server",
            "outcome",
            "code",
            "reason",
            "meaning",
            "call",
            "sent",
            "trace",
            "retry_safe",
            "retry_why",
            "next_step",
            "accepted",
        ];
        assert_eq!(keys, expected);
        assert_eq!(first["name"], "PNT_0000010_SWATCH");
        assert_eq!(first["field"], "Title");
        assert_eq!(first["before"], "red trousers");
        assert_eq!(first["wanted"], "Mine");
        assert_eq!(first["server"], "Mine");
        assert_eq!(first["outcome"], "applied");
        assert_eq!(library.values("PNT_0000010_SWATCH", "Title"), ["Mine"]);
        assert_eq!(library.writes().len(), 3);
        desk.on(profile, &["draft"]).ends(0).answers_nothing();
        let again = desk
            .on(profile, &["submit", "--yes"])
            .ends(0)
            .answers_nothing();
        again.says("nothing to send");
        assert_eq!(library.writes().len(), 3);
    }
}

#[test]
fn without_yes_and_without_a_terminal_nothing_is_sent() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    desk.run(&STAGE_SS26).ends(0);
    let refused = desk.run(&["submit"]).ends(1).answers_nothing();
    refused.says("without a terminal, submit needs --yes; nothing was sent");
    assert!(library.writes().is_empty());
    desk.run(&["draft"]).ends(0).says("3 changes on 3 assets");
}

#[test]
fn what_one_protocol_writes_the_other_one_reads() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    for (writer, reader) in [("soap", "rest"), ("rest", "soap")] {
        let (title, tag) = (
            format!("Title=over {writer}"),
            format!("Keywords=seen by {writer}"),
        );
        let words = [
            "stage",
            "--query",
            "TEE_0000011",
            "--set",
            &title,
            "--add-tag",
            &tag,
            "--certificate",
            "deprecated",
            "--message",
            writer,
        ];
        desk.on(writer, &words).ends(0);
        assert_eq!(
            counts(&submit(&desk, writer).ends(0).json()),
            [("applied", 3)]
        );
        let listed = desk
            .on(reader, &["list", "TEE_0000011", "--format", "jsonl"])
            .ends(0);
        let asset = &listed.json_lines()[0];
        assert_eq!(asset["fields"]["Title"], format!("over {writer}"));
        let tags = asset["fields"]["Keywords"].as_array().unwrap();
        assert!(
            tags.contains(&json!(format!("seen by {writer}"))),
            "{tags:?}"
        );
        assert_eq!(
            asset["certificate"],
            json!({"status": "deprecated", "message": writer})
        );
    }
}

#[test]
fn a_thumbnail_is_set_and_read_back() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    let words = [
        "stage",
        "--query",
        "season:SS26",
        "--thumbnail",
        "JKT_0000001_BACK",
    ];
    desk.run(&words).ends(0);
    let told = submit(&desk, "soap").ends(0).json();
    assert_eq!(counts(&told), [("applied", 3)]);
    assert_eq!(told["items"][0]["server"]["id"], "a|1");
    assert_eq!(
        library.asset("TEE_0000011_DET2").thumbnail.as_deref(),
        Some("a|1")
    );
}

#[test]
fn a_folder_without_write_access_ends_partly_done_and_the_rest_is_written() {
    for profile in BOTH {
        let library = Library::misbehaving(60, "refuse-folder=AW26");
        let desk = Desk::for_library(&library);
        let words = [
            "stage",
            "--query",
            "name:~^(TEE|PNT)",
            "--set",
            "Title=Mine",
        ];
        desk.on(profile, &words).ends(0);
        let told = submit(&desk, profile).ends(3).json();
        let refused: Vec<&Json> = told["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|item| item["outcome"] == "refused")
            .collect();
        let mut names: Vec<&str> = refused
            .iter()
            .filter_map(|item| item["name"].as_str())
            .collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "PNT_0000025_SWATCH",
                "PNT_0000054_FRONT",
                "TEE_0000032_SWATCH"
            ]
        );
        for item in refused {
            assert!(!item["code"].as_str().unwrap().is_empty(), "{item}");
            assert!(!item["reason"].as_str().unwrap().is_empty(), "{item}");
            // Over REST the whole call was refused, so there was nothing to read back.
            assert!(
                [&item["before"], &Json::Null].contains(&&item["server"]),
                "{item}"
            );
            let there = library.values(item["name"].as_str().unwrap(), "Title");
            assert_eq!(there, [item["before"].as_str().unwrap()]);
        }
        let applied = told["counts"]["applied"].as_u64().unwrap();
        assert_eq!(library.writes().len() as u64, applied);
        desk.on(profile, &["draft"])
            .ends(0)
            .says("3 changes on 3 assets");
    }
}

#[test]
fn when_everything_is_refused_nothing_succeeded() {
    for profile in BOTH {
        let library = Library::misbehaving(60, "refuse-folder=SS26");
        let desk = Desk::for_library(&library);
        desk.on(profile, &STAGE_SS26).ends(0);
        let told = submit(&desk, profile).ends(4).json();
        assert_eq!(counts(&told), [("refused", 3)]);
        assert!(library.writes().is_empty());
        desk.on(profile, &["retry"]).ends(4).shows("NOTHING DONE");
    }
}

#[test]
fn a_wrong_secret_is_a_matter_of_signing_in() {
    let library = Library::made_up(5);
    let desk = Desk::for_library(&library)
        .variable("LIBRARY_PASSWORD", "guess")
        .variable("LIBRARY_TOKEN", "guess");
    for profile in BOTH {
        let commands: [&[&str]; 4] = [
            &["list"],
            &["check"],
            &["submit", "--yes"],
            &["stage", "--query", "x", "--set", "Title=x"],
        ];
        for words in commands {
            let ran = desk.on(profile, words).ends(5);
            let all = format!("{}{}", ran.out, ran.said);
            assert!(!all.contains("guess"), "a secret was told: {all}");
        }
        desk.on(profile, &["list"])
            .ends(5)
            .answers_nothing()
            .says("could not sign in");
    }
}

#[test]
fn values_changed_by_somebody_else_meanwhile_are_only_conflicts_and_stay_theirs() {
    for (mine, theirs) in [("soap", "rest"), ("rest", "soap")] {
        let library = Library::made_up(60);
        let desk = Desk::for_library(&library);
        desk.on(mine, &STAGE_SS26).ends(0);
        let other = ["stage", "--query", "season:SS26", "--set", "Title=Theirs"];
        desk.on(theirs, &other).ends(0);
        submit(&desk, theirs).ends(0);
        let told = submit(&desk, mine).ends(6).json();
        assert_eq!(counts(&told), [("conflict", 3)]);
        assert_eq!(told["items"][0]["server"], "Theirs");
        let reason = told["items"][0]["reason"].as_str().unwrap();
        assert!(
            reason.contains("`red trousers`") && reason.contains("`Theirs`"),
            "{reason}"
        );
        assert_eq!(library.values("TEE_0000011_DET2", "Title"), ["Theirs"]);
        assert_eq!(library.writes().len(), 3);
        // Looking at it and staging it again is the way out.
        desk.on(mine, &["submit", "--yes"]).ends(6);
        let staged = desk.on(mine, &STAGE_SS26).ends(0);
        staged
            .says("the server's values changed")
            .says("3 changes, 0 equal");
        let told = submit(&desk, mine).ends(0).json();
        assert_eq!(told["items"][0]["before"], "Theirs");
        assert_eq!(library.values("TEE_0000011_DET2", "Title"), ["Mine"]);
    }
}

#[test]
fn a_conflict_beside_written_changes_is_partly_done() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    desk.run(&STAGE_SS26).ends(0);
    let other = ["stage", "--query", "TEE_0000011", "--set", "Title=Theirs"];
    desk.on("rest", &other).ends(0);
    submit(&desk, "rest").ends(0);
    let told = submit(&desk, "soap").ends(3).json();
    assert_eq!(counts(&told), [("applied", 2), ("conflict", 1)]);
}

#[test]
fn a_plan_with_a_mistake_sends_nothing_at_all() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    for profile in BOTH {
        desk.on(profile, &STAGE_SS26).ends(0);
        let plan = desk.on(profile, &["plan"]).ends(0);
        plan.shows("3 changes on 3 assets in 1 call\n")
            .shows("3  replace");
    }
    library.trash("TEE_0000011_DET2");
    for profile in BOTH {
        // Whoever lists the library learns that the asset is gone.
        desk.on(profile, &["list", "season:SS26"])
            .ends(0)
            .says("2 of 59 assets");
        let plan = desk
            .on(profile, &["plan", "--format", "json"])
            .ends(2)
            .json();
        assert_eq!(plan["changes"], 2);
        assert_eq!(plan["items"][0]["before"], "red trousers");
        assert_eq!(plan["items"][0]["wanted"], "Mine");
        let left = json!([
            {"reason": "the asset is gone from the library", "error": true, "conflict": false, "changes": 1}
        ]);
        assert_eq!(plan["not_sent"], left);
        let text = desk.on(profile, &["plan"]).ends(2);
        text.shows("not sent: 1 error: the asset is gone from the library");
        let refused = submit(&desk, profile).ends(2).says("the plan has errors");
        let answer = refused.json();
        assert_eq!(
            (&answer["run"], &answer["items"]),
            (&Json::Null, &json!([]))
        );
    }
    assert!(
        library
            .writes()
            .iter()
            .all(|write| write.field == "(trash)")
    );
}

#[test]
fn a_retry_sends_what_failed_and_nothing_else() {
    let operations = [("soap", "batchSetAssetMetadata"), ("rest", "entity/bulk")];
    for (profile, operation) in operations {
        let lie = format!("silent-refuse=nth:2:op:{operation}");
        let library = Library::misbehaving(60, &lie);
        let desk = Desk::with(
            &library,
            "batch_size = 2\nconcurrency = 1\nread_back_wait_s = 0",
        );
        let words = ["stage", "--query", "season:AW26", "--set", "Title=Mine"];
        desk.on(profile, &words).ends(0).says("6 change");
        let told = submit(&desk, profile).ends(3).json();
        assert_eq!(counts(&told), [("applied", 4), ("unknown", 2)]);
        assert_eq!(library.writes().len(), 4);
        let told = desk
            .on(profile, &["retry", "--format", "json"])
            .ends(0)
            .json();
        assert_eq!(told["run"], "R-0002");
        assert_eq!(counts(&told), [("applied", 2)]);
        let mut written: Vec<String> = library
            .writes()
            .into_iter()
            .map(|write| write.asset)
            .collect();
        written.sort_unstable();
        written.dedup();
        assert_eq!(
            (written.len(), library.writes().len()),
            (6, 6),
            "each written once"
        );
        let over = desk.on(profile, &["retry"]).ends(1).answers_nothing();
        over.says("nothing it failed on is still staged");
    }
}

#[test]
fn there_is_nothing_to_resume_or_report_before_anything_was_sent() {
    let library = Library::made_up(5);
    let desk = Desk::for_library(&library);
    for words in [["resume"], ["retry"], ["report"]] {
        desk.run(&words).ends(1).answers_nothing();
    }
    desk.run(&["resume", "R-0007"])
        .ends(1)
        .says("there is no run R-0007");
}
