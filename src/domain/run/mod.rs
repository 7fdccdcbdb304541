//! A run: what was submitted, and what became of every change of it.

mod advice;
pub mod codes;
mod outcome;
mod rules;
mod sieve;
mod standing;
mod summary;

use std::{borrow::Cow, collections::HashSet, fmt};

use serde::{Deserialize, Serialize};

use super::{AssetId, Certificate, FieldKey, Row, TagDelta, Value};

pub use advice::{NextStep, RetrySafe, acceptable, next_step, retry_safe};
pub use outcome::{Outcome, Tally};
pub use rules::{CANARY, CanaryThen, ENOUGH, RunRules, SoFar, StopRule};
pub use sieve::Sieve;
pub use standing::{Accepted, Standing};
pub use summary::{RunSummary, reverted_by};

/// A run's short name, `R-0001`, in the order of submission.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub String);

impl RunId {
    /// The name of the n-th run, counted from 1.
    pub fn numbered(number: u32) -> Self {
        Self(format!("R-{number:04}"))
    }

    /// Its number; 0 if it has none.
    pub fn number(&self) -> u32 {
        let digits = self.0.rsplit('-').next();
        digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// One change of a run, frozen when it was submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The asset's row in the listing.
    pub row: Row,
    /// The asset.
    pub asset: AssetId,
    /// Its name when it was submitted.
    pub name: String,
    /// Its asset type.
    pub kind: String,
    /// The field.
    pub field: FieldKey,
    /// The value the draft rested on.
    pub before: Value,
    /// The value asked for.
    pub wanted: Value,
    /// See [`Change::delta`](super::Change::delta).
    pub delta: Option<TagDelta>,
    /// What a write needs beside the change itself (see `Capabilities::address_fields`).
    pub facts: Vec<(FieldKey, Value)>,
}

impl Item {
    /// Whether a value read back is what this change asked for.
    pub fn is_met_by(&self, server: &Value) -> bool {
        match &self.delta {
            Some(delta) => {
                let has = |tag: &String| server.entries().contains(tag);
                delta.add.iter().all(has) && !delta.remove.iter().any(has)
            }
            None => same(&self.wanted, server),
        }
    }
}

/// Equality as an endpoint means it: order of tags does not matter, nor does an asset's name.
pub fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().all(|tag| right.contains(tag))
        }
        (Value::Asset { id: left, .. }, Value::Asset { id: right, .. }) => left == right,
        (Value::Text(one), Value::List(many)) | (Value::List(many), Value::Text(one)) => {
            many.as_slice() == [one.as_str()]
        }
        (
            Value::Certificate(Certificate {
                status: s1,
                message: m1,
            }),
            Value::Certificate(Certificate {
                status: s2,
                message: m2,
            }),
        ) => s1 == s2 && m1 == m2,
        _ => left == right,
    }
}

/// How one change ended, with everything worth knowing about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// Which change: its place in [`Run::items`].
    pub item: u32,
    /// Where it ended.
    pub outcome: Outcome,
    /// The server's code, or ours (`read-back`, `not-sent`); empty if applied without a word.
    pub code: String,
    /// The server's own text, or why it was not sent.
    pub reason: String,
    /// What that means in plain words, and what to do; empty if there is nothing to say.
    pub meaning: String,
    /// What the server has now, if it was read back.
    pub server: Option<Value>,
    /// The call it went out in, counted from 1; 0 if it was never sent.
    pub call: u32,
}

/// The server's own counts, added up over the calls that answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerCounts {
    /// Changes it counted as written without a remark.
    pub success: u32,
    /// Changes it counted as written with a remark.
    pub warning: u32,
    /// Changes it counted as not written.
    pub error: u32,
}

/// Where a run is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// Calls are going out.
    Running,
    /// Waiting for a person; nothing is in flight.
    Paused,
    /// Ended before every change was sent; the rest is skipped and stays in the draft.
    Stopped,
    /// Every change has its outcome.
    Finished,
    /// The program ended in the middle; it can be resumed.
    Interrupted,
}

