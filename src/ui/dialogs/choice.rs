//! A list to choose one or several of, narrowed by typing.

use ratatui::{Frame, layout::Rect};

use crate::{
    domain::text::fold,
    ui::{
        action::{Action, Answer, Context, Go, Move},
        chord::Chord,
        component::{Component, Hint, Reaction, Scene, Step},
        layout::{centered, line},
        theme::Role,
        widgets::{Cursor, TextField, boxed, text},
    },
};

/// What becomes of what was chosen.
pub(super) type Chosen = fn(&[String], &Scene<'_>) -> Vec<Step>;

/// One line of a choice.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// What is handed on when it is chosen.
    pub(super) key: String,
    /// What is shown behind it; empty if nothing.
    pub(super) remark: String,
    /// Whether it is ticked. Only where several can be chosen.
    pub(super) ticked: bool,
}

/// A list to choose from.
pub(super) struct Choice {
    title: String,
    lines: Vec<Line>,
    several: bool,
    find: TextField,
    cursor: Cursor,
    chosen: Chosen,
}

impl std::fmt::Debug for Choice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Choice")
            .field("title", &self.title)
            .finish_non_exhaustive()
    }
}

impl Choice {
    /// One of these lines, or several: then Space ticks.
    pub(super) fn new(title: &str, lines: Vec<Line>, several: bool, chosen: Chosen) -> Self {
        Self {
            title: title.to_owned(),
            lines,
            several,
            find: TextField::default(),
            cursor: Cursor::default(),
            chosen,
        }
    }

    fn found(&self) -> Vec<usize> {
        let wanted = fold(self.find.text());
        let hits = |line: &Line| fold(&line.key).contains(&wanted);
        (0..self.lines.len())
            .filter(|&place| hits(&self.lines[place]))
            .collect()
    }

    fn page(scene: &Scene<'_>) -> usize {
        usize::from(scene.size.height.saturating_sub(9)).min(20)
    }

    fn tick(&mut self) {
        if let Some(&place) = self.found().get(self.cursor.at) {
            self.lines[place].ticked = !self.lines[place].ticked;
        }
    }

    fn accept(&self, scene: &Scene<'_>) -> Reaction {
        let keys: Vec<String> = if self.several {
            self.lines
                .iter()
                .filter(|line| line.ticked)
                .map(|line| line.key.clone())
                .collect()
        } else {
            let found = self.found();
            let Some(&place) = found.get(self.cursor.at) else {
                return Reaction::say("Nothing is found under that name.");
            };
            vec![self.lines[place].key.clone()]
        };
        let mut steps = vec![Step::Close];
        steps.extend((self.chosen)(&keys, scene));
        Reaction::Taken(steps)
    }

    fn draw_line(
        &self,
        frame: &mut Frame<'_>,
        area: Rect,
        place: (usize, bool),
        scene: &Scene<'_>,
    ) {
        let one = &self.lines[place.0];
        let role = if place.1 { Role::Cursor } else { Role::Text };
        let style = scene.theme.style(role);
        text::fill(frame.buffer_mut(), area, style);
        let sign = if place.1 { ">" } else { " " };
        let tick = match (self.several, one.ticked) {
            (false, _) => "",
            (true, true) => "[x] ",
            (true, false) => "[ ] ",
        };
        let shown = format!("{sign} {tick}{}", one.key);
        let used = text::put(frame.buffer_mut(), area, &shown, style);
        let rest = Rect {
            x: area.x + used + 2,
            width: area.width.saturating_sub(used + 2),
            ..area
        };
        text::put(frame.buffer_mut(), rest, &one.remark, style);
    }
}

impl Component for Choice {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Input]
    }

    fn mode(&self) -> &'static str {
        "CHOOSE"
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![
            Hint::Named(Action::Answer(Answer::Down), "next"),
            Hint::Named(
                Action::Answer(Answer::Accept),
                if self.several { "take" } else { "choose" },
            ),
            Hint::Key(Action::Go(Go::Back)),
        ]
    }

    fn on_action(&mut self, action: Action, _argument: &str, scene: &Scene<'_>) -> Reaction {
        let (len, page) = (self.found().len(), Self::page(scene));
        match action {
            Action::Answer(Answer::Accept) => return self.accept(scene),
            Action::Answer(Answer::Up | Answer::Previous) => {
                self.cursor.go(Move::Up, len, page);
            }
            Action::Answer(Answer::Down | Answer::Next) => {
                self.cursor.go(Move::Down, len, page);
            }
            Action::Move(Move::NextPane) if self.several => self.tick(),
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
        if self.several && chord.typed() == Some(' ') && !self.find.text().ends_with('"') {
            self.tick();
            let len = self.found().len();
            self.cursor.go(Move::Down, len, Self::page(scene));
            return Reaction::nothing();
        }
        if self.find.press(chord) {
            self.cursor = Cursor::default();
        } else if !TextField::edits(chord) {
            return Reaction::Passed;
        }
        Reaction::nothing()
    }

    fn on_paste(&mut self, text: &str, _scene: &Scene<'_>) -> Reaction {
        self.find.paste(text);
        self.cursor = Cursor::default();
        Reaction::nothing()
    }

    fn on_change(&mut self, scene: &Scene<'_>) {
        self.cursor.keep(self.found().len(), Self::page(scene));
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let found = self.found();
        let page = Self::page(scene);
        let height = u16::try_from(self.lines.len().min(page) + 3).unwrap_or(u16::MAX);
        let inside = boxed(frame, centered(area, 56, height), &self.title, scene.theme);
        let head = line(inside, 0);
        text::put(
            frame.buffer_mut(),
            head,
            " find: ",
            scene.theme.style(Role::Quiet),
        );
        let place = Rect {
            x: head.x + 7,
            width: head.width.saturating_sub(8),
            ..head
        };
        self.find.draw(frame, place, scene.theme, true);
        let shown = self.cursor.shown(found.len(), page);
        for (number, place) in (1..).zip(shown) {
            let area = line(inside, number);
            self.draw_line(frame, area, (found[place], place == self.cursor.at), scene);
        }
    }
}
