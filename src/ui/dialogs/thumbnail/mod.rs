//! The thumbnail dialog: one for all, by a rule on the name, or one by one.
//!
//! A rule never guesses: what it does not find and what it finds twice is told, and Enter picks.

mod candidates;
mod command;
mod component;
mod draw;
mod panes;
mod targets;
#[cfg(test)]
mod tests;
mod working;

use std::collections::HashMap;

use ratatui::layout::Rect;
use roaring::RoaringBitmap;

pub(super) use self::command::open;
use self::{candidates::Candidates, panes::Panes, targets::Targets};
use super::{
    behind::{AT_ONCE, Behind},
    kept::Kept,
};
use crate::{
    domain::{
        Query, Row, TemplateError,
        judging::{Match, unfit},
        workbench::Asked,
    },
    ui::{
        action::{Answer, Move},
        component::{Reaction, Scene, Step},
        dialogs,
        layout::Chrome,
        widgets::{Cursor, TextField, text},
    },
};

/// How thumbnails are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    /// One asset is the thumbnail of all.
    #[default]
    One,
    /// A rule on the name finds one for each.
    Rule,
    /// Each gets its own by hand.
    Each,
}

impl Mode {
    const ALL: [Self; 3] = [Self::One, Self::Rule, Self::Each];

    fn words(self) -> &'static str {
        match self {
            Self::One => "one image for all",
            Self::Rule => "by rule",
            Self::Each => "pick one by one",
        }
    }
}

/// What the keys go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    Targets,
    Rule,
    Candidates,
    Search,
}

/// What is kept when the dialog closes.
#[derive(Clone, Debug)]
pub(super) struct Content {
    rows: RoaringBitmap,
    mode: Mode,
    rule: TextField,
    choice: Option<Row>,
    picks: HashMap<Row, Row>,
}

/// The dialog.
#[derive(Debug)]
pub(super) struct ThumbnailDialog {
    content: Content,
    targets: Targets,
    /// What of them is judged elsewhere.
    behind: Behind,
    target: Cursor,
    candidates: Candidates,
    candidate: Cursor,
    search: TextField,
    /// What is searched for.
    wanted: Option<Query>,
    /// What of it was found and is shown.
    found: Option<RoaringBitmap>,
    /// Why the search can't be understood; the candidates are the last ones that could.
    lost: Option<String>,
    /// Why the rule can't be understood.
    problem: Option<TemplateError>,
    focus: Focus,
}

impl ThumbnailDialog {
    fn new(scene: &Scene<'_>) -> Self {
        let rows = scene.targets();
        let kept = scene
            .kept
            .thumbnail
            .as_ref()
            .filter(|kept| kept.rows == rows);
        let content = kept.cloned().unwrap_or_else(|| Content {
            rows: rows.clone(),
            mode: Mode::One,
            rule: TextField::default(),
            choice: None,
            picks: HashMap::new(),
        });
        let order = scene.view.in_order(&rows);
        Self {
            focus: if content.mode == Mode::One {
                Focus::Candidates
            } else {
                Focus::Targets
            },
            content,
            targets: Targets::new(order),
            behind: Behind::default(),
            target: Cursor::default(),
            candidates: Candidates::default(),
            candidate: Cursor::default(),
            search: TextField::default(),
            wanted: None,
            found: None,
            lost: None,
            problem: None,
        }
    }

    /// Finds the candidates; what a search finds in a long listing comes later.
    fn find(&mut self, scene: &Scene<'_>) {
        self.lost = None;
        match dialogs::parsed(self.search.text(), scene) {
            Ok(query) if query.is_empty() => {
                let target = self.targets.rows.get(self.target.at).copied();
                self.candidates = Candidates::all(target, scene);
                self.wanted = None;
            }
            Ok(query) => {
                let known = self.wanted.replace(query.clone());
                self.found = None;
                if known.is_some_and(|known| known.is_like(&query)) {
                    self.take_found(scene);
                }
            }
            Err(why) => self.lost = Some(why.to_string()),
        }
        self.candidate = Cursor::default();
    }

    /// Takes what the search found, if there is news.
    fn take_found(&mut self, scene: &Scene<'_>) {
        let news = scene.view.found().filter(|_| self.wanted.is_some());
        if let Some((rows, _)) = news.filter(|(rows, _)| self.found.as_ref() != Some(rows)) {
            self.candidates = Candidates::found(rows, scene);
            self.found = Some(rows.clone());
        }
    }

