//! One transaction of writes: read, change, save, and the log of what was written.

use std::sync::{Arc, PoisonError};

use rusqlite::{Transaction, params};
use serde_json::json;

use crate::catalogue::accounts::Company;
use crate::catalogue::database::changes::{differences, insert, stamp};
use crate::catalogue::database::kinds::Kinds;
use crate::catalogue::database::reads::{by_keys, last_row};
use crate::catalogue::database::{DatabaseError, Library, read, structure};
use crate::catalogue::identity;
use crate::catalogue::model::AssetRecord;
use crate::catalogue::schema::{FieldDefinition, Schema};
use crate::catalogue::writes::{Applied, Author, Face, Refused, Write};

/// A transaction in progress. Everything is kept, or nothing.
pub struct Writing<'library> {
    transaction: Transaction<'library>,
    library: &'library Library,
    author: &'library Author,
    schema: Arc<Schema>,
    kinds: Kinds,
    grown: bool,
}

impl Library {
    /// Do several writes as one. An error takes everything back.
    ///
    /// # Errors
    ///
    /// What the work fails with, or the database.
    pub fn write<T, E: From<DatabaseError>>(
        &self,
        author: &Author,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut work = Some(work);
        let outcome = self.inner.connections.write(|connection| {
            let transaction = connection.transaction()?;
            let mut writing = Writing {
                transaction,
                library: self,
                author,
                schema: self.schema(),
                kinds: read(&self.inner.kinds).clone(),
                grown: false,
            };
            let Some(work) = work.take() else {
                return Err(DatabaseError::Stopped);
            };
            match work(&mut writing) {
                Ok(answer) if author.pretend => Ok(Ok(answer)),
                Ok(answer) => writing.commit().map(|()| Ok(answer)),
                Err(error) => Ok(Err(error)),
            }
        });
        outcome.map_err(E::from)?
    }

    /// Apply wishes one by one (SOAP): each stands or falls alone. One result for each wish.
    ///
    /// # Errors
    ///
    /// When the database fails; nothing is written then.
    pub fn apply_each(
        &self,
        wishes: &[Write],
        author: &Author,
    ) -> Result<Vec<Result<Applied, Refused>>, DatabaseError> {
        self.write(author, |writing| {
            wishes.iter().map(|wish| writing.apply(wish)).collect()
        })
    }

    /// Apply all wishes or none. The inner error is the number of the first wish refused, and why.
    ///
    /// # Errors
    ///
    /// When the database fails; nothing is written then.
    pub fn apply_all(
        &self,
        wishes: &[Write],
        author: &Author,
    ) -> Result<Result<Vec<Applied>, (usize, Refused)>, DatabaseError> {
        let outcome = self.write(author, |writing| {
            let mut done = Vec::with_capacity(wishes.len());
            for (number, wish) in wishes.iter().enumerate() {
                match writing.apply(wish)? {
                    Ok(applied) => done.push(applied),
                    Err(refused) => return Err(Stop::Refused(number, refused)),
                }
            }
            Ok(done)
        });
        match outcome {
            Ok(done) => Ok(Ok(done)),
            Err(Stop::Refused(number, refused)) => Ok(Err((number, refused))),
            Err(Stop::Failed(error)) => Err(error),
        }
    }
}

/// Why a transaction of wishes ended early.
enum Stop {
    Refused(usize, Refused),
    Failed(DatabaseError),
}

impl From<DatabaseError> for Stop {
    fn from(error: DatabaseError) -> Self {
        Self::Failed(error)
    }
}

