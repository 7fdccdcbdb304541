//! Help: every action with the keys in force, those of the screen first, searchable.

use ratatui::{Frame, layout::Rect};

use super::possible::possible;
use crate::{
    domain::text::fold,
    ui::{
        action::{ACTIONS, Action, ActionRow, Answer, Context, Go, Move},
        chord::{Chord, Key},
        component::{Component, Hint, Reaction, Scene, Step},
        keymap::Keymap,
        layout::{Chrome, line},
        theme::Role,
        widgets::{Cursor, TextField, boxed, text},
    },
};

/// From this width on the names of the actions are shown too.
const NAMES: u16 = 76;

/// A line of help.
#[derive(Clone, Copy, Debug)]
enum Line {
    /// A place where keys are in force.
    Title(Context),
    /// An action.
    Row(&'static ActionRow),
}

/// The help of a screen.
#[derive(Debug)]
pub struct Help {
    /// The contexts of the screen it is for.
    contexts: Vec<Context>,
    find: TextField,
    cursor: Cursor,
    lines: Vec<Line>,
}

/// Every action once: under the first of these contexts it has keys in, then under its own.
fn sections(contexts: &[Context]) -> Vec<(Context, Vec<&'static ActionRow>)> {
    let rest = Context::ALL
        .into_iter()
        .filter(|context| !contexts.contains(context));
    let mut seen: Vec<Action> = Vec::new();
    let mut sections = Vec::new();
    for context in contexts.iter().copied().chain(rest) {
        let rows: Vec<&'static ActionRow> = ACTIONS
            .iter()
            .filter(|row| row.contexts.contains(&context) && !seen.contains(&row.action))
            .collect();
        seen.extend(rows.iter().map(|row| row.action));
        if !rows.is_empty() {
            sections.push((context, rows));
        }
    }
    sections
}

fn keys(row: &ActionRow, keymap: &Keymap) -> String {
    keymap.all_keys(row.action).join("  ")
}

impl Help {
    /// Of the component the keys go to, narrowed to a word.
    pub fn new(word: &str, scene: &Scene<'_>) -> Self {
        let mut help = Self {
            contexts: scene.contexts.to_vec(),
            find: TextField::new(word.trim()),
            cursor: Cursor::default(),
            lines: Vec::new(),
        };
        help.narrow(scene);
        help
    }

    fn narrow(&mut self, scene: &Scene<'_>) {
        let wanted = fold(self.find.text());
        let hits = |row: &ActionRow| {
            let all = [row.name, row.label, row.help, &keys(row, scene.keymap)].join(" ");
            let all = fold(&all);
            wanted.split_whitespace().all(|word| all.contains(word))
        };
        self.lines.clear();
        for (context, rows) in sections(&self.contexts) {
            let rows: Vec<_> = rows.into_iter().filter(|row| hits(row)).collect();
            if !rows.is_empty() {
                self.lines.push(Line::Title(context));
                self.lines.extend(rows.into_iter().map(Line::Row));
            }
        }
        self.cursor = Cursor::default();
        self.keep(false, scene);
    }

    fn page(scene: &Scene<'_>) -> usize {
        let body = Chrome::of(scene.size).map_or(0, |chrome| chrome.body.height);
        usize::from(body.saturating_sub(3))
    }

    /// The cursor never stays on a title.
    fn keep(&mut self, up: bool, scene: &Scene<'_>) {
        let (len, page) = (self.lines.len(), Self::page(scene));
        self.cursor.keep(len, page);
        if matches!(self.lines.get(self.cursor.at), Some(Line::Title(_))) {
            let back = up && self.cursor.at > 0;
            let at = if back {
                self.cursor.at - 1
            } else {
                self.cursor.at + 1
            };
            self.cursor.put(at, len, page);
            if at == 1 {
                self.cursor.top = 0;
            }
        }
    }

    fn go(&mut self, movement: Move, scene: &Scene<'_>) {
        self.cursor
            .go(movement, self.lines.len(), Self::page(scene));
        self.keep(
            matches!(movement, Move::Up | Move::PageUp | Move::HalfUp),
            scene,
        );
    }

    /// Whether something is possible now. The dialog the help is for does what is its own.
    fn possible(&self, row: &ActionRow, scene: &Scene<'_>) -> Result<(), String> {
        let shared = [Context::Input, Context::Dialog];
        let of_dialog =
            |context: &Context| !shared.contains(context) && self.contexts.contains(context);
        if matches!(row.action, Action::Answer(_)) && row.contexts.iter().any(of_dialog) {
            return Ok(());
        }
        possible(row.action, scene)
    }

    fn run(&self, scene: &Scene<'_>) -> Reaction {
        let Some(Line::Row(row)) = self.lines.get(self.cursor.at) else {
            return Reaction::say("Nothing is found under that word.");
        };
        match self.possible(row, scene) {
            Err(why) => Reaction::say(format!("Not now: {why}.")),
            Ok(()) => Reaction::Taken(vec![Step::Close, Step::Do(row.action, String::new())]),
        }
    }

