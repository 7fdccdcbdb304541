//! S8 in the demo: read the plan, try it, send it, browse on, lose the terminal in the middle, and go
//! on without a change written twice.

use std::collections::BTreeMap;

use armarius::catalogue::database::Library as Catalogue;

use crate::support::{Audit, Desk, Terminal};

/// The word the story writes, which nothing in the sample has.
const WORD: &str = "Acme Winter Line";

/// How many assets the plan on the screen is about.
fn planned(screen: &str) -> u64 {
    let line = screen.lines().find(|line| line.contains(" assets -> "));
    let line = line.unwrap_or_else(|| panic!("no plan in\n{screen}"));
    let (before, _) = line.split_once(" assets -> ").unwrap();
    before.rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn a_demo_that_loses_its_terminal_in_mid_run_goes_on_and_its_library_proves_it() {
    let desk = Desk::at("http://127.0.0.1:9", "");
    // The second call is done and never answered: nobody knows, and then the window is closed.
    let faults = "silent-after-write=nth:2:writes";
    let mut terminal = Terminal::start(&desk, &["demo", "--faults", faults], (120, 36));
    terminal
        .shows("12,480 of 12,480")
        .shows("no run in progress");
    terminal.types("/").shows(" FILTER ");
    terminal
        .types("season:AW26 type:image -has:rights\r")
        .shows(" NORMAL ");
    terminal.types("sa").shows("all that match");
    terminal.types(":").shows(" COMMAND ");
    terminal
        .types(&format!("set Title {WORD}\r"))
        .shows("u undo");
    terminal.types("S").shows("Submit plan");
    let assets = planned(&terminal.screen());
    assert!(assets > 25, "{assets} need a typed number");
    terminal.types("\r").shows("Nothing was sent.");
    terminal
        .types("D")
        .shows(&format!("Dry run: {assets} would be sent"));
    terminal.types("C").shows("[x] C  Canary: first 5 assets");
    terminal
        .types(&format!("{assets}\r"))
        .shows("R-0001 running");
    terminal.types("b").shows(">1 Browse");
    terminal.types("jj").shows("3/");
    let file = desk.folder().join("data/demo/library.sqlite");
    let log = || {
        let library = Catalogue::open(&file).unwrap();
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        for write in library.log_after(0).unwrap() {
            *seen
                .entry(format!("{} {}", write.asset, write.field))
                .or_default() += 1;
        }
        seen
    };
    // The canary is through, and the call that is never answered is carried out.
    terminal
        .until("a second call", |_| log().len() > 5)
        .closes();
    assert_eq!(terminal.ends_unseen(), 129);

    // Without what goes wrong in the sample: how much is left to send is a matter of moments.
    let mut terminal = Terminal::start(&desk, &["demo", "--faults", "slow=1ms"], (120, 36));
    terminal.shows("R-0001 was interrupted: ");
    terminal
        .types("p")
        .shows(&format!("R-0001 finished: {assets} applied"));
    assert_eq!(terminal.types("qq").ends(), 0);
    terminal.is_clean();
    Audit::of(&terminal.bytes).is_ours();
    let log = log();
    assert_eq!(log.len() as u64, assets);
    assert!(log.values().all(|times| *times == 1), "twice: {log:?}");
}
