//! Where the parts of the edit dialog are, as a function of size and focus.

use ratatui::layout::Rect;

use super::Focus;
use crate::ui::{layout::line, theme::Theme, widgets::boxed::inside};

/// The lines a form has where there is room.
const FORM: u16 = 8;
/// Its lines where there is little.
const SMALL_FORM: u16 = 4;

/// The places of the dialog; empty where there is no room.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Panes {
    pub(super) title: Rect,
    pub(super) what: Rect,
    /// The header of the list of fields.
    pub(super) header: Rect,
    pub(super) list: Rect,
    pub(super) form: Rect,
    pub(super) preview: Rect,
    pub(super) sentence: Rect,
}

impl Panes {
    pub(super) fn of(area: Rect, focus: Focus, theme: &Theme) -> Self {
        let mut panes = Self {
            title: line(area, 0),
            sentence: line(area, area.height.saturating_sub(1)),
            ..Self::default()
        };
        let room = Rect {
            y: area.y + 1,
            height: area.height.saturating_sub(2),
            ..area
        };
        if area.width >= 100 && room.height >= 16 {
            let left = area.width / 2;
            panes.what = Rect {
                width: left,
                ..room
            };
            panes.preview = Rect {
                x: room.x + left,
                width: room.width - left,
                ..room
            };
            panes.divide(theme, FORM);
        } else if room.height >= 14 {
            let below = (room.height * 2 / 5).max(6);
            panes.what = Rect {
                height: room.height - below,
                ..room
            };
            panes.preview = Rect {
                y: room.bottom() - below,
                height: below,
                ..room
            };
            panes.divide(theme, SMALL_FORM);
        } else if focus == Focus::Preview {
            panes.preview = room;
        } else {
            let above = room.height.saturating_sub(3).min(SMALL_FORM + 2);
            panes.what = Rect {
                height: above,
                ..room
            };
            panes.preview = Rect {
                y: room.y + above,
                height: room.height - above,
                ..room
            };
            let inner = inside(panes.what, theme);
            if focus == Focus::Fields {
                panes.header = line(inner, 0);
                panes.list = below_header(inner);
            } else {
                panes.form = inner;
            }
        }
        panes
    }

    fn divide(&mut self, theme: &Theme, form: u16) {
        let inner = inside(self.what, theme);
        let list = inner.height.saturating_sub(form);
        self.header = line(inner, 0);
        self.list = below_header(Rect {
            height: list,
            ..inner
        });
        self.form = Rect {
            y: inner.y + list,
            height: inner.height - list,
            ..inner
        };
    }
}

fn below_header(area: Rect) -> Rect {
    Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(1),
        ..area
    }
}

/// The places of the form of one field.
#[derive(Clone, Debug, Default)]
pub(super) struct FormPlaces {
    pub(super) head: Rect,
    pub(super) operation: Rect,
    /// Label and text of each input.
    pub(super) inputs: Vec<(Rect, Rect)>,
    pub(super) switches: Rect,
    pub(super) values: Rect,
    /// Below the first input: the place of a mistake.
    pub(super) caret: Rect,
    /// Below the inputs: what is wrong, or what it would do.
    pub(super) notes: Rect,
}

const LABEL: u16 = 8;

impl FormPlaces {
    pub(super) fn of(form: Rect, inputs: u16, switches: u16) -> Self {
        if form.height >= FORM {
            Self::tall(form, inputs, switches)
        } else {
            Self::low(form, inputs, switches)
        }
    }

    fn tall(form: Rect, inputs: u16, switches: u16) -> Self {
        // A pattern gets a line below it for the place of a mistake.
        let apart = 1 + u16::from(switches > 0);
        let after = 2 + inputs * apart;
        let texts = (0..inputs).map(|number| {
            let whole = line(form, 2 + number * apart);
            (label(whole, LABEL), behind(whole, LABEL))
        });
        Self {
            head: line(form, 0),
            operation: line(form, 1),
            inputs: texts.collect(),
            switches: if switches > 0 {
                behind(line(form, after - 1), LABEL)
            } else {
                Rect::ZERO
            },
            caret: line(form, 3),
            notes: Rect {
                y: form.y + after.min(form.height),
                height: form.height.saturating_sub(after + u16::from(switches == 0)),
                ..form
            },
            values: line(form, form.height - 1),
        }
    }

    fn low(form: Rect, inputs: u16, switches: u16) -> Self {
        let texts = line(form, 1);
        let aside = if switches > 0 {
            20.min(texts.width / 3)
        } else {
            0
        };
        let each = texts.width.saturating_sub(aside) / inputs.max(1);
        let input = |number: u16| {
            let whole = Rect {
                x: texts.x + number * each,
                width: each,
                ..texts
            };
            (label(whole, 7), behind(whole, 7))
        };
        Self {
            head: Rect::ZERO,
            operation: line(form, 0),
            inputs: (0..inputs).map(input).collect(),
            switches: Rect {
                x: texts.right() - aside,
                width: aside,
                ..texts
            },
            caret: line(form, 2),
            notes: Rect {
                y: form.y + 2.min(form.height),
                height: form.height.saturating_sub(3).max(1),
                ..form
            },
            values: line(form, 3),
        }
    }
}

fn label(area: Rect, width: u16) -> Rect {
    Rect {
        width: width.min(area.width),
        ..area
    }
}

fn behind(area: Rect, width: u16) -> Rect {
    let width = width.min(area.width);
    Rect {
        x: area.x + width,
        width: (area.width - width).saturating_sub(1),
        ..area
    }
}
