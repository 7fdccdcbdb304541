//! The command line: every action by name, with completion and arguments.

mod arguments;
mod choices;
#[cfg(test)]
mod tests;

use ratatui::{Frame, layout::Rect};

use self::choices::{Choice, choices};
use super::possible::possible;
use crate::{
    domain::text::nearest,
    ui::{
        action::{ACTIONS, Action, Answer, Context, Go, Move},
        chord::Chord,
        component::{Component, Hint, Reaction, Scene, Step},
        layout::{Chrome, line},
        theme::Role,
        widgets::{Cursor, TextField, boxed, text},
    },
};

/// The most choices shown at once.
const MOST: u16 = 14;

/// The command line.
#[derive(Debug, Default)]
pub struct CommandLine {
    field: TextField,
    choices: Vec<Choice>,
    cursor: Cursor,
    /// Whether a choice was gone to, rather than being the first.
    moved: bool,
}

impl CommandLine {
    /// Empty, with everything to choose from.
    pub fn new(scene: &Scene<'_>) -> Self {
        let mut line = Self::default();
        line.complete(scene);
        line
    }

    fn complete(&mut self, scene: &Scene<'_>) {
        self.choices = choices(self.field.text(), scene);
        (self.cursor, self.moved) = (Cursor::default(), false);
    }

    fn page(scene: &Scene<'_>) -> usize {
        let body = Chrome::of(scene.size).map_or(0, |chrome| chrome.body.height);
        usize::from(body.saturating_sub(3).min(MOST))
    }

    fn go(&mut self, movement: Move, scene: &Scene<'_>) {
        self.moved = true;
        self.cursor
            .go(movement, self.choices.len(), Self::page(scene));
    }

    fn take(&mut self, scene: &Scene<'_>) {
        if let Some(choice) = self.choices.get(self.cursor.at) {
            self.field.set(&choice.line);
            self.complete(scene);
        }
    }

    /// Enter: does what stands there. Where only a part of a name or nothing stands there, or a
    /// choice was gone to, that choice.
    fn accept(&mut self, scene: &Scene<'_>) -> Reaction {
        let typed = self.field.text().trim().to_owned();
        let name = typed.split_whitespace().next().unwrap_or_default();
        let whole = Action::named(name).is_some();
        if self.moved || !whole {
            let Some(choice) = self.choices.get(self.cursor.at) else {
                return unknown(name);
            };
            let ready = choice.ready;
            self.take(scene);
            if !ready {
                return Reaction::nothing();
            }
        }
        run(self.field.text().trim(), scene)
    }

    fn draw_choice(&self, frame: &mut Frame<'_>, area: Rect, at: usize, scene: &Scene<'_>) {
        let choice = &self.choices[at];
        let cursor = at == self.cursor.at;
        let role = match (cursor, &choice.refused) {
            (true, _) => Role::Cursor,
            (false, Some(_)) => Role::Quiet,
            (false, None) => Role::Text,
        };
        let style = scene.theme.style(role);
        text::fill(frame.buffer_mut(), area, style);
        let sign = if cursor { ">" } else { " " };
        let room = (area.width / 2).min(36);
        let head = text::cut(&format!("{sign} {}", choice.shown), room);
        let blanks = usize::from(room).saturating_sub(text::width(&head)) + 1;
        let remark = match &choice.refused {
            Some(why) => format!("not now: {why}"),
            None => choice.remark.clone(),
        };
        let line = format!("{head}{}{remark}", " ".repeat(blanks));
        text::put(frame.buffer_mut(), area, &line, style);
    }
}

fn unknown(name: &str) -> Reaction {
    let near = nearest(name, ACTIONS, |row| row.name);
    let near = near
        .map(|row| format!("; did you mean `{}`?", row.name))
        .unwrap_or_default();
    Reaction::say(format!("There is no command `{name}`{near}"))
}

/// Does a whole line: a name, and what is behind it.
fn run(line: &str, scene: &Scene<'_>) -> Reaction {
    let (name, argument) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let Some(action) = Action::named(name) else {
        return unknown(name);
    };
    if let Err(why) = possible(action, scene) {
        return Reaction::say(format!("`{name}` is not possible now: {why}."));
    }
    Reaction::Taken(vec![
        Step::Close,
        Step::Remember(line.to_owned()),
        Step::Do(action, argument.trim().to_owned()),
    ])
}

impl Component for CommandLine {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Input]
    }

    fn mode(&self) -> &'static str {
        "COMMAND"
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![
            Hint::Named(Action::Answer(Answer::Accept), "do it"),
            Hint::Named(Action::Move(Move::NextPane), "complete"),
            Hint::Named(Action::Answer(Answer::Down), "choose"),
            Hint::Key(Action::Go(Go::Back)),
        ]
    }

    fn on_action(&mut self, action: Action, _argument: &str, scene: &Scene<'_>) -> Reaction {
        match action {
            Action::Answer(Answer::Accept) => return self.accept(scene),
            Action::Move(Move::NextPane) => self.take(scene),
            Action::Move(Move::PreviousPane) | Action::Answer(Answer::Up | Answer::Previous) => {
                self.go(Move::Up, scene);
            }
            Action::Answer(Answer::Down | Answer::Next) => self.go(Move::Down, scene),
            Action::Go(Go::Back | Go::Interrupt) => return Reaction::step(Step::Close),
            Action::Go(_)
            | Action::Move(_)
            | Action::Mark(_)
            | Action::View(_)
            | Action::Edit(_)
            | Action::Work(_)
            | Action::Copy(_)
            | Action::Answer(_) => return Reaction::Passed,
        }
        Reaction::nothing()
    }

    fn on_key(&mut self, chord: Chord, scene: &Scene<'_>) -> Reaction {
        if self.field.press(chord) {
            self.complete(scene);
        } else if !TextField::edits(chord) {
            return Reaction::Passed;
        }
        Reaction::nothing()
    }

    fn on_paste(&mut self, text: &str, scene: &Scene<'_>) -> Reaction {
        self.field.paste(text);
        self.complete(scene);
        Reaction::nothing()
    }

    fn on_change(&mut self, scene: &Scene<'_>) {
        self.cursor.keep(self.choices.len(), Self::page(scene));
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let shown = self.cursor.shown(self.choices.len(), Self::page(scene));
        let height = u16::try_from(shown.len()).unwrap_or(MOST) + 3;
        let height = height.min(area.height);
        let place = Rect {
            y: area.bottom() - height,
            height,
            ..area
        };
        let inside = boxed(frame, place, "Command", scene.theme);
        let head = line(inside, 0);
        text::put(frame.buffer_mut(), head, " :", scene.theme.style(Role::Key));
        let input = Rect {
            x: head.x + 2,
            width: head.width.saturating_sub(3),
            ..head
        };
        self.field.draw(frame, input, scene.theme, true);
        for (number, at) in (1..).zip(shown) {
            self.draw_choice(frame, line(inside, number), at, scene);
        }
    }
}
