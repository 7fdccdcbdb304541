//! What a certificate would do to each of many assets, judged piece by piece: what was judged so
//! far can be shown at any time.
//!
//! Kept is what becomes of which assets, never a value for each: that is worked out for those
//! somebody looks at, and for all of them when they are staged.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use indexmap::IndexMap;
use roaring::RoaringBitmap;

use super::piece;
use crate::domain::{
    Certificate, CertificateStatus, Edit, FieldKey, Row, Template, Value, Workbench,
    draft::split::sorted, plan, run::same, workbench::Asked,
};

/// The field that tells who gave a certificate, where an endpoint has one.
const GIVEN_BY: &str = "certificateUpdatedBy";

/// So many assets are judged in one piece where those alike are judged together.
const ALIKE: u32 = 1 << 16;
/// So many where each is judged by itself.
const EACH: u32 = 1 << 12;

/// What is wished.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CertificateWish {
    /// The status; `None` takes the certificate away.
    pub status: Option<CertificateStatus>,
    /// What it says.
    pub message: Template,
    /// Whether verified certificates of other people stay.
    pub keep: bool,
    /// Whether only assets without any get one.
    pub only_none: bool,
    /// The names under which the person who wishes is known.
    pub me: [String; 2],
}

/// What becomes of one asset.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It gets the certificate, or loses it.
    Change,
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

impl Fate {
    /// How many ranks there are.
    pub const RANKS: usize = 6;

    /// What wants to be looked at first has the lowest: those that ask, then problems, changes,
    /// kept ones.
    pub fn rank(&self) -> usize {
        match self {
            Self::Asks => 0,
            Self::Missing(_) | Self::Refused(_) => 1,
            Self::Change => 2,
            Self::Denied => 3,
            Self::Kept(_) => 4,
            Self::Equal => 5,
        }
    }
}

/// The status an asset has now, and what becomes of it.
type Class = (Option<CertificateStatus>, Fate);

/// A certificate that is being judged.
#[derive(Clone, Debug)]
pub struct Certifying {
    wish: Arc<CertificateWish>,
    answers: Arc<HashMap<Row, bool>>,
    rest: RoaringBitmap,
    found: IndexMap<Class, RoaringBitmap>,
}

impl Certifying {
    /// Nothing is judged yet. The answers are the yeses and noes given so far.
    pub fn new(wish: CertificateWish, answers: HashMap<Row, bool>, rows: &RoaringBitmap) -> Self {
        Self {
            wish: Arc::new(wish),
            answers: Arc::new(answers),
            rest: rows.clone(),
            found: IndexMap::new(),
        }
    }

    /// What is wished.
    pub fn wish(&self) -> &CertificateWish {
        &self.wish
    }

    /// The assets that are not judged yet.
    pub fn rest(&self) -> &RoaringBitmap {
        &self.rest
    }

    /// Judges these assets, if they are not judged yet: once for all that are alike, unless each of
    /// them gets a message of its own.
    pub fn judge(&mut self, rows: &RoaringBitmap, bench: &Workbench) {
        let rows = rows & &self.rest;
        self.rest -= &rows;
        let mut judge = Judge::new(&self.wish, &self.answers, bench);
        let mut single = rows;
        if self.wish.is_for_all() {
            let parts = bench.parts(&single, &[FieldKey::certificate(), GIVEN_BY.into()]);
            let answered = self.answers.keys().filter(|row| single.contains(**row));
            single = parts.scattered | answered.collect::<RoaringBitmap>();
            for part in parts.alike {
                let part = part - &single;
                if let Some(row) = part.min() {
                    *self.found.entry(judge.class(row)).or_default() |= part;
                }
            }
        }
        let mut each: IndexMap<Class, Vec<Row>> = IndexMap::new();
        for row in &single {
            each.entry(judge.class(row)).or_default().push(row);
        }
        for (class, rows) in each {
            *self.found.entry(class).or_default() |= sorted(rows);
        }
    }

    /// Judges some of the rest. Says whether all are judged.
    pub fn step(&mut self, bench: &Workbench) -> bool {
        let many = if self.wish.is_for_all() { ALIKE } else { EACH };
        self.judge(&piece(&self.rest, many), bench);
        self.rest.is_empty()
    }

    /// Judges all the rest.
    pub fn finish(&mut self, bench: &Workbench) {
        self.judge(&self.rest.clone(), bench);
    }

    /// Takes a yes or a no for one asset.
    pub fn answer(&mut self, row: Row, yes: bool, bench: &Workbench) {
        Arc::make_mut(&mut self.answers).insert(row, yes);
        let was_judged = self.found.values_mut().any(|rows| rows.remove(row));
        if was_judged {
            self.found.retain(|_, rows| !rows.is_empty());
            self.rest.insert(row);
            self.judge(&[row].into(), bench);
        }
    }

    /// What becomes of one asset, whether it is judged already or not.
    pub fn of(&self, row: Row, bench: &Workbench) -> Fate {
        Judge::new(&self.wish, &self.answers, bench).class(row).1
    }

    /// What one asset would get.
    pub fn after(&self, row: Row, bench: &Workbench) -> Option<Value> {
        self.wish.after(row, bench).ok()
    }

    /// What becomes of which assets of those judged so far, by the status they have now.
    pub fn found(
        &self,
    ) -> impl Iterator<Item = (Option<CertificateStatus>, &Fate, &RoaringBitmap)> {
        let found = self.found.iter();
        found.map(|((now, fate), rows)| (*now, fate, rows))
    }