impl Writing<'_> {
    /// The schema, with what this transaction added to dictionaries.
    pub fn schema(&self) -> Arc<Schema> {
        Arc::clone(&self.schema)
    }

    /// Who writes.
    pub fn author(&self) -> &Author {
        self.author
    }

    /// The company.
    pub fn company(&self) -> &Company {
        self.library.company()
    }

    /// The asset with this id, as this transaction has it.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn by_id(&self, id: &str) -> Result<Option<AssetRecord>, DatabaseError> {
        Ok(by_keys(&self.transaction, &self.kinds, "id", &[id])?
            .into_iter()
            .next())
    }

    /// The asset with this guid, as this transaction has it.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn by_guid(&self, guid: &str) -> Result<Option<AssetRecord>, DatabaseError> {
        Ok(by_keys(&self.transaction, &self.kinds, "guid", &[guid])?
            .into_iter()
            .next())
    }

    /// The assets of exactly this name.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn by_name(&self, name: &str) -> Result<Vec<AssetRecord>, DatabaseError> {
        let fold = name.to_lowercase();
        let mut found = by_keys(&self.transaction, &self.kinds, "name_fold", &[fold])?;
        found.retain(|record| record.name == name);
        Ok(found)
    }

    /// The asset of this type with this qualified name.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn by_qualified_name(
        &self,
        type_name: &str,
        qualified_name: &str,
    ) -> Result<Option<AssetRecord>, DatabaseError> {
        let found = by_keys(
            &self.transaction,
            &self.kinds,
            "qualified_name",
            &[qualified_name],
        )?;
        Ok(found
            .into_iter()
            .find(|record| record.type_name == type_name))
    }

    /// Whether the caller may change this asset.
    ///
    /// # Errors
    ///
    /// [`Refused::NoWriteAccess`] names the folder.
    pub fn permitted(&self, record: &AssetRecord) -> Result<(), Refused> {
        match self.library.refused_folder_of(record) {
            Some(folder) if self.author.face != Face::House => Err(Refused::NoWriteAccess(folder)),
            _ => Ok(()),
        }
    }

    /// Whether every write to this asset is refused on request; if so, whether it is named.
    pub fn poisoned(&self, record: &AssetRecord) -> Option<bool> {
        self.library
            .poisoned(record)
            .filter(|_| self.author.face != Face::House)
    }

    /// One wish from beginning to end.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub fn apply(&mut self, wish: &Write) -> Result<Result<Applied, Refused>, DatabaseError> {
        let Some(before) = self.by_id(&wish.asset)? else {
            return Ok(Err(Refused::UnknownAsset(wish.asset.clone())));
        };
        if let Err(refused) = self.permitted(&before) {
            return Ok(Err(refused));
        }
        let mut after = before.clone();
        match self.change(&mut after, &wish.change)? {
            Ok(applied) => {
                self.save(&before, after)?;
                Ok(Ok(applied))
            }
            Err(refused) => Ok(Err(refused)),
        }
    }

    /// Store a changed record: stamps it, logs every difference, and says whether there was one.
    /// Without a difference the REST face leaves the asset alone; the SOAP face stamps it.
    ///
    /// # Errors
    ///
    /// When the database cannot be written.
    pub fn save(
        &mut self,
        before: &AssetRecord,
        mut after: AssetRecord,
    ) -> Result<bool, DatabaseError> {
        if read(&self.library.inner.pretending).contains(&before.name) {
            return Ok(*before != after);
        }
        stamp(before, &mut after, self.author);
        let differences = differences(&self.schema, before, &after);
        if differences.is_empty() && self.author.face == Face::Rest {
            return Ok(false);
        }
        after.modified = self.author.now;
        after.modified_by.clone_from(&self.author.who);
        self.update(&after)?;
        for (field, (old, new)) in &differences {
            self.log(&after.id, field, old, new)?;
        }
        Ok(!differences.is_empty())
    }

    /// Store a new record. Its row, and where empty its id, guid, qualified name and times, are
    /// given here.
    ///
    /// # Errors
    ///
    /// When the database cannot be written (an id in use is such a case).
    pub fn create(&mut self, mut record: AssetRecord) -> Result<AssetRecord, DatabaseError> {
        record.row = last_row(&self.transaction)? + 1;
        if record.id.is_empty() {
            record.id = format!("a|{}", record.row);
        }
        if record.guid.is_empty() {
            record.guid = identity::guid_of(&record.id).to_string();
        }
        if record.qualified_name.is_empty() {
            record.qualified_name.clone_from(&record.id);
        }
        if record.created == 0 {
            record.created = self.author.now;
            record.created_by.clone_from(&self.author.who);
        }
        if record.modified == 0 {
            record.modified = self.author.now;
            record.modified_by.clone_from(&self.author.who);
        }
        stamp(&AssetRecord::default(), &mut record, self.author);
        insert(&self.transaction, &mut self.kinds, &record)?;
        self.log(
            &record.id,
            "(created)",
            "null",
            &json!(record.name).to_string(),
        )?;
        Ok(record)
    }

    /// Let the dictionary of an open tag field grow.
    pub(super) fn grow(&mut self, field: &FieldDefinition, values: &[String]) {
        let new: Vec<String> = values
            .iter()
            .filter(|value| !field.dictionary.contains(value))
            .cloned()
            .collect();
        if new.is_empty() {
            return;
        }
        let known = Arc::make_mut(&mut self.schema)
            .fields
            .iter_mut()
            .find(|known| known.name == field.name && known.applies_to == field.applies_to);
        if let Some(known) = known {
            known.dictionary.extend(new);
            self.grown = true;
        }
    }

    fn update(&mut self, record: &AssetRecord) -> Result<(), DatabaseError> {
        let code = self
            .kinds
            .code(&self.transaction, &record.kind, &record.type_name)?;
        self.transaction
            .prepare_cached(
                "UPDATE assets SET trash = ?2, code = ?3, created = ?4, modified = ?5, id = ?6,
                 guid = ?7, qualified_name = ?8, name = ?9, name_fold = ?10, folder = ?11,
                 details = ?12 WHERE row = ?1",
            )?
            .execute(params![
                record.row,
                record.trash.code(),
                code,
                record.created,
                record.modified,
                record.id,
                record.guid,
                record.qualified_name,
                record.name,
                record.name.to_lowercase(),
                record.folder,
                serde_json::to_string(&record.details)?,
            ])?;
        Ok(())
    }

    fn log(&self, asset: &str, field: &str, old: &str, new: &str) -> Result<(), DatabaseError> {
        let author = self.author;
        self.transaction
            .prepare_cached(
                "INSERT INTO log (at, face, request, who, asset, field, before, after)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                author.now,
                author.face.name(),
                author.request,
                author.who,
                asset,
                field,
                old,
                new
            ])?;
        Ok(())
    }

    fn commit(self) -> Result<(), DatabaseError> {
        if self.grown {
            let known = self.library.schema();
            for (old, new) in known.fields.iter().zip(&self.schema.fields) {
                for (position, value) in
                    new.dictionary.iter().enumerate().skip(old.dictionary.len())
                {
                    let field = (new.name.as_str(), new.applies_to.as_str());
                    structure::add_to_dictionary(&self.transaction, field, position, value)?;
                }
            }
        }
        self.transaction.commit()?;
        *self
            .library
            .inner
            .kinds
            .write()
            .unwrap_or_else(PoisonError::into_inner) = self.kinds;
        if self.grown {
            self.library.replace_schema(Schema::clone(&self.schema));
        }
        self.library.touch();
        Ok(())
    }
}
