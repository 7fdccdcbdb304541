//! News on the way for people who wait at a terminal.

use std::io::{self, IsTerminal};

use super::{args::TextOrJson, output};
use crate::runtime::{Headless, Progress};

/// Says to standard error what a command waits for; only to people.
pub fn tell(headless: &mut Headless, format: TextOrJson) {
    if format == TextOrJson::Json && !io::stderr().is_terminal() {
        return;
    }
    headless.on_progress(|news| match news {
        Progress::Waits(seconds, why) => output::aside(&format!("waiting {seconds} s: {why}")),
        Progress::Said(sentence) => output::aside(sentence),
        Progress::Outcomes(_) => {}
    });
}
