//! News on the way for people who wait: live at a terminal, a line now and then elsewhere.

use std::{
    io::{self, IsTerminal},
    time::Duration,
};

use tokio::time::Instant;

use super::output;
use crate::{
    domain::{Run, text::number},
    runtime::{Headless, Progress},
};

/// How long nothing is said about a run where nobody looks on.
const NOW_AND_THEN: Duration = Duration::from_secs(10);

/// Says to standard error how far a run is, and what a command waits for.
pub fn tell(headless: &mut Headless) {
    let is_live = io::stderr().is_terminal();
    let mut said = Instant::now();
    headless.on_progress(move |news| match news {
        Progress::Waits(seconds, why) => output::aside(&format!("waiting {seconds} s: {why}")),
        Progress::Said(sentence) => output::aside(sentence),
        Progress::Outcomes(run) if is_live => output::live(&far(run)),
        Progress::Outcomes(run) => {
            if said.elapsed() >= NOW_AND_THEN {
                said = Instant::now();
                output::aside(&far(run));
            }
        }
    });
}

/// `R-0001: 1,200 of 12,480 done`.
fn far(run: &Run) -> String {
    let done = run.settled.iter().flatten().count() as u64;
    let (done, all) = (number(done), number(run.items.len() as u64));
    format!("{}: {done} of {all} done", run.id)
}
