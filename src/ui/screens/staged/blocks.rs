//! What a group is made of: equal changes folded together, and changes that stand for themselves
//! because hardly any two are alike. Those are made only when they are looked at.

use std::borrow::Cow;

use indexmap::IndexMap;
use roaring::RoaringBitmap;

use super::{
    folds::{Fold, Oddity},
    groups::Group,
    problems::Problems,
};
use crate::{
    domain::{
        CertificateStatus, FieldKey, Row, Value,
        draft::{self, Pair},
    },
    ui::component::Scene,
};

/// A part of a diff.
#[derive(Clone, Debug)]
pub(super) enum Block {
    /// Changes that are the same.
    Fold(Fold),
    /// Changes that each stand for themselves.
    Each(Each),
}

/// Changes of a field that each stand for themselves, for the same reason.
#[derive(Clone, Debug)]
pub(super) struct Each {
    field: FieldKey,
    pub(super) rows: RoaringBitmap,
    why: Why,
}

/// Why changes are shown one by one.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Why {
    Drifted,
    Refused(String),
    Destructive,
    Plain,
    Equal,
}

impl Each {
    /// How many lines each of them takes.
    pub(super) fn height(&self) -> usize {
        match self.why {
            Why::Drifted | Why::Refused(_) | Why::Destructive => 4,
            Why::Plain => 3,
            Why::Equal => 2,
        }
    }

    /// One of them.
    pub(super) fn fold(&self, row: Row, scene: &Scene<'_>) -> Fold {
        let bench = scene.workbench;
        let pair = bench.draft().of(row, &self.field).unwrap_or(Pair {
            before: Value::Absent,
            after: Value::Absent,
            delta: None,
        });
        let oddity = match &self.why {
            Why::Drifted => Oddity::Drifted(bench.listing.value(row, &self.field).into_owned()),
            Why::Refused(why) => Oddity::Refused(why.clone()),
            Why::Destructive => Oddity::Destructive,
            Why::Plain => Oddity::Plain,
            Why::Equal => Oddity::Equal,
        };
        Fold {
            field: self.field.clone(),
            before: pair.before,
            after: pair.after,
            delta: pair.delta,
            rows: [row].into(),
            oddity,
        }
    }
}

impl Block {
    pub(super) fn rows(&self) -> &RoaringBitmap {
        match self {
            Self::Fold(fold) => &fold.rows,
            Self::Each(each) => &each.rows,
        }
    }

    pub(super) fn is_equal(&self) -> bool {
        match self {
            Self::Fold(fold) => fold.oddity == Oddity::Equal,
            Self::Each(each) => each.why == Why::Equal,
        }
    }

    /// Whether `(` and `)` stop at it.
    pub(super) fn is_problem(&self) -> bool {
        match self {
            Self::Fold(fold) => fold.oddity.is_problem(),
            Self::Each(each) => {
                matches!(each.why, Why::Drifted | Why::Refused(_) | Why::Destructive)
            }
        }
    }

    /// The most urgent first.
    fn rank(&self) -> u8 {
        match self {
            Self::Fold(fold) => match fold.oddity {
                Oddity::Drifted(_) => 0,
                Oddity::Refused(_) => 1,
                Oddity::Destructive => 2,
                Oddity::Single => 3,
                Oddity::Plain => 4,
                Oddity::Equal => 5,
            },
            Self::Each(each) => match each.why {
                Why::Drifted => 0,
                Why::Refused(_) => 1,
                Why::Destructive => 2,
                Why::Plain => 4,
                Why::Equal => 5,
            },
        }
    }
}

