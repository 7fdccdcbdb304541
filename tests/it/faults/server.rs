//! Rows 1 to 15: what a server does to a run.

use std::thread;

use armarius::domain::{Outcome, Run, run::RunState};

use super::{
    story::{BOTH, Protocol, Stage, Story},
    truth,
};
use crate::support::raw::{Asked, Deed, http};

/// Stories told at once.
const AT_ONCE: usize = 6;

/// One row: how the fault is brought about, and what must hold beside the truth.
struct Row {
    number: u32,
    name: &'static str,
    over: &'static [Protocol],
    /// Faults of the server.
    faults: &'static str,
    /// Faults on the way.
    script: fn(&Asked) -> Deed,
    /// How the stage differs.
    stage: fn(&mut Stage),
    /// What must hold.
    must: fn(&Story, &Run),
}

const SOAP: &[Protocol] = &[Protocol::Soap];
const REST: &[Protocol] = &[Protocol::Rest];

fn pass(_: &Asked) -> Deed {
    Deed::Pass
}

fn as_it_is(_: &mut Stage) {}

/// Everything is through.
fn all_applied(story: &Story, run: &Run) {
    truth::all_applied(story, run, "");
}

/// The second write meets this answer, and is not done.
fn second_write(asked: &Asked, answer: &[u8]) -> Deed {
    if asked.number == 3 {
        return Deed::Instead(answer.to_vec());
    }
    Deed::Pass
}

fn of(run: &Run, outcome: Outcome) -> usize {
    run.settled
        .iter()
        .flatten()
        .filter(|one| one.outcome == outcome)
        .count()
}

const ROWS: &[Row] = &[
    Row {
        number: 1,
        name: "429 with Retry-After, now and then",
        over: &BOTH,
        faults: "throttle=every:5:retry-after=0",
        script: pass,
        stage: as_it_is,
        must: all_applied,
    },
    Row {
        number: 3,
        name: "429 without Retry-After",
        over: &BOTH,
        faults: "",
        script: |asked| second_write(asked, &http(429, "", "")),
        stage: as_it_is,
        must: all_applied,
    },
    Row {
        number: 3,
        name: "429 with text for Retry-After",
        over: &BOTH,
        faults: "",
        script: |asked| second_write(asked, &http(429, "Retry-After: soon, please\r\n", "")),
        stage: as_it_is,
        must: all_applied,
    },
    Row {
        number: 3,
        name: "429 with a negative Retry-After",
        over: &BOTH,
        faults: "",
        script: |asked| second_write(asked, &http(429, "Retry-After: -1\r\n", "")),
        stage: as_it_is,
        must: all_applied,
    },
    Row {
        number: 3,
        name: "429 with a date a second away",
        over: &BOTH,
        faults: "",
        script: |asked| {
            let headers = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
                           Retry-After: Sun, 06 Nov 1994 08:49:38 GMT\r\n";
            second_write(asked, &http(429, headers, ""))
        },
        stage: as_it_is,
        must: all_applied,
    },
    Row {
        number: 3,
        name: "429 that asks for a day: the run waits for a person",
        over: &BOTH,
        faults: "",
        script: |asked| second_write(asked, &http(429, "Retry-After: 86400\r\n", "")),
        stage: as_it_is,
        must: |story, run| {
            assert!(!story.waits.is_empty(), "nobody was asked");
            all_applied(story, run);
        },
    },
    Row {
        number: 4,
        name: "502 as a page, an empty 500, a 503, by chance",
        over: &BOTH,
        faults: "html-502=p:0.1,unavailable-503=p:0.1:seed:5",
        script: pass,
        stage: as_it_is,
        must: all_applied,
    },
    Row {
        number: 4,
        name: "an empty 500 in place of every fourth call",
        over: &BOTH,
        faults: "",
        script: |asked| {
            if asked.number.is_multiple_of(4) {
                return Deed::Instead(http(500, "", ""));
            }
            Deed::Pass
        },
        stage: as_it_is,
        must: all_applied,
    },
    Row {
        number: 6,
        name: "500 after it is written",
        over: &BOTH,
        faults: "write-then-500=every:2",
        script: pass,
        stage: as_it_is,
        must: all_applied,
    },
    Row {
        number: 6,
        name: "500 after it is written, one asset a call, unchecked",
        over: &BOTH,
        faults: "write-then-500=every:2",
        script: pass,
        stage: |stage| {
            stage.settings.batch_size = Some(1);
            stage.settings.check_before = false;
            stage.settings.read_back = false;
        },
        must: all_applied,
    },
    Row {
        number: 7,
        name: "half of a batch is written, then 500",
        over: &BOTH,
        faults: "half=every:2",
        script: pass,
        stage: as_it_is,
        must: all_applied,
    },
    Row {
        number: 8,
        name: "200 that silently leaves an asset out",
        over: &BOTH,
        faults: "leave-out=nth:2",
        script: pass,
        stage: as_it_is,
        must: |story, run| truth::agrees(story, run, "left out"),
    },
    Row {
        number: 8,
        name: "200 that silently leaves an asset out, nothing read back otherwise",
        over: &BOTH,
        faults: "leave-out=nth:2",
        script: pass,
        stage: |stage| stage.settings.read_back = false,
        must: |story, run| truth::agrees(story, run, "left out, not read back"),
    },
    Row {
        number: 9,
        name: "a poisoned asset, named",
        over: REST,
        faults: "poison=5",
        script: pass,
        stage: |stage| stage.edited = 8,
        must: |story, run| {
            truth::agrees(story, run, "poison");
            assert!(of(run, Outcome::Refused) >= 3, "{:?}", run.tally());
            assert!(of(run, Outcome::Applied) >= 18, "{:?}", run.tally());
        },
    },
    Row {
        number: 9,
        name: "a poisoned asset, not named",
        over: REST,
        faults: "poison-unnamed=5",
        script: pass,
        stage: |stage| stage.edited = 8,
        must: |story, run| {
            truth::agrees(story, run, "unnamed poison");
            assert!(of(run, Outcome::Refused) >= 3, "{:?}", run.tally());
            assert!(of(run, Outcome::Applied) >= 18, "{:?}", run.tally());
        },
    },
    Row {
        number: 9,
        name: "a poisoned asset, field by field",
        over: SOAP,
        faults: "poison=5",
        script: pass,
        stage: |stage| stage.edited = 8,
        must: |story, run| {
            truth::agrees(story, run, "poison by pairs");
            assert!(of(run, Outcome::Refused) >= 3, "{:?}", run.tally());
            assert!(of(run, Outcome::Applied) >= 18, "{:?}", run.tally());
        },
    },
    Row {
        number: 11,
        name: "413: too many assets in a call",
        over: &BOTH,
        faults: "max-batch=2",
        script: pass,
        stage: |stage| stage.settings.batch_size = Some(15),
        must: all_applied,
    },
    Row {
        number: 13,
        name: "403 for a part of the calls",
        over: &BOTH,
        faults: "forbid=nth:2:writes",
        script: pass,
        stage: as_it_is,
        must: |story, run| truth::agrees(story, run, "forbidden"),
    },
    Row {
        number: 15,
        name: "an answer that says success and writes nothing",
        over: &BOTH,
        faults: "silent-refuse=nth:1",
        script: pass,
        stage: as_it_is,
        must: |story, run| {
            truth::agrees(story, run, "told, not done");
            assert!(of(run, Outcome::Unknown) > 0);
            assert_eq!(of(run, Outcome::Refused), 0, "nothing was refused");
        },
    },
];

