//! What each of many assets would get as its thumbnail, and why not, judged piece by piece.
//!
//! A rule on the name never guesses: what it does not find and what it finds twice is told.

use std::{collections::HashMap, sync::Arc};

use roaring::RoaringBitmap;

use super::piece;
use crate::domain::{
    Edit, FieldKey, Row, Template, Value, Workbench, draft::split::sorted, listing::NAME, plan,
    run::same, workbench::Asked,
};

/// So many assets are judged in one piece: a rule looks through all names once a piece.
const PIECE: u32 = 1 << 14;

/// How thumbnails are chosen where nobody picked one by hand.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// Not at all.
    Open,
    /// This asset for all.
    One(Row),
    /// The asset that is called so.
    Rule(Template),
}

/// What one asset would get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// This asset.
    Ready(Row),
    /// It has that one already.
    Equal(Row),
    /// It is that asset itself: a picture is its own thumbnail.
    Itself,
    /// Nothing is called so.
    Missing(String),
    /// Several are called so: somebody has to pick.
    Several(Vec<Row>),
    /// It can't be done.
    Refused(String),
    /// Nothing was chosen for it yet.
    Open,
}

/// Which assets are where, of those judged so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matches {
    /// They get one.
    pub ready: RoaringBitmap,
    /// They have it already.
    pub equal: RoaringBitmap,
    /// They are it themselves.
    pub own: RoaringBitmap,
    /// Nothing is called so.
    pub missing: RoaringBitmap,
    /// Several are called so.
    pub to_pick: RoaringBitmap,
    /// They can't get it.
    pub refused: RoaringBitmap,
    /// Nothing was chosen.
    pub open: RoaringBitmap,
}

impl Matches {
    fn all(&mut self) -> [&mut RoaringBitmap; 7] {
        [
            &mut self.ready,
            &mut self.equal,
            &mut self.own,
            &mut self.missing,
            &mut self.to_pick,
            &mut self.refused,
            &mut self.open,
        ]
    }
}

impl Match {
    /// Why an asset gets none though one was asked for; `None` where all is well.
    pub fn problem(&self, bench: &Workbench) -> Option<String> {
        match self {
            Self::Ready(_) | Self::Equal(_) | Self::Itself | Self::Open => None,
            Self::Missing(name) => Some(format!("no asset is called {name}")),
            Self::Several(rows) => {
                let ids = rows
                    .iter()
                    .map(|row| bench.listing.id_text(*row).to_owned());
                let ids: Vec<String> = ids.collect();
                Some(format!("several assets are called so: {}", ids.join(", ")))
            }
            Self::Refused(why) => Some(why.clone()),
        }
    }

    /// Its place among [`Matches::all`].
    fn place(&self) -> usize {
        match self {
            Self::Ready(_) => 0,
            Self::Equal(_) => 1,
            Self::Itself => 2,
            Self::Missing(_) => 3,
            Self::Several(_) => 4,
            Self::Refused(_) => 5,
            Self::Open => 6,
        }
    }
}

/// Thumbnails that are being judged.
#[derive(Clone, Debug)]
pub struct Matching {
    choice: Arc<Choice>,
    picks: Arc<HashMap<Row, Row>>,
    rest: RoaringBitmap,
    found: Matches,
    /// What those that are ready get, where that is not the same for all.
    chosen: Vec<(Row, Row)>,
}

impl Matching {
    /// Nothing is judged yet. What was picked by hand goes before the choice.
    pub fn new(choice: Choice, picks: HashMap<Row, Row>, rows: &RoaringBitmap) -> Self {
        Self {
            choice: Arc::new(choice),
            picks: Arc::new(picks),
            rest: rows.clone(),
            found: Matches::default(),
            chosen: Vec::new(),
        }
    }

    /// The assets that are not judged yet.
    pub fn rest(&self) -> &RoaringBitmap {
        &self.rest
    }

