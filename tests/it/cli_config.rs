//! The configuration as people meet it: where it is, what holds, and what is wrong in it.

use crate::support::{Desk, Library, Terminal};

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

#[test]
fn the_check_refuses_what_a_start_refuses() {
    let library = Library::made_up(5);
    for (top, said) in [
        ("theme = \"nowhere\"", "there is no theme `nowhere`"),
        ("[keys]\nnonsense = \"x\"", "nonsense"),
        ("[keys]\nundo = \"Ctrl+Nonsense\"", "Nonsense"),
    ] {
        let desk = Desk::for_library(&library);
        let known = std::fs::read_to_string(desk.folder().join("config.toml")).unwrap();
        desk.file(
            "config.toml",
            &format!("{top}\n{known}").replace("[keys]\n", ""),
        );
        if top.starts_with("[keys]") {
            desk.file("config.toml", &format!("{known}\n{top}\n"));
        }
        let plain = desk.run(&["config", "check"]).ends(1).answers_nothing();
        plain.says(said);
        // Without colours, too: the next terminal has them.
        let desk = desk.variable("NO_COLOR", "1");
        desk.run(&["config", "check"]).ends(1).says(said);
    }
}

#[test]
fn a_review_by_two_is_refused_as_long_as_nothing_enforces_it() {
    let library = Library::made_up(5);
    let desk = Desk::with(&library, "review = \"two-person\"");
    for words in [&["config", "check"][..], &["plan"], &["submit", "--yes"]] {
        let refused = desk.run(words).ends(1).answers_nothing();
        refused
            .says(
                "`review` can't be `two-person` yet: nothing would keep one person from submitting",
            )
            .says("write `self` or `off`");
    }
}

#[test]
fn who_you_are_is_who_the_endpoint_says_and_the_author_stands_beside() {
    for (profile, signed_in) in [
        ("soap", "librarian@example.com, IpsCompanyAdmin"),
        ("rest", "librarian, admin"),
    ] {
        let library = Library::made_up(5);
        let desk = Desk::for_library(&library);
        desk.on(profile, &["stage", "--query", "", "--set", "Title=x"])
            .ends(0);
        desk.on(profile, &["submit", "--yes"]).ends(0);
        let history = desk.on(profile, &["history", "--format", "json"]).ends(0);
        let history = history.json();
        let entries = history["entries"].as_array().unwrap();
        assert!(entries.len() >= 2, "{history}");
        for entry in entries {
            let by = entry["by"].as_str().unwrap();
            assert_eq!(by, format!("{signed_in} (akim)"));
        }
        let report = desk.on(profile, &["report", "--format", "json"]).json();
        assert!(report["author"].as_str().unwrap().ends_with(" (akim)"));
    }
}

#[test]
fn the_first_start_takes_enter_for_yes_and_writes_only_what_the_next_start_takes() {
    let desk = Desk::at("http://127.0.0.1:9", "");
    desk.file("config.toml", "");
    let mut terminal = Terminal::start(&desk, &[], (100, 40));
    terminal.shows("Number (empty leaves):").types("2\r");
    terminal
        .shows("A name for the profile")
        .types("https://x.example\r");
    terminal
        .shows("That can't be: a name takes letters")
        .types("works\r");
    terminal
        .shows("Address of the region")
        .types("assets.example.com\r");
    terminal.shows("User (an e-mail address)").types("\r");
    terminal
        .shows("Variable that holds the password")
        .types("not a name\r");
    terminal
        .shows("That can't be: a variable has letters")
        .types("\r");
    terminal.shows("Write it? (yes)").types("\r");
    assert_eq!(terminal.ends(), 0);
    let written = std::fs::read_to_string(desk.folder().join("config.toml")).unwrap();
    assert!(
        written.contains("url = \"https://assets.example.com\""),
        "{written}"
    );
    let shown = desk.run(&["config", "check"]).ends(0);
    shown.shows("is well; 1 profile");
}