    fn draw_row(
        &self,
        frame: &mut Frame<'_>,
        (area, at): (Rect, usize),
        row: &ActionRow,
        scene: &Scene<'_>,
    ) {
        let cursor = at == self.cursor.at;
        let refused = self.possible(row, scene).err();
        let look = |role: Role| {
            let role = if refused.is_some() { Role::Quiet } else { role };
            scene.theme.style(if cursor { Role::Cursor } else { role })
        };
        text::fill(frame.buffer_mut(), area, look(Role::Text));
        let room = if area.width < NAMES { 12 } else { 18 };
        let pad = |words: &str, wide: u16| {
            let words = text::cut(words, wide);
            let blanks = usize::from(wide).saturating_sub(text::width(&words)) + 1;
            format!("{words}{}", " ".repeat(blanks))
        };
        let sign = if cursor { "> " } else { "  " };
        let mut pieces = vec![
            (sign.to_owned(), look(Role::Text)),
            (pad(&keys(row, scene.keymap), room), look(Role::Key)),
        ];
        if area.width >= NAMES {
            pieces.push((pad(row.name, 18), look(Role::Title)));
        }
        let words = match &refused {
            Some(why) => format!("{} (not now: {why})", row.label),
            None => row.help.to_owned(),
        };
        pieces.push((words, look(Role::Text)));
        text::put_all(frame.buffer_mut(), area, &pieces);
    }
}

impl Component for Help {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Input]
    }

    fn mode(&self) -> &'static str {
        "HELP"
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![
            Hint::Named(Action::Answer(Answer::Down), "down"),
            Hint::Named(Action::Answer(Answer::Accept), "do it"),
            Hint::Named(Action::Go(Go::Back), "close"),
        ]
    }

    fn on_action(&mut self, action: Action, _argument: &str, scene: &Scene<'_>) -> Reaction {
        match action {
            Action::Answer(Answer::Accept) => return self.run(scene),
            Action::Answer(Answer::Up | Answer::Previous) => self.go(Move::Up, scene),
            Action::Answer(Answer::Down | Answer::Next) => self.go(Move::Down, scene),
            Action::Move(movement) => self.go(movement, scene),
            Action::Go(Go::Back | Go::Interrupt) => return Reaction::step(Step::Close),
            Action::Go(_)
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
        if chord.key == Key::PageDown {
            self.go(Move::PageDown, scene);
        } else if chord.key == Key::PageUp {
            self.go(Move::PageUp, scene);
        } else if self.find.press(chord) {
            self.narrow(scene);
        } else if !TextField::edits(chord) {
            return Reaction::Passed;
        }
        Reaction::nothing()
    }

    fn on_paste(&mut self, text: &str, scene: &Scene<'_>) -> Reaction {
        self.find.paste(text);
        self.narrow(scene);
        Reaction::nothing()
    }

    fn on_change(&mut self, scene: &Scene<'_>) {
        self.keep(false, scene);
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let title = format!(
            "Help of {}",
            self.contexts.first().map_or("", |one| one.word())
        );
        let inside = boxed(frame, area, &title, scene.theme);
        let head = line(inside, 0);
        let quiet = scene.theme.style(Role::Quiet);
        text::put(frame.buffer_mut(), head, " find: ", quiet);
        let place = Rect {
            x: head.x + 7,
            width: head.width.saturating_sub(8),
            ..head
        };
        self.find.draw(frame, place, scene.theme, true);
        let shown = self.cursor.shown(self.lines.len(), Self::page(scene));
        for (number, at) in (1..).zip(shown) {
            let area = line(inside, number);
            match self.lines[at] {
                Line::Title(context) => {
                    let title = format!("  {}", context.word());
                    text::put(
                        frame.buffer_mut(),
                        area,
                        &title,
                        scene.theme.style(Role::Title),
                    );
                }
                Line::Row(row) => self.draw_row(frame, (area, at), row, scene),
            }
        }
        if self.lines.is_empty() {
            text::put(
                frame.buffer_mut(),
                line(inside, 1),
                "  nothing is found",
                quiet,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::session::Session;

    #[test]
    fn every_action_stands_in_the_help_once() {
        let sections = sections(&[Context::Browse, Context::List, Context::Anywhere]);
        let mut listed: Vec<Action> = sections
            .iter()
            .flat_map(|(_, rows)| rows.iter().map(|row| row.action))
            .collect();
        let mut all: Vec<Action> = ACTIONS.iter().map(|row| row.action).collect();
        listed.sort_unstable();
        all.sort_unstable();
        assert_eq!(listed, all);
        assert_eq!(
            sections[0].0,
            Context::Browse,
            "the screen's own keys come first"
        );
    }

    #[test]
    fn help_is_searched_and_runs_what_is_found() {
        let mut session = Session::listing(&["pier", "gull"]);
        session.press("?").type_text("every asset that matches");
        let screen = session.screen();
        assert!(
            screen.contains("select-all") && screen.contains("Ctrl+a"),
            "{screen}"
        );
        session.press("<Enter>");
        assert_eq!(session.app.workbench().marks().len(), 2);
    }

    #[test]
    fn what_is_not_possible_says_why() {
        let mut session = Session::listing(&["pier"]);
        session.press("?").type_text("redo");
        assert!(
            session.screen().contains("not now: nothing to redo"),
            "{}",
            session.screen()
        );
        session.press("<Enter>");
        assert_eq!(session.said(), "Not now: nothing to redo.");
    }
}
