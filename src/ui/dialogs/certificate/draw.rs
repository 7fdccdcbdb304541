//! Draws the certificate dialog: status, message and rules, and the effect on the marked assets.

use std::fmt::Write;

use ratatui::{Frame, layout::Rect};

use super::{
    CertificateDialog, Focus, OPTIONS,
    effect::Effects,
    lines::{draw_asset, draw_table},
};
use crate::{
    domain::{CertificateStatus, judging::Fate},
    ui::{
        component::Scene,
        dialogs::behind::told,
        layout::line,
        theme::Role,
        widgets::{boxed, text},
    },
};

/// The width from which form and effect stand beside each other.
const TWO_PANES: u16 = 70;
/// Columns before a value on the left.
const LABEL: u16 = 9;

impl CertificateDialog {
    pub(super) fn draw_all(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let theme = scene.theme;
        text::fill(frame.buffer_mut(), area, theme.style(Role::Text));
        let marked = text::counted(self.content.rows.len(), "asset");
        let quiet = theme.style(Role::Quiet);
        let title = line(area, 0);
        text::put_right(frame.buffer_mut(), title, "nothing is sent yet ", quiet);
        text::put(
            frame.buffer_mut(),
            title,
            &format!(" Certificate for {marked}"),
            theme.style(Role::Title),
        );
        let room = Rect {
            y: area.y + 1,
            height: area.height.saturating_sub(2),
            ..area
        };
        let left = area.width / 2;
        let small = area.width < TWO_PANES;
        let (form, effect) = if !small {
            (
                Rect {
                    width: left,
                    ..room
                },
                Rect {
                    x: room.x + left,
                    width: room.width - left,
                    ..room
                },
            )
        } else if self.focus == Focus::Preview {
            (Rect::ZERO, room)
        } else {
            (room, Rect::ZERO)
        };
        if !form.is_empty() {
            let inside = boxed(frame, form, "Certificate", theme);
            self.draw_form(frame, inside, scene);
        }
        if !effect.is_empty() {
            let inside = boxed(frame, effect, &format!("Effect on {marked}"), theme);
            self.draw_effect(frame, inside, scene);
        }
        let sentence = line(area, area.height.saturating_sub(1));
        let sentence = Rect {
            x: sentence.x + 1,
            width: sentence.width.saturating_sub(1),
            ..sentence
        };
        text::put(
            frame.buffer_mut(),
            sentence,
            &self.sentence(area.width),
            theme.style(Role::Text),
        );
    }

    fn sentence(&self, width: u16) -> String {
        match &self.effects {
            Some(effects) => {
                let rest = effects.judged.rest().len();
                let judged = self.content.rows.len() - rest;
                told((judged, rest), effects.sentence(width))
            }
            None => "Choose a status: V, D, X, or - to take the certificate away.".into(),
        }
    }

    fn draw_form(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let theme = scene.theme;
        let (plain, quiet) = (theme.style(Role::Text), theme.style(Role::Quiet));
        text::put(frame.buffer_mut(), line(area, 0), " Status", quiet);
        let low = area.height < 9;
        let next = if low { 1 } else { 4 };
        self.draw_options(
            frame,
            Rect {
                height: next.min(area.height),
                ..area
            },
            scene,
        );
        let message = line(area, next);
        text::put(frame.buffer_mut(), message, " Message", quiet);
        let focus = self.focus == Focus::Message;
        self.content
            .message
            .draw(frame, behind(message), theme, focus);
        self.draw_note(frame, behind(line(area, next + 1)), scene);
        let rules = [
            (Focus::Keep, self.content.keep, "keep V of other people"),
            (
                Focus::OnlyNone,
                self.content.only_none,
                "only where there is none",
            ),
        ];
        text::put(frame.buffer_mut(), line(area, next + 2), " Rules", quiet);
        for (number, (focus, on, words)) in (next + 2..).zip(rules) {
            let place = behind(line(area, number));
            let tick = if on { "[x]" } else { "[ ]" };
            let focused = self.focus == focus;
            let style = if focused {
                theme.style(Role::Cursor)
            } else {
                plain
            };
            text::put(frame.buffer_mut(), place, &format!("{tick} {words}"), style);
            if focused && !place.is_empty() {
                frame.set_cursor_position((place.x + 1, place.y));
            }
        }
        if !low {
            let always = behind(line(area, next + 4));
            text::put(
                frame.buffer_mut(),
                always,
                "a message is required for X",
                quiet,
            );
        }
        if let Some(effects) = self
            .effects
            .as_ref()
            .filter(|_| scene.size.width < TWO_PANES)
        {
            draw_table(frame, rest(area, if low { 5 } else { 10 }), effects, scene);
        }
    }

