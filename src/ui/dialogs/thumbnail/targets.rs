//! What the marked assets would get as their thumbnails, in words and for those in sight.

use std::{collections::HashMap, fmt::Write, sync::Arc};

use roaring::RoaringBitmap;

use crate::{
    domain::{
        Row, Workbench,
        judging::{Match, Matching},
        text::fold,
    },
    ui::widgets::text,
};

/// How many of the targets are where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) ready: u64,
    pub(super) equal: u64,
    pub(super) own: u64,
    pub(super) missing: u64,
    pub(super) to_pick: u64,
    pub(super) refused: u64,
    pub(super) open: u64,
}

/// The targets, in order, with what those in sight would get.
#[derive(Clone, Debug, Default)]
pub(super) struct Targets {
    pub(super) rows: Arc<[Row]>,
    /// What was judged; `None` before the first work.
    pub(super) judged: Option<Matching>,
    /// What becomes of the targets in sight.
    seen: HashMap<Row, Match>,
}

impl Targets {
    /// In this order; nothing is judged yet.
    pub(super) fn new(rows: Vec<Row>) -> Self {
        Self {
            rows: rows.into(),
            ..Self::default()
        }
    }

    /// Takes what was judged.
    pub(super) fn take(&mut self, judged: Matching) {
        self.judged = Some(judged);
        self.seen.clear();
    }

    /// Takes what was picked for a target.
    pub(super) fn pick(&mut self, target: Row, choice: Row, workbench: &Workbench) {
        if let Some(judged) = &mut self.judged {
            judged.pick(target, choice, workbench);
        }
        self.seen.remove(&target);
    }

    /// Looks at the targets at these places.
    pub(super) fn look(&mut self, places: std::ops::Range<usize>, workbench: &Workbench) {
        let Some(judged) = &self.judged else {
            return;
        };
        let places = places.start.min(self.rows.len())..places.end.min(self.rows.len());
        let rows = self.rows[places].iter().copied();
        let unknown = rows.filter(|row| !self.seen.contains_key(row));
        let unknown: RoaringBitmap = unknown.collect();
        if !unknown.is_empty() {
            self.seen.extend(judged.of(&unknown, workbench));
        }
    }

    /// What becomes of the target at a place, if it was looked at.
    pub(super) fn found(&self, place: usize) -> Option<&Match> {
        self.seen.get(self.rows.get(place)?)
    }

    /// The first target from a place on for which somebody has to choose.
    pub(super) fn open_from(&self, place: usize) -> Option<usize> {
        let found = self.judged.as_ref()?.found();
        let open = |row: &Row| found.to_pick.contains(*row) || found.open.contains(*row);
        let rest = self.rows.get(place..)?;
        rest.iter().position(open).map(|behind| place + behind)
    }

    /// How many are not judged yet.
    pub(super) fn rest(&self) -> u64 {
        self.judged.as_ref().map_or(0, |judged| judged.rest().len())
    }

    /// How many of those judged so far are where.
    pub(super) fn counts(&self) -> Counts {
        let found = self.judged.as_ref().map(Matching::found);
        found.map_or_else(Counts::default, |found| Counts {
            ready: found.ready.len(),
            equal: found.equal.len(),
            own: found.own.len(),
            missing: found.missing.len(),
            to_pick: found.to_pick.len(),
            refused: found.refused.len(),
            open: found.open.len(),
        })
    }
}

impl Counts {
    /// `4 ready  1 to pick  1 missing  3 own`.
    pub(super) fn words(&self) -> String {
        let parts = [
            (self.ready, "ready"),
            (self.to_pick, "to pick"),
            (self.missing, "missing"),
            (self.own, "own"),
            (self.equal, "equal"),
            (self.refused, "refused"),
            (self.open, "not chosen"),
        ];
        let told = parts
            .iter()
            .enumerate()
            .filter(|(at, (count, _))| *at == 0 || *count > 0);
        let told: Vec<String> = told
            .map(|(_, (count, word))| format!("{} {word}", text::number(*count)))
            .collect();
        told.join("  ")
    }

    /// `Will stage 4 thumbnail changes, 5 once you pick. Left out: 3 own, 1 missing.`
    pub(super) fn sentence(&self, width: u16) -> String {
        let short = width < 78;
        let changes = text::counted(self.ready, "thumbnail change");
        let mut sentence = if short {
            format!("Stages {}", text::number(self.ready))
        } else {
            format!("Will stage {changes}")
        };
        if self.to_pick > 0 {
            let _ = write!(
                sentence,
                ", {} once you pick",
                text::number(self.ready + self.to_pick)
            );
        }
        sentence.push('.');
        let left = [
            (self.own, if short { "own" } else { "own thumbnail" }),
            (self.missing, "missing"),
            (self.equal, "equal"),
            (self.refused, "refused"),
            (self.open, "not chosen"),
        ];
        let left = left.iter().filter(|(count, _)| *count > 0);
        let left: Vec<String> = left
            .map(|(count, word)| format!("{} {word}", text::number(*count)))
            .collect();
        if !left.is_empty() {
            let _ = write!(sentence, " Left out: {}.", left.join(", "));
        }
        sentence
    }
}

/// The part of a name that a set of pictures shares: what stands before its last `_` or `-`.
pub(super) fn stem(name: &str) -> String {
    let at = name.rfind(['_', '-']);
    fold(at.map_or(name, |at| &name[..=at]))
}
