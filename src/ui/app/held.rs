//! What waits for a filter that is worked on, or for the listing to be opened: acts on everything
//! that matches, and all that was typed behind them. Everything else goes on.

use super::{App, keys::By, opening::needs_rows};
use crate::ui::{
    action::{Action, Mark},
    chord::Key,
    component::ScreenId,
    input::Input,
};

/// Something that waits.
#[derive(Debug)]
pub(super) enum Held {
    /// An act on what the filter lets through.
    Action(Action, String, By),
    /// What came behind it.
    Input(Input),
}

impl App {
    /// Whether an action is about rows that are not known yet: all that a filter lets through that
    /// is not worked out, or any while the listing is being opened.
    pub(super) fn must_wait(&self, action: Action) -> bool {
        let about_all = match action {
            Action::Mark(mark) => matches!(
                mark,
                Mark::All | Mark::Invert | Mark::DropHidden | Mark::Same
            ),
            Action::Edit(_) => true,
            Action::Move(_)
            | Action::View(_)
            | Action::Go(_)
            | Action::Work(_)
            | Action::Copy(_)
            | Action::Answer(_) => false,
        };
        if self.world.workbench.is_opening() {
            let is_in_list = self.world.screen == ScreenId::Browse && self.layers.is_empty();
            return needs_rows(action) || (is_in_list && matches!(action, Action::Move(_)));
        }
        about_all && self.world.view.is_filtering()
            || Self::is_about_matches(action) && self.is_open()
    }

    /// Whether an action is about all that the filter lets through.
    fn is_about_matches(action: Action) -> bool {
        let Action::Mark(mark) = action else {
            return false;
        };
        matches!(
            mark,
            Mark::All | Mark::Invert | Mark::DropHidden | Mark::Same
        )
    }

    pub(super) fn hold(&mut self, action: Action, argument: &str, by: By) {
        let is_open = self.is_open() && !self.world.workbench.is_opening();
        if is_open && !self.can_read() {
            let known = self.known_words();
            return self.say(format!(
                "Nothing was done: whether the filter matches is {known}, and the rest can't be \
                 read now."
            ));
        }
        self.held
            .push_back(Held::Action(action, argument.to_owned(), by));
        let what = if self.world.workbench.is_opening() {
            "the listing to be opened".to_owned()
        } else if is_open {
            self.read_on();
            format!(
                "the thumbnails the filter asks for ({})",
                self.known_words()
            )
        } else {
            "the filter".to_owned()
        };
        let label = action.row().label;
        self.say(format!("{label} waits for {what}; Esc gives it up."));
    }

    /// An input, unless it waits behind something.
    pub(super) fn unless_held(&mut self, input: Input) -> Option<Input> {
        if self.held.is_empty() && !self.is_awaiting() {
            return Some(input);
        }
        match &input {
            Input::Resize { .. } | Input::Pictures(_) | Input::Continued | Input::Due => {
                return Some(input);
            }
            Input::Key(chord)
                if chord.key == Key::Esc || (chord.ctrl && chord.key == Key::Char('c')) =>
            {
                let is_awaiting = self.is_awaiting();
                if self.held.is_empty() || is_awaiting {
                    self.held.clear();
                    return Some(input);
                }
                self.held.clear();
                self.say("Given up; nothing was done.");
            }
            Input::Key(_) | Input::Paste(_) | Input::Mouse(_) => {
                self.held.push_back(Held::Input(input));
            }
        }
        None
    }

    /// Whether the top layer has nothing to act on before it knows what it wished to know.
    fn is_awaiting(&self) -> bool {
        self.top()
            .awaits(&self.world.scene(!self.layers.is_empty()))
    }

    /// Whether what waits must go on waiting.
    fn keeps_waiting(&self) -> bool {
        let is_worked_on = self.world.view.is_filtering() || self.world.workbench.is_opening();
        let is_unread = self.is_open()
            && matches!(
                self.held.front(),
                Some(Held::Action(action, ..)) if Self::is_about_matches(*action)
            );
        is_worked_on || is_unread || self.is_awaiting()
    }

    /// Does what waited, if nothing keeps it any more.
    pub(super) fn release(&mut self) {
        while !self.keeps_waiting()
            && let Some(held) = self.held.pop_front()
        {
            match held {
                Held::Action(action, argument, by) => {
                    if !self.dispatch(action, &argument, by) {
                        self.unanswered(action.row().name);
                    }
                }
                Held::Input(input) => self.take(input),
            }
            self.settle();
        }
    }
}
