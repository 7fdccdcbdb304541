//! The catalogue as a program of its own: ready in one line, importing, keeping, ending.

use std::{
    io::{BufRead, BufReader, Read},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value as Json;

use crate::support::{BOTH, Desk, Library};

/// A server with a file, a library file, and a user of its own.
const KEEPING: [&str; 11] = [
    "serve",
    "--import",
    "works.jsonl",
    "--catalogue",
    "kept.sqlite",
    "--user",
    "akim@example.com",
    "--password-env",
    "OWN_PASSWORD",
    "--token-env",
    "OWN_TOKEN",
];

/// Reads the one line that says the server is ready.
fn ready(child: &mut Child) -> Json {
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

/// Ends the server as a supervisor does; gives what it said.
fn end(mut child: Child) -> String {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    kill_process(pid.unwrap(), Signal::TERM).unwrap();
    let mut said = String::new();
    let mut messages = child.stderr.take().unwrap();
    messages.read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{said}");
    said
}

#[test]
fn what_was_imported_and_changed_is_kept_between_starts_for_its_own_user_alone() {
    let elsewhere = Library::made_up(1);
    let files = Desk::for_library(&elsewhere)
        .variable("OWN_PASSWORD", "open sesame")
        .variable("OWN_TOKEN", "a token of our own");
    files.file(
        "works.jsonl",
        "{\"id\":\"w-1\",\"title\":\"Old Trees\",\"creators\":[\"Gifford\"]}\nno json\n\
         {\"id\":\"w-2\",\"title\":\"Pier\",\"creators\":[]}\n",
    );
    let mut server = files.start(&KEEPING);
    let told = ready(&mut server);
    assert_eq!(told["assets"], 2);
    let address = told["address"].as_str().unwrap().to_owned();

    let stranger = Desk::at(&address, "");
    for profile in BOTH {
        stranger.on(profile, &["list"]).ends(5).answers_nothing();
    }
    let own = stranger.variable("LIBRARY_TOKEN", "a token of our own");
    own.on(
        "rest",
        &["stage", "--query", "Pier", "--add-tag", "creators=unknown"],
    )
    .ends(0);
    own.on("rest", &["submit", "--yes"]).ends(0);
    let said = end(server);
    assert!(said.contains("works.jsonl: 2 imported"), "{said}");
    assert!(
        said.contains("works.jsonl:2: "),
        "the bad row is named: {said}"
    );
    assert!(
        !said.contains("sesame") && !said.contains("token of our own"),
        "{said}"
    );

    let mut again = files.start(&KEEPING);
    let address = ready(&mut again)["address"].as_str().unwrap().to_owned();
    let own = Desk::at(&address, "").variable("LIBRARY_TOKEN", "a token of our own");
    let listed = own
        .on("rest", &["list", "Pier", "--format", "jsonl"])
        .ends(0)
        .json_lines();
    assert_eq!(
        listed[0]["fields"]["creators"],
        serde_json::json!(["unknown"])
    );
    let said = end(again);
    assert!(
        said.contains("0 imported, 2 already there and left as they are"),
        "{said}"
    );
}

#[test]
fn wrong_words_keep_it_from_starting_and_say_why() {
    let library = Library::made_up(1);
    let desk = Desk::for_library(&library);
    let wrong: [(&[&str], &str); 5] = [
        (
            &["--listen", "0.0.0.0:0"],
            "can be reached from other machines",
        ),
        (
            &["--faults", "slwo=1s"],
            "`slwo` is no fault; the nearest is `slow`",
        ),
        (&["--import", "none.jsonl"], "none.jsonl: No such file"),
        (
            &["--password-env", "NOBODY_SET_ME"],
            "the environment variable NOBODY_SET_ME is not set",
        ),
        (&["--assets", "1000001"], "1000001 is not in"),
    ];
    for (words, said) in wrong {
        let all = [&["serve"][..], words].concat();
        desk.run(&all).ends(1).answers_nothing().says(said);
    }
}

#[test]
fn a_secret_of_its_own_takes_the_place_of_both_of_the_demo() {
    let elsewhere = Library::made_up(1);
    let files = Desk::for_library(&elsewhere)
        .variable("OWN_PASSWORD", "open sesame")
        .variable("OWN_TOKEN", "a token of our own");
    for (words, open, closed) in [
        (["--password-env", "OWN_PASSWORD"], "soap", "REST: no token"),
        (["--token-env", "OWN_TOKEN"], "rest", "SOAP: no password"),
    ] {
        let mut server = files.start(&[&["serve", "--assets", "3"][..], &words].concat());
        let address = ready(&mut server)["address"].as_str().unwrap().to_owned();
        let demo = Desk::at(&address, "");
        for profile in BOTH {
            demo.on(profile, &["list"]).ends(5).answers_nothing();
        }
        let own = demo
            .variable("LIBRARY_TOKEN", "a token of our own")
            .variable("LIBRARY_PASSWORD", "open sesame");
        own.on(open, &["list"]).ends(0);
        let said = end(server);
        assert!(
            said.contains(&format!("nobody can sign in over {closed} was given")),
            "{said}"
        );
    }
    files
        .run(&["serve", "--user", "akim@example.com"])
        .ends(1)
        .answers_nothing()
        .says("akim@example.com has no secret to sign in with");
}

#[test]
fn three_hundred_idle_connections_and_few_handles_do_not_stop_it() {
    let library = Library::made_up(1);
    let mut server = Command::new("sh")
        .args(["-c", "ulimit -n 128; exec \"$0\" serve --assets 3"])
        .arg(env!("CARGO_BIN_EXE_armarius"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let address = ready(&mut server)["address"].as_str().unwrap().to_owned();
    let host = address.strip_prefix("http://").unwrap();
    let idle: Vec<_> = (0..300).map(|_| TcpStream::connect(host)).collect();
    drop(library);
    let desk = Desk::at(&address, "");
    for profile in BOTH {
        desk.on(profile, &["list"]).ends(0);
    }
    drop(idle);
    end(server);
}
