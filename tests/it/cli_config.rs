//! The configuration as people meet it: where it is, what holds, and what is wrong in it.

use crate::support::{Desk, Library};

#[test]
fn config_says_where_it_is_what_holds_and_where_that_comes_from() {
    let library = Library::made_up(5);
    let desk = Desk::with(&library, "batch_size = 7");
    let path = desk.run(&["config", "path"]).ends(0);
    assert_eq!(
        path.out.trim_end(),
        desk.folder().join("config.toml").display().to_string()
    );
    desk.run(&["config", "check"])
        .ends(0)
        .shows("config.toml is well; 2 profiles");
    let shown = desk
        .run(&["--profile", "rest", "config", "show"])
        .ends(0)
        .out;
    for line in [
        ("default_profile", "\"rest\"", "flag --profile"),
        ("data_dir", "data\"", "flag --data-dir"),
        ("images", "\"halfblocks\"", "file, line 2"),
        ("theme", "\"default\"", "default"),
        ("batch_size", "7", "file, line "),
        ("password", "{ env = \"LIBRARY_PASSWORD\" }", "file, line "),
    ] {
        let (key, value, origin) = line;
        let found = shown
            .lines()
            .any(|shown| shown.starts_with(key) && shown.contains(value) && shown.contains(origin));
        assert!(found, "{line:?} is not in:\n{shown}");
    }
    assert!(shown.contains("\n\n[profiles.soap]\n"), "{shown}");
    assert!(!shown.contains("demo"), "a secret was shown:\n{shown}");
}

#[test]
fn a_variable_beats_the_file_and_a_flag_beats_the_variable() {
    let library = Library::made_up(5);
    let desk = Desk::for_library(&library).variable("ARMARIUS_PROFILE", "rest");
    desk.run(&["check", "--format", "json"])
        .ends(0)
        .shows("\"profile\":\"rest\"");
    desk.on("soap", &["check", "--format", "json"])
        .ends(0)
        .shows("\"profile\":\"soap\"");
}

#[test]
fn a_mistyped_key_is_located_and_its_neighbour_named() {
    let library = Library::made_up(5);
    let desk = Desk::with(&library, "bath_size = 7");
    let wrong = desk.run(&["config", "check"]).ends(1).answers_nothing();
    let wrong = wrong.says("config.toml:13:1: `bath_size` is no key; did you mean `batch_size`?");
    // Both profiles have the mistake; both are told at once.
    assert_eq!(
        wrong.said.matches("`bath_size`").count(),
        2,
        "{}",
        wrong.said
    );
    desk.run(&["list"])
        .ends(1)
        .answers_nothing()
        .says("did you mean `batch_size`?");
}

#[test]
fn a_secret_in_plain_text_is_refused_with_how_to_do_it_and_never_repeated() {
    let library = Library::made_up(5);
    let desk = Desk::for_library(&library);
    desk.file(
        "config.toml",
        "[profiles.x]\nkind = \"atlan\"\nurl = \"https://a.example\"\ntoken = \"hunter2\"\n",
    );
    let refused = desk.run(&["config", "check"]).ends(1).answers_nothing();
    let refused = refused
        .says("config.toml:4:9: ")
        .says("{ env = ")
        .says("{ command = ");
    assert!(!refused.said.contains("hunter2"), "{}", refused.said);
}

#[test]
fn what_is_missing_is_said_in_words() {
    let library = Library::made_up(5);
    let desk = Desk::for_library(&library);
    desk.on("sopa", &["list"])
        .ends(1)
        .says("there is no profile `sopa`; did you mean `soap`?");
    let none = ["--config", "none.toml", "list"];
    let words: Vec<&str> = none.to_vec();
    let output = desk.command(&[]).args(&words).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    desk.file("empty.toml", "");
    desk.file("config.toml", "");
    desk.run(&["list"]).ends(1).answers_nothing();
    desk.run(&["frobnicate"])
        .ends(1)
        .says("unrecognized subcommand 'frobnicate'");
}

#[test]
fn help_tells_every_command_and_every_exit_code() {
    let library = Library::made_up(5);
    let desk = Desk::for_library(&library);
    let help = desk.run(&["--help"]).ends(0).out;
    for command in [
        "demo", "serve", "list", "stage", "draft", "plan", "submit", "resume", "retry", "report",
        "check", "config",
    ] {
        let line = format!("\n  {command} ");
        assert!(help.contains(&line), "no {command} in:\n{help}");
    }
    let flat = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("Exit codes: 0 all ok, 1 usage or configuration, 2 the plan has errors"));
    assert!(flat.contains("6 only conflicts, 7 the listing is incomplete."));
    let faults = desk.run(&["serve", "--help"]).ends(0);
    faults.shows("write-then-drop").shows("refuse-folder");
}
