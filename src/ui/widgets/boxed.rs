//! A box with a title, drawn with lines, in ASCII, or not at all.

use ratatui::{
    Frame,
    layout::Rect,
    symbols::border,
    widgets::{Block, Widget},
};

use super::text;
use crate::ui::theme::{Borders, Role, Theme};

const ASCII: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// The place inside a box, without drawing it.
pub fn inside(area: Rect, theme: &Theme) -> Rect {
    match theme.borders {
        _ if area.width < 3 || area.height < 2 => area,
        Borders::Line | Borders::Ascii => {
            Rect::new(area.x + 1, area.y + 1, area.width - 2, area.height - 2)
        }
        Borders::None => Rect {
            y: area.y + 1,
            height: area.height - 1,
            ..area
        },
    }
}

/// Clears an area, draws a box with a title around it and returns the place inside.
pub fn boxed(frame: &mut Frame<'_>, area: Rect, title: &str, theme: &Theme) -> Rect {
    let buffer = frame.buffer_mut();
    let area = area.intersection(buffer.area);
    text::fill(buffer, area, theme.style(Role::Text));
    if area.width < 3 || area.height < 2 {
        return area;
    }
    let set = match theme.borders {
        Borders::Line => border::PLAIN,
        Borders::Ascii => ASCII,
        Borders::None => {
            text::put(
                buffer,
                Rect { height: 1, ..area },
                title,
                theme.style(Role::Title),
            );
            return Rect {
                y: area.y + 1,
                height: area.height - 1,
                ..area
            };
        }
    };
    let block = Block::bordered()
        .border_set(set)
        .border_style(theme.style(Role::Border));
    let inside = block.inner(area);
    block.render(area, buffer);
    if !title.is_empty() && area.width > 6 {
        let place = Rect::new(area.x + 2, area.y, area.width - 4, 1);
        text::put(
            buffer,
            place,
            &format!(" {title} "),
            theme.style(Role::Title),
        );
    }
    inside
}