impl RunState {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
            Self::Finished => "finished",
            Self::Interrupted => "interrupted",
        }
    }
}

/// One call of a run, as screens list it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallNote {
    /// Counted from 1 within the run.
    pub number: u32,
    /// The operation's name (`batchSetAssetMetadata`, `entity/bulk`).
    pub operation: String,
    /// The changes in it, as places in [`Run::items`].
    pub items: Vec<u32>,
    /// When it was noted, milliseconds since 1970; 0 if it still waits.
    pub noted_ms: i64,
    /// How long its answer took; `None` while there is none.
    pub took_ms: Option<u32>,
    /// The server's counts, if it sent any.
    pub counts: Option<ServerCounts>,
    /// A trace or request id of the server; empty if it named none.
    pub trace: String,
    /// What was there just before it left, where the draft did not know: places in
    /// [`Run::items`], and values. Without it nobody could tell later whether it was written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<(u32, Value)>,
}

impl CallNote {
    /// A change as it was sent: with the value found just before, if the draft knew none.
    pub fn as_sent<'a>(&self, place: u32, item: &'a Item) -> Cow<'a, Item> {
        as_found(&self.found, place, item)
    }
}

/// A change with the value that was found just before it was sent, if the draft knew none.
pub fn as_found<'a>(found: &[(u32, Value)], place: u32, item: &'a Item) -> Cow<'a, Item> {
    let known = found.iter().find(|(at, _)| *at == place);
    match known.filter(|_| item.before == Value::Unknown) {
        Some((_, value)) => Cow::Owned(Item {
            before: value.clone(),
            ..item.clone()
        }),
        None => Cow::Borrowed(item),
    }
}

/// A submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its name.
    pub id: RunId,
    /// What it is about, for people.
    pub label: String,
    /// Who submitted it.
    pub author: String,
    /// The profile it was sent to.
    pub profile: String,
    /// When it started, milliseconds since 1970.
    pub started_ms: i64,
    /// When it ended, if it did.
    pub finished_ms: Option<i64>,
    /// The digest over (asset, field, before, after) of its items.
    pub digest: String,
    /// Where it is.
    pub state: RunState,
    /// Its changes; never altered after the start.
    pub items: Vec<Item>,
    /// How each ended, by the same place; `None` while it has no outcome.
    pub settled: Vec<Option<Settlement>>,
    /// Its calls so far.
    pub calls: Vec<CallNote>,
    /// What the server counted.
    pub counts: ServerCounts,
    /// Whether the server counted at all (REST does not).
    pub counted: bool,
    /// The runs it takes back, if it was made of their reverts.
    pub reverts: Vec<RunId>,
    /// The rules it keeps by itself.
    #[serde(default)]
    pub rules: RunRules,
}