    /// The asset whose picture is shown.
    fn looked_at(&self) -> Option<Row> {
        if matches!(self.focus, Focus::Candidates | Focus::Search) {
            return self.candidates.get(self.candidate.at);
        }
        match self.targets.found(self.target.at)? {
            Match::Ready(row) | Match::Equal(row) => Some(*row),
            Match::Several(rows) => rows.first().copied(),
            Match::Itself => self.targets.rows.get(self.target.at).copied(),
            Match::Missing(_) | Match::Refused(_) | Match::Open => None,
        }
    }

    /// Whether the key of the mode still turns it though text is typed: as long as no rule is
    /// begun, so that going through the modes writes none.
    fn turns_mode_in_text(&self) -> bool {
        self.focus == Focus::Rule && self.content.rule.text().is_empty()
    }

    fn turn_mode(&mut self, scene: &Scene<'_>) -> Reaction {
        let at = Mode::ALL
            .iter()
            .position(|mode| *mode == self.content.mode)
            .unwrap_or(0);
        self.content.mode = Mode::ALL[(at + 1) % Mode::ALL.len()];
        self.focus = match self.content.mode {
            Mode::One => Focus::Candidates,
            Mode::Rule => Focus::Rule,
            Mode::Each => Focus::Targets,
        };
        self.work(scene);
        Reaction::nothing()
    }

    fn accept(&mut self, scene: &Scene<'_>) -> Reaction {
        match self.focus {
            Focus::Rule => self.focus = Focus::Targets,
            Focus::Search => self.focus = Focus::Candidates,
            Focus::Targets => {
                if let Some(Match::Several(rows)) = self.targets.found(self.target.at) {
                    self.candidates = Candidates::tied(rows);
                    self.candidate = Cursor::default();
                } else {
                    self.find(scene);
                }
                self.focus = Focus::Candidates;
            }
            Focus::Candidates => return self.choose(scene),
        }
        Reaction::nothing()
    }

    /// Takes the candidate: for all, or for the target under the cursor.
    fn choose(&mut self, scene: &Scene<'_>) -> Reaction {
        let Some(choice) = self.candidates.get(self.candidate.at) else {
            return Reaction::say("No asset is found to choose.");
        };
        let name = scene.workbench.listing.name(choice).into_owned();
        if let Some(why) = unfit(choice, scene.workbench) {
            return Reaction::say(format!("{name} is refused: {why}."));
        }
        let Some(&target) = self.targets.rows.get(self.target.at) else {
            return Reaction::nothing();
        };
        if self.content.mode == Mode::One {
            self.content.choice = Some(choice);
            self.work(scene);
            return Reaction::say(format!("{name} for all: {}", self.targets.counts().words()));
        }
        self.content.picks.insert(target, choice);
        self.targets.pick(target, choice, scene.workbench);
        self.behind.restart();
        self.focus = Focus::Targets;
        if let Some(at) = self.targets.open_from(self.target.at) {
            self.target
                .put(at, self.targets.rows.len(), self.pages(scene).0);
        }
        self.look(scene);
        let picked = scene.workbench.listing.name(target);
        Reaction::say(format!("{name} for {picked}"))
    }

    /// How many targets and candidates are in sight.
    fn pages(&self, scene: &Scene<'_>) -> (usize, usize) {
        let panes = Panes::of(body(scene), self.focus, scene.theme);
        (
            usize::from(panes.target_list.height).max(1),
            usize::from(panes.candidate_list.height).max(1),
        )
    }

    fn go(&mut self, movement: Move, scene: &Scene<'_>) -> Reaction {
        let (targets, candidates) = self.pages(scene);
        match (movement, self.focus) {
            (Move::NextPane, _) => self.pass(true),
            (Move::PreviousPane, _) => self.pass(false),
            (Move::Right, Focus::Targets) => self.focus = Focus::Candidates,
            (Move::Left, Focus::Candidates) => self.focus = Focus::Targets,
            (Move::NextTab | Move::PreviousTab, _) => return self.turn_mode(scene),
            (_, Focus::Targets) => {
                self.target.go(movement, self.targets.rows.len(), targets);
                self.look(scene);
                if self.search.text().is_empty() && self.content.mode != Mode::One {
                    self.find(scene);
                }
            }
            (_, Focus::Candidates) => {
                self.candidate
                    .go(movement, self.candidates.len(), candidates);
            }
            (_, Focus::Rule | Focus::Search) => return Reaction::Passed,
        }
        Reaction::nothing()
    }

