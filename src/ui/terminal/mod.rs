//! The only place that touches the terminal: its modes, its keys, its pictures.
//!
//! Nothing here asks the terminal a question once the stream of inputs exists; the one question
//! about pictures is asked before, with a limit.

mod asking;
mod keys;
mod modes;

pub use asking::picker;
#[cfg(debug_assertions)]
pub use keys::break_keys;
pub use keys::inputs;
pub use modes::{Screen, restore, restore_or_leave, screen};

use std::io::{self, IsTerminal, Write};

use ratatui::{
    Terminal,
    backend::CrosstermBackend,
    crossterm::{
        clipboard::CopyToClipboard,
        execute, queue,
        terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate},
    },
    layout::{Rect, Size},
};
pub use ratatui_image::picker::Picker;

use self::modes::Writing;
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

/// Holds the terminal while the screens are shown, and gives it back however they end.
pub struct TermGuard<W: Write> {
    terminal: Terminal<CrosstermBackend<W>>,
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
        let terminal = Terminal::new(CrosstermBackend::new(out))?;
        let guard = Self {
            terminal,
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
        let size = self.terminal.size()?;
        Ok(Size::new(size.width.max(1), size.height.max(1)))
    }

    /// Draws what changed, as one update where the terminal can. Nothing if the terminal was given
    /// back meanwhile.
    ///
    /// # Errors
    ///
    /// If the terminal can't be written.
    pub fn draw(&mut self, app: &App) -> io::Result<()> {
        let Some(_writing) = Writing::begin() else {
            return Ok(());
        };
        let size = self.terminal.size()?;
        if size.width == 0 || size.height == 0 {
            return Ok(());
        }
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        let drawn = self.terminal.draw(|frame| app.draw(frame)).map(drop);
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        drawn?;
        self.entitle(app.title())
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
    ///
    /// # Errors
    ///
    /// If the terminal can't be written.
    pub fn repaint(&mut self) -> io::Result<()> {
        let Some(_writing) = Writing::begin() else {
            return Ok(());
        };
        // Not `clear`: that would ask for the cursor's place and wait for the answer.
        let size = self.terminal.size()?;
        self.terminal
            .resize(Rect::from((ratatui::layout::Position::ORIGIN, size)))
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
        self.repaint()
    }
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
