//! What a terminal shows after our bytes is what was drawn; and few bytes are enough.

use std::num::NonZero;

use proptest::prelude::*;
use ratatui::{
    Terminal,
    style::{Color, Modifier, Style},
};
use vt100::Parser;

use super::*;

const WIDTH: u16 = 24;
const HEIGHT: u16 = 5;

/// A painter, and a terminal that shows what it writes.
struct Pair {
    ours: Terminal<Painter>,
    theirs: Parser,
}

impl Pair {
    fn new() -> Self {
        let size = Size::new(WIDTH, HEIGHT);
        let Ok(ours) = Terminal::new(Painter::new(size, true));
        let mut theirs = Parser::new(
            NonZero::new(HEIGHT).unwrap(),
            NonZero::new(WIDTH).unwrap(),
            0,
        );
        theirs.process(b"\x1b[?1049h");
        Self { ours, theirs }
    }

    /// Draws texts of a style at places (column, line); gives the bytes.
    fn draw(&mut self, texts: &[(u16, u16, &str, Style)], cursor: Option<(u16, u16)>) -> String {
        let Ok(_) = self.ours.draw(|frame| {
            for (x, y, text, style) in texts {
                let room = usize::from(WIDTH.saturating_sub(*x));
                frame.buffer_mut().set_stringn(*x, *y, text, room, *style);
            }
            if let Some(cursor) = cursor {
                frame.set_cursor_position(cursor);
            }
        });
        let bytes = self.ours.backend().bytes().to_vec();
        self.ours.backend_mut().sent();
        self.theirs.process(&bytes);
        String::from_utf8(bytes).unwrap()
    }

    /// Insists that the terminal shows these texts and nothing else.
    fn shows(&self, texts: &[(u16, u16, &str, Style)], cursor: Option<(u16, u16)>) {
        let mut wanted = Buffer::empty(Rect::new(0, 0, WIDTH, HEIGHT));
        for (x, y, text, style) in texts {
            let room = usize::from(WIDTH.saturating_sub(*x));
            wanted.set_stringn(*x, *y, text, room, *style);
        }
        let screen = self.theirs.screen();
        for y in 0..HEIGHT {
            let mut x = 0;
            while x < WIDTH {
                let (cell, shown) = (&wanted[(x, y)], screen.cell(y, x).unwrap());
                let symbol = if shown.has_contents() {
                    shown.contents()
                } else {
                    " "
                };
                assert_eq!(symbol, cell.symbol(), "at {x},{y} of {}", screen.contents());
                let (blank, seen) = (cell.symbol() == " ", Pen::of(cell, true));
                assert_eq!(shown.inverse(), cell.modifier.contains(Modifier::REVERSED));
                assert_eq!(colour(shown.bgcolor()), cell.bg, "behind {x},{y}");
                if !blank || !seen.is_erased() && cell.modifier.contains(Modifier::REVERSED) {
                    assert_eq!(colour(shown.fgcolor()), cell.fg, "at {x},{y}");
                }
                if !blank {
                    assert_eq!(shown.bold(), cell.modifier.contains(Modifier::BOLD));
                    assert_eq!(shown.dim(), cell.modifier.contains(Modifier::DIM));
                }
                x += u16::try_from(cell.symbol().width()).unwrap().max(1);
            }
        }
        assert_eq!(screen.hide_cursor(), cursor.is_none());
        if let Some((x, y)) = cursor {
            assert_eq!(screen.cursor_position(), (y, x));
        }
    }
}

fn colour(shown: vt100::Color) -> Color {
    match shown {
        vt100::Color::Default => Color::Reset,
        vt100::Color::Idx(1) => Color::Red,
        vt100::Color::Idx(6) => Color::Cyan,
        vt100::Color::Idx(12) => Color::LightBlue,
        vt100::Color::Idx(number) => Color::Indexed(number),
        vt100::Color::Rgb(red, green, blue) => Color::Rgb(red, green, blue),
    }
}

