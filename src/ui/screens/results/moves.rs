//! Moving in a run: changes, facets, detail, other runs.

use super::{Focus, Results, at_of, facets::Facet};
use crate::{
    domain::Run,
    ui::{
        action::{Action, Go, Move},
        component::{Reaction, Scene, Step},
        widgets::{Cursor, text},
    },
};

impl Results {
    pub(super) fn go(&mut self, movement: Move, scene: &Scene<'_>) -> Reaction {
        if matches!(movement, Move::NextTab | Move::PreviousTab) {
            return self.other_run(movement == Move::NextTab, scene);
        }
        if self.going {
            if !Cursor::default().go(movement, 0, 0) {
                return Reaction::Passed;
            }
            let calls = self.run(scene).map_or(0, |run| run.calls.len());
            self.scroll = Cursor::scrolled(self.scroll, movement, calls, 1);
            return Reaction::nothing();
        }
        self.go_rows(movement, scene);
        match movement {
            Move::NextPane | Move::Right => self.turn(true, scene),
            Move::PreviousPane | Move::Left => self.turn(false, scene),
            Move::Open if self.focus == Focus::Items => self.focus = Focus::Detail,
            Move::Open if self.focus == Focus::Facets => return self.toggle(scene),
            Move::NextMarked | Move::PreviousMarked => {
                let is_picked = |results: &Self, _: &Run, place| results.marks.contains(place);
                return self.seek(scene, (movement == Move::NextMarked, "picked"), is_picked);
            }
            Move::NextProblem | Move::PreviousProblem => {
                let down = movement == Move::NextProblem;
                return self.seek(scene, (down, "with a problem"), is_problem);
            }
            Move::Open
            | Move::Up
            | Move::Down
            | Move::Top
            | Move::Bottom
            | Move::HalfUp
            | Move::HalfDown
            | Move::PageUp
            | Move::PageDown
            | Move::NextTab
            | Move::PreviousTab => {}
        }
        self.keep(scene);
        Reaction::nothing()
    }

    fn go_rows(&mut self, movement: Move, scene: &Scene<'_>) {
        let panes = self.panes(scene);
        match self.focus {
            Focus::Items => {
                let at = self.item.at;
                self.item.go(movement, self.items.len(), panes.item_rows());
                self.scroll = if at == self.item.at { self.scroll } else { 0 };
            }
            Focus::Facets => self.go_facets(movement, panes.facet_rows()),
            Focus::Detail => {
                let lines = self.detail_lines(panes.detail_width(), scene).len();
                let page = panes.detail_rows();
                self.scroll = Cursor::scrolled(self.scroll, movement, lines, page);
            }
        }
    }

    /// Headings are stepped over.
    fn go_facets(&mut self, movement: Move, page: usize) {
        self.facet.go(movement, self.facets.len(), page);
        let title = |at: usize| matches!(self.facets.get(at), Some(Facet::Title(_)));
        if title(self.facet.at) {
            let up = movement == Move::Up && self.facet.at > 0;
            let at = if up {
                self.facet.at - 1
            } else {
                self.facet.at + 1
            };
            self.facet.put(at, self.facets.len(), page);
        }
    }

    fn turn(&mut self, forth: bool, scene: &Scene<'_>) {
        let ring = [Focus::Items, Focus::Detail, Focus::Facets];
        let at = ring.iter().position(|one| *one == self.focus).unwrap_or(0);
        self.focus = ring[(at + if forth { 1 } else { 2 }) % 3];
        self.keep(scene);
    }

    /// Goes to the next change of a kind, or says that there is none.
    fn seek(
        &mut self,
        scene: &Scene<'_>,
        (down, kind): (bool, &str),
        wanted: fn(&Self, &Run, u32) -> bool,
    ) -> Reaction {
        let Some(run) = self.run(scene) else {
            return Reaction::Passed;
        };
        let hit = |at: &usize| wanted(self, run, self.items[*at]);
        let found = if down {
            (self.item.at + 1..self.items.len()).find(hit)
        } else {
            (0..self.item.at.min(self.items.len())).rev().find(hit)
        };
        if let Some(at) = found {
            (self.item.at, self.scroll) = (at, 0);
            self.keep(scene);
            return Reaction::nothing();
        }
        let side = if down { "below" } else { "above" };
        Reaction::say(format!("No change {kind} {side} this one."))
    }

    fn other_run(&mut self, newer: bool, scene: &Scene<'_>) -> Reaction {
        let runs = scene.workbench.run_ids();
        let Some(at) = self
            .run(scene)
            .and_then(|run| runs.iter().position(|one| *one == run.id))
        else {
            return Reaction::nothing();
        };
        let other = if newer {
            at.checked_add(1)
        } else {
            at.checked_sub(1)
        };
        let Some(id) = other.and_then(|at| runs.get(at)) else {
            return Reaction::say(if newer {
                "That is the last run."
            } else {
                "That is the first run."
            });
        };
        let Some(run) = scene.workbench.run(id) else {
            let then = Action::Go(Go::Results);
            return Reaction::step(Step::OpenRun {
                run: id.clone(),
                then,
            });
        };
        self.chosen = Some(run.id.clone());
        self.update(scene);
        Reaction::say(format!(
            "Run {} of {}: {}.",
            at_of(&runs, &run.id),
            runs.len(),
            run.label
        ))
    }

    /// Picks every listed change; drops the picks if all of them are picked already.
    pub(super) fn pick_listed(&mut self) -> Reaction {
        let listed: roaring::RoaringBitmap = self.items.iter().copied().collect();
        if listed.is_empty() {
            return Reaction::say("No change is listed.");
        }
        if listed.is_subset(&self.marks) {
            self.marks -= &listed;
        } else {
            self.marks |= &listed;
        }
        let picked = text::number(self.marks.len());
        Reaction::say(format!("{picked} picked."))
    }

    /// Space: picks the change, or lets a facet through.
    pub(super) fn toggle(&mut self, scene: &Scene<'_>) -> Reaction {
        match self.focus {
            Focus::Facets => {
                let facet = self.facets.get(self.facet.at).cloned();
                let Some((facet, run)) = facet.zip(self.run(scene)) else {
                    return Reaction::nothing();
                };
                self.filter.toggle(&facet);
                self.list(run, scene);
                (self.item, self.scroll) = (Cursor::default(), 0);
                self.keep(scene);
                let (shown, all) = (self.items.len() as u64, run.items.len() as u64);
                Reaction::say(format!(
                    "{} of {} shown.",
                    text::number(shown),
                    text::number(all)
                ))
            }
            Focus::Items | Focus::Detail => {
                let Some(place) = self.place() else {
                    return Reaction::nothing();
                };
                if !self.marks.remove(place) {
                    self.marks.insert(place);
                }
                self.go(Move::Down, scene)
            }
        }
    }
}

fn is_problem(_: &Results, run: &Run, place: u32) -> bool {
    let settled = run.settled.get(place as usize).and_then(Option::as_ref);
    settled.is_some_and(|settled| settled.outcome.letter() != ' ')
}
