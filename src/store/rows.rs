//! Which row an asset has, for the life of the workspace: identities in blocks, one a page of a
//! listing. The seal of a block covers the ones before it.

use std::{
    collections::HashSet,
    hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState},
    path::Path,
};

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{
    Workspace,
    bytes::{Reading, Sheet},
    error::StoreError,
    seal,
};
use crate::domain::{AssetId, Row};

/// The first byte of a block.
const KIND: u8 = 2;
/// Identities a block where rows of the first format are gathered.
const GATHERED: usize = 4096;

/// The rows made so far, which is the number of the next one.
pub(super) fn made(connection: &Connection) -> rusqlite::Result<Row> {
    connection
        .prepare_cached("SELECT first + count FROM row_blocks ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()
        .map(Option::unwrap_or_default)
}

/// The seal of a block behind others.
fn chained(before: i64, body: &[u8]) -> i64 {
    seal::wide(body) ^ before.rotate_left(17).wrapping_mul(0x2545_f491_4f6c_dd1d)
}

fn pack<'a>(ids: impl ExactSizeIterator<Item = &'a AssetId>) -> Vec<u8> {
    let mut sheet = Sheet::of(KIND);
    sheet.number(ids.len() as u64);
    let mut before = "";
    for id in ids {
        sheet.following(id.as_str(), before);
        before = id.as_str();
    }
    sheet.done()
}

fn unpack(body: &[u8], mut take: impl FnMut(&str)) -> Option<u64> {
    let mut reading = Reading::of(KIND, body)?;
    let count = reading.count()?;
    let mut id = String::new();
    for _ in 0..count {
        reading.following(&mut id)?;
        take(&id);
    }
    reading.is_over().then_some(count as u64)
}