fn style() -> impl Strategy<Value = Style> {
    let plain = Style::new();
    prop_oneof![
        4 => Just(plain),
        1 => Just(plain.bold()),
        1 => Just(plain.dim()),
        1 => Just(plain.reversed()),
        1 => Just(plain.cyan().bold()),
        1 => Just(plain.red().on_light_blue()),
        1 => Just(plain.fg(Color::Rgb(9, 8, 7)).bg(Color::Indexed(99))),
        1 => Just(plain.cyan().reversed()),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-c ]{0,24}",
        1 => Just(" ".repeat(20)),
        1 => Just("東京 tower".to_owned()),
        1 => Just("a東b京c".to_owned()),
        1 => Just("e\u{301}e\u{301} x".to_owned()),
        1 => Just("│ box │──┐".to_owned()),
    ]
}

type Frame = (Vec<(u16, u16, String, Style)>, Option<(u16, u16)>);

fn frame() -> impl Strategy<Value = Frame> {
    let cursor = prop::option::of((0..WIDTH, 0..HEIGHT));
    let texts = (0..WIDTH, 0..HEIGHT, text(), style());
    (prop::collection::vec(texts, 0..6), cursor)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_is_drawn_the_terminal_shows_it(frames in prop::collection::vec(frame(), 1..8)) {
        let mut pair = Pair::new();
        for (texts, cursor) in &frames {
            // One text a line: a wide character is not written over in the middle.
            let mut lines: Vec<(u16, u16, &str, Style)> = Vec::new();
            for (x, y, text, style) in texts {
                if !lines.iter().any(|(_, taken, ..)| taken == y) {
                    lines.push((*x, *y, text, *style));
                }
            }
            pair.draw(&lines, *cursor);
            pair.shows(&lines, *cursor);
            let again = pair.draw(&lines, *cursor);
            prop_assert_eq!(again, "", "nothing changed, so nothing is written");
        }
    }
}

#[test]
fn little_that_changed_is_few_bytes() {
    let mut pair = Pair::new();
    let plain = Style::new();
    let at = |line, text| vec![(0, line, text, plain)];
    let first = pair.draw(&at(1, "one two  three"), None);
    assert_eq!(first, "\x1b[2;1Hone two  three\x1b[?25l");
    let gap = pair.draw(&at(1, "uno two  thrEE"), None);
    assert_eq!(gap, "\x1b[1Guno\x1b[9CEE", "jumped");
    let near = pair.draw(&at(1, "uno twO  ThrEE"), None);
    assert_eq!(near, "\x1b[7GO  T", "written over");
    let gone = pair.draw(&[], None);
    assert_eq!(gone, "\x1b[1G\x1b[K");
}

#[test]
fn blanks_are_erased_and_those_that_look_alike_left_alone() {
    let mut pair = Pair::new();
    let plain = Style::new();
    let line = "x".repeat(24);
    pair.draw(&[(0, 0, &line, plain)], None);
    assert_eq!(pair.draw(&[(0, 0, "xx", plain)], None), "\x1b[1;3H\x1b[K");
    pair.draw(&[(0, 1, &line, plain), (0, 0, "xx", plain)], None);
    let middle = format!("x{}x", " ".repeat(22));
    let bytes = pair.draw(&[(0, 1, &middle, plain), (0, 0, "xx", plain)], None);
    assert_eq!(bytes, "\x1b[2;2H\x1b[22X");
    // Bold blanks are blanks.
    let alike = [
        (0, 1, middle.as_str(), plain),
        (0, 0, "xx", plain),
        (2, 0, "  ", plain.bold()),
    ];
    assert_eq!(pair.draw(&alike, None), "");
}

#[test]
fn a_picture_is_painted_over_whatever_is_known_of_what_lies_under_it() {
    let mut pair = Pair::new();
    let plain = Style::new();
    pair.draw(&[(0, 0, "abc", plain)], None);
    let Ok(_) = pair.ours.draw(|frame| {
        frame.buffer_mut()[(0, 0)].set_symbol("\x1bPq#0~\x1b\\");
        for x in 1..6 {
            let cell = &mut frame.buffer_mut()[(x, 0)];
            cell.set_diff_option(ratatui::buffer::CellDiffOption::Skip);
        }
    });
    let bytes = String::from_utf8(pair.ours.backend().bytes().to_vec()).unwrap();
    assert!(bytes.contains("\x1bPq#0~\x1b\\"), "{bytes:?}");
    pair.ours.backend_mut().sent();
    // What lay there before comes back, although it was known to have been there.
    let back = pair.draw(&[(0, 0, "abc", plain)], None);
    assert!(back.contains("abc   "), "{back:?}");
}
