//! The first rows as they were shown last, in the place of the list while it is being opened.

use ratatui::{Frame, layout::Rect};

use super::{
    Browse,
    draw::{cell, letter_role, state},
};
use crate::{
    domain::Row,
    ui::{
        component::Scene,
        front::{Front, FrontRow, LETTERS, ROWS},
        theme::Role,
        widgets::{TableRow, text},
    },
};

impl Browse {
    /// What is shown at the top of the whole list now.
    pub(in crate::ui) fn front(scene: &Scene<'_>) -> Front {
        let rows = scene.view.rows().iter().take(ROWS);
        Front {
            len: scene.workbench.listing.len(),
            listed_ms: scene.identity.listed_ms,
            columns: scene.view.columns().to_vec(),
            rows: rows.map(|&row| front_row(row, scene)).collect(),
        }
    }

    pub(super) fn draw_front(
        &self,
        frame: &mut Frame<'_>,
        list: Rect,
        (front, scene): (&Front, &Scene<'_>),
    ) {
        let theme = scene.theme;
        let (table, places) = self.table(list.width, &front.columns);
        let row = |place: usize| {
            let Some(row) = front.rows.get(place) else {
                return TableRow::default();
            };
            let (at, mark) = (place == 0, if row.marked { "*" } else { " " });
            let gutter = vec![
                (
                    if at { ">" } else { " " }.to_owned(),
                    theme.style(Role::Text),
                ),
                (" ".to_owned(), theme.style(Role::Range)),
                (mark.to_owned(), theme.style(Role::Mark)),
                (row.state.to_string(), theme.style(letter_role(row.state))),
            ];
            let cells = places.iter().filter_map(|&place| row.cells.get(place));
            let style = |is_quiet| theme.style(if is_quiet { Role::Quiet } else { Role::Text });
            TableRow {
                gutter,
                cells: cells
                    .map(|(text, quiet)| (text.clone(), style(*quiet)))
                    .collect(),
                cursor: at,
            }
        };
        let most = usize::from(list.height.saturating_sub(1));
        let shown = 0..front.rows.len().min(most);
        table.draw(frame.buffer_mut(), list, theme, (shown, &row));
    }
}

fn front_row(row: Row, scene: &Scene<'_>) -> FrontRow {
    let quiet = scene.theme.style(Role::Quiet);
    let cells = scene.view.columns().iter().map(|column| {
        let (text, style) = cell(row, column, scene);
        (text.chars().take(LETTERS).collect(), style == quiet)
    });
    FrontRow {
        marked: scene.workbench.marks().contains(row),
        state: state(scene, row).0,
        cells: cells.collect(),
    }
}

/// `opening 12,480 as of 14:02 ..`: the listing is not there yet.
pub(super) fn opening(scene: &Scene<'_>) -> String {
    match scene.front.map(|front| (front.len, front.listed_ms)) {
        Some((len, Some(at))) => format!(
            "opening {} as of {} ..",
            text::number(len),
            crate::ui::app::clock(at, scene.identity.utc_offset_s, false)
        ),
        Some((len, None)) => format!("opening {} ..", text::number(len)),
        None => "opening the listing ..".into(),
    }
}
