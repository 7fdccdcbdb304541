//! How characters look on the terminal, and the fewest bytes from one look to another.

use std::io::Write;

use ratatui::{
    buffer::Cell,
    style::{Color, Modifier},
};

/// What shows on a blank: the rest of its look can't be seen.
const SEEN_ON_BLANKS: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::CROSSED_OUT);
/// The modifiers with the numbers that switch them on and off.
const MODIFIERS: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

/// How characters look that are written now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Pen {
    /// As the terminal draws by itself.
    pub(super) const PLAIN: Self = Self {
        fg: Color::Reset,
        bg: Color::Reset,
        modifier: Modifier::empty(),
    };

    /// The look of a cell.
    pub(super) fn of(cell: &Cell, coloured: bool) -> Self {
        let colour = |colour| if coloured { colour } else { Color::Reset };
        Self {
            fg: colour(cell.fg),
            bg: colour(cell.bg),
            modifier: cell.modifier,
        }
    }

    /// Whether a blank looks the same with both.
    pub(super) fn blank_like(self, other: Self) -> bool {
        let seen = |pen: Self| pen.modifier & SEEN_ON_BLANKS;
        // Reversed and underlined, the foreground shows too.
        let fg = seen(self).is_empty() || self.fg == other.fg;
        self.bg == other.bg && seen(self) == seen(other) && fg
    }

    /// Whether a blank looks as if nothing had ever been written there.
    pub(super) fn is_erased(self) -> bool {
        self.blank_like(Self::PLAIN)
    }

    /// Changes to another look.
    pub(super) fn change(&mut self, to: Self, out: &mut Vec<u8>) {
        if *self == to {
            return;
        }
        let start = out.len();
        out.extend_from_slice(b"\x1b[");
        let first = out.len();
        self.change_by_steps(to, out);
        let steps = out.len() - first;
        // From the beginning, if that is shorter.
        let second = out.len();
        if to != Self::PLAIN {
            out.extend_from_slice(b"0;");
            Self::PLAIN.change_by_steps(to, out);
        }
        if out.len() - second <= steps {
            out.copy_within(second.., first);
            let rest = out.len() - second;
            out.truncate(first + rest);
        } else {
            out.truncate(second);
        }
        if out.last() == Some(&b';') {
            out.pop();
        }
        debug_assert!(out.len() > start, "something was written");
        out.push(b'm');
        *self = to;
    }

    /// The numbers from one look to another, each with a `;` behind it.
    fn change_by_steps(self, to: Self, out: &mut Vec<u8>) {
        let mut kept = self.modifier;
        for (modifier, _, off) in MODIFIERS {
            if kept.contains(modifier) && !to.modifier.contains(modifier) {
                number(off, out);
                // Bold and dim go together, so do the two that blink.
                for (other, _, same) in MODIFIERS {
                    if same == off {
                        kept.remove(other);
                    }
                }
            }
        }
        for (modifier, on, _) in MODIFIERS {
            if to.modifier.contains(modifier) && !kept.contains(modifier) {
                number(on, out);
            }
        }
        if self.fg != to.fg {
            colour(to.fg, 30, out);
        }
        if self.bg != to.bg {
            colour(to.bg, 40, out);
        }
    }
}

fn number(number: u8, out: &mut Vec<u8>) {
    // Nothing fails that is written to memory.
    let _ = write!(out, "{number};");
}

/// A colour in the numbers from 30 (of letters) or 40 (of what is behind them).
fn colour(colour: Color, from: u8, out: &mut Vec<u8>) {
    let bright = from + 60;
    let written = match colour {
        Color::Reset => write!(out, "{};", from + 9),
        Color::Black => write!(out, "{from};"),
        Color::Red => write!(out, "{};", from + 1),
        Color::Green => write!(out, "{};", from + 2),
        Color::Yellow => write!(out, "{};", from + 3),
        Color::Blue => write!(out, "{};", from + 4),
        Color::Magenta => write!(out, "{};", from + 5),
        Color::Cyan => write!(out, "{};", from + 6),
        Color::Gray => write!(out, "{};", from + 7),
        Color::DarkGray => write!(out, "{bright};"),
        Color::LightRed => write!(out, "{};", bright + 1),
        Color::LightGreen => write!(out, "{};", bright + 2),
        Color::LightYellow => write!(out, "{};", bright + 3),
        Color::LightBlue => write!(out, "{};", bright + 4),
        Color::LightMagenta => write!(out, "{};", bright + 5),
        Color::LightCyan => write!(out, "{};", bright + 6),
        Color::White => write!(out, "{};", bright + 7),
        Color::Indexed(index) => write!(out, "{};5;{index};", from + 8),
        Color::Rgb(red, green, blue) => {
            write!(out, "{};2;{red};{green};{blue};", from + 8)
        }
    };
    // Nothing fails that is written to memory.
    drop(written);
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;

    fn pen(style: Style) -> Pen {
        Pen::of(Cell::new("x").set_style(style), true)
    }

    fn change(from: Style, to: Style) -> String {
        let (mut out, mut now) = (Vec::new(), pen(from));
        now.change(pen(to), &mut out);
        assert_eq!(now, pen(to));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_look_is_changed_by_its_difference_or_from_the_beginning_whichever_is_shorter() {
        let plain = Style::new();
        assert_eq!(change(plain, plain), "");
        assert_eq!(change(plain, plain.reversed()), "\x1b[7m");
        assert_eq!(change(plain.reversed(), plain), "\x1b[m");
        assert_eq!(change(plain.bold(), plain.dim()), "\x1b[0;2m");
        assert_eq!(change(plain.bold().dim(), plain.dim()), "\x1b[0;2m");
        assert_eq!(change(plain.cyan().bold(), plain.cyan()), "\x1b[22m");
        assert_eq!(change(plain.red(), plain.light_blue()), "\x1b[94m");
        let many = plain.bold().reversed().underlined();
        assert_eq!(change(many, plain.red()), "\x1b[0;31m");
        let from = plain.fg(Color::Rgb(1, 2, 3)).bg(Color::Indexed(9));
        assert_eq!(change(plain, from), "\x1b[38;2;1;2;3;48;5;9m");
        assert_eq!(change(from, from.fg(Color::Reset)), "\x1b[39m");
    }

    #[test]
    fn blanks_look_alike_unless_something_of_the_look_shows_on_them() {
        let plain = Style::new();
        assert!(pen(plain.bold().cyan()).blank_like(pen(plain.dim())));
        assert!(pen(plain.bold().cyan()).is_erased());
        assert!(!pen(plain.on_blue()).is_erased());
        assert!(!pen(plain.underlined()).is_erased());
        assert!(!pen(plain.reversed().red()).blank_like(pen(plain.reversed())));
    }
}
