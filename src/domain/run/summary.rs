//! A run without its changes: what lists of runs need.

use std::collections::HashMap;

use super::{Run, RunId, RunRules, RunState, Tally};
use crate::domain::{FieldKey, Value};

/// A run without its changes, for lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSummary {
    /// Its name.
    pub id: RunId,
    /// What it is about.
    pub label: String,
    /// Who submitted it.
    pub author: String,
    /// The profile it was sent to.
    pub profile: String,
    /// When it started, milliseconds since 1970.
    pub started_ms: i64,
    /// When it ended, if it did.
    pub finished_ms: Option<i64>,
    /// The digest over its changes.
    pub digest: String,
    /// Where it is.
    pub state: RunState,
    /// How many changes it has.
    pub items: u32,
    /// How many of them ended where.
    pub tally: Tally,
    /// The runs it takes back.
    pub reverts: Vec<RunId>,
    /// The rules it keeps by itself.
    pub rules: RunRules,
    /// The fields it is about; empty if that was not kept.
    pub fields: Vec<FieldKey>,
}

impl RunSummary {
    /// Changes that are on the server.
    pub fn written(&self) -> u32 {
        self.tally.applied + self.tally.warned
    }

    /// `done`, `warnings`, `partly`, `stopped`, `nothing`, or the word of its state.
    pub fn word(&self) -> &'static str {
        let ended = self.state.is_over();
        match self.written() {
            _ if !ended => self.state.word(),
            written if written == self.items && self.tally.warned > 0 => "warnings",
            written if written == self.items => "done",
            0 => "nothing",
            _ if self.state == RunState::Stopped => "stopped",
            _ => "partly",
        }
    }
}

impl Run {
    /// What was found just before sending, by place, where the draft had known no value.
    pub fn found(&self) -> HashMap<u32, &Value> {
        let found = self.calls.iter().flat_map(|call| &call.found);
        found.map(|(place, value)| (*place, value)).collect()
    }

    /// The fields its changes are about, each once.
    pub fn fields(&self) -> Vec<FieldKey> {
        let mut fields: Vec<FieldKey> = Vec::new();
        for item in &self.items {
            if fields.last() != Some(&item.field) && !fields.contains(&item.field) {
                fields.push(item.field.clone());
            }
        }
        fields
    }

    /// The run without its changes.
    pub fn summary(&self) -> RunSummary {
        RunSummary {
            id: self.id.clone(),
            label: self.label.clone(),
            author: self.author.clone(),
            profile: self.profile.clone(),
            started_ms: self.started_ms,
            finished_ms: self.finished_ms,
            digest: self.digest.clone(),
            state: self.state,
            items: u32::try_from(self.items.len()).unwrap_or(u32::MAX),
            tally: self.tally(),
            reverts: self.reverts.clone(),
            rules: self.rules,
            fields: self.fields(),
        }
    }
}

/// The run that took a run back and still stands: what it wrote was not taken back itself.
///
/// `runs` may come in any order.
pub fn reverted_by<'a>(runs: &'a [RunSummary], id: &RunId) -> Option<&'a RunId> {
    let takes_back = |run: &&RunSummary| run.reverts.contains(id) && run.written() > 0;
    let later = |run: &&RunSummary| run.id.number() > id.number();
    let standing = |run: &&RunSummary| reverted_by(runs, &run.id).is_none();
    let mut found = runs.iter().filter(takes_back).filter(later);
    found.find(standing).map(|run| &run.id)
}
