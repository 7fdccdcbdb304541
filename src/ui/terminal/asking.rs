//! Asks the terminal what it can do with pictures, with a limit and without leaving a reader
//! behind: a thread blocked on the keyboard would eat the first keys.

use std::{
    fs::File,
    io::{self, IsTerminal, Read, Write},
    time::Duration,
};

use ratatui::crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use ratatui_image::{
    FontSize,
    picker::{Picker, ProtocolType},
};

/// How long one answer may take, in steps of [`STEP`]: 150 ms.
const STEPS: u32 = 30;
/// How long one look for an answer sleeps.
const STEP: Duration = Duration::from_millis(5);
/// The attributes of the terminal, the size of a cell in pixels, and a status every terminal
/// answers: then the answers are complete.
const ATTRIBUTES: &str = "\x1b[c\x1b[16t\x1b[5n";
/// Whether a kitty picture of one pixel would be taken. Asked only of terminals that answered the
/// first question in time, because a late answer to this one would look like keys.
const KITTY: &str = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[5n";

/// What a terminal said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Answer {
    sixel: bool,
    kitty: bool,
    cell: Option<(u16, u16)>,
}

/// What the terminal can do with pictures, or what was `wanted` by name. Before the inputs only.
pub fn picker(wanted: &str) -> Picker {
    let asks = matches!(wanted, "auto" | "kitty" | "sixel" | "iterm2");
    let answer = if asks && io::stdout().is_terminal() {
        ask()
    } else {
        None
    };
    let Some(answer) = answer.filter(|_| asks) else {
        return Picker::halfblocks();
    };
    let Some((width, height)) = answer.cell else {
        return Picker::halfblocks();
    };
    #[expect(
        deprecated,
        reason = "the way that asks leaves a thread reading the keyboard"
    )]
    let mut picker = Picker::from_fontsize(FontSize::new(width, height));
    match wanted {
        "kitty" => picker.set_protocol_type(ProtocolType::Kitty),
        "sixel" => picker.set_protocol_type(ProtocolType::Sixel),
        "iterm2" => picker.set_protocol_type(ProtocolType::Iterm2),
        _ if answer.kitty => picker.set_protocol_type(ProtocolType::Kitty),
        _ if answer.sixel => picker.set_protocol_type(ProtocolType::Sixel),
        // What the environment told.
        _ => {}
    }
    picker
}

fn ask() -> Option<Answer> {
    let mut keyboard = keyboard().ok()?;
    enable_raw_mode().ok()?;
    let mut answer = told(&mut keyboard, ATTRIBUTES).map(|text| read(&text));
    if let Some(answer) = &mut answer {
        answer.kitty = told(&mut keyboard, KITTY).is_some_and(|text| read(&text).kitty);
    }
    disable_raw_mode().ok()?;
    answer
}

/// The terminal of this process, opened once more so that reading it never waits.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn keyboard() -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    const NEVER_WAIT: i32 = if cfg!(target_os = "macos") {
        0x4
    } else {
        0o4000
    };
    File::options()
        .read(true)
        .custom_flags(NEVER_WAIT)
        .open("/dev/tty")
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn keyboard() -> io::Result<File> {
    Err(io::Error::other("this system's terminal is not asked"))
}

/// Asks, and gathers what comes until the status; `None` if it does not come in time.
fn told(keyboard: &mut File, question: &str) -> Option<String> {
    let mut out = io::stdout();
    out.write_all(question.as_bytes()).ok()?;
    out.flush().ok()?;
    let mut text = String::new();
    for _ in 0..STEPS {
        let mut bytes = [0; 256];
        match keyboard.read(&mut bytes) {
            Ok(count) => text.push_str(&String::from_utf8_lossy(&bytes[..count])),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return None,
        }
        if text.contains("\x1b[0n") || text.contains("\x1b[3n") {
            return Some(text);
        }
        std::thread::sleep(STEP);
    }
    None
}

fn read(text: &str) -> Answer {
    let mut answer = Answer {
        kitty: text.contains("\x1b_Gi=31;OK"),
        ..Answer::default()
    };
    for part in text.split("\x1b[") {
        if let Some((attributes, _)) = part.strip_prefix('?').and_then(|rest| rest.split_once('c'))
        {
            answer.sixel |= attributes.split(';').any(|attribute| attribute == "4");
        }
        if let Some((size, _)) = part
            .strip_prefix("6;")
            .and_then(|rest| rest.split_once('t'))
        {
            let size = size.split_once(';');
            let size =
                size.and_then(|(height, width)| Some((width.parse().ok()?, height.parse().ok()?)));
            answer.cell = size.filter(|(width, height)| *width > 0 && *height > 0);
        }
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_terminals_answer_is_understood() {
        let answer = read("\x1b[?62;4;22c\x1b[6;18;9t\x1b[0n");
        assert_eq!(
            answer,
            Answer {
                sixel: true,
                kitty: false,
                cell: Some((9, 18))
            }
        );
        let answer = read("\x1b_Gi=31;OK\x1b\\\x1b[0n");
        assert!(answer.kitty);
        assert_eq!(read("\x1b[?1;2c\x1b[0n"), Answer::default());
        assert_eq!(read("\x1b[6;0;0t\x1b[0n").cell, None);
    }
}
