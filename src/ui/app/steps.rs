//! Carries out what components asked for, and the actions every screen has.

use std::collections::VecDeque;

use super::App;
use crate::{
    domain::{
        AssetId, Operation, Stamp,
        oplog::{Deed, Picked},
        workbench::Command,
    },
    flow::Effect,
    ui::{
        action::{Action, Edit, Go, View, Work},
        component::{ScreenId, Step},
        connection::{Link, Loading},
        dialogs,
        input::Mouse,
        layout::Chrome,
        pictures::PictureMode,
        theme::{BUILT_IN, Theme},
        widgets::text,
    },
};

/// How many pixels wide and high pictures are asked for.
const PICTURE_PIXELS: u32 = 640;
/// How many filters and how many commands are remembered.
const KEPT_LINES: usize = 50;
/// How many sentences are remembered.
const KEPT_SENTENCES: usize = 500;

impl App {
    pub(super) fn say(&mut self, sentence: impl Into<String>) {
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
                    self.world.view.filter(query, &self.world.workbench);
                }
                Step::Sort(sort) => {
                    self.keep_setting("sort", serde_json::to_string(&sort));
                    let now_ms = self.world.now_ms;
                    self.world
                        .view
                        .order_by(sort, &self.world.workbench, now_ms);
                }
                Step::Columns(columns) => {
                    self.keep_setting("columns", serde_json::to_string(&columns));
                    self.world.view.choose(columns, &self.world.workbench);
                }
                Step::Edit(edit, argument) => {
                    let step = dialogs::editing(edit, &argument, &self.world.scene(true));
                    steps.push_front(step);
                }
                Step::Keep(kept) => self.world.kept = *kept,
                Step::Do(action, argument) => self.dispatch(action, &argument),
                Step::Remember(line) => self.remember_command(&line),
                Step::Quit => self.effects.push(Effect::Quit),
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

