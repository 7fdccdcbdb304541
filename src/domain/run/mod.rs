//! A run: what was submitted, and what became of every change of it.

mod advice;
mod call;
pub mod codes;
mod item;
mod later;
mod outcome;
mod rules;
mod sieve;
mod standing;
mod summary;

use std::{collections::HashSet, fmt};

use serde::{Deserialize, Serialize};

use super::{
    Value,
    text::{counted, number},
};

pub use advice::{NextStep, RetrySafe, acceptable, next_step, retry_safe};
pub use call::{CallNote, ServerCounts, as_found};
pub use item::{Item, same};
pub use later::corrected;
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

    /// Whether nothing more comes of it.
    pub fn is_over(self) -> bool {
        match self {
            Self::Finished | Self::Stopped => true,
            Self::Running | Self::Paused | Self::Interrupted => false,
        }
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
        !self.state.is_over()
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
            let [success, warning, error] = [c.success, c.warning, c.error].map(u64::from);
            format!(
                "{} ok, {}, {}",
                number(success),
                counted(warning, "warning"),
                counted(error, "error")
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
