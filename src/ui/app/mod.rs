//! The whole model of the screen: inputs and events in, effects out.

mod asking;
mod beginning;
mod chrome;
mod everywhere;
mod held;
mod judging;
mod keys;
mod news;
mod opening;
mod past;
mod reading;
mod setup;
mod steps;
mod unfinished;
mod waking;
mod world;

pub use chrome::{clock, year};
pub use reading::known_words;
pub use setup::{KEPT_SETTINGS, MENU_DELAY_MS, Setup};

use std::collections::VecDeque;

use ratatui::layout::Size;

use self::{held::Held, keys::By, world::World};
use super::{
    action::{Action, Go},
    chord::Chord,
    component::{Component, Reaction, Scene, ScreenId, Step},
    input::{self, Input, Mouse},
    layout::Chrome,
    screens::Screens,
    view::View,
};
use crate::{
    domain::{Query, Workbench},
    flow::Effect,
};

/// How long the cursor must rest before pictures are asked for, in milliseconds.
const REST_MS: i64 = 150;
/// How long keys may come between two pieces of long work, in milliseconds.
const PIECE_MS: i64 = 10;

/// The whole model of the screen.
#[derive(Debug)]
pub struct App {
    world: World,
    screens: Screens,
    layers: Vec<Box<dyn Component>>,
    pending: Vec<Chord>,
    pending_ms: i64,
    menu_delay_ms: Option<i64>,
    details_rest_ms: i64,
    rings: bool,
    /// When the cursor last came to rest on another row.
    moved_ms: i64,
    /// A filter that was asked for and not worked out yet.
    narrowing: Option<Query>,
    /// What waits until a filter is worked out.
    held: VecDeque<Held>,
    effects: Vec<Effect>,
    repaint: bool,
    changed: bool,
}

impl App {
    /// From what the workspace kept. Nothing is asked of the world before [`App::start`].
    pub fn new(setup: Setup) -> Self {
        let mut app = Self {
            world: World::new(setup.workbench, setup.identity, setup.size),
            screens: Screens::default(),
            layers: Vec::new(),
            pending: Vec::new(),
            pending_ms: 0,
            menu_delay_ms: setup.menu_delay_ms,
            details_rest_ms: setup.details_rest_ms,
            rings: setup.rings,
            moved_ms: 0,
            narrowing: None,
            held: VecDeque::new(),
            effects: Vec::new(),
            repaint: false,
            changed: true,
        };
        app.world.view = View::at_once_up_to(setup.at_once);
        app.world.keymap = setup.keymap;
        app.world.theme = setup.theme;
        app.world.pictures = setup.pictures;
        for (key, value) in &setup.settings {
            app.restore(key, value);
        }
        app.world.view.rebuild(&app.world.workbench, 0);
        app.settle();
        app
    }

    /// One input.
    #[must_use]
    pub fn on_input(&mut self, input: Input, now_ms: i64) -> Vec<Effect> {
        self.on_inputs(vec![input], now_ms)
    }

    /// Inputs that arrived together. In a list, a burst that nobody types is taken as a paste.
    #[must_use]
    pub fn on_inputs(&mut self, inputs: Vec<Input>, now_ms: i64) -> Vec<Effect> {
        self.world.now_ms = now_ms;
        let mut rest = inputs;
        while !rest.is_empty() {
            let is_list = !self.top().takes_text() && self.pending.is_empty();
            if is_list && rest.len() > 6 && !self.opens_line(&rest[0]) {
                rest = input::without_bursts(rest);
            }
            let input = rest.remove(0);
            if let Some(input) = self.unless_held(input) {
                self.take(input);
            }
            // Text that arrives in one piece narrows the list once, behind its last character.
            let more = match rest.first() {
                Some(Input::Key(chord)) => chord.typed().is_some(),
                Some(_) | None => false,
            };
            if !(more && self.top().takes_text()) {
                self.settle();
            }
        }
        self.asked()
    }

