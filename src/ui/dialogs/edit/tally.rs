//! What values assets have in a field, as the library has them and as the draft has them.

use std::collections::{HashMap, HashSet};

use roaring::RoaringBitmap;

use crate::domain::{
    Field, Value, Workbench,
    draft::{Chain, FieldGroups},
};

/// How many values are offered of those the assets have now.
const OFFERED: usize = 50;
/// So many staged values that hardly repeat are compared with each other; more count as different.
const COMPARED: u64 = 5_000;

/// The values of a field.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// The values most assets have, most used first.
    pub(super) most: Vec<Value>,
    /// How many different values there are.
    pub(super) values: u64,
    /// How many assets have none.
    pub(super) empty: u64,
    /// How many different entries the values have, where they have several.
    pub(super) entries: u64,
}

impl Tally {
    /// Of these assets, as the library has them.
    pub(super) fn of(field: &Field, rows: &RoaringBitmap, workbench: &Workbench) -> Self {
        Self::over(field, rows, (workbench, None))
    }

    /// Of those of these assets something is staged on, as it is staged; `None` if there is none.
    pub(super) fn staged(
        field: &Field,
        rows: &RoaringBitmap,
        workbench: &Workbench,
    ) -> Option<(Self, u64)> {
        let groups = workbench.draft().field(&field.key)?;
        let rows = rows & groups.rows();
        let count = rows.len();
        (count > 0).then(|| (Self::over(field, &rows, (workbench, Some(groups))), count))
    }

    fn over(
        field: &Field,
        rows: &RoaringBitmap,
        (workbench, draft): (&Workbench, Option<&FieldGroups>),
    ) -> Self {
        let mut staged: HashMap<Value, u64> = HashMap::new();
        let mut different = 0;
        let mut rest = rows.clone();
        if let Some(groups) = draft {
            different = count_staged(groups, rows, &mut staged);
            rest -= groups.rows();
        }
        let column = workbench.listing.values(&field.key);
        let mut places: Vec<(u32, u64)> = Vec::new();
        match column {
            Some(column) => {
                places = column.tally(&rest);
                for (place, count) in &mut places {
                    // What is staged may be so elsewhere already.
                    if !staged.is_empty() {
                        *count += staged.remove(&*column.at(*place)).unwrap_or(0);
                    }
                }
            }
            None => *staged.entry(Value::Absent).or_default() += rest.len(),
        }
        let mut counted: Vec<(Value, u64)> = staged.into_iter().collect();
        let mut tally = Self {
            values: different,
            ..Self::default()
        };
        let mut entries: HashSet<String> = HashSet::new();
        let several = field.kind.is_multiple();
        for (value, count) in &counted {
            tally.add(value, *count, (several, &mut entries));
        }
        if let Some(column) = column {
            if several {
                for (place, count) in &places {
                    tally.add(&column.at(*place), *count, (true, &mut entries));
                }
            } else {
                tally.values += places.len() as u64;
                for place in [Value::Absent, Value::Unknown] {
                    let place = column.place_of_known(&place);
                    let none = places.iter().find(|(known, _)| Some(*known) == place);
                    tally.empty += none.map_or(0, |(_, count)| *count);
                    tally.values -= u64::from(none.is_some());
                }
            }
            if places.len() > OFFERED + 2 {
                places.select_nth_unstable_by_key(OFFERED + 2, |(_, count)| u64::MAX - count);
                places.truncate(OFFERED + 2);
            }
            let most = places.into_iter();
            counted.extend(most.map(|(place, count)| (column.at(place).into_owned(), count)));
        }
        counted.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        let most = counted.into_iter().map(|(value, _)| value);
        tally.most = most.filter(Value::is_present).take(OFFERED).collect();
        tally.entries = entries.len() as u64;
        tally
    }

    fn add(&mut self, value: &Value, count: u64, (several, entries): (bool, &mut HashSet<String>)) {
        if !value.is_present() {
            self.empty += count;
            return;
        }
        self.values += 1;
        for entry in value.entries().iter().filter(|_| several) {
            if !entries.contains(entry) {
                entries.insert(entry.clone());
            }
        }
    }
}

/// Counts staged values; how many more there are of which hardly two are alike.
fn count_staged(
    groups: &FieldGroups,
    rows: &RoaringBitmap,
    staged: &mut HashMap<Value, u64>,
) -> u64 {
    let mut different = 0;
    let mut add = |value: Value, count| *staged.entry(value).or_default() += count;
    let here = |chain: &&Chain| !chain.rows().is_disjoint(rows);
    for chain in groups.chains().filter(here) {
        for group in chain.groups() {
            let count = group.rows.intersection_len(rows);
            if count > 0 {
                add(group.after.clone(), count);
            }
        }
        let each = chain.scattered() & rows;
        if each.len() > COMPARED {
            different += each.len();
            continue;
        }
        for (_, pair) in chain.each(&each) {
            add(pair.after, 1);
        }
    }
    different
}
