//! Restore points: what the library had before each run, and what differs between two of them.
//!
//! A run's frozen before values are its restore point. What a value was at a point is told by the
//! first run from there on that touched it; where none did, by what the last run before wrote.
//! Only values that runs touched are known, so only those are compared.

#[cfg(test)]
mod tests;

use std::{
    fmt::{self, Write as _},
    str::FromStr,
};

use indexmap::IndexMap;

use super::{AssetId, FieldKey, Item, Outcome, Run, RunId, Value, Workbench, run::Settlement};

/// A moment in the life of the library.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Point {
    /// Just before this run.
    Before(RunId),
    /// Now, as far as the listing tells.
    Now,
}

impl Point {
    /// The run it stands before.
    pub fn run(&self) -> Option<&RunId> {
        match self {
            Self::Before(run) => Some(run),
            Self::Now => None,
        }
    }

    fn number(&self) -> u32 {
        self.run().map_or(u32::MAX, RunId::number)
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Before(run) => write!(f, "before {run}"),
            Self::Now => f.write_str("now"),
        }
    }
}

/// Words that name no point.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no restore point; say a run (R-0003) or now")]
pub struct NoPoint(String);

impl FromStr for Point {
    type Err = NoPoint;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let word = word.trim();
        if word.eq_ignore_ascii_case("now") {
            return Ok(Self::Now);
        }
        let id = RunId(word.to_ascii_uppercase());
        if id.0.starts_with("R-") && id.number() > 0 {
            Ok(Self::Before(id))
        } else {
            Err(NoPoint(word.to_owned()))
        }
    }
}

/// One value that differs between two points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointDifference {
    /// The asset.
    pub asset: AssetId,
    /// Its name.
    pub name: String,
    /// The field.
    pub field: FieldKey,
    /// What it was at the earlier point.
    pub from: Value,
    /// What it was at the later point.
    pub to: Value,
    /// The runs in between that wrote it.
    pub runs: Vec<RunId>,
}

/// Two points compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The earlier point.
    pub from: Point,
    /// The later point.
    pub to: Point,
    /// What differs, asset by asset in the order runs touched them.
    pub differences: Vec<PointDifference>,
    /// Values that were touched in between and are the same again.
    pub same: u64,
    /// Values that nobody read at one of the points.
    pub unread: u64,
    /// Runs in between that are not loaded: without them the comparison is not whole.
    pub missing: Vec<RunId>,
}

impl Comparison {
    /// `before R-0003 -> now: 12 values differ, 3 are the same again`.
    pub fn sentence(&self) -> String {
        let Self { from, to, .. } = self;
        let count = self.differences.len();
        let differ = if count == 1 {
            "value differs"
        } else {
            "values differ"
        };
        let mut words = format!("{from} -> {to}: {count} {differ}");
        if self.same > 0 {
            let _ = write!(words, ", {} the same again", self.same);
        }
        if self.unread > 0 {
            let _ = write!(words, ", {} never read", self.unread);
        }
        words
    }

    /// `compare-R-0003-now`: a name for a file.
    pub fn file_name(&self) -> String {
        let word = |point: &Point| point.run().map_or("now".to_owned(), RunId::to_string);
        format!("compare-{}-{}", word(&self.from), word(&self.to))
    }
}

/// The runs a comparison needs: those from the earlier point on.
pub fn needed<'a>(
    all: impl IntoIterator<Item = &'a RunId>,
    points: (&Point, &Point),
) -> Vec<RunId> {
    let first = points.0.number().min(points.1.number());
    let from = |id: &&RunId| id.number() >= first;
    all.into_iter().filter(from).cloned().collect()
}

/// What is known of one value while two points are compared.
struct Known<'a> {
    item: &'a Item,
    from: &'a Value,
    to: Option<&'a Value>,
    /// What the last run before the later point wrote, or what it found.
    left: &'a Value,
    runs: Vec<RunId>,
}