    fn keep_setting(&mut self, key: &str, value: serde_json::Result<String>) {
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
            by: self.world.identity.author.clone(),
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

    /// The actions every screen has, where the screen did not take them.
    pub(super) fn everywhere(&mut self, action: Action, argument: &str) {
        self.changed = true;
        match action {
            Action::Go(go) => self.go(go, argument),
            Action::View(view) => self.look(view, argument),
            Action::Edit(edit) => {
                let step = self.editing(edit, argument);
                self.carry(vec![step]);
            }
            Action::Work(work) => self.work(work, argument),
            Action::Mark(_) | Action::Copy(_) => {
                // A command that belongs to the list works from everywhere.
                let scene = self.world.scene(false);
                let browse = &mut self.screens.browse;
                let reaction =
                    crate::ui::component::Component::on_action(browse, action, argument, &scene);
                if let crate::ui::component::Reaction::Taken(steps) = reaction {
                    self.carry(steps);
                }
            }
            Action::Move(_) | Action::Answer(_) => {}
        }
    }

    fn go(&mut self, go: Go, argument: &str) {
        let step = match go {
            Go::Browse => Step::Show(ScreenId::Browse),
            Go::Staged => Step::Show(ScreenId::Staged),
            Go::Review => Step::Show(ScreenId::Review),
            Go::Results if !argument.is_empty() => {
                let action = Action::Go(Go::Results);
                self.carry(vec![
                    Step::Show(ScreenId::Results),
                    Step::Do(action, argument.to_owned()),
                ]);
                return;
            }
            Go::Results => Step::Show(ScreenId::Results),
            Go::History => Step::Show(ScreenId::History),
            Go::Help => dialogs::help(argument, &self.world.scene(true)),
            Go::CommandLine => dialogs::command_line(&self.world.scene(true)),
            Go::Messages => Step::Open(Box::new(dialogs::Messages::new(&self.world.said))),
            Go::Back | Go::Interrupt => {
                self.stop_listing();
                return;
            }
            Go::Quit => self.quit(),
            Go::Suspend => Step::Effect(Effect::Suspend),
            Go::Redraw => {
                self.repaint = true;
                return;
            }
        };
        self.carry(vec![step]);
    }

    fn stop_listing(&mut self) {
        if !self.world.connection.is_loading() {
            return;
        }
        self.world.connection.loading = Loading::Stopped;
        self.effects.push(Effect::StopListing);
        let known = text::number(self.world.workbench.listing.len());
        self.say(format!(
            "Stopped listing; the {known} assets that came are kept. R lists again."
        ));
    }

    fn quit(&self) -> Step {
        if self.world.screen != ScreenId::Browse {
            return Step::Show(ScreenId::Browse);
        }
        match self.world.workbench.current_run() {
            None => Step::Quit,
            Some(run) => Step::Open(Box::new(dialogs::Stop::leaving(run))),
        }
    }

    fn look(&mut self, view: View, argument: &str) {
        match view {
            View::Refresh => self.relist(),
            View::Wrap => {
                self.world.wrap = !self.world.wrap;
                self.say(if self.world.wrap {
                    "Long values wrap."
                } else {
                    "Long values are cut."
                });
            }
            View::Theme => self.choose_theme(argument),
            View::Images => {
                let mode = self.world.pictures.mode();
                let mode = PictureMode::named(argument).unwrap_or(mode.next());
                self.world.pictures.set_mode(mode);
                let means = self.world.pictures.means();
                self.say(format!("Pictures are drawn {means} ({}).", mode.word()));
            }
            View::Filter
            | View::FilterReset
            | View::Facets
            | View::Sort
            | View::Columns
            | View::Details => {
                let was = self.world.screen;
                self.world.screen = ScreenId::Browse;
                if was != ScreenId::Browse {
                    self.dispatch(Action::View(view), argument);
                }
            }
        }
    }

    fn choose_theme(&mut self, argument: &str) {
        let known: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
        let name = if argument.is_empty() {
            let at = known.iter().position(|name| *name == self.world.theme.name);
            known[at.map_or(0, |at| (at + 1) % known.len())]
        } else if let Some(name) = known.iter().find(|name| **name == argument) {
            name
        } else {
            self.say(format!(
                "There is no theme `{argument}`; known are {}.",
                known.join(", ")
            ));
            return;
        };
        let borders = self.world.theme.borders;
        self.world.theme = Theme::built_in(name);
        self.world.theme.borders = borders;
        self.say(format!("Theme {name}."));
    }

    /// Asks the server for everything again; signs in first where that is needed.
    fn relist(&mut self) {
        if self.world.connection.link == Link::Online {
            self.list();
            self.say("Asking the server again; marks and staged changes stay.");
            return;
        }
        self.world.connection.link = Link::Connecting;
        self.world.connection.asked_ms = self.world.now_ms;
        self.effects.push(Effect::Connect);
        self.say("Signing in again.");
    }

    pub(super) fn list(&mut self) {
        let now_ms = self.world.now_ms;
        let generation = self.world.workbench.listing.generation + 1;
        self.world.workbench.listing.begin(generation);
        self.world.connection.loading = Loading::Under {
            since_ms: now_ms,
            last_ms: now_ms,
        };
        self.world.connection.thumbnails_asked.clear();
        self.effects.push(Effect::List { generation });
    }

    fn editing(&mut self, edit: Edit, argument: &str) -> Step {
        if let Some(why) = &self.world.workbench.read_only {
            return Step::Say(format!("Read-only: {why}."));
        }
        let scene = self.world.scene(true);
        if scene.targets().is_empty() {
            return Step::Say("There is no asset to edit here.".into());
        }
        if scene.hidden_marks() > 0 {
            let hidden = dialogs::HiddenMarks::new(edit, argument, &scene);
            return Step::Open(Box::new(hidden));
        }
        Step::Edit(edit, argument.to_owned())
    }

    fn work(&mut self, work: Work, argument: &str) {
        let step = match work {
            Work::Undo => Step::Apply(Command::Undo),
            Work::Redo => Step::Apply(Command::Redo),
            Work::Drop => {
                let changes = self.world.workbench.draft().changes();
                Step::Open(Box::new(dialogs::Confirm::new(
                    "Drop the draft",
                    format!(
                        "{} leave the draft. u brings them back.",
                        text::counted(changes, "staged change")
                    ),
                    "drop",
                    vec![Step::Apply(Command::Drop)],
                )))
            }
            Work::Submit => dialogs::plan(&self.world.scene(true)),
            Work::Resume
            | Work::Retry
            | Work::ReadBack
            | Work::Report
            | Work::Pause
            | Work::Stop => {
                self.world.screen = ScreenId::Results;
                let scene = self.world.scene(false);
                let results = self.screens.screen_mut(ScreenId::Results);
                let reaction = results.on_action(Action::Work(work), argument, &scene);
                if let crate::ui::component::Reaction::Taken(steps) = reaction {
                    self.carry(steps);
                }
                return;
            }
            Work::Background => Step::Show(ScreenId::Browse),
            Work::UndoStep => {
                let scene = self.world.scene(false);
                let history = self.screens.screen_mut(ScreenId::History);
                let reaction = history.on_action(Action::Work(work), argument, &scene);
                if let crate::ui::component::Reaction::Taken(steps) = reaction {
                    self.carry(steps);
                }
                return;
            }
            Work::Exclude => {
                Step::Say("Changes are taken out in Staged (2) and Results (4).".into())
            }
        };
        self.carry(vec![step]);
    }

    pub(super) fn tab_at(&self, mouse: Mouse) -> Option<ScreenId> {
        let mut x = 0;
        for (screen, label) in ScreenId::ALL.into_iter().zip(self.tab_labels()) {
            let width = u16::try_from(text::width(&label)).unwrap_or(0);
            if (x..x + width).contains(&mouse.column) {
                return Some(screen);
            }
            x += width + 1;
        }
        None
    }

    /// Whether something seen was not asked for yet.
    pub(super) fn wants_to_ask(&self) -> bool {
        !self.pictures_wanted().is_empty() || !self.thumbnails_wanted().is_empty()
    }

    fn pictures_wanted(&self) -> Vec<AssetId> {
        if self.world.connection.link != Link::Online || Chrome::of(self.world.size).is_none() {
            return Vec::new();
        }
        let shown = self
            .top()
            .pictures(&self.world.scene(!self.layers.is_empty()));
        let wanted = shown.into_iter().map(|(id, _)| id);
        wanted.filter(|id| self.world.pictures.wants(id)).collect()
    }

    fn thumbnails_wanted(&self) -> Vec<AssetId> {
        let lazy = self
            .world
            .workbench
            .capabilities
            .as_ref()
            .is_some_and(|c| c.lazy_thumbnails);
        let online = self.world.connection.link == Link::Online;
        if !lazy || !online || self.world.screen != ScreenId::Browse {
            return Vec::new();
        }
        let asked = &self.world.connection.thumbnails_asked;
        let mut wanted = self
            .screens
            .browse
            .thumbnails_unknown(&self.world.scene(false));
        wanted.retain(|id| !asked.contains(id));
        wanted
    }

    /// Asks for the pictures shown and the thumbnails of the rows on the screen.
    pub(super) fn ask_for_what_is_seen(&mut self) {
        for id in self.pictures_wanted() {
            let listing = &self.world.workbench.listing;
            if let Some(row) = listing.row(&id) {
                let (asset, size) = (Box::new(listing.asset(row)), PICTURE_PIXELS);
                self.effects.push(Effect::Picture { asset, size });
            }
            self.world.pictures.ask(id);
        }
        let wanted = self.thumbnails_wanted();
        if !wanted.is_empty() {
            self.world
                .connection
                .thumbnails_asked
                .extend(wanted.iter().cloned());
            self.effects.push(Effect::Thumbnails(wanted));
        }
    }

    /// Makes the pictures shown ready for the places they are drawn in.
    pub(super) fn prepare_pictures(&mut self) {
        if Chrome::of(self.world.size).is_none() {
            return;
        }
        let shown = self
            .top()
            .pictures(&self.world.scene(!self.layers.is_empty()));
        for (asset, size) in shown {
            self.world.pictures.prepare(&asset, size);
        }
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
            let changes = step.edits.iter().map(|edit| edit.rows.len()).sum();
            let mut assets = roaring::RoaringBitmap::new();
            for edit in &step.edits {
                assets |= &edit.rows;
            }
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