    /// Which assets are where, of those judged so far.
    pub fn found(&self) -> &Matches {
        &self.found
    }

    /// Judges these assets, if they are not judged yet.
    pub fn judge(&mut self, rows: &RoaringBitmap, bench: &Workbench) {
        let rows = rows & &self.rest;
        self.rest -= &rows;
        let mut found: [Vec<Row>; 7] = Default::default();
        for (row, one) in self.of(&rows, bench) {
            found[one.place()].push(row);
            if let Match::Ready(choice) = one {
                self.chosen.push((row, choice));
            }
        }
        for (all, some) in self.found.all().into_iter().zip(found) {
            *all |= sorted(some);
        }
    }

    /// Judges some of the rest. Says whether all are judged.
    pub fn step(&mut self, bench: &Workbench) -> bool {
        self.judge(&piece(&self.rest, PIECE), bench);
        self.rest.is_empty()
    }

    /// Judges all the rest.
    pub fn finish(&mut self, bench: &Workbench) {
        self.judge(&self.rest.clone(), bench);
    }

    /// Takes the thumbnail somebody picked for one asset.
    pub fn pick(&mut self, row: Row, choice: Row, bench: &Workbench) {
        Arc::make_mut(&mut self.picks).insert(row, choice);
        if self.found.all().into_iter().any(|rows| rows.remove(row)) {
            self.chosen.retain(|(chosen, _)| *chosen != row);
            self.rest.insert(row);
            self.judge(&[row].into(), bench);
        }
    }

    /// What becomes of these assets, whether they are judged already or not, in their order.
    pub fn of(&self, rows: &RoaringBitmap, bench: &Workbench) -> Vec<(Row, Match)> {
        let mut judge = Judge::new(bench);
        let picked = |row: Row| self.picks.get(&row).copied();
        let rule = match &*self.choice {
            Choice::Rule(rule) => rule,
            Choice::One(choice) => {
                let one = |row| (row, judge.of(row, picked(row).unwrap_or(*choice)));
                return rows.iter().map(one).collect();
            }
            Choice::Open => {
                let one = |row| {
                    let found = picked(row).map(|choice| judge.of(row, choice));
                    (row, found.unwrap_or(Match::Open))
                };
                return rows.iter().map(one).collect();
            }
        };
        let names: Vec<Result<String, String>> =
            rows.iter().map(|row| rule.fill(bench, row)).collect();
        let called = called(names.iter().flatten(), bench);
        let one = |(row, name): (Row, &Result<String, String>)| {
            let found = match (picked(row), name) {
                (Some(choice), _) => judge.of(row, choice),
                (None, Err(field)) => Match::Refused(format!("it has no {field}")),
                (None, Ok(name)) => {
                    let called = called.get(name.as_str());
                    judge.among(row, name, called.map_or(&[], Vec::as_slice))
                }
            };
            (row, found)
        };
        rows.iter().zip(&names).map(one).collect()
    }

    /// What would be staged of those judged so far: one value for all, or a value for each.
    pub fn asked(&self, bench: &Workbench) -> Option<Asked> {
        let mut chosen = self.chosen.clone();
        chosen.sort_unstable();
        let first = chosen.first()?.1;
        let edit = if chosen.iter().all(|(_, choice)| *choice == first) {
            Edit::Set(value(first, bench))
        } else {
            let one = |(row, choice)| (row, value(choice, bench));
            Edit::Assign(chosen.into_iter().map(one).collect())
        };
        Some(Asked {
            field: FieldKey::thumbnail(),
            edit,
            rows: self.found.ready.clone(),
        })
    }
}

/// Why an asset can be nobody's thumbnail, if so.
pub fn unfit(choice: Row, bench: &Workbench) -> Option<String> {
    let types = &bench.capabilities.as_ref()?.thumbnail_types;
    let kind = bench.listing.kind(choice);
    if types.is_empty() || types.iter().any(|one| *one == kind) {
        return None;
    }
    Some(format!(
        "a {kind} can't be a thumbnail; allowed are {}",
        types.join(", ")
    ))
}

