//! The library: an embedded SQL database behind one cheap handle.

mod changes;
mod connections;
mod kinds;
mod loading;
mod reads;
mod search;
mod sql;
mod structure;
mod values;
mod writing;

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rusqlite::Connection;
use thiserror::Error;

use crate::catalogue::accounts::Company;
use crate::catalogue::model::AssetRecord;
use crate::catalogue::schema::Schema;
use connections::Connections;
use kinds::Kinds;

pub use loading::Loading;
pub use reads::FolderSummary;
pub use writing::Writing;

/// Why the database could not do its work.
#[derive(Debug, Error)]
pub enum DatabaseError {
    /// The database itself.
    #[error("the catalogue's database: {0}")]
    Sql(#[from] rusqlite::Error),
    /// What is stored cannot be read.
    #[error("the catalogue's database holds something unreadable: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// The file is not one of ours, or of a later version.
    #[error("{0} is not a catalogue this version can open")]
    Foreign(String),
    /// The work was broken off.
    #[error("the work was broken off")]
    Stopped,
}

/// A library of assets: cheap to clone, safe to share. All methods block; call them from
/// handlers through `ServerState::with_library`.
#[derive(Clone)]
pub struct Library {
    inner: Arc<Inner>,
}

struct Inner {
    connections: Connections,
    company: Company,
    schema: RwLock<Arc<Schema>>,
    kinds: RwLock<Kinds>,
    refused_folders: RwLock<Vec<String>>,
    pretending: RwLock<HashSet<String>>,
    poison: RwLock<Option<Poison>>,
    generation: AtomicU64,
    answers: Mutex<search::Answers>,
}

/// Which assets no write goes through to.
#[derive(Clone, Copy, Debug)]
struct Poison {
    every: u64,
    named: bool,
}

impl std::fmt::Debug for Library {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Library")
            .field("company", &self.inner.company.name)
            .finish_non_exhaustive()
    }
}

impl Library {
    /// Open the library in this file; an empty one is made where there is none.
    ///
    /// # Errors
    ///
    /// When the file is no catalogue or cannot be opened.
    pub fn open(path: &Path) -> Result<Self, DatabaseError> {
        Self::over(Connections::file(path)?)
    }

    /// A library that lives as long as the handle.
    ///
    /// # Errors
    ///
    /// When the database cannot be made.
    pub fn in_memory() -> Result<Self, DatabaseError> {
        Self::over(Connections::memory()?)
    }

    fn over(connections: Connections) -> Result<Self, DatabaseError> {
        let (schema, kinds) = connections.write(|connection| {
            structure::prepare(connection)?;
            Ok((
                structure::load_schema(connection)?,
                Kinds::load(connection)?,
            ))
        })?;
        Ok(Self {
            inner: Arc::new(Inner {
                connections,
                company: Company::default(),
                schema: RwLock::new(Arc::new(schema)),
                kinds: RwLock::new(kinds),
                refused_folders: RwLock::default(),
                pretending: RwLock::default(),
                poison: RwLock::default(),
                generation: AtomicU64::new(0),
                answers: Mutex::default(),
            }),
        })
    }

    /// The company the library belongs to.
    pub fn company(&self) -> &Company {
        &self.inner.company
    }

    /// Its fields, types and tags as they are now.
    pub fn schema(&self) -> Arc<Schema> {
        Arc::clone(&read(&self.inner.schema))
    }

    /// Change fields, types, tags or dictionaries.
    ///
    /// # Errors
    ///
    /// When the change cannot be stored; the schema is then as before.
    pub fn change_schema<T>(
        &self,
        change: impl FnOnce(&mut Schema) -> T,
    ) -> Result<T, DatabaseError> {
        self.inner.connections.write(|connection| {
            let mut schema = Schema::clone(&self.schema());
            let answer = change(&mut schema);
            let transaction = connection.transaction()?;
            structure::store_schema(&transaction, &schema)?;
            transaction.commit()?;
            self.replace_schema(schema);
            Ok(answer)
        })
    }

    fn replace_schema(&self, schema: Schema) {
        *self
            .inner
            .schema
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(schema);
        self.touch();
    }

    /// Everything counted so far is old.
    fn touch(&self) {
        self.inner.generation.fetch_add(1, Ordering::SeqCst);
    }

    /// Refuse writes to this folder and all below; `name` is the name of a folder at any depth,
    /// or a whole path.
    pub fn refuse_folder(&self, name: &str) {
        self.inner
            .refused_folders
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(name.trim_matches('/').to_owned());
    }

    /// Answer success for writes to the asset of this name, but keep it as it is.
    pub fn pretend_to_write(&self, name: &str) {
        self.inner
            .pretending
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.to_owned());
    }

    /// Refuse each `every`-th asset, whatever is to be written to it.
    pub fn poison(&self, every: u64, named: bool) {
        let mut poison = self
            .inner
            .poison
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *poison = Some(Poison { every, named });
    }

    /// Whether every write to this asset is refused; if so, whether the refusal names it.
    pub fn poisoned(&self, record: &AssetRecord) -> Option<bool> {
        let poison = (*read(&self.inner.poison))?;
        let row = u64::try_from(record.row).unwrap_or(1);
        row.is_multiple_of(poison.every).then_some(poison.named)
    }

    /// Name of the refused folder this asset lies in, if it does.
    pub fn refused_folder_of(&self, record: &AssetRecord) -> Option<String> {
        let path = record.folder.trim_matches('/');
        read(&self.inner.refused_folders)
            .iter()
            .find(|refused| {
                path == refused.as_str()
                    || path.starts_with(&format!("{refused}/"))
                    || (!refused.contains('/')
                        && path.split('/').any(|part| part == refused.as_str()))
            })
            .cloned()
    }

    /// Whether callers may change this asset.
    pub fn is_writable(&self, record: &AssetRecord) -> bool {
        self.refused_folder_of(record).is_none()
    }

    fn reading<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        self.inner.connections.read(work)
    }
}

/// Read a lock, whatever happened to its last holder.
fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