    /// How many of those judged so far have a fate like that.
    pub fn count(&self, like: impl Fn(&Fate) -> bool) -> u64 {
        let alike = self.found().filter(|(_, fate, _)| like(fate));
        alike.map(|(_, _, rows)| rows.len()).sum()
    }

    /// What would be staged of those judged so far.
    pub fn asked(&self, bench: &Workbench) -> Option<Asked> {
        let changes = self.found().filter(|(_, fate, _)| **fate == Fate::Change);
        let rows = changes.fold(RoaringBitmap::new(), |all, (_, _, rows)| all | rows);
        let first = self.wish.after(rows.min()?, bench).ok()?;
        let mut each: Vec<(Row, Value)> = Vec::new();
        if !self.wish.is_for_all() {
            let after = |row| Some((row, self.wish.after(row, bench).ok()?));
            each.extend(rows.iter().filter_map(after));
        }
        let edit = if each.iter().any(|(_, value)| *value != first) {
            Edit::Assign(each)
        } else if first == Value::Absent {
            Edit::Clear
        } else {
            Edit::Set(first)
        };
        Some(Asked {
            field: FieldKey::certificate(),
            edit,
            rows,
        })
    }
}

impl CertificateWish {
    /// Why nothing can be given as it stands, whatever becomes of the assets.
    pub fn problem(&self) -> Option<&'static str> {
        let lacks_a_word = self.status == Some(CertificateStatus::Deprecated);
        (lacks_a_word && self.message.is_blank())
            .then_some("Deprecated needs a message: say why, or what to use instead")
    }

    /// Whether all assets would get the same.
    pub fn is_for_all(&self) -> bool {
        self.status.is_none() || self.message.is_constant()
    }

    /// What an asset would get, or the field it has no value of.
    fn after(&self, row: Row, bench: &Workbench) -> Result<Value, String> {
        let Some(status) = self.status else {
            return Ok(Value::Absent);
        };
        let message = self.message.fill(bench, row)?;
        Ok(Value::Certificate(Certificate { status, message }))
    }
}

/// The certificate an asset has, with what is staged on it.
pub fn certificate_of(row: Row, bench: &Workbench) -> Cow<'_, Value> {
    bench
        .draft()
        .value(&bench.listing, row, &FieldKey::certificate())
}

/// The status of a certificate's value.
pub fn status(value: &Value) -> Option<CertificateStatus> {
    match value {
        Value::Certificate(certificate) => Some(certificate.status),
        Value::Absent | Value::Unknown | Value::Text(_) | Value::List(_) | Value::Asset { .. } => {
            None
        }
    }
}

struct Judge<'a> {
    wish: &'a CertificateWish,
    answers: &'a HashMap<Row, bool>,
    bench: &'a Workbench,
    /// Rules depend on the asset's type only; each type is asked once.
    refusals: HashMap<String, Option<String>>,
}

impl<'a> Judge<'a> {
    fn new(
        wish: &'a CertificateWish,
        answers: &'a HashMap<Row, bool>,
        bench: &'a Workbench,
    ) -> Self {
        Self {
            wish,
            answers,
            bench,
            refusals: HashMap::new(),
        }
    }

    fn class(&mut self, row: Row) -> Class {
        let now = certificate_of(row, self.bench);
        (status(&now), self.fate(row, &now))
    }

    fn fate(&mut self, row: Row, now: &Value) -> Fate {
        let (wish, bench) = (self.wish, self.bench);
        let after = match wish.after(row, bench) {
            Ok(after) => after,
            Err(field) => return Fate::Missing(field),
        };
        if same(now, &after) {
            return Fate::Equal;
        }
        if let Some(why) = bench.listing.locked(row) {
            return Fate::Refused(format!("not editable: {why}"));
        }
        if let Some(why) = self.refusal(row, &after) {
            return Fate::Refused(why);
        }
        if wish.only_none && now.is_present() {
            return Fate::Kept("has one already".into());
        }
        let theirs = (status(now) == Some(CertificateStatus::Verified)).then(|| self.giver(row));
        if let (Some(Some(who)), true) = (&theirs, wish.keep) {
            return Fate::Kept(format!("V by {who}"));
        }
        let revives = status(now) == Some(CertificateStatus::Deprecated)
            && wish.status == Some(CertificateStatus::Verified);
        if !revives && !matches!(theirs, Some(Some(_))) {
            return Fate::Change;
        }
        match self.answers.get(&row) {
            Some(true) => Fate::Change,
            Some(false) => Fate::Denied,
            None => Fate::Asks,
        }
    }

    /// Who gave the certificate, if it was not the person who wishes.
    fn giver(&self, row: Row) -> Option<String> {
        let bench = self.bench;
        if bench.draft().of(row, &FieldKey::certificate()).is_some() {
            return None;
        }
        let by = bench.listing.value(row, &GIVEN_BY.into());
        let by = by.display();
        if by.is_empty() {
            return Some("somebody".into());
        }
        (!self.wish.me.iter().any(|me| *me == by)).then(|| by.into_owned())
    }

    fn refusal(&mut self, row: Row, after: &Value) -> Option<String> {
        let bench = self.bench;
        let capabilities = bench.capabilities.as_ref()?;
        let kind = bench.listing.kind(row);
        if let Some(known) = self.refusals.get(&*kind) {
            return known.clone();
        }
        let key = FieldKey::certificate();
        let rules = (&bench.schema, capabilities);
        let refusal = plan::refusal(&bench.listing, rules, (row, &key), after);
        self.refusals.insert(kind.into_owned(), refusal.clone());
        refusal
    }
}
