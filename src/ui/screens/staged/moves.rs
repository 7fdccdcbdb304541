//! Moving in the draft: groups, lines of the diff, problems.

use super::{Focus, Staged};
use crate::ui::{
    action::Move,
    component::{Reaction, Scene, Step},
    screens::browse::Detail,
    widgets::Cursor,
};

impl Staged {
    pub(super) fn go(&mut self, movement: Move, scene: &Scene<'_>) -> Reaction {
        let panes = self.panes(scene);
        let moved = match self.focus {
            Focus::Groups => self
                .group
                .go(movement, self.groups.len(), panes.group_rows()),
            Focus::Diff => self.line.go(movement, self.diff.len(), panes.diff_rows()),
        };
        if moved {
            if self.focus == Focus::Groups {
                self.line = Cursor::default();
                self.choose(scene);
            }
            return Reaction::nothing();
        }
        match movement {
            Move::NextTab => self.regroup(1, scene),
            Move::PreviousTab => self.regroup(2, scene),
            Move::NextPane | Move::PreviousPane => self.turn(scene),
            Move::NextProblem => return self.seek(true, scene),
            Move::PreviousProblem => return self.seek(false, scene),
            Move::Open => return self.enter(scene),
            Move::Left if self.focus == Focus::Diff => self.turn(scene),
            Move::Right if self.focus == Focus::Groups => self.turn(scene),
            Move::Up
            | Move::Down
            | Move::Top
            | Move::Bottom
            | Move::HalfUp
            | Move::HalfDown
            | Move::PageUp
            | Move::PageDown
            | Move::Left
            | Move::Right
            | Move::NextMarked
            | Move::PreviousMarked => return Reaction::Passed,
        }
        Reaction::nothing()
    }

    fn regroup(&mut self, places: usize, scene: &Scene<'_>) {
        self.grouping = self.grouping.turned(places);
        self.focus = Focus::Groups;
        (self.group, self.line) = (Cursor::default(), Cursor::default());
        self.open.clear();
        self.update(scene);
    }

    pub(super) fn turn(&mut self, scene: &Scene<'_>) {
        self.focus = match self.focus {
            Focus::Groups => Focus::Diff,
            Focus::Diff => Focus::Groups,
        };
        self.choose(scene);
    }

    /// Goes to the next change somebody should look at: in this group, or in another one.
    fn seek(&mut self, down: bool, scene: &Scene<'_>) -> Reaction {
        let from = if self.focus == Focus::Diff {
            Some(self.line.at)
        } else {
            None
        };
        let found = match (from, down) {
            (None, true) => self.diff.begins_with_problem().then_some(0),
            (None, false) => None,
            (Some(line), _) => self.diff.problem(line, down),
        };
        if let Some(line) = found {
            self.focus = Focus::Diff;
            self.line.at = line;
            self.choose(scene);
            return Reaction::nothing();
        }
        let places: Vec<usize> = if down {
            (self.group.at + 1..self.groups.len()).collect()
        } else {
            (0..self.group.at).rev().collect()
        };
        let odd = |place: &usize| {
            let group = self.groups.get(*place, scene);
            group.is_some_and(|group| !group.flags(&self.problems).is_empty())
        };
        let Some(place) = places.into_iter().find(odd) else {
            return Reaction::say("No other change is in question.");
        };
        self.group.at = place;
        (self.line, self.focus) = (Cursor::default(), Focus::Diff);
        self.choose(scene);
        Reaction::nothing()
    }

    fn enter(&mut self, scene: &Scene<'_>) -> Reaction {
        let Some(place) = self.place().filter(|_| self.focus == Focus::Diff) else {
            self.turn(scene);
            return Reaction::nothing();
        };
        if let Some(row) = place.row {
            return Reaction::step(Step::Open(Box::new(Detail::new(row))));
        }
        let key = self.diff.fold(place, scene).key();
        if !self.open.remove(&key) {
            self.open.insert(key);
        }
        self.choose(scene);
        Reaction::nothing()
    }
}
