//! From a key to what it does. A key never does nothing without a word: whoever takes it shows
//! something else, and what nobody takes is answered in the speaking line.

use super::App;
use crate::ui::{
    action::{Action, Context, Go},
    chord::{self, Chord, Key},
    component::{Component, Reaction},
    input::Input,
    keymap::Lookup,
    layout::Chrome,
};

/// How an action was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// By a key: it acts on what is shown, or not at all.
    Key,
    /// By its name: it goes to the screen it belongs to.
    Name,
}

impl App {
    pub(super) fn on_key(&mut self, chord: Chord) {
        let contexts = if Chrome::of(self.world.size).is_some() {
            self.top().contexts()
        } else {
            &[Context::Anywhere]
        };
        if self.pending.is_empty() {
            let is_text = self.top().takes_text() && chord.typed().is_some();
            if is_text || self.top().names_key(chord) {
                self.on_loose_key(chord);
                return;
            }
        }
        self.pending.push(chord);
        match self.world.keymap.lookup(&self.pending, contexts) {
            Lookup::Action(action) => {
                let keys = chord::shown(&std::mem::take(&mut self.pending));
                self.forget_said(action);
                if !self.dispatch(action, "", By::Key) {
                    self.unanswered(&keys);
                }
            }
            Lookup::Begins => self.pending_ms = self.world.now_ms,
            Lookup::Nothing if self.pending.len() == 1 => {
                self.pending.clear();
                self.on_loose_key(chord);
            }
            Lookup::Nothing => {
                let keys = chord::shown(&std::mem::take(&mut self.pending));
                if chord.key != Key::Esc {
                    self.unanswered(&keys);
                }
            }
        }
    }

    /// A key that is no action here: text fields take it, and questions the keys they name.
    fn on_loose_key(&mut self, chord: Chord) {
        let scene = self.world.scene(!self.layers.is_empty());
        let top: &mut dyn Component = match self.layers.last_mut() {
            Some(layer) => layer.as_mut(),
            None => self.screens.screen_mut(self.world.screen),
        };
        match top.on_key(chord, &scene) {
            Reaction::Taken(steps) => self.carry(steps),
            Reaction::Passed => self.unanswered(&chord.to_string()),
        }
    }

    /// Nobody takes it: says so, and where the keys are listed.
    pub(super) fn unanswered(&mut self, keys: &str) {
        let (help, keymap) = (Action::Go(Go::Help), &self.world.keymap);
        let help = if self.top().takes_text() {
            keymap.keys_in_text(help)
        } else {
            keymap.keys(help)
        };
        let lists = help.map_or_else(String::new, |help| format!("; {help} lists the keys"));
        self.say(format!("{keys} does nothing here{lists}."));
    }

    /// What was said of one act goes when the next one comes; it stays among the messages.
    pub(super) fn forget_said(&mut self, action: Action) {
        if !matches!(action, Action::Move(_) | Action::Go(Go::Redraw)) {
            self.world.is_said = false;
        }
    }

    /// Whether a burst of characters begins with a key that opens a line to type into: then the
    /// rest is its text.
    pub(super) fn opens_line(&self, first: &Input) -> bool {
        let Input::Key(chord) = first else {
            return false;
        };
        let contexts = self.top().contexts();
        let Lookup::Action(action) = self.world.keymap.lookup(&[*chord], contexts) else {
            return false;
        };
        action.opens_line()
    }
}
