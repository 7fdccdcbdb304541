//! Searches: by the indexes where columns can answer, else by a scan whose answer is remembered.

use std::cmp::Ordering;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::Ordering as Memory;
use std::sync::{Arc, PoisonError};

use rusqlite::{Connection, params_from_iter};

use crate::catalogue::database::kinds::Kinds;
use crate::catalogue::database::reads::{COLUMNS, count_in, record_of};
use crate::catalogue::database::sql::{self, Clause, Ground};
use crate::catalogue::database::{DatabaseError, Library, read};
use crate::catalogue::evaluate::{Key, matches, prepared, values_of};
use crate::catalogue::model::AssetRecord;
use crate::catalogue::query::{Bucket, Condition, Found, Operand, Search, Sort};
use crate::catalogue::schema::Schema;

/// How many scanned answers are remembered, and how long one may be.
const ANSWERS_KEPT: usize = 6;
const LONGEST_ANSWER: usize = 300_000;

/// A matching asset: its sort keys and its row.
type Entry = (Box<[Key]>, i64);

/// Answers that hold until something is written.
#[derive(Debug, Default)]
pub(super) struct Answers {
    generation: u64,
    totals: HashMap<String, u64>,
    scans: VecDeque<(String, Arc<Vec<Entry>>)>,
}

impl Answers {
    /// Forget everything older than this generation.
    fn renew(&mut self, generation: u64) -> &mut Self {
        if self.generation != generation {
            *self = Self {
                generation,
                ..Self::default()
            };
        }
        self
    }
}

