//! Rows 24 to 29: the k-th request of a run goes wrong, for k = 1, 2, 3 … until a run is through
//! without having met the fault.

use std::{thread, time::Duration};

use super::{
    story::{BOTH, Protocol, Stage, Story},
    truth,
};
use crate::support::raw::{Deed, http};

/// Stories told at once.
const AT_ONCE: usize = 12;

/// A way to fail, by the number of the row.
struct Fault {
    row: u32,
    name: &'static str,
    deed: fn() -> Deed,
}

const FAULTS: &[Fault] = &[
    Fault {
        row: 24,
        name: "reset before the server hears of it",
        deed: || Deed::ResetBefore,
    },
    Fault {
        row: 25,
        name: "reset after the server has done it, without a byte",
        deed: || Deed::ResetAfter,
    },
    Fault {
        row: 26,
        name: "broken off in the middle of the body",
        deed: || Deed::Midbody,
    },
    Fault {
        row: 27,
        name: "an empty 200",
        deed: || Deed::DoneThen(http(200, "", "")),
    },
    Fault {
        row: 27,
        name: "a page of a captive portal",
        deed: || Deed::Instead(http(200, "Content-Type: text/html\r\n", PORTAL)),
    },
    Fault {
        row: 27,
        name: "a whole message with half a body",
        deed: || Deed::Changed(std::sync::Arc::new(|body| body[..body.len() / 2].to_vec())),
    },
    Fault {
        row: 28,
        name: "a byte now and then",
        deed: || Deed::Drip(Duration::from_millis(100)),
    },
    Fault {
        row: 29,
        name: "never answered, never done",
        deed: || Deed::Silent,
    },
    Fault {
        row: 29,
        name: "never answered, but done",
        deed: || Deed::SilentAfter,
    },
];

const PORTAL: &str = "<!DOCTYPE html><html><head><title>Welcome to Harbour Wi-Fi</title></head>\
                      <body>Please accept the terms.</body></html>";

/// Tells the story with the k-th request failing; says whether the fault was met.
fn fails_at(k: usize, fault: &Fault, protocol: Protocol) -> bool {
    let deed = (fault.deed)();
    let mut stage = Stage::over(protocol);
    stage.edited = 2;
    stage.settings.batch_size = Some(1);
    let mut story = Story::staged(&stage, move |asked| {
        if asked.number == k {
            deed.clone()
        } else {
            Deed::Pass
        }
    });
    let run = story.submit();
    let Fault { row, name, .. } = fault;
    truth::all_applied(
        &story,
        &run,
        &format!("row {row}, {name}, {protocol:?}, request {k}"),
    );
    story.raw.count() >= k
}

#[test]
fn whichever_request_is_lost_every_change_is_written_once_and_told() {
    let cases: Vec<(&Fault, Protocol)> = FAULTS
        .iter()
        .flat_map(|fault| BOTH.map(|protocol| (fault, protocol)))
        .collect();
    let queue = std::sync::Mutex::new(cases.into_iter());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().unwrap().next();
                    let Some((fault, protocol)) = next else {
                        return;
                    };
                    let met = (1..200).find(|&k| !fails_at(k, fault, protocol));
                    let (row, name) = (fault.row, fault.name);
                    let last = met.unwrap_or_else(|| panic!("row {row}, {name}: no end"));
                    assert!(
                        last > 6,
                        "row {row}, {name}, {protocol:?}: only {last} requests"
                    );
                }
            });
        }
    });
}
