//! Keys as people write them in the configuration: `ctrl-d`, `g g`, `shift-up`, `space`.

use std::fmt;

/// One key without its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// A character; capitals say that shift was held.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift and Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// A function key.
    F(u8),
}

const NAMED: [(&str, &str, Key); 16] = [
    ("enter", "Enter", Key::Enter),
    ("esc", "Esc", Key::Esc),
    ("tab", "Tab", Key::Tab),
    ("backtab", "Shift+Tab", Key::BackTab),
    ("backspace", "Backspace", Key::Backspace),
    ("delete", "Del", Key::Delete),
    ("insert", "Ins", Key::Insert),
    ("up", "Up", Key::Up),
    ("down", "Down", Key::Down),
    ("left", "Left", Key::Left),
    ("right", "Right", Key::Right),
    ("home", "Home", Key::Home),
    ("end", "End", Key::End),
    ("pgup", "PgUp", Key::PageUp),
    ("pgdn", "PgDn", Key::PageDown),
    ("space", "Space", Key::Char(' ')),
];

/// A key with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chord {
    /// The key.
    pub key: Key,
    /// Whether Ctrl is held.
    pub ctrl: bool,
    /// Whether Alt is held.
    pub alt: bool,
    /// Whether Shift is held; never with a character, whose case says it.
    pub shift: bool,
}

/// A chord that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no key; keys look like ctrl-d, shift-up, space, f5 or x")]
pub struct NoChord(pub String);

impl Chord {
    /// A key without modifiers.
    pub fn plain(key: Key) -> Self {
        Self {
            key,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }

    /// The character it types into a text field, if it types one.
    pub fn typed(self) -> Option<char> {
        let Key::Char(character) = self.key else {
            return None;
        };
        (!self.ctrl && !self.alt).then_some(character)
    }

    /// Reads one chord.
    ///
    /// # Errors
    ///
    /// [`NoChord`] with the text.
    pub fn parse(text: &str) -> Result<Self, NoChord> {
        let mut chord = Self::plain(Key::Esc);
        let mut rest = text;
        loop {
            let (slot, tail) = if let Some(tail) = rest.strip_prefix("ctrl-") {
                (&mut chord.ctrl, tail)
            } else if let Some(tail) = rest.strip_prefix("alt-") {
                (&mut chord.alt, tail)
            } else if let Some(tail) = rest.strip_prefix("shift-") {
                (&mut chord.shift, tail)
            } else {
                break;
            };
            *slot = true;
            rest = tail;
        }
        chord.key = key(rest).ok_or_else(|| NoChord(text.to_owned()))?;
        if let (Key::Char(character), true) = (chord.key, chord.shift) {
            chord.key = Key::Char(character.to_ascii_uppercase());
            chord.shift = false;
        }
        Ok(chord)
    }

    /// Reads a sequence of chords with blanks between them.
    ///
    /// # Errors
    ///
    /// [`NoChord`] with the first that can't be read, or if there is none.
    pub fn sequence(text: &str) -> Result<Vec<Self>, NoChord> {
        let chords: Vec<Self> = text
            .split_whitespace()
            .map(Self::parse)
            .collect::<Result<_, _>>()?;
        if chords.is_empty() {
            return Err(NoChord(text.to_owned()));
        }
        Ok(chords)
    }

    /// The letter of a chord that is nothing but a letter.
    pub fn letter(self) -> Option<char> {
        self.typed().filter(|character| character.is_alphabetic())
    }
}

fn key(text: &str) -> Option<Key> {
    let mut characters = text.chars();
    if let (Some(character), None) = (characters.next(), characters.next()) {
        return Some(Key::Char(character));
    }
    let lower = text.to_ascii_lowercase();
    if let Some((_, _, key)) = NAMED.iter().find(|(name, _, _)| *name == lower) {
        return Some(*key);
    }
    let number: u8 = lower.strip_prefix('f')?.parse().ok()?;
    (1..=24).contains(&number).then_some(Key::F(number))
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("Ctrl+")?;
        }
        if self.alt {
            f.write_str("Alt+")?;
        }
        if self.shift {
            f.write_str("Shift+")?;
        }
        if let Some((_, shown, _)) = NAMED.iter().find(|(_, _, key)| *key == self.key) {
            return f.write_str(shown);
        }
        if let Key::F(number) = self.key {
            return write!(f, "F{number}");
        }
        if let Key::Char(character) = self.key {
            return write!(f, "{character}");
        }
        Ok(())
    }
}

/// A sequence as help and hints show it: `s a`, `Ctrl+d`.
pub fn shown(sequence: &[Chord]) -> String {
    let chords: Vec<String> = sequence.iter().map(Chord::to_string).collect();
    chords.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_as_they_are_written_and_show_as_people_say_them() {
        let shown = |text: &str| super::shown(&Chord::sequence(text).unwrap());
        assert_eq!(shown("ctrl-d"), "Ctrl+d");
        assert_eq!(shown("g g"), "g g");
        assert_eq!(shown("shift-up"), "Shift+Up");
        assert_eq!(shown("space f"), "Space f");
        assert_eq!(shown("shift-a"), "A");
        assert_eq!(shown("F5"), "F5");
        assert_eq!(shown("-"), "-");
        assert!(Chord::sequence("ctrl-nothing").is_err());
        assert!(Chord::sequence("").is_err());
    }
}
