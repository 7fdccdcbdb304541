//! The first assets of a run go alone; a person looks at them, then the rest goes or stays.

use super::{ONE_BY_ONE, is_written_once, stage_three};
use crate::support::{BOTH, Desk, Library, Terminal};

/// The plan of three titles on the screen.
fn planned(desk: &Desk, profile: &str) -> Terminal {
    let mut terminal = Terminal::start(desk, &["-p", profile], (120, 36));
    terminal.shows("60 of 60").shows("no run in progress");
    terminal.types("S").shows("press Enter to send");
    terminal
}

#[test]
fn a_canary_that_asks_waits_after_the_first_asset_and_p_sends_the_rest() {
    for profile in BOTH {
        let library = Library::made_up(60);
        let asking = format!("{ONE_BY_ONE}\ncanary = 1\ncanary_then = \"ask\"");
        let desk = Desk::with(&library, &asking);
        stage_three(&desk, profile);
        let mut terminal = planned(&desk, profile);
        terminal.shows("[x] C  Canary: first 1 asset, then read back; then it asks");
        terminal.types("\r").shows("R-0001 paused");
        terminal.shows("canary: the first asset was sent and read back: 1 applied");
        assert_eq!(library.writes().len(), 1, "{profile}");
        terminal.types("p").shows("R-0001 finished: 3 applied");
        is_written_once(&library);
        assert_eq!(terminal.types("qq").ends(), 0);
    }
}

#[test]
fn a_canary_that_fails_asks_by_itself_and_stopping_leaves_the_rest_staged() {
    for profile in BOTH {
        let library = Library::misbehaving(60, "refuse-folder=AW26");
        let going_on = format!("{ONE_BY_ONE}\ncanary = 10\nstop_after = \"never\"");
        let desk = Desk::with(&library, &going_on);
        let words = [
            "stage",
            "--query",
            "name:~^(TEE|PNT)",
            "--set",
            "Title=Mine",
        ];
        desk.on(profile, &words).ends(0);
        let mut terminal = planned(&desk, profile);
        // Off and on again, as it may be for this run alone.
        terminal.types("C").shows("[ ] C  Canary: none");
        terminal.types("C").shows("[x] C  Canary: first 10 assets");
        terminal.types("\r").shows("R-0001 paused");
        terminal.shows("look at them");
        terminal.types("x").shows("the rest stays staged");
        terminal.types("jjj\r").shows("R-0001 stopped");
        assert_eq!(terminal.types("qq").ends(), 0);
        let told = desk
            .on(profile, &["results", "--all", "--format", "json"])
            .ends(3)
            .json();
        let count = |word: &str| told["counts"][word].as_u64().unwrap();
        assert_eq!(count("applied") + count("refused"), 10, "{profile}");
        assert!(count("refused") > 0 && count("skipped") > 0, "{profile}");
        assert_eq!(library.writes().len() as u64, count("applied"), "{profile}");
        let draft = desk.on(profile, &["draft", "--format", "jsonl"]).ends(0);
        let staged = draft.json_lines().len() as u64;
        assert_eq!(staged, count("refused") + count("skipped"), "{profile}");
    }
}