    fn pass(&mut self, forward: bool) {
        let ring: &[Focus] = if self.content.mode == Mode::Rule {
            &[
                Focus::Rule,
                Focus::Targets,
                Focus::Search,
                Focus::Candidates,
            ]
        } else {
            &[Focus::Targets, Focus::Search, Focus::Candidates]
        };
        let at = ring
            .iter()
            .position(|focus| *focus == self.focus)
            .unwrap_or(0);
        let step = if forward { 1 } else { ring.len() - 1 };
        self.focus = ring[(at + step) % ring.len()];
    }

    fn answer(&mut self, answer: Answer, scene: &Scene<'_>) -> Reaction {
        match answer {
            Answer::Accept => return self.accept(scene),
            Answer::Stage => return self.stage(scene),
            Answer::Mode => return self.turn_mode(scene),
            Answer::Search => self.focus = Focus::Search,
            Answer::NextAsset | Answer::PreviousAsset => {
                let on = answer == Answer::NextAsset;
                let movement = if on { Move::Down } else { Move::Up };
                let page = self.pages(scene).0;
                self.target.go(movement, self.targets.rows.len(), page);
                self.look(scene);
            }
            Answer::Up | Answer::Down if self.focus == Focus::Search => {
                let movement = if answer == Answer::Up {
                    Move::Up
                } else {
                    Move::Down
                };
                self.candidate
                    .go(movement, self.candidates.len(), self.pages(scene).1);
            }
            Answer::Next
            | Answer::Previous
            | Answer::Up
            | Answer::Down
            | Answer::Yes
            | Answer::No
            | Answer::ShowAll
            | Answer::ShowChanged
            | Answer::ShowRefused
            | Answer::ShowEqual
            | Answer::DryRun
            | Answer::Canary
            | Answer::StopRule => return Reaction::Passed,
        }
        Reaction::nothing()
    }

    /// Stages what was found. What is not judged yet is waited for.
    fn stage(&mut self, scene: &Scene<'_>) -> Reaction {
        if let Some(problem) = &self.problem {
            return Reaction::say(format!("Nothing was staged: {problem}."));
        }
        let many = self.content.rows.len();
        if many > AT_ONCE {
            self.behind.stage();
            return Reaction::say(Behind::waiting(many));
        }
        let judged = self.targets.judged.as_ref();
        let asked = judged.and_then(|judged| judged.asked(scene.workbench));
        self.staged(asked.into_iter().collect(), scene)
    }

    /// Stages what was judged.
    fn staged(&self, asked: Vec<Asked>, scene: &Scene<'_>) -> Reaction {
        let counts = self.targets.counts();
        if asked.is_empty() {
            return Reaction::say(format!("Nothing to stage: {}.", counts.words()));
        }
        let how = match self.content.mode {
            Mode::One => self
                .content
                .choice
                .map(|row| scene.workbench.listing.name(row).into_owned()),
            Mode::Rule => Some(self.content.rule.text().to_owned()),
            Mode::Each => None,
        };
        let how = how.unwrap_or_else(|| "picked one by one".to_owned());
        let label = format!("thumbnail {how} on {}", text::number(counts.ready));
        let kept = Kept {
            thumbnail: None,
            ..scene.kept.clone()
        };
        kept.staging(label, asked)
    }

    fn close(&mut self, scene: &Scene<'_>) -> Reaction {
        if self.behind.give_up() {
            return Reaction::say("Given up; nothing was staged.");
        }
        let kept = Kept {
            thumbnail: Some(self.content.clone()),
            ..scene.kept.clone()
        };
        Reaction::Taken(vec![Step::Keep(Box::new(kept)), Step::Close])
    }
}

fn body(scene: &Scene<'_>) -> Rect {
    Chrome::of(scene.size)
        .map(|chrome| chrome.body)
        .unwrap_or_default()
}
