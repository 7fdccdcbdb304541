//! What a certificate would do to the marked assets, in words and in the order of the list.

use std::{fmt::Write, sync::Arc};

use indexmap::IndexMap;
use roaring::RoaringBitmap;

use crate::{
    domain::{
        CertificateStatus, Row,
        arrange::narrowed,
        judging::{Certifying, Fate},
    },
    ui::widgets::text,
};

/// A status now, how many have it, and what becomes of how many of them.
pub(super) type TableLine = (Option<CertificateStatus>, u64, Vec<(String, u64)>);

/// What becomes of all.
#[derive(Clone, Debug)]
pub(super) struct Effects {
    pub(super) judged: Certifying,
    /// Those that ask first, then problems, changes, kept ones.
    pub(super) rows: Vec<Row>,
}

impl Effects {
    /// Of assets in their order.
    pub(super) fn of(judged: Certifying, order: &Arc<[Row]>) -> Self {
        let mut effects = Self {
            judged,
            rows: Vec::new(),
        };
        effects.rank(order);
        effects
    }

    /// Puts the assets in the order of what becomes of them, else in their own.
    pub(super) fn rank(&mut self, order: &Arc<[Row]>) {
        let mut ranks: [RoaringBitmap; Fate::RANKS] = Default::default();
        for (_, fate, rows) in self.judged.found() {
            ranks[fate.rank()] |= rows;
        }
        let ranks = ranks.iter().chain([self.judged.rest()]);
        let ranked: Vec<Arc<[Row]>> = ranks.map(|rows| narrowed(order, rows)).collect();
        self.rows = ranked.concat();
    }

    /// The first asset that still asks.
    pub(super) fn first_asking(&self) -> Option<Row> {
        let asking = self
            .judged
            .found()
            .filter(|(_, fate, _)| **fate == Fate::Asks);
        let asking: Vec<&RoaringBitmap> = asking.map(|(.., rows)| rows).collect();
        if asking.is_empty() {
            return None;
        }
        let asks = |row: &&Row| asking.iter().any(|rows| rows.contains(**row));
        self.rows.iter().find(asks).copied()
    }

    pub(super) fn count(&self, like: impl Fn(&Fate) -> bool) -> u64 {
        self.judged.count(like)
    }

    pub(super) fn changes(&self) -> u64 {
        self.count(|fate| *fate == Fate::Change)
    }

    pub(super) fn asks(&self) -> u64 {
        self.count(|fate| *fate == Fate::Asks)
    }

    pub(super) fn kept(&self) -> u64 {
        self.count(|fate| matches!(fate, Fate::Kept(_)))
    }

    /// `Will stage 19 certificate changes. Kept 4. 1 needs a yes or no before staging.`
    pub(super) fn sentence(&self, width: u16) -> String {
        let short = width < 78;
        let changes = text::counted(self.changes(), "certificate change");
        let mut sentence = if short {
            format!("Stages {}.", text::number(self.changes()))
        } else {
            format!("Will stage {changes}.")
        };
        let told = [
            (self.kept(), "Kept"),
            (self.count(|fate| *fate == Fate::Equal), "Equal"),
            (self.count(|fate| *fate == Fate::Denied), "Left out by you"),
            (
                self.count(|fate| matches!(fate, Fate::Missing(_))),
                "Missing a value",
            ),
            (
                self.count(|fate| matches!(fate, Fate::Refused(_))),
                "Refused",
            ),
        ];
        for (count, word) in told.iter().filter(|(count, _)| *count > 0) {
            let _ = write!(sentence, " {word} {}.", text::number(*count));
        }
        match self.asks() {
            0 => {}
            asks if short => {
                let _ = write!(sentence, " {} to answer.", text::number(asks));
            }
            1 => sentence.push_str(" 1 needs a yes or no before staging."),
            many => {
                let many = text::number(many);
                let _ = write!(sentence, " {many} need a yes or no before staging.");
            }
        }
        sentence
    }

    /// For each status there is now: how many assets have it, and what becomes of how many.
    pub(super) fn table(&self) -> Vec<TableLine> {
        let all = [
            None,
            Some(CertificateStatus::Draft),
            Some(CertificateStatus::Verified),
            Some(CertificateStatus::Deprecated),
        ];
        let wished = self.judged.wish().status;
        let mut found: Vec<_> = self.judged.found().collect();
        found.sort_by_key(|(_, fate, _)| fate.rank());
        let mut table = Vec::new();
        for status in all {
            let mut after = IndexMap::<String, u64>::new();
            for (_, fate, rows) in found.iter().filter(|(now, ..)| *now == status) {
                *after.entry(words(fate, wished)).or_default() += rows.len();
            }
            if !after.is_empty() {
                table.push((status, after.values().sum(), after.into_iter().collect()));
            }
        }
        table
    }
}

/// What becomes of assets, for the table of effects.
fn words(fate: &Fate, wished: Option<CertificateStatus>) -> String {
    match fate {
        Fate::Change => match wished {
            Some(status) => format!("{} {status}", status.letter()),
            None => "- none".into(),
        },
        Fate::Equal => "equal".into(),
        Fate::Kept(_) => "kept (rule)".into(),
        Fate::Asks => "asks you".into(),
        Fate::Denied => "left out (n)".into(),
        Fate::Missing(field) => format!("missing {field}"),
        Fate::Refused(_) => "refused".into(),
    }
}
