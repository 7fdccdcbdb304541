//! What a dialog has judged elsewhere: what it asked for, and what it does with the answer.
//!
//! Few assets are judged at once. Of many the first ones are, so that something can be shown, and
//! the others elsewhere; an answer to anything but the newest question is not taken.

#[cfg(test)]
mod tests;

use roaring::RoaringBitmap;

use crate::{
    domain::{
        Row,
        judging::{Judgement, Judging, Work},
    },
    ui::{component::Scene, widgets::text},
};

/// Up to so many assets all are judged at once.
pub(super) const AT_ONCE: u64 = 5000;
/// So many of more are.
const FIRST: usize = 1000;

/// What something that was judged rests on, beside what is written in the dialog: how often the
/// assets changed, and how many steps of the draft there are.
pub(super) type Basis = (u64, usize);

/// What it rests on now.
pub(super) fn basis(scene: &Scene<'_>) -> Basis {
    (scene.moment, scene.workbench.log().len())
}

/// The first of these assets, in their order.
pub(super) fn first(order: &[Row], rows: &RoaringBitmap) -> RoaringBitmap {
    let order = order.iter().filter(|row| rows.contains(**row));
    order.take(FIRST).copied().collect()
}

/// What is judged elsewhere.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Behind {
    /// What is shown rests on this.
    basis: Basis,
    shown: Shown,
    /// Whether somebody is to be asked.
    wanted: bool,
    /// The number of what is being judged, and what that rests on.
    asked: Option<(u64, Basis)>,
    /// Whether it shall be staged once it is judged.
    stages: bool,
}

/// What is shown meanwhile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shown {
    /// All of it.
    #[default]
    Whole,
    /// What is judged so far.
    SoFar,
    /// All of it as it was before something changed.
    Earlier,
}

/// What a dialog does with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// Nothing: it is not for this question, or tells less than is shown.
    Nothing,
    /// It is shown.
    SoFar,
    /// It is shown, and is all.
    Whole,
}

impl Behind {
    /// All is judged already.
    pub(super) fn whole(basis: Basis) -> Self {
        Self {
            basis,
            ..Self::default()
        }
    }

    /// The first ones are judged; the others shall be.
    pub(super) fn first(basis: Basis) -> Self {
        Self {
            shown: Shown::SoFar,
            wanted: true,
            ..Self::whole(basis)
        }
    }

    /// What is shown rests on this.
    pub(super) fn basis(&self) -> Basis {
        self.basis
    }

    /// Whether not all is judged that is shown.
    pub(super) fn is_so_far(&self) -> bool {
        self.shown == Shown::SoFar
    }

    /// Whether everything is judged and nothing changed since.
    pub(super) fn is_current(&self, scene: &Scene<'_>) -> bool {
        self.shown == Shown::Whole && self.basis == basis(scene)
    }

    /// Whether it shall be staged once it is judged.
    pub(super) fn stages(&self) -> bool {
        self.stages
    }

    /// Something may have changed outside: what was judged is judged again. What is under way comes
    /// first, for otherwise nothing ever would while assets come.
    pub(super) fn renew(&mut self, scene: &Scene<'_>) {
        if self.shown == Shown::Whole && self.basis != basis(scene) {
            (self.shown, self.wanted) = (Shown::Earlier, true);
        }
    }

    /// What is under way rests on something older that was written: it is asked for again.
    pub(super) fn restart(&mut self) {
        self.wanted = self.shown != Shown::Whole;
    }

    /// It shall be staged, as the assets are at this moment.
    pub(super) fn stage(&mut self) {
        (self.stages, self.wanted) = (true, true);
        if self.shown == Shown::Whole {
            self.shown = Shown::Earlier;
        }
    }

    /// It shall not be staged after all. Whether it was to be.
    pub(super) fn give_up(&mut self) -> bool {
        std::mem::take(&mut self.stages)
    }

    /// What is to be judged elsewhere now, with this number: what was judged goes on, or something
    /// `fresh` begins where part of that is no longer so.
    pub(super) fn ask<T>(
        &mut self,
        (number, scene): (u64, &Scene<'_>),
        judged: impl FnOnce() -> T,
        fresh: impl FnOnce() -> Option<T>,
        work: impl FnOnce(T) -> Work,
    ) -> Option<Judging> {
        if !std::mem::take(&mut self.wanted) {
            return None;
        }
        let now = basis(scene);
        self.asked = None;
        let judged = if self.basis == now {
            judged()
        } else {
            fresh()?
        };
        self.asked = Some((number, now));
        Some(Judging {
            number,
            bench: Box::new(scene.workbench.picture()),
            work: work(judged),
            stages: self.stages,
        })
    }

    /// What is done with an answer.
    pub(super) fn take(&mut self, judgement: &Judgement) -> Taken {
        let asked = self.asked.filter(|(number, _)| *number == judgement.number);
        let Some((_, basis)) = asked.filter(|_| !self.wanted) else {
            return Taken::Nothing;
        };
        if judgement.is_complete {
            *self = Self {
                stages: self.stages,
                ..Self::whole(basis)
            };
            return Taken::Whole;
        }
        if !self.is_so_far() {
            return Taken::Nothing;
        }
        self.basis = basis;
        Taken::SoFar
    }

    /// What is said when something is to be staged that is not judged yet.
    pub(super) fn waiting(assets: u64) -> String {
        let assets = text::counted(assets, "asset");
        format!("Stages once all {assets} are judged; Esc gives it up.")
    }
}

/// What is said of assets of which so many are judged, and so many are not.
pub(super) fn told((judged, rest): (u64, u64), sentence: String) -> String {
    if rest > 0 {
        format!("First {} only so far: {sentence}", text::number(judged))
    } else {
        sentence
    }
}
