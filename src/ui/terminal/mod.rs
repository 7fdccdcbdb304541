//! The only place that touches the terminal: its modes, its keys, its pictures.
//!
//! The one question the terminal is asked, about pictures, is asked by the thread that reads the
//! keys, before it reads any, with a limit.

mod asking;
mod keys;
mod modes;
mod painter;
mod pen;
mod waiting;

#[cfg(debug_assertions)]
pub use keys::break_keys;
pub use keys::{Inputs, inputs, is_typed};
pub use modes::{Screen, restore, restore_or_leave, screen};

use std::io::{self, IsTerminal, Write};

use ratatui::{
    Terminal,
    backend::Backend,
    crossterm::{clipboard::CopyToClipboard, execute, style::Colored, terminal::size},
    layout::{Position, Rect, Size},
};

use self::{modes::Writing, painter::Painter};
use super::app::App;
use crate::domain::text::visible;

/// Terminals known to have a window title that can be put back, by how their names begin.
const TITLED: [&str; 12] = [
    "xterm",
    "screen",
    "tmux",
    "rxvt",
    "alacritty",
    "foot",
    "kitty",
    "wezterm",
    "vte",
    "contour",
    "ghostty",
    "gnome",
];

/// What is taken of a terminal beside its screen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Clicks and the wheel.
    pub mouse: bool,
    /// The window's title, while a run goes on.
    pub title: bool,
}

impl Wanted {
    /// The same, as far as a terminal of this name can.
    #[must_use]
    pub fn of_terminal(self, name: &str) -> Self {
        Self {
            title: self.title && TITLED.iter().any(|known| name.starts_with(known)),
            ..self
        }
    }
}

/// Around a frame: terminals that know it show the frame at once (DEC 2026), others ignore it.
const TOGETHER: (&[u8], &[u8]) = (b"\x1b[?2026h", b"\x1b[?2026l");

/// Holds the terminal while the screens are shown, and gives it back however they end.
pub struct TermGuard<W: Write> {
    terminal: Terminal<Painter>,
    out: W,
    /// A frame on its way, kept for its room.
    frame: Vec<u8>,
    wanted: Wanted,
    title: Option<String>,
}

impl<W: Write> std::fmt::Debug for TermGuard<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TermGuard")
            .field("wanted", &self.wanted)
            .field("title", &self.title)
            .finish_non_exhaustive()
    }
}

impl<W: Write> TermGuard<W> {
    /// Takes the terminal.
    ///
    /// # Errors
    ///
    /// If standard output is no terminal or its modes can't be set.
    pub fn take(out: W, wanted: Wanted) -> io::Result<Self> {
        if !io::stdout().is_terminal() {
            return Err(io::Error::other("standard output is no terminal"));
        }
        let painter = Painter::new(known_size()?, !Colored::ansi_color_disabled_memoized());
        let Ok(terminal) = Terminal::new(painter);
        let guard = Self {
            terminal,
            out,
            frame: Vec::new(),
            wanted,
            title: None,
        };
        modes::enter(wanted.mouse)?;
        Ok(guard)
    }

    /// The terminal's size; at least 1x1 for terminals that answer nothing.
    ///
    /// # Errors
    ///
    /// If it can't be asked.
    pub fn size(&self) -> io::Result<Size> {
        let size = known_size()?;
        Ok(Size::new(size.width.max(1), size.height.max(1)))
    }

    /// Draws what changed, as one update in one piece; nothing is written if nothing changed, or
    /// if the terminal was given back meanwhile. Says whether something was.
    ///
    /// # Errors
    ///
    /// If the terminal can't be written.
    pub fn draw(&mut self, app: &App) -> io::Result<bool> {
        let Some(_writing) = Writing::begin() else {
            return Ok(false);
        };
        let size = app.scene().size;
        if size.width == 0 || size.height == 0 {
            return Ok(false);
        }
        if self.terminal.backend().size() != Ok(size) {
            self.terminal.backend_mut().resize(size);
        }
        let Ok(_) = self.terminal.draw(|frame| app.draw(frame));
        let is_news = self.send()?;
        self.entitle(app.title())?;
        Ok(is_news)
    }

    /// Sends the frame that was drawn.
    fn send(&mut self) -> io::Result<bool> {
        let painter = self.terminal.backend_mut();
        if painter.bytes().is_empty() {
            return Ok(false);
        }
        self.frame.clear();
        self.frame.extend_from_slice(TOGETHER.0);
        self.frame.extend_from_slice(painter.bytes());
        self.frame.extend_from_slice(TOGETHER.1);
        painter.sent();
        self.out.write_all(&self.frame)?;
        self.out.flush()?;
        Ok(true)
    }

    /// Gives the window its title while there is one, and the title it had otherwise.
    fn entitle(&mut self, title: Option<String>) -> io::Result<()> {
        if !self.wanted.title || self.title == title {
            return Ok(());
        }
        match &title {
            Some(title) => modes::entitle(&visible(title))?,
            None => modes::untitle()?,
        }
        self.title = title;
        Ok(())
    }

    /// Forgets what was drawn, so that the next frame paints every cell.
    pub fn repaint(&mut self) {
        // Not `clear`: that would ask for the cursor's place and wait for the answer.
        let Ok(size) = self.terminal.size();
        let all = Rect::from((Position::ORIGIN, size));
        let Ok(()) = self.terminal.resize(all);
    }

    /// Gives the terminal to the shell, stops this process, and takes it back when continued.
    /// Does nothing and says so where nobody could continue it.
    ///
    /// # Errors
    ///
    /// If the terminal's modes can't be set.
    pub fn suspend(&mut self) -> io::Result<bool> {
        if !modes::has_shell() {
            return Ok(false);
        }
        restore();
        modes::stop_here();
        self.reclaim()?;
        Ok(true)
    }

    /// Sets every mode again and paints everything: somebody else may have had the terminal.
    ///
    /// # Errors
    ///
    /// If the terminal's modes can't be set.
    pub fn reclaim(&mut self) -> io::Result<()> {
        modes::enter(self.wanted.mouse)?;
        self.title = None;
        self.repaint();
        Ok(())
    }
}

fn known_size() -> io::Result<Size> {
    let (width, height) = size()?;
    Ok(Size::new(width, height))
}

impl<W: Write> Drop for TermGuard<W> {
    fn drop(&mut self) {
        restore();
    }
}

/// Puts text on the clipboard of the person's own machine, over ssh too (OSC 52).
///
/// # Errors
///
/// If the terminal can't be written.
pub fn copy(text: &str) -> io::Result<()> {
    let Some(_writing) = Writing::begin() else {
        return Ok(());
    };
    execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))
}

/// Rings the bell.
///
/// # Errors
///
/// If the terminal can't be written.
pub fn ring() -> io::Result<()> {
    let Some(_writing) = Writing::begin() else {
        return Ok(());
    };
    let mut out = io::stdout();
    out.write_all(b"\x07")?;
    out.flush()
}
