//! Everything about one change of a run, as lines.

use ratatui::style::Style;

use super::{Results, again};
use crate::{
    domain::{Run, run::Item, run::Settlement},
    ui::{
        app::clock,
        component::Scene,
        theme::Role,
        widgets::{diff, text},
    },
};

type Line = (String, Style);

impl Results {
    /// The lines of the detail pane: of the change under the cursor.
    pub(super) fn detail_lines(&self, width: u16, scene: &Scene<'_>) -> Vec<Line> {
        let (Some(run), Some(place)) = (self.run(scene), self.place()) else {
            return Vec::new();
        };
        let item = &run.items[place as usize];
        let Some(settled) = &run.settled[place as usize] else {
            return Vec::new();
        };
        let theme = scene.theme;
        let mut lines = Vec::new();
        let mut say = |label: &str, words: &str, role: Role| {
            let room = width.saturating_sub(11).max(10);
            for (number, piece) in text::wrapped(words, room).into_iter().enumerate() {
                let head = if number == 0 { label } else { "" };
                lines.push((format!("{head:<10} {piece}"), theme.style(role)));
            }
        };
        let outcome = settled.outcome;
        let word = format!("{} {}", outcome.letter(), outcome.word().to_uppercase());
        say("Outcome", word.trim_start(), super::draw::role(outcome));
        let said = match (settled.code.as_str(), settled.reason.as_str()) {
            ("", "") => "nothing beyond that".to_owned(),
            (code, "") => code.to_owned(),
            ("", reason) => format!("\"{reason}\""),
            (code, reason) => format!("{code}  \"{reason}\""),
        };
        say("Server", &said, Role::Text);
        if !settled.meaning.is_empty() {
            say("Meaning", &settled.meaning, Role::Text);
        }
        let staged = again::is_staged(item, scene);
        say("Next", again::next_step(outcome, staged), Role::Speaking);
        say("Wanted", &wanted(item), Role::Added);
        say("Before", &diff::shown(&item.before), Role::Removed);
        let now = settled
            .server
            .as_ref()
            .map_or("(not read back)".to_owned(), diff::shown);
        say("Server now", &now, Role::Text);
        say("Sent", &sent(run, settled, scene), Role::Text);
        say("Safe", again::retry_safe(outcome), Role::Text);
        let same = alike(run, settled);
        if same > 0 {
            say(
                "Alike",
                &format!(
                    "{} of this run ended so",
                    text::counted(same, "other change")
                ),
                Role::Quiet,
            );
        }
        lines
    }
}

fn wanted(item: &Item) -> String {
    let Some(delta) = &item.delta else {
        return diff::shown(&item.wanted);
    };
    let add = delta.add.iter().map(|tag| format!("+{tag}"));
    let remove = delta.remove.iter().map(|tag| format!("-{tag}"));
    let tags: Vec<String> = add.chain(remove).collect();
    format!("{}   {}", tags.join(" "), diff::shown(&item.wanted))
}

/// When and in which call it was sent, and under which name the server remembers that.
fn sent(run: &Run, settled: &Settlement, scene: &Scene<'_>) -> String {
    let call = run
        .calls
        .iter()
        .find(|call| call.number == settled.call && settled.call != 0);
    let Some(call) = call else {
        return "not sent".into();
    };
    let at = clock(call.noted_ms, scene.identity.utc_offset_s, true);
    let trace = if call.trace.is_empty() {
        String::new()
    } else {
        format!(", trace {}", call.trace)
    };
    format!(
        "{at} in call {} of {} ({}, {}){trace}",
        call.number,
        run.calls.len(),
        call.operation,
        text::counted(call.items.len() as u64, "change")
    )
}

/// How many other changes ended with the same outcome, code and reason.
fn alike(run: &Run, settled: &Settlement) -> u64 {
    let same = |one: &&Settlement| {
        one.outcome == settled.outcome && one.code == settled.code && one.reason == settled.reason
    };
    (run.settled.iter().flatten().filter(same).count() as u64).saturating_sub(1)
}
