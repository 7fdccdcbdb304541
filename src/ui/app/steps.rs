//! Carries out what components asked for, and the actions every screen has.

use std::collections::{HashMap, VecDeque};

use roaring::RoaringBitmap;

use super::{App, keys::By};
use crate::{
    domain::{
        FieldKey, Operation, Stamp,
        oplog::{Deed, Picked},
        workbench::Command,
    },
    flow::Effect,
    ui::{
        component::{Scene, ScreenId, Step},
        dialogs,
        widgets::text,
    },
};

/// How many filters and how many commands are remembered.
const KEPT_LINES: usize = 50;
/// How many sentences are remembered.
const KEPT_SENTENCES: usize = 500;

impl App {
    pub(super) fn say(&mut self, sentence: impl Into<String>) {
        self.world.is_said = true;
        let said = &mut self.world.said;
        said.push(sentence.into());
        if said.len() > KEPT_SENTENCES {
            said.remove(0);
        }
    }

    pub(super) fn carry(&mut self, steps: Vec<Step>) {
        let mut steps = VecDeque::from(steps);
        while let Some(step) = steps.pop_front() {
            self.changed = true;
            match step {
                Step::Apply(command) => self.apply(&command),
                Step::Effect(effect) => self.effects.push(effect),
                Step::Open(layer) => self.open(layer),
                Step::Close => drop(self.layers.pop()),
                Step::Say(sentence) => self.say(sentence),
                Step::Show(screen) => self.show(screen),
                Step::OpenRun { run, then } => steps.extend(self.open_run(run, then)),
                Step::Mark { rows, say } => {
                    self.world.workbench.mark(rows);
                    self.marked();
                    if !say.is_empty() {
                        self.say(say);
                    }
                }
                Step::Toggle { rows } => {
                    self.world.workbench.restore_marks(rows);
                    self.marked();
                }
                Step::Filter { query, keep } => {
                    if keep {
                        self.remember_filter(query.text());
                    }
                    self.narrowing = Some(query);
                }
                Step::Sort(sort) => {
                    self.keep_setting("sort", serde_json::to_string(&sort));
                    let is_at_top = self.screens.browse.stays_at_top();
                    self.world
                        .view
                        .order_by(sort, &self.world.workbench, is_at_top);
                }
                Step::Columns(columns) => {
                    self.keep_setting("columns", serde_json::to_string(&columns));
                    self.world.view.choose(columns, &self.world.workbench);
                }
                Step::Edit(edit, argument) => {
                    let step = dialogs::editing(edit, &argument, &self.world.scene(true));
                    steps.push_front(step);
                }
                Step::EditOf {
                    edit,
                    argument,
                    rows,
                } => {
                    let asked = Some(&rows);
                    let scene = self.world.scene(true);
                    let scene = Scene { asked, ..scene };
                    steps.push_front(dialogs::editing(edit, &argument, &scene));
                }
                Step::Correct { wanted, rows } => {
                    let asked = Some(&rows);
                    let scene = self.world.scene(true);
                    let scene = Scene { asked, ..scene };
                    steps.push_front(dialogs::correcting(&wanted, &scene));
                }
                Step::Keep(kept) => self.world.kept = *kept,
                Step::Do(action, argument) => {
                    self.settle();
                    if !self.dispatch(action, &argument, By::Name) {
                        self.unanswered(action.row().name);
                    }
                }
                Step::Remember(line) => self.remember_command(&line),
                Step::Quit => self.leave(),
            }
        }
    }

    fn open(&mut self, mut layer: Box<dyn crate::ui::component::Component>) {
        layer.on_change(&self.world.scene(true));
        self.layers.push(layer);
    }

    fn show(&mut self, screen: ScreenId) {
        self.layers.clear();
        self.world.screen = screen;
    }

    fn marked(&mut self) {
        self.world.view.remark(&self.world.workbench);
        self.effects
            .push(Effect::SaveMarks(self.world.workbench.marks().clone()));
    }

    fn remember_filter(&mut self, text: &str) {
        remember(&mut self.world.filters, text);
        self.keep_setting("filters", serde_json::to_string(&self.world.filters));
    }

    fn remember_command(&mut self, line: &str) {
        remember(&mut self.world.commands, line);
        self.keep_setting("commands", serde_json::to_string(&self.world.commands));
    }

    fn leave(&mut self) {
        if self.world.start.is_old {
            self.keep_front();
        }
        self.effects.push(Effect::Quit);
    }

    pub(super) fn keep_setting(&mut self, key: &str, value: serde_json::Result<String>) {
        // Another order or other columns are another beginning.
        self.world.start.is_old |= ["sort", "columns"].contains(&key);
        if let Ok(value) = value {
            self.effects.push(Effect::SaveSetting {
                key: key.into(),
                value,
            });
        }
    }

    /// Applies a command; it is spoken of once it is durable.
    fn apply(&mut self, command: &Command) {
        let stamp = Stamp {
            at_ms: self.world.now_ms,
            by: self.world.person(),
        };
        match self.world.workbench.apply(command, stamp) {
            Ok(operation) => {
                let sentence = sentence(&operation);
                self.persist(operation, sentence);
            }
            Err(refusal) => {
                let mut sentence = refusal.to_string();
                if let Some(first) = sentence.get_mut(..1) {
                    first.make_ascii_uppercase();
                }
                self.say(format!("{sentence}."));
            }
        }
    }

    pub(super) fn persist(&mut self, operation: Operation, sentence: String) {
        self.world.view.refresh(&self.world.workbench);
        if !sentence.is_empty() {
            self.world.awaiting.insert(operation.id, sentence);
        }
        self.effects.push(Effect::Persist(Box::new(operation)));
    }
}

/// Puts a line at the end of those used before, where it stands once.
fn remember(lines: &mut Vec<String>, line: &str) {
    if line.is_empty() {
        return;
    }
    lines.retain(|kept| kept != line);
    lines.push(line.to_owned());
    if lines.len() > KEPT_LINES {
        lines.remove(0);
    }
}

/// What to say of an operation once it is durable.
fn sentence(operation: &Operation) -> String {
    let count = |picked: &[Picked]| picked.iter().map(|one| one.rows.len()).sum();
    match &operation.deed {
        Deed::Stage(step) => {
            // Several edits of one field make one change of an asset.
            let mut fields: HashMap<&FieldKey, RoaringBitmap> = HashMap::new();
            let mut assets = RoaringBitmap::new();
            for edit in &step.edits {
                *fields.entry(&edit.field).or_default() |= &edit.rows;
                assets |= &edit.rows;
            }
            let changes = fields.values().map(RoaringBitmap::len).sum();
            format!(
                "Staged {} on {}: {}.  u undo",
                text::counted(changes, "change"),
                text::counted(assets.len(), "asset"),
                operation.label
            )
        }
        Deed::Exclude(picked) => {
            format!(
                "Took {} out of the draft.  u undo",
                text::counted(count(picked), "change")
            )
        }
        Deed::Accept { run, items, .. } => format!(
            "Accepted {} of {run} as the server has it.  u undo",
            text::counted(items.len(), "change")
        ),
        Deed::Undo(_) => format!(
            "Taken back: {}.  U redo",
            operation.label.trim_start_matches("undo: ")
        ),
        Deed::Redo(_) => format!(
            "Brought back: {}.  u undo",
            operation.label.trim_start_matches("redo: ")
        ),
        Deed::Drop => "Dropped the draft.  u brings it back".into(),
        Deed::Settle { run, written } => {
            format!(
                "{run} wrote {}; they left the draft.",
                text::counted(count(written), "change")
            )
        }
    }
}
