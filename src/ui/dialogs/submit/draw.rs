//! Draws the plan, with the place for the number always in sight.

use ratatui::{Frame, layout::Rect};

use super::SubmitDialog;
use crate::ui::{
    component::Scene,
    layout::{Chrome, line},
    theme::Role,
    widgets::{boxed, text},
};

/// Lines below the plan: one blank, one for the number.
const BELOW: u16 = 2;

/// How many lines of the plan are in sight.
pub(super) fn page(scene: &Scene<'_>) -> usize {
    let body = Chrome::of(scene.size)
        .map(|chrome| chrome.body)
        .unwrap_or_default();
    let inside = boxed::inside(below_title(body), scene.theme);
    usize::from(inside.height.saturating_sub(BELOW)).max(1)
}

fn below_title(area: Rect) -> Rect {
    Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(1),
        ..area
    }
}

impl SubmitDialog {
    pub(super) fn draw_all(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let theme = scene.theme;
        text::fill(frame.buffer_mut(), area, theme.style(Role::Text));
        let head = line(area, 0);
        let title = " Submit plan (read before sending)";
        text::put(frame.buffer_mut(), head, title, theme.style(Role::Title));
        let inside = boxed(frame, below_title(area), &self.title(scene), theme);
        let room = Rect {
            height: inside.height.saturating_sub(BELOW),
            ..inside
        };
        let shown = self.lines.iter().skip(self.scroll.at);
        for (y, (words, role)) in (room.y..room.bottom()).zip(shown) {
            let place = Rect {
                x: room.x + 1,
                y,
                width: room.width.saturating_sub(2),
                height: 1,
            };
            text::put(frame.buffer_mut(), place, words, theme.style(*role));
        }
        let rest = self
            .lines
            .len()
            .saturating_sub(self.scroll.at + usize::from(room.height));
        if rest > 0 {
            let words = format!("{} below ", text::counted(rest as u64, "line"));
            let place = line(inside, inside.height.saturating_sub(BELOW));
            text::put_right(frame.buffer_mut(), place, &words, theme.style(Role::Quiet));
        }
        self.draw_question(frame, line(inside, inside.height.saturating_sub(1)), scene);
    }

    fn title(&self, scene: &Scene<'_>) -> String {
        let library = scene
            .workbench
            .capabilities
            .as_ref()
            .map_or("", |c| c.library.as_str());
        if self.making.is_some() {
            let staged = scene.workbench.draft().rows().len();
            let assets = text::counted(staged, "asset");
            return format!(
                "Plan for {assets} -> {} ({library})",
                scene.identity.profile
            );
        }
        format!(
            "{} on {} -> {} ({library})",
            text::counted(self.plan.items.len() as u64, "change"),
            text::counted(self.assets, "asset"),
            scene.identity.profile
        )
    }

    fn draw_question(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let theme = scene.theme;
        if self.making.is_some() {
            let words = " Making the plan ...  Esc goes back.";
            text::put(frame.buffer_mut(), area, words, theme.style(Role::Quiet));
            frame.set_cursor_position((area.x, area.y));
            return;
        }
        if self.plan.items.is_empty() {
            let words = " Nothing can be sent. Esc goes back.";
            text::put(frame.buffer_mut(), area, words, theme.style(Role::Warning));
            frame.set_cursor_position((area.x, area.y));
            return;
        }
        let place = match scene.identity.environment.as_str() {
            "" => String::new(),
            word => format!("{word}: "),
        };
        let asked = match (self.asked.word, self.asked.count) {
            (None, None) => "press Enter to send".to_owned(),
            (None, Some(_)) => "type the number of assets, then Enter".to_owned(),
            (Some(word), None) => format!("type the word {word}, then Enter"),
            (Some(word), Some(_)) => {
                format!("type {word} and the number of assets, then Enter")
            }
        };
        let words = format!(" {place}{asked}: ");
        let used = text::put(frame.buffer_mut(), area, &words, theme.style(Role::Title));
        let input = Rect {
            x: area.x + used,
            width: area.width.saturating_sub(used + 1).min(18),
            ..area
        };
        self.typed.draw(frame, input, theme, true);
    }
}
