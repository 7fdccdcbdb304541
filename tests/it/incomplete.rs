//! Half a library is never taken for a whole one: short pages are no end, and a listing that lacks
//! assets is called incomplete wherever something is asked of all of them.

use crate::support::{BOTH, Desk, Library};

/// Assets of these libraries.
const ALL: u64 = 372;

#[test]
fn a_server_with_smaller_pages_than_asked_for_is_listed_to_its_end() {
    for faults in [
        "short-pages=50",
        "short-pages=7,count-off=-70",
        "short-pages=50,no-sort-values",
        "short-pages=50,no-sort-values,count-off=-100",
        "miss-page=p:0.3,no-sort-values",
        "miss-page=every:2,count-off=-1",
    ] {
        let library = Library::misbehaving(ALL, faults);
        let desk = Desk::for_library(&library);
        for profile in BOTH {
            let ran = desk.on(profile, &["list", "--format", "jsonl"]).ends(0);
            assert_eq!(ran.json_lines().len() as u64, ALL, "{profile}, {faults}");
        }
    }
}

#[test]
fn a_library_that_did_not_come_whole_is_incomplete_for_scripts() {
    for (profile, faults) in [
        ("soap", "count-off=5"),
        ("rest", "count-off=5"),
        ("rest", "count-off=5,no-sort-values,short-pages=100"),
    ] {
        let library = Library::misbehaving(ALL, faults);
        let desk = Desk::for_library(&library);
        desk.on(profile, &["list", "name:JKT"])
            .ends(7)
            .says("5 of 377 assets did not come: the listing is incomplete");
        let all = ["stage", "--query", "", "--set", "Title=All"];
        desk.on(profile, &all)
            .ends(7)
            .says("only 372 of 377 assets are listed")
            .says("--partial");
        assert_eq!(desk.on(profile, &["draft"]).ends(0).out, "");
        let partial = ["stage", "--partial", "--query", "", "--set", "Title=All"];
        desk.on(profile, &partial).ends(0).says("372 change");
    }
}