/// The blocks of a group, the odd ones first.
pub(super) fn blocks(group: &Group, problems: &Problems, scene: &Scene<'_>) -> Vec<Block> {
    let draft = scene.workbench.draft();
    let mut blocks = Blocks {
        problems,
        scene,
        found: Vec::new(),
    };
    let one_asset = group.step.is_none() && group.parts.iter().all(|part| part.rows.len() == 1);
    for part in &group.parts {
        let field = &part.field;
        if let (1, Some(row)) = (part.rows.len(), part.rows.min()) {
            if let Some(pair) = draft.of(row, field) {
                blocks.split(field, &pair, part.rows.clone());
            }
            continue;
        }
        let chains = draft.field(field).into_iter();
        for chain in chains.flat_map(draft::FieldGroups::chains) {
            for same in chain.groups() {
                let rows = &same.rows & &part.rows;
                if !rows.is_empty() {
                    blocks.split(field, &same.pair(), rows);
                }
            }
            let each = chain.scattered() & &part.rows;
            let equal = chain.scattered_equal() & &each;
            if let Some(row) = each.min() {
                let example = draft.of(row, field);
                blocks.each(field, (each - &equal, equal), example.as_ref());
            }
        }
    }
    let mut blocks = blocks.found;
    let several = blocks.len() > 1 && !one_asset;
    for block in &mut blocks {
        if let Block::Fold(fold) = block
            && several
            && fold.oddity == Oddity::Plain
            && fold.rows.len() == 1
        {
            fold.oddity = Oddity::Single;
        }
    }
    blocks.sort_by_key(Block::rank);
    blocks
}

struct Blocks<'a> {
    problems: &'a Problems,
    scene: &'a Scene<'a>,
    found: Vec<Block>,
}

impl Blocks<'_> {
    /// Takes the odd rows of equal changes apart.
    fn split(&mut self, field: &FieldKey, same: &Pair, mut rows: RoaringBitmap) {
        let found = &mut self.found;
        let mut fold = |rows: RoaringBitmap, oddity: Oddity| {
            found.push(Block::Fold(Fold {
                field: field.clone(),
                before: same.before.clone(),
                after: same.after.clone(),
                delta: same.delta.clone(),
                rows,
                oddity,
            }));
        };
        let mut by_value: IndexMap<Cow<'_, Value>, RoaringBitmap> = IndexMap::new();
        for row in &self.problems.drifted(field, &rows) {
            let now = self.scene.workbench.listing.value(row, field);
            by_value.entry(now).or_default().insert(row);
        }
        for (now, drifted) in by_value {
            rows -= &drifted;
            fold(drifted, Oddity::Drifted(now.into_owned()));
        }
        for (why, refused) in self.problems.refused(field, &rows) {
            rows -= &refused;
            fold(refused, Oddity::Refused(why));
        }
        if rows.is_empty() {
            return;
        }
        let oddity = if same.is_equal() {
            Oddity::Equal
        } else if takes_away(same) {
            Oddity::Destructive
        } else {
            Oddity::Plain
        };
        fold(rows, oddity);
    }

    /// Changes that each stand for themselves: those that change something, and those that don't.
    fn each(
        &mut self,
        field: &FieldKey,
        (mut rows, equal): (RoaringBitmap, RoaringBitmap),
        example: Option<&Pair>,
    ) {
        let mut each = |rows: RoaringBitmap, why: Why| {
            if !rows.is_empty() {
                let field = field.clone();
                self.found.push(Block::Each(Each { field, rows, why }));
            }
        };
        let drifted = self.problems.drifted(field, &rows);
        rows -= &drifted;
        each(drifted, Why::Drifted);
        for (why, refused) in self.problems.refused(field, &rows) {
            rows -= &refused;
            each(refused, Why::Refused(why));
        }
        let why = if example.is_some_and(takes_away) {
            Why::Destructive
        } else {
            Why::Plain
        };
        each(rows, why);
        each(equal, Why::Equal);
    }
}

/// Whether a value, or a verified certificate, is taken away.
fn takes_away(pair: &Pair) -> bool {
    let verified = |value: &Value| matches!(value, Value::Certificate(one) if one.status == CertificateStatus::Verified);
    !pair.after.is_present() || (verified(&pair.before) && !verified(&pair.after))
}
