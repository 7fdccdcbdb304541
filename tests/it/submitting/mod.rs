//! Submitting from beginning to end: a sign-in that expires on the way, a canary, what is done about
//! the outcome afterwards, and the whole story in the demo.

mod canary;
mod demo;
mod past;
mod signing_in;

use crate::support::{Desk, Library};

/// One asset a call, one call at a time.
const ONE_BY_ONE: &str = "batch_size = 1\nconcurrency = 1";

/// What a call that writes contains, by profile.
fn write_of(profile: &str) -> &'static str {
    match profile {
        "soap" => "batchSetAssetMetadataParam",
        _ => "POST /api/meta/entity/bulk",
    }
}

/// Three titles staged on a profile of a desk.
fn stage_three(desk: &Desk, profile: &str) {
    let words = ["stage", "--query", "season:SS26", "--set", "Title=Mine"];
    desk.on(profile, &words).ends(0);
}

/// Insists that the three titles were written, each once.
#[track_caller]
fn is_written_once(library: &Library) {
    let written = library.writes();
    let mut places: Vec<(String, String)> = written
        .into_iter()
        .map(|write| (write.asset, write.field))
        .collect();
    assert_eq!(places.len(), 3, "{places:?}");
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), 3, "twice: {places:?}");
}