impl Run {
    /// How many ended where.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for settlement in self.settled.iter().flatten() {
            tally.add(settlement.outcome);
        }
        tally
    }

    /// Records how a change ended; a later settlement of the same change corrects the earlier.
    pub fn settle(&mut self, settlement: Settlement) {
        if let Some(slot) = self.settled.get_mut(settlement.item as usize) {
            *slot = Some(settlement);
        }
    }

    /// The changes that have no outcome yet.
    pub fn open(&self) -> impl Iterator<Item = u32> + '_ {
        (0u32..)
            .zip(&self.settled)
            .filter(|(_, settled)| settled.is_none())
            .map(|(item, _)| item)
    }

    /// Whether it goes on, or waits for somebody to go on with it.
    pub fn is_unfinished(&self) -> bool {
        match self.state {
            RunState::Running | RunState::Paused | RunState::Interrupted => true,
            RunState::Stopped | RunState::Finished => false,
        }
    }

    /// How many changes were sent and have no outcome: only reading back tells what became of
    /// them.
    pub fn unanswered(&self) -> usize {
        let noted = self.calls.iter().filter(|call| call.noted_ms != 0);
        let sent: HashSet<u32> = noted.flat_map(|call| call.items.iter().copied()).collect();
        self.open().filter(|place| sent.contains(place)).count()
    }

    /// Whether the server's counts agree with ours, in words; `None` if it does not count.
    ///
    /// Only changes of calls that the server counted take part: conflicts and skipped ones were
    /// never sent, and a lost one was never counted.
    pub fn reconciliation(&self) -> Option<Result<String, String>> {
        if !self.counted {
            return None;
        }
        let ours = self.counted_by_us();
        let said = self.counts;
        let words = |c: ServerCounts| {
            format!(
                "{} ok, {} warnings, {} errors",
                c.success, c.warning, c.error
            )
        };
        Some(if said == ours {
            Ok(format!("reconciled: the server counted {}", words(said)))
        } else {
            Err(format!(
                "not reconciled: the server counted {}; by reading back we count {}",
                words(said),
                words(ours)
            ))
        })
    }

    /// What we count in the calls that the server counted too.
    pub fn counted_by_us(&self) -> ServerCounts {
        let mut ours = ServerCounts::default();
        let counted: HashSet<u32> = self
            .calls
            .iter()
            .filter(|call| call.counts.is_some())
            .map(|call| call.number)
            .collect();
        let settled = self.settled.iter().flatten();
        for settlement in settled.filter(|one| counted.contains(&one.call)) {
            match settlement.outcome {
                Outcome::Applied => ours.success += 1,
                Outcome::Warned => ours.warning += 1,
                Outcome::Refused => ours.error += 1,
                Outcome::Conflict | Outcome::Skipped | Outcome::Unknown => {}
            }
        }
        ours
    }

    /// The headline in words: `DONE`, `DONE WITH WARNINGS`, `PARTLY DONE`, `NOTHING DONE`,
    /// `STOPPED`, or its state.
    pub fn headline(&self) -> &'static str {
        match self.state {
            RunState::Running => "RUNNING",
            RunState::Paused => "PAUSED",
            RunState::Interrupted => "INTERRUPTED",
            RunState::Finished | RunState::Stopped => {
                let tally = self.tally();
                let all = self.items.len();
                let written = (tally.applied + tally.warned) as usize;
                if written == all && tally.warned == 0 {
                    "DONE"
                } else if written == all {
                    "DONE WITH WARNINGS"
                } else if self.state == RunState::Stopped {
                    "STOPPED"
                } else if written == 0 {
                    "NOTHING DONE"
                } else {
                    "PARTLY DONE"
                }
            }
        }
    }

    /// How many changes of its asset a refusal of this one stands for, where the server blamed the
    /// asset and named no field; `None` if this one was blamed alone.
    ///
    /// A call that is refused for one asset as a whole settles all changes of that asset with the
    /// same words; which of them is to blame can only be told by their values.
    pub fn blamed_together(&self, place: u32) -> Option<usize> {
        let at = place as usize;
        let (item, settled) = (self.items.get(at)?, self.settled.get(at)?.as_ref()?);
        if settled.outcome != Outcome::Refused || settled.call == 0 {
            return None;
        }
        let call = self.calls.iter().find(|call| call.number == settled.call)?;
        let alike = call.items.iter().filter(|&&other| {
            let other = other as usize;
            self.items
                .get(other)
                .is_some_and(|one| one.asset == item.asset)
                && matches!(self.settled.get(other), Some(Some(one))
                    if one.outcome == Outcome::Refused
                        && one.code == settled.code
                        && one.reason == settled.reason)
        });
        let is_named = settled.reason.contains(item.field.as_str());
        let count = alike.count();
        (count > 1 && !is_named).then_some(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_asked_one_by_one_are_met_when_other_tags_are_there_too() {
        let item = Item {
            row: 0,
            asset: "a".into(),
            name: String::new(),
            kind: String::new(),
            field: "Keywords".into(),
            before: Value::list(["outer"]),
            wanted: Value::list(["outerwear"]),
            delta: Some(TagDelta {
                add: vec!["outerwear".into()],
                remove: vec!["outer".into()],
            }),
            facts: Vec::new(),
        };
        assert!(item.is_met_by(&Value::list(["someone else's", "outerwear"])));
        assert!(!item.is_met_by(&Value::list(["outer", "outerwear"])));
    }
}
