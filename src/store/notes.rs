//! What is noted of a run while it goes on: calls before they leave, answers, and how changes ended.
//!
//! Notes that wait together are kept together: the disk is asked once to make all of them durable.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{Workspace, error::StoreError, seal};
use crate::domain::{
    RunId,
    run::{CallNote, Settlement},
};

/// Something to be kept of a run: all of it, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The run.
    pub run: RunId,
    /// A call about to leave, or what came of it; the same number again replaces the note.
    pub call: Option<CallNote>,
    /// How changes ended; a later settlement of the same change corrects the earlier.
    pub settled: Vec<Settlement>,
}

impl Workspace {
    /// Keeps notes, and says of each whether it is durable. One that can't be kept does not take
    /// the others with it.
    pub fn keep(&mut self, notes: &[Note]) -> Vec<Result<(), StoreError>> {
        let together = self.write(|transaction, path| {
            let mut notes = notes.iter();
            notes.try_for_each(|note| put(transaction, note).map_err(|why| why.on(path)))
        });
        match together {
            Err(error) if notes.len() == 1 => vec![Err(error)],
            Err(_) => notes.iter().map(|note| self.keep_one(note)).collect(),
            Ok(()) => vec![Ok(()); notes.len()],
        }
    }

    fn keep_one(&mut self, note: &Note) -> Result<(), StoreError> {
        self.write(|transaction, path| put(transaction, note).map_err(|why| why.on(path)))
    }

    /// Notes a call before it is sent, or what came of it.
    ///
    /// # Errors
    ///
    /// If it can't be kept: then the call must not be sent.
    pub fn note_call(&mut self, run: &RunId, call: &CallNote) -> Result<(), StoreError> {
        self.keep_one(&Note {
            run: run.clone(),
            call: Some(call.clone()),
            settled: Vec::new(),
        })
    }

    /// Keeps how changes ended; a later settlement of the same change corrects the earlier.
    ///
    /// # Errors
    ///
    /// If they can't be kept; then none is.
    pub fn settle(&mut self, run: &RunId, settled: &[Settlement]) -> Result<(), StoreError> {
        self.keep_one(&Note {
            run: run.clone(),
            call: None,
            settled: settled.to_vec(),
        })
    }
}

/// An error before it is known which file it is about.
pub(super) enum Fault {
    Database(rusqlite::Error),
    Content(String),
    NoRun(RunId),
}

impl Fault {
    pub(super) fn on(self, path: &Path) -> StoreError {
        match self {
            Self::Database(error) => StoreError::of(path, &error),
            Self::Content(why) => StoreError::Database {
                path: path.to_path_buf(),
                why,
            },
            Self::NoRun(id) => StoreError::NoRun(id),
        }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

/// The number of a run in the tables.
pub(super) fn number(connection: &Connection, run: &RunId) -> Result<i64, Fault> {
    let mut find = connection.prepare_cached("SELECT number FROM runs WHERE id = ?1")?;
    let number = find.query_row([&run.0], |row| row.get(0)).optional()?;
    number.ok_or_else(|| Fault::NoRun(run.clone()))
}

fn put(transaction: &Transaction<'_>, note: &Note) -> Result<(), Fault> {
    let number = number(transaction, &note.run)?;
    if let Some(call) = &note.call {
        put_call(transaction, number, call)?;
    }
    put_settlements(transaction, number, &note.settled)
}

pub(super) fn put_call(
    transaction: &Transaction<'_>,
    run: i64,
    call: &CallNote,
) -> Result<(), Fault> {
    let (body, sum) = seal::write(call).map_err(Fault::Content)?;
    transaction
        .prepare_cached(
            "INSERT INTO calls (run, number, body, seal) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (run, number) DO UPDATE SET body = excluded.body, seal = excluded.seal",
        )?
        .execute(params![run, call.number, body, sum])?;
    Ok(())
}

pub(super) fn put_settlements<'a>(
    transaction: &Transaction<'_>,
    run: i64,
    settled: impl IntoIterator<Item = &'a Settlement>,
) -> Result<(), Fault> {
    let mut put = transaction.prepare_cached(
        "INSERT INTO settlements (run, item, outcome, body, seal) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (run, item) DO UPDATE
         SET outcome = excluded.outcome, body = excluded.body, seal = excluded.seal",
    )?;
    for one in settled {
        let (body, sum) = seal::write(one).map_err(Fault::Content)?;
        put.execute(params![run, one.item, one.outcome.word(), body, sum])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::{
        domain::Outcome,
        store::tests::{call, opened, run, settlement},
    };

    fn note(run: &RunId, number: u32, settled: &[u32]) -> Note {
        Note {
            run: run.clone(),
            call: Some(call(number, 9)),
            settled: settled
                .iter()
                .map(|&item| settlement(item, Outcome::Applied))
                .collect(),
        }
    }

    #[test]
    fn notes_that_wait_together_are_all_there_after_the_program_ended() {
        let folder = TempDir::new().unwrap();
        let mut workspace = opened(&folder);
        let sent = run(4);
        workspace.begin_run(&sent).unwrap();
        let notes = [note(&sent.id, 1, &[0, 1]), note(&sent.id, 2, &[3])];
        assert_eq!(workspace.keep(&notes), [Ok(()), Ok(())]);
        drop(workspace);
        let kept = opened(&folder).load_run(&sent.id).unwrap();
        assert_eq!(kept.calls, [call(1, 9), call(2, 9)]);
        assert_eq!(kept.open().collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn a_note_that_can_not_be_kept_leaves_the_others_kept() {
        let folder = TempDir::new().unwrap();
        let mut workspace = opened(&folder);
        let sent = run(4);
        workspace.begin_run(&sent).unwrap();
        let nobody = RunId::numbered(99);
        let notes = [
            note(&sent.id, 1, &[0]),
            note(&nobody, 1, &[1]),
            note(&sent.id, 2, &[2]),
        ];
        let lost = Err(StoreError::NoRun(nobody));
        assert_eq!(workspace.keep(&notes), [Ok(()), lost, Ok(())]);
        drop(workspace);
        let kept = opened(&folder).load_run(&sent.id).unwrap();
        assert_eq!(kept.calls, [call(1, 9), call(2, 9)]);
        assert_eq!(kept.open().collect::<Vec<_>>(), [1, 3]);
    }

    #[test]
    fn where_nothing_may_be_written_every_note_says_so() {
        let folder = TempDir::new().unwrap();
        let mut writer = opened(&folder);
        let sent = run(4);
        writer.begin_run(&sent).unwrap();
        let mut reader = opened(&folder);
        let said = reader.keep(&[note(&sent.id, 1, &[0]), note(&sent.id, 2, &[1])]);
        assert!(
            said.iter()
                .all(|one| matches!(one, Err(StoreError::ReadOnly(_)))),
            "{said:?}"
        );
        assert_eq!(writer.load_run(&sent.id).unwrap().open().count(), 4);
    }
}
