//! Runs that are no longer among the last ones: everything can still be done about them.

use armarius::{
    domain::{Run, RunId},
    store::{Holder, Workspace},
};

use crate::support::{BOTH, Desk, Library};

/// How many runs came after the first one.
const MORE: u32 = 24;

/// A desk whose first run wrote one change and was refused another, which is still staged; many
/// runs came after it.
fn long_ago(library: &Library, profile: &str) -> Desk {
    let desk = Desk::for_library(library);
    let query = "name:~^(SWT|JKT).*00(21|40)_";
    let words = ["stage", "--query", query, "--set", "Title=Mine"];
    desk.on(profile, &words).ends(0);
    desk.on(profile, &["submit", "--yes"]).ends(3);
    let folder = desk.folder().join("data").join(profile);
    let mut workspace = Workspace::open(&folder, &Holder::this_process("akim", 0)).unwrap();
    let first = workspace.load_run(&RunId::numbered(1)).unwrap();
    for number in 2..2 + MORE {
        let later = Run {
            id: RunId::numbered(number),
            label: format!("later {number}"),
            items: first.items[..1].to_vec(),
            settled: first.settled[..1].to_vec(),
            calls: Vec::new(),
            ..first.clone()
        };
        workspace.begin_run(&later).unwrap();
    }
    desk
}

fn refusing() -> Library {
    Library::misbehaving(60, "refuse-folder=AW26")
}

#[test]
fn an_older_run_is_shown_and_reported_like_the_last_one() {
    for profile in BOTH {
        let library = refusing();
        let desk = long_ago(&library, profile);
        let on = |words: &[&str]| desk.on(profile, words);
        on(&["results", "R-0001"])
            .ends(3)
            .shows("R-0001: PARTLY DONE")
            .shows("of 2 changes");
        on(&["results"]).shows("R-0025: ");
        on(&["report", "r-0001", "--format", "md"])
            .ends(0)
            .shows("# R-0001: ");
        on(&["handover", "R-0001"])
            .ends(0)
            .says("handed over 1 change");
        on(&["read-back", "R-0001"])
            .ends(3)
            .shows("R-0001: PARTLY DONE");
        on(&["results", "R-0026"])
            .ends(1)
            .says("there is no run R-0026");
    }
}

#[test]
fn what_failed_in_an_older_run_is_sent_again_accepted_or_dropped() {
    for profile in BOTH {
        let library = refusing();
        let desk = long_ago(&library, profile);
        let on = |words: &[&str]| desk.on(profile, words);
        let again = on(&["retry", "R-0001", "--format", "json"]).ends(4).json();
        assert_eq!(again["run"], "R-0026");
        assert_eq!(again["items"].as_array().unwrap().len(), 1);
        on(&["read-back", "R-0001"]).ends(3);
        on(&["accept", "R-0001", "--outcome", "refused"])
            .ends(0)
            .says("accept 1 of R-0001");
        on(&["undo"]).ends(0);
        on(&["drop", "R-0001"]).ends(0).says("take out 1");
        on(&["draft"]).says("0 changes on 0 assets");
        on(&["resume", "r-0001"])
            .ends(3)
            .shows("R-0001: PARTLY DONE");
        assert_eq!(library.writes().len(), 1, "one change was ever written");
    }
}
