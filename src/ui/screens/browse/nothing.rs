//! What Browse says where there are no rows: loading, empty, filtered away, or in trouble.

use ratatui::{Frame, layout::Rect};

use super::Browse;
use crate::{
    domain::Query,
    ui::{
        component::Scene,
        connection::{Link, Loading},
        layout::line,
        theme::Role,
        widgets::text,
    },
};

/// The term without which there would be rows, and how many: asked only when there are none.
pub(super) fn blame(scene: &Scene<'_>) -> Option<(String, u64)> {
    let query: &Query = scene.view.query();
    if query.is_empty() || !scene.view.rows().is_empty() {
        return None;
    }
    let workbench = scene.workbench;
    let terms = query.terms();
    let without = |place| {
        let fewer = query.without(place);
        fewer
            .rows(&workbench.listing, &workbench.schema, scene.view.sets())
            .len()
    };
    terms
        .into_iter()
        .enumerate()
        .map(|(place, term)| (term, without(place)))
        .filter(|(_, count)| *count > 0)
        .max_by_key(|(_, count)| *count)
}

impl Browse {
    pub(super) fn draw_nothing(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let style = scene.theme.style(Role::Text);
        let mut number = 1;
        for sentence in self.nothing(scene) {
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
    fn nothing(&self, scene: &Scene<'_>) -> Vec<String> {
        let query = scene.view.query();
        let listing = &scene.workbench.listing;
        if !query.is_empty() && !listing.is_empty() {
            let mut lines = vec![format!("Nothing matches  {}", query.text())];
            if let Some((term, count)) = &self.blame {
                lines.push(format!("without `{term}`: {}", text::number(*count)));
            }
            let marked = scene.workbench.marks().len();
            if marked > 0 {
                lines.push(format!("{} stay marked.", text::counted(marked, "asset")));
            }
            lines.push("0 shows everything; / changes the filter.".into());
            return lines;
        }
        if let Some(failure) = scene.connection.failure() {
            let mut lines = vec![format!("{}.", capital(&failure.what)), failure.why.clone()];
            lines.extend((!failure.hint.is_empty()).then(|| failure.hint.clone()));
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

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}
