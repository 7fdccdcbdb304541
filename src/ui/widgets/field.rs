//! A text field of one line: the edit model of ratatui-textarea with our own drawing, so that
//! wide characters and control characters are shown and counted right.

use ratatui::{
    Frame,
    layout::{Position, Rect},
};
use ratatui_textarea::{CursorMove, Input, Key as AreaKey, TextArea};
use unicode_segmentation::UnicodeSegmentation;

use super::text;
use crate::{
    domain::text::visible,
    ui::{
        chord::{Chord, Key},
        theme::{Role, Theme},
    },
};

/// The longest text a field takes, in characters.
const LONGEST: usize = 100_000;

/// A text field.
#[derive(Clone, Debug)]
pub struct TextField {
    area: TextArea<'static>,
}

impl Default for TextField {
    fn default() -> Self {
        Self::new("")
    }
}

impl TextField {
    /// With a text in it, the cursor at its end.
    pub fn new(text: &str) -> Self {
        let mut area = TextArea::new(vec![one_line(text)]);
        area.move_cursor(CursorMove::End);
        Self { area }
    }

    /// The text.
    pub fn text(&self) -> &str {
        self.area.lines().first().map_or("", String::as_str)
    }

    /// The cursor, in characters from the left.
    pub fn cursor(&self) -> usize {
        self.area.cursor().1
    }

    /// Replaces the text; one step of the field's own undo.
    pub fn set(&mut self, text: &str) {
        self.area.select_all();
        self.area.cut();
        self.area.insert_str(one_line(text));
    }

    /// Takes pasted text in as one edit: line breaks become blanks.
    pub fn paste(&mut self, text: &str) {
        let room = LONGEST.saturating_sub(self.text().chars().count());
        let text: String = one_line(text).chars().take(room).collect();
        self.area.insert_str(text);
    }

    /// Takes a key; returns whether the text changed or the cursor moved.
    pub fn press(&mut self, chord: Chord) -> bool {
        let before = (self.text().to_owned(), self.cursor());
        match (chord.key, chord.ctrl) {
            (Key::Backspace, false) if !chord.alt => self.delete_grapheme(),
            (Key::Left, false) if !chord.alt => self.pass(true),
            (Key::Right, false) if !chord.alt => self.pass(false),
            (Key::Delete, false) if !chord.alt => {
                for _ in 0..self.beside(false) {
                    self.area.delete_next_char();
                }
            }
            (Key::Char('u'), true) => drop(self.area.delete_line_by_head()),
            (Key::Char('m' | 'j'), true) | (Key::Enter | Key::Tab | Key::BackTab, _) => {}
            (Key::Char(_), false) if before.0.chars().count() >= LONGEST => {}
            _ => drop(self.area.input(input(chord))),
        }
        before != (self.text().to_owned(), self.cursor())
    }

    /// Whether a key is one for editing a text, even where it has nothing to do just now.
    pub fn edits(chord: Chord) -> bool {
        match chord.key {
            Key::Char(letter) if chord.ctrl => "abcdefhkruvwxy".contains(letter),
            Key::Char(letter) if chord.alt => "bdfh<>".contains(letter),
            Key::Char(_)
            | Key::Backspace
            | Key::Delete
            | Key::Left
            | Key::Right
            | Key::Home
            | Key::End => true,
            Key::Enter
            | Key::Esc
            | Key::Tab
            | Key::BackTab
            | Key::Insert
            | Key::Up
            | Key::Down
            | Key::PageUp
            | Key::PageDown
            | Key::F(_) => false,
        }
    }

    /// Backspace takes a whole grapheme, not one of its code points.
    fn delete_grapheme(&mut self) {
        for _ in 0..self.beside(true) {
            self.area.delete_char();
        }
    }

    /// Goes over a whole grapheme.
    fn pass(&mut self, back: bool) {
        let movement = if back {
            CursorMove::Back
        } else {
            CursorMove::Forward
        };
        for _ in 0..self.beside(back) {
            self.area.move_cursor(movement);
        }
    }

    /// How many characters the grapheme before or behind the cursor has.
    fn beside(&self, before: bool) -> usize {
        let (text, at) = (self.text(), self.cursor());
        let cut = text.char_indices().nth(at).map_or(text.len(), |(at, _)| at);
        let (head, tail) = text.split_at(cut);
        let grapheme = if before {
            head.graphemes(true).next_back()
        } else {
            tail.graphemes(true).next()
        };
        grapheme.map_or(0, |grapheme| grapheme.chars().count())
    }

    /// Draws the field into one line; with the focus it gets the terminal's cursor.
    pub fn draw(&self, frame: &mut Frame<'_>, area: Rect, theme: &Theme, focus: bool) {
        let area = Rect {
            height: area.height.min(1),
            ..area
        };
        if area.is_empty() {
            return;
        }
        let style = theme.style(Role::Input);
        text::fill(frame.buffer_mut(), area, style);
        let head: String = self.text().chars().take(self.cursor()).collect();
        let before = text::width(&head);
        let room = usize::from(area.width.saturating_sub(1));
        let mut hidden = before.saturating_sub(room);
        let shown = visible(self.text());
        let mut out = String::new();
        for grapheme in shown.graphemes(true) {
            let wide = text::width(grapheme);
            if hidden > 0 {
                out.push_str(&" ".repeat(wide.saturating_sub(hidden)));
                hidden = hidden.saturating_sub(wide);
            } else {
                out.push_str(grapheme);
            }
        }
        text::put(frame.buffer_mut(), area, &out, style);
        if focus {
            let column = u16::try_from(before.min(room)).unwrap_or(0);
            frame.set_cursor_position(Position::new(area.x + column, area.y));
        }
    }
}

fn one_line(text: &str) -> String {
    text.replace("\r\n", " ").replace(['\n', '\r'], " ")
}

fn input(chord: Chord) -> Input {
    let key = match chord.key {
        Key::Char(character) => AreaKey::Char(character),
        Key::Enter => AreaKey::Enter,
        Key::Esc => AreaKey::Esc,
        Key::Tab | Key::BackTab => AreaKey::Tab,
        Key::Backspace => AreaKey::Backspace,
        Key::Delete => AreaKey::Delete,
        Key::Left => AreaKey::Left,
        Key::Right => AreaKey::Right,
        Key::Home => AreaKey::Home,
        Key::End => AreaKey::End,
        Key::F(number) => AreaKey::F(number),
        Key::Insert | Key::Up | Key::Down | Key::PageUp | Key::PageDown => AreaKey::Null,
    };
    Input {
        key,
        ctrl: chord.ctrl,
        alt: chord.alt,
        shift: chord.shift,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(field: &mut TextField, keys: &str) {
        for chord in Chord::sequence(keys).unwrap() {
            field.press(chord);
        }
    }

    #[test]
    fn readline_keys_edit_and_ctrl_u_clears_to_the_left() {
        let mut field = TextField::new("type:image");
        press(&mut field, "home x ctrl-e y");
        assert_eq!(field.text(), "xtype:imagey");
        press(&mut field, "ctrl-u");
        assert_eq!((field.text(), field.cursor()), ("", 0));
    }

    #[test]
    fn backspace_takes_a_whole_emoji_and_a_paste_is_one_line() {
        let mut field = TextField::new("a👩‍👩‍👧");
        press(&mut field, "backspace");
        assert_eq!(field.text(), "a");
        field.paste("b\r\nc");
        assert_eq!(field.text(), "ab c");
    }
}
