//! Large loads: many new assets without a log, in transactions of a bearable size.

use std::sync::PoisonError;

use rusqlite::{Connection, OptionalExtension};

use crate::catalogue::database::changes::insert;
use crate::catalogue::database::kinds::Kinds;
use crate::catalogue::database::reads::last_row;
use crate::catalogue::database::{DatabaseError, Library, read, structure};
use crate::catalogue::identity;
use crate::catalogue::model::AssetRecord;
use crate::catalogue::query::{Condition, Operand};
use crate::catalogue::schema::Schema;

/// How many assets one transaction holds.
const AT_ONCE: u64 = 50_000;

/// A load in progress.
pub struct Loading<'library> {
    connection: &'library Connection,
    kinds: Kinds,
    next_row: i64,
    pending: u64,
    added: u64,
}

impl Library {
    /// Load many new assets. Into an empty library this is fast: its indexes are made at the end.
    /// What was added before an error stays.
    ///
    /// # Errors
    ///
    /// What the work fails with, or the database.
    pub fn load<T, E: From<DatabaseError>>(
        &self,
        work: impl FnOnce(&mut Loading<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut work = Some(work);
        let kinds = read(&self.inner.kinds).clone();
        let outcome = self.inner.connections.write(|connection| {
            let first_row = last_row(connection)? + 1;
            if first_row == 1 {
                structure::drop_indexes(connection)?;
            }
            let mut loading = Loading {
                connection,
                kinds,
                next_row: first_row,
                pending: 0,
                added: 0,
            };
            connection.execute_batch("BEGIN IMMEDIATE")?;
            let answer = work.take().map(|work| work(&mut loading));
            let kinds = loading.kinds;
            connection.execute_batch("COMMIT")?;
            structure::add_indexes(connection)?;
            *self
                .inner
                .kinds
                .write()
                .unwrap_or_else(PoisonError::into_inner) = kinds;
            answer.ok_or(DatabaseError::Stopped)
        });
        self.touch();
        outcome.map_err(E::from)?
    }

    /// Fill the dictionaries of the open tag fields with the values in use.
    ///
    /// # Errors
    ///
    /// When the database cannot be read or written.
    pub fn collect_dictionaries(&self) -> Result<(), DatabaseError> {
        let schema = self.schema();
        let mut collected = Vec::new();
        for field in &schema.fields {
            if field.kind.is_tag() && !field.kind.is_fixed() {
                let operand = Operand::Field(field.name.clone());
                let mut values: Vec<String> = self
                    .buckets(&Condition::Always, &operand)?
                    .into_iter()
                    .map(|bucket| bucket.value)
                    .collect();
                values.sort_unstable();
                collected.push((field.name.clone(), values));
            }
        }
        self.change_schema(|schema| {
            for (name, values) in collected {
                for field in schema.fields.iter_mut().filter(|field| field.name == name) {
                    field.dictionary.clone_from(&values);
                }
            }
        })
    }

    /// Empty the library: assets, log and dictionaries. The file stays.
    ///
    /// # Errors
    ///
    /// When the database cannot be written.
    pub fn clear(&self) -> Result<(), DatabaseError> {
        self.inner.connections.write(|connection| {
            connection.execute_batch(
                "BEGIN IMMEDIATE; DELETE FROM assets; DELETE FROM log; DELETE FROM dictionary;
                 DELETE FROM settings; COMMIT",
            )?;
            Ok(())
        })?;
        self.replace_schema(Schema::default());
        Ok(())
    }
}

impl Loading<'_> {
    /// Add one asset; its row, and where empty its id, guid and qualified name, are given here.
    ///
    /// # Errors
    ///
    /// When the database cannot be written.
    pub fn add(&mut self, mut record: AssetRecord) -> Result<(), DatabaseError> {
        record.row = self.next_row;
        if record.id.is_empty() {
            record.id = format!("a|{}", record.row);
        }
        if record.guid.is_empty() {
            record.guid = identity::guid_of(&record.id).to_string();
        }
        if record.qualified_name.is_empty() {
            record.qualified_name.clone_from(&record.id);
        }
        insert(self.connection, &mut self.kinds, &record)?;
        self.next_row += 1;
        self.added += 1;
        self.pending += 1;
        if self.pending == AT_ONCE {
            self.pending = 0;
            self.connection.execute_batch("COMMIT; BEGIN IMMEDIATE")?;
        }
        Ok(())
    }

    /// The row the next asset gets.
    pub const fn next_row(&self) -> i64 {
        self.next_row
    }

    /// How many were added so far.
    pub const fn added(&self) -> u64 {
        self.added
    }

    /// Whether an asset of this id was there before the load. Do not ask it for assets added in
    /// this load: until its end there is no index to find them by.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn had_id(&self, id: &str) -> Result<bool, DatabaseError> {
        let first_new = self.next_row - i64::try_from(self.added).unwrap_or(i64::MAX);
        if first_new == 1 {
            return Ok(false);
        }
        let found: Option<i64> = self
            .connection
            .prepare_cached("SELECT row FROM assets WHERE id = ?1")?
            .query_row([id], |row| row.get(0))
            .optional()?;
        Ok(found.is_some_and(|row| row < first_new))
    }
}