    /// What is asked of the world.
    fn asked(&mut self) -> Vec<Effect> {
        let view = &mut self.world.view;
        let give_up = view.take_given_up().then_some(Effect::StopArranging);
        let questions = view.take_questions().into_iter().map(Box::new);
        self.effects.extend(give_up);
        self.effects.extend(questions.map(Effect::Arrange));
        std::mem::take(&mut self.effects)
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Key(chord) => self.on_key(chord),
            Input::Paste(text) => self.on_paste(&text),
            Input::Mouse(mouse) => self.on_mouse(mouse),
            Input::Resize { width, height } => {
                self.world.size = Size::new(width, height);
                self.changed = true;
                // It may have been another one in between: then what was shown is lost.
                self.repaint = true;
            }
            Input::Continued => self.repaint = true,
            Input::Pictures(means) => self.world.pictures.answered(means),
            Input::Due => {
                self.changed |= self.top().is_unfinished();
                let due = self.world.view.due_ms(&self.world.workbench);
                if due.is_some_and(|due| due <= self.world.now_ms) {
                    self.world
                        .view
                        .merge(&self.world.workbench, self.world.now_ms);
                    self.changed = true;
                }
            }
        }
    }

    /// The component the keys go to.
    fn top(&self) -> &dyn Component {
        match self.layers.last() {
            Some(layer) => layer.as_ref(),
            None => self.screens.screen(self.world.screen),
        }
    }

    fn on_paste(&mut self, text: &str) {
        self.pending.clear();
        let scene = self.world.scene(!self.layers.is_empty());
        let top: &mut dyn Component = match self.layers.last_mut() {
            Some(layer) => layer.as_mut(),
            None => self.screens.screen_mut(self.world.screen),
        };
        match top.on_paste(text, &scene) {
            Reaction::Taken(steps) => self.carry(steps),
            Reaction::Passed => self.say("Pasted text is never run as keys; nothing was done."),
        }
    }

    fn on_mouse(&mut self, mouse: Mouse) {
        let Some(chrome) = Chrome::of(self.world.size) else {
            return;
        };
        if chrome.tabs.y == mouse.row && self.layers.is_empty() {
            if let Some(screen) = self.tab_at(mouse) {
                self.carry(vec![Step::Show(screen)]);
            }
            return;
        }
        let scene = self.world.scene(!self.layers.is_empty());
        let top: &mut dyn Component = match self.layers.last_mut() {
            Some(layer) => layer.as_mut(),
            None => self.screens.screen_mut(self.world.screen),
        };
        if let Reaction::Taken(steps) = top.on_mouse(mouse, chrome.body, &scene) {
            self.carry(steps);
        }
    }

    /// Does an action: the top layer first, then the layers below a layer that is not modal, then
    /// the screen, then what every screen has. Whether anybody took it.
    fn dispatch(&mut self, action: Action, argument: &str, by: By) -> bool {
        if let Action::Go(Go::Suspend | Go::Redraw) = action {
            return self.everywhere(action, argument, by);
        }
        if self.must_wait(action) {
            self.hold(action, argument, by);
            return true;
        }
        let scene = self.world.scene(!self.layers.is_empty());
        let mut modal = false;
        let mut taken = None;
        for layer in self.layers.iter_mut().rev() {
            if let Reaction::Taken(steps) = layer.on_action(action, argument, &scene) {
                taken = Some(steps);
                break;
            }
            if layer.is_modal() {
                modal = true;
                break;
            }
        }
        if taken.is_none() && !modal {
            let screen = self.screens.screen_mut(self.world.screen);
            if let Reaction::Taken(steps) = screen.on_action(action, argument, &scene) {
                taken = Some(steps);
            }
        }
        match taken {
            Some(steps) => self.carry(steps),
            None if modal => match action {
                Action::Go(Go::Back | Go::Interrupt | Go::Quit) => {
                    self.layers.pop();
                    self.changed = true;
                }
                Action::Go(Go::Help | Go::Messages) => {
                    return self.everywhere(action, argument, by);
                }
                Action::Go(_)
                | Action::Move(_)
                | Action::Mark(_)
                | Action::View(_)
                | Action::Edit(_)
                | Action::Work(_)
                | Action::Copy(_)
                | Action::Answer(_) => return false,
            },
            None => return self.everywhere(action, argument, by),
        }
        true
    }

    /// Puts everything right after something happened: cursors, counts, what is to be asked for.
    fn settle(&mut self) {
        if let Some(query) = self.narrowing.take() {
            self.world.view.filter(query, &self.world.workbench);
            self.changed = true;
        }
        self.open_waiting();
        let changed = std::mem::take(&mut self.changed);
        if changed {
            let scene = self.world.scene(!self.layers.is_empty());
            self.screens.on_change(self.world.screen, &scene);
            for layer in &mut self.layers {
                layer.on_change(&scene);
                self.effects.extend(layer.wants());
            }
        }
        self.grant_wish();
        self.ask_to_judge();
        let cursor = self.screens.browse.row(&self.world.view);
        if cursor != self.world.cursor {
            self.world.cursor = cursor;
            self.moved_ms = self.world.now_ms;
        }
        if changed || self.world.now_ms - self.moved_ms >= self.details_rest_ms {
            self.screens.browse.look_at(cursor);
        }
        self.world.contexts = self.top().contexts();
        if self.world.now_ms - self.moved_ms >= REST_MS {
            self.ask_for_what_is_seen();
        }
        self.read_what_is_open();
        self.prepare_pictures();
    }

    /// Asks for what the top layer wishes to know of the listing.
    fn grant_wish(&mut self) {
        let scene = self.world.scene(true);
        let Some(wish) = self.layers.last().and_then(|layer| layer.wish(&scene)) else {
            return;
        };
        let World {
            view, workbench, ..
        } = &mut self.world;
        if view.wish(wish, workbench) {
            let scene = self.world.scene(true);
            if let Some(layer) = self.layers.last_mut() {
                layer.on_change(&scene);
            }
        }
    }

    /// Whether the terminal should be painted anew, once.
    pub fn take_repaint(&mut self) -> bool {
        std::mem::take(&mut self.repaint)
    }

    /// The state behind the screens.
    pub fn workbench(&self) -> &Workbench {
        &self.world.workbench
    }

    /// What a component would see now.
    pub fn scene(&self) -> Scene<'_> {
        self.world.scene(!self.layers.is_empty())
    }

    /// The screen that is shown.
    pub fn screen(&self) -> ScreenId {
        self.world.screen
    }
}
