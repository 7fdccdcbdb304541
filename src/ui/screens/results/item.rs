//! Everything about one change of a run, as lines.

use ratatui::style::Style;

use super::{Results, again, step_of};
use crate::{
    domain::{
        Outcome, Run,
        run::{Item, NextStep, Settlement, retry_safe},
    },
    ui::{
        action::Action,
        app::clock,
        component::Scene,
        theme::Role,
        widgets::{diff, text},
    },
};

type Line = (String, Style);

/// The width of the labels.
const LABEL: u16 = 11;

/// Lines that begin with a label and wrap behind it.
struct Lines<'a> {
    scene: &'a Scene<'a>,
    width: u16,
    done: Vec<Line>,
}

impl Lines<'_> {
    fn say(&mut self, label: &str, words: &str, role: Role) {
        let room = self.width.saturating_sub(LABEL).max(10);
        for (number, piece) in text::wrapped(words, room).into_iter().enumerate() {
            let head = if number == 0 { label } else { "" };
            let style = self.scene.theme.style(role);
            self.done.push((format!("{head:<10} {piece}"), style));
        }
    }

    /// Several on one line if there is room, each on its own otherwise.
    fn say_together(&mut self, all: &[(&str, String, Role)]) {
        let words = |(number, (label, words, _)): (usize, &(&str, String, Role))| match number {
            0 => words.clone(),
            _ => format!("{label}  {words}"),
        };
        let line = all.iter().enumerate().map(words).collect::<Vec<_>>();
        let line = line.join("    ");
        if let Some((label, ..)) = all.first()
            && text::width(&line) + usize::from(LABEL) <= usize::from(self.width)
        {
            return self.say(label, &line, Role::Text);
        }
        for (label, words, role) in all {
            self.say(label, words, *role);
        }
    }
}

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
        let mut lines = Lines {
            scene,
            width,
            done: Vec::new(),
        };
        outcome(&mut lines, settled);
        let is_told = settled.meaning.starts_with("field not named");
        if let Some(count) = run.blamed_together(place).filter(|_| !is_told) {
            let told = told_by_value(item, settled);
            let words = format!("field not named (one of {count}); {told}");
            lines.say("Field", &words, Role::Warning);
        }
        next(&mut lines, run, place);
        let safe = retry_safe(item, settled).sentence();
        lines.say("Retry-safe", &safe, Role::Text);
        let now = settled
            .server
            .as_ref()
            .map_or("(not read back)".to_owned(), diff::shown);
        lines.say_together(&[
            ("Wanted", wanted(item), Role::Added),
            ("Before", diff::shown(&item.before), Role::Removed),
            ("Server now", now, Role::Text),
        ]);
        lines.say("Sent", &sent(run, settled, scene), Role::Text);
        if settled.outcome != Outcome::Applied {
            let met = self.alike.of(settled);
            let at_least = if met.at_least { "at least " } else { "" };
            let words = format!(
                "same reason on {} here, on {at_least}{} in other runs of 30 days",
                text::counted(met.here, "other change"),
                text::number(met.before)
            );
            lines.say("Alike", &words, Role::Quiet);
        }
        lines.done
    }
}

/// Where it ended, in the server's own code and words, and what they mean.
fn outcome(lines: &mut Lines<'_>, settled: &Settlement) {
    let outcome = settled.outcome;
    let word = format!("{} {}", outcome.letter(), outcome.word().to_uppercase());
    let word = word.trim_start();
    let said = match (settled.code.as_str(), settled.reason.as_str()) {
        ("", "") => String::new(),
        (code, "") => format!("  {code}"),
        ("", reason) => format!("  \"{reason}\""),
        (code, reason) => format!("  {code}  \"{reason}\""),
    };
    lines.say(
        "Outcome",
        &format!("{word}{said}"),
        super::draw::role(outcome),
    );
    if !settled.meaning.is_empty() {
        lines.say("Meaning", &settled.meaning, Role::Text);
    }
}

/// What to do now, with the keys for it; or who accepted it.
fn next(lines: &mut Lines<'_>, run: &Run, place: u32) {
    let scene = lines.scene;
    if let Some(by) = scene.workbench.accepted_by(&run.id, place) {
        let at = clock(by.at_ms, scene.identity.utc_offset_s, false);
        let words = format!("as the server has it, by {} at {at}", by.by);
        return lines.say("Accepted", &words, Role::Applied);
    }
    let (step, outcome) = step_of(run, place, scene);
    let words = match (step, again::keys(step, outcome)) {
        (NextStep::Nothing, _) => "nothing: the server has it".to_owned(),
        (step, "") => step.words().to_owned(),
        (step, keys) => format!("{}   {keys}", step.words()),
    };
    lines.say("Next", &words, Role::Speaking);
}

/// What reading back tells of a change that was blamed together with others.
fn told_by_value(item: &Item, settled: &Settlement) -> &'static str {
    match &settled.server {
        None => "R reads back which",
        Some(now) if item.is_met_by(now) => "read back: this one has the wanted value",
        Some(_) => "read back: this one has not the wanted value",
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

/// When and in which call it was sent.
fn sent(run: &Run, settled: &Settlement, scene: &Scene<'_>) -> String {
    let call = run
        .calls
        .iter()
        .find(|call| call.number == settled.call && settled.call != 0);
    let Some(call) = call else {
        return "never".into();
    };
    let at = clock(call.noted_ms, scene.identity.utc_offset_s, true);
    let trace = match call.trace.as_str() {
        "" => String::new(),
        trace => format!(", request {trace}"),
    };
    let copy = Action::Copy(crate::ui::action::Copy::Query);
    let keys = scene.keymap.keys(copy);
    let copies = keys.map_or_else(String::new, |keys| format!("   {keys} copies"));
    format!(
        "{at} in call {} of {} ({}){trace}{copies}",
        call.number,
        run.calls.len(),
        text::counted(call.items.len() as u64, "change")
    )
}

/// What the server's people need to find a call again, on one line.
pub(super) fn trace(run: &Run, settled: Option<&Settlement>, scene: &Scene<'_>) -> String {
    let number = settled.map_or(0, |settled| settled.call);
    let call = run
        .calls
        .iter()
        .find(|call| call.number == number && number != 0);
    let Some(call) = call else {
        return format!("{} not sent", run.id);
    };
    let at = clock(call.noted_ms, scene.identity.utc_offset_s, true);
    let trace = match call.trace.as_str() {
        "" => String::new(),
        trace => format!(" request {trace}"),
    };
    format!("{} call {number} {} {at}{trace}", run.id, call.operation)
}
