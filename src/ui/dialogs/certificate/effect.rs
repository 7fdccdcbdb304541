//! What a certificate would do to each of the marked assets: changed, kept, asked, and why.

use std::{borrow::Cow, collections::HashMap, fmt::Write};

use indexmap::IndexMap;
use roaring::RoaringBitmap;

use crate::{
    domain::{
        Certificate, CertificateStatus, Edit, FieldKey, Row, Template, Value, Workbench, plan,
        run::same,
        workbench::{Asked, Parts},
    },
    ui::widgets::text,
};

/// The fields that tell who gave a certificate, where an endpoint has one.
const GIVEN_BY: &str = "certificateUpdatedBy";

/// How many ranks of fates there are.
const RANKS: usize = 6;

/// What is wished.
#[derive(Clone, Debug)]
pub(super) struct Wish<'a> {
    /// The status; `None` takes the certificate away.
    pub(super) status: Option<CertificateStatus>,
    pub(super) message: &'a Template,
    /// Whether verified certificates of other people stay.
    pub(super) keep: bool,
    /// Whether only assets without any get one.
    pub(super) only_none: bool,
    /// The yeses and noes given so far.
    pub(super) answers: &'a HashMap<Row, bool>,
    /// The names under which the person at the screen is known.
    pub(super) me: [&'a str; 2],
}

/// What becomes of one asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It gets this.
    Change(Value),
    /// It has that already.
    Equal,
    /// It stays as it is, by a rule: why.
    Kept(String),
    /// It needs a yes or a no.
    Asks,
    /// The answer was no.
    Denied,
    /// The message names a field it has no value of.
    Missing(String),
    /// It can't be done.
    Refused(String),
}

/// A status now, how many have it, and what becomes of how many of them.
pub(super) type TableLine = (Option<CertificateStatus>, u64, Vec<(String, u64)>);

/// What becomes of all. Worked out once for all assets that are alike.
#[derive(Clone, Debug, Default)]
pub(super) struct Effects {
    /// Those that ask first, then problems, changes, kept ones.
    pub(super) rows: Vec<Row>,
    /// What becomes of them, with how many share it.
    fates: Vec<(Fate, RoaringBitmap)>,
    /// The place of each row's fate.
    of: Vec<u32>,
    /// For each status now: how many, and what becomes of them.
    pub(super) table: Vec<TableLine>,
}

impl Effects {
    /// The fields that decide over an asset, beside its type.
    pub(super) fn fields() -> [FieldKey; 2] {
        [FieldKey::certificate(), GIVEN_BY.into()]
    }

    /// Works it out for these assets, which are alike in [`Effects::fields`].
    pub(super) fn of(
        (order, parts): (&[Row], &Parts),
        wish: &Wish<'_>,
        workbench: &Workbench,
    ) -> Self {
        let mut judge = Judge {
            wish,
            workbench,
            refusals: HashMap::new(),
        };
        let mut effects = Self::default();
        let mut single = parts.scattered.clone();
        single.extend(wish.answers.keys());
        if wish.message.is_constant() || wish.status.is_none() {
            for part in &parts.alike {
                effects.add(part - &single, &mut judge);
            }
        } else {
            single.extend(order);
        }
        for row in order.iter().filter(|row| single.contains(**row)) {
            effects.add([*row].into(), &mut judge);
        }
        effects.table = table(&effects.fates, workbench);
        effects.rows = effects.ranked(order);
        effects
    }

    /// Judges assets that are alike.
    fn add(&mut self, rows: RoaringBitmap, judge: &mut Judge<'_>) {
        let (Some(first), Some(last)) = (rows.min(), rows.max()) else {
            return;
        };
        let place = u32::try_from(self.fates.len()).unwrap_or(u32::MAX);
        let end = last as usize + 1;
        if self.of.len() < end {
            self.of.resize(end, 0);
        }
        for row in &rows {
            self.of[row as usize] = place;
        }
        self.fates.push((judge.fate(first), rows));
    }