/// Tells a row over a protocol.
fn tell(row: &Row, protocol: Protocol) {
    let mut stage = Stage::over(protocol).faults(row.faults);
    (row.stage)(&mut stage);
    let mut story = Story::staged(&stage, row.script);
    let run = story.submit();
    assert_eq!(run.state, RunState::Finished, "{:?}", story.waits);
    (row.must)(&story, &run);
}

#[test]
fn whatever_the_server_does_every_change_is_accounted_for() {
    let mut cases: Vec<(&Row, Protocol)> = Vec::new();
    for row in ROWS {
        cases.extend(row.over.iter().map(|protocol| (row, *protocol)));
    }
    let queue = std::sync::Mutex::new(cases.into_iter());
    let failed = std::sync::Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().unwrap().next();
                    let Some((row, protocol)) = next else { return };
                    let told = std::panic::catch_unwind(|| tell(row, protocol));
                    if told.is_err() {
                        let (number, name) = (row.number, row.name);
                        let case = format!("row {number}, {name}, over {protocol:?}");
                        failed.lock().unwrap().push(case);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn the_check_itself_does_not_believe_a_server_that_lies() {
    for protocol in BOTH {
        let mut stage = Stage::over(protocol).faults("silent-refuse=nth:1");
        stage.settings.read_back = false;
        let mut story = Story::staged(&stage, pass);
        let run = story.submit();
        assert_eq!(of(&run, Outcome::Applied), run.items.len());
        let story = std::panic::AssertUnwindSafe(&story);
        let checked = std::panic::catch_unwind(|| truth::agrees(&story, &run, "a lie"));
        assert!(checked.is_err(), "{protocol:?}: a lie was believed");
    }
}
