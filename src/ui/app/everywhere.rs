//! The actions every screen has, where the screen did not take them.

use super::{App, keys::By};
use crate::{
    domain::{RunId, workbench::Command},
    flow::Effect,
    ui::{
        action::{Action, Edit, Go, View, Work},
        component::{Component, Reaction, ScreenId, Step},
        connection::{Link, Loading},
        dialogs,
        input::Mouse,
        pictures::PictureMode,
        theme::{BUILT_IN, Theme},
        widgets::text,
    },
};

impl App {
    /// The actions every screen has, where the screen did not take them. Whether one was.
    pub(super) fn everywhere(&mut self, action: Action, argument: &str, by: By) -> bool {
        self.changed = true;
        // A key is about what is shown: only a name goes to the screen where it belongs.
        let is_elsewhere = by == By::Key && self.world.screen != ScreenId::Browse;
        match action {
            Action::Go(go) => self.go(go, argument),
            Action::View(view) if is_elsewhere && view.is_of_the_list() => return false,
            Action::View(view) => self.look(view, argument),
            Action::Edit(_) if is_elsewhere && self.world.workbench.read_only.is_none() => {
                return false;
            }
            Action::Edit(edit) => {
                let step = self.editing(edit, argument);
                self.carry(vec![step]);
            }
            Action::Work(Work::Exclude) if by == By::Key => return false,
            Action::Work(work) => self.work(work, argument),
            Action::Mark(_) | Action::Copy(_) if !is_elsewhere => {
                // A command that belongs to the list works from everywhere.
                let scene = self.world.scene(false);
                let browse = &mut self.screens.browse;
                let reaction = Component::on_action(browse, action, argument, &scene);
                if let Reaction::Taken(steps) = reaction {
                    self.carry(steps);
                }
            }
            Action::Mark(_) | Action::Copy(_) | Action::Move(_) | Action::Answer(_) => {
                return false;
            }
        }
        true
    }

    fn go(&mut self, go: Go, argument: &str) {
        let step = match go {
            Go::Browse => Step::Show(ScreenId::Browse),
            Go::Staged => Step::Show(ScreenId::Staged),
            Go::Review => Step::Show(ScreenId::Review),
            Go::Results if !argument.is_empty() => Step::OpenRun {
                run: RunId(argument.trim().to_uppercase()),
                then: Action::Go(Go::Results),
            },
            Go::Results => Step::Show(ScreenId::Results),
            Go::History => Step::Show(ScreenId::History),
            Go::Help => dialogs::help(argument, &self.world.scene(true)),
            Go::CommandLine => dialogs::command_line(&self.world.scene(true)),
            Go::Messages => Step::Open(Box::new(dialogs::Messages::new(&self.world.said))),
            Go::Back | Go::Interrupt => {
                if self.world.view.give_up() {
                    self.say("Given up; the list is as it was.");
                } else if !self.give_up_reading() {
                    self.stop_listing();
                }
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
                    self.dispatch(Action::View(view), argument, By::Name);
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

    /// Brings a listing that is whole up to date by what changed since; lists anew without one.
    pub(super) fn update(&mut self) {
        let listing = &self.world.workbench.listing;
        let (generation, is_whole) = (listing.generation, listing.complete && !listing.is_empty());
        let Some(since_ms) = self.world.identity.listed_ms.filter(|_| is_whole) else {
            return self.list();
        };
        self.world.connection.loading = Loading::Updating {
            since_ms: self.world.now_ms,
        };
        self.effects.push(Effect::Update {
            generation,
            since_ms,
        });
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
            | Work::Accept
            | Work::HandOver
            | Work::Report
            | Work::Pause
            | Work::Revert
            | Work::Stop => {
                // From elsewhere no change is pointed at: a retry is of the whole last run.
                let last = self.world.workbench.runs().last();
                let last = last.map(|run| run.id.to_string());
                let is_whole = work == Work::Retry && argument.is_empty();
                let whole = last.filter(|_| is_whole && self.world.screen != ScreenId::Results);
                let argument = whole.as_deref().unwrap_or(argument);
                self.world.screen = ScreenId::Results;
                let scene = self.world.scene(false);
                let results = self.screens.screen_mut(ScreenId::Results);
                let reaction = results.on_action(Action::Work(work), argument, &scene);
                if let Reaction::Taken(steps) = reaction {
                    self.carry(steps);
                }
                return;
            }
            Work::Background => Step::Show(ScreenId::Browse),
            Work::UndoStep | Work::RedoStep | Work::Compare | Work::ComparePoint | Work::Export => {
                let scene = self.world.scene(false);
                let history = self.screens.screen_mut(ScreenId::History);
                let reaction = history.on_action(Action::Work(work), argument, &scene);
                if let Reaction::Taken(steps) = reaction {
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
}