    /// The statuses, below each other or, where there is only a line, beside each other.
    fn draw_options(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let theme = scene.theme;
        let mut beside = behind(line(area, 0));
        for (at, option) in OPTIONS.into_iter().enumerate() {
            let number = u16::try_from(at).unwrap_or(0);
            let chosen = self.content.option == Some(at);
            let first = self.content.option.is_none() && at == 0;
            let focused = self.focus == Focus::Status && (chosen || first);
            let sign = if chosen { "(o)" } else { "( )" };
            let (place, words) = if area.height > 1 {
                (
                    behind(line(area, number)),
                    format!("{sign} {}", named(option)),
                )
            } else {
                let word = option.map_or("", CertificateStatus::word);
                let letter = option.map_or('-', CertificateStatus::letter);
                (beside, format!("{sign}{letter} {word} "))
            };
            let style = theme.style(if focused { Role::Cursor } else { Role::Text });
            let used = text::put(frame.buffer_mut(), place, &words, style);
            beside.x += used;
            beside.width = beside.width.saturating_sub(used);
            if focused {
                frame.set_cursor_position((place.x + 1, place.y));
            }
        }
    }

    /// What is wrong with the message, or how long it is.
    fn draw_note(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let theme = scene.theme;
        if let Some(problem) = &self.problem {
            let column = u16::try_from(problem.position)
                .unwrap_or(u16::MAX)
                .min(area.width / 2);
            let place = Rect {
                x: area.x + column,
                width: area.width.saturating_sub(column),
                ..area
            };
            let words = format!("^ {}", problem.why);
            text::put(frame.buffer_mut(), place, &words, theme.style(Role::Error));
            return;
        }
        let message = self.content.message.text();
        let needed = self.status() == Some(CertificateStatus::Deprecated);
        if needed && message.trim().is_empty() {
            let words = "E Deprecated needs a message";
            text::put(frame.buffer_mut(), area, words, theme.style(Role::Error));
            return;
        }
        let missing = |effects: &Effects| effects.count(|fate| matches!(fate, Fate::Missing(_)));
        let missing = self.effects.as_ref().map_or(0, missing);
        let mut words = text::counted(message.chars().count() as u64, "character");
        if message.contains("${") {
            let _ = write!(words, ", template: {missing} without a value");
        } else {
            words.push_str(", may hold ${field}");
        }
        text::put(frame.buffer_mut(), area, &words, theme.style(Role::Quiet));
    }

    fn draw_effect(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let Some(effects) = &self.effects else {
            let quiet = scene.theme.style(Role::Quiet);
            text::put(
                frame.buffer_mut(),
                line(area, 0),
                " no status is chosen yet",
                quiet,
            );
            if self.focus == Focus::Preview {
                frame.set_cursor_position((area.x, area.y));
            }
            return;
        };
        let mut next = draw_table(frame, area, effects, scene) + 1;
        let first = next.min(area.height.saturating_sub(1));
        for (place, row) in effects.rows.iter().enumerate().skip(self.asset.at) {
            if next >= area.height {
                break;
            }
            let current = place == self.asset.at && self.focus == Focus::Preview;
            next += draw_asset(frame, rest(area, next), (*row, effects, current), scene);
        }
        if self.focus == Focus::Preview {
            frame.set_cursor_position((area.x, area.y + first));
        }
    }
}

fn named(option: Option<CertificateStatus>) -> String {
    match option {
        Some(CertificateStatus::Verified) => "V  Verified".into(),
        Some(CertificateStatus::Draft) => "D  Draft".into(),
        Some(CertificateStatus::Deprecated) => "X  Deprecated".into(),
        None => "-  Remove certificate".into(),
    }
}

fn behind(area: Rect) -> Rect {
    let label = LABEL.min(area.width);
    Rect {
        x: area.x + label,
        width: (area.width - label).saturating_sub(1),
        ..area
    }
}

fn rest(area: Rect, from: u16) -> Rect {
    let from = from.min(area.height);
    Rect {
        y: area.y + from,
        height: area.height - from,
        ..area
    }
}
