//! What each of the marked assets would get as its thumbnail, and why not.

use std::{collections::HashMap, fmt::Write};

use roaring::RoaringBitmap;

use crate::{
    domain::{
        Edit, FieldKey, Row, Template, Value, Workbench, listing::NAME, plan, run::same,
        text::fold, workbench::Asked,
    },
    ui::widgets::text,
};

/// What one asset would get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
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

/// The targets, in order, with what each would get.
#[derive(Clone, Debug, Default)]
pub(super) struct Targets {
    pub(super) rows: Vec<Row>,
    pub(super) found: Vec<Found>,
}

impl Targets {
    /// The same choice for all, but for those picked one by one.
    pub(super) fn one(
        rows: &[Row],
        choice: Option<Row>,
        picks: &HashMap<Row, Row>,
        workbench: &Workbench,
    ) -> Self {
        let mut judge = Judge::new(workbench);
        let found = rows
            .iter()
            .map(|row| match picks.get(row).copied().or(choice) {
                Some(choice) => judge.of(*row, choice),
                None => Found::Open,
            });
        Self {
            found: found.collect(),
            rows: rows.to_vec(),
        }
    }

    /// By a rule on the name; never guessed: none and several are told.
    pub(super) fn by_rule(
        rows: &[Row],
        rule: &Template,
        picks: &HashMap<Row, Row>,
        workbench: &Workbench,
    ) -> Self {
        let wanted: Vec<Result<String, String>> =
            rows.iter().map(|row| rule.fill(workbench, *row)).collect();
        let mut named: HashMap<&str, Vec<Row>> = wanted
            .iter()
            .flatten()
            .map(|name| (name.as_str(), Vec::new()))
            .collect();
        let listing = &workbench.listing;
        let hits = listing
            .values(&NAME.into())
            .map(|column| column.matching(listing.present(), |name, _| named.contains_key(name)));
        for row in hits.unwrap_or_default() {
            if let Some(rows) = named.get_mut(&*listing.name(row)) {
                rows.push(row);
            }
        }
        let mut judge = Judge::new(workbench);
        let found = rows
            .iter()
            .zip(&wanted)
            .map(|(row, name)| match (picks.get(row), name) {
                (Some(pick), _) => judge.of(*row, *pick),
                (None, Err(field)) => Found::Refused(format!("it has no {field}")),
                (None, Ok(name)) => judge.among(*row, name, &named[name.as_str()]),
            });
        Self {
            found: found.collect(),
            rows: rows.to_vec(),
        }
    }

    /// How many are where.
    pub(super) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for found in &self.found {
            *match found {
                Found::Ready(_) => &mut counts.ready,
                Found::Equal(_) => &mut counts.equal,
                Found::Itself => &mut counts.own,
                Found::Missing(_) => &mut counts.missing,
                Found::Several(_) => &mut counts.to_pick,
                Found::Refused(_) => &mut counts.refused,
                Found::Open => &mut counts.open,
            } += 1;
        }
        counts
    }

    /// What would be staged: one value for all, or a value for each.
    pub(super) fn asked(&self, workbench: &Workbench) -> Option<Asked> {
        let mut ready: Vec<(Row, Row)> = self
            .rows
            .iter()
            .zip(&self.found)
            .filter_map(|(row, found)| match found {
                Found::Ready(choice) => Some((*row, *choice)),
                Found::Equal(_)
                | Found::Itself
                | Found::Missing(_)
                | Found::Several(_)
                | Found::Refused(_)
                | Found::Open => None,
            })
            .collect();
        ready.sort_unstable();
        let first = ready.first()?.1;
        let rows: RoaringBitmap = ready.iter().map(|(row, _)| *row).collect();
        let edit = if ready.iter().all(|(_, choice)| *choice == first) {
            Edit::Set(value(first, workbench))
        } else {
            let one = |(row, choice)| (row, value(choice, workbench));
            Edit::Assign(ready.into_iter().map(one).collect())
        };
        Some(Asked {
            field: FieldKey::thumbnail(),
            edit,
            rows,
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

fn value(choice: Row, workbench: &Workbench) -> Value {
    let listing = &workbench.listing;
    Value::Asset {
        id: listing.id(choice),
        name: listing.name(choice).into_owned(),
    }
}

/// Says whether an asset may get another one; the rules of each pair of types are asked once.
struct Judge<'a> {
    workbench: &'a Workbench,
    known: HashMap<(String, Row), Option<String>>,
}

impl<'a> Judge<'a> {
    fn new(workbench: &'a Workbench) -> Self {
        Self {
            workbench,
            known: HashMap::new(),
        }
    }

    fn of(&mut self, row: Row, choice: Row) -> Found {
        let listing = &self.workbench.listing;
        if row == choice {
            return Found::Itself;
        }
        if let Some(why) = listing.locked(row) {
            return Found::Refused(format!("not editable: {why}"));
        }
        let key = (listing.kind(row).into_owned(), choice);
        let workbench = self.workbench;
        let refusal = self
            .known
            .entry(key)
            .or_insert_with(|| refusal(row, choice, workbench));
        if let Some(why) = refusal {
            return Found::Refused(why.clone());
        }
        let now = workbench
            .draft()
            .value(listing, row, &FieldKey::thumbnail());
        if same(&now, &value(choice, workbench)) {
            Found::Equal(choice)
        } else {
            Found::Ready(choice)
        }
    }

    /// Among those of a name: the ones of a type that can be a thumbnail count.
    fn among(&mut self, row: Row, name: &str, candidates: &[Row]) -> Found {
        if candidates.contains(&row) {
            return Found::Itself;
        }
        let fit: Vec<Row> = candidates
            .iter()
            .copied()
            .filter(|choice| !matches!(self.of(row, *choice), Found::Refused(_)))
            .collect();
        match (fit.as_slice(), candidates) {
            ([], []) => Found::Missing(name.to_owned()),
            ([one], _) | ([], [one, ..]) => self.of(row, *one),
            (some, _) => Found::Several(some.to_vec()),
        }
    }
}

/// Why an asset can't have this one as its thumbnail.
fn refusal(row: Row, choice: Row, workbench: &Workbench) -> Option<String> {
    let capabilities = workbench.capabilities.as_ref()?;
    let key = FieldKey::thumbnail();
    let given = value(choice, workbench);
    plan::refusal(
        &workbench.listing,
        (&workbench.schema, capabilities),
        (row, &key),
        &given,
    )
}

/// Why an asset can be nobody's thumbnail, if so.
pub(super) fn unfit(choice: Row, workbench: &Workbench) -> Option<String> {
    let types = &workbench.capabilities.as_ref()?.thumbnail_types;
    let kind = workbench.listing.kind(choice);
    if types.is_empty() || types.iter().any(|one| *one == kind) {
        return None;
    }
    Some(format!(
        "a {kind} can't be a thumbnail; allowed are {}",
        types.join(", ")
    ))
}

/// The part of a name that a set of pictures shares: what stands before its last `_` or `-`.
pub(super) fn stem(name: &str) -> String {
    let at = name.rfind(['_', '-']);
    fold(at.map_or(name, |at| &name[..=at]))
}
