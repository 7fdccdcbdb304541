//! Taking a run back: what would be staged, and what stays and why. Enter stages it.

use ratatui::{Frame, layout::Rect};

use super::{Line, draw, rows};
use crate::{
    domain::{
        Draft,
        revert::{Reversal, Stay, Why},
        workbench::Command,
    },
    ui::{
        action::{Action, Answer, Context, Go, Move},
        component::{Component, Hint, Reaction, Scene, ScreenId, Step},
        theme::Role,
        widgets::{Cursor, diff, text},
    },
};

/// What taking a run back would stage, worked out from what the server has now.
#[derive(Debug)]
pub struct Revert {
    reversal: Reversal,
    /// Changes the draft holds beside it.
    beside: u64,
    /// What is left out, broken to a width.
    list: Vec<Line>,
    width: u16,
    scroll: usize,
}

impl Revert {
    /// For a reversal, beside what the draft holds already.
    pub fn new(reversal: Reversal, draft: &Draft) -> Self {
        let beside = draft.changes().saturating_sub(reversal.staged);
        Self {
            reversal,
            beside,
            list: Vec::new(),
            width: 0,
            scroll: 0,
        }
    }

    fn above(&self, scene: &Scene<'_>) -> Vec<Line> {
        let reversal = &self.reversal;
        let width = scene.size.width.saturating_sub(8).min(104);
        let mut words = Vec::new();
        let mut say = |sentence: String, role: Role| {
            let lines = text::wrapped(&sentence, width).into_iter();
            words.extend(lines.map(|line| (line, role)));
        };
        if reversal.changes > 0 {
            let changes = text::counted(reversal.changes, "change");
            let assets = text::counted(reversal.rows.len(), "asset");
            say(
                format!("{changes} on {assets} would get the value from before the run back."),
                Role::Title,
            );
            say(
                "They become one step of the draft, to be reviewed and submitted like any other. \
                 Nothing is written now."
                    .into(),
                Role::Text,
            );
        } else {
            say(
                "Nothing of this run can be taken back now.".into(),
                Role::Title,
            );
        }
        if self.beside > 0 && reversal.changes > 0 {
            let beside = text::counted(self.beside, "other change");
            say(
                format!("The draft holds {beside}; submitting sends them too."),
                Role::Warning,
            );
        }
        let counted = [
            (reversal.already, "with the earlier value already"),
            (reversal.staged, "in the draft already"),
            (reversal.not_written, "never written by the run"),
        ];
        let counted: Vec<String> = counted
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, of)| format!("{} {of}", text::number(count)))
            .collect();
        if !counted.is_empty() {
            say(
                format!("Nothing to do: {}.", counted.join(", ")),
                Role::Text,
            );
        }
        if !reversal.stays.is_empty() {
            let stays = text::number(reversal.stays.len() as u64);
            words.push((String::new(), Role::Text));
            words.push((
                format!("Left out, {stays}; they stay as the server has them:"),
                Role::Conflict,
            ));
        }
        words
    }

    fn stage(&self) -> Reaction {
        let reversal = &self.reversal;
        if reversal.asked.is_empty() {
            return Reaction::Taken(vec![
                Step::Close,
                Step::Say(format!("Nothing of {} was staged.", reversal.run)),
            ]);
        }
        Reaction::Taken(vec![
            Step::Close,
            Step::Apply(Command::Revert {
                run: reversal.run.clone(),
                asked: reversal.asked.clone(),
            }),
            Step::Show(ScreenId::Staged),
        ])
    }

    fn page(&self, scene: &Scene<'_>) -> usize {
        rows(scene, self.above(scene).len())
    }
}

/// A change that stays: what and why, and both values below where that helps.
fn lines(stay: &Stay, width: u16) -> Vec<Line> {
    let why = match stay.touch.words() {
        touch if touch.is_empty() => stay.why.words(),
        touch => format!("{}, {touch}", stay.why.words()),
    };
    let mut words = vec![format!("? {}  {}: {why}", stay.name, stay.field)];
    if matches!(stay.why, Why::Changed | Why::Unsure | Why::Refused(_)) {
        let now = stay
            .now
            .as_ref()
            .map_or("not known".to_owned(), diff::shown);
        words.push(format!("    the run wrote {}", diff::shown(&stay.wrote)));
        words.push(format!("    now it is     {now}"));
    }
    let wrapped = words
        .into_iter()
        .enumerate()
        .flat_map(|(number, sentence)| {
            let role = if number == 0 { Role::Text } else { Role::Quiet };
            let indent = sentence.len() - sentence.trim_start().len();
            let pieces = text::wrapped(sentence.trim_start(), width.saturating_sub(8));
            let pieces = pieces.into_iter().enumerate();
            let line = move |(piece, words): (usize, String)| {
                let indent = if piece == 0 { indent } else { indent + 2 };
                (format!("{}{words}", " ".repeat(indent)), role)
            };
            pieces.map(line).collect::<Vec<_>>()
        });
    wrapped.collect()
}

impl Component for Revert {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Dialog]
    }

    fn mode(&self) -> &'static str {
        "REVERT"
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![
            Hint::Named(Action::Answer(Answer::Accept), "stage it"),
            Hint::Named(Action::Move(Move::Down), "scroll"),
            Hint::Key(Action::Go(Go::Back)),
        ]
    }

    fn on_action(&mut self, action: Action, _argument: &str, scene: &Scene<'_>) -> Reaction {
        match action {
            Action::Answer(Answer::Accept) => self.stage(),
            Action::Go(Go::Back | Go::Interrupt | Go::Quit) => Reaction::Taken(vec![
                Step::Close,
                Step::Say(format!("Nothing of {} was staged.", self.reversal.run)),
            ]),
            Action::Move(movement) => {
                let (lines, page) = (self.list.len(), self.page(scene));
                self.scroll = Cursor::scrolled(self.scroll, movement, lines, page);
                Reaction::nothing()
            }
            Action::Go(_)
            | Action::Mark(_)
            | Action::View(_)
            | Action::Edit(_)
            | Action::Work(_)
            | Action::Copy(_)
            | Action::Answer(_) => Reaction::Passed,
        }
    }

    fn on_change(&mut self, scene: &Scene<'_>) {
        let width = scene.size.width.min(112);
        if width != self.width {
            let stays = self.reversal.stays.iter();
            self.list = stays.flat_map(|stay| lines(stay, width)).collect();
            self.width = width;
        }
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>) {
        let (above, list) = (self.above(scene), &self.list);
        let page = self.page(scene);
        let from = self.scroll.min(list.len().saturating_sub(page));
        let shown = &list[from..list.len().min(from + page)];
        let title = format!("Revert {}  {}", self.reversal.run, self.reversal.label);
        let key = |action| scene.keymap.keys(action).unwrap_or_default();
        let yes = if self.reversal.asked.is_empty() {
            "close"
        } else {
            "stage it"
        };
        let mut keys = vec![
            (
                format!(" {}", key(Action::Answer(Answer::Accept))),
                Role::Key,
            ),
            (format!(" {yes}   "), Role::Text),
            (key(Action::Go(Go::Back)), Role::Key),
            (" leave it as it is".to_owned(), Role::Text),
        ];
        if list.len() > page {
            let (to, of) = (from + shown.len(), list.len());
            let words = format!("   lines {}-{to} of {of}", from + 1);
            keys.push((words, Role::Quiet));
        }
        draw(frame, area, (&title, &above, shown), &keys, scene);
    }
}
