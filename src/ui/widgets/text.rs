//! Text in cells: made visible, measured by grapheme, cut with `..`, never in the middle of one.

use std::borrow::Cow;

use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::domain::text::visible;
pub use crate::domain::text::{counted, number};

/// How many columns a text takes when it is shown.
pub fn width(text: &str) -> usize {
    visible(text).width()
}

/// The text made visible and cut to a width; what was cut is told by `..` at its end.
pub fn cut(text: &str, columns: u16) -> String {
    fitting(text, columns).into_owned()
}

/// The same, borrowed where nothing had to change.
fn fitting(text: &str, columns: u16) -> Cow<'_, str> {
    let columns = usize::from(columns);
    let most = columns * 8 + 64;
    let end = text
        .char_indices()
        .nth(most)
        .map_or(text.len(), |(at, _)| at);
    let shown = visible(&text[..end]);
    if end == text.len() && shown.width() <= columns {
        return shown;
    }
    let room = columns.saturating_sub(2);
    let mut out = String::new();
    let mut used = 0;
    for grapheme in shown.graphemes(true) {
        let wide = grapheme.width();
        if used + wide > room {
            break;
        }
        out.push_str(grapheme);
        used += wide;
    }
    out.push_str(&"..."[..columns.min(2)]);
    out.into()
}

/// Writes a text into the first line of an area, made visible and cut. Returns the columns used.
pub fn put(buffer: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return 0;
    }
    let shown = fitting(text, area.width);
    let (end, _) = buffer.set_stringn(area.x, area.y, &shown, usize::from(area.width), style);
    end - area.x
}

/// Writes pieces of text one after another into the first line of an area.
pub fn put_all<T: AsRef<str>>(buffer: &mut Buffer, area: Rect, pieces: &[(T, Style)]) -> u16 {
    let mut used = 0;
    for (piece, style) in pieces {
        let rest = Rect {
            x: area.x + used,
            width: area.width.saturating_sub(used),
            ..area
        };
        used += put(buffer, rest, piece.as_ref(), *style);
    }
    used
}

/// Writes a text at the right end of a line. Returns the columns used.
pub fn put_right(buffer: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    let wide = u16::try_from(width(text))
        .unwrap_or(u16::MAX)
        .min(area.width);
    let place = Rect {
        x: area.right() - wide,
        width: wide,
        ..area
    };
    put(buffer, place, text, style)
}

/// Puts lines below each other, a column away from both sides; those that don't fit are left out.
pub fn put_lines<T: AsRef<str>>(
    buffer: &mut Buffer,
    area: Rect,
    lines: impl IntoIterator<Item = (T, Style)>,
) {
    for (place, (words, style)) in area.rows().zip(lines) {
        let place = Rect {
            x: place.x + 1,
            width: place.width.saturating_sub(2),
            ..place
        };
        put(buffer, place, words.as_ref(), style);
    }
}

/// Fills an area with blanks of a style.
pub fn fill(buffer: &mut Buffer, area: Rect, style: Style) {
    let area = area.intersection(buffer.area);
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            buffer[(x, y)].reset();
            buffer[(x, y)].set_style(style);
        }
    }
}

/// The text made visible and broken into lines of a width: at line breaks, at blanks, and within
/// words longer than a line.
pub fn wrapped(text: &str, columns: u16) -> Vec<String> {
    let columns = usize::from(columns.max(1));
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let shown = visible(paragraph);
        let mut line = String::new();
        for word in shown.split_word_bounds() {
            if line.width() + word.width() <= columns {
                line.push_str(word);
                continue;
            }
            if !line.trim().is_empty() {
                lines.push(line.trim_end().to_owned());
            }
            line = String::new();
            for grapheme in word.trim_start().graphemes(true) {
                if line.width() + grapheme.width() > columns {
                    lines.push(std::mem::take(&mut line));
                }
                line.push_str(grapheme);
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_graphemes_and_says_so() {
        assert_eq!(cut("Jacket 2202 back", 16), "Jacket 2202 back");
        assert_eq!(cut("Jacket 2202 back", 10), "Jacket 2..");
        assert_eq!(cut("東京タワー", 7), "東京..");
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}e\u{301}", 3), "e\u{301}..");
        assert_eq!(cut("👍🏽x👍🏽yz", 5), "👍🏽x..");
        assert_eq!(cut("abc", 1), ".");
        assert_eq!(cut("abc", 0), "");
        assert_eq!(cut(&"x".repeat(10_000), 6), "xxxx..");
    }

    #[test]
    fn no_control_character_reaches_a_cell() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 40, 1));
        let area = buffer.area;
        put(
            &mut buffer,
            area,
            "a\u{1b}[2J\t\u{202e}b\u{9b}31m",
            Style::new(),
        );
        let line: String = buffer
            .content
            .iter()
            .map(|cell| cell.symbol().to_owned())
            .collect();
        assert_eq!(line.trim_end(), "a␛[2J␉<U+202E>b<U+009B>31m");
    }

    #[test]
    fn long_text_breaks_at_blanks_and_long_words_anywhere() {
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
        assert_eq!(wrapped("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrapped("a\nb", 4), ["a", "b"]);
    }

    #[test]
    fn numbers_and_counts_read_well() {
        assert_eq!(number(12_480), "12,480");
        assert_eq!(number(7), "7");
        assert_eq!(counted(1, "asset"), "1 asset");
        assert_eq!(counted(1000, "asset"), "1,000 assets");
    }
}