/// Appends a block.
fn put<'a>(
    transaction: &Transaction<'_>,
    path: &Path,
    ids: impl ExactSizeIterator<Item = &'a AssetId>,
) -> Result<(), StoreError> {
    let fault = |error: rusqlite::Error| StoreError::of(path, &error);
    let first = made(transaction).map_err(fault)?;
    let count = Row::try_from(ids.len()).unwrap_or(Row::MAX);
    if first.checked_add(count).is_none() {
        return Err(StoreError::Database {
            path: path.to_path_buf(),
            why: "no more rows can be numbered".to_owned(),
        });
    }
    let last = "SELECT seal FROM row_blocks ORDER BY seq DESC LIMIT 1";
    let before = transaction
        .prepare_cached(last)
        .and_then(|mut last| last.query_row([], |row| row.get(0)).optional())
        .map_err(fault)?;
    let body = pack(ids);
    let sum = chained(before.unwrap_or_default(), &body);
    transaction
        .prepare_cached("INSERT INTO row_blocks (first, count, body, seal) VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut put| put.execute(params![first, count, body, sum]))
        .map_err(fault)?;
    Ok(())
}

impl Workspace {
    /// Gives every one of these assets that has none the next row. Kept before anything that
    /// names such a row.
    ///
    /// # Errors
    ///
    /// If they can't be kept; then none is made.
    pub fn allocate_rows(&mut self, ids: &[AssetId]) -> Result<(), StoreError> {
        self.may_write()?;
        let mut known = match self.known.take() {
            Some(known) => known,
            None => Known::of(self)?,
        };
        // Prints first: what is far away in the set is then fetched together.
        let prints: Vec<_> = ids.iter().map(|id| known.print(id.as_str())).collect();
        let each = ids.iter().zip(prints);
        let new = each.filter(|(_, print)| known.prints.insert(*print));
        let new: Vec<&AssetId> = new.map(|(id, _)| id).collect();
        let kept = if new.is_empty() {
            Ok(())
        } else {
            self.write_behind(|transaction, path| put(transaction, path, new.iter().copied()))
        };
        if kept.is_err() {
            for id in new {
                known.forget(id.as_str());
            }
        }
        self.known = Some(known);
        kept
    }

    /// How many rows were made: the number of the next one.
    ///
    /// # Errors
    ///
    /// If the file can't be read.
    pub fn rows_made(&self) -> Result<Row, StoreError> {
        made(&self.connection).map_err(|error| StoreError::of(&self.path, &error))
    }

    /// Gives back what [`allocate_rows`](Self::allocate_rows) keeps in memory.
    pub fn forget_rows(&mut self) {
        self.known = None;
    }

    /// Every asset that ever had a row, in the order of their rows: place 0 is row 0.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] if a row is missing or not what was written.
    pub fn rows(&self) -> Result<Vec<AssetId>, StoreError> {
        let mut rows = Vec::new();
        self.each_row(|id| rows.push(AssetId::new(id)))?;
        Ok(rows)
    }

    /// The assets from this row on, in the order of their rows. Blocks before it are not looked at,
    /// so it must be where a block begins.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] if a row is missing or not what was written.
    pub fn rows_from(&self, first: Row, mut take: impl FnMut(AssetId)) -> Result<(), StoreError> {
        let take = |id: &str| take(AssetId::new(id));
        if first == 0 {
            self.each_row(take)
        } else {
            self.each_block(first.into(), take)
        }
    }

    fn each_row(&self, mut take: impl FnMut(&str)) -> Result<(), StoreError> {
        let single = self.each_single_row(&mut take)?;
        self.each_block(single, take)
    }

    /// The rows of the first format, which are only there where nobody may write.
    fn each_single_row(&self, mut take: impl FnMut(&str)) -> Result<u64, StoreError> {
        let fault = |error: rusqlite::Error| StoreError::of(&self.path, &error);
        let mut statement = self
            .connection
            .prepare("SELECT row, asset, seal FROM rows ORDER BY row")
            .map_err(fault)?;
        let mut found = statement.query([]).map_err(fault)?;
        let mut count = 0;
        while let Some(record) = found.next().map_err(fault)? {
            let row: Row = record.get(0).map_err(fault)?;
            let sum: i64 = record.get(2).map_err(fault)?;
            let asset = record.get_ref(1).map_err(fault)?.as_str();
            let asset = asset.map_err(|error| self.damaged(&error.to_string()))?;
            if u64::from(row) != count || seal::of_row(row, asset) != sum {
                return Err(self.damaged("the rows of the assets do not fit together"));
            }
            take(asset);
            count += 1;
        }
        if self.last_given("rows")? != count.saturating_sub(1) {
            return Err(self.damaged("some rows of the assets are missing"));
        }
        Ok(count)
    }

    /// The blocks from a row on, where one begins.
    fn each_block(&self, from: u64, mut take: impl FnMut(&str)) -> Result<(), StoreError> {
        let fault = |error: rusqlite::Error| StoreError::of(&self.path, &error);
        let unfit = || self.damaged("the rows of the assets do not fit together");
        if !self.has_blocks()? {
            return Ok(());
        }
        let row = i64::try_from(from).unwrap_or(i64::MAX);
        let last = "SELECT seq, seal FROM row_blocks WHERE first + count = ?1";
        let last = self
            .connection
            .query_row(last, [row], |last| Ok((last.get(0)?, last.get(1)?)));
        let (mut blocks, mut before) = last.optional().map_err(fault)?.unwrap_or((0, 0));
        let mut rows = from;
        let mut statement = self
            .connection
            .prepare("SELECT first, count, body, seal FROM row_blocks WHERE seq > ?1 ORDER BY seq")
            .map_err(fault)?;
        let mut found = statement.query([blocks]).map_err(fault)?;
        while let Some(record) = found.next().map_err(fault)? {
            let first: i64 = record.get(0).map_err(fault)?;
            let count: i64 = record.get(1).map_err(fault)?;
            let sum: i64 = record.get(3).map_err(fault)?;
            let body = record.get_ref(2).map_err(fault)?.as_blob();
            let body = body.map_err(|error| self.damaged(&error.to_string()))?;
            if chained(before, body) != sum || u64::try_from(first) != Ok(rows) {
                return Err(unfit());
            }
            let read = unpack(body, &mut take).ok_or_else(unfit)?;
            if u64::try_from(count) != Ok(read) {
                return Err(unfit());
            }
            (blocks, rows, before) = (blocks + 1, rows + read, sum);
        }
        let given = self.last_given("row_blocks")?;
        if u64::try_from(blocks) != Ok(given) {
            return Err(self.damaged("some rows of the assets are missing"));
        }
        Ok(())
    }

    /// A file of the first format that nobody may write has none.
    pub(super) fn has_blocks(&self) -> Result<bool, StoreError> {
        let sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'row_blocks'";
        let count = self
            .connection
            .query_row(sql, [], |row| row.get::<_, u32>(0));
        Ok(count.map_err(|error| StoreError::of(&self.path, &error))? > 0)
    }

    /// Makes blocks of the rows of the first format; damaged ones are left as they are, and told
    /// by whoever reads them.
    pub(super) fn gather_rows(&mut self) -> Result<(), StoreError> {
        let fault = |error: rusqlite::Error| StoreError::of(&self.path, &error);
        let sql = "SELECT EXISTS (SELECT 1 FROM rows)";
        let any = self.connection.query_row(sql, [], |row| row.get(0));
        if !any.map_err(fault)? {
            return Ok(());
        }
        let Ok(ids) = self.rows() else {
            return Ok(());
        };
        self.write(|transaction, path| {
            let fault = |error: rusqlite::Error| StoreError::of(path, &error);
            for block in ids.chunks(GATHERED) {
                put(transaction, path, block.iter())?;
            }
            let gone = "DELETE FROM rows; DELETE FROM sqlite_sequence WHERE name = 'rows';";
            transaction.execute_batch(gone).map_err(fault)
        })
    }
}

/// The assets that have a row, each by a print of 128 bits under a key of this process: whoever
/// names assets can't make two of them alike.
#[derive(Debug)]
pub(super) struct Known {
    keys: [RandomState; 2],
    prints: HashSet<(u64, u64), BuildHasherDefault<Print>>,
}

impl Known {
    fn of(workspace: &Workspace) -> Result<Self, StoreError> {
        let mut known = Self {
            keys: [RandomState::new(), RandomState::new()],
            prints: HashSet::default(),
        };
        let fault = |error: rusqlite::Error| StoreError::of(&workspace.path, &error);
        let count = made(&workspace.connection).map_err(fault)?;
        known.prints.reserve(count as usize);
        workspace.each_row(|id| {
            known.add(id);
        })?;
        Ok(known)
    }

    fn print(&self, id: &str) -> (u64, u64) {
        (self.keys[0].hash_one(id), self.keys[1].hash_one(id))
    }

    /// Returns whether it was not known.
    fn add(&mut self, id: &str) -> bool {
        self.prints.insert(self.print(id))
    }

    fn forget(&mut self, id: &str) {
        self.prints.remove(&self.print(id));
    }
}

/// A print is a hash already.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Print(u64);

impl Hasher for Print {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, print: u64) {
        self.0 = self.0.rotate_left(32) ^ print;
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::store::{
        database::{self, Care, WORKSPACE},
        tests::{ids, opened, staged},
    };

    /// A workspace as the first format kept it.
    fn old(folder: &TempDir, names: &[&str]) {
        let path = folder.path().join("workspace.sqlite");
        let old = database::open(&path, &WORKSPACE[..1], Care::Full, false).unwrap();
        for (row, name) in (0..).zip(names) {
            old.execute(
                "INSERT INTO rows (row, asset, seal) VALUES (?1, ?2, ?3)",
                params![row, name, seal::of_row(row, name)],
            )
            .unwrap();
        }
        let (body, sum) = seal::write(&staged(1)).unwrap();
        let sql = "INSERT INTO operations (body, seal) VALUES (?1, ?2)";
        old.execute(sql, params![body, sum]).unwrap();
    }

    #[test]
    fn a_workspace_of_the_first_format_keeps_its_rows_and_its_draft() {
        let folder = TempDir::new().unwrap();
        let names: Vec<String> = (0..9000).map(|row| format!("asset {row}")).collect();
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        old(&folder, &names);
        let mut workspace = opened(&folder);
        assert_eq!(workspace.rows().unwrap(), ids(&names));
        assert_eq!(workspace.operations().unwrap(), [staged(1)]);
        workspace
            .allocate_rows(&ids(&["new", "asset 7", "new"]))
            .unwrap();
        drop(workspace);
        names.push("new");
        assert_eq!(opened(&folder).rows().unwrap(), ids(&names));
        let before = folder.path().join("workspace.format-1.sqlite");
        assert!(before.exists(), "the file as it was is still there");
    }

    #[test]
    fn a_workspace_of_the_first_format_is_read_where_it_may_not_be_written() {
        let folder = TempDir::new().unwrap();
        old(&folder, &["a", "b"]);
        std::fs::create_dir(folder.path().join("lock")).unwrap();
        let workspace = opened(&folder);
        assert!(workspace.access().refusal().is_some());
        assert_eq!(workspace.rows().unwrap(), ids(&["a", "b"]));
    }

    #[test]
    fn a_damaged_row_of_the_first_format_is_told() {
        let folder = TempDir::new().unwrap();
        old(&folder, &["a", "b"]);
        let path = folder.path().join("workspace.sqlite");
        let file = Connection::open(&path).unwrap();
        file.execute("UPDATE rows SET asset = 'c' WHERE row = 1", [])
            .unwrap();
        drop(file);
        let workspace = opened(&folder);
        let error = workspace.rows().unwrap_err();
        assert!(error.to_string().contains("do not fit together"), "{error}");
    }

    #[test]
    fn a_block_that_is_lost_swapped_or_changed_is_noticed() {
        let folder = TempDir::new().unwrap();
        let mut workspace = opened(&folder);
        for page in [["a", "b"], ["c", "d"], ["e", "f"]] {
            workspace.allocate_rows(&ids(&page)).unwrap();
        }
        for harm in [
            "DELETE FROM row_blocks WHERE seq = 3",
            "DELETE FROM row_blocks WHERE seq = 2",
            "UPDATE row_blocks SET body = (SELECT body FROM row_blocks WHERE seq = 2),
             seal = (SELECT seal FROM row_blocks WHERE seq = 2) WHERE seq = 3",
            "UPDATE row_blocks SET count = 3 WHERE seq = 3",
            "UPDATE row_blocks SET first = 5 WHERE seq = 3",
            "UPDATE row_blocks SET body = x'0200' WHERE seq = 1",
        ] {
            workspace
                .connection
                .execute_batch("SAVEPOINT whole")
                .unwrap();
            workspace.connection.execute_batch(harm).unwrap();
            let error = workspace.rows().unwrap_err();
            assert!(
                matches!(error, StoreError::Damaged { .. }),
                "{harm}: {error}"
            );
            workspace
                .connection
                .execute_batch("ROLLBACK TO whole; RELEASE whole")
                .unwrap();
        }
        assert_eq!(workspace.rows().unwrap().len(), 6);
    }
}
