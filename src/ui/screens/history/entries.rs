//! The rows of the log: entries, in wide terminals under the titles of their sections.

use jiff::Timestamp;

use crate::{
    domain::history::{Entry, Filter, Grouping, Section, entries},
    ui::{app::clock, component::Scene},
};

/// One row of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// The title of a section. The cursor never stays here.
    Title(Section),
    /// An entry.
    Entry(Entry),
}

impl Row {
    /// The entry, if it is one.
    pub(super) fn entry(&self) -> Option<&Entry> {
        match self {
            Self::Entry(entry) => Some(entry),
            Self::Title(_) => None,
        }
    }
}

/// The grouping so many places further, in a ring.
pub(super) fn turned(grouping: Grouping, places: usize) -> Grouping {
    let all = Grouping::ALL;
    let at = all.iter().position(|one| *one == grouping).unwrap_or(0);
    all[(at + places) % all.len()]
}

/// The rows of a grouping that pass a filter, newest first; by section if there is room for titles.
pub(super) fn rows(
    grouping: Grouping,
    filter: &Filter,
    titled: bool,
    scene: &Scene<'_>,
) -> Vec<Row> {
    let mut all = entries(scene.workbench, grouping);
    all.retain(|entry| filter.passes(entry, scene.identity.utc_offset_s));
    if !titled {
        return all.into_iter().map(Row::Entry).collect();
    }
    all.sort_by_key(|entry| entry.section);
    let mut rows = Vec::with_capacity(all.len() + 5);
    let mut last = None;
    for entry in all {
        if last != Some(entry.section) {
            rows.push(Row::Title(entry.section));
            last = Some(entry.section);
        }
        rows.push(Row::Entry(entry));
    }
    rows
}

/// `12:04` today, `11-19` this year, `2025-11` before.
pub(super) fn when(at_ms: i64, scene: &Scene<'_>) -> String {
    let local =
        |ms: i64| Timestamp::from_millisecond(ms + i64::from(scene.identity.utc_offset_s) * 1000);
    let (Ok(then), Ok(now)) = (local(at_ms), local(scene.now_ms)) else {
        return String::new();
    };
    let same = |format: &str| then.strftime(format).to_string() == now.strftime(format).to_string();
    if same("%Y-%m-%d") {
        clock(at_ms, scene.identity.utc_offset_s, false)
    } else if same("%Y") {
        then.strftime("%m-%d").to_string()
    } else {
        then.strftime("%Y-%m").to_string()
    }
}

/// `2026-11-22 12:04:31`.
pub(super) fn moment(at_ms: i64, scene: &Scene<'_>) -> String {
    let shifted = at_ms + i64::from(scene.identity.utc_offset_s) * 1000;
    let then = Timestamp::from_millisecond(shifted).ok();
    then.map(|then| then.strftime("%Y-%m-%d %H:%M:%S").to_string())
        .unwrap_or_default()
}
