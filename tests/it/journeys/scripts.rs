//! Row 48: names in every script, with marks, overrides and pictures: columns stay where they are,
//! nothing deceives, and the cursor goes from letter to letter.

use armarius::{
    domain::{Field, FieldKind, Schema},
    ui::session::{Session, World, asset},
};
use unicode_segmentation::UnicodeSegmentation;

/// Names, by what is special about them.
fn names() -> Vec<(&'static str, String)> {
    let text = |text: &str| text.to_owned();
    vec![
        ("plain", text("plain")),
        ("right to left", text("שער הנמל 7")),
        ("mixed", text("abc שער def")),
        ("override", text("abc\u{202e}gnp.exe")),
        ("isolates", text("\u{2067}abc\u{2069}")),
        ("zero width", text("ze\u{200b}ro\u{200d}wi\u{feff}dth")),
        ("family", text("👨\u{200d}👩\u{200d}👧 family")),
        ("flags", text("🇫🇷🇯🇵🇧🇷 flags")),
        ("skin", text("🧑🏽 skin")),
        ("marks", format!("Z{}algo", "\u{36b}".repeat(200))),
        ("wide", text("港の倉庫港の倉庫港の倉庫港の倉庫")),
        ("wide and odd", text("a港の倉庫港の倉庫港の倉庫港の倉庫")),
        ("lost", text("lost \u{fffd}\u{fffd}")),
        ("private", text("private \u{e000}\u{f8ff}")),
        ("tags", text("tag\u{e0041}\u{e007f}s")),
        ("thai", text("ท่าเรือ")),
    ]
}

fn world() -> World {
    let assets = names()
        .into_iter()
        .map(|(what, name)| asset(&name, "Image", &[("Season", "AW26"), ("What", what)]))
        .collect();
    let fields = vec![
        Field::plain("Season", FieldKind::Text),
        Field::plain("What", FieldKind::Text),
    ];
    World::new(Schema { fields }, assets)
}

#[test]
fn columns_stand_in_line_whatever_the_names_are() {
    for (width, height) in [(120, 36), (80, 24), (60, 24)] {
        let mut session = Session::new(world(), width, height);
        session
            .press(":")
            .type_text("columns name,Season,What")
            .press("<Enter>");
        let cells = session.cells();
        let column = |row: u16| {
            (0..width.min(80)).find(|&x| {
                let letters: Vec<&str> = (x..width.min(x + 4))
                    .map(|x| cells[(x, row)].symbol())
                    .collect();
                letters.concat() == "AW26"
            })
        };
        // The first row names the draft.
        let rows: Vec<u16> = (1..height).filter(|&row| column(row).is_some()).collect();
        assert_eq!(rows.len(), names().len(), "{}", session.screen());
        let first = column(rows[0]);
        for row in rows {
            assert_eq!(column(row), first, "{}", session.screen());
        }
    }
}

#[test]
fn no_cell_carries_more_than_four_marks_and_nothing_turns_the_reading_round() {
    let mut session = Session::new(world(), 120, 36);
    for keys in ["", "<Enter>"] {
        session.press(keys);
        let cells = session.cells();
        for cell in cells.content() {
            let symbol = cell.symbol();
            assert!(symbol.chars().count() <= 8, "{symbol:?}");
            assert_eq!(symbol.graphemes(true).count(), 1, "{symbol:?}");
            let deceives = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
            assert!(!symbol.chars().any(deceives), "{symbol:?}");
        }
    }
    let screen = session.press("<Esc>").screen();
    assert!(screen.contains("<+196>"), "{screen}");
    assert!(screen.contains("abc<U+202E>gnp.exe"), "{screen}");
}

#[test]
fn the_cursor_of_a_text_field_goes_from_letter_to_letter() {
    let mut session = Session::new(world(), 120, 36);
    session.press("s a : set <Space>").type_text("What ");
    let begin = session.cursor().unwrap().0;
    session
        .type_text("e\u{301}")
        .type_text("港")
        .type_text("🇫🇷");
    let end = session.cursor().unwrap().0;
    assert_eq!(
        end - begin,
        1 + 2 + 2,
        "an accent takes no place, a wide letter two"
    );
    session.press("<Left> <Left>");
    assert_eq!(session.cursor().unwrap().0, begin + 1, "two letters back");
    session.press("<Backspace>");
    assert_eq!(
        session.cursor().unwrap().0,
        begin,
        "a letter goes with its accent"
    );
    session.press("<Enter>");
    let bench = session.app.workbench();
    let staged = bench.draft().of(0, &"What".into()).unwrap();
    assert_eq!(staged.after.display(), "港🇫🇷");
}
