//! How many bytes and frames keys take.

use super::FIRST;
use crate::support::{Audit, Desk, Library, Terminal};

/// A workstation on 400 assets, at rest.
fn at_rest(size: (u16, u16)) -> (Library, Desk, Terminal) {
    let library = Library::made_up(400);
    let desk = Desk::for_library(&library).variable("ARMARIUS_IMAGES", "off");
    let mut terminal = Terminal::start(&desk, &[], size);
    terminal.shows(FIRST).shows("no run in progress");
    (library, desk, terminal)
}

/// The frames in these bytes, each with its marks.
fn frames(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let pieces = text.split("\u{1b}[?2026h").skip(1);
    pieces
        .map(|piece| format!("\u{1b}[?2026h{piece}"))
        .collect()
}

#[test]
fn a_move_of_the_cursor_is_one_frame_of_few_bytes() {
    let (_library, _desk, mut terminal) = at_rest((160, 50));
    for place in 2..=20 {
        let before = terminal.bytes.len();
        terminal.types("j").shows(&format!(" {place}/400"));
        let frames = frames(&terminal.bytes[before..]);
        // Behind it may come the details of the row, once the cursor rests.
        let first = frames.iter().find(|frame| frame.contains('>')).unwrap();
        assert!(first.ends_with("\u{1b}[?2026l"), "in one piece: {first:?}");
        assert!(first.len() <= 120, "{}: {first:?}", first.len());
    }
    assert_eq!(terminal.types("q").ends(), 0);
    Audit::of(&terminal.bytes).is_ours();
}

#[test]
fn a_scrolled_page_is_one_frame_of_two_thousand_bytes() {
    let (_library, _desk, mut terminal) = at_rest((120, 36));
    for place in ["28/400", "55/400", "82/400"] {
        let before = terminal.bytes.len();
        terminal.types("\u{1b}[6~").shows(&format!(" {place}"));
        let first = frames(&terminal.bytes[before..]).remove(0);
        assert!(first.len() <= 2000, "{}: {first:?}", first.len());
    }
    assert_eq!(terminal.types("q").ends(), 0);
}

#[test]
fn a_flood_of_keys_is_a_few_frames_and_ends_where_it_should() {
    let (_library, _desk, mut terminal) = at_rest((100, 30));
    let before = terminal.bytes.len();
    terminal.types(&"j".repeat(399)).shows("400/400");
    terminal.types(&"k".repeat(300)).shows("100/400");
    let drawn = frames(&terminal.bytes[before..]).len();
    assert!(drawn <= 120, "{drawn} frames for 699 keys");
    assert_eq!(terminal.types("q").ends(), 0);
}

#[test]
fn keys_that_change_nothing_write_nothing() {
    let (_library, _desk, mut terminal) = at_rest((100, 30));
    terminal
        .types("j")
        .shows(" 2/400")
        .types("k")
        .shows(" 1/400");
    // Up where there is nothing above; then a key that shows that the others were read.
    let before = terminal.bytes.len();
    terminal.types("kkkk").types("j").shows(" 2/400");
    let told = frames(&terminal.bytes[before..]);
    let rows: Vec<&String> = told.iter().filter(|one| one.contains('>')).collect();
    assert_eq!(rows.len(), 1, "{told:?}");
    assert_eq!(terminal.types("q").ends(), 0);
}
