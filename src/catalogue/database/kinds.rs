//! Pairs of SOAP type and REST type, kept as small numbers beside each asset.

use rusqlite::{Connection, params};

use crate::catalogue::database::DatabaseError;

/// The pairs known.
#[derive(Clone, Debug, Default)]
pub(super) struct Kinds {
    pairs: Vec<(i64, String, String)>,
}

impl Kinds {
    /// Read them.
    pub(super) fn load(connection: &Connection) -> Result<Self, DatabaseError> {
        let mut statement =
            connection.prepare("SELECT code, kind, type_name FROM kinds ORDER BY code")?;
        let pairs = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self { pairs })
    }

    /// SOAP and REST type of a number.
    pub(super) fn pair(&self, code: i64) -> (&str, &str) {
        self.pairs
            .iter()
            .find(|(known, _, _)| *known == code)
            .map_or(("", ""), |(_, kind, type_name)| (kind, type_name))
    }

    /// The number of a pair, a new one where it is not known yet.
    pub(super) fn code(
        &mut self,
        connection: &Connection,
        kind: &str,
        type_name: &str,
    ) -> Result<i64, DatabaseError> {
        if let Some((code, _, _)) = self
            .pairs
            .iter()
            .find(|(_, known, known_type)| known == kind && known_type == type_name)
        {
            return Ok(*code);
        }
        connection.execute(
            "INSERT INTO kinds (kind, type_name) VALUES (?1, ?2)",
            params![kind, type_name],
        )?;
        let code = connection.last_insert_rowid();
        self.pairs
            .push((code, kind.to_owned(), type_name.to_owned()));
        Ok(code)
    }

    /// Numbers of the pairs this holds for.
    pub(super) fn codes_where(&self, holds: impl Fn(&str, &str) -> bool) -> Vec<i64> {
        self.pairs
            .iter()
            .filter(|(_, kind, type_name)| holds(kind, type_name))
            .map(|(code, _, _)| *code)
            .collect()
    }

    /// How many pairs there are.
    pub(super) fn len(&self) -> usize {
        self.pairs.len()
    }
}