/// The assets that are called so, by name: all names are looked through once.
fn called<'a>(
    names: impl Iterator<Item = &'a String>,
    bench: &Workbench,
) -> HashMap<&'a str, Vec<Row>> {
    let Some(column) = bench.listing.values(&NAME.into()) else {
        return HashMap::new();
    };
    let mut called: HashMap<&str, Vec<Row>> = HashMap::new();
    let mut wanted: HashMap<u32, &str> = HashMap::new();
    let mut bits = vec![0_u64; column.distinct().div_ceil(64)];
    for name in names {
        if called.contains_key(name.as_str()) {
            continue;
        }
        called.insert(name, Vec::new());
        if let Some(place) = column.place_of_known(&Value::text(name)) {
            wanted.insert(place, name);
            if let Some(word) = bits.get_mut(place as usize / 64) {
                *word |= 1 << (place % 64);
            }
        }
    }
    if wanted.is_empty() {
        return called;
    }
    column.each(bench.listing.present(), |row, place| {
        let word = bits.get(place as usize / 64).copied().unwrap_or(0);
        if word >> (place % 64) & 1 == 1
            && let Some(rows) = wanted.get(&place).and_then(|name| called.get_mut(name))
        {
            rows.push(row);
        }
    });
    called
}

fn value(choice: Row, bench: &Workbench) -> Value {
    let listing = &bench.listing;
    Value::Asset {
        id: listing.id(choice),
        name: listing.name(choice).into_owned(),
    }
}

/// Says whether an asset may get another one; the rules of each pair of types are asked once.
struct Judge<'a> {
    bench: &'a Workbench,
    known: HashMap<Row, HashMap<String, Option<String>>>,
}

impl<'a> Judge<'a> {
    fn new(bench: &'a Workbench) -> Self {
        Self {
            bench,
            known: HashMap::new(),
        }
    }

    fn of(&mut self, row: Row, choice: Row) -> Match {
        let bench = self.bench;
        let listing = &bench.listing;
        if row == choice {
            return Match::Itself;
        }
        if let Some(why) = listing.locked(row) {
            return Match::Refused(format!("not editable: {why}"));
        }
        if let Some(why) = self.refusal(row, choice) {
            return Match::Refused(why);
        }
        let now = bench.draft().value(listing, row, &FieldKey::thumbnail());
        if same(&now, &value(choice, bench)) {
            Match::Equal(choice)
        } else {
            Match::Ready(choice)
        }
    }

    /// Why an asset can't have this one as its thumbnail.
    fn refusal(&mut self, row: Row, choice: Row) -> Option<String> {
        let bench = self.bench;
        let capabilities = bench.capabilities.as_ref()?;
        let known = self.known.entry(choice).or_default();
        let kind = bench.listing.kind(row);
        if let Some(why) = known.get(&*kind) {
            return why.clone();
        }
        let rules = (&bench.schema, capabilities);
        let field = (row, &FieldKey::thumbnail());
        let why = plan::refusal(&bench.listing, rules, field, &value(choice, bench));
        known.insert(kind.into_owned(), why.clone());
        why
    }

    /// Among those of a name: the ones of a type that can be a thumbnail count.
    fn among(&mut self, row: Row, name: &str, called: &[Row]) -> Match {
        if called.contains(&row) {
            return Match::Itself;
        }
        let fits = |choice: &Row| !matches!(self.of(row, *choice), Match::Refused(_));
        let fit: Vec<Row> = called.iter().copied().filter(fits).collect();
        match (fit.as_slice(), called) {
            ([], []) => Match::Missing(name.to_owned()),
            ([one], _) | ([], [one, ..]) => self.of(row, *one),
            (some, _) => Match::Several(some.to_vec()),
        }
    }
}