/// Compares two points, in either order. `runs` are those that are loaded, oldest first; `now`
/// tells what the listing has.
pub fn compare<'a>(
    runs: impl IntoIterator<Item = &'a Run>,
    points: (Point, Point),
    now: impl Fn(&Item) -> Value,
) -> Comparison {
    let (from, to) = if points.0.number() <= points.1.number() {
        points
    } else {
        (points.1, points.0)
    };
    let mut known: IndexMap<(&AssetId, &FieldKey), Known<'_>> = IndexMap::new();
    for run in runs
        .into_iter()
        .filter(|run| run.id.number() >= from.number())
    {
        let is_between = run.id.number() < to.number();
        let read = run.found();
        for ((place, item), settled) in (0u32..).zip(&run.items).zip(&run.settled) {
            let settled = settled.as_ref();
            let read = read.get(&place).copied();
            let pair = (&item.asset, &item.field);
            if is_between {
                let found = found(item, settled, read);
                let value = known.entry(pair).or_insert_with(|| Known {
                    item,
                    from: found,
                    to: None,
                    left: found,
                    runs: Vec::new(),
                });
                if let Some(wrote) = wrote(item, settled) {
                    value.left = wrote;
                    value.runs.push(run.id.clone());
                }
            } else if let Some(value) = known.get_mut(&pair) {
                value.to.get_or_insert(found(item, settled, read));
            }
        }
    }
    let mut comparison = Comparison {
        from,
        to,
        differences: Vec::new(),
        same: 0,
        unread: 0,
        missing: Vec::new(),
    };
    for value in known.into_values() {
        let then = match comparison.to {
            Point::Now => now(value.item),
            Point::Before(_) => value.to.unwrap_or(value.left).clone(),
        };
        comparison.take(value, then);
    }
    comparison
}

impl Comparison {
    fn take(&mut self, value: Known<'_>, then: Value) {
        if *value.from == Value::Unknown || then == Value::Unknown {
            self.unread += 1;
        } else if value.item.value_kind.is_equal(value.from, &then) {
            self.same += 1;
        } else {
            self.differences.push(PointDifference {
                asset: value.item.asset.clone(),
                name: value.item.name.clone(),
                field: value.item.field.clone(),
                from: value.from.clone(),
                to: then,
                runs: value.runs,
            });
        }
    }
}

impl Workbench {
    /// Compares two restore points with what is loaded and listed; runs that would have to be
    /// loaded first are named as missing.
    pub fn compare(&self, points: (Point, Point)) -> Comparison {
        let all: Vec<RunId> = self.summaries().into_iter().map(|one| one.id).collect();
        let needed = needed(&all, (&points.0, &points.1));
        let missing = needed
            .into_iter()
            .filter(|run| self.run(run).is_none())
            .collect();
        let now = |item: &Item| {
            let row = self.listing.row(&item.asset);
            let row = row.filter(|row| self.listing.present().contains(*row));
            row.map_or(Value::Unknown, |row| {
                self.listing.value(row, &item.field).into_owned()
            })
        };
        Comparison {
            missing,
            ..compare(self.runs(), points, now)
        }
    }
}

/// What a run found before it wrote: what the draft rested on, or what somebody made of it since.
fn found<'a>(
    item: &'a Item,
    settled: Option<&'a Settlement>,
    read: Option<&'a Value>,
) -> &'a Value {
    if item.before == Value::Unknown {
        return read.unwrap_or(&item.before);
    }
    let conflict = settled.filter(|one| one.outcome == Outcome::Conflict);
    conflict
        .and_then(|one| one.server.as_ref())
        .unwrap_or(&item.before)
}

/// What a run left there, if it wrote.
fn wrote<'a>(item: &'a Item, settled: Option<&'a Settlement>) -> Option<&'a Value> {
    let written = settled.filter(|one| one.outcome.is_written())?;
    Some(written.server.as_ref().unwrap_or(&item.wanted))
}