    /// The assets by what becomes of them, else in their order.
    fn ranked(&self, order: &[Row]) -> Vec<Row> {
        let ranks: Vec<u8> = self.fates.iter().map(|(fate, _)| fate.rank()).collect();
        let mut by_rank: [Vec<Row>; RANKS] = Default::default();
        for row in order {
            by_rank[usize::from(ranks[self.of[*row as usize] as usize])].push(*row);
        }
        by_rank.concat()
    }

    /// What becomes of an asset.
    pub(super) fn fate(&self, row: Row) -> Option<&Fate> {
        let place = *self.of.get(row as usize)?;
        let (fate, rows) = self.fates.get(place as usize)?;
        rows.contains(row).then_some(fate)
    }

    /// How many have a fate like that.
    pub(super) fn count(&self, like: impl Fn(&Fate) -> bool) -> u64 {
        let alike = self.fates.iter().filter(|(fate, _)| like(fate));
        alike.map(|(_, rows)| rows.len()).sum()
    }

    pub(super) fn changes(&self) -> u64 {
        self.count(|fate| matches!(fate, Fate::Change(_)))
    }

    pub(super) fn asks(&self) -> u64 {
        self.count(|fate| *fate == Fate::Asks)
    }

    pub(super) fn kept(&self) -> u64 {
        self.count(|fate| matches!(fate, Fate::Kept(_)))
    }

    /// The first asset that still asks.
    pub(super) fn first_asking(&self) -> Option<Row> {
        let first = *self.rows.first()?;
        (self.fate(first) == Some(&Fate::Asks)).then_some(first)
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
                let _ = write!(sentence, " {asks} to answer.");
            }
            1 => sentence.push_str(" 1 needs a yes or no before staging."),
            many => {
                let _ = write!(sentence, " {many} need a yes or no before staging.");
            }
        }
        sentence
    }

    /// What would be staged.
    pub(super) fn asked(&self) -> Option<Asked> {
        let changes = || {
            self.fates.iter().filter_map(|(fate, rows)| match fate {
                Fate::Change(value) => Some((value, rows)),
                Fate::Equal
                | Fate::Kept(_)
                | Fate::Asks
                | Fate::Denied
                | Fate::Missing(_)
                | Fate::Refused(_) => None,
            })
        };
        let (first, _) = changes().next()?;
        let rows = changes().fold(RoaringBitmap::new(), |all, (_, rows)| all | rows);
        let edit = if changes().any(|(value, _)| value != first) {
            let each = |(value, rows): (&Value, &RoaringBitmap)| {
                let each: Vec<_> = rows.iter().map(|row| (row, value.clone())).collect();
                each
            };
            let mut assigned: Vec<(Row, Value)> = changes().flat_map(each).collect();
            assigned.sort_by_key(|(row, _)| *row);
            Edit::Assign(assigned)
        } else if *first == Value::Absent {
            Edit::Clear
        } else {
            Edit::Set(first.clone())
        };
        Some(Asked {
            field: FieldKey::certificate(),
            edit,
            rows,
        })
    }
}

/// For each status there is now: how many assets have it, and what becomes of how many.
fn table(fates: &[(Fate, RoaringBitmap)], workbench: &Workbench) -> Vec<TableLine> {
    let all = [
        None,
        Some(CertificateStatus::Draft),
        Some(CertificateStatus::Verified),
        Some(CertificateStatus::Deprecated),
    ];
    let mut table = all.map(|status| (status, 0, IndexMap::<String, u64>::new()));
    for (fate, rows) in fates {
        let now = rows.min().map(|row| status(&before(row, workbench)));
        let line = table.iter_mut().find(|(status, ..)| Some(*status) == now);
        if let Some((_, count, after)) = line {
            *count += rows.len();
            *after.entry(fate.words()).or_default() += rows.len();
        }
    }
    let told = table.into_iter().filter(|(_, count, _)| *count > 0);
    told.map(|(now, count, after)| (now, count, after.into_iter().collect()))
        .collect()
}

