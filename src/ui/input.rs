//! What comes in at the keyboard and the mouse, as plain data.

use super::chord::Chord;

/// One input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key.
    Key(Chord),
    /// Text pasted as such, or typed faster than anybody types.
    Paste(String),
    /// The mouse.
    Mouse(Mouse),
    /// The terminal has this size now.
    Resize {
        /// Columns.
        width: u16,
        /// Rows.
        height: u16,
    },
    /// The terminal said what it can do with pictures.
    Pictures(Means),
    /// The program was continued after it had been suspended.
    Continued,
    /// Time has passed: something that waits for its moment may be due.
    Due,
}

/// What a terminal can do with pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Means {
    /// Whether it takes sixels.
    pub sixel: bool,
    /// Whether it takes the pictures of kitty.
    pub kitty: bool,
    /// The width and height of a cell in pixels, if it told.
    pub cell: Option<(u16, u16)>,
}

/// What the mouse did, and where (0-based, clamped to the screen).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mouse {
    /// What.
    pub deed: MouseDeed,
    /// The column.
    pub column: u16,
    /// The row.
    pub row: u16,
}

/// What the mouse can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MouseDeed {
    /// The left button went down.
    Click,
    /// It moved while it was down.
    Drag,
    /// The left button went up.
    Release,
    /// The wheel, up.
    WheelUp,
    /// The wheel, down.
    WheelDown,
}

/// Takes bursts for what they are: more than six different plain characters that arrive at once
/// in a list were pasted by a terminal without bracketed paste, so they become a paste.
pub fn without_bursts(inputs: Vec<Input>) -> Vec<Input> {
    let typed = |input: &Input| {
        let Input::Key(chord) = input else {
            return None;
        };
        chord.typed()
    };
    let run: String = inputs.iter().map_while(typed).collect();
    let different: std::collections::HashSet<char> = run.chars().collect();
    let moves = run.chars().filter(|c| "jkhlgG".contains(*c)).count();
    if different.len() <= 6 || moves * 2 > run.chars().count() {
        return inputs;
    }
    // A terminal without bracketed paste sends line breaks as Enter.
    let enter = Input::Key(Chord::plain(super::chord::Key::Enter));
    let text = inputs.iter().map_while(|input| {
        if *input == enter {
            Some('\n')
        } else {
            typed(input)
        }
    });
    let text: String = text.collect();
    let rest = inputs.into_iter().skip(text.chars().count());
    std::iter::once(Input::Paste(text.clone()))
        .chain(rest)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::chord::Key;

    fn keys(text: &str) -> Vec<Input> {
        text.chars()
            .map(|c| if c == '\n' { Key::Enter } else { Key::Char(c) })
            .map(|key| Input::Key(Chord::plain(key)))
            .collect()
    }

    #[test]
    fn a_burst_of_different_letters_is_a_paste_and_a_held_key_is_not() {
        let text = "JKT_2201\nDROPX\n";
        assert_eq!(without_bursts(keys(text)), [Input::Paste(text.into())]);
        assert_eq!(without_bursts(keys("jjjjjjjjkk")), keys("jjjjjjjjkk"));
        assert_eq!(without_bursts(keys("saS")), keys("saS"));
    }
}
