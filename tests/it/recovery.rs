//! Killed at the worst moment: what was said to be staged is there, and a run goes on without
//! writing anything twice.

use std::{
    io::{BufRead, BufReader},
    process::Child,
};

use serde_json::Value as Json;

use crate::support::{Desk, Library, Moment, Relay};

/// The calls that write, by profile.
const WRITES: [(&str, &str); 2] = [
    ("soap", "batchSetAssetMetadataParam"),
    ("rest", "POST /api/meta/entity/bulk"),
];

/// Small calls, one after the other. What was sent counts as lost when two seconds are over.
const HURRIED: &str = "batch_size = 2\nconcurrency = 1\ntimeout_s = 2";

fn kill(mut child: Child) {
    // SIGKILL: the program has no chance to do anything about it.
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn what_was_said_to_be_staged_survives_a_kill_in_that_instant() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    for (number, title) in ["First", "Second", "Third"].iter().enumerate() {
        let set = format!("Title={title}");
        let mut child = desk.start(&["stage", "--query", "season:SS26", "--set", &set]);
        let said = BufReader::new(child.stderr.take().unwrap());
        let found = said
            .lines()
            .any(|line| line.unwrap().starts_with("Staged: "));
        kill(child);
        assert!(found, "it never said that it staged {number}");
        let draft = desk
            .run(&["draft", "--format", "jsonl"])
            .ends(0)
            .json_lines();
        assert_eq!(draft.len(), 3);
        assert!(
            draft.iter().all(|change| change["after"] == *title),
            "{draft:?}"
        );
    }
}

/// Kills a submit while its second call is held, goes on, and asks the library for the truth.
fn killed_and_resumed((profile, word): (&str, &'static str), moment: Moment) {
    let library = Library::made_up(60);
    let relay = Relay::holding(library.address(), word, 2, moment);
    let desk = Desk::at(&relay.address, HURRIED);
    let stage = [
        "stage",
        "--query",
        "season:AW26",
        "--set",
        "Title=Mine",
        "--clear",
        "Rights",
    ];
    desk.on(profile, &stage).ends(0);
    let child = desk.start(&["-p", profile, "submit", "--yes"]);
    relay.wait();
    kill(child);
    let before = library.writes().len();
    assert!(before > 0, "the first call was done");

    let told = desk
        .on(profile, &["resume", "--format", "json"])
        .ends(0)
        .json();
    assert_eq!(told["run"], "R-0001");
    assert_eq!(told["state"], "finished");
    let items = told["items"].as_array().unwrap();
    assert!(items.len() > 6, "titles and rights: {}", items.len());
    for item in items {
        assert_eq!(item["outcome"], "applied", "{item}");
        let (name, field) = (
            item["name"].as_str().unwrap(),
            item["field"].as_str().unwrap(),
        );
        let there = library.values(name, field);
        let wanted: Vec<&str> = item["wanted"].as_str().into_iter().collect();
        assert_eq!(there, wanted, "{name} {field}");
        let server: Vec<&str> = item["server"].as_str().into_iter().collect();
        assert_eq!(there, server, "what is told is what is there");
    }
    let mut writes: Vec<(String, String)> = library
        .writes()
        .into_iter()
        .map(|write| (write.asset, write.field))
        .collect();
    assert_eq!(writes.len(), items.len());
    writes.sort_unstable();
    writes.dedup();
    assert_eq!(writes.len(), items.len(), "nothing was written twice");
    desk.on(profile, &["draft"]).ends(0).answers_nothing();
    desk.on(profile, &["resume"])
        .ends(1)
        .says("no run was interrupted or is paused");
}

#[test]
fn a_run_over_soap_killed_before_the_server_saw_the_call_goes_on() {
    killed_and_resumed(WRITES[0], Moment::Asked);
}

#[test]
fn a_run_over_rest_killed_before_the_server_saw_the_call_goes_on() {
    killed_and_resumed(WRITES[1], Moment::Asked);
}

#[test]
fn a_run_over_soap_killed_after_the_server_wrote_and_before_it_could_say_so_goes_on() {
    killed_and_resumed(WRITES[0], Moment::Done);
}

#[test]
fn a_run_over_rest_killed_after_the_server_wrote_and_before_it_could_say_so_goes_on() {
    killed_and_resumed(WRITES[1], Moment::Done);
}

#[test]
fn a_second_program_reads_along_and_says_who_holds_the_workspace() {
    let library = Library::made_up(60);
    let relay = Relay::holding(
        library.address(),
        "batchSetAssetMetadataParam",
        1,
        Moment::Asked,
    );
    let desk = Desk::at(&relay.address, "");
    desk.run(&["stage", "--query", "season:SS26", "--set", "Title=Mine"])
        .ends(0);
    let first = desk.start(&["submit", "--yes"]);
    relay.wait();
    let holder = format!("pid {}", first.id());
    desk.run(&["draft"])
        .ends(0)
        .shows("Title: red trousers -> Mine");
    let second = [
        "stage",
        "--query",
        "season:SS26",
        "--set",
        "Rights=Agency X",
    ];
    desk.run(&second)
        .ends(1)
        .answers_nothing()
        .says(&holder)
        .says("akim");
    desk.run(&["submit", "--yes"])
        .ends(1)
        .answers_nothing()
        .says(&holder);
    desk.run(&["draft", "drop"]).ends(1).says(&holder);
    kill(first);
    // The lock went with its holder, however it ended.
    desk.run(&second).ends(0);
    assert!(library.writes().is_empty());
}

#[test]
fn a_run_that_lost_its_server_is_told_as_it_is_and_not_as_it_was_wished() {
    let library = Library::made_up(60);
    let relay = Relay::holding(
        library.address(),
        "batchSetAssetMetadataParam",
        2,
        Moment::Done,
    );
    let desk = Desk::at(&relay.address, HURRIED);
    desk.run(&["stage", "--query", "season:AW26", "--set", "Title=Mine"])
        .ends(0);
    let child = desk.start(&["submit", "--yes"]);
    relay.wait();
    kill(child);
    // Before anybody resumes, the report knows which outcomes are certain.
    let told = desk.run(&["report", "--format", "json"]).ends(0).json();
    assert_eq!(told["state"], "interrupted");
    let applied = |item: &&Json| item["outcome"] == "applied";
    let certain = told["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(applied)
        .count();
    assert_eq!(certain, 2);
    assert_eq!(
        library.writes().len(),
        4,
        "two more are written, and nobody was told"
    );
}
