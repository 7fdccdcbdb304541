//! What Browse says where there are no rows: loading, empty, filtered away, or in trouble.

use ratatui::{Frame, layout::Rect};

use super::Browse;
use crate::ui::{
    component::Scene,
    connection::{Link, Loading},
    layout::line,
    theme::Role,
    view::Progress,
    widgets::text,
};

impl Browse {
    pub(super) fn draw_nothing(frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let style = scene.theme.style(Role::Text);
        let mut number = 1;
        for sentence in Self::nothing(scene) {
            for wrapped in text::wrapped(&sentence, area.width.saturating_sub(4)) {
                let place = line(area, number);
                let place = Rect {
                    x: place.x + 2,
                    width: place.width.saturating_sub(2),
                    ..place
                };
                text::put(frame.buffer_mut(), place, &wrapped, style);
                number += 1;
            }
        }
    }

    /// What is said where there are no rows.
    fn nothing(scene: &Scene<'_>) -> Vec<String> {
        if scene.workbench.is_opening() {
            return vec!["Opening the listing ..".into()];
        }
        let query = scene.view.query();
        let listing = &scene.workbench.listing;
        if !listing.is_empty() && scene.view.progress() != Progress::Complete {
            let known = text::number(listing.len());
            return vec![format!("Looking through {known} assets ..")];
        }
        if !query.is_empty() && !listing.is_empty() {
            let mut lines = vec![format!("Nothing matches  {}", query.text())];
            if let Some((term, count)) = scene.view.blame() {
                lines.push(format!("without `{term}`: {}", text::number(*count)));
            }
            let marked = scene.workbench.marks().len();
            if marked > 0 {
                lines.push(format!("{} stay marked.", text::counted(marked, "asset")));
            }
            let ways = if scene.covered {
                "Esc goes back to what was shown."
            } else {
                "0 shows everything; / changes the filter."
            };
            lines.push(ways.into());
            return lines;
        }
        if let Some(failure) = scene.connection.failure() {
            let told = [&failure.what, &failure.why, &failure.hint].into_iter();
            let mut lines: Vec<String> = told
                .filter(|text| !text.is_empty())
                .map(|text| sentence(text))
                .collect();
            lines.push(match scene.connection.link {
                Link::SignIn(_) => "R signs in again; marks and staged changes are kept.".into(),
                Link::Idle
                | Link::Connecting
                | Link::Online
                | Link::Offline(..)
                | Link::Broken(_) => "R tries again; marks and staged changes are kept.".into(),
            });
            return lines;
        }
        let library = scene.workbench.capabilities.as_ref();
        let library = library.map_or("The library", |found| found.library.as_str());
        match (&scene.connection.link, &scene.connection.loading) {
            (Link::Idle, _) => vec!["Opening the workspace ..".into()],
            (Link::Connecting, _) => vec![format!("Signing in to {} ..", scene.identity.profile)],
            (_, Loading::Done) => vec![
                format!("{library} answered: 0 assets."),
                "R asks again.".into(),
            ],
            _ => vec!["Listing ..  rows appear as they come; Esc stops and keeps them.".into()],
        }
    }
}

/// A text as a sentence of its own.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(char::to_uppercase);
    let end = if text.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    let first = first.into_iter().flatten();
    first.chain(characters).chain(end.chars()).collect()
}
