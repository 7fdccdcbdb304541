//! Runs: frozen changes, notes before sending, and how every change ended.

use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::{
    Workspace,
    error::StoreError,
    items,
    notes::{number, put_call, put_settlements},
    page, seal,
};
use crate::domain::{
    FieldKey, Item, OperationId, Outcome, Run, RunId,
    run::{CallNote, RunRules, RunState, RunSummary, ServerCounts, Settlement, Tally},
};

/// Changes kept in one record.
const ITEMS_A_RECORD: usize = 512;

/// What never changes about a run.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    label: String,
    author: String,
    profile: String,
    started_ms: i64,
    digest: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reverts: Vec<RunId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldKey>,
    /// Runs of earlier versions had none.
    #[serde(default)]
    rules: RunRules,
}

impl Workspace {
    /// The name the next run gets.
    ///
    /// # Errors
    ///
    /// If the file can't be read.
    pub fn next_run_id(&self) -> Result<RunId, StoreError> {
        let sql = "SELECT coalesce(max(number), 0) + 1 FROM runs";
        let number = self.connection.query_row(sql, [], |row| row.get(0));
        Ok(RunId::numbered(
            number.map_err(|error| StoreError::of(&self.path, &error))?,
        ))
    }

    /// Freezes a run: its changes, its planned calls, and what has ended already.
    ///
    /// # Errors
    ///
    /// [`StoreError::RunExists`] if there is a run of this name; nothing is kept on any error.
    pub fn begin_run(&mut self, run: &Run) -> Result<(), StoreError> {
        let head = seal::write(&Head {
            label: run.label.clone(),
            author: run.author.clone(),
            profile: run.profile.clone(),
            started_ms: run.started_ms,
            digest: run.digest.clone(),
            reverts: run.reverts.clone(),
            fields: run.fields(),
            rules: run.rules,
        });
        self.write(|transaction, path| {
            let fault = |error: rusqlite::Error| StoreError::of(path, &error);
            let unfit = |why| StoreError::Database {
                path: path.to_path_buf(),
                why,
            };
            let (head, sum) = head.map_err(unfit)?;
            let made = transaction
                .execute(
                    "INSERT OR IGNORE INTO runs (id, head, seal, items, state, finished_ms)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![
                        run.id.0,
                        head,
                        sum,
                        i64::try_from(run.items.len()).unwrap_or(i64::MAX),
                        run.state.word(),
                        run.finished_ms
                    ],
                )
                .map_err(fault)?;
            if made == 0 {
                return Err(StoreError::RunExists(run.id.clone()));
            }
            let number = transaction.last_insert_rowid();
            let mut insert = transaction
                .prepare("INSERT INTO items (run, first, body, seal) VALUES (?1, ?2, ?3, ?4)")
                .map_err(fault)?;
            for (place, items) in (0i64..).zip(run.items.chunks(ITEMS_A_RECORD)) {
                let (body, sum) = items::pack(items);
                insert
                    .execute(params![number, place, body, sum])
                    .map_err(fault)?;
            }
            for call in &run.calls {
                put_call(transaction, number, call).map_err(|why| why.on(path))?;
            }
            let settled: Vec<_> = run.settled.iter().flatten().collect();
            put_settlements(transaction, number, settled).map_err(|why| why.on(path))
        })
    }

    /// Keeps a run's state; the end of a finished or stopped one is `at_ms`.
    ///
    /// # Errors
    ///
    /// If it can't be kept.
    pub fn set_run_state(
        &mut self,
        run: &RunId,
        state: RunState,
        at_ms: i64,
    ) -> Result<(), StoreError> {
        let finished = state.is_over().then_some(at_ms);
        self.write(|transaction, path| {
            let changed = transaction
                .execute(
                    "UPDATE runs SET state = ?2, finished_ms = ?3 WHERE id = ?1",
                    params![run.0, state.word(), finished],
                )
                .map_err(|error| StoreError::of(path, &error))?;
            if changed == 0 {
                return Err(StoreError::NoRun(run.clone()));
            }
            if finished.is_some() {
                // Clocks jump; the order of what was kept does not.
                transaction
                    .execute(
                        "INSERT INTO settings (key, value)
                         SELECT 'ended:' || ?1, coalesce(max(seq), 0) FROM operations WHERE true
                         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                        [&run.0],
                    )
                    .map_err(|error| StoreError::of(path, &error))?;
            }
            Ok(())
        })
    }

    /// The last operation that was kept when a run ended; `None` if it has not, or long ago.
    ///
    /// # Errors
    ///
    /// If the file can't be read.
    pub fn ended_after(&self, run: &RunId) -> Result<Option<OperationId>, StoreError> {
        let last = self.setting(&format!("ended:{run}"))?;
        Ok(last.and_then(|last| last.parse().ok()).map(OperationId))
    }

    /// The runs without their changes, oldest first.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] if a record is not what was written.
    pub fn runs(&self) -> Result<Vec<RunSummary>, StoreError> {
        let runs = self.summaries(None)?;
        if self.last_given("runs")? != runs.len() as u64 {
            return Err(self.damaged("some runs are missing"));
        }
        Ok(runs)
    }

    /// The runs that go on, or wait for somebody to go on with them; oldest first.
    ///
    /// # Errors
    ///
    /// If the file can't be read.
    pub fn unfinished_runs(&self) -> Result<Vec<RunId>, StoreError> {
        let sql = "SELECT id FROM runs WHERE state IN ('running', 'paused', 'interrupted')
                   ORDER BY number";
        let ids = self.connection.prepare(sql).and_then(|mut statement| {
            let ids = statement.query_map([], |row| Ok(RunId(row.get(0)?)))?;
            ids.collect()
        });
        ids.map_err(|error| StoreError::of(&self.path, &error))
    }

    /// So many of the last runs, the newest last, and where they are.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] if a record is not what was written.
    pub fn last_runs(&self, count: u32) -> Result<Vec<(RunId, RunState)>, StoreError> {
        let sql = "SELECT id, state FROM runs ORDER BY number DESC LIMIT ?1";
        let last = self.connection.prepare(sql).and_then(|mut statement| {
            let told = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, String>(1)?));
            let last = statement.query_map([count], told)?;
            last.collect::<Result<Vec<_>, _>>()
        });
        let last = last.map_err(|error| StoreError::of(&self.path, &error))?;
        let known = |(id, word): (String, String)| {
            let state = state(&word).ok_or_else(|| self.damaged("a run has no known state"))?;
            Ok((RunId(id), state))
        };
        last.into_iter().rev().map(known).collect()
    }

    /// The name of the last run; `None` if there never was one.
    ///
    /// # Errors
    ///
    /// If the file can't be read.
    pub fn last_run(&self) -> Result<Option<RunId>, StoreError> {
        let sql = "SELECT id FROM runs ORDER BY number DESC LIMIT 1";
        let id = self
            .connection
            .query_row(sql, [], |row| row.get(0))
            .optional();
        Ok(id
            .map_err(|error| StoreError::of(&self.path, &error))?
            .map(RunId))
    }

    /// A run with everything known of it.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoRun`]; [`StoreError::Damaged`] if a record is not what was written.
    pub fn load_run(&self, id: &RunId) -> Result<Run, StoreError> {
        let summary = self
            .summaries(Some(id))?
            .pop()
            .ok_or(StoreError::NoRun(id.clone()))?;
        let number = number(&self.connection, id).map_err(|why| why.on(&self.path))?;
        let calls: Vec<CallNote> = self.sealed(
            "SELECT body, seal FROM calls WHERE run = ?1 ORDER BY number",
            [number],
        )?;
        let settled: Vec<Settlement> = self.sealed(
            "SELECT body, seal FROM settlements WHERE run = ?1 ORDER BY item",
            [number],
        )?;
        let items = self.items(number)?;
        if items.len() != summary.items as usize {
            return Err(self.damaged(&format!("run {id} lacks some of its changes")));
        }
        let counts = calls.iter().filter_map(|call| call.counts);
        let mut run = Run {
            id: summary.id,
            label: summary.label,
            author: summary.author,
            profile: summary.profile,
            started_ms: summary.started_ms,
            finished_ms: summary.finished_ms,
            digest: summary.digest,
            rules: summary.rules,
            state: summary.state,
            settled: vec![None; items.len()],
            items,
            counted: counts.clone().next().is_some(),
            counts: counts.fold(ServerCounts::default(), |sum, one| ServerCounts {
                success: sum.success + one.success,
                warning: sum.warning + one.warning,
                error: sum.error + one.error,
            }),
            calls,
            reverts: summary.reverts,
        };
        for settlement in settled {
            run.settle(settlement);
        }
        Ok(run)
    }

    /// A run that was going on when the program ended was interrupted.
    pub(super) fn interrupt_runs(&mut self) -> Result<(), StoreError> {
        self.write(|transaction, path| {
            transaction
                .execute(
                    "UPDATE runs SET state = 'interrupted' WHERE state IN ('running', 'paused')",
                    [],
                )
                .map_err(|error| StoreError::of(path, &error))?;
            Ok(())
        })
    }

    fn items(&self, number: i64) -> Result<Vec<Item>, StoreError> {
        let fault = |error: rusqlite::Error| StoreError::of(&self.path, &error);
        let mut statement = self
            .connection
            .prepare("SELECT body, seal FROM items WHERE run = ?1 ORDER BY first")
            .map_err(fault)?;
        let records: Vec<(Vec<u8>, i64)> = statement
            .query_map([number], |record| Ok((record.get(0)?, record.get(1)?)))
            .and_then(Iterator::collect)
            .map_err(fault)?;
        let parts = page::unpack_all(&records, |body, sum| items::unpack(body, sum));
        let parts = parts.map_err(|why| self.damaged(&why))?;
        Ok(parts.into_iter().flatten().collect())
    }

    fn summaries(&self, only: Option<&RunId>) -> Result<Vec<RunSummary>, StoreError> {
        let fault = |error: rusqlite::Error| StoreError::of(&self.path, &error);
        let mut statement = self
            .connection
            .prepare(
                "SELECT number, id, head, seal, items, state, finished_ms FROM runs
                 WHERE ?1 IS NULL OR id = ?1 ORDER BY number",
            )
            .map_err(fault)?;
        let mut records = statement.query([only.map(|id| &id.0)]).map_err(fault)?;
        let mut summaries = Vec::new();
        while let Some(record) = records.next().map_err(fault)? {
            let number: i64 = record.get(0).map_err(fault)?;
            let body: String = record.get(2).map_err(fault)?;
            let sum: i64 = record.get(3).map_err(fault)?;
            let head: Head = seal::read(&body, sum).map_err(|why| self.damaged(&why))?;
            let word: String = record.get(5).map_err(fault)?;
            summaries.push(RunSummary {
                id: RunId(record.get(1).map_err(fault)?),
                label: head.label,
                author: head.author,
                profile: head.profile,
                started_ms: head.started_ms,
                finished_ms: record.get(6).map_err(fault)?,
                digest: head.digest,
                rules: head.rules,
                state: state(&word).ok_or_else(|| self.damaged("a run has no known state"))?,
                items: record.get(4).map_err(fault)?,
                tally: self.tally(number)?,
                reverts: head.reverts,
                fields: head.fields,
            });
        }
        Ok(summaries)
    }

    fn tally(&self, number: i64) -> Result<Tally, StoreError> {
        let fault = |error: rusqlite::Error| StoreError::of(&self.path, &error);
        let mut statement = self
            .connection
            .prepare_cached("SELECT outcome FROM settlements WHERE run = ?1")
            .map_err(fault)?;
        let mut records = statement.query([number]).map_err(fault)?;
        let mut tally = Tally::default();
        while let Some(record) = records.next().map_err(fault)? {
            let word = record.get_ref(0).map_err(fault)?.as_str().unwrap_or("");
            let outcome = Outcome::ALL
                .into_iter()
                .find(|outcome| outcome.word() == word);
            tally.add(outcome.ok_or_else(|| self.damaged("a change has no known outcome"))?);
        }
        Ok(tally)
    }
}

fn state(word: &str) -> Option<RunState> {
    use RunState::{Finished, Interrupted, Paused, Running, Stopped};
    [Running, Paused, Stopped, Finished, Interrupted]
        .into_iter()
        .find(|state| state.word() == word)
}