impl Library {
    /// Find assets.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn search(&self, search: &Search) -> Result<Found, DatabaseError> {
        let condition = prepared(&search.condition);
        let (kinds, schema) = (read(&self.inner.kinds).clone(), self.schema());
        let ground = Ground {
            kinds: &kinds,
            schema: &schema,
        };
        let by_columns = || {
            let clause = ground.exact(&condition)?;
            let order = sql::order_by(&search.sort)?;
            let after = match &search.after {
                Some(values) => Some(sql::after(&search.sort, values)?),
                None => None,
            };
            Some((clause, order, after))
        };
        let (total, rows) = if let Some((clause, order, after)) = by_columns() {
            let total = self.total(&clause)?;
            let clause = Clause::joined(std::iter::once(clause).chain(after).collect(), " AND ");
            (total, self.rows_by_index(&clause, &order, search)?)
        } else {
            let entries = self.scan(&condition, &search.sort, &ground)?;
            (len(entries.len()), page_of(&entries, search))
        };
        let records = self.by_rows(&rows)?;
        let sort_values = records
            .iter()
            .map(|record| {
                keys(&search.sort, record, &schema)
                    .iter()
                    .map(Key::to_json)
                    .collect()
            })
            .collect();
        Ok(Found {
            total,
            records,
            sort_values,
        })
    }

    /// How many assets match.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn count(&self, condition: &Condition) -> Result<u64, DatabaseError> {
        let search = Search::first(condition.clone(), 0);
        Ok(self.search(&search)?.total)
    }

    /// The values of an operand among the matching assets, most frequent first, then by value.
    /// An asset counts once for each of its values, not at all where it has none.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn buckets(
        &self,
        condition: &Condition,
        operand: &Operand,
    ) -> Result<Vec<Bucket>, DatabaseError> {
        let condition = prepared(condition);
        let (kinds, schema) = (read(&self.inner.kinds).clone(), self.schema());
        let ground = Ground {
            kinds: &kinds,
            schema: &schema,
        };
        let mut counts: HashMap<String, u64> = HashMap::new();
        let by_code = matches!(operand, Operand::Kind | Operand::TypeName);
        match ground.exact(&condition).filter(|_| by_code) {
            Some(clause) => {
                for (code, count) in self.counts_by_code(&clause)? {
                    let (kind, type_name) = kinds.pair(code);
                    let value = if *operand == Operand::Kind {
                        kind
                    } else {
                        type_name
                    };
                    *counts.entry(value.to_owned()).or_default() += count;
                }
            }
            None => self.each(&condition, &ground, |record| {
                for value in values_of(operand, record, &schema) {
                    *counts.entry(value.into_owned()).or_default() += 1;
                }
            })?,
        }
        let mut buckets: Vec<Bucket> = counts
            .into_iter()
            .filter(|(value, _)| !value.is_empty())
            .map(|(value, count)| Bucket { value, count })
            .collect();
        buckets.sort_by(|one, two| {
            two.count
                .cmp(&one.count)
                .then_with(|| one.value.cmp(&two.value))
        });
        Ok(buckets)
    }

    fn counts_by_code(&self, clause: &Clause) -> Result<Vec<(i64, u64)>, DatabaseError> {
        self.reading(|connection| {
            let sql = format!(
                "SELECT code, COUNT(*) FROM assets WHERE {} GROUP BY code",
                clause.text
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let counts = statement.query_map(params_from_iter(&clause.arguments), |row| {
                Ok((row.get(0)?, count_in(row, 1)?))
            })?;
            Ok(counts.collect::<Result<_, _>>()?)
        })
    }

    fn total(&self, clause: &Clause) -> Result<u64, DatabaseError> {
        let generation = self.inner.generation.load(Memory::SeqCst);
        let key = format!("{clause:?}");
        let known = {
            let mut answers = self
                .inner
                .answers
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            answers.renew(generation).totals.get(&key).copied()
        };
        if let Some(total) = known {
            return Ok(total);
        }
        let total = self.reading(|connection| {
            let sql = format!("SELECT COUNT(*) FROM assets WHERE {}", clause.text);
            let mut statement = connection.prepare_cached(&sql)?;
            Ok(statement.query_row(params_from_iter(&clause.arguments), |row| count_in(row, 0))?)
        })?;
        let mut answers = self
            .inner
            .answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        answers.renew(generation).totals.insert(key, total);
        Ok(total)
    }

    fn rows_by_index(
        &self,
        clause: &Clause,
        order: &str,
        search: &Search,
    ) -> Result<Vec<i64>, DatabaseError> {
        if search.limit == 0 {
            return Ok(Vec::new());
        }
        self.reading(|connection| {
            let sql = format!(
                "SELECT row FROM assets WHERE {} ORDER BY {order} LIMIT {} OFFSET {}",
                clause.text,
                search.limit.min(LARGEST),
                search.offset.min(LARGEST),
            );
            let mut statement = connection.prepare(&sql)?;
            let rows =
                statement.query_map(params_from_iter(&clause.arguments), |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// All matches with their keys, in order.
    fn scan(
        &self,
        condition: &Condition,
        sort: &[Sort],
        ground: &Ground<'_>,
    ) -> Result<Arc<Vec<Entry>>, DatabaseError> {
        let generation = self.inner.generation.load(Memory::SeqCst);
        let name = format!("{condition:?}{sort:?}");
        {
            let mut answers = self
                .inner
                .answers
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let known = answers
                .renew(generation)
                .scans
                .iter()
                .find(|(known, _)| *known == name);
            if let Some((_, entries)) = known {
                return Ok(Arc::clone(entries));
            }
        }
        let mut entries: Vec<Entry> = Vec::new();
        self.each(condition, ground, |record| {
            entries.push((keys(sort, record, ground.schema), record.row));
        })?;
        // As the indexes do it: the row closes a tie in the direction of the last key.
        let backwards = sort.last().is_some_and(|key| key.descending);
        entries.sort_by(|one, two| {
            let rows = if backwards {
                two.1.cmp(&one.1)
            } else {
                one.1.cmp(&two.1)
            };
            compare(&one.0, &two.0, sort).then(rows)
        });
        let entries = Arc::new(entries);
        if entries.len() <= LONGEST_ANSWER {
            let mut answers = self
                .inner
                .answers
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let scans = &mut answers.renew(generation).scans;
            scans.push_front((name, Arc::clone(&entries)));
            scans.truncate(ANSWERS_KEPT);
        }
        Ok(entries)
    }

    /// Show every match, in row order.
    fn each(
        &self,
        condition: &Condition,
        ground: &Ground<'_>,
        show: impl FnMut(&AssetRecord),
    ) -> Result<(), DatabaseError> {
        let clause = ground.loose(condition);
        self.reading(|connection| {
            walk(
                connection,
                ground.kinds,
                &clause,
                |record| matches(condition, record, ground.schema),
                show,
            )
        })
    }
}

/// The largest number SQL takes.
const LARGEST: u64 = i64::MAX.unsigned_abs();

fn walk(
    connection: &Connection,
    kinds: &Kinds,
    clause: &Clause,
    wanted: impl Fn(&AssetRecord) -> bool,
    mut show: impl FnMut(&AssetRecord),
) -> Result<(), DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM assets WHERE {} ORDER BY row",
        clause.text
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(&clause.arguments))?;
    while let Some(row) = rows.next()? {
        let record = record_of(row, kinds)?;
        if wanted(&record) {
            show(&record);
        }
    }
    Ok(())
}

fn len(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn keys(sort: &[Sort], record: &AssetRecord, schema: &Schema) -> Box<[Key]> {
    sort.iter()
        .map(|key| Key::of(&key.by, record, schema))
        .collect()
}

fn compare(one: &[Key], two: &[Key], sort: &[Sort]) -> Ordering {
    sort.iter()
        .zip(one.iter().zip(two))
        .map(|(key, (one, two))| one.compare(two, key.descending))
        .find(|order| *order != Ordering::Equal)
        .unwrap_or(Ordering::Equal)
}

/// The rows of one page of a scanned answer.
fn page_of(entries: &[Entry], search: &Search) -> Vec<i64> {
    let start = search.after.as_ref().map_or(0, |values| {
        let after: Vec<Key> = values.iter().map(Key::from_json).collect();
        entries
            .partition_point(|(keys, _)| compare(keys, &after, &search.sort) != Ordering::Greater)
    });
    let skip = usize::try_from(search.offset).unwrap_or(usize::MAX);
    let take = usize::try_from(search.limit).unwrap_or(usize::MAX);
    entries[start..]
        .iter()
        .skip(skip)
        .take(take)
        .map(|(_, row)| *row)
        .collect()
}
