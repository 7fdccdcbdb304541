//! Reports of runs, and the check of the sign-in.

use crate::support::{BOTH, Desk, Library};

/// A desk where a run wrote some changes and was refused others.
fn after_a_run(library: &Library, profile: &str) -> Desk {
    let desk = Desk::for_library(library);
    let query = "name:~^(SWT|JKT).*00(21|40)_";
    desk.on(
        profile,
        &["stage", "--query", query, "--set", "Title=Odd, | \"one\""],
    )
    .ends(0);
    desk.on(profile, &["submit", "--yes"])
        .ends(3)
        .shows("R-0001: PARTLY DONE");
    desk
}

#[test]
fn a_run_is_reported_as_a_table_as_json_and_for_people() {
    for profile in BOTH {
        let library = Library::misbehaving(60, "refuse-folder=AW26");
        let desk = after_a_run(&library, profile);
        let csv = desk.on(profile, &["report"]).ends(0).out;
        let lines: Vec<&str> = csv.lines().collect();
        assert!(lines[0].starts_with("run,asset,name,type,field,before,wanted,server,outcome,"));
        assert_eq!(lines.len(), 3, "{csv}");
        assert!(csv.contains(",\"Odd, | \"\"one\"\"\","), "{csv}");
        let json = desk
            .on(profile, &["report", "R-0001", "--format", "json"])
            .ends(0)
            .json();
        assert_eq!(json["run"], "R-0001");
        assert_eq!(json["items"].as_array().unwrap().len(), 2);
        assert_eq!(
            (&json["counts"]["applied"], &json["counts"]["refused"]),
            (&1.into(), &1.into())
        );
        let words = desk.on(profile, &["report", "--format", "md"]).ends(0).out;
        assert!(words.starts_with("# R-0001: "), "{words}");
        assert!(words.contains("PARTLY DONE. 2 changes."), "{words}");
        assert!(words.contains("| refused | 1 |"), "{words}");
        assert!(words.contains("Odd, \\| \"one\""), "{words}");
        desk.on(profile, &["report", "R-0009"])
            .ends(1)
            .says("there is no run R-0009");
    }
}

#[test]
fn reports_and_drafts_are_there_when_the_server_is_not() {
    let library = Library::misbehaving(60, "refuse-folder=AW26");
    let desk = after_a_run(&library, "soap");
    drop(library);
    desk.run(&["report"]).ends(0).shows("R-0001,");
    desk.run(&["draft"]).ends(0).says("1 change on 1 asset");
    desk.run(&["list"])
        .ends(4)
        .answers_nothing()
        .says("could not sign in: can't reach http://");
}

#[test]
fn check_tells_each_step_of_signing_in_and_writes_nothing() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    for profile in BOTH {
        let text = desk
            .on(profile, &["check"])
            .ends(0)
            .shows("sign-in ................. ok");
        assert!(text.out.lines().count() >= 3, "{}", text.out);
        let json = desk
            .on(profile, &["check", "--format", "json"])
            .ends(0)
            .json();
        assert_eq!(json["profile"], profile);
        assert_eq!(json["ok"], true);
        assert!(
            json["steps"]
                .as_array()
                .unwrap()
                .iter()
                .all(|step| step["ok"] == true)
        );
    }
    assert!(library.writes().is_empty());
}

#[test]
fn check_tells_which_step_failed_and_what_to_do() {
    let library = Library::misbehaving(5, "wrong-region");
    let desk = Desk::for_library(&library);
    let json = desk.run(&["check", "--format", "json"]).ends(5).json();
    assert_eq!(json["ok"], false);
    let steps = json["steps"].as_array().unwrap();
    assert_eq!(
        (&steps[0]["step"], &steps[0]["ok"]),
        (&"address".into(), &true.into())
    );
    let failed = steps.iter().find(|step| step["ok"] == false).unwrap();
    assert_eq!(failed["step"], "sign-in");
    assert!(
        failed["text"].as_str().unwrap().contains("region"),
        "{failed}"
    );
    desk.run(&["check"]).ends(5).shows(" no ");
    desk.on("rest", &["check"]).ends(5).shows(" no ");
}