impl Fate {
    /// Less than [`RANKS`].
    fn rank(&self) -> u8 {
        match self {
            Self::Asks => 0,
            Self::Missing(_) | Self::Refused(_) => 1,
            Self::Change(_) => 2,
            Self::Denied => 3,
            Self::Kept(_) => 4,
            Self::Equal => 5,
        }
    }

    /// For the table of effects.
    fn words(&self) -> String {
        match self {
            Self::Change(value) => match status(value) {
                Some(status) => format!("{} {status}", status.letter()),
                None => "- none".into(),
            },
            Self::Equal => "equal".into(),
            Self::Kept(_) => "kept (rule)".into(),
            Self::Asks => "asks you".into(),
            Self::Denied => "left out (n)".into(),
            Self::Missing(field) => format!("missing {field}"),
            Self::Refused(_) => "refused".into(),
        }
    }
}

/// The certificate an asset has, with what is staged on it.
pub(super) fn before(row: Row, workbench: &Workbench) -> Cow<'_, Value> {
    workbench
        .draft()
        .value(&workbench.listing, row, &FieldKey::certificate())
}

/// The status of a certificate's value.
pub(super) fn status(value: &Value) -> Option<CertificateStatus> {
    match value {
        Value::Certificate(certificate) => Some(certificate.status),
        Value::Absent | Value::Unknown | Value::Text(_) | Value::List(_) | Value::Asset { .. } => {
            None
        }
    }
}

struct Judge<'a> {
    wish: &'a Wish<'a>,
    workbench: &'a Workbench,
    /// Rules depend on the asset's type only; each type is asked once.
    refusals: HashMap<String, Option<String>>,
}

impl Judge<'_> {
    fn fate(&mut self, row: Row) -> Fate {
        let (wish, workbench) = (self.wish, self.workbench);
        let now = before(row, workbench);
        let after = match wish.status {
            None => Value::Absent,
            Some(status) => match wish.message.fill(workbench, row) {
                Ok(message) => Value::Certificate(Certificate { status, message }),
                Err(field) => return Fate::Missing(field),
            },
        };
        if same(&now, &after) {
            return Fate::Equal;
        }
        if let Some(why) = workbench.listing.locked(row) {
            return Fate::Refused(format!("not editable: {why}"));
        }
        if let Some(why) = self.refusal(row, &after) {
            return Fate::Refused(why);
        }
        if wish.only_none && now.is_present() {
            return Fate::Kept("has one already".into());
        }
        let theirs = (status(&now) == Some(CertificateStatus::Verified)).then(|| self.giver(row));
        if let (Some(Some(who)), true) = (&theirs, wish.keep) {
            return Fate::Kept(format!("V by {who}"));
        }
        let revives = status(&now) == Some(CertificateStatus::Deprecated)
            && wish.status == Some(CertificateStatus::Verified);
        if !revives && !matches!(theirs, Some(Some(_))) {
            return Fate::Change(after);
        }
        match wish.answers.get(&row) {
            Some(true) => Fate::Change(after),
            Some(false) => Fate::Denied,
            None => Fate::Asks,
        }
    }

    /// Who gave the certificate, if it was not the person at the screen.
    fn giver(&self, row: Row) -> Option<String> {
        let workbench = self.workbench;
        if workbench
            .draft()
            .of(row, &FieldKey::certificate())
            .is_some()
        {
            return None;
        }
        let by = workbench
            .listing
            .value(row, &GIVEN_BY.into())
            .display()
            .into_owned();
        if by.is_empty() {
            return Some("somebody".into());
        }
        (!self.wish.me.contains(&by.as_str())).then_some(by)
    }

    fn refusal(&mut self, row: Row, after: &Value) -> Option<String> {
        let workbench = self.workbench;
        let capabilities = workbench.capabilities.as_ref()?;
        let kind = workbench.listing.kind(row).into_owned();
        let ask = || {
            let key = FieldKey::certificate();
            let rules = (&workbench.schema, capabilities);
            plan::refusal(&workbench.listing, rules, (row, &key), after)
        };
        self.refusals.entry(kind).or_insert_with(ask).clone()
    }
}
